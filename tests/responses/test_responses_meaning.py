"""What a cell, a row or a heading means: formats, copies, suggestions, refusals, maps, names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import load_instrument
from umkm_stats.responses import propose_map, read_map, read_responses, write_map
from umkm_stats.responses._headings import header_kind

from .conftest import ITEMS, YAML

ROW = [5, 4, 2, 4, 4, 3, 5, 5, 4]


def sample(n, seed=1, columns=9):
    """Answers of people who differ."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(n, 1))
    return np.clip(np.round(3 + level + rng.normal(size=(n, columns))), 1, 5).astype(int).tolist()


def altered(tmp_path, old, new, name="other"):
    folder = tmp_path / name
    folder.mkdir()
    assert old in YAML
    (folder / "instrument.yaml").write_text(YAML.replace(old, new), encoding="utf-8")
    return load_instrument(folder)


# ------------------------------------------------------------------ numbers
def formatted(path, rows, formats):
    """A workbook whose columns have number formats."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for column, code in formats.items():
        for cell in sheet[column][1:]:
            cell.number_format = code
    workbook.save(path)
    return path


@pytest.mark.parametrize("code", ["0%", "0.0%", "0.00 %;[Red]-0.00 %"])
def test_a_percent_is_read_as_it_is_seen(tmp_path, code):
    shares = altered(tmp_path, "minimum: 15, maximum: 99", "minimum: 0, maximum: 100, decimals: 1")
    rows = [[*ITEMS, "AGE"], [*ROW, 0.85], [*ROW[::-1], 1], [*ROW, 0.005]]
    read = read_responses(formatted(tmp_path / "a.xlsx", rows, {"J": code}), shares)
    assert read.respondents["AGE"].tolist() == [85.0, 100.0, 0.5]


def test_a_percent_of_a_question_for_a_proportion_is_the_number_stored(tmp_path):
    shares = altered(tmp_path, "minimum: 15, maximum: 99", "minimum: 0, maximum: 1, decimals: 2")
    rows = [[*ITEMS, "AGE"], [*ROW, 0.85]]
    read = read_responses(formatted(tmp_path / "a.xlsx", rows, {"J": "0%"}), shares)
    assert read.respondents["AGE"].tolist() == [0.85]


def test_a_percent_format_on_an_item_leaves_its_number(tmp_path, tiny):
    rows = [ITEMS, ROW, [0.04, *ROW[1:]]]
    read = read_responses(formatted(tmp_path / "a.xlsx", rows, {"A": "0%"}), tiny)
    assert read.items["XA1"].tolist()[0] == 5
    assert read.findings.loc[read.findings["item"] == "XA1", "code"].tolist() == ["RSP204"]
    assert read.findings.loc[read.findings["item"] == "XA1", "value"].tolist() == ["4%"]


@pytest.mark.parametrize("code", ["0 th", '0 "th; umur"', '0 "tahun"', "#,##0\\ d", '[h]:mm;0 "hari"'])
def test_a_unit_in_the_format_makes_no_date(tmp_path, tiny, code):
    rows = [[*ITEMS, "AGE"], [*ROW, 42], [*ROW[::-1], 28]]
    read = read_responses(formatted(tmp_path / "a.xlsx", rows, {"J": code}), tiny)
    if code.startswith("[h]"):  # a true duration first: that is no number of years
        assert read.respondents["AGE"].isna().all()
    else:
        assert read.respondents["AGE"].tolist() == [42, 28]


def test_true_dates_and_times_stay_dates(tmp_path, tiny, book):
    import datetime as dt

    moment = dt.datetime(2026, 3, 1, 14, 20)
    rows = [["Timestamp", *ITEMS], [moment, *ROW], [moment, *ROW[::-1]]]
    for number, code in enumerate(("yyyy-mm-dd h:mm:ss", "mm:ss.0", "[$-421]dd mmmm yyyy;@")):
        path = formatted(tmp_path / f"{number}.xlsx", rows, {"A": code})
        assert read_responses(path, tiny).times["time"].tolist()[0] == pd.Timestamp(moment)


@pytest.mark.parametrize(
    ("cell", "score", "code"),
    [
        ("4|", None, "RSP201"),
        ("4]", None, "RSP201"),
        ("4*", None, "RSP201"),
        ("4,", None, "RSP201"),
        ("`4", None, "RSP201"),
        ("4/5", None, "RSP201"),
        ("4 5", None, "RSP201"),
        ("4.", 4.0, None),
        ("(4)", 4.0, None),
        ("4)", 4.0, None),
        ("4,0", 4.0, None),
        ("4 - Setuju", 4.0, None),
        ("Setuju (4)", 4.0, None),
        ("#REF!", None, "RSP271"),
        ("#N/A", None, "RSP271"),
        ("#DIV/0!", None, "RSP271"),
        ("03-Apr", None, "RSP206"),
        ("Apr-26", None, "RSP206"),
        (True, None, "RSP201"),
    ],
)
def test_what_a_cell_of_an_item_means(tmp_path, tiny, book, cell, score, code):
    path = book(tmp_path / "a.xlsx", {"Data": [ITEMS, [cell, *ROW[1:]], ROW]})
    read = read_responses(path, tiny)
    came = read.items["XA1"].iloc[0]
    assert came == score if score is not None else np.isnan(came)
    found = read.findings.loc[read.findings["item"] == "XA1", "code"].tolist()
    assert found == ([code] if code else [])


def test_an_error_of_a_formula_in_a_number_is_told(tmp_path, tiny, book):
    path = book(tmp_path / "a.xlsx", {"Data": [[*ITEMS, "AGE"], [*ROW, "#VALUE!"], [*ROW[::-1], 30]]})
    read = read_responses(path, tiny)
    assert read.findings.loc[read.findings["item"] == "AGE", "code"].tolist() == ["RSP271"]


BANDS = (
    "choices: [{value: 1, label: {id: Pernah, en: 'Yes'}}, {value: 2, label: {id: Belum, en: Not yet}}]",
    "choices: [{value: 1, label: {id: '1 - 2', en: 1 - 2}}, {value: 2, label: {id: '3 - 4', en: 3 - 4}}, "
    "{value: 3, label: {id: '≥ 7', en: ≥ 7}}]",
)


def test_blanks_beside_signs_do_not_matter_and_dates_are_no_ranges(tmp_path, write):
    banded = altered(tmp_path, *BANDS)
    cells = ["1-2", "3 – 4", "≥7", "1 -2", "03-Apr", "5-6"]
    rows = [[*ITEMS, "EXPORT"], *([*answers, c] for answers, c in zip(sample(6), cells, strict=True))]
    read = read_responses(write(tmp_path / "a.csv", rows), banded)
    assert read.respondents["EXPORT"].tolist()[:4] == [1, 2, 3, 1]
    found = read.findings[read.findings["item"] == "EXPORT"]
    assert dict(zip(found["value"], found["code"], strict=True)) == {"03-Apr": "RSP206", "5-6": "RSP245"}


# ------------------------------------------------------------------ suggestions
AGREE = "{1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}"


def nearest(read):
    return read.findings.loc[read.findings["code"] == "RSP201", "remedy"].tolist()[0]


@pytest.mark.parametrize(
    ("labels", "typed", "near"),
    [
        ("{1: Tidak Puas, 2: Cukup Puas, 3: Puas, 4: Sangat Puas, 5: Amat Puas}", "Sangat Tidak Puas", None),
        ("{1: Buruk, 2: Cukup, 3: Puas, 4: Sangat Puas, 5: Amat Puas}", "Sangat Tidak Puas", None),
        ("{1: Unlikely, 2: Neutral, 3: Likely, 4: Very likely, 5: Certain}", "Very unlikely", "Unlikely"),
        ("{1: Bad, 2: Neutral, 3: Satisfied, 4: Very satisfied, 5: Delighted}", "Dissatisfied", None),
        ("{1: Bad, 2: Neutral, 3: Accurate, 4: Very accurate, 5: Exact}", "Very inaccurate", None),
        (AGREE, "Sangat Setjuu", "Sangat Setuju"),
        (AGREE, "entahlah", None),
    ],
)
def test_a_suggestion_never_reverses_the_meaning(tmp_path, write, labels, typed, near):
    english = "      en: {1: Strongly disagree, 2: Disagree, 3: Neutral, 4: Agree, 5: Strongly agree}\n"
    text = YAML.replace(AGREE, labels).replace(english, f"      en: {labels}\n")
    text = text.replace("    short:\n      id: {1: STS, 2: TS, 3: N, 4: S, 5: SS}\n", "")
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    read = read_responses(write(tmp_path / "a.csv", [ITEMS, [typed, *ROW[1:]], ROW]), tmp_path)
    said = nearest(read)
    if near is None:
        assert "earest" not in said
        assert not said.rstrip().endswith(":")
    else:
        assert said.endswith(f"Nearest answer: “{near}”.")


# ------------------------------------------------------------------ copies
def test_a_pasted_block_is_one_warning_with_both_ranges(tmp_path, tiny, write):
    answers = sample(40)
    read = read_responses(write(tmp_path / "a.csv", [ITEMS, *answers, ITEMS, *answers]), tiny)
    assert read.sample.rows_in == 81
    assert read.sample.used == 40
    assert dict(read.sample.dropped) == {"heading_row": 1, "duplicate": 40}
    assert read.found.codes()["RSP272"] == 1
    assert read.found.codes()["RSP279"] == 1
    assert "RSP247" not in read.found.codes()
    note = next(note for note in read.notes if note.code == "RSP272")
    assert (note.params["first"], note.params["again"], note.params["count"]) == ("2–41", "43–82", 40)
    assert "43–82" in note.message("id")


def test_the_same_people_at_other_times_are_no_pasted_block(tmp_path, tiny, write):
    answers = sample(20)
    rows = [[f"2026-03-{1 + i // 20:02d} 10:{i % 20:02d}:00", *a] for i, a in enumerate([*answers, *answers])]
    read = read_responses(write(tmp_path / "a.csv", [["Timestamp", *ITEMS], *rows]), tiny)
    assert read.sample.used == 40
    assert "RSP272" not in read.found.codes()


def test_two_columns_that_hold_the_same_answers_are_one_warning(tmp_path, tiny, write):
    answers = sample(60)
    for i, row in enumerate(answers):
        row[4] = row[3] if i else 6 - row[3]  # MB2 copies MB1, but for one row
    read = read_responses(write(tmp_path / "a.csv", [ITEMS, *answers]), tiny)
    note = next(note for note in read.notes if note.code == "RSP273")
    assert (note.params["item"], note.params["other"]) == ("MB1", "MB2")
    assert 95 <= note.params["share"] < 100
    assert read.found.codes()["RSP273"] == 1
    assert "RSP273" not in read_responses(write(tmp_path / "b.csv", [ITEMS, *sample(60)]), tiny).found.codes()


def test_two_scales_that_hold_the_same_answers_are_one_warning(tmp_path, tiny, write):
    answers = [[*row[:3], *row[3:6], *row[3:6]] for row in sample(60)]
    read = read_responses(write(tmp_path / "a.csv", [ITEMS, *answers]), tiny)
    assert read.found.codes()["RSP283"] == 1
    assert "RSP273" not in read.found.codes()
    note = next(note for note in read.notes if note.code == "RSP283")
    assert (note.params["item"], note.params["other"], note.params["share"]) == ("MB", "YC", 100.0)


def test_columns_in_which_all_say_the_same_are_alike_by_chance(tmp_path, tiny, write):
    answers = [[4, 4, *row[2:]] for row in sample(60)]
    assert "RSP273" not in read_responses(write(tmp_path / "a.csv", [ITEMS, *answers]), tiny).found.codes()


# ------------------------------------------------------------------ refusals
def refused(path, instrument, **options):
    with pytest.raises(UmkmError) as caught:
        read_responses(path, instrument, **options)
    return caught.value


def test_a_refusal_shows_the_unreadable_answers_and_the_line_that_reads_them(tmp_path, tiny, write):
    answers = sample(30)
    path = write(tmp_path / "a.csv", [ITEMS, *([f"A{v}" for v in row] for row in answers)])
    fault = refused(path, tiny)
    assert fault.code == "RSP282"
    assert "“A3”" in fault.message("id")
    assert '{"*": {A1: 1, A2: 2, A3: 3, A4: 4, A5: 5}}' in fault.remedy("id")
    lines = ["schema: umkm-map/1", 'answers: {"*": {A1: 1, A2: 2, A3: 3, A4: 4, A5: 5}}']
    (tmp_path / "map.yaml").write_text("\n".join(lines), encoding="utf-8")
    read = read_responses(path, tiny, aliases=tmp_path / "map.yaml")
    assert read.items["MB1"].tolist() == [float(row[3]) for row in answers]


def test_a_transposed_table_is_recognised(tmp_path, tiny, write):
    turned = [[code, *column] for code, column in zip(ITEMS, zip(*sample(30), strict=True), strict=True)]
    assert refused(write(tmp_path / "a.csv", turned), tiny).code == "RSP274"
    named = [["item", *(f"R{i}" for i in range(30))], *turned]
    assert refused(write(tmp_path / "b.csv", named), tiny).code == "RSP274"


def test_a_long_table_is_recognised(tmp_path, tiny, write):
    rows = [[i, code, v] for i, row in enumerate(sample(20)) for code, v in zip(ITEMS, row, strict=True)]
    fault = refused(write(tmp_path / "a.csv", [["id", "pertanyaan", "jawaban"], *rows]), tiny)
    assert (fault.code, fault.params["column"], fault.params["rows"]) == ("RSP275", "B", 179)


# ------------------------------------------------------------------ maps and spellings
def confirm(path):
    """The proposals of a map file taken over, as a user does it."""
    lines = path.read_text(encoding="utf-8").split("\n")
    taken = ["  " + line[4:].split("  #")[0] if line.startswith("  # ") else line for line in lines]
    path.write_text("\n".join(taken), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "heads",
    [
        ["Pernyataan [Baris 1]", "Pernyataan [Baris 2]", "Pernyataan [Baris 3]"] * 3,
        [f"Q1_{i}" for i in range(1, 10)],
        [f"{i}. Pernyataan" for i in range(1, 10)],
        ["\n\nButir nomor 1  ", *(f"Butir\nnomor {i}" for i in range(2, 10))],
        ["k" * 2000 + " 1", *("k" * 200 + f" {i}" for i in range(2, 10))],
    ],
)
def test_numbered_columns_are_proposed_and_the_map_reads_them(tmp_path, tiny, write, heads):
    answers = sample(20)
    path = write(tmp_path / "a.csv", [["Timestamp", *heads], *(["2026-03-01 10:00:00", *r] for r in answers)])
    assert refused(path, tiny).code == "RSP110"
    proposals = propose_map(path, tiny)
    assert set(proposals.loc[proposals["question"] != "", "how"]) == {"order"}
    written = write_map(proposals, tmp_path / "map.yaml")
    assert not read_map(written).columns  # nothing is applied before it is confirmed
    read = read_responses(path, tiny, aliases=confirm(written))
    assert read.items["MB1"].tolist() == [float(row[3]) for row in answers]
    assert read.items["YC3"].tolist() == [float(row[8]) for row in answers]


def test_a_sure_heading_with_line_breaks_is_written_and_read(tmp_path, tiny, write):
    heads = [*ITEMS[:8], "\n\nProduk terjual ke banyak daerah. "]
    path = write(tmp_path / "a.csv", [heads, *sample(20)])
    written = write_map(propose_map(path, tiny), tmp_path / "map.yaml")
    assert read_map(written).columns["\n\nProduk terjual ke banyak daerah. "] == "YC3"
    assert read_responses(path, tiny, aliases=written).items.shape[1] == 9


def dotted(tmp_path, *pairs):
    text = YAML
    for old, new in pairs:
        text = text.replace(f"code: {old},", f"code: {new},")
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    return load_instrument(tmp_path)


@pytest.mark.parametrize("spelling", ["X1.1", "x1.1", "X1_1", "x1-1", "X11", "x11", "X1 1"])
def test_a_code_is_known_by_its_spellings_when_no_other_fits(tmp_path, write, spelling):
    instrument = dotted(tmp_path, ("XA1", "X1.1"))
    path = write(tmp_path / "a.csv", [[spelling, *ITEMS[1:]], *sample(20)])
    assert read_responses(path, instrument).columns["X1.1"] == "A"


def test_a_spelling_that_fits_two_codes_is_asked(tmp_path, write):
    instrument = dotted(tmp_path, ("XA1", "X1.11"), ("XA2", "X11.1"))
    path = write(tmp_path / "a.csv", [["X111", "X11_1", *ITEMS[2:]], *sample(20)])
    read = read_responses(path, instrument)
    assert "X1.11" not in read.columns
    assert read.columns["X11.1"] == "B"
    found = read.findings[read.findings["code"] == "RSP284"]
    assert found["column"].tolist() == ["A"]
    assert "X1.11" in found["message_id"].iloc[0]


# ------------------------------------------------------------------ names
NAMES = ["Siti", "Budi", "Ayu", "Dewi", "Rahmat", "Joko", "Tono", "Rina", "Wati", "Hasan", "Umar", "Lina"]


@pytest.mark.parametrize(
    "heading",
    [
        "NAMA KARYAWAN",
        "Nama (boleh inisial)",
        "Nama Panggilan",
        "profil/nama_usaha",
        "Qual é o seu nome?",
        "Adınız Soyadınız",
        "Siapa nama Anda?",
        "nama pegawai",
        "¿Cuál es su nombre?",
        "Votre nom",
        "First Name",
    ],
)
def test_names_are_split_off_by_what_the_heading_asks(tmp_path, tiny, write, heading):
    rows = [[*ITEMS, heading], *([*a, name] for a, name in zip(sample(12), NAMES, strict=True))]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert [i.kind for i in read.privacy.identifiers] == ["name"]
    assert not any(name in read.respondents.to_csv() for name in NAMES)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Apakah Anda bermain game online/mobile game?", ["Ya", "Tidak"]),
        ("Saluran [WhatsApp]", ["Dipilih", "Tidak dipilih"]),
        ("Perusahaan ini memiliki nama yang dikenal", ["4", "5"]),
        ("Nama produk yang dibeli", ["Keripik", "Amplang"]),
        ("Seberapa sering memakai Instagram?", ["Sering", "Jarang"]),
        ("Nomor WA aktif", ["Ya", "Tidak"]),
        ("Nama kota", ["Samarinda", "Bontang"]),
    ],
)
def test_answers_are_no_identifiers_whatever_the_heading_says(tmp_path, tiny, write, heading, cells):
    rows = [[*ITEMS, heading], *([*a, cells[i % 2]] for i, a in enumerate(sample(12)))]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert not read.privacy.identifiers
    assert heading in read.respondents.columns


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("NIM", "national_id"),
        ("No. Telepon/HP", "phone"),
        ("nomor_wa", "phone"),
        ("RecipientEmail", None),
        ("Recipient E-mail", "email"),
        ("IP Address", "device"),
        ("Jumlah karyawan", None),
        ("Dinamakan apa produk ini?", None),
    ],
)
def test_headings_in_words(heading, kind):
    assert header_kind(heading) == kind


# ------------------------------------------------------------------ statistical files
def test_numbers_from_nought_are_shifted_not_turned(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame(sample(40), columns=ITEMS).astype(float) - 1
    words = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
    labels = {code: {float(i): word for i, word in enumerate(words)} for code in ITEMS}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    read = read_responses(path, tiny)
    assert read.items["MB1"].tolist() == (frame["MB1"] + 1).tolist()
    assert "RSP243" not in read.found.codes()
    note = next(note for note in read.notes if note.code == "RSP276")
    assert (note.params["raw"], note.params["meant"]) == ("0", "1")


def test_codes_of_one_letter_and_a_number_are_not_taken_for_numbered_texts(tmp_path):
    from umkm_stats import draft_instrument

    rows = [[1 + (i * k) % 5 for k in (1, 2, 3, 4)] for i in range(1, 31)]
    heads = ["M.1", "M.2", "Y.1", "Y.2"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [heads, *rows]) + "\n", encoding="utf-8")
    draft_instrument(path, lang="id").save(tmp_path / "i.yaml")
    text = (tmp_path / "i.yaml").read_text(encoding="utf-8")
    at = text.index("  - code: M.1")
    (tmp_path / "i.yaml").write_text(text[:at] + text[text.index("  - code: M.2") :], encoding="utf-8")
    read = read_responses(path, load_instrument(tmp_path / "i.yaml"))
    assert list(read.items.columns) == ["M.2", "Y.1", "Y.2"]
    assert read.items["Y.1"].tolist() == [row[2] for row in rows]
    (tmp_path / "b.csv").write_text("\n".join(["M.1,M.2,Y.2", *("1,2,3",) * 9]), encoding="utf-8")
    assert "Y.1" in read_responses(tmp_path / "b.csv", load_instrument(tmp_path / "i.yaml")).missing_items
