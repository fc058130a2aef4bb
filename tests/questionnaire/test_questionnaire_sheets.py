"""Workbooks: what can be typed, what is protected, and that no text of anybody is ever a live formula."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import FORMATS, make_plan, write_questionnaire
from umkm_stats.questionnaire._files import csv_text, inert


def rule_of(sheet: Any, column: int) -> Any:
    """The validation of a column's first cell."""
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            left, top, right, bottom = range_boundaries(area.coord)
            if left <= column <= right and top <= 2 <= bottom:
                return rule
    return None


def test_entry_sheet_has_a_rule_and_a_prompt_for_every_column(rich: Instrument, tmp_path: Path) -> None:
    plan = make_plan(rich, mode="paper")
    sheet = openpyxl.load_workbook(write_questionnaire(rich, format="xlsx", out=tmp_path)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[0] == "Nomor formulir"
    assert heads[1] == "CONSENT"
    for column, head in enumerate(heads, start=1):
        rule = rule_of(sheet, column)
        assert rule is not None, head
        assert rule.showErrorMessage
        assert rule.errorStyle == "stop"
        assert rule.allowBlank
        for text, limit in (
            (rule.prompt, 255),
            (rule.promptTitle, 32),
            (rule.error or "", 255),
            (rule.errorTitle or "", 32),
        ):
            assert len(text) <= limit
        if head in {asked.code for asked in plan.asked}:
            asked = plan.asked_of(head)
            if asked.input == "one":
                assert rule.formula1 == '"' + ",".join(str(answer.value) for answer in asked.answers) + '"'
                assert asked.answers[0].text["id"] in rule.prompt
            elif asked.input == "number":
                top = f"{asked.question.maximum:.15g}"
                assert (rule.type, float(rule.formula1), rule.formula2) == (
                    "decimal" if asked.question.decimals else "whole",
                    asked.question.minimum,
                    top if asked.latest is None else f"MIN({top},YEAR(TODAY()))",
                )
        elif "/" in head:
            assert rule.formula1 == '"0,1"'


def test_entry_sheet_is_protected_and_its_heading_stays_in_sight(rich: Instrument, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_questionnaire(rich, format="xlsx", out=tmp_path))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "B2"
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(sheet.column_dimensions[cell.column_letter].protection.locked for cell in sheet[1])
    assert [ws.title for ws in book.worksheets] == ["Data", "Kode", "Keterangan"]
    assert all(ws.protection.sheet for ws in book.worksheets)
    assert book.security.lockStructure


def test_codebook_sheet_lists_every_question_in_every_language(bundled: Instrument, tmp_path: Path) -> None:
    plan = make_plan(bundled, mode="paper")
    sheet = openpyxl.load_workbook(write_questionnaire(bundled, format="xlsx", out=tmp_path)).worksheets[1]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [asked.code for asked in plan.asked]
    for row, asked in zip(rows, plan.asked, strict=True):
        assert asked.text["id"] in row
        assert asked.text["en"] in row


def test_expert_sheet_has_one_row_an_item_and_lists_for_the_ratings(
    bundled: Instrument, tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(
        write_questionnaire(bundled, format="expert-sheet", out=tmp_path, form="panjang")
    ).worksheets[0]
    names = [cell.value for cell in sheet[1]]
    assert names == [
        "code",
        "construct",
        "dimension",
        "indicator",
        "text_id",
        "text_en",
        "relevance",
        "clarity",
        "necessity",
        "comment",
    ]
    markers = {construct.code for construct in bundled.constructs if construct.role == "marker"}
    expected = [
        item.code
        for item in make_plan(bundled, form="panjang", mode="paper").items
        if item.construct not in markers
    ]
    assert [sheet.cell(r, 1).value for r in range(3, sheet.max_row + 1)] == expected
    assert sheet.row_dimensions[1].hidden
    allowed = {"relevance": '"1,2,3,4"', "clarity": '"1,2,3,4"', "necessity": '"1,2,3"'}
    for name, formula in allowed.items():
        column = names.index(name) + 1
        rules = [
            rule
            for rule in sheet.data_validations.dataValidation
            if f"{sheet.cell(1, column).column_letter}3" in str(rule.sqref)
        ]
        assert [rule.formula1 for rule in rules] == [formula]
        assert not sheet.cell(3, column).protection.locked
    assert sheet.cell(3, 5).protection.locked


def test_operationalisation_table_names_every_item_its_scale_and_its_source(
    bundled: Instrument, tmp_path: Path
) -> None:
    made = write_questionnaire(bundled, format="kisi-kisi", out=tmp_path, form="panjang")
    book = openpyxl.load_workbook(made.with_suffix(".xlsx"))
    assert [ws.title for ws in book.worksheets] == [
        "Definisi Operasional Variabel",
        "Kisi-Kisi Instrumen Penelitian",
        "Skor Jawaban Skala Likert",
    ]
    rows = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
    plan = make_plan(bundled, form="panjang", mode="paper")
    found = {str(row[3]).split(".")[0]: row for row in rows}
    assert set(found) == {item.code for item in plan.items}
    for item in plan.items:
        row = found[item.code]
        assert str(row[0]).endswith(f"({item.construct})")
        assert item.text["id"] in str(row[3])
        assert re.search(r"\(\d{4}\)", str(row[5])), row
    counts = [row[-1] for row in book.worksheets[1].iter_rows(min_row=3, values_only=True)]
    assert counts[-1] == sum(counts[:-1]) == len(plan.items)
    scores = list(book.worksheets[2].iter_rows(min_row=3, max_row=7, values_only=True))
    assert [(row[1], row[3], row[4]) for row in scores] == [
        ("Sangat Tidak Setuju", 1, 5),
        ("Tidak Setuju", 2, 4),
        ("Netral", 3, 3),
        ("Setuju", 4, 2),
        ("Sangat Setuju", 5, 1),
    ]


# ---------------------------------------------------------------------- formulas
RISKY = ("=", "+", "-", "@")


def test_the_instrument_of_this_test_is_risky(rich: Instrument) -> None:
    texts = [
        rich.title["id"],
        *[q.text["id"] for q in rich.questions],
        *[c.label["id"] for q in rich.questions for c in q.choices],
    ]
    assert {text[0] for text in texts} >= set(RISKY)


@pytest.mark.parametrize("format", ["xlsx", "xlsform", "expert-sheet", "kisi-kisi"])
def test_no_cell_of_a_workbook_is_a_formula(rich: Instrument, tmp_path: Path, format: str) -> None:
    write_questionnaire(rich, format=format, out=tmp_path)
    seen = 0
    for path in tmp_path.glob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (path.name, cell.coordinate, cell.value)
                    seen += isinstance(cell.value, str) and cell.value[:1] in RISKY
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.startswith("xl/worksheets/"):
                    assert b"<f>" not in packed.read(name)
    assert seen >= 2 or format == "kisi-kisi"  # there every text stands behind its code


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_no_cell_of_a_text_file_begins_like_a_formula(rich: Instrument, tmp_path: Path, format: str) -> None:
    write_questionnaire(rich, format=format, out=tmp_path)
    for path in (*tmp_path.glob("*.csv"), *tmp_path.glob("*.txt")):
        delimiter = "\t" if path.suffix == ".txt" else ","
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream, delimiter=delimiter):
                for cell in row:
                    assert not cell.startswith(RISKY), (path.name, cell)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+62812", "+62812"),
        ("-5", "-5"),
        ("-5,5", "-5,5"),
        ("-a", "'-a"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
        (5, 5),
        (None, None),
    ],
)
def test_inert(text: Any, expected: Any) -> None:
    assert inert(text) == expected


def test_csv_text_quotes_what_must_be_quoted() -> None:
    assert csv_text([["a,b", 'c"d', "=x"], [1, None, "e\nf"]]) == '"a,b","c""d",\'=x\n1,,"e\nf"\n'


def test_files_are_the_same_when_written_twice(
    rich: Instrument, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    for format in ("limesurvey", "google-forms", "html"):
        one = write_questionnaire(rich, format=format, out=tmp_path / "a").read_bytes()
        two = write_questionnaire(rich, format=format, out=tmp_path / "b").read_bytes()
        assert one == two
