"""The bundled instrument's models on simulated answers, from `Responses`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from umkm_stats import UsageError, fit, load_instrument, mediate_latent, read_responses, simulate_responses
from umkm_stats.mediation import Estimation

from .test_scores import cell


@pytest.fixture(name="answers", scope="module")
def _answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    instrument = load_instrument("umkm_inovasi")
    made = simulate_responses(instrument, population="M4", n=300, form="pendek", seed=3)
    path: Path = made.write(tmp_path_factory.mktemp("answers") / "answers.csv")
    return read_responses(path, instrument)


def test_m1_on_dimension_means(answers: Any) -> None:
    found = mediate_latent(answers, model="M1", measurement="dimension_means", draws=200, seed=1)
    assert (found.spec.x, found.spec.m, found.spec.y) == (("PI",), ("OI",), ("NP",))
    by_label = found.fit.estimates.set_index("label")["est"] if found.fit else {}
    assert cell(found.effects, "indirect", "delta")["est"] == pytest.approx(by_label["indirect"], rel=1e-9)
    assert cell(found.effects, "total", "delta")["est"] == pytest.approx(by_label["total"], rel=1e-9)
    for method in ("percentile", "bca", "monte_carlo"):
        row = cell(found.effects, "indirect", method)
        assert row["ci_low"] < row["est"] < row["ci_high"]


def test_the_paths_of_m1_are_free_in_each_group(tmp_path: Path) -> None:
    instrument = load_instrument("umkm_inovasi")
    made = simulate_responses(instrument, population="M4", n=300, form="pendek", seed=3)
    responses = read_responses(made.write(tmp_path / "answers.csv"), instrument)
    responses.respondents["half"] = np.where(np.arange(len(responses.respondents)) % 2, "odd", "even")
    options: dict[str, Any] = {"measurement": "dimension_means", "intervals": "monte_carlo", "seed": 1}
    found = mediate_latent(
        responses, model="M1", group="half", estimation=Estimation(group_equal="loadings"), **options
    )
    gap = cell(found.effects, "difference_indirect", "delta")
    each = [
        cell(found.effects, "indirect", "delta", f"PI -> OI -> NP [{half}]")["est"]
        for half in ("even", "odd")
    ]
    assert abs(gap["est"]) == pytest.approx(abs(each[0] - each[1]), rel=1e-9)
    assert abs(gap["est"]) > 1e-3
    assert "MED213" not in [note.code for note in found.notes]


def test_m1_and_m2_are_equivalent(answers: Any) -> None:
    both = [
        mediate_latent(answers, model=key, measurement="dimension_means", intervals="monte_carlo", seed=1)
        for key in ("M1", "M2")
    ]
    values = [found.fit.x2 for found in both if found.fit is not None]
    assert abs(values[0] - values[1]) < 1e-5


def test_m3_is_serial(answers: Any) -> None:
    found = mediate_latent(
        answers, model="M3", measurement="dimension_means", intervals="monte_carlo", seed=1
    )
    rows = found.effects
    paths = set(rows[rows["effect"] == "indirect"]["path"])
    assert "PI -> OI -> ACAP -> NP" in paths
    assert len(paths) == 3


def test_m4_builds_double_centred_products(answers: Any) -> None:
    found = mediate_latent(answers, model="M4", measurement="dimension_means", seed=1)
    assert found.spec.moderators == ("ACAP",)
    assert found.fit is not None
    assert found.ledger["requested"] == 0
    by_label = found.fit.estimates.set_index("label")["est"]
    assert cell(found.effects, "index", "delta")["est"] == pytest.approx(by_label["index"], rel=1e-9)
    assert (found.effects["effect"] == "conditional_indirect").any()
    products = [name for name in found.fit.observed if name.startswith("OI") and "x" in name]
    assert products
    columns = found.fit.arrays[0][:, [found.fit.observed.index(name) for name in products]]
    assert np.abs(columns.mean(axis=0)).max() < 0.1
    assert "MED210" in [note.code for note in found.notes]


def test_a_covariate_that_was_not_asked_is_a_coded_error(answers: Any) -> None:
    with pytest.raises(UsageError) as caught:
        mediate_latent(answers, model="M1", group="NOWHERE")
    assert caught.value.code == "MED025"


def test_a_fit_is_used_as_it_is(answers: Any) -> None:
    instrument = answers.instrument
    data = answers.kept_items.join(instrument.dimension_means(answers.kept_items))
    text = instrument.model_syntax(
        "M1", items=list(answers.kept_items.columns), measurement="dimension_means"
    )
    own = mediate_latent(fit(text, data), intervals="monte_carlo", seed=1)
    other = mediate_latent(
        answers, model="M1", measurement="dimension_means", intervals="monte_carlo", seed=1
    )
    assert cell(own.effects, "indirect", "monte_carlo").equals(cell(other.effects, "indirect", "monte_carlo"))
