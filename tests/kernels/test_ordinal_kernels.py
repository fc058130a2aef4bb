"""Bivariate normal probabilities, thresholds, polychoric correlations and Γ."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate
from scipy.special import ndtr

from ordinal_data import ordinal_codes
from umkm_stats.kernels import draws
from umkm_stats.kernels.ordinal import many_polychoric as batch_polychoric
from umkm_stats.kernels.ordinal import polychoric_tables as polychoric
from umkm_stats.kernels.ordinal.bivariate_normal import density, distribution
from umkm_stats.kernels.ordinal.moments import gamma, influences, ordinal_moments

REFERENCE = Path(__file__).parents[1] / "reference" / "lavaan_ordinal.json"
CORRELATIONS = [0.0, 0.1, -0.29, 0.3, 0.5, -0.74, 0.76, -0.92, 0.925, 0.95, -0.99, 0.999, -0.9999, 0.9999]


def by_quadrature(h: float, k: float, rho: float) -> float:
    root = np.sqrt(1 - rho * rho)
    turn = [k / rho + d * root for d in (-8, -2, 0, 2, 8)] if rho else []
    points = sorted(x for x in [*turn, -3.0, 0.0, 3.0] if -9 < x < h)
    value, _ = integrate.quad(
        lambda x: np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi) * ndtr((k - rho * x) / root),
        -9,
        h,
        points=points or None,
        epsabs=1e-14,
        epsrel=1e-13,
        limit=400,
    )
    return value


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_distribution_equals_quadrature(rho):
    """scipy.integrate.quad (QUADPACK) of φ(x)Φ((k − ρx)/√(1 − ρ²)); tolerance 1e-10."""
    grid = draws.uniform_block(5, abs(hash(str(rho))) % 7, 12, 2) * 12 - 6
    near = np.stack([grid[:4, 0], grid[:4, 0] * (np.sign(rho) or 1.0) + 0.01], axis=1)
    for h, k in np.vstack([grid, near]):
        assert abs(by_quadrature(h, k, rho) - float(distribution(h, k, rho))) < 1e-10


def test_distribution_at_the_edges():
    assert distribution(1.0, 0.5, 1.0) == pytest.approx(ndtr(0.5), abs=1e-15)
    assert distribution(1.0, 0.5, -1.0) == pytest.approx(ndtr(1.0) + ndtr(0.5) - 1, abs=1e-15)
    assert distribution(np.inf, 0.3, 0.2) == pytest.approx(ndtr(0.3), abs=1e-15)
    assert distribution(-np.inf, 0.3, 0.2) == 0.0
    assert np.isnan(distribution(np.nan, 0.3, 0.2))
    assert distribution(0.0, 0.0, 0.5) == pytest.approx(0.25 + np.arcsin(0.5) / (2 * np.pi), abs=1e-15)


def test_density_is_the_slope_in_rho():
    """Plackett's identity, central difference."""
    h, k, rho, step = 0.7, -0.4, 0.55, 1e-5
    slope = (distribution(h, k, rho + step) - distribution(h, k, rho - step)) / (2 * step)
    assert density(h, k, rho) == pytest.approx(slope, rel=1e-8)
    assert density(np.inf, k, rho) == 0.0


@pytest.fixture(scope="module")
def reference():
    return json.loads(REFERENCE.read_text())


@pytest.fixture(scope="module")
def sample():
    codes = ordinal_codes()
    return codes, ordinal_moments(codes, codes.max(axis=0) + 1)


def test_thresholds_and_correlations_equal_lavaan(reference, sample):
    """lavaan 0.6-14; thresholds 1e-10, correlations 1e-6 (its optimiser's tolerance)."""
    _, moments = sample
    assert np.concatenate(moments.thresholds) == pytest.approx(reference["thresholds"], abs=1e-10)
    assert moments.rho[moments.first, moments.second] == pytest.approx(
        reference["correlations_lower_by_columns"], abs=1e-6
    )
    assert moments.converged.all()
    assert not moments.boundary.any()


def test_gamma_equals_lavaan(reference, sample):
    """lavaan 0.6-14, relative 1e-5."""
    codes, moments = sample
    ours = gamma(codes, moments)
    assert np.diag(ours) == pytest.approx(reference["gamma_diagonal"], rel=1e-5)
    pairs = len(moments.first)
    assert moments.variance == pytest.approx(np.diag(ours)[-pairs:], rel=1e-10)
    assert np.allclose(influences(codes, moments).mean(axis=0), 0, atol=1e-7)


def test_rho_is_where_the_likelihood_is_flat():
    """The likelihood of the table, by differences of its logarithm."""
    codes = ordinal_codes()
    table = np.zeros((1, 5, 5))
    np.add.at(table[0], (codes[:, 0], codes[:, 3]), 1)
    rows, cols = polychoric.thresholds(table.sum(axis=2)), polychoric.thresholds(table.sum(axis=1))
    rho = polychoric.estimate(table, rows, cols).rho

    def loglik(value):
        cells = polychoric.probabilities(rows, cols, np.array([value]))[0]
        return float((table[0] * np.log(np.where(table[0] > 0, cells, 1.0))).sum())

    best = loglik(rho[0])
    assert all(best >= loglik(rho[0] + shift) for shift in (-1e-3, -1e-5, 1e-5, 1e-3))


def test_scores_by_finite_differences():
    rows, cols, rho = np.array([[-0.8, 0.3]]), np.array([[-0.2, 0.9, 1.5]]), np.array([0.45])
    found = polychoric.scores(rows, cols, rho)
    step = 1e-6

    def log(a, b, r):
        return np.log(polychoric.probabilities(a, b, r))[0]

    assert found.rho[0] == pytest.approx(
        (log(rows, cols, rho + step) - log(rows, cols, rho - step)) / (2 * step), rel=1e-5, abs=1e-7
    )
    for k in range(2):
        bump = np.zeros_like(rows)
        bump[0, k] = step
        slope = (log(rows + bump, cols, rho) - log(rows - bump, cols, rho)) / (2 * step)
        assert found.rows[0, k] == pytest.approx(slope, rel=1e-5, abs=1e-7)
    for k in range(3):
        bump = np.zeros_like(cols)
        bump[0, k] = step
        slope = (log(rows, cols + bump, rho) - log(rows, cols - bump, rho)) / (2 * step)
        assert found.cols[0, k] == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("table", "rho"),
    [([[30, 0], [0, 20]], 1.0), ([[0, 30], [20, 0]], -1.0), ([[20, 20], [20, 20]], 0.0)],
)
def test_two_by_two_special_tables(table, rho):
    table = np.array([table], dtype=float)
    found = polychoric.estimate(
        table, polychoric.thresholds(table.sum(axis=2)), polychoric.thresholds(table.sum(axis=1))
    )
    assert found.rho[0] == pytest.approx(rho, abs=1e-9)
    assert found.boundary[0] == (abs(rho) == 1.0)


def test_two_by_two_with_one_empty_cell_keeps_its_margins():
    table = np.array([[[15.0, 0.0], [10.0, 25.0]]])
    mended = polychoric.repaired(table)
    assert mended[0].tolist() == [[14.5, 0.5], [10.5, 24.5]]
    assert np.array_equal(mended.sum(axis=1), table.sum(axis=1))
    rho = polychoric.estimate(
        table, polychoric.thresholds(table.sum(axis=2)), polychoric.thresholds(table.sum(axis=1))
    ).rho
    assert 0.8 < rho[0] < 0.999


def test_a_table_on_the_diagonal_goes_to_the_limit():
    table = np.diag([20.0, 30.0, 25.0])[None]
    found = polychoric.estimate(
        table, polychoric.thresholds(table.sum(axis=2)), polychoric.thresholds(table.sum(axis=1))
    )
    assert found.boundary[0]
    assert found.rho[0] >= polychoric.LIMIT - 1e-6


def test_batched_draws_equal_one_table_at_a_time():
    """Every draw's ρ and variance equal those of the rows it is made of, lost categories collapsed."""
    codes = ordinal_codes(60, seed=5)
    categories = codes.max(axis=0) + 1
    groups = batch_polychoric.pair_tables(codes, categories)
    whole = ordinal_moments(codes, categories)
    rows = draws.row_block(9, 0, 40, 60)
    found = batch_polychoric.correlations(
        groups, draws.counts_of(rows, 60), whole.rho[whole.first, whole.second]
    )
    lost = 0
    for draw in range(40):
        mine = codes[rows[draw]]
        kept = [np.unique(mine[:, j], return_inverse=True) for j in range(6)]
        lost += sum(len(seen) < categories[j] for j, (seen, _) in enumerate(kept))
        alone = ordinal_moments(
            np.stack([code for _, code in kept], axis=1), np.array([len(seen) for seen, _ in kept])
        )
        assert found.rho[draw] == pytest.approx(alone.rho[alone.first, alone.second], abs=2e-8)
        assert found.variance[draw] == pytest.approx(alone.variance, rel=1e-6)
    assert lost > 0, "the test needs a draw that loses a category"


def test_sixty_items_by_thousands_of_rows_are_whole():
    codes = np.tile(ordinal_codes(1000, seed=3)[:, :4], (1, 3))
    codes[:, 4:] = np.roll(codes[:, 4:], 1, axis=0)
    moments = ordinal_moments(codes, codes.max(axis=0) + 1)
    assert np.isfinite(moments.variance).all()
    assert np.array_equal(moments.rho, moments.rho.T)


def test_a_step_towards_an_impossible_cell_is_halved():
    """Newton's curvature overflows on the way; the optimum is where the slope is 0."""
    table = np.array([[[91, 24, 5], [12, 18, 18], [6, 15, 68]]])
    rows = np.array([[-0.08299924483498998, 0.3953196438806387]])
    cols = np.array([[-0.19135301649589498, 0.3743133429315593]])
    found = polychoric.estimate(table, rows, cols)
    assert found.converged.all()
    logs = [
        float((table[0] * np.log(polychoric.probabilities(rows, cols, np.array([rho]))[0])).sum())
        for rho in (found.rho[0] - 1e-3, found.rho[0], found.rho[0] + 1e-3)
    ]
    assert logs[1] > max(logs[0], logs[2])
