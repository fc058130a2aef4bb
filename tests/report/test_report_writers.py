"""Tables are data: the cells read back from every format are the same; user text is never a live formula."""

import csv
import html.parser
import io
import re

import docx
import openpyxl
import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.report._docx import write_docx
from umkm_stats.report._html import render_html, write_html
from umkm_stats.report._plainfiles import _tex_cell, guarded, table_csv, table_tex, table_text, tex
from umkm_stats.report._spec import (
    Column,
    Document,
    Failure,
    Figure,
    Paragraph,
    Section,
    Spanner,
    Table,
    numbered,
)
from umkm_stats.report._voice import choose_voice
from umkm_stats.report._xlsx import write_xlsx

NASTY = [
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@cmd",
    "\tx",
    "<script>alert(1)</script>",
    "a & b *c*",
    'q"uote',
    "Σ → −",
    "x" * 60,
]


def words(chapter=""):
    found = {name: name for name in ("contents", "skip", "theme", "made", "failed", "notice")}
    return found | {"table": "Tabel", "figure": "Gambar", "chapter": chapter}


def document(*blocks, banner="", chapter=""):
    sections = (Section("one", "Satu *asing*", tuple(blocks)), Section("two", "Dua", (Paragraph("x"),), 2))
    return numbered(Document("Judul", "Anak *judul*", "id", sections, banner, words(chapter)))


def table(rows=None):
    columns = (
        Column("name", "Nama"),
        Column("k", "Jumlah item", "integer"),
        Column("low", "Batas bawah", "estimate"),
        Column("high", "Batas atas", "estimate"),
        Column("p", "*p-value*", "p"),
    )
    rows = rows or tuple(
        (name, 1200 + i, -0.5 - i, None if i == 1 else 0.8765, 0.0004 if i % 2 else 0.05)
        for i, name in enumerate(NASTY)
    )
    return Table(
        "nasty",
        "Judul *asing*",
        columns,
        rows,
        spanners=(Spanner("IK 95%", ("low", "high")),),
        groups=((2, "Kelompok"),),
        notes=("Catatan.",),
        source="Sumber",
    )


class Cells(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.inside, self.body = [], False, False

    def handle_starttag(self, tag, attrs):
        if tag == "tbody":
            self.body = True
        if self.body and tag == "tr":
            self.rows.append([])
        if self.body and tag in ("td", "th"):
            self.inside = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False
        if tag == "tbody":
            self.body = False

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("style", ["apa", "skripsi"])
def test_cells_are_identical_in_every_format(tmp_path, style):
    voice = choose_voice(style=style)
    doc = document(table())
    made = doc.tables[0]
    expected = [
        [voice.cell(value, column) for value, column in zip(row, made.columns, strict=True)]
        for row in made.rows
    ]

    page = Cells()
    page.feed(render_html(doc, voice))
    assert [row for row in page.rows if len(row) == 5] == expected

    write_docx(doc, voice, tmp_path / "r.docx")
    word = docx.Document(str(tmp_path / "r.docx"))
    grid = [[cell.text for cell in row.cells] for row in word.tables[0].rows][2:]
    cleaned = [row for row in grid if len(set(row)) > 1]
    assert [[c.strip() for c in row] for row in cleaned] == [[c.strip() for c in row] for row in expected]

    write_xlsx(doc, voice, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")[
        openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames[1]
    ]
    rows = [list(row[:5]) for row in sheet.iter_rows() if isinstance(row[1].value, int)]
    for row, values, said in zip(rows, made.rows, expected, strict=True):
        assert row[0].value == values[0]
        for cell, value, text in zip(row[1:], values[1:], said[1:], strict=True):
            assert cell.value == (value if value is not None else text)
            if value is not None:
                assert cell.data_type == "n"

    read = list(csv.DictReader(io.StringIO(table_csv(made))))
    for line, row in zip(read, made.rows, strict=True):
        assert line["name"] == guarded(row[0])
        assert int(line["k"]) == row[1]
        assert float(line["low"]) == row[2]
        assert line["high"] == ("" if row[3] is None else repr(row[3]))

    body = table_tex(made, doc, voice).partition(r"\midrule")[2].partition(r"\bottomrule")[0]
    latex = [line for line in body.splitlines() if " & " in line]
    for line, said in zip(latex, expected, strict=True):
        assert line == " & ".join(_tex_cell(cell) for cell in said) + r" \\"
    fixed = table_text(made, doc, voice)
    assert all(row[3] in fixed for row in expected)


def test_user_text_is_never_a_live_formula(tmp_path):
    voice = choose_voice()
    write_xlsx(document(table()), voice, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert [
        cell.quotePrefix
        for row in book[book.sheetnames[1]].iter_rows()
        for cell in row
        if cell.value == "=1+1"
    ] == [True]
    for line in table_csv(table()).splitlines():
        assert not line.startswith(("=", "+", "-", "@", "\t"))


def test_html_asks_for_nothing_else_and_escapes(tmp_path):
    page = write_html(
        document(table(), banner="DATA SIMULASI"), choose_voice(), tmp_path / "r.html"
    ).read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "@import" not in page
    assert "url(" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@page" in page
    assert page.count("DATA SIMULASI") >= 2
    assert '<html lang="id">' in page


def test_banner_stands_on_every_page_and_sheet(tmp_path):
    doc = document(table(), banner="DATA SIMULASI")
    write_docx(doc, choose_voice(), tmp_path / "r.docx")
    word = docx.Document(str(tmp_path / "r.docx"))
    assert all("DATA SIMULASI" in section.header.paragraphs[0].text for section in word.sections)
    write_xlsx(doc, choose_voice(), tmp_path / "t.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "t.xlsx"):
        assert any("DATA SIMULASI" in str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row)
    assert "DATA SIMULASI" in table_tex(doc.tables[0], doc, choose_voice())
    assert "DATA SIMULASI" in table_text(doc.tables[0], doc, choose_voice())


def test_word_file_has_styles_captions_fields_header_rows_and_landscape(tmp_path):
    wide = Table(
        "wide",
        "Lebar",
        (Column("a", "Item"), *(Column(f"c{i}", f"Kolom panjang {i}", "estimate") for i in range(12))),
        (("x", *range(12)),),
    )
    doc = document(Paragraph("Lihat Tabel 4.1."), table(), wide, Paragraph("Sesudah."), chapter="4.")
    write_docx(doc, choose_voice(style="skripsi"), tmp_path / "r.docx")
    word = docx.Document(str(tmp_path / "r.docx"))
    captions = [p.text for p in word.paragraphs if p.style.name == "Caption"]
    assert captions == ["Tabel 4.1 Judul asing", "Tabel 4.2 Lebar"]
    xml = word.element.xml
    assert "SEQ Tabel" in xml
    assert "REF _Refnasty" in xml
    assert 'w:name="_Refnasty"' in xml
    assert xml.count("<w:tblHeader/>") == 3
    assert [section.orientation for section in word.sections] == [0, 1, 0]
    assert [p.style.name for p in word.paragraphs if p.text.startswith(("Satu", "Dua"))] == [
        "Heading 1",
        "Heading 2",
    ]


def test_equal_documents_give_equal_bytes(tmp_path):
    for name in ("a.docx", "b.docx"):
        write_docx(document(table()), choose_voice(), tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_template_is_honoured_and_a_broken_one_is_a_coded_error(tmp_path):
    template = docx.Document()
    template.styles["Normal"].font.name = "Garamond"
    template.add_paragraph("old text")
    template.save(str(tmp_path / "t.docx"))
    write_docx(document(table()), choose_voice(), tmp_path / "r.docx", template=tmp_path / "t.docx")
    word = docx.Document(str(tmp_path / "r.docx"))
    assert word.styles["Normal"].font.name == "Garamond"
    assert "old text" not in "\n".join(p.text for p in word.paragraphs)
    (tmp_path / "bad.docx").write_bytes(b"not a zip")
    with pytest.raises(UmkmError) as caught:
        write_docx(document(table()), choose_voice(), tmp_path / "r2.docx", template=tmp_path / "bad.docx")
    assert caught.value.code == "RPT101"
    assert not (tmp_path / "r2.docx").exists()


def test_a_failure_keeps_its_place_in_every_format(tmp_path):
    doc = document(Failure("gone", "Tabel yang hilang", "karena alasan"))
    page = render_html(doc, choose_voice())
    assert "Tabel yang hilang" in page
    assert "karena alasan" in page
    write_docx(doc, choose_voice(), tmp_path / "r.docx")
    assert any("karena alasan" in p.text for p in docx.Document(str(tmp_path / "r.docx")).paragraphs)


def test_figures_carry_alternative_text(tmp_path):
    from umkm_stats.figures._canvas import drawing, saved

    with drawing(4, 3) as picture:
        picture.add_subplot()
        files = saved(picture)
    doc = document(Figure("f", "Gambar", 'alt "text"', files))
    assert 'alt="alt &quot;text&quot;"' in render_html(doc, choose_voice())
    write_docx(doc, choose_voice(), tmp_path / "r.docx")
    assert "alt &quot;text&quot;" in docx.Document(str(tmp_path / "r.docx")).element.xml


def test_a_row_of_the_wrong_width_is_refused():
    with pytest.raises(ValueError, match="rows \\[0\\]"):
        Table("t", "T", (Column("a", "A"),), (("x", "y"),))


def test_tex_escapes():
    assert tex("50% & _x_ *asing*") == r"50\% \& \_x\_ \emph{asing}"


def test_workbooks_carry_no_time_of_writing(study, tmp_path):
    import zipfile

    import openpyxl

    from umkm_stats.report._xlsx import write_sheet

    write_sheet(tmp_path / "one.xlsx", "T", ["a"], [["b"]])
    with zipfile.ZipFile(tmp_path / "one.xlsx") as book:
        assert b"2026-01-01T00:00:00Z</dcterms:modified>" in book.read("docProps/core.xml")
    for path in (tmp_path / "one.xlsx", study.folder / "tables.xlsx"):
        with zipfile.ZipFile(path) as book:
            assert {entry.date_time for entry in book.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        assert openpyxl.load_workbook(path).properties.modified.year == 2026
    with zipfile.ZipFile(study.folder / "tables.xlsx") as book:
        assert book.read("docProps/core.xml").count(b"2026-01-01T00:00:00Z") == 2


def test_an_interval_with_no_break_spaces_needs_its_whole_width():
    import dataclasses

    from umkm_stats.report._docx_table import _needs
    from umkm_stats.report._spec import Column, Table
    from umkm_stats.report._voice import choose_voice

    columns = (Column("statement", "Pernyataan", wide=True), Column("interval", "Interval"))
    text = "[\N{MINUS SIGN}0,005; 0,354]"
    table = Table("t", "T", columns, (("Harga berpengaruh positif", text),))
    kept = dataclasses.replace(table, rows=(("Harga berpengaruh positif", text.replace(" ", "\u00a0")),))
    voice = choose_voice(style="skripsi")
    assert _needs(kept, voice)[1][1] > _needs(table, voice)[1][1]
    assert _needs(kept, voice)[1][1] >= 0.074 * len(text)
