"""Seven calls that once misled, each with its right value: on the rows they were found on (``../shared``,
where it is) and on simulated rows of the same shape.

The third and the fourth call are refused, which is their right answer. ``moderates="d"`` names arrows between
mediators that lie in parallel and have none: the moderator would stand in no equation, so the door says
MED433 with the arrows there are. ``intervals="bac"`` once was read letter by letter (b, a, c) and gave no
interval without a word: GEN002 says which was meant. A script that makes these calls one after the other
therefore stops at the third, as it should; here each stands alone.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import UsageError, mediate, mediate_latent
from umkm_stats.mediation import Paths, mediate_binary

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "mediation"
FEW = {"draws": 300, "seed": 1, "intervals": "percentile"}
TEXT = "m ~ x + w + xw\ny ~ m + x"
FACTORS = "X=~x0+x1+x2\nM=~m0+m1+m2\nY=~y0+y1+y2\nM~X\nY~M+X"
FOUND = (0.315, 0.380, 0.446)  # at mean − SD, mean and mean + SD of w, on the rows of full.csv


def simulated() -> pd.DataFrame:
    stream = np.random.Generator(np.random.PCG64(22))
    x, w, c = (
        stream.standard_normal(300),
        3.5 + 0.8 * stream.standard_normal(300),
        stream.standard_normal(300),
    )
    m = (0.4 + 0.2 * (w - 3.5)) * x + 0.3 * w + stream.standard_normal(300)
    return pd.DataFrame(
        {"x": x, "m": m, "y": 0.3 * m + 0.2 * x + stream.standard_normal(300), "c": c, "w": w}
    )


@pytest.fixture(scope="module", params=["shared", "simulated"])
def data(request):
    if request.param == "shared":
        if not CASES.is_dir():
            pytest.skip("the rows of ../shared/cases are not here; the simulated ones show the same")
        found = pd.read_csv(CASES / "full.csv")
    else:
        found = simulated()
    found.attrs["source"] = request.param
    return found.assign(xw=found.x * found.w, yb=(found.y > 0) * 1)


def slopes(outcome, *columns):
    """Least squares written out, the intercept left out of the answer."""
    design = np.column_stack([np.ones(len(outcome)), *columns])
    return np.linalg.lstsq(design, outcome, rcond=None)[0][1:]


def right(data):
    """(a₁ + a₃w)b at mean − SD, mean and mean + SD of w."""
    a1, _, a3 = slopes(data.m, data.x, data.w, data.xw)
    b = slopes(data.y, data.m, data.x)[0]
    at = data.w.mean() + data.w.std() * np.array([-1.0, 0.0, 1.0])
    return at, (a1 + a3 * at) * b


def conditional(result):
    return result.effects.query("effect == 'conditional_indirect' and method == 'percentile'")


@pytest.mark.parametrize("route", ["scores", "product", "colon"])
def test_1_and_2_an_observed_moderator_is_probed_on_its_own_scale(data, route):
    """A product column that the user made, the same as ``x:w`` in model text, and the door on scores."""
    if route == "scores":
        found = mediate(data, x="x", m="m", y="y", moderator="w", probes="sd", **FEW)
    elif route == "product":
        found = mediate_latent(data, model=TEXT, paths=Paths(products={"xw": ("x", "w")}), **FEW)
    else:
        found = mediate_latent(data, model=TEXT.replace("xw", "x:w"), **FEW)
    at, est = right(data)
    assert_allclose([next(iter(point.values())) for point in found.probes], at, rtol=1e-8)
    rows = conditional(found)
    own = rows["est"].to_numpy()
    assert_allclose(own, est, rtol=2e-5, atol=1e-6)  # y's regression holds neither w nor xw in both
    assert list(rows["path"]) == [f"x -> m -> y | w = {value:.6g}" for value in at]
    if data.attrs["source"] == "shared":
        assert tuple(own.round(3)) == FOUND
    kinds = set(found.effects["effect"])
    assert "indirect" not in kinds  # no effect at w = 0 under the name of the effect
    assert {"conditional_indirect", "index"} <= kinds
    assert (rows["ci_low"] < rows["est"]).all()
    assert (rows["est"] < rows["ci_high"]).all()


def test_3_a_moderator_of_arrows_that_are_not_there_is_refused(data):
    with pytest.raises(UsageError) as caught:
        mediate(data, x="x", m=["m", "c"], y="y", moderator="w", moderates="d", **FEW)
    assert caught.value.code == "MED433"
    for lang in ("en", "id"):
        assert 'structure="serial"' in caught.value.message(lang) + caught.value.remedy(lang)
    chain = mediate(data, x="x", m=["m", "c"], y="y", structure="serial", moderator="w", moderates="d", **FEW)
    assert "m:w" in set(chain.coefficients.query("outcome == 'c'")["term"])  # as a chain it has its place


def test_4_all_intervals_are_all_and_a_name_that_is_none_is_refused(data):
    found = mediate_binary(data, x="x", m="m", y="yb", draws=200, seed=1, intervals="all").tidy()
    per = found.groupby("effect", sort=False)["method"].apply(list).to_dict()
    every = ["percentile", "basic", "bc", "bca"]
    assert {name: per[name] for name in ("direct", "indirect", "total")} == dict.fromkeys(
        ("direct", "indirect", "total"), every
    )
    with pytest.raises(UsageError) as caught:
        mediate_binary(data, x="x", m="m", y="yb", draws=200, seed=1, intervals="bac")
    assert caught.value.code == "GEN002"


def test_5_the_contrast_is_printed(data):
    found = mediate_binary(data, x="x", m="m", y="yb", draws=100, seed=1)
    low, high = (f"{value:.4g}" for value in (data.x.mean(), data.x.mean() + data.x.std()))
    assert f"from {low} to {high}, not per unit" in found.summary()
    assert low.replace(".", ",") in found.summary("id")


def test_6_a_list_of_one_is_the_one(data):
    one = mediate_binary(data, x="x", m="m", y="yb", draws=50, seed=1).tidy()
    pd.testing.assert_frame_equal(
        mediate_binary(data, x=["x"], m=["m"], y=["yb"], draws=50, seed=1).tidy(), one
    )


def twelve(source):
    if source == "shared":
        if not CASES.is_dir():
            pytest.skip("the rows of ../shared/cases are not here; the simulated ones show the same")
        return pd.read_csv(CASES / "latmod.csv").iloc[:12]
    stream = np.random.Generator(np.random.PCG64(3))
    x = stream.standard_normal(12)
    m = 0.5 * x + stream.standard_normal(12)
    y = 0.5 * m + stream.standard_normal(12)
    return pd.DataFrame(
        {
            f"{name}{k}": own + stream.standard_normal(12)
            for k in range(3)
            for name, own in zip("xmy", (x, m, y), strict=True)
        }
    )


@pytest.mark.parametrize("source", ["shared", "simulated"])
def test_7_twelve_rows_give_no_interval_and_no_verdict(source):
    found = mediate_latent(twelve(source), model=FACTORS, **FEW)
    assert found.ledger["requested"] == 300
    assert found.ledger["converged"] < 150
    row = found.effects.query("effect == 'direct' and method == 'percentile'").iloc[0]
    assert row[["ci_low", "ci_high", "p"]].isna().all()
    assert "MED401" in {note.code for note in found.notes}
    assert found.typology().frame["mediation_type"].tolist() == ["withheld"]
    assert "ditangguhkan" in found.summary("id")
