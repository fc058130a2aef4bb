"""What a latent model assumes of its data: sample size, normality, outliers, collinearity of indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.results import SampleUsed, Unavailable
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    from umkm_stats.study._underway import Underway

NORMAL = 2.58  # critical ratio of Mardia's kurtosis above which errors are made robust
FAR = 0.001  # p of D² below which a row is far from the others
SHOWN = 5


def checks(fit: Any) -> Part | Unavailable:
    """Of the analysed rows of a fit: table item skew cr_skew kurtosis cr_kurtosis; frame ``far`` (row d2 p)
    of the farthest rows; frame ``facts`` with Mardia's kurtosis and its critical ratio, rows with p < .001,
    the largest correlation of two indicators, rows, indicators, free parameters.

    Critical ratios of single indicators are G1 and G2 divided by their standard errors; Mardia's is
    (b₂ − p(p + 2)) / √(8p(p + 2)/n).
    """
    import pandas as pd

    from umkm_stats.kernels.screening import normality, outliers

    if len(fit.arrays) != 1 or np.isnan(np.asarray(fit.arrays[0])).any():
        return Unavailable("STU101")
    x = np.asarray(fit.arrays[0], dtype=np.float64)
    try:
        several = normality.mardia(x)
        d2, p = outliers.distances(x)
    except np.linalg.LinAlgError:
        return Unavailable("SCR302")
    one = normality.univariate(x)
    names = [str(name) for name in fit.observed]
    table = pd.DataFrame(
        {
            "item": names,
            "skew": one.skew,
            "cr_skew": one.skew / one.se_skew,
            "kurtosis": one.kurtosis,
            "cr_kurtosis": one.kurtosis / one.se_kurtosis,
        }
    )
    order = np.argsort(-d2, kind="stable")[:SHOWN]
    far = pd.DataFrame({"row": order + 1, "d2": d2[order], "p": p[order]})
    corr = np.abs(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    np.fill_diagonal(corr, 0.0)
    k = len(names)
    facts = pd.DataFrame(
        [
            {
                "n": len(x),
                "indicators": k,
                "free": len(fit.param_names),
                "mardia": several.kurtosis - k * (k + 2),
                "cr": several.z,
                "far": int((p < FAR).sum()),
                "max_r": float(corr.max()),
                "estimator": str(fit.estimator),
            }
        ]
    )
    return Part("latent_checks", table, SampleUsed(len(x), len(x)), extra={"far": far, "facts": facts})


def robust(work: Underway) -> bool:
    """Whether a study may turn to robust errors by itself: the SEM route, no estimator named."""
    settings = work.settings
    return settings.route == "sem" and settings.origins.get("estimator") == "default"
