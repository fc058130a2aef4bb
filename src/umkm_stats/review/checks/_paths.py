"""test, coefficient, interval, mediation, serial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.review import _mediation, _regressions, _tests
from umkm_stats.review._verdict import Verdict, unknown
from umkm_stats.review.checks._base import PROGRAM, Check, maybe, real, reals, wholes, yes


def _test(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out = []
    if "est" in given and "se" in given:
        out.append(
            _regressions.beside(
                given["value"],
                est=given["est"],
                se=given["se"],
                program=given.get(PROGRAM, ""),
                scale=given.get("scale", "unknown"),
            )
        )
    if "p" in given:
        out.append(
            _tests.p_value(
                given["p"],
                statistic=given.get("statistic", "t"),
                value=given["value"],
                **reals(given, "df", "df2"),
                **wholes(given, "tails"),
            )
        )
    return tuple(out)


def _coefficient(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return _regressions.coefficient(
        **maybe(given, "b", "beta", "se", "t", "p", "statistic", "low", "high", "sd_x", "sd_y"),
        **reals(given, "df", "level"),
        **wholes(given, "tails"),
    )


def _interval(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    level, boot = real(given.get("level", "0.95")), yes(given.get("interval", "no"))
    out = list(
        _tests.limits(
            given["low"],
            given["high"],
            est=given["est"],
            se=given.get("se"),
            level=level,
            bootstrap=boot,
            **reals(given, "df"),
        )
    )
    if "p" in given:
        out.append(
            _tests.interval_and_p(
                given["low"],
                given["high"],
                p=given["p"],
                level=level,
                bootstrap=boot,
                est=given["est"],
                se=given.get("se"),
            )
        )
    return tuple(out)


def _product(given: Mapping[str, Any]) -> Verdict:
    boot = yes(given.get("bootstrap_mean", "no"))
    more = maybe(given, "c_prime", "sd_x", "sd_m")
    verdict = _mediation.product(given["ab"], a=given["a"], b=given["b"], bootstrap_mean=boot, **more)
    if verdict.verdict == "inconsistent" and given.get(PROGRAM) == "pingouin" and len(more) < 3:
        return unknown("product", verdict.claimed, "row_without_x_unprinted")
    return verdict


def _mediated(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out: list[Verdict] = []
    has = given.keys()
    boot = yes(given.get("bootstrap_mean", "no"))
    if {"ab", "a", "b"} <= has:
        out.append(_product(given))
    if {"c", "c_prime"} <= has and ("ab" in has or {"a", "b"} <= has):
        ab = None if boot and {"a", "b"} <= has else given.get("ab")
        out.append(
            _mediation.total(given["c"], c_prime=given["c_prime"], ab=ab, a=given.get("a"), b=given.get("b"))
        )
    if {"a", "se_a", "b", "se_b"} <= has:
        found = _mediation.sobel(
            given["a"],
            given["se_a"],
            given["b"],
            given["se_b"],
            z=given.get("sobel_z"),
            p=given.get("sobel_p"),
        )
        out.extend(found["verdicts"])
    if {"vaf", "ab", "c_prime"} <= has:
        out.extend(
            _mediation.accounted(
                given["vaf"], ab=given["ab"], c_prime=given["c_prime"], label=given.get("label")
            )
        )
    if {"low", "high", "ab"} <= has:
        out.extend(
            _tests.limits(
                given["low"],
                given["high"],
                est=given["ab"],
                level=real(given.get("level", "0.95")),
                bootstrap=True,
            )
        )
    return tuple(out)


def _serial(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out: tuple[Verdict, ...] = (_mediation.serial(given["adb"], a=given["a"], d=given["d"], b=given["b"]),)
    if {"low", "high"} <= given.keys():
        level = real(given.get("level", "0.95"))
        out += _tests.limits(given["low"], given["high"], est=given["adb"], level=level, bootstrap=True)
    return out


TEST = Check("test", ("value",), ("statistic", "p", "df", "df2", "est", "se", "scale", "tails"), _test)
COEFFICIENT = Check(
    "coefficient",
    (),
    (
        "b",
        "beta",
        "se",
        "t",
        "statistic",
        "p",
        "df",
        "low",
        "high",
        "level",
        "sd_x",
        "sd_y",
        "tails",
    ),
    _coefficient,
)
INTERVAL = Check("interval", ("low", "high", "est"), ("se", "df", "level", "p", "interval"), _interval)
MEDIATION = Check(
    "mediation",
    (),
    (
        "a",
        "se_a",
        "b",
        "se_b",
        "ab",
        "c",
        "c_prime",
        "sobel_z",
        "sobel_p",
        "vaf",
        "label",
        "low",
        "high",
        "level",
        "bootstrap_mean",
        "sd_x",
        "sd_m",
    ),
    _mediated,
)
SERIAL = Check("serial", ("a", "d", "b", "adb"), ("low", "high", "level"), _serial)
