"""Linear algebra on one thread inside every door: the same bits on any number of cores.

A product of matrices that two threads share is summed in another order than on one, so its last digits would
depend on the machine. The rooms whose doors compute are held as a whole; see ``_lazy.attach``. A name in
``UMKM_KERNEL`` that is no kernel of the machine is refused here too, before anything is read or computed.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
KERNEL, KERNELS = "UMKM_KERNEL", "umkm_stats.kernels.path"
"""The variable that asks for a kernel, and the module that knows which there are; loaded when it is set."""
_HELD = threading.Lock()
_DEPTH = 0
_OPEN = contextlib.ExitStack()


@functools.cache
def _pools() -> Any:
    """The linear algebra libraries of numpy and scipy, which are two; looked up once (about 5 ms)."""
    import numpy
    import scipy.linalg
    from threadpoolctl import ThreadpoolController

    return (numpy, scipy.linalg, ThreadpoolController())[-1]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """A context in which linear algebra uses one thread; within another one it costs nothing.

    The setting is the process's, so it is made by the first that enters and undone by the last that leaves,
    whichever threads they run in.

    Raises ``UsageError`` GEN001 or GEN002 when UMKM_KERNEL asks for a kernel that this machine does not have.
    """
    global _DEPTH, _OPEN
    if os.environ.get(KERNEL):
        importlib.import_module(KERNELS).check()
    with _HELD:
        if not _DEPTH:
            _OPEN = contextlib.ExitStack()
            _OPEN.enter_context(_pools().limit(limits=1, user_api="blas"))
        _DEPTH += 1
    try:
        yield
    finally:
        with _HELD:
            _DEPTH -= 1
            if not _DEPTH:
                _OPEN.close()


def held(door: Callable[P, R]) -> Callable[P, R]:
    """The door with ``one_thread`` around it."""

    @functools.wraps(door)
    def holding(*args: P.args, **given: P.kwargs) -> R:
        with one_thread():
            return door(*args, **given)

    return holding
