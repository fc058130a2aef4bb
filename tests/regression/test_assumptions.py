"""The classical assumptions: R's numbers, hand algebra, decisions and what to do then."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from umkm_stats import regress
from umkm_stats.kernels.mediation.tests import holm
from umkm_stats.kernels.regression.linearity import deviation_from_linearity
from umkm_stats.results import Result

BY_R = 1e-9


def checks(found, name, outcome=None):
    frame = found.frame
    here = frame[frame["check"] == name]
    return here if outcome is None else here[here["outcome"] == outcome]


@pytest.fixture(name="likert", scope="module")
def _likert():
    rng = np.random.default_rng(31)
    data = pd.DataFrame(rng.integers(1, 6, size=(200, 2)).astype(float), columns=["X1", "X2"])
    data["GROUP"] = rng.choice(["a", "b"], size=200)
    data["Y"] = 1 + 0.5 * data["X1"] + 0.5 * (data["X2"] - 3) ** 2 + rng.normal(size=200)
    data["Y2"] = 2 + 0.4 * data["X1"] + rng.normal(size=200) * data["X1"]
    return data


def test_numbers_of_r(cars, by_r):
    found = regress(cars, y="mpg", x=["wt", "hp", "qsec"], intervals=()).assumptions()
    for name, key in (("shapiro_wilk", "shapiro"), ("breusch_pagan", "bp"), ("reset", "reset")):
        row = checks(found, name).iloc[0]
        rtol = 1e-5 if name == "shapiro_wilk" else BY_R
        assert_allclose([row["statistic"], row["p"]], by_r[key], rtol=rtol)
    glejser = checks(found, "glejser")
    assert_allclose(glejser[["statistic", "p"]], by_r["glejser"], rtol=BY_R)
    assert_allclose(checks(found, "vif")["statistic"], by_r["plain"]["vif"], rtol=BY_R)
    tolerance = checks(found, "tolerance")["statistic"].to_numpy()
    assert_allclose(tolerance * checks(found, "vif")["statistic"].to_numpy(), 1, rtol=1e-12)


def test_deviation_from_linearity_is_rs_anova_of_line_and_groups(cars, by_r):
    for name in ("carb", "gear"):
        ours = deviation_from_linearity(cars[name].to_numpy(float), cars["mpg"].to_numpy(float))
        expected = by_r["linearity"][name]
        assert (ours.df_deviation, ours.df_within) == (expected["df1"], expected["df2"])
        assert_allclose([ours.f, ours.p], [expected["f"], expected["p"]], rtol=BY_R)


def test_deviation_from_linearity_by_hand():
    # the 15 rows by which an SPSS developer explains the test: dv bends over the groups, x1 does not move,
    # x2 rises in a line (community.ibm.com, "Assessing linearity", 2022); sums of squares by hand
    dv = np.array([12, 13, 10, 11, 12, 22, 24, 21, 28, 24, 9, 10, 10, 12, 8], dtype=float)
    x2 = np.array([1, 3, 4, 3, 4, 5, 6, 6, 5, 7, 8, 8, 9, 9, 8], dtype=float)
    x1 = np.array([8, 9, 7, 8, 6, 8, 9, 7, 5, 4, 5, 6, 7, 8, 5], dtype=float)
    group = np.repeat([1.0, 2.0, 3.0], 5)
    ours = deviation_from_linearity(group, dv)
    means = dv.reshape(3, 5).mean(axis=1)
    between = 5 * ((means - dv.mean()) ** 2).sum()
    line = 5 * (means[2] - means[0]) ** 2 / 2  # slope over −1, 0, 1
    within = ((dv.reshape(3, 5) - means[:, None]) ** 2).sum()
    assert_allclose([ours.ss_line, ours.ss_deviation, ours.ss_within], [line, between - line, within])
    assert_allclose(ours.f, (between - line) / 1 / (within / 12))
    assert ours.p < 0.05
    assert deviation_from_linearity(group, x1).p > 0.05
    assert deviation_from_linearity(group, x2).p > 0.05
    assert_allclose(ours.ss_line + ours.ss_deviation + ours.ss_within, ((dv - dv.mean()) ** 2).sum())


def test_deviation_refuses_what_it_cannot_compute():
    rng = np.random.default_rng(0)
    y = rng.normal(size=20)
    assert deviation_from_linearity(np.tile([0.0, 1.0], 10), y) is None
    assert deviation_from_linearity(np.arange(20.0), y) is None
    group = np.repeat([1.0, 2.0, 4.0, 5.0], 5)
    assert deviation_from_linearity(group, group**2) is None


def test_lilliefors_p_is_dallal_and_wilkinson_below_a_tenth():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"X": rng.normal(size=80)})
    data["Y"] = data["X"] + rng.exponential(size=80)
    found = regress(data, y="Y", x="X", intervals=())
    row = checks(found.assumptions(), "lilliefors").iloc[0]
    e = np.sort(found.equations[0].fit.residuals)
    z = stats.norm.cdf((e - e.mean()) / e.std(ddof=1))
    d = max((np.arange(1, 81) / 80 - z).max(), (z - np.arange(80) / 80).max())
    n = 80
    p = np.exp(
        -7.01256 * d**2 * (n + 2.78019)
        + 2.99587 * d * np.sqrt(n + 2.78019)
        - 0.122119
        + 0.974598 / np.sqrt(n)
        + 1.67997 / n
    )
    assert p < 0.1
    assert_allclose([row["statistic"], row["p"]], [d, p], rtol=1e-10)
    assert row["decision"] == "not_met"


def test_a_large_lilliefors_p_is_printed_as_a_bound(survey):
    found = regress(survey, y="Y", x=["X1", "X2"], intervals=()).assumptions()
    assert checks(found, "lilliefors")["p"].iloc[0] >= 0.2
    assert "≥ 0.200" in found.summary()
    assert "≥ 0,200" in found.summary("id")


def test_decisions_and_holm_over_all_pairs(likert):
    found = regress(likert, y=["Y", "Y2"], x=["X1", "X2", "GROUP"], intervals=()).assumptions()
    lines = checks(found, "linearity")
    assert len(lines) == 4
    assert_allclose(lines["p_holm"], holm(lines["p"].to_numpy()))
    for row in lines.to_dict("records"):
        by_hand = deviation_from_linearity(likert[row["term"]].to_numpy(), likert[row["outcome"]].to_numpy())
        assert_allclose([row["statistic"], row["p"]], [by_hand.f, by_hand.p], rtol=1e-12)
        assert row["decision"] == ("not_met" if row["p_holm"] <= 0.05 else "met")
    bent = lines[(lines["outcome"] == "Y") & (lines["term"] == "X2")].iloc[0]
    assert (bent["decision"], bent["with_square"]) == ("not_met", "stay") or bent["with_square"] == "change"
    assert "REG174" in [note.code for note in found.notes]
    assert checks(found, "glejser", "Y2").set_index("term").loc["X1", "decision"] == "not_met"
    text = found.summary("id")
    assert "HC3" in text
    assert "potong lintang" in text
    robust = regress(likert, y="Y2", x=["X1", "X2"], errors="HC3", intervals=()).assumptions()
    assert "sudah memperhitungkannya" in robust.summary("id")


def test_a_square_that_changes_the_decision_withholds_the_verdict():
    rng = np.random.default_rng(5)
    x = rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], p=[0.5, 0.25, 0.15, 0.07, 0.03], size=300)
    data = pd.DataFrame({"X": x, "Y": 0.8 * (x - 2.2) ** 2 + rng.normal(size=300)})
    found = regress(data, y="Y", x="X", intervals=()).assumptions()
    centred = x - x.mean()
    before = np.polyfit(x, data["Y"], 1)[0]
    after = np.linalg.lstsq(np.column_stack([np.ones(300), x, centred**2]), data["Y"], rcond=None)[0][1]
    assert (np.sign(before) != np.sign(after)) == (found.withheld == (("X", "Y"),))
    assert found.withheld


def test_what_cannot_be_checked_says_so(survey):
    two = survey.assign(YES=np.tile([0.0, 1.0], 75))
    found = regress(two, y="Y", x=["YES", "AGE"], intervals=()).assumptions()
    assert list(checks(found, "linearity")["decision"]) == ["unavailable", "unavailable"]
    assert {"REG172", "REG175"} <= {note.code for note in found.notes}
    only = regress(two, y="Y", x="YES", intervals=()).assumptions()
    assert "REG173" in {note.code for note in only.notes}
    weighted = regress(survey, y="Y", x="X1", weights="HEAVY", intervals=()).assumptions()
    assert "REG176" in {note.code for note in weighted.notes}
    tiny = pd.DataFrame({"X": [1.0, 2.0, 4.0], "Y": [1.0, 3.0, 2.0]})
    assert "REG170" in {note.code for note in regress(tiny, y="Y", x="X", intervals=()).assumptions().notes}
    rng = np.random.default_rng(1)
    large = pd.DataFrame(rng.normal(size=(5001, 2)), columns=["X", "Y"])
    assert "REG171" in {note.code for note in regress(large, y="Y", x="X", intervals=()).assumptions().notes}


def test_vif_limit_is_an_option(survey):
    near = survey.assign(X3=survey["X1"] + 0.4 * survey["X2"])
    found = regress(near, y="Y", x=["X1", "X3"], intervals=())
    strict, usual = found.assumptions(vif_most=2), found.assumptions()
    assert set(checks(strict, "vif")["decision"]) == {"not_met"}
    assert set(checks(usual, "vif")["decision"]) == {"met"}
    assert checks(strict, "tolerance")["limit"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("lang", ["en", "id"])
def test_protocol(likert, lang):
    found = regress(likert, y=["Y", "Y2"], x=["X1", "X2"], draws=50, seed=9).assumptions()
    assert isinstance(found, Result)
    assert len(found.sentences(lang)) == 16
    assert not [line for line in found.sentences(lang) if "{" in line or "nan" in line]
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.seed == 9
    assert (found.glance()[["met", "not_met", "unavailable"]].sum(axis=1) > 0).all()
    assert found.tidy().equals(found.frame)
