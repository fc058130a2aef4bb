"""The command line: languages, exit codes, JSON, no traceback, nothing heavy loaded by help."""

import json
import os
import subprocess
import sys

import pytest

from umkm_stats.cli import main
from umkm_stats.cli._console import choose_language
from umkm_stats.errors import UsageError
from umkm_stats.responses._findings import shared_advice

COMMANDS = ("demo", "instrument", "questionnaire", "validate", "analyze", "reproduce", "pack")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    for name in ("UMKM_STATS_LANG", "LC_ALL", "LC_MESSAGES", "UMKM_STATS_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def run(capsys):
    def call(*words):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(stop.value.code or 0), told.out, told.err

    return call


def test_help_teaches_in_both_languages(run):
    code, said, _ = run("--help")
    assert code == 0
    assert all(name in said for name in COMMANDS)
    assert "usual order" in said
    code, said, _ = run("--lang", "id", "--help")
    assert code == 0
    assert "Urutan yang lazim" in said
    assert "Pilihan" in said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_command_has_help(run, command, lang):
    code, said, _ = run("--lang", lang, command, "--help")
    assert code == 0
    assert len(said) > 200


def test_version(run):
    from umkm_stats import __version__

    assert run("--version")[:2] == (0, f"umkm-stats {__version__}\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("analyze", "x.csv", "--nonsense"), "CLI001"),
        (("analyze",), "CLI002"),
        (("analyse", "x.csv"), "CLI003"),
        (("analyze", "x.csv", "-i", "umkm_inovasi", "--draws", "many"), "CLI004"),
        (("analyze", "x.csv", "y.csv", "-i", "umkm_inovasi"), "CLI005"),
        (("--lang", "xx", "demo"), "GEN001"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_wrong_use_is_exit_2_with_code_and_remedy(run, words, expected, lang, monkeypatch):
    monkeypatch.setenv("UMKM_STATS_LANG", lang)
    code, _, told = run(*words)
    assert code == 2
    assert expected in told
    assert "Input should" not in told
    assert ": ." not in told
    assert ("What to do:" if lang == "en" or "xx" in words else "Yang dapat dilakukan:") in told
    assert "Traceback" not in told


@pytest.mark.skipif(os.name != "posix", reason="names of 300 letters are another error on Windows")
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "its name is too long"), ("id", "namanya terlalu panjang")]
)
def test_a_name_too_long_for_the_disk_is_no_fault_of_ours(run, lang, said, monkeypatch):
    monkeypatch.setenv("UMKM_STATS_LANG", lang)
    for words in (("preview", "a" * 300), ("instrument", "check", "a" * 300), ("reproduce", "a" * 300)):
        code, _, told = run(*words)
        assert code == 1
        assert "CLI012" in told
        assert said in told


def test_json_errors_are_one_document(run):
    code, said, told = run("analyze", "--json", "x.csv", "--nonsense")
    assert code == 2
    assert json.loads(said)["error"]["code"] == "CLI001"
    assert set(json.loads(said)["error"]["message"]) >= {"en", "id"}
    assert told == ""


def test_a_fault_of_ours_is_exit_3_without_traceback_or_values(run, monkeypatch):
    def broken(name):
        raise ZeroDivisionError("secret answer 12345")

    monkeypatch.setattr("umkm_stats.instrument.load_instrument", broken, raising=False)
    code, said, told = run("instrument", "show", "umkm_inovasi")
    assert code == 3
    assert "CLI009" in told
    assert "secret" not in said + told
    assert "Traceback" not in told


def test_interruption_is_130_and_memory_is_1(run, monkeypatch):
    def stopped(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("umkm_stats.instrument.load_instrument", stopped, raising=False)
    code, _, told = run("instrument", "show", "umkm_inovasi")
    assert code == 130
    assert "Interrupted" in told

    def full(name):
        raise MemoryError

    monkeypatch.setattr("umkm_stats.instrument.load_instrument", full, raising=False)
    code, _, told = run("instrument", "show", "umkm_inovasi")
    assert code == 1
    assert "CLI008" in told


def test_language_is_chosen_by_flag_environment_system(monkeypatch):
    assert choose_language(["demo", "--lang", "id"]) == "id"
    assert choose_language(["demo", "--lang=id"]) == "id"
    assert choose_language(["demo"]) == "en"
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    assert choose_language(["demo"]) == "id"
    monkeypatch.setenv("UMKM_STATS_LANG", "en")
    assert choose_language(["demo"]) == "en"
    with pytest.raises(UsageError):
        choose_language(["--lang", "de"])


@pytest.mark.parametrize("words", [["--help"], ["analyze", "--help"], ["--version"]])
def test_help_loads_neither_pandas_nor_scipy(words):
    code = (
        f"import sys\nsys.argv = ['umkm-stats', *{words!r}]\n"
        "try:\n    from umkm_stats.cli import main; main()\nexcept SystemExit as stop:\n    assert not "
        "stop.code\n"
        "heavy = {'pandas', 'scipy', 'numpy', 'matplotlib', 'openpyxl', 'docx', 'statsmodels'} & "
        "set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "umkm_stats", "--version"], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("umkm-stats ")


def test_every_cell_has_its_own_nearest_answer(run, tmp_path):
    whole = ["Netral", "Setuju", "Tidak Setuju"]
    rows = [["Setuju"] * 3, ["Netrl", "Setju", "Setuju"], ["Netrl", "Netral", "Setju"], *[whole] * 12]
    file, instrument = tmp_path / "a.csv", tmp_path / "i.yaml"
    lines = ["X1,X2,X3", *(",".join(row) for row in rows[:1] + rows[3:])]
    (tmp_path / "clean.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("instrument", "draft", tmp_path / "clean.csv", "--out", instrument, "--lang", "id")[0] == 0
    file.write_text("\n".join(["X1,X2,X3", *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    for lang in ("en", "id"):
        _, said, _ = run("validate", file, "-i", instrument, "--lang", lang)
        block = said[said.index("RSP201") :].split("\n\n")[0].splitlines()
        shown = [line for line in block if line.startswith("  - ")]
        assert len(shown) == 3
        for line in shown:
            assert ("“Netral”" in line, "“Setuju”" in line) == ("“Netrl”" in line, "“Setju”" in line)
        assert "“" not in block[-1]


def test_what_remedies_share_is_said_once():
    assert shared_advice([]) == ("", [])
    assert shared_advice(["Do it.", "Do it."]) == ("Do it.", ["", ""])
    assert shared_advice(["Do it.", "Do it. Near: b.", "Do it. Near: c."]) == (
        "Do it.",
        ["", "Near: b.", "Near: c."],
    )
    assert shared_advice(["Do it. Near: b.", "Do it. Near: c."]) == ("Do it.", ["Near: b.", "Near: c."])
    assert shared_advice(["Write a.", "Write b."]) == ("", ["Write a.", "Write b."])


@pytest.mark.parametrize("words", [(), ("--lang", "en"), ("--lang=id",)])
def test_the_next_command_of_a_draft_keeps_language_and_sheet(run, tmp_path, words):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["note"])
    page = book.create_sheet("Form 1")
    for row in [["X1", "X2", "X3"], *[["Netral", "Setuju", "Setuju"]] * 9, ["Setuju", "Netral", "Netral"]]:
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    file = tmp_path / "i.yaml"
    code, said, _ = run(
        "instrument", "draft", tmp_path / "a.xlsx", "--sheet", "Form 1", "--out", file, *words
    )
    told = next(line for line in said.splitlines() if "umkm-stats validate" in line)
    language = {0: "", 1: " --lang id", 2: " --lang en"}[len(words)]
    assert (code, told.endswith(f'i.yaml --sheet "Form 1"{language}')) == (0, True), told
