"""Model text → parameter table → index arrays → fit → indices → draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.sem._door import fit
    from umkm_stats.sem._fit import Fit
    from umkm_stats.sem._lrt import NestedTest, nested_test
    from umkm_stats.sem._polychoric import Polychoric, polychoric
    from umkm_stats.sem._sam import Sam, sam
    from umkm_stats.sem._table import ParameterTable, Row
    from umkm_stats.sem.estimators import ESTIMATORS, matrix_text

_DOORS = {
    "Fit": "._fit",
    "ParameterTable": "._table",
    "Row": "._table",
    "fit": "._door",
    "Polychoric": "._polychoric",
    "polychoric": "._polychoric",
    "NestedTest": "._lrt",
    "nested_test": "._lrt",
    "Sam": "._sam",
    "sam": "._sam",
    "ESTIMATORS": ".estimators",
    "matrix_text": ".estimators",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "ESTIMATORS",
    "Fit",
    "NestedTest",
    "ParameterTable",
    "Polychoric",
    "Row",
    "Sam",
    "fit",
    "matrix_text",
    "nested_test",
    "polychoric",
    "sam",
]
