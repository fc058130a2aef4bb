"""Rows of the effects frame: one function a way of inference, all from the same coefficients or draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.intervals import several
from umkm_stats.kernels.mediation.effects import Effect, delta_errors, evaluate
from umkm_stats.kernels.mediation.sobel import product_test
from umkm_stats.kernels.mediation.tests import half_width, two_sided
from umkm_stats.mediation._effects import Named
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COLUMNS = ("effect", "path", "method", "est", "se", "ci_low", "ci_high", "p")


@dataclass(frozen=True, slots=True)
class Coefficients:
    """theta (P,), cov (P, P), df (P,): degrees of freedom of t, inf for z."""

    theta: Floats
    cov: Floats
    df: Floats

    @property
    def se(self) -> Floats:
        """(P,)."""
        return np.sqrt(np.diag(self.cov))


def row(
    entry: Named, method: str, est: float, se: float, low: float, high: float, p: float
) -> dict[str, Any]:
    """One row of the effects frame."""
    return dict(zip(COLUMNS, (entry.kind, entry.path, method, est, se, low, high, p), strict=True))


def frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The effects frame."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS))


def points(found: Coefficients, effects: Sequence[Named]) -> Floats:
    """(E,) estimates."""
    return evaluate(found.theta[:, None], [entry.bare for entry in effects])[:, 0]


def errors(found: Coefficients, effects: Sequence[Named]) -> Floats:
    """(E,) first-order standard errors."""
    bare = [entry.bare for entry in effects]
    return delta_errors(found.theta[:, None], found.cov[:, :, None], bare)[:, 0]


def estimated(
    found: Coefficients, effects: Sequence[Named], level: float, method: str
) -> list[dict[str, Any]]:
    """Rows of effects that are linear in the coefficients: t (or z) intervals."""
    out = []
    for entry, est, se in zip(effects, points(found, effects), errors(found, effects), strict=True):
        used = [index for path in entry.paths for edge in path for index, _ in edge]
        df = float(found.df[used].min())
        half = half_width(level, df) * se
        p = two_sided(float(est / se), df) if se > 0 else float("nan")
        out.append(row(entry, method, float(est), float(se), float(est - half), float(est + half), p))
    return out


def delta(found: Coefficients, effects: Sequence[Named], level: float) -> list[dict[str, Any]]:
    """First-order normal rows: Sobel's test for a product of two."""
    out = []
    for entry, est, se in zip(effects, points(found, effects), errors(found, effects), strict=True):
        out.append(row(entry, "delta", float(est), float(se), *normal_limits(float(est), float(se), level)))
    return out


def normal_limits(est: float, se: float, level: float) -> tuple[float, float, float]:
    """Lower limit, upper limit, two-sided p of a normal interval; NaN without a standard error."""
    if not se > 0:
        return float("nan"), float("nan"), float("nan")
    half = half_width(level, np.inf) * se
    return est - half, est + half, two_sided(est / se, np.inf)


def second_order(
    found: Coefficients, effects: Sequence[Named], level: float, method: str
) -> tuple[list[dict[str, Any]], list[Note]]:
    """Aroian (+ sₐ²s_b²) or Goodman (− sₐ²s_b²) rows of products of two arrows; others are refused with a
    note."""
    out, notes = [], []
    for entry, est in zip(effects, points(found, effects), strict=True):
        se = float("nan")
        if len(entry.paths) != 1 or len(entry.paths[0]) != 2:
            notes.append(Note("MED407", {"method": method}, entry.path, "se"))
        else:
            ends = [Effect(((edge,),)) for edge in entry.paths[0]]
            value = evaluate(found.theta[:, None], ends)[:, 0]
            spread = delta_errors(found.theta[:, None], found.cov[:, :, None], ends)[:, 0]
            se = product_test(value[0], spread[0], value[1], spread[1], kind=method).se
            if not se > 0:
                notes.append(Note("MED408", {"method": method}, entry.path, "se"))
        out.append(row(entry, method, float(est), se, *normal_limits(float(est), se, level)))
    return out, notes


def joint(found: Coefficients, effects: Sequence[Named]) -> list[dict[str, Any]]:
    """Joint significance: p is the largest p of the arrows of the path (MacKinnon et al. 2002); it has no
    interval."""
    out = []
    for entry, est in zip(effects, points(found, effects), strict=True):
        worst = float("nan")
        if len(entry.paths) == 1:
            ends = [Effect(((edge,),)) for edge in entry.paths[0]]
            value = evaluate(found.theta[:, None], ends)[:, 0]
            spread = delta_errors(found.theta[:, None], found.cov[:, :, None], ends)[:, 0]
            df = [float(found.df[[index for index, _ in edge]].min()) for edge in entry.paths[0]]
            worst = max(two_sided(float(v / s), d) for v, s, d in zip(value, spread, df, strict=True))
        nan = float("nan")
        out.append(row(entry, "joint", float(est), nan, nan, nan, worst))
    return out


def parametric(found: Coefficients, effects: Sequence[Effect], draws: int, seed: int) -> Floats:
    """(draws, E) effects of coefficients drawn from N(theta, cov); NaN when the covariance is not
    available."""
    if not np.isfinite(found.cov).all():
        return np.full((draws, len(effects)), np.nan)
    root = streams.root(found.cov)
    out = np.empty((draws, len(effects)))
    for block, first, size in streams.blocks(draws):
        normal = streams.normal_block(seed, block, streams.BLOCK, len(found.theta))[:size]
        theta = found.theta[:, None] + root @ normal.T
        out[first : first + size] = evaluate(theta, effects).T
    return out


def drawn(
    effects: Sequence[Named],
    point: Floats,
    values: Floats,
    jackknife: Floats | None,
    level: float,
    methods: Sequence[str],
    *,
    spread: tuple[Floats, Floats] | None = None,
    name: Mapping[str, str] | None = None,
) -> tuple[list[dict[str, Any]], list[Note]]:
    """Rows of every method of ``methods`` on the same draws (D, E); refusals become NaN and a note."""
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    limits = several(tuple(methods), point, values, jackknife, level, errors=spread)
    finite = np.isfinite(values)
    count = finite.sum(axis=0)
    se = np.full(len(effects), np.nan)
    for k in range(len(effects)):
        if count[k] > 1:
            se[k] = np.std(values[finite[:, k], k] if count[k] < values.shape[0] else values[:, k], ddof=1)
    for k, entry in enumerate(effects):
        for method in methods:
            found = limits[method]
            shown = (name or {}).get(method, method)
            rows.append(
                row(
                    entry,
                    shown,
                    float(point[k]),
                    float(se[k]),
                    float(found.low[k]),
                    float(found.high[k]),
                    float(found.p[k]),
                )
            )
            refused = found.refused[k]
            if refused is not None:
                notes.append(Note(refused.code, {**refused.params, "method": shown}, entry.path, "ci_low"))
            elif found.extreme[k]:
                notes.append(
                    Note("MED205", {"method": shown, "draws": int(found.used[k])}, entry.path, "ci_low")
                )
    return rows, notes
