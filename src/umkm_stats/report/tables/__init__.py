"""Tables of the report as data: one builder a table, registered in ``TABLES``.

To add one: write ``build(ctx) -> Table | Failure | list | None`` in a file here, register it under a fixed
key, put its title and headings into ``messages/*/report.toml``, name the key in ``report/_chapters.py``, and
add a read-back test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from umkm_stats.report.tables import _groups, _hypotheses, _measurement, _mediation, _sample
from umkm_stats.report.tables._context import Context

TABLES: dict[str, Callable[[Context], Any]] = {
    "sample": _sample.ledger_table,
    "findings": _sample.findings_table,
    "screening": _sample.screening_table,
    "profile": _sample.profile_tables,
    "distribution": _sample.distribution_tables,
    "item_words": _sample.item_words_table,
    "descriptives": _measurement.descriptives_table,
    "validity_items": _measurement.validity_items_table,
    "reliability": _measurement.reliability_table,
    "loadings": _measurement.loadings_table,
    "invariance": _groups.invariance_table,
    "invariance_model": _groups.invariance_model_table,
    "group_effects": _groups.group_effects_table,
    "hypotheses": _hypotheses.hypotheses_table,
    "models": _hypotheses.models_table,
    "mapping": _hypotheses.mapping_table,
}
MODEL_TABLES: dict[str, Callable[[Context, str], Any]] = {
    "paths": _mediation.paths_table,
    "indirect": _mediation.indirect_table,
    "effects": _mediation.effects_table,
    "size": _mediation.size_table,
    "sobel": _hypotheses.sobel_table,
    "r2": _mediation.r2_table,
    "fit": _measurement.fit_table,
    "vaf": _mediation.vaf_table,
    "f2": _mediation.f2_table,
    "assumptions": _mediation.assumptions_table,
}
