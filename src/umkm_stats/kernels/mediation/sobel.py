"""Normal-theory standard errors of a product of two coefficients.

Sobel 1982: a²s_b² + b²s_a²; Aroian 1947 adds s_a²s_b²; Goodman 1960 subtracts it. ``cov`` is cov(a, b), 0 for
two separate regressions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

SIGN = {"sobel": 0.0, "aroian": 1.0, "goodman": -1.0}


@dataclass(frozen=True, slots=True)
class ProductTest:
    """est = ab, its standard error, z and two-sided p; NaN where the variance is not positive."""

    est: float
    se: float
    z: float
    p: float


def product_test(
    a: float, se_a: float, b: float, se_b: float, *, kind: str = "sobel", cov: float = 0.0
) -> ProductTest:
    """Test of a·b by "sobel", "aroian" or "goodman"."""
    variance = a**2 * se_b**2 + b**2 * se_a**2 + 2.0 * a * b * cov + SIGN[kind] * (se_a**2 * se_b**2 + cov**2)
    if not variance > 0.0:
        return ProductTest(a * b, float("nan"), float("nan"), float("nan"))
    se = float(np.sqrt(variance))
    z = a * b / se
    return ProductTest(a * b, se, z, float(2.0 * stats.norm.sf(abs(z))))
