"""Draws: the same words, row numbers and prefix everywhere."""

import hashlib

import numpy as np
import pytest

from umkm_stats.kernels import draws


def test_row_numbers_are_frozen():
    """frozen_own: these digests are our own; they must never change (numbers of printed studies hang on
    them)."""
    rows = draws.row_block(20260301, 0, 256, 142)
    assert rows.min() == 0
    assert rows.max() == 141
    digest = hashlib.sha256(rows.astype("<i8").tobytes()).hexdigest()
    assert digest == "83f94c9a4f959aeab4657d600206767bcced0b679c8bc6fec54be65ba6c88d3f"


def test_words_are_philox_words():
    """Against numpy's Philox generator stepped by hand to the same counter."""
    stream = np.random.Philox(key=np.array([7, 0], dtype=np.uint64))
    low = stream.random_raw(2)
    ours = draws.words(7, 0, 4)
    assert ours.tolist() == [
        int(low[0]) & 0xFFFFFFFF,
        int(low[0]) >> 32,
        int(low[1]) & 0xFFFFFFFF,
        int(low[1]) >> 32,
    ]


@pytest.mark.parametrize("size", [1, 7, 255])
def test_first_draws_of_a_longer_block_are_the_same(size):
    assert np.array_equal(draws.row_block(3, 5, size, 30), draws.row_block(3, 5, 256, 30)[:size])


def test_blocks_cover_every_draw_once():
    assert list(draws.blocks(600)) == [(0, 0, 256), (1, 256, 256), (2, 512, 88)]


def test_counts_sum_to_n_and_streams_differ():
    counts = draws.count_block(3, 0, 256, 50)
    assert np.all(counts.sum(axis=1) == 50)
    assert not np.array_equal(counts, draws.count_block(3, 1, 256, 50))
    assert not np.array_equal(draws.words(3, 0, 8), draws.words(3, 0, 8, purpose=draws.NORMALS))


def test_normals_are_normal():
    from scipy import stats

    sample = draws.normal_block(11, 0, 256, 200).ravel()
    assert np.isfinite(sample).all()
    assert stats.kstest(sample, "norm").pvalue > 0.001
    assert abs(sample.mean()) < 4 / np.sqrt(sample.size)


def test_normals_in_pieces_are_the_normals_of_the_block(monkeypatch):
    whole = draws.normal_block(7, 3, 5, 101, purpose=draws.SIMULATION).ravel()
    monkeypatch.setattr(draws, "PIECE", 37)
    stream = draws.Normals(7, 3, purpose=draws.SIMULATION)
    assert np.array_equal(np.concatenate([stream.take(k) for k in (1, 100, 3, 200, 201)]), whole)


def test_product_sums_by_blocks_of_rows_are_those_of_all_rows(monkeypatch):
    rng = np.random.default_rng(3)
    values, counts = rng.normal(size=(203, 6)), rng.integers(0, 3, size=(4, 203)).astype(float)
    row, col = np.tril_indices(6)
    whole = counts @ (values[:, row] * values[:, col])
    monkeypatch.setattr(draws, "MANY", 21 * 10)
    assert np.allclose(draws.product_sums(counts, values, row, col), whole, rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("sizes", [(7,), (5, 4), (1, 2, 8)])
def test_counts_made_in_pieces_are_those_of_the_whole_block(monkeypatch, sizes):
    whole = draws.strata_block(11, 2, 31, sizes)
    words = draws.words(11, 2, 31 * sum(sizes)).reshape(31, -1)
    first = 0
    monkeypatch.setattr(draws, "PIECE", 40)
    for size, counts, pieces in zip(sizes, whole, draws.strata_block(11, 2, 31, sizes), strict=True):
        rows = (words[:, first : first + size] * np.uint64(size)) >> np.uint64(32)
        assert np.array_equal(counts, draws.counts_of(rows.astype(np.int64), size))
        assert np.array_equal(counts, pieces)
        assert counts.dtype == np.float64
        first += size
    short = draws.strata_block(11, 2, 31, sizes, dtype=np.uint16)
    assert [entry.dtype for entry in short] == [np.uint16] * len(sizes)
    assert all(np.array_equal(*pair) for pair in zip(short, whole, strict=True))
    assert draws.counts_type(draws.LONG) is np.float64
    values = np.random.default_rng(1).normal(size=(sizes[0], 3))
    row, col = np.tril_indices(3)
    sums = [draws.value_sums(entry, values, row, col) for entry in (short[0], whole[0])]
    assert np.array_equal(*sums)


def _covariance():
    lower = np.array([[2.0, 0.0, 0.0], [0.3, 1e-3, 0.0], [-1.0, 4e-4, 0.5]])
    return lower @ lower.T


def test_the_root_of_a_covariance_is_the_symmetric_one():
    from scipy.linalg import sqrtm

    cov = np.array([[2.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 0.5]])
    scale = np.sqrt(np.diag(cov))
    expected = scale[:, None] * np.real(sqrtm(cov / np.outer(scale, scale)))
    np.testing.assert_allclose(draws.root(cov), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(draws.root(_covariance()) @ draws.root(_covariance()).T, _covariance())


def test_the_root_does_not_depend_on_the_eigenvectors_that_lapack_chose(monkeypatch):
    """Signs are free, and directions among equal eigenvalues: a covariance of two equal pairs."""
    twice = np.kron(np.eye(2), [[1.0, 0.4], [0.4, 1.0]])
    before = [draws.root(cov) for cov in (_covariance(), twice)]
    plain = np.linalg.eigh

    def other(matrix):
        values, vectors = plain(matrix)
        turned = -vectors
        if len(values) == 4:  # turn the plane of each pair
            spin = np.array([[0.6, -0.8], [0.8, 0.6]])
            turned[:, :2], turned[:, 2:] = vectors[:, :2] @ spin, vectors[:, 2:] @ spin.T
        return values, turned

    monkeypatch.setattr(np.linalg, "eigh", other)
    for cov, known in zip((_covariance(), twice), before, strict=True):
        np.testing.assert_allclose(draws.root(cov), known, rtol=1e-12, atol=1e-15)


def test_the_root_of_a_singular_covariance_and_in_other_units():
    """Parameters held equal, one held fixed; a parameter in other units is drawn in those units."""
    half = np.array([[1.0, 0.2], [1.0, 0.2], [0.0, 0.0], [0.5, -1.0]])
    cov = half @ half.T
    root = draws.root(cov)
    np.testing.assert_allclose(root @ root.T, cov, atol=1e-14)
    assert not root[2].any()
    np.testing.assert_allclose(root[0], root[1], rtol=1e-12)
    units = np.array([1e6, 1.0, 3.0, 1e-4])
    np.testing.assert_allclose(draws.root(cov * np.outer(units, units)), units[:, None] * root, rtol=1e-9)
