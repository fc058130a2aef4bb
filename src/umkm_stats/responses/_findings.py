"""Findings are collected, never thrown: what is wrong, how bad it is, in which cell, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import Severity
from umkm_stats.responses._raw import Percent, Uncomputed

if TYPE_CHECKING:
    import pandas as pd

WITHHELD = "***"

SEVERITY: dict[str, Severity] = {
    "RSP201": "warning",
    "RSP202": "error",
    "RSP203": "warning",
    "RSP204": "warning",
    "RSP205": "error",
    "RSP206": "warning",
    "RSP207": "warning",
    "RSP209": "warning",
    "RSP210": "note",
    "RSP211": "note",
    "RSP212": "warning",
    "RSP213": "note",
    "RSP214": "warning",
    "RSP215": "warning",
    "RSP216": "warning",
    "RSP217": "warning",
    "RSP218": "warning",
    "RSP219": "warning",
    "RSP220": "warning",
    "RSP221": "warning",
    "RSP222": "warning",
    "RSP223": "warning",
    "RSP224": "warning",
    "RSP225": "warning",
    "RSP226": "warning",
    "RSP227": "note",
    "RSP228": "note",
    "RSP229": "note",
    "RSP230": "note",
    "RSP231": "warning",
    "RSP232": "warning",
    "RSP233": "note",
    "RSP235": "note",
    "RSP236": "warning",
    "RSP237": "warning",
    "RSP239": "warning",
    "RSP240": "note",
    "RSP242": "warning",
    "RSP243": "note",
    "RSP244": "note",
    "RSP245": "warning",
    "RSP246": "warning",
    "RSP247": "note",
    "RSP249": "note",
    "RSP251": "note",
    "RSP252": "note",
    "RSP253": "note",
    "RSP254": "warning",
    "RSP255": "error",
    "RSP256": "note",
    "RSP257": "note",
    "RSP258": "warning",
    "RSP260": "warning",
    "RSP261": "warning",
    "RSP262": "warning",
    "RSP263": "note",
    "RSP264": "warning",
    "RSP270": "warning",
    "RSP271": "warning",
    "RSP272": "warning",
    "RSP273": "warning",
    "RSP276": "note",
    "RSP277": "note",
    "RSP278": "note",
    "RSP279": "warning",
    "RSP280": "warning",
    "RSP281": "warning",
    "RSP283": "warning",
    "RSP284": "note",
    "RSP285": "warning",
    "RSP286": "note",
}

RULES: dict[str, str] = {
    "RSP201": "type",
    "RSP202": "ambiguous",
    "RSP203": "range",
    "RSP204": "type",
    "RSP205": "ambiguous",
    "RSP206": "type",
    "RSP207": "type",
    "RSP209": "privacy",
    "RSP210": "column",
    "RSP211": "required",
    "RSP212": "skip_logic",
    "RSP213": "skip_logic",
    "RSP214": "consent",
    "RSP215": "eligibility",
    "RSP216": "duplicate",
    "RSP217": "duplicate",
    "RSP218": "duplicate",
    "RSP219": "test_row",
    "RSP220": "time",
    "RSP221": "time",
    "RSP222": "time",
    "RSP223": "time",
    "RSP224": "range",
    "RSP225": "layout",
    "RSP226": "layout",
    "RSP227": "layout",
    "RSP228": "layout",
    "RSP229": "layout",
    "RSP230": "layout",
    "RSP231": "reverse",
    "RSP232": "range",
    "RSP233": "column",
    "RSP235": "privacy",
    "RSP236": "pilot",
    "RSP237": "empty",
    "RSP239": "encoding",
    "RSP240": "missing",
    "RSP242": "double_entry",
    "RSP243": "labels",
    "RSP244": "source",
    "RSP245": "type",
    "RSP246": "type",
    "RSP247": "duplicate",
    "RSP249": "missing",
    "RSP251": "join",
    "RSP252": "not_applicable",
    "RSP253": "sample",
    "RSP254": "column",
    "RSP255": "column",
    "RSP256": "column",
    "RSP257": "privacy",
    "RSP258": "labels",
    "RSP260": "join",
    "RSP261": "double_entry",
    "RSP262": "duplicate",
    "RSP263": "required",
    "RSP264": "eligibility",
    "RSP270": "type",
    "RSP271": "type",
    "RSP272": "duplicate",
    "RSP273": "duplicate",
    "RSP276": "labels",
    "RSP277": "layout",
    "RSP278": "sample",
    "RSP279": "layout",
    "RSP280": "test_row",
    "RSP281": "required",
    "RSP283": "duplicate",
    "RSP284": "column",
    "RSP285": "column",
    "RSP286": "column",
}

COLUMNS = (
    "code",
    "severity",
    "sheet",
    "row",
    "column",
    "value",
    "message",
    "remedy",
    "item",
    "rule",
    "message_id",
    "remedy_id",
)


def shown(value: Any) -> str:
    """A cell as it may be shown in a finding: short, on one line."""
    if value is None:
        return ""
    if isinstance(value, messages.Figures):
        return value
    if isinstance(value, Percent):
        return f"{float(value):g}%"
    if isinstance(value, tuple):
        return "; ".join(map(str, value))[:80]
    if isinstance(value, Uncomputed):
        return value.formula
    if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else text[:79] + "…"


@dataclass(frozen=True, slots=True)
class Entry:
    """A group of findings that differ only by row."""

    code: str
    sheet: str | None
    rows: np.ndarray[Any, np.dtype[np.int64]]
    column: str
    value: str
    item: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Collector:
    """A step's notebook: ``add`` takes one cell or many rows at once; ``done`` is what it found, frozen."""

    def __init__(self, sheet: str | None = None) -> None:
        self.sheet = sheet
        self.entries: list[Entry] = []

    def add(
        self,
        code: str,
        *,
        rows: Sequence[int] | np.ndarray[Any, Any] | int | None = None,
        column: str = "",
        value: Any = None,
        item: str = "",
        sheet: str | None = None,
        **params: Any,
    ) -> None:
        """Record a finding for every row given (row numbers as the user sees them), or once without a row."""
        if rows is None:
            where = np.array([-1], dtype=np.int64)
        else:
            where = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if len(where):
            self.entries.append(
                Entry(
                    code,
                    sheet if sheet is not None else self.sheet,
                    where,
                    column,
                    shown(value),
                    item,
                    params,
                )
            )

    def done(self) -> tuple[Entry, ...]:
        """Everything recorded, in order."""
        return tuple(self.entries)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reading found. ``frame`` writes the sentences on demand."""

    entries: tuple[Entry, ...] = ()

    def count(self) -> Counter[str]:
        """Findings by severity."""
        out: Counter[str] = Counter()
        for entry in self.entries:
            out[SEVERITY[entry.code]] += len(entry.rows)
        return out

    def codes(self) -> Counter[str]:
        """Findings by code."""
        out: Counter[str] = Counter()
        for entry in self.entries:
            out[entry.code] += len(entry.rows)
        return out

    def frame(self) -> pd.DataFrame:
        """One row a finding, in the order of sheet rows (findings about the whole file first)."""
        import pandas as pd

        records: list[tuple[Any, ...]] = []
        for entry in self.entries:
            mark = "\x01"  # the row number's place: a sentence is composed once for all rows of a group
            base = {
                "row": mark,
                "column": entry.column,
                "value": entry.value,
                "item": entry.item,
                **entry.params,
            }
            said = [text for lang in ("en", "id") for text in _sentences(entry.code, lang, base)]
            for row in entry.rows.tolist():
                en, en_do, own, own_do = (text.replace(mark, str(row)) for text in said)
                records.append(
                    (
                        entry.code,
                        SEVERITY[entry.code],
                        entry.sheet or "",
                        row if row >= 0 else None,
                        entry.column,
                        entry.value,
                        en,
                        en_do,
                        entry.item,
                        RULES[entry.code],
                        own,
                        own_do,
                    )
                )
        frame = pd.DataFrame(records, columns=list(COLUMNS))
        frame["row"] = frame["row"].astype("Int64")
        frame = frame.sort_values("row", kind="stable", na_position="first")
        return frame.reset_index(drop=True)


def _sentences(code: str, lang: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Message and remedy; a nearest answer is a sentence of its own, and none when there is none."""
    near = params.get("near")
    words = {**params, "near": messages.text("responses.nearest", lang, answer=near) if near else ""}
    return messages.message(code, lang, **words).strip(), messages.remedy(code, lang, **words).strip()


def shared_advice(remedies: Sequence[str]) -> tuple[str, list[str]]:
    """The sentences with which all remedies begin, and what each adds to them (the answer nearest to its own
    cell, for instance)."""
    ends = (min(remedies, default=""), max(remedies, default=""))  # what these share, all share
    same = next((i for i, (a, b) in enumerate(zip(*ends, strict=False)) if a != b), len(ends[0]))
    common = ends[0][:same]
    if common not in remedies:
        common = common[: common.rfind(". ") + 1]
    return common.strip(), [remedy[len(common) :].strip() for remedy in remedies]
