"""A stray value in a far corner, a cell of millions of characters, thousands of columns: read, or refused by
cell, and nothing is built for what is empty."""

import json
import random
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _cells, _excel, _sheets, draft_instrument, read_responses
from umkm_stats.responses._files import MAX_ROWS

from .conftest import ITEMS

DRAW = random.Random(4)
ROWS = [[DRAW.randint(1, 5) for _ in ITEMS] for _ in range(12)]


@pytest.fixture
def book(tmp_path):
    def make(*cells, name="a.xlsx"):
        made = Workbook()
        for row in (ITEMS, *ROWS):
            made.active.append(row)
        for row, column, value in cells:
            made.active.cell(row, column, value)
        made.save(tmp_path / name)
        return tmp_path / name

    return make


def refused(path, tiny):
    with pytest.raises(UmkmError) as caught:
        read_responses(path, tiny)
    return caught.value


@pytest.mark.slow
def test_a_value_in_the_far_corner_costs_nothing_and_is_told(book, tiny, monkeypatch):
    built = []
    real = _sheets.factorise
    monkeypatch.setattr(_sheets, "factorise", lambda cells: built.append(len(cells)) or real(cells))
    path = book((MAX_ROWS, 16_384, "x"))
    read = read_responses(path, tiny)
    assert sum(built) < 1000, "empty rows and columns were built"
    assert read.sample.used == len(ROWS)
    assert dict(read.sample.dropped) == {"no_answers": 1}
    found = read.findings.set_index("code")
    assert found.loc["RSP227", "message"].count(f"{MAX_ROWS - len(ROWS) - 2}") == 1
    assert "XFD" in found.loc["RSP228", "message"]
    assert len(draft_instrument(path).columns) >= len(ITEMS)


def test_columns_keep_their_letters_when_empty_ones_are_left_out(book, tiny):
    path = book((1, 700, "Kota"), (3, 700, "Samarinda"), (1, 5000, "Catatan"), (2, 5000, "baik"))
    read = read_responses(path, tiny)
    letters = {column.header: column.letter for column in read.table.columns}
    assert letters["Kota"] == "ZX"
    assert letters["Catatan"] == "GJH"
    assert letters[ITEMS[0]] == "A"
    assert len(read.table.columns) == len(ITEMS) + 2


def test_far_values_in_every_row_are_read(book, tiny):
    read = read_responses(book(*((row, 16_384, "x") for row in range(2, 2 + len(ROWS)))), tiny)
    assert read.sample.used == len(ROWS)
    sheet = next(iter(_excel.pages(book(*((row, 16_384, "x") for row in range(30, 40))), None, None)))
    assert all(isinstance(row, dict) for row in sheet.rows[29:39])


def test_sixteen_thousand_columns_are_one_group_of_notes(tmp_path, tiny, capsys):
    path = tmp_path / "wide.csv"
    heads = [*ITEMS, *(f"kolom {at}" for at in range(2000))]
    lines = [",".join(heads), *(",".join([*map(str, row), *(["3"] * 2000)]) for row in ROWS)]
    path.write_text("\n".join(lines))
    read = read_responses(path, tiny)
    assert read.sample.used == len(ROWS)
    assert len(read.summary().splitlines()) == 3
    assert dict(read.found.codes()) == {"RSP233": 2000}


@pytest.mark.parametrize("place", ["head", "body", "last"])
@pytest.mark.parametrize("kind", ["csv", "large", "xlsx", "json"])
def test_a_cell_longer_than_an_answer_is_named(tmp_path, tiny, monkeypatch, kind, place, book):
    monkeypatch.setattr(_cells, "MAX_CELL", 2000)
    long = "kata " * 500
    heads, rows = [*ITEMS, "Nama"], [[*map(str, row), "a"] for row in ROWS]
    if place == "head":
        heads[-1] = long
    rows[5 if place == "body" else -1][-1] = long if place != "head" else "b"
    row = {"head": 1, "body": 7, "last": len(ROWS) + 1}[place]
    if kind == "xlsx":
        path = book((row, len(heads), long))
    elif kind == "json":
        path = tmp_path / "a.json"
        path.write_text(json.dumps([dict(zip(heads, entry, strict=True)) for entry in rows]))
    else:
        path = tmp_path / "a.csv"
        path.write_text("\n".join(",".join(entry) for entry in (heads, *rows)))
        if kind == "large":
            monkeypatch.setattr(_sheets._delimited, "LARGE", 100)
    error = refused(path, tiny)
    assert error.code == "RSP129"
    assert (error.place.row, error.place.column) == (row, "J")
    assert error.params == {"size": 2500, "limit": 2000}
    assert "2500" in error.message("id")


def test_a_row_beyond_the_last_one_and_a_table_too_large_are_refused_with_the_cell(
    book, tiny, tmp_path, monkeypatch
):
    whole = book()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            text = text.replace(b'<row r="13"', b'<row r="2000000000"').replace(b'"A13"', b'"A2000000000"')
            new.writestr(name, text)
    error = refused(tmp_path / "b.xlsx", tiny)
    assert (error.code, error.place.row) == ("RSP116", MAX_ROWS + 1)
    monkeypatch.setattr(_excel, "MAX_CELLS", 60)
    error = refused(whole, tiny)
    assert error.code == "RSP116"
    assert (error.place.row, error.place.column) == (7, "I")


def test_formulas_without_a_result_stand_in_far_cells_too(book, tiny, tmp_path):
    path = book((3, 600, "=1+1"), (20, 1, "=A2"), (4, 2, "=1+2"))
    assert load_workbook(path).active.cell(3, 600).value == "=1+1"
    page = next(iter(_excel.pages(path, None, None)))
    rows, at = _cells.compact(page.rows)
    assert rows[2][at.index(599)].formula == "=1+1"
    assert rows[19][0].formula == "=A2"
    assert rows[3][1].formula == "=1+2"
    assert not _cells.EMPTY
