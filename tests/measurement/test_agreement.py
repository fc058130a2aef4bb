"""Raters and occasions: ICC and κ beside psych, Krippendorff's published α, ω hierarchical."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umkm_stats.adapters import pingouin_icc, statsmodels_kappa
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import rater_agreement
from umkm_stats.measurement import inter_rater, omega, retest
from umkm_stats.planning import icc_size
from umkm_stats.results import Unavailable

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "psych_agreement.json").read_text(encoding="utf-8")
)
NONE = np.nan
#: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example C: 12 units, 4 observers.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
).T
BIFACTOR = {"a": ["x0", "x1", "x2"], "b": ["x3", "x4", "x5"], "c": ["x6", "x7", "x8"]}


@pytest.mark.parametrize("case", REFERENCE["icc"], ids=["shrout_fleiss", "simulated"])
def test_intraclass_correlations_equal_psych(case):
    """psych 2.2.9 ICC(lmer=FALSE): values, F, p and limits, 2e-6."""
    found = inter_rater(pd.DataFrame(case["ratings"]), draws=100, seed=1).tidy().set_index("statistic")
    forms = ["ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"]
    ours = found.loc[forms, ["est", "f", "p", "ci_low", "ci_high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(ours, np.array(case["icc"]), atol=2e-6, rtol=2e-6)


def test_limits_round_to_those_of_pingouin():
    import pingouin

    ratings = np.array(REFERENCE["icc"][1]["ratings"])
    assert pingouin_icc.six_forms(ratings)["form"].tolist() == list(rater_agreement.FORMS)
    ours = rater_agreement.icc_limits(rater_agreement.mean_squares(ratings), 0.95)
    n, k = ratings.shape
    long = pd.DataFrame({"s": np.repeat(range(n), k), "r": np.tile(range(k), n), "v": ratings.ravel()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        theirs = pingouin.intraclass_corr(data=long, targets="s", raters="r", ratings="v")
    for row in theirs.itertuples():
        if row.Type.endswith(",1)"):
            assert list(row.CI95) == pytest.approx([round(v, 2) for v in ours[row.Type]])


def test_kappa_equals_psych():
    one = np.array([1, 2, 3, 3, 2, 1, 4, 4, 2, 3, 2, 3, 1, 4, 2.0])
    two = np.array([1, 2, 3, 2, 2, 1, 4, 3, 2, 4, 3, 3, 1, 4, 1.0])
    assert statsmodels_kappa.kappa(one, two, "none")[0] == pytest.approx(REFERENCE["kappa"]["plain"])
    assert statsmodels_kappa.kappa(one, two, "quadratic")[0] == pytest.approx(REFERENCE["kappa"]["weighted"])
    assert np.isnan(statsmodels_kappa.kappa(one * 0, two * 0, "none")[0])


@pytest.mark.parametrize(
    ("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_as_published(scale, alpha):
    found = inter_rater(pd.DataFrame(PUBLISHED), scale=scale, draws=200, seed=3)
    row = found.tidy().set_index("statistic").loc[f"Krippendorff alpha ({scale})"]
    assert round(float(row["est"]), 3) == alpha
    assert row["ci_low"] < row["est"] < row["ci_high"]
    again = inter_rater(pd.DataFrame(PUBLISHED), scale=scale, draws=200, seed=3)
    assert again.to_dict() == found.to_dict()


def test_orientation_and_raters_that_missed_subjects():
    table = pd.DataFrame(PUBLISHED, columns=["A", "B", "C", "D"])
    upright = inter_rater(table, draws=100, seed=1)
    turned = inter_rater(table.T, raters="rows", draws=100, seed=1)
    pd.testing.assert_frame_equal(upright.tidy(), turned.tidy())
    assert "A, B, C" in upright.summary("id")
    assert turned.orientation == "columns are subjects"
    assert upright.sample.used == 11
    nominal = inter_rater(table, scale="nominal", draws=100, seed=1)
    assert [note.code for note in nominal.notes] == ["MEA242"]
    gaps = pd.DataFrame({"A": [1, 2, NONE], "B": [NONE, 2, 3], "C": [1, NONE, 2]})
    assert "MEA243" in [note.code for note in inter_rater(gaps, draws=100, seed=1).notes]


def test_refusals_of_agreement():
    for ratings, code in (
        (pd.DataFrame({"A": [1, 2]}), "MEA240"),
        (pd.DataFrame({"A": [3, 3], "B": [3, 3]}), "MEA241"),
    ):
        with pytest.raises(UmkmError) as caught:
            inter_rater(ratings)
        assert caught.value.code == code


def occasions():
    rng = np.random.default_rng(5)
    level = rng.normal(size=60)
    first = np.clip(np.round(3 + level[:, None] + 0.6 * rng.normal(size=(60, 4))), 1, 5)
    second = np.clip(np.round(3.2 + level[:, None] + 0.6 * rng.normal(size=(60, 4))), 1, 5)
    names = ["i1", "i2", "i3", "i4"]
    one = pd.DataFrame(first, columns=names).assign(id=range(60))
    two = pd.DataFrame(second, columns=names).assign(id=range(60)).sample(frac=1, random_state=1)
    return one, two


def test_two_occasions_by_hand():
    """r and the paired t test by scipy, ICC(A,1) by pingouin, 1e-9."""
    from scipy import stats

    one, two = occasions()
    found = retest(one, two.iloc[:55], scales={"S": ["i1", "i2"], "T": ["i3", "i4"]}, key="id")
    assert found.sample.used == 55
    assert dict(found.sample.dropped) == {"once": 5}
    pair = one.merge(two.iloc[:55], on="id", suffixes=("_1", "_2"))
    a, b = pair[["i1_1", "i2_1"]].mean(axis=1), pair[["i1_2", "i2_2"]].mean(axis=1)
    row = found.tidy().set_index("scale").loc["S"]
    assert row["r"] == pytest.approx(stats.pearsonr(a, b).statistic)
    assert row["t"] == pytest.approx(stats.ttest_rel(b, a).statistic)
    assert row["p"] == pytest.approx(stats.ttest_rel(b, a).pvalue)
    icc = pingouin_icc.six_forms(np.stack([a, b], axis=1)).set_index("form")["est"]
    assert row["icc_a"] == pytest.approx(icc["ICC(A,1)"])
    assert row["icc_c"] == pytest.approx(icc["ICC(C,1)"])
    assert row["sem"] == pytest.approx(np.concatenate([a, b]).std(ddof=1) * np.sqrt(1 - icc["ICC(A,1)"]))
    assert row["mdc"] == pytest.approx(1.96 * np.sqrt(2) * row["sem"])
    assert len(found.items) == 4
    assert "once" in str(found.to_dict())
    assert "tes-retes" in found.summary("id")


def test_refusals_of_two_occasions():
    one, two = occasions()
    for call, code in (
        (lambda: retest(one, two, key="nama"), "MEA244"),
        (lambda: retest(pd.concat([one, one]), two, key="id"), "MEA244"),
        (lambda: retest(one, two.drop(columns="i3"), key="id"), "MEA245"),
        (lambda: retest(one, two.assign(id=two["id"] + 100), key="id"), "MEA240"),
    ):
        with pytest.raises((UmkmError, UsageError)) as caught:
            call()
        assert caught.value.code == code
    flat = retest(one.assign(i1=3, i2=3), two, scales={"S": ["i1", "i2"]}, key="id").tidy()
    assert np.isnan(flat["r"].iloc[0])


def test_omega_hierarchical_equals_psych(holzinger):
    """psych 2.2.9 omega(nfactors = 3): ω_h, ω_t and α, 2e-3 (two minres and oblimin programs)."""
    items = holzinger[[f"x{j}" for j in range(1, 10)]]
    found = omega(items).tidy().set_index("coefficient")["est"]
    for name in ("hierarchical", "total"):
        assert found[f"omega_{name}"] == pytest.approx(REFERENCE["omega"][name], abs=2e-3)
    assert found["alpha"] == pytest.approx(REFERENCE["omega"]["alpha"], abs=1e-6)
    groups = {"v": ["x1", "x2", "x3"], "t": ["x4", "x5", "x6"], "s": ["x7", "x8", "x9"]}
    refused = omega(items, groups=groups, method="bifactor")  # lavaan 0.6-14: negative variances
    assert isinstance(refused, Unavailable)
    assert refused.code == "MEA246"
    assert "MEA248" in [note.code for note in omega(items, n_factors=2).notes]


def test_bifactor_recovers_the_population():
    rng = np.random.default_rng(11)
    general, group = rng.normal(size=(3000, 1)), np.repeat(rng.normal(size=(3000, 3)), 3, axis=1)
    frame = pd.DataFrame(0.6 * general + 0.5 * group + np.sqrt(0.39) * rng.normal(size=(3000, 9)))
    frame.columns = [f"x{j}" for j in range(9)]
    found = omega(frame, groups=BIFACTOR, method="bifactor")
    est = found.tidy().set_index("coefficient")["est"]
    whole = 9 + 2 * (27 * 0.36 + 9 * 0.61)  # 1'R1 of the population
    assert est["omega_hierarchical"] == pytest.approx(5.4**2 / whole, abs=0.03)
    assert est["omega_total"] == pytest.approx(1 - 9 * 0.39 / whole, abs=0.02)
    assert "bifaktor" in found.summary("id")
    assert found.loadings.shape == (9, 4)
    for told in ({"method": "bifactor"}, {"groups": BIFACTOR}, {"groups": {"a": ["x0", "x1"]}}):
        with pytest.raises(UsageError) as caught:
            omega(frame, **({"method": "bifactor"} | told if "method" in told else told))
        assert caught.value.code == "MEA247"


def test_size_for_an_icc():
    """Bonett 2002, the formula by hand: ρ = .7, k = 2, w = .2 → 100.9; ρ = .7, k = 3, w = .15."""
    assert icc_size(icc=0.7, raters=2, width=0.2).n == 101
    by_hand = 8 * 1.959964**2 * 0.3**2 * (1 + 2 * 0.7) ** 2 / (3 * 2 * 0.15**2) + 1
    assert icc_size(icc=0.7, raters=3, width=0.15).n == int(np.ceil(by_hand))
    assert "Bonett" in icc_size(icc=0.7, raters=3, width=0.15).summary("id")
