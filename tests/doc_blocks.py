"""Code blocks of README and docs: collected page by page, run from top to bottom in an empty folder."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>[a-z]*)[^\n]*\n(?P<body>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """kind (python, text, bash, …), the text, its first line in the file, and what stands between it and the
    block before."""

    kind: str
    body: str
    line: int
    before: str


def blocks(path):
    text, found, end = path.read_text(encoding="utf-8"), [], 0
    for match in FENCE.finditer(text):
        indent = len(match["indent"])
        body = "".join(
            line[indent:] if line.strip() else line for line in match["body"].splitlines(keepends=True)
        )
        found.append(
            Block(
                match["kind"], body, text[: match.start()].count("\n") + 2, text[end : match.start()].strip()
            )
        )
        end = match.end()
    return found
