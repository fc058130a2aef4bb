"""Checks of regression assumptions by statsmodels: Breusch–Pagan, RESET, Lilliefors.

Workarounds: ``het_breuschpagan`` needs the constant in its matrix and returns four numbers of which the first
two (Koenker's studentised LM test) are used; ``linear_reset`` wants a results object and warns when handed
robust ones, so it gets a plain fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Test:
    """statistic, p."""

    statistic: float
    p: float


def breusch_pagan(residuals: Floats, predictors: Floats) -> Test:
    """Koenker's studentised Breusch–Pagan test on the regression's own predictors (n, q)."""
    from statsmodels.stats.diagnostic import het_breuschpagan

    design = np.column_stack([np.ones(len(residuals)), predictors])
    found = het_breuschpagan(residuals, design)
    return Test(float(found[0]), float(found[1]))


def reset(outcome: Floats, predictors: Floats) -> Test:
    """Ramsey's RESET with squares and cubes of the fitted values, F form; NaN when these are collinear with
    the predictors (two-valued predictors) or leave no degree of freedom, where statsmodels warns and returns
    a number without meaning."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.diagnostic import linear_reset

    design = np.column_stack([np.ones(len(outcome)), predictors])
    plain = OLS(outcome, design).fit()
    fitted = np.asarray(plain.fittedvalues)
    fitted = (fitted - fitted.mean()) / (fitted.std() or 1.0)
    scaled = (predictors - predictors.mean(axis=0)) / predictors.std(axis=0)
    wide = np.column_stack([np.ones(len(outcome)), scaled, fitted**2, fitted**3])
    if (
        len(outcome) <= wide.shape[1]
        or np.linalg.matrix_rank(wide, tol=1e-8 * np.sqrt(len(outcome))) < wide.shape[1]
    ):
        return Test(float("nan"), float("nan"))
    found = linear_reset(plain, power=3, test_type="fitted", use_f=True)
    return Test(float(found.statistic), float(found.pvalue))


def lilliefors(values: Floats, *, approximate: bool = False) -> Test:
    """Kolmogorov–Smirnov test of normality with estimated mean and SD.

    ``approximate``: p below .10 by the formula of Dallal and Wilkinson (1986), as SPSS prints it; else by
    statsmodels' simulated table.
    """
    from statsmodels.stats.diagnostic import lilliefors as run

    statistic, p = run(values, dist="norm", pvalmethod="approx" if approximate else "table")
    return Test(float(statistic), float(p))
