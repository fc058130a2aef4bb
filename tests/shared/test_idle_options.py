"""Every option of a door does something in the call it is given in, or the result says that it does not.

A row is a door, what it is called with, and the option that is added. ``EFFECT``: the numbers change.
``IDLE``: they are the same to the last digit, and a note GEN013 names the option.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import umkm_stats as us
from umkm_stats import examples, messages
from umkm_stats.errors import UsageError
from umkm_stats.mediation import Estimation, Paths, Resampling
from umkm_stats.results import jsonable

ANSWERS, SCALES = examples.answers(), examples.SCALES
N = len(ANSWERS)
HALVES = np.array(["a", "b"])[np.arange(N) % 2]
WIDE = ANSWERS.assign(half=HALVES, z=np.arange(N) * 7 % 11)
FIRMS = examples.firms().assign(s=np.arange(N) % 4, w=1 + np.arange(N) % 3, z=np.arange(N) * 7 % 11)
CFA = "OI =~ OI1+OI2+OI3\nIP =~ IP1+IP2+IP3\nBP =~ BP1+BP2+BP3"
OBSERVED = "IP1 ~ OI1 + OI2\nBP1 ~ IP1 + OI1"
PATHS = "IP ~ OI\nBP ~ IP + OI"
PLS = f"{examples.MEASURES}\n{PATHS}"
ROWS = np.random.default_rng(1).integers(0, N, size=(40, N))
MEDIATED = {"x": "OI", "m": "IP", "y": "BP", "draws": 40, "seed": 1, "intervals": "percentile"}
DELTA = {**MEDIATED, "intervals": "delta"}
LATENT = {"model": examples.MODEL, "draws": 4, "seed": 1, "intervals": "delta"}
SEEDED = {"seed": 1, "draws": 100}
POWER = {"n": 50, "reps": 10, "interval": "joint", "seed": 1, "workers": 1}


def handed() -> Any:
    return us.fit(examples.MODEL, ANSWERS)


def first() -> Any:
    return us.cfa(ANSWERS, scales=SCALES, compare=())


def measure(**more: Any) -> Any:
    return us.measure(ANSWERS, **{"scales": SCALES, "steps": "reliability", "draws": 0, "seed": 1, **more})


def predict(**more: Any) -> Any:
    return examples.pls().predict(draws=40, seed=1, **more)


def grouped(**more: Any) -> Any:
    return us.invariance(ANSWERS, group=HALVES, scales=SCALES, **more)


def latent(source: Any = None, **more: Any) -> Any:
    return us.mediate_latent(handed() if source is None else source, **more)


SAVED = handed()
ONE_STEP = {"levels": ["configural"]}
MEANS, SDS = ANSWERS.mean(), ANSWERS.std()
MOMENTS = {"sample_cov": ANSWERS.cov(), "n_obs": N}
IDLE: list[tuple[Any, tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
    (us.fit, (CFA, ANSWERS), {}, {"group_equal": "loadings"}),
    (us.fit, (CFA, ANSWERS), {}, {"group_partial": "OI=~OI2"}),
    (us.fit, (CFA, WIDE), {"group": "half"}, {"group_partial": "OI=~OI2"}),
    (us.fit, (OBSERVED, ANSWERS), {}, {"std_lv": True}),
    (us.fit, (OBSERVED, ANSWERS), {}, {"effect_coding": True}),
    (us.fit, ("f =~ OI1+OI2+OI3", ANSWERS), {}, {"orthogonal": True}),
    (us.fit, (f"{CFA}\nOI ~ z", WIDE), {"ordered": list(ANSWERS)}, {"fixed_x": False}),
    (us.cfa, (ANSWERS,), {"scales": SCALES, "compare": ()}, {"reversed_items": ["OI1"]}),
    (us.efa, (ANSWERS,), {"n_factors": 3}, {"runs": 50}),
    (us.validity, (SAVED,), {}, {"cut": 0.9}),
    (measure, (), {}, {"values": [1, 2, 3, 4, 5]}),
    (measure, (), {}, {"structure": "one_factor"}),
    (measure, (), {}, {"estimator": "MLR"}),
    (measure, (), {}, {"missing": "fiml"}),
    (measure, (), {"steps": ["items"]}, {"ordered": True}),
    (grouped, (), ONE_STEP, {"identification": "lavaan"}),
    (grouped, (), ONE_STEP, {"release": 1}),
    (us.scores, (None,), {"kind": "factor", "fit": SAVED}, {"scales": SCALES}),
    (us.scores, (None,), {"kind": "factor", "fit": SAVED}, {"minimum": 0.5}),
    (us.mediate, (FIRMS,), MEDIATED, {"center": True}),
    (us.mediate, (FIRMS,), MEDIATED, {"probes": "sd"}),
    (us.mediate, (FIRMS,), MEDIATED, {"weights_are": "frequency"}),
    (us.mediate, (FIRMS,), {**MEDIATED, "missing": "fiml"}, {"probes": "sd"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"model": "M2"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"estimator": "MLR"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"missing": "fiml"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"measurement": "items"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"ordered": ["OI1"]}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"group": "half"}),
    (latent, (SAVED,), {**LATENT, "model": "M1"}, {"estimation": Estimation(std_lv=True)}),
    (latent, (ANSWERS,), LATENT, {"measurement": "items"}),
    (latent, (ANSWERS,), LATENT, {"estimation": Estimation(group_equal="loadings")}),
    (latent, (ANSWERS,), LATENT, {"paths": Paths(probes="sd")}),
    (latent, (ANSWERS,), LATENT, {"resampling": Resampling(kind="parametric")}),
    (latent, (ANSWERS,), LATENT, {"resampling": Resampling(rows=ROWS)}),
    (us.power, ("umkm_inovasi",), {**POWER, "n": 60, "reps": 1}, {"standardized": True}),
    (us.power, ("umkm_inovasi",), {**POWER, "n": 60, "reps": 1}, {"analysis": "scores"}),
    (us.fit_pls, (PLS, ANSWERS), {}, {"second_order": "embedded"}),
    (us.fit_pls, (PLS, ANSWERS), {}, {"moderation": "orthogonal"}),
    (us.fit_pls, (PLS, ANSWERS), {}, {"measurement": "second_order"}),
    (us.fit_pls, ("OI <~ OI1+OI2\nIP =~ IP1\nIP ~ OI", ANSWERS), {}, {"consistent": True}),
    (us.regress, (FIRMS,), {"y": "BP", "x": ["OI", "IP"], "intervals": ()}, {"probes": "percentiles"}),
    (
        us.measurement.inter_rater,
        (ANSWERS.iloc[:, :2],),
        {"scale": "nominal", **SEEDED},
        {"weights": "linear"},
    ),
    (us.measurement.omega, (ANSWERS,), {"groups": SCALES, "method": "bifactor"}, {"n_factors": 4}),
    (us.measurement.item_analysis, (ANSWERS,), {"scales": SCALES}, {"classes": 4}),
    (predict, (), {"folds": np.arange(N) % 3}, {"k": 5}),
    (predict, (), {"folds": np.arange(N) % 3}, {"repetitions": 4}),
]
EFFECT: list[tuple[Any, tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
    (us.fit, (CFA, WIDE), {"group": "half"}, {"group_equal": "loadings"}),
    (us.fit, (CFA, WIDE), {"group": "half", "group_equal": "loadings"}, {"group_partial": "OI=~OI2"}),
    (us.fit, (CFA, ANSWERS), {}, {"std_lv": True}),
    (us.fit, (CFA, ANSWERS), {}, {"effect_coding": True}),
    (us.fit, (CFA, ANSWERS), {}, {"orthogonal": True}),
    (us.fit, (OBSERVED, ANSWERS), {}, {"fixed_x": False}),
    (us.fit, (CFA,), MOMENTS, {"sample_mean": MEANS}),
    (us.fit, (CFA,), {"sample_cov": ANSWERS.corr(), "n_obs": N}, {"sample_sd": SDS}),
    *((us.fit, (CFA, ANSWERS), {"estimator": name}, {"information": "observed"}) for name in ("ML", "GLS")),
    (us.fit, (CFA, ANSWERS), {"estimator": "MLR"}, {"information": "expected"}),
    (us.efa, (ANSWERS,), {"seed": 1}, {"runs": 20}),
    (us.validity, (SAVED,), {"tests": True}, {"cut": 0.9}),
    (measure, (), {"steps": ["items"]}, {"values": [0, 1, 2, 3, 4, 5, 6]}),
    (measure, (), {}, {"ordered": True}),
    (us.mediate, (FIRMS,), {**MEDIATED, "moderator": "z"}, {"center": True}),
    (us.mediate, (FIRMS,), {**MEDIATED, "moderator": "z"}, {"probes": "sd"}),
    (us.mediate, (FIRMS,), {**MEDIATED, "weights": "w"}, {"weights_are": "frequency"}),
    (us.mediate, (FIRMS,), MEDIATED, {"strata": "s"}),
    (us.mediate, (FIRMS,), MEDIATED, {"rows": ROWS}),
    (us.mediate, (FIRMS,), MEDIATED, {"errors": "HC3"}),
    (
        latent,
        (ANSWERS,),
        {**LATENT, "intervals": "percentile"},
        {"resampling": Resampling(kind="parametric")},
    ),
    (us.fit_pls, (PLS + " + OI:IP", ANSWERS), {}, {"moderation": "orthogonal"}),
    (us.measurement.inter_rater, (ANSWERS.iloc[:, :2],), SEEDED, {"weights": "linear"}),
    (us.measurement.omega, (ANSWERS,), {}, {"n_factors": 4}),
    (us.measurement.item_analysis, (ANSWERS,), {"scales": SCALES, "values": [1, 2, 3, 4, 5]}, {"classes": 4}),
    (us.fit_pls, (PLS, ANSWERS), {}, {"consistent": True}),
    (us.fit_pls, (PLS, ANSWERS), {}, {"scheme": "centroid"}),
    (
        us.regress,
        (FIRMS,),
        {"y": "BP", "x": "OI", "moderator": "z", "intervals": ()},
        {"probes": "percentiles"},
    ),
]
NOT_NUMBERS = ("seed", "notes", "options", "workers", "resolved")


def named(rows: list[Any]) -> list[Any]:
    return [
        pytest.param(*row, id=f"{number}-{row[0].__name__}-{next(iter(row[3]))}")
        for number, row in enumerate(rows)
    ]


def numbers(found: Any) -> str:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(entry) for key, entry in value.items() if key not in NOT_NUMBERS}
        return [bare(entry) for entry in value] if isinstance(value, list) else value

    return json.dumps(bare(jsonable(found.to_dict())), sort_keys=True, default=str)


def said(found: Any) -> set[str]:
    return {note.params["option"] for note in found.notes if note.code == "GEN013"}


@pytest.mark.parametrize(("door", "given", "base", "more"), named(IDLE))
def test_an_option_without_effect_is_named(door, given, base, more):
    (option,) = more
    inside = {
        "resampling": {"kind", "rows"},
        "paths": {"probes"},
        "estimation": {"estimation", "group_equal"},
    }
    plain, changed = door(*given, **base), door(*given, **{**base, **more})
    assert numbers(plain) == numbers(changed)
    assert said(plain) == set()
    assert len(said(changed)) == 1
    assert said(changed) <= inside.get(option, {option})
    for lang in messages.languages():
        (note,) = [note for note in changed.notes if note.code == "GEN013"]
        assert f"needs.{note.params['needs']}" not in note.message(lang)


@pytest.mark.parametrize(("door", "given", "base", "more"), named(EFFECT))
def test_an_option_with_effect_changes_numbers_and_is_not_named(door, given, base, more):
    plain, changed = door(*given, **base), door(*given, **{**base, **more})
    assert numbers(plain) != numbers(changed)
    assert said(plain) == said(changed) == set()


@pytest.mark.parametrize("more", [{"strata": "s"}, {"rows": ROWS}])
def test_strata_and_rows_without_drawn_intervals_reach_standardised_effects_alone(more):
    plain, changed = us.mediate(FIRMS, **DELTA), us.mediate(FIRMS, **DELTA, **more)
    pd.testing.assert_frame_equal(plain.tidy(), changed.tidy())
    assert said(changed) == set(more)
    assert said(plain) == set()


def test_steps_that_do_not_exist_are_refused():
    for steps in ("validty", ["reliability", "validty"]):
        with pytest.raises(UsageError) as caught:
            measure(steps=steps)
        assert caught.value.code == "GEN002"
    assert measure(steps="reliability").tidy()["step"].tolist() == ["reliability"]


def test_means_that_are_given_are_in_the_model_as_in_lavaan():
    """lavaan 0.6-14 turns the mean structure on: 9 parameters for 6 of ``f =~ x1 + x2 + x3``."""
    found = us.fit("f =~ OI1+OI2+OI3", **MOMENTS, sample_mean=MEANS)
    assert found.indices["npar"] == 9
    assert us.fit("f =~ OI1+OI2+OI3", **MOMENTS).indices["npar"] == 6
    assert us.fit("f =~ OI1+OI2+OI3", **MOMENTS, sample_mean=MEANS, meanstructure=False).indices["npar"] == 6
