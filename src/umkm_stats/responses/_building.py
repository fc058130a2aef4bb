"""Last step: frames with one row a row of the file, the sample, and what a reader of them must know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of
from umkm_stats.responses import _checks, _privacy, _rows
from umkm_stats.responses._checking import Checked
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import WITHHELD, Collector, Entry, Findings
from umkm_stats.responses._result import Responses, ResponsesSample, Source

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument


def build(checked: Checked, seen: Source, before: tuple[Entry, ...], form: str | None) -> Responses:
    """The result. ``before``: what earlier steps found. RSP112 when no row is left."""
    recoded, placed = checked.recoded, checked.recoded.placed
    table, instrument = placed.table, placed.instrument
    index = pd.RangeIndex(table.n)
    kept = np.asarray(checked.reason == "", dtype=bool)
    counted = Counter(checked.reason[~kept].tolist())
    dropped = {reason: counted[reason] for reason in _rows.REASONS if counted[reason]}
    if not kept.any():
        _say_what_cannot_be_read(checked, dropped)
        reasons = [f"{reason}: {count}" for reason, count in dropped.items()] or ["no_rows"]
        raise UmkmError(
            "RSP112", place(placed.path, sheet=table.sheet), {"rows": table.n, "reasons": reasons}
        )
    rows = pd.DataFrame({"row": table.rows, "kept": kept, "reason": checked.reason}, index=index)
    sample = ResponsesSample(table.n, int(kept.sum()), dropped, rows)
    order = [item.code for item in instrument.items if item.code in checked.items]
    used, missing = _form_of(instrument, checked.items, form)
    absent = tuple(code for code in missing if code not in recoded.items)  # others have an empty column
    last = _about_the_sample(placed.privacy, sample.used, len(order), absent, table.sheet)
    found = Findings((*before, *recoded.found, *checked.found, *last))
    public = tuple(_privacy.scrubbed(c) for p, c in enumerate(table.columns) if p not in placed.private)
    return Responses(
        items=_frame(order, checked.items, index),
        kept=pd.Series(kept, index=index, name="kept"),
        respondents=_respondents(checked, index),
        not_applicable=_frame(order, recoded.na, index),
        not_shown=_frame(order, recoded.hidden, index),
        times=checked.times,
        sample=sample,
        privacy=placed.privacy,
        instrument=instrument,
        source=seen,
        columns=dict(recoded.letters),
        form=used,
        missing_items=missing,
        notes=_checks.notes(found),
        found=found,
        table=replace(table, columns=public),
    )


_UNREAD = ("RSP201", "RSP202", "RSP203", "RSP204", "RSP205")


def _say_what_cannot_be_read(checked: Checked, dropped: Mapping[str, int]) -> None:
    """RSP282 when rows have answers, but none that can be read: the commonest ones, and how a map reads
    them."""
    table = checked.recoded.placed.table
    if dropped.get("no_answers", 0) < 0.5 * table.n:
        return
    counts: Counter[str] = Counter()
    for entry in checked.recoded.found:
        if entry.code in _UNREAD and entry.item in checked.items and entry.value not in ("", WITHHELD):
            counts[entry.value] += len(entry.rows)
    if not counts:
        return
    common = sorted(word for word, _ in counts.most_common(7))
    digits = [re.search(r"(\d)\D*$", word) for word in common]
    values = [found[1] if found else "?" for found in digits]
    if len(set(values)) < len(values):
        values = ["?"] * len(common)
    pairs = [f"{w}: {v}" for w, v in zip(common, values, strict=True) if v != "?" and w[0].isalpha()]
    pairs = pairs or [f'"{word}": ?' for word in common[:3]]
    raise UmkmError(
        "RSP282",
        place(checked.recoded.placed.path, sheet=table.sheet),
        {
            "rows": table.n,
            "answers": [f"“{word}” ({counts[word]}×)" for word in common],
            "example": ", ".join(pairs),
        },
    )


def _about_the_sample(
    privacy: _privacy.Privacy, kept: int, items: int, missing: tuple[str, ...], sheet: str | None
) -> tuple[Entry, ...]:
    findings = Collector(sheet)
    for identifier in privacy.identifiers:
        findings.add("RSP235", column=identifier.column, kind=identifier.kind)
    if privacy.identifiers and not privacy.key_kept:
        findings.add("RSP257")
    if kept <= items:
        findings.add("RSP253", count=kept, items=items)
    if missing:
        findings.add("RSP210", items=list(missing), count=len(missing))
    return findings.done()


def _respondents(checked: Checked, index: pd.RangeIndex) -> pd.DataFrame:
    """Answers to the other questions, then the columns nobody asked for under their headings."""
    placed = checked.recoded.placed
    out: dict[str, Any] = dict(checked.others)
    for position in placed.matched.rest:
        column = placed.table.columns[position]
        if position in placed.private or column.role in ("time", "start", "end", "meta"):
            continue
        name = column.header.strip() or column.letter
        name = f"{name} ({column.letter})" if name in out or name in checked.items else name
        out[name] = _checks.loose(column)
    typed = {
        name: pd.Series(v, index=index, dtype=object) if v.dtype == object else v for name, v in out.items()
    }
    return pd.DataFrame(typed, index=index)


def _form_of(
    instrument: Instrument, items: Mapping[str, Any], form: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """The form that was used (the shortest that has every item found) and its items without a column."""
    forms = {f.code: [i.code for i in instrument.items_of_form(f.code)] for f in instrument.forms}
    if form is not None:
        one_of("form", form, tuple(forms))
    fitting = [code for code, own in forms.items() if set(items) <= set(own)]
    chosen = form or (min(fitting, key=lambda code: len(forms[code])) if fitting else None)
    own = forms[chosen] if chosen else [i.code for i in instrument.items]
    if chosen is None and forms:
        own = max(forms.values(), key=lambda codes: (len(set(codes) & set(items)), -len(codes)))
    return chosen, tuple(code for code in own if code not in items)


def _frame(order: list[str], columns: Mapping[str, NDArray[Any]], index: pd.RangeIndex) -> pd.DataFrame:
    return pd.DataFrame({code: columns[code] for code in order}, index=index, copy=False)
