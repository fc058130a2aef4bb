"""Questions with several answers a respondent: joined in one cell, or a column for every choice.

A separator makes no list by itself ("Kelapa, Kopra dan lainnya", "Samarinda, Kaltim"): the same pieces must
come back in other company.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from umkm_stats.responses import _text
from umkm_stats.responses._recode import EMPTY_TOKENS
from umkm_stats.responses._ticks import NO, YES
from umkm_stats.responses.drafting._answers import Profile
from umkm_stats.responses.drafting._grid import Column, Grid

MARKS = (";", "\n", "|", ", ")
MOST = 30  # choices of a question
LONGEST = 90  # letters of a choice
ODK = frozenset(map(_text.key, ("_uuid", "_submission_time", "KEY", "SubmissionDate")))
RIGHT = {"benar", "salah", "true", "false"}  # answers to a statement that are no ticks of it
TICKS = {*YES, *NO, "0", "1"}
Cells = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Several:
    """One such question: the columns it takes (positions), what the reader knows it by ("": as its column),
    its choices, whether there are further answers in words of their own, the separator ("" for a column a
    choice), and further spellings of the choices."""

    columns: tuple[int, ...]
    name: str
    choices: tuple[str, ...]
    other: bool
    mark: str
    spellings: tuple[str, ...] = ()


def cut(text: str, mark: str) -> tuple[str, ...]:
    """The pieces of a cell; a comma inside brackets separates nothing."""
    if mark != ", ":
        found = text.split(mark)
    else:
        depth, found, rest = 0, [""], text
        while rest:
            if depth == 0 and rest.startswith(mark):
                found.append("")
                rest = rest[len(mark) :]
                continue
            depth = max(0, depth + (rest[0] in "([") - (rest[0] in ")]"))
            found[-1] += rest[0]
            rest = rest[1:]
    return tuple(piece for one in found if (piece := _text.tidy(one)))


def joined(
    counts: Mapping[str, int], marks: Iterable[str] = MARKS, *, sure: bool = False
) -> tuple[str, list[str], bool] | None:
    """(separator, choices in the order of the form, whether there are others) of the answers of a column with
    how often each was given; None when they are one answer each. ``sure``: somebody says that they are lists,
    whatever the answers show."""
    given = {
        text: count for text, count in counts.items() if count and text.strip().casefold() not in EMPTY_TOKENS
    }
    for mark in marks:
        closed = (mark == ";" and all(text.rstrip().endswith(mark) for text in given)) or (
            sure and any(mark in text for text in given)
        )
        cells = [cut(text, mark) for text in given]
        if not closed and max(map(len, cells), default=0) < 2:
            continue
        if any(len(set(cell)) < len(cell) for cell in cells):  # "teils, teils"
            continue
        whole = _glued(cells) if mark == ", " else cells
        found = _choices(whole, list(given.values()), closed=closed)
        if found is not None:
            return (mark, *found)
    return None


def _choices(cells: Cells, times: Sequence[int], *, closed: bool) -> tuple[list[str], bool] | None:
    seen: Counter[str] = Counter()
    values: Counter[str] = Counter()
    for cell, count in zip(cells, times, strict=True):
        seen.update(dict.fromkeys(cell, count))
        values.update(cell)
    often = {piece for piece, count in seen.items() if count > 1}
    if not 2 <= len(often) <= MOST or max(map(len, often)) > LONGEST:
        return None
    if not closed:
        if any(re.fullmatch(r"[\d.,\s]+", piece) for piece in often):
            return None
        if sum(seen[piece] for piece in often) < 0.8 * sum(seen.values()):
            return None
        solid = [cell for cell in cells if len(cell) > 1 and all(p in often and values[p] > 1 for p in cell)]
        alone = {cell[0] for cell in cells if len(cell) == 1}
        if len(solid) < 2 and not (solid and set(solid[0]) <= alone):
            return None
        if not _varied(cells):
            return None
    return _ordered(cells, often), len(often) < len(seen)


def _varied(cells: Cells) -> bool:
    """Whether the number of pieces, or the place of one, changes: "Samarinda, Kaltim" is a place and its
    province in every cell."""
    places: dict[str, set[int]] = {}
    for cell in cells:
        for place, piece in enumerate(cell):
            places.setdefault(piece, set()).add(place)
    return len({len(cell) for cell in cells}) > 1 or any(len(found) > 1 for found in places.values())


def _glued(cells: Cells) -> Cells:
    """Pieces that never come one without the other are one answer with the separator in it."""
    while True:
        where: dict[str, set[int]] = {}
        for number, cell in enumerate(cells):
            for piece in cell:
                where.setdefault(piece, set()).add(number)
        pair = next(
            (
                (a, b)
                for cell in cells
                for a, b in pairwise(cell)
                if where[a] == where[b] and all((a, b) in pairwise(cells[n]) for n in where[a])
            ),
            None,
        )
        if pair is None:
            return cells
        cells = [_with(cell, pair) for cell in cells]


def _with(cell: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    if pair not in pairwise(cell):
        return cell
    at = cell.index(pair[0])
    return (*cell[:at], ", ".join(pair), *cell[at + 2 :])


def _ordered(cells: Cells, wanted: set[str]) -> list[str]:
    """Choices as most cells have them one behind the other."""
    before: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        before.update((a, b) for k, a in enumerate(cell) for b in cell[k + 1 :])
    out: list[str] = []
    for piece in dict.fromkeys(p for cell in cells for p in cell if p in wanted):
        at = next((k for k, one in enumerate(out) if before[piece, one] > before[one, piece]), len(out))
        out.insert(at, piece)
    return out


def boxes(grid: Grid, names: Sequence[str], profiles: Sequence[Profile], items: set[int]) -> list[Several]:
    """Questions whose choices have a column each: "Q/choice" below a column "Q" (KoboToolbox), "Q [choice]",
    "Q[SQ001]" (LimeSurvey), two heading rows (SurveyMonkey); every answer is a tick or the choice's words."""
    parents = {_text.key(name): k for k, name in enumerate(names) if name}
    found: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for k, (column, name) in enumerate(zip(grid.columns, names, strict=True)):
        for stem, choice, owner in _splits(column, name, parents):
            if (k not in items or owner >= 0) and _ticked(column, profiles[k], choice, owner >= 0):
                found.setdefault((stem, owner), []).append((k, choice))
                break
    out = []
    for (stem, owner), members in found.items():
        choices = [choice for _, choice in members]
        if len(members) < 2 or len({_text.key(choice) for choice in choices}) < len(choices):
            continue
        columns = (*((owner,) if owner >= 0 else ()), *(k for k, _ in members))
        out.append(Several(columns, names[owner] if owner >= 0 else stem, tuple(choices), False, ""))
    return out


def _splits(column: Column, name: str, parents: Mapping[str, int]) -> Iterable[tuple[str, str, int]]:
    """(question, choice, position of the question's own column or −1) in the ways of the programs."""
    for at, letter in enumerate(name):
        if letter == "/" and (owner := parents.get(_text.key(name[:at]))) is not None:
            yield name[:at], _text.tidy(name[at + 1 :]), owner
    cells = [cell for cell in column.cells if cell.strip()]
    if len(cells) == 2:
        yield _text.tidy(cells[0]), _text.tidy(cells[1]), -1
    grid = _text.grid_parts(name)
    if grid and grid[0].strip():
        yield _text.tidy(grid[0]), _text.tidy(grid[1]), -1


def _ticked(column: Column, seen: Profile, choice: str, owned: bool) -> bool:
    """Whether the answers of a column say only that its choice was ticked, or not. ``owned``: the question
    has a column of its own."""
    own = _text.key(choice)
    words = {
        _text.key(str(value)).removesuffix(".0")
        for value, count in zip(column.values, seen.counts, strict=True)
        if count
    }
    ticks = TICKS if owned else TICKS - RIGHT
    return bool(words) and all(word in ticks or word == own for word in words)


def found_in(
    grid: Grid, names: Sequence[str], profiles: Sequence[Profile], items: set[int], free: Iterable[int]
) -> dict[int, Several]:
    """Position of every column of such a question → the question. ``free``: columns that may hold a list."""
    out: dict[int, Several] = {}
    if grid.form:
        for k, column in enumerate(grid.columns):
            words = tuple(dict.fromkeys(_text.tidy(str(word)) for word in column.labels.values()))
            if column.kind == "several" and 2 <= len(words) <= MOST:
                codes = {value: code for code, value in column.spellings.items()}
                spelled = tuple(codes.get(value, "") for value in column.labels)
                out[k] = Several((k,), "", words, False, "", spelled if len(spelled) == len(words) else ())
        return out
    for question in boxes(grid, names, profiles, items):
        out |= dict.fromkeys(question.columns, question)
    odk = any(_text.key(name) in ODK for name in names)
    return lists(grid, profiles, [k for k in free if k not in out], odk) | out


def lists(grid: Grid, profiles: Sequence[Profile], free: Iterable[int], odk: bool) -> dict[int, Several]:
    """Columns (position → question) whose cells hold several answers. ``odk``: the file is one of KoboToolbox
    or ODK, which separates names of choices by blanks."""
    out = {}
    for k in free:
        column, seen = grid.columns[k], profiles[k]
        texts = [v for v in column.values if isinstance(v, str)]
        if seen.n < 5 or len(texts) < len(column.values) or column.labels or seen.dates > 0.5:
            continue
        counts: Counter[str] = Counter()
        for value, count in zip(texts, seen.counts, strict=True):
            counts[value.strip()] += count
        found = joined(counts)
        if found is None and odk and all(re.fullmatch(r"[a-z0-9_\- ]+", text) for text in counts):
            found = joined(counts, (" ",))
        if found is not None:
            mark, choices, other = found
            out[k] = Several((k,), "", tuple(choices), other, mark)
    return out
