"""Mediation with a two-valued mediator or outcome: logistic regressions and counterfactual effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from umkm_stats.mediation._natural import Contrast, analyse

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._detail import Detail


def mediate_binary(
    data: pd.DataFrame,
    *,
    x: str | Sequence[str],
    m: str | Sequence[str],
    y: str,
    covariates: str | Sequence[str] = (),
    contrast: Contrast = None,
    interaction: bool = False,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
) -> Detail:
    """Natural direct and indirect effects when mediators, y or both have two values.

    Two-valued variables have a logistic regression. Effects are differences in the mean of y (of its upper
    value's probability) as x moves over ``contrast``, averaged over the rows' covariates: direct E[Y(x₁,
    M(x₀))] − E[Y(x₀, M(x₀))], indirect E[Y(x₁, M(x₁))] − E[Y(x₁, M(x₀))]. Case draws give the limits; a
    separated draw fails and is counted.

    With several x each moves in turn, the others as in the rows. Several mediators are parallel:
    total_indirect moves all of them, indirect one, with the others at x₀; numbers may correlate, two-valued
    ones are independent given x and covariates.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent.
    x, m : str or sequence of str
        Predictors and mediators, one name or several.
    y : str
        The outcome.
    covariates : str or sequence of str, default ()
        Added to every regression.
    contrast : (float, float) or mapping of str to (float, float), optional
        (from, to), or {x: (from, to)}; None: the two values of x, or from its mean to 1 SD above.
    interaction : bool, default False
        Adds x·m to the regression of y.
    draws : int, default 5000
        Bootstrap draws.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile",)
        One or several of ``umkm_stats.ways.names("binary")``, or "all".

    Returns
    -------
    Detail
        Frame: effect, path, method (also "logit" or "ols" rows for a and b, on the scale of their
        regression), est, se, ci_low, ci_high, p.

    Raises
    ------
    UsageError
        MED031 (nothing has two values), MED003, MED033, MED435 (several y), MED489, GEN001–GEN006.
    UmkmError
        MED004–MED010, MED032 (separated).

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import mediate_binary
    >>> data = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
    >>> found = mediate_binary(data, x="OI", m="IP", y="GROWN", draws=50, seed=1)
    >>> found.frame.drop_duplicates("effect").set_index("effect")["est"].round(3).to_dict()
    {'a': 0.415, 'b': 0.559, 'direct': 0.074, 'indirect': 0.05, 'total': 0.124}
    """
    return analyse(
        data,
        x=x,
        m=m,
        y=y,
        covariates=covariates,
        contrast=contrast,
        interaction=interaction,
        draws=draws,
        seed=seed,
        level=level,
        intervals=intervals,
        family="binary",
    )
