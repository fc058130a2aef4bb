"""Files that cannot be used: a coded error with place and remedy in both languages, and the file as it
was."""

from __future__ import annotations

import io
import struct
import sys
import zipfile

import pytest

from umkm_stats import draft_instrument
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.responses import preview, propose_map, read_responses
from umkm_stats.responses._files import MAX_UNPACKED

from .conftest import ITEMS

ROW = ["1", "5", "2", "4", "4", "4", "5", "5", "4"]


def refused(code, path, instrument, **options):
    before = path.read_bytes() if hasattr(path, "exists") and path.exists() else None
    with pytest.raises(UmkmError) as caught:
        read_responses(path, instrument, **options)
    fault = caught.value
    assert fault.code == code
    for lang in ("en", "id"):
        assert fault.message(lang) != code
        assert fault.remedy(lang) not in ("", code)
        assert "{" not in fault.message(lang) + fault.remedy(lang)
    assert fault.message("en") != fault.message("id")
    assert fault.exit_code in (1, 2)
    if code <= "RSP108" and not options:  # the file itself: a look without an instrument says the same
        with pytest.raises(UmkmError) as seen:
            preview(path)
        assert (seen.value.code, seen.value.place.file) == (code, fault.place.file)
    if before is not None:
        assert path.read_bytes() == before
    return fault


def test_missing_file(tmp_path, tiny):
    assert refused("RSP101", tmp_path / "none.csv", tiny).place.file == "none.csv"
    with pytest.raises(UmkmError, match="RSP101"):
        read_responses([], tiny)


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_file(tmp_path, tiny, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    refused("RSP102", path, tiny)


def test_empty_workbook(tmp_path, tiny, book):
    refused("RSP102", book(tmp_path / "a.xlsx", {"Form Responses 1": []}), tiny)


def test_password(tmp_path, tiny, book):
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = book(tmp_path / "plain.xlsx", {"A": [ITEMS, ROW]})
    locked = tmp_path / "locked.xlsx"
    with plain.open("rb") as source, locked.open("wb") as target:
        OOXMLFile(source).encrypt("secret", target)
    refused("RSP103", locked, tiny)


def test_encrypted_zip_member(tmp_path, tiny):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x\n")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8 : at + 10] = struct.pack("<H", 1)
    path.write_bytes(bytes(data))
    refused("RSP103", path, tiny)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n...",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\x00\x01\x02\x03" * 40,
        b"<?xml version='1.0'?><a/>",
        b"<html><p>no table</p></html>",
    ],
)
def test_not_a_spreadsheet(tmp_path, tiny, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    refused("RSP104", path, tiny)


def test_word_file_is_not_a_spreadsheet(tmp_path, tiny):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    refused("RSP104", path, tiny)


def test_old_workbook_formats(tmp_path, tiny):
    old = tmp_path / "a.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    refused("RSP105", old, tiny)
    ods = tmp_path / "a.ods"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    refused("RSP105", ods, tiny)


def test_damaged(tmp_path, tiny, book):
    whole = book(tmp_path / "a.xlsx", {"A": [ITEMS, ROW]}).read_bytes()
    for cut in (30, len(whole) // 2, len(whole) - 30):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:cut])
        refused("RSP106", path, tiny)
    for name, start in (
        ("a.sav", b"$FL2@(#) broken"),
        ("a.dta", b"<stata_dta>broken"),
        ("a.parquet", b"PAR1broken"),
    ):
        path = tmp_path / name
        path.write_bytes(start + b"x" * 200)
        refused("RSP106", path, tiny)


def test_zip_bomb(tmp_path, tiny):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            block = b"0" * 1024 * 1024
            for _ in range(120):
                part.write(block)
    assert path.stat().st_size < 1024 * 1024
    refused("RSP107", path, tiny)


def test_zip_that_lies_about_its_size(tmp_path, tiny, monkeypatch):
    from umkm_stats.responses import _files

    monkeypatch.setattr(_files, "MAX_UNPACKED", 1000)
    with pytest.raises(UmkmError, match="RSP107"):
        _files.read_limited(tmp_path / "a.zip", io.BytesIO(b"x" * 5000))
    assert MAX_UNPACKED == 1024**3


def test_xml_entities(tmp_path, tiny, book):
    whole = book(tmp_path / "a.xlsx", {"A": [ITEMS, ROW]})
    path = tmp_path / "lol.xlsx"
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, laughs if part == "xl/worksheets/sheet1.xml" else old.read(part))
    refused("RSP108", path, tiny)


def test_sheet_that_is_not_there(tmp_path, tiny, book):
    path = book(tmp_path / "a.xlsx", {"Jawaban": [ITEMS, ROW]})
    fault = refused("RSP109", path, tiny, sheet="Data")
    assert "Jawaban" in fault.message("en")
    assert fault.place.sheet == "Data"


def test_a_sheet_of_a_file_without_sheets_is_not_dropped_silently(tmp_path, tiny, write, book):
    path = write(tmp_path / "a.csv", [ITEMS, ROW])
    web = tmp_path / "a.html"
    web.write_text("<table><tr><td>X1</td></tr><tr><td>1</td></tr></table>", encoding="utf-8")
    fault = refused("RSP130", path, tiny, sheet="Data")
    assert fault.exit_code == 2
    assert "Data" in fault.message("id")
    refused("RSP130", web, tiny, sheet="Data")
    for door in (preview, draft_instrument, lambda file, sheet: propose_map(file, tiny, sheet=sheet)):
        with pytest.raises(UsageError, match="RSP130"):
            door(path, sheet="Data")
    half = write(tmp_path / "half.csv", [ITEMS[:4], ROW[:4]])
    rest = book(tmp_path / "b.xlsx", {"A": [ITEMS[:4], ROW[:4]], "Data": [ITEMS[4:], ROW[4:]]})
    both = read_responses([half, rest], tiny, sheet="Data", join="row_order")
    assert sorted(both.items) == sorted(ITEMS)


def test_no_known_column(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [["berat", "tinggi"], ["50", "160"]])
    fault = refused("RSP110", path, tiny)
    assert fault.place.row == 1
    assert "write-map" in fault.remedy("id")


def test_respondent_columns_alone_are_not_enough(tmp_path, tiny, write):
    refused("RSP110", write(tmp_path / "a.csv", [["AGE", "NOTE"], ["50", "x"]]), tiny)


def test_two_columns_for_one_item(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Kami membuat desain baru."], [*ROW, "3"]])
    fault = refused("RSP111", path, tiny)
    assert fault.place.item == "XA1"
    assert fault.params["columns"] == ["A", "J"]


def test_a_second_empty_column_is_passed_over(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Kami membuat desain baru."], [*ROW, ""]])
    answers = read_responses(path, tiny)
    assert answers.items["XA1"].tolist() == [1.0]
    assert "RSP256" in set(answers.findings["code"])


def test_no_usable_rows(tmp_path, tiny, write):
    said = []
    for rows in ([ITEMS], [ITEMS, [""] * 9], [[*ITEMS, "Nama"], [*ROW, "tes"]]):
        said.append(refused("RSP112", write(tmp_path / "a.csv", rows), tiny))
    assert "0 rows can be used (nothing stands below the headings)." in said[0].message("en")
    assert "(tests of the form: 1)." in said[2].message("en")  # words, never the name of a code
    assert "test_row" not in said[2].message("id")
    with pytest.raises(UmkmError) as caught:
        read_responses(write(tmp_path / "a.csv", [ITEMS, ["7"] * 9]), tiny)
    assert caught.value.code == "RSP282"
    assert 'answers: {"*": {"7": ?}}' in caught.value.remedy("id")


def test_source_that_cannot_be(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [ITEMS, ROW])
    refused("RSP113", path, tiny, source="spss")
    with pytest.raises(UsageError, match="GEN00"):
        read_responses(path, tiny, source="surveymoney")
    sav = tmp_path / "a.sav"
    sav.write_bytes(b"$FL2@(#)" + b"x" * 100)
    refused("RSP113", sav, tiny, source="google-forms")


def test_alias_to_unknown_item(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [ITEMS, ROW])
    fault = refused("RSP114", path, tiny, aliases={"X1.1": "QQ1"})
    assert fault.exit_code == 2


def test_too_many_columns(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [[*ITEMS, *(f"c{i}" for i in range(17_000))], [*ROW, *["1"] * 17_000]])
    refused("RSP116", path, tiny)


@pytest.mark.slow
def test_ten_thousand_columns_are_read(tmp_path, tiny, write, book):
    rows = [[*ITEMS, *(f"c{i}" for i in range(10_000))], *([*ROW, *["1"] * 10_000] for _ in range(3))]
    for path in (write(tmp_path / "a.csv", rows), book(tmp_path / "a.xlsx", {"A": rows})):
        assert read_responses(path, tiny).items["XA2"].tolist() == [5.0, 5.0, 5.0]


def test_several_sheets_with_the_same_questions(tmp_path, tiny, book):
    path = book(tmp_path / "a.xlsx", {"Kelas A": [ITEMS, ROW], "Kelas B": [ITEMS, ROW]})
    fault = refused("RSP117", path, tiny)
    assert fault.params["sheets"] == ["Kelas A", "Kelas B"]
    assert read_responses(path, tiny, sheet="Kelas B").source.sheet == "Kelas B"


def test_parquet_without_pyarrow(tmp_path, tiny, monkeypatch):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    refused("RSP120", path, tiny)


def test_archives(tmp_path, tiny):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x\n")
        archive.writestr("b.csv", "x\n")
    assert refused("RSP124", path, tiny).params["count"] == 2
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.csv", ",".join(ITEMS) + "\n" + ",".join(ROW) + "\n")
    answers = read_responses(path, tiny)
    assert len(answers.items) == 1
    assert not (tmp_path.parent.parent / "outside.csv").exists()


def test_strict(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [ITEMS, ROW, ["7", *ROW[1:]]])
    fault = refused("RSP125", path, tiny, strict=True)
    assert fault.params["warnings"] == 1
    answers = read_responses(path, tiny)
    assert answers.ok()
    assert not answers.ok(strict=True)
    with pytest.raises(UmkmError, match="RSP125"):
        answers.require(strict=True)


def test_headings_cut_short(tmp_path, tiny, write):
    path = write(
        tmp_path / "a.csv", [["Kami membuat.. ", "Kami memperbarui.. ", "Produk kami.. "], ["5", "4", "3"]]
    )
    assert "Question code" in refused("RSP127", path, tiny).remedy("en")


def test_unknown_options(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [ITEMS, ROW])
    for options in ({"reverse": "twice"}, {"screening": "all"}):
        with pytest.raises(UsageError, match="GEN00"):
            read_responses(path, tiny, **options)


def zipped(path, name, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(name, ",".join(ITEMS) + "\n" + ",".join(ROW) * 40)
    return path


def test_names_and_members_of_a_damaged_archive(tmp_path, tiny):
    """A part without a name, a name that is not UTF-8, a damaged member by every method of packing."""
    named = zipped(tmp_path / "a.zip", "xyz.csv")
    named.write_bytes(named.read_bytes().replace(b"xyz.csv", b"\x00yz.csv"))
    refused("RSP124", named, tiny)
    foreign = zipped(tmp_path / "b.zip", "é.csv")
    foreign.write_bytes(foreign.read_bytes().replace("é".encode(), b"\xff\xa9"))
    refused("RSP106", foreign, tiny)
    for number, method in enumerate((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)):
        damaged = zipped(tmp_path / f"c{number}.zip", "a.csv", method)
        raw = bytearray(damaged.read_bytes())
        raw[48:80] = bytes(255 - byte for byte in raw[48:80])
        damaged.write_bytes(raw)
        refused("RSP106", damaged, tiny)


def test_a_damaged_value_label_never_moves_answers_off_the_scale(tmp_path, tiny):
    """A label at 1.00017 that means 5 once shifted unlabelled answers to 4.9998; now they are missing."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({code: [1.0, 2.0, 3.0, 4.0, 5.0] for code in ITEMS})
    path = tmp_path / "a.sav"
    labels = {"XA1": {1.00017070770263671875: "Sangat Setuju"}}
    pyreadstat.write_sav(frame, path, variable_value_labels=labels)
    read = read_responses(path, tiny)
    assert read.items["XA1"].isna().all()
    assert read.items["XA2"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert (read.findings["code"] == "RSP205").sum() == 5
