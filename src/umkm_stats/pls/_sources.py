"""What ``fit_pls`` can start from: model text with a frame, or a model of an instrument with its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.pls._structure import Construct, Structure, checked, read_structure
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd


def read_source(model: Any, data: Any, measurement: str) -> tuple[Structure, Any, str]:
    """(structure, frame, key of the instrument's model or ""). Raises PLS110, PLS117 (text and data do not go
    together), INS020, GEN00x."""
    import pandas as pd

    if hasattr(data, "kept_items") and hasattr(data, "instrument"):
        if not isinstance(model, str):
            raise UsageError("PLS117", params={"received": repr(type(model).__name__)})
        if "~" in model:
            frame = _with_respondents(data)
            return read_structure(model, [str(name) for name in frame.columns]), frame, ""
        structure, frame = _of_instrument(data, model, measurement)
        return structure, frame, model
    if not isinstance(data, pd.DataFrame):
        raise UsageError("PLS110", params={"received": type(data).__name__})
    if not isinstance(model, str) or "~" not in model:
        raise UsageError("PLS117", params={"received": repr(model)[:60]})
    return read_structure(model, [str(name) for name in data.columns]), data, ""


def scales_of(data: Any) -> dict[str, tuple[float, ...]]:
    """Item → answer codes of the instrument that ``data`` answers; empty for a frame."""
    instrument = getattr(data, "instrument", None)
    items = getattr(instrument, "items", ())
    return {item.code: tuple(float(v) for v in item.values) for item in items if item.values}


def _with_respondents(responses: Any) -> pd.DataFrame:
    """Item answers with the other columns of the same rows beside them."""
    items = responses.kept_items
    others = getattr(responses, "respondents", None)
    if others is None:
        return items  # type: ignore[no-any-return]
    extra = [name for name in others.columns if name not in items.columns]
    return items.join(others.loc[items.index, extra])  # type: ignore[no-any-return]


def _of_instrument(responses: Any, key: str, measurement: str) -> tuple[Structure, pd.DataFrame]:
    instrument = responses.instrument
    key = one_of("model", key, tuple(entry.key for entry in instrument.models))
    roles = instrument.structural(key)
    frame = responses.kept_items
    scales = instrument.model_scales(key, items=frame.columns)
    notes: list[Note] = []
    constructs = []
    for code, items in scales.items():
        parts = _dimensions(instrument, code, items) if measurement == "second_order" else {}
        constructs += [Construct(name, "A", tuple(own)) for name, own in parts.items()]
        constructs.append(Construct(code, "A", tuple(parts) or tuple(items), bool(parts)))
    outside = []
    for name in roles.covariates:
        if name in scales:
            continue
        column = _covariate(responses, name)
        if column is None:
            notes.append(Note("PLS158", {"name": name}))
            continue
        frame = frame.assign(**{name: column})
        constructs.append(Construct(name, "A", (name,)))
        outside.append(name)
    covariates = [name for name in roles.covariates if name in scales or name in outside]
    paths, products = _arrows(roles, covariates)
    return checked(constructs, paths, products, notes), frame


def _dimensions(instrument: Any, code: str, items: list[str]) -> dict[str, list[str]]:
    """Dimensions of a construct with at least two, every item in one of them; else none."""
    own: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.code in items and item.construct == code and item.dimension is not None:
            own.setdefault(item.dimension, []).append(item.code)
    whole = sum(len(several) for several in own.values()) == len(items)
    return own if whole and len(own) > 1 and code not in own else {}


def _covariate(responses: Any, name: str) -> Any:
    """The column as numbers, or None when there is none or it is not numeric."""
    import pandas as pd

    others = getattr(responses, "respondents", None)
    if others is None or name not in others.columns:
        return None
    column = others.loc[responses.kept_items.index, name]
    return column if pd.api.types.is_numeric_dtype(column) and column.nunique() > 1 else None


def _arrows(
    roles: Any, covariates: list[str]
) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]]]:
    """Paths and products of an instrument's model."""
    paths: dict[str, list[str]] = {}
    products: dict[str, list[tuple[str, str]]] = {}
    w, where = roles.moderator, roles.moderates or ("a",)
    for place, name in enumerate(roles.m):
        before = roles.m[:place] if roles.structure == "serial" else ()
        moderated = bool(w) and "a" in where
        paths[name] = [*roles.x, *before, *([w] if moderated else []), *covariates]
        if moderated:
            products[name] = [(entry, w) for entry in roles.x]
    for name in roles.y:
        pairs = [(entry, w) for entry in roles.x] if w and "direct" in where else []
        pairs += [(entry, w) for entry in roles.m] if w and "b" in where else []
        paths[name] = [*roles.x, *roles.m, *([w] if pairs else []), *covariates]
        if pairs:
            products[name] = pairs
    return paths, products
