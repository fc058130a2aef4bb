"""Copies: a block of rows pasted twice, and columns or scales that hold the same answers as another."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.responses._findings import Collector
from umkm_stats.responses._rows import Ledger

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

Floats = NDArray[np.float64]
BLOCK = 5  # rows repeated in the same order; fewer may be chance
ALIKE = 0.95  # share of equal answers from which two columns are reported
ROWS = 20  # answered in both columns; fewer are too easily alike
_SAMPLE = 2000


def pasted_blocks(
    ledger: Ledger, enough: NDArray[np.bool_], marks: NDArray[np.uint64], stamp: NDArray[Any] | None
) -> None:
    """One warning a block: at least five rows in a row that repeat earlier rows in the same order are held.

    ``enough``: rows with at least five items answered. ``marks``: hashes of the answers to items and other
    closed questions. Rows whose times differ from those of the earlier block are other submissions and stay.
    """
    where = np.flatnonzero(ledger.live() & enough)
    marks = marks[where]
    codes, distinct = pd.factorize(marks)
    if len(where) - len(distinct) < BLOCK:
        return
    first = np.empty(len(distinct), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(where))[::-1]  # the earliest row of every mark stays last
    offset = np.arange(len(where)) - first[codes]
    starts = np.flatnonzero(np.diff(offset, prepend=-1) != 0)
    ends = np.append(starts[1:], len(where))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        shift = int(offset[start])
        if shift <= 0 or end - start < BLOCK or len(np.unique(marks[start:end])) < 3:
            continue
        again, before = where[start:end], where[start - shift : end - shift]
        if stamp is not None and _other_times(stamp[again], stamp[before]):
            continue
        rows = ledger.table.rows
        ledger.findings.add("RSP272", again=_range(rows[again]), first=_range(rows[before]), count=len(again))
        held = np.zeros(ledger.table.n, dtype=bool)
        held[again] = True
        ledger.hold(held, "duplicate")


def _other_times(one: NDArray[Any], other: NDArray[Any]) -> bool:
    known = ~(np.isnat(one) | np.isnat(other))
    return bool(known.any() and (one[known] != other[known]).mean() > 0.5)


def _range(rows: NDArray[np.int64]) -> str:
    return f"{int(rows.min())}–{int(rows.max())}"


def twins(
    instrument: Instrument,
    items: Mapping[str, Floats],
    letters: Mapping[str, str],
    findings: Collector,
    live: NDArray[np.bool_],
) -> None:
    """One warning for two scales, or two columns, that hold the same answers in nearly all rows.

    Columns in which nearly everybody gives one answer are alike by chance and are left out: agreement must
    exceed chance (κ of at least .9), and at least three answers must occur.
    """
    rows = np.flatnonzero(live)
    if len(rows) > _SAMPLE:
        rows = rows[:: len(rows) // _SAMPLE]
    columns = {code: values[rows] for code, values in items.items()}
    alike: dict[tuple[str, str], tuple[float, int]] = {}
    for one, other in _close_pairs(columns):
        found = _agreement(columns[one], columns[other])
        if found is not None:
            alike[(one, other)] = found
    if not alike:
        return
    by_scale: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.code in columns:
            by_scale.setdefault(item.construct, []).append(item.code)
    told: set[tuple[str, str]] = set()
    for first, second in itertools.combinations(by_scale, 2):
        pairs = list(zip(by_scale[first], by_scale[second], strict=False))
        if len(pairs) < 2 or len(by_scale[first]) != len(by_scale[second]):
            continue
        same = [alike.get(pair) or alike.get((pair[1], pair[0])) for pair in pairs]
        if all(same):
            told |= {tuple(sorted(pair)) for pair in pairs}  # type: ignore[misc]
            share = round(100 * float(np.mean([s[0] for s in same if s])), 1)
            findings.add("RSP283", item=first, other=second, share=share, count=len(rows))
    for (one, other), (share, count) in alike.items():
        if tuple(sorted((one, other))) not in told:
            findings.add(
                "RSP273",
                column=letters.get(one, ""),
                item=one,
                other=other,
                other_column=letters.get(other, ""),
                share=round(100 * share, 1),
                count=count,
            )


def _close_pairs(columns: Mapping[str, Floats]) -> list[tuple[str, str]]:
    """Pairs of columns with the same answer in nearly all rows that answered both."""
    codes = list(columns)
    if len(codes) < 2:
        return []
    block = np.array([columns[code] for code in codes])
    answered = (~np.isnan(block)).astype(np.float32)
    both = answered @ answered.T
    equal = np.zeros_like(both)
    for value in np.unique(block[~np.isnan(block)]):
        chosen = (block == value).astype(np.float32)
        equal += chosen @ chosen.T
    close = (both >= ROWS) & (equal >= ALIKE * both - 0.5)
    return [(codes[i], codes[j]) for i, j in zip(*np.nonzero(np.triu(close, 1)), strict=True)]


def _agreement(one: Floats, other: Floats) -> tuple[float, int] | None:
    """(share of equal answers, rows) when it is high and no chance; None otherwise."""
    both = ~(np.isnan(one) | np.isnan(other))
    n = int(both.sum())
    if n < ROWS:
        return None
    a, b = one[both], other[both]
    share = float((a == b).mean())
    if share < ALIKE:
        return None
    answers = np.unique(np.concatenate([a, b]))
    chance = float(sum((a == v).mean() * (b == v).mean() for v in answers))
    if len(answers) < 3 or chance >= 1 or (share - chance) / (1 - chance) < 0.9:
        return None
    return share, n
