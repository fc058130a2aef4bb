"""loadings, fornell_larcker, alpha, htmt, fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.review import _global_fit, _measurement, _ways_of_printing
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, maybe, reals, table_of, whole_number, wholes, yes


def _loadings(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    values = given["loadings"]
    if not isinstance(values, list):
        raise UsageError("REV007")
    return _measurement.loadings(
        values, ave=given.get("ave"), cr=given.get("cr"), version=given.get("version", "unknown")
    )


def _fornell(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    ave, listed_ = given["ave"], given["correlations"]
    pairs: dict[tuple[str, str], Any] = {}
    if isinstance(listed_, dict):
        for names, r in listed_.items():
            found = re.split(r"\s*(?:~~|--|,|;|\s)\s*", str(names).strip())
            if len(found) != 2:
                raise UsageError("REV009")
            pairs[found[0], found[1]] = r
    elif isinstance(listed_, list) and all(isinstance(row, list) and len(row) == 3 for row in listed_):
        pairs = {(str(one), str(two)): r for one, two, r in listed_}
    if not isinstance(ave, dict) or not pairs:
        raise UsageError("REV009")
    return _measurement.fornell_larcker(ave, pairs)


def _alpha(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    out: list[Verdict] = []
    version = given.get("version", "unknown")
    if {"k", "mean_r"} <= given.keys():
        k = whole_number(given["k"])
        out.append(
            _measurement.standardised_alpha(given["alpha"], k=k, mean_r=given["mean_r"], version=version)
        )
    if "correlations" in given:
        rows = table_of(given["correlations"])
        out.append(_ways_of_printing.alpha_matrix(given["alpha"], correlations=rows, version=version))
    if {"k", "n"} <= given.keys():
        out.extend(
            _ways_of_printing.alpha_interval(
                alpha=given["alpha"],
                **maybe(given, "low", "high"),
                **wholes(given, "k", "n", "n_before"),
                **reals(given, "level"),
            )
        )
    return tuple(out)


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
    return _global_fit.fit(
        **maybe(given, *_FIT_NUMBERS),
        **wholes(given, *_FIT_WHOLE),
        **reals(given, "level"),
        robust=yes(given.get("robust", "no")),
        program=None,
    )


_FIT_WHOLE = ("df", "n", "base_df", "items", "parameters", "factors", "observed_x", "groups")
_FIT_NUMBERS = (
    "chi2",
    "p",
    "chi2_df",
    "rmsea",
    "rmsea_low",
    "rmsea_high",
    "pclose",
    "cfi",
    "tli",
    "nfi",
    "gfi",
    "agfi",
    "aic",
    "bic",
    "loglik",
    "fmin",
    "base_chi2",
)
LOADINGS = Check("loadings", ("loadings",), ("ave", "cr", "version"), _loadings)
FORNELL = Check("fornell_larcker", ("ave", "correlations"), (), _fornell)
ALPHA = Check(
    "alpha",
    ("alpha",),
    ("k", "mean_r", "version", "correlations", "n", "low", "high", "level", "n_before"),
    _alpha,
)
HTMT = Check("htmt", ("htmt", "names", "correlations", "first", "second"), (), _htmt)
FIT = Check(
    "fit",
    ("chi2", "df"),
    (*(name for name in (*_FIT_WHOLE, *_FIT_NUMBERS) if name not in ("chi2", "df")), "level", "robust"),
    _fit,
)
