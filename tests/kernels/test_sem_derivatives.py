"""Analytic derivatives against finite differences for every parameter family, discrepancy and scaling."""

from __future__ import annotations

import numpy as np
import pytest

from umkm_stats.kernels.sem.moments import complete_sample, mean_cov
from umkm_stats.kernels.sem.one.algebra import jacobian
from umkm_stats.kernels.sem.one.discrepancy import Sample, evaluate
from umkm_stats.kernels.sem.one.problem import Problem, problem
from umkm_stats.kernels.sem.saturated import incomplete_sample, moment_scores, observed_information
from umkm_stats.sem.estimate._compile import compile_table
from umkm_stats.sem.estimate._starts import starting_values
from umkm_stats.sem.inference._information import invert
from umkm_stats.sem.text._defaults import build_table
from umkm_stats.sem.text._language import read_model

MODELS = {
    "loadings and factor covariances": "f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5",
    "latent paths": "f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5\ng ~ f\nv0 ~~ v3",
    "second order": "f =~ v0 + v1\ng =~ v2 + v3\nh =~ v4 + v5\ntop =~ f + g + h",
    "observed paths": "v2 ~ v0 + v1\nv3 ~ v2 + v0\nv4 ~ v3\nv5 ~~ v4\nv5 ~ v0",
    "indicator with a path": "f =~ v0 + v1 + v2\nv1 ~ v3\nf ~ v3 + v4\nv2 ~~ v5",
    "shared parameters": "f =~ v0 + a*v1 + a*v2\ng =~ v3 + b*v4 + b*v5\nf ~~ c*f\ng ~~ c*g",
}
KINDS = ("ml", "gls", "uls", "fiml")


def task(
    name: str, kind: str, *, groups: int = 1, means: bool = True, fixed_x: bool = True
) -> tuple[Problem, np.ndarray]:
    rng = np.random.Generator(np.random.Philox(key=5))
    model = read_model(MODELS[name])
    table = build_table(model, n_groups=groups, means=means, fixed_x=fixed_x)
    compiled = compile_table(table)
    samples: list[Sample] = []
    for _ in range(groups):
        rows = rng.standard_normal((60, 6)) @ (np.eye(6) + 0.4 * rng.random((6, 6))) + rng.random(6)
        if kind == "fiml":
            holes = rows.copy()
            holes[rng.random(rows.shape) < 0.15] = np.nan
            samples.append(incomplete_sample(holes[~np.isnan(holes).all(axis=1)]))
        else:
            samples.append(complete_sample(kind, 60, *mean_cov(rows)))
    built = problem(compiled.structure, kind, tuple(samples))  # type: ignore[arg-type]
    covs, levels = np.array([s.cov for s in samples]), np.array([s.mean for s in samples])
    start = starting_values(compiled, covs, levels)
    return built, start * (1 + 0.05 * rng.standard_normal(len(start)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("groups", [1, 2])
def test_gradient_and_hessian(name: str, kind: str, groups: int) -> None:
    built, params = task(name, kind, groups=groups)
    at = built.point(params)
    assert at is not None
    step = 1e-5
    count = len(params)
    numeric = np.empty(count)
    bend = np.empty((count, count))
    for k in range(count):
        up, down = params.copy(), params.copy()
        up[k] += step
        down[k] -= step
        high, low = built.point(up), built.point(down)
        assert high is not None
        assert low is not None
        numeric[k] = (high.value - low.value) / (2 * step)
        bend[k] = (built.gradient(high) - built.gradient(low)) / (2 * step)
    gradient = built.gradient(at)
    np.testing.assert_allclose(gradient, numeric, atol=2e-7 * (1 + np.abs(numeric).max()))
    np.testing.assert_allclose(
        built.complex_gradient(params.astype(complex)).real,
        gradient,
        atol=1e-11 * (1 + np.abs(gradient).max()),
    )
    hessian = built.hessian(params)
    np.testing.assert_allclose(hessian, (bend + bend.T) / 2, atol=2e-6 * (1 + np.abs(bend).max()))
    np.testing.assert_allclose(built.hessian(params, at), hessian, atol=1e-10 * (1 + np.abs(hessian).max()))


@pytest.mark.parametrize("name", list(MODELS))
def test_moment_jacobian(name: str) -> None:
    built, params = task(name, "ml")
    sigma, mu = jacobian(built.plan, 0, built.states(params)[0])
    col, row = np.triu_indices(6)
    for k in range(len(params)):
        up, down = params.copy(), params.copy()
        up[k] += 1e-6
        down[k] -= 1e-6
        high, low = built.states(up)[0], built.states(down)[0]
        np.testing.assert_allclose(sigma[:, k], ((high.sigma - low.sigma) / 2e-6)[row, col], atol=1e-7)
        np.testing.assert_allclose(mu[:, k], (high.mu - low.mu) / 2e-6, atol=1e-7)


@pytest.mark.parametrize("name", list(MODELS))
def test_expected_information_is_the_hessian_at_a_perfect_fit(name: str) -> None:
    built, params = task(name, "ml", fixed_x=False)
    at = built.states(params)[0]
    perfect = complete_sample("ml", 60, at.mu, at.sigma)
    exact = Problem(built.plan, "ml", (perfect,), (1.0,))
    point = exact.point(params)
    assert point is not None
    assert abs(point.value) < 1e-10
    np.testing.assert_allclose(exact.information(point), exact.hessian(params) / 2, atol=1e-9)


def test_saturated_information_and_scores() -> None:
    rng = np.random.Generator(np.random.Philox(key=9))
    rows = rng.standard_normal((40, 3)) @ np.array([[1, 0.4, 0.2], [0, 1, 0.5], [0, 0, 1]])
    rows[rng.random(rows.shape) < 0.2] = np.nan
    rows = rows[~np.isnan(rows).all(axis=1)]
    sample = incomplete_sample(rows)
    assert sample.base == sample.base
    np.testing.assert_allclose(moment_scores(rows, sample.mean, sample.cov).sum(axis=0), 0, atol=1e-7)
    col, row = np.triu_indices(3)

    def value(theta: np.ndarray) -> float:
        cov = np.zeros((3, 3))
        cov[row, col] = cov[col, row] = theta[3:]
        found = evaluate("fiml", sample, cov, theta[:3], means=True)
        assert found is not None
        return found.value / 2

    theta = np.concatenate([sample.mean + 0.1, sample.cov[row, col] * 1.1])
    cov = np.zeros((3, 3))
    cov[row, col] = cov[col, row] = theta[3:]
    info = observed_information(sample, theta[:3], cov)
    numeric = np.empty_like(info)
    h = 1e-4
    for i in range(9):
        for j in range(9):
            parts = []
            for a, b in ((h, h), (h, -h), (-h, h), (-h, -h)):
                moved = theta.copy()
                moved[i] += a
                moved[j] += b
                parts.append(value(moved))
            numeric[i, j] = (parts[0] - parts[1] - parts[2] + parts[3]) / (4 * h * h)
    np.testing.assert_allclose(info, numeric, rtol=1e-5, atol=5e-6)


@pytest.mark.parametrize("size", [0, 1, 6, 40])
@pytest.mark.parametrize("least", [0.5, 1e-4, 1e-7, 1e-9])
def test_an_information_matrix_is_inverted_by_the_way_its_eigenvalues_allow(size: int, least: float) -> None:
    turn = np.linalg.qr(np.random.default_rng(size).standard_normal((size, size)))[0]
    values = np.geomspace(least, 1.0, size) if size > 1 else np.ones(size)
    matrix = turn * values @ turn.T
    found = invert(matrix)
    assert found is not None
    np.testing.assert_allclose(found @ matrix, np.eye(size), atol=1e-13 / least)


@pytest.mark.parametrize("least", [-1e-3, -0.5, 0.0, 1e-13])
def test_what_has_no_inverse_is_said(least: float) -> None:
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((8, 8)))[0]
    assert invert(turn * np.array([least, *np.linspace(0.5, 2, 7)]) @ turn.T) is None
