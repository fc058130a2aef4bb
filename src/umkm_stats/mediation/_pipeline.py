"""From what an analysis offers to the rows of its effects frame: each interval method gets what it needs.

An analysis is a ``Material`` (of scores: ``_score_material.py``, of a fitted model:
``_fit_material.py``). ``answer`` asks it once for the case draws, then forms the rows of every method
that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats.mediation import _rows
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Part = tuple[list[dict[str, Any]], list[Note]]
ARROWS = ("a", "d", "b")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: methods, draws, seed, level, threads, given rows (draws, U) or None, progress."""

    methods: tuple[str, ...]
    draws: int
    seed: int
    level: float
    workers: int = 1
    rows: NDArray[np.int64] | None = None
    progress: Callable[[int, int], None] | None = None

    @property
    def drawn(self) -> tuple[str, ...]:
        """The methods that need case draws."""
        return ways.needing("draws", among=self.methods)

    @property
    def jackknife(self) -> bool:
        """Whether a method needs the estimates with a unit left out."""
        return bool(ways.needing("jackknife", among=self.methods))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """values (U, E): effects with a unit left out; first (U,): strata of the units, or None; spread: what
    standardises them, as in ``Cases``."""

    values: Floats
    first: NDArray[np.int64] | None
    spread: Floats | None = None

    def jackknife(self, values: Floats) -> Floats:
        """``values`` (U, K) of statistics of the left-out effects as deviations from the stratum's mean
        (Davison & Hinkley 1997, eq. 5.48), or as they are."""
        if self.first is None:
            return values
        out = values.copy()
        for start in np.unique(self.first):
            here = self.first == start
            out[here] -= out[here].mean(axis=0)
        return out


@dataclass(frozen=True, slots=True)
class Cases:
    """Effects in draws: point (E,) and values (D, E), with left-out values or None.

    spread: what the material's ``factor`` needs of every draw to standardise effects, own_spread the same of
    the sample. admissible (D,) or None: draws without an impossible estimate. ledger: what became of the
    draws. notes: on the draws as a whole.
    """

    point: Floats
    values: Floats
    left: LeftOut | None
    spread: Floats
    own_spread: Floats
    admissible: NDArray[np.bool_] | None
    ledger: dict[str, Any]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """A standardised effect: number of the effect, std_xy or std_y."""

    effect: int
    name: str


class Material(Protocol):
    """What an analysis offers to the interval methods."""

    @property
    def named(self) -> Sequence[Named]:
        """The effects, in the order of the frame."""

    @property
    def found(self) -> Coefficients:
        """The estimates and their covariance."""

    @property
    def test(self) -> str:
        """Method of the rows of single coefficients: "ols" or "wald"."""

    @property
    def scales(self) -> Sequence[Scale]:
        """The standardised effects."""

    @property
    def own(self) -> Mapping[str, Callable[[Sequence[Named], Request], Part]]:
        """Methods that need what only this analysis has: name → rows."""

    def is_linear(self, entry: Named) -> bool:
        """Whether an effect is one coefficient or a weighted sum of them."""

    def cases(self, request: Request) -> Cases | None:
        """Case draws; None when no method that was asked for needs them."""

    def simulated(self, request: Request) -> Cases:
        """Draws from the normal distribution of the estimates, where there are no case draws."""

    def errors(self, effects: Sequence[Named], request: Request) -> tuple[Floats, Floats] | None:
        """Standard errors of effects: of the sample (E,) and of every draw (D, E)."""

    def factor(self, scale: Scale, spread: Floats) -> Floats:
        """(D,) what turns an effect into a standardised one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of the effects frame, notes, left-out values, the ledger; makers of the frame of draws and of that
    of standardised effects."""

    rows: list[dict[str, Any]]
    notes: list[Note]
    draws: Callable[[], pd.DataFrame]
    left: LeftOut | None
    ledger: dict[str, Any]
    sizes: Callable[[], pd.DataFrame]


NO_DRAWS: Mapping[str, Any] = {
    "requested": 0,
    "converged": 0,
    "inadmissible": 0,
    "failed": 0,
    "reasons": {},
}


def answer(material: Material, request: Request) -> Answer:
    """All requested rows: tests of coefficients and delta rows always, then method by method."""
    named, found, level = list(material.named), material.found, request.level
    linear = [entry for entry in named if material.is_linear(entry)]
    curved = [entry for entry in named if not material.is_linear(entry)]
    products = [entry for entry in curved if entry.kind in ("indirect", "conditional_indirect")]
    shown = [k for k, entry in enumerate(named) if entry.kind not in ARROWS]
    subset = [named[k] for k in shown]
    cases = material.cases(request)
    rows = _rows.estimated(found, linear, level, material.test)
    notes: list[Note] = []
    by_name: dict[str, Callable[[], Part]] = {
        "monte_carlo": lambda: monte_carlo(found, subset, request),
        "delta": lambda: ([], []),  # always there
        "aroian": lambda: _rows.second_order(found, products, level, "aroian"),
        "goodman": lambda: _rows.second_order(found, products, level, "goodman"),
        "joint": lambda: (_rows.joint(found, products), []),
    }
    parts: list[Part] = [(_rows.delta(found, curved, level), [])]
    if cases is not None:
        notes += cases.notes
        parts.insert(0, _on_draws(material, cases, shown, request))
    for method in request.methods:
        if method in by_name:
            parts.append(by_name[method]())
        elif method in material.own:
            effects = products if not ways.WAYS[method].limits else subset
            parts.append(material.own[method](effects, request))
    for more, said in parts:
        rows += more
        notes += said
    standing = cases if cases is not None else material.simulated(request)
    return Answer(
        in_order(rows, named),
        notes,
        lambda: frame_of_draws(standing.values, named),
        None if cases is None else cases.left,
        dict(NO_DRAWS if cases is None else cases.ledger),
        lambda: standardised(material, standing, request, simulated=cases is None),
    )


def frame_of_draws(values: Floats, named: Sequence[Named]) -> pd.DataFrame:
    """(D, E) draws under the names of the effects."""
    import pandas as pd

    return pd.DataFrame(values, columns=[entry.key for entry in named])


def _on_draws(material: Material, cases: Cases, shown: list[int], request: Request) -> Part:
    """Rows of the methods on case draws; percentile limits without inadmissible draws beside them."""
    methods, level = request.drawn, request.level
    if not methods:
        return [], []
    subset = [material.named[k] for k in shown]
    point, values = cases.point[shown], cases.values[:, shown]
    jackknife = None if cases.left is None else cases.left.jackknife(cases.left.values[:, shown])
    errors = material.errors(subset, request) if ways.needing("errors", among=methods) else None
    rows, notes = _rows.drawn(subset, point, values, jackknife, level, methods, spread=errors)
    if cases.admissible is not None and not cases.admissible.all():
        kept = np.where(cases.admissible[:, None], values, np.nan)
        name = {"percentile": ways.ADMISSIBLE}
        rows += _rows.drawn(subset, point, kept, None, level, ["percentile"], name=name)[0]
    return rows, notes


def monte_carlo(found: Coefficients, effects: Sequence[Named], request: Request) -> Part:
    """Quantiles of effects of coefficients drawn from their normal distribution."""
    values = _rows.parametric(found, [entry.bare for entry in effects], request.draws, request.seed)
    point, name = _rows.points(found, effects), {"percentile": "monte_carlo"}
    return _rows.drawn(effects, point, values, None, request.level, ["percentile"], name=name)


def standardised(material: Material, cases: Cases, request: Request, *, simulated: bool) -> pd.DataFrame:
    """The frame of standardised effects, standardised in each draw: effect, path, scale, method, est, …"""
    import pandas as pd

    scales = material.scales
    drawn = [name for name in request.drawn if not ways.WAYS[name].takes("errors")]
    methods = ["percentile"] if simulated or not drawn else drawn

    def scaled(table: Floats, spread: Floats) -> Floats:
        out = np.empty((len(table), len(scales)))
        with np.errstate(invalid="ignore", divide="ignore"):
            for k, scale in enumerate(scales):
                out[:, k] = table[:, scale.effect] * material.factor(scale, spread)
        return out

    jackknife, left = None, cases.left
    if left is not None and left.spread is not None:
        jackknife = left.jackknife(scaled(left.values, left.spread))
    rows, _ = _rows.drawn(
        [material.named[scale.effect] for scale in scales],
        scaled(cases.point[None, :], cases.own_spread)[0],
        scaled(cases.values, cases.spread),
        jackknife,
        request.level,
        methods,
        name={"percentile": "monte_carlo"} if simulated else None,
    )
    for entry, name in zip(rows, [s.name for s in scales for _ in methods], strict=True):
        entry["scale"] = name
    return pd.DataFrame(rows, columns=["effect", "path", "scale", *_rows.COLUMNS[2:]])


def in_order(rows: list[dict[str, Any]], named: Sequence[Named]) -> list[dict[str, Any]]:
    """Rows by effect in the order of ``named``, then by method."""
    place = {(entry.kind, entry.path): number for number, entry in enumerate(named)}
    return sorted(rows, key=lambda row: (place[(row["effect"], row["path"])], ways.place(row["method"])))
