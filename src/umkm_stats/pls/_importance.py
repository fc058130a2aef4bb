"""The importance–performance map of a target construct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels.pls.importance import importance
from umkm_stats.options import one_of
from umkm_stats.pls._layout import layout
from umkm_stats.pls._part import Part, first_order_only
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._pls import Pls

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Map(Part):
    """An importance–performance map: what ``Pls.ipma`` returns.

    Attributes
    ----------
    items : pandas.DataFrame
        Construct item weight importance performance.
    name : str
        "ipma".
    frame : pandas.DataFrame
        Construct importance importance_std performance of every construct that reaches the target, and the
        target's performance.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        None: nothing is drawn.
    notes : tuple of Note
        What a reader must know.
    meta : dict of str to object or None
        The target.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls().ipma(low=1, high=5).items[["item", "performance"]].round(1).to_dict("records")[0]
    {'item': 'OI1', 'performance': 53.6}
    """

    items: pd.DataFrame


def ipma(model: Pls, target: str | None = None, *, low: Any = None, high: Any = None) -> Map:
    """Importance–performance map: unstandardised total effects on a target, mean scores from 0 to 100.

    Parameters
    ----------
    target : str, optional
        An endogenous construct; None takes the only one without successors.
    low, high : float or mapping of str to float, optional
        Limits of the answer scale, one number or one an item; None takes the lowest and highest value of each
        item's scale in the instrument, else the observed ones, which a note says.

    Returns
    -------
    Map
        Frame: construct importance importance_std performance; ``items``: construct item weight importance
        performance.

    Raises
    ------
    UsageError
        PLS131 (second order, products, PLSc), PLS135 (target), PLS136 (limits), PLS137 (a negative weight,
        with which a score of 0 to 100 has no meaning).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.pls().ipma(low=1, high=5).frame
    >>> found[["construct", "importance", "performance"]].round(2).to_dict("records")[0]
    {'construct': 'OI', 'importance': 0.33, 'performance': 53.25}
    """
    import pandas as pd

    first_order_only(model, "ipma", consistent=False)
    made, names = model.compiled.model, model.constructs
    plan = made.plan
    end = _target(model, target)
    values = model.answers.filled[:, made.columns]
    items = model.compiled.last.items
    observed = [name for name in items if not _known(model, name, low) or not _known(model, name, high)]
    lows = np.array([_limit(model, name, low, 0, values[:, p]) for p, name in enumerate(items)])
    highs = np.array([_limit(model, name, high, -1, values[:, p]) for p, name in enumerate(items)])
    for p, name in enumerate(items):
        if not lows[p] < highs[p] or values[:, p].min() < lows[p] or values[:, p].max() > highs[p]:
            raise UsageError("PLS136", params={"name": name})
    weights = model.found.found.weights[:, 0]
    negative = [items[p] for p in np.flatnonzero(weights < 0.0)]
    if negative:
        raise UsageError("PLS137", params={"items": negative})
    found = importance(plan, values, weights, lows, highs)
    total = layout(model.compiled, ("total",))
    standard = {
        (entry.rhs, entry.lhs): value
        for entry, value in zip(total.entries, total.read(model.found)[:, 0], strict=True)
    }
    reach = [j for j in range(len(names)) if (names[j], names[end]) in standard]
    rows = [
        (names[j], found.effects[j, end], standard[names[j], names[end]], found.performance[j]) for j in reach
    ]
    rows.append((names[end], np.nan, np.nan, found.performance[end]))
    parts = [
        (
            names[j],
            items[p],
            found.weights[p],
            found.weights[p] * found.effects[j, end],
            found.item_performance[p],
        )
        for p, j in enumerate(plan.own)
        if j in reach
    ]
    notes = (Note("PLS179", {"items": observed}),) if observed else ()
    return Map(
        name="ipma",
        frame=pd.DataFrame(rows, columns=["construct", "importance", "importance_std", "performance"]),
        items=pd.DataFrame(parts, columns=["construct", "item", "weight", "importance", "performance"]),
        sample=model.sample,
        notes=notes,
        meta={"target": names[end]},
    )


def _target(model: Pls, target: str | None) -> int:
    plan, names = model.compiled.model.plan, model.constructs
    ends = [names[j] for j, _ in plan.equations]
    if target is not None:
        return names.index(one_of("target", target, tuple(ends)))
    causes = {names[left] for left, _ in plan.arrows}
    last = [name for name in ends if name not in causes]
    if len(last) != 1:
        raise UsageError("PLS135", params={"names": last})
    return names.index(last[0])


def _scale(model: Pls, name: str) -> tuple[float, ...]:
    """Values of the item's answer scale in the instrument that was answered; empty when there is none."""
    return tuple(sorted(model.scales.get(name, ())))


def _known(model: Pls, name: str, given: Any) -> bool:
    return given is not None or bool(_scale(model, name))


def _limit(model: Pls, name: str, given: Any, side: int, column: Floats) -> float:
    value = given.get(name) if isinstance(given, Mapping) else given
    if value is None:
        scale = _scale(model, name)
        return float(scale[side]) if scale else float(column.min() if side == 0 else column.max())
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UsageError("PLS136", params={"name": name}) from None
