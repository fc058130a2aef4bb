"""Mediation with a count as outcome: Poisson or negative binomial regression and natural effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from umkm_stats.mediation._natural import Contrast, analyse
from umkm_stats.options import one_of

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._detail import Detail

CountFamily = Literal["poisson", "negative_binomial"]


def mediate_count(
    data: pd.DataFrame,
    *,
    x: str | Sequence[str],
    m: str | Sequence[str],
    y: str,
    family: CountFamily = "poisson",
    covariates: str | Sequence[str] = (),
    contrast: Contrast = None,
    interaction: bool = False,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
) -> Detail:
    """Natural direct and indirect effects on a count, as differences and ratios of expected counts.

    The log link makes a·b no effect on the count. As x moves over ``contrast`` and averaged over the rows'
    covariates: direct E[Y(x₁, M(x₀))] against E[Y(x₀, M(x₀))], indirect E[Y(x₁, M(x₁))] against E[Y(x₁,
    M(x₀))], total E[Y(x₁, M(x₁))] against E[Y(x₀, M(x₀))]; rows "direct", "indirect", "total" are the
    differences, "direct_ratio" … the ratios, whose p tests 1. Mediators with two values have a logistic
    regression, others a linear one. Case draws give the limits.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent.
    x, m : str or sequence of str
        One name or several; each x moves in turn. Several mediators are parallel, as in ``mediate_binary``:
        total_indirect moves all of them, indirect one, with the others at x₀.
    y : str
        A column of whole numbers from 0.
    family : {"poisson", "negative_binomial"}, default "poisson"
        "poisson" (variance = mean) or "negative_binomial" (variance = μ + αμ²; α stands in ``meta``). A note
        says when a Poisson's counts vary too much.
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
        Frame: effect, path, method (also "poisson" or "negative_binomial" for the rows of b, on the log
        scale), est, se, ci_low, ci_high, p.

    Raises
    ------
    UsageError
        MED003, MED033, MED435 (several y), MED489, GEN001–GEN006.
    UmkmError
        MED004–MED010, MED032, MED486 (no counts), MED488 (no finite solution).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from umkm_stats.mediation import mediate_count
    >>> g = np.random.default_rng(3)
    >>> data = pd.DataFrame({"X": np.arange(80) % 2, "M": g.normal(size=80)})
    >>> data["Y"] = g.poisson(np.exp(0.4 * data.M + 0.3 * data.X))
    >>> found = mediate_count(data, x="X", m="M", y="Y", draws=50, seed=1)
    >>> list(found.frame["effect"])[2:]
    ['direct', 'indirect', 'total', 'direct_ratio', 'indirect_ratio', 'total_ratio']
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
        family=one_of("family", family, CountFamily),
    )
