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
    mean : str | float
        as printed; give text ("5.20") when trailing zeros matter. n: persons. items: items averaged.
    truncated : bool, default False
        the paper cuts digits off instead of rounding. Without it a mean that only cutting off explains is
        "inconsistent", as in the published test, and the explanation says so.

    Returns
    -------
    Verdict
        "not checkable" when n·items ≥ 10^decimals, since then every mean is possible.

    Raises
    ------
    UsageError
        REV001 (not a number), GEN003 (n or items not a positive whole number). Source: Brown & Heathers 2017,
        https://doi.org/10.1177/1948550616673876.
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
    """Whether mean and standard deviation of 0/1 answers belong together (DEBIT), with divisor n − 1 or n."""
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
    """Whether a standard deviation is possible for a mean on answers from ``low`` to ``high``:
    SD ≤ √((M − low)(high − M)·n/(n − 1))."""
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
    """Whether a percentage is ``count`` of ``n``."""
    claimed, count, n = number("percent", percent), whole("count", count, low=0), whole("n", n, low=1)
    if count > n:
        raise UsageError("REV003", params={"count": count, "n": n})
    exact = Interval(100.0 * count / n, 100.0 * count / n)
    return judge("percentage", claimed, lambda _: [Route(exact, f"{count}/{n} = {exact.low:.4f} %")])
