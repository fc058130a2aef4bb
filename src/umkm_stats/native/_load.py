"""Find the compiled libraries beside this file, check that they are ours, and choose one.

A library is used when it loads, has the interface number of :mod:`._build`, was made from the sources that
stand beside it, and the processor knows its instructions. Otherwise numpy computes, and :func:`reason` says
why. Nothing is compiled here.
"""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from umkm_stats.native import _build

VARIABLE = "UMKM_KERNEL"
MISSING, FOREIGN, STALE, PROCESSOR, ASKED = "missing", "unloadable", "stale", "processor", "asked"
"""Why numpy computes: no library; one that does not load; one from other sources; a processor without the
instructions; because it was asked for."""


@functools.cache
def _opened(variant: str) -> tuple[ctypes.CDLL | None, str]:
    """The library of a variant, or why there is none."""
    path = _build.HERE / _build.file_name(variant)
    if not path.is_file():
        return None, MISSING
    try:
        library = ctypes.CDLL(str(path))
        number, made_from = library.umkm_abi, library.umkm_digest
        number.restype, made_from.restype = ctypes.c_int64, ctypes.c_char_p
        if int(number()) != _build.ABI or bytes(made_from()).decode() != _build.digest():
            return None, STALE
        able = library.umkm_avx2
        able.restype = ctypes.c_int64
    except (OSError, AttributeError):
        return None, FOREIGN
    return library, ""


@functools.cache
def _state(variant: str) -> str:
    """Why a variant cannot be used; empty when it can."""
    plain = list(_build.variants())[-1:]
    if variant not in _build.variants():
        return PROCESSOR
    library, why = _opened(plain[0])  # the one whose instructions every processor knows is asked first
    if library is None or variant == plain[0]:
        return why
    return _opened(variant)[1] if int(library.umkm_avx2()) else PROCESSOR


def available() -> tuple[str, ...]:
    """Variants that can be used here, the best first."""
    return tuple(variant for variant in _build.variants() if not _state(variant))


def asked() -> str:
    """What the environment variable UMKM_KERNEL asks for: auto, native, numpy or a variant."""
    return os.environ.get(VARIABLE, "").strip().lower() or "auto"


def variant() -> str:
    """The variant that computes now; empty for numpy."""
    wanted, there = asked(), available()
    if wanted in ("auto", "native"):
        return there[0] if there else ""
    return wanted if wanted in there else ""


def kernel() -> str:
    """``native avx2``, ``native sse2``, ``native neon`` or ``numpy``: what computes now.

    Examples
    --------
    >>> from umkm_stats import native
    >>> native.kernel().split()[0] in ("native", "numpy")
    True
    """
    chosen = variant()
    return f"native {chosen}" if chosen else "numpy"


def reason() -> str:
    """Why numpy computes: missing, unloadable, stale, processor or asked; empty when a library does.

    Examples
    --------
    >>> from umkm_stats import native
    >>> (native.reason() == "") == native.kernel().startswith("native")
    True
    """
    if variant():
        return ""
    wanted = asked()
    if wanted == "numpy":
        return ASKED
    known = _build.variants()
    if wanted in known:
        return _state(wanted)
    return next((why for name in known if (why := _state(name)) != PROCESSOR), PROCESSOR)


class Entry:
    """One function of the libraries: its name and the types of its arguments; every variant has it."""

    __slots__ = ("_functions", "name", "types")

    def __init__(self, name: str, *types: Any) -> None:
        self.name, self.types = name, types
        self._functions: dict[str, Any] = {}

    def __call__(self, *values: Any, chosen: str = "") -> int:
        """Call it in the variant ``chosen`` (default: the one that computes now). The interpreter's lock is
        released meanwhile, so threads may call at once."""
        name = chosen or variant()
        function = self._functions.get(name)
        if function is None:
            library, why = _opened(name) if not _state(name) else (None, _state(name))
            if library is None:
                raise RuntimeError(f"the variant {name!r} of the compiled kernels cannot be used: {why}")
            function = ctypes.CFUNCTYPE(ctypes.c_int64, *self.types)((self.name, library))
            self._functions[name] = function
        return int(function(*values))


def pointer(array: Any, shape: Sequence[int], dtype: Any = np.float64) -> int:
    """Address of an array that has exactly this shape and type and lies without gaps; else ``ValueError``.

    Every array passes here before a library sees it: the C++ side trusts the sizes it is told.
    """
    if not isinstance(array, np.ndarray) or array.dtype != np.dtype(dtype) or array.shape != tuple(shape):
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(f"an array of {np.dtype(dtype)} {tuple(shape)} is needed, not {found}")
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise ValueError("the array has gaps")
    return int(array.ctypes.data)


INT, WORD, ADDRESS = ctypes.c_int64, ctypes.c_uint64, ctypes.c_void_p
