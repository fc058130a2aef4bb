"""Everything that can be known before the first computation is checked before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from umkm_stats.errors import Place, UmkmError

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument import Instrument


def model_scales(
    instrument: Instrument, models: Sequence[str], present: Sequence[str]
) -> dict[str, list[str]]:
    """Scale → items for every construct (or dimension set apart) that the models name; without a model every
    construct with two items or more.

    Raises ``UmkmError`` STU025 for a construct without an item in the file, STU023 for one with a single
    item.
    """
    by_construct = instrument.scales(list(present))
    if not models:
        return {code: list(items) for code, items in by_construct.items() if len(items) > 1}
    by_dimension = instrument.scales(list(present), by="dimension")
    out: dict[str, list[str]] = {}
    for key in models:
        model = instrument.structural(key)
        covariates = [
            code
            for code in model.covariates
            if any(code == construct.code for construct in instrument.constructs)
        ]
        for code in (
            *model.x,
            *model.m,
            *model.y,
            *((model.moderator,) if model.moderator else ()),
            *covariates,
        ):
            items = list(by_construct.get(code) or by_dimension.get(code) or [])
            apart = {item.code for item in instrument.items if item.dimension in model.apart}
            if code in by_construct:
                items = [item for item in items if item not in apart]
            if not items:
                raise UmkmError("STU025", Place(key=key), {"construct": code, "model": key})
            asked = sum(code in (item.construct, item.dimension) for item in instrument.items)
            if len(items) == 1 and asked > 1:  # a construct that asks one question only is measured by it
                raise UmkmError(
                    "STU023", Place(item=items[0]), {"construct": code, "item": items[0], "model": key}
                )
            out.setdefault(code, items)
    return out


def check_answers(
    items: pd.DataFrame,
    scales: dict[str, list[str]],
    *,
    instrument: Instrument,
    models: Sequence[str],
    route: str,
) -> None:
    """Enough rows for what the route is about, and every item of the models varies.

    Means of scales and composites need no more rows than their equations have coefficients; the measurement
    model of the items, with which the SEM route begins, needs more rows than items.

    Raises ``UmkmError`` STU021 (the SEM route with not more rows than items), STU071 (too few complete rows
    for an equation), STU022 (a constant item).
    """
    codes = list(dict.fromkeys(code for members in scales.values() for code in members))
    if route == "sem" and len(items) <= len(codes):
        raise UmkmError("STU021", params={"rows": len(items), "items": len(codes)})
    rows = int(items[codes].notna().all(axis=1).sum())
    for key in models:
        model = instrument.structural(key)
        slopes = len(
            {*model.x, *model.m, *model.covariates, *((model.moderator,) if model.moderator else ())}
        )
        slopes += len(model.moderates) if model.moderator else 0
        if rows < slopes + 3:  # the slopes, the constant, and two rows for what they leave unexplained
            told = {"rows": rows, "slopes": slopes, "needed": slopes + 3, "model": key}
            raise UmkmError("STU071", params=told)
    for code in codes:
        if items[code].nunique(dropna=True) <= 1:
            raise UmkmError("STU022", Place(item=code), {"item": code})
