"""Replications of a planned study: every one has its own random stream, so it never depends on the others.

Replication ``r`` at sample size ``n`` of scenario ``s`` uses block ``s·2⁵⁶ + n·2³² + r`` of the seed: its
rows from purpose SIMULATION, its missing cells from PARAMETRIC, and the seed of its own bootstrap from
ANALYSIS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.planning import glm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LARGEST_N = 2**24 - 1
LARGEST_REPS = 2**32 - 1
LARGEST_SCENARIOS = 256


@dataclass(frozen=True, slots=True)
class Generator:
    """A recursive structural model with normal disturbances, V variables in an order in which causes come
    first.

    root (V, k): disturbances are ``normals (n, k) @ rootᵀ``. intercept (V,). parents: for each variable the
    numbers of its causes, weights their coefficients. products: for each variable the two whose product it
    is, or ().
    binary: (variable, normal quantile) of variables that are 1 above the quantile and 0 below. outcomes:
    (variable, family) whose rows are drawn from a logistic, probit or Poisson model instead.
    """

    root: Floats
    intercept: Floats
    parents: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[float, ...], ...]
    products: tuple[tuple[int, ...], ...]
    binary: tuple[tuple[int, float], ...] = ()
    outcomes: tuple[tuple[int, str], ...] = ()

    def rows(self, normals: Floats) -> Floats:
        """(n, V) values of n cases from (n, k) standard normal numbers."""
        out = normals @ self.root.T + self.intercept
        for number, limit in self.binary:
            out[:, number] = out[:, number] - self.intercept[number] > limit
        families = dict(self.outcomes)
        for number, (causes, sizes, factors) in enumerate(
            zip(self.parents, self.weights, self.products, strict=True)
        ):
            if factors:
                out[:, number] = out[:, factors[0]] * out[:, factors[1]]
            if number in families:
                noise = out[:, number] - self.intercept[number]
                out[:, number] = self.intercept[number]
            for cause, size in zip(causes, sizes, strict=True):
                out[:, number] += size * out[:, cause]
            if number in families:
                out[:, number] = glm.drawn(families[number], out[:, number], ndtr(noise))
        return out


@dataclass(frozen=True, slots=True)
class Recorder:
    """What the study sees of the generated variables.

    columns (c,): numbers of the variables recorded. cuts (m,) in standard deviations, and cut (c,) bool which
    columns become categories 1 … m + 1, with scale (c,) and centre (c,) their population SD and mean.
    missing: share of cells lost completely at random. composites: for each analysed variable the recorded
    columns it is the mean of; empty when the recorded columns are analysed themselves.
    """

    columns: Ints
    cut: NDArray[np.bool_]
    cuts: Floats
    centre: Floats
    scale: Floats
    missing: float
    composites: tuple[tuple[int, ...], ...]


def block_of(scenario: int, n: int, rep: int) -> int:
    """The random block of a replication."""
    return (scenario << 56) | (n << 32) | rep


def own_seed(seed: int, block: int) -> int:
    """The seed of a replication's own resampling, 0 … 2⁶³ − 1."""
    low, high = streams.words(seed, block, 2, purpose=streams.ANALYSIS)
    return int(((int(high) << 32) | int(low)) & (2**63 - 1))


def replication(source: Generator, recorder: Recorder, seed: int, block: int, n: int) -> Floats:
    """(n, c) what replication ``block`` records: its cells cut, lost and averaged as ``recorder`` says."""
    normals = streams.normal_block(seed, block, n, source.root.shape[1], purpose=streams.SIMULATION)
    seen = source.rows(normals)[:, recorder.columns]
    if len(recorder.cuts) and recorder.cut.any():
        some = (seen[:, recorder.cut] - recorder.centre[recorder.cut]) / recorder.scale[recorder.cut]
        seen[:, recorder.cut] = np.searchsorted(recorder.cuts, some, side="left") + 1.0
    if recorder.missing > 0.0:
        lost = (
            streams.uniform_block(seed, block, n, seen.shape[1], purpose=streams.PARAMETRIC)
            < recorder.missing
        )
        seen[lost] = np.nan
    if recorder.composites:
        return np.stack([seen[:, list(parts)].mean(axis=1) for parts in recorder.composites], axis=1)
    return seen


def complete(rows: Floats) -> Floats:
    """Rows without a missing cell."""
    lost = np.isnan(rows).any(axis=1)
    return rows[~lost] if lost.any() else rows
