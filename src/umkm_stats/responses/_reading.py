"""The door: parse, match, recode, check, build. Each step hands on a frozen value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import as_instrument
from umkm_stats.options import one_of
from umkm_stats.responses import _joining, _mapping, _text
from umkm_stats.responses._building import build
from umkm_stats.responses._checking import Rules, check
from umkm_stats.responses._files import kind_of
from umkm_stats.responses._findings import Collector, Entry
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._matching import match
from umkm_stats.responses._parsing import Parsed, Progress, parse
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses._recoding import recode
from umkm_stats.responses._result import Responses
from umkm_stats.responses.readers import READERS

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

Reverse = Literal["score", "already"]
PathLike = str | Path


def read_responses(
    path: PathLike | Sequence[PathLike],
    instrument: Instrument | PathLike,
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

    Faults of cells never raise: the cell becomes NaN and a finding says where and what to do. A column that
    the file lacks is one note and holds nobody. The file is never changed.

    Parameters
    ----------
    path : PathLike or Sequence[PathLike]
        A file (xlsx, csv, zipped csv, sav, dta, parquet, a saved web table), or several files that hold parts
        of the same respondents' answers (see ``join``).
    instrument : Instrument or PathLike
        A loaded instrument, the name of a bundled one, or a path.
    aliases : Mapping[str, str] or PathLike, optional
        Heading to question code, or a map file written by ``write_map`` and confirmed by you.
    sheet : str, optional
        Sheet of a workbook; None takes the one whose heading names most questions.
    source : str, optional
        Reader to use: "google-forms", "kobotoolbox", "limesurvey", "spss", "stata", "parquet", "umkm-stats"
        or "table"; None recognises it.
    reverse : Reverse, default "score"
        "score" reverses reverse-keyed items once; "already" leaves data that are reversed as they are.
    form : str, optional
        Form of the questionnaire whose items are expected; None takes the shortest that has all items found.
    screening : str, optional
        Screening mode whose rules hold rows back; None takes the instrument's ``population`` mode when it has
        one; "off" takes none.
    join : str, optional
        For several files: "row_order", or the heading of the key column.
    double_entry : str, optional
        Heading (or code) of the form number when paper forms were typed twice.
    field_period : tuple[Any, Any], optional
        First and last day of the field work; times outside are set aside.
    now : datetime.datetime, optional
        Moment against which times in the future are judged; None takes the clock.
    strict : bool, default False
        Whether any error or warning raises RSP125.
    progress : Progress, optional
        Called with a share from 0 to 1 while a large file is read.

    Returns
    -------
    Responses
        Every row read, in file order, with what was found.

    Raises
    ------
    UmkmError
        RSP101-RSP128: the file cannot be used.
    UsageError
        GEN001, GEN002: an unknown option; RSP121: a fault of the map; RSP130: ``sheet`` given and no file is
        a workbook.

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> answers = read_responses(file, "msme_colombia")
    >>> answers.items.shape, answers.ok()
    ((9, 27), True)
    """
    one_of("reverse", reverse, Reverse)
    if source is not None:
        one_of("source", source, tuple(READERS))
    instrument = as_instrument(instrument)
    confirmed = _mapping.confirmed(aliases)
    index = HeaderIndex(instrument.questions, confirmed.columns)
    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(p) for p in path]
    if not paths:
        raise UmkmError("RSP101")
    books = [p for p in paths if sheet is not None and len(paths) > 1 and kind_of(p) == "workbook"]
    parts = [
        parse(p, index, sheet=sheet if not books or p in books else None, source=source, progress=progress)
        for p in paths
    ]
    table, before = _one_table(parts, join)
    if progress is not None:
        progress(0.6)
    lost = sorted(confirmed.ignore - {c.header for c in table.columns})
    table = replace(table, columns=tuple(c for c in table.columns if c.header not in confirmed.ignore))
    moment = now or dt.datetime.now()
    placed = match(paths[0], table, instrument, index)
    lost += [str(heading) for heading in confirmed.columns if _text.key(str(heading)) not in index.met]
    if lost:
        findings = Collector(table.sheet)
        findings.add("RSP285", headings=lost)
        before = (*before, *findings.done())
    recoded = recode(placed, confirmed.answers, moment.year)
    rules = Rules(reverse, screening, double_entry, field_period, moment)
    checked = check(recoded, rules)
    responses = build(checked, parts[0].source, before, form)
    if progress is not None:
        progress(1.0)
    return responses.require(strict=True) if strict else responses


def _one_table(parts: Sequence[Parsed], how: str | None) -> tuple[RawTable, tuple[Entry, ...]]:
    """The table of one file, or of several joined, and what its layout and the join have to say."""
    findings = Collector(parts[0].table.sheet)
    table = parts[0].table
    if len(parts) > 1:
        table = _joining.join([p.table for p in parts], how, findings, [p.path for p in parts])
    for code, params in table.facts:
        findings.add(code, **params)
    return table, findings.done()
