"""What can be asked of a finished analysis: sizes, types, tests, assumptions, sensitivity, other routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from umkm_stats import UsageError, mediate
from umkm_stats.columns import known
from umkm_stats.kernels.mediation.tests import bayes_factor_null, tost
from umkm_stats.mediation import (
    Detail,
    Mediation,
    adjust,
    rival_scores,
)
from umkm_stats.results import Result, Unavailable

from .conftest import frame_with
from .test_scores import cell

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "mediation_lavaan.json").read_text("utf-8"))


@pytest.fixture(name="found", scope="module")
def _found(small: pd.DataFrame) -> Mediation:
    return mediate(small, x="X", m="M", y="Y", draws=1000, seed=7, intervals="all")


def keeps_protocol(detail: Detail) -> None:
    assert isinstance(detail, Result)
    assert set(detail.frame.columns) <= set(known())
    assert detail.to_dict()["rows"]
    for lang in ("en", "id"):
        assert "mediation." not in detail.summary(lang)
        assert len(detail.summary(lang).splitlines()) > len(detail.frame)
    assert len(detail.glance()) == 1


def test_every_detail_keeps_the_protocol(found: Mediation, small: pd.DataFrame) -> None:
    two = mediate(small, x="X", m=["M", "W1"], y="Y", draws=200, seed=7)
    check = found.cross_check()
    assert isinstance(check, Detail)
    for detail in (
        found.vaf(),
        found.upsilon(),
        found.variance_explained(),
        found.typology(),
        found.baron_kenny(),
        found.equivalence(0.2),
        two.contrasts(),
        found.full_mediation(),
        found.assumptions(),
        check,
        found.sensitivity(),
        found.confounder(effect_on_y=[0.1], per_m=[0.2]),
        found.e_values(),
        found.corrected({"M": 0.9}),
    ):
        keeps_protocol(detail)


def test_jessor_upsilon() -> None:
    cov = [
        [2.26831107, 0.6615415, -0.08691755],
        [0.6615415, 2.2763549, -0.2259382],
        [-0.08691755, -0.2259382, 0.09218055],
    ]
    found = mediate(frame_with([0, 0, 0], cov, 432, "x m y"), x="x", m="m", y="y", draws=50, seed=1)
    size = found.upsilon().frame.iloc[0]
    assert size["upsilon"] == pytest.approx(0.019401, abs=5e-7)  # MBESS, printed
    a, sa, b, sb = 0.291645, 0.046217, -0.096279, 0.008820
    ratio = (2.26831107 / 2.2763549) * (2.2763549 / 0.09218055)
    assert size["upsilon_adjusted"] == pytest.approx((a**2 - sa**2) * (b**2 - sb**2) * ratio, rel=1e-4)


def test_vaf_and_its_refusal(found: Mediation) -> None:
    row = found.vaf().frame.iloc[0]
    total, ab = cell(found.effects, "total", "ols")["est"], cell(found.effects, "indirect", "delta")["est"]
    assert row["vaf"] == pytest.approx(ab / total, rel=1e-12)
    cov = [[1, 0.5, 0.0], [0.5, 1, 0.4], [0.0, 0.4, 1]]
    opposite = mediate(frame_with([0, 0, 0], cov, 200, "x m y"), x="x", m="m", y="y", draws=200, seed=1)
    answer = opposite.vaf()
    assert np.isnan(answer.frame["vaf"].iloc[0])
    assert answer.notes[0].code == "MED410"
    assert opposite.typology().frame["mediation_type"].iloc[0] == "competitive"
    vague = found.vaf()
    assert np.isnan(vague.frame["ci_low"].iloc[0])
    assert vague.notes[0].code == "MED411"


def test_types_of_mediation(found: Mediation) -> None:
    assert found.typology().frame["mediation_type"].iloc[0] == "indirect_only"
    cases = {
        "complementary": [[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]],
        "direct_only": [[1, 0.0, 0.5], [0.0, 1, 0.0], [0.5, 0.0, 1]],
        "no_effect": [[1, 0.0, 0.0], [0.0, 1, 0.0], [0.0, 0.0, 1]],
    }
    for kind, cov in cases.items():
        made = mediate(frame_with([0, 0, 0], cov, 150, "x m y"), x="x", m="m", y="y", draws=400, seed=1)
        assert made.typology().frame["mediation_type"].iloc[0] == kind


def test_baron_and_kenny_steps(found: Mediation) -> None:
    table = found.baron_kenny().frame
    assert list(table["effect"]) == ["total", "a", "b", "direct"]
    assert list(table["significant"]) == [True, True, True, False]


def test_sizes_of_explained_variance(small: pd.DataFrame, found: Mediation) -> None:
    answer = found.variance_explained()
    full, bare = (
        np.corrcoef(small["Y"], fitted)[0, 1] ** 2 for fitted in (_fit(small, ["X", "M"]), _fit(small, ["X"]))
    )
    row = answer.frame[(answer.frame["role"] == "outcome") & (answer.frame["term"] == "M")].iloc[0]
    assert row["f2"] == pytest.approx((full - bare) / (1 - full), rel=1e-9)
    r = small[["X", "M", "Y"]].corr().to_numpy()
    assert answer.meta is not None
    assert answer.meta["r2_mediation"] == pytest.approx(r[1, 2] ** 2 - (full - r[0, 2] ** 2), rel=1e-9)


def _fit(data: pd.DataFrame, names: list[str]) -> Any:
    design = np.column_stack([np.ones(len(data)), data[names]])
    return design @ np.linalg.lstsq(design, data["Y"], rcond=None)[0]


def test_equivalence_is_two_one_sided_tests(found: Mediation) -> None:
    direct = cell(found.effects, "direct", "ols")
    row = found.equivalence(0.25).frame.iloc[0]
    t = stats.t(97)
    wanted = max(t.sf((0.25 - direct["est"]) / direct["se"]), t.sf((0.25 + direct["est"]) / direct["se"]))
    assert row["p"] == pytest.approx(wanted, rel=1e-12)
    assert row["equivalent"] == (row["ci_low"] > -0.25 and row["ci_high"] < 0.25)
    scaled = found.equivalence({"bound": 0.1, "scale": "std_xy", "prior_sd": 0.3}).frame.iloc[0]
    size = found.sizes[(found.sizes["effect"] == "direct") & (found.sizes["scale"] == "std_xy")]["est"].iloc[
        0
    ]
    assert scaled["bound"] == pytest.approx(0.1 * direct["est"] / size, rel=1e-12)
    assert scaled["bf01"] > 1


def test_equivalence_asked_in_the_call(small: pd.DataFrame) -> None:
    kept = mediate(small, x="X", m="M", y="Y", draws=20, seed=1, equivalence=0.4)
    assert kept.equivalence().frame["bound"].iloc[0] == 0.4
    for wrong in (-1, "wide", {"bound": 0.1, "width": 2}, True):
        with pytest.raises(UsageError) as caught:
            mediate(small, x="X", m="M", y="Y", equivalence=wrong)  # type: ignore[arg-type]
        assert caught.value.code == "MED027"


def test_tost_decides_as_its_interval_does() -> None:
    for est in np.linspace(-0.3, 0.3, 25):
        answer = tost(est, 0.08, 90, 0.2)
        assert answer.equivalent == (answer.low > -0.2 and answer.high < 0.2)


def test_bayes_factor_equals_integration() -> None:
    def marginal(value: float) -> float:
        return float(stats.norm.pdf(0.12, value, 0.09) * stats.norm.pdf(value, 0, 0.3))

    alternative = integrate.quad(marginal, -4, 4, points=[0.12])[0]
    assert bayes_factor_null(0.12, 0.09, 0.3) == pytest.approx(
        stats.norm.pdf(0.12, 0, 0.09) / alternative, rel=1e-8
    )


def test_contrasts_are_differences_in_every_draw(small: pd.DataFrame) -> None:
    two = mediate(small, x="X", m=["M", "W1"], y="Y", draws=500, seed=7)
    table = two.contrasts().frame
    first, second = (cell(two.effects, "indirect", "delta", f"X -> {m} -> Y")["est"] for m in ("M", "W1"))
    assert table["est"].iloc[0] == pytest.approx(first - second, rel=1e-12)
    assert table["effect"].iloc[0] == "contrast"


def test_full_against_partial_mediation_equals_r(found: Mediation) -> None:
    assert found.full_mediation().frame["x2"].iloc[0] == pytest.approx(
        REFERENCE["assumptions"]["full_mediation"], rel=1e-9
    )


def test_assumptions_equal_r(found: Mediation) -> None:
    table = found.assumptions().frame
    table = table[table["outcome"] == "Y"].set_index(["check", "term"])
    wanted = REFERENCE["assumptions"]
    for key, name, digits in (
        (("breusch_pagan", ""), "breusch_pagan", 1e-9),
        (("glejser", "X"), "glejser_x", 1e-9),
        (("glejser", "M"), "glejser_m", 1e-9),
        (("reset", ""), "reset", 1e-7),
        (("shapiro_wilk", ""), "shapiro", 1e-6),
    ):
        np.testing.assert_allclose(
            table.loc[key, ["statistic", "p"]].to_numpy(dtype=float), wanted[name], rtol=digits
        )
    assert table.loc[("vif", "X"), "statistic"] == pytest.approx(wanted["vif"], rel=1e-9)
    assert np.isfinite(table.loc[("lilliefors", ""), "p"])


def test_shapiro_is_left_out_of_very_large_samples() -> None:
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(5200, 3)), columns=list("xmy"))
    answer = mediate(data, x="x", m="m", y="y", draws=2, seed=1, intervals="percentile").assumptions()
    assert "MED416" in [note.code for note in answer.notes]


def test_adjusted_p_equal_r() -> None:
    wanted = REFERENCE["adjust"]
    p = [np.nan if value is None else value for value in wanted["p"]]
    table = adjust(pd.DataFrame({"p": p}))
    for ours, theirs in (("p_holm", "holm"), ("p_fdr", "fdr")):
        np.testing.assert_allclose(
            table[ours], [np.nan if v is None else v for v in wanted[theirs]], rtol=1e-12
        )
    apart = adjust(
        pd.DataFrame({"p": [0.01, 0.04, 0.03, 0.02], "family": ["a", "b", "a", "b"]}), family="family"
    )
    assert list(apart["p_holm"]) == [0.02, 0.04, 0.03, 0.04]
    with pytest.raises(UsageError) as caught:
        adjust(table, family="group")
    assert caught.value.code == "MED002"


def test_cross_check_with_pingouin(found: Mediation, small: pd.DataFrame) -> None:
    two = mediate(small, x="X", m=["M", "W1"], y="Y", covariates="W2", draws=20, seed=1)
    for result in (found, two):
        answer = result.cross_check()
        assert isinstance(answer, Detail)
        assert np.abs(answer.frame["difference"]).max() < 1e-8
    serial = mediate(small, x="X", m=["M", "W1"], y="Y", structure="serial", draws=20, seed=1)
    refused = serial.cross_check()
    assert isinstance(refused, Unavailable)
    assert refused.code == "MED420"
    two_valued = mediate(small, x="X", m="Mbin", y="Y", draws=20, seed=1)
    assert "MED204" in [note.code for note in two_valued.notes]
    assert isinstance(two_valued.cross_check(), Unavailable)


def test_methods_that_disagree_get_a_sentence() -> None:
    cov = [[0.2586, 0.2117, 0.1976], [0.2117, 0.8667, 0.4418], [0.1976, 0.4418, 0.8883]]
    data = frame_with([0.5, 0.4, 0.5], cov, 30, "x m y")
    found = mediate(data, x="x", m="m", y="y", draws=2000, seed=3)
    assert (
        cell(found.effects, "indirect", "delta")["ci_low"]
        < 0
        < cell(found.effects, "indirect", "percentile")["ci_low"]
    )
    note = next(note for note in found.notes if note.code == "MED414")
    assert "skewed" in note.message()
    assert "bootstrap, persentil; dan bootstrap, BCa" in note.message("id")
    assert "MED203" in [note.code for note in found.notes]


def test_correlated_errors_recover_the_true_effect() -> None:
    # x variance 1; m = .5x + e2; y = .3x + .4m + e3, corr(e2, e3) = .35: at rho = .35 the effect is .5 × .4
    rho, var = 0.35, [1.0, 0.8, 0.6]
    lower = np.array([[1, 0, 0], [0.5, 1, 0], [0.3 + 0.4 * 0.5, 0.4, 1]])
    middle = np.diag(var)
    middle[1, 2] = middle[2, 1] = rho * np.sqrt(var[1] * var[2])
    found = mediate(
        frame_with([0, 0, 0], lower @ middle @ lower.T, 250, "x m y"), x="x", m="m", y="y", draws=300, seed=1
    )
    answer = found.sensitivity([0.0, rho, 0.6])
    assert answer.frame["est"].iloc[0] == pytest.approx(
        cell(found.effects, "indirect", "delta")["est"], rel=1e-9
    )
    assert answer.frame["est"].iloc[1] == pytest.approx(0.2, rel=1e-9)
    assert answer.meta is not None
    again = found.sensitivity([answer.meta["rho_zero"]])
    assert again.frame["est"].iloc[0] == pytest.approx(0, abs=1e-12)
    with pytest.raises(UsageError) as caught:
        found.sensitivity([1.0])
    assert caught.value.code == "MED029"


def test_an_omitted_confounder_is_taken_off_exactly() -> None:
    g = np.random.default_rng(3)
    x = g.normal(size=5000)
    u = g.normal(size=5000)
    m = 0.5 * x + 0.6 * u + g.normal(size=5000)
    y = 0.2 * x + 0.4 * m + 0.5 * u + g.normal(size=5000)
    data = pd.DataFrame({"x": x, "m": m, "y": y, "u": u})
    without = mediate(data, x="x", m="m", y="y", draws=2, seed=1, intervals="percentile")
    with_u = mediate(data, x="x", m="m", y="y", covariates="u", draws=2, seed=1, intervals="percentile")
    table = with_u.coefficients
    gamma = table[(table["role"] == "outcome") & (table["term"] == "u")]["est"].iloc[0]
    per_m = np.linalg.lstsq(np.column_stack([np.ones(5000), x, m]), u, rcond=None)[0][2]
    answer = without.confounder(effect_on_y=[gamma], per_m=[per_m]).frame.iloc[0]
    b = cell(with_u.effects, "b", "ols")["est"]
    a = cell(without.effects, "a", "ols")["est"]
    assert answer["indirect"] == pytest.approx(a * b, rel=1e-9)
    total = cell(without.effects, "total", "ols")["est"]
    assert answer["indirect"] + answer["direct"] == pytest.approx(total, rel=1e-9)


def test_e_value_of_a_printed_ratio() -> None:
    from umkm_stats.kernels.mediation.sensitivity import e_value

    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)  # VanderWeele & Ding 2017, printed
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9), rel=1e-12)
    assert e_value(1.0) == 1.0


def test_reliability_correction_equals_lavaan(found: Mediation) -> None:
    answer = found.corrected({"X": 0.8, "M": 0.7, "Y": 0.9}).frame.set_index(["effect", "path"])["est"]
    wanted = REFERENCE["reliability"]  # single indicators with fixed error variance
    assert answer[("a", "X -> M")] == pytest.approx(wanted["a"], abs=1e-5)
    assert answer[("b", "M -> Y")] == pytest.approx(wanted["b"], abs=1e-5)
    assert answer[("direct", "X -> Y")] == pytest.approx(wanted["c"], abs=1e-5)
    plain = found.corrected({}).frame
    assert (
        plain[plain["effect"] == "indirect"]["ci_low"].iloc[0]
        == cell(found.effects, "indirect", "percentile")["ci_low"]
    )
    impossible = found.corrected({"X": 0.45, "M": 0.45})
    assert "MED419" in [note.code for note in impossible.notes]
    with pytest.raises(UsageError) as caught:
        found.corrected({"Q": 0.5})
    assert caught.value.code == "MED030"


def test_only_score_models_have_the_rest(small: pd.DataFrame) -> None:
    moderated = mediate(small, x="X", m="M", y="Y", moderator="W1", draws=20, seed=1)
    for call in (moderated.sensitivity, moderated.full_mediation, moderated.e_values):
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "MED028"


def test_bayesian_limits_are_those_of_the_t_posterior(found: Mediation) -> None:
    data = found.columns
    assert data is not None
    direct = found.effects[(found.effects["effect"] == "direct") & (found.effects["method"] == "bayes")].iloc[
        0
    ]
    exact = cell(found.effects, "direct", "ols")
    assert direct["ci_low"] == pytest.approx(exact["ci_low"], abs=0.03)
    assert direct["ci_high"] == pytest.approx(exact["ci_high"], abs=0.03)
    assert np.isnan(direct["p"])


def test_permutation_p_is_close_to_the_t_test(found: Mediation) -> None:
    row = cell(found.effects, "indirect", "permutation")
    assert row["est"] == cell(found.effects, "indirect", "delta")["est"]
    worst = cell(found.effects, "indirect", "joint")["p"]
    assert row["p"] < 0.005
    assert worst < 1e-6
    from umkm_stats.kernels.mediation.posterior import permutation_p

    g = np.random.default_rng(2)
    x, c = g.normal(size=60), g.normal(size=60)
    y = 0.25 * x + 0.5 * c + g.normal(size=60)
    design = np.column_stack([np.ones(60), c, x])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    rest = y - design @ beta
    se = np.sqrt(rest @ rest / 57 * np.linalg.inv(design.T @ design)[2, 2])
    p_t = 2 * stats.t.sf(abs(beta[2] / se), 57)
    p = permutation_p(y, x, c[:, None], draws=4000, seed=1)
    assert p == pytest.approx(p_t, abs=4 * np.sqrt(p_t * (1 - p_t) / 4000) + 0.01)


def test_rival_scores_share_a_seed(small: pd.DataFrame) -> None:
    both = rival_scores(small, x="X", m="M", y="Y", draws=50)
    assert both.first.seed == both.second.seed == both.seed
    assert set(both.tidy()["model"]) == {"1", "2"}
    assert both.fit_equal is None
    assert "Model 2" in both.summary("id")
    assert isinstance(both, Result)


def test_a_curve_of_conditional_effects_passes_through_the_probes(small: pd.DataFrame) -> None:
    made = mediate(
        small,
        x="X",
        m="M",
        y="Y",
        moderator="W1",
        moderates=("b", "c"),
        probes={"W1": [0.0, 9.9]},
        draws=300,
        seed=1,
    )
    assert made.process == "15"
    answer = made.curve(points=5)
    keeps_protocol(answer)
    assert set(answer.frame["effect"]) == {"conditional_indirect", "conditional_direct"}
    low, high = small["W1"].min(), small["W1"].max()
    again = mediate(
        small,
        x="X",
        m="M",
        y="Y",
        moderator="W1",
        moderates=("b", "c"),
        probes={"W1": [low, high]},
        draws=300,
        seed=1,
    )
    for kind in ("conditional_indirect", "conditional_direct"):
        ends = answer.frame[answer.frame["effect"] == kind].iloc[[0, -1]]
        rows = again.effects[(again.effects["effect"] == kind) & (again.effects["method"] == "percentile")]
        for name in ("est", "ci_low", "ci_high"):
            np.testing.assert_allclose(ends[name], rows[name], rtol=1e-9)
    with pytest.raises(UsageError) as caught:
        mediate(small, x="X", m="M", y="Y", draws=20, seed=1).curve()
    assert caught.value.code == "MED036"


def test_conditional_effects_are_contrasted(small: pd.DataFrame) -> None:
    made = mediate(
        small,
        x="X",
        m="M",
        y="Y",
        moderator="W1",
        moderates=("a", "b"),
        probes={"W1": [1, 5]},
        draws=300,
        seed=1,
    )
    assert made.process == "58"
    assert not (made.effects["effect"] == "index").any()
    table = made.contrasts().frame
    values = [
        cell(made.effects, "conditional_indirect", "delta", f"X -> M -> Y | W1 = {w}")["est"] for w in (1, 5)
    ]
    assert table["est"].iloc[0] == pytest.approx(values[0] - values[1], rel=1e-10)


def test_the_bound_shows_in_the_summary(small: pd.DataFrame) -> None:
    made = mediate(small, x="X", m="M", y="Y", draws=200, seed=1, equivalence=0.3)
    assert "Equivalence test" in made.summary()
    assert "Batas ekuivalensi: 0,300" in made.summary("id")


def test_reset_is_left_out_for_a_two_valued_predictor(small: pd.DataFrame) -> None:
    made = mediate(small.assign(X=(small["X"] > 6) * 1), x="X", m="M", y="Y", draws=20, seed=1)
    answer = made.assumptions()
    table = answer.frame.set_index(["outcome", "check"])["statistic"]
    assert np.isnan(table[("M", "reset")])
    assert np.isfinite(table[("Y", "reset")])
    assert "MED425" in [note.code for note in answer.notes]
    assert "Ramsey RESET" in answer.summary("id")


def test_equivalence_of_a_moderated_direct_effect_stands_at_the_probes(small: pd.DataFrame) -> None:
    made = mediate(
        small, x="X", m="M", y="Y", moderator="W1", moderates="c", probes={"W1": [1.5, 2]}, draws=20, seed=1
    )
    table = made.equivalence({"bound": 0.2, "scale": "std_xy"}).frame
    assert list(table["path"]) == ["X -> Y | W1 = 1.5", "X -> Y | W1 = 2"]
    assert table["bound"].iloc[0] == pytest.approx(0.2 * small["Y"].std() / small["X"].std(), rel=1e-12)
    assert "W1 = 1,5" in made.equivalence(0.2).summary("id")
    assert "W1 = 1,5" in made.summary("id")


def test_five_rows_give_no_number_without_meaning() -> None:
    """Two predictors, squares and cubes leave RESET no degree of freedom; many draws leave no residual, and
    those with one have residuals on one line (r is 1 or -1 up to rounding). Nothing warns, nothing is inf."""
    frame = pd.DataFrame(
        {"x": [2.0, 3, 5, 4, 3], "m": [1.0, 4, 3, 5, 2], "y": [2.0, 2, 5, 3, 4]},
    )
    found = mediate(frame, x="x", m="m", y="y", draws=60, seed=1)
    shape = found.assumptions().tidy().query("check == 'reset' and outcome == 'y'")
    assert len(shape) == 1
    assert shape[["statistic", "p"]].isna().all().all()
    told = found.sensitivity([0.0, 0.5]).tidy()
    assert np.isfinite(told["est"]).all()
    assert not np.isinf(told[["ci_low", "ci_high"]].to_numpy()).any()
