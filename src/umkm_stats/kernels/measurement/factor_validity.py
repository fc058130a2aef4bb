"""Convergent and discriminant validity: AVE and CR of a factor model, HTMT, HTMT2, Fornell–Larcker, ω of
higher factors.

Everything works on a leading axis of draws. ``members`` is one array of item positions a construct.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from umkm_stats.kernels.measurement import scale_reliability as reliability
from umkm_stats.kernels.measurement.heterotrait import ratios
from umkm_stats.kernels.ordinal.bivariate_normal import distribution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FactorMeasures:
    """(D, k) numbers of k factors. ave, cr_std: from standardised loadings; ave_raw: Σλ²φ over the observed
    item variances;
    cr_raw: (Σλ)²φ over the implied variance of the sum; omega: over its observed variance; max_rho:
    coefficient H."""

    ave: Floats
    ave_raw: Floats
    cr_std: Floats
    cr_raw: Floats
    omega: Floats
    max_rho: Floats


@dataclass(frozen=True, slots=True)
class HigherOmega:
    """(D,) reliabilities under a second-order factor (semTools' ``reliabilityL2``). total: (1′Λγ)²φ over the
    variance of the sum of all items, what the higher factor explains of it (omegaL1); factors: (1′γ)²φ over
    the variance of the sum of the first-order factors (omegaL2); partial: like total with the first-order
    disturbances taken out of the
    variance."""

    total: Floats
    factors: Floats
    partial: Floats


def factor_measures(
    lam: Floats, phi: Floats, sigma: Floats, cov: Floats, members: Sequence[Ints], factors: Sequence[int]
) -> FactorMeasures:
    """AVE, CR and ω of the factors numbered ``factors`` on their ``members``.

    lam (D,p,m), phi (D,m,m) implied latent covariances, sigma (D,p,p) implied and cov (D or 1,p,p) observed
    covariances.
    A negative factor variance or item variance gives NaN.
    """
    columns: list[list[Floats]] = [[] for _ in range(6)]
    for items, j in zip(members, factors, strict=True):
        variance = np.where(phi[:, j, j] > 0, phi[:, j, j], np.nan)
        loadings = lam[:, items, j]
        block = sigma[:, items[:, None], items[None, :]]
        seen = cov[:, items[:, None], items[None, :]]
        own = np.diagonal(block, axis1=1, axis2=2)
        own = np.where(own > 0, own, np.nan)
        std = loadings * np.sqrt(variance)[:, None] / np.sqrt(own)
        shared = loadings.sum(axis=1) ** 2 * variance
        columns[0].append(np.asarray((std**2).mean(axis=1)))
        columns[1].append(
            np.asarray((loadings**2).sum(axis=1) * variance) / _positive(np.trace(seen, axis1=1, axis2=2))
        )
        columns[2].append(reliability.composite(std, 1 - std**2))
        columns[3].append(shared / _positive(block.sum(axis=(1, 2))))
        columns[4].append(shared / _positive(seen.sum(axis=(1, 2))))
        columns[5].append(reliability.maximal(std, 1 - std**2))
    return FactorMeasures(*(np.stack(entries, axis=1) for entries in columns))


def _positive(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)


def htmt(corr: Floats, members: Sequence[Ints]) -> Floats:
    """(..., k, k) heterotrait–monotrait ratios of absolute correlations; NaN for a construct with one
    item."""
    return ratios(corr, members)


def htmt_signed(corr: Floats, members: Sequence[Ints]) -> Floats:
    """As ``htmt`` with the correlations as they are; NaN also where those within a construct are not
    positive on average."""
    return ratios(corr, members, signed=True)


def htmt2(corr: Floats, members: Sequence[Ints]) -> Floats:
    """As ``htmt`` with geometric means, for items that are not equally good."""
    return ratios(corr, members, geometric=True)


def higher_omega(lam: Floats, beta: Floats, psi: Floats, theta: Floats, first: Ints, top: int) -> HigherOmega:
    """``HigherOmega`` of the second-order factor ``top`` over the first-order factors ``first``.

    lam (D,p,m), beta and psi (D,m,m), theta (D,p,p); the items are those with a loading on a factor of
    ``first``.
    """
    items = np.flatnonzero((np.abs(lam[:, :, first]).max(axis=0) > 0).any(axis=1))
    loadings = lam[:, items][:, :, first]
    gamma = beta[:, first, top]
    variance = psi[:, top, top]
    disturbance = psi[:, first[:, None], first[None, :]]
    noise = theta[:, items[:, None], items[None, :]].sum(axis=(1, 2))
    upper = gamma[:, :, None] * gamma[:, None, :] * variance[:, None, None]
    ones = loadings.sum(axis=1)
    through = np.einsum("df,dfg,dg->d", ones, upper, ones)
    own = np.einsum("df,dfg,dg->d", ones, disturbance, ones)
    top_part = gamma.sum(axis=1) ** 2 * variance
    return HigherOmega(
        total=through / _positive(through + own + noise),
        factors=top_part / _positive(top_part + disturbance.sum(axis=(1, 2))),
        partial=through / _positive(through + noise),
    )


def hierarchical_omega(lam: Floats, phi: Floats, cov: Floats, items: Ints, general: int) -> Floats:
    """(D,) ω hierarchical: (Σλ_g)²φ_g over the observed variance of the sum of ``items``; lam (D,p,m), cov (D
    or 1,p,p)."""
    shared = lam[:, items, general].sum(axis=1) ** 2 * phi[:, general, general]
    return np.asarray(shared / _positive(cov[:, items[:, None], items[None, :]].sum(axis=(1, 2))))


def green_yang(common: Floats, total: Floats, thresholds: Sequence[Floats]) -> float:
    """Reliability of a sum of ordered-category items: covariance of the categories that the factor explains
    over all of it.

    common: (k,k) ΛΦΛ′ of the latent responses (variance 1, the diagonal below 1); total: (k,k) their
    correlations; thresholds: one array an item. Green & Yang 2009, https://doi.org/10.1007/s11336-008-9099-3.
    """
    k = len(thresholds)
    explained = everything = 0.0
    for i in range(k):
        for j in range(k):
            a, b = thresholds[i][:, None], thresholds[j][None, :]
            apart = float(ndtr(thresholds[i]).sum() * ndtr(thresholds[j]).sum())
            explained += float(distribution(a, b, common[i, j]).sum()) - apart
            everything += float(distribution(a, b, 1.0 if i == j else total[i, j]).sum()) - apart
    return explained / everything if everything > 0 else float("nan")
