"""Logistic regression: R's glm, its draws, its refusals."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import UmkmError
from umkm_stats.kernels.draws import row_block
from umkm_stats.regression import logistic
from umkm_stats.results import Result


def test_numbers_of_glm(cars, by_r):
    found = logistic(cars, y="am", x=["mpg", "hp"], draws=200, seed=1)
    expected = by_r["logistic"]
    table = found.coefficients
    for ours, theirs in (("est", "est"), ("se", "se"), ("z", "z"), ("p", "p")):
        assert_allclose(table[ours], expected[theirs], rtol=1e-5)
    row = found.fits.iloc[0]
    assert_allclose(row["loglik"], expected["loglik"], rtol=1e-8)
    assert_allclose([row["chisq"], row["p"]], expected["lr"], rtol=1e-7)
    assert_allclose(table["odds_ratio"], np.exp(table["est"]))
    cox = 1 - np.exp(-row["chisq"] / 32)
    null = row["loglik"] - row["chisq"] / 2
    assert_allclose([row["cox_snell"], row["nagelkerke"]], [cox, cox / (1 - np.exp(2 * null / 32))])
    assert (row["events"], row["n"]) == (13, 32)


def test_draws_are_fits_of_the_drawn_rows(survey):
    data = survey.assign(BUY=(survey["Y"] > survey["Y"].median()).astype(int))
    found = logistic(data, y="BUY", x=["X1", "GROUP"], draws=256, seed=6, intervals=("percentile", "bca"))
    rows = row_block(6, 0, 256, len(data))
    fitted = [logistic(data.iloc[own], y="BUY", x=["X1", "GROUP"], intervals=()) for own in rows]
    drawn = np.array([entry.coefficients["est"] for entry in fitted])
    assert isinstance(found, Result)
    se = found.intervals.drop_duplicates("term")["se"]
    assert_allclose(se, drawn.std(axis=0, ddof=1), rtol=1e-6)
    limits = found.intervals[found.intervals["term"] == "X1"].set_index("method")
    est = found.coefficients.set_index("term").loc["X1", "est"]
    assert limits.loc["percentile", "ci_low"] < est < limits.loc["percentile", "ci_high"]
    assert_allclose(limits["est"], est)
    assert found.ledger["converged"] + found.ledger["failed"] == 256
    for lang in ("en", "id"):
        assert not re.search(r"\bnan\b", found.summary(lang))
        assert "Nagelkerke" in found.summary(lang)
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.glance()["seed"].iloc[0] == 6


def test_refusals(survey):
    data = survey.assign(BUY=(survey["X1"] > 3.5).astype(int))
    for code, call in (
        ("REG128", {"y": "Y", "x": "X1"}),
        ("REG129", {"y": "BUY", "x": "X1"}),
        ("REG104", {"y": "GROUP", "x": "X1"}),
        ("REG109", {"y": "BUY", "x": ["X2", "X3"]}),
    ):
        with pytest.raises(UmkmError) as caught:
            logistic(data.assign(X3=2 * data["X2"]), draws=20, seed=1, **call)
        assert caught.value.code == code


def test_few_rare_answers_and_failed_draws_are_said():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.normal(size=(25, 2)), columns=["A", "B"])
    data["Y"] = (rng.random(25) < 0.25).astype(int)
    found = logistic(data, y="Y", x=["A", "B"], draws=400, seed=2)
    codes = {note.code: note.params for note in found.notes}
    assert codes["REG167"]["rare"] == int(data["Y"].sum())
    assert codes["REG165"]["failed"] == found.ledger["failed"] > 0
