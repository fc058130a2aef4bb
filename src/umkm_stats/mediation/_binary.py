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
    """Natural direct and indirect effects when mediators, y or both have two values (logistic regression for
    these).

    Effects are differences in the mean of y (of its upper value's probability) as x moves over ``contrast``
    (None: its two values, or from its mean to 1 SD above), averaged over the rows' covariates: direct E[Y(x₁,
    M(x₀))] − E[Y(x₀, M(x₀))], indirect E[Y(x₁, M(x₁))] − E[Y(x₁, M(x₀))]. Case draws give the limits; a
    separated draw fails and is counted.

    With several x each moves in turn, the others as in the rows. Several mediators are parallel:
    total_indirect moves all of them, indirect one, with the others at x₀; numbers may correlate, two-valued
    ones are independent given x and covariates.

    ``interaction`` adds x·m to the regression of y. contrast: (from, to), or {x: (from, to)}. intervals: one
    or several of ``umkm_stats.ways.names("binary")``, or "all". Frame: the effects frame of ``mediate``
    (method also "logit" or "ols" rows for a and b, on the scale of their regression).

    Raises
    ------
    UsageError
        MED031 (nothing has two values), MED003, MED033, MED435 (several y), MED489, GEN001–GEN006.
    UmkmError
        MED004–MED010, MED032 (separated).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from umkm_stats.mediation import mediate_binary
    >>> data = pd.DataFrame(np.random.default_rng(3).normal(size=(80, 3)), columns=["X", "M1", "M2"])
    >>> data["Y"] = (data.M1 + data.M2 + np.random.default_rng(4).normal(size=80) > 0) * 1
    >>> found = mediate_binary(data, x="X", m=["M1", "M2"], y="Y", draws=100, seed=1)
    >>> list(found.frame["effect"].unique())
    ['a', 'b', 'direct', 'indirect', 'total_indirect', 'total']
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
