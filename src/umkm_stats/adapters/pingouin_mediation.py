"""pingouin's mediation analysis as a cross-check of indirect effects.

Workarounds (pingouin 0.7): its ``Y ~ M`` row is the regression without x, not path b, so only the indirect,
direct, total and ``M ~ X`` rows are read; a mediator with two values silently becomes logistic and rows with
NaN are dropped silently, so it is handed complete rows only and never a mediator with two values; its limits
are bias-corrected with numpy's quantile rule, so estimates are compared and not limits.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Checked:
    """direct, total: coefficients of x; a, indirect: one entry a mediator."""

    direct: float
    total: float
    a: tuple[float, ...]
    indirect: tuple[float, ...]
    version: str


def mediation_estimates(
    data: pd.DataFrame, *, x: str, m: Sequence[str], y: str, covariates: Sequence[str]
) -> Checked:
    """Estimates of parallel mediation by pingouin; ``data`` without missing values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        table = pingouin.mediation_analysis(
            data=data, x=x, m=list(m), y=y, covar=list(covariates) or None, n_boot=10, seed=1
        ).set_index("path")["coef"]
    single = len(m) == 1
    return Checked(
        direct=float(table["Direct"]),
        total=float(table["Total"]),
        a=tuple(float(table[f"{name} ~ X"]) for name in m),
        indirect=(float(table["Indirect"]),)
        if single
        else tuple(float(table[f"Indirect {name}"]) for name in m),
        version=str(pingouin.__version__),
    )
