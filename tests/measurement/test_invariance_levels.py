"""Every level that is named is shown, a group too small is named, and no convergence is said to be that."""

import numpy as np
import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.measurement import invariance

LEVELS = ["configural", "metric", "scalar", "strict"]


def codes(result):
    return [note.code for note in result.notes]


def test_levels_named_are_shown_after_one_that_fails(holzinger, thirds):
    """lavaan 0.6-14 by school: 115.8513/48, 124.0435/54, 164.1028/60, 181.5113/69; scalar does not hold."""
    short = invariance(holzinger, scales=thirds, group="school")
    assert short.table["step"].tolist() == LEVELS[:3]
    assert "MEA227" not in codes(short)
    found = invariance(holzinger, scales=thirds, group="school", levels=LEVELS)
    assert found.table["step"].tolist() == LEVELS
    assert found.table["chisq"].to_numpy() == pytest.approx(
        [115.8513, 124.0435, 164.1028, 181.5113], abs=2e-3
    )
    assert found.table["df"].tolist() == [48, 54, 60, 69]
    assert found.table["df_diff"].tolist()[1:] == [6, 6, 9]
    assert found.reached == found.partly == found.conclusion == "metric"
    note = next(note for note in found.notes if note.code == "MEA227")
    assert note.params == {"step": "scalar", "steps": ["strict"]}
    assert next(note for note in found.notes if note.code == "MEA182").params["step"] == "scalar"
    some = invariance(holzinger, scales=thirds, group="school", levels=["configural", "scalar", "strict"])
    assert some.table["step"].tolist() == ["configural", "scalar", "strict"]
    assert some.reached == "configural"


def marked(frame, count):
    groups = np.array(["rest"] * len(frame), dtype=object)
    groups[:count] = "few"
    return groups


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_group_too_small_is_named(holzinger, thirds, count):
    with pytest.raises(UmkmError) as error:
        invariance(holzinger, scales=thirds, group=marked(holzinger, count))
    assert error.value.code == "MEA228"
    for lang in ("en", "id"):
        assert f"few (n = {count})" in error.value.message(lang)
        assert "rest" not in error.value.message(lang)


def test_rows_with_gaps_do_not_count_under_listwise(nine, thirds):
    holed = nine.copy()
    holed.loc[holed.index[:15], "x1"] = np.nan
    with pytest.raises(UmkmError) as error:
        invariance(holed, scales=thirds, group=marked(nine, 20))
    assert error.value.params["groups"] == ["few (n = 5)"]


def test_no_convergence_is_not_called_a_difference(holzinger, thirds):
    found = invariance(holzinger, scales=thirds, group=marked(holzinger, 12), levels=["configural"])
    assert not found.fits["configural"].converged
    assert found.conclusion == "lost"
    assert found.table.loc[0, ["chisq", "p", "cfi", "rmsea", "srmr", "bic"]].isna().all()
    assert {"MEA220", "MEA229"} <= set(codes(found))
    assert not {"MEA182", "SEM404"} & set(codes(found))
    for lang, said in (("en", "did not converge"), ("id", "tidak konvergen")):
        assert said in found.summary(lang).splitlines()[4]


def test_a_named_level_that_cannot_be_fitted_is_told(holzinger, thirds, monkeypatch):
    from umkm_stats.measurement import _invariance

    real = _invariance.fit

    def stubborn(*args, **call):
        if "residuals" in call["group_equal"]:
            raise UmkmError("SEM306", params={"p": 9, "n": 5})
        return real(*args, **call)

    monkeypatch.setattr(_invariance, "fit", stubborn)
    found = invariance(holzinger, scales=thirds, group="school", levels=LEVELS)
    assert found.table["step"].tolist() == LEVELS[:3]
    note = next(note for note in found.notes if note.code == "MEA230")
    assert note.params == {"step": "strict", "reason": "SEM306"}
