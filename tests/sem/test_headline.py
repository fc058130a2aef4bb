"""The fit indices that decide for an estimator: one home, read by summaries, frames, notes and reports."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umkm_stats.errors import UsageError
from umkm_stats.measurement import cfa, invariance
from umkm_stats.sem import CUTOFFS, DECIDING, cutoffs_of, fit, headline

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "lavaan_sem.json"
SCALES = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}


@pytest.fixture(scope="module")
def answers():
    """Two factors with a shared disturbance on a1 and b1 (the model misses it), five answer codes."""
    rng = np.random.default_rng(4)
    factors = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 260)
    shared = rng.normal(size=260)
    made = 0.7 * np.repeat(factors, 3, axis=1) + 0.7 * rng.normal(size=(260, 6))
    made[:, 0] += 0.8 * shared
    made[:, 3] += 0.8 * shared
    codes = np.digitize(made, [-1.2, -0.2, 0.5, 1.1]) + 1.0
    return pd.DataFrame(codes, columns=[code for members in SCALES.values() for code in members])


@pytest.mark.parametrize("call", [{"ordered": True}, {"estimator": "MLR"}, {"estimator": "MLM"}])
def test_a_scaled_estimator_shows_only_scaled_indices(answers, call):
    found = cfa(answers, scales=SCALES, compare=(), **call)
    given, row = found.fit.indices, found.glance().iloc[0]
    assert abs(given["rmsea_scaled"] - given["rmsea"]) > 1e-3  # else the test could not fail
    for name, key in {"chisq": "chisq", "pvalue": "pvalue", "cfi": "cfi", "tli": "tli"}.items():
        assert row[name] == given[f"{key}_scaled"]
    assert row["rmsea_ci_low"] == given["rmsea_ci_low_scaled"]
    assert row["rmsea_ci_high"] == given["rmsea_ci_high_scaled"]
    assert row["rmsea_ci_low"] <= row["rmsea"] <= row["rmsea_ci_high"]
    assert row["test"] == "scaled"
    assert found.comparison.loc[0, "rmsea"] == given["rmsea_scaled"]
    for text in (found.summary(), found.fit.summary()):
        line = next(entry for entry in text.splitlines() if "TLI" in entry and "SRMR" in entry)
        for name in ("cfi_scaled", "tli_scaled", "rmsea_scaled", "rmsea_ci_low_scaled"):
            assert f"{given[name]:.3f}" in line
        assert "caled" in line
    assert "Terskala (yang menentukan)" in found.fit.summary("id")


def test_a_plain_estimator_is_as_it_was(answers):
    found = cfa(answers, scales=SCALES, compare=())
    row = found.glance().iloc[0]
    assert row["test"] == "plain"
    assert row["cfi"] == found.fit.indices["cfi"]
    assert "caled" not in found.summary()


def test_missed_borders_are_judged_by_the_scaled_indices_and_named(answers):
    found = cfa(answers, scales=SCALES, compare=(), ordered=True)
    given = found.fit.indices
    plain = {name for name in DECIDING if not CUTOFFS["customary"].border(name).met(given[name])}
    decide = set(headline(found).missed("customary"))
    assert plain != decide  # WLSMV: the unscaled RMSEA or TLI keeps the border, the scaled one does not
    note = next(entry for entry in found.notes if entry.code == "MEA142")
    assert {name.lower() for name in note.params["names"]} == decide
    assert "Hu & Bentler" in note.message("en")
    assert "0.90" in note.message("en")


def test_the_set_of_borders_is_an_argument(answers):
    lenient = cfa(answers, scales=SCALES, compare=())
    strict = cfa(answers, scales=SCALES, compare=(), cutoffs="strict")
    named = [
        {name for note in found.notes if note.code == "MEA142" for name in note.params["names"]}
        for found in (lenient, strict)
    ]
    assert named[0] <= named[1]
    assert named[1]
    assert "0.95" in next(note for note in strict.notes if note.code == "MEA142").message("en")
    with pytest.raises(UsageError) as error:
        cfa(answers, scales=SCALES, cutoffs="strickt")
    assert error.value.code == "GEN002"


INDICES = {
    "chisq": 44.4,
    "df": 24.0,
    "pvalue": 0.007,
    "cfi": 0.943,
    "tli": 0.914,
    "rmsea": 0.078,
    "rmsea_ci_low": 0.040,
    "rmsea_ci_high": 0.113,
    "srmr": 0.052,
    "gfi": 0.938,
    "agfi": 0.885,
}


def test_verdict_follows_the_borders_of_the_set():
    found = headline(INDICES)
    assert found.verdict("customary") == "adequate"
    assert found.missed("customary") == ()
    assert found.verdict("strict") == "poor"
    assert found.missed("strict") == ("cfi", "tli", "rmsea")
    assert found.cmin_df == pytest.approx(1.85)
    judged = {entry.name: entry for entry in found.judged("strict")}
    assert judged["agfi"].met is False
    assert not judged["agfi"].decides
    assert headline(INDICES | {"cfi": math.nan}).verdict() == "adequate"
    assert headline(INDICES | {"cfi": math.nan, "tli": math.nan}).verdict() == "unavailable"
    assert cutoffs_of(CUTOFFS["strict"]) is CUTOFFS["strict"]
    with pytest.raises(KeyError):
        CUTOFFS["strict"].border("nfi")


def test_a_saturated_model_is_not_judged():
    one = fit(
        "A =~ a1 + a2 + a3",
        sample_cov=pd.DataFrame(
            [[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]],
            index=["a1", "a2", "a3"],
            columns=["a1", "a2", "a3"],
        ),
        n_obs=200,
    )
    found = headline(one)
    assert found.verdict() == "saturated"
    assert found.missed() == ()
    assert {entry.met for entry in found.judged()} == {None}
    assert math.isnan(found.cmin_df)


def test_invariance_reads_the_same_home(answers):
    groups = np.where(np.arange(len(answers)) % 2 == 0, "x", "y")
    found = invariance(answers, scales=SCALES, group=groups, estimator="MLR", levels=["configural"])
    given = found.fits["configural"].indices
    assert found.table.loc[0, "cfi"] == given["cfi_scaled"] != given["cfi"]
    assert found.table.loc[0, "chisq"] == given["chisq_scaled"]


@pytest.mark.parametrize(("estimator", "case"), [("MLR", "hs_mlr"), ("MLM", "hs_mlm")])
def test_glance_is_lavaans_scaled_column(estimator, case):
    """lavaan 0.6-14, Holzinger and Swineford, three factors; indices at 1e-5 (tests/reference)."""
    from semopy.examples import holzinger39

    lavaan = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"][case]["fit"]
    scales = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
    row = cfa(holzinger39.get_data(), scales=scales, compare=(), estimator=estimator).glance().iloc[0]
    for name, key in {
        "chisq": "chisq.scaled",
        "pvalue": "pvalue.scaled",
        "cfi": "cfi.scaled",
        "tli": "tli.scaled",
        "rmsea": "rmsea.scaled",
        "rmsea_ci_low": "rmsea.ci.lower.scaled",
        "rmsea_ci_high": "rmsea.ci.upper.scaled",
        "srmr": "srmr",
    }.items():
        assert row[name] == pytest.approx(lavaan[key], abs=1e-5, rel=1e-5), name
