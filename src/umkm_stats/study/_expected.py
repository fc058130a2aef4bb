"""What a key of a study file takes, as words of the catalogue (``study.expected.…``) with their limit."""

from __future__ import annotations

from pydantic_core import ErrorDetails

_SORTS = {
    "int_type": "whole",
    "int_parsing": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
    "bool_type": "truth",
    "bool_parsing": "truth",
    "string_type": "text",
    "list_type": "list",
    "tuple_type": "list",
    "dict_type": "keys",
    "mapping_type": "keys",
    "model_type": "keys",
}
_LIMITS = {
    "greater_than_equal": ("at_least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at_most", "le"),
    "less_than": ("below", "lt"),
    "string_too_short": ("long", "min_length"),
    "string_too_long": ("short", "max_length"),
    "too_short": ("entries", "min_length"),
    "too_long": ("few", "max_length"),
    "literal_error": ("one_of", "expected"),
    "missing": ("missing", ""),
}
_INDENTED = ("mapping values are not allowed", "expected <block end>", "could not find expected ':'")


def unreadable(said: str) -> str:
    """The name of the words (``study.yaml.…``) for the commonest slips of a typed file; else what the parser
    said."""
    if "\\t" in said:
        return "tab"
    return "indentation" if any(words in said for words in _INDENTED) else said


def problem(fault: ErrorDetails) -> str:
    """The name of the words, with a limit behind a colon; pydantic's own words where we have none."""
    sort, context = fault["type"], fault.get("ctx", {})
    if sort in _SORTS:
        return _SORTS[sort]
    if sort not in _LIMITS:
        return fault["msg"].removeprefix("Value error, ")
    name, limit = _LIMITS[sort]
    said = str(context.get(limit, context.get("known", ""))).replace("'", "").replace(" or ", ", ")
    return f"{name}: {said}" if said else name
