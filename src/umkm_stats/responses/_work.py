"""One reading, step by step: split off identifiers, recode, apply rules, account for every row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of
from umkm_stats.responses import _answers, _checks, _duplicates, _privacy, _rows, _text
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import Findings
from umkm_stats.responses._headers import Matched
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.responses._recode import AnswerBook
from umkm_stats.responses._result import Responses, ResponsesSample, Source


class Work:
    """One reading, step by step; holds what the steps share."""

    def __init__(
        self,
        instrument: Any,
        table: RawTable,
        matched: Matched,
        findings: Findings,
        answers: Mapping[str, Mapping[str, int]],
        reverse: str,
        path: Path,
        form: str | None,
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
        self,
        seen: Source,
        screening: str | None,
        double: str | None,
        period: tuple[Any, Any] | None,
        now: dt.datetime | None,
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
        _checks.skip_logic(
            self.instrument,
            self.table,
            self.matched,
            self.items,
            self.others,
            self.findings,
            ledger.live(),
            self.na,
        )
        _rows.unanswered(ledger, list(self.items.values()), list(self.na.values()))
        _checks.columns(self, private)
        self._reverse(ledger)
        return self._result(ledger, seen, privacy, times, private)

    def _question(self, code: str) -> Any:
        return self.instrument.question(code)

    def _prefer(self) -> str:
        return (
            "month"
            if self.instrument.languages[0] == "en" and "id" not in self.instrument.languages
            else "day"
        )

    def _book(self, question: Any) -> AnswerBook:
        extra = {**self.answers.get("*", {}), **self.answers.get(question.code, {})}
        mark = (
            (question.scale, question.na_code, tuple(sorted(extra.items())))
            if question.scale and question.anchors is None
            else question.code
        )
        if mark not in self.books:
            self.books[mark] = AnswerBook(question, extra, self.table.not_shown)
        return self.books[mark]

    def _recode(self, private: Mapping[int, Any], year: int) -> None:
        for question in self.instrument.questions:
            position = self.matched.columns.get(question.code)
            boxes = {
                v: self.table.columns[p] for (c, v), p in self.matched.options.items() if c == question.code
            }
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
            self.others[question.code] = _answers.read_multiple(
                question, column, boxes, self.table, self.findings, self.live
            )
        elif column is None:
            return
        elif question.kind == "number":
            self.others[question.code] = _answers.read_number(
                column, question, self.table, self.findings, self.live, year
            )
        elif question.kind == "text":
            self.others[question.code] = _answers.read_text(
                column, self.table, self.findings, question.code, self.live
            )
        elif question.kind == "consent" and not question.choices:
            self.others[question.code] = np.array([_consented(v) for v in (*column.values, None)])[
                column.codes
            ]
        else:
            other = next((float(c.value) for c in question.choices if c.other), None)
            values, _, _, tokens = _answers.read_scale(
                column,
                self._book(question),
                self.table,
                self.findings,
                question.code,
                self.live,
                other=other,
                choice=True,
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
            if (
                mode != "off"
                and question.passes
                and question.kind != "consent"
                and values is not None
                and values.dtype != object
            ):
                _rows.eligibility(ledger, question, column, values, mode)
        for position in sorted({*self.matched.rest, *self.matched.columns.values()}):
            column = self.table.columns[position]
            question = next(
                (self._question(c) for c, p in self.matched.columns.items() if p == position), None
            )
            if (question is not None and question.code == "STAGE") or column.header.strip().casefold() in (
                "stage",
                "tahap",
            ):
                _rows.pilot(ledger, column, question)

    def _duplicates(self, ledger: _rows.Ledger, times: pd.DataFrame, double: str | None, source: str) -> None:
        if double is not None:
            column = next(
                (
                    c
                    for c in self.table.columns
                    if double in (c.header, c.letter) or self._codes_of(double) == c.letter
                ),
                None,
            )
            if column is None:
                raise UmkmError("RSP118", place(self.path, column=double), {"key": double})
            _rows.double_entry(ledger, column, self.items, self.letters)
        if double is None and "FORMNO" in self.matched.columns:
            _duplicates.repeated_form_numbers(ledger, self.table.columns[self.matched.columns["FORMNO"]])
        for role, code in (("uuid", "RSP217"), ("id", "RSP216")):
            for column in self.table.columns:
                if column.role == role and (double is None or double not in (column.header, column.letter)):
                    trusted = role == "uuid" or source in ("kobotoolbox", "limesurvey")
                    _duplicates.submission_ids(
                        ledger, column, code, list(self.items.values()), trusted=trusted
                    )
        stamp = next((times[c].to_numpy() for c in ("time", "end", "start") if c in times), None)
        rest = [self.table.columns[p].codes for p in self.matched.rest if not self.table.columns[p].role]
        rest += [
            self.table.columns[p].codes
            for c, p in self.matched.columns.items()
            if c not in self.items and c not in self.others
        ]
        closed = [
            v if v.dtype != object else self._codes(c)
            for c, v in self.others.items()
            if self._question(c).kind != "text"
        ]
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
        _checks.reversed_already(
            self.instrument, self.items, self.letters, self.findings, ledger.live(), self.reverse
        )

    def _result(
        self,
        ledger: _rows.Ledger,
        seen: Source,
        privacy: _privacy.Privacy,
        times: pd.DataFrame,
        private: Mapping[int, Any],
    ) -> Responses:
        n = self.table.n
        index = pd.RangeIndex(n)
        form, missing = _form_of(self.instrument, self.items, self.form)
        order = [item.code for item in self.instrument.items if item.code in self.items]
        kept = ledger.live()
        if not kept.any():
            raise UmkmError(
                "RSP112", place(self.path, sheet=self.table.sheet), {"rows": n, "reasons": _why(ledger)}
            )
        dropped = {
            reason: int((ledger.reason == reason).sum())
            for reason in _rows.REASONS
            if (ledger.reason == reason).any()
        }
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
        table = replace(
            self.table,
            columns=tuple(_privacy.scrubbed(c) for p, c in enumerate(self.table.columns) if p not in private),
        )
        return Responses(
            items=_frame(order, self.items, index),
            kept=pd.Series(kept, index=index, name="kept"),
            respondents=self._respondents(index, private),
            not_applicable=_frame(order, self.na, index),
            not_shown=_frame(order, self.hidden, index),
            times=times,
            sample=sample,
            privacy=privacy,
            instrument=self.instrument,
            source=seen,
            columns=dict(self.letters),
            form=form,
            missing_items=missing,
            notes=notes,
            found=self.findings,
            table=table,
        )

    def _respondents(self, index: pd.RangeIndex, private: Mapping[int, Any]) -> pd.DataFrame:
        out: dict[str, Any] = dict(self.others)
        for position in self.matched.rest:
            column = self.table.columns[position]
            if position in private or column.role in ("time", "start", "end", "meta"):
                continue
            name = column.header.strip() or column.letter
            out[f"{name} ({column.letter})" if name in out or name in self.items else name] = _checks.loose(
                column, self
            )
        typed = {
            name: pd.Series(v, index=index, dtype=object) if v.dtype == object else v
            for name, v in out.items()
        }
        return pd.DataFrame(typed, index=index)


_REMARKS = re.compile(
    r"\b(saran|komentar|catatan|keterangan|masukan|comments?|notes?|remarks?|kode|nama|name)\b"
)
_CONSENTS = {"ya", "yes", "setuju", "bersedia", "saya", "agree", "i", "iya", "ja"}


def _consented(value: Any) -> float:
    if value is None:
        return float("nan")
    key = _text.key(str(value)).removesuffix(".0")
    return float(key in {"1", "v", "x", "✓", "true", "y"} or key.split(" ")[0].strip(",") in _CONSENTS)


def _form_of(
    instrument: Any, items: Mapping[str, Any], form: str | None
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


def _frame(order: list[str], columns: dict[str, NDArray[Any]], index: pd.RangeIndex) -> pd.DataFrame:
    return pd.DataFrame({code: columns[code] for code in order}, index=index, copy=False)


def _why(ledger: _rows.Ledger) -> list[str]:
    return [
        f"{reason}: {int((ledger.reason == reason).sum())}"
        for reason in _rows.REASONS
        if (ledger.reason == reason).any()
    ]
