"""Model text cut into tokens and statements; every fault names its line and token.

Comments begin with ``#`` or ``!``; statements end at a line end or ``;``. A line that ends with an operator,
or that holds no operator of its own, continues in the next (or from the one before).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from umkm_stats.errors import Place, UmkmError

OPERATORS = ("=~", "~*~", "~~", "<~", "~", ":=", "==", "<", ">", "|")
_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\f\v\u00a0]+)
      | (?P<comment>[#!][^\n]*)
      | (?P<end>[\n;])
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<quoted>`[^`\n]*`)
      | (?P<string>"[^"\n]*"|'[^'\n]*')
      | (?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*)
      | (?P<op>=~|~\*~|~~|<~|~|:=|==|<|>|\|)
      | (?P<mark>[-+*/^(),:])
    """,
    re.VERBOSE,
)
_JOINS = frozenset("+*/^(,-")


@dataclass(frozen=True, slots=True)
class Token:
    """kind: number, name, string, op or mark; text without quotes; line from 1."""

    kind: str
    text: str
    line: int


def fault(code: str, token: Token | None, line: int = 0, **params: object) -> UmkmError:
    """A coded error at a token (or at a line when the text ended too early)."""
    where = token.line if token else line
    return UmkmError(
        code, Place(line=where or None), {"token": token.text if token else "", "line": where, **params}
    )


def tokens(text: str) -> list[Token]:
    """All tokens, with ``end`` tokens between statements' lines. Raises SEM101 for a character that has no
    place."""
    found: list[Token] = []
    line, at = 1, 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise fault("SEM101", Token("mark", text[at], line))
        kind, word = str(match.lastgroup), match.group()
        at = match.end()
        if kind == "end":
            found.append(Token("end", word, line))
        elif kind == "quoted":
            if len(word) < 3:
                raise fault("SEM101", Token("mark", word, line))
            found.append(Token("name", word[1:-1], line))
        elif kind == "string":
            found.append(Token("string", word[1:-1], line))
        elif kind not in ("space", "comment"):
            found.append(Token(kind, word, line))
        line += word.count("\n")
    return found


def statements(text: str) -> list[list[Token]]:
    """Token lists, one a statement. Raises SEM101, SEM102 (no operator)."""
    lines: list[list[Token]] = [[]]
    hard: list[bool] = []  # whether the break after line i is a semicolon
    for token in tokens(text):
        if token.kind == "end":
            hard.append(token.text == ";")
            lines.append([])
        else:
            lines[-1].append(token)
    hard.append(True)
    out: list[list[Token]] = []
    closed = True
    for line, ends in zip(lines, hard, strict=True):
        if line:
            has_op = any(token.kind == "op" for token in line)
            waiting = bool(out) and not closed and (out[-1][-1].text in _JOINS or out[-1][-1].kind == "op")
            joins = line[0].kind == "mark" and line[0].text in "+*/^),"
            if not closed and (waiting or joins or not has_op):
                out[-1].extend(line)
            else:
                out.append(list(line))
            closed = False
        if ends:
            closed = True
    for statement in out:
        if not any(token.kind == "op" for token in statement):
            raise fault("SEM102", statement[0])
    return out
