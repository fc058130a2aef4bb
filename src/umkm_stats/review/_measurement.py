"""Checks of loadings, AVE, CR, α, HTMT and global fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import one_of, whole
from umkm_stats.review._verdict import Route, Verdict, judge, number, share_of, show, unknown

VERSIONS = ("standardised", "unstandardised", "unknown")


def loadings(
    values: Sequence[str | float],
    *,
    ave: str | float | None = None,
    cr: str | float | None = None,
    version: str = "unknown",
) -> tuple[Verdict, ...]:
    """Whether AVE and CR follow from printed standardised loadings, and no loading exceeds 1.

    Parameters
    ----------
    values : Sequence[str | float]
        Standardised loadings as printed.
    ave : str or float, optional
        AVE as printed; None when it is not.
    cr : str or float, optional
        Composite reliability as printed; None when it is not.
    version : str, default "unknown"
        How the paper's AVE and CR were made. "standardised": mean of squared loadings and (sum)²/((sum)² +
        sum of 1 - squares). "unstandardised" ones weigh items by their variances: only their range can be
        looked at. "unknown": a number off the standardised value but inside that range is not checkable.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed number, and one on the loadings when one exceeds 1.

    Raises
    ------
    UsageError
        REV001: not a number; REV007: no loading; GEN001, GEN002: no such version.

    References
    ----------
    Fornell & Larcker (1981), https://doi.org/10.1177/002224378101800104.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.loadings([".70", ".80", ".75"], ave=".564", cr=".795")]
    ['consistent', 'consistent']
    """
    version = one_of("version", version, VERSIONS)
    found = [number("loading", value) for value in values]
    if not found:
        raise UsageError("REV007")
    out = [
        Verdict("loading_size", "inconsistent", one.text, -1.0, 1.0, f"|{one.text}| > 1", "", False)
        for one in found
        if one.bounds().absolute().low > 1.0
    ]
    if out:
        return tuple(_maybe_heywood(verdict) for verdict in out)
    texts = ", ".join(one.text for one in found)
    if ave is not None:
        out.append(
            _version(
                share_of("ave", ave),
                found,
                published.extracted_variance,
                f"Σλ²/k, λ: {texts}",
                version,
                "ave",
            )
        )
    if cr is not None:
        out.append(
            _version(
                share_of("cr", cr),
                found,
                published.construct_reliability,
                f"(Σλ)²/((Σλ)² + Σ(1 − λ²)), λ: {texts}",
                version,
                "cr",
            )
        )
    return tuple(out)


def _maybe_heywood(verdict: Verdict) -> Verdict:
    return unknown("loading_size", verdict.claimed, "oblique_loading")


def _version(
    claimed: Printed, found: Sequence[Printed], value: Any, words: str, version: str, check: str
) -> Verdict:
    def routes(truncated: bool) -> list[Route]:
        got = value([one.bounds(truncated=truncated) for one in found])
        return [Route(got, f"{words} = {show(got)}")]

    verdict = judge(check, claimed, routes, identity=version == "standardised")
    if verdict.verdict == "consistent" or version == "standardised":
        return verdict
    squares = [one.bounds(truncated=True).squared() for one in found]
    low, high = min(s.low for s in squares), max(s.high for s in squares)
    if (
        check == "cr"
    ):  # between the worst item alone and the best weights (Hancock's H), whatever the variances
        one_way = all(one.value > 0 for one in found) or all(one.value < 0 for one in found)
        odds = sum(min(s.high, 1.0 - 1e-9) / (1.0 - min(s.high, 1.0 - 1e-9)) for s in squares)
        low, high = low if one_way else 0.0, odds / (1.0 + odds)
    if Interval(low, high).meets(claimed.bounds(truncated=True)):
        return unknown(check, claimed.text, "unstandardised_version")
    return verdict


def fornell_larcker(
    ave: Mapping[str, str | float], correlations: Mapping[tuple[str, str], str | float]
) -> tuple[Verdict, ...]:
    """Whether the square root of AVE exceeds every correlation of the construct.

    Parameters
    ----------
    ave : Mapping[str, str | float]
        Construct to its AVE as printed.
    correlations : Mapping[tuple[str, str], str | float]
        Pair of constructs to their correlation as printed.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a pair: "consistent" when the criterion surely or possibly holds.

    Raises
    ------
    UsageError
        REV001: not a number; REV008: a pair names a construct without AVE.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.fornell_larcker({"PI": ".55", "OI": ".60"}, {("PI", "OI"): ".62"})]
    ['consistent', 'consistent']
    """
    out = []
    for (one, two), r in correlations.items():
        size = number("r", r).bounds().absolute()
        for name in (one, two):
            if name not in ave:
                raise UsageError("REV008", params={"name": name})
            root = share_of("ave", ave[name]).bounds().root()
            word: Any = "consistent" if root.high >= size.low else "inconsistent"
            working = f"√{ave[name]} = {show(root)}, |r({one}, {two})| = {show(size)}"
            out.append(
                Verdict(
                    "fornell_larcker",
                    word,
                    f"{name}: {ave[name]}",
                    root.low,
                    root.high,
                    working,
                    identity=False,
                )
            )
    return tuple(out)


def standardised_alpha(
    alpha: str | float, *, k: int, mean_r: str | float, version: str = "unknown"
) -> Verdict:
    """Whether a standardised alpha follows from k items and their mean correlation.

    A raw alpha weighs items by variance.

    Parameters
    ----------
    alpha : str or float
        Alpha as printed.
    k : int
        Items, 2 or more.
    mean_r : str or float
        Mean correlation of the items as printed.
    version : str, default "unknown"
        "standardised", "raw" or "unknown".

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; GEN001, GEN002: no such version; GEN003: ``k``.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.standardised_alpha(".80", k=4, mean_r=".50", version="standardised").verdict
    'consistent'
    """
    version = one_of("version", version, ("standardised", "raw", "unknown"))
    claimed, r, k = number("alpha", alpha), number("mean_r", mean_r), whole("k", k, low=2)

    def routes(truncated: bool) -> list[Route]:
        got = published.standardised_alpha(k, r.bounds(truncated=truncated))
        return [Route(got, f"{k}·{r.text}/(1 + {k - 1}·{r.text}) = {show(got)}")]

    verdict = judge("standardised_alpha", claimed, routes, identity=version == "standardised")
    possible = claimed.bounds().low <= 1.0  # no α exceeds 1, raw or standardised
    if verdict.verdict == "inconsistent" and version != "standardised" and possible:
        return unknown("standardised_alpha", claimed.text, "raw_alpha")
    return verdict


def htmt(
    value: str | float,
    *,
    correlations: Sequence[Sequence[str | float]],
    first: Sequence[int],
    second: Sequence[int],
) -> Verdict:
    """Whether an HTMT follows from a printed item correlation matrix.

    Bounds of rounding: every correlation is moved to the end of its interval that lowers or raises HTMT.

    Parameters
    ----------
    value : str or float
        HTMT as printed.
    correlations : Sequence[Sequence[str | float]]
        Correlations of the items as printed: the full square.
    first : Sequence[int]
        Item numbers of the one construct, from 0.
    second : Sequence[int]
        Item numbers of the other, from 0.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV009: no square, an item in both constructs, or fewer than two items in one.

    References
    ----------
    Henseler, Ringle & Sarstedt (2015), https://doi.org/10.1007/s11747-014-0403-8.

    Examples
    --------
    >>> from umkm_stats import review
    >>> one, two = ["1", ".6", ".3", ".3"], [".3", ".3", "1", ".5"]
    >>> items = [one, [".6", "1", ".3", ".3"], two, [".3", ".3", ".5", "1"]]
    >>> review.htmt(".548", correlations=items, first=[0, 1], second=[2, 3]).verdict
    'consistent'
    """
    claimed = number("htmt", value)
    cells = [[number("r", cell) for cell in row] for row in correlations]
    size = len(cells)
    if any(len(row) != size for row in cells) or set(first) & set(second) or min(len(first), len(second)) < 2:
        raise UsageError("REV009")

    both = (*first, *second)
    across = {(i, j) for i in first for j in second} | {(j, i) for i in first for j in second}

    def end(side: str, way: str) -> float:
        matrix = np.eye(size)
        for i in range(size):
            for j in range(size):
                if i != j:
                    bound = cells[i][j].bounds()
                    bound = bound if way == "htmt_signed" else bound.absolute()
                    if way == "htmt_geometric":  # a printed .000 may be any small correlation above 0
                        bound = Interval(max(bound.low, 1e-12), max(bound.high, 1e-12))
                    rise = ((i, j) in across) == (side == "high")
                    matrix[i, j] = bound.high if rise else bound.low
        return published.htmt_of(matrix, list(first), list(second), way)

    routes = []
    for way in ("", "htmt_signed", "htmt_geometric"):
        if way == "htmt_geometric" and any(cells[i][j].value < 0 for i in both for j in both if i != j):
            continue
        ends = sorted((end("low", way), end("high", way)))
        if all(np.isfinite(ends)):
            found = Interval(*ends)
            routes.append(Route(found, f"HTMT = {show(found)}", way))
    return judge("htmt", claimed, lambda _: routes)
