"""Populations from text: the covariances of lavaan's simulateData, and standardised ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from umkm_stats.planning._population_text import read_population

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "lavaan_populations.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["text"].splitlines()[0])
def test_covariances_are_lavaans(case):
    """lavaan 0.6-14 simulateData(empirical = TRUE): 400 rows whose covariances with divisor N are exact, to
    1e-7."""
    population = read_population(case["text"])
    at = [population.place(name) for name in case["names"]]
    expected = np.array(case["cov"]).reshape(len(at), len(at)) * 399 / 400
    np.testing.assert_allclose(population.cov[np.ix_(at, at)], expected, atol=1e-7)


def test_standardised_variances_are_one():
    text = "X =~ .7*x1 + .6*x2\nM =~ .7*m1 + .6*m2\nM ~ .4*X\nx1 ~~ .1*x2"
    population = read_population(text, standardized=True)
    np.testing.assert_allclose(np.diagonal(population.cov), 1.0, atol=1e-12)
    product = read_population("x ~~ .5*w\nm ~ .3*x + .2*w + .1*x:w", standardized=True)
    assert product.cov[product.place("m"), product.place("m")] == pytest.approx(1.0)
    assert product.cov[product.place("x:w"), product.place("x:w")] == pytest.approx(1.25)


def test_products_are_generated():
    population = read_population("m ~ .5*x + .3*x:w")
    rows = population.generator.rows(
        np.random.default_rng(1).normal(size=(200_000, population.generator.root.shape[1]))
    )
    x, w, both, m = (rows[:, population.place(name)] for name in ("x", "w", "x:w", "m"))
    np.testing.assert_allclose(both, x * w)
    slopes = np.linalg.lstsq(np.stack([np.ones(len(x)), x, w, both], axis=1), m, rcond=None)[0]
    np.testing.assert_allclose(slopes, [0, 0.5, 0, 0.3], atol=0.02)


def test_labels_and_definitions_are_kept():
    population = read_population("m ~ a*.4*x + start(.2)*z\ny ~ b*.3*m\nab := a*b")
    stated = {(s.term.lhs, s.term.rhs): (s.value, s.label) for s in population.terms}
    assert stated["m", "x"] == (0.4, "a")
    assert stated["m", "z"] == (0.2, "")
    assert [d.name for d in population.model.definitions] == ["ab"]
