"""A predictor of several categories: relative effects and omnibus tests, beside least squares written here
and the PROCESS book."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from umkm_stats import UmkmError, mediate

G = np.random.default_rng(4)
N = 90
DATA = pd.DataFrame({"g": np.array(["low", "mid", "top"])[np.arange(N) % 3], "c": G.normal(size=N)})
STEP = DATA.g.map({"low": 0.0, "mid": 1.0, "top": 0.3})
DATA["m"] = STEP + 0.3 * DATA.c + G.normal(size=N)
DATA["w"] = G.normal(size=N)
DATA["y"] = 0.5 * DATA.m + 0.4 * STEP + 0.2 * DATA.c + G.normal(size=N)
OPTIONS = {"draws": 40, "seed": 2, "intervals": ("percentile",)}


def ols(y, *columns):
    """Coefficients and residual sum of squares."""
    design = np.column_stack([np.ones(len(y)), *columns])
    beta, *_ = np.linalg.lstsq(design, y, rcond=None)
    return beta, float(((y - design @ beta) ** 2).sum())


def adjusted(outcome, *more):
    """Adjusted mean of every category: intercepts of a regression without a common one."""
    design = np.column_stack([*(DATA.g == level for level in ("low", "mid", "top")), *more]).astype(float)
    return np.linalg.lstsq(design, outcome, rcond=None)[0][:3]


COMPARED = {
    "indicator": lambda v: [v[1] - v[0], v[2] - v[0]],
    "sequential": lambda v: [v[1] - v[0], v[2] - v[1]],
    "helmert": lambda v: [(v[1] + v[2]) / 2 - v[0], v[2] - v[1]],
    "effect": lambda v: [v[1] - v.mean(), v[2] - v.mean()],
}
NAMED = {
    "indicator": ["g[mid]", "g[top]"],
    "sequential": ["g[mid-low]", "g[top-mid]"],
    "helmert": ["g[later-low]", "g[later-mid]"],
    "effect": ["g[mid]", "g[top]"],
}


@pytest.mark.parametrize("coding", COMPARED)
def test_relative_effects_compare_adjusted_means(coding):
    found = mediate(DATA, x="g", m="m", y="y", covariates="c", coding=coding, **OPTIONS)
    assert list(found.spec.x) == NAMED[coding]
    assert found.process == "4"
    table = found.effects.drop_duplicates(["effect", "path"]).set_index(["effect", "path"])["est"]
    a = COMPARED[coding](adjusted(DATA.m, DATA.c))
    direct = COMPARED[coding](adjusted(DATA.y, DATA.m, DATA.c))
    total = COMPARED[coding](adjusted(DATA.y, DATA.c))
    b = ols(DATA.y, DATA.g == "mid", DATA.g == "top", DATA.m, DATA.c)[0][3]
    for k, name in enumerate(NAMED[coding]):
        assert_allclose(table["a", f"{name} -> m"], a[k], rtol=1e-10)
        assert_allclose(table["direct", f"{name} -> y"], direct[k], rtol=1e-10)
        assert_allclose(table["total", f"{name} -> y"], total[k], rtol=1e-10)
        assert_allclose(table["indirect", f"{name} -> m -> y"], a[k] * b, rtol=1e-10)
        assert_allclose(total[k], direct[k] + a[k] * b, rtol=1e-10)


@pytest.mark.parametrize("coding", COMPARED)
def test_omnibus_is_the_f_of_nested_models_whatever_the_coding(coding):
    frame = mediate(DATA, x="g", m="m", y="y", covariates="c", coding=coding, **OPTIONS).omnibus().frame
    dummies = [DATA.g == "mid", DATA.g == "top"]
    for row, outcome, others in zip(
        frame.to_dict("records"), ("m", "y", "y"), ((DATA.c,), (DATA.m, DATA.c), (DATA.c,)), strict=True
    ):
        full, small = ols(DATA[outcome], *others, *dummies)[1], ols(DATA[outcome], *others)[1]
        df2 = N - 3 - len(others)
        f = (small - full) / 2 / (full / df2)
        total = float(((DATA[outcome] - DATA[outcome].mean()) ** 2).sum())
        assert (row["df1"], row["df2"]) == (2, df2)
        assert_allclose(row["f"], f, rtol=1e-9)
        assert_allclose(row["r2_change"], (small - full) / total, rtol=1e-9)
        assert_allclose(row["p"], stats.f.sf(f, 2, df2), rtol=1e-9)
    assert list(frame["effect"]) == ["a", "direct", "total"]


def test_robust_omnibus_and_moderated_codes():
    found = mediate(
        DATA,
        x="g",
        m="m",
        y="y",
        moderator="w",
        coding="indicator",
        errors="HC3",
        probes={"w": [0.5]},
        **OPTIONS,
    )
    frame = found.omnibus().frame.set_index("path")
    assert list(frame.index) == ["g -> m | w = 0", "g:w -> m", "g -> y"]
    one, two = (DATA.g == name for name in ("mid", "top"))
    columns = [one, two, one * DATA.w, two * DATA.w, DATA.w]
    design = np.column_stack([np.ones(N), *columns]).astype(float)
    beta = ols(DATA.m, *columns)[0]
    inverse = np.linalg.inv(design.T @ design)
    rest = (DATA.m - design @ beta) / (1 - np.einsum("ij,jk,ik->i", design, inverse, design))
    cov = inverse @ (design.T * rest.to_numpy() ** 2) @ design @ inverse
    b, v = beta[3:5], cov[3:5, 3:5]
    assert_allclose(frame.loc["g:w -> m", "f"], b @ np.linalg.solve(v, b) / 2, rtol=1e-8)
    est = found.effects.query("effect == 'conditional_indirect' and method == 'delta'").set_index("path")[
        "est"
    ]
    slope = ols(DATA.y, one, two, DATA.m)[0][3]
    assert_allclose(est["g[top] -> m -> y | w = 0.5"], (beta[2] + 0.5 * beta[4]) * slope, rtol=1e-9)


def test_draws_of_every_coding_are_one_model():
    """The coded columns span the same space, so draws of one coding are sums of those of another."""
    one, two = (
        mediate(DATA, x="g", m="m", y="y", coding=coding, **OPTIONS).draws
        for coding in ("indicator", "sequential")
    )
    step = one["indirect: g[top] -> m -> y"] - one["indirect: g[mid] -> m -> y"]
    assert_allclose(two["indirect: g[top-mid] -> m -> y"], step, rtol=1e-8, atol=1e-10)


def test_protest_as_the_process_book_prints_it(shared):
    """Hayes (2018, chapter 6), PROCESS 3 with mcx=1, four decimals."""
    data = shared("process_book/protest.csv")
    found = mediate(data, x="protest", m="respappr", y="liking", coding="indicator", **OPTIONS)
    table = found.effects.drop_duplicates(["effect", "path"])
    for effect, printed in (
        ("a", (1.2612, 1.6103)),
        ("b", (0.4119,)),
        ("direct", (-0.0037, -0.2202)),
        ("total", (0.5158, 0.4431)),
        ("indirect", (0.5195, 0.6633)),
    ):
        assert_allclose(table.loc[table.effect == effect, "est"], printed, atol=5.1e-5)
    omnibus = found.omnibus().frame.set_index("effect")
    assert_allclose(omnibus.loc["direct", ["f", "p"]].astype(float), (0.7286, 0.4846), atol=5.1e-5)
    assert_allclose(omnibus.loc["total", ["f", "p"]].astype(float), (3.0552, 0.0506), atol=5.1e-5)


def test_what_is_said():
    found = mediate(DATA, x="g", m="m", y="y", coding="indicator", **OPTIONS)
    text = found.summary()
    assert "low (30), mid (30), and top (30)" in text
    assert "All categories at once" in text
    assert "Semua kategori sekaligus" in found.summary("id")
    assert "MED434" not in {note.code for note in found.notes}
    ordered = DATA.assign(g=pd.Categorical(DATA.g, ["top", "mid", "low"]))
    assert list(mediate(ordered, x="g", m="m", y="y", coding="indicator", **OPTIONS).spec.x) == [
        "g[mid]",
        "g[low]",
    ]
    numbers = DATA.assign(g=DATA.g.map({"low": 1, "mid": 2, "top": 3}))
    linear = mediate(numbers, x="g", m="m", y="y", **OPTIONS)
    (note,) = [note for note in linear.notes if note.code == "MED434"]
    assert 'coding="indicator"' in note.message()
    full = mediate(
        DATA.assign(m=DATA.m.where(DATA.index > 4)),
        x="g",
        m="m",
        y="y",
        coding="indicator",
        missing="fiml",
        **OPTIONS,
    )
    assert "MED484" in {note.code for note in full.notes}
    assert list(mediate(numbers, x=["g", "c"], m="m", y="y", coding={"g": "effect"}, **OPTIONS).spec.x) == [
        "g[2]",
        "g[3]",
        "c",
    ]
    before = DATA.copy()
    pd.testing.assert_frame_equal(DATA, before)


def test_names_that_mean_something_in_a_path_are_taken_out():
    data = DATA.assign(g=DATA.g.map({"low": "a -> b", "mid": "c | d", "top": "c: d"}))
    found = mediate(data, x="g", m="m", y="y", coding="indicator", **OPTIONS)
    assert list(found.spec.x) == ["g[c d 2]", "g[c d 3]"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED482", {"coding": {"c": "indicator"}}),
        ("MED483", {"x": "c"}),
        ("MED483", {"data": DATA.assign(g=["z", *DATA.g[1:]])}),
        ("MED483", {"data": DATA.assign(g="z")}),
        ("MED002", {"x": "gg"}),
        ("GEN001", {"coding": "dummy"}),
        ("MED001", {"data": 3}),
    ],
)
def test_bad_codings(code, change):
    options = {"data": DATA, "x": "g", "m": "m", "y": "y", "coding": "indicator", **OPTIONS, **change}
    with pytest.raises(UmkmError) as caught:
        mediate(**options)
    assert caught.value.code == code
    assert caught.value.message("id")


def test_omnibus_needs_a_coding():
    with pytest.raises(UmkmError) as caught:
        mediate(DATA, x="c", m="m", y="y", **OPTIONS).omnibus()
    assert caught.value.code == "MED485"


def test_every_pair_of_coded_columns_differs():
    found = mediate(DATA, x="g", m="m", y="y", coding="helmert", **OPTIONS)
    for one, two in itertools.combinations(found.spec.x, 2):
        assert not np.allclose(found.columns.column(one), found.columns.column(two))
