"""Agreement of raters or occasions: limits of intraclass correlations, Krippendorff's α."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

Floats = NDArray[np.float64]
FORMS = ("ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)")


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of complete ratings (n subjects, k raters): between subjects, raters, error, within."""

    n: int
    k: int
    rows: float
    raters: float
    error: float
    within: float


def mean_squares(ratings: Floats) -> MeanSquares:
    """Two-way analysis of variance of (n, k) complete ratings."""
    n, k = ratings.shape
    grand = ratings.mean()
    subjects, raters = ratings.mean(axis=1), ratings.mean(axis=0)
    between = k * float(((subjects - grand) ** 2).sum())
    columns = n * float(((raters - grand) ** 2).sum())
    residual = float(((ratings - subjects[:, None] - raters[None, :] + grand) ** 2).sum())
    return MeanSquares(
        n,
        k,
        between / (n - 1),
        columns / (k - 1),
        residual / ((n - 1) * (k - 1)),
        (columns + residual) / (n * (k - 1)),
    )


def icc_limits(ms: MeanSquares, level: float) -> dict[str, tuple[float, float]]:
    """Confidence limits of the six forms (McGraw & Wong 1996, https://doi.org/10.1037/1082-989X.1.1.30).

    Those of averages are stepped up from the single ones by Spearman–Brown, as psych::ICC does.
    """
    n, k, tail = ms.n, ms.k, (1.0 - level) / 2.0
    out: dict[str, tuple[float, float]] = {}
    for name, error, df in (("1", ms.within, n * (k - 1)), ("C", ms.error, (n - 1) * (k - 1))):
        ratio = ms.rows / error if error > 0 else np.inf
        low = ratio / float(f_distribution.isf(tail, n - 1, df))
        high = ratio * float(f_distribution.isf(tail, df, n - 1))
        out[f"ICC({name},1)"] = (_single(low, k), _single(high, k))
    out["ICC(A,1)"] = _absolute(ms, tail)
    for name in ("1", "A", "C"):
        low, high = out[f"ICC({name},1)"]
        out[f"ICC({name},k)"] = (_stepped(low, k), _stepped(high, k))
    return out


def _single(ratio: float, k: int) -> float:
    return 1.0 if np.isinf(ratio) else (ratio - 1.0) / (ratio + k - 1.0)


def _stepped(value: float, k: int) -> float:
    return value * k / (1.0 + value * (k - 1))


def _absolute(ms: MeanSquares, tail: float) -> tuple[float, float]:
    n, k = ms.n, ms.k
    icc = (ms.rows - ms.error) / (ms.rows + (k - 1) * ms.error + k * (ms.raters - ms.error) / n)
    if icc >= 1.0 or ms.error <= 0:
        return 1.0, 1.0
    a, b = k * icc / (n * (1.0 - icc)), 1.0 + k * icc * (n - 1) / (n * (1.0 - icc))
    df = (a * ms.raters + b * ms.error) ** 2 / (
        (a * ms.raters) ** 2 / (k - 1) + (b * ms.error) ** 2 / ((n - 1) * (k - 1))
    )
    under = float(f_distribution.isf(tail, n - 1, df))
    over = float(f_distribution.isf(tail, df, n - 1))
    mixed = k * ms.raters + (k * n - k - n) * ms.error
    low = n * (ms.rows - under * ms.error) / (under * mixed + n * ms.rows)
    high = n * (over * ms.rows - ms.error) / (mixed + n * over * ms.rows)
    return float(low), float(high)


def coincidences(codes: NDArray[np.int64], count: int) -> Floats:
    """(n, V, V) what each subject adds to the coincidence matrix; codes (n, k), −1: not rated."""
    tally = (codes[:, :, None] == np.arange(count)[None, None, :]).sum(axis=1).astype(np.float64)
    rated = tally.sum(axis=1)
    pairs = tally[:, :, None] * tally[:, None, :]
    pairs[:, np.arange(count), np.arange(count)] -= tally
    return np.asarray(pairs / np.where(rated >= 2, rated - 1.0, np.inf)[:, None, None])


def krippendorff(ratings: Floats, scale: str, counts: Floats | None = None) -> Floats:
    """Krippendorff's α of (n, k) ratings, NaN for none; ``scale`` nominal, ordinal, interval or ratio.

    counts (B, n): how often each subject is taken, one α a row; None takes each once, (1,). 1 − observed/
    expected disagreement from the coincidence matrix (Krippendorff 2011, Computing Krippendorff's
    alpha-reliability). NaN where all values paired are equal.
    """
    known = np.unique(ratings[np.isfinite(ratings)])
    codes = np.where(np.isfinite(ratings), np.searchsorted(known, np.nan_to_num(ratings)), -1)
    each = coincidences(codes.astype(np.int64), len(known))
    taken = np.ones((1, len(ratings))) if counts is None else counts
    return np.array([_alpha(np.tensordot(row, each, axes=1), known, scale) for row in taken])


def _alpha(found: Floats, known: Floats, scale: str) -> float:
    margin = found.sum(axis=1)
    total = margin.sum()
    delta = _difference(known, margin, scale)
    expected = float(margin @ delta @ margin)
    if total < 2 or expected <= 0.0:
        return float("nan")
    return float(1.0 - (total - 1.0) * float((found * delta).sum()) / expected)


def _difference(values: Floats, margin: Floats, scale: str) -> Floats:
    """(V, V) squared differences of the values on their scale."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        return np.asarray((values[:, None] - values[None, :]) ** 2)
    if scale == "ratio":
        total = values[:, None] + values[None, :]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total == 0, 0.0, ((values[:, None] - values[None, :]) / total) ** 2)
    running = np.cumsum(margin)
    below = running - margin / 2.0  # the rank of a value is the middle of its run
    return np.asarray((below[:, None] - below[None, :]) ** 2)
