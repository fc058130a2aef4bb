"""The slopes of a regression as effects, in the columns of every other analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from umkm_stats import ways

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.regression._result import Regression

COLUMNS = ("effect", "path", "method", "est", "se", "ci_low", "ci_high", "p")
TESTED = ways.TESTED[0]


def effects(result: Regression) -> pd.DataFrame:
    """Rows of every x (a category has one a level) and outcome; in a moderated model at every probe."""
    import pandas as pd

    plan = result.plan
    rows: list[dict[str, Any]] = []
    table, limits = result.coefficients, result.intervals
    products = set(plan.products)
    for outcome in plan.y:
        own = table[table["outcome"] == outcome]
        drawn = limits[limits["outcome"] == outcome] if len(limits) else limits
        for term in own["term"].iloc[1:]:
            name = str(term)
            first, _, second = name.partition(":")
            source, moderator = first.partition("[")[0], second.partition("[")[0]
            if second and (source, moderator) in products:
                kind, path = "index", f"{first} -> {outcome} | {second}"
            elif not second and source in plan.x and not products:
                kind, path = "direct", f"{first} -> {outcome}"
            else:
                continue
            rows += _rows(kind, path, name, own[own["term"] == term].iloc[0], drawn)
        slopes = result.slopes
        for row in slopes[slopes["outcome"] == outcome].to_dict("records") if len(slopes) else ():
            path = f"{row['term']} -> {outcome} | {row['at']}"
            rows += _rows("conditional_direct", path, f"{row['term']} | {row['at']}", row, drawn)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(kind: str, path: str, term: str, tested: Any, drawn: Any) -> list[dict[str, Any]]:
    out = [{"effect": kind, "path": path, "method": TESTED, **_numbers(tested)}]
    if len(drawn):
        for row in drawn[drawn["term"] == term].to_dict("records"):
            out.append({"effect": kind, "path": path, "method": row["method"], **_numbers(row)})
    return out


def _numbers(row: Any) -> dict[str, float]:
    return {name: float(row[name]) for name in COLUMNS[3:]}
