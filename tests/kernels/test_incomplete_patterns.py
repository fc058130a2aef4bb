"""Patterns of missing values side by side: the same numbers as pattern by pattern."""

import numpy as np
import pytest

from umkm_stats.kernels import draws
from umkm_stats.kernels.sem.moments import patterns
from umkm_stats.kernels.sem.one.discrepancy import Sample, evaluate, slopes
from umkm_stats.kernels.sem.one.incomplete import curvature_blocks, stacked
from umkm_stats.kernels.sem.saturated import em_moments, incomplete_sample


def rows_with_gaps(n=60, p=6, share=0.3):
    rows = draws.normal_block(3, 0, n, p) @ (np.eye(p) + 0.3)
    rows[draws.uniform_block(4, 0, n, p) < share] = np.nan
    rows[:, 0] = np.where(np.isnan(rows).all(axis=1), 0.1, rows[:, 0])
    return rows


def plain_value(found, n, sigma, mu):
    total = 0.0
    for one in found:
        block = sigma[np.ix_(one.seen, one.seen)]
        apart = one.mean - mu[one.seen]
        inner = np.linalg.solve(block, one.cov + np.outer(apart, apart))
        total += one.n / n * (np.linalg.slogdet(block)[1] + np.trace(inner))
    return total


@pytest.mark.parametrize("last", [2.0, 1e-9], ids=["regular", "nearly singular"])
def test_inverses_of_all_patterns(last):
    """numpy.linalg.inv of each block, 1e-11 relative to the largest element; Σ⁻¹ with a small root too."""
    rows = rows_with_gaps()
    found = patterns(rows)
    root = np.linalg.qr(draws.normal_block(5, 0, 6, 6))[0]
    sigma = (root * np.array([3.0, 2.0, 1.5, 1.0, 0.8, last])) @ root.T
    stack = stacked(found, 6)
    solved = stack.inverses(sigma)
    assert solved is not None
    for one, inverse, logdet in zip(found, *solved, strict=True):
        block = sigma[np.ix_(one.seen, one.seen)]
        wanted = np.zeros((6, 6))
        wanted[np.ix_(one.seen, one.seen)] = np.linalg.inv(block)
        exact = 1e-11 if last > 1.0 else 1e-5  # two factorisations of a matrix of condition 3e9
        assert np.abs(inverse - wanted).max() < exact * np.abs(wanted).max()
        assert logdet == pytest.approx(np.linalg.slogdet(block)[1], abs=max(exact, 1e-12))


def test_no_inverses_where_a_block_is_not_positive_definite():
    stack = stacked(patterns(rows_with_gaps()), 6)
    assert stack.inverses(-np.eye(6)) is None
    one = np.eye(6)
    one[0, 1] = one[1, 0] = 1.5
    assert stack.inverses(one) is None


def test_sigma_may_fail_where_no_row_has_all_variables():
    """Every Σ_oo is positive definite although Σ is not: there is a likelihood, and its value is that."""
    rows = rows_with_gaps(40, 3)
    rows[np.arange(40), np.arange(40) % 3] = np.nan
    rows = rows[~np.isnan(rows).all(axis=1)]
    found = patterns(rows)
    sigma = np.full((3, 3), -0.6) + 1.6 * np.eye(3)
    assert np.linalg.eigvalsh(sigma)[0] < 0
    sample = Sample(float(len(rows)), np.zeros(3), np.eye(3), 0.0, None, found)
    at = evaluate("fiml", sample, sigma, np.zeros(3), means=True)
    assert at is not None
    assert at.value == pytest.approx(plain_value(found, len(rows), sigma, np.zeros(3)), rel=1e-12)


def test_value_and_slopes():
    """The value pattern by pattern; the slopes by central differences, 1e-6, and as complex numbers."""
    rows = rows_with_gaps()
    sample = incomplete_sample(rows)
    sigma, mu = sample.cov + 0.2 * np.eye(6), sample.mean + 0.1
    at = evaluate("fiml", sample, sigma, mu, means=True)
    assert at is not None
    assert at.value + sample.base == pytest.approx(plain_value(sample.patterns, 60, sigma, mu), rel=1e-12)
    again, by_mu = slopes("fiml", sample, sigma, mu, means=True)
    np.testing.assert_allclose(again, at.by_sigma, atol=1e-12)
    np.testing.assert_allclose(by_mu, at.by_mu, atol=1e-12)
    step = 1e-6
    for i, j in [(0, 0), (2, 1), (5, 3)]:
        move = np.zeros((6, 6))
        move[i, j] = move[j, i] = step
        up, down = (plain_value(sample.patterns, 60, sigma + s * move, mu) for s in (1, -1))
        slope = at.by_sigma[i, j] * (1.0 if i == j else 2.0)
        assert slope == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-8)
    complex_slopes, _ = slopes("fiml", sample, sigma.astype(complex), mu, means=True)
    np.testing.assert_allclose(complex_slopes.real, at.by_sigma, atol=1e-10)


def test_saturated_moments_are_where_the_slopes_vanish():
    rows = rows_with_gaps()
    found = patterns(rows)
    mean, cov, settled = em_moments(found, np.zeros(6), np.eye(6))
    assert settled
    sample = Sample(60.0, mean, cov, 0.0, None, found)
    at = evaluate("fiml", sample, cov, mean, means=True)
    assert at is not None
    assert np.abs(at.by_sigma).max() < 1e-8
    assert np.abs(at.by_mu).max() < 1e-8


def test_curvature_blocks_equal_kronecker_products():
    """½Dᵀ(L ⊗ R)D, symmetrised, with the duplication matrix written out; rtol 1e-12."""
    p = 4
    matrices = draws.normal_block(6, 0, 5, 2 * p * p).reshape(5, 2, p, p)
    left, right = (one + one.transpose(0, 2, 1) for one in (matrices[:, 0], matrices[:, 1]))
    shares = np.array([0.1, 0.3, 0.2, 0.25, 0.15])
    col, row = np.triu_indices(p)
    duplication = np.zeros((p * p, len(row)))
    for k, (i, j) in enumerate(zip(row, col, strict=True)):
        duplication[i * p + j, k] = duplication[j * p + i, k] = 1.0
    for other in (left, right):
        whole = sum(s * np.kron(a, b) for s, a, b in zip(shares, left, other, strict=True))
        wanted = 0.5 * duplication.T @ whole @ duplication
        wanted = (wanted + wanted.T) / 2.0
        found = curvature_blocks(shares, left, other)
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
