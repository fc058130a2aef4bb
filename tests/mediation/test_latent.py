"""`mediate_latent` against lavaan, and from every kind of source."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, fit, mediate, mediate_latent
from umkm_stats.columns import known
from umkm_stats.mediation import Estimation, Paths, Resampling, free_paths, rivals

from .test_scores import cell

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "mediation_lavaan.json").read_text("utf-8"))
MEASURES = """ind60 =~ x1+x2+x3
dem60 =~ y1+y2+y3+y4
dem65 =~ y5+y6+y7+y8
y1~~y5
y2~~y4+y6
y3~~y7
y4~~y8
y6~~y8
"""
MODEL = MEASURES + "dem60 ~ a*ind60\ndem65 ~ c*ind60 + b*dem60\n"
RIVAL = MEASURES + "ind60 ~ a*dem60\ndem65 ~ b*ind60 + c*dem60\n"
EST, SE = 2e-5, 1e-4  # optima of two programs; relative for standard errors


@pytest.fixture(name="democracy", scope="module")
def _democracy() -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from semopy.examples import political_democracy

        return political_democracy.get_data()


@pytest.fixture(name="schools", scope="module")
def _schools() -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from semopy.examples import holzinger39

        return holzinger39.get_data()


def test_estimates_equal_lavaan(democracy: pd.DataFrame) -> None:
    found = mediate_latent(democracy, model=MODEL, intervals=("monte_carlo", "joint", "aroian"), seed=1)
    wanted = REFERENCE["political"]
    for effect, method in (
        ("a", "wald"),
        ("b", "wald"),
        ("direct", "wald"),
        ("indirect", "delta"),
        ("total", "delta"),
    ):
        key = {"direct": "c"}.get(effect, effect)
        row = cell(found.effects, effect, method)
        assert row["est"] == pytest.approx(wanted[key][0], abs=EST)
        assert row["se"] == pytest.approx(wanted[key][1], rel=SE)
        size = found.sizes[(found.sizes["effect"] == effect) & (found.sizes["scale"] == "std_xy")]
        assert size["est"].iloc[0] == pytest.approx(wanted[key][2], abs=EST)
    assert found.kind == "latent"
    assert found.sample.used == 75
    normal = cell(found.effects, "indirect", "monte_carlo")
    assert normal["se"] == pytest.approx(wanted["indirect"][1], rel=0.05)
    assert set(found.effects.columns) <= set(known())
    assert set(found.coefficients.columns) | set(found.equations.columns) <= set(known())


def test_bootstrap_intervals_and_their_ledger(democracy: pd.DataFrame) -> None:
    found = mediate_latent(democracy, model=MODEL, draws=400, seed=3, intervals=("percentile", "bc", "bca"))
    ledger = found.ledger
    assert ledger["requested"] == 400 == ledger["converged"] + ledger["failed"]
    assert ledger["inadmissible"] > 0
    percentile = cell(found.effects, "indirect", "percentile")
    plain = cell(found.effects, "indirect", "percentile_admissible")
    assert (percentile["ci_low"], percentile["ci_high"]) != (plain["ci_low"], plain["ci_high"])
    assert "MED208" in [note.code for note in found.notes]
    bca = cell(found.effects, "indirect", "bca")
    assert bca["ci_low"] < percentile["est"] < bca["ci_high"]
    direct = fit(MODEL, democracy).bootstrap(draws=400, seed=3)
    product = direct.estimates["a"] * direct.estimates["b"]
    np.testing.assert_allclose(found.draws["indirect: ind60 -> dem60 -> dem65"], product, rtol=1e-12)
    said = found.summary("id")
    assert "400 diminta" in said
    assert "tidak layak" in said


def test_standardised_within_each_draw(democracy: pd.DataFrame) -> None:
    model = fit(MODEL, democracy)
    found = mediate_latent(model, draws=64, seed=3, intervals="percentile")
    by_engine = model.bootstrap(draws=64, seed=3).standardized()
    names = list(by_engine.columns)
    a, b = (next(name for name in names if name.startswith(text)) for text in ("a", "b"))
    from umkm_stats.kernels.intervals import quantile

    wanted = quantile((by_engine[a] * by_engine[b]).to_numpy(), [0.025, 0.975])
    row = found.sizes[(found.sizes["effect"] == "indirect") & (found.sizes["scale"] == "std_xy")].iloc[0]
    np.testing.assert_allclose([row["ci_low"], row["ci_high"]], wanted, rtol=1e-9)


def test_groups_are_compared(schools: pd.DataFrame) -> None:
    model = (
        "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\ntextual ~ visual\nspeed ~ textual "
        "+ visual\n"
    )
    options: dict[str, Any] = {"model": model, "group": "school", "intervals": "monte_carlo", "seed": 1}
    found = mediate_latent(schools, estimation=Estimation(group_equal="loadings"), **options)
    wanted = REFERENCE["groups"]
    labels = found.fit.group_labels if found.fit else ()
    path = "visual -> textual -> speed"
    for key, label in zip(("ab1", "ab2"), labels, strict=True):
        row = cell(found.effects, "indirect", "delta", f"{path} [{label}]")
        assert [row["est"], row["se"]] == pytest.approx(wanted[key], rel=2e-4)
    row = cell(found.effects, "difference_indirect", "delta")
    assert [row["est"], row["se"]] == pytest.approx(wanted["diff"], rel=2e-4)
    assert "MED211" not in [note.code for note in found.notes]
    assert "MED211" in [note.code for note in mediate_latent(schools, **options).notes]


def test_a_label_that_holds_a_path_equal_in_all_groups_is_said(schools: pd.DataFrame) -> None:
    model = (
        "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\ntextual ~ a*visual\nspeed ~ "
        "b*textual + visual\n"
    )
    options: dict[str, Any] = {
        "group": "school",
        "estimation": Estimation(group_equal="loadings"),
        "intervals": "monte_carlo",
        "seed": 1,
    }
    found = mediate_latent(schools, model=model, **options)
    assert cell(found.effects, "difference_indirect", "delta")["est"] == 0.0
    assert [note.params["paths"] for note in found.notes if note.code == "MED213"] == [
        ["textual~visual", "speed~textual"]
    ]
    free = mediate_latent(schools, model=free_paths(model), **options)
    assert abs(cell(free.effects, "difference_indirect", "delta")["est"]) > 0.01
    assert "MED213" not in [note.code for note in free.notes]
    options["estimation"] = Estimation(
        group_equal=("loadings", "regressions")
    )  # asked for, so nothing to warn of
    assert "MED213" not in [
        note.code for note in mediate_latent(schools, model=free_paths(model), **options).notes
    ]


def test_rival_orders_fit_equally_well(democracy: pd.DataFrame) -> None:
    both = rivals(democracy, models=(MODEL, RIVAL), intervals="monte_carlo", seed=5)
    assert both.fit_equal is True
    table = both.glance()
    assert abs(table["x2"][0] - table["x2"][1]) < 1e-5
    assert table["x2"][0] == pytest.approx(REFERENCE["political"]["chisq"], rel=1e-5)
    assert abs(table["bic"][0] - table["bic"][1]) < 1e-5
    assert [note.code for note in both.notes] == ["MED421"]
    assert "fit can never choose" in both.summary()
    other = MODEL.replace("c*ind60 + ", "")
    apart = rivals(democracy, models=(MODEL, other), intervals="monte_carlo", seed=5)
    assert apart.fit_equal is False
    assert [note.code for note in apart.notes] == ["MED422"]


def test_an_interaction_of_latent_variables() -> None:
    g = np.random.default_rng(12)
    n = 800
    x, w = g.normal(size=n), g.normal(size=n)
    m = 0.5 * x + g.normal(scale=0.8, size=n)
    y = 0.4 * m + 0.3 * m * w + 0.2 * w + g.normal(scale=0.8, size=n)
    data = pd.DataFrame(
        {
            f"{name}{k}": value + g.normal(scale=0.4, size=n)
            for name, value in (("x", x), ("m", m), ("w", w), ("y", y))
            for k in (1, 2, 3)
        }
    )
    centred = data - data.mean()
    for k in (1, 2, 3):
        product = centred[f"m{k}"] * centred[f"w{k}"]
        data[f"p{k}"] = product - product.mean()
    model = (
        "X =~ x1+x2+x3\nM =~ m1+m2+m3\nW =~ w1+w2+w3\nY =~ y1+y2+y3\nMW =~ p1+p2+p3\nM ~ X\nY ~ M + X + "
        "W + MW\n"
    )
    paths = Paths(products={"MW": ("M", "W")})
    found = mediate_latent(data, model=model, paths=paths, intervals="monte_carlo", seed=2)
    index = cell(found.effects, "index", "delta")
    assert index["path"] == "X -> M -> Y | W"
    assert index["est"] == pytest.approx(0.5 * 0.3, abs=3 * index["se"])
    rows = found.effects
    three = rows[(rows["effect"] == "conditional_indirect") & (rows["method"] == "delta")]["est"].to_numpy()
    assert three[2] - three[1] == pytest.approx(three[1] - three[0], rel=1e-8)
    chosen = mediate_latent(
        data, model=model, paths=replace(paths, probes={"W": [0, 1]}), intervals="monte_carlo", seed=2
    )
    two = chosen.effects
    two = two[(two["effect"] == "conditional_indirect") & (two["method"] == "delta")]["est"].to_numpy()
    assert two[1] - two[0] == pytest.approx(index["est"], rel=1e-8)


def test_fiml_equals_lavaan(small: pd.DataFrame) -> None:
    data = small.copy()
    data.loc[data.index[2::9], "M"] = np.nan
    data.loc[data.index[4::11], "Y"] = np.nan
    data.loc[[6, 49], "X"] = np.nan
    found = mediate(
        data, x="X", m="M", y="Y", missing="fiml", draws=200, seed=1, intervals=("percentile", "monte_carlo")
    )
    wanted = REFERENCE["fiml"]
    assert found.sample.used == wanted["n"]
    for effect, method, key in (
        ("a", "wald", "a"),
        ("b", "wald", "b"),
        ("direct", "wald", "c"),
        ("indirect", "delta", "ab"),
        ("total", "delta", "total"),
    ):
        row = cell(found.effects, effect, method)
        assert row["est"] == pytest.approx(wanted[key][0], abs=EST)
        assert row["se"] == pytest.approx(wanted[key][1], rel=5e-4)
    assert np.isfinite(cell(found.effects, "indirect", "percentile")["ci_low"])
    assert found.kind == "scores"
    assert found.process == "4"
    assert found.equivalence(0.5).frame["path"].iloc[0] == "X -> Y"


def test_fiml_on_complete_rows_gives_the_regressions(small: pd.DataFrame) -> None:
    full = mediate(small, x="X", m=["M", "W1"], y="Y", covariates="W2", draws=20, seed=1)
    other = mediate(
        small,
        x="X",
        m=["M", "W1"],
        y="Y",
        covariates="W2",
        draws=20,
        seed=1,
        missing="fiml",
        intervals="monte_carlo",
    )
    for path in ("X -> M -> Y", "X -> W1 -> Y"):
        one, two = (cell(found.effects, "indirect", "delta", path)["est"] for found in (full, other))
        assert one == pytest.approx(two, abs=1e-6)
    assert cell(other.effects, "total", "delta")["est"] == pytest.approx(
        cell(full.effects, "total", "ols")["est"], abs=1e-6
    )


def test_bad_sources_and_models(democracy: pd.DataFrame, small: pd.DataFrame) -> None:
    def code(call: Any) -> str:
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.message("id")
        return str(caught.value.code)

    assert code(lambda: mediate_latent(3)) == "MED023"
    assert code(lambda: mediate_latent(democracy, model="M1")) == "MED024"
    assert code(lambda: mediate_latent(democracy, model=MEASURES, intervals="monte_carlo")) == "MED021"
    assert code(lambda: mediate_latent(democracy, model=MODEL, paths=Paths(x="nobody"))) == "MED022"
    assert (
        code(lambda: mediate(small, x="X", m="M", y="Y", moderator=["W1", "W2"], missing="fiml")) == "MED026"
    )
    assert code(lambda: mediate(small, x="X", m="M", y="Y", errors="HC3", missing="fiml")) == "MED498"
    assert code(lambda: mediate(small, x="X", m="M", y="Y", cluster="W1", missing="fiml")) == "MED026"


def test_nothing_at_all_under_fiml_is_a_coded_error() -> None:
    from umkm_stats import UmkmError

    data = pd.DataFrame(np.full((10, 3), np.nan), columns=list("xmy"))
    with pytest.raises(UmkmError) as caught:
        mediate(data, x="x", m="m", y="y", missing="fiml")
    assert caught.value.code == "MED006"


def test_bollen_stine(democracy: pd.DataFrame, small: pd.DataFrame) -> None:
    found = mediate_latent(democracy, model=MODEL, intervals="monte_carlo", seed=1)
    answer = found.bollen_stine(draws=200)
    assert answer.frame["df"].iloc[0] == 35
    assert answer.frame["x2"].iloc[0] == pytest.approx(REFERENCE["political"]["chisq"], rel=1e-5)
    assert 0.2 < answer.frame["p"].iloc[0] < 0.95  # the model fits: its chi-square p is .33
    with pytest.raises(UsageError) as caught:
        mediate(small, x="X", m="M", y="Y", draws=20, seed=1).bollen_stine(draws=20)
    assert caught.value.code == "MED035"


@pytest.mark.parametrize(
    "options",
    [{"sampling_weights": "w"}, {"effect_coding": True, "meanstructure": True}, {"estimator": "MLM"}],
)
def test_full_mediation_is_tested_with_the_options_of_the_fit(democracy: pd.DataFrame, options: Any) -> None:
    """The model without direct effects was fitted without the weights of the model beside it."""
    data = democracy.assign(w=1.0 + np.arange(len(democracy)) % 3)
    wide, narrow = (fit(text, data, **options) for text in (MODEL, MODEL.replace("c*ind60", "0*ind60")))
    found = mediate_latent(wide, intervals="monte_carlo", seed=1).full_mediation().frame.iloc[0]
    expected = wide.nested_test(narrow)
    assert found[["x2", "df", "p"]].tolist() == pytest.approx(
        [expected.chisq_diff, expected.df_diff, expected.p], rel=1e-5
    )


def test_full_mediation_of_latent_variables(democracy: pd.DataFrame) -> None:
    found = mediate_latent(democracy, model=MODEL, intervals="monte_carlo", seed=1)
    row = found.full_mediation().frame.iloc[0]
    bare = fit(MODEL.replace("c*ind60 + ", ""), democracy)
    assert (row["outcome"], row["df"]) == ("dem65", 1)
    assert row["x2"] == pytest.approx(bare.x2 - fit(MODEL, democracy).x2, abs=1e-6)
    nothing = mediate_latent(
        democracy, model=MODEL.replace("c*ind60 + ", ""), intervals="monte_carlo", seed=1
    )
    with pytest.raises(UsageError) as caught:
        nothing.full_mediation()
    assert caught.value.code == "MED037"


def test_clusters_reach_the_fit(schools: pd.DataFrame) -> None:
    model = (
        "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\ntextual ~ visual\nspeed ~ textual "
        "+ visual\n"
    )
    data = schools.assign(room=np.arange(len(schools)) // 10)
    options: dict[str, Any] = {"model": model, "estimator": "MLR", "intervals": "monte_carlo", "seed": 1}
    clustered = mediate_latent(data, estimation=Estimation(cluster="room"), **options)
    assert clustered.fit is not None
    assert clustered.fit.options.cluster == "room"
    plain = mediate_latent(data, **options)
    assert cell(plain.effects, "a", "wald")["est"] == pytest.approx(
        cell(clustered.effects, "a", "wald")["est"], rel=1e-6
    )
    assert cell(plain.effects, "a", "wald")["se"] != cell(clustered.effects, "a", "wald")["se"]


def test_ordinal_items_by_wlsmv() -> None:
    g = np.random.default_rng(5)
    n = 400
    x = g.normal(size=n)
    m = 0.6 * x + g.normal(scale=0.8, size=n)
    y = 0.5 * m + g.normal(scale=0.8, size=n)
    raw = {
        f"{name}{k}": value + g.normal(scale=0.6, size=n)
        for name, value in (("x", x), ("m", m), ("y", y))
        for k in (1, 2, 3)
    }
    data = pd.DataFrame({name: np.digitize(value, [-1, -0.2, 0.5, 1.2]) + 1 for name, value in raw.items()})
    model = "X =~ x1+x2+x3\nM =~ m1+m2+m3\nY =~ y1+y2+y3\nM ~ X\nY ~ M + X"
    found = mediate_latent(
        data,
        model=model,
        estimator="WLSMV",
        ordered=list(data),
        draws=100,
        seed=1,
        intervals=("percentile", "monte_carlo"),
    )
    size = found.sizes
    size = size[
        (size["effect"] == "indirect") & (size["scale"] == "std_xy") & (size["method"] == "percentile")
    ].iloc[0]
    assert size["ci_low"] < 0.6 * 0.5 < size["ci_high"]
    assert found.ledger["requested"] == 100
    with pytest.raises(UsageError) as caught:
        found.full_mediation()
    assert caught.value.code == "MED037"


def test_questions_to_a_latent_analysis(democracy: pd.DataFrame) -> None:
    from .test_asked import keeps_protocol

    found = mediate_latent(democracy, model=MODEL, draws=300, intervals=("percentile", "monte_carlo"), seed=1)
    ab, total = (cell(found.effects, name, "delta")["est"] for name in ("indirect", "total"))
    vaf = found.vaf()
    assert vaf.frame["vaf"].iloc[0] == pytest.approx(ab / total, rel=1e-10)
    assert found.typology().frame["mediation_type"].iloc[0] == "complementary"
    size = found.upsilon().frame["upsilon"].iloc[0]
    assert size == pytest.approx((REFERENCE["political"]["indirect"][2]) ** 2, rel=1e-4)
    scaled = found.equivalence({"bound": 0.1, "scale": "std_xy", "prior_sd": 0.2})
    steps = found.baron_kenny()
    assert list(steps.frame["effect"]) == ["total", "a", "b", "direct"]
    for answer in (vaf, found.typology(), found.upsilon(), scaled, steps):
        keeps_protocol(answer)
    for call in (found.assumptions, found.sensitivity, found.e_values):
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "MED028"


def test_contrasts_of_parallel_latent_paths(schools: pd.DataFrame) -> None:
    model = (
        "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\nM2 =~ grade\ntextual ~ visual\nM2 "
        "~ visual\nspeed ~ textual + M2 + visual"
    )
    found = mediate_latent(schools.dropna(), model=model, draws=100, intervals="percentile", seed=1)
    table = found.contrasts().frame
    first, second = (
        cell(found.effects, "indirect", "delta", f"visual -> {m} -> speed")["est"] for m in ("textual", "M2")
    )
    assert table["est"].iloc[0] == pytest.approx(first - second, rel=1e-10)
    assert cell(found.effects, "total_indirect", "delta")["est"] == pytest.approx(first + second, rel=1e-10)


def test_old_keywords_work_and_say_where_they_went(democracy: pd.DataFrame) -> None:
    model = fit(MODEL, democracy)
    options: dict[str, Any] = {"draws": 40, "seed": 3, "intervals": "percentile"}
    right = mediate_latent(
        model, paths=Paths(x="ind60", y="dem65"), resampling=Resampling(kind="parametric"), **options
    )
    with pytest.warns(DeprecationWarning, match="the old keyword goes") as told:
        old = mediate_latent(model, kind="parametric", x="ind60", y="dem65", **options)
    said = [str(entry.message) for entry in told]
    assert len(said) == 3
    assert any("resampling=Resampling(kind=...)" in entry for entry in said)
    assert any("paths=Paths(x=...)" in entry for entry in said)
    pd.testing.assert_frame_equal(old.effects, right.effects)
    with pytest.warns(DeprecationWarning, match="group_equal"), pytest.raises(UsageError):
        mediate_latent(democracy, model=MODEL, group_equal="nothing", draws=40)
