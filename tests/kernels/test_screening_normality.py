"""Missing patterns, EM, Little's test, normality, Welch: against R and closed forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umkm_stats.adapters.pingouin_normality import henze_zirkler
from umkm_stats.kernels.screening import missing_normal
from umkm_stats.kernels.screening import normality as screening_normality
from umkm_stats.kernels.screening.groups import welch

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "r_screening_normality.json").read_text(encoding="utf-8")
)
X = np.array(REFERENCE["x"], dtype=float)
AIR = np.array(REFERENCE["airquality"], dtype=float)
SHARED = Path(__file__).resolve().parents[3] / "shared"


def test_little_on_airquality():
    """R airquality, converged EM: d² 35.1062, df 14, p .0014178, 4 patterns (half a unit of the last
    digit)."""
    found = missing_normal.little_mcar(AIR)
    assert found.converged
    assert (found.df, found.patterns) == (14, 4)
    assert found.statistic == pytest.approx(35.1062, abs=5e-5)
    assert found.p == pytest.approx(0.0014178, abs=5e-8)
    longer = np.vstack([AIR, np.full((3, 6), np.nan)])
    assert missing_normal.little_mcar(longer).statistic == pytest.approx(found.statistic, rel=1e-12)


def test_em_stands_at_the_maximum():
    """Gradient of the observed-data likelihood is nought at the estimates (central differences)."""
    fitted = missing_normal.em_normal(AIR)

    def loglik(mean, cov):
        total = 0.0
        for row in AIR:
            seen = ~np.isnan(row)
            gap, block = row[seen] - mean[seen], cov[np.ix_(seen, seen)]
            total -= 0.5 * (np.linalg.slogdet(block)[1] + gap @ np.linalg.solve(block, gap))
        return total

    scale = np.sqrt(np.diag(fitted.cov))
    for j in range(6):
        step = np.zeros(6)
        step[j] = 1e-4 * scale[j]
        slope = (loglik(fitted.mean + step, fitted.cov) - loglik(fitted.mean - step, fitted.cov)) / 2e-4
        assert abs(slope) < 1e-4
        for i in range(j + 1):
            bump = np.zeros((6, 6))
            bump[i, j] = bump[j, i] = 1e-4 * scale[i] * scale[j]
            slope = (loglik(fitted.mean, fitted.cov + bump) - loglik(fitted.mean, fitted.cov - bump)) / 2e-4
            assert abs(slope) < 1e-3


def test_em_of_complete_data_is_the_sample():
    fitted = missing_normal.em_normal(X)
    np.testing.assert_allclose(fitted.mean, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(fitted.cov, np.cov(X, rowvar=False, ddof=0), rtol=1e-10, atol=1e-12)
    test = missing_normal.little_mcar(X)
    assert (test.statistic, test.df) == (0.0, 0)
    assert np.isnan(test.p)


def test_em_refuses_a_variable_without_variance():
    x = X.copy()
    x[:, 0] = 3
    with pytest.raises(np.linalg.LinAlgError):
        missing_normal.em_normal(x)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_patterns_account_for_every_row(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(15, 4))
    x[rng.random((15, 4)) < 0.4] = np.nan
    found = missing_normal.patterns(x)
    assert found.counts.sum() == (~np.isnan(x).all(axis=1)).sum()
    for row, pattern in zip(x, found.of_row, strict=True):
        if pattern >= 0:
            assert (found.observed[pattern] == ~np.isnan(row)).all()
    assert (np.diff(found.counts) <= 0).all()


def test_mardia_equals_psych():
    """R psych, tolerance rtol 1e-9 (same algebra; p-values 1e-7)."""
    found = screening_normality.mardia(X)
    for name, value in (
        ("b1p", found.skew),
        ("b2p", found.kurtosis),
        ("skew", found.chi2),
        ("small_skew", found.chi2_small),
        ("kurtosis", found.z),
    ):
        assert value == pytest.approx(REFERENCE[name], rel=1e-9)
    for name, value in (("p_skew", found.p_skew), ("p_small", found.p_small), ("p_kurt", found.p_kurtosis)):
        assert value == pytest.approx(REFERENCE[name], rel=1e-7)
    with pytest.raises(np.linalg.LinAlgError):
        screening_normality.mardia(X[:5])


def test_both_ways_to_mardias_skewness_agree():
    few = np.random.default_rng(3).exponential(size=(100, 10))
    many = np.vstack([few, few])
    assert screening_normality.mardia(few).p == 10
    for x in (few[:, :9], many):
        centred = x - x.mean(axis=0)
        inner = centred @ np.linalg.solve(np.cov(x, rowvar=False), centred.T)
        assert screening_normality.mardia(x).skew == pytest.approx((inner**3).sum() / len(x) ** 2, rel=1e-10)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference data are not beside the project")
def test_mardia_of_holzinger_equals_psych():
    import pandas as pd

    frame = pd.read_csv(SHARED / "data" / "lavaan" / "holzinger_swineford_1939.csv")
    wanted = json.loads((SHARED / "reference" / "holzinger_swineford_1939.json").read_text(encoding="utf-8"))[
        "psych"
    ]["mardia"]
    found = screening_normality.mardia(frame[[f"x{i}" for i in range(1, 10)]].to_numpy(float))
    for name, value in (
        ("skew", found.skew),
        ("kurt", found.kurtosis),
        ("skew_stat", found.chi2),
        ("p_skew", found.p_skew),
        ("kurt_stat", found.z),
        ("p_kurt", found.p_kurtosis),
    ):
        assert value == pytest.approx(wanted[name], rel=1e-9)


def test_univariate_equals_psych_and_stats():
    found = screening_normality.univariate(X)
    np.testing.assert_allclose(found.skew, REFERENCE["item_skew"], rtol=1e-9)
    np.testing.assert_allclose(found.kurtosis, REFERENCE["item_kurtosis"], rtol=1e-9)
    np.testing.assert_allclose(found.w, REFERENCE["w"], rtol=1e-5)
    np.testing.assert_allclose(found.p, REFERENCE["w_p"], rtol=1e-3)
    short = screening_normality.univariate(np.array([[np.nan, 1.0], [np.nan, 1.0], [np.nan, 1.0]]))
    assert short.n.tolist() == [0, 3]
    assert np.isnan(short.skew).all()


def test_welch_equals_r():
    found = welch(X[:12, 0], X[12:, 0])
    assert found.t == pytest.approx(REFERENCE["welch_t"], rel=1e-10)
    assert found.df == pytest.approx(REFERENCE["welch_df"], rel=1e-10)
    assert found.p == pytest.approx(REFERENCE["welch_p"], rel=1e-9)
    assert np.isnan(welch(np.array([1.0]), np.array([2.0, 3.0])).t)
    assert np.isnan(welch(np.ones(5), np.ones(5)).t)


def test_henze_zirkler_refuses_gaps_and_singular_data():
    rng = np.random.default_rng(1)
    normal = rng.normal(size=(200, 3))
    _, p = henze_zirkler(normal)
    _, p_far = henze_zirkler(np.exp(normal))
    assert p > 0.01 > p_far
    with pytest.raises(np.linalg.LinAlgError):
        henze_zirkler(np.column_stack([normal, normal[:, 0]]))
    normal[0, 0] = np.nan
    with pytest.raises(ValueError, match="gaps"):
        henze_zirkler(normal)
