"""A structure with its sample: value, gradient and information as functions of the parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from umkm_stats.kernels.sem.one.algebra import (
    Layout,
    Numbers,
    State,
    chain,
    collect,
    collect_square,
    jacobian,
    layout,
    state,
)
from umkm_stats.kernels.sem.one.curvature import bend, observed
from umkm_stats.kernels.sem.one.discrepancy import Kind, Sample, Slopes, evaluate, expected, slopes
from umkm_stats.kernels.sem.saturated import observed_information
from umkm_stats.kernels.sem.structure import Floats, Structure


@dataclass(frozen=True, slots=True)
class Point:
    """Everything known at one parameter vector: value F, one state and one set of slopes a group."""

    params: Floats
    value: float
    states: tuple[State, ...]
    found: tuple[Slopes, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """F(θ) = Σ_g (n_g / N) F_g(θ)."""

    plan: Layout
    kind: Kind
    samples: tuple[Sample, ...]
    shares: tuple[float, ...]

    @property
    def structure(self) -> Structure:
        return self.plan.structure

    @property
    def n(self) -> int:
        """All rows."""
        return round(sum(sample.n for sample in self.samples))

    @property
    def closed(self) -> bool:
        """Whether second derivatives come at little cost: Newton steps are tried as soon as the optimum is
        near,
        elsewhere only where scoring is slow."""
        return self.kind != "fiml"

    def states(self, params: Numbers) -> tuple[State, ...]:
        """Implied moments of each group at (P,) parameters, real or complex."""
        return tuple(state(self.plan, g, params, s.cov, s.mean) for g, s in enumerate(self.samples))

    def point(self, params: Floats) -> Point | None:
        """Value and slopes; None where Σ is not positive definite or not finite."""
        try:
            states = self.states(params)
        except np.linalg.LinAlgError:
            return None
        found, total = [], 0.0
        for share, sample, at in zip(self.shares, self.samples, states, strict=True):
            one = evaluate(self.kind, sample, at.sigma, at.mu, means=self.structure.means)
            if one is None or not np.isfinite(one.value):
                return None
            found.append(one)
            total += share * one.value
        return Point(params, total, states, tuple(found))

    def gradient(self, at: Point) -> Floats:
        """(P,) ∂F/∂θ."""
        count = self.structure.n_params
        out = np.zeros(count)
        for share, cells, where, one in zip(self.shares, self.plan.groups, at.states, at.found, strict=True):
            out += share * collect(chain(where, cells, one.by_sigma, one.by_mu), cells, count)
        return out

    def information(self, at: Point) -> Floats:
        """(P,P) expected information of one observation: half the expected Hessian of F."""
        count = self.structure.n_params
        out = np.zeros((count, count))
        for share, cells, where, one in zip(self.shares, self.plan.groups, at.states, at.found, strict=True):
            out += share * collect_square(
                expected(where, cells, one, means=self.structure.means), cells, count
            )
        return out

    def complex_gradient(self, params: Numbers) -> Numbers:
        """(P,) ∂F/∂θ at complex parameters."""
        count = self.structure.n_params
        out = np.zeros(count, dtype=params.dtype)
        for g, (share, sample, cells) in enumerate(
            zip(self.shares, self.samples, self.plan.groups, strict=True)
        ):
            where = state(self.plan, g, params, sample.cov, sample.mean)
            by_sigma, by_mu = slopes(self.kind, sample, where.sigma, where.mu, means=self.structure.means)
            out += share * collect(chain(where, cells, by_sigma, by_mu), cells, count)
        return out

    def hessian(self, params: Floats, at: Point | None = None) -> Floats:
        """(P,P) second derivatives of F; ``at``: the point of ``params``, where it is known."""
        count, means = self.structure.n_params, self.structure.means
        states = self.states(params) if at is None else at.states
        out = np.zeros((count, count))
        for g, (share, sample, cells, here) in enumerate(
            zip(self.shares, self.samples, self.plan.groups, states, strict=True)
        ):
            if at is None:
                (by_sigma, by_mu), inverse = slopes(self.kind, sample, here.sigma, here.mu, means=means), None
            else:
                found = at.found[g]
                by_sigma, by_mu, inverse = found.by_sigma, found.by_mu, found.inverses[1][0]
            part = bend(here, cells, by_sigma, by_mu)
            if self.kind == "fiml":  # the patterns are visited once, in the space of the moments
                sigma, mu = jacobian(self.plan, g, here)
                delta = np.vstack([mu, sigma])
                out += 2.0 * share * delta.T @ observed_information(sample, here.mu, here.sigma) @ delta
            else:
                part = part + observed(self.kind, sample, here, cells, inverse, means=means)
            out += share * collect_square(part, cells, count)
        return (out + out.T) / 2.0


def problem(structure: Structure, kind: Kind, samples: tuple[Sample, ...]) -> Problem:
    """Put a structure and its samples together."""
    total = sum(sample.n for sample in samples)
    return Problem(layout(structure), kind, samples, tuple(sample.n / total for sample in samples))
