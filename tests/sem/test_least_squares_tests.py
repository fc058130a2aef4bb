"""Modification indices and score tests under least squares, Bartlett scores of equivalent models, implied
covariances of draws: against lavaan 0.6-14 (``tests/reference/lavaan_modification.R``)."""

import numpy as np
import pandas as pd
import pytest

from ordinal_data import NAMES, ordinal_codes
from sem_data import holzinger, reference
from umkm_stats import fit

LAVAAN = reference("lavaan_modification.json")
THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
OUTCOMES = "f =~ x1 + x2 + x3\nx4 ~ f\n"


def compare(found, rows, rel):
    """lavaan's optimum under least squares is a little loose: ``rel`` says how much."""
    frame = found.modification_indices()
    assert len(rows) == 6
    for row in rows:
        label = found.group_labels[row["group"] - 1]
        here = frame[
            (frame["lhs"] == row["lhs"])
            & (frame["op"] == row["op"])
            & (frame["rhs"] == row["rhs"])
            & (frame["group"] == label)
        ]
        for name in ("mi", "epc", "sepc_all"):
            assert here[name].item() == pytest.approx(row[name], rel=rel), (row, name)


@pytest.mark.parametrize("estimator", ["GLS", "ULS"])
def test_modification_indices_under_least_squares_are_lavaans(estimator):
    """lavaan's scores carry (N − 1)/N: without it indices were .67 % and changes .33 % too large here."""
    compare(fit(THREE, holzinger(), estimator=estimator), LAVAAN["one"][estimator], 5e-5)


@pytest.mark.parametrize("estimator", ["GLS", "ULS"])
def test_groups_and_their_score_tests_too(estimator):
    found = fit(THREE, holzinger(), estimator=estimator, group="school", group_equal="loadings")
    compare(found, LAVAAN["groups"][estimator]["modification"], 1e-3)
    tests = found.score_test()
    assert tests["chisq"][:-1].tolist() == pytest.approx(
        LAVAAN["groups"][estimator]["uni"], rel=1e-3, abs=1e-3
    )
    assert tests["chisq"].iloc[-1] == pytest.approx(LAVAAN["groups"][estimator]["total"], rel=1e-3)


def test_mean_residuals_of_numeric_variables_beside_ordinal_ones_are_not_in_srmr():
    """Under WLS they are not 0; in the variables' own units they made .28 of .09."""
    pupils = holzinger()
    pupils["o9"] = pd.cut(pupils["x9"], [-np.inf, 4.4, 5.4, 6.2, np.inf], labels=False) + 1
    found = fit("f =~ x1 + x2 + x3\no9 ~ f + ageyr\nf ~ ageyr", pupils, estimator="WLS", ordered="o9")
    assert abs(found.residuals()[""]["mean"]["mean"]).max() > 0.1
    for name, value in LAVAAN["mixed"].items():
        assert found.indices[name] == pytest.approx(value, rel=1e-4), name


def test_standardised_residuals_under_gls_are_lavaans():
    """With the weights of ML they were wrong by up to 9, and blank where they are 0 under ML only."""
    ours = fit(THREE, holzinger(), estimator="GLS").residuals("standardized")[""]["cov"]
    np.testing.assert_allclose(ours, LAVAAN["residuals"], atol=2e-4)


def test_standardised_residuals_under_uls_have_the_errors_of_refits():
    """Q of QΓQᵀ/n by refits to covariances with one element moved; by the weights of ML −26 stood for −3."""
    model, pairs = "f =~ x1 + x2 + x3 + x9", [(i, j) for i in range(4) for j in range(i + 1)]

    def refit(matrix):
        return fit(model, sample_cov=matrix, n_obs=301, estimator="ULS")

    cov = holzinger()[["x1", "x2", "x3", "x9"]].cov()
    whole = refit(cov).implied()[""]["cov"]
    near = whole + 1e-4 * (cov - whole)  # a model that all but holds
    step, slopes = 1e-3, []
    for i, j in pairs:
        ends = []
        for sign in (1, -1):
            moved = near.copy()
            moved.iloc[i, j] += sign * step
            moved.iloc[j, i] = moved.iloc[i, j]
            gap = refit(moved).residuals()[""]["cov"].to_numpy()
            ends.append(np.array([gap[pair] for pair in pairs]))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    q, s = np.column_stack(slopes), near.to_numpy()
    gamma = np.array([[s[i, k] * s[j, m] + s[i, m] * s[j, k] for k, m in pairs] for i, j in pairs])
    errors = np.sqrt(np.maximum(np.diagonal(q @ gamma @ q.T), 0) / 301)
    there = refit(near)
    raw, z = (there.residuals(kind)[""]["cov"].to_numpy() for kind in ("raw", "standardized"))
    for error, pair in zip(errors, pairs, strict=True):
        if pair[0] != pair[1]:  # the diagonal is 0 by construction
            assert raw[pair] / z[pair] == pytest.approx(error, rel=0.02)


def test_equivalent_models_have_the_same_bartlett_scores():
    """x4 ~~ x7 and x4 → x7 are the same model of the same data. lavaan's scores of the second differ (it puts
    Λ without the path over x4 beside Σ with it), so only the first is compared with it."""
    pupils = holzinger()
    covariance = fit(OUTCOMES + "x7 ~ f\nx4 ~~ x7", pupils, meanstructure=True)
    path = fit(OUTCOMES + "x7 ~ f + x4", pupils, meanstructure=True)
    assert covariance.x2 == pytest.approx(path.x2, abs=1e-6)
    ours = covariance.factor_scores("bartlett")["f"].to_numpy()
    np.testing.assert_allclose(path.factor_scores("bartlett")["f"], ours, atol=1e-5)
    np.testing.assert_allclose(ours[:4], LAVAAN["bartlett"]["covariance"], atol=1e-5)
    assert np.abs(ours[:4] - LAVAAN["bartlett"]["path"]).max() > 1e-3


@pytest.mark.parametrize("way", ["delta", "theta", "scale", "groups"])
def test_implied_covariances_of_draws_are_in_the_units_of_the_fit(way):
    """Under theta and free scales they were those of the model's matrices: 3.5 for a variance of 1."""
    codes = ordinal_codes(600, seed=5)
    frame = pd.DataFrame(codes + 1, columns=NAMES).assign(g=np.repeat(["a", "b"], 300))
    model = "f =~ u1+u2+u3" + ("\nu1 ~*~ .5*u1" if way == "scale" else "")
    more = {"parameterization": "theta"} if way == "theta" else {}
    if way == "groups":
        more = {"group": "g", "group_equal": ("thresholds", "loadings")}
    found = fit(model, frame, ordered=NAMES, **more)
    drawn = found.bootstrap(draws=1, seed=1)
    assert drawn.converged.any()
    for number, label in enumerate(found.group_labels):
        shown = drawn.map(lambda block, g=number: block.implied_cov(g).reshape(len(block), -1))
        covs = shown.to_numpy()[drawn.converged].reshape(-1, 3, 3)
        np.testing.assert_allclose(np.einsum("dii->di", covs), 1.0, atol=1e-6)
        assert np.diagonal(found.implied()[label]["cov"]) == pytest.approx(1.0)
    if way != "groups":
        again = found.bootstrap(rows=np.arange(600)[None, :])
        same = again.map(lambda block: block.implied_cov().reshape(len(block), -1)).to_numpy()[0]
        np.testing.assert_allclose(same.reshape(3, 3), found.implied()[""]["cov"], atol=1e-5)
