"""The type of a mediation after Zhao, Lynch & Chen (2010) and Nitzl, Roldán & Cepeda (2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._bootstrap import PlsDraws


def types(drawn: PlsDraws) -> pd.DataFrame:
    """path indirect ci_low ci_high direct direct_low direct_high type vaf.

    Significant means that the percentile interval leaves out 0. type: *complementary* (both, same sign),
    *competitive* (both, opposite signs), *indirect_only*, *direct_only*, *none*. vaf = indirect/(indirect +
    direct), for complementary mediation only. A model without the direct path has direct NaN; then the type
    speaks of the indirect effect alone.

    Raises ``UsageError`` PLS126 when paths and indirect effects were not drawn.
    """
    import pandas as pd

    table = drawn.intervals(("percentile",))
    kinds = set(table["kind"])
    if not {"paths", "indirect"} <= kinds:
        raise UsageError("PLS126", params={})
    records: Any = table.to_dict("records")
    paths = {(row["lhs"], row["rhs"]): row for row in records if row["kind"] == "paths"}
    ways = {entry.name: " -> ".join(entry.way) for entry in drawn.entries if entry.kind == "indirect"}
    rows = []
    for row in records:
        if row["kind"] != "indirect":
            continue
        est, direct = float(row["est"]), paths.get((row["lhs"], row["rhs"]))
        through = _outside(row["ci_low"], row["ci_high"])
        around = direct is not None and _outside(direct["ci_low"], direct["ci_high"])
        value = np.nan if direct is None else float(direct["est"])
        kind, vaf = "none", np.nan
        if through and around:
            same = est * value > 0
            kind = "complementary" if same else "competitive"
            vaf = est / (est + value) if same else np.nan
        elif through:
            kind = "indirect_only"
        elif around:
            kind = "direct_only"
        limits = (np.nan, np.nan) if direct is None else (direct["ci_low"], direct["ci_high"])
        rows.append((ways[row["name"]], est, row["ci_low"], row["ci_high"], value, *limits, kind, vaf))
    columns = ["path", "indirect", "ci_low", "ci_high", "direct", "direct_low", "direct_high", "type", "vaf"]
    return pd.DataFrame(rows, columns=columns)


def _outside(low: float, high: float) -> bool:
    return bool(low > 0.0 or high < 0.0)
