"""Where cells are worked: in this process, in processes of this machine, or on a Dask cluster; the same
numbers.

A cell depends on its request only, so it may be run anywhere, twice or again after a worker was lost.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
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


def run_dask(
    designs: Sequence[Design], request: Request, cells: Sequence[Cell], scheduler: Any, workers: int | None
) -> Iterator[tuple[Cell, pd.DataFrame]]:
    """Cells as they end on a Dask cluster.

    scheduler: an address ("tcp://host:8786"), a ``distributed.Client``, or None for a cluster of this
    machine's own processes, closed at the end. ``UsageError`` PLN123 without ``dask[distributed]``,
    ``UmkmError`` PLN124 when the scheduler does not answer, PLN125 when a cell lost its worker too often.
    """
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("PLN123")
    import distributed

    library: Any = distributed

    own: Any = None
    if hasattr(scheduler, "submit"):
        client = scheduler
    else:
        try:
            where = {"n_workers": workers or cores(), "threads_per_worker": 1, "dashboard_address": None}
            client = own = (
                library.Client(**where)
                if scheduler is None
                else library.Client(str(scheduler), timeout="20s")
            )
        except (OSError, ValueError, TimeoutError) as problem:
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
