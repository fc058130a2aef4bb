"""As far as a Linux machine can tell: the Windows lines name what exists, and a cp1252 console breaks nothing."""

import os
import re
import subprocess
import sys

import pytest

from doc_blocks import ROOT

EXAMPLE = ROOT / "examples" / "kedai_kopi"


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.startswith("    ") and ("py -m venv" in line or ".venv\\Scripts" in line)]


def test_readme_and_page_give_the_same_commands():
    assert [line for line in lines("README.md") if "pytest" not in line] == lines("docs/howto/windows.md")


@pytest.mark.parametrize("name", ["README.md", "docs/howto/windows.md"])
def test_paths_in_the_lines_exist(name):
    for line in lines(name):
        for path in re.findall(r"requirements\\[\w.]+", line):
            assert (ROOT / path.replace("\\", "/")).is_file()
        assert "/" not in line.replace("--require-hashes", "")
        assert '"' not in line


def test_make_and_windows_install_the_same_way():
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = "\n".join(lines("README.md"))
    for part in ("--require-hashes -r requirements", "--no-deps --no-build-isolation -e ."):
        assert part in make
        assert part in said


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("words", [("instrument", "check", "PATH"), ("validate", "PATH/answers.csv", "-i", "PATH"), ("--help",)])
def test_a_cp1252_console_shows_everything(words, lang, tmp_path):
    asked = [word.replace("PATH", str(EXAMPLE)) for word in words]
    asked = ["--lang", lang, *asked] if words == ("--help",) or words[0] == "instrument" else [*asked, "--lang", lang]
    env = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-m", "umkm_stats", *asked], capture_output=True, check=False, cwd=tmp_path, env=env)
    assert done.returncode in (0, 1), done.stderr.decode("cp1252", "replace")
    assert b"Traceback" not in done.stderr
    assert done.stdout
