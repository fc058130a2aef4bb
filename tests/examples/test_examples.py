"""The example scripts run as they stand and say what their comments promise."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(name, *words, cwd):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name), *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_questionnaire(tmp_path):
    said = run("01_questionnaire.py", tmp_path / "forms", cwd=tmp_path)
    assert len(list((tmp_path / "forms").iterdir())) >= 3
    assert "OI1" in said
    assert "RESULTS AND DISCUSSION" in said


def test_validation(tmp_path):
    said = run("02_validation.py", cwd=tmp_path)
    assert "n = 214 dari 216 baris" in said
    assert "[RSP203]" in said
    assert "omega_total" in said


def test_mediation(tmp_path):
    said = run("03_mediation.py", cwd=tmp_path)
    assert "20260301" in said
    assert "PI -> OI -> NP" in said
    assert "Monte Carlo" in said


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_examples_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40
