"""The regressions of one plan: the full model and the models after each block, one outcome at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats.adapters.statsmodels_ols import OlsFit, ols
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._design import Design

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Equation:
    """One outcome: the design, and the fits after block 1, 2, …; the last one is the full model."""

    outcome: str
    y: Floats
    design: Design
    weights: Floats | None
    errors: str
    steps: tuple[OlsFit, ...]

    @property
    def fit(self) -> OlsFit:
        """The full model."""
        return self.steps[-1]

    def used(self, block: int) -> list[int]:
        """Term numbers of the model after ``block``."""
        return self.design.upto(block)

    @cached_property
    def tolerance(self) -> Floats:
        """(p,) share of each term's variance that the others leave, in the full model."""
        return tolerance(self.design.values, self.weights)

    def standardised(self, block: int) -> Floats:
        """(p,) slopes of a step in standard deviations."""
        spread = sd(self.design.values[:, self.used(block)], self.weights)
        return self.steps[block - 1].params[1:] * spread / float(sd(self.y, self.weights))


def sd(values: Floats, weights: Floats | None) -> Floats:
    """Standard deviation of (n,) or (n, p), weighted where there are weights; the divisor cancels in β."""
    centre = np.average(values, axis=0, weights=weights)
    return np.asarray(np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weights)))


def tolerance(values: Floats, weights: Floats | None) -> Floats:
    """1 / VIF of each column of (n, p)."""
    root = np.ones(len(values)) if weights is None else np.sqrt(weights)
    z = (values - np.average(values, axis=0, weights=weights)) * root[:, None]
    z = z / np.sqrt((z**2).sum(axis=0))
    upper = np.linalg.qr(z, mode="r")
    inverse = np.linalg.solve(upper, np.eye(z.shape[1]))
    return np.asarray(1.0 / (inverse**2).sum(axis=1))


def estimate(columns: Columns, outcome: str, found: Design, errors: str) -> Equation:
    """Every step of one outcome by statsmodels."""
    y = columns.values[outcome]
    steps = tuple(
        ols(
            y,
            found.values[:, found.upto(block)],
            errors=errors,
            cluster=columns.cluster,
            weights=columns.weights,
        )
        for block in range(1, found.blocks + 1)
    )
    return Equation(outcome, y, found, columns.weights, errors, steps)


@dataclass(frozen=True, slots=True)
class Joint:
    """F of several coefficients together, and its p."""

    f: float
    df1: int
    df2: float
    p: float


def wald(fit: OlsFit, places: list[int]) -> Joint:
    """All coefficients at ``places`` (the intercept is 0) are zero, with the covariance of the fit; with
    classical errors the F test of nested models."""
    b, cov = fit.params[places], fit.cov[np.ix_(places, places)]
    scale = np.sqrt(np.diag(cov))
    if np.linalg.matrix_rank(cov / np.outer(scale, scale)) < len(places):  # fewer clusters than coefficients
        return Joint(float("nan"), len(places), fit.df, float("nan"))
    value = float(b @ np.linalg.solve(cov, b)) / len(places)
    return Joint(value, len(places), fit.df, float(stats.f.sf(value, len(places), fit.df)))
