"""What each column is for: an item, background, personal data, a time, or nothing the study uses.

Headings speak first, answers second; an item has at least one neighbour answered in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from umkm_stats.responses import _headings, _privacy, _text
from umkm_stats.responses._raw import RawColumn
from umkm_stats.responses.drafting import _ladders, _words
from umkm_stats.responses.drafting._answers import Profile, vector
from umkm_stats.responses.drafting._grid import Column, Grid
from umkm_stats.responses.drafting._heads import Head
from umkm_stats.responses.readers._base import role_of

_TIME_WORDS = re.compile(
    r"^(timestamp|cap waktu|stempel waktu|marca temporal|marca de tiempo|carimbo de data.*|horodateur|"
    r"zeitstempel|tijdstempel|zaman damgası|(_?submission_?|start|end|completion|recorded|submit) ?"
    r"(time|date)|"
    r"(start|end|recorded|submit|date)date|date submitted|date (started|last action)|waktu mulai|waktu "
    r"selesai|waktu pengisian|hora de (inicio|finalización)|start|end|submitdate.*|datestamp.*|today|fecha.*|"
    r"tanggal( pengisian)?|_submission_time|last modified time)$"
)


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is for, by which clue (a message key), and how sure."""

    name: str
    clue: str
    certainty: str = "sure"


def _names(column: Column, head: Head) -> list[str]:
    names = [*column.cells, head.text, head.code, column.label, head.section.rpartition("/")[2]]
    keys = [_text.key(name) for name in names if name]
    keys += [key.split(". ", 1)[0] for key in keys if ". " in key]
    return list(dict.fromkeys(keys))


def _personal(column: Column, names: list[str], profile: Profile) -> bool:
    content = _privacy.content_kind(RawColumn(column.heading, column.codes, column.values, column.letter))
    if content:
        return True
    spaced = [re.sub(r"[_/.]+", " ", name) for name in names]
    plain = [" ".join(re.sub(r"[()\[\]?:,*]+", " ", name).split()) for name in spaced]
    if any(_words.PERSON.match(name) for name in plain) and profile.words and profile.numeric < 0.5:
        return True  # a name stays one, however often it comes back
    texts = profile.whole < 0.5 and profile.distinct > 0.3 * max(1, profile.n)
    empty = profile.n == 0
    for name in spaced:
        sentence = len(name.split()) > 6
        if (
            _words.PERSONAL.search(name)
            and not (_words.NOT_PERSONAL.search(name) and sentence)
            and (
                texts
                or empty
                or re.search(r"ip ?addr|latitude|longitude|e-?mail|phone|whatsapp|\bhp\b", name)
            )
        ):
            return True
        if _headings.header_kind(name) and (texts or empty) and not sentence:
            return True
    return False


def _numbered_on(profile: Profile, column: Column) -> bool:
    values = vector(column)
    if np.isnan(values).any() or len(values) < 3:
        return False
    return bool((np.diff(values) > 0).all() and profile.distinct == profile.n and profile.fraction == 0)


def _background(head: Head, names: list[str]) -> bool:
    text = _text.key(head.text or head.code)
    if _words.HOW_MANY.search(text):
        return True
    if head.stem or _words.STATEMENT.search(text):
        return False
    if head.text.rstrip().endswith(".") and len(text.split()) > 2:
        return False
    short = len(text.split()) <= 5
    path = re.sub(r"[_.]+", " ", names[0].rpartition("/")[2] if names else "").strip()
    if short and (_words.BACKGROUND.search(text) or _words.BACKGROUND.search(path)):
        return True
    if _words.FACT_QUESTION.search(text):
        return True
    return bool(re.match(r"^(usia|umur|jenis kelamin|age|edad|idade|alter)\b", text))


def first_look(grid: Grid, heads: list[Head], profiles: list[Profile], language: str) -> list[Role | None]:
    """Roles that one column shows by itself; None where it may be an item."""
    platform = sum(
        any(_words.PLATFORM.match(n) for n in _names(c, h)) for c, h in zip(grid.columns, heads, strict=True)
    )
    out: list[Role | None] = []
    parents = {_text.key(c.heading) for c in grid.columns}
    for column, head, seen in zip(grid.columns, heads, profiles, strict=True):
        out.append(_alone(column, head, seen, grid, language, platform, parents))
    return out


def _alone(
    column: Column, head: Head, seen: Profile, grid: Grid, language: str, platform: int, parents: set[str]
) -> Role | None:
    names = _names(column, head)
    if grid.form:
        return _of_form(column, head, seen, names, language)
    found = next((r for n in names if (r := role_of(n))), "")
    if not (head.code and _ladder_like(seen)) and _personal(column, names, seen):
        return Role("personal", "personal")
    if found in ("time", "start", "end") or any(_TIME_WORDS.match(n) for n in names) or seen.dates > 0.8:
        return Role("time", "time")
    if found in ("uuid", "id", "meta"):
        return Role("ignored", "platform")
    if any(_words.PLATFORM.match(n) for n in names) and (
        platform > 1 or not any(n in ("status", "score", "weight", "bobot", "id") for n in names)
    ):
        return Role("ignored", "platform")
    if any(_words.RUNNING.match(n) for n in names) and (
        _numbered_on(seen, column) or seen.distinct > 0.9 * seen.n
    ):
        return Role("ignored", "running")
    if seen.n == 0:
        return Role("ignored", "empty")
    if _numbered_on(seen, column) and column.position == grid.columns[0].position:
        return Role("ignored", "running")
    if any(_words.ATTENTION.search(n) for n in names):
        return Role("ignored", "attention", "ask")
    path = column.heading.rpartition("/")[0]
    if path and _text.key(path) in parents and set(seen.numbers.values()) <= {0, 1} and not seen.words:
        return Role("background", "tick")
    if any(_words.TOTAL.match(n) for n in names) and _beyond_points(seen):
        return Role("ignored", "total")
    remarks = bool(seen.words) and not head.stem and any(_words.REMARKS.match(n) for n in names)
    if remarks and not _ladder(seen, language):
        return Role("ignored", "free_text")
    if _background(head, names):
        return Role("background", "heading")
    if seen.distinct > 0.6 * seen.n and seen.numeric < 0.5 and seen.n >= 5 and not _ladder(seen, language):
        return Role("ignored", "free_text")
    if seen.long > 0.3 and not _ladder(seen, language):
        return Role("ignored", "free_text")
    if not candidate(seen, column, language, head, set(grid.codebook.answers)):
        return Role("background", "answers")
    return None


def _of_form(column: Column, head: Head, seen: Profile, names: list[str], language: str) -> Role | None:
    """The role of a question whose form says what kind it is."""
    if column.kind in ("time", "personal"):
        return Role(column.kind, column.kind)
    if any(_words.PLATFORM.match(n) for n in names):
        return Role("ignored", "platform")
    if column.kind in ("text", "") and _personal(column, names, seen):
        return Role("personal", "personal")
    if column.kind == "text":
        return Role("ignored", "free_text")
    if column.kind in ("several", "number"):
        return Role("background", "tick" if column.kind == "several" else "answers")
    if any(_words.ATTENTION.search(n) for n in names):
        return Role("ignored", "attention", "ask")
    grid_of_words = bool(head.stem) and len(column.labels) >= 3 and column.cells[0] == head.stem
    if _background(head, names) or len(column.labels) < 2:
        return Role("background", "heading")
    if not _labelled_points(column, language) and not grid_of_words:
        return Role("background", "heading")
    return None


def _ladder_like(seen: Profile) -> bool:
    return seen.distinct <= 11


def _beyond_points(seen: Profile) -> bool:
    return bool(seen.fraction > 0 or (seen.numbers and seen.span[1] > 7))


def _ladder(seen: Profile, language: str) -> _ladders.Found | None:
    words = {word for word, _ in seen.words.values()}
    return _ladders.find(words, language) if words else None


def candidate(seen: Profile, column: Column, language: str, head: Head, book: set[str]) -> bool:
    """Whether the answers could be those of an item: few whole numbers, words of one family, or words that a
    codebook explains (``book``).
    """
    given = seen.given
    if given <= 0:
        return False
    whole = sum(seen.counts[i] for i in seen.numbers)
    if whole >= 0.95 * given:
        low, high = seen.span
        if column.labels and len(column.labels) >= 2:
            return _labelled_points(column, language)
        if head.ends:
            return head.ends.low <= low and high <= head.ends.high
        return low >= 0 and high <= 10
    if any(n is not None for _, n in seen.words.values()):
        numbered = sum(seen.counts[i] for i, (_, n) in seen.words.items() if n is not None)
        return numbered >= 0.9 * given
    words = {word for word, _ in seen.words.values()}
    return bool(words) and (_ladders.find(words, language) is not None or words <= book)


def _labelled_points(column: Column, language: str) -> bool:
    labels = {_text.key(str(v)) for v in column.labels.values()} - _ladders.NOT_A_POINT
    if _ladders.find(labels, language) or any(
        _ladders.find(labels, other) for other in ("id", "en", "es", "de")
    ):
        return True
    numbers = sorted(int(k) for k in column.labels if isinstance(k, (int, float)) and abs(k) < 50)
    if column.kind and numbers and all(_text.key(str(v)).isdigit() for v in column.labels.values()):
        return len(numbers) >= 3
    return len(numbers) >= 2 and numbers == [numbers[0], numbers[-1]] and numbers[-1] - numbers[0] >= 3


def totals(grid: Grid, roles: list[Role | None], heads: list[Head]) -> list[Role | None]:
    """Columns that are the sum or the mean of the items before them, or of one family of codes."""
    out = list(roles)
    if grid.n == 0:
        return out
    numeric = {
        i: vector(c)
        for i, c in enumerate(grid.columns)
        if roles[i] is None or (roles[i] is not None and roles[i].clue in ("answers", "total"))  # type: ignore[union-attr]
    }
    items = [i for i in numeric if roles[i] is None and not np.isnan(numeric[i]).all()]
    families: dict[str, list[int]] = {}
    for i in items:
        if heads[i].family:
            families.setdefault(heads[i].family, []).append(i)
    coded = {_text.key(heads[i].code): i for i in items if heads[i].code}
    for i, values in numeric.items():
        if np.isnan(values).mean() > 0.5:
            continue
        twin = _turned_twin(_text.key(heads[i].code), coded)
        if twin is not None and twin != i and _mirrors(values, numeric[twin]):
            out[i] = Role("ignored", "copy")
            continue
        named = any(_words.TOTAL.match(name) for name in _names(grid.columns[i], heads[i]))
        if not named and any(j != i and _same(values, numeric[j]) for j in items if out[j] is None):
            continue  # a column that is there twice is the mean of its copies
        before = [j for j in items if j < i and out[j] is None]
        blocks = [before[-k:] for k in range(2, min(len(before), 30) + 1)]
        blocks += [[j for j in family if j != i] for family in families.values() if len(family) >= 2]
        if any(_is_sum(values, [numeric[j] for j in block]) for block in blocks if len(block) >= 2):
            out[i] = Role("ignored", "total")
    return out


def _turned_twin(code: str, coded: dict[str, int]) -> int | None:
    """The item whose code is this one without a mark of reversal (Rop2, op2r, op2_rev)."""
    for rule in (r"^r_?(?P<of>.+)$", r"^(?P<of>.+?)_?(r|rev|reversed|recode|rec)$"):
        found = re.match(rule, code)
        if found and found["of"] in coded:
            return coded[found["of"]]
    return None


def _mirrors(values: np.ndarray, other: np.ndarray) -> bool:
    ok = ~np.isnan(values) & ~np.isnan(other)
    return bool(ok.sum() >= 5 and np.ptp((values + other)[ok]) < 1e-9)


def _same(values: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(values, other, equal_nan=True) and np.unique(values).size > 1)


def _is_sum(values: np.ndarray, parts: list[np.ndarray]) -> bool:
    table = np.column_stack(parts)
    ok = ~np.isnan(values) & ~np.isnan(table).any(axis=1)
    if ok.sum() < 5 or np.ptp(values[ok]) == 0:
        return False
    total = table[ok].sum(axis=1)
    mean = table[ok].mean(axis=1)
    return bool(
        (np.abs(values[ok] - total) < 1e-6).mean() >= 0.95
        or (np.abs(values[ok] - mean) < 0.0051).mean() >= 0.95
    )
