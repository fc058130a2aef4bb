"""Every refusal and every note of the room, met through the door."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from umkm_stats import fit_pls
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.pls import Pls

BASE = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\n"
TEXT = BASE + "M ~ X\nY ~ X + M"


def people(n=120, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.6 * x + rng.normal(size=n)
    y = 0.5 * m + 0.2 * x + rng.normal(size=n)
    made = {
        f"{name}{i}": v + 0.6 * rng.normal(size=n)
        for name, v in (("x", x), ("m", m), ("y", y))
        for i in (1, 2, 3)
    }
    return pd.DataFrame(made).assign(age=rng.integers(20, 60, n), word="a")


@pytest.fixture(scope="module", name="data")
def _data():
    return people()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BASE + "X ~~ M\nY ~ X + M", "PLS101"),
        (TEXT + "\nX == M", "PLS101"),
        (TEXT + "\nx1 ~ 1", "PLS101"),
        (TEXT.replace("x1 +", "1*x1 +"), "PLS102"),
        (TEXT.replace("Y ~ X", "Y ~ 0.5*X"), "PLS102"),
        (TEXT + "\nX <~ m1", "PLS103"),
        (TEXT + "\nX =~ X", "PLS103"),
        (TEXT + "\nX =~ x1:x2", "PLS103"),
        (TEXT + " + Z", "PLS104"),
        (BASE, "PLS105"),
        (TEXT + "\nX ~ Y", "PLS106"),
        (BASE + "Y ~ X", "PLS107"),
        (TEXT + " + X:X", "PLS108"),
        (TEXT + " + X:M:age", "PLS108"),
        (TEXT + " + X:Y", "PLS108"),
        (TEXT + "\nH =~ X + M\nY ~ H", "PLS109"),
        (TEXT + "\nH =~ X\nY ~ H", "PLS109"),
        ("no operator", "PLS117"),
        (7, "PLS117"),
    ],
)
def test_text_that_is_no_pls_model(data, text, code):
    with pytest.raises(UsageError) as caught:
        fit_pls(text, data)
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_a_line_is_named(data):
    with pytest.raises(UsageError) as caught:
        fit_pls(TEXT + "\nX ~~ M", data)
    assert "line 6" in str(caught.value)
    with pytest.raises(UmkmError) as caught:
        fit_pls(TEXT + "\nX ~", data)
    assert caught.value.code == "SEM103"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.to_numpy(), "PLS110"),
        (lambda d: d.drop(columns="x2"), "PLS111"),
        (lambda d: d.assign(x2="a"), "PLS112"),
        (lambda d: d.assign(x2=1j), "PLS112"),
        (lambda d: pd.concat([d, d["x2"]], axis=1), "PLS112"),
        (lambda d: d.assign(x2=np.inf), "PLS113"),
        (lambda d: d.assign(x2=3.0), "PLS114"),
        (lambda d: d.head(4), "PLS115"),
        (lambda d: d.head(0), "PLS115"),
        (lambda d: d.assign(x2=np.nan), "PLS116"),
    ],
)
def test_data_that_cannot_be_used(data, change, code):
    before = data.copy()
    with pytest.raises(UmkmError) as caught:
        fit_pls(TEXT, change(data))
    assert caught.value.code == code
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(
    "options",
    [
        {"scheme": "pca"},
        {"missing": "pairwise"},
        {"second_order": "both"},
        {"moderation": "none"},
        {"measurement": "dimension_means"},
        {"consistent": "yes"},
        {"tolerance": 0},
        {"max_iterations": 0},
    ],
)
def test_options_are_checked(data, options):
    with pytest.raises(UsageError) as caught:
        fit_pls(TEXT, data, **options)
    assert caught.value.code in ("GEN001", "GEN002", "GEN003", "GEN004")


def test_corrections_that_are_not_defined(data):
    with pytest.raises(UsageError) as caught:
        fit_pls(TEXT + " + X:M", data, consistent=True)
    assert caught.value.code == "PLS120"
    text = BASE + "H <~ X + M\nZ =~ age\nH ~ Z\nY ~ H"
    with pytest.raises(UsageError) as caught:
        fit_pls(text, data, second_order="repeated")
    assert caught.value.code == "PLS121"
    assert isinstance(fit_pls(text, data), Pls)


def test_collinear_columns_are_named(data):
    twin = data.assign(x3=data["x1"] + data["x2"])
    with pytest.raises(UmkmError) as caught:
        fit_pls(TEXT.replace("X =~", "X <~"), twin)
    assert caught.value.code == "PLS122"
    assert caught.value.params == {"construct": "X", "items": ["x1", "x2", "x3"]}
    assert isinstance(fit_pls(TEXT, twin), Pls)
    same = data.assign(m1=data["x1"], m2=data["x2"], m3=data["x3"])
    with pytest.raises(UmkmError) as caught:
        fit_pls(TEXT, same)
    assert caught.value.code == "PLS123"
    assert caught.value.params["outcome"] == "Y"


def test_weights_that_do_not_settle(data):
    with pytest.raises(UmkmError) as caught:
        fit_pls(TEXT, data, max_iterations=2)
    assert caught.value.code == "PLS124"


def codes(model):
    return [note.code for note in model.notes]


def test_what_the_text_asked_for_in_vain_is_told(data):
    text = TEXT.replace("Y ~ X", "Y ~ c*X") + "\nab := c*c"
    assert codes(fit_pls(text, data)) == ["PLS151", "PLS152"]


def test_columns_products_and_shared_items_are_told(data):
    assert codes(fit_pls(TEXT + " + age", data)) == ["PLS153", "PLS159"]
    model = fit_pls(BASE + "M ~ X\nY ~ M + X:M", data)
    assert codes(model) == ["PLS154"]
    assert model.notes[0].params["paths"] == ["Y ~ X"]
    assert codes(fit_pls(TEXT.replace("m3", "m3 + x3"), data)) == ["PLS155"]


def test_missing_cells_are_told(data):
    holed = data.copy()
    holed.loc[:9, "x1"] = np.nan
    model = fit_pls(TEXT, holed)
    assert codes(model) == ["PLS156", "PLS157"]
    assert model.notes[0].params == {"cells": 10, "rows": 10, "n": 120}
    holed.loc[0, [name for name in holed if name[0] in "xmy"]] = np.nan
    assert fit_pls(TEXT, holed).sample.dropped == {"empty": 1}


def test_mirrored_construct_is_told(data):
    noise = np.random.default_rng(2).normal(size=(2, 120)) * 5
    mirrored = data.assign(x1=noise[0] - data["x1"], x2=noise[1] - data["x2"])
    assert codes(fit_pls(TEXT, mirrored)) == ["PLS160"]
    assert codes(fit_pls(TEXT, data)) == []


def test_an_item_against_its_construct_is_told(data):
    """α −.9 and a blank HTMT stood there without a word."""
    turned = fit_pls(TEXT, data.assign(x2=6 - data["x2"]))
    (note,) = [note for note in turned.notes if note.code == "PLS165"]
    assert (note.params["items"], note.row) == (["x2"], "X")
    assert turned.quality.set_index("construct").loc["X", "alpha"] < 0
    assert turned.htmt["htmt"].isna().any()
    upright = fit_pls(TEXT, data)
    np.testing.assert_allclose(turned.htmt["htmt_plus"], upright.htmt["htmt_plus"], atol=1e-12)
    np.testing.assert_allclose(turned.paths["est"], upright.paths["est"], atol=1e-8)


def test_blank_quality_is_not_one(data):
    model = fit_pls(BASE.replace("X =~", "X <~") + "Z =~ age\nM ~ X + Z\nY ~ X + M", data)
    table = model.quality.set_index("construct")
    assert table.loc[["X", "Z"]].isna().all(axis=None)
    assert table.loc[["M", "Y"]].notna().all(axis=None)
    note = next(note for note in model.notes if note.code == "PLS159")
    assert note.params["names"] == ["X", "Z"]
    single = model.loadings.set_index("construct").loc["Z"]
    assert (single["est"], single["weight"]) == pytest.approx((1.0, 1.0))
    assert set(model.htmt["construct"]) | set(model.htmt["other"]) == {"M", "Y", "Z"}


def test_inadmissible_corrections_are_told():
    rng = np.random.default_rng(0)
    n = 30
    f = rng.normal(size=n)
    data = pd.DataFrame({f"x{i}": 0.3 * f + rng.normal(size=n) for i in (1, 2, 3)})
    data = data.assign(**{f"m{i}": 0.4 * f + rng.normal(size=n) for i in (1, 2, 3)})
    data = data.assign(**{f"y{i}": 0.5 * f + rng.normal(size=n) for i in (1, 2, 3)})
    seen = set()
    for seed in range(40):
        rows = np.random.default_rng(seed).integers(0, n, n)
        seen |= set(codes(fit_pls(TEXT, data.iloc[rows].reset_index(drop=True), consistent=True)))
    assert {"PLS161", "PLS162", "PLS163", "PLS164"} <= seen


def test_draws_are_checked_and_told(data):
    model = fit_pls(TEXT, data)
    for rows in ([[0, 1]], np.full((2, 120), 120), np.full((2, 120), 0.5), "a", np.full((2, 120), -1)):
        with pytest.raises(UsageError) as caught:
            model.bootstrap(rows=rows)
        assert caught.value.code == "PLS130"
    with pytest.raises(UmkmError) as caught:
        model.bootstrap(rows=np.zeros((2, 120), int))
    assert caught.value.code == "PLS125"
    mixed = np.vstack([np.zeros((1, 120), int), np.random.default_rng(1).integers(0, 120, (30, 120))])
    drawn = model.bootstrap(rows=mixed)
    assert [note.code for note in drawn.notes] == ["PLS170", "PLS173"]
    assert drawn.estimates.iloc[0].isna().all()
    with pytest.raises(UsageError) as caught:
        model.bootstrap(draws=10, seed=1, what=("paths",)).mediation()
    assert caught.value.code == "PLS126"
    single = fit_pls(BASE + "Z =~ age\nM ~ X + Z\nY ~ X + M", data).bootstrap(draws=10, seed=1)
    assert "PLS174" in [note.code for note in single.notes]
    row = single.tidy().query("name == 'Z=~age'")
    assert row[["t", "p", "ci_low", "ci_high"]].isna().all(axis=None)
