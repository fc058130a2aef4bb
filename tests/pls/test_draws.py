"""Draws: the same whatever the workers, equal to refits on the drawn rows, flips counted, signs set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pls.tables import tables
from pls.test_faults import BASE, TEXT, people
from umkm_stats import fit_pls
from umkm_stats.kernels import draws as streams

EVERYTHING = ("paths", "loadings", "weights", "indirect", "total", "htmt", "r2", "f2")
REFIT = 1e-8  # a draw stops at 1e-7, the refit goes on to 1e-12


def values(model):
    """One model's numbers under the names of the draws."""
    found = tables(model)
    out = {f"{key.split('->')[1]}~{key.split('->')[0]}": v for key, v in found["paths"].items()}
    out |= {f"{c}=~{i}": v for (c, i), v in found["loadings"].items()}
    out |= {f"w:{c}:{i}": v for (c, i), v in found["weights"].items()}
    out |= {f"r2:{name}": v for name, v in found["r2"].items()}
    out |= {f"tot:{key}": v for key, v in found["total_effects"].items()}
    return out


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (TEXT, {}),
        (TEXT, {"scheme": "centroid"}),
        (TEXT, {"consistent": True}),
        (TEXT.replace("X =~", "X <~"), {"scheme": "factorial"}),
        (TEXT + " + X:M", {}),
        (TEXT + " + X:M", {"moderation": "reestimated"}),
        (TEXT + " + X:M", {"moderation": "product_indicator"}),
        (TEXT + " + X:M", {"moderation": "orthogonal"}),
        (BASE + "H =~ X + M\nY ~ H", {}),
        (BASE + "H =~ X + M\nY ~ H", {"second_order": "repeated"}),
        (BASE + "H =~ X + M\nY ~ H", {"second_order": "embedded"}),
        (BASE + "Z =~ age\nH <~ X + M\nY ~ H + Z + H:Z", {}),
    ],
)
@pytest.mark.parametrize("holes", [False, True])
def test_a_draw_equals_a_refit_on_its_rows(text, options, holes):
    data = people(90)
    if holes:
        data.loc[[1, 5, 44], "x1"] = np.nan
        data.loc[[5, 6], "m2"] = np.nan
        data.loc[[7], "x2"] = np.nan
    rows = np.random.default_rng(8).integers(0, 90, (4, 90))
    drawn = fit_pls(text, data, **options).bootstrap(rows=rows, what=EVERYTHING)
    for k, own in enumerate(rows):
        again = values(fit_pls(text, data.iloc[own].reset_index(drop=True), **options))
        named = drawn.estimates.iloc[k]
        found = {name: named[name] for name in again if name in drawn.names}
        assert len(found) > 10
        assert found == pytest.approx({name: again[name] for name in found}, abs=REFIT)


def test_the_same_draws_whatever_the_workers_and_the_length():
    model = fit_pls(TEXT, people())
    one = model.bootstrap(draws=600, seed=5, what=EVERYTHING)
    two = model.bootstrap(draws=600, seed=5, what=EVERYTHING, workers=2)
    pd.testing.assert_frame_equal(one.estimates, two.estimates, check_exact=True)
    short = model.bootstrap(draws=300, seed=5, what=EVERYTHING)
    pd.testing.assert_frame_equal(one.estimates.head(300), short.estimates, check_exact=True)
    rows = np.concatenate([streams.row_block(5, block, 256, 120) for block in range(3)])[:600]
    given = model.bootstrap(rows=rows, what=EVERYTHING)
    np.testing.assert_allclose(given.estimates, one.estimates, rtol=0, atol=1e-10)
    seen = []
    model.bootstrap(draws=300, seed=5, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(256, 300), (300, 300)]
    assert model.bootstrap(draws=2).seed is not None


def weak():
    rng = np.random.default_rng(11)
    data = people(60, 4)
    return data.assign(**{f"x{i}": rng.normal(size=60) for i in (1, 2, 3)})


def test_flips_are_counted_and_signs_can_be_set():
    model = fit_pls(TEXT, weak())
    drawn = model.bootstrap(draws=400, seed=2, what=EVERYTHING)
    said = next(note for note in drawn.notes if note.code == "PLS171")
    own = drawn.estimates[["X=~x1", "X=~x2", "X=~x3"]].to_numpy()
    point = model.loadings.query("construct == 'X'")["est"].to_numpy()
    by_hand = np.abs((point - own).sum(axis=1)) > np.abs((point + own).sum(axis=1))
    count = drawn.flips.set_index("construct")["draws"]["X"]
    assert count == by_hand.sum() > 20
    assert said.params["flipped"] >= count
    assert drawn.glance()["flipped"][0] == said.params["flipped"]
    turned = model.bootstrap(draws=400, seed=2, what=EVERYTHING, signs="construct")
    assert turned.flips["draws"].sum() == 0
    np.testing.assert_allclose(turned["M~X"].abs(), drawn["M~X"].abs(), rtol=1e-9)
    np.testing.assert_allclose(turned["M~X"][by_hand], -drawn["M~X"][by_hand], rtol=1e-9)
    each = model.bootstrap(draws=400, seed=2, what=EVERYTHING, signs="individual")
    weights = [f"w:X:x{i}" for i in (1, 2, 3)]
    signs = np.sign(model.loadings.query("construct == 'X'")["weight"].to_numpy())
    assert (np.sign(each.estimates[weights].to_numpy()) == signs).all()
    table = {
        name: b.tidy().query("name == 'M~X'")["t"].iloc[0] for name, b in (("none", drawn), ("one", turned))
    }
    assert table["one"] > table["none"]


def test_the_table_is_what_its_words_say():
    model = fit_pls(TEXT, people())
    drawn = model.bootstrap(draws=500, seed=9)
    row = drawn.tidy().query("name == 'Y~M' and method == 'percentile'").iloc[0]
    own = drawn["Y~M"]
    assert row["mean"] == pytest.approx(own.mean())
    assert row["se"] == pytest.approx(own.std(ddof=1))
    assert row["t"] == pytest.approx(abs(row["est"]) / own.std(ddof=1))
    assert row["ci_low"] == pytest.approx(np.quantile(own, 0.025), abs=0.01)
    table = drawn.intervals(("percentile",), level=0.9).set_index("name")
    assert table.loc["Y~M", "ci_low"] > row["ci_low"]


def test_improper_corrected_draws_are_counted():
    model = fit_pls(
        TEXT, weak().assign(x2=lambda d: d["x1"] + d["x2"], x3=lambda d: d["x1"] + d["x3"]), consistent=True
    )
    drawn = model.bootstrap(draws=200, seed=1)
    said = [note for note in drawn.notes if note.code == "PLS172"]
    assert said
    assert said[0].params["improper"] == drawn.glance()["improper"][0]


def test_types_of_mediation():
    rng = np.random.default_rng(2)
    n = 400
    x = rng.normal(size=n)
    made = {
        "complementary": (0.6, 0.5, 0.4),
        "competitive": (0.6, 0.6, -0.5),
        "indirect_only": (0.6, 0.6, 0.0),
        "direct_only": (0.0, 0.5, 0.6),
        "none": (0.0, 0.0, 0.0),
    }
    for kind, (a, b, c) in made.items():
        e, u = rng.normal(size=(2, n)) * 0.7
        m = a * x + e
        data = pd.DataFrame({"x": x, "m": m - (a == 0) * np.polyval(np.polyfit(x, m, 1), x)})
        y = b * data["m"] + c * x + u
        data["y"] = (
            y
            if c or b
            else u
            - np.column_stack([x, data["m"]])
            @ np.linalg.lstsq(np.column_stack([x, data["m"]]), u, rcond=None)[0]
        )
        if kind == "indirect_only":
            data["y"] = y - x * np.linalg.lstsq(np.column_stack([x, m]), y, rcond=None)[0][0]
        row = fit_pls("m ~ x; y ~ x + m", data).bootstrap(draws=500, seed=1).mediation().iloc[0]
        assert row["type"] == kind
        wanted = row["indirect"] / (row["indirect"] + row["direct"])
        if kind == "complementary":
            assert row["vaf"] == pytest.approx(wanted)
        else:
            assert np.isnan(row["vaf"])
