"""Work through the blocks of a source: in this thread, in threads, or in processes; the numbers are the same.

Work is cut at block borders only and a block never depends on the number of workers. BLAS runs with one
thread a worker. An exception, an interruption from the keyboard among them, ends the run without a result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from umkm_stats._threads import one_thread
from umkm_stats.kernels import stopping
from umkm_stats.kernels.draws import BLOCK
from umkm_stats.sem.draws._kernels import Batch, Kernel, Later, MlKernel
from umkm_stats.sem.draws._loop import LoopKernel
from umkm_stats.sem.draws._source import Drawn, Source

Progress = Callable[[int, int], None]
MANY = 30_000  # draws from which processes repay their start; below it threads share the work
HEAVY = 4_000_000  # numbers of a sample above which threads share it: a process would need a copy
HELD = 4_000_000  # numbers of the samples of draws that wait for numpy


@dataclass(frozen=True, slots=True)
class Engine:
    """kernel: re-estimates draws; spare: takes the draws it cannot end (the kernel itself when nothing is
    batched)."""

    kernel: Kernel
    spare: LoopKernel

    @property
    def looping(self) -> bool:
        """Whether every draw is a single fit."""
        return self.kernel is self.spare

    def block(self, source: Source, block: int) -> Batch:
        """The draws of one block that belong to the run."""
        found, later = self.begin(source, block)
        if later:
            left = Later.joined(later)
            found.put(left.at, self.finish(left))
        return found

    def begin(self, source: Source, block: int) -> tuple[Batch, list[Later]]:
        """The draws of one block that belong to the run, and those of them that numpy has still to search:
        better many at once, and a draw's numbers do not depend on the others."""
        wanted = source.wanted(block)
        out, later = Batch.empty(wanted, self.spare.structure.n_params), []
        for first, size in source.parts(block):
            if first >= wanted:
                break
            kept = min(size, wanted - first)
            drawn, left = source.sample(block, first, size), None
            if isinstance(self.kernel, MlKernel):
                found, left = self.kernel.begin(drawn)
            else:
                found = self.kernel.estimate(_head(drawn, kept) if self.looping else drawn)
            found = found.some(slice(0, kept))
            if left is None and not self.looping:
                self.spare.rescue(_head(drawn, kept), found)
            out.put(slice(first, first + kept), found)
            if left is not None:
                later.append(left.before(kept, first))
        return out, [left for left in later if len(left)]

    def finish(self, left: Later) -> Batch:
        """The draws that were left, by numpy, then by single fits."""
        if not isinstance(self.kernel, MlKernel):
            raise TypeError("only complete data leave draws")
        found = self.kernel.finish(left)
        self.spare.rescue(left.drawn, found)
        return found


def _head(drawn: Drawn, size: int) -> Drawn:
    if size >= len(drawn):
        return drawn
    return Drawn(
        tuple(entry[:size] for entry in drawn.given),
        tuple(entry if entry.ndim == 2 else entry[:size] for entry in drawn.data),
        drawn.units,
        drawn.first,
        size if drawn.units else 0,
    )


def run(
    engine: Engine, source: Source, *, count: int, workers: int = 1, progress: Progress | None = None
) -> Batch:
    """All draws of a source; ``count`` parameters a draw."""
    out = Batch.empty(source.draws, count)
    with one_thread():
        light = sum(entry.size for entry in source.data) <= HEAVY
        apart = engine.looping or (source.draws >= MANY and light)
        job = partial(_whole, engine) if apart else engine.begin
        waiting = _Waiting(engine, out, progress)
        blocks = over_blocks(job, source, workers=workers, processes=apart)
        with contextlib.closing(blocks):  # an interruption ends the threads, wherever it comes
            for block, (found, later) in blocks:
                waiting.take(block * BLOCK, found, later)
        waiting.finish()
    return out


def _whole(engine: Engine, source: Source, block: int) -> tuple[Batch, list[Later]]:
    return engine.block(source, block), []


class _Waiting:
    """Gathers the blocks in ``out``, and the draws that are left until they are worth a search."""

    def __init__(self, engine: Engine, out: Batch, progress: Progress | None) -> None:
        self.engine, self.out, self.progress = engine, out, progress
        self.later: list[Later] = []
        self.done = 0

    def take(self, first: int, found: Batch, later: list[Later]) -> None:
        """The draws of a block, whose first is draw ``first`` of the run."""
        self.out.put(slice(first, first + len(found.end)), found)
        self.later += [left.before(BLOCK, first) for left in later]
        self._tell(len(found.end) - sum(map(len, later)))
        many = sum(map(len, self.later)) >= BLOCK
        if many or sum(left.numbers for left in self.later) > HELD:
            self.finish()

    def finish(self) -> None:
        """Search what was left."""
        if self.later:
            left = Later.joined(self.later)
            self.later = []
            self.out.put(left.at, self.engine.finish(left))
            self._tell(len(left))

    def _tell(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            self.progress(self.done, len(self.out.end))


def over_blocks(
    job: Callable[[Source, int], Any], source: Source, *, workers: int, processes: bool
) -> Generator[tuple[int, Any], None, None]:
    """(block, job(source, block)) of every block, as they end."""
    blocks = range(source.n_blocks)
    workers = min(workers, len(blocks))
    if workers <= 1:
        for block in blocks:
            yield block, job(source, block)
    elif processes:
        yield from _processes(job, source, workers)
    else:
        yield from _threads(job, source, workers)


def _threads(job: Callable[[Source, int], Any], source: Source, workers: int) -> Iterator[tuple[int, Any]]:
    with stopping.pool(workers) as pool:
        running: dict[Future[Any], int] = {}
        for block in range(source.n_blocks):
            running[pool.submit(job, source, block)] = block
            if len(running) >= 2 * workers:
                yield from _ended(running)
        while running:
            yield from _ended(running)


def _ended(running: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    done: set[Future[Any]] = set()
    while not done:  # a wait without limit cannot be interrupted on Windows
        done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
    for future in done:
        yield running.pop(future), future.result()


def _processes(job: Callable[[Source, int], Any], source: Source, workers: int) -> Iterator[tuple[int, Any]]:
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator", inner_max_num_threads=1)
    found = pool(delayed(job)(source, block) for block in range(source.n_blocks))
    yield from enumerate(found)


def stack(parts: dict[int, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Block results in the order of the blocks."""
    return np.concatenate([parts[block] for block in sorted(parts)], axis=0)
