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

    ``code`` is in the catalogue; ``row`` and ``column`` name the cell of the tidy frame it speaks of, if any.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    row: str | None = None
    column: str | None = None

    def message(self, lang: str = "en") -> str:
        """The sentence and what to do about it."""
        said = messages.message(self.code, lang, **self.params)
        advice = messages.remedy(self.code, lang, **self.params)
        return said if advice == self.code or not advice else f"{said} {advice}"

    def __str__(self) -> str:
        return f"[{self.code}] {self.message()}"

    def to_dict(self) -> dict[str, Any]:
        """Code, cell and parameters as plain values."""
        return {
            "code": self.code,
            "row": self.row,
            "column": self.column,
            "params": jsonable(dict(self.params)),
        }


SHOWN = 3  # notes of one kind that are told one by one
NAMED = 12  # rows named where there are more


def kinds(said: Iterable[tuple[Note, str]], lang: str) -> list[str]:
    """Notes as lines, each once; more than three of one kind are one line with their count and rows."""
    lines: dict[str, dict[str, Note]] = {}
    for note, line in said:
        lines.setdefault(note.code, {}).setdefault(line, note)
    out: list[str] = []
    for found in lines.values():
        if len(found) <= SHOWN:
            out += found
            continue
        rows = list(dict.fromkeys(note.row for note in found.values() if note.row))
        named = ", ".join(rows[:NAMED]) + (", …" if len(rows) > NAMED else "")
        key = "note.kind_rows" if rows else "note.kind"
        out.append(messages.text(key, lang, said=next(iter(found)), count=len(found), rows=named))
    return out


def told(notes: Iterable[Note], lang: str = "en") -> list[str]:
    """The messages of notes as lines of a summary, see ``kinds``."""
    return kinds(((note, note.message(lang)) for note in notes), lang)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A number that cannot be given, and why. It is false, is not a number, and never turns into one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """The reason, in the language."""
        return messages.message(self.code, lang, **self.params)

    def summary(self, lang: str = "en") -> str:
        """The reason and what to do about it, in the language."""
        advice = messages.remedy(self.code, lang, **self.params)
        said = self.message(lang)
        return said if not advice or advice == self.code else f"{said} {advice}"

    @property
    def reason(self) -> str:
        """The reason in English."""
        return self.message("en")

    def __bool__(self) -> bool:
        return False

    def __float__(self) -> float:
        raise TypeError(f"this number is not available: {self.reason}")

    def __str__(self) -> str:
        return f"unavailable: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """Code and parameters as plain values."""
        return {"unavailable": self.code, "params": jsonable(dict(self.params))}


@dataclass(frozen=True, slots=True)
class SampleUsed:
    """How many rows came in, how many were used, and why the others were not (reason code → rows).

    ``rows_in == used + sum(dropped.values())`` always holds; a breach raises ``ValueError``.
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
        """``n = 142 of 152 rows (missing answers: 10)`` in the language."""
        reasons = ", ".join(
            f"{reason_label(reason, lang)}: {count}" for reason, count in self.dropped.items() if count
        )
        said = messages.text("sample.used", lang, used=self.used, rows_in=self.rows_in)
        return f"{said} ({reasons})" if reasons else said

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"rows_in": self.rows_in, "used": self.used, "dropped": dict(self.dropped)}


def reason_label(reason: str, lang: str = "en") -> str:
    """The words for a reason code such as ``missing`` (text key ``reason.missing``); the code when it has
    none."""
    try:
        return messages.text(f"reason.{reason}", lang)
    except KeyError:
        return reason.replace("_", " ")


@runtime_checkable
class Result(Protocol):
    """The protocol of every result."""

    @property
    def notes(self) -> tuple[Note, ...]: ...
    @property
    def sample(self) -> SampleUsed | None: ...
    @property
    def seed(self) -> int | None: ...
    def tidy(self) -> pd.DataFrame: ...
    def glance(self) -> pd.DataFrame: ...
    def summary(self, lang: str = "en") -> str: ...
    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True, eq=False)
class StudyResults:
    """Everything ``report/`` may show, computed elsewhere.

    ``parts`` maps a fixed step name (``responses``, ``reliability``, ``cfa``, ``mediation_scores``, …) to its
    result, or to ``Unavailable`` when the step could not be done. ``meta`` holds plain values: title,
    seed, language, simulated (bool), versions, options with their origin.
    """

    parts: Mapping[str, Any]
    meta: Mapping[str, Any]
    notes: tuple[Note, ...] = ()

    def get(self, name: str) -> Any:
        """The part, or None when the study has no such step."""
        return self.parts.get(name)

    def to_dict(self) -> dict[str, Any]:
        """All parts as plain values, sorted, without NaN, time, path or host."""
        return {
            "parts": jsonable(dict(self.parts)),
            "meta": jsonable(dict(self.meta)),
            "notes": jsonable(self.notes),
        }


def jsonable(value: Any) -> Any:
    """``value`` as plain JSON values: NaN and infinities become None, frames become lists of records.

    Objects with ``to_dict`` say how they want to be written; numpy scalars and arrays become Python numbers
    and lists. Anything else raises ``TypeError``: nothing is written as its ``repr``.
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
