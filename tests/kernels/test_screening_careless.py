"""Careless-answering measures against R (definitions of careless 1.2 written out in base R) and brute
force."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umkm_stats.kernels.screening import careless as screening_careless
from umkm_stats.kernels.screening import missing_normal

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "r_screening_careless.json").read_text(encoding="utf-8")
)
X = np.array(REFERENCE["x"], dtype=float)
EXACT = {"rtol": 1e-10, "atol": 1e-12}  # the same algebra in two programs


def expected(name):
    return np.array(REFERENCE[name], dtype=float)


def test_runs_and_irv():
    found = screening_careless.runs(X)
    np.testing.assert_allclose(found.longest, expected("longest"), **EXACT)
    np.testing.assert_allclose(found.average, expected("average"), **EXACT)
    np.testing.assert_allclose(screening_careless.irv(X), expected("irv"), **EXACT)


def test_even_odd_is_consistency_so_low_is_suspect():
    scales = [np.arange(4 * s, 4 * s + 4) for s in range(5)]
    found = screening_careless.even_odd(X, scales)
    wanted = expected("even_odd")
    known = ~np.isnan(wanted)
    np.testing.assert_allclose(found[known], wanted[known], rtol=1e-9, atol=1e-9)
    assert np.isnan(found[2])
    assert np.isnan(screening_careless.even_odd(X, scales[:2])).all()


def test_synonyms():
    found = screening_careless.pair_score(X, critical=REFERENCE["critical"])
    assert len(found.pairs) == REFERENCE["pairs"]
    wanted = expected("synonyms")
    known = ~np.isnan(wanted)
    np.testing.assert_allclose(found.score[known], wanted[known], rtol=1e-9, atol=1e-9)
    assert np.isnan(screening_careless.pair_score(X, critical=0.999).score).all()
    turned = screening_careless.pair_score(
        np.concatenate([X[:, :10], 6 - X[:, 10:]], axis=1), critical=0.3, antonyms=True
    )
    assert len(turned.pairs) >= 3


def test_distances_of_complete_rows():
    d2, count, p = missing_normal.distances(np.array(REFERENCE["full8"], dtype=float))
    np.testing.assert_allclose(d2, expected("d2"), rtol=1e-9)
    np.testing.assert_allclose(p, expected("d2_p"), rtol=1e-8)
    assert (count == 8).all()


def test_distances_with_gaps_use_the_observed_block():
    rng = np.random.default_rng(4)
    x = rng.multivariate_normal(np.zeros(4), np.eye(4) + 0.5, 60)
    y = x.copy()
    y[3, 2] = np.nan
    y[5] = np.nan
    d2, count, p = missing_normal.distances(y)
    assert count.tolist()[3:6] == [3, 4, 0]
    assert np.isnan(d2[5])
    assert np.isnan(p[5])
    whole, _, _ = missing_normal.distances(x)
    np.testing.assert_allclose(np.delete(d2, [3, 5]), np.delete(whole, [3, 5]), rtol=0.2, atol=0.3)


def brute_gnormed(x, categories):
    n, k = x.shape
    m = categories - 1
    steps = ((x - 1)[:, :, None] > np.arange(m)).reshape(n, -1).astype(int)
    order = np.argsort(-steps.mean(axis=0), kind="stable")

    def errors(v):
        v = v[order]
        return sum(int(v[h]) * int((v[:h] == 0).sum()) for h in range(len(v)))

    most = {}
    for answers in itertools.product(range(categories), repeat=k):
        v = (np.array(answers)[:, None] > np.arange(m)).reshape(-1).astype(int)
        most[sum(answers)] = max(most.get(sum(answers), 0), errors(v))
    return np.array([errors(v) / most[v.sum()] if most[v.sum()] else np.nan for v in steps])


@pytest.mark.parametrize(("k", "categories", "seed"), [(4, 4, 1), (5, 3, 2), (3, 5, 3), (6, 2, 4)])
def test_gnormed_equals_brute_force(k, categories, seed):
    x = np.random.default_rng(seed).integers(1, categories + 1, (25, k)).astype(float)
    np.testing.assert_array_equal(screening_careless.gnormed(x, categories), brute_gnormed(x, categories))


def test_gnormed_leaves_gaps_out():
    x = np.random.default_rng(1).integers(1, 6, (12, 5)).astype(float)
    x[4, 1] = np.nan
    found = screening_careless.gnormed(x, 5)
    assert np.isnan(found[4])
    np.testing.assert_array_equal(np.delete(found, 4), screening_careless.gnormed(np.delete(x, 4, axis=0), 5))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.integers(1, 5).map(float), st.just(float("nan"))), min_size=6, max_size=6),
        min_size=1,
        max_size=8,
    )
)
def test_runs_equal_their_definition(rows):
    found = screening_careless.runs(np.array(rows))
    for row, longest, average in zip(rows, found.longest, found.average, strict=True):
        if all(np.isnan(v) for v in row):
            assert np.isnan(longest)
            continue
        lengths = [1]
        for a, b in itertools.pairwise(row):
            if a == b:
                lengths[-1] += 1
            else:
                lengths.append(1)
        assert longest == max(lengths)
        assert average == pytest.approx(sum(lengths) / len(lengths))
