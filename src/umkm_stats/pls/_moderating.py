"""Simple slopes of moderated paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.intervals import several

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._bootstrap import PlsDraws
    from umkm_stats.pls._pls import Pls


def slopes(model: Pls, drawn: PlsDraws | None = None, *, at: Any = (-1.0, 0.0, 1.0)) -> pd.DataFrame:
    """lhs rhs moderator at est (and se ci_low ci_high, percentile, with draws): the path of ``rhs`` when the
    moderator's standardised score is ``at``.

    Raises ``UsageError`` PLS138 (the model has no product), PLS126 (the draws hold no paths).
    """
    import pandas as pd

    if not model.compiled.products:
        raise UsageError("PLS138", params={})
    paths = {(row["lhs"], row["rhs"]): float(row["est"]) for row in model.paths.to_dict("records")}
    if drawn is not None and not {f"{y}~{x}" for y, x in paths} <= set(drawn.names):
        raise UsageError("PLS126", params={})
    rows = []
    for target, pairs in model.structure.products.items():
        for x, w in pairs:
            for value in at:
                point = paths[target, x] + float(value) * paths[target, f"{x}:{w}"]
                row = [target, x, w, float(value), point]
                if drawn is not None:
                    own = drawn[f"{target}~{x}"] + float(value) * drawn[f"{target}~{x}:{w}"]
                    column = own.to_numpy()[:, None]
                    found = several(("percentile",), [point], column, None, drawn.level)["percentile"]
                    row += [float(np.nanstd(column, ddof=1)), float(found.low[0]), float(found.high[0])]
                rows.append(tuple(row))
    heads = ["lhs", "rhs", "moderator", "at", "est"]
    return pd.DataFrame(rows, columns=heads if drawn is None else [*heads, "se", "ci_low", "ci_high"])
