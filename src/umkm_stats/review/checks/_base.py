"""What a kind of claim is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.review.printed import printed
from umkm_stats.review._verdict import Verdict, is_p
from umkm_stats.review.checks import _fields

PROGRAM = "_program"
"""Key under which a check finds the canonical name of the program of its table, or ""."""


@dataclass(frozen=True, slots=True)
class Check:
    """kind as written in the file; needed and optional fields; run: fields → verdicts."""

    kind: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    run: Callable[[Mapping[str, Any]], tuple[Verdict, ...]]

    def about(self, name: str, lang: str = "en") -> str:
        """What a field of this kind holds, in words."""
        return _fields.about(self.kind, name, lang)


def readable(pair: tuple[str, Any]) -> bool:
    """Whether a scalar field holds what its name promises: a number, unless it is one of the words."""
    name, value = pair
    if _fields.form("", name) in ("word", "yes", "text"):
        return True
    return printed(value, p=is_p(name)) is not None


def whole_number(value: Any) -> Any:
    """An int when the text is one, else the text (the options' checker explains it)."""
    found = printed(value)
    if found is not None and found.relation == "=" and found.value == int(found.value):
        return int(found.value)
    return value


def real(value: Any) -> float:
    """The number of a text already known to be readable."""
    found = printed(value)
    return float("nan") if found is None else found.value


def maybe(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields that are there."""
    return {name: given[name] for name in names if name in given}


def wholes(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields that are there, as whole numbers."""
    return {name: whole_number(given[name]) for name in names if name in given}


def reals(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields that are there, as numbers."""
    return {name: real(given[name]) for name in names if name in given}


def listed(value: Any) -> list[Any]:
    """A list of the file; ``UsageError`` REV007 when it is none or empty."""
    if not isinstance(value, list) or not value:
        raise UsageError("REV007")
    return value


def table_of(value: Any) -> list[list[Any]]:
    """Rows of a printed matrix; ``UsageError`` REV009 when it is none."""
    if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
        raise UsageError("REV009")
    return value


def yes(value: Any) -> bool:
    """yes/true/ya/1."""
    return str(value).strip().lower() in ("yes", "true", "ya", "1", "bootstrap", *ways.needing("draws"))
