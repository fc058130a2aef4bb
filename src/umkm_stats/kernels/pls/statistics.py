"""What is read from a solution: loadings, reliability, paths, R², effects, HTMT, variance inflation."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.algebra import inverse, regress
from umkm_stats.kernels.pls.plan import Equations, Plan, block_sums
from umkm_stats.kernels.pls.weights import Solution

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outer:
    """loadings (p, B); rho_a (J, B), 1 where it does not correct; corr (J, J, B) of the constructs, corrected
    for attenuation when consistent."""

    loadings: Floats
    rho_a: Floats
    corr: Floats


@dataclass(frozen=True, slots=True)
class Inner:
    """paths, f2, vif (m, B) in the order of ``plan.arrows``; r2 (E, B) in the order of the equations."""

    paths: Floats
    r2: Floats
    f2: Floats
    vif: Floats


def rho_a(plan: Plan, weights: Floats) -> Floats:
    """(J, B) Dijkstra and Henseler's ρ_A of mode A blocks of two items or more, else 1.

    With w′Rw = 1 and a block of correlations, w′(R − I)w = 1 − w′w.
    """
    square = weights * weights
    total = block_sums(plan, square)
    fourth = block_sums(plan, square * square)
    with np.errstate(all="ignore"):
        value = total**2 * (1.0 - total) / (total**2 - fourth)
    value[~np.array(plan.consistent)] = 1.0
    return value


def outer(plan: Plan, found: Solution, *, consistent: bool = False) -> Outer:
    """``Outer``; with ``consistent`` the loadings w√ρ_A/(w′w) and P_ij/√(ρ_i ρ_j) of PLSc."""
    rows = np.arange(plan.n_items)
    loadings = found.cross[rows, plan.own]
    reliability = rho_a(plan, found.weights)
    if not consistent:
        return Outer(loadings, reliability, found.corr)
    with np.errstate(all="ignore"):
        root = np.sqrt(reliability)
        corr = found.corr / (root[:, None] * root[None])
        j = np.arange(plan.n_constructs)
        corr[j, j] = np.where(np.isfinite(found.corr[j, j]), 1.0, np.nan)
        total = block_sums(plan, found.weights**2)
        ratio = root / total
        corrected = found.weights * ratio[plan.own]
    chosen = np.array(plan.consistent)[plan.own]
    return Outer(np.where(chosen[:, None], corrected, loadings), reliability, corr)


def structure(equations: Equations, corr: Floats) -> Inner:
    """``Inner`` of ``equations`` from the correlations of the constructs (J, J, B).

    f² holds the scores: leaving predictor q out lowers R² by β_q²/(G⁻¹)_qq.
    """
    paths, squared, factors, effects = [], [], [], []
    for target, predictors in equations:
        slopes, r2, vif = regress(corr, predictors, target)
        paths.append(slopes)
        squared.append(r2)
        factors.append(vif)
        with np.errstate(all="ignore"):
            effects.append(slopes**2 / vif / (1.0 - r2))
    return Inner(np.concatenate(paths), np.stack(squared), np.concatenate(effects), np.concatenate(factors))


def total_effects(plan: Plan, paths: Floats) -> Floats:
    """(J, J, B) total effect of construct i on construct j."""
    j = plan.n_constructs
    out = np.zeros((j, j, paths.shape[1]))
    at = 0
    for target, predictors in plan.equations:
        for entry in predictors:
            out[:, target] += paths[at] * out[:, entry]
            out[entry, target] += paths[at]
            at += 1
    return out


def routes(plan: Plan) -> tuple[tuple[int, ...], ...]:
    """Every way of two arrows or more, as construct numbers, shortest first from each start."""
    after: dict[int, list[int]] = {}
    for left, right in plan.arrows:
        after.setdefault(left, []).append(right)
    found: list[tuple[int, ...]] = []

    def walk(way: tuple[int, ...]) -> None:
        if len(way) > 2:
            found.append(way)
        for step in after.get(way[-1], ()):
            walk((*way, step))

    for start in range(plan.n_constructs):
        walk((start,))
    return tuple(sorted(found, key=lambda way: (way[0], way[-1], len(way), way)))


def along(plan: Plan, paths: Floats, ways: tuple[tuple[int, ...], ...]) -> Floats:
    """(len(ways), B) products of the paths along each way."""
    number = {arrow: at for at, arrow in enumerate(plan.arrows)}
    out = np.empty((len(ways), paths.shape[1]))
    for row, way in enumerate(ways):
        product = paths[number[way[0], way[1]]]
        for left, right in itertools.pairwise(way[1:]):
            product = product * paths[number[left, right]]
        out[row] = product
    return out


def htmt(plan: Plan, r: Floats, kind: str = "plus") -> Floats:
    """(J, J, B) heterotrait–monotrait ratios: "plain" means of r, "plus" of |r|, "geometric" means of r.

    A block of one item counts 1. A geometric mean of correlations with mixed signs is NaN; so are all
    ratios of mode B blocks.
    """
    reflective = [j for j, formative in enumerate(plan.formative) if not formative]
    out = np.full((plan.n_constructs, plan.n_constructs, r.shape[2]), np.nan)
    with np.errstate(all="ignore"):
        within = {j: _within(plan, r, j, kind) for j in reflective}
        for place, a in enumerate(reflective):
            out[a, a] = 1.0
            for b in reflective[place + 1 :]:
                cells = r[plan.blocks[a], plan.blocks[b]].reshape(-1, r.shape[2])
                out[a, b] = out[b, a] = _average(cells, kind) / np.sqrt(within[a] * within[b])
    return out


def _average(cells: Floats, kind: str) -> Floats:
    """(B,) mean of correlations (c, B), arithmetic or geometric."""
    if kind == "plain":
        return np.asarray(cells.mean(axis=0))
    if kind == "plus":
        return np.asarray(np.abs(cells).mean(axis=0))
    sign = np.sign(cells[0])
    mean = sign * np.exp(np.log(np.abs(cells)).mean(axis=0))
    return np.asarray(np.where((np.sign(cells) == sign).all(axis=0), mean, np.nan))


def _within(plan: Plan, r: Floats, j: int, kind: str) -> Floats:
    """(B,) mean correlation of a block; 1 for a single item."""
    if plan.sizes[j] == 1:
        return np.ones(r.shape[2])
    upper = np.triu_indices(plan.sizes[j], 1)
    first = plan.starts[j]
    return _average(r[first + upper[0], first + upper[1]], kind)


@dataclass(frozen=True, slots=True)
class Quality:
    """Of each construct (J, B): alpha (standardised), rho_a, rho_c, ave; NaN for mode B and single items."""

    alpha: Floats
    rho_a: Floats
    rho_c: Floats
    ave: Floats


def quality(plan: Plan, r: Floats, found: Outer) -> Quality:
    """``Quality`` of the loadings in ``found``."""
    size = r.shape[2]
    alpha, rho_c, ave = (np.full((plan.n_constructs, size), np.nan) for _ in range(3))
    reliability = found.rho_a.copy()
    with np.errstate(all="ignore"):
        for j, block in enumerate(plan.blocks):
            if not plan.consistent[j]:
                reliability[j] = np.nan
                continue
            k, own = plan.sizes[j], found.loadings[block]
            alpha[j] = k / (k - 1.0) * (1.0 - k / r[block, block].sum(axis=(0, 1)))
            common = own.sum(axis=0) ** 2
            rho_c[j] = common / (common + (1.0 - own**2).sum(axis=0))
            ave[j] = (own**2).mean(axis=0)
    return Quality(alpha, reliability, rho_c, ave)


def outer_vif(plan: Plan, r: Floats) -> Floats:
    """(p, B) variance inflation factor of every item in its block; 1 for a single item."""
    out = np.ones((plan.n_items, r.shape[2]))
    for block, size in zip(plan.blocks, plan.sizes, strict=True):
        if size > 1:
            diagonal = np.arange(size)
            out[block] = inverse(r[block, block])[diagonal, diagonal]
    return out
