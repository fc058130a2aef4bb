"""Rows that are held apart, and why: tests, consent, eligibility, pilot, duplicates, nothing answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import messages
from umkm_stats.responses import _text
from umkm_stats.responses._findings import WITHHELD, Collector
from umkm_stats.responses._raw import RawColumn, RawTable

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
REASONS = (
    "summary_row",
    "note_row",
    "heading_row",
    "preview",
    "unfinished",
    "test_row",
    "rejected",
    "no_consent",
    "not_eligible",
    "pilot",
    "duplicate",
    "double_entry",
    "no_answers",
)
_TEST_WORDS = {
    "test",
    "tes",
    "testing",
    "tester",
    "coba",
    "coba coba",
    "coba-coba",
    "uji coba",
    "dummy",
    "asdf",
    "x" * 3,
    "xx",
    "test test",
    "tes tes",
    "percobaan",
    "contoh",
    "example",
    "qwerty",
    "abc",
    "test123",
    "tes123",
}
_PILOT_WORDS = {"pilot", "uji coba", "pretest", "pre-test", "pra-survei", "try out", "tryout"}


class Ledger:
    """The reason of every row, the first one that applies."""

    def __init__(self, table: RawTable, findings: Collector) -> None:
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
    """Findings for rows that the reader held: sums and notes glued below the table, headings pasted again,
    previews of the form and responses that were not finished."""
    table = ledger.table
    if ledger.live().all():
        return
    for reason, code in (("summary_row", "RSP225"), ("note_row", "RSP226")):
        for row in np.flatnonzero(table.held == reason):
            column = next(c for c in table.columns if c.codes[row] >= 0)
            word = column.cell(int(row))
            known = isinstance(word, str) and reason == "summary_row"
            ledger.findings.add(
                code, rows=int(table.rows[row]), column=column.letter, value=word if known else ""
            )
    for reason, code in (("heading_row", "RSP279"), ("preview", "RSP280"), ("unfinished", "RSP281")):
        rows = table.rows[table.held == reason]
        if len(rows):
            ledger.findings.add(code, rows=rows, count=len(rows))


def test_rows(ledger: Ledger, columns: Sequence[tuple[RawColumn, bool]]) -> None:
    """Rows where a free text or a name says "test". ``columns``: (column, whether it holds identifiers)."""
    for column, private in columns:
        hits = [
            i
            for i, v in enumerate(column.values)
            if isinstance(v, str) and len(v) < 30 and _text.key(v) in _TEST_WORDS
        ]
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
        ledger.findings.add(
            "RSP215", rows=rows, column=column.letter, value=float(value), item=question.code, mode=mode
        )
    ledger.hold(out, "not_eligible")


def pilot(ledger: Ledger, column: RawColumn, question: Any | None) -> None:
    """Rows of the pilot stage: the answer says so in words, or is the choice that does."""
    choices = [c for c in question.choices if _says_pilot(c.label.values())] if question is not None else []
    meant = {str(c.value) for c in choices} | {_text.key(w) for c in choices for w in c.label.values()}
    keys = [_text.key(str(value)) for value in column.values]
    hits = [
        position
        for position, key in enumerate(keys)
        if key in _PILOT_WORDS or key in meant or key.removesuffix(".0") in meant
    ]
    mask = np.isin(column.codes, hits) & ledger.live()
    if mask.any():
        ledger.findings.add(
            "RSP236",
            rows=ledger.table.rows[mask],
            column=column.letter,
            item=question.code if question else "",
        )
        ledger.hold(mask, "pilot")


def _says_pilot(words: Iterable[str]) -> bool:
    return any(_text.key(word) in _PILOT_WORDS or "pilot" in word.casefold() for word in words)


def double_entry(
    ledger: Ledger, column: RawColumn, items: Mapping[str, Floats], letters: Mapping[str, str]
) -> dict[str, Floats]:
    """The items after comparing forms typed twice (same form number): cells that differ are set aside and the
    second row is held."""
    out = {item: values.copy() for item, values in items.items()}
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
        for item, values in out.items():
            a, b = values[one], values[row]
            if a != b and not (np.isnan(a) and np.isnan(b)):
                ledger.findings.add(
                    "RSP242",
                    rows=int(ledger.table.rows[one]),
                    column=letters[item],
                    item=item,
                    value=messages.Figures(f"{a:g} / {b:g}"),
                    other=int(ledger.table.rows[row]),
                )
                values[one] = np.nan
    ledger.hold(second, "double_entry")
    return out


def unanswered(ledger: Ledger, items: Sequence[Floats], na: Sequence[Bools]) -> None:
    """Rows without a single usable item answer."""
    none = ledger.live()
    for column, fits in zip(items, na, strict=True):
        none &= np.isnan(column) & ~fits
    if none.any():
        ledger.findings.add("RSP237", rows=ledger.table.rows[none])
        ledger.hold(none, "no_answers")


def rejected(ledger: Ledger) -> None:
    """Rows that the researcher set aside in KoboToolbox ("Not approved") or ODK Central ("rejected")."""
    for column in ledger.table.columns:
        name = _text.key(column.header).replace("/", "_").strip("_")
        if name.startswith(("validation_status", "reviewstate", "review state", "system_reviewstate")):
            marks = [
                i
                for i, v in enumerate(column.values)
                if isinstance(v, str) and _text.key(v).endswith(("not approved", "not_approved", "rejected"))
            ]
            mask = np.isin(column.codes, marks) & ledger.live()
            if mask.any():
                ledger.findings.add("RSP264", rows=ledger.table.rows[mask], column=column.letter)
                ledger.hold(mask, "rejected")


def unfinished(ledger: Ledger) -> None:
    """A note for rows that LimeSurvey or REDCap marks as not submitted; they stay, as far as they are
    answered."""
    for column in ledger.table.columns:
        name = _text.key(column.header)
        mask = np.zeros(ledger.table.n, dtype=bool)
        if {name, *name.split(". ", 1)} & {"submitdate", "date submitted", "datum abgeschickt"}:
            if (column.codes >= 0).any():
                mask = ledger.live() & (column.codes < 0)
        elif column.role == "meta" and (name.endswith("_complete") or name == "complete"):
            states = [i for i, v in enumerate(column.values) if _text.key(str(v)) in ("0", "incomplete")]
            mask = ledger.live() & np.isin(column.codes, states)
        if mask.any():
            ledger.findings.add("RSP263", rows=ledger.table.rows[mask], column=column.letter)
