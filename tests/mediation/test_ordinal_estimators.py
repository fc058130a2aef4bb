"""Every estimator for ordered answers can be named for answers to an instrument."""

import numpy as np
import pandas as pd
import pytest

from small_study import write_answers, write_instrument
from umkm_stats import fit, load_instrument, mediate_latent, read_responses
from umkm_stats.sem import ESTIMATORS


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    instrument = load_instrument(write_instrument(folder))
    return read_responses(write_answers(folder, instrument, n=260), instrument)


@pytest.mark.parametrize(
    "name", [name for name, entry in ESTIMATORS.items() if entry.ordinal and name != "WLS"]
)
def test_answers_to_an_instrument_are_categories_for_every_ordinal_estimator(answers, name):
    found = mediate_latent(
        answers, model="M1", measurement="items", estimator=name, draws=10, seed=1, intervals=("delta",)
    )
    assert set(found.fit.estimates.query("op == '|'")["lhs"]) == set(answers.kept_items.columns)


@pytest.fixture(scope="module")
def mediated():
    rng = np.random.Generator(np.random.Philox(key=8))
    x = rng.standard_normal(400)
    m = 0.6 * x + rng.standard_normal(400)
    y = 0.5 * m + 0.1 * x + rng.standard_normal(400)
    data = pd.DataFrame({"x": x, "m": np.searchsorted((-0.8, 0.3, 1.2), m), "y": y})
    found = fit("m ~ a*x\ny ~ b*m + c*x\nab := a*b", data, ordered=["m"], estimator="WLSMV")
    return found, mediate_latent(found, draws=30, seed=2)


def test_an_ordinal_mediator_reaches_the_effects(mediated):
    found, result = mediated
    estimates = found.estimates.set_index("label")["est"]
    effects = result.effects.query("method == 'delta' and effect == 'indirect'").iloc[0]
    assert effects["est"] == pytest.approx(estimates["ab"], abs=1e-10)
    assert effects["est"] == pytest.approx(0.3, abs=0.12)
    assert "SEM421" in {note.code for note in result.notes}


def test_its_standardised_effect_is_that_of_the_fit(mediated):
    found, result = mediated
    wanted = found.standardized().set_index("label")["est"]["ab"]
    sizes = result.sizes.query("effect == 'indirect' and scale == 'std_xy'")
    assert sizes["est"].to_numpy() == pytest.approx(np.full(len(sizes), wanted), abs=1e-8)
    low, high = sizes["ci_low"].iloc[0], sizes["ci_high"].iloc[0]
    assert low < wanted < high
