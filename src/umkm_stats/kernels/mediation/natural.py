"""Mean outcomes under one value of x for the outcome and another for each mediator, in all draws at once.

Mediators are parallel: each depends on x and covariates only. Those with normal errors share a covariance;
two-valued ones are independent of the others given x and covariates.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
Link = Literal["identity", "logit", "log"]


@dataclass(frozen=True, slots=True)
class World:
    """What all draws share: x (n, p), covariates (n, c), which of the k mediators have two values, the link
    of the outcome, whether the outcome's regression holds the products x·m (p·k of them, x by x)."""

    x: Floats
    covariates: Floats
    binary: tuple[bool, ...]
    link: Link
    interaction: bool

    def mediator_design(self) -> Floats:
        """(n, 1 + p + c): intercept, x, covariates."""
        return np.column_stack([np.ones(len(self.x)), self.x, self.covariates])

    def outcome_design(self, mediators: Floats) -> Floats:
        """(n, q): intercept, x, mediators (n, k), covariates (, products x·m)."""
        parts = [np.ones(len(self.x)), self.x, mediators, self.covariates]
        if self.interaction:
            parts += [self.x[:, [i]] * mediators for i in range(self.x.shape[1])]
        return np.column_stack(parts)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Coefficients in D draws: of every mediator (D, 1 + p + c), the errors' covariance of those with normal
    errors (D, a, a), and of the outcome (D, q)."""

    mediators: tuple[Floats, ...]
    errors: Floats
    outcome: Floats


def mean(
    world: World, drawn: Drawn, weights: Floats, focus: int, outcome_at: float, mediators_at: Sequence[float]
) -> Floats:
    """(D,) weighted mean over rows of E[Y] with x number ``focus`` at ``outcome_at`` for the outcome and at
    ``mediators_at`` for each mediator; everything else as in the rows."""
    p, k, c = world.x.shape[1], len(world.binary), world.covariates.shape[1]
    beta = drawn.outcome
    x = world.x.copy()
    x[:, focus] = outcome_at
    base = beta[:, :1] + beta[:, 1 : 1 + p] @ x.T + beta[:, 1 + p + k : 1 + p + k + c] @ world.covariates.T
    slopes = []
    for j in range(k):
        slope = beta[:, [1 + p + j]]
        if world.interaction:
            first = 1 + p + k + c + j
            slope = slope + beta[:, [first + i * k for i in range(p)]] @ x.T
        slopes.append(slope)
    levels = []
    for j, at in enumerate(mediators_at):
        x[:, focus] = at
        own = drawn.mediators[j]
        levels.append(own[:, :1] + own[:, 1 : 1 + p] @ x.T + own[:, 1 + p :] @ world.covariates.T)
    normal = [j for j in range(k) if not world.binary[j]]
    chances = {j: expit(levels[j]) for j in range(k) if world.binary[j]}
    for j in normal:
        base = base + slopes[j] * levels[j]
    spread = np.zeros((len(beta), 1))
    for (a, i), (b, j) in itertools.product(enumerate(normal), repeat=2):
        spread = spread + slopes[i] * slopes[j] * drawn.errors[:, a, b][:, None]
    value = _expected(world.link, base, spread, slopes, chances, bool(normal))
    return np.asarray((weights * value).sum(axis=1) / weights.sum(axis=1), dtype=np.float64)


def _expected(
    link: Link, base: Floats, spread: Floats, slopes: list[Floats], chances: dict[int, Floats], normal: bool
) -> Floats:
    """(D, n) mean of the inverse link over the mediators."""
    if link == "identity":
        for j, chance in chances.items():
            base = base + slopes[j] * chance
        return base
    if link == "log":
        value = np.exp(base + spread / 2)
        for j, chance in chances.items():
            value = value * (1 - chance + chance * np.exp(slopes[j]))
        return np.asarray(value, dtype=np.float64)
    total = np.zeros_like(base)
    root = np.sqrt(spread)
    for choice in itertools.product((0, 1), repeat=len(chances)):
        share: Floats | float = 1.0
        here = base
        for one, (j, chance) in zip(choice, chances.items(), strict=True):
            share = share * (chance if one else 1 - chance)
            here = here + slopes[j] if one else here
        if normal:
            inner = np.zeros_like(here)
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                inner += weight * expit(here + root * node)
        else:
            inner = expit(here)
        total += share * inner
    return total


def residual_covariance(outcomes: Floats, design: Floats, betas: Sequence[Floats], weights: Floats) -> Floats:
    """(D, a, a) covariance (divisor n − q) of the residuals of outcomes (n, a) with coefficients (D, q)
    each."""
    count = outcomes.shape[1]
    rest = [outcomes[:, i] - betas[i] @ design.T for i in range(count)]
    out = np.empty((len(weights), count, count))
    free = np.maximum(weights.sum(axis=1) - design.shape[1], 1.0)
    for i, j in itertools.combinations_with_replacement(range(count), 2):
        out[:, i, j] = out[:, j, i] = (weights * rest[i] * rest[j]).sum(axis=1) / free
    return out
