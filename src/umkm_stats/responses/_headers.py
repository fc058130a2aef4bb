"""Which heading belongs to which question: by alias, code, spelling of a code, text in any language, or a
grid's ``Title [row]``; and which is one tick box of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import loosely, separated
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._raw import RawColumn

if TYPE_CHECKING:
    from umkm_stats.instrument import Question

_CODE_AND_TEXT = re.compile(r"^\s*[A-Za-z]\w{0,19}\[(\w{1,20})\]\s*[.:]\s+(.+)$", re.DOTALL)
_BOX_AND_TEXT = re.compile(r"^\s*([A-Za-z]\w{0,19}\[\w{1,20}\])\s*[.:]\s+(.+)$", re.DOTALL)
_CHOICE = re.compile(r"^(?P<question>.+?)\s*\(choice=(?P<option>.+)\)\s*$", re.DOTALL)
_CUT = re.compile(r"(?:\.\.+|…)\s*$")
_CODE_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9._\- ]{0,24}")
_SEPARATORS = ("___", "/", "_", ".", ":", "-")


@dataclass(frozen=True, slots=True)
class Match:
    """A heading recognised: the question's code, how, and the option when it is one tick box of many.

    ``labelled``: the option was named by its words, not by its number.
    """

    code: str
    how: str
    option: int | None = None
    labelled: bool = False


class HeaderIndex:
    """Every name under which the questions of an instrument may come back; none knows no heading at all."""

    def __init__(self, questions: Iterable[Question], aliases: Mapping[str, str] | None = None) -> None:
        self.questions = {q.code: q for q in questions}
        self.codes = {code.casefold(): code for code in self.questions}
        self.texts: dict[str, set[str]] = {}
        self.named: dict[str, str] = {}
        self.spelled: dict[str, set[str]] = {}
        self.loose: dict[str, set[str]] = {}
        for question in self.questions.values():
            self.spelled.setdefault(separated(question.code), set()).add(question.code)
            self.loose.setdefault(loosely(question.code), set()).add(question.code)
            for text in question.text.values():
                whole = _text.key(text)
                for form in {whole, _text.unnumbered(whole)}:
                    self.texts.setdefault(form, set()).add(question.code)
            for alias in question.aliases:
                self.named.setdefault(_text.key(alias), question.code)
        self.user: dict[str, Match] = {}
        self.met: set[str] = set()  # keys of ``user`` that the file has
        for header, target in (aliases or {}).items():
            self.user[_text.key(str(header))] = self._named_by_user(str(header), str(target))
        self._cache: dict[str, Match | None] = {}

    def _named_by_user(self, header: str, target: str) -> Match:
        """The question, or the tick box (``USED/1``), that a user's map names; RSP114 when there is none."""
        code = self.codes.get(target.strip().casefold())
        if code is not None:
            return Match(code, "alias")
        box = self._box(target)
        if box is None:
            raise UsageError("RSP114", params={"alias": header, "code": target})
        return Match(box.code, "alias", box.option, True)

    def __call__(self, header: str) -> bool:
        return self.match(header) is not None

    def column(self, column: RawColumn) -> Match | None:
        """The question a column belongs to: by an alias for its letter (``[F]``), else by its heading or
        other names.

        A tick box that is named by its number in one place and by its words in another is the one of the
        words; the first box below a heading of two rows bears the question's name too and stays a box.
        """
        letter = f"[{column.letter.casefold()}]"
        if letter in self.user:
            self.met.add(letter)
            return self.user[letter]
        if letter in self.named:
            return Match(self.named[letter], "alias")
        found = [m for name in (column.header, *column.keys) if name and (m := self.match(name)) is not None]
        best = next((m for m in found if m.labelled or m.how == "alias"), found[0] if found else None)
        if best is None or best.option is not None:
            return best
        return next((m for m in found if m.option is not None and m.code == best.code), best)

    def match(self, header: str) -> Match | None:
        """The question a heading names, or None. A heading that names two questions at once matches none."""
        if header not in self._cache:
            self._cache[header] = self._match(header) if len(header) < 5000 else None
        return self._cache[header]

    def code(self, name: str) -> str | None:
        """The code that ``name`` is, or spells (``X1_1``, ``X11`` for ``X1.1``) when no other fits."""
        exact = self.codes.get(_text.tidy(name).casefold()) or self.codes.get(_text.key(name))
        if exact is not None:
            return exact
        if _CODE_LIKE.fullmatch(name.strip()):
            for fitting in (self.spelled.get(separated(name)), self.loose.get(loosely(name))):
                if fitting is not None:
                    return next(iter(fitting)) if len(fitting) == 1 else None
        return None

    def candidates(self, name: str) -> tuple[str, ...]:
        """Codes that ``name`` may spell when more than one fits; empty otherwise."""
        if self.code(name) is not None or not _CODE_LIKE.fullmatch(name.strip()):
            return ()
        fitting = self.spelled.get(separated(name)) or self.loose.get(loosely(name)) or set()
        return tuple(sorted(fitting)) if len(fitting) > 1 else ()

    def _direct(self, name: str) -> Match | None:
        key = _text.key(name)
        if not key:
            return None
        if key in self.user:
            self.met.add(key)
            return self.user[key]
        exact = self.codes.get(_text.tidy(name).casefold()) or self.codes.get(key)
        if exact is not None:
            return Match(exact, "code")
        if key in self.named:
            return Match(self.named[key], "alias")
        for form in (key, _text.unnumbered(key)):
            found = self.texts.get(form, set())
            if len(found) == 1:
                return Match(next(iter(found)), "text")
        spelled = self.code(name)
        return Match(spelled, "spelling") if spelled else None

    def _match(self, header: str) -> Match | None:
        direct = self._direct(header)
        if direct:
            return direct
        if " | " in header:  # two heading rows joined count as a whole only
            return self._box(header)
        prefix = _text.code_prefix(header)
        if prefix and (known := self.code(prefix[0])) is not None:
            if self.questions[known].kind == "multiple":
                box = self._option(known, prefix[1]) or self._box(prefix[1])
                if box is not None and box.code == known:
                    return box
            rest = self._direct(prefix[1])
            return Match(known, "code") if rest is None or rest.code == known else None
        coded = _CODE_AND_TEXT.match(header)
        if coded:
            named, text = self._direct(coded[1]), self._direct(coded[2])
            if named is not None:
                return named if text is None or text.code == named.code else None
        grid = _text.grid_parts(header)
        if grid:
            inside = self._match(grid[1])
            if inside:
                return Match(inside.code, "grid", inside.option, inside.labelled)
        return self._path(header) or self._box(header)

    def _path(self, header: str) -> Match | None:
        """The last part of a group path, or of ``Title - statement`` as Qualtrics writes a matrix."""
        for mark in re.finditer(r"/| - ", header):
            tail = self._direct(header[mark.end() :])
            if tail and (mark.group() == "/" or tail.how == "text"):
                return Match(tail.code, "path", tail.option)
        segment = _text.last_segment(header)
        code = self.code(segment) if segment else None
        return Match(code, "path") if code else None

    def _box(self, header: str) -> Match | None:
        """A tick box: the name of a multiple-answer question and one of its choices (value or label)."""
        with_text = _BOX_AND_TEXT.match(header)
        if with_text and (found := self._box(with_text[1])):
            return found
        for name, option in _splits(header):
            found_code = self._multiple(name)
            if found_code is not None and (box := self._option(found_code, option)) is not None:
                return box
        return None

    def _multiple(self, name: str) -> str | None:
        """The multiple-answer question that a name or a path ends with."""
        direct = self._direct(name)
        for segment in (_text.last_segment(name), name.rpartition("_")[2]) if direct is None else ():
            code = self.code(segment) if segment else None
            direct = direct or (Match(code, "path") if code else None)
        if direct is None:
            return None
        return direct.code if self.questions[direct.code].kind == "multiple" else None

    def _option(self, code: str, option: str) -> Match | None:
        key = _text.key(option)
        for choice in self.questions[code].choices:
            words = {_text.key(label) for label in (*choice.label.values(), *choice.synonyms)}
            if key in words:
                return Match(code, "option", choice.value, True)
        number = option.strip().replace("_", "-")
        for choice in self.questions[code].choices:
            if number == str(choice.value):
                return Match(code, "option", choice.value)
        return None

    def contradiction(self, header: str) -> tuple[str, str] | None:
        """(code before, code of the text) when a heading's code and its text name two different questions."""
        coded = _CODE_AND_TEXT.match(header)
        prefix = (coded[1], coded[2]) if coded else _text.code_prefix(header)
        if not prefix or (code := self.codes.get(_text.key(prefix[0]))) is None:
            return None
        rest = self._direct(prefix[1])
        return (code, rest.code) if rest and rest.code != code else None


def _splits(header: str) -> Iterator[tuple[str, str]]:
    """(question, option) in every way in which programs write a tick box."""
    if " | " in header:
        head, _, tail = header.partition(" | ")
        yield head, tail
        return
    chosen = _CHOICE.match(header)
    if chosen:
        yield chosen["question"], chosen["option"]
    grid = _text.grid_parts(header)
    if grid:
        yield grid
    for mark in (" - Selected Choice - ", " - "):
        head, found, tail = header.partition(mark)
        if found:
            yield head, tail
    for mark in _SEPARATORS:
        head, found, tail = header.rpartition(mark)
        if found and head and tail:
            yield head, tail
    if "/" in header:
        head, _, tail = header.partition("/")
        yield head, tail


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
    unsure: dict[int, tuple[str, ...]] = field(default_factory=dict)


def match_columns(
    columns: tuple[RawColumn, ...], index: HeaderIndex, path: Path, sheet: str | None
) -> Matched:
    """Match every column once. Raises RSP111 when two filled columns claim one question."""
    claims: dict[tuple[str, int | None], list[tuple[int, str]]] = {}
    out = Matched({}, {}, {}, [])
    for position, column in enumerate(columns):
        found = index.column(column)
        if found is None:
            out.rest.append(position)
            candidates = index.candidates(column.header)
            if candidates:
                out.unsure[position] = candidates
            names = (column.header, *column.keys)
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
    """The column of a question that several columns claim: the user's, else the only filled one, else the one
    headed by the code as it is where the others only spell it."""
    if len(entries) == 1:
        return entries[0]
    aliased = [entry for entry in entries if entry[1] == "alias"]
    filled = (
        aliased if len(aliased) == 1 else [entry for entry in entries if (columns[entry[0]].codes >= 0).any()]
    )
    sure = [entry for entry in filled if entry[1] != "spelling"]
    if len(filled) > 1 and len(sure) == 1:
        filled = sure
    if len(filled) > 1:
        where = [columns[position].letter for position, _ in entries]
        raise UmkmError("RSP111", place(path, sheet=sheet, item=code), {"item": code, "columns": where})
    chosen = filled[0] if filled else entries[0]
    for position, _ in entries:
        if position != chosen[0]:
            out.rest.append(position)
            if (columns[position].codes < 0).all() or len(aliased) == 1:
                out.empty_twins.append((code, columns[position].letter))
    return chosen
