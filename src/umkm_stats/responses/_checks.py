"""Checks over whole columns: times, skip logic, missing and unknown columns, direction of answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.responses import _text, _times
from umkm_stats.responses._answers import number_of
from umkm_stats.responses._findings import WITHHELD, Collector, Findings
from umkm_stats.responses._headers import Matched
from umkm_stats.responses._headings import header_kind
from umkm_stats.responses._privacy import identifier_in
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

Bools = NDArray[np.bool_]
MANY = 50_000
_SECONDS = {
    "interview time",
    "interviewtime",
    "total time",
    "duration (in seconds)",
    "duration",
    "gesamtzeit",
    "seconds",
    "detik",
    "durasi",
}


def times(
    table: RawTable,
    findings: Collector,
    period: tuple[Any, Any] | None,
    now: dt.datetime,
    live: Bools,
    *,
    prefer: str,
) -> pd.DataFrame:
    """Start, end and submission times (the first column of each role) and seconds; faults are set aside."""
    out: dict[str, Any] = {}
    limit = np.datetime64(now.replace(tzinfo=None) + dt.timedelta(days=1), "s")
    for column in table.columns:
        if column.role in ("time", "start", "end") and column.role not in out:
            read = _times.parse(column, prefer=prefer)
            stamps = read.times.copy()
            _add_by_value(findings, "RSP222", table, column, read.unreadable & live)
            if read.mixed:
                findings.add("RSP223", column=column.letter)
            future = stamps > limit
            _add_by_value(findings, "RSP220", table, column, future & live)
            stamps[future] = np.datetime64("NaT", "s")
            if period is not None:
                first, last = (np.datetime64(str(edge)[:10], "D") for edge in period)
                outside = (stamps < first) | (stamps >= last + np.timedelta64(1, "D"))
                _add_by_value(
                    findings, "RSP221", table, column, outside & live, first=str(first), last=str(last)
                )
                stamps[outside] = np.datetime64("NaT", "s")
            out[column.role] = stamps
        elif _text.key(column.header) in _SECONDS and "seconds" not in out:
            lookup = np.array([_plain(v) for v in column.values] + [np.nan])
            out["seconds"] = lookup[column.codes]
    frame = pd.DataFrame(out, index=pd.RangeIndex(table.n))
    if "seconds" not in frame and "start" in frame and "end" in frame:
        frame["seconds"] = (frame["end"] - frame["start"]).dt.total_seconds()
    return frame


def _plain(value: Any) -> float:
    number = number_of(value, whole=False)
    return float("nan") if number is None else number


def _add_by_value(
    findings: Collector, code: str, table: RawTable, column: RawColumn, mask: Bools, **params: Any
) -> None:
    for position in np.unique(column.codes[mask]):
        if position >= 0:
            value = column.values[position]
            private = isinstance(value, str) and identifier_in(value) is not None
            findings.add(
                code,
                rows=table.rows[mask & (column.codes == position)],
                column=column.letter,
                value=WITHHELD if private else value,
                **params,
            )


def skip_logic(
    instrument: Instrument,
    table: RawTable,
    matched: Matched,
    items: Mapping[str, NDArray[Any]],
    others: Mapping[str, NDArray[Any]],
    findings: Collector,
    live: Bools,
    na: Mapping[str, Bools],
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """(items, other answers) without those given to questions that were not shown; a note for an answer that
    is missing although its question was shown or required, one for columns that are empty in every row. An
    item with such a column is left out, as one without a column is.

    A question that hangs on one that was not shown was not shown either.
    """
    items, others = dict(items), dict(others)
    hidden: dict[str, Bools] = {}
    empty_columns = _never_answered(table, matched, items, int(live.sum()))
    unanswered: list[str] = []
    for question in instrument.questions:
        values = items.get(question.code, others.get(question.code))
        position = matched.columns.get(question.code)
        if values is None or position is None:
            continue
        column = table.columns[position]
        empty = pd.isna(values)
        if question.code in na:
            empty = empty & ~na[question.code]
        shown = live.copy()
        if question.ask_if is not None:
            gate = others.get(question.ask_if.question, items.get(question.ask_if.question))
            if gate is None or gate.dtype == object:
                continue
            known = ~pd.isna(gate)
            passed = np.isin(gate, list(question.ask_if.values))
            closed = (known & ~passed) | hidden.get(question.ask_if.question, np.zeros_like(live))
            hidden[question.code] = closed
            wrong = live & closed & ~empty
            if wrong.any():
                findings.add(
                    "RSP212",
                    rows=table.rows[wrong],
                    column=column.letter,
                    item=question.code,
                    gate=question.ask_if.question,
                )
                values = values.copy()
                values[wrong] = None if values.dtype == object else np.nan
                (items if question.code in items else others)[question.code] = values
            gap = live & known & passed & ~closed & (column.codes < 0)
            if gap.any() and question.required:
                findings.add(
                    "RSP213",
                    rows=table.rows[gap],
                    column=column.letter,
                    item=question.code,
                    gate=question.ask_if.question,
                )
            continue
        wanted = question.required and not question.sensitive
        if position in empty_columns and (question.code in items or wanted):
            unanswered.append(f"{column.letter} ({question.code})")
            items.pop(question.code, None)
            continue
        gap = shown & (column.codes < 0)
        if wanted and gap.any():
            findings.add("RSP211", rows=table.rows[gap], column=column.letter, item=question.code)
    if unanswered:
        findings.add("RSP286", columns=unanswered)
    return items, others


def _never_answered(
    table: RawTable, matched: Matched, items: Mapping[str, NDArray[Any]], live: int
) -> frozenset[int]:
    """Positions of matched columns without a cell in any row; none when there are fewer than ten rows to
    judge by, or when no item has answers."""
    empty = frozenset(p for p in matched.columns.values() if not (table.columns[p].codes >= 0).any())
    answered = any(matched.columns[code] not in empty for code in items if code in matched.columns)
    return empty if live >= 10 and answered else frozenset()


def columns(table: RawTable, matched: Matched, private: Mapping[int, Any], findings: Collector) -> None:
    """Columns nobody asked for, twins, contradictions."""
    for code, letter in matched.empty_twins:
        findings.add("RSP256", column=letter, item=code)
    for position, code, other in matched.contradictions:
        findings.add("RSP255", column=table.columns[position].letter, item=code, other=other)
    unknown = [
        table.columns[p]
        for p in matched.rest
        if not table.columns[p].role
        and p not in private
        and p not in {*(c[0] for c in matched.contradictions), *matched.unsure}
    ]
    for position, candidates in matched.unsure.items():
        findings.add("RSP284", column=table.columns[position].letter, candidates=list(candidates))
    for column in unknown:
        heading = (
            column.header
            if header_kind(column.header) is None and identifier_in(column.header) is None
            else WITHHELD
        )
        findings.add("RSP233", column=column.letter, value=heading)


def not_applicable(
    na: Mapping[str, Bools], letters: Mapping[str, str], findings: Collector, live: Bools
) -> None:
    """A note for every item that does not apply to more than a tenth of at least ten respondents."""
    total = int(live.sum())
    for code, mask in na.items():
        share = float((mask & live).sum()) / max(total, 1)
        if share > 0.10 and total >= 10:
            findings.add("RSP252", column=letters[code], item=code, share=round(100 * share, 1))


def partial_scale(
    instrument: Instrument,
    table: RawTable,
    matched: Matched,
    items: Mapping[str, NDArray[Any]],
    findings: Collector,
    live: Bools,
) -> None:
    """No answer in the highest category on any of at least five items of a scale: perhaps fewer points, or
    coded from 0."""
    by_scale: dict[str, list[str]] = {}
    for code in items:
        by_scale.setdefault(instrument.item(code).scale or "", []).append(code)
    for codes in by_scale.values():
        if len(codes) < 5 or int(live.sum()) < 30:
            continue
        top = instrument.item(codes[0]).values[-1]
        highest = max(
            (float(np.nanmax(items[c][live])) for c in codes if (~np.isnan(items[c][live])).any()),
            default=top,
        )
        zeros = any(
            str(v).strip() in ("0", "0.0") for c in codes for v in table.columns[matched.columns[c]].values
        )
        if highest < top and (zeros or highest == top - 1):
            findings.add(
                "RSP232", top=top, highest=int(highest), count=len(codes), zeros="0" if zeros else ""
            )


def reversed_already(
    instrument: Instrument,
    items: Mapping[str, NDArray[Any]],
    letters: Mapping[str, str],
    findings: Collector,
    live: Bools,
    reverse: str,
) -> None:
    """Items that run against their scale: reverse-keyed ones that seem reversed already, others that seem to
    need it.

    The item–rest correlation must be 1.96 standard errors (1/√n) below nought for a reverse-keyed item, and 3
    for the others, of which there are many. Of 100 000 rows or more evenly spaced ones are used.
    """
    rows = np.flatnonzero(live)
    if len(rows) > MANY:  # every k-th row: the sign of a correlation needs no more
        rows = rows[:: len(rows) // MANY]
    items = {code: values[rows] for code, values in items.items()}
    groups: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.code in items:
            groups.setdefault(item.dimension or item.construct, []).append(item.code)
    by_construct: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.code in items:
            by_construct.setdefault(item.construct, []).append(item.code)
    index_like = {c.code for c in instrument.constructs if c.kind == "index"}
    sums: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for item in instrument.items:
        if item.code not in items or item.construct in index_like:
            continue
        name = item.dimension or item.construct
        group = groups[name]
        if len(group) < 3:
            name, group = f"{item.construct} ", by_construct[item.construct]
        if len(group) < 3:
            continue
        if name not in sums:
            sums[name] = _sums([items[c] for c in group])
        r, n = _item_rest(items[item.code], *sums[name])
        suspected = item.reverse and reverse == "score"
        if n < 15 or not np.isfinite(r) or r * np.sqrt(n) > (-1.96 if suspected else -3.0):
            continue
        code = "RSP231" if suspected else "RSP254"
        findings.add(code, column=letters.get(item.code, ""), item=item.code, r=round(float(r), 2), n=n)


def _sums(columns: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(sum, number) of the answers in every row."""
    total, count = np.zeros(len(columns[0])), np.zeros(len(columns[0]))
    for column in columns:
        good = ~np.isnan(column)
        np.add(total, column, out=total, where=good)
        count += good
    return total, count


def _item_rest(
    own: NDArray[np.float64], total: NDArray[np.float64], count: NDArray[np.float64]
) -> tuple[float, int]:
    """(correlation with the mean of the other items, rows)."""
    good = ~np.isnan(own) & (count > 1)
    n = int(good.sum())
    if n < 3:
        return float("nan"), n
    x = own[good]
    y = (total[good] - x) / (count[good] - 1)
    x, y = x - x.mean(), y - y.mean()
    spread = float(x @ x) * float(y @ y)
    return (float(x @ y) / float(np.sqrt(spread)) if spread > 0 else float("nan")), n


def loose(column: RawColumn) -> NDArray[Any]:
    """A column nobody asked for: numbers when all answers are numbers, else texts without identifiers."""
    numbers = [number_of(v, whole=False) for v in column.values]
    if column.values and all(
        isinstance(v, (int, float)) or (isinstance(v, str) and n is not None and not _unit(v))
        for v, n in zip(column.values, numbers, strict=True)
    ):
        return np.array([np.nan if n is None else n for n in numbers] + [np.nan])[column.codes]
    lookup = np.empty(len(column.values) + 1, dtype=object)
    for position, value in enumerate(column.values):
        lookup[position] = None if isinstance(value, str) and identifier_in(value) else value
    lookup[-1] = None
    return lookup[column.codes]


def _unit(text: str) -> bool:
    return any(c.isalpha() or c == "%" for c in text)


NOTED = (
    "RSP210",
    "RSP286",
    "RSP231",
    "RSP254",
    "RSP255",
    "RSP232",
    "RSP223",
    "RSP243",
    "RSP244",
    "RSP235",
    "RSP257",
    "RSP202",
    "RSP205",
    "RSP258",
    "RSP251",
    "RSP253",
    "RSP260",
    "RSP239",
    "RSP272",
    "RSP273",
    "RSP283",
    "RSP276",
    "RSP277",
    "RSP278",
)


def notes(findings: Findings) -> tuple[Note, ...]:
    """What a reader of the result must know, once for every subject."""
    out: list[Note] = []
    grouped: dict[str, list[Any]] = {}
    for entry in findings.entries:
        if entry.code in NOTED:
            grouped.setdefault(entry.code, []).append(entry)
    for code in NOTED:
        entries = grouped.get(code, [])
        if code in ("RSP202", "RSP205", "RSP235"):
            if entries:
                cells = sum(len(entry.rows) for entry in entries)
                first = entries[0]
                row = int(first.rows[0])
                out.append(
                    Note(
                        code,
                        {
                            "column": first.column,
                            "value": first.value,
                            "item": first.item,
                            "row": row,
                            "cells": cells,
                            **first.params,
                        },
                    )
                )
            continue
        for entry in entries[:20]:
            out.append(
                Note(
                    code,
                    {"column": entry.column, "value": entry.value, "item": entry.item, **entry.params},
                    column=entry.item or None,
                )
            )
    return tuple(out)
