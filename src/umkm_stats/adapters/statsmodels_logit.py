"""Logistic regression by statsmodels: estimates and standard errors of one sample.

Workarounds: separation raises or only warns depending on the data, so both are turned into ``None``; the
optimiser prints unless ``disp=0``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogitFit:
    """params (q,), cov (q, q); the intercept comes first."""

    params: Floats
    cov: Floats


def logit(outcome: Floats, predictors: Floats) -> LogitFit | None:
    """Regress 0/1 ``outcome`` (n,) on an intercept and ``predictors`` (n, q − 1); None when the data are
    separated."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationError

    design = np.column_stack([np.ones(len(outcome)), predictors])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = Logit(outcome, design).fit(disp=0, maxiter=100, tol=1e-12)
        except (
            PerfectSeparationError,
            ConvergenceWarning,
            np.linalg.LinAlgError,
            RuntimeWarning,
            UserWarning,
        ):
            return None
    return LogitFit(np.asarray(found.params), np.asarray(found.cov_params()))
