"""Expert sheets: written, filled in, read back, and handed to content validity."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import Instrument
from umkm_stats.measurement import content_validity
from umkm_stats.questionnaire import read_expert_sheets, write_questionnaire

SCORES = {
    "PI1": [4, 4, 4, 4, 4],
    "PI2": [4, 3, 4, 4, 3],
    "PI3": [4, 4, 4, 4, 1],
    "OI1": [1, 2, 1, 2, 2],
    "OI2": [4, 4, 3, 4, 4],
}


def filled(written: Path, target: Path, expert: int, **changes: Any) -> Path:
    book = openpyxl.load_workbook(written)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for r in range(3, sheet.max_row + 1):
        code = sheet.cell(r, 1).value
        for name, value in (
            ("relevance", SCORES.get(code, [4] * 5)[expert - 1]),
            ("clarity", 3),
            ("necessity", 3),
            ("comment", "=baik"),
        ):
            sheet.cell(r, names.index(name) + 1).value = changes.get(f"{code}_{name}", value)
    book.save(target)
    return target


@pytest.fixture
def five(rich: Instrument, tmp_path: Path) -> list[Path]:
    written = write_questionnaire(rich, format="expert-sheet", out=tmp_path / "empty")
    (tmp_path / "back").mkdir()
    return [filled(written, tmp_path / "back" / f"ahli_{n}.xlsx", n) for n in range(1, 6)]


def test_ratings_come_back_as_given(five: list[Path], rich: Instrument) -> None:
    read = read_expert_sheets(five, rich)
    assert read.notes == ()
    wide = read.tidy()
    assert list(wide.columns) == [1, 2, 3, 4, 5]
    for code, scores in SCORES.items():
        assert wide.loc[code].tolist() == scores
    assert read.of("necessity").tidy().to_numpy().min() == 3
    assert read.glance().iloc[0].to_dict() == {"experts": 5, "items": 9, "ratings": 45, "missing": 0}
    assert "5 ahli menilai 9 item" in read.summary("id")
    assert read.to_dict()["kind"] == "relevance"


def test_a_folder_is_read_in_the_order_of_its_names(five: list[Path], rich: Instrument) -> None:
    assert read_expert_sheets(five[0].parent, rich).table.equals(read_expert_sheets(five, rich).table)


def test_content_validity_takes_the_ratings(five: list[Path], rich: Instrument) -> None:
    """Aiken's V by hand: Σ(r − 1)/(n(c − 1)); all 4 → 1, PI2 (4,3,4,4,3) → 13/15, OI1 (1,2,1,2,2) → 3/15."""
    table = content_validity(read_expert_sheets(five, rich)).table.set_index("item")
    assert table.loc["PI1", "v"] == pytest.approx(1.0, abs=1e-12)
    assert table.loc["PI2", "v"] == pytest.approx(13 / 15, abs=1e-12)
    assert table.loc["OI1", "v"] == pytest.approx(3 / 15, abs=1e-12)
    assert table.loc["PI3", "i_cvi"] == pytest.approx(0.8, abs=1e-12)


def test_ratings_off_the_scale_and_strange_rows_are_noted(rich: Instrument, tmp_path: Path) -> None:
    written = write_questionnaire(rich, format="expert-sheet", out=tmp_path)
    path = filled(
        written,
        tmp_path / "a.xlsx",
        1,
        PI1_relevance=5,
        PI2_relevance="baik",
        PI3_relevance=None,
        OI1_relevance=" 3 ",
    )
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(11, 1).value = "ZZ9"
    book.save(path)
    read = read_expert_sheets(path, rich)
    assert [(note.code, note.params["item"]) for note in read.notes] == [
        ("QST111", "PI1"),
        ("QST111", "PI2"),
        ("QST112", "ZZ9"),
    ]
    values = read.ratings.set_index("item")["rating"]
    assert [math.isnan(values[code]) for code in ("PI1", "PI2", "PI3")] == [True, True, True]
    assert values["OI1"] == 3
    assert "ZZ9" not in values.index


def test_files_of_another_kind(rich: Instrument, tmp_path: Path) -> None:
    entry = write_questionnaire(rich, format="xlsx", out=tmp_path)
    plain = tmp_path / "x.xlsx"
    plain.write_text("no workbook")
    for path in (entry, plain, tmp_path / "absent.xlsx"):
        with pytest.raises(UmkmError) as caught:
            read_expert_sheets([path], rich)
        assert caught.value.code == "QST110"
    (tmp_path / "none").mkdir()
    for nothing in (tmp_path / "none", []):
        with pytest.raises(UmkmError) as caught:
            read_expert_sheets(nothing, rich)
        assert caught.value.code == "QST113"
    with pytest.raises(UsageError):
        read_expert_sheets(entry, rich, kind="beauty")
