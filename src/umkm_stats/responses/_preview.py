"""A file of answers as it stands, before there is an instrument: sheets, columns, commonest answers, rows.

Columns and roles are those of ``draft_instrument``; nothing is guessed a second time.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import messages, options
from umkm_stats.errors import UmkmError
from umkm_stats.responses import _privacy, _text
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading
from umkm_stats.responses._raw import Percent, RawColumn, RawTable, Uncomputed
from umkm_stats.responses._result import Source
from umkm_stats.responses._sheets import Opened, Sheet, open_file, refuse_sheet
from umkm_stats.responses.drafting._answers import as_number
from umkm_stats.responses.drafting._forms import form_grid, is_lss
from umkm_stats.responses.drafting._grid import Column, Grid, grid_of, grid_of_table, main_sheet
from umkm_stats.responses.drafting._grid import codebook_of as beside
from umkm_stats.responses.drafting._heads import heading_name
from umkm_stats.responses.drafting._lines import plain_heading, safe
from umkm_stats.responses.drafting._looking import look
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head
from umkm_stats.results import Note, SampleUsed, told

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = "***"
COMMON = 20
LONGEST = 200


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column as it stands in the file.

    Attributes
    ----------
    name : str
        Its heading.
    letter : str
        Its name in a spreadsheet.
    answers : tuple[tuple[str, int], ...]
        The commonest answers with how often each was given, at most 20, commonest first; none for a personal
        column.
    numeric : bool
        Whether every answer is a number.
    personal : bool
        Whether it may hold names, phone numbers or the like.
    filled : int
        Answers given.
    distinct : int
        Different answers.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> from umkm_stats.responses import preview
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> preview(file).columns[0].name, preview(file).columns[0].filled
    ('Timestamp', 9)
    """

    name: str
    letter: str
    answers: tuple[tuple[str, int], ...]
    numeric: bool
    personal: bool
    filled: int
    distinct: int

    def to_dict(self) -> dict[str, Any]:
        """The column as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``name``, ``letter``, ``answers``, ``numeric``, ``personal``, ``filled`` and ``distinct``.

        Examples
        --------
        >>> from umkm_stats.responses import ColumnPreview
        >>> ColumnPreview("X1", "B", (("4", 12), ("5", 8)), True, False, 20, 2).to_dict()["answers"]
        [['4', 12], ['5', 8]]
        """
        return {
            "name": self.name,
            "letter": self.letter,
            "answers": [list(pair) for pair in self.answers],
            "numeric": self.numeric,
            "personal": self.personal,
            "filled": self.filled,
            "distinct": self.distinct,
        }


@dataclass(frozen=True, eq=False)
class Preview:
    """What a file of answers holds.

    Attributes
    ----------
    sheets : tuple[str, ...]
        Sheets of a workbook that are not blank; none for other files.
    sheet : str or None
        The sheet shown.
    columns : tuple[ColumnPreview, ...]
        The columns, in file order.
    rows : tuple[tuple[str, ...], ...]
        The first rows, one text a column, "" where empty; personal cells are ``***``.
    row_numbers : tuple[int, ...]
        Those rows as the file counts them.
    n_rows : int
        Rows of answers.
    source : Source
        What the file was recognised as, and why.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.
    sample : SampleUsed or None
        Rows received, used and set aside by reason; None when there are no rows.
    seed : int or None
        Seed of the draws; None when nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> from umkm_stats.responses import preview
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> seen = preview(file)
    >>> seen.n_rows, len(seen.columns), seen.source.name
    (9, 29, 'google-forms')
    """

    sheets: tuple[str, ...]
    sheet: str | None
    columns: tuple[ColumnPreview, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    row_numbers: tuple[int, ...] = field(repr=False)
    n_rows: int
    source: Source
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None
    seed: int | None = None

    def tidy(self) -> pd.DataFrame:
        """The columns of the file as a frame.

        Returns
        -------
        pandas.DataFrame
            One row a column, in file order:

            - ``letter``: its name in a spreadsheet.
            - ``name``: its heading.
            - ``filled``: answers given.
            - ``distinct``: different answers.
            - ``numeric``: whether every answer is a number.
            - ``personal``: whether it may hold names, phone numbers or the like.
            - ``answers``: the commonest answers with how often each was given, in words.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> from umkm_stats.responses import preview
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> seen = preview(file)
        >>> int(seen.tidy()["filled"].max())
        9
        """
        import pandas as pd

        names = ["letter", "name", "filled", "distinct", "numeric", "personal"]
        rows = [[*(getattr(c, name) for name in names), _told(c)] for c in self.columns]
        return pd.DataFrame(rows, columns=[*names, "answers"])

    def glance(self) -> pd.DataFrame:
        """The file in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``file``: bare name of the file.
            - ``sheet``: the sheet shown; None for other files than workbooks.
            - ``source``: what the file was recognised as.
            - ``rows``: rows of answers.
            - ``columns``: columns of the file.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> from umkm_stats.responses import preview
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> seen = preview(file)
        >>> seen.glance()[["rows", "columns"]].values.tolist()
        [[9, 29]]
        """
        import pandas as pd

        row = {"file": self.source.file, "sheet": self.sheet, "source": self.source.name}
        return pd.DataFrame([row | {"rows": self.n_rows, "columns": len(self.columns)}])

    def summary(self, lang: str = "en") -> str:
        """What was found, each column with its commonest answers, and the notes, in words.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> from umkm_stats.responses import preview
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> print(preview(file).summary().splitlines()[0][:62])
        answers.csv: 9 rows, 29 columns, read as Google Forms (the fir
        """
        said = [
            messages.text(
                "preview.head",
                lang,
                file=self.source.file,
                source=self.source.describe(lang),
                rows=self.n_rows,
                columns=len(self.columns),
            )
        ]
        if len(self.sheets) > 1:
            said.append(
                messages.text("preview.sheets", lang, sheet=self.sheet or "", sheets=", ".join(self.sheets))
            )
        for column in self.columns:
            if column.personal:
                answers = messages.text("preview.personal", lang)
            else:
                answers = _told(column) or messages.text("preview.empty", lang)
            said.append(f"  {column.letter:>3}  {_cut(_text.tidy(column.name), 60)}: {answers}")
        said += [f"- {line}" for line in told(self.notes, lang)]
        return "\n".join(said)

    def to_dict(self) -> dict[str, Any]:
        """The preview as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the preview to plain values; personal cells are ``***``.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> from umkm_stats.responses import preview
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> preview(file).to_dict()["n_rows"]
        9
        """
        return {
            "sheets": list(self.sheets),
            "sheet": self.sheet,
            "columns": [column.to_dict() for column in self.columns],
            "rows": [list(row) for row in self.rows],
            "row_numbers": list(self.row_numbers),
            "n_rows": self.n_rows,
            "source": self.source.to_dict(),
            "notes": [note.to_dict() for note in self.notes],
        }


def preview(path: str | Path, *, sheet: str | None = None, rows: int = 10) -> Preview:
    r"""Look into a file of answers without an instrument; nothing is kept, nothing is changed.

    Parameters
    ----------
    path : str or Path
        File of answers in any form that ``read_responses`` reads, or the form itself (XLSForm, LimeSurvey
        .lss), which has columns and no rows.
    sheet : str, optional
        Sheet of a workbook; None shows the one that looks most like answers.
    rows : int, default 10
        How many rows are shown, 0 to 1000.

    Returns
    -------
    Preview
        Columns, first rows, and what the file was recognised as.

    Raises
    ------
    UmkmError
        RSP101-RSP109, RSP116: the file cannot be opened (each says why and what to do); RSP301: the sheet has
        no heading row.
    UsageError
        GEN003: ``rows`` out of range; RSP130: ``sheet`` given with a file that is no workbook.

    Examples
    --------
    >>> import pathlib
    >>> from umkm_stats.responses import preview
    >>> file = pathlib.Path("names.csv")
    >>> _ = file.write_text("Nama,X1\nBudi,Setuju\nSiti,Setuju\nTono,Netral\n", encoding="utf-8")
    >>> seen = preview(file, rows=1)
    >>> seen.columns[1].answers, seen.columns[0].personal, seen.rows
    ((('Setuju', 2), ('Netral', 1)), True, (('***', 'Setuju'),))
    """
    shown = options.whole("rows", rows, low=0, high=1000)
    file = Path(path)
    grid, opened, main = _open(file, sheet)
    columns = _columns(grid)
    cells = tuple(_row(grid, columns, at) for at in range(min(shown, grid.n)))
    return Preview(
        tuple(s.name or "" for s in opened.sheets if s.name and not s.blank) if opened is not None else (),
        grid.sheet,
        columns,
        cells,
        tuple(int(number) for number in grid.rows[: len(cells)]),
        grid.n,
        _source(file, grid, opened, main),
        _notes(grid, columns, main),
        SampleUsed(grid.n + grid.dropped, grid.n, {"summary_row": grid.dropped} if grid.dropped else {}),
    )


def _open(path: Path, wanted: str | None) -> tuple[Grid, Opened | None, Sheet | None]:
    """The grid that ``draft_instrument`` would look at, what was opened, and the sheet it stands in."""
    if is_lss(path):
        refuse_sheet(path, wanted)
        asked = form_grid(None, path)
        if asked is None:
            raise UmkmError("RSP102", place(path))
        return asked, None, None
    opened = open_file(path)
    if opened.kind != "workbook":
        refuse_sheet(path, wanted)
    named = [s.name for s in opened.sheets if s.name]
    if wanted is not None and wanted not in named:
        raise UmkmError("RSP109", place(path, sheet=wanted), {"sheet": wanted, "sheets": named})
    asked = form_grid(opened, path) if opened.kind == "workbook" and wanted is None else None
    if asked is not None:
        return asked, opened, None
    if opened.sheets:
        chosen = [s for s in opened.sheets if s.name == wanted] if wanted is not None else []
        main = chosen[0] if chosen else main_sheet(opened)
        if main.blank:
            raise UmkmError("RSP102", place(path, sheet=main.name))
        return grid_of(main, path, beside(opened.sheets, main)), opened, main
    return grid_of_table(_table(opened)), opened, None


def _table(opened: Opened) -> RawTable:
    head = Head(opened, None, Heading((), 0), ())
    reader = max(READERS.values(), key=lambda entry: entry.sniff(head).score)
    read: RawTable = reader.read(head, HeaderIndex(()))
    return read


def _source(path: Path, grid: Grid, opened: Opened | None, main: Sheet | None) -> Source:
    """What the file was recognised as, by the headings that were found."""
    form = opened.text_form if opened is not None else None
    size = (grid.header_rows, (), grid.n, len(grid.columns))
    if opened is None or grid.form:
        return Source("form", False, safe(path.name), grid.sheet, *size)
    rows = tuple(row - 1 for row in grid.header_rows) if main is not None else ()
    last = main.head[rows[-1]] if main is not None and rows else []
    names = tuple(str(cell) for cell in last if cell is not None and str(cell).strip())
    head = Head(opened, main, Heading(rows, 0), names)
    found = {name: reader.sniff(head) for name, reader in READERS.items()}
    name = max(found, key=lambda entry: found[entry].score)
    return Source(
        name,
        False,
        safe(opened.name),
        grid.sheet,
        grid.header_rows,
        found[name].why,
        grid.n,
        len(grid.columns),
        form.encoding if form else None,
        form.delimiter if form else None,
    )


def _columns(grid: Grid) -> tuple[ColumnPreview, ...]:
    raw = [RawColumn(heading_name(c), c.codes, c.values, c.letter) for c in grid.columns]
    table = RawTable(tuple(raw), grid.rows, grid.rows.astype(object), "", grid.sheet)
    hidden = set(_privacy.find(table, {}))
    if not grid.form:
        roles = look(grid).roles
        hidden |= {i for i, role in enumerate(roles) if role is not None and role.name == "personal"}
    hidden |= {i for i, column in enumerate(grid.columns) if column.kind == "personal"}
    return tuple(_column(column, i in hidden) for i, column in enumerate(grid.columns))


def _column(column: Column, personal: bool) -> ColumnPreview:
    counted: Counter[str] = Counter()
    given = column.counts()
    numeric = column.filled > 0
    for value, count in zip(column.values, given, strict=True):
        if count:
            counted[_shown(column, value)] += count
            numeric = numeric and as_number(value) is not None
    name = heading_name(column)
    answers = () if personal else tuple(counted.most_common(COMMON))
    return ColumnPreview(
        name if plain_heading(name) else HIDDEN,
        column.letter,
        answers,
        numeric,
        personal,
        column.filled,
        len(counted),
    )


def _row(grid: Grid, columns: tuple[ColumnPreview, ...], at: int) -> tuple[str, ...]:
    out = []
    for column, seen in zip(grid.columns, columns, strict=True):
        code = int(column.codes[at])
        out.append("" if code < 0 else HIDDEN if seen.personal else _shown(column, column.values[code]))
    return tuple(out)


def _shown(column: Column, value: Any) -> str:
    """An answer as the user's program shows it, with its label where the file has one."""
    label = column.labels.get(value)
    if label is None and isinstance(value, float) and value.is_integer():
        label = column.labels.get(int(value))
    text = _plain(value)
    text = f"{text} = {label}" if label is not None and str(label) != text else text
    return HIDDEN if _privacy.identifier_in(text) else _cut(_text.tidy(text), LONGEST)


def _plain(value: Any) -> str:
    if isinstance(value, Percent):
        return f"{float(value):g} %"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Uncomputed):
        return value.formula
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return str(value)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _told(column: ColumnPreview) -> str:
    said = " · ".join(f"{_cut(answer, 40)} ({count})" for answer, count in column.answers[:5])
    return f"{said} · …" if column.distinct > 5 and said else said


def _notes(grid: Grid, columns: tuple[ColumnPreview, ...], main: Sheet | None) -> tuple[Note, ...]:
    notes = [Note(code, params) for code, params in (main.facts if main is not None else ())]
    if grid.form:
        notes.append(Note("RSP290"))
    hidden = [column.letter for column in columns if column.personal]
    if hidden:
        notes.append(Note("RSP291", {"columns": hidden}))
    if grid.dropped:
        notes.append(Note("RSP292", {"count": grid.dropped}))
    return tuple(notes)
