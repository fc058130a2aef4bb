"""test, interval, mediation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.review import _mediation, _tests
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, real, yes


def _number(given: Mapping[str, Any], name: str) -> float | None:
    return real(given[name]) if name in given else None


def _test(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out = []
    if "est" in given and "se" in given:
        out.append(_tests.ratio(given["value"], est=given["est"], se=given["se"]))
    if "p" in given:
        out.append(
            _tests.p_value(
                given["p"],
                statistic=given["statistic"],
                value=given["value"],
                df=_number(given, "df"),
                df2=_number(given, "df2"),
            )
        )
    return tuple(out)


def _interval(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    level, boot = real(given.get("level", "0.95")), yes(given.get("interval", "no"))
    out = list(
        _tests.limits(
            given["low"],
            given["high"],
            est=given["est"],
            se=given.get("se"),
            df=_number(given, "df"),
            level=level,
            bootstrap=boot,
        )
    )
    if "p" in given:
        out.append(
            _tests.interval_and_p(given["low"], given["high"], p=given["p"], level=level, bootstrap=boot)
        )
    return tuple(out)


def _mediated(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out: list[Verdict] = []
    has = given.keys()
    boot = yes(given.get("bootstrap_mean", "no"))
    if {"ab", "a", "b"} <= has:
        out.append(_mediation.product(given["ab"], a=given["a"], b=given["b"], bootstrap_mean=boot))
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


TEST = Check("test", ("statistic", "value"), ("p", "df", "df2", "est", "se"), _test)
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
    ),
    _mediated,
)
