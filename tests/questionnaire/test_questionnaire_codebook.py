"""The codebook read back by programs nobody here wrote: pyreadstat, PSPP, frictionless."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from frictionless import Package, Resource, Schema

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._codebook import variables


@pytest.mark.parametrize("which", ["rich", "bundled"])
def test_spss_file_read_back(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    instrument: Instrument = request.getfixturevalue(which)
    plan = make_plan(instrument, form="panjang", mode="paper")
    path = write_questionnaire(instrument, format="codebook", out=tmp_path, form="panjang")
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    assert len(frame) == 0
    kept = list(variables(plan))
    assert meta.column_names == [variable.name for variable in kept]
    for variable in kept:
        asked, name = variable.asked, variable.name
        measure = (
            "scale" if asked.input == "number" else "ordinal" if asked.question.kind == "scale" else "nominal"
        )
        assert meta.variable_measure[name] == measure, name
        if variable.tick is not None:
            assert meta.variable_value_labels[name] == {0.0: "Tidak", 1.0: "Ya"}
            continue
        assert meta.column_names_to_labels[name] == asked.text["id"]
        expected = {float(answer.value): answer.text["id"] for answer in asked.answers}
        assert meta.variable_value_labels.get(name, {}) == expected
        codes = {float(choice.value) for choice in asked.question.choices if choice.missing is not None}
        codes |= {float(asked.question.na_code)} if asked.question.na_code is not None else set()
        ranges = meta.missing_ranges.get(name, [])
        assert {entry["lo"] for entry in ranges} == {entry["hi"] for entry in ranges} == codes, name
        assert meta.original_variable_types[name].startswith("A" if asked.input == "text" else "F")


def test_long_wording_is_cut_to_what_spss_holds(rich: Instrument, tmp_path: Path) -> None:
    long = "Kalimat yang sangat panjang — " * 20
    questions = tuple(
        q.model_copy(update={"text": {"id": long.strip(), "en": "x"}}) if q.code == "PI1" else q
        for q in rich.questions
    )
    path = write_questionnaire(
        rich.model_copy(update={"questions": questions}), format="codebook", out=tmp_path
    )
    _, meta = pyreadstat.read_sav(str(path))
    label = meta.column_names_to_labels["PI1"]
    assert label.endswith("…")
    assert 200 < len(label.encode()) <= 255


def test_pspp_reads_the_spss_file(rich: Instrument, tmp_path: Path) -> None:
    pspp = shutil.which("pspp")
    if pspp is None:
        pytest.skip("PSPP is not installed")
    path = write_questionnaire(rich, format="codebook", out=tmp_path)
    syntax = tmp_path / "look.sps"
    syntax.write_text(f"GET FILE='{path}'.\nDISPLAY DICTIONARY.\n", encoding="utf-8")
    run = subprocess.run(
        [pspp, "-O", "format=csv", "-o", str(tmp_path / "out.csv"), str(syntax)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    said = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "error" not in said.lower()
    for expected in (
        "Kami mengganti bahan baku.",
        "Tidak sesuai dengan usaha saya",
        "Ordinal",
        "CONSENT",
        "HELP_3",
    ):
        assert expected in said, expected


def test_table_schema_accepts_right_answers_and_refuses_wrong_ones(
    rich: Instrument, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    plan = make_plan(rich, mode="paper")
    write_questionnaire(rich, format="codebook", out=tmp_path)
    schema_file = next(tmp_path.glob("*.schema.json"))
    heads = [variable.name for variable in variables(plan, "/")]
    rows = []
    for given in simulate(plan, 12):
        rows.append(
            {
                v.name: ""
                if v.asked.code not in given
                else int(v.tick in given[v.asked.code])
                if v.tick is not None
                else given[v.asked.code]
                for v in variables(plan, "/")
            }
        )
    right = tmp_path / "right.csv"
    pd.DataFrame(rows, columns=heads).to_csv(right, index=False)
    schema = Schema.from_descriptor(json.loads(schema_file.read_text(encoding="utf-8")))
    report = Resource(path="right.csv", basepath=str(tmp_path), schema=schema).validate()
    assert report.valid, report.flatten(["type", "message"])
    for column, wrong in (("PI1", 6), ("PI2", 0), ("YEAR", 1800), ("HELP/1", 2), ("CITY", 4)):
        broken = tmp_path / "broken.csv"
        pd.DataFrame([{**rows[0], column: wrong}], columns=heads).to_csv(broken, index=False)
        assert not Resource(path="broken.csv", basepath=str(tmp_path), schema=schema).validate().valid, column


def test_data_package_is_valid(bundled: Instrument, tmp_path: Path) -> None:
    write_questionnaire(bundled, format="codebook", out=tmp_path)
    package = next(tmp_path.glob("*_datapackage.json"))
    report = Package(str(package)).validate()
    assert report.valid, report.flatten(["type", "message"])


def test_table_and_page_hold_every_question(bundled: Instrument, tmp_path: Path) -> None:
    write_questionnaire(bundled, format="codebook", out=tmp_path)
    plan = make_plan(bundled, mode="paper")
    with next(tmp_path.glob("*_codebook.csv")).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[0] for row in rows[1:]] == [asked.code for asked in plan.asked]
    page = next(tmp_path.glob("*_codebook.html")).read_text(encoding="utf-8")
    for asked in plan.asked:
        assert f">{asked.code}<" in page
        assert asked.text["en"].replace("'", "&#39;").replace("&#39;", "&#39;") in page
