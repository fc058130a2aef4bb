"""Cronbach's α by pingouin, with two of its habits corrected.

pingouin counts the rows of its interval before missing rows are deleted, and rounds the limits to three
decimals. Rows are therefore deleted here first, and the limits are Feldt's formula at full precision from
``kernels.reliability`` (they round to pingouin's, which a test holds).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def cronbach(items: NDArray[np.float64], *, pairwise: bool = False) -> float:
    """α of (n, k) answers; rows must be complete unless ``pairwise``. k ≥ 2, n ≥ 2, total not constant."""
    import pingouin

    frame = pd.DataFrame(items)
    value, _limits = pingouin.cronbach_alpha(frame, nan_policy="pairwise" if pairwise else "listwise")
    return float(value)
