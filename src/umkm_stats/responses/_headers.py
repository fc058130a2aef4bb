"""Which heading belongs to which question: by alias, code, text in any language, or a grid's ``Title
[row]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._raw import RawColumn

if TYPE_CHECKING:
    from umkm_stats.instrument import Question

_CODE_AND_TEXT = re.compile(r"^\s*[A-Za-z]\w{0,19}\[(\w{1,20})\]\s*[.:]\s+(.+)$", re.DOTALL)
_CUT = re.compile(r"(?:\.\.+|…)\s*$")


@dataclass(frozen=True, slots=True)
class Match:
    """A heading recognised: the question's code, how, and the option when it is one tick box of many."""

    code: str
    how: str
    option: int | None = None


class HeaderIndex:
    """Every name under which the questions of an instrument may come back."""

    def __init__(self, questions: Iterable[Question], aliases: Mapping[str, str] | None = None) -> None:
        self.questions = {q.code: q for q in questions}
        self.codes = {_text.key(code): code for code in self.questions}
        self.texts: dict[str, set[str]] = {}
        self.named: dict[str, str] = {}
        for question in self.questions.values():
            for text in question.text.values():
                whole = _text.key(text)
                for form in {whole, _text.unnumbered(whole)}:
                    self.texts.setdefault(form, set()).add(question.code)
            for alias in question.aliases:
                self.named.setdefault(_text.key(alias), question.code)
        self.user: dict[str, str] = {}
        for header, code in (aliases or {}).items():
            known = self.codes.get(_text.key(str(code)))
            if known is None:
                raise UsageError("RSP114", params={"alias": str(header), "code": str(code)})
            self.user[_text.key(str(header))] = known
        self._cache: dict[str, Match | None] = {}

    def __call__(self, header: str) -> bool:
        return self.match(header) is not None

    def match(self, header: str) -> Match | None:
        """The question a heading names, or None. A heading that names two questions at once matches none."""
        if header not in self._cache:
            self._cache[header] = self._match(header) if len(header) < 5000 else None
        return self._cache[header]

    def by_letter(self, letter: str) -> Match | None:
        """The question that an alias such as ``[F]`` gives to the column with this letter, or None."""
        code = self.user.get(f"[{letter.casefold()}]") or self.named.get(f"[{letter.casefold()}]")
        return Match(code, "alias") if code else None

    def _direct(self, name: str) -> Match | None:
        key = _text.key(name)
        if not key:
            return None
        if key in self.user:
            return Match(self.user[key], "alias")
        if key in self.codes:
            return Match(self.codes[key], "code")
        if key in self.named:
            return Match(self.named[key], "alias")
        for form in (key, _text.unnumbered(key)):
            found = self.texts.get(form, set())
            if len(found) == 1:
                return Match(next(iter(found)), "text")
        return None

    def _match(self, header: str) -> Match | None:
        direct = self._direct(header)
        if direct or " | " in header:  # two heading rows joined count as a whole only
            return direct
        prefix = _text.code_prefix(header)
        if prefix and _text.key(prefix[0]) in self.codes:
            code = self.codes[_text.key(prefix[0])]
            rest = self._direct(prefix[1])
            return Match(code, "code") if rest is None or rest.code == code else None
        coded = _CODE_AND_TEXT.match(header)
        if coded:
            named, text = self._direct(coded[1]), self._direct(coded[2])
            if named is not None:
                return named if text is None or text.code == named.code else None
        grid = _text.grid_parts(header)
        if grid:
            inside = self._match(grid[1])
            if inside:
                return Match(inside.code, "grid", inside.option)
            option = self._option(grid[0], grid[1])
            if option:
                return option
        for mark in re.finditer(r"/", header):
            tail = self._direct(header[mark.end() :])
            if tail:
                return Match(tail.code, "path")
        segment = _text.last_segment(header)
        if segment and _text.key(segment) in self.codes:
            return Match(self.codes[_text.key(segment)], "path")
        if "/" in header:
            head, _, tail_text = header.rpartition("/")
            return self._option(head, tail_text)
        return None

    def _option(self, question_name: str, option: str) -> Match | None:
        """A tick box: the name of a multiple-answer question and one of its choices (value or label)."""
        found = self._direct(question_name) or (self._match(question_name) if "/" in question_name else None)
        question = self.questions.get(found.code) if found else None
        if question is None or question.kind != "multiple":
            return None
        key = _text.key(option)
        for choice in question.choices:
            if key == str(choice.value) or key in {_text.key(label) for label in choice.label.values()}:
                return Match(question.code, "option", choice.value)
        return None

    def contradiction(self, header: str) -> tuple[str, str] | None:
        """(code before, code of the text) when a heading's code and its text name two different questions."""
        coded = _CODE_AND_TEXT.match(header)
        prefix = (coded[1], coded[2]) if coded else _text.code_prefix(header)
        if not prefix or _text.key(prefix[0]) not in self.codes:
            return None
        code, rest = self.codes[_text.key(prefix[0])], self._direct(prefix[1])
        return (code, rest.code) if rest and rest.code != code else None


@dataclass(frozen=True, slots=True)
class Matched:
    """Columns by question (position in the table), tick boxes by (question, option), the rest, and
    remarks."""

    columns: dict[str, int]
    options: dict[tuple[str, int], int]
    how: dict[str, str]
    rest: list[int]
    empty_twins: list[tuple[str, str]] = field(default_factory=list)
    contradictions: list[tuple[int, str, str]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)


def match_columns(
    columns: tuple[RawColumn, ...], index: HeaderIndex, path: Path, sheet: str | None
) -> Matched:
    """Match every column once. Raises RSP111 when two filled columns claim one question."""
    claims: dict[tuple[str, int | None], list[tuple[int, str]]] = {}
    out = Matched({}, {}, {}, [])
    for position, column in enumerate(columns):
        names = (column.header, *column.keys)
        found = index.by_letter(column.letter) or next(
            (m for name in names if name and (m := index.match(name))), None
        )
        if found is None:
            out.rest.append(position)
            clash = next((c for name in names if name and (c := index.contradiction(name))), None)
            if clash:
                out.contradictions.append((position, *clash))
            if _CUT.search(column.header):
                out.cut.append(position)
            continue
        claims.setdefault((found.code, found.option), []).append((position, found.how))
    for (code, option), entries in claims.items():
        position, how = _one(code, entries, columns, out, path, sheet)
        if option is None:
            out.columns[code] = position
            out.how[code] = how
        else:
            out.options[(code, option)] = position
    out.rest.sort()
    return out


def _one(
    code: str,
    entries: list[tuple[int, str]],
    columns: tuple[RawColumn, ...],
    out: Matched,
    path: Path,
    sheet: str | None,
) -> tuple[int, str]:
    if len(entries) == 1:
        return entries[0]
    aliased = [entry for entry in entries if entry[1] == "alias"]
    filled = (
        aliased if len(aliased) == 1 else [entry for entry in entries if (columns[entry[0]].codes >= 0).any()]
    )
    if len(filled) > 1:
        where = [columns[position].letter for position, _ in entries]
        raise UmkmError("RSP111", place(path, sheet=sheet, item=code), {"item": code, "columns": where})
    chosen = filled[0] if filled else entries[0]
    for position, _ in entries:
        if position != chosen[0]:
            out.rest.append(position)
            out.empty_twins.append((code, columns[position].letter))
    return chosen
