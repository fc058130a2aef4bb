"""Any wording a researcher may type survives in every format."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import docx
import openpyxl
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import check_xlsform, make_plan, write_questionnaire
from umkm_stats.questionnaire._gforms import form_data

WORDS = (
    st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="{}"),
        min_size=1,
        max_size=80,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text != "")
)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=WORDS)
def test_any_wording_is_kept(rich: Instrument, text: str) -> None:
    questions = tuple(
        q.model_copy(update={"text": {"id": text, "en": text}}) if q.code in ("PI1", "CITY") else q
        for q in rich.questions
    )
    made = rich.model_copy(update={"questions": questions, "title": {"id": text, "en": text}})
    for name in ("items", "_by_code"):
        made.__dict__.pop(name, None)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paths = {
            format: write_questionnaire(made, format=format, out=folder / format)
            for format in (
                "xlsx",
                "docx",
                "xlsform",
                "limesurvey",
                "google-forms",
                "html",
                "codebook",
                "expert-sheet",
                "kisi-kisi",
            )
        }
        sheet = openpyxl.load_workbook(paths["xlsform"])["survey"]
        heads = [cell.value for cell in sheet[1]]
        row = next(r for r in sheet.iter_rows(min_row=2, values_only=True) if r[heads.index("name")] == "PI1")
        assert row[heads.index("label::English (en)")] == text
        assert check_xlsform(paths["xlsform"]) == ()
        assert convert(str(paths["xlsform"]), validate=False).warnings == []
        book = openpyxl.load_workbook(paths["xlsx"])
        assert text in [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
        cells = [
            cell.text
            for table in docx.Document(str(paths["docx"])).tables
            for row in table.rows
            for cell in row.cells
        ]
        assert text in cells
        _, meta = pyreadstat.read_sav(str(paths["codebook"]))
        assert meta.column_names_to_labels["PI1"] == text
        titles = [entry["title"] for entry in form_data(make_plan(made), "en")["entries"]]
        assert f"CITY. {text}" in titles
        assert json.dumps(f"CITY. {text}", ensure_ascii=False) in paths["google-forms"].read_text(
            encoding="utf-8"
        )
