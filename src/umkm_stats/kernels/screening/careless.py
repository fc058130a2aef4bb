"""Measures of careless answering, one value a respondent; definitions as in R ``careless`` 1.2 unless stated.

Longstring and its average: Johnson (2005), https://doi.org/10.1016/j.jrp.2004.09.009. IRV: Dunn et al.
(2018), https://doi.org/10.1007/s10869-016-9479-0. Even–odd and synonyms: Meade and Craig (2012),
https://doi.org/10.1037/a0028085. Gnormed: Emons (2008), https://doi.org/10.1177/0146621607302479.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Runs:
    """longest (n,): longest run of one answer; average (n,): mean length of runs. NaN for a row without
    answers."""

    longest: Floats
    average: Floats


def runs(x: Floats) -> Runs:
    """Runs of identical answers in ``x`` (n, k), in the order asked. A gap breaks a run and is a run of its
    own (length 1)."""
    n, k = x.shape
    longest, current, count = np.zeros(n), np.zeros(n), np.zeros(n)
    for column in range(k):
        same = (x[:, column] == x[:, column - 1]) if column else np.zeros(n, dtype=bool)
        current = np.where(same, current + 1, 1.0)
        count += ~same
        longest = np.maximum(longest, current)
    none = np.isnan(x).all(axis=1)
    average = k / np.maximum(count, 1)
    return Runs(np.where(none, np.nan, longest), np.where(none, np.nan, average))


def irv(x: Floats) -> Floats:
    """(n,) standard deviation of a respondent's answers with divisor k − 1; NaN with fewer than two
    answers."""
    good = ~np.isnan(x)
    count = good.sum(axis=1)
    filled = np.where(good, x, 0.0)
    mean = filled.sum(axis=1) / np.maximum(count, 1)
    squares = np.where(good, (x - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)


def row_correlations(a: Floats, b: Floats) -> tuple[Floats, Ints]:
    """(r (n,), pairs (n,)) correlation within each row of ``a`` and ``b`` (n, m) over pairs that are both
    present.

    NaN when a side does not vary.
    """
    good = ~(np.isnan(a) | np.isnan(b))
    count = good.sum(axis=1)
    divisor = np.maximum(count, 1)[:, None]
    x = np.where(good, a, 0.0)
    y = np.where(good, b, 0.0)
    dx = np.where(good, a - x.sum(axis=1, keepdims=True) / divisor, 0.0)
    dy = np.where(good, b - y.sum(axis=1, keepdims=True) / divisor, 0.0)
    sxx, syy, sxy = (dx * dx).sum(axis=1), (dy * dy).sum(axis=1), (dx * dy).sum(axis=1)
    flat = (sxx <= 1e-12 * divisor[:, 0]) | (syy <= 1e-12 * divisor[:, 0]) | (count < 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip(sxy / np.sqrt(sxx * syy), -1.0, 1.0)
    return np.where(flat, np.nan, r), count.astype(np.int64)


def even_odd(x: Floats, scales: list[Ints]) -> Floats:
    """(n,) even–odd consistency: a *low* value is a sign of careless answering (R ``careless`` ≥ 1.2.0
    returns its negative).

    ``scales``: positions of the items of each scale, in order. The means of a scale's first, third, … and
    second, fourth, … items are correlated over scales within a respondent, stepped up by 2r/(1+r) and kept at
    −1 or above. NaN with fewer than three scales that have both halves, or when a half does not vary.
    """
    usable = [s for s in scales if len(s) >= 2]
    if len(usable) < 3:
        return np.full(len(x), np.nan)
    odd = np.stack([_mean(x[:, s[0::2]]) for s in usable], axis=1)
    even = np.stack([_mean(x[:, s[1::2]]) for s in usable], axis=1)
    r, pairs = row_correlations(even, odd)
    with np.errstate(divide="ignore", invalid="ignore"):
        stepped = np.where(
            r <= -1 / 3, np.maximum(np.where(r > -1, 2 * r / (1 + r), -1.0), -1.0), 2 * r / (1 + r)
        )
    return np.where(pairs >= 3, stepped, np.nan)


def _mean(x: Floats) -> Floats:
    good = ~np.isnan(x)
    count = good.sum(axis=1)
    return np.where(count > 0, np.where(good, x, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


@dataclass(frozen=True, slots=True)
class PairScore:
    """score (n,): correlation within a respondent over the pairs; pairs (m, 2): their positions; available
    (n,)."""

    score: Floats
    pairs: Ints
    available: Ints


def pair_score(x: Floats, *, critical: float = 0.60, antonyms: bool = False) -> PairScore:
    """Psychometric synonyms (pairs with r > ``critical`` in the data) or antonyms (r < −``critical``).

    The score is NaN with fewer than three available pairs, or when one side does not vary (R ``careless``
    then reshuffles pairs at random; here nothing is drawn).
    """
    n, k = x.shape
    corr = pairwise_correlations(x)
    first, second = np.tril_indices(k, -1)
    value = corr[first, second]
    chosen = value < -critical if antonyms else value > critical
    pairs = np.stack([first[chosen], second[chosen]], axis=1).astype(np.int64)
    if len(pairs) < 3:
        good = np.zeros(n, dtype=np.int64)
        return PairScore(np.full(n, np.nan), pairs, good)
    r, available = row_correlations(x[:, pairs[:, 0]], x[:, pairs[:, 1]])
    return PairScore(np.where(available > 2, r, np.nan), pairs, available)


def pairwise_correlations(x: Floats) -> Floats:
    """(k, k) correlations, each over the rows that have both; NaN where one does not vary."""
    good = (~np.isnan(x)).astype(np.float64)
    centred = np.where(np.isnan(x), 0.0, x - _column_means(x))
    count = good.T @ good
    sum_xy = centred.T @ centred
    sum_x = centred.T @ good
    square = (centred**2).T @ good
    with np.errstate(divide="ignore", invalid="ignore"):
        cov = sum_xy - sum_x * sum_x.T / count
        var = square - sum_x**2 / count
        return np.asarray(cov / np.sqrt(var * var.T), dtype=np.float64)


def _column_means(x: Floats) -> Floats:
    good = ~np.isnan(x)
    return np.asarray(np.where(good, x, 0.0).sum(axis=0) / np.maximum(good.sum(axis=0), 1), dtype=np.float64)


def gnormed(x: Floats, categories: int, *, lowest: float = 1.0) -> Floats:
    """(n,) normed number of Guttman errors of ``x`` (n, k), answers lowest … lowest + categories − 1; a
    *high* value misfits.

    Every item is cut into steps ("at least the second answer", …), the steps ordered by how many respondents
    take them; an error is a step taken while an easier one is not. The number is divided by the largest
    possible for the same total. Rows with a gap, and those with the lowest or highest total, are NaN (no
    error is possible).
    """
    n, k = x.shape
    m = categories - 1
    out = np.full(n, np.nan)
    full = ~np.isnan(x).any(axis=1)
    if not full.any() or m < 1 or k < 2:
        return out
    score = (x[full] - lowest).astype(np.int64)
    taken = score[:, :, None] > np.arange(m)[None, None, :]
    popularity = taken.mean(axis=0).reshape(-1)
    position = np.argsort(-popularity, kind="stable")
    rank = np.empty(k * m, dtype=np.int64)
    rank[position] = np.arange(k * m)
    steps = rank.reshape(k, m)
    total = score.sum(axis=1)
    cumulative = np.concatenate([np.zeros((k, 1), dtype=np.int64), np.cumsum(steps, axis=1)], axis=1)
    weight = np.take_along_axis(cumulative[None, :, :].repeat(1, axis=0)[0], score.T, axis=1).sum(axis=0)
    errors = weight - total * (total - 1) // 2
    most = _largest(cumulative) - np.arange(k * m + 1) * (np.arange(k * m + 1) - 1) // 2
    limit = most[total]
    with np.errstate(divide="ignore", invalid="ignore"):
        out[full] = np.where(limit > 0, errors / limit, np.nan)
    return out


def _largest(cumulative: Ints) -> Ints:
    """(k·m + 1,) the largest sum of step ranks for every total score, steps taken in order within items."""
    k, width = cumulative.shape
    best = np.full(k * (width - 1) + 1, -1, dtype=np.int64)
    best[0] = 0
    reach = 0
    for item in range(k):
        new = np.full_like(best, -1)
        for taken in range(width):
            part = best[: reach + 1] + cumulative[item, taken]
            new[taken : taken + reach + 1] = np.maximum(
                new[taken : taken + reach + 1], np.where(best[: reach + 1] >= 0, part, -1)
            )
        best = new
        reach += width - 1
    return best
