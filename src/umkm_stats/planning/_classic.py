"""Sizes and smallest effects of the textbook tests: regression (f²), t, r, χ²."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import classic
from umkm_stats.kernels.planning.sizes import LARGEST
from umkm_stats.options import one_of, share, whole
from umkm_stats.planning._sizes import SampleSizes, positive

TESTS = ("f2", "t", "paired", "r", "chi2")
MOST = {"f2": 20.0, "t": 20.0, "paired": 20.0, "r": 0.999, "chi2": 20.0}


def size_for_test(
    test: str,
    effect: float,
    *,
    predictors: int | None = None,
    tested: int | None = None,
    df: int | None = None,
    alpha: float = 0.05,
    power: float = 0.80,
    tails: int | None = None,
) -> SampleSizes:
    """Rows for a textbook test with power ``power``.

    Parameters
    ----------
    test : str
        "f2" (F test in a regression; needs ``predictors``), "t" (two independent groups of equal size; n is
        of both together), "paired" (paired t test, or one mean), "r" (correlation), "chi2" (needs ``df``).
    effect : float
        Cohen's f², d, d of the differences, r, or w.
    predictors : int, optional
        Predictors of the model.
    tested : int, optional
        How many of them are tested (None: all).
    df : int, optional
        Degrees of freedom of the χ² test: (rows − 1)(columns − 1) for a table.
    alpha : float, default 0.05
        Level of the test.
    power : float, default 0.8
        Share of samples that are to find the effect.
    tails : int, optional
        1 or 2 (None: 2) for "t", "paired" and "r".

    Returns
    -------
    SampleSizes
        One row; ``.n``.

    Raises
    ------
    UsageError
        GEN001 (test), GEN003, GEN004 (numbers), PLN135, PLN146 (an argument that does not apply, or one that
        is needed), PLN147 (an impossible effect), PLN148 (no size reaches the power).

    Notes
    -----
    Noncentral F, t and χ² (Cohen 1988), λ = f²·n; equal to the R package pwr 1.3-0, and for "f2" to G*Power.

    Examples
    --------
    >>> from umkm_stats.planning import size_for_test
    >>> size_for_test("f2", 0.15, predictors=2).n
    68
    >>> size_for_test("r", 0.3).n
    85
    """
    power_of, given = _test(test, predictors, tested, df, alpha, tails)
    size = _effect(test, effect)
    wanted = share("power", power)
    n = classic.size_for(lambda rows: power_of(size, rows), wanted, 2)
    if n > LARGEST:
        raise UsageError("PLN148", params={"received": effect})
    total = 2 * n if test == "t" else n
    symbol = {"f2": "f2", "t": "d", "paired": "d", "r": "r", "chi2": "w"}[test]
    return SampleSizes(((test, {symbol: size, **given, "power": wanted}, total),))


def smallest_effect(
    test: str,
    *,
    n: int,
    power: float,
    predictors: int | None = None,
    tested: int | None = None,
    df: int | None = None,
    alpha: float = 0.05,
    tails: int | None = None,
) -> tuple[float, dict[str, Any]]:
    """Effect that n rows find with ``power``, and the inputs; ``UsageError`` PLN149 when none does."""
    power_of, given = _test(test, predictors, tested, df, alpha, tails)
    rows = whole("n", n, low=4, high=LARGEST)
    wanted = share("power", power)
    each = rows // 2 if test == "t" else rows
    found = classic.effect_for(lambda size: power_of(size, each), wanted, MOST[test])
    if found != found:
        raise UsageError("PLN149", params={"n": rows, "power": wanted})
    return found, given


def _test(
    test: str, predictors: int | None, tested: int | None, df: int | None, alpha: float, tails: int | None
) -> tuple[Callable[[float, int], float], dict[str, Any]]:
    one_of("test", test, TESTS)
    level = share("alpha", alpha)
    takes = {"f2": ("predictors", "tested"), "chi2": ("df",)}.get(test, ("tails",))
    given = {"predictors": predictors, "tested": tested, "df": df, "tails": tails}
    for name, value in given.items():
        if value is not None and name not in takes:
            raise UsageError("PLN146", params={"name": name, "needs": [_owner(name)]})
    if test == "f2":
        if predictors is None:
            raise UsageError("PLN146", params={"name": "f2", "needs": ["predictors"]})
        every = whole("predictors", predictors, low=1)
        some = every if tested is None else whole("tested", tested, low=1, high=every)
        inputs = {"predictors": every, "tested": some, "alpha": level}
        return (lambda size, n: classic.regression(size, n, every, some, level)), inputs
    if test == "chi2":
        if df is None:
            raise UsageError("PLN146", params={"name": "w", "needs": ["df"]})
        degrees = whole("df", df, low=1)
        return (lambda size, n: classic.chi_square(size, n, degrees, level)), {"df": degrees, "alpha": level}
    sides = one_of("tails", 2 if tails is None else tails, (1, 2))
    kernel = {"t": classic.two_means, "paired": classic.one_mean, "r": classic.correlation}[test]
    return (lambda size, n: kernel(size, n, level, sides)), {"alpha": level, "tails": sides}


def _owner(name: str) -> str:
    return {"predictors": "f2", "tested": "f2", "df": "chi2", "tails": "r"}[name]


def _effect(test: str, effect: Any) -> float:
    size = positive("effect", abs(effect) if isinstance(effect, (int, float)) else effect)
    if test == "r" and size >= 1:
        raise UsageError("PLN147", params={"name": "r", "received": repr(effect)})
    return size
