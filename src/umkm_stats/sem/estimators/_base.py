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
    """What is known of an estimator: one line of ``ESTIMATORS``.

    Attributes
    ----------
    name : str
        As ``fit`` takes it.
    kind : str
        The discrepancy that is made smallest: "ml", "gls", "uls", "dwls", "wls" or "uls_ordinal".
    information : {"expected", "observed"}
        Information matrix of the standard errors when none is asked for.
    errors : {"standard", "robust_sem", "huber_white", "robust_wls"}
        How the standard errors are made.
    test : {"standard", "satorra_bentler", "yuan_bentler_mplus", "scaled_shifted"}
        Which χ² stands beside the standard one.
    less : int
        Rows taken off N in χ² and in the covariance divisor: 0 for likelihoods, 1 for least squares.
    likelihood : bool
        Whether log-likelihood, AIC and BIC exist.
    allows : frozenset
        The features it can be combined with, such as "fiml" or "groups".
    study : bool
        Whether a study file may name it.
    numeric : str
        The estimator that a study takes for columns that are no categories; "" when it is this one.

    Examples
    --------
    >>> from umkm_stats.sem import ESTIMATORS
    >>> ESTIMATORS["MLR"].errors, "fiml" in ESTIMATORS["MLR"].allows
    ('huber_white', True)
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
        """Whether it fits thresholds and polychoric correlations of ordered answers.

        Examples
        --------
        >>> from umkm_stats.sem import ESTIMATORS
        >>> ESTIMATORS["WLSMV"].ordinal
        True
        """
        return "ordered" in self.allows

    @property
    def missing(self) -> tuple[str, ...]:
        """Ways to treat missing answers it can be combined with, the default first.

        Examples
        --------
        >>> from umkm_stats.sem import ESTIMATORS
        >>> ESTIMATORS["ML"].missing
        ('listwise', 'fiml')
        """
        return ("listwise", "fiml") if "fiml" in self.allows else ("listwise",)

    @property
    def for_numbers(self) -> str:
        """The estimator a study takes where the columns are numbers: scale means, say.

        Examples
        --------
        >>> from umkm_stats.sem import ESTIMATORS
        >>> ESTIMATORS["WLSMV"].for_numbers
        'MLR'
        """
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
