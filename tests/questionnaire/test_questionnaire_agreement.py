"""What a form accepts the reader keeps, texts come back as they were typed, and forms use the words of their
respondents."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from docx import Document

from umkm_stats.instrument import load_instrument
from umkm_stats.questionnaire import FORMATS, make_plan, write_questionnaire
from umkm_stats.questionnaire._gforms import entries
from umkm_stats.responses import read_responses

HEAD = "uuid,start,end,version,OWN,GATE,EXPORT,WHERE,ASIA,PL1,PL2,PL3,NOTE"
TEXTS = ["=1+1", "- tidak ada", "+62", "@rumah", "'kutip", "biasa", "-5", "'=apa"]


def guarded(text: str) -> str:
    """As the page's script writes a cell."""
    plain = re.match(r"[=+\-@\t\r]", text) and not re.fullmatch(r"[+-]?\d+([.,]\d+)?", text)
    return f"'{text}" if plain else text


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = (Path(__file__).parent / "files" / "chain.yaml").read_text(encoding="utf-8")
    note = "  - {code: NOTE, kind: text, section: ISI, required: false, text: {id: Catatan, en: Notes}}\n"
    path = tmp_path_factory.mktemp("noted") / "instrument.yaml"
    path.write_text(source + note, encoding="utf-8")
    return path


def test_the_guard_of_our_own_page_is_undone_and_only_there(noted: Path, tmp_path: Path) -> None:
    instrument = load_instrument(noted)
    rows = [
        f"id-{n},2026-11-0{n + 1}T08:00:00+08:00,2026-11-0{n + 1}T08:09:00+08:00,rantai 1.0.0,"
        f"2,,2,,,{1 + n % 5},{1 + (2 * n) % 5},{1 + (3 * n) % 4},{guarded(text)}"
        for n, text in enumerate(TEXTS)
    ]
    (tmp_path / "page.csv").write_text("\ufeff" + "\r\n".join([HEAD, *rows]) + "\r\n", encoding="utf-8")
    read = read_responses(tmp_path / "page.csv", instrument)
    assert read.source.name == "umkm-stats"
    assert read.respondents["NOTE"].tolist() == [
        "=1+1",
        "- tidak ada",
        "+62",
        "@rumah",
        "'kutip",
        "biasa",
        "-5",
        "=apa",
    ]
    other = HEAD.replace("uuid,start,end,version", "nomor,mulai,selesai,versi")
    (tmp_path / "other.csv").write_text("\n".join([other, *rows]) + "\n", encoding="utf-8")
    kept = read_responses(tmp_path / "other.csv", instrument)
    assert kept.respondents["NOTE"].iloc[0] == "'=1+1"


def test_a_year_is_accepted_and_kept_by_one_rule(tmp_path: Path) -> None:
    instrument = load_instrument("umkm_inovasi")
    year = dt.date.today().year
    plan = make_plan(instrument, form="inti")
    assert {
        code: plan.asked_of(code).latest for code in ("YFOUND", "YINNOV", "YEXPORT", "YBIRTH", "ASTRAIN")
    } == {
        "YFOUND": 0,
        "YINNOV": 0,
        "YEXPORT": 0,
        "YBIRTH": -18,
        "ASTRAIN": None,
    }
    items = [item.code for item in plan.items]
    head = ["CONSENT", "CDEWASA", "YFOUND", "YBIRTH", *items]
    cases = [(year, year - 18), (year + 1, year - 17), (2000, 1980), (1899, 1919)]
    lines = [",".join(head)]
    for n, (founded, born) in enumerate(cases):
        lines.append(",".join(map(str, [1, 1, founded, born, *[1 + (n + i) % 5 for i in range(len(items))]])))
    (tmp_path / "answers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    read = read_responses(tmp_path / "answers.csv", instrument)
    kept = read.respondents[["YFOUND", "YBIRTH"]].notna().to_numpy().tolist()
    assert kept == [[True, True], [False, False], [True, True], [False, False]]
    number = next(entry for entry in entries(plan, "id") if entry.code == "YBIRTH")
    assert (number.latest, number.refusal) == (-18, "Mohon isi tahun dari 1920 sampai 18 tahun yang lalu.")


def test_no_word_about_a_firm_in_a_form_that_is_not_about_firms(tmp_path: Path) -> None:
    instrument = load_instrument(Path(__file__).parent / "files" / "chain.yaml")
    for name, format in FORMATS.items():
        if not format.handed_out:
            continue
        path = write_questionnaire(instrument, format=name, out=tmp_path / name, languages=["id"])
        for written in (tmp_path / name).iterdir():
            if written.suffix == ".docx":
                text = "\n".join(p.text for p in Document(str(written)).paragraphs)
            elif written.suffix in (".html", ".txt", ".gs"):
                text = written.read_text(encoding="utf-8-sig")
            else:
                continue
            assert not re.search(r"\busaha\b", text), (path.name, written.name)


def test_refused_consent_has_an_end_of_its_own(tmp_path: Path) -> None:
    instrument = load_instrument("umkm_inovasi")
    page = write_questionnaire(instrument, format="html", out=tmp_path).read_text(encoding="utf-8")
    assert "memilih untuk tidak mengikuti penelitian ini" in page
    assert "tidak ditujukan untuk Bapak/Ibu" in page


def test_the_interview_sheet_asks_every_statement(tmp_path: Path) -> None:
    instrument = load_instrument("umkm_inovasi")
    made = write_questionnaire(instrument, format="interview", out=tmp_path, form="inti", languages=["id"])
    document = Document(str(made))
    cells = {row.cells[0].text: row.cells[1].text for table in document.tables for row in table.rows}
    for item in instrument.items_of_form("inti"):
        assert cells[item.code] == item.text["id"]
    said = "\n".join(p.text for p in document.paragraphs)
    assert "dua orang dari lima" in said
    assert "SOURCES.md" in said
