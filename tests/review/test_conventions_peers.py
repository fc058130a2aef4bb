"""Conventions as the installed programs show them themselves; each is skipped where its program is absent."""

import warnings

import numpy as np
import pandas as pd
import pytest

import sem_data
from umkm_stats import review, sem
from umkm_stats.kernels.review import tables

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def semopy_table():
    semopy = pytest.importorskip("semopy", reason="semopy is not installed")
    data = sem_data.holzinger()[[f"x{i}" for i in range(1, 10)]]
    model = semopy.Model(MODEL)
    model.fit(data)
    shown = semopy.calc_stats(model).iloc[0]
    return {
        "chi2": f"{shown['chi2']:.3f}",
        "df": int(shown["DoF"]),
        "n": len(data),
        "base_chi2": f"{shown['chi2 Baseline']:.3f}",
        "base_df": int(shown["DoF Baseline"]),
        "items": 9,
        "parameters": 21,
        **{
            name: f"{shown[name.upper()]:.4f}"
            for name in ("rmsea", "cfi", "tli", "nfi", "gfi", "agfi", "aic")
        },
        "bic": f"{shown['BIC']:.3f}",
    }


def test_semopys_table_is_semopys(semopy_table):
    """rmsea_n_minus_1, gfi_is_nfi, agfi_from_baseline_df, aic_from_discrepancy: the whole printed table."""
    found = {one.check: one for one in review.fit(**semopy_table, program="semopy")}
    assert {one.verdict for one in found.values()} == {"consistent"}
    assert found["rmsea"].explanation == "rmsea_n_minus_1"
    assert found["gfi"].explanation == "gfi_is_nfi"
    assert found["agfi"].explanation == "agfi_from_baseline_df"
    assert found["aic"].explanation == found["bic"].explanation == "aic_from_discrepancy"
    alone = {one.check: one.verdict for one in review.fit(**semopy_table)}
    assert "inconsistent" not in alone.values()
    assert alone["rmsea"] == alone["gfi"] == alone["agfi"] == alone["aic"] == "not checkable"
    assert semopy_table["gfi"] == semopy_table["nfi"]


def test_semopy_counts_one_df_too_many():
    """df_observed_predictor: a saturated mediation has df 0."""
    semopy = pytest.importorskip("semopy", reason="semopy is not installed")
    data = sem_data.holzinger()[["x1", "x2", "x3"]]
    model = semopy.Model("x2 ~ x1\nx3 ~ x2 + x1")
    model.fit(data)
    df = int(semopy.calc_stats(model)["DoF"].iloc[0])
    count = len(model.param_vals)
    assert (df, count) == (1, 5)
    given = {"chi2": "0.000", "df": df, "items": 3, "parameters": count, "observed_x": 1}
    assert review.fit(**given, program="semopy")[0].explanation == "df_observed_predictor"
    assert review.fit(**given, program="lavaan")[0].verdict == "inconsistent"


def test_semopy_fits_pairwise_covariances():
    """pairwise_full_n: the χ² of a file with gaps is the one of pairwise covariances with n of all rows."""
    semopy = pytest.importorskip("semopy", reason="semopy is not installed")
    data = sem_data.holzinger_missing()[[f"x{i}" for i in range(1, 10)]]
    model = semopy.Model(MODEL)
    model.fit(data)
    shown = float(semopy.calc_stats(model)["chi2"].iloc[0])
    n = len(data)
    pairwise = data.cov() * (n - 1) / n
    ours = sem.fit(MODEL, sample_cov=data.cov(), n_obs=n).indices["chisq"]
    listwise = sem.fit(MODEL, data).indices["chisq"]
    assert pairwise.shape == (9, 9)
    assert shown == pytest.approx(ours, rel=0.02)
    assert abs(listwise / shown - 1) > 0.05


def test_lavaans_standard_errors_are_those_of_maximum_likelihood():
    """ml_standard_error, by this package's fit, which equals lavaan's (see the parity page)."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=30)
    m = 0.4 * x + rng.normal(size=30)
    y = 0.5 * m + 0.2 * x + rng.normal(size=30)
    data = pd.DataFrame({"x": x, "m": m, "y": y})
    rows = sem.fit("m ~ x\ny ~ m + x", data).estimates.set_index(["lhs", "rhs"])
    r = data.corr()
    given = {
        "names": ["x", "m", "y"],
        "correlations": [[f"{r.loc['m', 'x']:.5f}"], [f"{r.loc['y', 'x']:.5f}", f"{r.loc['y', 'm']:.5f}"]],
        "sds": [f"{data[name].std():.5f}" for name in ("x", "m", "y")],
        "n": "30",
        **{name: name for name in ("x", "m", "y")},
        "claimed": {"b": f"{rows.loc[('y', 'm'), 'est']:.4f}", "se_b": f"{rows.loc[('y', 'm'), 'se']:.4f}"},
    }
    for program, word in (("lavaan", "consistent"), ("", "not checkable"), ("SPSS", "inconsistent")):
        entry = review.Claim("regression", "T", given, 1, "T", program)
        found = review.check_claims(review.Claims("t", "", (entry,))).verdicts
        assert [one.verdict for one in found] == ["consistent", word]


def test_pingouins_mediation_row_leaves_x_out():
    """row_without_x, bias_corrected_limits."""
    pg = pytest.importorskip("pingouin", reason="pingouin is not installed")
    rng = np.random.default_rng(6)
    x = rng.normal(size=80)
    m = 0.6 * x + rng.normal(size=80)
    y = 0.4 * m + 0.4 * x + rng.normal(size=80)
    data = pd.DataFrame({"X": x, "M": m, "Y": y})
    table, dist = pg.mediation_analysis(data, x="X", m="M", y="Y", n_boot=999, seed=1, return_dist=True)
    rows = table.set_index("path")
    indirect = rows.loc["Indirect"]
    slope = float(np.cov(m, y)[0, 1] / np.var(m, ddof=1))
    assert float(rows.loc["Y ~ M", "coef"]) == pytest.approx(slope, abs=1e-6)
    given = {
        "a": f"{rows.loc['M ~ X', 'coef']:.5f}",
        "b": f"{rows.loc['Y ~ M', 'coef']:.5f}",
        "ab": f"{indirect['coef']:.5f}",
        "c_prime": f"{rows.loc['Direct', 'coef']:.5f}",
        "sd_x": f"{x.std(ddof=1):.6f}",
        "sd_m": f"{m.std(ddof=1):.6f}",
    }
    entry = review.Claim("mediation", "T", given, 1, "T", "pingouin 0.7.0")
    (found,) = review.check_claims(review.Claims("t", "", (entry,))).verdicts
    assert (found.verdict, found.explanation) == ("consistent", "row_without_x")
    from scipy import stats

    z0 = stats.norm.ppf(np.mean(dist < indirect["coef"]))
    ends = np.percentile(dist, 100 * stats.norm.cdf([2 * z0 - 1.959964, 2 * z0 + 1.959964]))
    names = [name for name in table.columns if name.startswith("CI")]
    shown = indirect[names].to_numpy(dtype=float)
    assert shown == pytest.approx(ends, abs=0.01)
    plain = np.percentile(dist, [2.5, 97.5])
    assert abs(shown - ends).max() < abs(shown - plain).max()


def test_pingouins_alpha_counts_rows_it_left_out():
    """n_before_deletion."""
    pg = pytest.importorskip("pingouin", reason="pingouin is not installed")
    rng = np.random.default_rng(8)
    f = rng.normal(size=10)
    data = pd.DataFrame({f"q{i}": f + 0.7 * rng.normal(size=10) for i in range(4)})
    data.iloc[0, 1] = data.iloc[1, 2] = np.nan
    alpha, (low, high) = pg.cronbach_alpha(data, nan_policy="listwise")
    given = {"alpha": f"{alpha:.5f}", "k": "4", "n": "8", "low": f"{low:.3f}", "high": f"{high:.3f}"}
    for program, word in (("pingouin", "consistent"), ("SPSS", "inconsistent")):
        entry = review.Claim("alpha", "T", {**given, "n_before": "10"}, 1, "T", program)
        found = review.check_claims(review.Claims("t", "", (entry,))).verdicts
        assert {one.verdict for one in found} == {word}


def test_factor_analyzer_sums_squares_after_an_oblique_rotation():
    """communality_without_phi."""
    fa = pytest.importorskip("factor_analyzer", reason="factor_analyzer is not installed")
    analyzer = fa.FactorAnalyzer(n_factors=2, rotation="promax")
    analyzer.loadings_ = np.array([[0.60, 0.155], [0.10, 0.70]])
    assert analyzer.get_communalities() == pytest.approx([0.384025, 0.5])


def test_statsmodels_thresholds_and_weights():
    """threshold_increments, weights_are_frequencies, vif_standardised, lilliefors_table."""
    pytest.importorskip("statsmodels", reason="statsmodels is not installed")
    from statsmodels.miscmodels.ordinal_model import OrderedModel
    from statsmodels.stats.diagnostic import lilliefors
    from statsmodels.stats.outliers_influence import variance_inflation_factor as vif
    from statsmodels.stats.weightstats import DescrStatsW

    rng = np.random.default_rng(9)
    x = rng.normal(size=200)
    y = pd.Series(pd.Categorical(np.digitize(x + rng.normal(size=200), [-1, 0.5]), ordered=True))
    model = OrderedModel(y, x[:, None], distr="probit")
    params = model.fit(disp=False, method="bfgs").params.to_numpy()
    cuts = model.transform_threshold_params(params)[1:-1]
    assert cuts == pytest.approx([params[1], params[1] + np.exp(params[2])])
    weighted = DescrStatsW(np.array([1.0, 3, 3, 4, 5]), weights=np.full(5, 1000.0))
    assert weighted.std_mean == pytest.approx(weighted.std / np.sqrt(4999))
    assert lilliefors(np.exp(3 * x))[1] == pytest.approx(0.001, abs=2e-4)
    columns = np.column_stack([rng.normal(size=50) + 5, rng.normal(size=50) + 5])
    r = np.corrcoef(columns.T)[0, 1]
    import inspect

    if "standardize" not in inspect.signature(vif).parameters:
        pytest.skip("this version of statsmodels does not standardise")
    assert vif(columns, 0) == pytest.approx(1 / (1 - r * r), rel=1e-6)


def test_scipy_corrects_two_by_two_tables():
    """with_yates, quantile_type_6."""
    from scipy import stats
    from scipy.stats import mstats

    counts = [[10, 20], [20, 10]]
    found = stats.chi2_contingency(counts)
    assert found.statistic == pytest.approx(tables.chi2_two_by_two(10, 20, 20, 10, yates=True))
    plain = stats.chi2_contingency(counts, correction=False)
    assert plain.statistic == pytest.approx(tables.chi2_two_by_two(10, 20, 20, 10, yates=False))
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        six = float(mstats.mquantiles(values, prob=[0.3], alphap=0, betap=0)[0])
    assert tables.quantile(values, 0.3, six=True) == pytest.approx(six)
