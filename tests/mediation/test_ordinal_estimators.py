"""Every estimator for ordered answers can be named for answers to an instrument."""

import pytest

from small_study import write_answers, write_instrument
from umkm_stats import load_instrument, mediate_latent, read_responses
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
