"""The JSON Schemas of a study's files: generated, committed, and true of what is written."""

import json
from pathlib import Path

import jsonschema
import pytest

from umkm_stats.errors import UsageError
from umkm_stats.study import StudyFile, json_schema
from umkm_stats.study._schemas import json_schema_text

KINDS = ("study", "results", "manifest")
COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def faults(kind, data):
    return [error.message for error in jsonschema.Draft202012Validator(json_schema(kind)).iter_errors(data)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_and_the_committed_file_is_it(kind):
    jsonschema.Draft202012Validator.check_schema(json_schema(kind))
    if COMMITTED.is_dir():
        assert (COMMITTED / f"umkm-{kind}-1.schema.json").read_text(encoding="utf-8") == json_schema_text(
            kind
        )


@pytest.mark.parametrize("kind", ["results", "manifest"])
def test_the_files_of_a_study_are_as_the_schema_says(study, kind):
    data = json.loads((study.folder / f"{kind}.json").read_text(encoding="utf-8"))
    assert faults(kind, data) == []
    assert faults(kind, {**data, "schema": f"umkm-{kind}/2"})
    assert faults(kind, {**data, "flavour": 1})
    for key in data.keys() - {"kernel"}:  # a manifest of an earlier version names no kernel
        assert faults(kind, {name: value for name, value in data.items() if name != key})


def test_a_part_needs_its_sample_or_its_reason(study):
    data = json.loads((study.folder / "results.json").read_text(encoding="utf-8"))
    part = {"cfa": {"params": {}, "unavailable": "SEM401"}}
    assert faults("results", {**data, "parts": part}) == []
    assert faults("results", {**data, "parts": {"cfa": {"table": [{"est": 0.5}]}}})
    negative = {"sample": {"rows_in": 1, "used": -1, "dropped": {}}, "notes": []}
    assert faults("results", {**data, "parts": {"cfa": negative}})


def test_a_study_file_is_held_to_the_same_rules_as_its_reader():
    good = {
        "schema": "umkm-study/1",
        "draws": 500,
        "models": ["M1"],
        "exclude": [{"row": 3, "reason": "test answer"}],
    }
    assert faults("study", good) == []
    StudyFile.model_validate(good)
    for wrong in (
        {"draws": 0},
        {"level": 1.0},
        {"style": "mla"},
        {"colour": "red"},
        {"exclude": [{"row": 3}]},
        {"year": 99},
    ):
        assert faults("study", good | wrong), wrong
        with pytest.raises(ValueError, match="validation error"):
            StudyFile.model_validate(good | wrong)


def test_another_kind_is_refused():
    with pytest.raises(UsageError) as caught:
        json_schema("claims")
    assert caught.value.code == "GEN001"
