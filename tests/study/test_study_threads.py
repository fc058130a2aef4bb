"""The same bytes whatever the number of threads of linear algebra."""

import os
import subprocess
import sys

import numpy as np
import pytest

from umkm_stats import _threads


def threads() -> set[int]:
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    return {entry["num_threads"] for entry in threadpool_info() if entry["user_api"] == "blas"}


def test_every_computing_door_holds_linear_algebra_to_one_thread(monkeypatch):
    from threadpoolctl import threadpool_limits

    import umkm_stats
    from umkm_stats import measurement, mediation, planning, pls, regression, review, screening, sem, study

    seen = []
    with threadpool_limits(limits=2, user_api="blas"):
        inside = _threads.held(lambda: seen.append(threads()))
        inside()
        assert seen == [{1}]
        with _threads.one_thread(), _threads.one_thread():
            inside()
        assert seen == [{1}, {1}]
        assert threads() == {2}
    rooms = (measurement, mediation, planning, pls, regression, review, screening, sem, study)
    free = []
    for room in (*rooms, umkm_stats):
        for name in room.__all__:
            door = getattr(room, name)
            home = getattr(door, "__module__", "").split(".")[1:2]
            if callable(door) and not isinstance(door, type) and home and home[0] in _lazy_rooms():
                free += [f"{room.__name__}.{name}"] * (door.__code__.co_name != "holding")
    assert not free


def _lazy_rooms():
    from umkm_stats import _lazy

    return _lazy.COMPUTING


def test_doors_can_be_pickled_and_keep_their_signature():
    import inspect
    import pickle

    from umkm_stats import mediate

    assert pickle.loads(pickle.dumps(mediate)) is mediate
    assert "draws" in inspect.signature(mediate).parameters


@pytest.mark.slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: linear algebra has one thread anyway")
def test_results_are_the_same_bytes_on_one_thread_and_on_two(tmp_path):
    found = []
    for count in ("1", "2"):
        env = {**os.environ, **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), count)}
        command = [
            sys.executable,
            "-m",
            "umkm_stats",
            "demo",
            "--out",
            str(tmp_path / count),
            "--draws",
            "60",
        ]
        subprocess.run(command, env=env, check=True, capture_output=True)
        found.append((tmp_path / count / "results.json").read_bytes())
    assert found[0] == found[1]


def test_a_long_product_is_the_same_inside():
    """OpenBLAS sums a long product in another order on two threads; inside a door it has one."""
    from threadpoolctl import threadpool_limits

    values = np.random.default_rng(1).normal(size=(4001, 37))
    made = []
    for count in (1, 2):
        with threadpool_limits(limits=count, user_api="blas"), _threads.one_thread():
            made.append(values.T @ values)
    assert np.array_equal(made[0], made[1])
