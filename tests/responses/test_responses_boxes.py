"""Tick boxes: the names programs give them, the words they hold, and what is no tick."""

from __future__ import annotations

import pandas as pd
import pytest

from umkm_stats.errors import UsageError
from umkm_stats.instrument import load_instrument
from umkm_stats.responses import read_responses

from .conftest import ITEMS, YAML

ROW = [5, 4, 2, 4, 4, 3, 5, 5, 4]
OTHER = [4, 3, 1, 5, 4, 4, 5, 3, 4]
THIRD = [3, 4, 1, 5, 2, 4, 4, 3, 4]
VALUES = ("1", "2", "3")
LABELS = ("Bank Indonesia", "BUMN, CSR", "Dinas")


def boxes(tmp_path, tiny, write, heads, cells):
    """HELP as read: the first row ticks 1 and 3, the second 2, the third nothing (cells: yes and no)."""
    yes, no = cells
    rows = [[*ITEMS, *heads], [*ROW, yes, no, yes], [*OTHER, no, yes, no], [*THIRD, no, no, no]]
    return read_responses(write(tmp_path / "a.csv", rows), tiny)


@pytest.mark.parametrize(
    "pattern",
    [
        "HELP/{v}",
        "HELP_{v}",
        "help___{v}",
        "HELP[{v}]",
        "HELP.{v}",
        "HELP:{v}",
        "PROFIL/HELP/{v}",
        "PROFIL.HELP.{v}",
        "PROFIL-HELP-{v}",
        "Siapa yang membantu? (choice={l})",
        "Siapa yang membantu? [{l}]",
        "HELP. Siapa yang membantu? [{l}]",
        "HELP[{v}]. Siapa yang membantu? [{l}]",
        "Siapa yang membantu?/{l}",
        "Siapa yang membantu? - Selected Choice - {l}",
    ],
)
def test_names_of_boxes(tmp_path, tiny, write, pattern):
    heads = [pattern.format(v=v, l=label) for v, label in zip(VALUES, LABELS, strict=True)]
    read = boxes(tmp_path, tiny, write, heads, ("1", "0"))
    assert read.respondents["HELP"].tolist() == ["1;3", "2", ""]
    assert not read.privacy.identifiers


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Ya", "Tidak"),
        ("Yes", "No"),
        ("Sí", "No"),
        ("Sim", "Não"),
        ("Evet", "Hayır"),
        ("Oui", "Non"),
        ("Ja", "Nein"),
        ("TRUE", "FALSE"),
        ("1,0", "0,0"),
        ("1.0", "0.0"),
        ("1 - Ya", "0 - Tidak"),
        ("Ya (1)", "Tidak (0)"),
        ("✔", "☐"),
        ("☑", "☐"),
        ("x", "0"),
        ("Dipilih", "Tidak dipilih"),
        ("Selected", "Not selected"),
        ("Checked", "Unchecked"),
        ("Quoted", "Not quoted"),
    ],
)
def test_words_of_ticks(tmp_path, tiny, write, yes, no):
    read = boxes(tmp_path, tiny, write, [f"HELP/{v}" for v in VALUES], (yes, no))
    assert read.respondents["HELP"].tolist() == ["1;3", "2", ""]
    assert "RSP270" not in read.found.codes()


def test_the_option_itself_is_a_tick_and_an_empty_box_is_none(tmp_path, tiny, write):
    heads = [f"HELP/{v}" for v in VALUES]
    rows = [
        [*ITEMS, *heads],
        [*ROW, LABELS[0], "", LABELS[2]],
        [*OTHER, "", LABELS[1], ""],
        [*THIRD, "", "", ""],
    ]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.respondents["HELP"].tolist() == ["1;3", "2", None]


def test_the_options_own_number_is_a_tick(tmp_path, tiny, write):
    heads = [f"HELP/{v}" for v in VALUES]
    rows = [[*ITEMS, *heads], [*ROW, 1, "", 3], [*OTHER, "", 2, ""]]
    assert read_responses(write(tmp_path / "a.csv", rows), tiny).respondents["HELP"].tolist() == ["1;3", "2"]


@pytest.mark.parametrize("word", ["mungkin", "✗", "2", "1 - Tidak", "Dinas"])
def test_any_other_word_is_a_finding_at_its_cell(tmp_path, tiny, write, word):
    heads = [f"HELP/{v}" for v in VALUES]
    rows = [[*ITEMS, *heads], [*ROW, "1", "0", "1"], [*OTHER, word, "1", "0"]]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.respondents["HELP"].tolist() == ["1;3", None]
    found = read.findings[read.findings["code"] == "RSP270"]
    assert (found["row"].tolist(), found["column"].tolist()) == ([3], ["J"])
    assert "Bank Indonesia" in found["message_id"].iloc[0]


def test_numbers_one_and_two_without_labels_are_not_guessed(tmp_path, tiny, write):
    heads = [f"HELP/{v}" for v in VALUES]
    rows = [[*ITEMS, *heads], [*ROW, 2, 1, 2], [*OTHER, 1, 2, 1]]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.respondents["HELP"].tolist() == [None, None]
    assert read.found.codes()["RSP270"] == 6


def test_value_labels_decide_before_the_numbers(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame([ROW, OTHER, THIRD], columns=ITEMS).astype(float)
    for value, column in zip(VALUES, ([2, 1, 1], [1, 2, 1], [2, 1, 1]), strict=True):
        frame[f"HELP_{value}"] = [float(v) for v in column]
    labels = {f"HELP_{value}": {1.0: "Tidak", 2.0: "Ya"} for value in VALUES}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    assert read_responses(path, tiny).respondents["HELP"].tolist() == ["1;3", "2", ""]


@pytest.mark.parametrize(
    "cells",
    [
        ("Bank Indonesia;Dinas;", "BUMN, CSR;", "Dinas"),
        ("Bank Indonesia, Dinas", "BUMN, CSR", "Dinas"),
        ("Bank Indonesia,Dinas", "BUMN, CSR", "Dinas"),
        ("Bank Indonesia|Dinas", "BUMN, CSR", "Dinas"),
        ("1 3", "2", "3"),
        ("1,3", "2", "3"),
        ("1;3", "2", "3"),
    ],
)
def test_ticks_joined_in_one_cell(tmp_path, tiny, write, cells):
    rows = [[*ITEMS, "HELP"], *([*row, cell] for row, cell in zip((ROW, OTHER, THIRD), cells, strict=True))]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.respondents["HELP"].tolist() == ["1;3", "2", "3"]


def test_lists_of_a_parquet_file(tmp_path, tiny):
    frame = pd.DataFrame([ROW, OTHER, THIRD], columns=ITEMS)
    frame["HELP"] = [["Bank Indonesia", "Dinas"], ["BUMN, CSR"], []]
    for code in ITEMS:
        frame[code] = pd.Categorical(frame[code].map(lambda v: f"{v}"))
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    read = read_responses(path, tiny)
    assert read.respondents["HELP"].tolist() == ["1;3", "2", None]
    assert read.items["XA1"].tolist() == [5.0, 4.0, 3.0]


def test_a_map_and_an_alias_can_name_a_box(tmp_path, tiny, write):
    heads = ["bantuan A", "bantuan B", "bantuan C"]
    rows = [[*ITEMS, *heads], [*ROW, "Ya", "Tidak", "Ya"], [*OTHER, "Tidak", "Ya", "Tidak"]]
    path = write(tmp_path / "a.csv", rows)
    named = {head: f"HELP/{v}" for head, v in zip(heads, VALUES, strict=True)}
    assert read_responses(path, tiny, aliases=named).respondents["HELP"].tolist() == ["1;3", "2"]
    with pytest.raises(UsageError, match="RSP114"):
        read_responses(path, tiny, aliases={"bantuan A": "HELP/9"})


def test_boxes_named_after_a_phone_service_are_no_phone_numbers(tmp_path, write):
    text = YAML.replace("Bank Indonesia", "WhatsApp").replace("Dinas", "No. HP pemilik")
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    heads = [f"Siapa yang membantu? [{word}]" for word in ("WhatsApp", "BUMN, CSR", "No. HP pemilik")]
    rows = [[*ITEMS, *heads], [*ROW, "Ya", "Tidak", "Ya"], [*OTHER, "Tidak", "Ya", "Tidak"]]
    read = read_responses(write(tmp_path / "a.csv", rows), tmp_path)
    assert not read.privacy.identifiers
    assert read.respondents["HELP"].tolist() == ["1;3", "2"]
    instrument = load_instrument(tmp_path)
    assert instrument.question("HELP").kind == "multiple"


def test_cells_that_say_nothing_are_no_answer_and_no_other_choice(tmp_path, write):
    """ "-" and separators alone were counted: as "another answer" where there is one, and as people who
    answered."""
    last = "      - {value: 3, label: {id: Dinas, en: Government office}}\n"
    more = "      - {value: 4, label: {id: Lainnya, en: Other}, other: true}\n"
    assert last in YAML
    (tmp_path / "instrument.yaml").write_text(YAML.replace(last, last + more), encoding="utf-8")
    instrument = load_instrument(tmp_path / "instrument.yaml")
    cells = {
        "-": None,
        "N/A": None,
        ".": None,
        ", ,": None,
        ";": None,
        "Dinas, -": "3",
        "Dinas, koran": "3;4",
        "koran": "4",
        "tidak ada": "4",
    }
    rows = [
        [*((k + 3 * j) % 5 + 1 if j else 1 + k // 5 for j in range(len(ITEMS))), cell]
        for k, cell in enumerate(cells)
    ]
    answers = read_responses(write(tmp_path / "a.csv", [[*ITEMS, "HELP"], *rows]), instrument)
    assert answers.respondents["HELP"].tolist() == list(cells.values())
    assert answers.multiple("HELP").dropna(how="all").shape[0] == 4
    assert "RSP240" in set(answers.findings["code"])
