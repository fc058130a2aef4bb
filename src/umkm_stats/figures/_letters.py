"""Letters from memory: matplotlib reads each one from the font's file, by a call of Python for every piece.

The pictures of one study asked the file 320,000 times, an eighth of what they cost. Here a font's bytes are
read once and handed to matplotlib's own reader, for the pictures of this room and for no others: a font that
matplotlib holds for its other users still knows its path, which the writers of other formats ask for.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

from matplotlib import font_manager as _manager

_HERE = threading.local()
_LOCK = threading.Lock()
_manager_any: Any = _manager
_ORIGINAL: Any = getattr(_manager_any, "_get_font", None)


@functools.lru_cache(maxsize=16)
def _content(path: str) -> bytes:
    return Path(path).read_bytes()


def _font(path: Any, *given: Any, **settings: Any) -> Any:
    return _manager_any.ft2font.FT2Font(io.BytesIO(_content(os.fsdecode(path))), *given, **settings)


@functools.cache
def _maker() -> Callable[..., Any] | None:
    """matplotlib's maker of fonts with files that lie in memory; None where it is not the one known here."""
    plain = getattr(_ORIGINAL, "__wrapped__", None)
    if not isinstance(plain, FunctionType) or "ft2font" not in plain.__code__.co_names:
        return None
    copy = FunctionType(
        plain.__code__,
        {**plain.__globals__, "ft2font": SimpleNamespace(FT2Font=_font)},
        plain.__name__,
        plain.__defaults__,
        plain.__closure__,
    )
    copy.__kwdefaults__ = plain.__kwdefaults__
    made = functools.lru_cache(maxsize=64)(copy)
    if hasattr(os, "register_at_fork"):  # a font belongs to the library of the process that made it
        os.register_at_fork(after_in_child=made.cache_clear)
    return made


def _either(*given: Any, **settings: Any) -> Any:
    maker = _maker() if getattr(_HERE, "depth", 0) else None
    return (maker or _ORIGINAL)(*given, **settings)


_either.cache_clear = getattr(_ORIGINAL, "cache_clear", None)  # type: ignore[attr-defined]
_open = 0


@contextlib.contextmanager
def in_memory() -> Iterator[None]:
    """While it lasts, this thread's letters come from memory; afterwards matplotlib is as it was."""
    global _open
    if _maker() is None:
        yield
        return
    with _LOCK:
        _open += 1
        _manager_any._get_font = _either
    _HERE.depth = getattr(_HERE, "depth", 0) + 1
    try:
        yield
    finally:
        _HERE.depth -= 1
        with _LOCK:
            _open -= 1
            if not _open:
                _manager_any._get_font = _ORIGINAL
