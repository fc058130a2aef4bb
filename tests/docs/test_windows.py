"""As far as a Linux machine can tell: the Windows lines name what exists, and a cp1252 console breaks
nothing."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys

import pytest
import tree_sitter
import tree_sitter_powershell

from doc_blocks import ROOT, blocks

EXAMPLE = ROOT / "examples" / "kedai_kopi"


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        line.strip()
        for line in text.splitlines()
        if line.startswith("    ") and ("py -m venv" in line or ".venv\\Scripts" in line)
    ]


def test_readme_and_page_give_the_same_commands():
    assert [line for line in lines("README.md") if "pytest" not in line] == lines("docs/howto/windows.md")


@pytest.mark.parametrize("name", ["README.md", "docs/howto/windows.md"])
def test_paths_in_the_lines_exist(name):
    for line in lines(name):
        for path in re.findall(r"requirements\\[\w.]+", line):
            assert (ROOT / path.replace("\\", "/")).is_file()
        assert "/" not in line.replace("--require-hashes", "")
        assert '"' not in line


def spoken(name):
    """Lines and quoted pieces of a page that are typed into PowerShell."""
    text = (ROOT / name).read_text(encoding="utf-8")
    quoted = [
        piece for piece in re.findall(r"`([^`\n]+)`", text) if re.search(r"\\Scripts\\|\$env:|^chcp", piece)
    ]
    return [*lines(name), *quoted]


def parsed(line):
    """(faults in PowerShell's grammar, whether a command is run)."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    root = parser.parse(line.encode()).root_node
    kinds, todo = set(), [root]
    while todo:
        node = todo.pop()
        kinds.add(node.type)
        todo += node.children
    return root.has_error, "command" in kinds


@pytest.mark.parametrize("name", ["README.md", "docs/howto/windows.md"])
def test_powershell_reads_the_lines(name):
    assert [
        line for line in spoken(name) if parsed(line)[0] or not (parsed(line)[1] or line.startswith("$env:"))
    ] == []
    assert len(spoken(name)) >= 5


def twice():
    spec = importlib.util.spec_from_file_location("docs_windows", ROOT / "docs" / "_build" / "windows.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return build


BUILD = twice()


@pytest.mark.parametrize("page", BUILD.pages(), ids=lambda page: page.stem)
def test_a_command_of_a_tutorial_stands_in_its_windows_form_too(page):
    text = page.read_text(encoding="utf-8")
    assert text == BUILD.filled(text), "run python docs/_build/windows.py"
    shown, typed = [], []
    for block in blocks(page):
        own = [line for line in block.body.replace("\\\n", " ").splitlines() if line.strip()]
        if block.kind == "bash":
            shown += [line for line in own if line.startswith("umkm-stats ")]
        if block.kind == "powershell":
            typed += own
            assert [line for line in own if parsed(line) != (False, True)] == []
    assert [one for one in shown if one.replace("umkm-stats", "py -m umkm_stats", 1) not in typed] == []
    assert typed, "no Windows command at all"
    assert not re.search(r"^    umkm-stats ", text, re.MULTILINE), "an indented command has no Windows form"


def test_the_windows_form_is_put_after_a_command_and_kept():
    page = "a\n\n```bash\numkm-stats demo \\\n  --out x\n```\n\n```text\nb\n```\n"
    once = BUILD.filled(page)
    assert '```powershell title="Windows"\npy -m umkm_stats demo    --out x\n```' in once
    assert BUILD.filled(once) == once
    assert BUILD.filled("```bash\nmake demo\n```\n") == "```bash\nmake demo\n```\n"


def test_a_quoted_program_needs_the_call_operator():
    assert parsed('"C:\\a b\\umkm-stats" --help') == (True, False)
    assert parsed('& "C:\\a b\\umkm-stats" --help') == (False, True)


def test_make_and_windows_install_the_same_way():
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = "\n".join(lines("README.md"))
    for part in ("--require-hashes -r requirements", "--no-deps --no-build-isolation -e ."):
        assert part in make
        assert part in said


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize(
    "words", [("instrument", "check", "PATH"), ("validate", "PATH/answers.csv", "-i", "PATH"), ("--help",)]
)
def test_a_cp1252_console_shows_everything(words, lang, tmp_path):
    asked = [word.replace("PATH", str(EXAMPLE)) for word in words]
    asked = (
        ["--lang", lang, *asked]
        if words == ("--help",) or words[0] == "instrument"
        else [*asked, "--lang", lang]
    )
    env = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "umkm_stats", *asked], capture_output=True, check=False, cwd=tmp_path, env=env
    )
    assert done.returncode in (0, 1), done.stderr.decode("cp1252", "replace")
    assert b"Traceback" not in done.stderr
    assert done.stdout


def test_paths_with_blanks_and_letters_outside_ascii(tmp_path):
    folder = tmp_path / "Data Skripsi é – Ñuño"
    shutil.copytree(EXAMPLE, folder / "kedai kopi ü")
    answers = folder / "jawaban akhir ç.csv"
    shutil.copy(EXAMPLE / "answers.csv", answers)
    instrument = folder / "kedai kopi ü" / "instrument.yaml"
    env = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "NO_COLOR": "1"}
    for words in (
        ["validate", str(answers), "-i", str(instrument)],
        [
            "questionnaire",
            str(instrument),
            "--format",
            "docx",
            "--format",
            "html",
            "--out",
            str(folder / "kuesioner baru"),
        ],
        [
            "analyze",
            answers.name,
            "--instrument",
            str(instrument),
            "--out",
            "bab 4 – hasil",
            "--style",
            "skripsi",
            "--draws",
            "60",
            "--seed",
            "1",
        ],
        ["reproduce", "bab 4 – hasil"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "umkm_stats", *words],
            capture_output=True,
            check=False,
            cwd=folder,
            env=env,
        )
        assert done.returncode in ((0, 1) if words[0] == "validate" else (0,)), done.stderr.decode(
            "cp1252", "replace"
        )
        assert b"Traceback" not in done.stderr
    assert (folder / "bab 4 – hasil" / "report.docx").is_file()
    assert answers.read_bytes() == (EXAMPLE / "answers.csv").read_bytes()
