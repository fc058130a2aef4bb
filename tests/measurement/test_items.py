"""Item statistics against psych 2.2.9, printed r-tables and the numbers of a published MSI example."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UsageError
from umkm_stats.kernels.measurement import items as kernel
from umkm_stats.measurement import item_analysis


@pytest.fixture
def likert():
    rng = np.random.default_rng(7)
    raw = 3 + rng.normal(size=(150, 1)) + rng.normal(size=(150, 4))
    return pd.DataFrame(np.clip(np.round(raw), 1, 5), columns=["L1", "L2", "L3", "L4"])


def test_equals_psych(nine, psych):
    wanted = psych["scales"]["all_nine"]
    table = item_analysis(nine, scales={"all": wanted["items"]}).tidy()
    for ours, theirs in {
        "item_total": "raw_r",
        "item_rest": "r_drop",
        "r_corrected": "r_cor",
        "alpha_without": "alpha_drop",
    }.items():
        np.testing.assert_allclose(table[ours], wanted[theirs], rtol=1e-9, err_msg=ours)


@pytest.mark.parametrize(
    ("n", "printed"), [(30, 0.361), (100, 0.197), (200, 0.139), (142, 0.165), (22, 0.423)]
)
def test_r_table_printed_values(n, printed):
    assert round(kernel.r_table(n), 3) == printed


def test_r_table_is_the_border_of_the_test():
    from scipy.stats import pearsonr

    rng = np.random.default_rng(1)
    for _ in range(20):
        x, y = rng.normal(size=(2, 25))
        r, p = pearsonr(x, y)
        assert (p < 0.05) == (abs(r) > kernel.r_table(25))
    assert kernel.r_table(25, two_tailed=False) == pytest.approx(kernel.r_table(25, level=0.90))
    assert np.isnan(kernel.r_table(2))


def test_successive_intervals_printed():
    found = kernel.successive_intervals(np.array([10, 64, 51, 19, 12]))
    np.testing.assert_array_equal(np.round(found, 3), [1, 2.292, 3.321, 4.062, 4.833])
    gap = kernel.successive_intervals(np.array([10, 0, 51, 19, 12]))
    assert np.isnan(gap[1])
    np.testing.assert_allclose(gap[[0, 2, 3, 4]], kernel.successive_intervals(np.array([10, 51, 19, 12])))


@pytest.mark.parametrize(
    ("mean", "number"),
    [
        (1.0, 0),
        (1.8, 0),
        (1.8000001, 1),
        (1.805, 1),
        (2.6, 1),
        (2.61, 2),
        (3.4, 2),
        (4.2, 3),
        (4.2001, 4),
        (5.0, 4),
        (5.01, -1),
        (float("nan"), -1),
    ],
)
def test_class_borders_leave_no_gap(mean, number):
    borders = kernel.class_intervals(1, 5, 5)
    np.testing.assert_allclose(borders, [1, 1.8, 2.6, 3.4, 4.2, 5])
    assert kernel.class_of(mean, borders) == number


def test_table_columns_and_protocol(likert):
    result = item_analysis(likert, scales={"L": list(likert.columns)}, values=range(1, 6))
    table = result.tidy()
    for frame in (table, result.frequencies, result.correlations, result.classes):
        assert set(frame.columns) <= set(columns.known())
    assert table["tcr"].iloc[0] == pytest.approx(100 * likert["L1"].mean() / 5)
    counts = result.frequencies.query("item == 'L1'")
    assert counts["count"].sum() == 150
    np.testing.assert_array_equal(counts["count"], [(likert["L1"] == v).sum() for v in range(1, 6)])
    assert result.correlations["r"].iloc[0] == pytest.approx(likert["L1"].corr(likert["L2"]))
    assert result.intervals()["msi"].min() == 1
    assert "r-tabel" in result.summary("id")
    result.to_dict()


def test_discrimination_by_hand(likert):
    table = item_analysis(likert, scales={"L": list(likert.columns)}, values=range(1, 6)).tidy()
    total = likert.sum(axis=1)
    order = np.sort(total)
    take = round(0.27 * 150)
    low, high = likert.loc[total <= order[take - 1], "L1"], likert.loc[total >= order[150 - take], "L1"]
    from scipy.stats import ttest_ind

    test = ttest_ind(high, low, equal_var=False)
    row = table.iloc[0]
    assert row["discrimination"] == pytest.approx(high.mean() - low.mean())
    assert row["discrimination_t"] == pytest.approx(test.statistic)
    assert row["discrimination_p"] == pytest.approx(test.pvalue)
    turned = item_analysis(likert.iloc[::-1], scales={"L": list(likert.columns)}, values=range(1, 6)).tidy()
    assert turned["discrimination"].iloc[0] == pytest.approx(row["discrimination"])


def test_valid_depends_on_the_chosen_statistic():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "c"])
    total = item_analysis(data, scales={"s": ["a", "b", "c"]}).tidy()
    rest = item_analysis(data, scales={"s": ["a", "b", "c"]}, decision="item_rest")
    assert total["valid"].all()  # three unrelated items are all "valid" against a total that contains them
    assert not rest.tidy()["valid"].any()
    assert rest.glance()["valid"].iloc[0] == 0
    assert "corrected" in rest.summary("en")


def test_notes(likert):
    data = likert.replace({5: 4}).assign(L2=3.0, L3=lambda d: np.where(d["L3"] > 3, 9, d["L3"]))
    data["L4"] = np.where(np.arange(150) == 0, 1.0, 5.0)
    result = item_analysis(data, scales={"L": list(data.columns), "one": ["L1"]}, values=range(1, 6))
    noted = {(note.code, note.row) for note in result.notes}
    assert {
        ("MEA134", "L1"),
        ("MEA133", "L2"),
        ("MEA135", "L3"),
        ("MEA136", "L4"),
        ("MEA137", "L4"),
        ("MEA132", "one"),
    } <= noted
    for note in result.notes:
        for lang in ("en", "id"):
            assert "?" not in note.message(lang)
    without = item_analysis(likert, scales={"L": list(likert.columns)})
    assert [note.code for note in without.notes] == ["MEA131"]
    assert without.tidy()["tcr"].isna().all()


def test_missing_answers_leave_only_their_scale(likert):
    data = likert.copy()
    data.loc[:9, "L1"] = np.nan
    result = item_analysis(data, scales={"L": list(data.columns)}, values=range(1, 6))
    table = result.tidy()
    assert table["n"].tolist() == [140, 150, 150, 150]
    assert (table["n_scale"] == 140).all()
    assert table["missing"].iloc[0] == 10
    with pytest.raises(UsageError) as caught:
        item_analysis(data, scales={"L": list(data.columns)}, decision="total")
    assert caught.value.code in ("GEN001", "GEN002")
