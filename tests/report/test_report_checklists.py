"""Checklists say what the study holds, and leave the rest to the author."""

import json
import re
from pathlib import Path

import pytest

from doc_blocks import ROOT
from umkm_stats import run_study
from umkm_stats.cli import main
from umkm_stats.errors import UsageError
from umkm_stats.report import write_checklists
from umkm_stats.report._checklists import ITEMS

EXAMPLE = ROOT / "examples" / "kedai_kopi"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("checklist") / "hasil"
    run_study(
        EXAMPLE / "answers.csv", EXAMPLE, model="M1", out=out, draws=60, seed=3, intervals=("percentile",)
    )
    return out


def test_answers_are_the_numbers_of_the_study(folder):
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))["parts"]
    text = write_checklists(folder).read_text(encoding="utf-8")
    row = next(
        row
        for row in results["mediation_latent_M1"]["effects"]
        if row["effect"] == "indirect" and row["method"] == "percentile"
    )
    assert f"{row['est']:.3f} [{row['ci_low']:.3f}; {row['ci_high']:.3f}] (percentile)" in text
    sample = results["responses"]["sample"]
    assert f"{sample['used']} of {sample['rows_in']} rows kept" in text
    assert f"CFI = {results['cfa']['indices']['cfi']:.3f}" in text
    assert "60 draws, seed 3" in text
    assert text.count("**owed by the author**") == int(re.search(r"(\d+) of 36 items", text)[1])
    assert len(ITEMS) == 36
    assert "Ethics approval and consent | **owed by the author**" in text
    assert "Equivalent and rival models | **owed by the author**" in text


def test_the_study_folder_stays_as_it_is(folder):
    before = sorted(path.name for path in folder.iterdir())
    path = write_checklists(folder, lang="id")
    assert path == folder.with_name("hasil-checklists.md")
    assert sorted(found.name for found in folder.iterdir()) == before
    text = path.read_text(encoding="utf-8")
    assert "tugas penulis" in text
    assert re.search(r"CFI = \d,\d{3}", text)


def test_a_part_that_is_absent_is_owed(folder, tmp_path):
    whole = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    whole["parts"] = {
        name: part
        for name, part in whole["parts"].items()
        if not name.startswith(("mediation_latent", "cfa", "missing", "profile"))
    }
    (tmp_path / "results.json").write_text(json.dumps(whole), encoding="utf-8")
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    text = write_checklists(tmp_path, out=tmp_path / "c.md").read_text(encoding="utf-8")
    assert "Global fit of the measurement model | **owed by the author**" in text
    row = next(row for row in whole["parts"]["mediation_scores_M1"]["effects"] if row["effect"] == "indirect")
    assert f"{row['est']:.3f} [" in text


@pytest.mark.parametrize("spoil", ["absent", "empty", "not json", "list"])
def test_a_folder_without_a_study_is_refused(tmp_path, spoil):
    if spoil != "absent":
        said = {"empty": "{}", "not json": "{", "list": "[]"}[spoil]
        (tmp_path / "results.json").write_text(said, encoding="utf-8")
        (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write_checklists(tmp_path)
    assert caught.value.code == "RPT040"


def test_wrong_language(folder):
    with pytest.raises(UsageError):
        write_checklists(folder, lang="fr")


def test_the_command(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "sys.argv",
        ["umkm-stats", "checklist", str(folder), "--out", str(tmp_path / "daftar.md"), "--lang", "id"],
    )
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code
    assert not code
    assert "Ditulis:" in capsys.readouterr().out
    assert Path(tmp_path / "daftar.md").read_text(encoding="utf-8").startswith("# Daftar periksa")
