"""Frames of a result that are made when they are first read: the draws as a frame of their own, the effects
as rows of text and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Maker:
    """What makes the value of a :class:`Late` field."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def late(make: Callable[[], Any]) -> Any:
    """For a :class:`Late` field in place of its value."""
    return Maker(make)


class Late:
    """A field of a frozen dataclass whose value may be given by :func:`late`; it is made once."""

    __slots__ = ("_key",)

    def __init__(self, name: str) -> None:
        self._key = f"_{name}"

    def __get__(self, held: Any, owner: type | None = None) -> Any:
        if held is None:
            return self
        value = vars(held)[self._key]
        if isinstance(value, Maker):
            value = vars(held)[self._key] = value.make()
        return value

    def __set__(self, held: Any, value: Any) -> None:
        vars(held)[self._key] = value
