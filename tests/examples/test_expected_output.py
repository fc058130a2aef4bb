"""Each numbered example prints what stands beside it in examples/expected/."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WITH_OUTPUT = sorted(path.stem for path in (EXAMPLES / "expected").glob("*.txt"))


def said(name, folder):
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / f"{name}.py")],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in ("03_mediation", "06_study") else [])
        for name in WITH_OUTPUT
    ],
)
def test_output(name, tmp_path):
    assert said(name, tmp_path) == (EXAMPLES / "expected" / f"{name}.txt").read_text(encoding="utf-8")


def test_every_example_has_expected_output_or_its_own_test():
    scripts = {path.stem for path in EXAMPLES.glob("0*.py")}
    assert scripts - set(WITH_OUTPUT) == {"01_questionnaire"}, (
        "its output names the folder; tested in test_examples.py"
    )


def test_every_comment_speaks_both_languages():
    for path in EXAMPLES.glob("0*.py"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert "·" in first, path.name
