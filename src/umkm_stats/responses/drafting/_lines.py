"""What each question of the instrument file says: text, aliases, choices, remarks."""

from __future__ import annotations

from collections import Counter

from umkm_stats import messages
from umkm_stats.responses import _text
from umkm_stats.responses._privacy import identifier_in
from umkm_stats.responses._recode import EMPTY_TOKENS
from umkm_stats.responses.drafting import _ladders, _yaml
from umkm_stats.responses.drafting._answers import Profile
from umkm_stats.responses.drafting._grid import Column, Grid
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._heads import Head, heading_name
from umkm_stats.responses.drafting._looking import Looked
from umkm_stats.responses.drafting._names import Codes, short_of
from umkm_stats.responses.drafting._ranked import ranked
from umkm_stats.responses.drafting._scales import Scale
from umkm_stats.responses.drafting._several import Several


def item_text(head: Head, column: Column, code: str) -> str:
    """What the item asks, as far as the file says it: its text, its stem and number, or its heading (its code
    below a name that is the variable's)."""
    if head.text:
        return head.text
    if head.stem and not head.code:
        return _text.tidy(f"{head.stem} {head.number or ''}").strip()
    return column.heading or code


def aliases_of(grid: Grid, at: int) -> tuple[str, ...]:
    """What the reader finds the column by: its heading, or its letter where another has the same heading."""
    column = grid.columns[at]
    name = heading_name(column)
    if grid.form:
        return tuple(dict.fromkeys((name, column.cells[-1])))
    known = Counter(_text.key(heading_name(c)) for c in grid.columns)
    if not name or known[_text.key(name)] > 1 or len(name) > 4000:
        return (f"[{column.letter}]",)
    return (name,)


def construct_remark(group: Group, code: str, said: str) -> str:
    sure = messages.text(f"draft.sure.{group.certainty}", said)
    clue = messages.text(f"draft.clue.{group.clue}", said)
    remark = messages.text("draft.yaml.construct", said, clue=clue, certainty=sure)
    if not group.label:
        remark = f"? {messages.text('draft.yaml.unnamed', said)} · {remark}"
    return remark


def item_remark(column: Column, mark: str, scale: Scale, said: str) -> str:
    where = messages.text("draft.yaml.column", said, column=column.letter)
    if scale.turned:
        return f"{where} · ? {messages.text('draft.yaml.turned', said)}"
    if mark:
        return f"{where} · ? {messages.text(f'draft.yaml.reverse_{mark}', said)}"
    return where


def background_of(looked: Looked, codes: Codes, said: str) -> list[tuple[int, _yaml.BackgroundLine]]:
    out = []
    for i, role in enumerate(looked.roles):
        if role is None or role.name != "background":
            continue
        column, head, seen = looked.grid.columns[i], looked.heads[i], looked.profiles[i]
        asked = looked.several.get(i)
        if asked is not None:
            if i == asked.columns[0]:
                line = _ticked(looked, asked, codes, said)
                out += [(k, line) for k in asked.columns]
            continue
        text = head.text or head.code or column.heading or column.letter
        code = codes.take(head.code if head.code.isalnum() else "", short_of(text), f"P{i + 1}")
        kind, choices = _closed(column, seen)
        synonyms: dict[int, str] = {}
        if _text.key(text) in _SEX:
            text, choices, synonyms = _spelled(text, choices)
        remark = messages.text("draft.yaml.column", said, column=column.letter)
        aliases = aliases_of(looked.grid, i)
        line = _yaml.BackgroundLine(code, kind, text[:400], aliases, choices, remark, synonyms=synonyms)
        out.append((i, line))
    return out


_SEX = ("jk", "l/p", "jenis kelamin", "gender", "sex", "kelamin")
_SEXES = {"l": "Laki-laki", "p": "Perempuan"}


def _spelled(text: str, choices: dict[int, str]) -> tuple[str, dict[int, str], dict[int, str]]:
    """ "JK" with the answers L and P in full, as a table shows them; the letters stay as spellings."""
    short = {_text.key(word) for word in choices.values()} == set(_SEXES)
    if _text.key(text) in ("jk", "l/p"):
        text = "Jenis Kelamin"
    if not short:
        return text, choices, {}
    return text, {k: _SEXES[_text.key(word)] for k, word in choices.items()}, dict(choices)


def _ticked(looked: Looked, asked: Several, codes: Codes, said: str) -> _yaml.BackgroundLine:
    """A question with several answers: every choice with its own words as a spelling too, so that the words
    shown can be changed."""
    first = asked.columns[0]
    column, head = looked.grid.columns[first], looked.heads[first]
    own = not asked.name or heading_name(column) == asked.name  # the question has a column of its own
    text = (head.text or head.code or column.heading or column.letter) if own else asked.name
    wished = (head.code if own else asked.name) if (head.code if own else asked.name).isalnum() else ""
    code = codes.take(wished if len(wished) <= 20 else "", short_of(text), f"P{first + 1}")
    aliases = aliases_of(looked.grid, first) if own else (asked.name,)
    choices = dict(enumerate(asked.choices, 1))
    spelled = asked.spellings or asked.choices
    synonyms = {k: spelled[k - 1] for k in choices if spelled[k - 1]}
    other = None
    if asked.other:
        known = messages.text("draft.other", looked.language if looked.language == "id" else "en")
        named = (k for k, word in choices.items() if _text.key(word) == _text.key(known))
        other = next(named, len(choices) + 1)
        choices.setdefault(other, known)
    letters = [looked.grid.columns[k].letter for k in asked.columns]
    where = letters[0] if len(letters) == 1 else f"{letters[0]} … {letters[-1]}"
    remark = messages.text("draft.yaml.column", said, column=where)
    remark += f" · ? {messages.text('draft.yaml.several', said)}"
    return _yaml.BackgroundLine(
        code, "multiple", text[:400], aliases, choices, remark, synonyms=synonyms, other=other
    )


def _closed(column: Column, seen: Profile) -> tuple[str, dict[int, str]]:
    """("choice", value → label), ("number", {}) or ("text", {}) for a background column.

    Answers stand in the file only when there are at most twelve and each was given twice or more.
    """
    if column.kind in ("number", "several"):
        return ("number" if column.kind == "number" else "text"), {}
    if column.labels and all(isinstance(k, (int, float)) and float(k).is_integer() for k in column.labels):
        labels = {int(k): _text.tidy(str(v)) for k, v in column.labels.items()}
        labels = {k: v for k, v in labels.items() if _text.key(v) not in _ladders.NOT_A_POINT}
        if 2 <= len(labels) <= 30 and len({_text.key(v) for v in labels.values()}) == len(labels):
            return "choice", dict(sorted(labels.items()))
    if seen.numeric >= 0.9:
        return "number", {}
    answers: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for i, value in enumerate(column.values):
        if seen.counts[i] and str(value).strip().casefold() not in EMPTY_TOKENS:
            word = _text.key(str(value))
            answers[word] += seen.counts[i]
            shown.setdefault(word, _text.tidy(str(value)))
    if 2 <= len(answers) <= 12 and min(answers.values()) >= 2 and seen.numeric == 0:
        return "choice", dict(enumerate(ranked(shown[word] for word in answers), 1))
    return "text", {}


def unused_of(looked: Looked, said: str) -> list[str]:
    lines = [messages.text("draft.yaml.unused", said)]
    for column, role in zip(looked.grid.columns, looked.roles, strict=True):
        if role is not None and role.name in ("ignored", "personal", "time"):
            heading = column.heading if plain_heading(column.heading) else "***"
            what = messages.text(f"draft.clue.{role.clue}", said)
            lines.append(f"  {column.letter}: {heading[:60]} · {what}")
    return lines if len(lines) > 1 else []


def plain_heading(heading: str) -> bool:
    return identifier_in(heading) is None


def safe(name: str) -> str:
    """A file name as it may be printed: an identifier in it is withheld."""
    return "***" if identifier_in(name) else name


def roles_by_name(groups: list[Group], codes: list[str]) -> dict[str, list[str]]:
    """x, m and y as the codes X…, M or Z…, Y… suggest them; only a remark in the file."""
    out: dict[str, list[str]] = {"x": [], "m": [], "y": []}
    for group, code in zip(groups, codes, strict=True):
        letter = (group.family or code)[:1].upper()
        part = {"X": "x", "M": "m", "Z": "m", "Y": "y"}.get(letter)
        if part and len(group.family or code) <= 2:
            out[part].append(code)
    return out
