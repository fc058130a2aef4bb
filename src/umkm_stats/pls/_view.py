"""The deprecated ``pls_view``: the old table of effects, made by ``fit_pls``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from umkm_stats.kernels import draws as streams
from umkm_stats.options import one_of, share, whole
from umkm_stats.pls._part import Part
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.pls._bootstrap import PlsDraws

METHODS = ("percentile", "bc", "basic")
COLUMNS = ["effect", "path", "method", "est", "se", "ci_low", "ci_high", "p"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PlsView(Part):
    """Effects of a PLS model: what the deprecated ``pls_view`` returns.

    Attributes
    ----------
    name : str
        "pls".
    frame : pandas.DataFrame
        Effect, path, method, est, se, ci_low, ci_high, p.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        Of the draws.
    notes : tuple of Note
        What a reader must know.
    meta : dict of str to object or None
        Plain values that hold for all rows.
    outer : pandas.DataFrame
        Construct, item, loading, weight.
    r2 : pandas.DataFrame
        Construct, r2.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import PlsView
    >>> paths, none = examples.pls().effects, pd.DataFrame()
    >>> PlsView(name="pls", frame=paths, sample=examples.pls().sample, outer=none, r2=examples.pls().r2).name
    'pls'
    """

    outer: pd.DataFrame
    r2: pd.DataFrame


def pls_view(
    responses: Any,
    *,
    model: str = "M1",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bc"),
    progress: Callable[[int, int], None] | None = None,
) -> PlsView:
    """Deprecated: use ``umkm_stats.fit_pls`` and ``.bootstrap()``, to which this forwards.

    Parameters
    ----------
    responses : Responses or pandas.DataFrame
        What ``read_responses`` returned; rows with a missing answer are left out.
    model : str, default "M1"
        Key of a model of its instrument.
    draws : int, default 5000
        Bootstrap draws.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile", "bc")
        "percentile", "bc", "basic".
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    PlsView
        Frame: effect, path, method, est, se, ci_low, ci_high, p.

    Raises
    ------
    UsageError
        What ``fit_pls`` and ``Pls.bootstrap`` raise.
    UmkmError
        The same.

    Examples
    --------
    >>> import warnings
    >>> from umkm_stats import UsageError, examples
    >>> from umkm_stats.mediation import pls_view
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", DeprecationWarning)
    ...     try:
    ...         pls_view(examples.answers())
    ...     except UsageError as error:
    ...         print(error.code)
    PLS117
    """
    from umkm_stats.pls._door import fit_pls

    warnings.warn(
        "pls_view is deprecated; use umkm_stats.fit_pls(model, responses).bootstrap(...)",
        DeprecationWarning,
        stacklevel=2,
    )
    wanted = [intervals] if isinstance(intervals, str) else list(intervals)
    for name in wanted:
        one_of("intervals", name, METHODS)
    draws = whole("draws", draws, low=2, high=1_000_000)
    level = share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    found = fit_pls(model, responses, missing="listwise")
    drawn = found.bootstrap(
        draws=draws, seed=seed, level=level, what=("paths", "total", "indirect"), progress=progress
    )
    roles = responses.instrument.structural(model)
    outer = found.loadings.rename(columns={"est": "loading"})[["construct", "item", "loading", "weight"]]
    return PlsView(
        name="view",
        frame=_effects(drawn, roles, wanted),
        outer=outer,
        r2=found.r2[["construct", "r2"]],
        sample=found.sample,
        seed=seed,
        notes=(Note("PLS190"), *found.notes, *drawn.notes),
        meta={"draws": draws, "used": drawn.used},
    )


def _effects(drawn: PlsDraws, roles: Any, methods: list[str]) -> pd.DataFrame:
    table = drawn.intervals(methods)
    ways = {entry.name: entry.way for entry in drawn.entries}
    rows = []
    for row in table.to_dict("records"):
        way = ways[str(row["name"])]
        kind = _kind(str(row["kind"]), way, roles)
        if kind is not None:
            p = row["p"] if np.isfinite(row["p"]) else np.nan
            values = (row["method"], row["est"], row["se"], row["ci_low"], row["ci_high"], p)
            rows.append((kind, " -> ".join(way), *values))
    return pd.DataFrame(rows, columns=COLUMNS)


def _kind(kind: str, way: tuple[str, ...], roles: Any) -> str | None:
    """The old word for an effect of a model of x, m and y; None where the old table had no row."""
    left, right = way[0], way[-1]
    if kind == "paths":
        if left in roles.x:
            return "direct" if right in roles.y else "a"
        return "b" if right in roles.y else "d"
    if left not in roles.x or right not in roles.y:
        return None
    return kind
