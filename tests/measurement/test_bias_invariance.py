"""Method bias against lavaan models and published shares; invariance against lavaan 0.6-14 on Holzinger by
school."""

import numpy as np
import pandas as pd
import pytest

from told_notes import noted
from umkm_stats import columns
from umkm_stats.errors import UsageError
from umkm_stats.kernels.measurement import common_method as kernel
from umkm_stats.measurement import invariance, method_bias


# ---- method bias
def test_models_equal_lavaan(nine, thirds, semtools_measurement):
    result = method_bias(
        nine, scales={key: thirds[key] for key in ("visual", "textual")}, marker=thirds["speed"]
    )
    table = result.models.set_index("model")
    wanted = semtools_measurement["marker"]
    for ours, theirs in {
        "marker_cfa": "cfa",
        "marker_baseline": "baseline",
        "marker_c": "c",
        "marker_u": "u",
        "marker_r": "r",
    }.items():
        assert table.loc[ours, "chisq"] == pytest.approx(wanted[theirs]["chisq"], rel=1e-5), ours
        assert table.loc[ours, "df"] == wanted[theirs]["df"], ours
        assert table.loc[ours, "cfi"] == pytest.approx(wanted[theirs]["cfi"], abs=1e-5), ours
    assert table.loc["marker_c", "chisq_diff"] == pytest.approx(
        wanted["baseline"]["chisq"] - wanted["c"]["chisq"], rel=1e-4
    )
    assert noted(result, "MEA178").row == "marker_r"


def test_marker_correction_by_hand(nine, thirds):
    result = method_bias(
        nine,
        scales={key: thirds[key] for key in ("visual", "textual")},
        marker=["x7", "x8", "x9"],
        latent=False,
    )
    means = pd.DataFrame({name: nine[items].mean(axis=1) for name, items in thirds.items()})
    corr = means.corr()
    low, high = sorted([corr.loc["speed", "visual"], corr.loc["speed", "textual"]])
    row = result.marker.iloc[0]
    assert row["r_adjusted"] == pytest.approx((corr.loc["visual", "textual"] - low) / (1 - low))
    assert row["r_conservative"] == pytest.approx((corr.loc["visual", "textual"] - high) / (1 - high))
    assert row["t"] == pytest.approx(row["r_adjusted"] * np.sqrt(298 / (1 - row["r_adjusted"] ** 2)))
    assert result.models.empty


def test_full_collinearity_is_the_regression_vif(nine, thirds):
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    result = method_bias(nine, scales=thirds, latent=False)
    means = pd.DataFrame({name: nine[items].mean(axis=1) for name, items in thirds.items()})
    centred = (means - means.mean()).to_numpy()
    wanted = [variance_inflation_factor(centred, j) for j in range(3)]
    np.testing.assert_allclose(result.vif["vif"], wanted, rtol=1e-8)
    assert np.isnan(kernel.full_collinearity(np.ones((2, 2)))).all()
    noted(result, "MEA171")
    noted(result, "MEA172")


def test_marker_that_changes_correlations_is_said():
    rng = np.random.default_rng(2)
    method = rng.normal(size=(800, 1))
    parts = rng.normal(size=(800, 2))
    data = {f"A{i}": 0.6 * parts[:, 0] + 0.6 * method[:, 0] + 0.5 * rng.normal(size=800) for i in range(4)}
    data |= {f"B{i}": 0.6 * parts[:, 1] + 0.6 * method[:, 0] + 0.5 * rng.normal(size=800) for i in range(4)}
    data |= {f"M{i}": 0.8 * method[:, 0] + 0.6 * rng.normal(size=800) for i in range(3)}
    scales = {name: [f"{name}{i}" for i in range(4)] for name in "AB"}
    result = method_bias(pd.DataFrame(data), scales=scales, marker=["M0", "M1", "M2"])
    note = noted(result, "MEA177")
    assert note.params["p"] < 0.001
    assert noted(result, "MEA173").params["r"] > 0.3


def test_models_need_scales_without_shared_items(nine, thirds):
    shared = method_bias(nine, scales={"a": ["x1", "x2", "x3"], "b": ["x3", "x4", "x5"]})
    assert noted(shared, "MEA174").params["items"] == ["x3"]
    noted(method_bias(nine, scales={"a": ["x1", "x2", "x3"]}), "MEA174")
    with pytest.raises(UsageError) as caught:
        method_bias(nine, scales=thirds, marker=["x1"])
    assert caught.value.code == "MEA024"


def test_latent_method_factor_is_the_model_of_the_engine():
    """The bounded search ends at the optimum that ``fit`` finds for the same model as text."""
    from umkm_stats.sem import fit

    rng = np.random.default_rng(9)
    parts, method = rng.normal(size=(500, 3)), rng.normal(size=500)
    strength = {"A": (0.8, 0.5, 0.7, 0.6), "B": (0.5, 0.8, 0.6, 0.7), "C": (0.7, 0.6, 0.8, 0.4)}
    scales = {name: [f"{name}{i}" for i in range(4)] for name in strength}
    data = pd.DataFrame(
        {
            code: weight * parts[:, j] + 0.5 * method + 0.5 * rng.normal(size=500)
            for j, name in enumerate(scales)
            for code, weight in zip(scales[name], strength[name], strict=True)
        }
    )
    table = method_bias(data, scales=scales).models.set_index("model")
    items = [code for members in scales.values() for code in members]
    base = "".join(f"{name} =~ {' + '.join(members)}\n" for name, members in scales.items())
    apart = "".join(f"METHOD ~~ 0*{name}\n" for name in scales)
    text = base + "METHOD =~ " + " + ".join(f"mm*{code}" for code in items) + "\n" + apart
    wanted = fit(text, data, std_lv=True)
    row = table.loc["method_equal"]
    assert row["converged"]
    assert row["admissible"]
    assert row["chisq"] == pytest.approx(wanted.x2, rel=1e-6)
    assert (row["df"], row["df_diff"]) == (wanted.df, 1)
    assert row["cfi"] == pytest.approx(wanted.indices["cfi"], abs=1e-8)
    assert row["rmsea"] == pytest.approx(wanted.indices["rmsea"], abs=1e-8)
    loadings = wanted.estimates.query("lhs == 'METHOD' and op == '=~'")["std_all"]
    assert row["method_share"] == pytest.approx((loadings**2).mean(), rel=1e-4)
    assert row["method_share"] == pytest.approx(0.3, abs=0.1)


def test_a_model_that_cannot_be_fitted_or_trusted_is_noted(nine, thirds):
    result = method_bias(nine, scales=thirds)
    assert noted(result, "MEA176").row == "method_equal"
    assert np.isnan(result.models.set_index("model").loc["method_equal", "chisq"])
    thin = method_bias(nine, scales={"a": ["x1", "x2"], "b": ["x4", "x5"]})
    assert noted(thin, "MEA175").row == "method_free"


def test_bias_protocol(nine, thirds):
    result = method_bias(nine, scales=thirds, marker=None)
    for frame in (result.tidy(), result.vif, result.marker, result.models):
        assert set(frame.columns) <= set(columns.known())
    assert "Harman" in result.summary("id")
    result.to_dict()
    assert result.glance()["harman_pca"].iloc[0] == pytest.approx(3.216344 / 9, abs=1e-6)


def test_a_vif_that_does_not_exist_is_said_in_words(nine, thirds):
    """One scale has no other to be explained by; a scale and its copy explain each other wholly."""
    copied = nine.assign(**{f"{name}c": nine[name] for name in thirds["visual"]})
    twins = {"visual": thirds["visual"], "copy": [f"{name}c" for name in thirds["visual"]]}
    for data, scales in ((nine, {"visual": thirds["visual"]}), (copied, twins)):
        result = method_bias(data, scales=scales, latent=False)
        assert result.tidy().set_index("check").loc["vif_max", "flagged"] is None
        for lang, word in (("en", "not computed"), ("id", "tidak dihitung")):
            assert " nan" not in result.summary(lang)
            assert word in result.summary(lang)


@pytest.mark.shared
def test_harman_shares_of_bfi(bfi):
    """surveys.md: 25 items, complete cases, 20.537 % (components) and 17.457 % (principal axis)."""
    data = bfi.copy()
    for item in ("A1", "C4", "C5", "E1", "E2"):
        data[item] = 7 - data[item]
    scales = {letter: [f"{letter}{i}" for i in range(1, 6)] for letter in "ACENO"}
    row = method_bias(data, scales=scales, latent=False).glance().iloc[0]
    assert round(100 * row["harman_pca"], 3) == 20.537
    assert round(100 * row["harman_paf"], 3) == 17.457


# ---- invariance
def test_ladder_equals_lavaan(holzinger, thirds, semtools):
    result = invariance(holzinger, scales=thirds, group="school")
    table = result.tidy().set_index("step")
    for step in ("configural", "metric", "scalar"):
        wanted = semtools["invariance_school"][step]
        assert table.loc[step, "chisq"] == pytest.approx(wanted["chisq"], rel=1e-6)
        for name in ("cfi", "rmsea", "srmr"):
            assert table.loc[step, name] == pytest.approx(wanted[name], abs=1e-6), (step, name)
        assert table.loc[step, "bic"] == pytest.approx(wanted["bic"], rel=1e-8)
    lrt = semtools["invariance_lrt"]
    assert table.loc["metric", "chisq_diff"] == pytest.approx(lrt[1]["Chisq diff"], rel=1e-4)
    assert table.loc["metric", "p_diff"] == pytest.approx(lrt[1]["Pr(>Chisq)"], rel=1e-4)
    assert table["holds"].tolist() == [True, True, False]
    assert "strict" not in table.index  # a step is not climbed over one that does not hold
    assert (result.reached, result.partly) == ("metric", "metric")
    noted(result, "MEA182")
    assert "indirect effects" in result.summary("en")


def test_strict_equals_lavaan_when_asked_for_directly(holzinger, thirds, semtools):
    result = invariance(holzinger, scales=thirds, group="school", levels=["strict"])
    assert result.tidy()["chisq"].iloc[0] == pytest.approx(
        semtools["invariance_school"]["strict"]["chisq"], rel=1e-6
    )


def test_partial_steps_equal_lavaan(holzinger, thirds, semtools_measurement):
    result = invariance(holzinger, scales=thirds, group="school", release=2)
    table = result.tidy()
    scalar = table[table["step"] == "scalar"]
    assert scalar["released"].tolist() == ["", "x3~1", "x3~1 x7~1"]
    wanted = semtools_measurement["partial"]
    np.testing.assert_allclose(
        scalar["chisq"].iloc[1:], [wanted["one"]["chisq"], wanted["two"]["chisq"]], rtol=1e-6
    )
    strict = table[table["step"] == "strict"].iloc[0]
    assert (strict["chisq"], strict["df"]) == (
        pytest.approx(wanted["strict"]["chisq"], rel=1e-6),
        wanted["strict"]["df"],
    )
    assert result.released == ("x3~1", "x7~1")
    assert (result.reached, result.partly) == ("metric", "strict")
    noted(result, "MEA183")
    noted(result, "MEA184")


def test_scaled_difference_equals_lavaan(holzinger, thirds, semtools):
    """lavTestLRT(method = "satorra.bentler.2001") of MLR fits: 6.56715805341 on 6 df."""
    result = invariance(
        holzinger, scales=thirds, group="school", levels=["configural", "metric"], estimator="MLR"
    )
    row = result.tidy().set_index("step").loc["metric"]
    assert row["chisq_diff"] == pytest.approx(semtools["invariance_lrt_mlr_2001"][1]["Chisq diff"], rel=1e-4)
    assert row["df_diff"] == 6


def test_negative_factor_is_noted(holzinger, thirds, monkeypatch):
    from types import SimpleNamespace

    from umkm_stats.measurement import _invariance

    monkeypatch.setattr(
        _invariance, "nested_test", lambda *fits: SimpleNamespace(chisq_diff=float("nan"), p=float("nan"))
    )
    result = invariance(
        holzinger, scales=thirds, group="school", levels=["configural", "metric"], estimator="MLR"
    )
    noted(result, "MEA185")


def test_ordered_ladder():
    """Two groups from one population, and one item whose thresholds differ: released, the step holds."""
    rng = np.random.default_rng(31)
    group = np.repeat(["a", "b"], 400)
    factor = rng.normal(size=800)
    latent = 0.75 * factor[:, None] + 0.66 * rng.normal(size=(800, 5))
    data = pd.DataFrame({f"o{i}": np.searchsorted([-1.0, 0.0, 1.0], latent[:, i]) + 1 for i in range(5)})
    data["group"] = group
    scales = {"O": [f"o{i}" for i in range(5)]}
    result = invariance(data, scales=scales, group="group", ordered=True)
    assert result.tidy()["step"].tolist() == ["configural", "thresholds", "metric", "scalar"]
    assert result.reached == "scalar"
    assert result.tidy()["p_diff"].iloc[1:].between(0, 1).all()
    plain = invariance(data, scales=scales, group="group", ordered=True, identification="lavaan")
    assert plain.tidy()["step"].tolist() == ["configural", "thresholds", "metric"]
    assert plain.tidy()["chisq"].iloc[-1] == pytest.approx(result.tidy()["chisq"].iloc[-1], rel=1e-5)
    with pytest.raises(UsageError) as caught:
        invariance(data, scales=scales, group="group", ordered=True, levels=["strict"])
    assert caught.value.code in ("GEN001", "GEN002")


@pytest.mark.shared
def test_ordered_ladder_equals_lavaan(shared_csv):
    """datCat by g, lavaan 0.6-14, WLSMV: scaled χ², CFI and RMSEA of the three steps (this file's numbers
    were printed by lavaan)."""
    data = shared_csv("data/lavaan/semtools_datcat.csv")
    scales = {"f1": ["u1", "u2", "u3", "u4"], "f2": ["u5", "u6", "u7", "u8"]}
    steps = invariance(data, scales=scales, group="g", ordered=True).tidy()
    np.testing.assert_allclose(
        steps["chisq"], [40.823659, 55.520916, 58.572133, 70.718716], rtol=1e-5
    )  # semTools 0.5-6, measEq.syntax
    np.testing.assert_allclose(steps["df"], [38, 54, 60, 66])
    np.testing.assert_allclose(steps["cfi"], [0.997226, 0.998506, 1.0, 0.995365], atol=2e-6)
    table = invariance(data, scales=scales, group="g", ordered=True, identification="lavaan").tidy()
    np.testing.assert_allclose(table["chisq"], [40.82366, 67.506798, 70.718716], rtol=1e-5)
    np.testing.assert_allclose(table["df"], [38, 60, 66])
    np.testing.assert_allclose(table["cfi"], [0.997226, 0.992626, 0.995365], atol=2e-6)
    np.testing.assert_allclose(table["rmsea"], [0.027397, 0.03555, 0.026873], atol=2e-6)
    np.testing.assert_allclose(table["chisq_diff"].iloc[1], 27.04, atol=5e-3)


def test_small_groups_and_stricter_borders(holzinger, thirds):
    few = holzinger.iloc[80:230]
    result = invariance(few, scales=thirds, group="school", levels=["configural", "metric"])
    noted(result, "MEA181")
    assert (result.cfi_cut, result.rmsea_cut) == (0.005, 0.010)
    assert result.groups["n"].sum() == 150


def test_a_model_that_does_not_fit_is_said(holzinger):
    result = invariance(
        holzinger, scales={"all": [f"x{i}" for i in range(1, 10)]}, group="school", levels=["configural"]
    )
    assert noted(result, "MEA186").params["cfi"] < 0.9


def test_group_as_values_and_wrong_groups(holzinger, nine, thirds):
    by_column = invariance(holzinger, scales=thirds, group="school", levels=["configural"])
    by_values = invariance(nine, scales=thirds, group=holzinger["school"], levels=["configural"])
    assert by_values.tidy()["chisq"].iloc[0] == pytest.approx(by_column.tidy()["chisq"].iloc[0], rel=1e-10)
    for group in ("city", [1, 2]):
        with pytest.raises(UsageError) as caught:
            invariance(nine, scales=thirds, group=group)
        assert caught.value.code == "MEA025"


def test_invariance_protocol(holzinger, thirds):
    result = invariance(holzinger, scales=thirds, group="school", levels=["configural"])
    assert set(result.tidy().columns) | set(result.groups.columns) <= set(columns.known())
    result.to_dict()
    assert "belum boleh dibandingkan" in result.summary("id")
