"""Option sets and the one checker that explains a wrong value."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Collection
from typing import Any, Literal, TypeVar, get_args

from umkm_stats.errors import UsageError

Language = Literal["id", "en"]
Missing = Literal["listwise", "fiml"]
Structure = Literal["parallel", "serial"]
Errors = Literal["classical", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster"]

T = TypeVar("T")


def one_of(name: str, value: T, options: Any) -> T:
    """``value`` when it is one of ``options`` (a Literal or a collection); else ``UsageError`` GEN001.

    The message says what was expected, what was received and the nearest match.
    """
    allowed: Collection[Any] = get_args(options) or options
    if value in allowed:
        return value
    near = difflib.get_close_matches(str(value), [str(entry) for entry in allowed], n=1)
    code = "GEN002" if near else "GEN001"
    raise UsageError(
        code,
        params={
            "name": name,
            "received": repr(value),
            "expected": [str(e) for e in allowed],
            "near": near[0] if near else "",
        },
    )


def whole(name: str, value: Any, *, low: int, high: int | None = None) -> int:
    """``value`` as an int within [low, high]; else ``UsageError`` GEN003."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is not None and number >= low and (high is None or number <= high):
        return number
    limits = {"low": low, "high": "∞" if high is None else high}
    raise UsageError("GEN003", params={"name": name, "received": repr(value), **limits})


def share(name: str, value: Any) -> float:
    """``value`` as a float strictly between 0 and 1 (a level, a proportion); else ``UsageError`` GEN004."""
    is_number = isinstance(value, (int, float)) or hasattr(value, "dtype")
    if is_number and not isinstance(value, bool) and 0.0 < float(value) < 1.0:
        return float(value)
    raise UsageError("GEN004", params={"name": name, "received": repr(value)})


def with_answers(name: str, value: Any) -> Any:
    """``value`` when it is what ``read_responses`` returns (or looks like it); else ``UsageError`` GEN008."""
    if hasattr(value, "kept") and hasattr(value, "items") and hasattr(value, "sample"):
        return value
    raise UsageError("GEN008", params={"name": name, "received": type(value).__name__})
