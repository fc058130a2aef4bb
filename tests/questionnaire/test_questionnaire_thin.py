"""The three formats people start with are written and hold every question of the form."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from umkm_stats.instrument import load_instrument
from umkm_stats.questionnaire import write_questionnaire


@pytest.mark.parametrize("format", ["xlsx", "google-forms", "html"])
def test_every_item_is_asked(tmp_path: Path, format: str) -> None:
    instrument = load_instrument("umkm_inovasi")
    made = write_questionnaire(instrument, format=format, out=tmp_path)
    if made.suffix == ".xlsx":
        head = [cell.value for cell in openpyxl.load_workbook(made).worksheets[0][1]]
        found = {item.code for item in instrument.items_of_form() if item.code in head}
    else:
        text = made.read_text(encoding="utf-8")
        found = {item.code for item in instrument.items_of_form() if re.search(rf"\b{item.code}\b", text)}
    assert found == {item.code for item in instrument.items_of_form()}
