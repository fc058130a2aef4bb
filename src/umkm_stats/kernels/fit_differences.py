"""χ² difference of nested models when the statistics are scaled."""

from __future__ import annotations

import math


def scaled_difference(more: float, df_more: int, scale_more: float, less: float, df_less: int, scale_less: float) -> float:
    """Satorra & Bentler 2001 (https://doi.org/10.1007/BF02296192): (T₀ − T₁)/c_d, c_d = (df₀c₀ − df₁c₁)/(df₀ − df₁).

    ``more``: unscaled χ² of the model with more constraints, its df and scaling factor; ``less``: the same of the other. NaN when the
    models have the same df or c_d is not positive.
    """
    df = df_more - df_less
    if df == 0:
        return math.nan
    factor = (df_more * scale_more - df_less * scale_less) / df
    return (more - less) / factor if factor > 0 else math.nan
