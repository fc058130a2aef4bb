"""Least squares by statsmodels, plain or weighted: classical, HC0–HC4 and cluster-robust covariances.

Coefficients with classical errors come from a QR factorisation of our own where the columns are clearly
independent; statsmodels' object, which takes six times as long to make, then waits until something else is
asked for.

Workarounds: statsmodels 0.15 knows no HC4 (Cribari-Neto 2004), so that covariance is formed here from its
leverages; robust covariances are asked for with ``use_t=True``, because its default compares them with the
normal; columns far from zero or of very different size are standardised first and the answer is turned back
(a column such as 1,000,000,000 ± 1 gets a wrong coefficient otherwise, with a warning only).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from umkm_stats.kernels.regression.least_squares import least_squares

Floats = NDArray[np.float64]
FAR = 1e4


@dataclass(frozen=True)
class OlsFit:
    """One regression; the intercept comes first.

    params (q,), cov (q, q) of the chosen kind, df: degrees of freedom of t (clusters − 1 for cluster-robust),
    df_resid. ``fit`` makes what statsmodels found; it and the rest are computed when they are asked for.
    """

    params: Floats
    cov: Floats
    df: float
    df_resid: float
    fit: Callable[[], Any] = field(repr=False)

    @cached_property
    def found(self) -> Any:
        """The results object of statsmodels."""
        return self.fit()

    @cached_property
    def r2(self) -> float:
        """Share of variance explained."""
        return float(self.found.rsquared)

    @cached_property
    def sigma2(self) -> float:
        """Residual variance, divisor n − q."""
        return float(self.found.mse_resid)

    @cached_property
    def sums(self) -> tuple[float, float]:
        """Sum of squares explained, and of the residuals (weighted)."""
        return float(self.found.ess), float(self.found.ssr)

    @cached_property
    def fitted(self) -> Floats:
        """(n,) predicted values."""
        return np.asarray(self.found.fittedvalues, dtype=np.float64)

    @cached_property
    def llf(self) -> float:
        """Log-likelihood of normal errors."""
        return float(self.found.llf)

    @cached_property
    def residuals(self) -> Floats:
        """(n,) outcome minus prediction, unweighted."""
        return np.asarray(self.found.resid, dtype=np.float64)

    @cached_property
    def leverage(self) -> Floats:
        """(n,) diagonal of the hat matrix."""
        return _leverage(self.found)

    @property
    def se(self) -> Floats:
        """(q,) standard errors."""
        return np.sqrt(np.diag(self.cov))

    @property
    def t(self) -> Floats:
        """(q,) t values."""
        return self.params / self.se

    @property
    def p(self) -> Floats:
        """(q,) two-sided p-values from the tail of t."""
        return np.asarray(2.0 * stdtr(self.df, -np.abs(self.t)), dtype=np.float64)


def ols(
    outcome: Floats,
    predictors: Floats,
    *,
    errors: str = "classical",
    cluster: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
) -> OlsFit:
    """Regress ``outcome`` (n,) on an intercept and ``predictors`` (n, q − 1).

    ``errors``: classical, HC0, HC1, HC2, HC3, HC4 or cluster (then ``cluster`` (n,) holds group numbers).
    ``weights`` (n,) positive: weighted least squares, Σ w·e² is made smallest.
    """
    if errors == "classical" and weights is None:
        own = least_squares(outcome, np.column_stack([np.ones(len(outcome)), predictors]))
        if own is not None:
            return OlsFit(own.params, own.cov, own.df, own.df, lambda: _fit(outcome, predictors, None)[0])
    found, back = _fit(outcome, predictors, weights)
    n, df = outcome.shape[0], float(found.df_resid)
    if errors == "classical":
        cov = np.asarray(found.cov_params(), dtype=np.float64)
    elif errors == "HC4":
        leverage, residuals = _leverage(found), np.asarray(found.wresid, dtype=np.float64)
        design = np.asarray(found.model.wexog, dtype=np.float64)
        inverse = np.asarray(found.normalized_cov_params, dtype=np.float64)
        power = np.minimum(4.0, n * leverage / design.shape[1])
        middle = design.T @ (design * (residuals**2 / (1.0 - leverage) ** power)[:, None])
        cov = inverse @ middle @ inverse
    elif errors == "cluster":
        robust = found.get_robustcov_results("cluster", groups=cluster, use_t=True)
        cov, df = np.asarray(robust.cov_params(), dtype=np.float64), float(robust.df_resid_inference)
    else:
        cov = np.asarray(found.get_robustcov_results(errors, use_t=True).cov_params(), dtype=np.float64)
    params = np.asarray(found.params, dtype=np.float64)
    if back is not None:
        turn = np.diag(np.concatenate([[1.0], 1.0 / back[1]]))
        turn[0, 1:] = -back[0] / back[1]
        params, cov = turn @ params, turn @ cov @ turn.T
    return OlsFit(params=params, cov=cov, df=df, df_resid=float(found.df_resid), fit=lambda: found)


def _fit(
    outcome: Floats, predictors: Floats, weights: Floats | None
) -> tuple[Any, tuple[Floats, Floats] | None]:
    """What statsmodels finds, and the means and SDs by which the predictors were standardised first."""
    from statsmodels.regression.linear_model import OLS, WLS

    back = _standardising(predictors)
    scaled = predictors if back is None else (predictors - back[0]) / back[1]
    design = np.column_stack([np.ones(outcome.shape[0]), scaled])
    model = OLS(outcome, design) if weights is None else WLS(outcome, design, weights=weights)
    return model.fit(), back


def _standardising(predictors: Floats) -> tuple[Floats, Floats] | None:
    """Means and SDs of columns that must be standardised first, because a mean is large against its SD or the
    columns differ much in size; else None. The pseudoinverse of statsmodels would lose them with a warning
    only."""
    if predictors.shape[1] == 0:
        return None
    mean, spread = predictors.mean(axis=0), predictors.std(axis=0)
    size = np.sqrt((predictors**2).mean(axis=0))
    if not (spread > 0).all():
        return None
    far = (np.abs(mean) > FAR * spread).any() or max(1.0, size.max()) > FAR * min(1.0, size.min())
    return (mean, spread) if far else None


def _leverage(found: Any) -> Floats:
    design = np.asarray(found.model.wexog, dtype=np.float64)
    inverse = np.asarray(found.normalized_cov_params, dtype=np.float64)
    return np.asarray(np.einsum("ij,ij->i", design @ inverse, design), dtype=np.float64)
