"""Every row is accounted for: consent, eligibility, pilot, tests, duplicates, times, skip logic, double
entry."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.responses import read_responses

from .conftest import ITEMS

GOOD = ["5", "4", "2", "4", "4", "3", "5", "5", "4"]


def other(i):
    """A different pattern of answers for every i."""
    return [str(1 + (i // 5**k) % 5) for k in range(9)]


def test_rows_are_held_by_the_first_reason(tmp_path, tiny, write):
    rows = [
        ["Timestamp", "Nama", "STAGE", "CONSENT", "OWNER", *ITEMS],
        ["01/11/2026 10.00.00", "Ani", "Utama", "Ya", "Ya", *other(1)],
        ["01/11/2026 10.20.00", "Budi", "Uji coba", "Ya", "Ya", *other(2)],
        ["01/11/2026 10.40.00", "Cici", "Utama", "Tidak", "Ya", *other(3)],
        ["01/11/2026 11.00.00", "Dedi", "Utama", "Ya", "Tidak", *other(4)],
        ["01/11/2026 11.20.00", "tes", "Utama", "Ya", "Ya", *other(5)],
        ["01/11/2026 11.40.00", "Eka", "Utama", "Ya", "Ya", *[""] * 9],
        ["01/11/2026 12.00.00", "Feri", "Utama", "Ya", "Ya", *GOOD],
        ["01/11/2026 12.03.00", "Feri W", "Utama", "Ya", "Ya", *GOOD],
        ["01/11/2026 12.30.00", "Gita", "Utama", "Ya", "Ya", *GOOD],
        ["01/11/2026 13.00.00", "Hadi", "Utama", "", "Ya", *other(6)],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.sample.rows["reason"].tolist() == [
        "",
        "pilot",
        "no_consent",
        "not_eligible",
        "test_row",
        "no_answers",
        "",
        "duplicate",
        "",
        "no_consent",
    ]
    assert answers.sample.rows_in == answers.sample.used + sum(answers.sample.dropped.values()) == 10
    assert answers.sample.dropped == {
        "test_row": 1,
        "no_consent": 2,
        "not_eligible": 1,
        "pilot": 1,
        "duplicate": 1,
        "no_answers": 1,
    }
    assert answers.kept.sum() == answers.sample.used == 3
    assert len(answers.items) == len(answers.respondents) == len(answers.not_applicable) == 10
    assert len(answers.kept_items) == 3
    found = dict(zip(answers.findings["code"], answers.findings["row"], strict=True))
    assert (
        found["RSP214"],
        found["RSP236"],
        found["RSP215"],
        found["RSP219"],
        found["RSP237"],
        found["RSP218"],
    ) == (11, 3, 5, 6, 7, 9)
    assert "sent twice" in answers.sample.describe("en")
    assert "terkirim dua kali" in answers.sample.describe("id")


def test_screening_modes(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [["OWNER", *ITEMS], ["Tidak", *GOOD], ["Ya", *other(3)]])
    assert read_responses(path, tiny).sample.dropped == {"not_eligible": 1}
    for mode in ("strict", "off"):
        assert read_responses(path, tiny, screening=mode).kept.all()


def test_a_consent_column_without_any_answer_holds_nobody(tmp_path, tiny, write):
    answers = read_responses(write(tmp_path / "a.csv", [["CONSENT", *ITEMS], ["", *GOOD]]), tiny)
    assert answers.kept.all()


def test_one_answer_throughout_is_no_duplicate_unless_everything_repeats(tmp_path, tiny, write):
    rows = [
        ["Timestamp", "Usaha", *ITEMS],
        *([f"2026-11-01 10:0{i}:00", firm, *["4"] * 9] for i, firm in enumerate(("rotan", "manik", "rotan"))),
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.sample.rows["reason"].tolist() == ["", "", "duplicate"]


def test_repeats_without_times_are_kept_and_noted(tmp_path, tiny, write):
    answers = read_responses(
        write(tmp_path / "a.csv", [["Usaha", *ITEMS], ["rotan", *GOOD], ["rotan", *GOOD], ["manik", *GOOD]]),
        tiny,
    )
    assert answers.kept.all()
    assert answers.findings.loc[answers.findings["code"] == "RSP247", "row"].tolist() == [3]


def test_repeats_days_apart_are_kept_and_noted_when_the_person_repeats_too(tmp_path, tiny, write):
    times = ("2026-11-01 10:00:00", "2026-11-01 10:02:00", "2026-11-04 21:00:00", "2026-11-05 08:00:00")
    people = ("Sari", "Sari", "Sari", "Dewi")
    rows = [["Timestamp", "Nama", *ITEMS]]
    rows += [[time, name, *GOOD] for time, name in zip(times, people, strict=True)]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.sample.rows["reason"].tolist() == ["", "duplicate", "", ""]
    told = answers.findings[answers.findings["code"] == "RSP247"]
    assert told["row"].tolist() == [4]
    assert "berjauhan" in told["message_id"].iloc[0]
    alone = [[row[0], *row[2:]] for row in rows]  # without a name these may be four people
    answers = read_responses(write(tmp_path / "b.csv", alone), tiny)
    assert "RSP247" not in set(answers.findings["code"])


def test_submission_ids(tmp_path, tiny, write):
    rows = [
        ["_id", "_uuid", *ITEMS],
        ["1", "a", *other(1)],
        ["1", "b", *other(2)],
        ["2", "a", *other(3)],
        ["3", "c", *other(4)],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=";"), tiny)
    assert answers.source.name == "kobotoolbox"
    assert answers.sample.rows["reason"].tolist() == ["", "duplicate", "duplicate", ""]
    assert {"RSP216", "RSP217"} <= set(answers.findings["code"])


def test_times(tmp_path, tiny, write):
    stamps = [
        "31/10/2026 10.00.00",
        "2026/11/01 10:00:00 AM GMT+8",
        "46327.5",
        "05/11/2026 16:30",
        "11/12/2030 08:00:00",
        "kemarin",
        "",
    ]
    rows = [["Timestamp", *ITEMS], *([s, *other(i)] for i, s in enumerate(stamps))]
    now = dt.datetime(2026, 11, 24)
    path = write(tmp_path / "a.csv", rows)
    answers = read_responses(path, tiny, now=now)
    assert answers.times["time"].astype(object).map(str).tolist() == [
        "2026-10-31 10:00:00",
        "2026-11-01 10:00:00",
        "2026-11-01 12:00:00",
        "2026-11-05 16:30:00",
        "NaT",
        "NaT",
        "NaT",
    ]
    found = answers.findings.set_index("code")["row"]
    assert (found["RSP220"], found["RSP222"]) == (6, 7)
    assert answers.kept.all()
    answers = read_responses(path, tiny, now=now, field_period=(dt.date(2026, 11, 1), "2026-11-30"))
    assert answers.findings.loc[answers.findings["code"] == "RSP221", "row"].tolist() == [2]


def test_order_of_day_and_month_follows_the_file(tmp_path, tiny, write):
    def times(stamps):
        rows = [["Timestamp", *ITEMS], *([s, *other(i)] for i, s in enumerate(stamps))]
        return read_responses(write(tmp_path / "a.csv", rows), tiny, now=dt.datetime(2027, 1, 1))

    assert times(["10/31/2026 10:00:00", "11/02/2026 9:00:00"]).times["time"].dt.month.tolist() == [10, 11]
    assert times(["1/5/2026 10:00:00", "1/6/2026 9:00:00", "2/1/2026 9:00:00"]).times[
        "time"
    ].dt.month.tolist() == [1, 1, 2]
    assert times(["1/5/2026", "2/5/2026", "1/6/2026"]).times["time"].dt.month.tolist() == [5, 5, 6]
    assert "RSP223" in set(times(["31/10/2026", "10/31/2026"]).findings["code"])


def test_seconds_from_start_and_end(tmp_path, tiny, write):
    rows = [
        ["start", "end", "_id", "_uuid", *ITEMS],
        ["2026-11-01T10:00:00.000+08:00", "2026-11-01T10:04:30.000+08:00", "1", "u", *GOOD],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=";"), tiny)
    assert answers.times["seconds"].tolist() == [270.0]


def test_skip_logic(tmp_path, tiny, write):
    rows = [
        ["EXPORT", "YEXP", *ITEMS],
        ["Pernah", "2015", *other(1)],
        ["Belum", "2015", *other(2)],
        ["Pernah", "", *other(3)],
        ["Belum", "", *other(4)],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    found = answers.findings.set_index("code")["row"]
    assert (found["RSP212"], found["RSP213"]) == (3, 4)
    assert answers.respondents["YEXP"].isna().tolist() == [False, True, True, True]


def test_required_and_impossible(tmp_path, tiny, write):
    rows = [
        ["AGE", "EXPORT", "YEXP", *ITEMS],
        ["7", "Pernah", "2019", *other(1)],
        ["21 tahun", "Pernah", "2031", *other(2)],
        ["abc", "mungkin", "", "", *other(3)[1:]],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny, now=dt.datetime(2026, 11, 24))
    table = answers.findings.loc[:, ["code", "row", "column"]].to_numpy().tolist()
    for entry in (
        ["RSP224", 2, "A"],
        ["RSP224", 3, "C"],
        ["RSP246", 4, "A"],
        ["RSP245", 4, "B"],
        ["RSP211", 4, "D"],
    ):
        assert entry in table
    assert answers.respondents["AGE"].tolist()[1] == 21


def test_tick_boxes(tmp_path, tiny, write):
    rows = [
        ["HELP", *ITEMS],
        ["Bank Indonesia, BUMN, CSR", *other(1)],
        ["Dinas", *other(2)],
        ["BUMN, CSR, Dinas", *other(3)],
        ["", *other(4)],
        ["Bank Dunia, Dinas", *other(5)],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.respondents["HELP"].tolist() == ["1;2", "3", "2;3", None, None]
    assert answers.findings.loc[answers.findings["code"] == "RSP245", "value"].tolist() == ["Bank Dunia"]
    boxes = answers.multiple("HELP")
    assert boxes.loc[:2].to_numpy().tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 1]]
    rows = [
        ["HELP/1", "HELP/2", "HELP[3]", *ITEMS],
        ["1", "0", "1", *other(1)],
        ["0", "0", "0", *other(2)],
        ["", "", "", *other(3)],
    ]
    answers = read_responses(write(tmp_path / "b.csv", rows), tiny)
    assert answers.respondents["HELP"].tolist() == ["1;3", "", None]


def test_double_entry(tmp_path, tiny, write):
    typo = [*GOOD[:3], "5", *GOOD[4:]]
    rows = [["FORM", *ITEMS], ["A1", *GOOD], ["A2", *other(9)], ["A1", *typo], ["A2", *other(9)]]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny, double_entry="FORM")
    assert answers.sample.dropped == {"double_entry": 2}
    row = answers.findings.loc[answers.findings["code"] == "RSP242"].iloc[0]
    assert (row["row"], row["item"], row["value"]) == (2, "MB1", "4 / 5")
    assert np.isnan(answers.items.loc[0, "MB1"])
    with pytest.raises(UmkmError, match="RSP118"):
        read_responses(tmp_path / "a.csv", tiny, double_entry="NOMOR")


def test_not_applicable_stays_apart(tmp_path, tiny, write):
    rows = [ITEMS, *(["Tidak sesuai dengan usaha saya" if i < 3 else "4", *other(i)[1:]] for i in range(12))]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.not_applicable["XA1"].sum() == 3
    assert answers.items["XA1"].isna().sum() == 3
    assert answers.findings.loc[answers.findings["code"] == "RSP252", "item"].tolist() == ["XA1"]
    assert answers.kept.all()


def test_result_protocol(tmp_path, tiny, write):
    import json

    answers = read_responses(
        write(tmp_path / "a.csv", [[*ITEMS, "Nama"], [*GOOD, "Ani"], [*other(3), "Budi"]]), tiny
    )
    assert answers.tidy()["item"].tolist() == ITEMS
    assert answers.glance().loc[0, ["rows_in", "n", "items_found", "items_missing"]].tolist() == [2, 2, 9, 0]
    for lang in ("en", "id"):
        assert "a.csv" in answers.summary(lang)
    text = json.dumps(answers.to_dict())
    assert "Ani" not in text + answers.summary() + answers.findings.to_csv()
    assert answers.seed is None
    assert {note.code for note in answers.notes} >= {"RSP235", "RSP253"}


def test_repeated_numbers_of_a_hand_made_sheet(tmp_path, tiny, write):
    rows = [["ID", *ITEMS], ["1", *other(1)], ["2", *other(2)], ["1", *other(3)], ["2", *other(2)]]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.sample.rows["reason"].tolist() == ["", "", "", "duplicate"]
    assert answers.findings.loc[answers.findings["code"] == "RSP262", "row"].tolist() == [4]


def test_same_items_but_another_business_is_no_duplicate(tmp_path, tiny, write):
    rows = [
        ["Timestamp", "AGE", *ITEMS],
        ["2026-11-01 10:00:00", "30", *GOOD],
        ["2026-11-01 10:02:00", "45", *GOOD],
        ["2026-11-01 10:03:00", "30", *GOOD],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.sample.rows["reason"].tolist() == ["", "", "duplicate"]


def test_rejected_and_unfinished_submissions(tmp_path, tiny, write):
    rows = [
        ["_id", "_uuid", "_validation_status", *ITEMS],
        ["1", "a", "validation_status_not_approved", *other(1)],
        ["2", "b", "validation_status_approved", *other(2)],
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=";"), tiny)
    assert answers.sample.dropped == {"rejected": 1}
    assert "RSP264" in set(answers.findings["code"])
    rows = [
        ["Response ID", "Date submitted", "Last page", *ITEMS],
        ["1", "2026-11-01 10:00:00", "3", *other(1)],
        ["2", "", "1", *other(2)[:5], "", "", "", ""],
    ]
    answers = read_responses(write(tmp_path / "b.csv", rows, delimiter=";"), tiny)
    assert answers.findings.loc[answers.findings["code"] == "RSP263", "row"].tolist() == [3]
    assert answers.kept.all()


def test_many_equal_rows_take_no_long(tmp_path, tiny, write):
    import time

    rows = [
        ["Timestamp", *ITEMS],
        *(
            [f"2026-11-{1 + i // 1440 % 28:02d} {i // 60 % 24:02d}:{i % 60:02d}:00", *GOOD]
            for i in range(6000)
        ),
    ]
    path = write(tmp_path / "a.csv", rows)
    start = time.monotonic()
    answers = read_responses(path, tiny)
    assert time.monotonic() - start < 20
    assert answers.sample.dropped["duplicate"] == 6000 - answers.sample.used
    assert answers.sample.used == 546


def test_as_many_rows_as_items_are_too_few(tmp_path, tiny, write):
    """Nine rows of nine items: their covariance matrix has rank eight at most."""
    for rows, told in ((9, True), (10, False)):
        made = [other(row) for row in range(rows)]
        answers = read_responses(write(tmp_path / "a.csv", [ITEMS, *made]), tiny)
        assert answers.sample.used == rows
        assert ("RSP253" in {note.code for note in answers.notes}) is told
