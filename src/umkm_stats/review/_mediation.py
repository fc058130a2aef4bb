"""Checks of a printed mediation table from the numbers it prints."""

from __future__ import annotations

from typing import Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import share, whole
from umkm_stats.review._tests import p_value
from umkm_stats.review._verdict import Route, Verdict, judge, number, show, unknown

KINDS = ("sobel", "aroian", "goodman")
LABELS = ((0.20, "none"), (0.80, "partial"), (float("inf"), "full"))


def product(
    ab: str | float,
    *,
    a: str | float,
    b: str | float,
    bootstrap_mean: bool = False,
    c_prime: str | float | None = None,
    sd_x: str | float | None = None,
    sd_m: str | float | None = None,
) -> Verdict:
    """Whether a printed indirect effect is a·b.

    The mean of bootstrap draws need not be: then not checkable.

    Parameters
    ----------
    ab : str or float
        Indirect effect as printed.
    a : str or float
        First path as printed.
    b : str or float
        Second path as printed.
    bootstrap_mean : bool, default False
        Whether ``ab`` is the mean of bootstrap draws.
    c_prime : str or float, optional
        Direct effect as printed; with ``sd_x`` and ``sd_m`` a ``b`` that leaves X out (pingouin's row Y ~ M)
        can be turned into the one that holds X.
    sd_x : str or float, optional
        Standard deviation of the predictor as printed.
    sd_m : str or float, optional
        Standard deviation of the mediator as printed.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.product(".24", a=".48", b=".50").verdict
    'consistent'
    """
    claimed, one, two = number("ab", ab), number("a", a), number("b", b)
    rest = [
        None if value is None else number(name, value)
        for name, value in (("c_prime", c_prime), ("sd_x", sd_x), ("sd_m", sd_m))
    ]

    def routes(truncated: bool) -> list[Route]:
        first, second = one.bounds(truncated=truncated), two.bounds(truncated=truncated)
        found = first * second
        out = [Route(found, f"a·b = {one.text} × {two.text} = {show(found)}")]
        direct, x, m = rest
        if direct is not None and x is not None and m is not None:
            ratio = x.bounds(truncated=truncated).squared() / m.bounds(truncated=truncated).squared()
            inner = second - direct.bounds(truncated=truncated) * first * ratio
            other = first * inner
            words = f"{one.text}·({two.text} − {direct.text}·{one.text}·{x.text}²/{m.text}²) = {show(other)}"
            out.append(Route(other, words, "row_without_x"))
        return out

    verdict = judge("product", claimed, routes)
    if bootstrap_mean and verdict.verdict == "inconsistent":
        return unknown("product", claimed.text, "bootstrap_mean")
    return verdict


def serial(adb: str | float, *, a: str | float, d: str | float, b: str | float) -> Verdict:
    """Whether a printed serial indirect effect is a·d·b.

    Parameters
    ----------
    adb : str or float
        Indirect effect as printed.
    a : str or float
        Path from predictor to first mediator as printed.
    d : str or float
        Path from first to second mediator as printed.
    b : str or float
        Path from second mediator to outcome as printed.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.serial(".060", a=".5", d=".4", b=".3").verdict
    'consistent'
    """
    parts = [number(name, value) for name, value in (("a", a), ("d", d), ("b", b))]

    def routes(truncated: bool) -> list[Route]:
        found = Interval(1.0, 1.0)
        for part in parts:
            found = found * part.bounds(truncated=truncated)
        return [Route(found, f"a·d·b = {' × '.join(part.text for part in parts)} = {show(found)}")]

    return judge("serial", number("adb", adb), routes)


def total(
    c: str | float, *, c_prime: str | float, ab: str | float | None = None, a: Any = None, b: Any = None
) -> Verdict:
    """Whether c = c' + ab.

    It holds for regressions on the same rows and covariates.

    Parameters
    ----------
    c : str or float
        Total effect as printed.
    c_prime : str or float
        Direct effect as printed.
    ab : str or float, optional
        Indirect effect as printed; None takes ``a`` times ``b``.
    a : Any, optional
        First path as printed.
    b : Any, optional
        Second path as printed.

    Returns
    -------
    Verdict
        The verdict.

    Raises
    ------
    UsageError
        REV001: not a number; REV005: neither ``ab`` nor ``a`` and ``b``.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.total(".60", c_prime=".36", ab=".24").verdict
    'consistent'
    """
    claimed, direct = number("c", c), number("c_prime", c_prime)
    if ab is None and (a is None or b is None):
        raise UsageError("REV005")
    indirect = None if ab is None else number("ab", ab)
    parts = None if a is None or b is None else (number("a", a), number("b", b))

    def routes(truncated: bool) -> list[Route]:
        out = []
        if indirect is not None:
            found = direct.bounds(truncated=truncated) + indirect.bounds(truncated=truncated)
            out.append(Route(found, f"c′ + ab = {direct.text} + {indirect.text} = {show(found)}"))
        if parts is not None:
            found = direct.bounds(truncated=truncated) + parts[0].bounds(truncated=truncated) * parts[
                1
            ].bounds(truncated=truncated)
            out.append(
                Route(found, f"c′ + a·b = {direct.text} + {parts[0].text} × {parts[1].text} = {show(found)}")
            )
        return out

    return judge("total", claimed, routes)


def _z(a: Printed, se_a: Printed, b: Printed, se_b: Printed, kind: str, truncated: bool) -> Interval:
    """z of the product by bisection of its monotone pieces: z rises in |a|, |b| and falls in both SEs."""
    va, vb = a.bounds(truncated=truncated), b.bounds(truncated=truncated)
    sa, sb = se_a.bounds(truncated=truncated), se_b.bounds(truncated=truncated)
    sa, sb = Interval(max(sa.low, 0.0), max(sa.high, 0.0)), Interval(max(sb.low, 0.0), max(sb.high, 0.0))
    found = []
    for x in (va.low, va.high, 0.0) if va.holds(0.0) else (va.low, va.high):
        for y in (vb.low, vb.high, 0.0) if vb.holds(0.0) else (vb.low, vb.high):
            for s in (sa.low, sa.high):
                for t in (sb.low, sb.high):
                    extra = {"sobel": 0.0, "aroian": s * s * t * t, "goodman": -s * s * t * t}[kind]
                    square = x * x * t * t + y * y * s * s + extra
                    if square > 0.0:
                        found.append(x * y / square**0.5)
    return Interval(min(found), max(found)) if found else Interval(-np.inf, np.inf)


def sobel(
    a: str | float,
    se_a: str | float,
    b: str | float,
    se_b: str | float,
    *,
    z: str | float | None = None,
    p: str | float | None = None,
) -> dict[str, Any]:
    """Sobel, Aroian and Goodman z with p from printed paths and standard errors.

    Independent a and b are assumed, as they are in regressions without latent variables.

    Parameters
    ----------
    a : str or float
        First path as printed.
    se_a : str or float
        Its standard error as printed.
    b : str or float
        Second path as printed.
    se_b : str or float
        Its standard error as printed.
    z : str or float, optional
        z as printed; None when it is not.
    p : str or float, optional
        p as printed; None when it is not.

    Returns
    -------
    dict[str, Any]
        "z" and "p": kind to its interval; "values": kind to z at the printed numbers; "verdicts": on the
        printed z and p.

    Raises
    ------
    UsageError
        REV001: not a number; REV006: a standard error may be 0.

    References
    ----------
    MacKinnon, Lockwood, Hoffman, West & Sheets (2002), https://doi.org/10.1037/1082-989X.7.1.83.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.sobel(".5", ".1", ".4", ".1", z="3.12")
    >>> round(found["values"]["sobel"], 3), found["verdicts"][0].verdict
    (3.123, 'consistent')
    """
    numbers = [number(name, value) for name, value in (("a", a), ("se_a", se_a), ("b", b), ("se_b", se_b))]
    pa, sa, pb, sb = numbers
    if sa.value <= 0 or sb.value <= 0:
        raise UsageError("REV006")
    z_of = {kind: _z(pa, sa, pb, sb, kind, False) for kind in KINDS}
    errors = published.product_errors(*(Interval(one.value, one.value) for one in numbers))
    values = {
        kind: pa.value * pb.value / errors[kind].middle if errors[kind].middle > 0 else np.nan
        for kind in KINDS
    }
    verdicts: list[Verdict] = []
    if z is not None:
        claimed = number("z", z)

        def routes(truncated: bool) -> list[Route]:
            out = []
            for kind in KINDS:
                found = _z(pa, sa, pb, sb, kind, truncated)
                out.append(Route(found, f"z = {show(found)}", "" if kind == "sobel" else kind))
            if claimed.value * out[0].value.middle < 0:
                found = out[0].value.absolute()
                out.append(Route(found, f"|z| = {show(found)}", "absolute"))
            return out

        verdicts.append(judge("sobel_z", claimed, routes))
    if p is not None:
        printed_p = number("p", p)

        def p_routes(truncated: bool) -> list[Route]:
            out = []
            for kind in KINDS:
                found = published.p_of_z(_z(pa, sa, pb, sb, kind, truncated))
                out.append(Route(found, f"p = {show(found)}", "" if kind == "sobel" else kind))
                out.append(Route(found * 0.5, f"p = {show(found)} / 2", "one_tailed"))
            return out

        verdicts.append(judge("sobel_p", printed_p, p_routes))
    if z is not None and p is not None:
        verdicts.append(p_value(p, statistic="z", value=z))
    return {
        "z": z_of,
        "p": {kind: published.p_of_z(z_of[kind]) for kind in KINDS},
        "values": values,
        "verdicts": tuple(verdicts),
    }


def monte_carlo(
    a: float,
    se_a: float,
    b: float,
    se_b: float,
    *,
    cov: float = 0.0,
    draws_: int = 100_000,
    seed: int = 20260301,
    level: float = 0.95,
) -> Interval:
    """Monte Carlo interval of a·b, where a and b are bivariate normal.

    Parameters
    ----------
    a : float
        First path.
    se_a : float
        Its standard error.
    b : float
        Second path.
    se_b : float
        Its standard error.
    cov : float, default 0.0
        Covariance of the two estimates: 0 for regressions; from the covariance of the estimates for latent
        models.
    draws_ : int, default 100000
        Draws, 1000 or more.
    seed : int, default 20260301
        Seed of the draws.
    level : float, default 0.95
        Confidence level, between 0 and 1.

    Returns
    -------
    Interval
        Its ``low`` and ``high``.

    Raises
    ------
    UsageError
        REV006: no covariance matrix; GEN003, GEN004: a value out of range.

    References
    ----------
    MacKinnon, Lockwood & Williams (2004), https://doi.org/10.1207/s15327906mbr3901_4.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.monte_carlo(0.5, 0.1, 0.4, 0.1, draws_=10_000, seed=1)
    >>> round(found.low, 2), round(found.high, 2)
    (0.09, 0.34)
    """
    level, draws_ = share("level", level), whole("draws_", draws_, low=1000)
    matrix = np.array([[se_a**2, cov], [cov, se_b**2]])
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise UsageError("REV006") from None
    parts = [draws.normal_block(seed, block, size, 2) for block, _, size in draws.blocks(draws_)]
    paths = np.array([a, b]) + np.vstack(parts) @ root.T
    low, high = np.quantile(paths.prod(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def accounted(
    vaf: str | float, *, ab: str | float, c_prime: str | float, label: str | None = None
) -> tuple[Verdict, ...]:
    """Whether a printed VAF is ab/(ab + c'), and whether its label fits (20 %, 80 %).

    Opposite signs of ab and c' leave VAF without meaning: not checkable.

    Parameters
    ----------
    vaf : str or float
        Variance accounted for as printed: a share, or a percentage above 1.
    ab : str or float
        Indirect effect as printed.
    c_prime : str or float
        Direct effect as printed.
    label : str, optional
        Kind of mediation the paper names ("none", "partial" or "full"); None skips that check.

    Returns
    -------
    tuple[Verdict, ...]
        The verdict on VAF, and with a label the verdict on it.

    Raises
    ------
    UsageError
        REV001: not a number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> [one.verdict for one in review.accounted(".40", ab=".24", c_prime=".36", label="partial")]
    ['consistent', 'consistent']
    """
    claimed, indirect, direct = number("vaf", vaf), number("ab", ab), number("c_prime", c_prime)
    if indirect.value * direct.value < 0:
        return (unknown("accounted", claimed.text, "opposite_signs"),)
    percent = "%" in claimed.text or claimed.value > 1.0
    either = indirect.bounds().holds(0.0) or direct.bounds().holds(0.0)

    def routes(truncated: bool) -> list[Route]:
        top, rest = (
            indirect.bounds(truncated=truncated).absolute(),
            direct.bounds(truncated=truncated).absolute(),
        )
        low = top.low / (top.low + rest.high) if top.low + rest.high > 0 else 0.0
        high = top.high / (top.high + rest.low)
        words = f"ab/(ab + c′) = {indirect.text}/({indirect.text} + {direct.text}) = "
        found, hundred = Interval(low, high), Interval(low, high) * 100.0
        out = [] if percent else [Route(found, words + show(found))]
        return [*out, Route(hundred, words + show(hundred), "" if percent else "percentage")]

    verdict = judge("accounted", claimed, routes)
    if verdict.verdict == "inconsistent" and either and not claimed.value > 1.0:
        return (unknown("accounted", claimed.text, "opposite_signs"),)
    if label is None:
        return (verdict,)
    share_ = Interval(verdict.low, verdict.high)
    if percent or verdict.explanation == "percentage":
        share_ = share_ * 0.01
    allowed = {name for top, name in LABELS if _touches(share_, top)}
    word: Any = "consistent" if label in allowed else "inconsistent"
    words = f"VAF = {show(share_)}"
    return (verdict, Verdict("accounted_label", word, label, share_.low, share_.high, words, identity=False))


def _touches(share_: Interval, top: float) -> bool:
    bottom = {0.20: -np.inf, 0.80: 0.20}.get(top, 0.80)
    return share_.low <= top and share_.high >= bottom
