"""Third step: every cell is a number, a text, empty, or set aside with a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.responses import _answers, _text, _ticks
from umkm_stats.responses._findings import Collector, Entry
from umkm_stats.responses._matching import Placed
from umkm_stats.responses._raw import RawColumn
from umkm_stats.responses._recode import AnswerBook

if TYPE_CHECKING:
    from umkm_stats.instrument._questions import Question

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, eq=False)
class Recoded:
    """Answers as given, not yet reversed, all arrays (rows,).

    items: item code → scores, NaN where missing. na: item code → "does not apply". hidden: item code → not
    shown. others: code of another question → its answers. letters: code → spreadsheet column. found: findings
    of the cells set aside.
    """

    placed: Placed
    items: Mapping[str, Floats]
    na: Mapping[str, Bools]
    hidden: Mapping[str, Bools]
    others: Mapping[str, NDArray[Any]]
    letters: Mapping[str, str]
    found: tuple[Entry, ...]


class _Books:
    """One book of answers for all questions on the same scale."""

    def __init__(self, answers: Words, not_shown: tuple[str, ...]) -> None:
        self.answers, self.not_shown = answers, not_shown
        self.made: dict[Any, AnswerBook] = {}

    def of(self, question: Question) -> AnswerBook:
        extra = {**self.answers.get("*", {}), **self.answers.get(question.code, {})}
        mark: Any = question.code
        if question.scale and question.anchors is None:
            mark = (question.scale, question.na_code, tuple(sorted(extra.items())))
        if mark not in self.made:
            self.made[mark] = AnswerBook(question, extra, self.not_shown)
        return self.made[mark]


def recode(placed: Placed, answers: Words, year: int) -> Recoded:
    """Read every matched column. ``answers``: words the user has explained; ``year``: the latest possible."""
    table, matched = placed.table, placed.matched
    findings, books = Collector(table.sheet), _Books(answers, table.not_shown)
    live = _answers.open_rows(table)
    items: dict[str, Floats] = {}
    na: dict[str, Bools] = {}
    hidden: dict[str, Bools] = {}
    others: dict[str, NDArray[Any]] = {}
    letters: dict[str, str] = {}
    for question in placed.instrument.questions:
        code = question.code
        column = placed.column(code)
        boxes = {v: table.columns[p] for (c, v), p in matched.options.items() if c == code}
        if column is not None:
            letters[code] = column.letter
        if matched.columns.get(code) in placed.private:
            continue
        if question.is_item and column is not None:
            items[code], na[code], hidden[code], tokens = _answers.read_scale(
                column, books.of(question), table, findings, code, live
            )
            _note_tokens(findings, code, column, tokens)
        elif column is not None or boxes:
            read = _other(placed, question, column, boxes, year, books, findings, live)
            if read is not None:
                others[code] = read
    return Recoded(placed, items, na, hidden, others, letters, findings.done())


def _note_tokens(findings: Collector, code: str, column: RawColumn, tokens: set[str]) -> None:
    if tokens:
        findings.add("RSP240", column=column.letter, item=code, value=", ".join(sorted(tokens)[:5]))


def _other(
    placed: Placed,
    question: Question,
    column: RawColumn | None,
    boxes: dict[int, RawColumn],
    year: int,
    books: _Books,
    findings: Collector,
    live: Bools,
) -> NDArray[Any] | None:
    """Answers to a question that is no item; None when it has no column of its own."""
    table, code = placed.table, question.code
    if question.kind == "multiple":
        if boxes:
            return _ticks.read_boxes(question, boxes, table, findings, live)
        return _ticks.read_joined(question, column, table, findings, live) if column is not None else None
    if column is None:
        return None
    if question.kind == "number":
        return _answers.read_number(column, question, table, findings, live, year)
    if question.kind == "text":
        return _answers.read_text(column, table, findings, code, live)
    if question.kind == "consent" and not question.choices:
        return np.array([_consented(v) for v in (*column.values, None)])[column.codes]
    other = next((float(c.value) for c in question.choices if c.other), None)
    values, _, _, tokens = _answers.read_scale(
        column, books.of(question), table, findings, code, live, other=other, choice=True
    )
    _note_tokens(findings, code, column, tokens)
    return values


_CONSENTS = {"ya", "yes", "setuju", "bersedia", "saya", "agree", "i", "iya", "ja"}


def _consented(value: Any) -> float:
    if value is None:
        return float("nan")
    key = _text.key(str(value)).removesuffix(".0")
    return float(key in {"1", "v", "x", "✓", "true", "y"} or key.split(" ")[0].strip(",") in _CONSENTS)
