"""The printed questionnaire: real column widths, repeated headings, example, script and show cards; pages
rendered by LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Emu

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._printing import tables

CASES = [
    ("rich", "panjang", "paper", ["id"]),
    ("rich", "panjang", "enumerator", None),
    ("bundled", "inti", "paper", ["id"]),
    ("bundled", "panjang", "paper", None),
    ("bundled", "pendek", "phone", ["en"]),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[3]}")
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    name, form, mode, languages = request.param
    instrument: Instrument = request.getfixturevalue(name)
    path = write_questionnaire(
        instrument,
        format="docx",
        out=tmp_path_factory.mktemp("docx"),
        form=form,
        mode=mode,
        languages=languages,
    )
    return make_plan(instrument, form=form, mode=mode, languages=languages), docx.Document(str(path)), path


def everything(document) -> str:  # type: ignore[no-untyped-def]
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))
    )


def test_a4_and_no_table_wider_than_the_text(printed) -> None:  # type: ignore[no-untyped-def]
    _, document, _ = printed
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    room = section.page_width - section.left_margin - section.right_margin
    assert len(document.tables) > 3
    for table in document.tables:
        assert table.autofit is False
        for row in table.rows:
            widths = [cell.width for cell in row.cells]
            assert None not in widths
            assert sum(widths) <= room + Cm(0.05)
            assert min(Emu(width).cm for width in widths) >= 0.6


def test_grid_headings_repeat_and_rows_stay_whole(printed) -> None:  # type: ignore[no-untyped-def]
    plan, document, _ = printed
    grids = [table for part in plan.faced() for table in tables(part) if table[0].grid]
    repeated = [
        t
        for t in document.tables
        if t.rows[0]._tr.trPr is not None and t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    ]
    assert len(repeated) == len(grids) + (0 if plan.spoken else 1)  # the example answer has the heading too
    for table in repeated[-len(grids) :]:
        for row in table.rows:
            assert row._tr.trPr.find(qn("w:cantSplit")) is not None


def test_every_question_stands_with_its_number_and_all_its_answers(printed) -> None:  # type: ignore[no-untyped-def]
    plan, document, _ = printed
    said = everything(document)
    for part in plan.faced():
        for group in part.groups:
            for asked in group.asked:
                for lang in plan.languages:
                    assert asked.text[lang] in said, asked.code
                    if not group.grid and asked.question.anchors is None:
                        for answer in asked.answers:
                            assert answer.text[lang] in said
            if group.grid:
                for answer in group.answers:
                    for lang in plan.languages:
                        assert f"= {answer.text[lang]}" in said


def test_grid_rows_hold_the_codes_to_circle(printed) -> None:  # type: ignore[no-untyped-def]
    plan, document, _ = printed
    rows = {}
    for table in document.tables:
        if table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is None:
            continue
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            if cells[0].isdecimal():
                rows[int(cells[0])] = cells
    for part in plan.faced():
        for group in part.groups:
            for asked in group.asked if group.grid else ():
                cells = rows[asked.number]
                assert cells[1 : 1 + len(plan.languages)] == [asked.text[lang] for lang in plan.languages]
                codes = [str(answer.value) for answer in asked.answers]
                given = cells[1 + len(plan.languages) :]
                assert given[: len(codes)] == codes
                assert not any(given[len(codes) :])  # "does not fit" is not offered here: a grey cell


def test_form_number_example_or_script_and_cards(printed) -> None:  # type: ignore[no-untyped-def]
    plan, document, path = printed
    said = everything(document)
    lang = plan.languages[0]
    assert re.search({"id": r"Nomor (formulir|kuesioner)", "en": r"Form number"}[lang], said)
    assert ("bacakan apa adanya" in said or "exactly as printed" in said) is plan.spoken
    assert ("KARTU PERAGA" in said or "SHOW CARD" in said) is (plan.mode == "enumerator")
    assert ("Hari ini cuaca cerah." in said or "The weather is fine today." in said) is not plan.spoken
    assert path.stem.endswith(plan.mode) is plan.spoken
    footer = "".join(t.text or "" for t in document.sections[0].footer._element.iter(qn("w:t")))
    assert plan.label in footer
    assert [f.text.strip() for f in document.sections[0].footer._element.iter(qn("w:instrText"))] == [
        "PAGE",
        "NUMPAGES",
    ]


def test_screening_and_conditions_are_said_on_paper(rich: Instrument, tmp_path: Path) -> None:
    said = everything(
        docx.Document(str(write_questionnaire(rich, format="docx", out=tmp_path, languages=["id"])))
    )
    assert "☐ 3  Karyawan  → berhenti di sini" in said
    assert "☐ 1  Pemilik\n" in said
    plan = make_plan(rich, mode="paper")
    assert f"Hanya jika nomor {plan.asked_of('CITY').number} dijawab: =Lainnya." in said
    assert (
        f"Hanya jika nomor {plan.asked_of('HELP').number} dijawab: Bank Indonesia atau Dinas, kota." in said
    )


def test_no_trace_of_the_tool_that_wrote_it(printed) -> None:  # type: ignore[no-untyped-def]
    _, document, _ = printed
    assert (document.core_properties.author, document.core_properties.comments) == ("", "")
    assert document.core_properties.title


def test_operationalisation_document_repeats_its_headings(bundled: Instrument, tmp_path: Path) -> None:
    document = docx.Document(
        str(write_questionnaire(bundled, format="kisi-kisi", out=tmp_path, form="panjang"))
    )
    section = document.sections[0]
    assert section.page_width > section.page_height
    room = section.page_width - section.left_margin - section.right_margin
    assert len(document.tables) == 3
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert sum(column.width for column in table.columns) <= room + Cm(0.05)
    said = everything(document)
    assert "Definisi Operasional Variabel" in said
    assert "Homburg, C., Schwemmle, M., & Kuehnl, C. (2015)." in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "mode", "languages"), [("inti", "paper", ["id"]), ("inti", "enumerator", ["id", "en"])]
)
def test_libreoffice_renders_every_question_within_the_page(
    bundled: Instrument, tmp_path: Path, form: str, mode: str, languages: list[str]
) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    path = write_questionnaire(
        bundled, format="docx", out=tmp_path, form=form, mode=mode, languages=languages
    )  # type: ignore[arg-type]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    boxes = subprocess.run(
        [reader, "-bbox", str(path.with_suffix(".pdf")), "-"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    pages = boxes.split("<page ")[1:]
    assert 4 <= len(pages) <= 20
    plan = make_plan(bundled, form=form, mode=mode, languages=languages)  # type: ignore[arg-type]
    words = " ".join(re.findall(r">([^<]+)</word>", boxes))
    margin = 2.0 / 2.54 * 72 - 2
    for page in pages:
        width = float(re.search(r'width="([\d.]+)"', page)[1])  # type: ignore[index]
        for left, right in re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"', page):
            assert float(left) >= margin
            assert float(right) <= width - margin
    headings = 0
    for page in pages:
        headings += page.count(">Pernyataan</word>")
    grids = sum(group.grid for part in plan.faced() for group in part.groups)
    assert headings >= grids
    first_words = [asked.text["id"].split()[:2] for part in plan.faced() for asked in part.asked]
    import html

    plain = html.unescape(words)
    for pair in first_words:
        assert " ".join(pair) in plain
