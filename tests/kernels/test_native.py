"""The compiled kernels: chosen at run time, checked before use, the same numbers; absent without harm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path

native = pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")

from umkm_stats.native import _build, _load  # noqa: E402

SOURCE = Path(__file__).resolve().parents[2] / "src" / "umkm_stats"

LIBRARIES = native.available() or (None,)
NONE = "no compiled library fits this machine"


@pytest.fixture(params=LIBRARIES, ids=str)
def variant(request):
    if request.param is None:
        pytest.skip(NONE)
    with path.using(request.param):
        yield request.param


def test_numpy_can_be_asked_for():
    with path.using("numpy"):
        assert (path.kernel(), path.reason(), path.native()) == ("numpy", "asked", None)


def test_each_variant_can_be_asked_for(variant):
    assert (path.kernel(), path.reason()) == (f"native {variant}", "")
    assert path.kernel() in path.known()


@pytest.mark.parametrize("sizes", [(1,), (3,), (8,), (75,), (250,), (1001,), (5, 9, 13), (4, 1)])
def test_counts_are_the_same_bits(variant, sizes):
    compiled = streams.strata_block(2**62 + 3, 5, 256, sizes)
    with path.using("numpy"):
        expected = streams.strata_block(2**62 + 3, 5, 256, sizes)
    for ours, theirs in zip(compiled, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert (ours.sum(axis=1) == ours.shape[1]).all()


def test_counts_of_any_run_of_draws_and_in_two_bytes(variant):
    whole = native.draw_counts(9, 3, 0, 256, 77)
    np.testing.assert_array_equal(native.draw_counts(9, 3, 101, 19, 77), whole[101:120])
    np.testing.assert_array_equal(native.draw_counts(9, 3, 0, 256, 77, dtype=np.uint16), whole)


def test_a_counter_gives_the_same_bits(variant):
    span = np.repeat([4, 6], [4, 6])
    first = np.repeat([0, 4], [4, 6])
    compiled = streams.Counter(10, first, span)(11, 2).copy()
    with path.using("numpy"):
        np.testing.assert_array_equal(streams.Counter(10, first, span)(11, 2), compiled)
        expected = [part.copy() for _, part in streams.Counter(70_001).parts(11, 2, 3)]
    found = [part.copy() for _, part in streams.Counter(70_001).parts(11, 2, 3)]
    np.testing.assert_array_equal(np.concatenate(found), np.concatenate(expected))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (250, 405), (513, 7), (40, 13)])
def test_weighted_sums(variant, rows, columns):
    rng = np.random.default_rng(rows)
    counts, values = rng.integers(0, 5, (9, rows)).astype(float), rng.normal(size=(rows, columns))
    found = native.weighted_sums(counts, values)
    np.testing.assert_allclose(found, counts @ values, rtol=1e-12, atol=1e-11)
    np.testing.assert_array_equal(
        native.weighted_sums(counts[2:3], values), found[2:3]
    )  # alone as beside others


def test_sizes_are_checked_before_the_library_sees_them(variant):
    good = np.zeros((2, 3))
    for bad in (good.T, good[:, ::2], good.astype(np.float32), good[:1], [[0.0] * 3] * 2):
        with pytest.raises(ValueError, match="array"):
            _load.pointer(bad, (2, 3))
    with pytest.raises(ValueError, match="behind the last unit"):
        native.draw_counts(
            1, 0, 0, 1, 2, span=np.array([2, 2], dtype=np.uint32), start=np.array([0, 1], dtype=np.uint32)
        )
    with pytest.raises(ValueError, match="out of range"):
        native.draw_counts(1, 0, 0, 1, 0)


def test_a_library_from_other_sources_is_not_used(variant, monkeypatch):
    monkeypatch.setattr(_build, "digest", lambda: "of other sources")
    _load._opened.cache_clear()
    _load._state.cache_clear()
    try:
        assert (native.variant(), native.reason()) == ("", _load.STALE)
    finally:
        monkeypatch.undo()
        _load._opened.cache_clear()
        _load._state.cache_clear()
    assert native.variant() == variant


CORE = """
import numpy as np
from umkm_stats.kernels import draws, path
assert path.kernel() == "numpy" and path.reason() == "missing", (path.kernel(), path.reason())
assert path.known() == ("numpy",)
assert (draws.count_block(1, 0, 4, 30).sum(axis=1) == 30).all()
import umkm_stats
data = np.random.default_rng(1).normal(size=(60, 3)) + np.random.default_rng(2).normal(size=(60, 1))
import pandas as pd
fit = umkm_stats.fit("f =~ a + b + c", pd.DataFrame(data, columns=list("abc")))
assert fit.bootstrap(draws=20, seed=1).ledger["converged"] == 20
print("green")
"""


@pytest.mark.parametrize("left", ["nothing", "no library"])
def test_without_the_folder_or_its_library_numpy_computes(tmp_path, left):
    package = tmp_path / "umkm_stats"
    libraries = shutil.ignore_patterns("*.so", "*.dylib", "*.dll", "__pycache__", "_instruments")
    shutil.copytree(SOURCE, package, ignore=libraries)
    if left == "nothing":
        shutil.rmtree(package / "native")
    plain = {key: value for key, value in os.environ.items() if key != path.VARIABLE}
    ran = subprocess.run(
        [sys.executable, "-c", CORE],
        cwd=tmp_path,
        env={**plain, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "green", ran.stderr


def test_a_kernel_that_is_not_here_is_refused_and_the_summary_names_the_one_that_is():
    from umkm_stats import examples
    from umkm_stats.errors import UsageError

    fit = examples.fit()
    with path.using("avx1024"), pytest.raises(UsageError) as caught:
        fit.bootstrap(draws=2, seed=1)
    assert caught.value.code in ("GEN001", "GEN002")
    for name in path.known():
        with path.using(name):
            assert fit.summary().splitlines()[-1] == fit.summary("id").splitlines()[-1] == f"kernel: {name}"


@pytest.mark.slow
def test_sanitizers_find_nothing_in_random_shapes():
    script = Path(__file__).with_name("native_fuzz.py")
    ran = subprocess.run(
        [sys.executable, str(script), "3", "--plain"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    if "no compiler" in ran.stdout:
        pytest.skip("no compiler with sanitizers")
    assert "rounds" in ran.stdout
