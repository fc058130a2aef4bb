"""Is x necessary for y? Ceiling lines, effect sizes and permutation tests (H15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation import nca
from umkm_stats.mediation._data import frame_of, numeric
from umkm_stats.mediation._detail import Detail
from umkm_stats.options import whole
from umkm_stats.results import Note, SampleUsed

if TYPE_CHECKING:
    import pandas as pd

LEVELS = np.arange(0.0, 1.01, 0.1)


def necessary_condition(
    data: pd.DataFrame, *, x: str, y: str, draws: int = 2000, seed: int | None = None
) -> Detail:
    """Necessary-condition analysis of ``y`` on ``x`` (Dul 2016): CE-FDH and CR-FDH ceilings.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent.
    x : str
        The condition.
    y : str
        The outcome.
    draws : int, default 2000
        Permutations behind p.
    seed : int, optional
        Of the permutations; None draws one and keeps it.

    Returns
    -------
    Detail
        Frame: ceiling, effect_size (empty area over the scope), p (permutation), accuracy, intercept, slope;
        meta: scope, peers and the bottleneck table (x needed for y, both as shares of their observed range).

    Raises
    ------
    UsageError
        MED002, GEN003.
    UmkmError
        MED004–MED008.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import necessary_condition
    >>> found = necessary_condition(examples.firms(), x="OI", y="BP", draws=100, seed=1)
    >>> found.frame[["ceiling", "effect_size"]].round(3).to_dict("records")
    [{'ceiling': 'ce_fdh', 'effect_size': 0.181}, {'ceiling': 'cr_fdh', 'effect_size': 0.185}]
    """
    import pandas as pd

    frame = frame_of(data)
    draws = whole("draws", draws, low=2, high=1_000_000)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    table = np.column_stack([numeric(frame, x), numeric(frame, y)])
    good = np.isfinite(table).all(axis=1)
    used = int(good.sum())
    sample = SampleUsed(len(frame), used, {"missing": len(frame) - used} if used < len(frame) else {})
    if used < 3:
        raise UmkmError("MED007", params={"n": used, "needed": 3, "rows_in": len(frame)})
    xs, ys = table[good, 0], table[good, 1]
    for name, column in ((x, xs), (y, ys)):
        if np.ptp(column) == 0:
            raise UmkmError("MED008", Place(column=name), {"name": name})
    found = nca.necessary(xs, ys, draws=draws, seed=seed)
    rows: list[dict[str, Any]] = []
    meta: dict[str, Any] = {"draws": draws, "level": [round(float(v), 1) for v in LEVELS]}
    for name, ceiling, p in (("ce_fdh", found.ce, found.p_ce), ("cr_fdh", found.cr, found.p_cr)):
        rows.append(
            {
                "ceiling": name,
                "effect_size": ceiling.effect,
                "p": p,
                "accuracy": ceiling.accuracy,
                "intercept": ceiling.intercept,
                "slope": ceiling.slope,
            }
        )
        meta[f"needed_{name}"] = [float(value) for value in nca.bottleneck(ceiling, xs, ys, LEVELS)]
    meta["peers"] = [[float(a), float(b)] for a, b in zip(found.ce.peers_x, found.ce.peers_y, strict=True)]
    names = ["ceiling", "effect_size", "p", "accuracy", "intercept", "slope"]
    notes = (Note("MED423", {}),)
    return Detail("necessary_condition", pd.DataFrame(rows, columns=names), sample, seed, notes, meta)
