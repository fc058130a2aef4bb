"""What a result hands out: protocol, tables, words; instruments and their models as sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import umkm_stats
from pls.tables import tables
from pls.test_faults import BASE, TEXT, people
from umkm_stats import fit_pls, load_instrument, read_responses
from umkm_stats.errors import UsageError
from umkm_stats.results import Result

SHOP = Path(__file__).resolve().parents[2] / "examples" / "kedai_kopi"


@pytest.fixture(scope="module", name="model")
def _model():
    return fit_pls(TEXT, people())


@pytest.fixture(scope="module", name="shop")
def _shop():
    return read_responses(SHOP / "answers.csv", load_instrument(SHOP))


@pytest.fixture(scope="module", name="umkm")
def _umkm():
    instrument = load_instrument("umkm_inovasi")
    return read_responses(Path(instrument.origin).parent / "demo" / "jawaban_simulasi.xlsx", instrument)


def test_protocol(model):
    drawn = model.bootstrap(draws=50, seed=1)
    for result in (model, drawn):
        assert isinstance(result, Result)
        json.dumps(result.to_dict(), allow_nan=False)
        for lang in ("en", "id"):
            assert "?" not in result.summary(lang)
        assert len(result.glance()) == 1
        assert len(result.tidy())
    assert "Seed (nilai awal acak): 1" in drawn.summary("id")
    assert "koefisien" in model.summary("id").lower()


def test_direct_plus_indirect_is_total(model):
    effects = model.effects.set_index(["effect", "path"])["est"]
    direct, total = effects["direct", "X -> Y"], effects["total", "X -> Y"]
    indirect = effects["indirect", "X -> M -> Y"]
    assert total == pytest.approx(direct + indirect, abs=1e-12)
    assert indirect == pytest.approx(effects["direct", "X -> M"] * effects["direct", "M -> Y"], abs=1e-12)
    assert effects["total_indirect", "X -> Y"] == pytest.approx(indirect, abs=1e-12)


def test_scores_have_the_correlations_and_loadings_of_the_tables(model):
    scores = model.scores
    np.testing.assert_allclose(scores.corr(), model.correlations, atol=1e-12)
    np.testing.assert_allclose(scores.std(), 1.0, atol=1e-12)
    item = model.data.loc[scores.index, "m2"]
    assert scores["M"].corr(item) == pytest.approx(model.cross_loadings.loc["m2", "M"], abs=1e-12)
    assert model.fornell_larcker.loc["X", "X"] == pytest.approx(
        np.sqrt(model.quality.set_index("construct")["ave"]["X"])
    )


def test_item_and_row_order_and_units_change_nothing(model):
    data = people()
    changed = data.sample(frac=1.0, random_state=4).assign(x1=lambda d: 10 * d["x1"] + 3)
    text = TEXT.replace("x1 + x2 + x3", "x3 + x1 + x2")
    found, wanted = tables(fit_pls(text, changed)), tables(model)
    for name in ("paths", "loadings", "r2", "quality"):
        assert found[name] == pytest.approx(wanted[name], abs=1e-9)


def test_fewer_names_than_rows_and_a_saturated_fit(model):
    row = model.fit.set_index("model")
    assert row.loc["saturated", "srmr"] == pytest.approx(row.loc["estimated", "srmr"])
    product = fit_pls(TEXT + " + X:M", people())
    assert product.fit.set_index("model").loc["estimated"].isna().all()
    assert product.fit.set_index("model").loc["saturated"].notna().all()


def test_model_of_an_instrument_either_way_round(shop):
    one, two = fit_pls("M1", shop), fit_pls(model="M1", data=shop)
    assert tables(one)["paths"] == tables(two)["paths"]
    assert one.key == "M1"
    assert one.constructs == ("PL", "KP", "LY")
    text = "PL =~ PL1 + PL2 + PL3; KP =~ KP1 + KP2 + KP3; LY =~ LY1 + LY2 + LY3; KP ~ PL; LY ~ PL + KP"
    assert tables(fit_pls(text, shop))["paths"] == pytest.approx(tables(one)["paths"], abs=1e-12)


def test_instrument_models_with_moderator_covariates_and_dimensions(umkm):
    moderated = fit_pls("M4", umkm)
    assert moderated.compiled.products
    adjusted = fit_pls("M1A", umkm)
    told = [note.params["name"] for note in adjusted.notes if note.code == "PLS158"]
    roles = umkm.instrument.structural("M1A")
    assert set(told) | set(adjusted.constructs) >= set(roles.covariates)
    flat, second = fit_pls("M1", umkm), fit_pls("M1", umkm, measurement="second_order")
    assert flat.constructs == second.constructs
    assert second.stage_one is not None
    assert set(second.structure.dimensions) <= set(second.stage_one.constructs)
    assert flat.stage_one is None
    both = (tables(model)["paths"] for model in (flat, second))
    assert next(both) == pytest.approx(next(both), abs=0.2)


def test_a_covariate_that_does_not_vary_is_left_out_and_said(umkm):
    name = next(name for name in umkm.instrument.structural("M1A").covariates if name in umkm.respondents)
    same = replace(umkm, respondents=umkm.respondents.assign(**{name: 1.0}))
    found = fit_pls("M1A", same)
    assert [note.params["name"] for note in found.notes if note.code == "PLS158"] == [name]
    assert name not in found.constructs


def test_wrong_keys_are_refused(shop):
    with pytest.raises(UsageError) as caught:
        fit_pls("M9", shop)
    assert caught.value.code in ("GEN001", "GEN002")
    with pytest.raises(UsageError) as caught:
        fit_pls(None, shop)
    assert caught.value.code == "PLS117"


def test_second_order_tables_name_dimensions_first():
    model = fit_pls(BASE + "H =~ X + M\nY ~ H", people())
    assert list(dict.fromkeys(model.loadings["construct"])) == ["X", "M", "Y", "H"]
    assert list(model.quality["construct"]) == ["X", "M", "Y", "H"]
    drawn = model.bootstrap(draws=20, seed=1, what=("loadings", "weights"))
    assert {"X=~x1", "H=~X", "w:H:M", "Y=~y1"} <= set(drawn.names)


def test_the_door_stands_at_the_top():
    assert umkm_stats.fit_pls is fit_pls
