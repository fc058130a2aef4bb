"""Where the table stands: encodings, delimiters, lines above, two headings, sums and notes below, blank
rows."""

from __future__ import annotations

import codecs

import pytest

from umkm_stats import load_instrument
from umkm_stats.errors import UmkmError
from umkm_stats.responses import read_responses

from .conftest import ITEMS, YAML

ROWS = [["5", "4", "2", "4", "4", "3", "5", "5", "4"], ["4", "4", "1", "5", "4", "4", "5", "3", "4"]]
TEXTS = [
    "Kami membuat desain baru.",
    "Kami memperbarui tampilan produk.",
    "Produk kami tetap sama.",
    "Kami mencari ide dari luar.",
    "Kami memakai saran pihak luar.",
    "Kami belajar dari pihak lain.",
    "Pelanggan membeli lagi.",
    "Kami cepat menanggapi pasar.",
    "Produk terjual ke banyak daerah.",
]
WANTED = [[5, 4, 4, 4, 4, 3, 5, 5, 4], [4, 4, 5, 5, 4, 4, 5, 3, 4]]


def scored(answers):
    return answers.items.loc[answers.kept].to_numpy().tolist()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_and_delimiters(tmp_path, tiny, write, delimiter, encoding):
    rows = [[*ITEMS, "Catatan lain é"], *([*r, "café"] for r in ROWS)]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=delimiter, encoding=encoding), tiny)
    assert scored(answers) == WANTED
    assert answers.respondents["Catatan lain é"].tolist() == ["café", "café"]
    assert answers.source.delimiter == delimiter


def test_separator_line_of_excel(tmp_path, tiny):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n" + "\n".join(";".join(r) for r in [ITEMS, *ROWS]), encoding="utf-8")
    answers = read_responses(path, tiny)
    assert scored(answers) == WANTED
    assert answers.sample.rows["row"].tolist() == [3, 4]


def test_bytes_that_are_no_text_are_replaced_and_said(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Saran"], *([*r, "ya"] for r in ROWS)])
    path.write_bytes(path.read_bytes() + b"5,4,2,4,4,3,5,5,4,\x81\x8d\n")
    answers = read_responses(path, tiny)
    assert len(scored(answers)) == 3
    assert "RSP239" in set(answers.findings["code"])


def test_bom_inside_quotes(tmp_path, tiny):
    path = tmp_path / "a.csv"
    path.write_bytes(
        codecs.BOM_UTF8 + "\n".join(",".join(f'"{c}"' for c in r) for r in [ITEMS, *ROWS]).encode()
    )
    assert scored(read_responses(path, tiny)) == WANTED


def test_lines_above_and_rows_below(tmp_path, tiny, write, book):
    rows = [
        ["Rekap kuesioner UMKM"],
        ["Diisi oleh enumerator"],
        [],
        [*ITEMS, "Total"],
        [*ROWS[0], "36"],
        [],
        [*ROWS[1], "38"],
        ["TOTAL", "8", "3", "9", "8", "7", "10", "8", "8", "74"],
        [],
        ["Catatan: dua responden belum kembali"],
    ]
    for path in (write(tmp_path / "a.csv", rows), book(tmp_path / "a.xlsx", {"Sheet1": rows})):
        answers = read_responses(path, tiny)
        assert scored(answers) == WANTED
        assert answers.sample.dropped == {"summary_row": 1, "note_row": 1}
        assert answers.sample.rows["row"].tolist() == [5, 7, 8, 10]
        found = answers.findings.set_index("code")
        assert found.loc["RSP225", "row"] == 8
        assert found.loc["RSP226", "row"] == 10
        assert {"RSP227", "RSP229"} <= set(found.index)
        assert answers.source.header_rows == (4,)


def test_summary_word_inside_a_row_is_an_answer(tmp_path, tiny, write):
    rows = [["NO", *ITEMS, "Catatan"], *(["1", *r, "Total penjualan naik"] for r in ROWS)]
    assert len(scored(read_responses(write(tmp_path / "a.csv", rows), tiny))) == 2


def test_two_heading_rows(tmp_path, tiny, book):
    merged = ["No", "Inovasi produk", None, None, "Ide", None, None, "Pasar", None, None]
    path = book(
        tmp_path / "a.xlsx", {"A": [merged, [None, *ITEMS], *([i, *map(int, r)] for i, r in enumerate(ROWS))]}
    )
    answers = read_responses(path, tiny)
    assert scored(answers) == WANTED
    assert answers.source.header_rows == (1, 2)
    assert "RSP230" in set(answers.findings["code"])
    path = book(tmp_path / "b.xlsx", {"A": [TEXTS, ITEMS, *(map(int, r) for r in ROWS)]})
    answers = read_responses(path, tiny)
    assert scored(answers) == WANTED
    assert answers.source.header_rows == (1, 2)


def test_blank_columns_and_columns_without_heading(tmp_path, tiny, write):
    rows = [["", *ITEMS, ""], *(["", *r, "x"] for r in ROWS)]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert scored(answers) == WANTED
    assert "RSP228" in set(answers.findings["code"])
    assert answers.columns["XA1"] == "B"


def test_best_sheet_is_taken_and_others_are_named(tmp_path, tiny, book):
    path = book(
        tmp_path / "a.xlsx",
        {"Info": [["x", "y"], [1, 2]], "Data": [ITEMS, *ROWS], "Lama": [ITEMS[:5], *(r[:5] for r in ROWS)]},
    )
    answers = read_responses(path, tiny)
    assert answers.source.sheet == "Data"
    assert answers.findings.loc[answers.findings["code"] == "RSP244", "message"].str.contains("Lama").all()
    assert answers.findings["sheet"].eq("Data").all()


@pytest.mark.parametrize(
    "make",
    [
        lambda t: t.upper(),
        lambda t: f"  {t} ",
        lambda t: f"12. {t}",
        lambda t: f"Q4. {t}",
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace(" ", "\n", 1),
        lambda t: t.rstrip("."),
        lambda t: f"{t} *",
        lambda t: f"Inovasi produk [{t}]",
        lambda t: f"Inovasi produk\n[ {t} ]",
        lambda t: f"<p>{t}</p>",
        lambda t: f"grup/{t}",
    ],
)
def test_headings_by_text(tmp_path, tiny, write, make):
    answers = read_responses(write(tmp_path / "a.csv", [[make(t) for t in TEXTS], *ROWS]), tiny)
    assert scored(answers) == WANTED


@pytest.mark.parametrize(
    "make",
    [
        str.lower,
        lambda c: f"{c}. Teks yang diubah sedikit",
        lambda c: f"[{c}] teks",
        lambda c: f"grp/sub/{c}",
        lambda c: f"grp-{c}",
        lambda c: f"GRP[{c}]",
    ],
)
def test_headings_by_code(tmp_path, tiny, write, make):
    answers = read_responses(write(tmp_path / "a.csv", [[make(c) for c in ITEMS], *ROWS]), tiny)
    assert scored(answers) == WANTED


def test_heading_that_names_two_items_is_not_used(tmp_path, tiny, write):
    heads = [f"XA1. {TEXTS[1]}", *ITEMS[1:]]
    answers = read_responses(write(tmp_path / "a.csv", [heads, *ROWS]), tiny)
    finding = answers.findings.loc[answers.findings["code"] == "RSP255"].iloc[0]
    assert (finding["severity"], finding["column"], finding["item"]) == ("error", "A", "XA1")
    assert answers.missing_items == ("XA1",)


def test_a_missing_column_is_one_note_and_holds_nobody(tmp_path, tiny, write):
    answers = read_responses(write(tmp_path / "a.csv", [ITEMS[:-1], *(r[:-1] for r in ROWS)]), tiny)
    found = answers.findings.loc[answers.findings["code"] == "RSP210"]
    assert len(found) == 1
    assert found.iloc[0]["severity"] == "note"
    assert answers.missing_items == ("YC3",)
    assert answers.kept.all()
    assert "YC3" not in answers.items


def test_a_column_that_is_empty_in_every_row_is_one_note_and_like_a_missing_one(tmp_path, tiny, write):
    rows = [[str(1 + (i * (j + 1) + i // 5 + j * j) % 5) for j in range(len(ITEMS))] for i in range(16)]
    gone = ITEMS[-1]
    empty = write(tmp_path / "empty.csv", [[*ITEMS, "SEX"], *([*row[:-1], "", ""] for row in rows)])
    less = write(tmp_path / "less.csv", [ITEMS[:-1], *(row[:-1] for row in rows)])
    answers, other = read_responses(empty, tiny), read_responses(less, tiny)
    assert answers.items.equals(other.items)
    assert answers.missing_items == other.missing_items == (gone,)
    assert answers.kept.all()
    found = answers.findings
    assert set(found["code"]) & {"RSP210", "RSP211", "RSP286"} == {"RSP286"}
    note = found[found["code"] == "RSP286"].iloc[0]
    assert (note["severity"], gone in note["message"], gone in note["message_id"]) == ("note", True, True)
    assert "RSP286" in [entry.code for entry in answers.notes]


@pytest.mark.parametrize(("more", "named"), [("", True), (" sensitive: true,", False)])
def test_an_empty_column_of_a_required_question_is_one_note_too(tmp_path, write, more, named):
    asked = YAML.replace("section: PROFIL, required: false, minimum", f"section: PROFIL,{more} minimum")
    assert asked != YAML
    (tmp_path / "i.yaml").write_text(asked, encoding="utf-8")
    rows = [[*(str(1 + (i * (j + 1) + j * j) % 5) for j in range(len(ITEMS))), ""] for i in range(5)]
    file = write(tmp_path / "a.csv", [[*ITEMS, "AGE"], *rows, *[[*row[1:-1], "3", ""] for row in rows]])
    found = read_responses(file, load_instrument(tmp_path / "i.yaml")).findings
    said = found.loc[found["code"] == "RSP286", "message"].tolist()
    assert [("J (AGE)" in words) for words in said] == ([True] if named else [])
    assert not (found["code"] == "RSP211").any()


def test_few_rows_or_no_answers_at_all_leave_an_empty_column_as_it_is(tmp_path, tiny, write):
    rows = [[*("1" for _ in ITEMS[:-1]), ""] for _ in range(9)]
    few = read_responses(write(tmp_path / "few.csv", [ITEMS, *rows]), tiny)
    assert few.items[ITEMS[-1]].isna().all()
    assert (few.findings["code"] == "RSP211").sum() == 9
    blank = [["x", *("" for _ in ITEMS)] for _ in range(12)]
    with pytest.raises(UmkmError, match="RSP112"):
        read_responses(write(tmp_path / "blank.csv", [["Nama", *ITEMS], *blank]), tiny)


def test_formula_without_result(tmp_path, tiny, book):
    path = book(tmp_path / "a.xlsx", {"A": [ITEMS, ["=1+3", *ROWS[0][1:]], ROWS[1]]})
    answers = read_responses(path, tiny)
    row = answers.findings.loc[answers.findings["code"] == "RSP207"].iloc[0]
    assert (row["row"], row["column"], row["value"]) == (2, "A", "=1+3")
    assert answers.items["XA1"].isna().tolist() == [True, False]


def test_ragged_records_and_embedded_newlines(tmp_path, tiny, write):
    rows = [[*ITEMS, "Saran"], [*ROWS[0], "baris satu\nbaris dua"], [*ROWS[1], "ya", "lebih", "sel"]]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert scored(answers) == WANTED
    assert answers.sample.rows["row"].tolist() == [2, 3]


@pytest.mark.parametrize("arrow", [True, False])
@pytest.mark.parametrize("late", ["", "5", "True", "NA", "mungkin"])
def test_large_files_of_words(tmp_path, tiny, write, monkeypatch, arrow, late):
    import sys

    from umkm_stats.responses import _delimited

    words = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
    rows = [ITEMS, *([words[(i * (k + 2)) % 5] for k in range(9)] for i in range(300))]
    rows += [[late] * 9 for _ in range(300)]
    rows[200][3], rows[201][3], rows[202][2] = late, "", "KS"
    path = write(tmp_path / "a.csv", rows)
    small = read_responses(path, tiny)
    monkeypatch.setattr(_delimited, "LARGE", 100)
    if not arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    large = read_responses(path, tiny)
    assert large.items.equals(small.items)
    assert large.findings.equals(small.findings)
    assert large.sample.rows.equals(small.sample.rows)


@pytest.mark.parametrize("arrow", [True, False])
def test_large_files_are_read_as_small_ones_are(tmp_path, tiny, write, monkeypatch, arrow):
    import sys

    from umkm_stats.responses import _delimited

    rows = [["Judul lembar", *[""] * 9], [*ITEMS, "Saran, bebas"]]
    rows += [[*ROWS[i % 2], f'dia berkata "{i}"\nlalu pergi' if i % 7 == 0 else ""] for i in range(400)]
    rows[50] = [""] * 10
    rows[60][0] = "KS"
    rows[70][1] = "café"
    path = write(tmp_path / "a.csv", rows)
    small = read_responses(path, tiny)
    monkeypatch.setattr(_delimited, "LARGE", 100)
    if not arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    large = read_responses(path, tiny)
    assert large.items.equals(small.items)
    assert large.respondents.equals(small.respondents)
    assert large.findings.equals(small.findings)
    assert large.sample.rows.equals(small.sample.rows)


def test_words_for_no_answer_and_columns_nobody_asked_for(tmp_path, tiny, write):
    rows = [[*ITEMS, "Kota"], ["-", *ROWS[0][1:], "Samarinda"], [*ROWS[1], "Balikpapan"]]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    found = answers.findings.set_index("code")
    assert found.loc["RSP240", "value"] == "-"
    assert found.loc["RSP233", "value"] == "Kota"
    assert answers.respondents["Kota"].tolist() == ["Samarinda", "Balikpapan"]
    assert answers.items["XA1"].isna().tolist() == [True, False]


def test_an_answer_that_names_a_question_is_no_heading(tmp_path, tiny, write):
    """One cell of the first answers says what a question is called; the headings above name none."""
    heads = ["No", *(f"P{n}" for n in range(1, 10)), "Topik"]
    rows = [heads, *([n, *["Setuju"] * 7, "Netral", "Setuju", "AGE"] for n in range(1, 6))]
    with pytest.raises(UmkmError) as caught:
        read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert caught.value.code == "RSP110"
    assert "row 1)" in caught.value.message("en")
    named = dict(zip(heads[1:10], ITEMS, strict=True))
    assert len(read_responses(tmp_path / "a.csv", tiny, aliases=named).kept_items) == 5
