"""Posterior draws of regressions under the reference prior, and permutation p-values of single
coefficients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation.nca import permuted_rows
from umkm_stats.kernels.mediation.normal_equations import Moments, Regression, regress

Floats = NDArray[np.float64]


def posterior_draws(data: Moments, equations: Sequence[Regression], draws: int, seed: int) -> Floats:
    """(P, draws) slopes from their posterior with prior ∝ 1/σ² in every equation (Gelman et al. 2013, ch.
    14).

    σ² is scaled inverse χ² with n − q degrees of freedom; slopes given σ² are normal around least squares.
    ``data`` holds the moments of the sample (D = 1).
    """
    solved = regress(data, equations, errors=True)
    theta, cov = solved.slopes[:, 0], solved.cov
    if cov is None:
        raise ValueError("regress was asked for errors")
    total, many = len(theta), len(equations)
    out = np.empty((total, draws))
    roots = []
    place = 0
    for entry in equations:
        count = len(entry.predictors)
        here = slice(place, place + count)
        roots.append((here, np.linalg.cholesky(cov[here, here, 0]), float(data.n[0]) - count - 1))
        place += count
    for block, first, size in streams.blocks(draws):
        uniform = streams.uniform_block(seed, block, streams.BLOCK, total + many, purpose=streams.PARAMETRIC)[
            :size
        ]
        normal = ndtri(uniform[:, :total])
        for number, (here, root, df) in enumerate(roots):
            factor = np.sqrt(df / chdtri(df, uniform[:, total + number]))
            out[here, first : first + size] = theta[here, None] + root @ (normal[:, here] * factor[:, None]).T
    return out


def permutation_p(outcome: Floats, tested: Floats, others: Floats, *, draws: int, seed: int) -> float:
    """p of one coefficient by permuting the residuals of the model without it (Freedman & Lane 1983).

    outcome, tested (n,), others (n, q). p = (#{|t*| ≥ |t|} + 1)/(draws + 1).
    """
    n = len(outcome)
    base = np.column_stack([np.ones(n), others])
    q, _ = np.linalg.qr(base)
    pure = tested - q @ (q.T @ tested)
    pure /= np.linalg.norm(pure)
    rest = outcome - q @ (q.T @ outcome)
    df = n - base.shape[1] - 1

    def strength(values: Floats) -> Floats:
        clean = values - (values @ q) @ q.T
        slope = clean @ pure
        left = np.maximum((clean**2).sum(axis=1) - slope**2, 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(np.abs(slope) / np.sqrt(left / df), dtype=np.float64)

    own = strength(rest[None, :])[0]
    over = 0
    for block, _, size in streams.blocks(draws):
        order = permuted_rows(seed, block, n)[:size]
        over += int((strength(rest[order]) >= own - 1e-12).sum())
    return (over + 1) / (draws + 1)
