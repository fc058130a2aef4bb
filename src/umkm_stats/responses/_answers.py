"""Columns of items and of other questions to numbers, with a finding for every cell that is set aside."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import messages
from umkm_stats.instrument import latest_year
from umkm_stats.responses import _text
from umkm_stats.responses._findings import WITHHELD, Collector
from umkm_stats.responses._privacy import identifier_in
from umkm_stats.responses._raw import Percent, RawColumn, RawTable
from umkm_stats.responses._recode import EMPTY_TOKENS, STORED_ERRORS, Answer, AnswerBook

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_UNITS = {
    "tahun",
    "thn",
    "th",
    "years",
    "year",
    "yrs",
    "yr",
    "orang",
    "org",
    "people",
    "person",
    "persons",
    "buah",
    "produk",
    "product",
    "products",
    "kali",
    "times",
    "%",
    "persen",
    "percent",
    "rp",
    "rp.",
    "idr",
    "unit",
    "negara",
    "countries",
    "provinsi",
    "provinces",
    "karyawan",
    "pekerja",
    "employees",
}
_TIME_UNITS = {"tahun", "thn", "th", "years", "year", "yrs", "yr"}


def open_rows(table: RawTable) -> Bools:
    """Rows that are answers, as far as the layout tells."""
    return np.asarray(table.held == "", dtype=bool)


def read_scale(
    column: RawColumn,
    book: AnswerBook,
    table: RawTable,
    findings: Collector,
    item: str,
    live: Bools,
    *,
    other: float | None = None,
    choice: bool = False,
) -> tuple[Floats, Bools, Bools, set[str]]:
    """(scores, not applicable, not shown, words taken as empty) of a column answered on a scale or by
    choices.

    ``other``: value of the choice "other, please say", under which forms write the free text itself.
    """
    answers = [book.read(value, column.labels.get(value)) for value in column.values]
    answers = _opposite_labels(column, answers, book, findings, item)
    values = np.full(len(answers) + 1, np.nan)
    na, hidden = np.zeros(len(answers) + 1, dtype=bool), np.zeros(len(answers) + 1, dtype=bool)
    tokens: set[str] = set()
    for position, answer in enumerate(answers):
        raw = column.values[position]
        if answer.kind == "value":
            values[position] = answer.value
        elif answer.kind == "na":
            na[position] = True
        elif answer.kind == "not_shown":
            hidden[position] = True
        elif answer.kind == "empty":
            tokens.add(str(raw))
        elif other is not None and answer.kind == "RSP201" and isinstance(raw, str):
            values[position] = other
        else:
            if choice and answer.kind in ("RSP201", "RSP203", "RSP204"):
                answer = replace(answer, kind="RSP245")
            _fault(column, position, answer, table, findings, item, live)
    return values[column.codes], na[column.codes], hidden[column.codes], tokens


def _fault(
    column: RawColumn,
    position: int,
    answer: Answer,
    table: RawTable,
    findings: Collector,
    item: str,
    live: Bools,
) -> None:
    rows = table.rows[(column.codes == position) & live]
    raw = column.values[position]
    private = isinstance(raw, str) and identifier_in(raw) is not None
    if private:
        findings.add("RSP209", rows=rows, column=column.letter, value=WITHHELD, item=item)
        return
    candidates = list(answer.meant)
    near = candidates[0] if answer.kind == "RSP201" and candidates else ""
    findings.add(
        answer.kind,
        rows=rows,
        column=column.letter,
        value=raw,
        item=item,
        meant=candidates,
        near=near,
    )


def _opposite_labels(
    column: RawColumn, answers: list[Answer], book: AnswerBook, findings: Collector, item: str
) -> list[Answer]:
    """Value labels of a statistical file decide over its numbers; unlabelled numbers follow the direction
    they show."""
    if not column.labels:
        return answers
    low, high = book.values[0], book.values[-1]
    pairs = [
        (float(raw), answer.value)
        for raw, answer in zip(column.values, answers, strict=True)
        if raw in column.labels
        and answer.kind == "value"
        and "unknown_label" not in answer.meant
        and book._number(raw)
    ]
    pairs += [
        (float(raw), meant.value)
        for raw, label in column.labels.items()
        if book._number(raw)
        and (meant := book.read(raw, label)).kind == "value"
        and "unknown_label" not in meant.meant
    ]
    unknown = [a for a in answers if "unknown_label" in a.meant]
    if unknown and not pairs:
        findings.add("RSP258", column=column.letter, item=item)
    if not any(raw != value for raw, value in pairs):
        return answers
    shift = {value - raw for raw, value in pairs}
    if len(shift) == 1:  # 0–4 with the labels of 1–5: the same direction
        raw, value = min(pairs)
        findings.add(
            "RSP276",
            column=column.letter,
            item=item,
            raw=messages.Figures(f"{raw:g}"),
            meant=messages.Figures(f"{value:g}"),
        )
    else:
        findings.add("RSP243", column=column.letter, item=item)
    turned = all(value == low + high - raw for raw, value in pairs)
    out = []
    for raw, answer in zip(column.values, answers, strict=True):
        labelled = raw in column.labels and "unknown_label" not in answer.meant
        if answer.kind == "value" and not labelled:
            score = low + high - answer.value if turned else answer.value + next(iter(shift))
            known = (turned or len(shift) == 1) and score in book.values
            answer = Answer("value", score) if known else Answer("RSP205", meant=(str(raw), "?"))
        out.append(answer)
    return out


def read_number(
    column: RawColumn, question: Any, table: RawTable, findings: Collector, live: Bools, year: int
) -> Floats:
    """Numbers such as ``21``, ``21 tahun``, ``1.573``, ``3,5``; what cannot be read or is out of bounds is
    set aside.

    A question for a year has the limit that the forms have (``latest_year``), counted from ``year``.
    """
    low, high = question.minimum, question.maximum
    latest = latest_year(question)
    if latest is not None:
        high = float(year + latest) if high is None else min(high, float(year + latest))
    values = np.full(len(column.values) + 1, np.nan)
    units = {_text.key(word) for text in (question.unit or {}).values() for word in text.split()}
    for position, raw in enumerate(column.values):
        if isinstance(raw, Percent) and high is not None and high <= 1:
            raw = raw.stored
        number, code = number_of(raw, whole=question.decimals == 0, units=units), ""
        if number is None:
            word = raw.strip() if isinstance(raw, str) else ""
            code = "RSP246"
            if word.casefold() in EMPTY_TOKENS:
                code = ""
            elif word.upper() in STORED_ERRORS:
                code = "RSP271"
        elif (low is not None and number < low) or (high is not None and number > high):
            code = "RSP224"
        else:
            values[position] = number
        if code:
            private = isinstance(raw, str) and identifier_in(raw) is not None
            findings.add(
                code,
                rows=table.rows[(column.codes == position) & live],
                column=column.letter,
                value=WITHHELD if private else raw,
                item=question.code,
                low=_bound(low),
                high=_bound(high),
            )
    return values[column.codes]


def _bound(value: float | None) -> str:
    return messages.Figures("…" if value is None else f"{value:g}")


def number_of(raw: Any, *, whole: bool, units: set[str] = frozenset()) -> float | None:  # type: ignore[assignment]
    """The number in a cell, or None. A dot or comma before exactly three digits is a thousands mark when
    ``whole``."""
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, (int, float)) or (hasattr(raw, "__float__") and not isinstance(raw, str)):
        number = float(raw)
        return number if math.isfinite(number) and not (whole and number != int(number)) else None
    if not isinstance(raw, str):
        return None
    text = _text.tidy(raw).casefold().replace(",-", "").strip()
    time_units = {u for u in units if u in _TIME_UNITS}
    other_time = units and not time_units
    found = re.fullmatch(r"([a-z.%]*)\s*([+-]?\d[\d.,]*)\s*([a-z.%]*(?: [a-z]+)?)", text)
    if not found or len(text) > 60:
        return None
    for word in (found[1], *found[3].split()):
        if word and word not in units and (word not in _UNITS or (word in _TIME_UNITS and other_time)):
            return None
    digits = found[2].rstrip(".,")
    if re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+", digits) and (
        whole or len(re.findall(r"[.,]", digits)) > 1
    ):
        return float(re.sub(r"[.,]", "", digits))
    if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"[+-]?\d+[.,]\d+", digits):
        digits = digits.replace(",", ".")
    elif not re.fullmatch(r"[+-]?\d+", digits):
        return None
    number = float(digits)
    return None if whole and number != int(number) else number


def read_text(
    column: RawColumn, table: RawTable, findings: Collector, item: str, live: Bools
) -> NDArray[np.object_]:
    """Free answers; a cell in which an e-mail, phone number or position stands is set aside without being
    shown."""
    lookup = np.empty(len(column.values) + 1, dtype=object)
    lookup[-1] = None
    hidden = []
    for position, raw in enumerate(column.values):
        private = isinstance(raw, str) and identifier_in(raw) is not None
        lookup[position] = None if private else raw
        if private:
            hidden.append(position)
    if hidden:
        findings.add(
            "RSP209",
            rows=table.rows[np.isin(column.codes, hidden) & live],
            column=column.letter,
            value=WITHHELD,
            item=item,
        )
    return lookup[column.codes]
