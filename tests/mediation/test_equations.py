"""The equations of a mediation model are regressions."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import UsageError, mediate, regress


@pytest.fixture(name="data", scope="module")
def _data():
    rng = np.random.default_rng(9)
    data = pd.DataFrame(rng.normal(size=(90, 3)), columns=["X", "W", "C"])
    data["M"] = 0.5 * data["X"] + 0.3 * data["X"] * data["W"] + rng.normal(size=90)
    data["Y"] = 0.4 * data["M"] + 0.2 * data["X"] + rng.normal(size=90)
    data["V"] = np.repeat(np.arange(30), 3)
    return data


@pytest.mark.parametrize("errors", ["classical", "HC3"])
def test_an_equation_is_the_regression_of_its_own_call(data, errors):
    found = mediate(
        data, x="X", m="M", y="Y", covariates="C", errors=errors, draws=50, seed=1, intervals="percentile"
    )
    for outcome, x in (("M", ["X", "C"]), ("Y", ["M", "X", "C"])):
        ours = found.regression(outcome)
        plain = regress(data, y=outcome, x=x, errors=errors, intervals=())
        left, right = (r.coefficients.set_index("term") for r in (ours, plain))
        numbers = ["est", "se", "std_all", "t", "p", "tolerance"]
        assert_allclose(left.loc[right.index, numbers], right[numbers], rtol=1e-9)
        assert_allclose(
            ours.fits.loc[0, ["r2", "f", "p"]].astype(float),
            plain.fits.loc[0, ["r2", "f", "p"]].astype(float),
            rtol=1e-9,
        )
        row = found.equations.query("outcome == @outcome and role != 'total'").iloc[0]
        names = ["r2", "adjusted_r2", "sigma", "f", "df1", "df2", "p"]
        assert_allclose(row[names].astype(float), plain.fits.loc[0, names].astype(float), rtol=1e-9)
        assert len(ours.assumptions().frame) == len(plain.assumptions().frame)
        assert len(ours.influence) == 90
    total = found.regression("Y", total=True)
    assert set(total.coefficients["term"]) == {"(intercept)", "X", "C"}


def test_the_interaction_row_has_its_change_of_r2(data):
    found = mediate(
        data, x="X", m="M", y="Y", moderator="W", moderates="a", draws=50, seed=1, intervals="percentile"
    )
    ours = found.regression("M").blocks
    plain = regress(data, y="M", x="X", moderator="W", intervals=()).blocks
    assert list(ours["added"])[-1] == "X:W"
    names = ["r2", "f_change", "p"]
    assert_allclose(ours[names].iloc[-1].astype(float), plain[names].iloc[-1].astype(float), rtol=1e-9)
    assert_allclose(ours["r2_change"].iloc[-1], plain["r2_change"].iloc[-1], rtol=1e-9)


def test_refusals(data):
    found = mediate(data, x="X", m="M", y="Y", draws=50, seed=1, intervals="percentile")
    with pytest.raises(UsageError) as caught:
        found.regression("X")
    assert (caught.value.code, caught.value.params["known"]) == ("MED450", ["M", "Y"])
    gaps = mediate(data, x="X", m="M", y="Y", missing="fiml", draws=20, seed=1, intervals="percentile")
    with pytest.raises(UsageError) as caught:
        gaps.regression("Y")
    assert caught.value.code == "MED028"
