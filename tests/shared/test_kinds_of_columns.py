"""A column is what its values are: the same numbers whatever pandas calls the column, and dates are none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import umkm_stats as us
from umkm_stats import options
from umkm_stats.errors import UmkmError

SCALES = {name: [f"{name}{k}" for k in range(1, 4)] for name in "ab"}
MODEL = "A =~ a1 + a2 + a3\nB =~ b1 + b2 + b3\nB ~ A"


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    rng = np.random.default_rng(20261128)
    common = rng.normal(size=(120, 1))
    values = np.clip(np.round(3.0 + common + 0.9 * rng.normal(size=(120, 6))), 1, 5)
    frame = pd.DataFrame(values, columns=[code for codes in SCALES.values() for code in codes])
    frame.iloc[5, 1] = np.nan
    return frame


KINDS = {
    "object": lambda d: d.astype(object),
    "object, the gap None": lambda d: d.astype(object).where(d.notna(), None),
    "nullable": lambda d: d.astype("Int64"),
    "decimal": lambda d: d.map(lambda v: None if pd.isna(v) else Decimal(int(v))),
    "labels that stand twice": lambda d: d.set_axis(np.zeros(len(d), dtype=int)),
    "other columns beside": lambda d: d.assign(name="x").set_axis(np.arange(len(d)) // 2),
}
CATEGORIES = {
    "category": lambda d: d.astype("category"),
    "category the other way round": lambda d: d.astype(pd.CategoricalDtype([5.0, 4.0, 3.0, 2.0, 1.0])),
}
DOORS = {
    "reliability": lambda d: us.reliability(d, scales=SCALES).tidy()[["n", "alpha", "omega_total"]],
    "efa": lambda d: us.efa(d[[*SCALES["a"], *SCALES["b"]]], n_factors=1).loadings,
    "cfa": lambda d: pd.Series(us.cfa(d, scales=SCALES, compare=()).fit.indices),
    "scores": lambda d: us.scores(d, scales=SCALES).tidy()[["n", "mean", "sd"]],
    "screen": lambda d: us.screen(d, scales=SCALES, values=range(1, 6)).measures,
    "fit": lambda d: us.fit(MODEL, d).estimates[["est", "se"]],
    "fit_pls": lambda d: us.fit_pls(MODEL, d).loadings[["est", "weight"]],
    "mediate": lambda d: us.mediate(
        d, x="a1", m="a2", y="a3", draws=50, seed=1, intervals="percentile"
    ).effects[["est", "se"]],
    "regress": lambda d: us.regress(d, y="a1", x=["a2", "b1"], draws=50, seed=1).coefficients[["est", "se"]],
}


def kinds_for(door: str) -> list[str]:
    return [*KINDS, *(() if door in ("mediate", "regress", "fit") else CATEGORIES)]


@pytest.mark.parametrize("door", DOORS)
def test_the_numbers_of_a_column_do_not_depend_on_what_pandas_calls_it(
    door: str, answers: pd.DataFrame
) -> None:
    expected = DOORS[door](answers).to_numpy(dtype=np.float64)
    for name in kinds_for(door):
        found = DOORS[door]((KINDS | CATEGORIES)[name](answers)).to_numpy(dtype=np.float64)
        np.testing.assert_array_equal(found, expected, err_msg=name)


CODES = {
    "reliability": ("MEA004", "MEA029"),
    "efa": ("MEA004", "MEA029"),
    "cfa": ("MEA004", "MEA029"),
    "scores": ("MEA004", "MEA029"),
    "screen": ("SCR311", "SCR314"),
    "fit": ("SEM203", "SEM205"),
    "fit_pls": ("PLS112", "PLS113"),
    "mediate": ("MED004", "MED005"),
}


@pytest.mark.parametrize("door", CODES)
def test_dates_durations_and_complex_numbers_are_no_answers(door: str, answers: pd.DataFrame) -> None:
    days = pd.date_range("2026-01-01", periods=len(answers))
    start = dt.datetime(2026, 1, 1)
    for name, column in {
        "dates": days,
        "durations": days - days[0],
        "dates as objects": pd.Series(
            [start + dt.timedelta(days=k) for k in range(len(answers))], dtype=object
        ),
        "complex": answers["a2"].to_numpy() * (1 + 1j),
        "complex as objects": pd.Series((answers["a2"] * (1 + 1j)).tolist(), dtype=object),
    }.items():
        with pytest.raises(UmkmError) as problem:
            DOORS[door](answers.assign(a2=column))
        assert problem.value.code == CODES[door][0], name
        assert problem.value.place.column == "a2" or door == "fit_pls"


@pytest.mark.parametrize("door", CODES)
def test_an_infinite_answer_is_no_gap(door: str, answers: pd.DataFrame) -> None:
    with pytest.raises(UmkmError) as problem:
        DOORS[door](answers.assign(a2=answers["a2"].replace(5.0, np.inf)))
    assert problem.value.code == CODES[door][1]


def test_scored_words_are_numbers_and_no_categories_of_a_regression(answers: pd.DataFrame) -> None:
    scored = pd.Series([{3.0: 3}.get(v, v) for v in answers["b1"]], dtype=object)
    found = us.regress(answers.assign(b1=scored), y="a1", x="b1", draws=50, seed=1).coefficients
    assert len(found) == 2  # the constant and one slope, not four dummies


def test_a_column_of_numbers_and_text_is_not_one_of_numbers() -> None:
    assert options.real_numbers(pd.Series([1, "2"], dtype=object)) is None
    assert options.real_numbers(pd.Series([1, True, np.bool_(False), None], dtype=object)).tolist()[:3] == [
        1.0,
        1.0,
        0.0,
    ]
    assert options.real_numbers(pd.Series([1, 2], dtype="category")) is None


def test_groups_follow_the_labels_of_the_answers(answers: pd.DataFrame) -> None:
    """A series in another order than the answers (sorted, say) names the same groups as in their order."""
    whole = answers.dropna()
    groups = pd.Series(np.where(np.arange(len(whole)) % 3 == 0, "p", "q"), index=whole.index)
    turned = groups.sort_values()
    assert not np.array_equal(turned.to_numpy(), groups.to_numpy())
    ways = (groups, turned, groups.to_numpy(), groups.reset_index(drop=True))
    steps = [us.invariance(whole, group=each, scales=SCALES, levels=["configural"]) for each in ways]
    differences = [us.fit_pls(MODEL, whole).mga(each, draws=9, seed=1).tidy() for each in ways]
    for step, difference in zip(steps[1:], differences[1:], strict=True):
        pd.testing.assert_frame_equal(step.tidy(), steps[0].tidy())
        pd.testing.assert_frame_equal(difference, differences[0])
