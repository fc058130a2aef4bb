"""Every refusal has its code, its words in both languages, and leaves no NaN row behind."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UmkmError, regress


def spoiled(survey):
    data = survey.copy()
    data["COPY"] = data["X1"]
    data["SUM"] = data["X1"] + data["X2"]
    data["FLAT"] = 3.0
    data["TEXT"] = [f"name {k}" for k in range(len(data))]
    data["ONE"] = "same"
    data["BUY"] = (data["AGE"] > 40).astype(int)
    data["EXACT"] = 2 * data["X1"] - data["X2"]
    data["HOLE"] = np.nan
    data["INF"] = data["X1"].where(data.index != 4, np.inf)
    data["MINUS"] = -data["HEAVY"]
    data["V"] = 1
    return data


CASES = [
    ("REG102", {"y": "Y", "x": "X9"}),
    ("REG103", {"y": "Y", "x": ["X1", "X1"]}),
    ("REG103", {"y": "Y", "x": "Y"}),
    ("REG104", {"y": "GROUP", "x": "X1"}),
    ("REG104", {"y": "Y", "x": "X1", "weights": "GROUP"}),
    ("REG105", {"y": "Y", "x": "INF"}),
    ("REG106", {"y": "Y", "x": "HOLE"}),
    ("REG108", {"y": "Y", "x": "FLAT"}),
    ("REG108", {"y": "FLAT", "x": "X1"}),
    ("REG108", {"y": "Y", "x": "ONE"}),
    ("REG109", {"y": "Y", "x": ["X1", "COPY"]}),
    ("REG109", {"y": "Y", "x": ["X1", "X2", "SUM"]}),
    ("REG110", {"y": "COPY", "x": "X1"}),
    ("REG110", {"y": "EXACT", "x": ["X1", "X2"]}),
    ("REG111", {"y": "Y", "x": []}),
    ("REG113", {"y": "BUY", "x": "X1"}),
    ("REG114", {"y": "Y", "x": ["X1", "X2"], "blocks": [["X1"]]}),
    ("REG114", {"y": "Y", "x": ["X1"], "blocks": [["X1"], ["X1"]]}),
    ("REG114", {"y": "Y", "x": ["X1"], "blocks": [["X1", "AGE"]]}),
    ("REG115", {"y": "Y", "x": "X1", "errors": "cluster"}),
    ("REG116", {"y": "Y", "x": "X1", "cluster": "V"}),
    ("REG117", {"y": "Y", "x": "X1", "missing": "fiml", "weights": "HEAVY"}),
    ("REG117", {"y": "Y", "x": "X1", "missing": "fiml", "moderator": "W"}),
    ("REG119", {"y": "Y", "x": "X1", "coding": {"GROUP": "indicator"}}),
    ("REG120", {"y": "Y", "x": "GROUP", "reference": {"GROUP": "logam"}}),
    ("REG121", {"y": "Y", "x": "X1", "weights": "MINUS"}),
    ("REG122", {"y": "Y", "x": "TEXT"}),
    ("REG124", {"y": "Y", "x": "X1", "moderator": "W", "probes": {"AGE": [1]}}),
    ("REG124", {"y": "Y", "x": "X1", "moderator": "W", "probes": {"W": ["low"]}}),
    ("REG124", {"y": "Y", "x": "X1", "moderator": "W", "probes": "median"}),
    ("REG124", {"y": "Y", "x": "X1", "probes": {"X1": [1]}}),
    ("REG124", {"y": "Y", "x": "X1", "probes": "median"}),
    ("REG124", {"y": "Y", "x": "X1", "moderator": "GROUP", "probes": {"GROUP": [1]}}),
    ("GEN006", {"y": "Y", "x": "X1", "intervals": "delta"}),
    ("GEN002", {"y": "Y", "x": "X1", "intervals": "percentil"}),
    ("GEN001", {"y": "Y", "x": "GROUP", "coding": {"GROUP": "dummies"}}),
    ("GEN002", {"y": "Y", "x": "X1", "errors": "HC9"}),
    ("GEN003", {"y": "Y", "x": "X1", "draws": 1}),
    ("GEN004", {"y": "Y", "x": "X1", "level": 95}),
]


@pytest.mark.parametrize(("code", "call"), CASES, ids=[f"{k}-{c}" for k, (c, _) in enumerate(CASES)])
def test_refusals(survey, code, call):
    data = spoiled(survey)
    before = data.copy()
    with pytest.raises(UmkmError) as caught:
        regress(data, **call)
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert "?" not in caught.value.message(lang)
        assert "{" not in caught.value.message(lang) + caught.value.remedy(lang).replace('{"', "")
    pd.testing.assert_frame_equal(data, before)


def test_names_of_collinear_columns_are_the_ones_involved(survey):
    data = spoiled(survey)
    with pytest.raises(UmkmError) as caught:
        regress(data, y="Y", x=["AGE", "X1", "X2", "W", "SUM"])
    assert caught.value.params == {"name": "SUM", "others": ["X1", "X2"]}


def test_as_many_predictors_as_rows():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(6, 7)), columns=[*(f"X{k}" for k in range(6)), "Y"])
    with pytest.raises(UmkmError) as caught:
        regress(data, y="Y", x=[f"X{k}" for k in range(6)])
    assert (caught.value.code, caught.value.params["needed"]) == ("REG107", 8)
    least = regress(data, y="Y", x=["X0", "X1", "X2", "X3"], draws=50, seed=1)
    assert np.isfinite(
        least.coefficients.drop(columns=["outcome", "term"]).iloc[1:].to_numpy(dtype=float)
    ).all()


def test_what_is_no_frame():
    for data in ({"Y": [1]}, None, "answers.csv"):
        with pytest.raises(UmkmError) as caught:
            regress(data, y="Y", x="X")
        assert caught.value.code == "REG101"
    with pytest.raises(UmkmError) as caught:
        regress([pd.DataFrame({"Y": [1.0]})], y="Y", x="X")
    assert caught.value.code == "REG118"


def test_two_columns_of_one_name(survey):
    data = pd.concat([survey[["Y", "X1"]], survey[["X1"]]], axis=1)
    with pytest.raises(UmkmError) as caught:
        regress(data, y="Y", x="X1")
    assert caught.value.code == "REG112"


def test_what_needs_rows(survey):
    found = regress(survey, y="Y", x="X1", missing="fiml")
    for ask in (lambda: found.influence, found.assumptions):
        with pytest.raises(UmkmError) as caught:
            ask()
        assert caught.value.code == "REG125"


@pytest.mark.parametrize("kind", ["Int64", "Float32", "boolean", "category", "string"])
def test_column_types(survey, kind):
    data = survey.assign(Z=np.tile([0, 1], 75))
    plain = regress(data, y="Y", x=["X1", "Z"], intervals=()).coefficients["est"].to_numpy()
    data["Z"] = (
        data["Z"].map({0: "a", 1: "b"}).astype(kind)
        if kind in ("category", "string")
        else data["Z"].astype(kind)
    )
    found = regress(data, y="Y", x=["X1", "Z"], intervals=()).coefficients["est"].to_numpy()
    np.testing.assert_allclose(found, plain, rtol=1e-12)
