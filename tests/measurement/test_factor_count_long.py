"""Parallel analysis of long data: cross-products drawn as such follow the law of those made from rows."""

import sys

import numpy as np
import pandas as pd
import pytest

import peak_memory
from umkm_stats.kernels import draws
from umkm_stats.kernels.measurement import efa_retention
from umkm_stats.measurement import factor_count


def test_drawn_cross_products_have_the_moments_of_the_wishart_distribution():
    """W(n − 1, I): mean (n − 1)·I, variance 2(n − 1) on and n − 1 off the diagonal; within 4.5 standard
    errors of 20 000 matrices."""
    n, k, count = 12, 4, 20_000
    left = draws.Normals(5, 0, purpose=draws.SIMULATION)
    found = efa_retention._cross_products(left, count, n, k)
    eye = np.eye(k)
    variance = (n - 1) * (1 + eye)
    np.testing.assert_array_less(np.abs(found.mean(axis=0) - (n - 1) * eye), 4.5 * np.sqrt(variance / count))
    # kurtosis of χ² with few degrees of freedom is below 3 + 12/df: the error of a variance is below this
    error = variance * np.sqrt((2 + 12 / (n - 1)) / count)
    np.testing.assert_array_less(np.abs(found.var(axis=0) - variance), 4.5 * error)


def test_random_eigenvalues_are_those_of_rows(monkeypatch):
    """The same two analyses by rows and by factors, 2 000 sets each: means within 4.5 standard errors, the
    95th percentile within 4.5 of its own (normal approximation)."""
    corr = np.full((5, 5), 0.3) + 0.7 * np.eye(5)
    rows = efa_retention.parallel_pair(corr, 40, runs=2000, seed=4)
    spread = np.std(
        [np.linalg.eigvalsh(np.corrcoef(np.random.default_rng(i).normal(size=(5, 40)))) for i in range(300)],
        axis=0,
    )[::-1]
    monkeypatch.setattr(efa_retention, "FACTORS", 1)
    drawn = efa_retention.parallel_pair(corr, 40, runs=2000, seed=4)
    for one, other in zip(rows, drawn, strict=True):
        assert not np.array_equal(one.random_mean, other.random_mean)
        np.testing.assert_array_less(
            np.abs(one.random_mean - other.random_mean), 1.3 * 4.5 * spread * np.sqrt(2 / 2000)
        )
        np.testing.assert_array_less(
            np.abs(one.random_high - other.random_high), 1.3 * 4.5 * 2.1 * spread * np.sqrt(2 / 2000)
        )
    fewer = efa_retention.parallel_pair(corr, 40, runs=300, seed=4)
    monkeypatch.setattr(efa_retention, "CELLS", 60)
    pieces = efa_retention.parallel_pair(corr, 40, runs=300, seed=4)
    assert np.array_equal(fewer[0].random_mean, pieces[0].random_mean)


def test_the_result_says_when_cross_products_were_drawn():
    rng = np.random.default_rng(0)
    common = rng.normal(size=(90_000, 1))
    data = pd.DataFrame(0.7 * common + rng.normal(size=(90_000, 6)), columns=list("abcdef"))
    long = factor_count(data, runs=20, seed=3)
    assert long.advised["parallel_pca"] == 1
    (note,) = [note for note in long.notes if note.code == "MEA120"]
    assert "Wishart" in note.message("en")
    assert "500.000" in note.message("id")
    short = factor_count(data[:2000], runs=20, seed=3)
    assert "MEA120" not in {note.code for note in short.notes}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read with resource, which Windows lacks")
@pytest.mark.parametrize("factors", [500_000, 10**9], ids=["drawn", "rows"])
def test_parallel_analysis_of_many_rows_stays_small(factors):
    """Peak memory of 20 000 rows × 99 items in a process of its own, by the way chosen and from rows: 147 MB
    measured, 3.6 GiB once."""
    program = (
        "import numpy as np\n"
        "from umkm_stats.kernels.measurement import efa_retention\n"
        f"efa_retention.FACTORS = {factors}\n"
        "efa_retention.parallel_pair(np.eye(99) * .7 + .3, 20_000, runs=20, seed=1)\n"
    )
    assert peak_memory.mib(program) < 500
