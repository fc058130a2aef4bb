"""The door: recognise, match, recode, check, account for every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of
from umkm_stats.responses import _joining, _mapping
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import Findings
from umkm_stats.responses._headers import HeaderIndex, Matched, match_columns
from umkm_stats.responses._layout import Heading, find_heading
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses._result import Responses, Source
from umkm_stats.responses._sheets import open_file
from umkm_stats.responses._work import Work
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head, Match, choose_sheet

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
    path: a file (xlsx, csv, zipped csv, sav, dta, parquet, a saved web table), or several files that hold
    parts of the
        same respondents' answers (see ``join``). It is never changed.
    instrument: an :class:`~umkm_stats.instrument.Instrument`.
    aliases: heading → question code, or a map file written by :func:`write_map` and confirmed by you.
    sheet: sheet of a workbook; None = the one whose heading names most questions.
    source: reader to use (``google-forms``, ``kobotoolbox``, ``limesurvey``, ``spss``, ``stata``,
    ``parquet``,
        ``umkm-stats``, ``table``); None = recognised by itself.
    reverse: "score" reverses reverse-keyed items once; "already" leaves data that are reversed as they are.
    form: form of the questionnaire whose items are expected; None = the shortest that has all items found.
    screening: screening mode whose rules hold rows back; None = the instrument's ``population`` mode when it
    has one,
        "off" = none.
    join: for several files: "row_order", or the heading of the key column.
    double_entry: heading (or code) of the form number when paper forms were typed twice.
    field_period: (first day, last day) of the field work; times outside are set aside.
    now: moment against which times in the future are judged (default: the clock).
    strict: raise RSP125 when any error or warning was found.
    progress: called with a share from 0 to 1 while a large file is read.

    Returns
    -------
    Responses: ``.items`` has every row read, in file order. Faults of cells never raise: the cell becomes NaN
    and a finding says where and what to do. A column that the file lacks is one note and holds nobody.

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
    work = Work(instrument, table, matched, findings, confirmed.answers, reverse, paths[0], form)
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
        names = tuple(
            str(c) for row in heading.rows[-1:] for c in chosen.head[row] if c is not None and str(c).strip()
        )
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
        chosen_name,
        source is not None,
        opened.name,
        table.sheet,
        table.header_rows,
        () if source else best[2].why,
        table.n,
        len(table.columns),
        form.encoding if form else None,
        form.delimiter if form else None,
    )
    return table, seen


def _must_know(matched: Matched, table: RawTable, path: Path, index: HeaderIndex) -> None:
    """RSP127 for headings cut short, RSP110 when no heading is known."""
    if matched.columns or matched.options:
        items = [code for code in matched.columns if index.questions[code].is_item]
        if items or not matched.cut:
            if not items:
                raise UmkmError(
                    "RSP110",
                    place(path, sheet=table.sheet, row=_header_row(table)),
                    {"count": len(table.columns)},
                )
            return
    if matched.cut:
        columns = [table.columns[p].letter for p in matched.cut[:8]]
        raise UmkmError(
            "RSP127", place(path, sheet=table.sheet, row=_header_row(table)), {"columns": columns}
        )
    raise UmkmError(
        "RSP110", place(path, sheet=table.sheet, row=_header_row(table)), {"count": len(table.columns)}
    )


def _header_row(table: RawTable) -> int | None:
    return table.header_rows[-1] if table.header_rows else None
