"""loadings, fornell_larcker, alpha, htmt, fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.review import _measurement
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, whole_number, yes


def _loadings(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    values = given["loadings"]
    if not isinstance(values, list):
        raise UsageError("REV007")
    return _measurement.loadings(
        values, ave=given.get("ave"), cr=given.get("cr"), version=given.get("version", "unknown")
    )


def _fornell(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    ave, listed = given["ave"], given["correlations"]
    if (
        not isinstance(ave, dict)
        or not isinstance(listed, list)
        or not all(isinstance(row, list) and len(row) == 3 for row in listed)
    ):
        raise UsageError("REV009")
    return _measurement.fornell_larcker(ave, {(str(one), str(two)): r for one, two, r in listed})


def _alpha(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return (
        _measurement.standardised_alpha(
            given["alpha"],
            k=whole_number(given["k"]),
            mean_r=given["mean_r"],
            version=given.get("version", "unknown"),
        ),
    )


def _htmt(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    rows, names = given["correlations"], given["names"]
    first, second = given["first"], given["second"]
    lists = (rows, names, first, second)
    if not all(isinstance(value, list) for value in lists) or not set(first) | set(second) <= set(names):
        raise UsageError("REV009")
    where = {name: i for i, name in enumerate(names)}
    return (
        _measurement.htmt(
            given["htmt"],
            correlations=rows,
            first=[where[name] for name in first],
            second=[where[name] for name in second],
        ),
    )


def _fit(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    whole = {
        name: whole_number(given[name])
        for name in ("df", "n", "base_df", "items", "parameters", "groups")
        if name in given
    }
    texts = {name: given[name] for name in ("chi2", "p", "rmsea", "cfi", "tli", "base_chi2") if name in given}
    return _measurement.fit(**texts, **whole, robust=yes(given.get("robust", "no")))


LOADINGS = Check("loadings", ("loadings",), ("ave", "cr", "version"), _loadings)
FORNELL = Check("fornell_larcker", ("ave", "correlations"), (), _fornell)
ALPHA = Check("alpha", ("alpha", "k", "mean_r"), ("version",), _alpha)
HTMT = Check("htmt", ("htmt", "names", "correlations", "first", "second"), (), _htmt)
FIT = Check(
    "fit",
    ("chi2", "df", "n"),
    ("p", "rmsea", "cfi", "tli", "base_chi2", "base_df", "items", "parameters", "groups", "robust"),
    _fit,
)
