"""Rows with gaps, imputed data, notes about single rows, and the protocol of the result."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import fit, regress
from umkm_stats.results import Result


def codes(found):
    return [note.code for note in found.notes]


def test_rows_with_gaps_are_counted(survey):
    data = survey.copy()
    data.loc[[0, 5, 9], "X1"] = np.nan
    data.loc[3, "HEAVY"] = 0
    found = regress(data, y="Y", x="X1", weights="HEAVY", draws=100, seed=1)
    assert (found.sample.used, dict(found.sample.dropped)) == (146, {"missing": 3, "no_weight": 1})
    assert "REG159" in codes(found)
    assert 1 not in set(found.influence["row"])
    assert "weight zero" in found.summary()


def test_fiml_equals_the_model_fitted_by_fit(survey):
    data = survey.copy()
    rng = np.random.default_rng(4)
    for name in ("X1", "X2", "Y"):
        data.loc[rng.random(len(data)) < 0.15, name] = np.nan
    found = regress(data, y="Y", x=["X1", "X2"], missing="fiml")
    other = fit("Y ~ X1 + X2", data[["Y", "X1", "X2"]], missing="fiml", fixed_x=False)
    table = other.estimates[other.estimates["op"] == "~"]
    assert_allclose(found.coefficients["est"].iloc[1:], table["est"], rtol=1e-7)
    assert_allclose(found.coefficients["se"].iloc[1:], table["se"], rtol=1e-6)
    assert_allclose(found.coefficients["std_all"].iloc[1:], table["std_all"], rtol=1e-6)
    assert found.kind == "fiml"
    assert "REG161" in codes(found)
    assert np.isfinite(found.fits.drop(columns=["outcome", "df2"]).to_numpy(dtype=float)).all()
    assert "∞" in found.summary("id")


def test_fiml_of_complete_rows_is_least_squares(survey):
    ours = regress(survey, y="Y", x=["X1", "GROUP"], missing="fiml")
    plain = regress(survey, y="Y", x=["X1", "GROUP"], intervals=())
    assert_allclose(ours.coefficients["est"], plain.coefficients["est"], rtol=1e-5)
    assert_allclose(ours.fits["r2"], plain.fits["r2"], rtol=1e-6)
    ratio = np.sqrt((len(survey) - 4) / len(survey))
    assert_allclose(ours.coefficients["se"].iloc[1:], plain.coefficients["se"].iloc[1:] * ratio, rtol=1e-4)
    slopes = ["tolerance", "vif"]
    assert_allclose(ours.coefficients[slopes].iloc[1:], plain.coefficients[slopes].iloc[1:], rtol=1e-4)
    wald = float(plain.fits.loc[0, "f"] / ratio**2)
    assert_allclose(float(ours.fits.loc[0, "f"]), wald, rtol=1e-3)


def test_imputed_rows_follow_rubin(survey):
    rng = np.random.default_rng(3)
    sets = []
    gaps = rng.random(len(survey)) < 0.2
    for _ in range(5):
        own = survey.copy()
        own.loc[gaps, "X1"] = rng.normal(3.5, 0.7, size=int(gaps.sum()))
        sets.append(own)
    found = regress(sets, y="Y", x=["X1", "X2"])
    parts = [regress(own, y="Y", x=["X1", "X2"], intervals=()).coefficients for own in sets]
    est, se = np.array([p["est"] for p in parts]), np.array([p["se"] for p in parts])
    between = est.var(axis=0, ddof=1)
    total = (se**2).mean(axis=0) + 1.2 * between
    assert_allclose(found.coefficients["est"], est.mean(axis=0), rtol=1e-12)
    assert_allclose(found.coefficients["se"], np.sqrt(total), rtol=1e-12)
    lam = 1.2 * between / total
    old, complete = 4 / lam**2, 147
    seen = (complete + 1) / (complete + 3) * complete * (1 - lam)
    assert_allclose(found.coefficients["df"], 1 / (1 / old + 1 / seen), rtol=1e-10)
    r = np.sqrt([regress(own, y="Y", x=["X1", "X2"], intervals=()).fits.loc[0, "r2"] for own in sets])
    assert_allclose(found.fits.loc[0, "r"], np.tanh(np.arctanh(r).mean()), rtol=1e-12)
    assert "REG162" in codes(found)
    same = regress([survey, survey], y="Y", x=["X1", "X2"])
    plain = regress(survey, y="Y", x=["X1", "X2"], intervals=())
    assert_allclose(same.coefficients["se"], plain.coefficients["se"], rtol=1e-9)
    assert_allclose(same.fits["f"], plain.fits["f"], rtol=1e-9)


@pytest.mark.parametrize("errors", ["classical", "HC3"])
def test_a_verdict_that_hangs_on_one_row(errors):
    told = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        data = pd.DataFrame({"X": rng.normal(size=30)}, index=range(100, 130))
        data["Y"] = 0.33 * data["X"] + rng.normal(size=30)
        found = regress(data, y="Y", x="X", errors=errors, intervals=())
        without = [
            regress(data.drop(index=row), y="Y", x="X", errors=errors, intervals=()).coefficients["p"].iloc[1]
            for row in data.index
        ]
        p = found.coefficients["p"].iloc[1]
        changed = np.flatnonzero((np.array(without) < 0.05) != (p < 0.05))
        said = [note for note in found.notes if note.code == "REG154"]
        if not said:
            assert errors == "HC3" or changed.size == 0
            continue
        told += 1
        words = said[0].params
        assert words["row"] - 1 in changed
        assert words["count"] == changed.size or errors == "HC3"
        assert_allclose([words["p"], words["p_without"]], [p, without[words["row"] - 1]], rtol=1e-8)
        assert str(words["row"]) in said[0].message("id")
    assert told >= 2


def test_notes_about_what_was_read(survey):
    data = survey.assign(CODE=np.tile([1, 2, 3], 50))
    found = regress(data, y="Y", x=["X1", "CODE", "GROUP"], intervals=())
    assert {"REG152", "REG153"} <= set(codes(found))
    quiet = regress(data, y="Y", x=["X1", "CODE"], coding={"CODE": "effect"}, intervals=())
    assert "REG152" not in codes(quiet)
    assert list(quiet.coefficients["term"]) == ["(intercept)", "X1", "CODE[2]", "CODE[3]"]
    small = regress(survey.head(8), y="Y", x="X1", intervals=())
    assert "REG151" in codes(small)
    near = survey.assign(X3=survey["X1"] + 0.01 * survey["X2"] ** 2)
    assert "REG163" in codes(regress(near, y="Y", x=["X1", "X3"], intervals=()))
    product = regress(survey, y="Y", x="X1", moderator="W", intervals=())
    assert "REG169" in codes(product)
    assert "REG169" not in codes(regress(survey, y="Y", x="X1", moderator="W", center=True, intervals=()))


def test_two_valued_outcome_as_linear_probability(survey):
    data = survey.assign(BUY=(survey["Y"] > survey["Y"].median()).astype(int))
    found = regress(data, y="BUY", x="X1", errors="HC3", intervals=())
    assert "REG166" in codes(found)


def test_joint_test_with_too_few_clusters(survey):
    data = survey.assign(V=np.repeat([1, 2, 3], 50))
    found = regress(data, y="Y", x=["X1", "X2", "AGE", "W"], cluster="V", intervals=())
    assert "REG168" in codes(found)
    assert np.isnan(found.fits.loc[0, "f"])
    assert np.isfinite(found.coefficients["se"]).all()


@pytest.mark.parametrize("lang", ["en", "id"])
def test_protocol_and_words(survey, lang):
    found = regress(
        survey, y=["Y", "Y2"], x=["X1", "X2"], covariates=["GROUP"], moderator="W", draws=200, seed=5
    )
    assert isinstance(found, Result)
    text = found.summary(lang)
    assert ("Koefisien" if lang == "id" else "Coefficients") in text
    assert not re.search(r"\bnan\b", text)
    assert not re.search(r"(p|Sig\.) = 0[.,]000", text)
    assert not (found.coefficients["p"] < 0.001).any() or ("< 0,001" if lang == "id" else "< 0.001") in text
    assert ("t-tabel (dua arah)" if lang == "id" else "t-table (two-tailed)") in text
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.glance()["seed"].tolist() == [5, 5]
    assert found.tidy().equals(found.coefficients)
    assert len(found.blocks) == 8
    assert list(found.blocks["added"])[:4] == ["GROUP[kuliner], GROUP[tenun]", "X1, X2", "W", "X1:W, X2:W"]


def test_critical_values_are_those_of_the_tables(survey):
    found = regress(survey.head(30), y="Y", x=["X1", "X2"], intervals=()).fits.iloc[0]
    # printed tables: t(27, two-tailed .05) = 2.052, F(2; 27; .05) = 3.35
    assert f"{found['t_table']:.3f}" == "2.052"
    assert f"{found['f_table']:.2f}" == "3.35"


def test_several_moderators_and_category_moderator(survey):
    found = regress(survey, y="Y", x="X1", moderator=["W", "GROUP"], intervals=(), center=True)
    assert len(found.slopes) == 9
    assert found.johnson_neyman.empty
    own = regress(survey, y="Y", x="X1", moderator="GROUP", draws=100, seed=1)
    for level, slope in zip(("batik", "kuliner", "tenun"), own.slopes["est"], strict=True):
        part = survey[survey["GROUP"] == level]
        assert_allclose(slope, np.polyfit(part["X1"], part["Y"], 1)[0], rtol=1e-9)
    effect = regress(survey, y="Y", x="X1", moderator="GROUP", coding={"GROUP": "effect"}, intervals=())
    assert_allclose(effect.slopes["est"], own.slopes["est"], rtol=1e-9)
    assert list(own.moderation["moderator"]) == ["GROUP"]
