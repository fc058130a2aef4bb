"""What every result of the library has in common.

A result is a frozen object with ``tidy() glance() summary(lang) notes sample seed to_dict()``. It carries the
sample it used, the seed of its draws and the notes a reader must see. An unavailable number is NaN in a
frame, with a note that names row, column and reason, and ``Unavailable`` where it stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from umkm_stats import messages

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know that does not stop the work.

    Attributes
    ----------
    code : str
        Code of the catalogue.
    params : Mapping[str, Any]
        Values of the placeholders of its texts.
    row : str or None
        Row of the tidy frame that it speaks of, if any.
    column : str or None
        Column of the tidy frame that it speaks of, if any.

    Examples
    --------
    >>> from umkm_stats import Note
    >>> print(Note("SCR101", {"row": 99}))
    [SCR101] Row 99 is not in the file. Use row numbers as they stand in the source file.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    row: str | None = None
    column: str | None = None

    def message(self, lang: str = "en") -> str:
        """The sentence and what to do about it.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Sentence and advice of the catalogue.

        Examples
        --------
        >>> from umkm_stats import Note
        >>> print(Note("SCR101", {"row": 99}).message())
        Row 99 is not in the file. Use row numbers as they stand in the source file.
        """
        said = messages.message(self.code, lang, **self.params)
        advice = messages.remedy(self.code, lang, **self.params)
        return said if advice == self.code or not advice else f"{said} {advice}"

    def __str__(self) -> str:
        return f"[{self.code}] {self.message()}"

    def to_dict(self) -> dict[str, Any]:
        """Code, cell and parameters as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``code``, ``row``, ``column`` and ``params``.

        Examples
        --------
        >>> from umkm_stats import Note
        >>> Note("MEA220", row="PI").to_dict()
        {'code': 'MEA220', 'row': 'PI', 'column': None, 'params': {}}
        """
        return {
            "code": self.code,
            "row": self.row,
            "column": self.column,
            "params": jsonable(dict(self.params)),
        }


def idle(*asked: tuple[str, Any, bool, str]) -> tuple[Note, ...]:
    """Notes on options that were given and change nothing in this call (GEN013).

    Parameters
    ----------
    *asked : tuple of (str, object, bool, str)
        The option, its value, whether it was given and is without effect, and what it needs: the key of a
        text ``needs.KEY``.

    Returns
    -------
    tuple of Note
        One an idle option.

    Examples
    --------
    >>> from umkm_stats.results import idle
    >>> [note.message() for note in idle(("cut", 0.9, True, "tests"))]
    ['cut = 0.9 changes nothing here: it needs tests=True. Leave it out, or add what it needs.']
    """
    return tuple(
        Note("GEN013", {"option": option, "asked": str(value), "needs": needs})
        for option, value, found, needs in asked
        if found
    )


SHOWN = 3  # notes of one kind that are told one by one
NAMED = 12  # rows named where there are more


def kinds(said: Iterable[tuple[Note, str]], lang: str) -> list[str]:
    """Notes as lines, each once.

    More than three of one kind are one line with their count and rows.

    Parameters
    ----------
    said : Iterable[tuple[Note, str]]
        Each note with the line that tells it.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    list[str]
        Lines.

    Examples
    --------
    >>> from umkm_stats import Note
    >>> from umkm_stats.results import kinds
    >>> kinds([(Note("MEA220"), "No number."), (Note("MEA220"), "No number.")], "en")
    ['No number.']
    """
    messages.spoken(lang)
    lines: dict[str, dict[str, Note]] = {}
    for note, line in said:
        lines.setdefault(note.code, {}).setdefault(line, note)
    out: list[str] = []
    for found in lines.values():
        if len(found) <= SHOWN:
            out += found
            continue
        rows = list(dict.fromkeys(note.row for note in found.values() if note.row))
        shown = [messages.settings(row, lang) for row in rows[:NAMED]]
        named = ", ".join(shown) + (", …" if len(rows) > NAMED else "")
        key = "note.kind_rows" if rows else "note.kind"
        out.append(messages.text(key, lang, said=next(iter(found)), count=len(found), rows=named))
    return out


def told(notes: Iterable[Note], lang: str = "en") -> list[str]:
    """The messages of notes as lines of a summary, see ``kinds``.

    Parameters
    ----------
    notes : Iterable[Note]
        Notes of a result.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    list[str]
        Lines.

    Examples
    --------
    >>> from umkm_stats import Note
    >>> from umkm_stats.results import told
    >>> len(told([Note("MEA220"), Note("MEA220")]))
    1
    """
    return kinds(((note, note.message(lang)) for note in notes), lang)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A number that cannot be given, and why.

    It is false, is not a number, and never turns into one: ``float`` of it raises ``TypeError``.

    Attributes
    ----------
    code : str
        Code of the catalogue.
    params : Mapping[str, Any]
        Values of the placeholders of its texts.

    Examples
    --------
    >>> from umkm_stats import Unavailable
    >>> bool(Unavailable("MEA220"))
    False
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """The reason.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Sentence of the catalogue.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> Unavailable("MEA006", {"scale": "PI"}).message()
        'Scale PI has no items.'
        """
        return messages.message(self.code, lang, **self.params)

    def summary(self, lang: str = "en") -> str:
        """The reason and what to do about it.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Sentence and advice of the catalogue.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> Unavailable("MEA006", {"scale": "PI"}).summary()
        'Scale PI has no items. Name its items or leave the scale out.'
        """
        advice = messages.remedy(self.code, lang, **self.params)
        said = self.message(lang)
        return said if not advice or advice == self.code else f"{said} {advice}"

    @property
    def reason(self) -> str:
        """The reason in English.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> Unavailable("MEA006", {"scale": "PI"}).reason
        'Scale PI has no items.'
        """
        return self.message("en")

    def __bool__(self) -> bool:
        return False

    def __float__(self) -> float:
        raise TypeError(f"this number is not available: {self.reason}")

    def __str__(self) -> str:
        return f"unavailable: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """Code and parameters as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``unavailable`` (the code) and ``params``.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> Unavailable("MEA220").to_dict()
        {'unavailable': 'MEA220', 'params': {}}
        """
        return {"unavailable": self.code, "params": jsonable(dict(self.params))}


@dataclass(frozen=True, slots=True)
class SampleUsed:
    """How many rows came in, how many were used, and why the others were not.

    ``rows_in == used + sum(dropped.values())`` always holds; a breach raises ``ValueError``.

    Attributes
    ----------
    rows_in : int
        Rows received.
    used : int
        Rows in the numbers.
    dropped : Mapping[str, int]
        Reason code to rows set aside.

    Examples
    --------
    >>> from umkm_stats import SampleUsed
    >>> SampleUsed(152, 142, {"missing": 10}).used
    142
    """

    rows_in: int
    used: int
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rows_in != self.used + sum(self.dropped.values()) or self.used < 0:
            raise ValueError(
                f"sample does not add up: {self.rows_in} in, {self.used} used, {dict(self.dropped)} dropped"
            )
        object.__setattr__(self, "dropped", MappingProxyType(dict(self.dropped)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.rows_in, self.used, dict(self.dropped)))

    def describe(self, lang: str = "en") -> str:
        """The sample in words.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            For instance ``n = 142 of 152 rows (missing answers: 10)``.

        Examples
        --------
        >>> from umkm_stats import SampleUsed
        >>> SampleUsed(152, 142, {"missing": 10}).describe()
        'n = 142 of 152 rows (missing answers: 10)'
        >>> SampleUsed(152, 142, {"missing": 10}).describe("id")
        'n = 142 dari 152 baris (data hilang: 10)'
        """
        reasons = ", ".join(
            f"{reason_label(reason, lang)}: {count}" for reason, count in self.dropped.items() if count
        )
        said = messages.text("sample.used", lang, used=self.used, rows_in=self.rows_in)
        return f"{said} ({reasons})" if reasons else said

    def to_dict(self) -> dict[str, Any]:
        """The sample as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``rows_in``, ``used`` and ``dropped``.

        Examples
        --------
        >>> from umkm_stats import SampleUsed
        >>> SampleUsed(152, 142, {"missing": 10}).to_dict()
        {'rows_in': 152, 'used': 142, 'dropped': {'missing': 10}}
        """
        return {"rows_in": self.rows_in, "used": self.used, "dropped": dict(self.dropped)}


def reason_label(reason: str, lang: str = "en") -> str:
    """The words for a reason why rows were set aside.

    Parameters
    ----------
    reason : str
        Reason code, such as ``missing``.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    str
        Its words; the code with spaces when it has none.

    Examples
    --------
    >>> from umkm_stats.results import reason_label
    >>> reason_label("missing"), reason_label("missing", "id")
    ('missing answers', 'data hilang')
    """
    try:
        return messages.text(f"reason.{reason}", lang)
    except KeyError:
        return reason.replace("_", " ")


@runtime_checkable
class Result(Protocol):
    """The protocol of every result: whatever a door returns has these names.

    Examples
    --------
    >>> from umkm_stats import review
    >>> from umkm_stats.results import Result
    >>> isinstance(review.grim("5.19", n=28), Result)
    True
    """

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the reader must know and what could not be given.

        Examples
        --------
        >>> from umkm_stats import review
        >>> review.grim("5.19", n=28).notes
        ()
        """

    @property
    def sample(self) -> SampleUsed | None:
        """Rows received, used and set aside by reason; None when there are no rows.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.screening import missing
        >>> missing(pd.DataFrame({"q1": [1, 2, None], "q2": [2, 2, 3]})).sample.used
        3
        """

    @property
    def seed(self) -> int | None:
        """Seed of the draws; None when nothing is drawn.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> simulate_responses("msme_colombia", population="default", n=2, seed=7).seed
        7
        """

    def tidy(self) -> pd.DataFrame:
        """The numbers as a frame with machine column names, unrounded.

        Returns
        -------
        pandas.DataFrame
            One row a thing that was estimated or checked.

        Examples
        --------
        >>> from umkm_stats import review
        >>> review.grim("5.19", n=28).tidy()["verdict"].tolist()
        ['inconsistent']
        """

    def glance(self) -> pd.DataFrame:
        """The whole result in one row.

        Returns
        -------
        pandas.DataFrame
            Frame of one row.

        Examples
        --------
        >>> from umkm_stats import review
        >>> len(review.grim("5.19", n=28).glance())
        1
        """

    def summary(self, lang: str = "en") -> str:
        """The result in words.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Lines of text, numbers in the marks of the language.

        Examples
        --------
        >>> from umkm_stats import review
        >>> print(review.grim("5.19", n=28).summary()[:60])
        Mean of whole-number answers (GRIM): 5.19 does not agree wit
        """

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values that JSON can hold.

        Returns
        -------
        dict[str, Any]
            Plain values; NaN and infinities become None.

        Examples
        --------
        >>> from umkm_stats import review
        >>> review.grim("5.19", n=28).to_dict()["verdict"]
        'inconsistent'
        """


@dataclass(frozen=True, eq=False)
class StudyResults:
    """Everything a report may show, computed elsewhere.

    Attributes
    ----------
    parts : Mapping[str, Any]
        Name of a step (``responses``, ``reliability``, ``cfa``, ``mediation_scores``, ...) to its result, or
        to ``Unavailable`` when the step could not be done.
    meta : Mapping[str, Any]
        Plain values: title, seed, language, simulated, versions, options with their origin.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.

    Examples
    --------
    >>> from umkm_stats import Unavailable
    >>> from umkm_stats.results import StudyResults
    >>> StudyResults({"cfa": Unavailable("MEA220")}, {"title": "A study"}).meta["title"]
    'A study'
    """

    parts: Mapping[str, Any]
    meta: Mapping[str, Any]
    notes: tuple[Note, ...] = ()

    def get(self, name: str) -> Any:
        """One part of a study.

        Parameters
        ----------
        name : str
            Name of the step.

        Returns
        -------
        Any
            Its result or ``Unavailable``; None when the study has no such step.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> from umkm_stats.results import StudyResults
        >>> study = StudyResults({"cfa": Unavailable("MEA220")}, {})
        >>> study.get("cfa").code, study.get("efa")
        ('MEA220', None)
        """
        return self.parts.get(name)

    def to_dict(self) -> dict[str, Any]:
        """All parts as plain values, without NaN, time, path or host.

        Returns
        -------
        dict[str, Any]
            Keys ``parts``, ``meta`` and ``notes``.

        Examples
        --------
        >>> from umkm_stats import Unavailable
        >>> from umkm_stats.results import StudyResults
        >>> StudyResults({"cfa": Unavailable("MEA220")}, {"seed": 7}).to_dict()
        {'parts': {'cfa': {'unavailable': 'MEA220', 'params': {}}}, 'meta': {'seed': 7}, 'notes': []}
        """
        return {
            "parts": jsonable(dict(self.parts)),
            "meta": jsonable(dict(self.meta)),
            "notes": jsonable(self.notes),
        }


def jsonable(value: Any) -> Any:
    """A value as plain JSON values.

    NaN and infinities become None, frames lists of records, series mappings, numpy scalars and arrays Python
    numbers and lists, sets sorted lists. Objects with ``to_dict`` say how they want to be written.

    Parameters
    ----------
    value : Any
        What is to be written.

    Returns
    -------
    Any
        None, bool, int, float, str, list or dict.

    Raises
    ------
    TypeError
        Anything else: nothing is written as its ``repr``.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.results import jsonable
    >>> jsonable(pd.DataFrame({"item": ["q1", "q2"], "mean": [3.5, float("nan")]}))
    [{'item': 'q1', 'mean': 3.5}, {'item': 'q2', 'mean': None}]
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "to_dict") and not hasattr(value, "itertuples") and not hasattr(value, "dtype"):
        return jsonable(value.to_dict())
    if hasattr(value, "columns") and hasattr(value, "itertuples"):
        names = [str(name) for name in value.columns]
        return [
            dict(zip(names, map(jsonable, row), strict=True))
            for row in value.itertuples(index=False, name=None)
        ]
    if hasattr(value, "index") and hasattr(value, "items") and hasattr(value, "dtype"):
        return {str(key): jsonable(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): jsonable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        entries = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [jsonable(entry) for entry in entries]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: jsonable(getattr(value, item.name)) for item in fields(value)}
    if value.__class__.__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")
