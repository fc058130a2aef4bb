"""What an estimator is: a discrepancy of the kernels and how errors and test are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Information = Literal["expected", "observed"]
Errors = Literal["standard", "robust_sem", "huber_white", "robust_wls"]
Test = Literal["standard", "satorra_bentler", "yuan_bentler_mplus", "scaled_shifted"]

FEATURES = ("ordered", "fiml", "groups", "cluster", "moments", "bounds", "constraints", "fixed_x")


@dataclass(frozen=True, slots=True)
class Estimator:
    """One line of the table.

    kind: discrepancy in ``kernels/sem/one/discrepancy.py`` or, for ordinal items,
    ``kernels/ordinal/one_fit.py``; information: default for standard errors; errors: how they are made; test:
    which χ² stands beside the standard one; less: rows taken off N in χ² and in the covariance divisor (0 for
    likelihoods, 1 for least squares); likelihood: log-likelihood, AIC and BIC exist; allows: the features of
    ``FEATURES`` it can be combined with; study: a study file may name it; numeric: the estimator that a
    study takes for columns that are no categories, "" when it is this one.
    """

    name: str
    kind: Literal["ml", "gls", "uls", "dwls", "wls", "uls_ordinal"]
    information: Information
    errors: Errors
    test: Test
    less: int
    likelihood: bool
    allows: frozenset[str]
    study: bool = True
    numeric: str = ""

    @property
    def ordinal(self) -> bool:
        """Whether it fits thresholds and polychoric correlations of ordered answers."""
        return "ordered" in self.allows

    @property
    def missing(self) -> tuple[str, ...]:
        """Ways to treat missing answers it can be combined with, the default first."""
        return ("listwise", "fiml") if "fiml" in self.allows else ("listwise",)

    @property
    def for_numbers(self) -> str:
        """The estimator a study takes where the columns are numbers: scale means, say."""
        return self.numeric or self.name


def matrix_text(table: Mapping[str, Estimator]) -> str:
    """The allowed combinations of estimators and options as text.

    Parameters
    ----------
    table : mapping of str to Estimator
        The estimators, as ``ESTIMATORS`` holds them.

    Returns
    -------
    str
        A line an estimator, a column a feature.

    Examples
    --------
    >>> from umkm_stats.sem import ESTIMATORS, matrix_text
    >>> matrix_text({"ML": ESTIMATORS["ML"]}).splitlines()[1].split()[0]
    'ML'
    """
    width = max(len(name) for name in table) + 2
    head = " " * width + "  ".join(FEATURES)
    lines = [
        name.ljust(width) + "  ".join(("yes" if f in entry.allows else "-").ljust(len(f)) for f in FEATURES)
        for name, entry in table.items()
    ]
    return "\n".join([head.rstrip(), *(line.rstrip() for line in lines)])
