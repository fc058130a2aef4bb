"""A look into a file before there is an instrument: what is shown, what is masked, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from umkm_stats import draft_instrument
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.responses import preview
from umkm_stats.results import Result, jsonable

HEAD = ["Timestamp", "Nama lengkap", "Nomor HP", "X1", "X2", "Y1", "Y2", "Saran"]
WORDS = ["Setuju", "Netral", "Tidak Setuju", "Sangat Setuju", "Setuju", "Setuju"]
FREE = ["lancar", "hubungi budi@contoh.id", "cukup", "bagus", "", ""]
ROWS = [
    [f"2026-03-0{i + 1} 10:00:00", f"Orang {i}", f"0812345678{i}0", w, w, i % 5 + 1, 5 - i % 5, FREE[i]]
    for i, w in enumerate(WORDS)
]


def test_columns_rows_and_source_of_a_form_export(tmp_path, book):
    path = book(tmp_path / "a.xlsx", {"Form Responses 1": [HEAD, *ROWS], "Catatan": [["a"], ["b"]]})
    before = path.read_bytes()
    seen = preview(path, rows=2)
    assert path.read_bytes() == before
    assert (seen.sheets, seen.sheet) == (("Form Responses 1", "Catatan"), "Form Responses 1")
    assert (seen.n_rows, seen.row_numbers, len(seen.rows)) == (6, (2, 3), 2)
    assert seen.source.name == "google-forms"
    by_name = {column.name: column for column in seen.columns}
    assert [column.name for column in seen.columns] == HEAD
    assert by_name["X1"].answers == (("Setuju", 3), ("Netral", 1), ("Tidak Setuju", 1), ("Sangat Setuju", 1))
    assert (by_name["X1"].numeric, by_name["Y1"].numeric) == (False, True)
    assert by_name["Y1"].answers[0] == ("1", 2)
    assert [column.letter for column in seen.columns] == list("ABCDEFGH")
    assert by_name["Saran"].filled == 4
    assert isinstance(seen, Result)


def test_names_and_phone_numbers_are_never_shown(tmp_path, book):
    path = book(tmp_path / "a.xlsx", {"A": [HEAD, *ROWS]})
    seen = preview(path, rows=6)
    assert [column.name for column in seen.columns if column.personal] == ["Nama lengkap", "Nomor HP"]
    told = json.dumps(jsonable(seen.to_dict()), ensure_ascii=False) + seen.summary("id") + seen.summary("en")
    for secret in ("Orang", "0812345", "budi@"):
        assert secret not in told
    assert all(row[1] == row[2] == "***" for row in seen.rows)
    assert seen.rows[1][7] == "***"  # an address inside a free answer
    (note,) = [note for note in seen.notes if note.code == "RSP291"]
    assert note.params["columns"] == ["B", "C"]


def test_the_columns_are_those_of_the_draft(tmp_path, book):
    path = book(tmp_path / "a.xlsx", {"A": [["Judul survei"], [], HEAD, *ROWS, ["Jumlah", "", "", 18]]})
    seen, drafted = preview(path, rows=0), draft_instrument(path)
    assert [c.letter for c in seen.columns] == drafted.columns["column"].tolist()
    assert [c.name for c in seen.columns] == drafted.columns["heading"].tolist()
    assert seen.n_rows == drafted.sample.used == 6
    assert seen.sample == drafted.sample
    assert [note.code for note in seen.notes if note.code == "RSP292"] == ["RSP292"]
    assert seen.rows == ()


def test_a_sheet_is_shown_by_name_and_an_unknown_one_is_refused(tmp_path, book):
    path = book(tmp_path / "a.xlsx", {"A": [HEAD, *ROWS], "B": [["P1", "P2"], [1, 2], [2, 2]], "C": []})
    other = preview(path, sheet="B")
    assert other.sheets == ("A", "B")
    assert (other.sheet, [c.name for c in other.columns]) == ("B", ["P1", "P2"])
    with pytest.raises(UmkmError, match="RSP109"):
        preview(path, sheet="Z")
    with pytest.raises(UmkmError, match="RSP102"):
        preview(path, sheet="C")
    form = tmp_path / "form.lss"
    form.write_text("<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", encoding="utf-8")
    with pytest.raises(UsageError, match="RSP130"):
        preview(form, sheet="A")


def test_no_heading_row_and_a_wrong_number_of_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,2,3\n" * 9, encoding="utf-8")
    with pytest.raises(UmkmError, match="RSP301"):
        preview(path)
    for wrong in (-1, 1001, "7", True):
        with pytest.raises(UsageError, match="GEN003"):
            preview(path, rows=wrong)


def test_value_labels_dates_and_percents_as_they_are_seen(tmp_path):
    import datetime as dt

    import openpyxl
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"X1": [1.0, 2.0, 2.0, 4.5], "X2": [1.0, 1.0, None, 2.0]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"X1": {1.0: "Tidak", 2.0: "Ya"}})
    seen = preview(path)
    assert seen.source.name == "spss"
    assert seen.columns[0].answers == (("2 = Ya", 2), ("1 = Tidak", 1), ("4.5", 1))
    assert seen.rows[2] == ("2 = Ya", "")
    sheet = openpyxl.Workbook()
    for row in (
        ["Hari", "Bagian", "Benar"],
        [dt.datetime(2026, 3, 1, 8), 0.85, True],
        [dt.datetime(2026, 3, 2), 0.5, False],
    ):
        sheet.active.append(row)
    for cell in ("B2", "B3"):
        sheet.active[cell].number_format = "0%"
    sheet.active["D1"], sheet.active["D2"], sheet.active["D3"] = "Rumus", "=1+1", "=B2"
    sheet.save(tmp_path / "b.xlsx")
    assert preview(tmp_path / "b.xlsx").rows[0] == ("2026-03-01 08:00:00", "85 %", "TRUE", "=1+1")


def test_the_form_itself_has_columns_and_no_rows(tmp_path, book):
    survey = [["type", "name", "label"], ["select_one setuju", "X1", "Saya puas"], ["text", "nama", "Nama"]]
    choices = [["list_name", "name", "label"], ["setuju", "1", "Tidak"], ["setuju", "2", "Ya"]]
    seen = preview(book(tmp_path / "form.xlsx", {"survey": survey, "choices": choices}))
    assert (seen.n_rows, seen.rows, seen.source.name) == (0, (), "form")
    assert seen.notes[0].code == "RSP290"


def test_command(tmp_path, book):
    path = book(tmp_path / "a.xlsx", {"A": [HEAD, *ROWS], "B": [["P1", "P2"], [1, 2], [2, 2]]})
    command = [sys.executable, "-m", "umkm_stats", "preview", str(path), "--rows", "2"]
    run = subprocess.run([*command, "--lang", "id"], capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert "6 baris, 8 kolom" in run.stdout
    assert "Lembar dalam berkas: A, B." in run.stdout
    assert "data pribadi, disamarkan" in run.stdout
    assert "  2  A: 2026-03-01 10:00:00 | B: *** | C: *** | D: Setuju" in run.stdout
    run = subprocess.run([*command, "--json"], capture_output=True, text=True, encoding="utf-8")
    told = json.loads(run.stdout)
    assert (told["n_rows"], told["rows"][0][3], told["columns"][1]["personal"]) == (6, "Setuju", True)
    run = subprocess.run(
        [*command[:4], str(tmp_path / "no.csv"), "--json"], capture_output=True, text=True, encoding="utf-8"
    )
    assert (run.returncode, json.loads(run.stdout)["error"]["code"]) == (1, "RSP101")
