"""Times as exports write them: ISO, Google's local forms, Excel serial numbers, day first or month first."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.responses import _text
from umkm_stats.responses._raw import RawColumn

_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ,]+(.*))?$")
_LOCAL = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})(?:[T ,]+(.*))?$")
_CLOCK = re.compile(
    r"^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?\s*(.*)$", re.IGNORECASE
)
_ZONE = re.compile(
    r"^(?:(?:gmt|utc)?\s*([+-])(\d{1,2})(?::?(\d{2}))?|z|gmt|utc|wita|wib|wit)$", re.IGNORECASE
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari february",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu ags aug agustus august",
            "sep sept september",
            "okt oct oktober october",
            "nov november nopember",
            "des dec desember december",
        ),
        1,
    )
    for name in names.split()
}
_NAMED = re.compile(r"^(?:\w+, *)?(\d{1,2})[ -]([A-Za-z]{3,10})\.?[ -](\d{4})(?:[T ,]+(.*))?$")
_EPOCH = dt.datetime(1899, 12, 30)


@dataclass(frozen=True, eq=False)
class Times:
    """times (n,): datetime64[s], NaT where empty or unreadable, in the local time as written. unreadable:
    mask.
    order: "day", "month" or "" when no cell needed one. mixed: whether cells contradict each other in it.
    guessed: whether nothing in the column decides the order.
    """

    times: NDArray[np.datetime64]
    unreadable: NDArray[np.bool_]
    order: str
    mixed: bool
    guessed: bool


def parse(column: RawColumn, *, prefer: str = "day") -> Times:
    """Read a time column. The order of day and month is the one that all cells allow, else ``prefer``."""
    parts = [_parts(value) for value in column.values]
    local = [p for p in parts if isinstance(p, tuple)]
    day = any(p[0] > 12 for p in local)
    month = any(p[1] > 12 for p in local)
    order = "day" if day and not month else "month" if month and not day else prefer
    guessed = bool(local) and not day and not month
    if guessed:
        order = _by_sequence(column, parts, prefer)
    values = np.full(len(parts) + 1, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    bad = np.zeros(len(parts) + 1, dtype=bool)
    for i, part in enumerate(parts):
        made = _build(part, order) or (
            _build(part, "month" if order == "day" else "day") if day and month else None
        )
        if made is None:
            bad[i] = True
        else:
            values[i] = np.datetime64(made, "s")
    return Times(values[column.codes], bad[column.codes], order if local else "", day and month, guessed)


def _by_sequence(column: RawColumn, parts: list[Any], prefer: str) -> str:
    """Exports are written in order of arrival: the order of day and month under which time does not run
    back."""
    steps = {}
    for order in ("day", "month"):
        made = [_build(p, order) for p in parts]
        stamps = [made[c] for c in column.codes[:5000] if c >= 0 and made[c] is not None]
        steps[order] = sum(b < a for a, b in itertools.pairwise(stamps) if a is not None and b is not None)
    if steps["day"] == steps["month"]:
        return prefer
    return min(steps, key=lambda order: steps[order])


def _parts(value: Any) -> Any:
    """A datetime, (first, second, year, clock) of a local date, or None."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _EPOCH + dt.timedelta(days=float(value)) if 20000 < value < 80000 else None
    text = _text.tidy(str(value))[:60]
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return _parts(float(text.replace(",", ".")))
    found = _ISO.match(text)
    if found:
        return _with_clock(int(found[1]), int(found[2]), int(found[3]), found[4])
    named = _NAMED.match(text)
    if named and named[2].casefold() in _MONTHS:
        return _with_clock(int(named[3]), _MONTHS[named[2].casefold()], int(named[1]), named[4])
    found = _LOCAL.match(text)
    if found and _clock(found[4]) is not None:
        year = int(found[3])
        return (int(found[1]), int(found[2]), year + 2000 if year < 100 else year, found[4])
    return None


def _clock(text: str | None) -> tuple[int, int, int] | None:
    """(hour, minute, second); midnight without a clock; None when it cannot be read."""
    if not text or not text.strip():
        return 0, 0, 0
    found = _CLOCK.match(text.strip())
    if not found or (found[5] and not _ZONE.match(found[5].strip())):
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower().startswith("p") else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _with_clock(year: int, month: int, day: int, clock: str | None) -> dt.datetime | None:
    time = _clock(clock)
    try:
        return dt.datetime(year, month, day, *time) if time is not None else None
    except (ValueError, OverflowError):
        return None


def _build(part: Any, order: str) -> dt.datetime | None:
    if isinstance(part, dt.datetime) or part is None:
        return part
    first, second, year, clock = part
    day, month = (first, second) if order == "day" else (second, first)
    return _with_clock(year, month, day, clock)
