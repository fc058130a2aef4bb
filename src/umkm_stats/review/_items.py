"""Checks of means, standard deviations and percentages of whole-number answers."""

from __future__ import annotations

import math
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval
from umkm_stats.options import whole
from umkm_stats.review._verdict import Route, Verdict, judge, number, show, unknown


def grim(mean: str | float, *, n: int, items: int = 1, truncated: bool = False) -> Verdict:
    """Whether a mean of whole-number answers is possible with n persons and so many items (GRIM).

    Parameters
    ----------
    mean : str or float
        Mean as printed; give text ("5.20") when trailing zeros matter.
    n : int
        Persons.
    items : int, default 1
        Items averaged.
    truncated : bool, default False
        Whether the paper cuts digits off instead of rounding. Without it a mean that only cutting off
        explains is "inconsistent", as in the published test, and the explanation says so.

    Returns
    -------
    Verdict
        The verdict; "not checkable" when n times items is 10 to the number of decimals or more, since then
        every mean is possible.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003: n or items no positive whole number.

    References
    ----------
    Brown & Heathers (2017), https://doi.org/10.1177/1948550616673876.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.grim("5.19", n=28).verdict
    'inconsistent'
    >>> review.grim("5.18", n=28).verdict
    'consistent'
    """
    claimed, n, items = number("mean", mean), whole("n", n, low=1), whole("items", items, low=1)
    possible = published.mean_is_possible(claimed, n, items)
    if possible is None:
        return unknown("grim", claimed.text, "grim_dense", parts=n * items, decimals=claimed.decimals)
    bounds, parts = claimed.bounds(), n * items
    sums = Interval(bounds.low * parts, bounds.high * parts)
    working = f"{claimed.text} × {n}" + (f" × {items}" if items > 1 else "") + f" = {show(sums)}"
    if possible:
        return Verdict("grim", "consistent", claimed.text, bounds.low, bounds.high, working)
    cut = claimed.bounds(truncated=True)
    explained = math.ceil(cut.low * parts - 1e-9) <= cut.high * parts - 1e-9
    if explained and truncated:
        return Verdict("grim", "consistent", claimed.text, cut.low, cut.high, working, "truncated")
    why = "only_truncated" if explained else ""
    return Verdict("grim", "inconsistent", claimed.text, bounds.low, bounds.high, working, why)


def debit(mean: str | float, sd: str | float, *, n: int) -> Verdict:
    """Whether mean and standard deviation of 0/1 answers belong together (DEBIT), with divisor n - 1 or n.

    Parameters
    ----------
    mean : str or float
        Mean as printed, between 0 and 1.
    sd : str or float
        Standard deviation as printed.
    n : int
        Persons.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003: ``n`` is no whole number of 2 or more.

    References
    ----------
    Heathers & Brown (2019), https://osf.io/5vb3u.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.debit("0.40", "0.50", n=30).verdict
    'consistent'
    """
    share, claimed, n = number("mean", mean), number("sd", sd), whole("n", n, low=2)

    def routes(truncated: bool) -> list[Route]:
        value = share.bounds(truncated=truncated)
        sample = published.binary_sd(value, n)
        whole_ = published.binary_sd(value, n, divisor_n=True)
        words = f"√({share.text}·(1 − {share.text})·n/(n − 1)) = {show(sample)}"
        return [
            Route(sample, words),
            Route(whole_, f"√({share.text}·(1 − {share.text})) = {show(whole_)}", "divisor_n"),
        ]

    return judge("debit", claimed, routes)


def sd_bound(sd: str | float, *, mean: str | float, n: int, low: float, high: float) -> Verdict:
    """Whether a standard deviation is possible for a mean on a bounded scale.

    SD is at most the root of (M - low)(high - M)·n/(n - 1).

    Parameters
    ----------
    sd : str or float
        Standard deviation as printed.
    mean : str or float
        Mean as printed.
    n : int
        Persons.
    low : float
        Lowest answer.
    high : float
        Highest answer.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV002: the highest answer does not lie above the lowest; GEN003: ``n``.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.sd_bound("2.60", mean="4.10", n=50, low=1, high=5).verdict
    'inconsistent'
    """
    claimed, centre, n = number("sd", sd), number("mean", mean), whole("n", n, low=2)
    if not high > low:
        raise UsageError("REV002", params={"low": low, "high": high})
    bounds = centre.bounds()
    if bounds.high < low or bounds.low > high:
        return Verdict(
            "sd_bound",
            "inconsistent",
            claimed.text,
            low,
            high,
            f"{centre.text} ∉ [{low:g}, {high:g}]",
            identity=False,
        )
    limit = published.sd_limit(bounds, n, float(low), float(high))
    allowed = Interval(0.0, limit.high)
    working = f"√(({centre.text} − {low:g})({high:g} − {centre.text})·{n}/{n - 1}) = {limit.high:.4f}"
    word: Any = "consistent" if allowed.meets(claimed.bounds()) else "inconsistent"
    return Verdict("sd_bound", word, claimed.text, 0.0, limit.high, working, identity=False)


def percentage(percent: str | float, *, count: int, n: int) -> Verdict:
    """Whether a percentage is a count of n.

    Parameters
    ----------
    percent : str or float
        Percentage as printed.
    count : int
        Rows counted.
    n : int
        All rows.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV003: more counted than there are; GEN003: no whole number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.percentage("84.4", count=152, n=180).verdict
    'consistent'
    """
    claimed, count, n = number("percent", percent), whole("count", count, low=0), whole("n", n, low=1)
    if count > n:
        raise UsageError("REV003", params={"count": count, "n": n})
    exact = Interval(100.0 * count / n, 100.0 * count / n)
    return judge("percentage", claimed, lambda _: [Route(exact, f"{count}/{n} = {exact.low:.4f} %")])
