"""The parameter table: every parameter of the model, with the variables by their roles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from umkm_stats.sem.text._language import Definition, Term

if TYPE_CHECKING:
    import pandas as pd

EQUAL = (
    "loadings",
    "intercepts",
    "means",
    "regressions",
    "residuals",
    "residual_covariances",
    "lv_variances",
    "lv_covariances",
    "thresholds",
)
PATHS = ("~", "<~")
"""Operators whose rows stand in B: regressions, and composites of their right side."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter of a model.

    Parameters
    ----------
    lhs, op, rhs : str
        The parameter in lavaan's words, such as ``F =~ x1``.
    group : int
        Number of the group, from 1.
    free : int, default 0
        Number of the parameter, from 1; 0 when it is fixed.
    value : float, default nan
        The fixed value, or NaN.
    label : str, default ""
        The label of the text, or "".
    origin : str, default "default"
        "user", "default", "sample" (moments of exogenous x), "derived" (residual variance of an ordinal
        variable, Delta) or "scaled" (scale of an ordinal variable, Theta).
    start : float, default nan
        Start value of the search, or NaN.
    lower : float, default -inf
        Lower bound, −inf when unset.
    upper : float, default inf
        Upper bound, inf when unset.

    Examples
    --------
    >>> from umkm_stats.sem import Row
    >>> Row("F", "=~", "x1", group=1, value=1.0).free
    0
    """

    lhs: str
    op: str
    rhs: str
    group: int
    free: int = 0
    value: float = math.nan
    label: str = ""
    origin: str = "default"
    start: float = math.nan
    lower: float = -math.inf
    upper: float = math.inf

    @property
    def name(self) -> str:
        """``lhs op rhs`` as one word, without the group.

        Examples
        --------
        >>> from umkm_stats.sem import Row
        >>> Row("F", "=~", "x1", group=1).name
        'F=~x1'
        """
        return f"{self.lhs}{self.op}{self.rhs}"


@dataclass(frozen=True, slots=True)
class Variables:
    """Names by role, each in order of first mention.

    latent, observed; exogenous: observed x whose moments are the sample's own or free apart from the model;
    single: observed variables that stand alone for a latent; outcomes: the variables with a residual
    covariance of their own by default.
    """

    latent: tuple[str, ...]
    observed: tuple[str, ...]
    exogenous: tuple[str, ...]
    latent_exogenous: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """All parameters of all groups, with the variables by role and what is defined.

    Attributes
    ----------
    rows : tuple of Row
        One a parameter, group after group.
    variables : Variables
        Names by role: ``latent``, ``observed``, ``exogenous``, ``latent_exogenous``, ``outcomes``.
    definitions : tuple of Definition
        The ``:=`` lines.
    n_groups : int
        Number of groups.
    names : tuple of str
        One a free parameter: the label, or ``lhs op rhs``.
    means : bool
        Whether the model has a mean structure.
    sums : tuple of (tuple of int, float)
        (positions of parameters from 0, number): parameters whose sum is held at the number.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> len(examples.fit().table.rows), len(examples.fit().table.names)
    (24, 21)
    """

    rows: tuple[Row, ...]
    variables: Variables
    definitions: tuple[Definition, ...]
    n_groups: int
    names: tuple[str, ...]
    means: bool
    sums: tuple[tuple[tuple[int, ...], float], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The table as a frame.

        Returns
        -------
        pandas.DataFrame
            One row a parameter: lhs op rhs group free value label origin start lower upper, see ``Row``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().table.to_frame().query("op == '~'")["label"].tolist()
        ['a', 'b', 'c']
        """
        import pandas as pd

        names = ("lhs", "op", "rhs", "group", "free", "value", "label", "origin", "start", "lower", "upper")
        frame = pd.DataFrame(
            [[getattr(row, name) for name in names] for row in self.rows], columns=list(names)
        )
        return frame.assign(label=["" if label.startswith(".p") else label for label in frame["label"]])

    @property
    def labels(self) -> dict[str, int]:
        """Label → number of the parameter, from 0; fixed parameters with a label are left out.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().table.labels
        {'a': 6, 'b': 7, 'c': 8}
        """
        return {row.label: row.free - 1 for row in self.rows if row.label and row.free}

    @property
    def fixed_labels(self) -> dict[str, float]:
        """Label → value of the fixed parameters that carry one.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> fit("F =~ 1*OI1 + l*1*OI2 + OI3", examples.answers()).table.fixed_labels
        {'l': 1.0}
        """
        return {row.label: row.value for row in self.rows if row.label and not row.free}


def roles(terms: Sequence[Term]) -> Variables:
    """Who is latent, observed, exogenous, and which outcomes predict nothing."""
    unique = dict.fromkeys
    latent = tuple(unique(term.lhs for term in terms if term.op in ("=~", "<~")))
    known = set(latent)
    indicators = unique(term.rhs for term in terms if term.op == "=~")
    outcomes = unique(term.lhs for term in terms if term.op in PATHS)
    predictors = unique(term.rhs for term in terms if term.op in PATHS)
    moments = unique(
        name for term in terms if term.op in ("~~", "~1") for name in (term.lhs, term.rhs) if name
    )
    others = unique(term.lhs for term in terms if term.op in ("|", "~*~"))
    order = unique([*indicators, *outcomes, *predictors, *moments, *others])
    observed = tuple(name for name in order if name not in known)
    exogenous = tuple(
        n
        for n in predictors
        if n not in known and n not in outcomes and n not in indicators and n not in moments
    )
    observed = tuple(n for n in observed if n not in exogenous) + exogenous
    free_latent = tuple(name for name in latent if name not in outcomes and name not in indicators)
    ends = [n for n in (*latent, *observed) if n in outcomes and n not in predictors and n not in indicators]
    return Variables(latent, observed, exogenous, free_latent, tuple(ends))
