"""Natural effects where x changes the arrow from a mediator to y: means of y in worlds that did not happen.

With E[Y(x, M(x*))] the mean of y had x been x and the mediators what they are under x* (covariates at their
means), and x going from x₀ to x₁ (VanderWeele 2015, ch. 2):

    natural direct    E[Y(x₁, M(x₀))] − E[Y(x₀, M(x₀))]   natural indirect  E[Y(x₁, M(x₁))] − E[Y(x₁, M(x₀))]
    total direct      E[Y(x₁, M(x₁))] − E[Y(x₀, M(x₁))]   pure indirect     E[Y(x₀, M(x₁))] − E[Y(x₀, M(x₀))]
    controlled direct E[Y(x₁, m)] − E[Y(x₀, m)], m the mediators' means

The equations are linear in the mediators, so the means are sums of products of coefficients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.effects import Path
from umkm_stats.mediation._effects import Named, held
from umkm_stats.mediation._spec import ARROW, Spec
from umkm_stats.mediation._summary import NATURAL as KINDS
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._data import Columns

Sum = dict[tuple[int, ...], float]  # products of coefficients, by their numbers → weight; () is a number


def contrast_of(columns: Columns, name: str, given: Any) -> tuple[float, float]:
    """From where to where x goes: as given, its two values, or its mean and one SD above. Raises MED033."""
    if given is not None:
        pair = tuple(given) if isinstance(given, (tuple, list)) else ()
        try:
            low, high = (float(value) for value in pair)
        except (TypeError, ValueError):
            raise UsageError("MED033", params={}) from None
        if not (np.isfinite(low) and np.isfinite(high)) or low == high:
            raise UsageError("MED033", params={})
        return low, high
    column = columns.column(name)
    distinct = np.unique(column)
    if distinct.size == 2:
        return float(distinct[0]), float(distinct[1])
    return float(column.mean()), float(column.mean() + column.std(ddof=1))


def natural(
    columns: Columns, spec: Spec, probes: Sequence[Mapping[str, float]], contrast: Any
) -> tuple[list[Named], list[Note]]:
    """The natural effects of a model in which x moderates an arrow out of a mediator, at every probe of other
    moderators, and what they are a contrast of; nothing for any other model."""
    if not spec.levels:
        if contrast is not None:
            raise UsageError("MED467", params={})
        return [], []
    x = spec.x[0]
    low, high = contrast_of(columns, x, contrast)
    places = {tuple(at[name] for name in spec.moderators) for at in probes}
    held_at = [dict(zip(spec.moderators, values, strict=True)) for values in sorted(places)]
    out: list[Named] = []
    for target in spec.y:
        worlds = [dict(_Worlds(columns, spec, target, at).effects(low, high)) for at in held_at]
        for kind in KINDS:
            ends = (x, *spec.m, target) if "indirect" in kind else (x, target)
            same = all(world[kind] == worlds[0][kind] for world in worlds)
            pairs = list(zip([{}] if same else held_at, worlds, strict=False))
            out += [_named(kind, ends, world[kind], at) for at, world in pairs]
    said = {"x": x, "low": low, "high": high, "m": list(spec.m)}
    return out, [Note("MED468", said)]


def _named(kind: str, ends: Sequence[str], effect: Sum, at: Mapping[str, float]) -> Named:
    start, *between, end = ends
    path = ARROW.join((start, *([" + ".join(between)] if between else []), end)) + held(at)
    paths: list[Path] = []
    for numbers, weight in effect.items():
        if weight:
            first, *rest = numbers
            paths.append((((first, weight),), *(((number, 1.0),) for number in rest)))
    return Named(kind, path, (start, end), tuple(paths), dict(at))


@dataclass(frozen=True, slots=True)
class _Worlds:
    """Means of mediators and of an outcome, the moderators held at ``at``."""

    columns: Columns
    spec: Spec
    target: str
    at: Mapping[str, float]

    def effects(self, low: float, high: float) -> Iterator[tuple[str, Sum]]:
        """Every natural effect of x going from ``low`` to ``high``."""
        under = {value: self.mediators(value) for value in (low, high)}
        mean = {(x, m): self.outcome(x, under[m]) for x in (low, high) for m in (low, high)}
        still: dict[str, Sum] = {name: {(): self._mean((name,))} for name in self.spec.m}
        pairs = {
            "natural_direct": (mean[high, low], mean[low, low]),
            "natural_indirect": (mean[high, high], mean[high, low]),
            "natural_total": (mean[high, high], mean[low, low]),
            "natural_direct_total": (mean[high, high], mean[low, high]),
            "natural_indirect_pure": (mean[low, high], mean[low, low]),
            "controlled_direct": (self.outcome(high, still), self.outcome(low, still)),
        }
        for kind, (first, second) in pairs.items():
            yield kind, _add(first, second, -1.0)

    def mediators(self, x: float) -> dict[str, Sum]:
        """The mean of every mediator when x is ``x``."""
        found: dict[str, Sum] = {}
        waiting = list(self.spec.m)
        while waiting:
            for name in waiting:
                before = {left for left, right in self.spec.arrows if right == name}
                if before <= set(found):
                    level: Sum = {(self.spec.place_of_level(name),): 1.0}
                    found[name] = _add(level, self._predicted(name, "mediator", x, found), 1.0)
                    waiting.remove(name)
                    break
        return found

    def outcome(self, x: float, mediators: Mapping[str, Sum]) -> Sum:
        """The mean of y up to a number that all worlds share."""
        return self._predicted(self.target, "outcome", x, mediators)

    def _predicted(self, target: str, role: str, x: float, mediators: Mapping[str, Sum]) -> Sum:
        """Slopes times how far every term is from its mean in the sample."""
        out: Sum = {}
        for (outcome, part, term), index in self.spec.place.items():
            still = term[0] in self.spec.covariates and term[0] not in self.spec.moderators
            if (outcome, part) == (target, role) and not still:
                away = _add(self._value(term, x, mediators), {(): self._mean(term)}, -1.0)
                for numbers, weight in away.items():
                    key = tuple(sorted((*numbers, index)))
                    out[key] = out.get(key, 0.0) + weight
        return out

    def _value(self, term: tuple[str, ...], x: float, mediators: Mapping[str, Sum]) -> Sum:
        """A term's value: a number, or a sum with the mean of its mediator."""
        spec = self.spec
        factor, inner = 1.0, None
        for name in term:
            centre = spec.centres.get(name, 0.0) if len(term) > 1 else 0.0
            if name in mediators:
                inner = _add(mediators[name], {(): centre}, -1.0)
            else:
                value = x if name in spec.x else self.at.get(name, self._mean((name,)))
                factor *= value - centre
        return {(): factor} if inner is None else {key: weight * factor for key, weight in inner.items()}

    def _mean(self, term: tuple[str, ...]) -> float:
        return float(self.columns.column(*term).mean())


def _add(first: Sum, second: Sum, sign: float) -> Sum:
    out = dict(first)
    for key, weight in second.items():
        out[key] = out.get(key, 0.0) + sign * weight
    return out
