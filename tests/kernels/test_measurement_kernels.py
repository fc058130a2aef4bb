"""Properties of the measurement kernels: closed forms, recovery of known models, batches equal single
calls."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from umkm_stats.kernels.measurement import (
    common_method,
    efa_loadings,
    efa_retention,
    factor_validity,
    items,
    method_factor,
)
from umkm_stats.kernels.measurement import scale_reliability as reliability
from umkm_stats.kernels.measurement.efa_one import one_factor

LOADINGS = st.lists(st.floats(0.3, 0.9), min_size=4, max_size=8)


def model(loadings):
    lam = np.array(loadings)
    cov = np.outer(lam, lam)
    np.fill_diagonal(cov, 1.0)
    return lam, cov


@given(LOADINGS, st.lists(st.floats(0.5, 3), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_one_factor_gives_back_its_model_in_any_units(loadings, spread):
    lam, cov = model(loadings)
    sd = np.array(spread[: lam.size])
    found = one_factor((cov * np.outer(sd, sd))[None])
    assert found.converged[0]
    np.testing.assert_allclose(found.std_loadings[0], lam, atol=1e-6)
    np.testing.assert_allclose(found.loadings[0], lam * sd, atol=1e-5)
    np.testing.assert_allclose(found.unique[0], (1 - lam**2) * sd**2, atol=1e-5)


@given(LOADINGS)
@settings(max_examples=40, deadline=None)
def test_reliabilities_are_in_order(loadings):
    """α ≤ ω ≤ maximal reliability for a one-factor model; all equal when the loadings are equal."""
    lam, cov = model(loadings)
    alpha = float(reliability.alpha(cov))
    omega = float(reliability.omega_total(lam, cov))
    best = float(reliability.maximal(lam, 1 - lam**2))
    assert alpha <= omega + 1e-12
    assert omega <= best + 1e-12
    assert omega == pytest.approx(float(reliability.composite(lam, 1 - lam**2)), rel=1e-12)
    same, cov = model([0.6] * lam.size)
    assert float(reliability.alpha(cov)) == pytest.approx(
        float(reliability.maximal(same, 1 - same**2)), rel=1e-12
    )


@given(st.integers(2, 9), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_alpha_by_its_definition(k, seed):
    values = np.random.default_rng(seed).normal(size=(30, k)) + np.random.default_rng(seed + 1).normal(
        size=(30, 1)
    )
    cov = np.cov(values, rowvar=False)
    wanted = k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / values.sum(axis=1).var(ddof=1))
    assert float(reliability.alpha(cov)) == pytest.approx(wanted, rel=1e-10)
    order = np.random.default_rng(seed).permutation(k)
    assert float(reliability.alpha(cov[np.ix_(order, order)])) == pytest.approx(wanted, rel=1e-10)


def test_one_factor_is_the_maximum_of_the_likelihood():
    """A sample that no one-factor model fits: an independent optimiser finds nothing better, and Heywood
    cases are not bounded."""
    rng = np.random.default_rng(2)
    heywood = 0
    for seed in range(12):
        values = rng.normal(size=(40, 1)) * (0.4 + 0.1 * (seed % 3)) + rng.normal(size=(40, 5))
        corr = np.corrcoef(values.T)
        found = one_factor(corr[None])
        if not found.converged[0]:
            continue

        def objective(theta, corr=corr):
            sigma = np.outer(theta[:5], theta[:5]) + np.diag(theta[5:])
            value = np.linalg.eigvalsh(sigma)
            if value[0] <= 1e-8:
                return 1e6
            return np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, corr))

        own = objective(np.concatenate([found.std_loadings[0], 1 - found.std_loadings[0] ** 2]))
        start = np.concatenate([np.full(5, 0.5), np.full(5, 0.7)])
        other = minimize(
            objective,
            start,
            method="Nelder-Mead",
            options={"maxiter": 8000, "maxfev": 8000, "xatol": 1e-9, "fatol": 1e-12},
        )
        assert own <= other.fun + 1e-6
        heywood += int((np.abs(found.std_loadings[0]) > 1).any())
    assert heywood < 12


def test_blocks_equal_single_calls():
    rng = np.random.default_rng(7)
    covs = np.array([np.cov((rng.normal(size=(60, 1)) + rng.normal(size=(60, 6))).T) for _ in range(5)])
    found = one_factor(covs)
    for j, cov in enumerate(covs):
        np.testing.assert_allclose(one_factor(cov[None]).std_loadings[0], found.std_loadings[j], atol=1e-8)
    members = [np.arange(3), np.arange(3, 6)]
    corr = reliability.correlations(covs)
    np.testing.assert_allclose(factor_validity.htmt(corr, members)[2], factor_validity.htmt(corr[2], members))


def test_what_cannot_be_is_nan():
    assert np.isnan(reliability.alpha(np.ones((1, 1))))
    assert np.isnan(reliability.alpha(np.array([[1.0, -1.0], [-1.0, 1.0]])))
    assert np.isnan(reliability.guttman_l6(np.ones((3, 3))))
    assert np.isnan(reliability.split_half(np.ones((1, 1))).odd_even_r)
    assert np.isnan(reliability.alpha_interval(0.5, 1, 3, 0.95)).all()
    mixed = np.array([[1, 0.5, 0.5], [0.5, 1, -0.5], [0.5, -0.5, 1.0]])
    assert not one_factor(mixed[None]).converged[0]
    assert not one_factor(np.array([[[1, -0.2], [-0.2, 1.0]]])).converged[0]
    assert np.isnan(items.successive_intervals(np.zeros(3, dtype=np.int64))).all()
    assert np.isnan(items.moments(np.ones(5))).all()
    assert np.isnan(items.discrimination(np.ones(3), np.ones(3))).all()
    assert np.isnan(common_method.marker_corrected(0.999, -5.0, 3).p)


def test_promax_of_a_simple_structure_is_itself():
    pattern = np.kron(np.eye(2), np.array([[0.8], [0.7], [0.6]]))
    rotated, phi = efa_loadings.promax(pattern)
    np.testing.assert_allclose(rotated, pattern, atol=1e-10)
    np.testing.assert_allclose(phi, np.eye(2), atol=1e-10)


def test_principal_axes_give_back_a_known_model():
    lam, cov = model([0.8, 0.7, 0.6, 0.5])
    found = efa_retention.principal_axes(cov, 1)
    np.testing.assert_allclose(np.abs(found[:, 0]), lam, atol=1e-6)
    assert common_method.first_axis_share(cov) == pytest.approx((lam**2).sum() / 4, abs=1e-6)


@given(st.lists(st.floats(1, 5), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_every_mean_has_exactly_one_class(means):
    borders = items.class_intervals(1, 5, 5)
    for mean in means:
        number = items.class_of(mean, borders)
        assert 0 <= number <= 4
        assert mean <= borders[number + 1] + 1e-9
        assert number == 0 or mean > borders[number] - 1e-9


def test_method_factor_adds_one_column():
    from semopy.examples import holzinger39

    from umkm_stats.sem import fit

    base = fit("a =~ x1 + x2 + x3\nb =~ x4 + x5 + x6", holzinger39.get_data(), std_lv=True).compiled
    wide = method_factor.with_method_factor(base, np.arange(6), equal=False)
    assert (wide.n_latent, wide.n_params) == (base.n_latent + 1, base.n_params + 6)
    assert method_factor.with_method_factor(base, np.arange(6), equal=True).n_params == base.n_params + 1
    assert wide.psi[0, -1, -1] == 1
