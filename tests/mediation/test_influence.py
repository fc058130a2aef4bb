"""Rows that pull: leave-one-out by refits, and a note when a verdict hangs on one row."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate
from umkm_stats.adapters.statsmodels_ols import ols


@pytest.fixture(name="data", scope="module")
def _data() -> pd.DataFrame:
    g = np.random.default_rng(11)
    x = g.normal(size=50)
    m = 0.6 * x + g.normal(size=50)
    return pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + g.normal(size=50)})


def analysed(data: pd.DataFrame, **more: object):
    return mediate(data, x="x", m="m", y="y", draws=60, seed=1, intervals="percentile", **more)


def test_leave_one_out_equals_refits(data: pd.DataFrame) -> None:
    found = analysed(data).influence().frame.set_index("effect")
    a, b, c, p_b = [], [], [], []
    for row in range(len(data)):
        kept = data.drop(index=row)
        first = ols(kept["m"].to_numpy(), kept[["x"]].to_numpy())
        second = ols(kept["y"].to_numpy(), kept[["x", "m"]].to_numpy())
        a.append(first.params[1])
        c.append(second.params[1])
        b.append(second.params[2])
        p_b.append(second.p[2])
    for name, values in (("a", a), ("b", b), ("direct", c), ("indirect", np.multiply(a, b))):
        assert found.loc[name, ["lowest", "highest"]].tolist() == pytest.approx(
            [min(values), max(values)], rel=1e-9
        )
    row = int(found.loc["b", "row"]) - 1
    assert found.loc["b", "p_without"] == pytest.approx(p_b[row], rel=1e-8)
    whole = ols(data["y"].to_numpy(), data[["x", "m"]].to_numpy())
    moved = np.abs(whole.params[2] - np.array(b)) / whole.se[2]
    assert row == int(np.argmax(moved))
    assert abs(found.loc["b", "moved"]) == pytest.approx(moved.max(), rel=1e-9)
    assert not found["changes"].any()


def test_an_outlier_that_decides_is_named(data: pd.DataFrame) -> None:
    far = pd.concat([data, pd.DataFrame({"x": [100.0], "m": [0.0], "y": [100.0]})], ignore_index=True)
    assert "REG154" not in [note.code for note in analysed(data).notes]
    found = analysed(far)
    notes = [note for note in found.notes if note.code == "REG154"]
    assert {note.params["row"] for note in notes} == {51}
    assert "x -> y" in [note.row for note in notes]
    said = next(note for note in notes if note.row == "x -> y")
    assert said.params["p"] < 0.05 < said.params["p_without"]
    assert "row 51" in found.summary()
    assert "baris 51" in found.summary("id").lower()
    table = found.influence()
    assert table.frame.set_index("effect").loc["direct", "changes"]
    assert table.summary("id")


def test_rows_keep_their_numbers_when_others_are_left_out(data: pd.DataFrame) -> None:
    far = pd.concat([data, pd.DataFrame({"x": [100.0], "m": [0.0], "y": [100.0]})], ignore_index=True)
    far.loc[3, "m"] = np.nan
    assert analysed(far).influence().frame.set_index("effect").loc["direct", "row"] == 51


def test_it_is_for_scores_with_complete_rows(data: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="MED028"):
        analysed(data, missing="fiml").influence()
    assert "REG154" not in [note.code for note in analysed(data, errors="HC3").notes]


def test_copied_scales_give_no_warning_of_another_library() -> None:
    g = np.random.default_rng(3)
    x = g.normal(3.5, 0.6, size=32)
    m = x.copy()
    m[:2] += (1.0, -0.8)
    frame = pd.DataFrame({"x": x, "m": m, "y": 0.3 * x + g.normal(0, 0.5, size=32)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mediate(frame, x="x", m="m", y="y", draws=200, seed=1, intervals="all")
        assert found.sizes is not None
        for table in (found.vaf(), found.typology(), found.upsilon(), found.influence(), found.e_values()):
            assert table.summary("id")
        assert found.summary("id")
