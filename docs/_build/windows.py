"""Put the Windows form of every command of the tutorials and the pages of questions right after it.

    python docs/_build/windows.py            # write
    python docs/_build/windows.py --check    # only say which page is out of date; exit code 1 when one is

A block of ``bash`` lines is followed by a ``powershell`` block with the same commands as typed by someone who
has installed the wheel: ``py -m umkm_stats`` in place of ``umkm-stats``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
FOLDERS = ("tutorials", "howto/questions", "howto/pertanyaan")
ALSO = ("howto/regression.md", "howto/regresi.md")
HEAD = '```powershell title="Windows"\n'
BLOCK = re.compile(
    r"^```bash\n(?P<body>.*?)^```\n(?:\n```powershell[^\n]*\n.*?^```\n)?", re.DOTALL | re.MULTILINE
)


def pages() -> list[Path]:
    """The pages whose commands are shown twice."""
    return sorted(
        [*(page for name in FOLDERS for page in (DOCS / name).glob("*.md")), *(DOCS / n for n in ALSO)]
    )


def windows(body: str) -> str:
    """The lines of a block as PowerShell takes them."""
    joined = body.replace("\\\n", " ")
    return "".join(
        re.sub(r"^umkm-stats\b", "py -m umkm_stats", line) + "\n"
        for line in joined.splitlines()
        if line.strip()
    )


def filled(text: str) -> str:
    """The page with the Windows form after each block of commands."""

    def one(found: re.Match[str]) -> str:
        body = found["body"]
        if not re.search(r"^umkm-stats ", body, re.MULTILINE):
            return found[0]
        return f"```bash\n{body}```\n\n{HEAD}{windows(body)}```\n"

    return BLOCK.sub(one, text)


def main() -> int:
    """Fill the pages, or say which would change."""
    late = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        fresh = filled(text)
        if fresh != text:
            late.append(page.name)
            if "--check" not in sys.argv:
                page.write_text(fresh, encoding="utf-8", newline="\n")
    print(", ".join(late) or "every command has its Windows form")
    return int("--check" in sys.argv and bool(late))


if __name__ == "__main__":
    raise SystemExit(main())
