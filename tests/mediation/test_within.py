"""Mediation within persons in two conditions: the formulas of Montoya and Hayes (2017), written here."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from umkm_stats import UmkmError
from umkm_stats.mediation import mediate_within

G = np.random.default_rng(8)
N = 50
BASE = G.normal(size=(N, 1))
DATA = pd.DataFrame(BASE + G.normal(size=(N, 6)), columns=["m1", "m2", "k1", "k2", "y1", "y2"])
DATA["m2"] += 0.6
DATA["k2"] += 0.3 + 0.4 * (DATA["m2"] - DATA["m1"])
DATA["y2"] += 0.5 * (DATA["m2"] - DATA["m1"]) + 0.3 * (DATA["k2"] - DATA["k1"])
ONE = {"m": {"M": ("m1", "m2")}, "y": {"Y": ("y1", "y2")}}
TWO = {"m": {"M": ("m1", "m2"), "K": ("k1", "k2")}, "y": {"Y": ("y1", "y2")}}
OPTIONS = {"draws": 60, "seed": 5}


def ols(y, *columns):
    """Coefficients, standard errors and degrees of freedom."""
    design = np.column_stack([np.ones(len(y)), *columns])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    df = len(y) - design.shape[1]
    rest = y - design @ beta
    return beta, np.sqrt(np.diag(inverse) * (rest @ rest) / df), df


def parts(data, name):
    """Difference and centred average of a pair."""
    one, two = data[f"{name}1"].to_numpy(), data[f"{name}2"].to_numpy()
    average = (one + two) / 2
    return two - one, average - average.mean()


def est(found, effect, path=None, method=None):
    frame = found.effects[found.effects["effect"] == effect]
    frame = frame if path is None else frame[frame["path"] == path]
    return (frame if method is None else frame[frame["method"] == method]).iloc[0]


def test_one_mediator():
    found = mediate_within(DATA, **ONE, **OPTIONS)
    (m, centred), (y, _) = parts(DATA, "m"), parts(DATA, "y")
    beta, se, df = ols(y, m, centred)
    for effect, value, error, free in (
        ("a", m.mean(), m.std(ddof=1) / np.sqrt(N), N - 1),
        ("total", y.mean(), y.std(ddof=1) / np.sqrt(N), N - 1),
        ("direct", beta[0], se[0], df),
        ("b", beta[1], se[1], df),
    ):
        row = est(found, effect, method="ols")
        assert_allclose([row["est"], row["se"]], [value, error], rtol=1e-9)
        assert_allclose(row["p"], 2 * stats.t.sf(abs(value / error), free), rtol=1e-9)
    assert_allclose(est(found, "indirect")["est"], m.mean() * beta[1], rtol=1e-9)
    assert_allclose(beta[0] + m.mean() * beta[1], y.mean(), rtol=1e-9)
    sobel = np.sqrt((m.mean() * se[1]) ** 2 + beta[1] ** 2 * m.var(ddof=1) / N)
    assert_allclose(est(found, "indirect", method="delta")["se"], sobel, rtol=1e-9)
    frame = found.coefficients.set_index(["outcome", "term"])
    assert_allclose(frame.loc[("Y", "M (average)"), ["est", "se"]].astype(float), [beta[2], se[2]], rtol=1e-9)


def test_draws_are_analyses_of_drawn_persons():
    rows = np.random.default_rng(1).integers(0, N, size=(4, N))
    for model, options in ((ONE, {}), (TWO, {}), (TWO, {"structure": "serial"})):
        found = mediate_within(DATA, **model, **options, rows=rows, seed=1, intervals="percentile")
        for k, draw in enumerate(rows):
            again = mediate_within(DATA.iloc[draw], **model, **options, draws=2, seed=1, intervals=())
            values = [est(again, entry.kind, entry.path)["est"] for entry in again.named]
            assert_allclose(found.draws.iloc[k], values, rtol=1e-8, atol=1e-10)


def test_acceleration_is_that_of_persons_left_out():
    found = mediate_within(DATA, **ONE, **OPTIONS)
    for k in (0, 17):
        less = mediate_within(DATA.drop(index=k), **ONE, draws=2, seed=1, intervals=())
        assert_allclose(
            found.left.values[k], [est(less, e.kind, e.path)["est"] for e in less.named], rtol=1e-8
        )


@pytest.mark.parametrize("structure", ["parallel", "serial"])
def test_two_mediators(structure):
    found = mediate_within(DATA, **TWO, structure=structure, **OPTIONS)
    (m, m_centred), (k, k_centred), (y, _) = (parts(DATA, name) for name in "mky")
    b = ols(y, m, k, m_centred, k_centred)[0]
    assert_allclose([est(found, "b", "M -> Y")["est"], est(found, "b", "K -> Y")["est"]], b[1:3], rtol=1e-9)
    a = [m.mean(), k.mean()]
    if structure == "serial":
        second = ols(k, m, m_centred)[0]
        a[1] = second[0]
        assert_allclose(est(found, "d", "M -> K")["est"], second[1], rtol=1e-9)
        chain = est(found, "indirect", "condition -> M -> K -> Y")["est"]
        assert_allclose(chain, a[0] * second[1] * b[2], rtol=1e-9)
    assert_allclose(est(found, "indirect", "condition -> K -> Y")["est"], a[1] * b[2], rtol=1e-9)
    assert_allclose(
        est(found, "total")["est"],
        est(found, "direct")["est"] + est(found, "total_indirect")["est"],
        rtol=1e-9,
    )
    assert found.process is None


def test_what_stands_in_the_result():
    gap = DATA.copy()
    gap.loc[3, "m1"] = np.nan
    found = mediate_within(gap, **ONE, **OPTIONS, errors="HC3", intervals="all")
    assert found.sample.used == N - 1
    assert {"delta", "monte_carlo", "joint", "bca", "aroian"} <= set(found.effects["method"])
    text = found.summary()
    assert "two conditions of the same persons" in text
    assert "m2 − m1 and y2 − y1" in text
    assert "responden yang sama" in found.summary("id")
    assert found.plot("paths").axes
    assert found.typology().frame.shape[0] == 1
    assert len(found.equations) == 3
    assert found.to_dict()["kind"] == "within"
    named = mediate_within(DATA, m=[("m1", "m2")], y=("y1", "y2"), **OPTIONS)
    assert est(named, "indirect")["path"] == "condition -> m2-m1 -> y2-y1"
    assert mediate_within(DATA, **ONE, **OPTIONS, workers=2).draws.equals(
        mediate_within(DATA, **ONE, **OPTIONS).draws
    )


def test_the_other_direction_turns_every_sign_but_b():
    one = mediate_within(DATA, **ONE, **OPTIONS)
    two = mediate_within(DATA, m={"M": ("m2", "m1")}, y={"Y": ("y2", "y1")}, **OPTIONS)
    for effect, sign in (("a", -1), ("b", 1), ("direct", -1), ("total", -1), ("indirect", -1)):
        assert_allclose(est(two, effect)["est"], sign * est(one, effect)["est"], rtol=1e-9)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED492", {"m": "m1"}),
        ("MED492", {"m": ("m1", "m2", "k1")}),
        ("MED492", {"m": []}),
        ("MED492", {"m": 3}),
        ("MED492", {"y": [("y1", "y2"), ("k1", "k2")]}),
        ("MED003", {"m": ("m1", "m1")}),
        ("MED003", {"m": ("m1", "y1")}),
        ("MED002", {"m": ("m1", "zz")}),
        ("MED001", {"data": [1]}),
        ("MED008", {"data": DATA.assign(m2=DATA["m1"] + 1)}),
        ("MED007", {"data": DATA.iloc[:3]}),
        ("MED015", {"errors": "cluster"}),
        ("GEN006", {"intervals": "studentised"}),
        ("GEN001", {"structure": "ring"}),
        ("MED020", {"rows": np.zeros((2, 3), dtype=int)}),
    ],
)
def test_what_is_refused(code, change):
    with pytest.raises(UmkmError) as caught:
        mediate_within(**{"data": DATA, **ONE, **OPTIONS, **change})
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")
