"""When a hypothesis gets no verdict: the coefficient stays, no meaning is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from umkm_stats.results import Unavailable
from umkm_stats.study import _regression


def reason(results: Mapping[str, Any], part: Any, model: str, basis: str, row: Mapping[str, Any]) -> str:
    """Why no verdict is drawn on an effect (``effect path method``), or "".

    fit: fewer than three of CFI, TLI, RMSEA and SRMR are met; improper: the solution is; draws: fewer than
    90 % of the draws converged; inadmissible: the verdict changes without the inadmissible draws; htmt: the
    interval of the HTMT of two neighbours holds 1; negative: an item of a construct runs against its scale;
    square: the square of a predictor changes direction or decision.
    """
    path, method = str(row["path"]), str(row["method"])
    if hasattr(part, "withheld_for"):
        told = part.withheld_for(str(row["effect"]), path, method)
    else:
        told = ("draws",) if basis == "pls" and part.withheld(method) else ()
    if told:
        return str(told[0])
    steps = [step.strip() for step in path.split("->") if step.strip()]
    if _against(results, steps):
        return "negative"
    if _alike(results, steps):
        return "htmt"
    return "square" if basis == "scores" and _regression.withheld(results, model, path) else ""


def _alike(results: Mapping[str, Any], steps: list[str]) -> bool:
    """Whether two neighbours of the path cannot be told apart."""
    found = results.get("validity")
    if found is None or isinstance(found, Unavailable):
        return False
    pairs = found.pairs
    for one, other in pairwise(steps):
        ends = {one, other}
        own = pairs[pairs["construct"].isin(ends) & pairs["other"].isin(ends)]
        if ((own["htmt_low"] <= 1.0) & (own["htmt_high"] >= 1.0)).any():
            return True
    return False


def _against(results: Mapping[str, Any], steps: list[str]) -> bool:
    """Whether an item of a construct of the path correlates negatively with the rest of its scale."""
    found = results.get("items")
    if found is None or isinstance(found, Unavailable):
        return False
    own = found.table[found.table["scale"].isin(steps)]
    return bool((own["item_rest"] < 0).any())
