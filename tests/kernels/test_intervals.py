"""Interval methods against R on the same 2,000 draws, against brute force, and where they must refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from umkm_stats.kernels.intervals import INTERVALS, Limits, acceleration, quantile, several
from umkm_stats.kernels.intervals._limits import Ordered
from umkm_stats.results import Unavailable

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "r_intervals_n30.json").read_text("utf-8"))
DRAWS = np.array(REFERENCE["draws"])
POINT, JACKKNIFE = REFERENCE["point"], np.array(REFERENCE["jackknife"])
SAME = 1e-8  # R 4.2.2, norm.inter at (B + 1)p, on the same draws


@pytest.mark.parametrize("method", ["percentile", "basic", "bc", "bca"])
def test_limits_equal_r(method: str) -> None:
    found = INTERVALS[method](POINT, DRAWS, JACKKNIFE, 0.95)
    assert isinstance(found, Limits)
    np.testing.assert_allclose([found.low, found.high], REFERENCE["limits"][method], rtol=0, atol=SAME)
    assert found.used == 2000
    assert not found.extreme


def test_bias_acceleration_and_p_equal_r() -> None:
    found = INTERVALS["bca"](POINT, DRAWS, JACKKNIFE, 0.95)
    assert isinstance(found, Limits)
    assert float(found.bias) == pytest.approx(REFERENCE["z0"], abs=1e-8)
    assert float(found.acceleration) == pytest.approx(REFERENCE["acceleration"], abs=1e-6)
    percentile = INTERVALS["percentile"](POINT, DRAWS, None, 0.95)
    assert isinstance(percentile, Limits)
    assert float(percentile.p) == pytest.approx(REFERENCE["p_percentile"], abs=1e-12)


def test_the_quantile_rule_is_not_numpys() -> None:
    ours = quantile(DRAWS, [0.025, 0.975])
    np.testing.assert_allclose(ours, REFERENCE["limits"]["percentile"], atol=SAME)
    assert np.abs(ours - REFERENCE["limits"]["percentile_type7"]).max() > 1e-4
    assert np.abs(ours - np.quantile(DRAWS, [0.025, 0.975])).max() > 1e-4


def test_a_table_of_draws_gives_the_same_as_its_columns() -> None:
    table = np.column_stack([DRAWS, -DRAWS, DRAWS**2])
    point = np.array([POINT, -POINT, POINT**2])
    left = np.column_stack([JACKKNIFE, -JACKKNIFE, JACKKNIFE**2])
    for name, together in several(("percentile", "basic", "bc", "bca"), point, table, left, 0.9).items():
        for k in range(3):
            alone = INTERVALS[name](point[k], table[:, k], left[:, k], 0.9)
            assert isinstance(alone, Limits)
            assert (together.low[k], together.high[k], together.p[k]) == (alone.low, alone.high, alone.p)


def test_missing_draws_are_left_out_and_counted() -> None:
    table = np.column_stack([DRAWS, DRAWS])
    table[:7, 1] = np.nan
    found = several(("percentile",), np.array([POINT, POINT]), table, None, 0.95)["percentile"]
    assert list(found.used) == [2000, 1993]
    expected = quantile(DRAWS[7:], [0.025, 0.975])
    assert (found.low[1], found.high[1]) == (expected[0], expected[1])


@pytest.mark.parametrize("method", ["percentile", "basic", "bc", "bca"])
def test_p_is_the_level_at_which_the_interval_touches_zero(method: str) -> None:
    shifted = DRAWS - 0.25
    found = INTERVALS[method](POINT - 0.25, shifted, JACKKNIFE, 0.95)
    assert isinstance(found, Limits)
    touching = INTERVALS[method](POINT - 0.25, shifted, JACKKNIFE, 1.0 - float(found.p))
    assert isinstance(touching, Limits)
    gap = 0.003 if method == "percentile" else 1e-9  # the percentile p counts draws, the others interpolate
    assert min(abs(touching.low), abs(touching.high)) < gap


def test_bc_is_percentile_when_half_of_the_draws_lie_below() -> None:
    draws = np.concatenate([-np.arange(1.0, 501.0), np.arange(1.0, 501.0)])
    corrected, plain = (
        INTERVALS["bc"](0.0, draws, None, 0.95),
        INTERVALS["percentile"](0.0, draws, None, 0.95),
    )
    assert isinstance(corrected, Limits)
    assert isinstance(plain, Limits)
    assert corrected.low == pytest.approx(plain.low, abs=1e-9)


def test_studentised_of_normal_pivots_is_the_normal_interval() -> None:
    z = stats.norm.ppf((np.arange(1, 20_000)) / 20_000)
    found = INTERVALS["studentised"](2.0, 2.0 + 0.5 * z, None, 0.95, errors=(0.5, np.full(z.size, 0.5)))
    assert isinstance(found, Limits)
    np.testing.assert_allclose([found.low, found.high], 2 + 0.5 * np.array([-1.959964, 1.959964]), atol=2e-4)
    assert float(found.p) == pytest.approx(2 * stats.norm.sf(4.0), rel=0.6)


def test_acceleration_of_the_mean_is_a_sixth_of_the_standardised_skewness() -> None:
    values = np.random.default_rng(3).exponential(size=40)
    left = (values.sum() - values) / 39
    skew = ((values - values.mean()) ** 3).mean() / values.std() ** 3
    assert acceleration(left) == pytest.approx(skew / (6 * np.sqrt(40)), rel=1e-9)


def refused(answer: Limits | Unavailable) -> str:
    assert isinstance(answer, Unavailable)
    assert answer.message("en")
    assert answer.message("id")
    return answer.code


def test_refusals_name_their_reason() -> None:
    nothing = np.full(50, np.nan)
    assert refused(INTERVALS["percentile"](1.0, nothing, None, 0.95)) == "MED401"
    assert refused(INTERVALS["percentile"](np.nan, DRAWS, None, 0.95)) == "SEM528"
    assert refused(INTERVALS["basic"](1.0, np.ones(50), None, 0.95)) == "MED402"
    assert refused(INTERVALS["bc"](9.0, DRAWS, None, 0.95)) == "MED403"
    assert refused(INTERVALS["bca"](-9.0, DRAWS, JACKKNIFE, 0.95)) == "MED403"
    skewed = np.concatenate([np.zeros(60), [1.0]])
    assert refused(INTERVALS["bca"](POINT, DRAWS, -1e3 * skewed, 1 - 1e-12)) == "MED404"
    assert refused(INTERVALS["bca"](POINT, DRAWS, np.ones(30), 0.95)) == "MED405"
    assert refused(INTERVALS["bca"](POINT, DRAWS, None, 0.95)) == "MED405"
    assert refused(INTERVALS["studentised"](POINT, DRAWS, None, 0.95)) == "MED406"


def test_one_refused_column_leaves_the_others_alone() -> None:
    table = np.column_stack([DRAWS, np.ones(2000)])
    found = several(("bc",), np.array([POINT, 1.0]), table, None, 0.95)["bc"]
    assert np.isfinite(found.low[0])
    assert np.isnan(found.low[1])
    assert found.refused[0] is None
    assert found.refused[1] is not None
    assert found.refused[1].code == "MED402"


def test_too_few_draws_are_marked() -> None:
    found = INTERVALS["percentile"](POINT, DRAWS[:20], None, 0.95)
    assert isinstance(found, Limits)
    assert found.extreme


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-100_000, 100_000), min_size=30, max_size=80, unique=True),
    st.floats(0.01, 100.0),
    st.floats(-50.0, 50.0),
)
def test_limits_follow_a_change_of_unit(values: list[int], factor: float, shift: float) -> None:
    draws = np.array(values) / 100.0
    point, left = float(np.median(draws)), np.sort(draws)[:20]
    for name in ("percentile", "basic", "bc", "bca"):
        plain = INTERVALS[name](point, draws, left, 0.8)
        moved = INTERVALS[name](factor * point + shift, factor * draws + shift, factor * left + shift, 0.8)
        if isinstance(plain, Unavailable) or isinstance(moved, Unavailable):
            continue
        np.testing.assert_allclose(
            [moved.low, moved.high], factor * np.array([plain.low, plain.high]) + shift, rtol=1e-6, atol=1e-6
        )


@given(
    seed=st.integers(0, 2**31),
    count=st.sampled_from([2, 3, 100, 127, 128, 129, 400]),
    digits=st.sampled_from([1, 12]),
)
@settings(max_examples=40, deadline=None)
def test_ranks_by_parting_the_tails_off_are_those_of_a_sort(seed: int, count: int, digits: int) -> None:
    """Ties too (one digit): ranks, counts and neighbours against numpy's sort and searches."""
    draws = np.random.default_rng(seed).normal(size=count).round(digits)
    found, ordered = Ordered(draws), np.sort(draws)
    places = [0, 1, count // 8 - 1, count // 8, count - 2 - count // 8, count - 1 - count // 8, -2, -1]
    assert [found[place] for place in places] == [ordered[place] for place in places]
    assert [found[place] for place in range(count)] == ordered.tolist()  # the middle too
    for value in (0.0, float(draws[0]), -9.0, 9.0):
        left, right = (int(ordered.searchsorted(value, side=side)) for side in ("left", "right"))
        assert (found.below(value), found.upto(value)) == (left, right)
        under = ordered[left - 1] if left else -np.inf
        assert found.around(value) == (under, ordered[right] if right < count else np.inf)
