"""Classical least squares by the triangle of a QR factorisation, against statsmodels' own fit."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.regression.linear_model import OLS

from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.kernels.regression.least_squares import least_squares


@pytest.mark.parametrize("seed", range(12))
def test_coefficients_and_covariance_equal_statsmodels(seed):
    """statsmodels 0.15, its pseudoinverse; columns from thousandths to thousands, and far from zero."""
    g = np.random.default_rng(seed)
    n, q = int(g.integers(8, 120)), int(g.integers(0, 5))
    x = g.normal(size=(n, q)) * 10.0 ** g.integers(-3, 4, size=q) + 10 * g.normal(size=q)
    y = g.normal(size=n) + x.sum(axis=1)
    design = np.column_stack([np.ones(n), x])
    peer, ours = OLS(y, design).fit(), ols(y, x)
    spread = np.sqrt(np.diag(peer.cov_params()))
    assert_allclose((ours.params - peer.params) / spread, 0.0, atol=1e-6)
    assert_allclose(
        ours.cov / np.outer(spread, spread), peer.cov_params() / np.outer(spread, spread), atol=1e-6
    )
    assert (ours.df, ours.df_resid) == (n - q - 1, n - q - 1)
    assert ours.r2 == pytest.approx(peer.rsquared)
    assert_allclose(ours.residuals, peer.resid, atol=1e-8 * np.abs(y).max())


def test_what_is_not_clearly_independent_is_left_to_the_other_way():
    g = np.random.default_rng(1)
    x = g.normal(size=30)
    ones = np.ones(30)
    assert least_squares(x, np.column_stack([ones, x * 2, x * 2 + 1e-6 * g.normal(size=30)])) is None
    assert least_squares(x, np.column_stack([ones, 1e9 + g.normal(size=30)])) is None  # far from zero
    assert least_squares(x[:2], np.column_stack([ones, x])[:2]) is None  # no residual left
    far = 1e9 + g.normal(size=30)
    near = ols(x, (far - far.mean())[:, None])
    assert_allclose(ols(x, far[:, None]).params[1], near.params[1], rtol=1e-6)
