"""A reader with the documentation alone: a new instrument, its form, a messy hand-made sheet, the chapter.

The folder and the answer file have a blank and an accent in their names; the sheet is in cp1252 with
semicolons, a line above the heading, codes X1.1 …, short answers with KS, names, and a TOTAL row.
"""

import csv
import re

import pytest
from ruamel.yaml import YAML

from umkm_stats import load_instrument, simulate_responses
from umkm_stats.cli import main

SHORT = {
    "Sangat Setuju": "SS",
    "Setuju": "S",
    "Netral": "KS",
    "Tidak Setuju": "TS",
    "Sangat Tidak Setuju": "STS",
}
HEADINGS = ["No", "Nama", "X1.1", "X1.2", "X1.3", "M1", "M2", "M3", "Y1", "Y2", "Y3", "Total", "Lokasi"]
CODES = {"XA": "KB", "MA": "KK", "YA": "KIN"}

pytestmark = pytest.mark.slow


@pytest.fixture
def say(monkeypatch, capsys):
    def run(*words, code=0):
        monkeypatch.setattr("sys.argv", ["umkm-stats", *words, "--lang", "id"])
        try:
            found = main()
        except SystemExit as stop:
            found = stop.code
        said = capsys.readouterr()
        assert (found or 0) == code, said.out + said.err
        return said.out

    return run


def hand_made(instrument, path):
    """Simulated answers typed into a sheet as people do it."""
    made = simulate_responses(
        instrument, population="default", n=130, seed=5, lang="id", mess={"missing": 0.01, "variants": 0.1}
    )
    plain = made.write(path.with_name("plain.csv"))
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    plain.unlink()
    out = [["Data guru 2026", *[""] * 12], HEADINGS]
    out += [
        [n, f"Guru {n}", *(SHORT.get(value.strip(), value) for value in row[1:10]), "", row[10]]
        for n, row in enumerate(rows, 1)
    ]
    out.append(["TOTAL", *[""] * 12])
    with path.open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(out)


def test_the_whole_way(tmp_path, monkeypatch, say):
    folder = tmp_path / "uji pembaca"
    folder.mkdir()
    monkeypatch.chdir(folder)

    say("instrument", "new", "guru")
    text = (folder / "guru" / "instrument.yaml").read_text(encoding="utf-8")
    for old, new in CODES.items():
        text = re.sub(rf"\b{old}(\d?)\b", rf"{new}\1", text)
    text = text.replace("en: We test new colours.", "en: We test new colours.\n    reverse: true")
    (folder / "guru" / "instrument.yaml").write_text(text, encoding="utf-8")
    assert "tidak ada temuan" in say("instrument", "check", "guru")
    say("questionnaire", "guru", "--format", "google-forms", "--out", "formulir")
    assert "KIN3. " in (folder / "formulir" / "guru_google_forms.gs").read_text(encoding="utf-8")

    answers = folder / "data guru é.csv"
    hand_made(load_instrument(folder / "guru"), answers)
    say("validate", answers.name, "-i", "guru", code=1)
    say("validate", answers.name, "-i", "guru", "--write-map", "peta.yaml")
    proposed = (folder / "peta.yaml").read_text(encoding="utf-8")
    confirmed = re.sub(r"^  # ([XMY])", r"  \1", proposed, flags=re.MULTILINE)
    confirmed = (
        confirmed.replace("# answers:", "answers:")
        .replace('#   "*": {KS: 3}', '  "*": {KS: 3}')
        .replace("#   Lokasi: ''", "  Lokasi: KOTA")
    )
    assert YAML(typ="safe").load(confirmed)["columns"]["Y3"] == "KIN3"
    (folder / "peta.yaml").write_text(confirmed, encoding="utf-8")
    said = say("validate", answers.name, "-i", "guru", "--map", "peta.yaml")
    assert "n = 130 dari 131 baris" in said

    said = say(
        "analyze",
        answers.name,
        "-i",
        "guru",
        "--map",
        "peta.yaml",
        "--out",
        "bab 4",
        "--style",
        "skripsi",
        "--draws",
        "200",
        "--seed",
        "7",
    )
    assert "bab 4/report.html" in said.replace("\\", "/")
    assert (folder / "bab 4" / "report.docx").is_file()
    page = (folder / "bab 4" / "report.html").read_text(encoding="utf-8")
    assert "Rekapitulasi Hasil Pengujian Hipotesis" in page
    assert "Guru 17" not in page
    say("export", answers.name, "-i", "guru", "--map", "peta.yaml", "--to", "smartpls", "--out", "ekspor")
    with (folder / "ekspor" / "smartpls.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.reader(stream))
    assert table[0][0] == "X1.1"
    assert len(table) == 131
