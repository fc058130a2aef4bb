"""What reading gives: answers scored, every row accounted for, findings, and what was done with personal
data."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.responses._findings import Findings
from umkm_stats.responses._privacy import Privacy
from umkm_stats.responses._raw import RawTable
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument


@dataclass(frozen=True)
class ResponsesSample(SampleUsed):
    """Rows in, kept and held by reason. ``rows``: data frame with one line a row: row (as the user sees it),
    kept, reason."""

    rows: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.rows_in, self.used, dict(self.dropped), self.rows))


@dataclass(frozen=True, slots=True)
class Source:
    """What the file was recognised as.

    name: reader ("google-forms", "kobotoolbox", …). forced: whether the user chose it. file: bare name.
    sheet:
    its sheet. header_rows: row numbers of the heading. why: reasons as text keys with parameters. rows,
    columns:
    size of the table as read. encoding, delimiter: of a text table.
    """

    name: str
    forced: bool
    file: str
    sheet: str | None
    header_rows: tuple[int, ...]
    why: tuple[tuple[str, Mapping[str, str]], ...]
    rows: int
    columns: int
    encoding: str | None = None
    delimiter: str | None = None

    def reasons(self, lang: str = "en") -> str:
        """Why, in the language."""
        return "; ".join(messages.text_or(key, key, lang, **params) for key, params in self.why)

    def describe(self, lang: str = "en") -> str:
        """``google-forms: first column is "Timestamp"; …`` in the language."""
        name = messages.text_or(f"reader.{self.name}", self.name, lang)
        if self.forced:
            return messages.text("source.forced", lang, name=name)
        return f"{name} ({self.reasons(lang)})" if self.why else name

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": self.name,
            "forced": self.forced,
            "file": self.file,
            "sheet": self.sheet,
            "header_rows": list(self.header_rows),
            "rows": self.rows,
            "columns": self.columns,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
        }


@dataclass(frozen=True, eq=False, repr=False)
class Responses:
    """Answers as read, in file order; nothing removed.

    items: data frame (rows, items), scores after reverse keying, NaN where missing. kept: which rows are
    used. respondents: the other answers, aligned. not_applicable, not_shown: data frames of truth values,
    aligned with ``items``. times: data frame with the columns of ``start``, ``end``, ``time``, ``seconds``
    that the source has. sample: every row accounted for. privacy: identifier columns split off. source: what
    was recognised and why. columns: question → spreadsheet column. form: form of the questionnaire, as far as
    its items tell. missing_items: items of that form that the file does not hold.
    """

    items: pd.DataFrame
    kept: pd.Series
    respondents: pd.DataFrame
    not_applicable: pd.DataFrame
    not_shown: pd.DataFrame
    times: pd.DataFrame
    sample: ResponsesSample
    privacy: Privacy
    instrument: Instrument
    source: Source
    columns: Mapping[str, str]
    form: str | None
    missing_items: tuple[str, ...]
    notes: tuple[Note, ...]
    found: Findings = field(repr=False)
    table: RawTable = field(repr=False)
    seed: int | None = None

    def __repr__(self) -> str:
        return (
            f"Responses({self.source.file!r}, {self.source.name}, {self.sample.used} of "
            f"{self.sample.rows_in} rows, {self.items.shape[1]} items)"
        )

    @functools.cached_property
    def findings(self) -> pd.DataFrame:
        """code severity sheet row column value message remedy item rule message_id remedy_id, in row
        order."""
        return self.found.frame()

    @functools.cached_property
    def kept_items(self) -> pd.DataFrame:
        """Items of the rows that are kept."""
        return self.items.loc[self.kept]

    @property
    def kept_respondents(self) -> pd.DataFrame:
        """Other answers of the rows that are kept."""
        return self.respondents.loc[self.kept]

    def multiple(self, code: str) -> pd.DataFrame:
        """Tick boxes of a multiple-answer question: one column (0/1, NaN when not answered) for every
        choice."""
        question = self.instrument.question(code)
        column = (
            self.respondents[code]
            if code in self.respondents
            else pd.Series(None, index=self.items.index, dtype=object)
        )
        out = {}
        for choice in question.choices:
            mark = str(choice.value)
            out[choice.value] = [
                float(mark in v.split(";")) if isinstance(v, str) else float("nan") for v in column
            ]
        return pd.DataFrame(out, index=self.items.index)

    def ok(self, *, strict: bool = False) -> bool:
        """Whether nothing stops the work: no error, and with ``strict`` no warning either."""
        count = self.found.count()
        return count["error"] == 0 and (not strict or count["warning"] == 0)

    def require(self, *, strict: bool = False) -> Responses:
        """Itself when ``ok``; else RSP125, for pipelines that must stop."""
        if not self.ok(strict=strict):
            count = self.found.count()
            raise UmkmError(
                "RSP125",
                Place(file=self.source.file),
                {"errors": count["error"], "warnings": count["warning"]},
            )
        return self

    def tidy(self) -> pd.DataFrame:
        """One row an item: item construct dimension column answered missing not_applicable mean sd min max
        (kept rows)."""
        rows = []
        for code in self.items.columns:
            values = self.items.loc[self.kept, code]
            item = self.instrument.item(code)
            rows.append(
                {
                    "item": code,
                    "construct": item.construct,
                    "dimension": item.dimension,
                    "column": self.columns.get(code, ""),
                    "answered": int(values.notna().sum()),
                    "missing": int(values.isna().sum()),
                    "not_applicable": int(self.not_applicable.loc[self.kept, code].sum()),
                    "mean": float(values.mean()),
                    "sd": float(values.std(ddof=1)),
                    "min": float(values.min()),
                    "max": float(values.max()),
                }
            )
        return pd.DataFrame(rows)

    def glance(self) -> pd.DataFrame:
        """One row: source rows_in n items_found items_missing errors warnings."""
        count = self.found.count()
        return pd.DataFrame(
            [
                {
                    "source": self.source.name,
                    "rows_in": self.sample.rows_in,
                    "n": self.sample.used,
                    "items_found": self.items.shape[1],
                    "items_missing": len(self.missing_items),
                    "errors": count["error"],
                    "warnings": count["warning"],
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """What was read, what was kept, what was found."""
        count = self.found.count()
        lines = [
            messages.text(
                "responses.read",
                lang,
                file=self.source.file,
                rows=self.source.rows,
                source=self.source.describe(lang),
            ),
            self.sample.describe(lang),
            messages.text(
                "responses.found", lang, errors=count["error"], warnings=count["warning"], notes=count["note"]
            ),
            *told(self.notes, lang),
        ]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: no answers of single respondents, no identifiers."""
        return {
            "sample": self.sample.to_dict(),
            "source": self.source.to_dict(),
            "items": jsonable(self.tidy()),
            "missing_items": list(self.missing_items),
            "findings": dict(sorted(self.found.codes().items())),
            "identifiers": [{"kind": i.kind, "found_by": i.found_by} for i in self.privacy.identifiers],
            "notes": [note.to_dict() for note in self.notes],
        }

    def write_findings(self, path: Any, *, lang: str = "id") -> Any:
        """Write ``findings.xlsx``: the findings, and a copy of the sheet with their cells highlighted and
        identifiers blank."""
        from umkm_stats.responses._workbook import write

        return write(self.findings, self.table, path, lang=lang)
