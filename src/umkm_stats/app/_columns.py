"""Columns as the page shows them: what each is now, what was guessed and by which clue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from umkm_stats import messages
from umkm_stats.app import _instrument, _yaml
from umkm_stats.app._folder import COLUMNS, DRAFT, Folder
from umkm_stats.responses.drafting._several import MARKS

OTHER = ("profile", "time", "personal", "ignore")
ROLE_OF = {"background": "profile", "time": "time", "personal": "personal", "ignored": "ignore"}
SHOWN = 5
DOUBTED = ("RSP321", "RSP322", "RSP324", "RSP325")  # questions that name the columns they are about
ORDERING = ("RSP310", "RSP319")  # questions whose answer changes the direction of a scale


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file. target: a variable's code, or one of OTHER. several: "many" when its cells hold
    several answers of a question, "one" when they could, "" when there is nothing to say."""

    letter: str
    heading: str
    answers: tuple[tuple[str, int], ...]
    more: bool
    personal: bool
    numeric: bool
    target: str
    code: str
    reverse: bool
    scale: str
    guess: str
    clue: str
    certainty: str
    hint: bool
    several: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A construct of the instrument, or one that has no item yet."""

    code: str
    label: str
    role: str
    items: int
    unnamed: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """A response scale: points in order, the columns it touches; ``moves``: whether its words can change
    places (False: the file's own numbers say the order). asked: nobody but the user can say its order;
    settled: the user did."""

    name: str
    points: tuple[tuple[int, str], ...]
    columns: tuple[str, ...]
    moves: bool
    worded: bool
    reversed: bool
    asked: bool = False
    settled: bool = False


@dataclass(frozen=True)
class View:
    """Everything of page 2."""

    columns: tuple[Column, ...]
    variables: tuple[Variable, ...]
    scales: tuple[Scale, ...]
    questions: tuple[tuple[int, str, dict[str, Any], bool], ...]
    refused: tuple[str, dict[str, Any]] | None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> list[int]:
        """Numbers of the questions that wait for an answer."""
        return [number for number, _, _, answered in self.questions if not answered]


def record_of(folder: Folder) -> dict[str, Any]:
    """What was seen in the file."""
    return folder.read_own(COLUMNS)


def view(folder: Folder, document: Mapping[str, Any], lang: str) -> View:
    """The page's content from the record of the file and the instrument as it stands."""
    record = record_of(folder)
    state = folder.state
    columns = record.get("columns") or []
    guesses = record.get("guesses") or {}
    at = _instrument.placed(document, columns)
    questions = _instrument.entries(document, "questions")
    default = str(document.get("default_scale") or "")
    answered = {str(name) for name in state.get("answered") or []}
    settled = {
        code for number, (code, _) in enumerate(record.get("questions") or [], 1) if str(number) in answered
    }
    confirmed = {
        str(letter)
        for number, (code, params) in enumerate(record.get("questions") or [], 1)
        if str(number) in answered and code in DOUBTED
        for letter in params.get("columns") or []
    }
    seen = tuple(
        _column(
            column,
            questions[at[column["letter"]]] if column["letter"] in at else None,
            guesses.get(column["letter"]) or {},
            state.get("targets") or {},
            default,
            settled,
            str(column["letter"]) in confirmed,
            list(at.values()).count(at.get(column["letter"], -1)) > 1,
        )
        for column in columns
    )
    named = {
        str((guesses.get(column.letter) or {}).get("code")): column.code or column.letter
        for column in seen
        if guesses.get(column.letter)
    }
    asked = tuple(
        (number, code, _renamed(params, named), str(number) in answered)
        for number, (code, params) in enumerate(record.get("questions") or [], 1)
        if code not in ("RSP305", "RSP317")  # names and roles are asked where they are written
    )
    refused = record.get("refused")
    return View(
        seen,
        _variables(document, state, seen, lang),
        _scales(document, seen, lang, state),
        asked,
        (refused[0], refused[1]) if refused else None,
    )


def _column(
    column: Mapping[str, Any],
    question: Mapping[str, Any] | None,
    guess: Mapping[str, Any],
    targets: Mapping[str, Any],
    default: str,
    settled: set[str],
    confirmed: bool,
    boxed: bool,
) -> Column:
    letter = str(column["letter"])
    if question is not None and question.get("construct"):
        target = str(question["construct"])
    elif question is not None:
        target = "personal" if question.get("personal") else "profile"
    else:
        told = targets.get(letter) or ROLE_OF.get(str(guess.get("role")), "ignore")
        target = told if told in ("time", "personal") else "ignore"
    known = ("RSP304" if guess.get("role") == "item" else "RSP315") in settled
    guessed = str(guess.get("construct") or ROLE_OF.get(str(guess.get("role")), ""))
    return Column(
        letter,
        str(column["name"]),
        tuple((str(word), int(count)) for word, count in (column.get("answers") or [])[:SHOWN]),
        len(column.get("answers") or []) > SHOWN,
        bool(column.get("personal")),
        bool(column.get("numeric")),
        target,
        str(question.get("code", "")) if question is not None else "",
        bool(question.get("reverse")) if question is not None else False,
        str(question.get("scale") or default) if question is not None and question.get("construct") else "",
        guessed if guessed == target else "",
        str(guess.get("clue") or ""),
        "sure" if letter in targets or known or confirmed else str(guess.get("certainty") or ""),
        guess.get("reverse") == "suspect",
        "" if boxed or target != "profile" or question is None else _several(column, question),
    )


def _several(column: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    if question.get("kind") == "multiple":
        return "many"
    words = [str(word) for word, _ in column.get("answers") or []]
    return "one" if any(mark in word for word in words for mark in MARKS) else ""


def _variables(
    document: Mapping[str, Any], state: Mapping[str, Any], columns: tuple[Column, ...], lang: str
) -> tuple[Variable, ...]:
    count: dict[str, int] = {}
    for column in columns:
        count[column.target] = count.get(column.target, 0) + 1
    found = [
        Variable(
            str(entry.get("code", "")),
            _instrument.label_of(entry, lang),
            str(entry.get("role") or "other"),
            count.get(str(entry.get("code", "")), 0),
            _unnamed(entry),
        )
        for entry in _instrument.entries(document, "constructs")
        if isinstance(entry, Mapping)
    ]
    codes = {variable.code for variable in found}
    waiting = [
        Variable(str(entry["code"]), str(entry["label"]), str(entry.get("role") or "other"), 0, False)
        for entry in state.get("waiting") or []
        if entry["code"] not in codes
    ]
    return (*found, *waiting)


def _unnamed(entry: Mapping[str, Any]) -> bool:
    """Whether a variable still bears its code, or a number that nobody chose, for a name."""
    texts = entry.get("label")
    said = {str(text) for text in (texts.values() if isinstance(texts, Mapping) else [texts])}
    numbers = {number for text in said for number in re.findall(r"\d+$", text)}
    made = {messages.text("draft.variable", lang, number=n) for lang in messages.languages() for n in numbers}
    return bool(said & {str(entry.get("code")), *made})


def _renamed(params: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Codes of items in a question of the draft as they are called now; an item no more: its column."""
    return {
        key: [named.get(str(one), one) for one in value] if key == "items" else value
        for key, value in params.items()
    }


def _scales(
    document: Mapping[str, Any], columns: tuple[Column, ...], lang: str, state: Mapping[str, Any]
) -> tuple[Scale, ...]:
    out = []
    made, answered = state.get("made") or [], state.get("answered") or []
    found = document.get("response_scales")
    for name, scale in found.items() if isinstance(found, Mapping) else ():
        users = [column for column in columns if column.scale == name]
        if not users or not isinstance(scale, Mapping):
            continue
        labels = scale.get("labels") or {}
        told = labels if isinstance(labels, Mapping) else {}
        words: Mapping[Any, Any] = told.get(lang) or next(iter(told.values()), {})
        points = tuple((int(v), str(words.get(v, words.get(str(v), "")))) for v in scale.get("values") or [])
        numeric = all(c.numeric or any(" = " in word for word, _ in c.answers) for c in users)
        out.append(
            Scale(
                str(name),
                points,
                tuple(column.letter for column in users),
                bool(words) and not numeric,
                bool(words),
                all(column.reverse for column in users),
                str(name) in made,
                f"scale:{name}" in answered,
            )
        )
    return tuple(out)


def drafted(folder: Folder) -> Any:
    """The draft as it was made from the file, for columns that come back to their guess."""
    return _yaml.load(folder.own(DRAFT))
