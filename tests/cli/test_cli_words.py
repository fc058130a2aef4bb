"""The command line: languages, exit codes, JSON, no traceback, nothing heavy loaded by help."""

import json
import os
import subprocess
import sys

import pytest

from umkm_stats.cli import main
from umkm_stats.cli._console import choose_language
from umkm_stats.errors import UsageError

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
