"""What a fitted model is asked for afterwards: prediction, IPMA, groups, blindfolding, fit test, slopes."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from pls.test_faults import BASE, TEXT, people
from umkm_stats import fit_pls
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.results import Result

EXACT = 1e-8


@pytest.fixture(scope="module", name="simple")
def _simple(corp, numbers):
    return fit_pls(numbers["simple"]["model"], corp)


@pytest.fixture(scope="module", name="model")
def _model():
    return fit_pls(TEXT, people().assign(sex=np.arange(120) % 2))


@pytest.mark.parametrize("technique", ["DA", "EA"])
def test_predictions_of_given_folds(simple, numbers, technique):
    reference = numbers["simple"]["plspredict"]
    found = simple.predict(folds=reference["folds"], technique=technique, draws=200, seed=1)
    reference = reference[technique]
    items = found.items.set_index("item")
    for name, wanted in reference["items"].items():
        assert items.loc[name, list(wanted)].to_dict() == pytest.approx(wanted, abs=EXACT)
    constructs = found.constructs.set_index("construct")
    for name, wanted in reference["constructs"].items():
        assert constructs.loc[name, list(wanted)].to_dict() == pytest.approx(wanted, abs=EXACT)
    tests = found.cvpat.set_index(["construct", "benchmark"])
    for key, wanted in reference["cvpat"].items():
        own = tests.loc[tuple(key.split("|"))]
        assert own["pls_loss"] == pytest.approx(wanted["pls_loss"], abs=EXACT)
        assert own["benchmark_loss"] == pytest.approx(wanted["benchmark_loss"], abs=EXACT)
        assert own["difference"] == pytest.approx(wanted["difference"], abs=EXACT)
        assert own["t_plain"] == pytest.approx(wanted["t_plain"], abs=1e-6)
        assert own["p_plain"] == pytest.approx(wanted["p_plain_two_sided"], abs=1e-6)
        assert own["t"] == pytest.approx(wanted["t_plain"], rel=0.25)


def test_predictive_power_has_four_words(model):
    found = model.predict(seed=4, draws=100, repetitions=3)
    assert [note.code for note in found.notes] == ["PLS177"]
    items = found.items
    for row in found.constructs.itertuples():
        own = items[items["construct"] == row.construct]
        kind = "mae" if (own["skewness"].abs() > 1).any() else "rmse"
        assert row.judged_by == kind
        better = (own[f"{kind}_pls"] < own[f"{kind}_lm"]).mean()
        assert row.predictive_power == (
            "high" if better == 1 else "medium" if better >= 0.5 else "low" if better > 0 else "no_power"
        )
    again = model.predict(seed=4, draws=100, repetitions=3)
    pd.testing.assert_frame_equal(found.cvpat, again.cvpat)


def test_a_linear_model_without_enough_rows_is_blank():
    data = people(11)
    found = fit_pls(TEXT, data).predict(k=2, repetitions=1, draws=10, seed=2)
    assert "PLS175" in [note.code for note in found.notes]
    blank = found.items.set_index("item")["rmse_lm"]
    assert blank[["y1", "y2", "y3"]].isna().all()
    assert pd.isna(found.constructs.set_index("construct")["predictive_power"]["Y"])


def test_prediction_faults(model):
    for folds in ([1, 2], np.zeros(120), np.full(120, 0.5), "ab"):
        with pytest.raises(UsageError) as caught:
            model.predict(folds=folds)
        assert caught.value.code == "PLS132"
    alone = np.where(np.arange(120) < 118, 0, 1)
    with pytest.raises(UmkmError) as caught:
        model.predict(folds=alone)
    assert caught.value.code == "PLS133"
    product = fit_pls(TEXT + " + X:M", people())
    second = fit_pls(BASE + "H =~ X + M\nY ~ H", people())
    for other in (product, second, fit_pls(TEXT, people(), consistent=True)):
        for ask in ("predict", "blindfolding", "ipma"):
            with pytest.raises(UsageError) as caught:
                getattr(other, ask)()
            assert caught.value.code == "PLS131"
    for ask in (product.fit_test, second.fit_test, lambda: product.micom("age")):
        with pytest.raises(UsageError) as caught:
            ask()
        assert caught.value.code == "PLS131"


def test_importance_and_performance(simple, numbers):
    wanted = numbers["simple"]["ipma_CUSL_scale_1_7"]
    found = simple.ipma("CUSL", low=1, high=7)
    table = found.frame.set_index("construct")
    assert table["performance"].to_dict() == pytest.approx(wanted["performance"], abs=EXACT)
    assert table["importance"].dropna().to_dict() == pytest.approx(
        wanted["importance_unstandardised"], abs=EXACT
    )
    assert table["importance_std"].dropna().to_dict() == pytest.approx(
        wanted["importance_standardised"], abs=EXACT
    )
    weights = found.items.set_index(["construct", "item"])["weight"]
    for name in ("COMP", "LIKE", "CUSA"):
        assert weights[name].to_dict() == pytest.approx(wanted["weights_sum1"][name], abs=EXACT)
    observed = simple.ipma()
    assert [note.code for note in observed.notes] == ["PLS179"]


def test_importance_faults(model):
    with pytest.raises(UsageError) as caught:
        model.ipma(low=3, high=1)
    assert caught.value.code == "PLS136"
    with pytest.raises(UsageError) as caught:
        model.ipma(low="a", high=9)
    assert caught.value.code == "PLS136"
    with pytest.raises(UsageError) as caught:
        model.ipma("X")
    assert caught.value.code in ("GEN001", "GEN002")
    with pytest.raises(UsageError) as caught:
        fit_pls(BASE + "M ~ X\nY ~ X", people()).ipma()
    assert caught.value.code == "PLS135"
    turned = people().assign(x1=lambda d: -d["x1"])
    with pytest.raises(UsageError) as caught:
        fit_pls(TEXT, turned).ipma()
    assert caught.value.code == "PLS137"


def test_groups_with_stored_rows(shared, simple, numbers):
    rows = [shared(f"pls_corp_mga_rows{k}.csv.gz").to_numpy() for k in (1, 2)]
    permutations = shared("pls_corp_permutations.csv.gz").to_numpy()
    found = simple.mga("servicetype", rows=rows, permutations=permutations).frame.set_index("name")
    same = {
        "group1": "est_1",
        "group2": "est_2",
        "difference": "difference",
        "se1": "se_1",
        "se2": "se_2",
        "henseler_p_one_tailed": "henseler_p",
        "welch_t": "welch_t",
        "welch_df": "welch_df",
        "welch_p": "welch_p",
        "parametric_t": "pooled_t",
        "parametric_p": "pooled_p",
        "permutation_p_two_sided": "permutation_p",
    }
    for key, wanted in numbers["mga"]["mga"].items():
        x, y = key.split("->")
        own = found.loc[f"{y}~{x}"]
        np.testing.assert_allclose(
            [own[ours] for ours in same.values()], [wanted[theirs] for theirs in same], rtol=EXACT, atol=EXACT
        )
        limits = own[["permutation_low", "permutation_high"]].astype(float)
        np.testing.assert_allclose(limits, wanted["permutation_ci"], atol=EXACT)
    table = simple.micom("servicetype", permutations=permutations).frame.set_index("construct")
    pairs = {
        "c": "c",
        "c_quantile_05": "c_low",
        "c_p": "c_p",
        "mean_difference": "mean_difference",
        "mean_p": "mean_p",
        "log_variance_ratio": "log_variance_ratio",
        "variance_p": "variance_p",
    }
    for name, wanted in numbers["mga"]["micom"].items():
        own = table.loc[name]
        for theirs, ours in pairs.items():
            # of one item many permutations tie exactly; the other program lets rounding decide those
            tied = 0.02 if name == "CUSA" and ours in ("mean_p", "variance_p") else EXACT
            assert float(own[ours]) == pytest.approx(wanted[theirs], abs=tied)
        for kind in ("mean", "variance"):
            limits = own[[f"{kind}_low", f"{kind}_high"]].astype(float)
            np.testing.assert_allclose(limits, wanted[f"{kind}_ci"], atol=EXACT)


def test_ties_count_in_full():
    """One item of three answers: the permutation p by counting, where every tie counts."""
    data = people(40).assign(g=np.arange(40) % 2, age=lambda d: d["age"] % 3)
    model = fit_pls(BASE + "Z =~ age\nM ~ X + Z\nY ~ M", data)
    orders = np.stack([np.random.default_rng(k).permutation(40) for k in range(60)])
    found = model.micom("g", permutations=orders).frame.set_index("construct").loc["Z", "mean_p"]
    age = data["age"].to_numpy()
    gap = abs(int(age[data["g"] == 0].sum()) * 2 - int(age.sum()))
    assert found == np.mean([abs(int(age[order[:20]].sum()) * 2 - int(age.sum())) >= gap for order in orders])


def test_henseler_is_the_share_of_all_pairs():
    from umkm_stats.kernels.pls.groups import henseler

    one, two = np.random.default_rng(3).normal(size=(2, 40))
    pairs = [(2 * one.mean() - a) - (2 * two.mean() - b) <= 0 for a in one for b in two]
    assert henseler(one, two) == pytest.approx(np.mean(pairs), abs=1e-15)


def test_groups_equal_fits_of_their_rows(model):
    data = people().assign(sex=np.arange(120) % 2)
    found = model.mga("sex", draws=50, repetitions=20, seed=3, what=("paths", "indirect"))
    table = found.frame.set_index("name")
    for value, column in ((0, "est_1"), (1, "est_2")):
        own = fit_pls(TEXT, data[data["sex"] == value])
        wanted = own.paths.set_index(["lhs", "rhs"])["est"]
        assert table.loc["Y~M", column] == pytest.approx(wanted["Y", "M"], abs=EXACT)
    assert found.notes[0].code == "PLS180"
    swapped = model.mga(1 - np.arange(120) % 2, draws=50, repetitions=20, seed=3)
    assert swapped.frame["difference"].iloc[0] == pytest.approx(-found.frame["difference"].iloc[0])


def test_invariance_of_equal_groups_holds(model):
    found = model.micom(np.arange(120) // 2 % 2, repetitions=200, seed=5)
    assert found.frame["partial"].all()
    assert [note.code for note in found.notes] == ["PLS180", "PLS182"]
    far = people().assign(sex=np.arange(120) % 2)
    far.loc[far["sex"] == 1, ["x1", "x2", "x3"]] += 3
    table = fit_pls(TEXT, far).micom("sex", repetitions=200, seed=5).frame.set_index("construct")
    assert not table["full"]["X"]


def test_group_faults(model):
    for group, code in (
        ("age", "PLS140"),
        ("nobody", "PLS111"),
        ([1, 2], "PLS140"),
        (np.where(np.arange(120) < 4, 1, 2), "PLS141"),
    ):
        with pytest.raises(UmkmError) as caught:
            model.mga(group)
        assert caught.value.code == code
    with pytest.raises(UsageError) as caught:
        model.mga("sex", rows=[[0]])
    assert caught.value.code == "PLS130"
    with pytest.raises(UsageError) as caught:
        model.micom("sex", permutations=np.zeros((3, 120), int))
    assert caught.value.code == "PLS130"
    flat = people().assign(sex=np.arange(120) % 2)
    flat.loc[flat["sex"] == 1, "x1"] = 4.0
    other = fit_pls(TEXT, flat)
    for ask in (other.mga, other.micom):
        with pytest.raises(UmkmError) as caught:
            ask("sex")
        assert caught.value.code == "PLS142"
    flat.loc[flat["sex"] == 0, "x1"] = np.where(np.arange(60) == 0, 5.0, 4.0)
    rare = fit_pls(TEXT, flat.assign(half=np.arange(120) // 60))
    rows = [np.random.default_rng(1).integers(0, 60, (20, 60)) for _ in range(2)]
    with pytest.raises(UmkmError) as caught:
        rare.mga("half", rows=rows)
    assert caught.value.code == "PLS142"


def test_failed_divisions_are_counted():
    data = people().assign(sex=np.arange(120) % 2)
    data["x1"] = np.where(np.isin(np.arange(120), [0, 1, 2, 3]), 9.0, 4.0)
    found = fit_pls(TEXT, data).mga("sex", draws=60, repetitions=30, seed=1)
    assert "PLS181" in [note.code for note in found.notes]
    told = fit_pls(TEXT, data).micom("sex", repetitions=120, seed=1)
    assert "PLS181" in [note.code for note in told.notes]


def test_blindfolding_by_hand(model):
    found = model.blindfolding()
    assert [note.code for note in found.notes] == ["PLS176"]
    values = people()[["m1", "m2", "m3"]].to_numpy()
    error = null = 0.0
    for turn in range(7):
        holes = (np.arange(360).reshape(120, 3) % 7) == turn
        data = people()
        data[["m1", "m2", "m3"]] = np.where(holes, np.nan, values)
        own = fit_pls(TEXT, data)
        filled = own.answers.filled[:, 3:6]
        predicted = own.paths.iloc[0]["est"] * own.scores["X"].to_numpy()
        loadings = own.loadings.query("construct == 'M'")["est"].to_numpy()
        guess = filled.mean(0) + np.outer(predicted, filled.std(0, ddof=1) * loadings)
        error += ((values - guess)[holes] ** 2).sum()
        null += ((values - filled.mean(0))[holes] ** 2).sum()
    row = found.frame.set_index("construct").loc["M"]
    assert row["q2"] == pytest.approx(1 - error / null, abs=1e-6)
    with pytest.raises(UsageError) as caught:
        model.blindfolding(distance=8)
    assert caught.value.code == "PLS134"
    mixed = fit_pls(TEXT.replace("Y =~", "Y <~"), people()).blindfolding()
    assert [note.code for note in mixed.notes] == ["PLS176", "PLS178"]


def test_fit_test_holds_for_a_true_model_and_not_for_a_false_one(model):
    found = model.fit_test(200, seed=2)
    table = found.frame.set_index(["model", "measure"])
    assert (table["hi99"] >= table["hi95"]).all()
    assert table.loc["saturated", "value"].to_dict() == pytest.approx(
        model.fit.set_index("model").loc["saturated", ["srmr", "d_uls", "d_g"]].to_dict()
    )
    assert [note.code for note in found.notes] == ["PLS183"]
    same = model.fit_test(200, seed=2, workers=2)
    pd.testing.assert_frame_equal(found.frame, same.frame)
    rng = np.random.default_rng(5)
    wrong = people(300)
    twin = rng.normal(size=300)
    wrong["x1"] += 1.5 * twin
    wrong["y1"] += 1.5 * twin
    false = fit_pls(TEXT, wrong).fit_test(200, seed=2).frame.set_index(["model", "measure"])
    assert not false.loc["saturated", "fits"].any()
    assert bool(table.loc[("saturated", "srmr"), "fits"]) == bool(
        table.loc[("saturated", "srmr"), "value"] <= table.loc[("saturated", "srmr"), "hi95"]
    )


@pytest.mark.shared
def test_fit_test_near_adanco(shared):
    """ADANCO 2.2.1's HI95 and HI99 of the satisfaction survey, its own draws: within Monte Carlo error."""
    from pls.conftest import SHARED

    reference = shared("pls_adanco_satisfaction.json")["composite"]
    data = pd.read_csv(SHARED.parent / "data" / "pls" / "satisfaction.csv")
    table = fit_pls(reference["model"], data, scheme="centroid").fit_test(400, seed=6).frame
    table = table.set_index(["model", "measure"])
    for which in ("saturated", "estimated"):
        for ours, theirs in (("srmr", "SRMR"), ("d_uls", "dULS")):
            stated = reference[f"fit_{which}"][theirs]
            assert table.loc[(which, ours), "hi95"] == pytest.approx(stated["HI95"], rel=0.06)


def test_simple_slopes(corp, numbers):
    model = fit_pls(numbers["moderation"]["model"] + " + CUSA:SC", corp)
    wanted = numbers["moderation"]["slopes"]
    found = model.slopes().set_index("at")["est"]
    assert found[-1.0] == pytest.approx(wanted["-1sd"], abs=EXACT)
    assert found[0.0] == pytest.approx(wanted["mean"], abs=EXACT)
    assert found[1.0] == pytest.approx(wanted["+1sd"], abs=EXACT)
    drawn = model.bootstrap(draws=40, seed=1, what=("paths",))
    table = model.slopes(drawn)
    own = drawn["CUSL~CUSA"] + drawn["CUSL~CUSA:SC"]
    assert table["se"].iloc[2] == pytest.approx(own.std(ddof=1))
    with pytest.raises(UsageError) as caught:
        model.slopes(model.bootstrap(draws=5, seed=1, what=("r2",)))
    assert caught.value.code == "PLS126"
    with pytest.raises(UsageError) as caught:
        fit_pls(TEXT, people()).slopes()
    assert caught.value.code == "PLS138"


def test_every_part_is_a_result(model):
    parts = (
        model.predict(draws=20, repetitions=1, seed=1),
        model.blindfolding(),
        model.ipma(),
        model.mga("sex", draws=20, repetitions=5, seed=1),
        model.micom("sex", repetitions=20, seed=1),
        model.fit_test(20, seed=1),
    )
    for part in parts:
        assert isinstance(part, Result)
        json.dumps(part.to_dict(), allow_nan=False)
        assert len(part.glance()) == 1
        assert part.summary("id") != part.summary("en")
        assert "Selisih" in part.summary("id") or part.name not in ("mga", "micom")
