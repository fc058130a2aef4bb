"""Exports of survey platforms, written to their published layouts: what each column and row means."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest

from umkm_stats.responses import read_responses

from .conftest import ITEMS

WORDS = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
ROWS = [[5, 4, 2, 4, 4, 3, 5, 5, 4], [4, 3, 1, 5, 4, 4, 5, 3, 4], [3, 4, 1, 5, 2, 4, 4, 3, 4]]
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
LABELLED = [[WORDS[v - 1] for v in row] for row in ROWS]
HELP = "Siapa yang membantu?"
TICKS = ["1;3", "2", ""]


def scored(rows=ROWS):
    """The items with XA3 turned."""
    frame = pd.DataFrame(rows, columns=ITEMS, dtype=float)
    frame["XA3"] = 6 - frame["XA3"]
    return frame


def same(read, rows=ROWS):
    pd.testing.assert_frame_equal(read.items.loc[read.kept].reset_index(drop=True), scored(rows))


QUALTRICS = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished"]
QUALTRICS += ["RecordedDate", "ResponseId", "DistributionChannel", "UserLanguage"]
QUALTRICS_TEXT = [
    "Start Date",
    "End Date",
    "Response Type",
    "IP Address",
    "Progress",
    "Duration (in seconds)",
]
QUALTRICS_TEXT += ["Finished", "Recorded Date", "Response ID", "Distribution Channel", "User Language"]


def qualtrics(codes, *, legacy=False, numbers=False):
    ids = [json.dumps({"ImportId": name}) for name in (*QUALTRICS, *codes)]
    rows = [[*QUALTRICS, *codes], [*QUALTRICS_TEXT, *(f"Usaha - {text}" for text in TEXTS), HELP]]
    rows += [] if legacy else [ids]
    marks = [
        ("IP Address", "True"),
        ("Survey Preview", "True"),
        ("IP Address", "False"),
        ("IP Address", "True"),
    ]
    if numbers:
        marks = [("0", "1"), ("1", "1"), ("0", "0"), ("16", "1")]
    for i, (status, finished) in enumerate(marks):
        answers = LABELLED[i % 3] if i != 3 else LABELLED[1]
        own = [
            "2026-03-01 14:20:00",
            "2026-03-01 14:40:00",
            status,
            "10.0.0.1",
            "100",
            f"{600 + i}",
            finished,
        ]
        own += ["2026-03-01 15:00:00", f"R_{i}", "anonymous", "ID"]
        rows.append([*own, *answers, ("Bank Indonesia,Dinas", "", "", "BUMN, CSR")[i]])
    return rows


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("codes", [[*ITEMS, "HELP"], [f"Q1_{i}" for i in range(1, 10)] + ["Q2"]])
def test_qualtrics(tmp_path, tiny, write, codes, numbers):
    read = read_responses(write(tmp_path / "a.csv", qualtrics(codes, numbers=numbers)), tiny)
    assert read.source.name == "qualtrics"
    assert read.sample.rows_in == 4
    assert dict(read.sample.dropped) == {"preview": 1, "unfinished": 1}
    same(read, [ROWS[0], ROWS[1]])
    assert read.found.codes()["RSP280"] == 1
    assert read.found.codes()["RSP281"] == 1
    assert read.times["seconds"].tolist() == [600, 601, 602, 603]
    assert read.kept_respondents["HELP"].tolist() == ["1;3", "2"]
    assert {i.kind for i in read.privacy.identifiers} == {"device"}


def test_qualtrics_with_two_heading_rows(tmp_path, tiny, write):
    read = read_responses(write(tmp_path / "a.csv", qualtrics([*ITEMS, "HELP"], legacy=True)), tiny)
    assert read.source.name == "qualtrics"
    same(read, [ROWS[0], ROWS[1]])


def surveymonkey():
    own = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
    own += ["First Name", "Last Name", "Custom Data 1"]
    top = [*own, "Usaha Anda", *[""] * 8, "Usia Anda", HELP, "", ""]
    below = [*[""] * 9, *TEXTS, "Open-Ended Response", "Bank Indonesia", "BUMN, CSR", "Dinas"]
    rows = [top, below]
    for i, answers in enumerate(LABELLED):
        ticks = [("Bank Indonesia", "", "Dinas"), ("", "BUMN, CSR", ""), ("", "", "")][i]
        stamp = f"03/0{i + 1}/2026 02:20:11 PM"
        rows.append(
            [f"118000{i}", "45", stamp, stamp, "10.0.0.1", "", "", "", "", *answers, f"{30 + i}", *ticks]
        )
    return rows


def test_surveymonkey(tmp_path, tiny, write):
    read = read_responses(write(tmp_path / "a.csv", surveymonkey()), tiny)
    assert read.source.name == "surveymonkey"
    assert read.source.header_rows == (1, 2)
    same(read)
    assert read.respondents["HELP"].tolist() == ["1;3", "2", None]
    assert read.respondents["AGE"].tolist() == [30, 31, 32]
    assert read.times["start"].dt.month.tolist() == [3, 3, 3]
    assert {"device", "email", "name"} <= {i.kind for i in read.privacy.identifiers}


def test_a_plain_table_read_as_surveymonkey_loses_no_row(tmp_path, tiny, write):
    path = write(tmp_path / "a.csv", [ITEMS, *ROWS])
    for source in ("surveymonkey", "qualtrics", "ms-forms", "redcap"):
        same(read_responses(path, tiny, source=source))


@pytest.mark.parametrize(
    "heads",
    [["ID", "Start time", "Completion time"], ["ID", "Waktu mulai", "Waktu penyelesaian"]],
)
def test_microsoft_forms(tmp_path, tiny, book, heads):
    stamp = pd.Timestamp("2026-03-01 14:00").to_pydatetime()
    later = pd.Timestamp("2026-03-01 14:05").to_pydatetime()
    rows = [[*heads, "Email", "Name", *TEXTS, HELP]]
    joined = ["Bank Indonesia;Dinas;", "BUMN, CSR;", None]
    rows += [
        [i + 1, stamp, later, "anonymous", None, *answers, joined[i]] for i, answers in enumerate(LABELLED)
    ]
    read = read_responses(book(tmp_path / "a.xlsx", {"Sheet1": rows}), tiny)
    assert read.source.name == "ms-forms"
    same(read)
    assert read.respondents["HELP"].tolist() == ["1;3", "2", None]
    assert read.times["seconds"].tolist() == [300, 300, 300]


def test_redcap_raw(tmp_path, tiny, write):
    names = [code.lower() for code in ITEMS]
    heads = ["record_id", "redcap_survey_identifier", "kuesioner_timestamp", *names]
    heads += ["help___1", "help___2", "help___3", "kuesioner_complete"]
    ticks = [(1, 0, 1), (0, 1, 0), (0, 0, 0)]
    rows = [heads]
    rows += [
        [i + 1, "", "2026-03-01 14:20:00", *answers, *ticks[i], (2, 2, 0)[i]]
        for i, answers in enumerate(ROWS)
    ]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.source.name == "redcap"
    same(read)
    assert read.respondents["HELP"].tolist() == TICKS
    found = read.findings[read.findings["code"] == "RSP263"]
    assert found["row"].tolist() == [4]
    assert read.times["time"].notna().all()


def test_redcap_with_labels(tmp_path, tiny, write):
    heads = ["Record ID", "Survey Identifier", "Survey Timestamp", *TEXTS]
    heads += [f"{HELP} (choice={label})" for label in ("Bank Indonesia", "BUMN, CSR", "Dinas")] + [
        "Complete?"
    ]
    ticks = [("Checked", "Unchecked", "Checked"), ("Unchecked", "Checked", "Unchecked"), ("Unchecked",) * 3]
    rows = [heads]
    rows += [
        [i + 1, "", "2026-03-01 14:20:00", *answers, *ticks[i], "Complete"]
        for i, answers in enumerate(LABELLED)
    ]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.source.name == "redcap"
    same(read)
    assert read.respondents["HELP"].tolist() == TICKS
    assert not read.privacy.identifiers


def test_kobo_api_json(tmp_path, tiny):
    results = []
    for i, answers in enumerate(ROWS):
        record = {"_id": 100 + i, "_uuid": f"u{i}", "_submission_time": "2026-03-01T07:30:00"}
        status = {"uid": "validation_status_not_approved", "label": "Not Approved"} if i == 2 else {}
        record |= {"_validation_status": status, "__version__": "v1", "_attachments": []}
        record |= {f"ISI/{code}": str(v) for code, v in zip(ITEMS, answers, strict=True)}
        record["PROFIL/HELP"] = ("1 3", "2", "")[i]
        results.append(record)
    path = tmp_path / "a.json"
    page = {"count": 3, "next": None, "previous": None, "results": results}
    path.write_text(json.dumps(page), encoding="utf-8")
    read = read_responses(path, tiny)
    assert read.source.name == "kobotoolbox"
    assert dict(read.sample.dropped) == {"rejected": 1}
    same(read, ROWS[:2])
    assert read.kept_respondents["HELP"].tolist() == ["1;3", "2"]


def test_odk_central_odata(tmp_path, tiny):
    value = [
        {
            "__id": f"uuid:{i}",
            "__system": {"submissionDate": "2026-03-01T07:30:00Z", "reviewState": None},
            "ISI": {code: str(v) for code, v in zip(ITEMS, answers, strict=True)},
            "PROFIL": {"AGE": 30 + i, "HELP": ("1 3", "2", "")[i]},
        }
        for i, answers in enumerate(ROWS)
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"value": value, "@odata.context": "https://example.org/$metadata"}), "utf-8")
    read = read_responses(path, tiny)
    assert read.source.name == "kobotoolbox"
    same(read)
    assert read.respondents["AGE"].tolist() == [30, 31, 32]
    assert read.times["time"].notna().all()


def test_large_json_is_json_too(tmp_path, tiny):
    records = [dict(zip(ITEMS, ROWS[i % 3], strict=True)) | {"saran": "x" * 500} for i in range(9000)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    assert path.stat().st_size > 4 * 1024**2
    assert read_responses(path, tiny).items.shape == (9000, 9)


def test_a_large_table_in_utf_16_is_read_to_its_end(tmp_path, tiny):
    lines = [
        ",".join([*ITEMS, "saran"]),
        *(",".join(map(str, [*ROWS[i % 3], "x" * 240])) for i in range(9000)),
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-16")
    assert path.stat().st_size > 4 * 1024**2
    assert read_responses(path, tiny).items.shape == (9000, 9)


@pytest.mark.parametrize("joint", ["/", ".", "-", ":", "_"])
def test_kobo_boxes_with_any_separator(tmp_path, tiny, write, joint):
    heads = [f"PROFIL{joint}HELP{joint}{v}" for v in (1, 2, 3)]
    rows = [[*ITEMS, *heads, "_id", "_uuid"]]
    ticks = [(1, 0, 1), (0, 1, 0), (0, 0, 0)]
    rows += [[*answers, *ticks[i], i, f"u{i}"] for i, answers in enumerate(ROWS)]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.source.name == "kobotoolbox"
    assert read.respondents["HELP"].tolist() == TICKS


def test_limesurvey_names_of_r_and_spss(tmp_path, tiny, write):
    heads = ["id", "submitdate", "lastpage", "startlanguage", *(f"ISI_{code}" for code in ITEMS)]
    rows = [heads, *([i + 1, "2026-05-01 10:00:00", 3, "id", *row] for i, row in enumerate(ROWS))]
    read = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert read.source.name == "limesurvey"
    same(read)


def test_strict_ooxml_is_read(tmp_path, tiny, book):
    plain = book(tmp_path / "plain.xlsx", {"Data": [ITEMS, *ROWS]})
    strict = tmp_path / "strict.xlsx"
    names = (
        ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "spreadsheetml/main"),
        ("http://schemas.openxmlformats.org/officeDocument/2006/", "officeDocument/"),
    )
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(strict, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part != "[Content_Types].xml" and not part.startswith("_rels"):
                for transitional, tail in names:
                    text = text.replace(transitional.encode(), f"http://purl.oclc.org/ooxml/{tail}".encode())
            new.writestr(part, text)
    assert b"purl.oclc.org" in zipfile.ZipFile(strict).read("xl/workbook.xml")
    same(read_responses(strict, tiny))


def test_hidden_rows_are_told(tmp_path, tiny, book):
    import openpyxl

    path = book(tmp_path / "a.xlsx", {"Data": [ITEMS, *ROWS]})
    workbook = openpyxl.load_workbook(path)
    workbook.active.row_dimensions[3].hidden = True
    workbook.save(path)
    read = read_responses(path, tiny)
    assert read.sample.used == 3
    note = next(note for note in read.notes if note.code == "RSP277")
    assert note.params["count"] == 1
    assert "1" in note.message("id")


def test_a_weight_variable_is_told(tmp_path, tiny):
    import pyreadstat

    frame = pd.DataFrame(ROWS, columns=ITEMS).astype(float)
    frame.insert(
        0, "nama_kota_panjang", ["a" * 30, "b", "c"]
    )  # a long string takes several dictionary entries
    frame["bobot"] = [1.0, 2.0, 0.5]
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, str(path))
    plain = read_responses(path, tiny)
    assert "RSP278" not in plain.found.codes()
    data = bytearray(path.read_bytes())
    entries, at = [], 176
    while int.from_bytes(data[at : at + 4], "little") == 2:
        width = int.from_bytes(data[at + 4 : at + 8], "little", signed=True)
        labelled = int.from_bytes(data[at + 8 : at + 12], "little")
        missing = abs(int.from_bytes(data[at + 12 : at + 16], "little", signed=True))
        entries.append((bytes(data[at + 24 : at + 32]).strip().lower(), width))
        at += 32 + 8 * missing
        if labelled:
            at += 4 + (int.from_bytes(data[at : at + 4], "little") + 3) // 4 * 4
    index = next(i for i, (name, _) in enumerate(entries) if name == b"bobot") + 1
    data[76:80] = index.to_bytes(4, "little")
    path.write_bytes(bytes(data))
    read = read_responses(path, tiny)
    note = next(note for note in read.notes if note.code == "RSP278")
    assert "bobot" in note.message("id")
    same(read)


def test_limesurvey_rows_not_submitted_under_code_and_text(tmp_path, tiny, write):
    heads = [
        "id. Response ID",
        "submitdate. Date submitted",
        "lastpage. Last page",
        "startlanguage. Start language",
    ]
    rows = [
        [i + 1, "" if i == 1 else f"2026-10-0{i + 1} 10:00:00", 3, "id", *row] for i, row in enumerate(ROWS)
    ]
    path = tmp_path / "lime.csv"
    text = "\n".join(";".join(str(c) for c in row) for row in [[*heads, *ITEMS], *rows])
    path.write_text(text + "\n", encoding="utf-8-sig")
    read = read_responses(path, tiny)
    assert read.source.name == "limesurvey"
    told = read.findings[read.findings["code"] == "RSP263"]
    assert told["row"].tolist() == [3]
    assert read.items.shape[0] == 3
    assert "RSP233" not in set(read.findings["code"])  # a time and an id are no forgotten questions
