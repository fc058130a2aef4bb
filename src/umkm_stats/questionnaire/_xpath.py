"""Enough XPath to see that an expression of an XLSForm is well formed and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator

_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>'[^']*'|"[^"]*")|(?P<reference>\$\{[^}]*\})|(?P<number>\d+(\.\d+)?)
    |(?P<operator><=|>=|!=|=|<|>|\+|-|\*|\||,|\.\.|\.)|(?P<open>\()|(?P<close>\))|(?P<path>[/@\[\]])
    |(?P<word>[A-Za-z_][A-Za-z0-9_:-]*)|(?P<wrong>.)""",
    re.VERBOSE,
)
_OPERATORS = {"and", "or", "div", "mod"}
_FUNCTIONS = {
    "selected",
    "count-selected",
    "selected-at",
    "not",
    "true",
    "false",
    "if",
    "coalesce",
    "once",
    "regex",
    "string-length",
    "count",
    "count-non-empty",
    "sum",
    "min",
    "max",
    "round",
    "int",
    "number",
    "string",
    "substr",
    "concat",
    "join",
    "boolean",
    "today",
    "now",
    "date",
    "date-time",
    "decimal-date-time",
    "decimal-time",
    "format-date",
    "format-date-time",
    "position",
    "instance",
    "current",
    "pulldata",
    "indexed-repeat",
    "jr:choice-name",
    "jr:itext",
    "random",
    "uuid",
    "pow",
    "log",
    "abs",
    "translate",
    "contains",
    "starts-with",
    "ends-with",
    "normalize-space",
    "boolean-from-string",
    "checklist",
    "weighted-checklist",
    "area",
    "distance",
}


def references(text: str) -> list[str]:
    """Names in ``${…}``, in order."""
    return _REFERENCE.findall(text)


def comparisons(text: str) -> Iterator[tuple[str, str]]:
    """(question, value) for every ``${q} = 'v'``, ``${q} != 'v'`` and ``selected(${q}, 'v')``."""
    for pattern in (
        r"\$\{\s*([^}]*?)\s*\}\s*!?=\s*['\"]([^'\"]*)['\"]",
        r"selected\(\s*\$\{\s*([^}]*?)\s*\}\s*,\s*['\"]([^'\"]*)['\"]\s*\)",
    ):
        for found in re.finditer(pattern, text):
            yield found.group(1), found.group(2)


def faults(text: str) -> Iterator[str]:
    """What is wrong with the form of an expression; nothing when it reads well."""
    depth = 0
    previous = "start"
    for token in _TOKEN.finditer(text):
        kind = str(token.lastgroup)
        word = token.group()
        if kind == "space":
            continue
        if kind == "wrong" or (kind == "operator" and word == "=" and previous == "="):
            yield word
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                yield ")"
                depth = 0
        elif kind == "word":
            following = text[token.end() :].lstrip()[:1]
            if following == "(" and word not in _FUNCTIONS and word not in _OPERATORS:
                yield f"{word}()"
            elif following != "(" and word not in _OPERATORS and previous not in ("/", "@", "["):
                yield word
        value = kind in ("string", "reference", "number")
        if value and previous == "value":
            yield word
        previous = "value" if value or kind == "close" else word
    if depth > 0:
        yield "("
    if previous in _OPERATORS or previous in ("=", "<", ">", "!=", "<=", ">=", "+", ","):
        yield previous
