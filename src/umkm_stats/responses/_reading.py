"""The door: recognise, match, recode, check, account for every row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of
from umkm_stats.responses import _answers, _checks, _duplicates, _joining, _mapping, _privacy, _rows, _text
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import Findings
from umkm_stats.responses._headers import HeaderIndex, Matched, match_columns
from umkm_stats.responses._layout import Heading, find_heading
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.responses._recode import AnswerBook
from umkm_stats.responses._result import Responses, ResponsesSample, Source
from umkm_stats.responses._sheets import open_file
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head, Match, choose_sheet
from umkm_stats.results import Note

Reverse = Literal["score", "already"]
Progress = Callable[[float], None]
PathLike = str | Path


def read_responses(
    path: PathLike | Sequence[PathLike],
    instrument: Any,
    *,
    aliases: Mapping[str, str] | PathLike | None = None,
    sheet: str | None = None,
    source: str | None = None,
    reverse: Reverse = "score",
    form: str | None = None,
    screening: str | None = None,
    join: str | None = None,
    double_entry: str | None = None,
    field_period: tuple[Any, Any] | None = None,
    now: dt.datetime | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Responses:
    """Read a file of answers against an instrument.

    Parameters
    ----------
    path: a file (xlsx, csv, zipped csv, sav, dta, parquet, a saved web table), or several files that hold parts of the
        same respondents' answers (see ``join``). It is never changed.
    instrument: an :class:`~umkm_stats.instrument.Instrument`.
    aliases: heading → question code, or a map file written by :func:`write_map` and confirmed by you.
    sheet: sheet of a workbook; None = the one whose heading names most questions.
    source: reader to use (``google-forms``, ``kobotoolbox``, ``limesurvey``, ``spss``, ``stata``, ``parquet``,
        ``umkm-stats``, ``table``); None = recognised by itself.
    reverse: "score" reverses reverse-keyed items once; "already" leaves data that are reversed as they are.
    form: form of the questionnaire whose items are expected; None = the shortest that has all items found.
    screening: screening mode whose rules hold rows back; None = the instrument's ``population`` mode when it has one,
        "off" = none.
    join: for several files: "row_order", or the heading of the key column.
    double_entry: heading (or code) of the form number when paper forms were typed twice.
    field_period: (first day, last day) of the field work; times outside are set aside.
    now: moment against which times in the future are judged (default: the clock).
    strict: raise RSP125 when any error or warning was found.
    progress: called with a share from 0 to 1 while a large file is read.

    Returns
    -------
    Responses: ``.items`` has every row read, in file order. Faults of cells never raise: the cell becomes NaN and a
    finding says where and what to do. A column that the file lacks is one note and holds nobody.

    Raises
    ------
    UmkmError: RSP101–RSP128 when the file cannot be used. UsageError: an unknown option or alias.
    """
    one_of("reverse", reverse, Reverse)
    if source is not None:
        one_of("source", source, tuple(READERS))
    confirmed = _mapping.confirmed(aliases)
    index = HeaderIndex(instrument, confirmed.columns)
    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(p) for p in path]
    if not paths:
        raise UmkmError("RSP101")
    parts = [_raw(p, index, sheet, source, progress) for p in paths]
    findings = Findings(parts[0][0].sheet)
    if len(parts) == 1:
        table, seen = parts[0]
    else:
        table, seen = _joining.join(parts, join, findings, paths), parts[0][1]
    if progress is not None:
        progress(0.6)
    table = replace(table, columns=tuple(c for c in table.columns if c.header not in confirmed.ignore))
    matched = match_columns(table.columns, index, paths[0], table.sheet)
    _must_know(matched, table, paths[0], index)
    for code, params in table.facts:
        findings.add(code, **params)
    work = _Work(instrument, table, matched, findings, confirmed.answers, reverse, paths[0], form)
    responses = work.run(seen, screening, double_entry, field_period, now)
    if progress is not None:
        progress(1.0)
    return responses.require(strict=True) if strict else responses


def _raw(
    path: Path, index: HeaderIndex, sheet: str | None, source: str | None, progress: Progress | None
) -> tuple[RawTable, Source]:
    """The table of one file and what it was recognised as."""
    opened = open_file(path, sheet=sheet, progress=progress)
    others: list[str] = []
    if opened.kind in ("workbook", "text", "archive", "html") and not opened.sheets:
        raise UmkmError("RSP102", place(path))
    if opened.sheets:
        if sheet is not None:
            chosen, heading = opened.sheets[0], find_heading(opened.sheets[0], index)
        else:
            chosen, heading, others = choose_sheet(opened, index)
        names = tuple(str(c) for row in heading.rows[-1:] for c in chosen.head[row] if c is not None and str(c).strip())
        head = Head(opened, chosen, heading, names)
    else:
        head = Head(opened, None, Heading((), 0), ())
    ranked: list[tuple[float, str, Match]] = []
    for name, reader in READERS.items():
        match = reader.sniff(head)
        ranked.append((match.score, name, match))
    best = max(ranked, key=lambda entry: entry[0])
    chosen_name = source or best[1]
    if source is not None and next(m for _, n, m in ranked if n == source).score == 0 and not opened.sheets:
        raise UmkmError("RSP113", place(path), {"source": source})
    if source in ("spss", "stata", "parquet") and opened.sheets:
        raise UmkmError("RSP113", place(path), {"source": source})
    table = READERS[chosen_name].read(head, index)
    facts = list(table.facts)
    if others:
        facts.append(("RSP244", {"sheets": others}))
    table = replace(table, facts=tuple(facts))
    form = opened.text_form
    seen = Source(
        chosen_name, source is not None, opened.name, table.sheet, table.header_rows, () if source else best[2].why, table.n,
        len(table.columns), form.encoding if form else None, form.delimiter if form else None,
    )
    return table, seen


def _must_know(matched: Matched, table: RawTable, path: Path, index: HeaderIndex) -> None:
    """RSP127 for headings cut short, RSP110 when no heading is known."""
    if matched.columns or matched.options:
        items = [code for code in matched.columns if index.questions[code].is_item]
        if items or not matched.cut:
            if not items:
                raise UmkmError("RSP110", place(path, sheet=table.sheet, row=_header_row(table)), {"count": len(table.columns)})
            return
    if matched.cut:
        columns = [table.columns[p].letter for p in matched.cut[:8]]
        raise UmkmError("RSP127", place(path, sheet=table.sheet, row=_header_row(table)), {"columns": columns})
    raise UmkmError("RSP110", place(path, sheet=table.sheet, row=_header_row(table)), {"count": len(table.columns)})


def _header_row(table: RawTable) -> int | None:
    return table.header_rows[-1] if table.header_rows else None


class _Work:
    """One reading, step by step; holds what the steps share."""

    def __init__(
        self, instrument: Any, table: RawTable, matched: Matched, findings: Findings, answers: Mapping[str, Mapping[str, int]],
        reverse: Reverse, path: Path, form: str | None,
    ) -> None:
        self.instrument, self.table, self.matched, self.findings = instrument, table, matched, findings
        self.answers, self.reverse, self.path, self.form = answers, reverse, path, form
        self.live = _answers.open_rows(table)
        self.items: dict[str, NDArray[np.float64]] = {}
        self.na: dict[str, NDArray[np.bool_]] = {}
        self.hidden: dict[str, NDArray[np.bool_]] = {}
        self.others: dict[str, NDArray[Any]] = {}
        self.letters: dict[str, str] = {}
        self.tokens: dict[str, dict[str, list[str]]] = {}
        self.books: dict[Any, AnswerBook] = {}

    def run(
        self, seen: Source, screening: str | None, double: str | None, period: tuple[Any, Any] | None, now: dt.datetime | None
    ) -> Responses:
        """All steps in order."""
        by_position = {p: self._question(code) for code, p in self.matched.columns.items()}
        private = _privacy.find(self.table, by_position)
        ledger = _rows.Ledger(self.table, self.findings)
        _rows.layout_rows(ledger)
        privacy = _privacy.split_off(self.table, private, self.path)
        now = now or dt.datetime.now()
        self._recode(private, now.year)
        _rows.test_rows(ledger, self._words(private))
        _rows.rejected(ledger)
        _rows.unfinished(ledger)
        self._rules(ledger, screening)
        times = _checks.times(self.table, self.findings, period, now, self.live, prefer=self._prefer())
        self._duplicates(ledger, times, double, seen.name)
        _checks.skip_logic(self.instrument, self.table, self.matched, self.items, self.others, self.findings, ledger.live(), self.na)
        _rows.unanswered(ledger, list(self.items.values()), list(self.na.values()))
        _checks.columns(self, private)
        self._reverse(ledger)
        return self._result(ledger, seen, privacy, times, private)

    def _question(self, code: str) -> Any:
        return self.instrument.question(code)

    def _prefer(self) -> str:
        return "month" if self.instrument.languages[0] == "en" and "id" not in self.instrument.languages else "day"

    def _book(self, question: Any) -> AnswerBook:
        extra = {**self.answers.get("*", {}), **self.answers.get(question.code, {})}
        mark = (question.scale, question.na_code, tuple(sorted(extra.items()))) if question.scale and question.anchors is None else question.code
        if mark not in self.books:
            self.books[mark] = AnswerBook(question, extra, self.table.not_shown)
        return self.books[mark]

    def _recode(self, private: Mapping[int, Any], year: int) -> None:
        for question in self.instrument.questions:
            position = self.matched.columns.get(question.code)
            boxes = {v: self.table.columns[p] for (c, v), p in self.matched.options.items() if c == question.code}
            if position is None and not boxes:
                continue
            column = self.table.columns[position] if position is not None else None
            if column is not None:
                self.letters[question.code] = column.letter
            if position in private:
                continue
            if question.is_item and column is not None:
                self._item(question, column)
            else:
                self._other(question, column, boxes, year)

    def _item(self, question: Any, column: RawColumn) -> None:
        values, na, hidden, tokens = _answers.read_scale(
            column, self._book(question), self.table, self.findings, question.code, self.live
        )
        self._note_tokens(question.code, column, tokens)
        self.items[question.code], self.na[question.code], self.hidden[question.code] = values, na, hidden

    def _note_tokens(self, code: str, column: RawColumn, tokens: set[str]) -> None:
        if tokens:
            self.findings.add("RSP240", column=column.letter, item=code, value=", ".join(sorted(tokens)[:5]))

    def _other(self, question: Any, column: RawColumn | None, boxes: dict[int, RawColumn], year: int) -> None:
        if question.kind == "multiple":
            self.others[question.code] = _answers.read_multiple(question, column, boxes, self.table, self.findings, self.live)
        elif column is None:
            return
        elif question.kind == "number":
            self.others[question.code] = _answers.read_number(column, question, self.table, self.findings, self.live, year)
        elif question.kind == "text":
            self.others[question.code] = _answers.read_text(column, self.table, self.findings, question.code, self.live)
        elif question.kind == "consent" and not question.choices:
            self.others[question.code] = np.array([_consented(v) for v in (*column.values, None)])[column.codes]
        else:
            other = next((float(c.value) for c in question.choices if c.other), None)
            values, _, _, tokens = _answers.read_scale(
                column, self._book(question), self.table, self.findings, question.code, self.live, other=other, choice=True
            )
            self._note_tokens(question.code, column, tokens)
            self.others[question.code] = values

    def _words(self, private: Mapping[int, Any]) -> list[tuple[RawColumn, bool]]:
        """Columns in which a test row would say so: names, free texts, remarks."""
        free = {p for c, p in self.matched.columns.items() if self._question(c).kind == "text"}
        remarks = {p for p in self.matched.rest if _REMARKS.search(_text.key(self.table.columns[p].header))}
        chosen = sorted(free | set(private) | remarks)
        return [(self.table.columns[p], p in private) for p in chosen if not self.table.columns[p].role]

    def _rules(self, ledger: _rows.Ledger, screening: str | None) -> None:
        modes = {mode.code for mode in self.instrument.screening_modes}
        if screening not in (None, "off"):
            one_of("screening", screening, (*sorted(modes), "off"))
        mode = screening or ("population" if "population" in modes else "off")
        for code, position in self.matched.columns.items():
            question, column = self._question(code), self.table.columns[position]
            values = self.others.get(code)
            if question.kind == "consent" and values is not None:
                _rows.consent(ledger, question, column, values)
        for code, position in self.matched.columns.items():
            question, column = self._question(code), self.table.columns[position]
            values = self.others.get(code)
            if mode != "off" and question.passes and question.kind != "consent" and values is not None and values.dtype != object:
                _rows.eligibility(ledger, question, column, values, mode)
        for position in sorted({*self.matched.rest, *self.matched.columns.values()}):
            column = self.table.columns[position]
            question = next((self._question(c) for c, p in self.matched.columns.items() if p == position), None)
            if (question is not None and question.code == "STAGE") or column.header.strip().casefold() in ("stage", "tahap"):
                _rows.pilot(ledger, column, question)

    def _duplicates(self, ledger: _rows.Ledger, times: pd.DataFrame, double: str | None, source: str) -> None:
        if double is not None:
            column = next((c for c in self.table.columns if double in (c.header, c.letter) or self._codes_of(double) == c.letter), None)
            if column is None:
                raise UmkmError("RSP118", place(self.path, column=double), {"key": double})
            _rows.double_entry(ledger, column, self.items, self.letters)
        if double is None and "FORMNO" in self.matched.columns:
            _duplicates.repeated_form_numbers(ledger, self.table.columns[self.matched.columns["FORMNO"]])
        for role, code in (("uuid", "RSP217"), ("id", "RSP216")):
            for column in self.table.columns:
                if column.role == role and (double is None or double not in (column.header, column.letter)):
                    trusted = role == "uuid" or source in ("kobotoolbox", "limesurvey")
                    _duplicates.submission_ids(ledger, column, code, list(self.items.values()), trusted=trusted)
        stamp = next((times[c].to_numpy() for c in ("time", "end", "start") if c in times), None)
        rest = [self.table.columns[p].codes for p in self.matched.rest if not self.table.columns[p].role]
        rest += [self.table.columns[p].codes for c, p in self.matched.columns.items() if c not in self.items and c not in self.others]
        closed = [v if v.dtype != object else self._codes(c) for c, v in self.others.items() if self._question(c).kind != "text"]
        _duplicates.same_answers(ledger, list(self.items.values()), closed, rest, stamp)

    def _codes(self, code: str) -> NDArray[Any]:
        position = self.matched.columns.get(code)
        return self.table.columns[position].codes if position is not None else np.zeros(self.table.n)

    def _codes_of(self, name: str) -> str | None:
        return self.letters.get(name.strip().upper())

    def _reverse(self, ledger: _rows.Ledger) -> None:
        for item in self.instrument.items:
            if item.code in self.items and item.reverse and self.reverse == "score":
                self.items[item.code] = item.response_scale.reverse(self.items[item.code])
        _checks.reversed_already(self.instrument, self.items, self.letters, self.findings, ledger.live(), self.reverse)

    def _result(
        self, ledger: _rows.Ledger, seen: Source, privacy: _privacy.Privacy, times: pd.DataFrame, private: Mapping[int, Any]
    ) -> Responses:
        n = self.table.n
        index = pd.RangeIndex(n)
        form, missing = _form_of(self.instrument, self.items, self.form)
        order = [item.code for item in self.instrument.items if item.code in self.items]
        kept = ledger.live()
        if not kept.any():
            raise UmkmError("RSP112", place(self.path, sheet=self.table.sheet), {"rows": n, "reasons": _why(ledger)})
        dropped = {reason: int((ledger.reason == reason).sum()) for reason in _rows.REASONS if (ledger.reason == reason).any()}
        rows = pd.DataFrame({"row": self.table.rows, "kept": kept, "reason": ledger.reason}, index=index)
        sample = ResponsesSample(n, int(kept.sum()), dropped, rows)
        for identifier in privacy.identifiers:
            self.findings.add("RSP235", column=identifier.column, kind=identifier.kind)
        if privacy.identifiers and not privacy.key_kept:
            self.findings.add("RSP257")
        if int(kept.sum()) < len(order):
            self.findings.add("RSP253", count=int(kept.sum()), items=len(order))
        if missing:
            self.findings.add("RSP210", items=list(missing), count=len(missing))
        notes = _checks.notes(self.findings, seen)
        table = replace(self.table, columns=tuple(_privacy.scrubbed(c) for p, c in enumerate(self.table.columns) if p not in private))
        return Responses(
            items=_frame(order, self.items, index), kept=pd.Series(kept, index=index, name="kept"),
            respondents=self._respondents(index, private), not_applicable=_frame(order, self.na, index),
            not_shown=_frame(order, self.hidden, index), times=times, sample=sample, privacy=privacy,
            instrument=self.instrument, source=seen, columns=dict(self.letters), form=form, missing_items=missing,
            notes=notes, found=self.findings, table=table,
        )

    def _respondents(self, index: pd.RangeIndex, private: Mapping[int, Any]) -> pd.DataFrame:
        out: dict[str, Any] = dict(self.others)
        for position in self.matched.rest:
            column = self.table.columns[position]
            if position in private or column.role in ("time", "start", "end", "meta"):
                continue
            name = column.header.strip() or column.letter
            out[f"{name} ({column.letter})" if name in out or name in self.items else name] = _checks.loose(column, self)
        typed = {name: pd.Series(v, index=index, dtype=object) if v.dtype == object else v for name, v in out.items()}
        return pd.DataFrame(typed, index=index)


_REMARKS = re.compile(r"\b(saran|komentar|catatan|keterangan|masukan|comments?|notes?|remarks?|kode|nama|name)\b")
_CONSENTS = {"ya", "yes", "setuju", "bersedia", "saya", "agree", "i", "iya", "ja"}


def _consented(value: Any) -> float:
    if value is None:
        return float("nan")
    key = _text.key(str(value)).removesuffix(".0")
    return float(key in {"1", "v", "x", "✓", "true", "y"} or key.split(" ")[0].strip(",") in _CONSENTS)


def _form_of(instrument: Any, items: Mapping[str, Any], form: str | None) -> tuple[str | None, tuple[str, ...]]:
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


def _frame(order: list[str], columns: dict[str, NDArray[Any]], index: pd.RangeIndex) -> pd.DataFrame:
    return pd.DataFrame({code: columns[code] for code in order}, index=index, copy=False)


def _why(ledger: _rows.Ledger) -> list[str]:
    return [f"{reason}: {int((ledger.reason == reason).sum())}" for reason in _rows.REASONS if (ledger.reason == reason).any()]


__all__ = ["Note", "read_responses"]
