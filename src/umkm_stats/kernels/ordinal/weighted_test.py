"""Robust covariance and scaled tests of weighted least squares on ordinal statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.one.problem import Point
from umkm_stats.kernels.sem.structure import Floats


@dataclass(frozen=True, slots=True)
class WeightedTest:
    """first = tr(UΓ), second = tr(UΓUΓ); covariance (P,P) of √N times the estimates; None without one."""

    first: float
    second: float
    covariance: Floats | None


def weighted_test(task: OrdinalProblem, at: Point, basis: Floats) -> WeightedTest:
    """Traces for the scaled tests and the robust covariance, with U = W − WJ(JᵀWJ)⁻¹JᵀW over all groups."""
    slopes = [np.real(task.jacobian(at.params, g, s)) @ basis for g, s in enumerate(at.states)]
    pulled = [sample.weighted(block) for sample, block in zip(task.samples, slopes, strict=True)]
    matrix = sum(
        share * block.T @ pull for share, block, pull in zip(task.shares, slopes, pulled, strict=True)
    )
    try:
        inner = np.linalg.inv(np.asarray(matrix))
    except np.linalg.LinAlgError:
        return WeightedTest(np.nan, np.nan, None)
    meat = np.asarray(
        sum(
            share * pull.T @ sample.gamma @ pull
            for share, sample, pull in zip(task.shares, task.samples, pulled, strict=True)
        )
    )
    first, second = _traces(task, pulled, inner)
    return WeightedTest(first, second, basis @ inner @ meat @ inner @ basis.T)


def statistics_meat(task: OrdinalProblem, at: Point) -> Floats:
    """(P,P) JᵀWΓWJ over all groups, weighted by their shares."""
    total = np.zeros((task.structure.n_params,) * 2)
    for g, (share, sample, where) in enumerate(zip(task.shares, task.samples, at.states, strict=True)):
        pull = sample.weighted(np.real(task.jacobian(at.params, g, where)))
        total += share * pull.T @ sample.gamma @ pull
    return total


def _traces(task: OrdinalProblem, pulled: list[Floats], inner: Floats) -> tuple[float, float]:
    """tr(UΓ) and tr(UΓUΓ) with U_gh = s_g(δ_gh W_g − s_h P_g E P_hᵀ) and Γ_g/s_g, s the shares, P = WJ."""
    first = second = 0.0
    crossed = [sample.gamma @ pull for sample, pull in zip(task.samples, pulled, strict=True)]
    for g, (share, sample) in enumerate(zip(task.shares, task.samples, strict=True)):
        own = sample.weighted(sample.gamma) - share * pulled[g] @ inner @ crossed[g].T
        first += float(np.trace(own))
        second += float(np.einsum("ij,ji->", own, own))
        for h, other in enumerate(task.shares):
            if h != g:
                inside = crossed[g].T @ pulled[g] @ inner @ (crossed[h].T @ pulled[h]) @ inner
                second += share * other * float(np.trace(inside))
    return first, second
