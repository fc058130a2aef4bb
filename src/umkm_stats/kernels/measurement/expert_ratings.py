"""Experts' ratings: Aiken's V with its exact p and score interval, I-CVI, modified kappa, CVR with its exact
critical value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import binom

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Aiken:
    """v: Σ(r − lo)/(n(c − 1)); p: exact probability of a sum at least as high when every rating is equally
    likely; low, high:
    score interval of Penfield & Giacobbi."""

    v: float
    p: float
    low: float
    high: float


def sum_distribution(n: int, categories: int) -> Floats:
    """(n(c−1)+1,) probabilities of the sum of ``n`` ratings 0…c−1, each rating equally likely; by
    convolution."""
    one = np.full(categories, 1 / categories)
    out = np.ones(1)
    for _ in range(n):
        out = np.convolve(out, one)
    return out


def aiken(ratings: Floats, low: int, high: int, level: float) -> Aiken:
    """``Aiken`` of the ratings (n,) of one item on low…high.

    Aiken 1985, https://doi.org/10.1177/0013164485451012; Penfield & Giacobbi 2004,
    https://doi.org/10.1207/s15327841mpee0804_3.
    """
    n, steps = ratings.size, high - low
    total = float((ratings - low).sum())
    v = total / (n * steps)
    chances = sum_distribution(n, steps + 1)
    whole = total - math.floor(total) < 1e-9
    p = float(chances[math.floor(total + 1e-9) :].sum()) if whole else float("nan")
    z = float(ndtri(1 - (1 - level) / 2))
    size = n * steps
    centre, half = 2 * size * v + z * z, z * math.sqrt(4 * size * v * (1 - v) + z * z)
    return Aiken(
        v, min(p, 1.0), (centre - half) / (2 * (size + z * z)), (centre + half) / (2 * (size + z * z))
    )


def critical_aiken(n: int, categories: int, level: float = 0.95) -> float:
    """Smallest V of ``n`` ratings on ``categories`` whose exact p is at most 1 − ``level``; NaN when none
    is."""
    chances = sum_distribution(n, categories)
    tail = chances[::-1].cumsum()[::-1]
    reached = np.flatnonzero(tail <= 1 - level + 1e-12)
    return float(reached[0] / (chances.size - 1)) if reached.size else float("nan")


def modified_kappa(agreeing: int, n: int) -> float:
    """κ* = (I-CVI − pc)/(1 − pc), pc = C(n, A)·½ⁿ: agreement on relevance beyond chance.

    Polit, Beck & Owen 2007, https://doi.org/10.1002/nur.20199.
    """
    chance = math.comb(n, agreeing) * 0.5**n
    return (agreeing / n - chance) / (1 - chance)


def content_validity_ratio(essential: int, n: int) -> float:
    """Lawshe's CVR = (nₑ − n/2)/(n/2). Lawshe 1975, https://doi.org/10.1111/j.1744-6570.1975.tb01393.x."""
    return (essential - n / 2) / (n / 2)


def critical_ratio(n: int, level: float = 0.95) -> float:
    """Smallest CVR whose exact one-tailed binomial p is at most 1 − ``level``; NaN when even full agreement
    is not.

    Ayre & Scally 2014, https://doi.org/10.1177/0748175613513808.
    """
    counts = np.arange(n + 1)
    tail = binom.sf(counts - 1, n, 0.5)
    reached = counts[tail <= 1 - level + 1e-12]
    return content_validity_ratio(int(reached[0]), n) if reached.size else float("nan")
