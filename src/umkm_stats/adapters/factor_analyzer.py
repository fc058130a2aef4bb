"""Extraction, rotation, KMO and Bartlett by factor_analyzer.

Worked around here:

* scikit-learn renamed ``force_all_finite`` to ``ensure_all_finite`` (1.6) and removed the old name (1.8),
  which factor_analyzer 0.5.1 still passes. Only the name ``check_array`` inside factor_analyzer's own module
  is replaced, by one that hands the argument on under the name the installed scikit-learn has. scikit-learn
  itself is not touched.
* its communalities, uniquenesses and variances ignore Φ after an oblique rotation, and it sorts the factors
  without sorting Φ: only unrotated loadings and the bare rotation are taken from it, the rest is computed in
  ``kernels.efa_loadings``.
"""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _module() -> Any:
    """factor_analyzer's module with its ``check_array`` adapted to the installed scikit-learn."""
    import factor_analyzer.factor_analyzer as module

    original = module.check_array
    if "force_all_finite" not in inspect.signature(original).parameters:

        def adapted(array: Any, *, force_all_finite: Any = True, **options: Any) -> Any:
            return original(array, ensure_all_finite=force_all_finite, **options)

        module.check_array = adapted
    return module


def extract(corr: Floats, n_factors: int, method: str) -> tuple[Floats, bool]:
    """Unrotated loadings (k, m) of a correlation matrix (k, k) and whether the search converged.

    method: "minres" or "ml" (its "principal" refuses a correlation matrix).
    """
    module = _module()
    model = module.FactorAnalyzer(n_factors=n_factors, method=method, rotation=None, is_corr_matrix=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(corr)
    failed = any("Failed to converge" in str(entry.message) for entry in caught)
    return np.asarray(model.loadings_, dtype=np.float64), not failed


def rotate(loadings: Floats, rotation: str, *, normalize: bool) -> tuple[Floats, Floats | None]:
    """Rotated loadings (k, m) and Φ (m, m), None for an orthogonal rotation.

    rotation: "varimax", "oblimin" or "geomin_obl" (its promax normalises once more than R's and is not used).
    The stopping rule is tighter than its default.
    """
    from factor_analyzer.rotator import Rotator

    tolerance = 1e-12 if rotation == "varimax" else 1e-7
    rotator = Rotator(method=rotation, normalize=normalize, tol=tolerance, max_iter=5000)
    rotated = rotator.fit_transform(loadings)
    phi = None if rotator.phi_ is None else np.asarray(rotator.phi_, dtype=np.float64)
    return np.asarray(rotated, dtype=np.float64), phi


def kmo(items: Floats) -> tuple[Floats, float]:
    """Kaiser–Meyer–Olkin measure of (n, k) complete answers: per item (k,) and of the whole."""
    with warnings.catch_warnings():
        # it warns of a small determinant, which many items always have; singular matrices are refused before
        warnings.filterwarnings("ignore", message="The inverse of the variance-covariance matrix")
        per_item, total = _module().calculate_kmo(items)
    return np.asarray(per_item, dtype=np.float64), float(total)


def bartlett(items: Floats) -> tuple[float, float]:
    """Bartlett's test of sphericity of (n, k) complete answers: χ² and p."""
    statistic, p = _module().calculate_bartlett_sphericity(items)
    return float(statistic), float(p)
