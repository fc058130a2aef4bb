"""What follows from loadings and Φ: communalities, order and sign of factors, complexity, fit of the factor
model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2 as chi2_distribution

from umkm_stats.kernels.measurement.efa_one import one_factor

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FactorFit:
    """Fit of a factor solution with k items, m factors, n rows. chi2: Bartlett-corrected likelihood-ratio
    statistic
    (psych's ``STATISTIC``); df = ((k−m)² − (k+m))/2; rmsea = √(χ²/(df·n) − 1/(n−1)); tli against
    independence with the same correction (both as psych); rmsr: root mean squared off-diagonal residual. NaN
    where df ≤ 0 or Σ is not positive definite."""

    chi2: float
    df: int
    p: float
    rmsea: float
    tli: float
    rmsr: float


@dataclass(frozen=True, slots=True)
class SchmidLeiman:
    """A second-order solution as a general factor and group factors that are uncorrelated with it.

    Attributes
    ----------
    general : array of float
        (items,) loadings on the general factor.
    group : array of float
        (items, factors) loadings on the group factors.
    unique : array of float
        (items,) unique variances.
    omega_total : float
        1 − Σu²/1′R1.
    omega_hierarchical : float
        (Σ general)²/1′R1.
    explained : float
        Share of the common variance that is general (ECV).

    Examples
    --------
    >>> from umkm_stats import efa, examples
    >>> found = efa(examples.answers(), n_factors=3).hierarchical()
    >>> found.general.round(2).tolist()[:3], round(found.explained, 3)
    ([0.48, 0.48, 0.42], 0.496)
    """

    general: Floats
    group: Floats
    unique: Floats
    omega_total: float
    omega_hierarchical: float
    explained: float


def schmid_leiman(corr: Floats, loadings: Floats, phi: Floats) -> SchmidLeiman | None:
    """Schmid–Leiman transformation of an oblique solution with m ≥ 2 factors; None when one factor does not
    explain Φ.

    loadings (k,m), phi (m,m). The factor of Φ is the one-factor ML solution (equal loadings with two
    factors). Schmid & Leiman 1957, https://doi.org/10.1007/BF02289209; ω hierarchical: Zinbarg, Revelle,
    Yovel & Li 2005, https://doi.org/10.1007/s11336-003-0974-7.
    """
    found = one_factor(phi[None])
    if not found.converged[0] or np.abs(found.std_loadings[0]).max() >= 1:
        return None
    second = found.std_loadings[0]
    general = loadings @ second
    group = loadings * np.sqrt(1 - second**2)
    unique = 1 - general**2 - (group**2).sum(axis=1)
    total = float(corr.sum())
    common = float((general**2).sum() + (group**2).sum())
    return SchmidLeiman(
        general,
        group,
        unique,
        float(1 - unique.sum() / total),
        float(general.sum() ** 2 / total),
        float((general**2).sum() / common),
    )


def components(corr: Floats, m: int) -> Floats:
    """(k, m) loadings of the first m principal components of a correlation matrix: eigenvectors times √λ."""
    values, vectors = np.linalg.eigh(corr)
    first = np.argsort(values)[::-1][:m]
    return np.asarray(vectors[:, first] * np.sqrt(np.maximum(values[first], 0.0)))


def communalities(loadings: Floats, phi: Floats | None = None) -> Floats:
    """(k,) diag(ΛΦΛ′) of loadings (k, m); Φ is the identity when None."""
    through = loadings if phi is None else loadings @ phi
    return np.asarray((through * loadings).sum(axis=1))


def factor_variance(loadings: Floats, phi: Floats | None = None) -> Floats:
    """(m,) variance of the items accounted for by each factor: diag(ΦΛ′Λ); sums to the sum of
    communalities."""
    cross = loadings.T @ loadings
    return np.asarray(np.diag(cross if phi is None else phi @ cross))


def arrange(loadings: Floats, phi: Floats | None) -> tuple[Floats, Floats | None]:
    """Factors in falling order of the variance they account for, each with Σλ ≥ 0; Φ is carried along."""
    order = np.argsort(-factor_variance(loadings, phi), kind="stable")
    sign = np.where(loadings[:, order].sum(axis=0) < 0, -1.0, 1.0)
    turned = loadings[:, order] * sign
    return turned, None if phi is None else phi[np.ix_(order, order)] * np.outer(sign, sign)


def complexity(loadings: Floats) -> Floats:
    """(k,) Hofmann's index (Σλ²)²/Σλ⁴: 1 when an item loads on one factor only."""
    return np.asarray((loadings**2).sum(axis=1) ** 2 / (loadings**4).sum(axis=1))


def fit_of(corr: Floats, loadings: Floats, phi: Floats | None, n: int) -> FactorFit:
    """``FactorFit`` of loadings and Φ for a correlation matrix (k, k) of ``n`` rows."""
    k, m = loadings.shape
    model = loadings @ (np.eye(m) if phi is None else phi) @ loadings.T
    np.fill_diagonal(model, 1.0)
    off = ~np.eye(k, dtype=bool)
    rmsr = float(np.sqrt(((corr - model)[off] ** 2).mean()))
    df = ((k - m) ** 2 - (k + m)) // 2
    sign, logdet = np.linalg.slogdet(model)
    none = float("nan")
    if df <= 0 or sign <= 0:
        return FactorFit(none, df, none, none, none, rmsr)
    own = np.linalg.slogdet(corr)[1]
    objective = float(logdet - own + np.trace(np.linalg.solve(model, corr)) - k)
    statistic = (n - 1 - (2 * k + 5) / 6 - 2 * m / 3) * objective
    null, null_df = (n - 1 - (2 * k + 5) / 6 - 2 * m / 3) * -float(own), k * (k - 1) / 2
    tli = (null / null_df - statistic / df) / (null / null_df - 1)
    rmsea = float(np.sqrt(max(statistic / (df * n) - 1 / (n - 1), 0.0)))
    return FactorFit(
        float(statistic), df, float(chi2_distribution.sf(statistic, df)), rmsea, float(tli), rmsr
    )


def sampling_adequacy(corr: Floats) -> tuple[Floats, float]:
    """Kaiser–Meyer–Olkin measure per item (k,) and of the whole, from correlations (k, k).

    Σr²/(Σr² + Σq²) over the off-diagonal correlations r and partial correlations q. Kaiser 1974,
    https://doi.org/10.1007/BF02291575.
    """
    inverse = np.linalg.inv(corr)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(corr.shape[0], dtype=bool)
    plain, partial = corr**2 * off, (inverse / np.outer(scale, scale)) ** 2 * off
    per_item = plain.sum(axis=0) / (plain.sum(axis=0) + partial.sum(axis=0))
    return np.asarray(per_item), float(plain.sum() / (plain.sum() + partial.sum()))


def sphericity(corr: Floats, n: int) -> tuple[float, float]:
    """Bartlett's test that correlations (k, k) of ``n`` rows are an identity: χ² and p."""
    k = corr.shape[0]
    statistic = -(n - 1 - (2 * k + 5) / 6) * float(np.linalg.slogdet(corr)[1])
    return statistic, float(chi2_distribution.sf(statistic, k * (k - 1) / 2))


def promax(loadings: Floats, power: int = 4) -> tuple[Floats, Floats]:
    """Promax from varimax loadings (k, m): pattern (k, m) and Φ (m, m), by the least-squares target rotation
    of R's
    ``promax``. Hendrickson & White 1964, https://doi.org/10.1111/j.2044-8317.1964.tb00244.x.
    """
    target = loadings * np.abs(loadings) ** (power - 1)
    turn = np.linalg.lstsq(loadings, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    return loadings @ turn, np.asarray(np.linalg.inv(turn.T @ turn), dtype=np.float64)
