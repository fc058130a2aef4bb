"""Schema faults of pydantic as coded errors with file, line, key, remedy and nearest match."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from umkm_stats.instrument._error import InstrumentError, Word
from umkm_stats.instrument._instrument import Instrument
from umkm_stats.instrument._questions import Item, Question
from umkm_stats.instrument._tree import Tree

_WANTED = {
    "string_type": "text",
    "int_type": "whole",
    "int_parsing": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "truth",
    "bool_parsing": "truth",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "union_tag_not_found": "mapping",
    "tuple_type": "list",
    "list_type": "list",
    "too_short": "entry",
}


# words whose nearest spelling means something else
_MEANT = {
    "direct": "path",
    "langsung": "path",
    "pengaruh langsung": "path",
    "regression": "path",
    "tidak langsung": "indirect",
    "mediation": "indirect",
    "mediasi": "indirect",
    "moderasi": "moderation",
}


def _nearest(given: str, options: list[str]) -> list[str]:
    """The option that a wrong word most likely means, if any: by meaning first, then by spelling."""
    meant = _MEANT.get(given.strip().casefold().replace("_", " "))
    if meant in options:
        return [str(meant)]
    return difflib.get_close_matches(given, options, n=1)


def coded(fault: ValidationError, tree: Tree) -> list[InstrumentError]:
    """One coded error a fault, in the order of lines."""
    found = [_one(entry, tree) for entry in fault.errors(include_url=False, include_context=True)]
    return sorted(found, key=lambda error: (error.place.line or 0, error.code))


def _path(location: Iterable[Any], data: Any) -> tuple[Any, ...]:
    """The location without the tags pydantic adds for unions; the last part stays even when it is missing."""
    parts = [part for part in location if part != "[key]"]
    path: list[Any] = []
    node = data
    for index, part in enumerate(parts):
        inside = (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and 0 <= part < len(node)
        )
        if inside:
            path.append(part)
            node = node[part]
        elif index == len(parts) - 1 and part not in ("item", "question"):
            path.append(part)
    return tuple(path)


def _one(entry: ErrorDetails, tree: Tree) -> InstrumentError:
    path = _path(entry["loc"], tree.data)
    sort = entry["type"]
    received = _short(entry.get("input"))
    context = entry.get("ctx", {})
    if sort == "missing":
        return InstrumentError("INS010", tree.place(path[:-1], key=str(path[-1])), {"key": str(path[-1])})
    if sort == "extra_forbidden":
        key = str(path[-1])
        known = keys_at(path, tree.data)
        near = difflib.get_close_matches(key, known, n=1)
        code = "INS012" if near else "INS011"
        return InstrumentError(
            code, tree.place(path), {"key": key, "near": near[0] if near else "", "known": list(known)}
        )
    if sort in ("literal_error", "enum"):
        options = [
            option.strip().strip("'")
            for option in str(context.get("expected", "")).replace(" or ", ", ").split(",")
        ]
        given = entry.get("input")
        near = _nearest(given, options) if isinstance(given, str) else []
        code = "INS014" if near else "INS013"
        return InstrumentError(
            code,
            tree.place(path),
            {"received": received, "expected": options, "near": near[0] if near else ""},
        )
    if sort == "string_pattern_mismatch":
        return InstrumentError(
            "INS015", tree.place(path), {"received": received, "pattern": str(context.get("pattern", ""))}
        )
    if sort == "value_error":
        return InstrumentError(
            "INS009", tree.place(path), {"expected": Word(context["error"]), "received": received}
        )
    return InstrumentError(
        "INS009", tree.place(path), {"expected": Word(_WANTED.get(sort, "other")), "received": received}
    )


def _short(value: Any) -> str:
    if value is None or isinstance(value, (dict, list, tuple)):
        return Word({dict: "mapping", type(None): "nothing"}.get(type(value), "list"))
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def keys_at(path: tuple[Any, ...], data: Any) -> tuple[str, ...]:
    """Keys the schema knows where the last part of ``path`` stands; a question may have those of an item."""
    model: Any = Instrument
    node = data
    for part in path[:-1]:
        node = node[part]
        if isinstance(model, type) and issubclass(model, BaseModel) and isinstance(part, str):
            fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
            model = _inner(fields.get(part))
    if isinstance(model, type) and issubclass(model, BaseModel):
        return tuple(sorted(info.alias or name for name, info in model.model_fields.items()))
    return ()


def _inner(annotation: Any) -> Any:
    """The model inside ``tuple[Model, ...]``, ``dict[str, Model]``, ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, dict, Union, types.UnionType) or hasattr(
        annotation, "__metadata__"
    ):
        for inner in get_args(annotation):
            found = _inner(inner)
            if found is not None:
                return Item if found is Question else found
    return None
