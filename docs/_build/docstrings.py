"""Griffe extension: this project's docstrings as Markdown.

Sections underlined with dashes become bold words; their entries (``name, name: text``, continued by indented
lines) of Parameters become list items; roles such as ``:func:`` become plain code.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

SECTION = re.compile(r"^(Parameters|Returns|Raises|Notes)\n-{3,}$", re.MULTILINE)
ENTRY = re.compile(r"^([\w`*][\w`, .–*-]{0,200}?): (.+)", re.DOTALL)
ROLE = re.compile(r":(?:func|class|meth|data):`~?([\w.]+)`")


def entries(body: str) -> str:
    """List items of a section; a paragraph that is no entry stays as it is."""
    out: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body.strip("\n")):
        lines: list[str] = []
        for line in paragraph.splitlines():
            if line.startswith(" ") and lines:
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        if any(ENTRY.match(line) for line in lines):
            out.append(
                "\n".join(
                    ENTRY.sub(r"- `\1`: \2", line)
                    if ENTRY.match(line) and "`" not in line.split(":")[0]
                    else f"- {line}"
                    for line in lines
                )
            )
        else:
            out.append(" ".join(lines))
    return "\n\n".join(out)


def markdown(text: str) -> str:
    """A whole docstring."""
    text = ROLE.sub(lambda match: f"`{match[1].rsplit('.', 1)[-1]}`", text).replace("``", "`")
    parts = SECTION.split(text)
    out = [parts[0].strip()]
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        out.append(f"**{name}**\n\n{entries(body) if name == 'Parameters' else body.strip()}")
    return "\n\n".join(out)


class AsMarkdown(griffe.Extension):
    """Rewrites each docstring once, when it is collected."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)
