"""What every result carries."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from umkm_stats.results import Note, SampleUsed, StudyResults, Unavailable, jsonable


def test_sample_must_add_up():
    sample = SampleUsed(10, 8, {"missing": 2})
    assert "n = 8 of 10" in sample.describe("en")
    assert "data hilang: 2" in sample.describe("id")
    assert pickle.loads(pickle.dumps(sample)) == sample
    with pytest.raises(ValueError, match="does not add up"):
        SampleUsed(10, 8, {"missing": 1})


def test_unavailable_is_false_and_never_becomes_a_number():
    nothing = Unavailable("GEN004", {"name": "level", "received": "2"})
    assert not nothing
    assert "level" in nothing.reason
    with pytest.raises(TypeError, match="not available"):
        float(nothing)


def test_jsonable_writes_no_nan_and_no_repr():
    frame = pd.DataFrame(
        {"est": [1.5, np.nan], "item": ["PI1", None], "n": pd.array([1, None], dtype="Int64")}
    )
    written = jsonable(
        {
            "frame": frame,
            "array": np.array([1.0, np.inf]),
            "note": Note("GEN004", {"x": np.float64(2)}),
            "flag": np.bool_(True),
        }
    )
    assert json.dumps(written, allow_nan=False)
    assert written["frame"][1] == {"est": None, "item": None, "n": None}
    assert written["array"] == [1.0, None]
    assert written["flag"] is True
    with pytest.raises(TypeError, match="cannot be written"):
        jsonable(object())


def test_study_results_write_plain_values():
    study = StudyResults(parts={"x": Unavailable("GEN001")}, meta={"seed": 1})
    assert study.to_dict()["parts"]["x"]["unavailable"] == "GEN001"
    assert study.get("y") is None


def test_notes_of_one_kind_are_one_line_with_their_count():
    from umkm_stats.results import told

    def small(row, n=3):
        return Note("MEA147", {"construct": row, "ave": 0.4, "cr": 0.8, "n": n}, row=row)

    few = [small(row) for row in "ABC"]
    assert len(told(few)) == 3
    assert len(told([*few, *few])) == 3
    lines = told([*few, Note("MED201", {}), small("D"), small("E")])
    assert len(lines) == 2
    assert lines[0].endswith("(One of 5 notes of this kind: A, B, C, D, E.)")
    assert told([*few, small("D")], "id")[0].endswith("(Satu dari 4 catatan sejenis: A, B, C, D.)")
    many = told([small(f"X{k}") for k in range(16_000)])
    assert len(many) == 1
    assert "16000" in many[0]
    assert many[0].endswith("X11, ….)")
    bare = [Note("MEA147", {"construct": row, "ave": 0.4, "cr": 0.8}) for row in "ABCD"]
    assert told(bare)[0].endswith("(One of 4 notes of this kind.)")
