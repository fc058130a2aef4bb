"""One whole way over plain HTTP, with headings that try to be more than text: points 9, 23, 25, results."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .files import google_form, write_xlsx
from .running import faults, results, running

pytestmark = pytest.mark.slow
EVIL = ("<img src=x onerror=alert(1)>", "{{7*7}}", "=cmd()", "${jndi}", "'\"><script>alert(2)</script>")


HELD = """
import os, pathlib
exec(compile(pathlib.Path({child!r}).read_text(encoding="utf-8"), {child!r}, "exec"))
plain = os.replace
def replace(source, target, **more):
    if os.path.basename(target) == "report.docx" and os.path.exists({mark!r}):
        raise PermissionError(13, "Permission denied", str(target))
    return plain(source, target, **more)
os.replace = replace
"""


def holding(root: Path) -> dict[str, str]:
    """An environment in which ``report.docx`` cannot be replaced while the file ``held`` is there."""
    place = root / "site"
    place.mkdir()
    child = Path(__file__).resolve().parents[1] / "child" / "sitecustomize.py"
    text = HELD.format(child=str(child), mark=str(root / "held"))
    (place / "sitecustomize.py").write_text(text, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(place), os.environ.get("PYTHONPATH", "")])}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """An app whose folder holds a finished run of a form with hostile headings."""
    root = tmp_path_factory.mktemp("run folder 'x' & y")
    rows = google_form(n=60)
    for at, evil in zip((5, 6, 8, 11, 4), EVIL, strict=True):
        rows[0][at] = f"{rows[0][at]} {evil}"
    rows[0][-1] = EVIL[2]
    file = write_xlsx(root / "form.xlsx", ("Form Responses 1", rows))
    folder = root / "penelitian saya"
    folder.mkdir()
    (folder / "study.yaml").write_text(
        "schema: umkm-study/1\ncross_check: false  # cepat\n", encoding="utf-8"
    )
    with running(folder, environment=holding(root)) as app:
        client = app.client()
        client.through(file)
        assert client.run(draws=100).status_code == 303
        ended = client.ended()
        assert ended["status"] == "done", ended
        yield app, client


def test_09_headings_stay_text_on_every_page(ran):
    _, client = ran
    pages = {
        path: client.get(path).text for path in ("/file", "/columns", "/check", "/model", "/run", "/results")
    }
    for path, text in pages.items():
        assert "<img src=x" not in text, path
        assert "<script>alert" not in text, path
        assert "49" not in re.findall(r"X1\.2[^<]*", text), path
    assert "&lt;img src=x onerror=alert(1)&gt;" in pages["/columns"]
    assert "{{7*7}}" in pages["/columns"]
    assert "=cmd()" in pages["/columns"]


def test_09_headings_stay_text_in_word_and_excel(ran):
    import docx
    import openpyxl

    _, client = ran
    word = client.get("/results/word")
    assert word.headers["content-type"].endswith("wordprocessingml.document")
    document = docx.Document(io.BytesIO(word.content))
    told = "\n".join(p.text for p in document.paragraphs)
    told += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "{{7*7}}" in told
    assert "<img src=x onerror=alert(1)>" in told
    excel = client.get("/results/excel")
    book = openpyxl.load_workbook(io.BytesIO(excel.content))
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    with zipfile.ZipFile(io.BytesIO(word.content)) as archive:
        assert b"<img" not in archive.read("word/document.xml")


def test_the_report_stands_in_a_sandbox_of_its_own(ran):
    _, client = ran
    answer = client.get("/results/report")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "script" not in policy
    assert "<script>alert(2)" not in answer.text
    page = client.get("/results").text
    frame = re.search(r"<iframe[^>]*>", page)[0]
    assert "sandbox" in frame
    assert "allow-same-origin" not in frame


def test_the_zip_holds_what_the_run_wrote_and_nothing_else(ran):
    app, client = ran
    with zipfile.ZipFile(io.BytesIO(client.get("/results/zip").content)) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    assert {"hasil/report.docx", "hasil/tables.xlsx", "hasil/results.json", "hasil/manifest.json"} <= names
    written = {
        f"hasil/{p.relative_to(app.folder / 'hasil').as_posix()}"
        for p in (app.folder / "hasil").rglob("*")
        if p.is_file()
    }
    assert names == {name for name in written if not Path(name).name.startswith(".")}


def test_the_files_are_the_ones_the_command_line_reads(ran):
    from umkm_stats.instrument import load_instrument
    from umkm_stats.study import read_study_file

    app, _ = ran
    study = read_study_file(app.folder / "study.yaml")
    assert (study.draws, study.seed, study.style, study.decimal, study.cross_check) == (
        100,
        7,
        "skripsi",
        ",",
        False,
    )
    assert "# cepat" in (app.folder / "study.yaml").read_text(encoding="utf-8")
    instrument = load_instrument(app.folder / "instrument.yaml")
    assert {model.key for model in instrument.models} == set(study.models)
    assert [h.code for h in instrument.hypotheses][:3] == ["H1", "H2", "H3"]
    assert results(app.folder)["parts"]["responses"]


def shown(client, shell):
    text = client.get("/results").text
    found = re.search(rf'id="command-{shell}"[^>]*><code>(.*?)</code>', text, re.S)[1]
    import html

    return html.unescape(found)


@pytest.fixture(scope="module")
def path_with_command(tmp_path_factory):
    """A PATH on which ``umkm-stats`` is this very package."""
    place = tmp_path_factory.mktemp("bin")
    script = place / "umkm-stats"
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m umkm_stats \"$@\"\n", encoding="utf-8")
    script.chmod(0o755)
    return os.pathsep.join([str(place), os.environ["PATH"]])


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_23_the_shown_command_gives_the_same_numbers(ran, path_with_command, tmp_path):
    app, client = ran
    copy = tmp_path / "salinan dari 'data'"
    shutil.copytree(app.folder, copy)
    shutil.rmtree(copy / "hasil")
    command = shown(client, "bash")
    import shlex

    assert shlex.quote(str(app.folder)) in command
    command = command.replace(shlex.quote(str(app.folder)), shlex.quote(str(copy)))
    run = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PATH": path_with_command},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    ours, theirs = ((at / "hasil" / "results.json").read_bytes() for at in (app.folder, copy))
    assert ours == theirs


def test_23_powershell_reads_the_same_words(ran):
    from tree_sitter import Language, Parser
    from tree_sitter_powershell import language

    app, client = ran
    bash, power = shown(client, "bash"), shown(client, "powershell")
    import shlex

    words = shlex.split(bash)
    assert words[:3] == ["cd", str(app.folder), "&&"]
    tree = Parser(Language(language())).parse(power.encode())
    assert not tree.root_node.has_error
    move, _, run = power.partition("; ")
    pattern = re.compile(r"'((?:[^']|'')*)'|(\S+)")
    read = [a.replace("''", "'") if a or not b else b for a, b in pattern.findall(run)]
    assert read == words[3:]
    assert [a.replace("''", "'") if a or not b else b for a, b in pattern.findall(move)][-1] == str(
        app.folder
    )


def test_results_of_other_choices_are_called_so(ran):
    app, client = ran
    assert 'id="outdated"' not in client.get("/results").text
    study = app.folder / "study.yaml"
    kept = study.read_text(encoding="utf-8")
    study.write_text(kept.replace("draws: 100", "draws: 101"), encoding="utf-8")
    try:
        page = client.get("/results").text
        assert 'id="outdated"' in page
        assert "pilihan sebelumnya" in page
    finally:
        study.write_text(kept, encoding="utf-8")
    assert 'id="outdated"' not in client.get("/results").text


def test_25_a_chapter_open_in_word_is_said_and_tried_again(ran):
    app, client = ran
    before = (app.folder / "hasil" / "results.json").read_bytes()
    mark = app.folder.parent / "held"
    mark.touch()  # from now on the system refuses to replace the chapter, as Windows does while Word holds it
    try:
        assert client.run(draws=100, seed=8).status_code == 303
        ended = client.ended()
        page = client.get("/run").text
    finally:
        mark.unlink()
    assert (ended["status"], ended["error"]["code"]) == ("failed", "STU012")
    assert "STU012" in page
    assert "Yang dapat dilakukan" in page
    assert 'id="run"' in page
    assert (app.folder / "hasil" / "results.json").read_bytes() == before
    assert client.get("/results/word").status_code == 200


def test_a_broken_report_is_said(ran):
    app, client = ran
    path = app.folder / "hasil" / "report.html"
    kept = path.rename(path.with_name("kept"))
    try:
        answer = client.http.get("/results")
        assert faults(answer) == ["APP016"]
        assert client.http.get("/results/report").status_code in (404, 422)
    finally:
        kept.rename(path)


def test_the_state_is_json_and_the_events_end_with_the_run(ran):
    _, client = ran
    with client.http.stream("GET", "/run/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert json.loads(lines[-1].removeprefix("data: "))["status"] in ("done", "failed")
