"""Checks of a coefficient's row (B, β, SE, t, p in any subset) and of a regression's summary."""

from __future__ import annotations

from umkm_stats.kernels.review import published, tables
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import whole
from umkm_stats.review._tests import limits, p_value, ratio
from umkm_stats.review._verdict import Route, Verdict, judge, number, share_of, show, unknown

Num = str | float
TWO_COLUMNS = frozenset({"", "spss", "amos", "jamovi", "jasp"})
"""Programs whose tables have an unstandardised and a standardised column; also when none is named."""
LARGEST_BETA = 1.5


def beside(value: Num, *, est: Num, se: Num, program: str = "", scale: str = "unknown") -> Verdict:
    """t or z against an estimate and a standard error that may belong to different columns.

    A standardised coefficient is often printed beside the standard error of the unstandardised one; then the
    quotient is not t, and that is no error. ``scale``: "raw" when the estimate is known to be unstandardised.
    """
    verdict = ratio(value, est=est, se=se)
    small = abs(number("est", est).value) <= LARGEST_BETA
    if verdict.verdict == "inconsistent" and scale != "raw" and small and program in TWO_COLUMNS:
        other = number("value", value).bounds() * number("se", se).bounds()
        return unknown("ratio", verdict.claimed, "beta_beside_se", b=show(other))
    return verdict


def coefficient(
    *,
    b: Num | None = None,
    beta: Num | None = None,
    se: Num | None = None,
    t: Num | None = None,
    p: Num | None = None,
    df: float | None = None,
    statistic: str = "t",
    low: Num | None = None,
    high: Num | None = None,
    level: float = 0.95,
    sd_x: Num | None = None,
    sd_y: Num | None = None,
    tails: int | None = None,
) -> tuple[Verdict, ...]:
    """Whether the numbers of one coefficient's row belong together, whichever of them are printed.

    Parameters
    ----------
    b : str or float, optional
        Unstandardised coefficient.
    beta : str or float, optional
        Standardised coefficient.
    se : str or float, optional
        Standard error of ``b``.
    t : str or float, optional
        Its test statistic, see ``statistic``.
    p : str or float, optional
        Its p-value, also "< .001".
    df : float, optional
        Degrees of freedom of the test.
    statistic : str, default "t"
        "t" or "z".
    low, high : str or float, optional
        Confidence limits of ``b``.
    level : float, default 0.95
        Their confidence level, between 0 and 1.
    sd_x : str or float, optional
        Standard deviation of the predictor.
    sd_y : str or float, optional
        Standard deviation of the outcome.
    tails : int, optional
        Tails of p: 1 or 2 when the paper says so; None when it does not.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a relation that can be checked.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003, GEN004: a value out of range.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.coefficient(b="0.345", beta="0.412", se="0.067", t="5.149")]
    ['consistent', 'consistent']
    """
    out: list[Verdict] = []
    if t is not None and b is not None and se is not None:
        out.append(ratio(t, est=b, se=se))
    elif t is not None and beta is not None and se is not None:
        out.append(beside(t, est=beta, se=se))
    if p is not None and t is not None:
        out.append(p_value(p, statistic=statistic, value=t, df=df, tails=tails))
    elif p is not None and b is not None and se is not None:
        out.append(_p_of_ratio(number("p", p), number("b", b), number("se", se), df, tails))
    if b is not None and beta is not None and sd_x is not None and sd_y is not None:
        top, x, y = number("b", b), number("sd_x", sd_x), number("sd_y", sd_y)

        def routes(cut: bool) -> list[Route]:
            got = top.bounds(truncated=cut) * x.bounds(truncated=cut) / y.bounds(truncated=cut)
            return [Route(got, f"{top.text}·{x.text}/{y.text} = {show(got)}")]

        out.append(judge("beta", number("beta", beta), routes))
    elif b is not None and beta is not None:
        out.append(_signs(number("b", b), number("beta", beta)))
    if low is not None and high is not None and b is not None:
        out.extend(limits(low, high, est=b, se=se, df=df, level=level))
    return tuple(out)


def _p_of_ratio(p: Printed, b: Printed, se: Printed, df: float | None, tails: int | None) -> Verdict:
    def routes(cut: bool) -> list[Route]:
        t = b.bounds(truncated=cut) / se.bounds(truncated=cut)
        found = published.p_of_z(t) if df is None else published.p_of_t(t, df)
        words = f"{b.text} / {se.text} → p = "
        plain = found * 0.5 if tails == 1 else found
        out = [Route(plain, words + show(plain), "no_df_normal" if df is None else "")]
        return out if tails else [*out, Route(found * 0.5, f"{words}{show(found)} / 2", "one_tailed")]

    verdict = judge("p_value", p, routes)
    if df is None and verdict.verdict == "inconsistent":
        return unknown("p_value", p.text, "t_without_df")
    return verdict


def _signs(b: Printed, beta: Printed) -> Verdict:
    agree = b.value * beta.value > 0 or b.bounds().holds(0.0) or beta.bounds().holds(0.0)
    return Verdict(
        "signs",
        "consistent" if agree else "inconsistent",
        beta.text,
        working=f"B = {b.text}, β = {beta.text}",
        identity=False,
    )


def r_squared(
    *,
    r: Num | None = None,
    r2: Num | None = None,
    adj_r2: Num | None = None,
    f: Num | None = None,
    p: Num | None = None,
    n: int | None = None,
    k: int | None = None,
    df: int | None = None,
    df2: int | None = None,
    n_before: int | None = None,
) -> tuple[Verdict, ...]:
    """Whether R, R², adjusted R², F and p of a regression belong together.

    n and k may be given as the degrees of freedom of F (df = k, df2 = n - k - 1).

    Parameters
    ----------
    r : str or float, optional
        Multiple correlation as printed.
    r2 : str or float, optional
        R² as printed.
    adj_r2 : str or float, optional
        Adjusted R² as printed.
    f : str or float, optional
        F as printed.
    p : str or float, optional
        p of F as printed.
    n : int, optional
        Rows.
    k : int, optional
        Predictors.
    df, df2 : int, optional
        Degrees of freedom of F.
    n_before : int, optional
        Rows before those with empty cells were left out; tried before "inconsistent".

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a relation that can be checked.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003: no whole number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.r_squared(r2="0.380", adj_r2="0.367", f="29.72", n=100, k=2)
    >>> [one.verdict for one in found]
    ['consistent', 'consistent']
    """
    k = df if k is None else whole("k", k, low=1)
    if n is None and df2 is not None and k is not None:
        n = df2 + k + 1
    out: list[Verdict] = []
    known = None if r2 is None else share_of("r2", r2)
    adjusted = None if adj_r2 is None else share_of("adj_r2", adj_r2)
    if r is not None and known is not None:
        root = number("r", r)
        out.append(
            judge(
                "r2",
                known,
                lambda cut: [
                    Route(got, f"{root.text}² = {show(got)}")
                    for got in [root.bounds(truncated=cut).squared()]
                ],
            )
        )
    if n is not None and k is not None:
        n, k = whole("n", n, low=k + 2), whole("k", k, low=1)
        if df2 is not None:
            out.append(_rows(df2, n, k, n_before))
        if known is not None and adjusted is not None:
            out.append(_adjusted(adjusted, known, n, k))
        if f is not None and (known is not None or adjusted is not None):
            out.append(_f(number("f", f), known, adjusted, n, k))
    if f is not None and p is not None and k is not None and (n is not None or df2 is not None):
        rest = df2 if df2 is not None else int(n or 0) - k - 1
        out.append(p_value(p, statistic="F", value=f, df=k, df2=rest))
    return tuple(out)


def _rows(df2: int, n: int, k: int, n_before: int | None) -> Verdict:
    routes = [Route(_exact(n - k - 1), f"{n} − {k} − 1 = {n - k - 1}")]
    if n_before is not None:
        rows = whole("n_before", n_before, low=n)
        routes.append(Route(_exact(rows - k - 1), f"{rows} − {k} − 1 = {rows - k - 1}", "n_before_deletion"))
    return judge("model_n", Printed(str(df2), float(df2), 6), lambda _: routes)


def _exact(value: int) -> Interval:
    return Interval(float(value), float(value))


def _adjusted(adjusted: Printed, r2: Printed, n: int, k: int) -> Verdict:
    def routes(cut: bool) -> list[Route]:
        got = tables.adjusted_r2(r2.bounds(truncated=cut), n, k)
        return [Route(got, f"1 − (1 − {r2.text})·{n - 1}/{n - k - 1} = {show(got)}")]

    return judge("adj_r2", adjusted, routes)


def _f(f: Printed, r2: Printed | None, adjusted: Printed | None, n: int, k: int) -> Verdict:
    def routes(cut: bool) -> list[Route]:
        if r2 is not None:
            share, text = r2.bounds(truncated=cut), r2.text
        elif adjusted is not None:
            share, text = tables.plain_r2(adjusted.bounds(truncated=cut), n, k), adjusted.text
        else:
            return []
        got = tables.f_of_r2(share, n, k)
        return [Route(got, f"F({k}, {n - k - 1}) of {text} = {show(got)}")]

    return judge("f", f, routes)
