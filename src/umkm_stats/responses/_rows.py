"""Rows that are held apart, and why: tests, consent, eligibility, pilot, duplicates, nothing answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.responses import _text
from umkm_stats.responses._findings import WITHHELD, Findings
from umkm_stats.responses._raw import RawColumn, RawTable

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
REASONS = (
    "summary_row", "note_row", "test_row", "no_consent", "not_eligible", "pilot", "duplicate", "double_entry", "no_answers",
)  # fmt: skip
MINUTES = 10
_TEST_WORDS = {
    "test", "tes", "testing", "tester", "coba", "coba coba", "coba-coba", "uji coba", "dummy", "asdf", "x" * 3, "xx", "test test", "tes tes",
    "percobaan", "contoh", "example", "qwerty", "abc", "test123", "tes123",
}  # fmt: skip
_PILOT_WORDS = {"pilot", "uji coba", "pretest", "pre-test", "pra-survei", "try out", "tryout"}


class Ledger:
    """The reason of every row, the first one that applies."""

    def __init__(self, table: RawTable, findings: Findings) -> None:
        self.table = table
        self.findings = findings
        self.reason = table.held.copy()

    def live(self) -> Bools:
        """Rows not held yet."""
        return np.asarray(self.reason == "", dtype=bool)

    def hold(self, mask: Bools, reason: str) -> None:
        """Hold the rows of ``mask`` that are not held yet."""
        self.reason[mask & self.live()] = reason


def layout_rows(ledger: Ledger) -> None:
    """Findings for sums and notes glued below the table."""
    table = ledger.table
    for reason, code in (("summary_row", "RSP225"), ("note_row", "RSP226")):
        for row in np.flatnonzero(table.held == reason):
            column = next(c for c in table.columns if c.codes[row] >= 0)
            word = column.cell(int(row))
            known = isinstance(word, str) and reason == "summary_row"
            ledger.findings.add(code, rows=int(table.rows[row]), column=column.letter, value=word if known else "")


def test_rows(ledger: Ledger, columns: Sequence[tuple[RawColumn, bool]]) -> None:
    """Rows where a free text or a name says "test". ``columns``: (column, whether it holds identifiers)."""
    for column, private in columns:
        hits = [i for i, v in enumerate(column.values) if isinstance(v, str) and len(v) < 30 and _text.key(v) in _TEST_WORDS]
        for hit in hits:
            mask = (column.codes == hit) & ledger.live()
            if mask.any():
                value = WITHHELD if private else column.values[hit]
                ledger.findings.add("RSP219", rows=ledger.table.rows[mask], column=column.letter, value=value)
                ledger.hold(mask, "test_row")


def consent(ledger: Ledger, question: Any, column: RawColumn, values: Floats) -> None:
    """Rows without consent: answered no, or left the box empty in a file where others ticked it."""
    passing = {float(v) for mode in question.passes.values() for v in mode} or {1.0}
    filled = column.codes >= 0
    if not filled.any() or not question.required:
        return
    no = ~np.isin(values, list(passing)) & ledger.live()
    if no.any():
        ledger.findings.add("RSP214", rows=ledger.table.rows[no], column=column.letter, item=question.code)
        ledger.hold(no, "no_consent")


def eligibility(ledger: Ledger, question: Any, column: RawColumn, values: Floats, mode: str) -> None:
    """Rows whose answer to a screening question is not one that passes in ``mode``."""
    if mode not in question.passes:
        return
    out = ~np.isnan(values) & ~np.isin(values, list(question.passes[mode])) & ledger.live()
    for value in np.unique(values[out]):
        rows = ledger.table.rows[out & (values == value)]
        ledger.findings.add("RSP215", rows=rows, column=column.letter, value=float(value), item=question.code, mode=mode)
    ledger.hold(out, "not_eligible")


def pilot(ledger: Ledger, column: RawColumn, question: Any | None) -> None:
    """Rows of the pilot stage: the answer says so in words, or is the choice that does."""
    chosen = set()
    if question is not None:
        chosen = {c.value for c in question.choices if any(_text.key(w) in _PILOT_WORDS or "pilot" in w.casefold() for w in c.label.values())}
    hits = []
    for position, value in enumerate(column.values):
        key = _text.key(str(value))
        if key in _PILOT_WORDS or (chosen and key.removesuffix(".0") in {str(c) for c in chosen}) or (question is not None and any(key == _text.key(w) for c in question.choices if c.value in chosen for w in c.label.values())):
            hits.append(position)
    mask = np.isin(column.codes, hits) & ledger.live()
    if mask.any():
        ledger.findings.add("RSP236", rows=ledger.table.rows[mask], column=column.letter, item=question.code if question else "")
        ledger.hold(mask, "pilot")


def duplicate_ids(ledger: Ledger, column: RawColumn, code: str) -> None:
    """Later rows that repeat a submission id or uuid."""
    live = ledger.live() & (column.codes >= 0)
    series = pd.Series(column.codes[live])
    later = np.zeros(len(live), dtype=bool)
    later[np.flatnonzero(live)[series.duplicated().to_numpy()]] = True
    if not later.any():
        return
    first = dict(zip(series.to_numpy()[::-1].tolist(), ledger.table.rows[live][::-1].tolist(), strict=True))
    for row in np.flatnonzero(later):
        ledger.findings.add(
            code, rows=int(ledger.table.rows[row]), column=column.letter, value=WITHHELD, first=first[int(column.codes[row])]
        )
    ledger.hold(later, "duplicate")


def repeated_form_numbers(ledger: Ledger, column: RawColumn) -> None:
    """A finding for every later row with a paper form's number that has occurred; nothing is held."""
    live = np.flatnonzero(ledger.live() & (column.codes >= 0))
    later = pd.Series(column.codes[live]).duplicated().to_numpy()
    for row in live[later]:
        ledger.findings.add("RSP261", rows=int(ledger.table.rows[row]), column=column.letter, value=column.cell(int(row)))


def vector_hash(columns: Sequence[NDArray[Any]]) -> NDArray[np.uint64]:
    """(n,) a 64-bit mark of every row; equal rows have equal marks."""
    mark = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for position, column in enumerate(columns):
            part = np.nan_to_num(np.asarray(column, dtype=np.float64), nan=-7.0).astype(np.int64).astype(np.uint64)
            part = (part + np.uint64(0x9E3779B97F4A7C15 + 2 * position)) * np.uint64(0xBF58476D1CE4E5B9)
            mark = (mark ^ (part >> np.uint64(29)) ^ part) * np.uint64(0x94D049BB133111EB) + np.uint64(position + 1)
    return mark


def duplicate_answers(
    ledger: Ledger, items: Sequence[Floats], others: Sequence[NDArray[Any]], times: NDArray[np.datetime64] | None
) -> None:
    """Rows whose item answers repeat an earlier row's within ten minutes.

    Answers that are all the same value count only when every other answer repeats too: two people may both
    answer 5 throughout. Without times the rows are kept and a note is written when the other answers repeat too.
    """
    if len(items) < 5:
        return
    live = ledger.live()
    answered = np.zeros(len(live), dtype=np.int32)
    low, high = np.full(len(live), np.inf), np.full(len(live), -np.inf)
    for column in items:
        answered += ~np.isnan(column)
        low, high = np.fmin(low, column), np.fmax(high, column)
    live &= answered >= 5
    mark = vector_hash(items)
    group = pd.Series(np.where(live, mark, np.uint64(0)))
    candidates = np.flatnonzero(live & group.duplicated(keep=False).to_numpy())
    if not len(candidates):
        return
    other_mark = vector_hash(others) if others else np.zeros(len(live), dtype=np.uint64)
    flat = low == high
    by_mark: dict[int, list[int]] = {}
    for row in candidates:
        by_mark.setdefault(int(mark[row]), []).append(int(row))
    held = np.zeros(len(live), dtype=bool)
    for rows in by_mark.values():
        _one_group(ledger, rows, items, other_mark, flat, times, held)
    ledger.hold(held, "duplicate")


def _one_group(
    ledger: Ledger, rows: list[int], items: Sequence[Floats], other: NDArray[np.uint64], flat: Bools,
    times: NDArray[np.datetime64] | None, held: Bools,
) -> None:
    first = rows[0]
    vectors = np.array([[column[row] for column in items] for row in rows])
    if not all(np.array_equal(vectors[0], v, equal_nan=True) for v in vectors):
        return
    timed = times is not None and not any(np.isnat(times[row]) for row in rows)
    order = sorted(rows, key=lambda row: (times[row], row)) if timed and times is not None else rows
    kept = [order[0]]
    for row in order[1:]:
        twins = [k for k in kept if not flat[row] or other[k] == other[row]]
        near = [k for k in twins if times is not None and timed and abs(times[row] - times[k]) <= np.timedelta64(MINUTES, "m")]
        if near:
            held[row] = True
            ledger.findings.add("RSP218", rows=int(ledger.table.rows[row]), first=int(ledger.table.rows[near[0]]), minutes=MINUTES)
            continue
        same = [k for k in twins if other[k] == other[row]]
        if not timed and same and not flat[row]:
            ledger.findings.add("RSP247", rows=int(ledger.table.rows[row]), first=int(ledger.table.rows[min(first, same[0])]))
        kept.append(row)


def double_entry(
    ledger: Ledger, column: RawColumn, items: dict[str, Floats], letters: dict[str, str]
) -> None:
    """Forms typed twice (same form number): cells that differ are set aside and the second row is held."""
    live = ledger.live() & (column.codes >= 0)
    first: dict[int, int] = {}
    second = np.zeros(len(live), dtype=bool)
    for row in np.flatnonzero(live):
        mark = int(column.codes[row])
        if mark not in first:
            first[mark] = int(row)
            continue
        second[row] = True
        one = first[mark]
        for item, values in items.items():
            a, b = values[one], values[row]
            if a != b and not (np.isnan(a) and np.isnan(b)):
                ledger.findings.add(
                    "RSP242", rows=int(ledger.table.rows[one]), column=letters[item], item=item, value=f"{a:g} / {b:g}",
                    other=int(ledger.table.rows[row]),
                )
                values[one] = np.nan
    ledger.hold(second, "double_entry")


def unanswered(ledger: Ledger, items: Sequence[Floats], na: Sequence[Bools]) -> None:
    """Rows without a single usable item answer."""
    none = ledger.live()
    for column, fits in zip(items, na, strict=True):
        none &= np.isnan(column) & ~fits
    if none.any():
        ledger.findings.add("RSP237", rows=ledger.table.rows[none])
        ledger.hold(none, "no_answers")
