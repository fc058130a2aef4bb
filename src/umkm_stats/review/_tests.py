"""Checks of test statistics, their p-values, and confidence intervals."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import stats

from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import one_of, share, whole
from umkm_stats.review._verdict import Route, Verdict, judge, number, show, unknown

STATISTICS = ("z", "t", "F", "chi2", "r")
NORMAL_P = "normal_p_beside_percentile"


def _p(kind: str, value: Interval, df: float, df2: float) -> Interval:
    if kind == "z":
        return published.p_of_z(value)
    if kind == "t":
        return published.p_of_t(value, df)
    if kind == "F":
        return published.p_of_f(value, df, df2)
    if kind == "chi2":
        return published.p_of_chi2(value, df)
    return published.p_of_t(published.t_of_r(value, int(df) + 2), df)


def _crosses(claimed: Printed, alpha: float = 0.05) -> object:
    inside = claimed.bounds()

    def different(value: Interval) -> bool:
        return (inside.high <= alpha < value.low) or (inside.low > alpha and value.high <= alpha)

    return different


def p_value(
    p: str | float,
    *,
    statistic: str,
    value: str | float,
    df: float | None = None,
    df2: float | None = None,
    tails: int | None = None,
) -> Verdict:
    """Whether a printed p belongs to a printed statistic.

    A t without df is held against the normal distribution, which is what SmartPLS does at its usual number of
    draws. A p that is half of the two-tailed one is "not checkable" unless ``tails`` says 1. ``decision``
    says whether the two lie on different sides of .05.

    Parameters
    ----------
    p : str or float
        p-value as printed, also "< .001", "***" or "n.s.".
    statistic : str
        "z", "t", "F", "chi2" or "r".
    value : str or float
        The statistic as printed.
    df : float, optional
        Degrees of freedom ("t", "chi2"; "r": n - 2), or of the numerator ("F").
    df2 : float, optional
        Degrees of freedom of the denominator ("F").
    tails : int, optional
        1 or 2 when the paper says so; None when it does not.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV004: degrees of freedom are missing; GEN001, GEN002: no such statistic.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.p_value(".048", statistic="t", value="2.00", df=60).verdict
    'consistent'
    """
    kind = one_of("statistic", statistic, STATISTICS)
    claimed, stat = number("p", p), number("value", value)
    loose = kind == "t" and df is None
    without_df = kind != "z" and not loose and (df is None or not df > 0)
    without_df2 = kind == "F" and (df2 is None or not df2 > 0)
    if without_df or without_df2:
        raise UsageError("REV004", params={"statistic": kind})
    sides = 2 if tails is None else whole("tails", tails, low=1, high=2)
    one, two = float(df or 0.0), float(df2 or 0.0)

    def routes(truncated: bool) -> list[Route]:
        bounds = stat.bounds(truncated=truncated)
        found = _p("z" if loose else kind, bounds, one, two)
        inside = "" if kind == "z" or loose else f"({one:g}, {two:g})" if kind == "F" else f"({one:g})"
        words = f"{kind}{inside} = {stat.text} → p = "
        directed = kind in ("z", "t", "r")
        plain = found * 0.5 if directed and sides == 1 else found
        out = [Route(plain, words + show(plain), "no_df_normal" if loose else "")]
        if directed and tails == 1:
            other = 1.0 - plain
            out.append(Route(other, f"1 − {words}{show(other)}", "other_side"))
        if directed and tails is None:
            half = found * 0.5
            out.append(Route(half, f"{words}{show(found)} / 2", "one_tailed"))
        if kind == "F":
            more = published.p_of_f(bounds, one + 1.0, two)
            out.append(
                Route(
                    more, f"F({one + 1:g}, {two:g}) = {stat.text} → p = {show(more)}", "one_numerator_df_more"
                )
            )
        return out

    verdict = judge("p_value", claimed, routes, decision=_crosses(claimed))  # type: ignore[arg-type]
    if loose and verdict.verdict == "inconsistent":
        heavy = published.p_of_t(stat.bounds(), FEWEST)
        if claimed.bounds().meets(Interval(verdict.low, max(heavy.high, verdict.low))):
            return unknown("p_value", claimed.text, "t_without_df")
    return verdict


FEWEST = 3.0
"""Degrees of freedom below which a t that is printed without them is not given the benefit of the doubt."""


def ratio(value: str | float, *, est: str | float, se: str | float) -> Verdict:
    """Whether a t or z is estimate over standard error.

    Parameters
    ----------
    value : str or float
        t or z as printed.
    est : str or float
        Estimate as printed.
    se : str or float
        Standard error as printed.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV005: the standard error may be 0.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.ratio("5.15", est="0.345", se="0.067").verdict
    'consistent'
    """
    claimed, top, bottom = number("value", value), number("est", est), number("se", se)

    def routes(truncated: bool) -> list[Route]:
        found = top.bounds(truncated=truncated) / bottom.bounds(truncated=truncated)
        out = [Route(found, f"{top.text} / {bottom.text} = {show(found)}")]
        if claimed.value * found.middle < 0 or not math.isfinite(found.low):
            out.append(
                Route(
                    found.absolute(), f"|{top.text} / {bottom.text}| = {show(found.absolute())}", "absolute"
                )
            )
        return out

    return judge("ratio", claimed, routes)


def limits(
    low: str | float,
    high: str | float,
    *,
    est: str | float,
    se: str | float | None = None,
    df: float | None = None,
    level: float = 0.95,
    bootstrap: bool = False,
) -> tuple[Verdict, ...]:
    """Whether confidence limits are the estimate plus and minus quantile times SE, and hold the estimate.

    Bootstrap limits do not follow from a standard error: only their order around the estimate is looked at.
    Limits that one quantile of t explains at both ends are "not checkable" when ``df`` is not printed.

    Parameters
    ----------
    low, high : str or float
        Confidence limits as printed.
    est : str or float
        Estimate as printed.
    se : str or float, optional
        Standard error as printed; None when it is not.
    df : float, optional
        Degrees of freedom of t; None takes the normal distribution.
    level : float, default 0.95
        Confidence level, between 0 and 1.
    bootstrap : bool, default False
        Whether the limits come from a bootstrap.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a relation that can be checked.

    Raises
    ------
    UsageError
        REV001: not a number; GEN004: no level.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.limits(".104", ".496", est=".30", se=".10")]
    ['consistent', 'consistent', 'consistent']
    """
    level = share("level", level)
    bottom, top, middle = number("low", low), number("high", high), number("est", est)
    inside = Interval(bottom.bounds().low, max(top.bounds().high, bottom.bounds().low))
    order = Verdict(
        "limits_order",
        "consistent" if inside.meets(middle.bounds()) and bottom.value <= top.value else "inconsistent",
        f"[{bottom.text}, {top.text}]",
        inside.low,
        inside.high,
        f"{bottom.text} ≤ {middle.text} ≤ {top.text}",
        identity=False,
    )
    if bootstrap:
        return (order, unknown("limits", f"[{bottom.text}, {top.text}]", "bootstrap_limits"))
    if se is None:
        return (order, unknown("limits", f"[{bottom.text}, {top.text}]", "no_se"))
    spread = number("se", se)
    normal = float(stats.norm.isf((1 - level) / 2))
    quantiles = (
        [(normal, "")]
        if df is None
        else [(float(stats.t.isf((1 - level) / 2, df)), ""), (normal, "normal_quantile")]
    )
    if df is None:
        quantiles.append((2.0 if level == 0.95 else normal, "two_for_196"))

    def routes(sign: float, truncated: bool) -> list[Route]:
        out = []
        for quantile, why in quantiles:
            found = middle.bounds(truncated=truncated) + spread.bounds(truncated=truncated) * (
                sign * quantile
            )
            mark = "+" if sign > 0 else "−"
            out.append(
                Route(found, f"{middle.text} {mark} {quantile:.4f}·{spread.text} = {show(found)}", why)
            )
        return out

    both = (
        judge("limit_low", bottom, lambda cut: routes(-1.0, cut)),
        judge("limit_high", top, lambda cut: routes(1.0, cut)),
    )
    if df is None and any(one.verdict == "inconsistent" for one in both):
        heavy = float(stats.t.isf((1 - level) / 2, FEWEST))
        down = (middle.bounds() - bottom.bounds()) / spread.bounds()
        up = (top.bounds() - middle.bounds()) / spread.bounds()
        if max(down.low, up.low, normal) <= min(down.high, up.high, heavy):
            both = (
                unknown("limit_low", bottom.text, "limits_without_df"),
                unknown("limit_high", top.text, "limits_without_df"),
            )
    return (order, *both)


def interval_and_p(
    low: str | float,
    high: str | float,
    *,
    p: str | float,
    level: float = 0.95,
    bootstrap: bool = False,
    est: str | float | None = None,
    se: str | float | None = None,
) -> Verdict:
    """Whether an interval that excludes 0 goes with p below 1 - level, and the other way round.

    A bootstrap interval and a normal-theory p may honestly disagree: then the pair is not checkable, unless
    ``est`` and ``se`` are printed and the program is known to take p from them.

    Parameters
    ----------
    low, high : str or float
        Confidence limits as printed.
    p : str or float
        p-value as printed, also "< .001".
    level : float, default 0.95
        Confidence level, between 0 and 1.
    bootstrap : bool, default False
        Whether the limits come from a bootstrap.
    est : str or float, optional
        Estimate as printed; None when it is not.
    se : str or float, optional
        Standard error as printed; None when it is not.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; GEN004: no level.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.interval_and_p(".02", ".31", p=".20").verdict
    'inconsistent'
    """
    bottom, top, claimed = number("low", low), number("high", high), number("p", p)
    alpha = 1.0 - share("level", level)
    surely_out = bottom.bounds().low > 0 or top.bounds().high < 0
    surely_in = bottom.bounds().high < 0 < top.bounds().low
    limits_ = claimed.bounds()
    agree = (
        (surely_out and limits_.low <= alpha)
        or (surely_in and limits_.high >= alpha)
        or not (surely_out or surely_in)
    )
    working = f"[{bottom.text}, {top.text}], p = {claimed.text}, α = {alpha:g}"
    if agree:
        return Verdict("interval_and_p", "consistent", claimed.text, working=working, identity=False)
    if bootstrap:
        plain = unknown("interval_and_p", claimed.text, "bootstrap_limits")
        if est is None or se is None:
            return plain
        top, bottom_ = number("est", est), number("se", se)

        def normal(truncated: bool) -> list[Route]:
            z = top.bounds(truncated=truncated) / bottom_.bounds(truncated=truncated)
            found = published.p_of_z(z)
            return [Route(found, f"{top.text} / {bottom_.text} → p = {show(found)}", NORMAL_P)]

        verdict = judge("interval_and_p", claimed, normal, identity=False, textbook=False)
        return verdict if verdict.explanation else replace(plain, readings=verdict.readings)
    halved = surely_in and (_implied(bottom, top, alpha) * 0.5).meets(limits_)
    if (surely_out and limits_.low / 2 <= alpha) or halved:
        return Verdict(
            "interval_and_p",
            "consistent",
            claimed.text,
            working=working,
            explanation="other_level",
            identity=False,
        )
    return Verdict(
        "interval_and_p", "inconsistent", claimed.text, working=working, identity=False, decision=True
    )


def _implied(low: Printed, high: Printed, alpha: float) -> Interval:
    """Two-tailed p of the estimate in the middle of an interval, with any number of degrees of freedom."""
    (bottom, top), found = (low.bounds(), high.bounds()), []
    for df in (FEWEST, math.inf):
        quantile = float(stats.t.isf(alpha / 2, df))
        for one in (bottom.low, bottom.high):
            for two in (top.low, top.high):
                t = abs(one + two) / max(two - one, 1e-300) * quantile
                found.append(2.0 * float(stats.t.sf(t, df)))
    return Interval(min(found), max(found))


def rows_of(df: int, *, parameters: int) -> int:
    """n of a regression from its residual degrees of freedom and its number of coefficients with
    intercept."""
    return whole("df", df, low=1) + whole("parameters", parameters, low=1)
