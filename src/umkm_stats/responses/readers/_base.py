"""What readers share: the head they sniff, the roles of columns, and the choice of a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading, build_table, find_heading
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.responses._sheets import Opened, Sheet


@dataclass(frozen=True, slots=True)
class Match:
    """How sure a reader is (0 no … 1 certain) and why: keys of ``[text]`` with their parameters."""

    score: float
    why: tuple[tuple[str, dict[str, str]], ...] = ()


NO = Match(0.0)


@dataclass(frozen=True, eq=False)
class Head:
    """What a reader may look at: the opened file and the headings of the sheet that would be read."""

    opened: Opened
    sheet: Sheet | None
    heading: Heading
    names: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Headings in their normal form."""
        return tuple(_text.key(name) for name in self.names)


TIME = {
    "timestamp": "time",
    "cap waktu": "time",
    "stempel waktu": "time",
    "submission time": "time",
    "submission_time": "time",
    "submissiondate": "time",
    "submitdate": "time",
    "date submitted": "time",
    "waktu pengisian": "time",
    "tanggal pengisian": "time",
    "tanggal": "time",
    "abgeschickt am": "time",
    "datum abgeschickt": "time",
    "completion time": "time",
    "waktu selesai": "time",
    "zeitstempel": "time",
    "recordeddate": "time",
    "recorded date": "time",
    "start": "start",
    "start date": "start",
    "startdate": "start",
    "date started": "start",
    "start time": "start",
    "waktu mulai": "start",
    "starttime": "start",
    "datum gestartet": "start",
    "end": "end",
    "enddate": "end",
    "end date": "end",
    "__system/submissiondate": "time",
    "endtime": "end",
    "end time": "end",
    "datestamp": "end",
    "date last action": "end",
    "datum letzte aktivität": "end",
}
IDS = {
    "uuid": "uuid",
    "instanceid": "uuid",
    "meta/instanceid": "uuid",
    "meta-instanceid": "uuid",
    "key": "uuid",
    "__id": "uuid",
    "instance id": "uuid",
    "id": "id",
    "response id": "id",
    "answer id": "id",
    "antwort id": "id",
    "responseid": "id",
    "no. responden": "id",
    "no responden": "id",
    "nomor responden": "id",
    "kode responden": "id",
    "id responden": "id",
    "respondent id": "id",
    "id respons": "id",
    "nomor formulir": "id",
    "form number": "id",
    "id jawaban": "id",
    "draft id": "uuid",
}
META = frozenset(
    {
        "index",
        "version",
        "validation_status",
        "notes",
        "status",
        "submitted_by",
        "tags",
        "today",
        "audit",
        "parent_index",
        "lastpage",
        "last page",
        "letzte seite",
        "startlanguage",
        "start language",
        "start-sprache",
        "seed",
        "zufallsstartwert",
        "formdef_version",
        "review state",
        "edits",
        "attachmentspresent",
        "attachmentsexpected",
    }
)


def role_of(name: str) -> str:
    """What a heading says a column is, in any source: "time", "start", "end", "uuid", "id", "meta" or ""."""
    key = _text.key(name)
    for form in (key, *key.split(". ", 1)):
        role = TIME.get(form) or IDS.get(form) or ("meta" if form in META else "")
        if role:
            return role
    return ""


def with_roles(table: RawTable, index: HeaderIndex, roles: Callable[[str], str] = role_of) -> RawTable:
    """The table with a role on every column that is not a question."""
    columns = []
    for column in table.columns:
        names = (column.header, *column.keys)
        known = any(index.match(name) for name in names if name)
        role = "" if known else next((r for name in names if name and (r := roles(name))), "")
        columns.append(replace(column, role=role))
    return replace(table, columns=tuple(columns))


def choose_sheet(opened: Opened, index: HeaderIndex) -> tuple[Sheet, Heading, list[str]]:
    """The sheet whose heading names most questions, and the names of other sheets that name some too.

    Raises RSP102 when every sheet is blank and RSP117 when two sheets name equally many (choose with
    ``sheet=``).
    """
    ranked = []
    for sheet in opened.sheets:
        if sheet.blank:
            continue
        heading = find_heading(sheet, index)
        ranked.append((heading.matches, sheet, heading))
    if not ranked:
        raise UmkmError("RSP102", place(opened.path))
    best = max(ranked, key=lambda entry: entry[0])
    others = [
        entry[1].name or "" for entry in ranked if entry is not best and entry[0] >= max(3, best[0] / 2)
    ]
    if best[0] > 0 and any(entry[0] == best[0] and entry is not best for entry in ranked):
        names = [entry[1].name or "" for entry in ranked if entry[0] == best[0]]
        raise UmkmError("RSP117", place(opened.path), {"sheets": names})
    return best[1], best[2], others


def read_grid(head: Head, index: HeaderIndex) -> RawTable:
    """The table of the head's sheet with roles set: what most sources need."""
    assert head.sheet is not None
    return with_roles(build_table(head.sheet, head.heading, head.opened.path, index), index)


def columns_of(
    frame: object, labels: Mapping[str, str], values: Mapping[str, Mapping[object, str]]
) -> tuple[RawColumn, ...]:
    """RawColumns of a data frame read from a statistical file: codes by factorisation, headings with their
    labels."""
    import numpy as np
    import pandas as pd

    from umkm_stats.responses._raw import letters

    assert isinstance(frame, pd.DataFrame)
    out = []
    for position, name in enumerate(frame.columns):
        series = frame[name]
        if series.dtype == object:  # lists of ticked choices can be counted as tuples
            series = series.map(lambda v: tuple(v) if isinstance(v, (list, np.ndarray)) else v)
            series = series.map(lambda v: None if v == () else v)
        found, distinct = pd.factorize(series, use_na_sentinel=True)
        plain = [v.item() if hasattr(v, "item") else v for v in distinct]
        plain = [v.to_pydatetime() if isinstance(v, pd.Timestamp) else v for v in plain]
        blank = [i for i, v in enumerate(plain) if isinstance(v, str) and not v.strip()]
        codes = np.asarray(found, dtype=np.int32)
        if blank:
            codes[np.isin(codes, blank)] = -1
        label = labels.get(str(name)) or ""
        twin = re.findall(r"^(.+)_duplicated\d+$", str(name))
        out.append(
            RawColumn(
                str(name),
                codes,
                tuple(plain),
                letters(position),
                (*twin, *((label,) if label and label != name else ())),
                labels=dict(values.get(str(name), {})),
            )
        )
    return tuple(out)
