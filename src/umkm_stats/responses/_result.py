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
    """Rows in, kept and held by reason.

    It is a ``SampleUsed`` with one more attribute:

    Attributes
    ----------
    rows_in : int
        Rows received.
    used : int
        Rows kept.
    dropped : Mapping[str, int]
        Reason code to rows held.
    rows : pandas.DataFrame
        One line a row: ``row`` (as the user sees it), ``kept`` (True or False) and ``reason`` (why it is
        held, "" when kept).

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> read_responses(file, "msme_colombia").sample.rows["row"].head(2).tolist()
    [2, 3]
    """

    rows: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.rows_in, self.used, dict(self.dropped), self.rows))


@dataclass(frozen=True, slots=True)
class Source:
    """What the file was recognised as.

    Attributes
    ----------
    name : str
        Reader: "google-forms", "kobotoolbox" and so on.
    forced : bool
        Whether the user chose it.
    file : str
        Bare name of the file.
    sheet : str or None
        Its sheet; None for other files than workbooks.
    header_rows : tuple[int, ...]
        Row numbers of the heading.
    why : tuple[tuple[str, Mapping[str, str]], ...]
        Reasons as text keys with parameters.
    rows : int
        Rows of the table as read.
    columns : int
        Columns of the table as read.
    encoding : str or None
        Encoding of a text table.
    delimiter : str or None
        Delimiter of a text table.

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> source = read_responses(file, "msme_colombia").source
    >>> source.name, source.rows, source.delimiter
    ('google-forms', 9, ',')
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
        """Why the file was recognised as what it is.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            The reasons in words.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").source.reasons()[:34]
        'the first column is “Timestamp”; h'
        """
        return "; ".join(messages.text_or(key, key, lang, **params) for key, params in self.why)

    def describe(self, lang: str = "en") -> str:
        """What the file was recognised as, and why, in words.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Reader and reasons.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").source.describe()[:12]
        'Google Forms'
        """
        name = messages.text_or(f"reader.{self.name}", self.name, lang)
        if self.forced:
            return messages.text("source.forced", lang, name=name)
        return f"{name} ({self.reasons(lang)})" if self.why else name

    def to_dict(self) -> dict[str, Any]:
        """The source as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the source to plain values.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").source.to_dict()["name"]
        'google-forms'
        """
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

    Attributes
    ----------
    items : pandas.DataFrame
        Scores (rows, items) after reverse keying, in the instrument's codes, NaN where missing.
    kept : pandas.Series
        Which rows are used.
    respondents : pandas.DataFrame
        The other answers, aligned with ``items``.
    not_applicable : pandas.DataFrame
        Where an answer was "does not apply", aligned with ``items``.
    not_shown : pandas.DataFrame
        Where a question was not shown, aligned with ``items``.
    times : pandas.DataFrame
        Those of ``start``, ``end``, ``time`` (moments) and ``seconds`` (duration) that the source has.
    sample : ResponsesSample
        Every row accounted for.
    privacy : Privacy
        Identifier columns split off.
    instrument : Instrument
        The instrument it was read against.
    source : Source
        What was recognised and why.
    columns : Mapping[str, str]
        Question to its column in the spreadsheet.
    form : str or None
        Form of the questionnaire, as far as its items tell.
    missing_items : tuple[str, ...]
        Items of that form that the file does not hold, or whose column is empty in every row.
    found : Findings
        What was found, before it becomes the frame ``findings``.
    table : RawTable
        The table as read.
    seed : int or None
        None: nothing is drawn.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> answers = read_responses(file, "msme_colombia")
    >>> answers.items.shape, answers.sample.used
    ((9, 27), 9)
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
        """What was found in the cells, in row order.

        One row a finding: ``code`` (of the catalogue), ``severity`` ("error" stops, "warning" sets a cell or
        row aside, "note" informs), ``sheet``, ``row`` (as the file counts), ``column`` (letter), ``value``
        (the cell as it stands), ``message`` and ``remedy`` in English, ``item`` (question), ``rule`` (the
        rule that was broken), ``message_id`` and ``remedy_id`` in Indonesian.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("umkm_inovasi", population="default", n=5, seed=1).write("survey.csv")
        >>> answers = read_responses(file, "umkm_inovasi")
        >>> sorted(answers.findings["severity"].unique())
        ['note']
        """
        return self.found.frame()

    @functools.cached_property
    def kept_items(self) -> pd.DataFrame:
        """Items of the rows that are kept.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").kept_items.shape
        (9, 27)
        """
        return self.items.loc[self.kept]

    @property
    def kept_respondents(self) -> pd.DataFrame:
        """Other answers of the rows that are kept.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").kept_respondents.shape
        (9, 1)
        """
        return self.respondents.loc[self.kept]

    def multiple(self, code: str) -> pd.DataFrame:
        """Tick boxes of a multiple-answer question.

        Parameters
        ----------
        code : str
            Code of the question.

        Returns
        -------
        pandas.DataFrame
            One column a choice, named by its value: 1 when ticked, 0 when not, NaN when the question was not
            answered; all rows read.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such question.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("umkm_inovasi", population="default", n=5, seed=1).write("survey.csv")
        >>> read_responses(file, "umkm_inovasi").multiple("ASSIST").shape
        (5, 7)
        """
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
        """Whether nothing stops the work.

        Parameters
        ----------
        strict : bool, default False
            Whether a warning stops it too.

        Returns
        -------
        bool
            True without an error (and with ``strict`` without a warning).

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").ok(strict=True)
        True
        """
        count = self.found.count()
        return count["error"] == 0 and (not strict or count["warning"] == 0)

    def require(self, *, strict: bool = False) -> Responses:
        """The answers themselves when nothing stops the work: for pipelines that must stop otherwise.

        Parameters
        ----------
        strict : bool, default False
            Whether a warning stops it too.

        Returns
        -------
        Responses
            Itself.

        Raises
        ------
        UmkmError
            RSP125: ``ok`` is False.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").require().sample.used
        9
        """
        if not self.ok(strict=strict):
            count = self.found.count()
            raise UmkmError(
                "RSP125",
                Place(file=self.source.file),
                {"errors": count["error"], "warnings": count["warning"]},
            )
        return self

    def tidy(self) -> pd.DataFrame:
        """The items of the rows kept.

        Returns
        -------
        pandas.DataFrame
            One row an item, in the order of the instrument:

            - ``item``: Item code.
            - ``construct``: construct it measures.
            - ``dimension``: its dimension; None without.
            - ``column``: its column in the spreadsheet.
            - ``answered``: rows with a score.
            - ``missing``: rows without one.
            - ``not_applicable``: rows that answered "does not apply".
            - ``mean``: mean of the scores.
            - ``sd``: standard deviation, divisor n - 1.
            - ``min``: smallest score.
            - ``max``: largest score.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> answers = read_responses(file, "msme_colombia")
        >>> round(float(answers.tidy()["mean"].iloc[0]), 2)
        3.44
        """
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
        """The reading in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``source``: reader, for instance "google-forms".
            - ``rows_in``: rows read.
            - ``n``: rows kept.
            - ``items_found``: items that have a column.
            - ``items_missing``: items of the form that have none.
            - ``errors``: findings that stop the work.
            - ``warnings``: findings that set a cell or row aside.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> answers = read_responses(file, "msme_colombia")
        >>> answers.glance()[["source", "n", "items_found"]].values.tolist()
        [['google-forms', 9, 27]]
        """
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
        """What was read, what was kept, what was found.

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
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> print(read_responses(file, "msme_colombia").summary().splitlines()[1])
        n = 9 of 9 rows
        """
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
        """The reading as plain values: no answers of single respondents, no identifiers.

        Returns
        -------
        dict[str, Any]
            Keys ``sample``, ``source``, ``items`` (rows of ``tidy``), ``missing_items``, ``findings``
            (code to count), ``identifiers`` and ``notes``.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").to_dict()["sample"]
        {'rows_in': 9, 'used': 9, 'dropped': {}}
        """
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
        """Write the findings as a workbook, with a copy of the sheet whose faulty cells are highlighted.

        Cells of identifiers are blank in the copy.

        Parameters
        ----------
        path : Any
            File to write, for instance ``findings.xlsx``.
        lang : str, default "id"
            Language of the words: "en" or "id".

        Returns
        -------
        pathlib.Path
            The file written.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> read_responses(file, "msme_colombia").write_findings("findings.xlsx").name
        'findings.xlsx'
        """
        from umkm_stats.responses._workbook import write

        return write(self.findings, self.table, path, lang=lang)
