"""The model that is estimated, as text, and what its variables are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.planning._population import FIRST, LAST
from umkm_stats.planning._population_text import PopulationText

Floats = NDArray[np.float64]


def analysis_text(population: PopulationText, *, scores: bool) -> str:
    """The model that is estimated: the population's with every number freed; on ``scores`` its paths only."""
    lines: list[str] = []
    loads: dict[str, list[str]] = {}
    only_measured = not scores and not any(s.term.op == "~" for s in population.terms)
    outcomes = {s.term.lhs for s in population.terms if s.term.op == "~"}
    indicators = {s.term.rhs for s in population.terms if s.term.op == "=~"}
    for entry in population.terms:
        term = entry.term
        mark = f"{entry.label}*" if entry.label else ""
        if term.op == "=~":
            freed = "NA*" if only_measured and not mark and term.lhs not in loads else ""
            loads.setdefault(term.lhs, []).append(f"{freed}{mark}{_tick(term.rhs)}")
        elif term.op == "~":
            lines.append(f"{_tick(term.lhs)} ~ {mark}{_tick(term.rhs)}")
        elif term.op == "~~" and term.lhs != term.rhs:
            free = [
                n in outcomes or (not scores and (n in indicators or n in population.latent))
                for n in (term.lhs, term.rhs)
            ]
            if all(free):
                lines.append(f"{_tick(term.lhs)} ~~ {mark}{_tick(term.rhs)}")
    if not scores:
        lines = [f"{_tick(name)} =~ {' + '.join(parts)}" for name, parts in loads.items()] + lines
        if only_measured:  # unit variances, so that covariances are correlations
            lines += [f"{_tick(name)} ~~ 1*{_tick(name)}" for name in loads]
    lines += [f"{entry.name} := {entry.expression.text}" for entry in population.model.definitions]
    return "\n".join(lines) + "\n"


def _tick(name: str) -> str:
    return name if name.replace("_", "a").replace(".", "a").replace(":", "a").isalnum() else f"`{name}`"


def sizes_of(n: Any) -> list[Any]:
    """One size or several as a list."""
    return [n] if np.ndim(n) == 0 else list(n)


def thresholds_of(categories: int | None, thresholds: Sequence[float] | None) -> Floats:
    """Cuts in standard deviations: as given, or evenly spaced as ``simulate_responses`` has them; empty
    without."""
    if thresholds is not None:
        cuts = np.asarray(thresholds, dtype=np.float64)
        if cuts.ndim != 1 or not len(cuts) or (np.diff(cuts) <= 0).any() or not np.isfinite(cuts).all():
            raise UsageError("PLN117")
        if categories is not None and categories != len(cuts) + 1:
            raise UsageError("PLN117")
        return cuts
    return np.zeros(0) if categories is None else np.linspace(FIRST, LAST, categories - 1)


def composites_of(population: PopulationText, wanted: Sequence[str]) -> dict[str, list[str]]:
    """For each analysed variable the observed ones it is the mean of."""
    parts: dict[str, list[str]] = {}
    for entry in population.terms:
        if entry.term.op == "=~":
            parts.setdefault(entry.term.lhs, []).append(entry.term.rhs)

    def below(name: str) -> list[str]:
        return [leaf for part in parts[name] for leaf in below(part)] if name in parts else [name]

    return {name: below(name) for name in wanted}
