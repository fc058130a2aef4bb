"""Content validity: the printed values of Aiken, Penfield & Giacobbi, Polit et al., Lawshe/Ayre & Scally;
brute-force enumeration."""

import itertools

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import expert_ratings as kernel
from umkm_stats.measurement import content_validity


def ratings_with(v, n, categories):
    """Ratings 1…c whose V is ``v``."""
    total = round(v * n * (categories - 1))
    base, extra = divmod(total, n)
    return np.array([base + 1] * extra + [base] * (n - extra), dtype=float) + 1


@pytest.mark.parametrize(
    ("v", "n", "c", "p"), [(0.80, 5, 5, 0.040), (0.90, 5, 5, 0.007), (0.70, 10, 5, 0.047)]
)
def test_exact_p_of_aikens_table(v, n, c, p):
    found = kernel.aiken(ratings_with(v, n, c), 1, c, 0.95)
    assert found.v == pytest.approx(v)
    assert round(found.p, 3) == p


def test_exact_p_by_enumeration():
    ratings = np.array([4, 3, 5, 2], dtype=float)
    every = np.array([sum(draw) for draw in itertools.product(range(1, 6), repeat=4)])
    assert kernel.aiken(ratings, 1, 5, 0.95).p == pytest.approx((every >= ratings.sum()).mean(), rel=1e-12)
    np.testing.assert_allclose(kernel.sum_distribution(4, 5), np.bincount(every - 4) / every.size, rtol=1e-12)


def test_penfield_giacobbi_interval():
    found = kernel.aiken(ratings_with(0.8, 5, 5), 1, 5, 0.95)
    assert (round(found.low, 3), round(found.high, 3)) == (0.584, 0.919)


def test_modified_kappa_printed():
    assert round(kernel.modified_kappa(4, 5), 3) == 0.763
    assert kernel.modified_kappa(3, 3) == 1


@pytest.mark.parametrize(
    ("n", "critical"), [(5, 1.00), (6, 1.00), (7, 1.00), (8, 0.75), (10, 0.80), (40, 0.30)]
)
def test_critical_cvr_printed(n, critical):
    assert kernel.critical_ratio(n) == pytest.approx(critical, abs=1e-12)


def test_no_critical_value_for_few_experts():
    assert np.isnan(kernel.critical_ratio(4))
    assert kernel.critical_aiken(5, 5) == pytest.approx(0.80)


@pytest.fixture
def sheet():
    return pd.DataFrame(
        {
            "A": [5, 4, 2, 5],
            "B": [5, 4, 1, 4],
            "C": [4, 5, 3, 5],
            "D": [5, 3, 2, 4],
            "E": [5, 5, 1, 5],
            "F": [5, 4, 2, 5],
        },
        index=["PI1", "PI2", "PI3", "PI4"],
    )


def test_door(sheet):
    result = content_validity(sheet)
    table = result.tidy().set_index("item")
    assert set(result.tidy().columns) <= set(columns.known())
    assert table.loc["PI1", "v"] == pytest.approx((5 + 5 + 4 + 5 + 5 + 5 - 6) / 24)
    assert table.loc["PI2", "i_cvi"] == pytest.approx(5 / 6)
    assert table["verdict"].tolist() == ["keep", "keep", "drop", "keep"]
    assert result.s_cvi_ave == pytest.approx(table["i_cvi"].mean())
    assert result.s_cvi_ua == pytest.approx(0.5)
    assert {note.code for note in result.notes} == {"MEA162", "MEA164", "MEA165"}
    long = (
        sheet.rename_axis("item").reset_index().melt(id_vars="item", var_name="expert", value_name="rating")
    )
    pd.testing.assert_frame_equal(content_validity(long).tidy(), result.tidy())
    pd.testing.assert_frame_equal(
        content_validity(sheet.rename_axis("item").reset_index()).tidy(), result.tidy()
    )
    assert "pertahankan" in result.summary("id")
    assert result.to_dict()["s_cvi_ave"] == pytest.approx(result.s_cvi_ave)
    named = content_validity(sheet, high=5, essential=5)
    assert named.tidy().set_index("item").loc["PI1", "cvr"] == pytest.approx((5 - 3) / 3)
    assert {"MEA162", "MEA165"}.isdisjoint({note.code for note in named.notes})


def test_expert_sheets_bring_their_own_question_for_cvr(sheet):
    from types import SimpleNamespace

    long = (
        sheet.clip(upper=4)
        .rename_axis("item")
        .reset_index()
        .melt(id_vars="item", var_name="expert", value_name="relevance")
    )
    long["necessity"] = [
        3 if item == "PI1" else np.nan if item == "PI4" else 1 + (expert < "D") * 2
        for item, expert in zip(long["item"], long["expert"], strict=True)
    ]
    sheets = SimpleNamespace(
        table=long,
        ratings=long.rename(columns={"relevance": "rating"})[["item", "expert", "rating"]],
        scale=(1, 2, 3, 4),
    )
    result = content_validity(sheets)
    table = result.tidy().set_index("item")
    assert table.loc["PI1", "cvr"] == 1
    assert table.loc["PI2", "cvr"] == 0  # three of six call it essential
    assert np.isnan(table.loc["PI4", "cvr"])
    assert result.high == 4
    assert [note.row for note in result.notes if note.code == "MEA166"] == ["PI4"]
    assert {"MEA162", "MEA165"}.isdisjoint({note.code for note in result.notes})


def test_few_experts_missing_ratings_and_a_middling_item(sheet):
    few = content_validity(sheet[["A", "B", "C"]])
    assert "MEA161" in {note.code for note in few.notes}
    holed = sheet.astype(float)
    holed.loc["PI2", "F"] = np.nan
    result = content_validity(holed)
    assert result.tidy().set_index("item").loc["PI2", "experts"] == 5
    assert [note.row for note in result.notes if note.code == "MEA163"] == ["PI2"]
    assert (
        result.tidy().set_index("item").loc["PI2", "verdict"] == "revise"
    )  # 4 of 5 experts: I-CVI .80 is below 1.00


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda s: [1, 2], {}, "MEA021"),
        (lambda s: s.astype(str), {}, "MEA021"),
        (lambda s: s.clip(upper=3), {}, "MEA021"),
        (lambda s: s.replace(1, 9), {"high": 5}, "MEA022"),
        (lambda s: s.replace(1, 1.5), {"high": 5}, "MEA022"),
        (lambda s: s[["A"]], {}, "MEA023"),
        (lambda s: s, {"low": 5, "high": 5}, "GEN003"),
    ],
)
def test_bad_input(sheet, change, options, code):
    with pytest.raises((UmkmError, UsageError)) as caught:
        content_validity(change(sheet), **options)
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert "?" not in caught.value.message(lang)
