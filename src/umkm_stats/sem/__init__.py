"""Model text → parameter table → index arrays → fit → indices → draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.sem._door import fit
    from umkm_stats.sem._fit import Fit
    from umkm_stats.sem._sam import Sam, sam
    from umkm_stats.sem.estimate._polychoric import Polychoric, polychoric
    from umkm_stats.sem.estimators import ESTIMATORS, matrix_text
    from umkm_stats.sem.inference._headline import (
        CUTOFFS,
        DECIDING,
        CutoffName,
        CutoffSet,
        Headline,
        cutoffs_of,
        headline,
    )
    from umkm_stats.sem.inference._lrt import NestedTest, nested_test
    from umkm_stats.sem.text._table import ParameterTable, Row

_DOORS = {
    "Fit": "._fit",
    "ParameterTable": ".text._table",
    "Row": ".text._table",
    "fit": "._door",
    "Polychoric": ".estimate._polychoric",
    "polychoric": ".estimate._polychoric",
    "CUTOFFS": ".inference._headline",
    "DECIDING": ".inference._headline",
    "CutoffName": ".inference._headline",
    "cutoffs_of": ".inference._headline",
    "CutoffSet": ".inference._headline",
    "Headline": ".inference._headline",
    "headline": ".inference._headline",
    "NestedTest": ".inference._lrt",
    "nested_test": ".inference._lrt",
    "Sam": "._sam",
    "sam": "._sam",
    "ESTIMATORS": ".estimators",
    "matrix_text": ".estimators",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "CUTOFFS",
    "CutoffName",
    "CutoffSet",
    "DECIDING",
    "ESTIMATORS",
    "Fit",
    "Headline",
    "NestedTest",
    "ParameterTable",
    "Polychoric",
    "Row",
    "Sam",
    "cutoffs_of",
    "fit",
    "headline",
    "matrix_text",
    "nested_test",
    "polychoric",
    "sam",
]
