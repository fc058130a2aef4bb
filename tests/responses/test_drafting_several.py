"""Questions that allow several answers: found in what each program exports, read back, counted by choice."""

import csv
import json

import numpy as np
import openpyxl
import pytest

from umkm_stats import draft_instrument, read_responses
from umkm_stats.responses.drafting._several import joined
from umkm_stats.study._descriptions import profile

AGREE = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
CHOICES = ["Facebook", "Instagram", "WhatsApp", "Toko fisik (kios, warung)", "Marketplace"]
NAMES = ["facebook", "instagram", "whatsapp", "toko_fisik", "marketplace"]
ITEMS = ["Produk awet.", "Produk rapi.", "Produk menarik.", "Harga wajar.", "Harga jelas.", "Harga tetap."]
N = 40
ASKED = "Saluran penjualan apa saja?"


@pytest.fixture(scope="module")
def ticks():
    rng = np.random.default_rng(3)
    found = rng.random((N, 5)) < [0.6, 0.5, 0.7, 0.3, 0.2]
    found[~found.any(axis=1), 2] = True
    return found


def block():
    rng = np.random.default_rng(4)
    base = rng.normal(size=N)
    return np.clip(np.round(3 + base[:, None] + 0.6 * rng.normal(size=(N, 6))), 1, 5).astype(int)


def worded(stems=True):
    stem = ["Kualitas"] * 3 + ["Harga"] * 3
    answers = block()
    return {
        (f"{stem[k]} [{item}]" if stems else item): [AGREE[v - 1] for v in answers[:, k]]
        for k, item in enumerate(ITEMS)
    }


def together(ticks, words, mark, end=""):
    return [mark.join(w for w, t in zip(words, row, strict=True) if t) + end for row in ticks]


def apart(ticks, heads, yes, no):
    return {head: [yes if row[k] else no for row in ticks] for k, head in enumerate(heads)}


def google(ticks):
    cells = together(ticks, CHOICES, ", ")
    cells[5] += ", Pasar malam"
    return {"Timestamp": [f"0{1 + i % 9}/11/2026 10.00.00" for i in range(N)], ASKED: cells, **worded()}


def ms_forms(ticks):
    return {"ID": list(range(1, N + 1)), ASKED: together(ticks, CHOICES, ";", ";"), **worded()}


def kobo(ticks):
    codes = {f"{'KP' if k < 3 else 'HG'}{k % 3 + 1}": [int(v) for v in block()[:, k]] for k in range(6)}
    return {
        "start": ["2026-11-01T10:00:00.000+08:00"] * N,
        "usaha/saluran": together(ticks, NAMES, " "),
        **apart(ticks, [f"usaha/saluran/{name}" for name in NAMES], "1", "0"),
        **codes,
        "_uuid": [f"u{i}" for i in range(N)],
    }


def kobo_single(ticks):
    return {name: cells for name, cells in kobo(ticks).items() if not name.startswith("usaha/saluran/")}


def kobo_labels(ticks):
    boxes = apart(ticks, [f"{ASKED}/{choice}" for choice in CHOICES], "1", "0")
    return {ASKED: together(ticks, CHOICES, " "), **boxes, **worded(stems=False)}


def limesurvey(ticks):
    return {
        "Response ID": list(range(1, N + 1)),
        **apart(ticks, [f"{ASKED} [{c}]" for c in CHOICES], "Ya", "Tidak"),
        **worded(),
    }


def limesurvey_codes(ticks):
    boxes = apart(ticks, [f"SAL[SQ00{k}]" for k in range(1, 6)], "Y", "")
    boxes["SAL[other]"] = ["Bazar" if i % 9 == 0 else "" for i in range(N)]
    times = [f"2026-11-{1 + i // 2:02d} {10 + i % 2}:00:00" for i in range(N)]
    return {"id": list(range(1, N + 1)), "submitdate": times, **boxes, **worded()}


def written(path, columns):
    rows = [list(columns), *([cells[i] for cells in columns.values()] for i in range(N))]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([None if cell == "" else cell for cell in row])
        book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def surveymonkey(path, ticks):
    book = openpyxl.Workbook()
    items = worded(stems=False)
    book.active.append(
        ["Respondent ID", ASKED, None, None, None, None, "Kualitas", None, None, "Harga", None, None]
    )
    book.active.append([None, *CHOICES, *items])
    for i in range(N):
        boxes = [c if t else None for c, t in zip(CHOICES, ticks[i], strict=True)]
        book.active.append([1000 + i, *boxes, *(cells[i] for cells in items.values())])
    book.save(path)
    return path


def counted(path):
    draft = draft_instrument(path, lang="id")
    asked = [q for q in draft.instrument.questions if q.kind == "multiple"]
    read = read_responses(path, draft.instrument)
    part = profile(read, draft.instrument, read.kept, "id", None)
    return draft, asked, read, part


@pytest.mark.parametrize(
    ("made", "ending"),
    [
        (google, "xlsx"),
        (ms_forms, "xlsx"),
        (kobo, "csv"),
        (kobo_single, "csv"),
        (kobo_labels, "csv"),
        (limesurvey, "csv"),
        (limesurvey_codes, "csv"),
    ],
)
def test_each_choice_is_counted_by_respondents(tmp_path, ticks, made, ending):
    path = written(tmp_path / f"jawaban.{ending}", made(ticks))
    draft, asked, read, part = counted(path)
    assert len(asked) == 1
    assert [note.params["count"] for note in draft.notes if note.code == "RSP370"] == [1]
    rows = part.table[part.table["question"] == asked[0].code].set_index("answer")
    words = {kobo: NAMES, kobo_single: NAMES, limesurvey_codes: [f"SQ00{k}" for k in range(1, 6)]}
    expected = dict(zip(words.get(made, CHOICES), ticks.sum(axis=0).tolist(), strict=True))
    if made is google:
        assert asked[0].choices[-1].other
        expected["Lainnya"] = 1
    assert rows["count"].to_dict() == expected
    n = int(ticks.any(axis=1).sum())
    assert part.several == {asked[0].code: n}
    assert rows["percent"].to_dict() == pytest.approx({word: 100 * k / n for word, k in expected.items()})
    assert rows["percent"].sum() > 100
    assert len(read.items.columns) == 6
    assert not read.items.isna().any().any()
    assert json.dumps(part.to_dict()["several"])


def test_two_heading_rows_of_ticked_words(tmp_path, ticks):
    _, asked, _, part = counted(surveymonkey(tmp_path / "a.xlsx", ticks))
    assert len(asked) == 1
    assert part.table["count"].tolist() == ticks.sum(axis=0).tolist()


def test_right_and_wrong_are_no_ticks(tmp_path, ticks):
    heads = [f"Pengetahuan [Pernyataan {k}]" for k in range(1, 4)]
    path = written(tmp_path / "a.csv", {**apart(ticks, heads, "Benar", "Salah"), **worded()})
    assert not [q for q in draft_instrument(path).instrument.questions if q.kind == "multiple"]


def test_words_of_a_choice_can_be_changed_in_the_file(tmp_path, ticks):
    path = written(tmp_path / "a.csv", kobo(ticks))
    text = draft_instrument(path).yaml.replace('label: {en: "toko_fisik"}', 'label: {en: "Shop"}')
    assert '"Shop"' in text
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    read = read_responses(path, tmp_path / "instrument.yaml")
    assert read.multiple("saluran").sum().tolist() == ticks.sum(axis=0).tolist()


def test_one_answer_is_stated_over_the_guess(tmp_path, ticks):
    path = written(tmp_path / "a.xlsx", google(ticks))
    draft = draft_instrument(path)
    code = next(q.code for q in draft.instrument.questions if q.kind == "multiple")
    head, _, tail = draft.yaml.partition("kind: multiple")
    choices = tail[tail.index("    choices:") :].split("\n\n")[0]
    text = head + "kind: text" + tail.replace(choices, "")
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    read = read_responses(path, tmp_path / "instrument.yaml")
    assert read.respondents[code].iloc[0] == google(ticks)[ASKED][0]


@pytest.mark.parametrize(
    "cells",
    [
        {"Kelapa": 9, "Kelapa, Kopra dan lainnya": 8, "Padi": 11, "Sayur, buah": 12},
        {"Samarinda, Kaltim": 9, "Balikpapan, Kaltim": 5, "Banjarmasin, Kalsel": 4, "Martapura, Kalsel": 7},
        {"Samarinda, Kaltim": 9, "Samarinda, Kalimantan Timur": 5, "Bontang, Kaltim": 4},
        {"< Rp 1,5 juta": 9, "Rp 1,5 juta - Rp 3 juta": 5, "> Rp 3 juta": 4},
        {"teils, teils": 9, "ja": 5, "nein": 4},
        {"1, 2": 9, "1": 5, "2, 3": 4, "3": 4, "2": 3},
        {"Enak, murah, dan dekat rumah": 1, "Karena murah, lalu enak": 1, "Murah": 1, "Dekat, enak": 1},
        {"Ya": 9, "Tidak": 8},
    ],
)
def test_a_separator_alone_makes_no_list(cells):
    assert joined(cells) is None


def test_what_comes_back_in_other_company_is_a_list():
    assert joined({"A": 5, "A, B": 4, "B": 3}) == (", ", ["A", "B"], False)
    assert joined({"A, B": 5, "B, C": 4, "A, C": 3, "A, lama sekali": 1}) == (", ", ["A", "B", "C"], True)
    assert joined({"A;": 5, "B;": 4, "A;B;": 3}) == (";", ["A", "B"], False)
    assert joined({"Toko, kios": 3, "Pasar": 4, "Toko, kios, Pasar": 5, "Pasar, Bazar": 2, "Bazar": 2}) == (
        ", ",
        ["Toko, kios", "Pasar", "Bazar"],
        False,
    )


def test_a_form_says_which_question_allows_several(tmp_path):
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(["type", "name", "label"])
    survey.append(["select_multiple saluran", "saluran", "Saluran penjualan"])
    for k, item in enumerate(ITEMS, 1):
        survey.append(["select_one setuju", f"KP{k}", item])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label"])
    for name, label in zip(NAMES, CHOICES, strict=True):
        choices.append(["saluran", name, label])
    for k, word in enumerate(AGREE, 1):
        choices.append(["setuju", str(k), word])
    book.save(tmp_path / "form.xlsx")
    questions = draft_instrument(tmp_path / "form.xlsx").instrument.questions
    asked = next(q for q in questions if not q.is_item)
    assert asked.kind == "multiple"
    assert [choice.label["id"] for choice in asked.choices] == CHOICES
    assert [choice.synonyms for choice in asked.choices] == [(name,) for name in NAMES]
