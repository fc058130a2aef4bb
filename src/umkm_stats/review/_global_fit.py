"""Checks of the global fit of a structural model, under the textbook formulas and the conventions of
programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from umkm_stats.kernels.review import fit_table as table
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import whole
from umkm_stats.review._tests import p_value
from umkm_stats.review._verdict import Route, Verdict, judge, number, show, unknown

Num = str | float


def fit(
    *,
    chi2: Num,
    df: int,
    n: int | None = None,
    p: Num | None = None,
    chi2_df: Num | None = None,
    rmsea: Num | None = None,
    rmsea_low: Num | None = None,
    rmsea_high: Num | None = None,
    pclose: Num | None = None,
    cfi: Num | None = None,
    tli: Num | None = None,
    nfi: Num | None = None,
    gfi: Num | None = None,
    agfi: Num | None = None,
    aic: Num | None = None,
    bic: Num | None = None,
    loglik: Num | None = None,
    fmin: Num | None = None,
    base_chi2: Num | None = None,
    base_df: int | None = None,
    items: int | None = None,
    parameters: int | None = None,
    factors: int | None = None,
    observed_x: int | None = None,
    groups: int = 1,
    level: float = 0.90,
    robust: bool = False,
    program: str | None = "",
) -> tuple[Verdict, ...]:
    """Whether the indices of fit follow from chi-square, df, N and the baseline model.

    Parameters
    ----------
    chi2 : str or float
        Statistic of the model as printed.
    df : int
        Its degrees of freedom.
    n : int, optional
        N as printed.
    p : str or float, optional
        p of the model as printed.
    chi2_df : str or float, optional
        Statistic over degrees of freedom as printed.
    rmsea, rmsea_low, rmsea_high, pclose : str or float, optional
        RMSEA, its limits and p of close fit as printed.
    cfi, tli, nfi, gfi, agfi : str or float, optional
        Indices as printed.
    aic, bic : str or float, optional
        Information criteria as printed.
    loglik : str or float, optional
        Log-likelihood as printed.
    fmin : str or float, optional
        Minimum of the fit function as printed.
    base_chi2 : str or float, optional
        Statistic of the baseline model as printed.
    base_df : int, optional
        Its degrees of freedom.
    items : int, optional
        Observed variables.
    parameters : int, optional
        Free parameters.
    factors : int, optional
        Latent variables of a CFA.
    observed_x : int, optional
        Observed predictors, whose own variances and covariances are then not among the parameters.
    groups : int, default 1
        Number of groups.
    level : float, default 0.9
        Confidence level of the limits of RMSEA.
    robust : bool, default False
        Whether chi-square is scaled or the indices are robust; they need a factor that is not printed.
    program : str or None, default ""
        Whose table it is; its conventions then hold for the whole table. With "" a number that only a
        convention gives is "not checkable"; None leaves the table as its single numbers stand.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed index.

    Raises
    ------
    UsageError
        REV001: not a number; GEN003, GEN004: a value out of range.

    Examples
    --------
    >>> from umkm_stats import review
    >>> given = dict(chi2="85.306", df=24, n=301, rmsea=".09228")
    >>> [one.verdict for one in review.fit(**given)]
    ['not checkable']
    >>> [one.verdict for one in review.fit(**given, program="semopy")]
    ['consistent']
    """
    from umkm_stats.review._whole import whole_tables

    df, groups = whole("df", df, low=0), whole("groups", groups, low=1)
    n = None if n is None else whole("n", n, low=groups + 1)
    x2 = number("chi2", chi2)
    out: list[Verdict] = []
    if items is not None and parameters is not None:
        out.append(_model_df(df, items, parameters, groups, factors, observed_x))
    if df == 0:
        return (*out, unknown("fit", x2.text, "no_df"))
    if p is not None:
        out.append(p_value(p, statistic="chi2", value=chi2, df=df))
    if chi2_df is not None:
        out.append(
            judge(
                "chi2_df",
                number("chi2_df", chi2_df),
                _routes(lambda cut: x2.bounds(truncated=cut) / float(df), f"{x2.text} / {df}"),
            )
        )
    indices: list[Verdict] = []
    for name, text in (("rmsea", rmsea), ("rmsea_low", rmsea_low), ("rmsea_high", rmsea_high)):
        if text is not None:
            indices.append(_rmsea(name, number(name, text), x2, df, n, groups, level))
    if pclose is not None:
        indices.append(_close(number("pclose", pclose), x2, df, n, groups))
    base = None if base_chi2 is None else number("base_chi2", base_chi2)
    base_df = None if base_df is None else whole("base_df", base_df, low=1)
    indices += _against_baseline(x2, df, base, base_df, {"cfi": cfi, "tli": tli, "nfi": nfi})
    indices += _semopys(x2, df, base, base_df, items, gfi, agfi)
    indices += _information(x2, n, parameters, loglik, {"aic": aic, "bic": bic})
    if fmin is not None and n is not None:
        indices.append(_from_minimum(x2, number("fmin", fmin), n))
    out.extend(_robustly(one, robust) for one in indices)
    return tuple(out) if program is None else whole_tables(out, [program] * len(out))


def _routes(value: Callable[[bool], Interval], words: str) -> Callable[[bool], Sequence[Route]]:
    def routes(cut: bool) -> list[Route]:
        got = value(cut)
        return [Route(got, f"{words} = {show(got)}")]

    return routes


def _model_df(
    df: int, items: int, parameters: int, groups: int, factors: int | None, observed_x: int | None
) -> Verdict:
    items, parameters = whole("items", items, low=1), whole("parameters", parameters, low=0)
    moments = items * (items + 1) // 2 * groups
    right = moments - parameters
    words = f"{items}·{items + 1}/2·{groups} − {parameters}"

    def exact(value: int, said: str, why: str = "") -> Route:
        return Route(Interval(float(value), float(value)), f"{said} = {value}", why)

    means = items * groups
    routes = [exact(right, words), exact(right + means, f"{words} + {items}·{groups}")]
    if observed_x is not None:
        own = whole("observed_x", observed_x, low=1) * (observed_x + 1) // 2 * groups
        routes = [
            exact(right - own, f"{words} − {own}"),
            exact(right, words, "predictors_are_parameters"),
            exact(right, words, "df_observed_predictor"),
        ]
    if factors is not None:
        pairs = whole("factors", factors, low=1) * (factors - 1) // 2 * groups
        routes.append(exact(right + pairs, f"{words} + {pairs}", "orthogonal_factors"))
    claimed = Printed(str(df), float(df), 6)
    return judge("model_df", claimed, lambda _: routes)


def _rmsea(
    name: str, claimed: Printed, x2: Printed, df: int, n: int | None, groups: int, level: float
) -> Verdict:
    if n is None:
        return unknown(name, claimed.text, "no_n")
    size = n
    side = {"rmsea": 0, "rmsea_low": -1, "rmsea_high": 1}[name]

    def routes(cut: bool) -> list[Route]:
        ways = [(size, groups, ""), (size - 1, groups, "rmsea_n_minus_1")]
        if groups > 1:
            ways = [
                (size, groups, ""),
                (size - groups, groups, "rmsea_n_minus_1"),
                (size - groups, 1, "rmsea_groups_plain"),
                (size, 1, "rmsea_groups_plain"),
            ]
        out = []
        for rows, scale, why in ways:
            got = table.rmsea_of(x2.bounds(truncated=cut), df, rows, scale, side, level)
            root = f"·√{scale}" if scale > 1 else ""
            words = f"√(max({x2.text} − {df}, 0)/({df}·{rows})){root}"
            if side:
                words = f"{100 * level:g} %, χ² = {x2.text}, df = {df}, n = {rows}{root}"
            out.append(Route(got, f"{words} = {show(got)}", why))
        return out

    return judge(name, claimed, routes)


def _close(claimed: Printed, x2: Printed, df: int, n: int | None, groups: int) -> Verdict:
    if n is None:
        return unknown("pclose", claimed.text, "no_n")
    rows = n

    def routes(cut: bool) -> list[Route]:
        return [
            Route(got, f"P(RMSEA ≤ .05), χ² = {x2.text}, df = {df}, n = {size} = {show(got)}", why)
            for size, why in ((rows, ""), (rows - groups, "rmsea_n_minus_1"))
            for got in [table.close_of(x2.bounds(truncated=cut), df, size, groups)]
        ]

    return judge("pclose", claimed, routes)


def _against_baseline(
    x2: Printed, df: int, base: Printed | None, base_df: int | None, printed: dict[str, Num | None]
) -> list[Verdict]:
    formulas: dict[str, Any] = {
        "cfi": published.comparative_fit,
        "tli": published.tucker_lewis,
        "nfi": lambda one, _df, other, _base: table.normed_fit(one, other),
    }
    out = []
    for name, text in printed.items():
        if text is None:
            continue
        if base is None or base_df is None:
            out.append(unknown(name, text, "no_baseline"))
            continue
        other, other_df, formula = base, base_df, formulas[name]

        def routes(cut: bool, formula: Any = formula, other: Printed = other, under: int = other_df) -> Any:
            got = formula(x2.bounds(truncated=cut), df, other.bounds(truncated=cut), under)
            capped = Interval(min(got.low, 1.0), min(got.high, 1.0))
            words = f"({x2.text}; {df}; {other.text}; {under}) → {show(got)}"
            return [Route(got, words), Route(capped, words, "capped")]

        out.append(judge(name, number(name, text), routes))
    return out


def _semopys(
    x2: Printed,
    df: int,
    base: Printed | None,
    base_df: int | None,
    items: int | None,
    gfi: Num | None,
    agfi: Num | None,
) -> list[Verdict]:
    """GFI and AGFI: the GFI needs both matrices, but one program prints the NFI in its place."""
    out = []
    if gfi is not None:
        claimed = number("gfi", gfi)
        if base is None:
            out.append(unknown("gfi", claimed.text, "needs_matrices"))
        else:
            other = base

            def nfi(cut: bool) -> list[Route]:
                got = table.normed_fit(x2.bounds(truncated=cut), other.bounds(truncated=cut))
                return [Route(got, f"1 − {x2.text}/{other.text} = {show(got)}", "gfi_is_nfi")]

            verdict = judge("gfi", claimed, nfi, textbook=False)
            out.append(verdict if verdict.explanation else _because(verdict, "needs_matrices"))
    if agfi is not None:
        claimed = number("agfi", agfi)
        if gfi is None or items is None:
            out.append(unknown("agfi", claimed.text, "needs_gfi_and_items"))
        else:
            given, size = number("gfi", gfi), whole("items", items, low=2)

            def adjusted(cut: bool) -> list[Route]:
                routes = []
                for top, why in ((size * (size + 1) // 2, ""), (base_df, "agfi_from_baseline_df")):
                    if top is not None:
                        got = table.adjusted(given.bounds(truncated=cut), top, df)
                        routes.append(Route(got, f"1 − {top}/{df}·(1 − {given.text}) = {show(got)}", why))
                return routes

            out.append(judge("agfi", claimed, adjusted))
    return out


def _information(
    x2: Printed, n: int | None, k: int | None, loglik: Num | None, printed: dict[str, Num | None]
) -> list[Verdict]:
    out = []
    for name, text in printed.items():
        if text is None:
            continue
        claimed = number(name, text)
        if k is None or n is None:
            out.append(unknown(name, claimed.text, "no_parameters"))
            continue
        likelihood = None if loglik is None else number("loglik", loglik)
        rows, penalty = n, table.penalty(name, k, n)

        def routes(
            cut: bool, likelihood: Printed | None = likelihood, penalty: float = penalty, rows: int = rows
        ) -> list[Route]:
            own = x2.bounds(truncated=cut)
            made = []
            if likelihood is not None:
                got = likelihood.bounds(truncated=cut) * -2.0 + penalty
                made.append(Route(got, f"−2·({likelihood.text}) + {penalty:g} = {show(got)}"))
            got = own * (-2.0 / rows) + penalty
            made.append(Route(got, f"{penalty:g} − 2·{x2.text}/{rows} = {show(got)}", "aic_from_discrepancy"))
            got = own + penalty
            made.append(Route(got, f"{x2.text} + {penalty:g} = {show(got)}", "aic_from_chi2"))
            return made

        verdict = judge(name, claimed, routes, textbook=likelihood is not None)
        if verdict.verdict == "not checkable" and not verdict.explanation:
            verdict = _because(verdict, "no_loglik")
        out.append(verdict)
    return out


def _because(verdict: Verdict, why: str) -> Verdict:
    return dataclasses.replace(verdict, explanation=why)


def _from_minimum(x2: Printed, fmin: Printed, n: int) -> Verdict:
    def routes(cut: bool) -> list[Route]:
        least = fmin.bounds(truncated=cut)
        return [
            Route(got, f"{rows}·{fmin.text} = {show(got)}", why)
            for rows, why in ((n, ""), (n - 1, "chi2_n_minus_1"))
            for got in [least * float(rows)]
        ]

    return judge("chi2", x2, routes)


def _robustly(verdict: Verdict, robust: bool) -> Verdict:
    if robust and verdict.verdict != "consistent":
        return unknown(verdict.check, verdict.claimed, "robust")
    return verdict
