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
    r"""Simple slopes: the path of a predictor at values of its moderator.

    Parameters
    ----------
    drawn : PlsDraws, optional
        Draws of the paths, for standard errors and percentile limits.
    at : sequence of float, default (-1.0, 0.0, 1.0)
        Standardised scores of the moderator.

    Returns
    -------
    pandas.DataFrame
        Columns lhs rhs moderator at est; with draws also se ci_low ci_high.

    Raises
    ------
    UsageError
        PLS138 (the model has no product), PLS126 (the draws hold no paths).

    Examples
    --------
    >>> from umkm_stats import examples, fit_pls
    >>> found = fit_pls(examples.MEASURES + "\nBP ~ IP + OI + IP:OI", examples.answers())
    >>> found.slopes()[["rhs", "moderator", "at", "est"]].round(3).to_dict("records")[0]
    {'rhs': 'IP', 'moderator': 'OI', 'at': -1.0, 'est': 0.366}
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
