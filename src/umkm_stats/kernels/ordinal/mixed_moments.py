"""Statistics of ordinal and numeric variables together, also given exogenous variables x.

Each variable has its own regression on x (ordered probit, or normal with its variance), each pair its
residual correlation: polychoric, polyserial (Olsson, Drasgow & Dorans 1982,
https://doi.org/10.1007/BF02294164) or product-moment, given the regressions. Γ follows from casewise
influences with observed cross-products as information (Muthén 1984). Answers may be missing: each variable
and each pair takes the rows that have them (pairwise), Γ the zeros that the others leave in the scores.
Order of the statistics: thresholds
(means of numeric variables) by variable, slopes by variable, variances of numeric variables, covariances of
the lower triangle by columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from umkm_stats.kernels.ordinal.bivariate_normal import density, distribution
from umkm_stats.kernels.ordinal.one_variable import (
    Single,
    numeric_given,
    ordered_given,
    phi,
    some,
    spread,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TINY = 1.5e-8
LIMIT = 0.999


@dataclass(frozen=True, slots=True)
class MixedMoments:
    """statistics (K,), gamma (K,K); cut_item, cut_number (T,): −1 for the mean of a numeric variable;
    slope_item,
    slope_x (S,); spread_item (V,); first, second (pairs,); cov (p,p) residual (co)variances, 1 for ordinal
    ones;
    converged, boundary (pairs,)."""

    statistics: Floats
    gamma: Floats
    cut_item: Ints
    cut_number: Ints
    slope_item: Ints
    slope_x: Ints
    spread_item: Ints
    first: Ints
    second: Ints
    cov: Floats
    converged: NDArray[np.bool_]
    boundary: NDArray[np.bool_]


def _solve(slopes: object, start: float) -> tuple[float, bool]:
    """Root of the score in ρ: Newton kept inside a bracket. ``slopes(ρ)`` gives (first, second
    derivative)."""
    low, high, rho = -LIMIT, LIMIT, float(np.clip(start, -0.9, 0.9))
    for _ in range(100):
        first, second = slopes(rho)  # type: ignore[operator]
        low, high = (rho, high) if first > 0 else (low, rho)
        new = rho - first / second if second < 0 else 0.5 * (low + high)
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - rho) < 1e-11:
            return new, True
        rho = new
    return rho, False


def _polychoric(a: Single, b: Single, start: float) -> tuple[float, bool, Floats, Floats, Floats]:
    def cells(rho: float) -> Floats:
        return np.maximum(
            distribution(a.high, b.high, rho)
            - distribution(a.low, b.high, rho)
            - distribution(a.high, b.low, rho)
            + distribution(a.low, b.low, rho),
            1e-300,
        )

    def corner(h: Floats, k: Floats, rho: float) -> tuple[Floats, Floats]:
        first = density(h, k, rho)
        inside = first > 0
        u, v = np.where(inside, h, 0.0), np.where(inside, k, 0.0)
        rest = 1 - rho * rho
        return first, first * (rho * rest + u * v * (1 + rho * rho) - rho * (u * u + v * v)) / rest**2

    def parts(rho: float) -> tuple[Floats, Floats, Floats]:
        found = [
            corner(h, k, rho) for h, k in ((a.high, b.high), (a.low, b.high), (a.high, b.low), (a.low, b.low))
        ]
        prob = cells(rho)
        first = (found[0][0] - found[1][0] - found[2][0] + found[3][0]) / prob
        second = (found[0][1] - found[1][1] - found[2][1] + found[3][1]) / prob
        return first, second, prob

    def slopes(rho: float) -> tuple[float, float]:
        first, second, _ = parts(rho)
        return float(first.sum()), float((second - first * first).sum())

    rho, good = _solve(slopes, start)
    first, _, prob = parts(rho)
    sound = prob > _TINY
    score = np.where(sound, first, 0.0)
    return rho, good, score, _edge_scores(a, b, rho, prob, sound), _edge_scores(b, a, rho, prob, sound)


def _edge_scores(a: Single, b: Single, rho: float, prob: Floats, sound: NDArray[np.bool_]) -> Floats:
    """(N, 2): derivatives of log π with respect to the upper and (minus) the lower edge of ``a``."""
    root = np.sqrt(1 - rho * rho)
    weight = np.where(sound, 1.0 / prob, 0.0)
    out = np.zeros((len(prob), 2))
    for column, edge in enumerate((a.high, a.low)):
        inside = np.isfinite(edge)
        z = np.where(inside, edge, 0.0)
        gap = ndtr((b.high - rho * z) / root) - ndtr((b.low - rho * z) / root)
        out[:, column] = np.where(inside, phi(edge) * gap, 0.0) * weight
    return out


def _spread_edges(single: Single, edges: Floats, x: Floats) -> Floats:
    """(N, params) derivatives with respect to thresholds and slopes from those with respect to the edges."""
    n, cuts = len(edges), single.cuts
    out = np.zeros((n, cuts + x.shape[1]))
    top, bottom = np.flatnonzero(single.code < cuts), np.flatnonzero(single.code > 0)
    out[top, single.code[top]] += edges[top, 0]
    out[bottom, single.code[bottom] - 1] -= edges[bottom, 1]
    out[:, cuts:] = -x * (edges[:, [0]] - edges[:, [1]])
    return out


def _polyserial(
    num: Single, cat: Single, start: float, x: Floats
) -> tuple[float, bool, Floats, Floats, Floats]:
    u = num.unit

    def parts(rho: float) -> tuple[Floats, ...]:
        root = np.sqrt(1 - rho * rho)
        one, two = (cat.high - rho * u) / root, (cat.low - rho * u) / root
        prob = np.maximum(np.where(two > 0, ndtr(-two) - ndtr(-one), ndtr(one) - ndtr(two)), 1e-300)
        lean_one = (
            np.where(np.isfinite(one), rho * np.where(np.isfinite(cat.high), cat.high, 0.0) - u, 0.0)
            / root**3
        )
        lean_two = (
            np.where(np.isfinite(two), rho * np.where(np.isfinite(cat.low), cat.low, 0.0) - u, 0.0) / root**3
        )
        return one, two, prob, lean_one, lean_two

    def first_of(rho: float) -> Floats:
        one, two, prob, lean_one, lean_two = parts(rho)
        return np.asarray((phi(one) * lean_one - phi(two) * lean_two) / prob)

    def slopes(rho: float) -> tuple[float, float]:
        step = 1e-6
        return float(first_of(rho).sum()), float((first_of(rho + step) - first_of(rho - step)).sum()) / (
            2 * step
        )

    rho, good = _solve(slopes, start)
    one, two, prob, _, _ = parts(rho)
    root = np.sqrt(1 - rho * rho)
    sound = prob > _TINY
    weight = np.where(sound, 1.0 / prob, 0.0)
    score = np.where(sound, first_of(rho), 0.0)
    edges = np.column_stack([phi(one), phi(two)]) * (weight / root)[:, None]
    by_cat = _spread_edges(cat, edges, x)
    lean = (phi(one) - phi(two)) * weight * rho / root
    mean = (u + lean) / num.sd
    variance = (u * u - 1.0 + lean * u) / (2 * num.sd**2)
    by_num = np.column_stack([mean, x * mean[:, None], variance])
    return rho, good, score, by_num, by_cat


def _product(a: Single, b: Single, x: Floats) -> tuple[float, bool, Floats, Floats, Floats]:
    u, v = a.unit, b.unit
    rho = float(np.mean(u * v))
    one, two = float(np.mean(u * u)), float(np.mean(v * v))
    if abs(one - 1.0) + abs(two - 1.0) > 1e-12:  # fewer rows than the variances have
        rho = _tilted(rho, one, two)
    rest = 1 - rho * rho
    score = (rho * rest + (1 + rho * rho) * u * v - rho * (u * u + v * v)) / rest**2
    out = []
    for own, other, sd in ((u, v, a.sd), (v, u, b.sd)):
        mean = (own - rho * other) / (sd * rest)
        variance = ((own * own - rho * own * other) / rest - 1.0) / (2 * sd * sd)
        out.append(np.column_stack([mean, x * mean[:, None], variance]))
    return rho, True, score, out[0], out[1]


def _tilted(cross: float, one: float, two: float) -> float:
    """ρ of the bivariate normal likelihood of standardised residuals with mean squares ``one`` and ``two``
    and
    mean product ``cross``: the root of ρ(1 − ρ²) + (1 + ρ²)·cross − ρ(one + two) near ``cross``."""
    roots = np.roots([-1.0, cross, 1.0 - one - two, cross])
    real = np.real(roots[np.abs(np.imag(roots)) < 1e-9])
    inside = real[np.abs(real) < 1.0]

    def value(rho: float) -> float:
        rest = 1.0 - rho * rho
        return 0.5 * float(np.log(rest)) + (one + two - 2.0 * rho * cross) / (2.0 * rest)

    return float(min(inside, key=value))


def _pair(a: Single, b: Single, x: Floats) -> tuple[float, bool, Floats, Floats, Floats]:
    """(ρ, converged, score (N,), pair scores of a's and of b's parameters)."""
    start = float(np.corrcoef(_rough(a), _rough(b))[0, 1])
    if len(a.unit) and len(b.unit):
        return _product(a, b, x)
    if len(a.unit):
        return _polyserial(a, b, start, x)
    if len(b.unit):
        rho, good, score, by_b, by_a = _polyserial(b, a, start, x)
        return rho, good, score, by_a, by_b
    rho, good, score, edge_a, edge_b = _polychoric(a, b, start)
    return rho, good, score, _spread_edges(a, edge_a, x), _spread_edges(b, edge_b, x)


def _rough(single: Single) -> Floats:
    return single.unit if len(single.unit) else single.code.astype(np.float64)


def mixed_moments(values: Floats, categories: Ints, x: Floats) -> MixedMoments:
    """Statistics of ``values`` given ``x``.

    values (N, p): category numbers from 0 where ``categories`` (p,) is at least 2, numbers where it is 0, NaN
    where one is missing;
    x (N, q): exogenous variables, q may be 0.
    """
    n, p = values.shape
    q = x.shape[1]
    there = [np.flatnonzero(~np.isnan(values[:, j])) for j in range(p)]
    single = [
        ordered_given(values[here, j].astype(np.int64), int(categories[j]), x[here], j)
        if categories[j]
        else numeric_given(values[here, j], x[here])
        for j, here in enumerate(there)
    ]
    moves = [
        spread(one.influence * (n / len(here)), here, n) for one, here in zip(single, there, strict=True)
    ]
    cut_item = np.concatenate([np.full(one.cuts, j) for j, one in enumerate(single)])
    cut_number = np.concatenate(
        [np.arange(one.cuts) if categories[j] else np.array([-1]) for j, one in enumerate(single)]
    )
    spread_item = np.flatnonzero(categories == 0)
    pairs = [(i, j) for j in range(p) for i in range(j + 1, p)]
    cov = np.diag([one.sd**2 for one in single])
    columns: list[Floats] = []
    found: list[float] = []
    ended, edge = np.ones(len(pairs), dtype=bool), np.zeros(len(pairs), dtype=bool)
    for place, (i, j) in enumerate(pairs):
        both, at_a, at_b = np.intersect1d(there[i], there[j], assume_unique=True, return_indices=True)
        a, b = some(single[i], at_a), some(single[j], at_b)
        rho, good, score, by_a, by_b = _pair(a, b, x[both])
        pull = (moves[i] @ (by_a.T @ score) + moves[j] @ (by_b.T @ score)) / n
        influence = n * (spread(score, both, n) - pull) / float(score @ score)
        influence = a.sd * b.sd * influence
        for one, other, moved in ((a, b, moves[i]), (b, a, moves[j])):
            if len(one.unit):
                influence = influence + rho * other.sd / (2 * one.sd) * moved[:, -1]
        columns.append(influence)
        cov[i, j] = cov[j, i] = rho * a.sd * b.sd
        found.append(cov[i, j])
        ended[place], edge[place] = good, abs(rho) >= LIMIT - 1e-6
    cuts = [own[:, : one.cuts] for one, own in zip(single, moves, strict=True)]
    slopes = [own[:, one.cuts : one.cuts + q] for one, own in zip(single, moves, strict=True)]
    spreads = [moves[j][:, [-1]] for j in spread_item]
    moved = np.column_stack([*cuts, *slopes, *spreads, *columns])
    statistics = np.concatenate(
        [
            *(one.params[: one.cuts] for one in single),
            *(one.params[one.cuts : one.cuts + q] for one in single),
            [single[j].params[-1] for j in spread_item],
            found,
        ]
    )
    first, second = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    return MixedMoments(
        statistics,
        np.asarray(moved.T @ moved / n),
        cut_item.astype(np.int64),
        cut_number.astype(np.int64),
        np.repeat(np.arange(p), q),
        np.tile(np.arange(q), p),
        spread_item.astype(np.int64),
        first,
        second,
        cov,
        ended,
        edge,
    )
