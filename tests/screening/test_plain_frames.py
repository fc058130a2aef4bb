"""``screen``, ``missing`` and ``normality`` of a plain frame, as their sisters in measurement take one."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import load_instrument, read_responses, screening
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.planning import simulate_responses
from umkm_stats.screening import missing, normality, screen


@pytest.fixture(scope="module")
def read():
    instrument = load_instrument("umkm_inovasi")
    made = simulate_responses(
        instrument,
        population={
            "model": "M1",
            "paths": {"OI ~ PI": 0.5, "NP ~ OI": 0.5, "NP ~ PI": 0.1},
            "loadings": 0.7,
        },
        n=80,
        seed=3,
        lang="id",
    )
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return read_responses(made.write(Path(folder) / "a.csv"), instrument)


@pytest.fixture(scope="module")
def frame(read):
    return read.kept_items.set_axis(range(1000, 1000 + len(read.kept_items)))


def by_dimension(read):
    return read.instrument.scales(list(read.kept_items.columns), by="dimension")


def test_a_frame_gives_the_measures_of_the_same_answers(read, frame):
    codes = [int(value) for value in read.instrument.item(frame.columns[0]).values]
    backwards = [code for code in frame if read.instrument.item(code).reverse]
    known = screen(read)
    dimensions = by_dimension(read)
    markers = {"MK": ["MK4", "MK5", "MK6"]}  # reflective, but of no scale of the instrument
    plain = screen(frame, scales=dimensions | markers, values=codes, reversed_items=backwards)
    for name in (
        "longstring_high",
        "irv_low",
        "mahalanobis_p_low",
        "synonyms_low",
        "antonyms_high",
        "missing_share_high",
    ):
        ours, theirs = plain.measures[name], known.measures.loc[read.kept, name]
        np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(
        screen(frame, scales=dimensions, values=codes).measures["even_odd_low"].to_numpy(),
        known.measures.loc[read.kept, "even_odd_low"].to_numpy(),
        rtol=1e-9,
    )
    assert plain.measures["row"].tolist() == list(range(1, len(frame) + 1))
    assert plain.sample.rows_in == len(frame)
    assert plain.kept_items.index.tolist() == frame.index.tolist()
    assert not any(note.code == "SCR313" for note in plain.notes)
    plain.summary("id")


def test_rows_of_a_frame_can_be_left_out_by_number(frame, read):
    found = screen(frame, scales=by_dimension(read), exclude_rows=[2])
    assert 1001 not in found.kept_items.index
    assert found.sample.dropped == {"excluded_by_hand": 1}
    with pytest.raises(UsageError) as error:
        screen(frame, exclude_rows=[0])
    assert error.value.code == "SCR101"


def test_without_scales_what_needs_them_is_left_out_and_said(frame):
    found = screen(frame)
    assert found.measures["even_odd_low"].isna().all()
    assert {"SCR201", "SCR313"} <= {note.code for note in found.notes}
    assert found.measures["longstring_high"].notna().all()


def test_missing_and_normality_take_a_frame(frame, read):
    holes = frame.mask(np.random.default_rng(1).random(frame.shape) < 0.05)
    found = missing(holes)
    assert found.items["missing"].sum() == holes.isna().to_numpy().sum()
    assert missing(read.kept_items).sample.used == len(frame)
    scales = {"A": list(frame)[:3], "B": list(frame)[3:6]}
    plain = normality(frame, scales=scales, values=range(1, 6))
    assert plain.scales["scale"].tolist() == ["A", "B"]
    assert plain.items["item"].tolist() == list(frame)[:6]
    known = normality(read, items=list(frame)[:6])
    assert plain.mardia.p_kurtosis == pytest.approx(known.mardia.p_kurtosis, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda d, r: screen(d, scales={"A": ["ZZ9"]}), "SCR310"),
        (lambda d, r: screen(d, scales={"A": [d.columns[0]], "B": [d.columns[0]]}), "SCR310"),
        (lambda d, r: screen(d, scales={}), "SCR310"),
        (lambda d, r: screen(d, reversed_items=["ZZ9"]), "SCR310"),
        (lambda d, r: screen(d.assign(name="x")), "SCR311"),
        (lambda d, r: screen(r, scales={"A": ["PI1"]}), "SCR312"),
        (lambda d, r: normality(r, values=[1, 2]), "SCR312"),
        (lambda d, r: screen([1, 2]), "GEN008"),
    ],
)
def test_wrong_calls_are_coded(frame, read, call, code):
    with pytest.raises((UsageError, UmkmError)) as error:
        call(frame, read)
    assert error.value.code == code
    for lang in ("en", "id"):
        assert error.value.message(lang)


def test_an_empty_and_a_constant_frame_do_not_break():
    flat = pd.DataFrame({"a": [3.0] * 12, "b": [3.0] * 12, "c": [3.0] * 12})
    assert screen(flat).flagged.sum() >= 0
    assert "SCR212" in {note.code for note in normality(flat).notes}


@pytest.mark.parametrize("table", ["distribution", "early_late", "item_levels", "missing_map"])
def test_tables_of_a_survey_refuse_a_frame_with_a_code(table):
    with pytest.raises(UsageError, match="GEN008"):
        getattr(screening, table)(pd.DataFrame({"q1": [1, 2], "q2": [2, 2]}))


def test_an_item_that_nobody_answered_takes_no_measure_from_the_others(frame):
    """Warnings of numpy stood on the terminal, and nobody had a distance."""
    from umkm_stats.screening import screen

    blank = frame.assign(**{frame.columns[0]: np.nan})
    with_blank = screen(blank).measures["mahalanobis_d2_high"]
    without = screen(blank.drop(columns=frame.columns[0])).measures["mahalanobis_d2_high"]
    assert with_blank.notna().all()
    np.testing.assert_allclose(with_blank, without)
