"""The user's own map, several files, the workbook of findings, and the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from umkm_stats import messages
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.responses import propose_map, read_map, read_responses, write_map
from umkm_stats.responses._findings import RULES, SEVERITY

from .conftest import ITEMS
from .test_responses_layout import ROWS, TEXTS, WANTED, scored


def test_aliases_and_order_proposals(tmp_path, tiny, write):
    heads = ["Nama", "X1.1", "X1.2", "X1.3", "M1", "M2", "M3", "Y1.1", "Y1.2", "Y1.3"]
    path = write(tmp_path / "a.csv", [heads, *(["x", *r] for r in ROWS)])
    table = propose_map(path, tiny).set_index("header")
    assert table.loc[heads[1:], "question"].tolist() == ITEMS
    assert set(table.loc[heads[1:], "how"]) == {"order"}
    with pytest.raises(UmkmError, match="RSP110"):
        read_responses(path, tiny)
    assert scored(read_responses(path, tiny, aliases=dict(zip(heads[1:], ITEMS, strict=True)))) == WANTED


def test_similar_headings_are_proposed_written_confirmed(tmp_path, tiny, write):
    heads = ["Kami membuat banyak desain baru", *TEXTS[1:], "Berat badan"]
    path = write(tmp_path / "a.csv", [heads, *([*r, "50"] for r in ROWS)])
    answers = read_responses(path, tiny)
    assert answers.missing_items == ("XA1",)
    table = propose_map(path, tiny)
    row = table.set_index("header").loc[heads[0]]
    assert (row["question"], row["how"]) == ("XA1", "similar")
    target = write_map(table, tmp_path / "peta.yaml")
    text = target.read_text(encoding="utf-8")
    assert "schema: umkm-map/1" in text
    assert "XA1" not in read_map(target).columns.values()
    confirmed = re.sub(r"^  # (.*): XA1 .*$", r"  \1: XA1", text, flags=re.M)
    assert confirmed != text
    target.write_text(confirmed, encoding="utf-8")
    assert scored(read_responses(path, tiny, aliases=target)) == WANTED


def test_map_gives_meanings_and_leaves_headings_out(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [[*ITEMS, "XA1 lama"], ["KS", *ROWS[0][1:], "2"], [*ROWS[1], "2"]])
    target = tmp_path / "peta.yaml"
    target.write_text('schema: umkm-map/1\nanswers:\n  "*": {KS: 3}\nignore: [XA1 lama]\n', encoding="utf-8")
    answers = read_responses(path, tiny, aliases=str(target))
    assert answers.items["XA1"].tolist() == [3, 4]
    assert "XA1 lama" not in answers.respondents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "columns: {a: XA1}",
        "schema: umkm-map/2",
        "schema: umkm-map/1\ncolumns: [a]",
        "schema: umkm-map/1\nextra: 1",
        "schema: umkm-map/1\nanswers: {XA1: {KS: tiga}}",
        "schema: umkm-map/1\ncolumns: {a: b",
        "a: 1\na: 2",
    ],
)
def test_faulty_map(tmp_path, tiny, write, text):
    path = write(tmp_path / "a.csv", [ITEMS, *ROWS])
    target = tmp_path / "peta.yaml"
    target.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="RSP121"):
        read_responses(path, tiny, aliases=target)
    with pytest.raises(UsageError, match="RSP121"):
        read_map(tmp_path / "none.yaml")


def test_headings_of_a_map_that_the_file_does_not_have_are_named(tmp_path, tiny, write):
    """A slip in a heading of the map was passed over, and the column stood under no code."""
    answers = write(tmp_path / "a.csv", [["Kolom satu", *ITEMS[1:], "Nama toko"], [*["4"] * 9, "Melati"]])
    path = tmp_path / "map.yaml"
    path.write_text(
        "schema: umkm-map/1\ncolumns: {Kolom  Satu: XA1, Kolom dua: XA2, '[ZZ]': XA3}\nignore: [Tokko]\n",
        encoding="utf-8",
    )
    read = read_responses(answers, tiny, aliases=path)
    found = read.findings.query("code == 'RSP285'")
    assert len(found) == 1
    assert "Tokko, Kolom dua, and [ZZ]" in found["message"].iloc[0]
    assert read.items["XA1"].tolist() == [4.0]
    with pytest.raises(UsageError, match=r"RSP121.*there is no such file"):
        read_responses(answers, tiny, aliases=tmp_path / "no.yaml")


def test_files_joined_by_key_or_row_order(tmp_path, tiny, write):
    first = write(tmp_path / "a.csv", [["ID", *ITEMS[:5]], ["r1", *ROWS[0][:5]], ["r2", *ROWS[1][:5]]])
    second = write(tmp_path / "b.csv", [["ID", *ITEMS[5:]], ["R2", *ROWS[1][5:]], ["r1", *ROWS[0][5:]]])
    answers = read_responses([first, second], tiny, join="ID")
    assert scored(answers) == WANTED
    assert answers.columns["MB3"] == "2:B"
    third = write(tmp_path / "c.csv", [ITEMS[5:], ROWS[0][5:], ROWS[1][5:]])
    answers = read_responses([first, third], tiny, join="row_order")
    assert scored(answers) == WANTED
    assert "RSP251" in set(answers.findings["code"])
    for bad in (None, "KODE"):
        with pytest.raises(UmkmError, match="RSP118"):
            read_responses([first, second], tiny, join=bad)
    with pytest.raises(UmkmError, match="RSP118"):
        read_responses([first, write(tmp_path / "d.csv", [ITEMS[5:], ROWS[0][5:]])], tiny, join="row_order")
    with pytest.raises(UmkmError, match="RSP119"):
        read_responses(
            [
                first,
                write(tmp_path / "e.csv", [["ID", *ITEMS[5:]], ["r1", *ROWS[0][5:]], ["r1", *ROWS[1][5:]]]),
            ],
            tiny,
            join="ID",
        )
    partial = write(tmp_path / "f.csv", [["ID", *ITEMS[5:]], ["r1", *ROWS[0][5:]], ["r9", *ROWS[1][5:]]])
    answers = read_responses([first, partial], tiny, join="ID")
    assert "RSP260" in set(answers.findings["code"])
    assert answers.items["YC3"].isna().tolist() == [False, True]


def test_findings_workbook(tmp_path, tiny, write):
    rows = [
        ["judul"],
        [],
        ["Nama", *ITEMS, "Rumus"],
        ["Siti", "7", *ROWS[0][1:], "=1+1"],
        ["Budi", *ROWS[1], "+62"],
    ]
    source = write(tmp_path / "a.csv", rows)
    before = source.read_bytes()
    answers = read_responses(source, tiny)
    for lang, names in (
        ("id", ["Temuan", "Sumber (ditandai)"]),
        ("en", ["Findings", "Source (highlighted)"]),
    ):
        book = load_workbook(answers.write_findings(tmp_path / f"{lang}.xlsx", lang=lang))
        assert book.sheetnames == names
        listed, copy = book.worksheets
        assert listed.max_row == len(answers.findings) + 1
        assert copy["B3"].value == "XA1"
        assert copy["B4"].value == "7"
        assert copy["B4"].fill.fgColor.rgb == "FFFFE3A3"
        assert "RSP203" in copy["B4"].comment.text
        assert copy["A4"].value is None
        assert copy["K4"].data_type == "s"
        assert copy["K4"].value == "=1+1"
    assert source.read_bytes() == before


def test_findings_workbook_that_is_open_elsewhere(tmp_path, tiny, write, monkeypatch):
    import os

    answers = read_responses(write(tmp_path / "a.csv", [ITEMS, *ROWS]), tiny)

    def locked(*_):
        raise PermissionError

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(UmkmError, match="RSP128"):
        answers.write_findings(tmp_path / "f.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_every_code_has_a_severity_a_rule_and_both_texts():
    for code in SEVERITY:
        assert code in RULES
        for lang in ("en", "id"):
            entry = messages.catalogue(lang)[code]
            assert entry["message"].strip()
            assert entry["remedy"].strip()
    catalogue = {c for c in messages.catalogue("en") if c.startswith("RSP")}
    assert catalogue == {c for c in messages.catalogue("id") if c.startswith("RSP")}
    used = "".join(
        p.read_text(encoding="utf-8")
        for p in Path(messages.__file__).parents[1].joinpath("responses").rglob("*.py")
    )
    assert catalogue == set(re.findall(r"RSP\d{3}", used)) & catalogue
    assert set(re.findall(r'"(RSP2\d\d)"', used)) <= catalogue
