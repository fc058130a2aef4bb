"""A wish to stop that reaches threads at work: long loops look for it between their parts.

Python interrupts its main thread only. A run in threads ends when the blocks under way do, and one block of a
long sample takes half a minute; with a wish it ends at the next look.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

_own = threading.local()


class Stopped(BaseException):
    """Raised in a thread that was wished to stop; never seen outside its pool."""


@contextlib.contextmanager
def pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that stop at their next look when the block ends with an exception, an interruption from the
    keyboard among them."""
    wish = threading.Event()
    with ThreadPoolExecutor(workers, initializer=_heed, initargs=(wish,)) as made:
        try:
            yield made
        except BaseException:
            wish.set()
            made.shutdown(wait=False, cancel_futures=True)
            raise


def _heed(wish: threading.Event) -> None:
    _own.wish = wish


def look() -> None:
    """Raise ``Stopped`` in a thread that was wished to stop; nothing in any other."""
    wish = getattr(_own, "wish", None)
    if wish is not None and wish.is_set():
        raise Stopped
