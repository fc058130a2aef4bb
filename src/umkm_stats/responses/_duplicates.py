"""Answers that came twice: the same submission number, or the same answers within minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.responses._findings import WITHHELD
from umkm_stats.responses._raw import RawColumn
from umkm_stats.responses._rows import Ledger

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
MINUTES = 10
FEWEST = 5  # items; fewer are too easily alike


def submission_ids(
    ledger: Ledger, column: RawColumn, code: str, items: Sequence[Floats], *, trusted: bool
) -> None:
    """Later rows that repeat a submission id or uuid.

    An id that a platform gave (``trusted``) is never used twice for two people. In other sources the later
    row is held only when its item answers repeat too; otherwise the repeated id is reported and both rows
    stay.
    """
    live = np.flatnonzero(ledger.live() & (column.codes >= 0))
    codes = pd.Series(column.codes[live])
    later = codes.duplicated().to_numpy()
    if not later.any():
        return
    first: dict[int, int] = {}
    for row, mark in zip(live.tolist(), codes.tolist(), strict=True):
        first.setdefault(mark, row)
    held = np.zeros(ledger.table.n, dtype=bool)
    for row, mark in zip(live[later].tolist(), codes[later].tolist(), strict=True):
        one = first[mark]
        same = all(
            values[row] == values[one] or (np.isnan(values[row]) and np.isnan(values[one]))
            for values in items
        )
        held[row] = trusted or same
        ledger.findings.add(
            code if held[row] else "RSP262",
            rows=int(ledger.table.rows[row]),
            column=column.letter,
            value=WITHHELD,
            first=int(ledger.table.rows[one]),
        )
    ledger.hold(held, "duplicate")


def repeated_form_numbers(ledger: Ledger, column: RawColumn) -> None:
    """A finding for every later row with a paper form's number that has occurred; nothing is held."""
    live = np.flatnonzero(ledger.live() & (column.codes >= 0))
    later = pd.Series(column.codes[live]).duplicated().to_numpy()
    for row in live[later].tolist():
        ledger.findings.add(
            "RSP261", rows=int(ledger.table.rows[row]), column=column.letter, value=column.cell(int(row))
        )


def vector_hash(columns: Sequence[NDArray[Any]]) -> NDArray[np.uint64]:
    """(n,) a 64-bit mark of every row; equal rows have equal marks."""
    mark = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for position, column in enumerate(columns):
            part = (
                np.nan_to_num(np.asarray(column, dtype=np.float64), nan=-7.0)
                .astype(np.int64)
                .astype(np.uint64)
            )
            part = (part + np.uint64(0x9E3779B97F4A7C15 + 2 * position)) * np.uint64(0xBF58476D1CE4E5B9)
            mark = (mark ^ (part >> np.uint64(29)) ^ part) * np.uint64(0x94D049BB133111EB) + np.uint64(
                position + 1
            )
    return mark


def with_enough_answers(items: Sequence[Floats], n: int) -> Bools:
    """(n,) rows with at least five items answered; nobody when the file has fewer items."""
    answered = np.zeros(n, dtype=np.int32)
    for column in items if len(items) >= FEWEST else ():
        answered += ~np.isnan(column)
    return answered >= FEWEST


def same_answers(
    ledger: Ledger,
    items: Sequence[Floats],
    enough: Bools,
    marks: NDArray[np.uint64],
    others: Sequence[NDArray[Any]],
    times: NDArray[np.datetime64] | None,
) -> None:
    """Rows whose item answers and other closed answers repeat an earlier row's within ten minutes.

    ``enough``: rows with at least five items answered. ``marks``: hashes of the answers to items and other
    closed questions. ``others``: everything else, which must repeat too when a respondent gave one answer
    throughout (two people may both answer 5 everywhere). Without times, or where they are further apart, the
    rows are kept, and a note is written when everything repeats.
    """
    live = ledger.live()
    n = len(live)
    where = np.flatnonzero(live & enough)
    twins = where[pd.Series(marks[where]).duplicated(keep=False).to_numpy()]
    if not len(twins):
        return
    whole = vector_hash(others) if others else np.zeros(n, dtype=np.uint64)
    held = np.zeros(n, dtype=bool)
    for _, group in pd.Series(twins).groupby(marks[twins], sort=False):
        rows = group.to_numpy()
        vectors = np.array([column[rows] for column in items])
        if ((vectors == vectors[:, :1]) | (np.isnan(vectors) & np.isnan(vectors[:, :1]))).all():
            one = vectors[:, 0]
            flat = bool(np.nanmin(one) == np.nanmax(one))
            _one_group(ledger, rows, flat, whole, times, held)
    ledger.hold(held, "duplicate")


def _one_group(
    ledger: Ledger,
    rows: NDArray[Any],
    flat: bool,
    whole: NDArray[np.uint64],
    times: NDArray[np.datetime64] | None,
    held: Bools,
) -> None:
    numbers = ledger.table.rows
    if times is None or np.isnat(times[rows]).any():
        _told(ledger, rows, flat, whole, held)
        return
    window = np.timedelta64(MINUTES, "m")
    recent: dict[int, int] = {}
    for row in rows[np.argsort(times[rows], kind="stable")].tolist():
        mark = int(whole[row]) if flat else 0
        if mark in recent and times[row] - times[recent[mark]] <= window:
            held[row] = True
            ledger.findings.add(
                "RSP218", rows=int(numbers[row]), first=int(numbers[recent[mark]]), minutes=MINUTES
            )
        else:
            recent[mark] = row
    if whole[rows].any():  # with times, only what more than the answers says that it is one person
        _told(ledger, rows, flat, whole, held)


def _told(ledger: Ledger, rows: NDArray[Any], flat: bool, whole: NDArray[np.uint64], held: Bools) -> None:
    """A note for every row left that repeats an earlier one in everything but the time."""
    numbers = ledger.table.rows
    first: dict[int, int] = {}
    for row in rows[~held[rows]].tolist():
        mark = int(whole[row])
        if mark in first and not flat:
            ledger.findings.add("RSP247", rows=int(numbers[row]), first=int(numbers[first[mark]]))
        first.setdefault(mark, row)
