"""Codes that turn k categories into k − 1 numbers (Hayes & Preacher 2014)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def codes(kind: str, k: int) -> Floats:
    """(k, k − 1) codes of categories (rows). A coefficient of column j is, of the adjusted means,

    "indicator": category j + 1 − the first; "sequential": category j + 1 − category j; "helmert": the mean
    of all later categories − category j; "effect": category j + 1 − the unweighted mean of all.
    """
    if kind == "indicator":
        return np.eye(k)[:, 1:]
    if kind == "sequential":
        return np.tri(k, k, 0)[:, 1:]
    if kind == "effect":
        out = np.eye(k)[:, 1:]
        out[0] = -1.0
        return out
    out = np.zeros((k, k - 1))
    for j in range(k - 1):
        later = k - j - 1
        out[j, j] = -later / (later + 1)
        out[j + 1 :, j] = 1 / (later + 1)
    return out
