"""regression and model: refits from printed correlations, SDs and N."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.review import _refit
from umkm_stats.review._verdict import Verdict, unknown
from umkm_stats.review.checks._base import Check, whole_number, yes

_MOMENTS = ("names", "correlations", "n")


def _moments(given: Mapping[str, Any]) -> _refit.Moments:
    names, rows, sds = given["names"], given["correlations"], given.get("sds")
    if (
        not isinstance(names, list)
        or not isinstance(rows, list)
        or not all(isinstance(row, list) for row in rows)
    ):
        raise UsageError("REV009")
    return _refit.Moments(names, rows, sds, whole_number(given["n"]))


def _with_gaps(given: Mapping[str, Any], verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """With empty cells a refit of printed moments is another sample than the program's: no accusation."""
    if not yes(given.get("missing", "no")):
        return verdicts
    return tuple(
        one if one.verdict == "consistent" else unknown(one.check, one.claimed, "missing_cells")
        for one in verdicts
    )


def _regression(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return _with_gaps(given, _refitted(given))


def _refitted(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    moments, claimed = _moments(given), given["claimed"]
    if not isinstance(claimed, dict):
        raise UsageError("REV007")
    if {"x", "m", "y"} <= given.keys():
        return _refit.mediation(moments, x=given["x"], m=given["m"], y=given["y"], claimed=claimed)
    if not isinstance(given.get("predictors"), list) or "outcome" not in given:
        raise UsageError("REV007")
    if not all(isinstance(parts, dict) for parts in claimed.values()):
        raise UsageError("REV007")
    return _refit.regression(
        moments, outcome=given["outcome"], predictors=given["predictors"], claimed=claimed
    )


def _model(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    if not isinstance(given["claimed"], dict):
        raise UsageError("REV007")
    found = _refit.model(
        _moments(given),
        syntax=given["syntax"],
        claimed=given["claimed"],
        estimator=given.get("estimator", "ML"),
    )
    return _with_gaps(given, found)


REGRESSION = Check(
    "regression",
    (*_MOMENTS, "claimed"),
    ("sds", "outcome", "predictors", "x", "m", "y", "missing"),
    _regression,
)
MODEL = Check("model", (*_MOMENTS, "syntax", "claimed"), ("sds", "estimator", "missing"), _model)
