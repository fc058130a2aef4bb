"""Tables of the report as data: one builder a table, registered in ``TABLES``.

To add one: write ``build(ctx) -> Table | Failure | list | None`` in a file here, register it under a fixed
key with the section whose end it stands at (``Entry(build, at="answers")``), put its title and headings into
``messages/*/report.toml``, and add a read-back test. A table that belongs between the sentences of its
section is registered without ``at`` and named in ``report/_chapters.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from umkm_stats.report.tables import (
    _groups,
    _hypotheses,
    _measurement,
    _mediation,
    _mediation_details,
    _sample,
)

SECTIONS = (
    "summary",
    "data",
    "respondents",
    "answers",
    "items",
    "reliability",
    "cfa",
    "discriminant",
    "bias",
    "groups",
    "models",
    "hypotheses",
    "limits",
    "reproduce",
)
BASES = ("scores", "latent", "model")


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of the report: who makes it and where it stands.

    ``at``: key of the section it ends (for a table of a model "scores", "latent", or "model" for both);
    empty when ``report/_chapters.py`` names it among the sentences.
    """

    build: Callable[..., Any]
    at: str = ""

    def __post_init__(self) -> None:
        if self.at and self.at not in SECTIONS + BASES:
            raise ValueError(f"no section {self.at!r}; known: {', '.join(SECTIONS + BASES)}")


TABLES: dict[str, Entry] = {
    "sample": Entry(_sample.ledger_table),
    "findings": Entry(_sample.findings_table),
    "screening": Entry(_sample.screening_table),
    "profile": Entry(_sample.profile_tables),
    "profile_numbers": Entry(_sample.profile_numbers_table),
    "distribution": Entry(_sample.distribution_tables),
    "item_words": Entry(_sample.item_words_table),
    "descriptives": Entry(_measurement.descriptives_table),
    "validity_items": Entry(_measurement.validity_items_table),
    "reliability": Entry(_measurement.reliability_table),
    "loadings": Entry(_measurement.loadings_table),
    "invariance": Entry(_groups.invariance_table),
    "invariance_model": Entry(_groups.invariance_model_table),
    "group_effects": Entry(_groups.group_effects_table),
    "hypotheses": Entry(_hypotheses.hypotheses_table),
    "models": Entry(_hypotheses.models_table),
    "mapping": Entry(_hypotheses.mapping_table),
}
MODEL_TABLES: dict[str, Entry] = {
    "paths": Entry(_mediation.paths_table),
    "indirect": Entry(_mediation.indirect_table),
    "effects": Entry(_mediation.effects_table),
    "size": Entry(_mediation.size_table),
    "sobel": Entry(_hypotheses.sobel_table),
    "r2": Entry(_mediation.r2_table),
    "fit": Entry(_measurement.fit_table),
    "vaf": Entry(_mediation_details.vaf_table),
    "f2": Entry(_mediation_details.f2_table),
    "assumptions": Entry(_mediation_details.assumptions_table),
}
