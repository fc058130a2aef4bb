"""Threads stop at the next look when the run they work for is interrupted."""

import threading

import numpy as np
import pytest

from sem_data import holzinger
from umkm_stats import sem
from umkm_stats.kernels import draws, stopping
from umkm_stats.sem.draws import _run


def test_a_thread_at_work_stops_at_its_next_look():
    """The work would go on for ever; that this test ends shows that it does not."""
    at_work, ended = threading.Event(), threading.Event()

    def work():
        try:
            while True:
                at_work.set()
                stopping.look()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt), stopping.pool(2) as pool:
        pool.submit(work)
        at_work.wait()
        raise KeyboardInterrupt
    assert ended.is_set()
    stopping.look()  # this thread was never wished to stop


def test_long_sums_and_counts_look_between_their_parts(monkeypatch):
    looks = []
    monkeypatch.setattr(draws, "look", lambda: looks.append(1))
    monkeypatch.setattr(draws, "MANY", 40)
    values = np.random.default_rng(0).normal(size=(30, 2))
    draws.value_sums(np.ones((4, 30)), values, *np.tril_indices(2))
    assert len(looks) == 4  # 40 products are those of 8 rows
    draws.product_sums(np.ones((4, 30)), values, *np.tril_indices(2))
    assert len(looks) == 4 + 3


def test_an_interruption_while_progress_is_told_ends_the_threads():
    """The blocks under way would wait for ever for a wish that never comes."""
    fit = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", holzinger())
    made = fit.bootstrap(draws=600, seed=1)
    first, waiting = threading.Event(), []

    def job(source, block):
        if not block:
            return made.engine.begin(source, block)
        waiting.append(block)
        first.set()
        while True:
            stopping.look()

    class Waiting:
        looping = False
        begin = staticmethod(job)

    def tell(done, total):
        first.wait()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run.run(Waiting(), made.source, count=len(fit.params), workers=2, progress=tell)
    assert waiting
