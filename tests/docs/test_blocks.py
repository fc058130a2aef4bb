"""Every Python block of README and docs runs; a ``text`` block right after it is its output, character by
character.

Blocks of one page share their names and run in an empty folder. A page with ``<!-- slow -->`` before a block
is left out of the fast part.
"""

import contextlib
import io
import re
import shlex
import sys

import pytest

from doc_blocks import PAGES, ROOT, blocks
from umkm_stats.cli import main

COMMAND = "umkm-stats "
SERVER = "umkm-stats app"  # stays until it is stopped; tests/app runs it


def commands(body):
    lines = body.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith(COMMAND) and not line.startswith(SERVER)]


def cases():
    for page in PAGES:
        found = blocks(page)
        if any(block.kind == "python" or (block.kind == "bash" and commands(block.body)) for block in found):
            slow = "<!-- slow -->" in page.read_text(encoding="utf-8")
            name = page.relative_to(ROOT).as_posix()
            yield pytest.param(page, id=name, marks=[pytest.mark.slow] if slow else [])


def shown(text):
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def run_python(block, page, names):
    out = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.body, str(page), "exec")
    with contextlib.redirect_stdout(out):
        exec(code, names)
    return out.getvalue()


def run_command(line, capsys):
    words = shlex.split(line, comments=True)[1:]
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["umkm-stats", *words])
        try:
            code = main()
        except SystemExit as stop:
            code = stop.code
    said = capsys.readouterr()
    wanted = int((re.findall(r"# exit (\d+)", line) or [0])[0])
    assert (code or 0) == wanted, f"{line}\n{said.out}\n{said.err}"
    return said.out


@pytest.mark.parametrize("page", list(cases()))
def test_page(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    names, said = {"__name__": "__main__"}, None
    for block in blocks(page):
        if block.kind == "powershell":
            continue  # the same lines for Windows (test_windows)
        if block.kind == "python":
            said = run_python(block, page, names)
        elif block.kind == "bash":
            said = "".join(run_command(line, capsys) for line in commands(block.body))
        elif block.kind == "text" and said is not None and not block.before:
            assert shown(said) == shown(block.body), f"{page.name}, line {block.line}"
            said = None
        else:
            said = None


@pytest.mark.slow
def test_the_demo_says_what_the_readme_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    wanted = next(block for block in blocks(ROOT / "README.md") if block.before.endswith("<!-- demo -->"))
    assert shown(run_command("umkm-stats demo --out out", capsys)) == shown(wanted.body)


def test_the_yaml_of_the_readme_is_part_of_the_example():
    from ruamel.yaml import YAML

    part = YAML(typ="safe").load(
        next(block for block in blocks(ROOT / "README.md") if block.kind == "yaml").body
    )
    whole = YAML(typ="safe").load(
        (ROOT / "examples" / "kedai_kopi" / "instrument.yaml").read_text(encoding="utf-8")
    )
    for key, value in part.items():
        wanted = whole[key]
        assert value == wanted if isinstance(value, str) else all(entry in wanted for entry in value), key
