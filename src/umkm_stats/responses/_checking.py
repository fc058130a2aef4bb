"""Fourth step: every row is kept or held with its reason; answers that rules forbid are set aside; items are
scored."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of
from umkm_stats.responses import _checks, _copies, _duplicates, _rows, _text
from umkm_stats.responses._answers import open_rows
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import Collector, Entry
from umkm_stats.responses._raw import RawColumn
from umkm_stats.responses._recoding import Floats, Recoded

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked of the checks; see ``read_responses``."""

    reverse: str
    screening: str | None
    double_entry: str | None
    field_period: tuple[Any, Any] | None
    now: dt.datetime


@dataclass(frozen=True, eq=False)
class Checked:
    """items: item code → scores after reverse keying (rows,). others: other answers. reason (rows,): "" for a
    row that is kept. times: data frame of moments. found: findings of rows, rules and columns."""

    recoded: Recoded
    items: Mapping[str, Floats]
    others: Mapping[str, NDArray[Any]]
    reason: NDArray[np.object_]
    times: pd.DataFrame
    found: tuple[Entry, ...]


def check(recoded: Recoded, rules: Rules) -> Checked:
    """All rules, in the order in which they may hold a row."""
    placed = recoded.placed
    table, instrument, matched = placed.table, placed.instrument, placed.matched
    findings = Collector(table.sheet)
    ledger = _rows.Ledger(table, findings)
    _rows.layout_rows(ledger)
    _rows.test_rows(ledger, _words(recoded))
    _rows.rejected(ledger)
    _rows.unfinished(ledger)
    _eligible(recoded, ledger, rules.screening)
    live = open_rows(table)
    times = _checks.times(
        table,
        findings,
        rules.field_period,
        rules.now,
        live,
        prefer=table.dates or _first_of_date(instrument),
    )
    items = _twice(recoded, ledger, times, rules.double_entry)
    items, others = _checks.skip_logic(
        instrument, table, matched, items, recoded.others, findings, ledger.live(), recoded.na
    )
    _rows.unanswered(ledger, list(items.values()), [recoded.na[code] for code in items])
    _checks.columns(table, matched, placed.private, findings)
    _checks.not_applicable(recoded.na, recoded.letters, findings, live)
    _checks.partial_scale(instrument, table, matched, items, findings, live)
    _copies.twins(instrument, items, recoded.letters, findings, ledger.live())
    items = _scored(instrument, items, rules.reverse)
    _checks.reversed_already(instrument, items, recoded.letters, findings, ledger.live(), rules.reverse)
    return Checked(recoded, items, others, ledger.reason, times, findings.done())


def _first_of_date(instrument: Instrument) -> str:
    """Whether day or month is likely to stand first in a date such as 03/04/2026."""
    return "month" if instrument.languages[0] == "en" and "id" not in instrument.languages else "day"


def _scored(instrument: Instrument, items: Mapping[str, Floats], reverse: str) -> dict[str, Floats]:
    out = dict(items)
    for item in instrument.items:
        scale = item.response_scale
        if item.code in out and item.reverse and reverse == "score" and scale is not None:
            out[item.code] = scale.values[0] + scale.values[-1] - out[item.code]
    return out


_REMARKS = re.compile(
    r"\b(saran|komentar|catatan|keterangan|masukan|comments?|notes?|remarks?|kode|nama|name)\b"
)


def _words(recoded: Recoded) -> list[tuple[RawColumn, bool]]:
    """Columns in which a test row would say so (names, free texts, remarks), and whether they are private."""
    placed = recoded.placed
    columns = placed.table.columns
    free = {placed.matched.columns[c] for c, q in placed.questions.items() if q.kind == "text"}
    remarks = {p for p in placed.matched.rest if _REMARKS.search(_text.key(columns[p].header))}
    chosen = sorted(free | set(placed.private) | remarks)
    return [(columns[p], p in placed.private) for p in chosen if not columns[p].role]


def _eligible(recoded: Recoded, ledger: _rows.Ledger, screening: str | None) -> None:
    """Rows held for want of consent, by the screening mode, or because they are the pilot's."""
    placed = recoded.placed
    modes = {mode.code for mode in placed.instrument.screening_modes}
    if screening not in (None, "off"):
        one_of("screening", screening, (*sorted(modes), "off"))
    mode = screening or ("population" if "population" in modes else "off")
    asked = [
        (question, placed.table.columns[placed.matched.columns[code]], recoded.others[code])
        for code, question in placed.questions.items()
        if code in recoded.others
    ]
    for question, column, values in asked:
        if question.kind == "consent":
            _rows.consent(ledger, question, column, values)
    for question, column, values in asked:
        if mode != "off" and question.passes and question.kind != "consent" and values.dtype != object:
            _rows.eligibility(ledger, question, column, values, mode)
    by_position = {placed.matched.columns[code]: question for code, question in placed.questions.items()}
    for position in sorted({*placed.matched.rest, *by_position}):
        column, stage = placed.table.columns[position], by_position.get(position)
        named = column.header.strip().casefold() in ("stage", "tahap")
        if named or (stage is not None and stage.code == "STAGE"):
            _rows.pilot(ledger, column, stage)


def _twice(
    recoded: Recoded, ledger: _rows.Ledger, times: pd.DataFrame, double: str | None
) -> Mapping[str, Floats]:
    """Answers that came twice are held once; of forms typed twice the cells that differ are set aside."""
    placed, items = recoded.placed, recoded.items
    table, matched = placed.table, placed.matched
    if double is not None:
        column = next((c for c in table.columns if _named(c, double, recoded.letters)), None)
        if column is None:
            raise UmkmError("RSP118", place(placed.path, column=double), {"key": double})
        items = _rows.double_entry(ledger, column, items, recoded.letters)
    elif (form := placed.column("FORMNO")) is not None:
        _duplicates.repeated_form_numbers(ledger, form)
    answers = list(items.values())
    for role, code in (("uuid", "RSP217"), ("id", "RSP216")):
        for column in table.columns:
            if column.role == role and (double is None or double not in (column.header, column.letter)):
                trusted = role == "uuid" or table.unique_ids
                _duplicates.submission_ids(ledger, column, code, answers, trusted=trusted)
    stamp = next((times[c].to_numpy() for c in ("time", "end", "start") if c in times), None)
    rest = [table.columns[p].codes for p in matched.rest if not table.columns[p].role]
    rest += [
        table.columns[p].codes
        for c, p in matched.columns.items()
        if c not in items and c not in recoded.others
    ]
    marks = _duplicates.vector_hash([*answers, *_closed(recoded)])
    enough = _duplicates.with_enough_answers(answers, table.n)
    _copies.pasted_blocks(ledger, enough, marks, stamp)
    _duplicates.same_answers(ledger, answers, enough, marks, rest, stamp)
    return items


def _named(column: RawColumn, name: str, letters: Mapping[str, str]) -> bool:
    return name in (column.header, column.letter) or letters.get(name.strip().upper()) == column.letter


def _closed(recoded: Recoded) -> Sequence[NDArray[Any]]:
    """Answers to other closed questions, as numbers."""
    out: list[NDArray[Any]] = []
    for code, values in recoded.others.items():
        if recoded.placed.instrument.question(code).kind == "text":
            continue
        if values.dtype == object:
            column = recoded.placed.column(code)
            values = column.codes if column is not None else np.zeros(recoded.placed.table.n)
        out.append(values)
    return out
