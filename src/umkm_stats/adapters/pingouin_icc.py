"""Intraclass correlations by pingouin: value, F, degrees of freedom, p of the six forms.

Its limits are rounded to two decimals and not taken; ``kernels.measurement.rater_agreement`` has them at full
precision (they round to pingouin's for single ratings, which a test holds).
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def six_forms(ratings: NDArray[np.float64]) -> pd.DataFrame:
    """form est F df1 df2 p, one row a form, of (n, k) complete ratings with n ≥ 2 and k ≥ 2."""
    import pingouin

    n, k = ratings.shape
    long = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(n), k),
            "rater": np.tile(np.arange(k), n),
            "value": ratings.ravel(),
        }
    )
    with warnings.catch_warnings():  # pingouin 0.7.0 uses a keyword that pandas 3.1 deprecates
        warnings.simplefilter("ignore", DeprecationWarning)
        found = pingouin.intraclass_corr(data=long, targets="subject", raters="rater", ratings="value")
    return pd.DataFrame(
        {
            "form": found["Type"].to_numpy(),
            "est": found["ICC"].to_numpy(dtype=float),
            "F": found["F"].to_numpy(dtype=float),
            "df1": found["df1"].to_numpy(dtype=int),
            "df2": found["df2"].to_numpy(dtype=int),
            "p": found["pval"].to_numpy(dtype=float),
        }
    )
