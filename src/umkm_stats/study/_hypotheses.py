"""Which hypotheses the data support: a decision rule over effects that others computed. Nothing is estimated here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from umkm_stats.results import Unavailable
from umkm_stats.study._parts import Part

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

COLUMNS = ("code", "test", "model", "basis", "path", "method", "est", "ci_low", "ci_high", "p", "verdict", "reason")
REGRESSION = ("ols", "wald", "delta")


def recapitulate(instrument: Instrument, results: Mapping[str, Any], *, primary: str, bound: float) -> Part:
    """One row a hypothesis and basis (scores, latent): its effect and one of four verdicts.

    supported: the interval of ``primary`` (for an arrow without one, the interval of its test) lies on the predicted
    side of zero. contradicted: it lies on the other side. not_supported: it holds zero. not_testable: no model of the
    study carries the effect, with the reason. An equivalence hypothesis is supported when the 90 % interval lies
    within ± ``bound``, and is not supported otherwise; it never rests on p > .05.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for hypothesis in instrument.hypotheses:
        found = [row for basis in ("scores", "latent") for row in _rows(hypothesis, results, basis, primary, bound)]
        if not found:
            found = [_blank(hypothesis) | {"verdict": "not_testable", "reason": _reason(hypothesis, results)}]
        rows += found
    return Part("hypotheses", pd.DataFrame(rows, columns=list(COLUMNS)))


def _blank(hypothesis: Any) -> dict[str, Any]:
    empty = dict.fromkeys(COLUMNS, "")
    numbers = dict.fromkeys(("est", "ci_low", "ci_high", "p"), float("nan"))
    return empty | numbers | {"code": hypothesis.code, "test": hypothesis.test, "path": " -> ".join(hypothesis.constructs)}


def _reason(hypothesis: Any, results: Mapping[str, Any]) -> str:
    if hypothesis.test in ("necessity", "comparison"):
        return "other_method"
    run = {name.rsplit("_", 1)[1] for name in results if name.startswith("mediation_")}
    if hypothesis.models and not run & set(hypothesis.models):
        return "model_not_run"
    if hypothesis.test == "equivalence":
        return "no_equivalence"
    return "not_in_model"


def _rows(hypothesis: Any, results: Mapping[str, Any], basis: str, primary: str, bound: float) -> Iterable[dict[str, Any]]:
    for name, part in results.items():
        if not name.startswith(f"mediation_{basis}_") or isinstance(part, Unavailable) or part is None:
            continue
        model = name.rsplit("_", 1)[1]
        if hypothesis.models and model not in hypothesis.models:
            continue
        row = _effect(hypothesis, part, primary)
        if row is None:
            continue
        out = _blank(hypothesis) | {"model": model, "basis": basis} | row
        if hypothesis.test == "equivalence":
            limits = _ninety(part, row)
            if limits is None:
                continue
            out |= {"ci_low": limits[0], "ci_high": limits[1]}
            out["verdict"] = "equivalent" if -bound < limits[0] and limits[1] < bound else "not_equivalent"
        else:
            out["verdict"] = _verdict(out["ci_low"], out["ci_high"], hypothesis.sign)
        yield out
        return


def _verdict(low: float, high: float, sign: str) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "not_testable"
    if low <= 0.0 <= high:
        return "not_supported"
    positive = low > 0.0
    return "supported" if positive == (sign != "-") else "contradicted"


def _effect(hypothesis: Any, part: Any, primary: str) -> dict[str, Any] | None:
    frame = part.effects
    codes = list(hypothesis.constructs)
    path = " -> ".join(codes)
    test = hypothesis.test
    if test in ("path", "equivalence") and len(codes) >= 2:
        own = frame[frame["effect"].isin(["a", "b", "d", "direct"]) & (frame["path"] == f"{codes[0]} -> {codes[-1]}")]
    elif test == "total":
        own = frame[(frame["effect"] == "total") & (frame["path"] == f"{codes[0]} -> {codes[-1]}")]
        if not len(own):
            own = frame[(frame["effect"] == "total") & (frame["path"] == path)]
    elif test in ("indirect", "serial", "rival"):
        own = frame[frame["effect"].isin(["indirect"]) & (frame["path"] == path)]
    elif test == "moderation":
        own = frame[frame["effect"] == "index"]
    else:
        return None
    if not len(own):
        return None
    chosen = own[own["method"] == primary]
    if not len(chosen):
        chosen = own[own["method"].isin(REGRESSION)]
    row = (chosen if len(chosen) else own).iloc[0]
    return {
        "path": str(row["path"]),
        "method": str(row["method"]),
        **{name: float(row[name]) for name in ("est", "ci_low", "ci_high", "p")},
    }


def _ninety(part: Any, row: Mapping[str, Any]) -> tuple[float, float] | None:
    """The 90 % limits that the mediation result carries for its equivalence test, if it has one."""
    found = getattr(part, "equivalence", None)
    if found is None or isinstance(found, Unavailable):
        return None
    frame = found if hasattr(found, "columns") else None
    if frame is None or "path" not in frame.columns:
        return None
    own = frame[frame["path"] == row["path"]]
    if not len(own):
        return None
    return float(own.iloc[0]["ci_low"]), float(own.iloc[0]["ci_high"])
