"""``umkm-stats review``: exit codes, files an editor can read, claims files begun from tables."""

import json

import docx
import openpyxl
import pytest

from umkm_stats.cli import main
from umkm_stats.errors import UmkmError
from umkm_stats.report import printed_rows, printed_text
from umkm_stats.review import check_claims

GOOD = """schema: umkm-claims/1
title: Table 3 of *a paper*
claims:
  - {kind: mediation, where: Table 3, a: ".4765", b: ".5064", ab: ".2413"}
"""
BAD = GOOD + '  - {kind: mean, where: Table 1, mean: "5.19", n: "28"}\n'


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(["review", *words])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.fixture
def files(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_exit_codes(capsys, files):
    assert run(capsys, str(files / "good.yaml"), "--lang", "en")[0] == 0
    code, said, _ = run(capsys, str(files / "bad.yaml"), "--lang", "en")
    assert code == 1
    assert "5.19 does not agree" in said
    code, _, err = run(capsys, str(files / "none.yaml"), "--lang", "en")
    assert code == 2
    assert "REV020" in err
    for word in ("scaffold", "scan"):
        code, _, err = run(capsys, word, str(files / "none.docx"), "--lang", "en")
        assert code == 2
        assert "REV032" in err
    code, _, err = run(capsys, "scaffold", str(files / "good.yaml"), "--set", "statistic", "--lang", "en")
    assert code == 2
    assert "REV033" in err


def test_json_holds_every_verdict(capsys, files):
    code, out, _ = run(capsys, str(files / "bad.yaml"), "--json")
    found = json.loads(out)
    assert code == 1
    assert found["counts"] == {"consistent": 1, "inconsistent": 1, "not checkable": 0}
    assert found["files"] == []


@pytest.mark.parametrize(("lang", "word"), [("en", "Inconsistent"), ("id", "Tidak konsisten")])
def test_files_for_an_editor(capsys, files, lang, word):
    out = files / lang
    assert run(capsys, str(files / "bad.yaml"), "--out", str(out), "--lang", lang)[0] == 1
    page = (out / "review.html").read_text(encoding="utf-8")
    assert word in page
    assert ("5.19 × 28" if lang == "en" else "5,19 × 28") in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    book = docx.Document(str(out / "review.docx"))
    assert any("5.19" in cell.text for table in book.tables for row in table.rows for cell in row.cells)
    assert (out / "review.csv").read_text(encoding="utf-8-sig").count("\n") == 3


def test_claims_from_csv_xlsx_and_docx_are_the_same(capsys, files):
    (files / "t.csv").write_text("Jalur;a;b;a x b\nPI;0,480;0,50;0,24\nCC;0,30;0,20;0,06\n", encoding="utf-8")
    book = openpyxl.Workbook()
    page = book.active
    page.append([None])
    page.append(["Jalur", "a", "b", "a x b"])
    page.append(["PI", 0.48, 0.5, 0.24])
    page.append(["CC", 0.3, 0.2, 0.06])
    for row in page.iter_rows(min_row=3):
        for cell in row[1:]:
            cell.number_format = "0.00"
    page["B3"].number_format = "0.000"
    book.save(files / "t.xlsx")
    paper = docx.Document()
    paper.add_table(rows=1, cols=1)
    table = paper.add_table(rows=0, cols=4)
    for line in (
        ("Jalur", "a", "b", "a x b"),
        ("PI", "0.480", "0.50", "0.24"),
        ("CC", "0.30", "0.20", "0.06"),
    ):
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = text
    paper.save(str(files / "t.docx"))
    words = ("--map", "a=a", "--map", "b=b", "--map", "ab=a x b", "--where", "Table 4", "--lang", "en")
    texts = []
    for name, more in (("t.csv", ()), ("t.xlsx", ()), ("t.docx", ("--table", "2"))):
        code, said, _ = run(
            capsys,
            "scaffold",
            str(files / name),
            "--kind",
            "mediation",
            *words,
            *more,
            "--out",
            str(files / name[2:]),
        )
        assert code == 0
        assert "claims.yaml" in said
        lines = (files / name[2:] / "claims.yaml").read_text(encoding="utf-8").splitlines()
        texts.append("\n".join(line for line in lines if not line.startswith("#")))
    assert texts[0].replace(",", ".").replace("Table 4. row", "Table 4, row") == texts[1] == texts[2]
    assert 'a: "0.480"' in texts[1]
    assert check_claims(files / "xlsx" / "claims.yaml").counts["consistent"] == 2


def test_scaffold_without_a_map_uses_headings_of_the_fields(capsys, files):
    (files / "t.csv").write_text("a,b,ab\n.48,.50,.24\n", encoding="utf-8")
    code, said, _ = run(capsys, "scaffold", str(files / "t.csv"), "--lang", "en")
    assert code == 0
    assert 'ab: ".24"' in said


def test_statistics_of_a_paper_become_claims(capsys, files):
    paper = docx.Document()
    paper.add_paragraph("Brand trust differed, t(97) = 5.15, p < .001.")
    paper.add_table(rows=1, cols=1).cell(0, 0).text = "F(2, 117) = 4.58, p = .112"
    paper.save(str(files / "paper.docx"))
    code, said, _ = run(
        capsys, "scan", str(files / "paper.docx"), "--out", str(files / "found"), "--lang", "en"
    )
    assert code == 0
    assert "2 statistics found in paper.docx" in said
    code, said, _ = run(capsys, str(files / "found" / "claims.yaml"), "--lang", "en")
    assert code == 1
    assert ".112 does not agree" in said
    (files / "paper.txt").write_text("Efeknya nyata, t(97) = 5,15; p < 0,001.\n", encoding="utf-8")
    code, said, _ = run(capsys, "scan", str(files / "paper.txt"), "--lang", "id")
    assert code == 0
    assert 'value: "5,15"' in said
    (files / "none.txt").write_text("no numbers\n", encoding="utf-8")
    assert run(capsys, "scan", str(files / "none.txt"), "--out", str(files / "no"), "--lang", "en")[0] == 0
    assert not (files / "no").exists()


def test_a_program_named_on_the_command_line_holds_for_every_table(capsys, files):
    text = (
        "schema: umkm-claims/1\nclaims:\n  - {kind: fit, chi2: '85.306', df: 24, n: 301, rmsea: '.09228'}\n"
    )
    (files / "fit.yaml").write_text(text, encoding="utf-8")
    code, said, _ = run(capsys, str(files / "fit.yaml"), "--lang", "en")
    assert code == 0
    assert "It would be consistent under the convention of semopy 2.3.11" in said
    code, said, _ = run(capsys, str(files / "fit.yaml"), "--program", "semopy 2.3.11", "--lang", "en")
    assert code == 0
    assert "consistent under the convention of semopy 2.3.11" in said
    code, said, _ = run(capsys, str(files / "fit.yaml"), "--program", "Mplus 8", "--lang", "en")
    assert code == 1
    assert "Mplus 8 does not print so" in said
    code, said, _ = run(capsys, str(files / "fit.yaml"), "--program", "Minitab", "--lang", "id")
    assert code == 0
    assert "tidak dikenal: Minitab" in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("PLN142", ("--map", "a")),
        ("PLN143", ("--map", "a=coefficient")),
        ("GEN001", ("--kind", "zebra", "--map", "a=a")),
        ("GEN001", ("--kind", "zebra")),
        ("RPT112", ("--sheet", "Hasil")),
        ("RPT112", ("--table", "9")),
    ],
)
def test_wrong_maps(capsys, files, code, words):
    (files / "t.csv").write_text("a,b\n.48,.50\n", encoding="utf-8")
    status, _, err = run(capsys, "scaffold", str(files / "t.csv"), *words, "--lang", "en")
    assert status == 2
    assert code in err


def test_headings_that_are_no_fields_name_the_option_that_helps(capsys, files):
    (files / "t.csv").write_text("path,a,b\nX - M - Y,.48,.50\n", encoding="utf-8")
    for lang in ("en", "id"):
        status, _, err = run(capsys, "scaffold", str(files / "t.csv"), "--lang", lang)
        said = " ".join(err.split())
        assert (status, "REV035" in said, "--map" in said, "path" in said) == (2, True, True, True)
    status, said, _ = run(capsys, "scaffold", str(files / "t.csv"), "--map", "a=a", "--map", "b=b")
    assert (status, 'a: ".48"' in said) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--sheet", "A"),
        ("--table", "2"),
        ("--kind", "fit"),
        ("--map", "a=a"),
        ("--where", "T"),
        ("--set", "n=3"),
    ],
)
def test_options_of_scaffold_alone_are_not_dropped_elsewhere(capsys, files, words):
    (files / "t.txt").write_text("t(97) = 5.15, p < .001\n", encoding="utf-8")
    for given in ((str(files / "good.yaml"),), ("scan", str(files / "t.txt"))):
        status, _, err = run(capsys, *given, *words, "--lang", "en")
        assert (status, "REV036" in err, words[0] in err) == (2, True, True)


def test_a_second_file_beside_the_claims_is_not_dropped(capsys, files):
    status, _, err = run(capsys, str(files / "good.yaml"), str(files / "bad.yaml"), "--lang", "id")
    assert (status, "REV036" in err) == (2, True)


def test_tables_that_cannot_be_used(files):
    (files / "t.pdf").write_bytes(b"%PDF")
    (files / "t.docx").write_bytes(b"not a document")
    (files / "empty.csv").write_text("a,b\n", encoding="utf-8")
    openpyxl.Workbook().save(files / "t.xlsx")
    for name in ("t.pdf", "t.docx", "none.txt"):
        with pytest.raises(UmkmError) as caught:
            printed_text(files / name)
        assert caught.value.code == "RPT110"
    for name, code, given in (
        ("t.pdf", "RPT110", {}),
        ("t.docx", "RPT110", {}),
        ("none.csv", "RPT110", {}),
        ("empty.csv", "RPT111", {}),
        ("t.xlsx", "RPT111", {"sheet": "Other"}),
        ("t.xlsx", "RPT111", {}),
        ("empty.csv", "RPT112", {"sheet": "A"}),
        ("empty.csv", "RPT112", {"table": 9}),
        ("t.xlsx", "RPT112", {"table": 2}),
        ("t.docx", "RPT112", {"sheet": "A"}),
    ):
        with pytest.raises(UmkmError) as caught:
            printed_rows(files / name, **given)
        assert caught.value.code == code


def test_printed_rows_show_what_the_reader_sees(files):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["share", "share", None, "n"])
    page.append([0.845, 12, "x", None])
    page["A2"].number_format = "0.0%"
    page["B2"].number_format = "0.00"
    book.save(files / "t.xlsx")
    assert printed_rows(files / "t.xlsx") == [
        {"share": "84.5", "share (2)": "12.00", "column 3": "x", "n": ""}
    ]
