"""Where cells are worked: in this process, in processes of this machine, or on a Dask cluster; the same
numbers.

A cell depends on its request only, so it may be run anywhere, twice or again after a worker was lost.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.planning._cells import Cell, Request, run_cell
from umkm_stats.planning._design import Design

if TYPE_CHECKING:
    import pandas as pd

RETRIES = 10  # a cell may lose its worker this often


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_local(
    designs: Sequence[Design], request: Request, cells: Sequence[Cell], workers: int
) -> Iterator[tuple[Cell, pd.DataFrame]]:
    """Cells as they end; ``workers`` 1 runs them here."""
    if workers == 1 or len(cells) == 1:
        for cell in cells:
            yield cell, run_cell(designs[cell.scenario], request, cell)
        return
    from joblib import Parallel, delayed

    pool = Parallel(
        n_jobs=min(workers, len(cells)),
        backend="loky",
        return_as="generator_unordered",
        inner_max_num_threads=1,
    )
    yield from pool(delayed(_numbered)(designs[cell.scenario], request, cell) for cell in cells)


def _numbered(design: Design, request: Request, cell: Cell) -> tuple[Cell, pd.DataFrame]:
    return cell, run_cell(design, request, cell)


def starts_again_in_every_worker() -> bool:
    """Whether this call stands in a script outside ``if __name__ == "__main__":``.

    A cluster of processes imports the script in every worker, which would begin the study anew there.
    """
    main = sys.modules.get("__main__")
    source = getattr(main, "__file__", None)
    frame: FrameType | None = sys._getframe()
    while frame is not None and not (
        frame.f_globals is getattr(main, "__dict__", None) and frame.f_code.co_name == "<module>"
    ):
        frame = frame.f_back
    if frame is None or source is None:
        return False
    try:
        tree = ast.parse(Path(source).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return False
    return not any(
        isinstance(node, ast.If)
        and "__name__" in ast.unparse(node.test)
        and node.lineno <= frame.f_lineno <= (node.end_lineno or node.lineno)
        for node in tree.body
    )


def run_dask(
    designs: Sequence[Design], request: Request, cells: Sequence[Cell], scheduler: Any, workers: int | None
) -> Iterator[tuple[Cell, pd.DataFrame]]:
    """Cells as they end on a Dask cluster.

    scheduler: an address ("tcp://host:8786"), a ``distributed.Client``, or None for a cluster of this
    machine's own processes, closed at the end. ``UsageError`` PLN123 without ``dask[distributed]``,
    ``UmkmError`` PLN124 when the scheduler does not answer, PLN125 when a cell lost its worker too often,
    ``UsageError`` PLN164 when a script asks for processes outside ``if __name__ == "__main__":``.
    """
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("PLN123")
    import distributed

    library: Any = distributed

    own: Any = None
    if hasattr(scheduler, "submit"):
        client = scheduler
    else:
        if scheduler is None and starts_again_in_every_worker():
            raise UsageError("PLN164")
        try:
            where = {"n_workers": workers or cores(), "threads_per_worker": 1, "dashboard_address": None}
            client = own = (
                library.Client(**where)
                if scheduler is None
                else library.Client(str(scheduler), timeout="20s")
            )
        except (OSError, RuntimeError, ValueError, TimeoutError) as problem:
            raise UmkmError("PLN124", params={"scheduler": str(scheduler)}) from problem
    try:
        # Each task carries its design: nothing is lost with a worker, not even with all of them.
        futures = [
            client.submit(_numbered, designs[c.scenario], request, c, pure=False, retries=RETRIES)
            for c in cells
        ]
        for future in library.as_completed(futures):
            if future.status != "finished":
                reason = type(future.exception()).__name__ if future.status == "error" else str(future.status)
                raise UmkmError("PLN125", params={"reason": reason})
            yield future.result()
            future.release()
    finally:
        if own is not None:
            own.close()
