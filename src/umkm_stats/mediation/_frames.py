"""Frames of coefficients and equations of the regressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.adapters.statsmodels_ols import OlsFit
from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.mediation._data import label
from umkm_stats.mediation._spec import Spec

if TYPE_CHECKING:
    import pandas as pd


def coefficient_frame(fits: Sequence[OlsFit], spec: Spec, level: float) -> pd.DataFrame:
    """One row a coefficient, intercepts too: outcome, role, term, est, se, t, df, p, ci_low, ci_high."""
    import pandas as pd

    out = []
    for entry, found in zip(spec.equations, fits, strict=True):
        half = half_width(level, found.df) * found.se
        for k, term in enumerate(("(intercept)", *(label(name) for name in entry.terms))):
            out.append(
                {
                    "outcome": entry.outcome,
                    "role": entry.role,
                    "term": term,
                    "est": float(found.params[k]),
                    "se": float(found.se[k]),
                    "t": float(found.t[k]),
                    "df": found.df,
                    "p": float(found.p[k]),
                    "ci_low": float(found.params[k] - half[k]),
                    "ci_high": float(found.params[k] + half[k]),
                }
            )
    return pd.DataFrame(out)


def equation_frame(fits: Sequence[OlsFit], spec: Spec) -> pd.DataFrame:
    """One row a regression: outcome, role, n, r2, sigma (residual SD), df."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "outcome": entry.outcome,
                "role": entry.role,
                "n": len(found.residuals),
                "r2": found.r2,
                "sigma": float(np.sqrt(found.sigma2)),
                "df": found.df_resid,
            }
            for entry, found in zip(spec.equations, fits, strict=True)
        ]
    )
