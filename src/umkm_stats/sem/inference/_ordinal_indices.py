"""Tests and indices of fits to ordinal items: baseline, scaling, GFI and the categorical robust indices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, OrdinalSample
from umkm_stats.kernels.ordinal.weighted_test import weighted_test
from umkm_stats.kernels.sem.moments import log_determinant
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.inference._information import directions

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def _pairs(sample: OrdinalSample) -> slice:
    """The correlations among the statistics."""
    return slice(len(sample.statistics) - len(sample.first), len(sample.statistics))


def _pair_pull(sample: OrdinalSample) -> Floats:
    """W of the correlations alone."""
    at = _pairs(sample)
    return sample.pull[at] if sample.pull.ndim == 1 else sample.pull[at, at]


def baseline_x2(task: OrdinalProblem, less: int) -> float:
    """χ² with all correlations 0 and free thresholds.

    With a full W the thresholds move too; they are profiled out.
    """
    total = 0.0
    for sample in task.samples:
        r = sample.statistics[_pairs(sample)]
        if sample.pull.ndim == 1:
            value = float(r @ (_pair_pull(sample) * r))
        else:
            at = _pairs(sample)
            rest = slice(0, at.start)
            inner = sample.pull[at, at] - sample.pull[at, rest] @ np.linalg.solve(
                sample.pull[rest, rest], sample.pull[rest, at]
            )
            value = float(r @ inner @ r)
        total += (sample.n - less) * value
    return total


def baseline_traces(task: OrdinalProblem) -> tuple[float, float]:
    """(tr(UΓ), tr(UΓUΓ)) of the baseline, whose free parameters are the thresholds: U = W on the
    correlations."""
    first = second = 0.0
    for sample in task.samples:
        at = _pairs(sample)
        pull, spread = _pair_pull(sample), sample.gamma[at, at]
        block = pull[:, None] * spread if pull.ndim == 1 else pull @ spread
        first += float(np.trace(block))
        second += float(np.einsum("ij,ji->", block, block))
    return first, second


def own_traces(fit: Fit, task: OrdinalProblem) -> tuple[float, float]:
    """(tr(UΓ), tr(UΓUΓ)) of the fitted model."""
    found = weighted_test(task, fit.point, directions(fit))
    return found.first, found.second


def goodness(fit: Fit, task: OrdinalProblem) -> tuple[float, int]:
    """(GFI, statistics): 1 − e′We / s′Ws over thresholds and correlations."""
    value, count = 0.0, 0
    for g, (share, sample, at) in enumerate(zip(task.shares, task.samples, fit.point.states, strict=True)):
        gap = sample.statistics - np.real(task.implied(fit.params, g, at))
        seen = sample.statistics
        value += share * (1.0 - float(gap @ sample.weighted(gap)) / float(seen @ sample.weighted(seen)))
        count += len(seen)
    return value, count


def residual_indices(fit: Fit, task: OrdinalProblem) -> dict[str, float]:
    """SRMR over correlations and unit variances ("srmr"), and with thresholds in count and sum
    ("srmr_bentler"; "rmr" on the raw scale of numeric variables). Exogenous variables count one element each,
    means and variances of numeric variables none, as in lavaan 0.6-14."""
    alone = everything = raw = 0.0
    for g, (sample, at) in enumerate(zip(task.samples, fit.point.states, strict=True)):
        gap = sample.statistics - np.real(task.implied(fit.params, g, at))
        sd = np.sqrt(np.maximum(np.diagonal(sample.cov), 1e-300))
        p = int(np.unique(np.concatenate([sample.first, sample.second])).size)
        elements = p * (p + 1) // 2 + len(task.structure.fixed_x)
        scaled = gap[_pairs(sample)] / (sd[sample.first] * sd[sample.second])
        gap[: len(sample.cut_item)][sample.cut_number < 0] = 0.0  # means of numeric variables
        gap[len(sample.cut_item) : _pairs(sample).start] = 0.0  # slopes, variances of numeric variables
        pairs, others = float(scaled @ scaled), float((gap[: _pairs(sample).start] ** 2).sum())
        count = elements + int((sample.cut_number >= 0).sum())
        share = sample.n / task.n
        alone += share * math.sqrt(pairs / elements)
        everything += share * math.sqrt((pairs + others) / count)
        raw += share * math.sqrt(float((gap**2).sum()) / count)
    return {"rmr": raw, "srmr": alone, "srmr_bentler": everything, "srmr_bentler_nomean": alone}


@dataclass(frozen=True, slots=True)
class CategoricalMl:
    """x2, base: ML discrepancies of the polychoric correlations at the fitted model and at independence,
    times N;
    c, c_base their scaling factors; NaN where a correlation matrix is not positive definite."""

    x2: float
    base: float
    c: float
    c_base: float


def categorical_ml(fit: Fit, task: OrdinalProblem, df: int, base_df: int) -> CategoricalMl:
    """What the categorical robust CFI, TLI and RMSEA are made from (Savalei 2021,
    https://doi.org/10.1080/00273171.2020.1717922): the ML function of the polychoric correlations at the
    weighted least squares solution, scaled by the mean of its quadratic form. With several groups the
    baseline's factor sums
    tr(Γ_g) over the group's share of the rows, as lavaan 0.6-14 does."""
    nothing = CategoricalMl(math.nan, math.nan, math.nan, math.nan)
    lone = all(_by_default(task, g) for g in range(len(task.samples)))
    if not lone or df <= 0 or any(np.linalg.eigvalsh(sample.cov)[0] < 1.5e-8 for sample in task.samples):
        return nothing
    basis = directions(fit)
    slopes = [np.real(task.jacobian(fit.params, g, at)) @ basis for g, at in enumerate(fit.point.states)]
    matrix = sum(
        share * block.T @ sample.weighted(block)
        for share, block, sample in zip(task.shares, slopes, task.samples, strict=True)
    )
    try:
        inner = np.linalg.inv(np.asarray(matrix))
    except np.linalg.LinAlgError:
        return nothing
    x2 = base = 0.0
    wings, spreads, blocks = [], [], []
    for sample, at, block in zip(task.samples, fit.point.states, slopes, strict=True):
        scale = 1.0 / np.sqrt(np.diagonal(at.sigma))
        sigma = np.real(at.sigma * np.outer(scale, scale))
        if np.linalg.eigvalsh(sigma)[0] <= 0:
            return nothing
        inverse = np.linalg.inv(sigma)
        fitted = log_determinant(sigma) + float(np.einsum("ij,ij->", inverse, sample.cov))
        x2 += sample.n * (fitted - log_determinant(sample.cov) - len(sigma))
        base -= sample.n * log_determinant(sample.cov)
        one, two = sample.first, sample.second
        weight = inverse[np.ix_(one, one)] * inverse[np.ix_(two, two)]
        weight += inverse[np.ix_(one, two)] * inverse[np.ix_(two, one)]
        places = _pairs(sample)
        wings.append(weight)
        spreads.append(sample.gamma[places, places])
        blocks.append(block[places])
    trace = 0.0
    for g, (share, sample) in enumerate(zip(task.shares, task.samples, strict=True)):
        for h, share_h in enumerate(task.shares):
            pull = task.samples[g].weighted(slopes[g])[_pairs(sample)]
            left = (np.eye(len(blocks[g])) if g == h else 0.0) - share * blocks[h] @ inner @ pull.T
            trace += (
                share_h
                / share
                * float(np.einsum("ij,ik,kl,lj->", left, wings[h], left, spreads[g], optimize=True))
            )
    total = sum(float(np.trace(spread)) / share for share, spread in zip(task.shares, spreads, strict=True))
    return CategoricalMl(x2, base, trace / df, total / base_df)


def _by_default(task: OrdinalProblem, group: int) -> bool:
    """Whether all variables are ordinal, none exogenous, and every threshold of the group is a parameter of
    its own."""
    if len(task.structure.fixed_x) or not task.samples[group].ordinal.all():
        return False
    where = task.structure.cell_group == group
    thresholds = task.structure.cell_param[where & (task.structure.cell_matrix == 6)]
    everywhere = task.structure.cell_param[task.structure.cell_matrix == 6]
    own = all(int((everywhere == param).sum()) == 1 for param in thresholds)
    return own and len(thresholds) == len(task.samples[group].cut_item)
