"""Model text: labels and derived names by role, the levels of measurement, and that ``fit`` accepts all of
it."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats.errors import UsageError
from umkm_stats.instrument._loading import parse
from umkm_stats.sem import fit


def lines(text: str) -> set[str]:
    return {line for line in text.splitlines() if line and not line.startswith("#")}


@pytest.fixture(scope="module")
def answers(inovasi) -> pd.DataFrame:
    """300 rows of simulated item scores with one general cause, constructs and dimensions; observed
    covariates."""
    rng = np.random.default_rng(20261124)
    n = 300
    general = rng.normal(size=n)
    columns = {}
    for construct in inovasi.constructs:
        cause = 0.6 * general + 0.8 * rng.normal(size=n)
        parts = {dimension.code: cause + 0.5 * rng.normal(size=n) for dimension in construct.dimensions}
        for item in inovasi.items:
            if item.construct == construct.code:
                columns[item.code] = 0.8 * parts.get(item.dimension, cause) + 0.6 * rng.normal(size=n)
    columns["ASTRAIN"] = rng.poisson(3, n).astype(float)
    columns["ASFAIR"] = rng.poisson(2, n).astype(float)
    return pd.DataFrame(columns)


def data_for(inovasi, answers, key, measurement):
    return pd.concat(
        [
            answers,
            inovasi.dimension_means(answers),
            inovasi.product_indicators(answers, key, measurement=measurement),
        ],
        axis=1,
    )


def test_the_main_model(inovasi):
    core = [item.code for item in inovasi.items_of_form("inti")]
    text = lines(inovasi.model_syntax("M1", items=core))
    assert text >= {
        "PI =~ PID + PIF + PIS + PIN",
        "PIF =~ PIF1 + PIF2 + PIF4",
        "OI =~ OII + OIO + CC",
        "NP =~ BE + MP + MR + CS + CL",
        "OI ~ a*PI",
        "NP ~ b*OI + cp*PI",
        "indirect := a*b",
        "total := cp + a*b",
    }
    assert len(text) == 19


def test_the_rival_swaps_places(inovasi):
    text = lines(inovasi.model_syntax("M2", measurement="dimension_means"))
    assert {"PI ~ a*OI", "NP ~ b*PI + cp*OI", "OI =~ OII + OIO + CC"} <= text


def test_serial_routes(inovasi):
    text = lines(inovasi.model_syntax("M3", measurement="items"))
    assert {
        "ACAP ~ a2*PI + d21*OI",
        "NP ~ b1*OI + b2*ACAP + cp*PI",
        "indirect_OI := a1*b1",
        "indirect_ACAP := a2*b2",
        "indirect_OI_ACAP := a1*d21*b2",
        "indirect := a1*b1 + a2*b2 + a1*d21*b2",
        "total := cp + a1*b1 + a2*b2 + a1*d21*b2",
    } <= text


def test_moderation_names_its_product_columns(inovasi, answers):
    text = lines(inovasi.model_syntax("M4", measurement="dimension_means"))
    assert {
        "OIxACAP =~ OIIxACQ + OIOxASM + CCxTRF",
        "NP ~ b*OI + cp*PI + wb*ACAP + bw*OIxACAP",
        "index := a*bw",
    } <= text
    products = inovasi.product_indicators(answers, "M4")
    assert list(products.columns) == ["OIIxACQ", "OIOxASM", "CCxTRF"]
    means = inovasi.dimension_means(answers)
    first = (means.OII - means.OII.mean()) * (means.ACQ - means.ACQ.mean())
    np.testing.assert_allclose(products.OIIxACQ, first - first.mean(), atol=1e-12)
    assert inovasi.product_indicators(answers, "M1").shape == (300, 0)
    assert list(inovasi.product_indicators(answers, "M11").columns) == ["OIIxDCS1", "OIOxDCS4", "CCxDCS3"]
    direct = lines(inovasi.model_syntax("M12", measurement="items"))
    assert any(line.startswith("PIxMO =~ PID1xMO1 + PID2xMO4") for line in direct)
    assert "NP ~ b*OI + cp*PI + wc*MO + cpw*PIxMO" in direct


def test_outcomes_and_mediators_apart(inovasi):
    text = lines(inovasi.model_syntax("M1D"))
    assert {"BE ~ b_BE*OI + cp_BE*PI", "indirect_CL := a*b_CL", "BE ~~ MP", "BE =~ BE1 + BE2 + BE4"} <= text
    apart = lines(inovasi.model_syntax("M5A"))
    assert {"OI =~ OI1 + OI7 + OI3 + OI4 + OI8 + OI6", "CC =~ CC1 + CC2 + CC3", "OI ~~ CC"} <= apart
    assert inovasi.model_scales("M5A")["OI"] == [f"OI{number}" for number in (1, 7, 3, 4, 8, 6)]
    assert inovasi.model_scales("M1")["OI"][-3:] == ["CC1", "CC2", "CC3"]


def test_covariates_reach_the_predictor_too(inovasi):
    text = lines(inovasi.model_syntax("M1A", measurement="items"))
    assert {
        "PI ~ ASTRAIN + ASFAIR",
        "OI ~ a*PI + ASTRAIN + ASFAIR",
        "NP ~ b*OI + cp*PI + ASTRAIN + ASFAIR",
    } <= text


def test_several_predictors_and_a_comparison(inovasi):
    text = lines(inovasi.model_syntax("M13"))
    assert {"OI ~ a_KM*KM + a_NW*NW", "indirect_NW := a_NW*b", "total_KM := cp_KM + a_KM*b"} <= text
    assert "difference := cp_IR - cp_TR" in lines(inovasi.model_syntax("M14"))


def test_measurement_alone(inovasi):
    core = [item.code for item in inovasi.items_of_form("inti")]
    first = lines(inovasi.measurement_syntax("first_order", items=core))
    assert len(first) == 12
    assert "OIO =~ OI8 + OI6" in first
    assert "PI =~ PID + PIF + PIS + PIN" in lines(inovasi.measurement_syntax("second_order", items=core))
    assert lines(inovasi.measurement_syntax("dimension_means", items=core)) == {
        "PI =~ PID + PIF + PIS + PIN",
        "OI =~ OII + OIO + CC",
        "NP =~ BE + MP + MR + CS + CL",
    }
    assert lines(inovasi.measurement_syntax("items", items=core, constructs=["OI"])) == {
        "OI =~ OI1 + OI7 + OI3 + OI4 + OI8 + OI6 + CC1 + CC2 + CC3"
    }


def test_thin_constructs_fall_back_to_their_items(inovasi):
    few = ["ACQ2", "ASM1", "TRF2", "XPL1", "PI1", "OI1", "OI3", "OI8", "OI6"]
    assert lines(inovasi.measurement_syntax("second_order", items=few)) == {
        "ACAP =~ ACQ2 + ASM1 + TRF2 + XPL1",
        "OI =~ OI1 + OI3 + OI8 + OI6",
    }
    assert lines(inovasi.measurement_syntax("first_order", items=[*few, "CC1"])) == {
        "ACAP =~ ACQ2 + ASM1 + TRF2 + XPL1",
        "OII =~ OI1 + OI3",
        "OIO =~ OI8 + OI6",
        "OI =~ CC1",
    }


def test_a_model_without_its_items_is_refused(inovasi):
    core = [item.code for item in inovasi.items_of_form("inti")]
    with pytest.raises(UsageError) as caught:
        inovasi.model_syntax("M3", items=core)
    assert caught.value.code == "INS020"
    assert caught.value.params["construct"] == "ACAP"
    with pytest.raises(UsageError):
        inovasi.model_syntax("M99")
    with pytest.raises(UsageError):
        inovasi.model_syntax("M1", measurement="first_order")


def test_a_moderated_first_path(small):
    text = small.replace("    y: [YA]", "    y: [YA]\n    moderator: WA\n    moderates: [a]").replace(
        "questions:  ", "  - {code: WA, label: {id: W, en: W}}\nquestions:  "
    )
    extra = "".join(
        f"  - {{code: WA{n}, section: USAHA, construct: WA, text: {{id: Kami {n}., en: We {n}.}}}}\n"
        for n in (1, 2, 3)
    )
    instrument = parse(text.replace("  - code: CITY", extra + "  - code: CITY"))
    made = lines(instrument.model_syntax("M1"))
    assert {"MA ~ a*XA + wa*WA + aw*XAxWA", "XAxWA =~ XA1xWA1 + XA2xWA2 + XA3xWA3", "index := aw*b"} <= made


@pytest.mark.parametrize("measurement", ["second_order", "dimension_means", "items"])
def test_fit_accepts_the_main_models(inovasi, answers, measurement):
    for key in ("M1", "M2", "M3", "M4"):
        text = inovasi.model_syntax(key, measurement=measurement)
        fitted = fit(text, data_for(inovasi, answers, key, measurement))
        derived = set(fitted.estimates.query("op == ':='").lhs)
        assert {"indirect", "total"} <= derived
        assert np.isfinite(fitted.estimates.query("op == ':='").est).all()


def test_fit_accepts_every_other_model(inovasi, answers):
    for model in inovasi.models:
        text = inovasi.model_syntax(model.key, measurement="dimension_means")
        estimates = fit(text, data_for(inovasi, answers, model.key, "dimension_means")).estimates
        effects = {e for h in inovasi.hypotheses if model.key in h.models for e in h.effects}
        assert effects <= set(estimates.label) | set(estimates.query("op == ':='").lhs), model.key


def test_rival_models_fit_exactly_alike(inovasi, answers):
    one, two = (fit(inovasi.model_syntax(key, measurement="items"), answers) for key in ("M1", "M2"))
    assert abs(one.x2 - two.x2) < 1e-5
    assert one.df == two.df
