"""Compiled polychoric correlations and the curvature of DWLS: numpy's numbers, scipy's where it has them."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import multivariate_normal

import umkm_stats as us
from ordinal_data import NAMES, ordinal_codes
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path
from umkm_stats.kernels.ordinal import many_polychoric
from umkm_stats.kernels.ordinal.bivariate_normal import density
from umkm_stats.kernels.ordinal.polychoric_tables import thresholds

native = pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")

LIBRARIES = native.available() or (None,)
SHAPES = [(2, 2), (2, 5), (3, 3), (5, 5), (7, 4)]


@pytest.fixture(params=LIBRARIES, ids=str)
def kernel(request):
    if request.param is None:
        pytest.skip("no compiled library fits this machine")
    return f"native {request.param}"


def codes_of(shape, rho=0.5, n=120):
    """(n, 3) categories of three variables with the correlation; the third has as many as the first."""
    normal = streams.normal_block(11, sum(shape), n, 3)
    normal[:, 1:] = rho * normal[:, :1] + np.sqrt(1 - rho * rho) * normal[:, 1:]
    wanted = (shape[0], shape[1], shape[0])
    cuts = [np.linspace(-1.1, 1.2, k - 1) if k > 2 else [0.2] for k in wanted]
    codes = np.stack([np.searchsorted(c, x) for c, x in zip(cuts, normal.T, strict=True)], axis=1)
    return codes.astype(np.int64), np.array(wanted)


@pytest.mark.parametrize("rho", [0.1, -0.6, 0.95])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_correlations_equal_numpys(kernel, shape, rho):
    """ρ̂ within 1e-8 and its variance within 1e-6 relative; the same tables are sound.

    Seven draws, of which one has a single row and another lacks a category.
    """
    codes, categories = codes_of(shape, rho)
    counts = streams.count_block(3, 0, 7, len(codes))
    counts[5] = 0.0
    counts[5, 4] = 120.0
    counts[6, codes[:, 1] == 0] = 0.0
    groups = many_polychoric.pair_tables(codes, categories)
    centre = np.full(3, rho)
    with path.using("numpy"):
        expected = many_polychoric.correlations(groups, counts, centre)
    found = many_polychoric.correlations(groups, counts, centre, kernel=kernel)
    np.testing.assert_array_equal(found.sound, expected.sound)
    assert expected.sound.any()
    good = expected.sound
    np.testing.assert_allclose(found.rho[good], expected.rho[good], atol=1e-8)
    np.testing.assert_allclose(found.variance[good], expected.variance[good], rtol=1e-6)


def test_the_likelihood_equation_holds_with_scipys_probabilities(kernel):
    """Cells from scipy.stats.multivariate_normal.cdf, the root by brentq to 1e-13; ρ̂ within 1e-9."""
    codes, categories = codes_of((4, 3))
    groups = many_polychoric.pair_tables(codes, categories)
    counts = streams.count_block(4, 0, 3, len(codes))
    found = many_polychoric.correlations(groups, counts, np.full(3, 0.4), kernel=kernel)
    group = next(group for group in groups if group.shape == (3, 4))
    tables = many_polychoric.count_tables(group, counts, 0, 1)[0]
    for draw, table in enumerate(tables):
        a = np.concatenate([[-9.0], thresholds(table.sum(axis=1)), [9.0]])
        b = np.concatenate([[-9.0], thresholds(table.sum(axis=0)), [9.0]])
        corners = np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1)

        def second(grid):
            return np.diff(np.diff(grid, axis=0), axis=1)

        def slope(rho, table=table, a=a, b=b, corners=corners):
            cells = second(multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf(corners))
            return float((table * second(density(a[:, None], b[None, :], rho)) / cells).sum())

        root = brentq(slope, -0.9, 0.9, xtol=1e-13)
        assert found.rho[draw, group.place[0]] == pytest.approx(root, abs=1e-9)


def test_a_draw_has_the_same_bits_alone_and_beside_others(kernel):
    codes, categories = codes_of((5, 5))
    groups = many_polychoric.pair_tables(codes, categories)
    counts = streams.count_block(5, 0, 6, len(codes))
    centre = np.array([0.5, 0.3, 0.6])
    found = many_polychoric.correlations(groups, counts, centre, kernel=kernel)
    for some in ([3], [4, 5], [5, 3, 1, 0, 2]):
        again = many_polychoric.correlations(groups, counts[some], centre, kernel=kernel)
        np.testing.assert_array_equal(again.rho, found.rho[some])
        np.testing.assert_array_equal(again.variance, found.variance[some])


def test_sizes_and_numbers_are_checked(kernel):
    tau, share = np.zeros((2, 1, 4)), np.full((2, 1, 4), 0.5)
    cells, counts = np.zeros((1, 3), dtype=np.uint16), np.ones((1, 3, 4))
    item, start = np.arange(2), np.zeros((1, 4))
    good = [cells, (2, 2), counts, item[:1], item[1:], tau, share, start[:, 0], start, kernel.split()[1]]
    native.polychoric(*good)
    for place, bad in [
        (0, cells + np.uint16(4)),
        (1, (2, 3)),
        (3, item[1:] + 1),
        (2, counts[:, :2]),
        (8, start.T),
    ]:
        with pytest.raises(ValueError, match=r"range|outside|array"):
            native.polychoric(*(bad if k == place else one for k, one in enumerate(good)))


def small_slots(spread):
    """Three variables on one factor, loadings free: cells λ₁ λ₂ λ₃, directions by ``spread``."""
    first, second = np.array([1, 2, 2]), np.array([0, 0, 1])
    u, v = np.arange(3), np.full(3, 4)
    return native.slots_of(first, second, u, v, np.ones(3), spread, 3, 2)


@pytest.mark.parametrize("equal", [False, True])
def test_inverse_of_the_curvature(kernel, equal):
    """2JᵀWJ written out for σ_ij = λ_i λ_j, loadings free or two of them equal; rtol 1e-10."""
    spread = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]) if equal else np.eye(3)
    loads = np.abs(streams.normal_block(7, 0, 4, 3)) + 0.3
    weight = streams.uniform_block(8, 0, 4, 3) + 0.5
    right = np.ascontiguousarray(np.stack([loads, loads], axis=2))
    found, least = native.dwls_inverse(small_slots(spread), right, weight, kernel.split()[1])
    assert (least > 0).all()
    for draw in range(4):
        one, two, three = loads[draw]
        jacobian = np.array([[two, one, 0.0], [three, 0.0, one], [0.0, three, two]]) @ spread
        matrix = 2.0 * jacobian.T @ (weight[draw][:, None] * jacobian)
        np.testing.assert_allclose(found[draw], np.linalg.inv(matrix), rtol=1e-10)


def test_a_flat_direction_has_no_pivot_and_false_slots_are_refused(kernel):
    flat = np.zeros((3, 4))
    flat[[0, 1, 2], [0, 1, 2]] = 1.0
    ones = np.ones((4, 3, 2))
    _, least = native.dwls_inverse(small_slots(flat), ones, np.ones((4, 3)), kernel.split()[1])
    assert (least <= 0).all()
    good = small_slots(np.eye(3))
    for name, bad in [
        ("direction", good.direction + 1),
        ("to", good.to + 2),
        ("slot_start", good.slot_start[1:]),
    ]:
        fields = {key: getattr(good, key) for key in good.__slots__}
        with pytest.raises(ValueError, match=r"points outside|do not follow"):
            native.Slots(**{**fields, name: bad})


def test_draws_of_a_fit_by_both_ways(kernel):
    """Estimates within 1e-6 SE; the same ends and flags; two workers give the same bits."""
    data = pd.DataFrame(ordinal_codes(), columns=NAMES)
    text = "f =~ u1 + u2 + u3\ng =~ u4 + u5 + u6\ng ~ f"
    fit = us.fit(text, data, estimator="WLSMV", ordered=NAMES)
    with path.using("numpy"):
        expected = fit.bootstrap(draws=24, seed=3)
    with path.using(kernel):
        found = fit.bootstrap(draws=24, seed=3)
        again = fit.bootstrap(draws=260, seed=3, workers=2)
    assert found.ledger == expected.ledger
    spread = np.nanstd(expected.batch.params, axis=0)
    gap = np.abs(found.batch.params - expected.batch.params) / np.where(spread > 0, spread, 1.0)
    assert np.nanmax(gap) < 1e-6
    np.testing.assert_array_equal(again.batch.params[:24], found.batch.params)
