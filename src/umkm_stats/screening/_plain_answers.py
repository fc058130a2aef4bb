"""Answers without an instrument: a plain frame in the clothes that the doors of this room look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import Place, UsageError
from umkm_stats.options import finite_columns, with_answers
from umkm_stats.results import Note

MOST = 20  # answer codes; more than these are no answer scale
ALL = "ALL"  # the one scale of a frame whose scales are not named


@dataclass(frozen=True, slots=True)
class PlainScale:
    """Answer codes of a frame."""

    values: tuple[int, ...]

    def reverse(self, answers: Any) -> Any:
        """Answers turned round between the lowest and the highest code."""
        return self.values[0] + self.values[-1] - answers


@dataclass(frozen=True, slots=True)
class PlainItem:
    """An item as far as screening asks."""

    code: str
    construct: str
    reverse: bool
    response_scale: PlainScale

    @property
    def values(self) -> tuple[int, ...]:
        """The answer codes."""
        return self.response_scale.values


@dataclass(frozen=True, slots=True)
class PlainConstruct:
    """A scale named by the caller; scales are reflective."""

    code: str
    kind: str = "reflective"


@dataclass(frozen=True, slots=True)
class PlainInstrument:
    """Scales and answer codes of a frame."""

    items: Mapping[str, PlainItem]
    members: Mapping[str, tuple[str, ...]]
    questions: tuple[Any, ...] = ()

    def item(self, code: str) -> PlainItem:
        """An item by its code."""
        return self.items[code]

    def construct(self, code: str) -> PlainConstruct:
        """A scale by its name."""
        return PlainConstruct(code)

    def scales(self, items: Sequence[str] | None = None, *, by: str = "construct") -> dict[str, list[str]]:
        """scale → those of ``items`` in it; none when the caller named no scales."""
        wanted = set(self.items if items is None else items)
        if set(self.members) == {ALL}:
            return {}
        return {name: [code for code in codes if code in wanted] for name, codes in self.members.items()}


@dataclass(frozen=True, slots=True)
class PlainSample:
    """Every row of the frame, numbered from 1."""

    rows_in: int
    used: int
    rows: pd.DataFrame
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PlainAnswers:
    """A frame as the doors of this room see answers."""

    items: pd.DataFrame
    instrument: PlainInstrument
    sample: PlainSample
    notes: tuple[Note, ...]

    @property
    def kept(self) -> pd.Series:
        """Every row."""
        return pd.Series(True, index=self.items.index, name="kept")

    @property
    def kept_items(self) -> pd.DataFrame:
        """Every row."""
        return self.items

    @property
    def respondents(self) -> pd.DataFrame:
        """Nothing is known of the respondents."""
        return pd.DataFrame(index=self.items.index)

    @property
    def times(self) -> pd.DataFrame:
        """No times are known."""
        return pd.DataFrame(index=self.items.index)

    @property
    def not_applicable(self) -> pd.DataFrame:
        """No such answers are known."""
        return pd.DataFrame(False, index=self.items.index, columns=self.items.columns)

    @property
    def not_shown(self) -> pd.DataFrame:
        """No such answers are known."""
        return self.not_applicable


def given_answers(
    source: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    values: Sequence[int] | None = None,
    reversed_items: Sequence[str] = (),
) -> tuple[Any, tuple[Note, ...]]:
    """A ``Responses`` as it is, or a frame (rows × items, scored, NaN missing) as ``PlainAnswers``, with
    the notes on what is not known of it.

    Raises ``UsageError`` GEN008 (neither), SCR310 (an item of ``scales`` or ``reversed_items`` is not among
    the columns, a column stands twice, or an item in two scales), SCR312 (scales, values or reversed_items
    beside a ``Responses``, which knows its own); ``UmkmError`` SCR311 (a column holds something other than
    numbers).
    """
    if not isinstance(source, pd.DataFrame):
        with_answers("responses", source)
        asked = {"scales": scales is not None, "values": values is not None}
        named = [name for name, there in (asked | {"reversed_items": bool(reversed_items)}).items() if there]
        if named:
            raise UsageError("SCR312", params={"names": named})
        return source, ()
    frame = source.set_axis([str(name) for name in source.columns], axis=1)
    members = (
        {ALL: tuple(frame.columns)}
        if scales is None
        else {str(name): tuple(str(code) for code in codes) for name, codes in scales.items()}
    )
    wanted = [code for codes in members.values() for code in codes]
    repeated = {code for code in wanted if wanted.count(code) > 1}
    wrong = [code for code in (*wanted, *reversed_items) if list(frame.columns).count(code) != 1]
    if wrong or repeated or not wanted:
        named = sorted({*wrong, *repeated})
        raise UsageError("SCR310", Place(column=named[0] if named else None), {"items": named})
    wanted = [code for code in frame.columns if code in set(wanted)]  # the order of the questionnaire
    taken = finite_columns(frame, wanted, unread="SCR311", endless="SCR314")
    items = pd.DataFrame(taken, index=frame.index, columns=wanted)
    notes: list[Note] = []
    if values is None:
        seen = items.to_numpy()[np.isfinite(items.to_numpy())]
        low, high = (int(np.floor(seen.min())), int(np.ceil(seen.max()))) if seen.size else (0, 0)
        codes = tuple(range(low, high + 1)) if high - low <= MOST else (low, high)
        notes.append(Note("SCR313", {"low": low, "high": high}))
    else:
        codes = tuple(sorted(int(value) for value in values))
    offered = PlainScale(codes)
    owner = {code: name for name, names in members.items() for code in names}
    made = {code: PlainItem(code, owner[code], code in set(reversed_items), offered) for code in wanted}
    rows = pd.DataFrame({"row": np.arange(1, len(items) + 1)}, index=items.index)
    sample = PlainSample(len(items), len(items), rows)
    return PlainAnswers(items, PlainInstrument(made, members), sample, tuple(notes)), tuple(notes)
