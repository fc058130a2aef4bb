"""Words, abbreviations, numbers: what each answer means, and what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from umkm_stats.responses import read_responses
from umkm_stats.responses._answers import number_of
from umkm_stats.responses._recode import AnswerBook

from .conftest import ITEMS


@pytest.fixture(scope="module")
def meanings(tiny):
    return AnswerBook(tiny.item("XA1"), None, ("N/A",))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Sangat Setuju", 5),
        ("sangat  setuju ", 5),
        ("SANGAT\u00a0SETUJU", 5),
        ("Sangat setuju.", 5),
        ("SS", 5),
        ("ss", 5),
        ("S.S.", 5),
        ("STS", 1),
        ("TS", 2),
        ("N", 3),
        ("S", 4),
        ("Strongly agree", 5),
        ("SA", 5),
        ("SD", 1),
        ("5", 5),
        (5, 5),
        (5.0, 5),
        ("5.0", 5),
        ("5,0", 5),
        ("5 - Sangat Setuju", 5),
        ("5-Sangat Setuju", 5),
        ("5 – Sangat Setuju", 5),
        ("5. Sangat Setuju", 5),
        ("(5) Sangat Setuju", 5),
        ("5 = SS", 5),
        ("Sangat Setuju (5)", 5),
        ("Sangat Setuju [5]", 5),
        ("Sangat Setuju = 5", 5),
        ("5 (Sangat Setuju)", 5),
        ("Sangat Setuju 5", 5),
        ("Sangat Setuju/5", 5),
        (" 3 ", 3),
        ("2)", 2),
        (np.int64(4), 4),
        (np.float64(4), 4),
    ],
)
def test_answers_with_one_meaning(meanings, raw, value):
    answer = meanings.read(raw)
    assert (answer.kind, answer.value) == ("value", value)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("KS", "RSP202"),
        ("RR", "RSP202"),
        ("CS", "RSP202"),
        ("Kurang Setuju", "RSP202"),
        ("Ragu-ragu", "RSP202"),
        ("3 - Kurang Setuju", "RSP202"),
        ("Sangat Stuju", "RSP201"),
        ("mungkin", "RSP201"),
        (True, "RSP201"),
        ("x" * 600, "RSP201"),
        (object(), "RSP201"),
        (0, "RSP203"),
        (6, "RSP203"),
        ("7", "RSP203"),
        (-1, "RSP203"),
        ("99", "RSP203"),
        (float("inf"), "RSP203"),
        (3.5, "RSP204"),
        ("3,5", "RSP204"),
        ("4.25", "RSP204"),
        ("1 - Sangat Setuju", "RSP205"),
        ("4 5", "RSP201"),
        ("3/5", "RSP201"),
        ("Setuju, Netral", "RSP201"),
        ("Sangat Tidak Setuju (5)", "RSP205"),
        ("7 - Sangat Setuju", "RSP205"),
        (dt.datetime(2026, 4, 1), "RSP206"),
        (dt.date(2026, 4, 1), "RSP206"),
        (dt.time(1, 2), "RSP206"),
        (None, "empty"),
        ("", "empty"),
        ("-", "empty"),
        ("nan", "empty"),
        (float("nan"), "empty"),
        ("N/A", "not_shown"),
        ("Tidak sesuai dengan usaha saya", "na"),
        ("does not fit my business", "na"),
        (9, "na"),
        ("9", "na"),
        ("9.0", "na"),
    ],
)
def test_answers_that_are_refused_or_no_score(meanings, raw, kind):
    answer = meanings.read(raw)
    assert answer.kind == kind
    assert np.isnan(answer.value)


def test_number_and_words_that_contradict_are_told_with_their_row(tiny, tmp_path, write):
    rows = [ITEMS, *([*["Setuju"] * 8, "5 - Setuju" if n == 2 else "4"] for n in range(4))]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    told = [note for note in read.notes if note.code == "RSP205"]
    assert [(note.params["item"], note.params["row"], note.params["cells"]) for note in told] == [
        ("YC3", 4, 1)
    ]
    assert np.isnan(read.items.loc[2, "YC3"])


def test_nearest_label_is_named_but_not_used(meanings):
    assert meanings.read("Sangat Stuju").meant == ("Sangat Setuju",)


def test_not_applicable_is_out_of_range_where_it_is_not_offered(tiny):
    assert AnswerBook(tiny.item("XA2")).read(9).kind == "RSP203"


def test_ambiguous_answer_is_known_when_the_map_says_so(tiny):
    book = AnswerBook(tiny.item("XA1"), {"KS": 2})
    assert book.read("KS").value == 2
    assert book.read("RR").kind == "RSP202"


def test_four_point_scale_that_names_ks(tmp_path):
    from umkm_stats.instrument import load_instrument

    from .conftest import YAML

    text = YAML.replace("values: [1, 2, 3, 4, 5]", "values: [1, 2, 3, 4]")
    text = (
        text.replace(
            "id: {1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}",
            "id: {1: Tidak Setuju, 2: Kurang Setuju, 3: Setuju, 4: Sangat Setuju}",
        )
        .replace(
            "en: {1: Strongly disagree, 2: Disagree, 3: Neutral, 4: Agree, 5: Strongly agree}",
            "en: {1: Disagree, 2: Rather disagree, 3: Agree, 4: Strongly agree}",
        )
        .replace("id: {1: STS, 2: TS, 3: N, 4: S, 5: SS}", "id: {1: TS, 2: KS, 3: S, 4: SS}")
    )
    path = tmp_path / "instrument.yaml"
    path.write_text(text, encoding="utf-8")
    book = AnswerBook(load_instrument(path).item("XA1"))
    assert [book.read(word).value for word in ("TS", "KS", "S", "SS", "Kurang Setuju")] == [1, 2, 3, 4, 2]
    assert book.read("STS").kind == "RSP201"


def test_findings_name_cell_and_remedy(tmp_path, tiny, write):
    good = ["5", "4", "2", "4", "4", "4", "5", "5", "4"]
    path = write(
        tmp_path / "a.csv", [ITEMS, good, ["KS", *good[1:]], [good[0], "7", *good[2:]], [*good[:8], "4,5"]]
    )
    answers = read_responses(path, tiny)
    cells = answers.findings.set_index("code")[["severity", "row", "column", "value", "item", "rule"]]
    assert cells.loc["RSP202"].tolist() == ["error", 3, "A", "KS", "XA1", "ambiguous"]
    assert cells.loc["RSP203"].tolist() == ["warning", 4, "B", "7", "XA2", "range"]
    assert cells.loc["RSP204"].tolist() == ["warning", 5, "I", "4,5", "YC3", "type"]
    assert np.isnan(answers.items.loc[1, "XA1"])
    assert np.isnan(answers.items.loc[2, "XA2"])
    assert np.isnan(answers.items.loc[3, "YC3"])
    assert answers.kept.all()
    row = answers.findings.loc[answers.findings["code"] == "RSP202"].iloc[0]
    assert "“KS”" in row["message"]
    assert "Program tidak menebak" in row["message_id"]
    assert row["remedy"] != row["remedy_id"]
    assert list(answers.findings.columns) == [
        "code",
        "severity",
        "sheet",
        "row",
        "column",
        "value",
        "message",
        "remedy",
        "item",
        "rule",
        "message_id",
        "remedy_id",
    ]


def test_reverse_keyed_items_are_reversed_once(tmp_path, tiny, write):
    path = write(
        tmp_path / "a.csv",
        [ITEMS, ["5", "5", "1", "4", "4", "4", "5", "5", "4"], ["5", "5", "2", "4", "4", "4", "5", "5", "4"]],
    )
    assert read_responses(path, tiny).items["XA3"].tolist() == [5, 4]
    assert read_responses(path, tiny, reverse="already").items["XA3"].tolist() == [1, 2]


def _correlated(rng, n, *, turned):
    factor = rng.normal(size=(n, 3))
    rows = []
    for i in range(n):
        answers = [
            int(np.clip(round(3 + factor[i, c] + 0.6 * rng.normal()), 1, 5))
            for c in (0, 0, 0, 1, 1, 1, 2, 2, 2)
        ]
        answers[2] = 6 - answers[2] if turned else answers[2]
        rows.append([str(a) for a in answers])
    return rows


def test_already_reversed_data_are_reported_and_left_alone(tmp_path, tiny, write):
    rng = np.random.default_rng(1)
    path = write(tmp_path / "a.csv", [ITEMS, *_correlated(rng, 80, turned=False)])
    answers = read_responses(path, tiny)
    finding = answers.findings.loc[answers.findings["code"] == "RSP231"].iloc[0]
    assert finding["item"] == "XA3"
    assert 'reverse="already"' in finding["remedy"]
    assert [note.code for note in answers.notes] == ["RSP231"]
    raw = [int(r[2]) for r in _correlated(np.random.default_rng(1), 80, turned=False)]
    assert answers.items["XA3"].tolist() == [6 - v for v in raw]
    assert "RSP231" not in set(read_responses(path, tiny, reverse="already").findings["code"])
    path = write(tmp_path / "b.csv", [ITEMS, *_correlated(np.random.default_rng(1), 80, turned=True)])
    assert not {"RSP231", "RSP254"} & set(read_responses(path, tiny).findings["code"])


def test_item_that_runs_against_its_scale(tmp_path, tiny, write):
    rows = [
        [*r[:3], str(6 - int(r[3])), *r[4:]] for r in _correlated(np.random.default_rng(1), 80, turned=True)
    ]
    answers = read_responses(write(tmp_path / "a.csv", [ITEMS, *rows]), tiny)
    assert answers.findings.loc[answers.findings["code"] == "RSP254", "item"].tolist() == ["MB1"]


def test_sheet_with_fewer_points(tmp_path, tiny, write):
    rows = [[str(min(int(v), 4)) for v in r] for r in _correlated(np.random.default_rng(3), 60, turned=True)]
    answers = read_responses(write(tmp_path / "a.csv", [ITEMS, *rows]), tiny)
    assert "RSP232" in set(answers.findings["code"])


@pytest.mark.parametrize(
    ("raw", "whole", "value"),
    [
        ("21", True, 21),
        ("21 tahun", True, 21),
        ("1.573", True, 1573),
        ("1,573", True, 1573),
        ("Rp 300.000.000", True, 300000000),
        ("3,5", False, 3.5),
        ("1.234,5", False, 1234.5),
        ("1,234.5", False, 1234.5),
        ("40%", False, 40),
        (21, True, 21),
        (21.0, True, 21),
        ("dua puluh", True, None),
        ("20-30", True, None),
        ("18 bulan", True, None),
        ("3,5", True, None),
        (3.5, True, None),
        ("", True, None),
        (True, True, None),
        ("1.2.3", False, None),
    ],
)
def test_numbers(raw, whole, value):
    assert number_of(raw, whole=whole, units={"tahun"}) == value
