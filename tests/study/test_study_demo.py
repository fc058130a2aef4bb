"""The bundled demo: its answers come out of its script, it runs from any folder, and every page says it is
simulated."""

import importlib.util
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from umkm_stats.results import Unavailable
from umkm_stats.study import run_demo

DEMO = Path(__file__).resolve().parents[2] / "instruments" / "umkm_inovasi" / "demo"


def cells(path):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_the_answers_are_what_the_script_makes(tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("make_demo", DEMO / "make_demo.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "HERE", tmp_path)
    assert cells(script.main()) == cells(DEMO / "jawaban_simulasi.xlsx")


def test_the_answers_have_the_mess_of_a_form():
    from umkm_stats import load_instrument, read_responses

    read = read_responses(DEMO / "jawaban_simulasi.xlsx", load_instrument("umkm_inovasi"))
    assert read.source.name == "google-forms"
    assert read.sample.dropped == {"duplicate": 2} or sum(read.sample.dropped.values()) == 2
    found = set(read.findings["code"])
    assert "RSP203" in found  # a cell out of range
    assert read.items.isna().any().any()
    same = read.kept_items.nunique(axis=1) == 1
    assert int(same.sum()) >= 1  # the straight-liner
    assert not {"name", "phone", "email"} & {str(column).lower() for column in read.respondents.columns}


@pytest.mark.slow
def test_the_demo_runs_from_another_folder_and_says_simulated_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = run_demo(out="out", draws=100, seed=1, style="skripsi", lang="id")
    assert not [
        name
        for name, part in study.results.parts.items()
        if isinstance(part, Unavailable) and not name.startswith("detail_")
    ]
    assert {"questionnaire"} <= {Path(name).parts[0] for name in study.files}
    said = study.summary("id")
    assert said.startswith("DATA SIMULASI")
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert page.count("DATA SIMULASI") >= 2
    assert 'class="warning failure"' not in page
    with zipfile.ZipFile("out/report.docx") as word:
        headers = [word.read(name).decode() for name in word.namelist() if name.startswith("word/header")]
    assert headers
    assert all("DATA SIMULASI" in header for header in headers)
    for sheet in openpyxl.load_workbook("out/tables.xlsx"):
        assert any("DATA SIMULASI" in str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row)
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["responses"]["where"] == "bundled:umkm_inovasi/demo/jawaban_simulasi.xlsx"
    assert set(study.settings.models) == {"M1", "M2", "M3", "M4"}
