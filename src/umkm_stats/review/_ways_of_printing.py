"""Checks of numbers that programs print in several ways: probes, quantiles, α, communalities, χ²."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import published, tables
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import share, whole
from umkm_stats.review._verdict import Route, Verdict, judge, number, show, unknown

Num = str | float
PROBES = (("low", 0.16, -1.0), ("mid", 0.50, 0.0), ("high", 0.84, 1.0))


def probes(
    *,
    mean: Num,
    sd: Num,
    values: Sequence[Num],
    percentiles: Sequence[Num] | None = None,
) -> tuple[Verdict, ...]:
    """Whether three printed values of a moderator are mean - SD, mean and mean + SD.

    Parameters
    ----------
    mean : str or float
        Mean of the moderator as printed.
    sd : str or float
        Its standard deviation as printed.
    values : Sequence[str | float]
        The three values as printed.
    percentiles : Sequence[str | float], optional
        Its 16th, 50th and 84th percentile when printed; without them the range that any distribution with
        this mean and SD allows is used.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a value.

    Raises
    ------
    UsageError
        REV001: not a number; REV007: not three values.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.probes(mean="3.20", sd="0.80", values=["2.40", "3.20", "4.00"])]
    ['consistent', 'consistent', 'consistent']
    """
    centre, spread = number("mean", mean), number("sd", sd)
    if len(values) != 3 or (percentiles is not None and len(percentiles) != 3):
        raise UsageError("REV007")
    out = []
    for place, (_, tail, sign) in enumerate(PROBES):
        own = None if percentiles is None else number("percentiles", percentiles[place])

        def routes(
            cut: bool, tail: float = tail, sign: float = sign, own: Printed | None = own
        ) -> list[Route]:
            mid, width = centre.bounds(truncated=cut), spread.bounds(truncated=cut)
            got = mid + width * sign
            mark = {-1.0: f" − {spread.text}", 0.0: "", 1.0: f" + {spread.text}"}[sign]
            other = tables.quantile_range(mid, width, tail) if own is None else own.bounds(truncated=cut)
            return [
                Route(got, f"{centre.text}{mark} = {show(got)}"),
                Route(other, f"{100 * tail:g} %: {show(other)}", "probes_percentiles"),
            ]

        out.append(judge("probes", number("values", values[place]), routes))
    return tuple(out)


def quantile(value: Num, *, values: Sequence[Num], q: float) -> Verdict:
    """Whether a quantile follows from listed values.

    Type 7 (numpy, R); type 6 is SPSS's and boot's.

    Parameters
    ----------
    value : str or float
        Quantile as printed.
    values : Sequence[str | float]
        The values as printed.
    q : float
        Its order, between 0 and 1.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV007: no values; GEN004: no order.

    References
    ----------
    Hyndman & Fan (1996), https://doi.org/10.1080/00031305.1996.10473566.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.quantile("1.75", values=["1", "2", "3", "4"], q=0.25).verdict
    'consistent'
    """
    q = share("q", q)
    raw = [number("values", one) for one in values]
    if len(raw) < 2:
        raise UsageError("REV007")

    def routes(cut: bool) -> list[Route]:
        out = []
        for six, why in ((False, ""), (True, "quantile_type_6")):
            ends = [
                tables.quantile([getattr(one.bounds(truncated=cut), end) for one in raw], q, six=six)
                for end in ("low", "high")
            ]
            got = Interval(*ends)
            out.append(Route(got, f"q = {q:g}, n = {len(raw)}: {show(got)}", why))
        return out

    return judge("quantile", number("value", value), routes)


def alpha_interval(
    *,
    alpha: Num,
    k: int,
    n: int,
    low: Num | None = None,
    high: Num | None = None,
    level: float = 0.95,
    n_before: int | None = None,
) -> tuple[Verdict, ...]:
    """Whether the limits of a raw alpha are Feldt's with n rows.

    Parameters
    ----------
    alpha : str or float
        Cronbach's alpha as printed.
    k : int
        Items.
    n : int
        Rows behind it.
    low, high : str or float, optional
        Limits as printed; None for a limit that is not.
    level : float, default 0.95
        Confidence level, between 0 and 1.
    n_before : int, optional
        Rows before incomplete ones were left out; tried before "inconsistent".

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed limit.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003, GEN004: a value out of range.

    References
    ----------
    Feldt (1965), https://doi.org/10.1007/BF02289499.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.alpha_interval(alpha=".80", k=4, n=100, low=".730", high=".856")
    >>> [one.verdict for one in found]
    ['consistent', 'consistent']
    """
    claimed, k, n = number("alpha", alpha), whole("k", k, low=2), whole("n", n, low=2)
    rows = [(n, "")]
    if n_before is not None:
        rows.append((whole("n_before", n_before, low=n), "n_before_deletion"))
    side = (1.0 - share("level", level)) / 2.0
    out = []
    for name, text, tail in (("alpha_low", low, side), ("alpha_high", high, 1.0 - side)):
        if text is None:
            continue

        def routes(cut: bool, tail: float = tail) -> list[Route]:
            return [
                Route(
                    got,
                    f"1 − (1 − {claimed.text})·F({size - 1}, {(size - 1) * (k - 1)}) = {show(got)}",
                    why,
                )
                for size, why in rows
                for got in [tables.alpha_limit(claimed.bounds(truncated=cut), size, k, tail)]
            ]

        out.append(judge(name, number(name, text), routes))
    return tuple(out)


def alpha_matrix(alpha: Num, *, correlations: Sequence[Sequence[Num]], version: str = "unknown") -> Verdict:
    """Whether a standardised alpha follows from printed correlations of the items.

    Parameters
    ----------
    alpha : str or float
        Alpha as printed.
    correlations : Sequence[Sequence[str | float]]
        Correlations of the items as printed: lower triangle or square.
    version : str, default "unknown"
        "standardised", "raw" (weighs items by variance, so only not checkable) or "unknown".

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV009: the shape is wrong.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.alpha_matrix(".75", correlations=[[".5"], [".5", ".5"]], version="standardised").verdict
    'consistent'
    """
    cells = lower_triangle(correlations)
    k = max(i for i, _ in cells) + 1

    def routes(_: bool) -> list[Route]:
        out = []
        for absolute, why in ((False, ""), (True, "alpha_absolute")):
            low, high = np.eye(k), np.eye(k)
            for (i, j), one in cells.items():
                bounds = one.bounds().absolute() if absolute else one.bounds()
                low[i, j] = low[j, i] = bounds.low
                high[i, j] = high[j, i] = bounds.high
            got = tables.alpha_of(low, high)
            out.append(Route(got, f"{k}/{k - 1}·(1 − {k}/Σr) = {show(got)}", why))
        return out

    claimed = number("alpha", alpha)
    verdict = judge("alpha_matrix", claimed, routes, identity=version == "standardised")
    possible = claimed.bounds().low <= 1.0  # no α exceeds 1, raw or standardised
    if verdict.verdict == "inconsistent" and version != "standardised" and possible:
        return unknown("alpha_matrix", verdict.claimed, "raw_alpha")
    return verdict


def lower_triangle(rows: Sequence[Sequence[Num]]) -> dict[tuple[int, int], Printed]:
    """Cells (i, j), i > j, of a printed square or lower triangle without its diagonal."""
    size = len(rows)
    square = size > 0 and all(len(row) == size for row in rows)
    triangle = all(len(row) == i + 1 for i, row in enumerate(rows))
    if not (square or triangle) or size == 0 or (square and size == 1 and not triangle):
        raise UsageError("REV009")
    if square and not triangle:
        return {(i, j): number("r", rows[i][j]) for i in range(size) for j in range(i)}
    return {(i + 1, j): number("r", rows[i][j]) for i in range(size) for j in range(i + 1)}


def communality(
    value: Num, *, loadings: Sequence[Num], phi: Sequence[Sequence[Num]] | None = None
) -> Verdict:
    """Whether a communality follows from an item's loadings.

    Parameters
    ----------
    value : str or float
        Communality as printed.
    loadings : Sequence[str | float]
        Loadings of the item on the k factors as printed.
    phi : Sequence[Sequence[str | float]], optional
        Correlations of the factors after an oblique rotation: lower triangle or square; None when orthogonal.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV007: no loading; REV009: the shape is wrong.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.communality(".556", loadings=[".60", ".20"], phi=[[".65"]]).verdict
    'consistent'
    """
    found = [number("loading", one) for one in loadings]
    if not found:
        raise UsageError("REV007")
    matrix = None
    if phi is not None:
        matrix = np.eye(len(found))
        for (i, j), one in lower_triangle(phi).items():
            if i >= len(found):
                raise UsageError("REV009")
            matrix[i, j] = matrix[j, i] = one.value

    def routes(cut: bool) -> list[Route]:
        bounds = [one.bounds(truncated=cut) for one in found]
        plain = tables.communality(bounds, None)
        if matrix is None:
            return [Route(plain, f"Σλ² = {show(plain)}")]
        full = tables.communality(bounds, matrix)
        return [
            Route(full, f"λ′Φλ = {show(full)}"),
            Route(plain, f"Σλ² = {show(plain)}", "communality_without_phi"),
        ]

    return judge("communality", number("communality", value), routes)


def crosstab(
    counts: Sequence[Sequence[int | str]], *, chi2: Num | None = None, p: Num | None = None
) -> tuple[Verdict, ...]:
    """Whether chi-square and p follow from the four counts of a 2 by 2 table.

    Pearson's statistic; Yates' correction, which scipy applies by itself, is a convention.

    Parameters
    ----------
    counts : Sequence[Sequence[int | str]]
        The counts, two rows of two.
    chi2 : str or float, optional
        Statistic as printed; None when it is not.
    p : str or float, optional
        Its p-value as printed; None when it is not.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed number.

    Raises
    ------
    UsageError
        REV001: not a number; REV007: nothing printed; REV009: not two by two.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.crosstab([[10, 20], [20, 10]], chi2="6.667", p=".010")[0].verdict
    'consistent'
    """
    if len(counts) != 2 or any(len(row) != 2 for row in counts):
        raise UsageError("REV009")
    a, b, c, d = (float(number("counts", cell).value) for row in counts for cell in row)
    values = [(tables.chi2_two_by_two(a, b, c, d, yates=yates), yates) for yates in (False, True)]
    if not all(np.isfinite(value) for value, _ in values):
        raise UsageError("REV007")
    out = []
    for name, text in (("crosstab_chi2", chi2), ("crosstab_p", p)):
        if text is None:
            continue
        routes = []
        for value, yates in values:
            x2 = Interval(value, value)
            got = x2 if name == "crosstab_chi2" else published.p_of_chi2(x2, 1.0)
            words = f"χ²(1) = {value:.4f}" + ("" if name == "crosstab_chi2" else f" → p = {show(got)}")
            routes.append(Route(got, words, "with_yates" if yates else ""))
        claimed = number("p" if name == "crosstab_p" else name, text)
        out.append(judge(name, claimed, lambda _, routes=tuple(routes): routes))  # type: ignore[misc]
    return tuple(out)


def lilliefors(p: Num, *, d: Num, n: int) -> Verdict:
    """Whether p belongs to the Kolmogorov-Smirnov D with Lilliefors' correction.

    The p of programs are approximations, so only a gross difference counts.

    Parameters
    ----------
    p : str or float
        p-value as printed.
    d : str or float
        D as printed.
    n : int
        Rows.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003: ``n`` is no whole number of 5 or more.

    References
    ----------
    Lilliefors (1967), https://doi.org/10.1080/01621459.1967.10482916.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.lilliefors(".200", d=".041", n=100).explanation
    'lilliefors_bound'
    """
    claimed, gap, n = number("p", p), number("d", d), whole("n", n, low=5)
    if gap.bounds().high <= 0 or gap.value >= 1:
        raise UsageError("REV001", params={"name": "d", "received": repr(d)})
    bounds = gap.bounds().absolute()
    exact = bounds.falling(lambda one: tables.lilliefors_p(one, n))
    found = Interval(exact.low * 0.8 - 0.01, exact.high * 1.25 + 0.01)
    words = f"D = {gap.text}, n = {n} → p ≈ {show(exact)}"
    routes = [Route(found, words)]
    if claimed.value == 0.2 and found.high >= 0.2:
        routes.append(Route(claimed.bounds(), words, "lilliefors_bound"))
    return judge("lilliefors", claimed, lambda _: routes, identity=False)
