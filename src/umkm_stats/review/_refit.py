"""Refitting from printed correlations, standard deviations and N: regressions, and any model text through
``sem``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval, Printed
from umkm_stats.options import whole
from umkm_stats.review._verdict import Route, Verdict, judge, number, show

Floats = NDArray[np.float64]
FACTOR = 1.25
"""First-order bounds of rounding are widened by this factor for what is left out of them."""


class Moments:
    """Printed correlations and standard deviations of named variables.

    Parameters
    ----------
    names : Sequence[str]
        Names of the p variables.
    correlations : Sequence[Sequence[str | float]]
        Rows of printed numbers: the lower triangle (p or p - 1 rows) or the full square.
    sds : Sequence[str | float] or None
        Printed standard deviations (p), in units of the variables; None for a standardised solution.
    n : int
        Rows behind them, p + 2 or more.

    Raises
    ------
    UsageError
        REV001: not a number; REV009: the shape is wrong; REV010: not positive definite; GEN003: ``n``.

    Examples
    --------
    >>> from umkm_stats import review
    >>> moments = review.Moments(["x", "m", "y"], [[".40"], [".30", ".50"]], ["1.1", "0.9", "1.0"], n=120)
    >>> moments.names, moments.n
    (['x', 'm', 'y'], 120)
    """

    def __init__(
        self,
        names: Sequence[str],
        correlations: Sequence[Sequence[str | float]],
        sds: Sequence[str | float] | None,
        n: int,
    ) -> None:
        self.names, self.n = list(names), whole("n", n, low=len(list(names)) + 2)
        p = len(self.names)
        self.r: dict[tuple[int, int], Printed] = {}
        if len(correlations) not in (p, p - 1):
            raise UsageError("REV009")
        shift = p - len(correlations)
        for i in range(p):
            row = correlations[i - shift] if i - shift >= 0 else ()
            for j in range(i):
                if j >= len(row):
                    raise UsageError("REV009")
                self.r[i, j] = number("r", row[j])
        self.sd = [number("sd", value) for value in sds] if sds is not None else [number("sd", "1")] * p
        self.has_sd = sds is not None
        if len(self.sd) != p:
            raise UsageError("REV009")
        if np.linalg.eigvalsh(self.correlation({}))[0] <= 0:
            raise UsageError("REV010")

    def correlation(self, moved: Mapping[tuple[int, int], float]) -> Floats:
        """The correlations, some cells moved.

        Parameters
        ----------
        moved : Mapping[tuple[int, int], float]
            Row and column (from 0, row above column) to what is added to the cell.

        Returns
        -------
        Floats
            Correlations (p, p).

        Examples
        --------
        >>> from umkm_stats import review
        >>> moments = review.Moments(["x", "y"], [[".40"]], None, n=120)
        >>> moments.correlation({}).tolist(), moments.correlation({(1, 0): 0.05})[1, 0].round(2).item()
        ([[1.0, 0.4], [0.4, 1.0]], 0.45)
        """
        out = np.eye(len(self.names))
        for (i, j), value in self.r.items():
            out[i, j] = out[j, i] = value.value + moved.get((i, j), 0.0)
        return out

    def covariance(self, moved: Mapping[tuple[int, int], float], stretched: Mapping[int, float]) -> Floats:
        """The covariances, some correlations and standard deviations moved.

        Parameters
        ----------
        moved : Mapping[tuple[int, int], float]
            Row and column (from 0, row above column) to what is added to the correlation.
        stretched : Mapping[int, float]
            Variable (from 0) to what is added to its standard deviation.

        Returns
        -------
        Floats
            Covariances (p, p), divisor n - 1.

        Examples
        --------
        >>> from umkm_stats import review
        >>> moments = review.Moments(["x", "y"], [[".40"]], ["2", "1"], n=120)
        >>> moments.covariance({}, {}).tolist()
        [[4.0, 0.8], [0.8, 1.0]]
        """
        sd = np.array([value.value + stretched.get(i, 0.0) for i, value in enumerate(self.sd)])
        return self.correlation(moved) * np.outer(sd, sd)

    def bounds(self, value: Callable[[Floats], Floats]) -> list[Interval]:
        """What rounding of the printed moments allows each number to be.

        Every printed number is moved to both ends of its interval, one at a time; the movements are added.

        Parameters
        ----------
        value : Callable[[Floats], Floats]
            Function of covariances (p, p) that gives k numbers.

        Returns
        -------
        list[Interval]
            One interval a number.

        Examples
        --------
        >>> from umkm_stats import review
        >>> moments = review.Moments(["x", "y"], [[".40"]], None, n=120)
        >>> found = moments.bounds(lambda covariance: covariance[1, :1])[0]
        >>> round(found.low, 3), round(found.high, 3)
        (0.394, 0.406)
        """
        centre = value(self.covariance({}, {}))
        reach = np.zeros_like(centre)
        for key, printed in self.r.items():
            half = 0.5 * printed.step
            ends = [value(self.covariance({key: sign * half}, {})) for sign in (-1.0, 1.0)]
            reach += np.max([np.abs(end - centre) for end in ends], axis=0)
        if self.has_sd:
            for i, printed in enumerate(self.sd):
                half = 0.5 * printed.step
                ends = [value(self.covariance({}, {i: sign * half})) for sign in (-1.0, 1.0)]
                reach += np.max([np.abs(end - centre) for end in ends], axis=0)
        reach = FACTOR * reach + 1e-12
        return [Interval(float(c - w), float(c + w)) for c, w in zip(centre, reach, strict=True)]


def _always(routes: Sequence[Route]) -> Callable[[bool], Sequence[Route]]:
    """The same routes whether digits are rounded or cut off: a refit knows no other."""
    return lambda _: routes


def regression(
    moments: Moments,
    *,
    outcome: str,
    predictors: Sequence[str],
    claimed: Mapping[str, Mapping[str, str | float]],
) -> tuple[Verdict, ...]:
    """Refit one regression from printed moments and hold printed numbers against it.

    Tried before "inconsistent": N - 1 for N, and standardised for unstandardised coefficients.

    Parameters
    ----------
    moments : Moments
        Correlations, standard deviations and N as printed.
    outcome : str
        Name of the outcome in ``moments``.
    predictors : Sequence[str]
        Names of the predictors.
    claimed : Mapping[str, Mapping[str, str | float]]
        Predictor to its printed "est", "se", "t" and "beta", each optional, and "R2" to its "est".

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed number.

    Raises
    ------
    UsageError
        REV001: not a number; REV008: a name that ``moments`` lacks; REV011: no such number.

    Examples
    --------
    >>> from umkm_stats import review
    >>> moments = review.Moments(["x", "y"], [[".40"]], ["1.0", "2.0"], n=120)
    >>> found = review.regression(moments, outcome="y", predictors=["x"], claimed={"x": {"est": ".80"}})
    >>> [one.verdict for one in found]
    ['consistent']
    """
    unknown_names = [name for name in (outcome, *predictors) if name not in moments.names]
    if unknown_names:
        raise UsageError("REV008", params={"name": ", ".join(unknown_names)})
    y, x = moments.names.index(outcome), [moments.names.index(name) for name in predictors]
    k = len(x)

    def numbers(n: int) -> Callable[[Floats], Floats]:
        def value(cov: Floats) -> Floats:
            slopes, errors, r2 = published.regression_from_moments(cov, y, x, n)
            sd = np.sqrt(np.diag(cov))
            beta = slopes * sd[x] / sd[y]
            return np.concatenate([slopes, errors, slopes / errors, beta, errors * sd[x] / sd[y], [r2]])

        return value

    plain, fewer = moments.bounds(numbers(moments.n)), moments.bounds(numbers(moments.n - 1))
    more = moments.bounds(numbers(moments.n + 1))
    place = {"est": 0, "se": 1, "t": 2, "beta": 3}
    out = []
    for name, parts in claimed.items():
        if name == "R2":
            found = plain[-1]
            out.append(
                judge("refit_r2", number("R2", parts["est"]), _always([Route(found, f"R² = {show(found)}")]))
            )
            continue
        if name not in predictors:
            raise UsageError("REV008", params={"name": name})
        at = list(predictors).index(name)
        for part, text in parts.items():
            if part not in place:
                raise UsageError("REV011", params={"received": part, "expected": sorted(place)})
            spot = place[part] * k + at
            routes = [
                Route(
                    plain[spot], f"{outcome} ~ {' + '.join(predictors)}: {part}({name}) = {show(plain[spot])}"
                ),
                Route(fewer[spot], f"{part}({name}) = {show(fewer[spot])}", "n_minus_1"),
                Route(more[spot], f"{part}({name}) = {show(more[spot])}", "n_plus_1"),
            ]
            if part in ("se", "t"):
                ml = _of_ml(plain[spot], part == "t", moments.n, k)
                routes.append(Route(ml, f"{part}({name}), ML = {show(ml)}", "ml_standard_error"))
            other = {"est": 3, "se": 4}.get(part)
            if other is not None and moments.has_sd:
                standard = plain[other * k + at]
                routes.append(Route(standard, f"{part}({name}) = {show(standard)}", "standardised"))
            out.append(judge("refit", number(part, text), _always(routes)))
    return tuple(out)


def mediation(
    moments: Moments, *, x: str, m: str, y: str, claimed: Mapping[str, str | float]
) -> tuple[Verdict, ...]:
    """Refit a simple mediation from printed moments.

    Parameters
    ----------
    moments : Moments
        Correlations, standard deviations and N as printed.
    x, m, y : str
        Names of predictor, mediator and outcome in ``moments``.
    claimed : Mapping[str, str | float]
        Printed numbers under the keys a, se_a, b, se_b, c_prime, se_c_prime, c, ab.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed number.

    Raises
    ------
    UsageError
        REV001: not a number; REV008: a name that ``moments`` lacks; REV011: no such key.

    Examples
    --------
    >>> from umkm_stats import review
    >>> moments = review.Moments(["x", "m", "y"], [[".40"], [".30", ".50"]], None, n=120)
    >>> found = review.mediation(moments, x="x", m="m", y="y", claimed={"a": ".40", "ab": ".18"})
    >>> [one.verdict for one in found]
    ['consistent', 'consistent']
    """
    for name in (x, m, y):
        if name not in moments.names:
            raise UsageError("REV008", params={"name": name})
    at = {name: moments.names.index(name) for name in (x, m, y)}
    keys = ("a", "se_a", "b", "se_b", "c_prime", "se_c_prime", "c", "ab")

    def value(cov: Floats, n: int = moments.n) -> Floats:
        first, first_se, _ = published.regression_from_moments(cov, at[m], [at[x]], n)
        second, second_se, _ = published.regression_from_moments(cov, at[y], [at[m], at[x]], n)
        total = cov[at[x], at[y]] / cov[at[x], at[x]]
        return np.array(
            [
                first[0],
                first_se[0],
                second[0],
                second_se[0],
                second[1],
                second_se[1],
                total,
                first[0] * second[0],
            ]
        )

    plain, fewer = moments.bounds(value), moments.bounds(lambda cov: value(cov, moments.n - 1))
    more = moments.bounds(lambda cov: value(cov, moments.n + 1))
    out = []
    for key, text in claimed.items():
        if key not in keys:
            raise UsageError("REV011", params={"received": key, "expected": list(keys)})
        spot = keys.index(key)
        routes = [
            Route(plain[spot], f"{key} = {show(plain[spot])}"),
            Route(fewer[spot], f"{key} = {show(fewer[spot])}", "n_minus_1"),
            Route(more[spot], f"{key} = {show(more[spot])}", "n_plus_1"),
        ]
        if key.startswith("se_"):
            ml = _of_ml(plain[spot], False, moments.n, 1 if key == "se_a" else 2)
            routes.append(Route(ml, f"{key}, ML = {show(ml)}", "ml_standard_error"))
        out.append(judge("refit", number(key, text), _always(routes)))
    return tuple(out)


def _of_ml(value: Interval, inverse: bool, n: int, k: int) -> Interval:
    """A least-squares standard error with divisor n in place of n − k − 1, or the z that belongs to it."""
    factor = float(np.sqrt((n - k - 1) / n))
    return value / factor if inverse else value * factor


def model(
    moments: Moments, *, syntax: str, claimed: Mapping[str, str | float], estimator: str = "ML"
) -> tuple[Verdict, ...]:
    """Refit any model text from printed moments.

    Tried before "inconsistent": N - 1 and N + 1 for N, standardised for unstandardised.

    Parameters
    ----------
    moments : Moments
        Correlations, standard deviations and N as printed.
    syntax : str
        Lavaan-style model text.
    claimed : Mapping[str, str | float]
        Printed numbers: by a parameter ("y~x", "f=~x1", a label or a defined name), with ``std:`` before it
        for the completely standardised value, or by an index ("chisq", "cfi", "rmsea", ...).
    estimator : str, default "ML"
        Estimator of the refit, as ``fit`` takes it.

    Returns
    -------
    tuple[Verdict, ...]
        One verdict a printed number.

    Raises
    ------
    UsageError
        REV001: not a number; REV008, REV012: names that ``moments`` or the model lack; and what ``fit``
        raises.

    Examples
    --------
    >>> from umkm_stats import review
    >>> moments = review.Moments(["x", "y"], [[".40"]], ["1.0", "2.0"], n=120)
    >>> [one.verdict for one in review.model(moments, syntax="y ~ x", claimed={"y~x": ".80"})]
    ['consistent']
    """
    from umkm_stats.sem import fit

    def numbers(cov: Floats, n: int) -> dict[str, float]:
        import pandas as pd

        frame = pd.DataFrame(cov, index=moments.names, columns=moments.names)
        found: Any = fit(syntax, sample_cov=frame, n_obs=n, estimator=estimator)
        out = {
            key: float(value) for key, value in dict(found.indices).items() if isinstance(value, (int, float))
        }
        for row in found.estimates.to_dict("records"):
            for name in (
                f"{row['lhs']}{row['op']}{row['rhs']}",
                row["label"],
                row["lhs"] if row["op"] == ":=" else "",
            ):
                if name:
                    out[name], out[f"std:{name}"] = float(row["est"]), float(row["std_all"])
        return out

    known = numbers(moments.covariance({}, {}), moments.n)
    missing = [key for key in claimed if key not in known]
    if missing:
        raise UsageError("REV012", params={"received": ", ".join(missing)})
    keys = list(claimed)
    keys += [f"std:{key}" for key in claimed if f"std:{key}" in known]

    def value(cov: Floats, n: int) -> Floats:
        got = numbers(cov, n)
        return np.array([got[key] for key in keys])

    plain = dict(zip(keys, moments.bounds(lambda cov: value(cov, moments.n)), strict=True))
    others = {}
    for shift, why in ((-1, "n_minus_1"), (1, "n_plus_1")):
        centre = value(moments.covariance({}, {}), moments.n + shift)
        others[why] = {
            key: Interval(
                float(c) - 0.5 * (plain[key].high - plain[key].low),
                float(c) + 0.5 * (plain[key].high - plain[key].low),
            )
            for key, c in zip(keys, centre, strict=True)
        }
    out = []
    for key, text in claimed.items():
        routes = [Route(plain[key], f"{key} = {show(plain[key])}")]
        routes += [Route(table[key], f"{key} = {show(table[key])}", why) for why, table in others.items()]
        if f"std:{key}" in plain:
            routes.append(
                Route(plain[f"std:{key}"], f"std:{key} = {show(plain[f'std:{key}'])}", "standardised")
            )
        out.append(judge("refit", number(key, text), _always(routes)))
    return tuple(out)
