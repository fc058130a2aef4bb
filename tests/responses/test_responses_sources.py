"""Every source: recognised by itself, read with its own habits, and said why."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from umkm_stats import messages
from umkm_stats.responses import read_responses
from umkm_stats.responses.readers import READERS

from .conftest import ITEMS
from .test_responses_layout import TEXTS, WANTED, scored

WORDS = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
RAW = [[5, 4, 2, 4, 4, 3, 5, 5, 4], [4, 4, 1, 5, 4, 4, 5, 3, 4]]
LABELLED = [[WORDS[v - 1] for v in row] for row in RAW]


def test_every_reader_brings_its_two_functions():
    assert set(READERS) == {
        "umkm-stats",
        "google-forms",
        "kobotoolbox",
        "limesurvey",
        "qualtrics",
        "surveymonkey",
        "ms-forms",
        "redcap",
        "spss",
        "stata",
        "parquet",
        "table",
    }
    for name, reader in READERS.items():
        assert name == reader.NAME
        assert callable(reader.sniff)
        assert callable(reader.read)


@pytest.mark.parametrize(
    "sheet", ["Form Responses 1", "Form_Responses", "Jawaban Formulir 1", "Respons Formulir 1"]
)
@pytest.mark.parametrize("stamp", ["Timestamp", "Cap waktu", "Stempel waktu"])
def test_google_sheet(tmp_path, tiny, book, sheet, stamp):
    rows = [
        [stamp, *(f"Inovasi produk [{t}]" for t in TEXTS)],
        ["01/11/2026 10.00.00", *LABELLED[0]],
        ["01/11/2026 10.30.00", *LABELLED[1]],
    ]
    answers = read_responses(book(tmp_path / "a.xlsx", {sheet: rows}), tiny)
    assert answers.source.name == "google-forms"
    assert stamp in answers.source.describe("en")
    assert scored(answers) == WANTED
    assert answers.times["time"].notna().all()


def test_google_zipped_csv_separates_tick_boxes_by_semicolon(tmp_path, tiny):
    rows = [
        ["Timestamp", "Siapa yang membantu?", *TEXTS],
        ["2026/11/01 10:00:00 AM GMT+8", "Bank Indonesia;Dinas", *LABELLED[0]],
    ]
    path = tmp_path / "Kuesioner.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Kuesioner.csv", "\n".join(",".join(f'"{c}"' for c in r) for r in rows))
    answers = read_responses(path, tiny)
    assert answers.source.name == "google-forms"
    assert answers.respondents["HELP"].tolist() == ["1;3"]
    assert scored(answers) == WANTED[:1]


@pytest.mark.parametrize("mode", ["values", "labels"])
def test_kobo(tmp_path, tiny, write, mode):
    import csv

    heads = [f"isi/{c}" for c in ITEMS] if mode == "values" else [f"Inovasi produk/{t}" for t in TEXTS]
    data = RAW if mode == "values" else LABELLED
    rows = [
        [
            "start",
            "end",
            *heads,
            "HELP",
            "HELP/1",
            "HELP/3",
            "_id",
            "_uuid",
            "_submission_time",
            "_validation_status",
            "_index",
        ]
    ]
    rows += [
        [
            "2026-11-01T10:00:00+08:00",
            "2026-11-01T10:05:00+08:00",
            *data[i],
            "1 3",
            "1",
            "1",
            f"10{i}",
            f"u{i}",
            "2026-11-01T02:05:00",
            "",
            i,
        ]
        for i in range(2)
    ]
    path = write(tmp_path / "a.csv", rows, delimiter=";", quoting=csv.QUOTE_ALL)
    answers = read_responses(path, tiny)
    assert answers.source.name == "kobotoolbox"
    assert scored(answers) == WANTED
    assert answers.respondents["HELP"].tolist() == ["1;3", "1;3"]
    assert answers.times["seconds"].tolist() == [300, 300]


def test_odk_central(tmp_path, tiny, write):
    rows = [
        ["SubmissionDate", *(f"isi-{c}" for c in ITEMS), "meta-instanceID", "KEY", "SubmitterName"],
        *(["2026-11-01T02:05:00.000Z", *RAW[i], f"uuid:{i}", f"uuid:{i}", "enumerator1"] for i in range(2)),
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.source.name == "kobotoolbox"
    assert scored(answers) == WANTED
    assert answers.privacy.identifiers[0].header == "SubmitterName"


@pytest.mark.parametrize(
    "heads",
    [
        [f"GRID[{c}]" for c in ITEMS],
        [f"GRID[{c}]. {t}" for c, t in zip(ITEMS, TEXTS, strict=True)],
        [f"Seberapa setuju Anda? [{t}]" for t in TEXTS],
    ],
)
def test_limesurvey(tmp_path, tiny, write, heads):
    rows = [["Response ID", "Date submitted", "Last page", "Start language", *heads]]
    rows += [
        [1, "2026-11-01 10:00:00", 3, "id", *LABELLED[0]],
        [2, "2026-11-01 11:00:00", 3, "id", *LABELLED[1]],
    ]
    rows += [[3, "", 1, "id", *LABELLED[0][:4], "N/A", "N/A", "", "", ""], [4, "", 1, "id", *["N/A"] * 9]]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=";", encoding="utf-8-sig"), tiny)
    assert answers.source.name == "limesurvey"
    assert scored(answers)[:2] == WANTED
    assert answers.not_shown.loc[2].tolist() == [False] * 4 + [True] * 2 + [False] * 3
    assert answers.sample.rows["reason"].tolist() == ["", "", "", "no_answers"]


def test_spss_labels_decide_and_missing_values_stay_apart(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame({c: [float(r[i]) for r in RAW] + [99.0] for i, c in enumerate(ITEMS)})
    frame["MB1"] = [2.0, 1.0, 99.0]
    up = dict(enumerate(WORDS, 1))
    down = {6 - k: v for k, v in up.items()}
    labels = {c: up | {99: "Tidak menjawab"} for c in ITEMS} | {
        "MB1": down | {99: "Tidak menjawab"},
        "YC1": {5: "Sangat Setuju"},
    }
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels=labels,
        missing_ranges={c: [99] for c in ITEMS},
        column_labels=dict(zip(ITEMS, TEXTS, strict=True)),
    )
    answers = read_responses(path, tiny)
    assert answers.source.name == "spss"
    assert answers.items.to_numpy()[:2].tolist() == WANTED
    assert answers.items.loc[2].isna().all()
    codes = answers.findings["code"]
    assert (codes == "RSP249").sum() == 9
    assert answers.findings.loc[codes == "RSP243", "item"].tolist() == ["MB1"]
    assert answers.sample.dropped == {"no_answers": 1}
    assert answers.sample.rows["row"].tolist() == [1, 2, 3]


def test_spss_unlabelled_numbers_follow_the_direction_of_the_labels(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame({c: [1.0, 2.0, 5.0] for c in ITEMS})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels={
            "XA1": {1: "Sangat Setuju", 5: "Sangat Tidak Setuju"},
            "XA2": {1: "Totalmente de acuerdo"},
        },
    )
    answers = read_responses(path, tiny)
    assert answers.items["XA1"].tolist() == [5, 4, 1]
    assert answers.items["XA2"].tolist() == [1, 2, 5]
    assert "RSP258" in set(answers.findings["code"])


def test_spss_headings_by_variable_label(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame({f"v{i}": [float(r[i]) for r in RAW] for i in range(9)})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, column_labels=TEXTS)
    assert scored(read_responses(path, tiny)) == WANTED


def test_stata_and_parquet(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame({c: [float(r[i]) for r in RAW] for i, c in enumerate(ITEMS)})
    pyreadstat.write_dta(
        frame, tmp_path / "a.dta", variable_value_labels={c: dict(enumerate(WORDS, 1)) for c in ITEMS}
    )
    frame.assign(kota=["Samarinda", None]).to_parquet(tmp_path / "a.parquet")
    for name, source in (("a.dta", "stata"), ("a.parquet", "parquet")):
        answers = read_responses(tmp_path / name, tiny)
        assert answers.source.name == source
        assert scored(answers) == WANTED


def _titles():
    return [messages.text(f"questionnaire.xlsx.sheet_{part}", "id") for part in ("data", "codebook", "about")]


def test_own_files(tmp_path, tiny, write, book):
    rows = [
        ["_uuid", "start", "end", "_form", *ITEMS, "HELP"],
        *(
            [f"u{i}", "2026-11-01T10:00:00Z", "2026-11-01T10:03:00Z", "tiny", *map(str, RAW[i]), "1 3"]
            for i in range(2)
        ),
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert answers.source.name == "umkm-stats"
    assert answers.respondents["HELP"].tolist() == ["1;3", "1;3"]
    assert scored(answers) == WANTED
    records = [dict(zip(rows[0], r, strict=True)) for r in rows[1:]]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"form": "tiny", "answers": records}), encoding="utf-8")
    assert scored(read_responses(path, tiny)) == WANTED
    entry = [["NO", *ITEMS], *([f"A{i}", *RAW[i]] for i in range(2))]
    answers = read_responses(
        book(tmp_path / "a.xlsx", dict(zip(_titles(), (entry, [["x"]], [["x"]]), strict=True))), tiny
    )
    assert answers.source.name == "umkm-stats"


def test_saved_web_table(tmp_path, tiny):
    def cells(row, tag):
        return "".join(f"<{tag}> {c} </{tag}>" for c in row)

    path = tmp_path / "a.xls"
    path.write_text(
        "<html><table><tr>"
        + cells(TEXTS, "th")
        + "</tr>"
        + "".join(f"<tr>{cells(r, 'td')}</tr>" for r in LABELLED)
        + "</table></html>",
        encoding="utf-8",
    )
    assert scored(read_responses(path, tiny)) == WANTED


def test_source_can_be_forced(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [["Timestamp", *ITEMS], ["01/11/2026 10.00.00", *RAW[0]]])
    answers = read_responses(path, tiny, source="table")
    assert (answers.source.name, answers.source.forced) == ("table", True)
    assert scored(answers) == WANTED[:1]


def test_files_written_by_the_questionnaire_room_are_read_back(tmp_path, inovasi):
    """Headings that the writers announce, filled with answers, give the codes and values again."""
    from umkm_stats.questionnaire import _gforms, _limesurvey
    from umkm_stats.questionnaire._planning import make_plan

    plan = make_plan(inovasi)
    items = {i.code: i for i in inovasi.items_of_form()}
    rng = np.random.default_rng(2)
    truth = {code: [int(v) for v in rng.integers(1, 6, 8)] for code in items}
    for lang in ("id", "en"):
        heads = [(h, c) for h, c in _gforms.headings(plan, lang) if c in items]
        rows = [["Timestamp", *(h for h, _ in heads)]]
        rows += [
            [f"0{1 + i}/11/2026 10.00.00", *(items[c].labels[lang][truth[c][i]] for _, c in heads)]
            for i in range(8)
        ]
        path = tmp_path / f"google_{lang}.csv"
        path.write_text(
            "\n".join(",".join('"' + str(c).replace('"', '""') + '"' for c in r) for r in rows),
            encoding="utf-8",
        )
        answers = read_responses(path, inovasi)
        assert answers.source.name == "google-forms"
        assert answers.missing_items == ()
        assert all(answers.items[c].tolist() == truth[c] for c in items if not items[c].reverse)
    heads = [(h, c) for h, c in _limesurvey.headings(plan) if c in items]
    rows = [
        ["id", "submitdate", "lastpage", "startlanguage", *(h for h, _ in heads)],
        *([i, f"2026-11-0{1 + i} 10:00:00", 3, "id", *(truth[c][i] for _, c in heads)] for i in range(8)),
    ]
    path = tmp_path / "lime.csv"
    path.write_text("\ufeff" + "\n".join(";".join(map(str, r)) for r in rows), encoding="utf-8")
    answers = read_responses(path, inovasi)
    assert answers.source.name == "limesurvey"
    assert all(answers.items[c].tolist() == truth[c] for c in items if not items[c].reverse)


def test_entry_workbook_filled_in(tmp_path, inovasi):
    from openpyxl import load_workbook

    from umkm_stats.questionnaire import write_questionnaire

    main = write_questionnaire(inovasi, format="xlsx", out=tmp_path)
    book = load_workbook(main)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    items = [i for i in inovasi.items_of_form() if i.code in heads]
    for row in range(2, 12):
        sheet.cell(row, heads["FORMNO"], f"F{min(row, 10)}")
        sheet.cell(row, heads["CONSENT"], 1)
        for k, item in enumerate(items):
            sheet.cell(row, heads[item.code], 1 + (row * (k + 3) + (row > 6) * (k % 2)) % 5)
    book.save(main)
    answers = read_responses(main, inovasi)
    assert answers.source.name == "umkm-stats"
    assert answers.sample.used == 10
    assert answers.findings.loc[answers.findings["code"] == "RSP261", "row"].tolist() == [11]
    assert answers.items[items[0].code].tolist() == [1 + (row * 3) % 5 for row in range(2, 12)]


def test_repeated_variable_in_a_statistical_file_is_refused(tmp_path, tiny):
    from umkm_stats.errors import UmkmError
    from umkm_stats.responses import _headers
    from umkm_stats.responses.readers._base import columns_of

    frame = pd.DataFrame([[5.0, 4.0]], columns=["XA1", "XA1_duplicated1"])
    columns = columns_of(frame, {}, {})
    with pytest.raises(UmkmError, match="RSP111"):
        _headers.match_columns(columns, _headers.HeaderIndex(tiny.questions), tmp_path / "a.sav", None)


def test_limesurvey_code_and_text_headings(tmp_path, tiny, write):
    rows = [
        [
            "id. Response ID",
            "submitdate. Date submitted",
            "lastpage. Last page",
            *(f"G1[{c}]. {t}" for c, t in zip(ITEMS, TEXTS, strict=True)),
        ]
    ]
    rows += [[i, "2026-11-01 10:00:00", 3, *LABELLED[i]] for i in range(2)]
    answers = read_responses(write(tmp_path / "a.csv", rows, delimiter=";", encoding="utf-8-sig"), tiny)
    assert answers.source.name == "limesurvey"
    assert scored(answers) == WANTED
    assert answers.times["time"].notna().all()
    rows[0][3] = f"G1[XA1]. {TEXTS[4]}"
    answers = read_responses(write(tmp_path / "b.csv", rows, delimiter=";"), tiny)
    assert answers.missing_items == ("XA1",)
    assert "RSP255" in set(answers.findings["code"])
