"""Cohen's κ of two raters by statsmodels, weighted or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def kappa(first: NDArray[np.float64], second: NDArray[np.float64], weights: str) -> tuple[float, float, int]:
    """κ, its standard error and the number of pairs; ``weights`` "none", "linear" or "quadratic".

    The categories are the distinct values of both raters in order; weights go by their places in that order.
    NaN when one category holds everything.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    both = np.isfinite(first) & np.isfinite(second)
    values = np.unique(np.concatenate([first[both], second[both]]))
    if len(values) < 2:
        return float("nan"), float("nan"), int(both.sum())
    table = np.zeros((len(values), len(values)))
    np.add.at(table, (np.searchsorted(values, first[both]), np.searchsorted(values, second[both])), 1.0)
    kind = None if weights == "none" else weights
    with np.errstate(invalid="ignore"):  # a rater who gave one value only: κ is 0 without an error
        found = cohens_kappa(table, wt=kind)
    return float(found.kappa), float(found.std_kappa), int(both.sum())
