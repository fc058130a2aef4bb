"""Which way a kernel computes: compiled, where the native folder and its library are there, or numpy.

``UMKM_KERNEL`` = auto (default), native, numpy, or a variant (avx2, sse2, neon) decides; see
``umkm_stats/native/README.md``. A kernel that has both ways asks ``native()`` at its start and takes numpy's
way when it gets nothing. Without the native folder this file is all that is left of it.

A kernel that is not there is never replaced in silence: every door checks at its entry
(``_threads.one_thread``), and so does ``native()`` where no door stood before it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
from collections.abc import Iterator
from types import ModuleType

from umkm_stats.options import one_of

VARIABLE = "UMKM_KERNEL"
NUMPY = "numpy"


@functools.cache
def _folder() -> ModuleType | None:
    try:
        return importlib.import_module("umkm_stats.native")
    except ModuleNotFoundError as error:
        if error.name != "umkm_stats.native":
            raise
        return None


def native() -> ModuleType | None:
    """The room of compiled kernels when one of them computes now, else None; raises as :func:`check`."""
    folder = _folder()
    if folder is not None and folder.variant():
        return folder
    check()
    return None


def room(name: str) -> ModuleType | None:
    """The room of compiled kernels for a kernel of this name (as :func:`kernel` gave it), None for numpy.

    So worker processes compute as the process that started them.
    """
    return None if name == NUMPY else _folder()


def kernel() -> str:
    """``native avx2``, ``native sse2``, ``native neon`` or ``numpy``."""
    folder = _folder()
    return NUMPY if folder is None else str(folder.kernel())


def reason() -> str:
    """Why numpy computes (missing, unloadable, stale, processor, asked); empty when a library does."""
    folder = _folder()
    if folder is not None:
        return str(folder.reason())
    return "asked" if _wanted() == NUMPY else "missing"


def known() -> tuple[str, ...]:
    """The kernels that can compute on this machine, the best first."""
    folder = _folder()
    return (*(() if folder is None else (f"native {name}" for name in folder.available())), NUMPY)


def asked() -> tuple[str, tuple[str, ...]]:
    """What UMKM_KERNEL asks for, and what it may ask for on this machine."""
    names = tuple(name.split()[-1] for name in known())
    return _wanted(), ("auto", *(("native",) if len(names) > 1 else ()), *names)


def _wanted() -> str:
    return os.environ.get(VARIABLE, "").strip().lower() or "auto"


def check() -> None:
    """Raise ``UsageError`` GEN001 or GEN002 when UMKM_KERNEL asks for what this machine does not have."""
    if _wanted() not in ("auto", NUMPY):
        one_of(VARIABLE, *asked())


@contextlib.contextmanager
def using(name: str) -> Iterator[None]:
    """A context in which the kernel of this name computes, in this process and those it starts."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name.split()[-1]
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before
