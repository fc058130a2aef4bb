"""Fill the ``text`` block after every Python or command block of the pages with what the block really prints.

    python docs/_build/outputs.py README.md docs/index.md …

Only blocks that are followed at once by a ``text`` block are filled; the tests then compare them.
"""

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIR = re.compile(
    r"(```(python|bash|yaml)\n(.*?)```\n(?:\n```powershell[^\n]*\n.*?```\n)?)(\n```text\n)?(?(4)(.*?)```\n)",
    re.DOTALL,
)


def command(line):
    from umkm_stats.cli import main

    sys.argv = ["umkm-stats", *shlex.split(line, comments=True)[1:]]
    try:
        main()
    except SystemExit as stop:
        if (stop.code or 0) != int((re.findall(r"# exit (\d+)", line) or [0])[0]):
            raise RuntimeError(f"{line}: exit code {stop.code}") from None


def fill(page):
    names = {"__name__": "__main__"}

    def one(match):
        head, kind, body, box, old = match.group(1, 2, 3, 4, 5)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            if kind == "python":
                exec(body, names)
            elif kind == "bash":
                for line in body.replace("\\\n", " ").splitlines():
                    if line.startswith("umkm-stats ") and not line.startswith("umkm-stats app"):
                        command(line)
        if not box or kind == "yaml":
            return match.group(0)
        said = "\n".join(line.rstrip() for line in out.getvalue().strip("\n").splitlines())
        if not said and old:
            raise RuntimeError(f"{page.name}: a block printed nothing:\n{body}")
        return f"{head}{box}{said}\n```\n"

    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        here = os.getcwd()
        os.chdir(folder)
        os.symlink(ROOT / "examples", "examples")
        os.symlink(ROOT / "docs", "docs")
        try:
            text = PAIR.sub(one, text)
        finally:
            os.chdir(here)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "120"
    for name in sys.argv[1:]:
        fill(Path(name).resolve())
        sys.stderr.write(f"{name}\n")
