"""Progress for another program: one JSON line a step, and an end when that program ends."""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Tell = Callable[[str, int, int], None]
KINDS = ("bar", "jsonl", "none")
GRACE = 4.0  # seconds between the wish to stop and the end that nothing can hold up
STEPS = {"read": "read", "describe": "measure", "measurement": "measure", "report": "report"}


def lines() -> Tell:
    """A callback that writes ``{"step", "part", "task", "tasks", "done", "total"}`` to standard error, one
    line each.

    step: read, measure, mediation or report. part: the analysis under way (``scores``, ``latent``, ``pls``,
    …), task of tasks (from 1; 0 of 0 while they are not known). done, total: draws where the part has draws,
    else 0 or 1 of 1. A reader that has gone is no reason to stop.
    """
    task = {"task": 0, "tasks": 0}
    last: dict[str, Any] = {"part": "", "done": 0, "total": 0}

    def tell(part: str, done: int, total: int) -> None:
        if part == "study":
            task.update(task=min(done + 1, total), tasks=total)
            return
        if part == last["part"] and total == 1 and done == 1:  # a part that counted draws ends with them
            done = total = last["total"]
        now = {"part": part, "done": done, "total": total}
        if now == last:
            return
        last.update(now)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(json.dumps({"step": STEPS.get(part, "mediation"), **task, **now}) + "\n")
            sys.stderr.flush()

    return tell


@contextlib.contextmanager
def ending_with_stdin(asked: bool, interrupt: Callable[[], None]) -> Iterator[None]:
    """While the block runs, a standard input that closes interrupts it as Ctrl-C does.

    What does not stop within ``GRACE`` seconds (a long step inside a numerical library) is ended by the
    system; the lock of the folder is free then, and the next run clears what was left.
    """
    if not asked:
        yield
        return
    done = threading.Event()
    threading.Thread(target=_watch, args=(done, interrupt), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(done: threading.Event, interrupt: Callable[[], None]) -> None:
    """Read what comes until nothing can come any more; only the bare descriptor, which no exit waits for."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    if done.is_set():
        return
    interrupt()
    end = time.monotonic() + GRACE
    while time.monotonic() < end:
        if done.wait(0.2):
            return
    os._exit(130)


def interrupted() -> None:
    """What SIGINT does, on every system, from any thread."""
    _thread.interrupt_main(signal.SIGINT)
