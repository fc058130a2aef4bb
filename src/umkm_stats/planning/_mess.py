"""The ways in which a form's export differs from clean answers, planted one by one and written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from umkm_stats.kernels import draws

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

MESS = MappingProxyType(
    {
        "missing": "share of item cells left empty",
        "duplicates": "rows sent a second time within two minutes",
        "straight_liners": "rows that give one answer throughout",
        "out_of_range": "item cells with a number beyond the scale",
        "ambiguous": "item cells with KS, RR or CS, which the scale does not name",
        "unknown": "item cells with words that are no answer",
        "variants": "share of item cells written in another way (case, blanks, number with label, "
        "abbreviation)",
        "numeric": "whether all item answers are numbers instead of words",
        "test_rows": "rows in which somebody tried out the form",
        "identifiers": "whether name, phone and e-mail columns are there (invented)",
        "total_row": "whether a TOTAL row stands below",
        "note_row": "whether a note stands below",
        "blank_rows": "blank rows inside the table",
        "preamble": "lines above the heading",
        "header_noise": "whether headings carry blanks and line breaks",
        "no_timestamp": "whether the time column is left out",
    }
)
_WORDS = ("tidak tahu lah", "lihat nanti", "???", "bagus sekali")
_TAIL = "sent"


@dataclass(frozen=True, eq=False)
class Made:
    """The export, what a correct reading gives, and the planted faults."""

    frame: pd.DataFrame
    expected: pd.DataFrame
    kept: pd.Series
    faults: pd.DataFrame
    preamble: int


class _Dice:
    """Uniform numbers one after the other from the stream of the seed; the same on every machine."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.stream = self._numbers()

    def _numbers(self) -> Iterator[float]:
        block = 1_000_000
        while True:
            yield from draws.uniform_block(self.seed, block, 64, 64, purpose=draws.ANALYSIS).ravel().tolist()
            block += 1

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1."""
        return int(next(self.stream) * n)

    def pick(self, n: int, k: int) -> list[int]:
        """``k`` different whole numbers below ``n``, sorted."""
        chosen: set[int] = set()
        while len(chosen) < min(k, n):
            chosen.add(self.below(n))
        return sorted(chosen)


def make_messy(
    instrument: Instrument,
    asked: list[Any],
    items: list[Any],
    answers: pd.DataFrame,
    clean: pd.DataFrame,
    mess: dict[str, Any],
    seed: int,
    lang: str,
    first_day: dt.date,
) -> Made:
    """Write the answers as words under full headings and plant the faults that ``mess`` asks for."""
    dice = _Dice(seed)
    n, codes = len(answers), [i.code for i in items]
    raw, expected = answers.copy(), clean.copy()
    faults: list[tuple[str, int, str]] = []
    by_code = {i.code: i for i in items}

    def score(item: Any, value: float) -> float:
        if item.na_code is not None and value == item.na_code:
            return float("nan")
        return float(item.response_scale.reverse(value)) if item.reverse else float(value)

    for row in dice.pick(n, int(mess.get("straight_liners", 0))):
        value = float(items[0].values[-2 + dice.below(2)])
        for item in items:
            raw.loc[row, item.code] = value
            expected.loc[row, item.code] = score(item, value)
        faults.append(("straight_liner", row, ""))
    words = {
        q.code: _words(q, raw[q.code], lang, bool(mess.get("numeric", False)) and q.is_item) for q in asked
    }
    cells = _Cells(dice, n, codes)
    for row, code in cells.take(round(float(mess.get("variants", 0.0)) * n * len(codes))):
        words[code][row] = _variant(by_code[code], float(raw[code].to_numpy()[row]), lang, dice)
    for kind, count in (
        ("missing", round(float(mess.get("missing", 0.0)) * n * len(codes))),
        ("out_of_range", int(mess.get("out_of_range", 0))),
        ("ambiguous", int(mess.get("ambiguous", 0))),
        ("unknown", int(mess.get("unknown", 0))),
    ):
        for row, code in cells.take(count):
            words[code][row] = _fault(kind, by_code[code], dice)
            expected.loc[row, code] = np.nan
            faults.append((kind, row, code))
    kept = np.ones(n, dtype=bool)
    start = dt.datetime.combine(first_day, dt.time(8, 0))
    stamps = [start + dt.timedelta(minutes=7 * row, seconds=dice.below(180)) for row in range(n)]
    table: dict[str, list[Any]] = {}
    if not mess.get("no_timestamp", False):
        table["Timestamp"] = [
            s.strftime("%d/%m/%Y %H.%M.%S") if lang == "id" else s.strftime("%m/%d/%Y %H:%M:%S")
            for s in stamps
        ]
    if mess.get("identifiers", False):
        table.update(_identifiers(n, lang))
    headings = _headings(asked, instrument, lang)
    for question in asked:
        table[headings[question.code]] = words[question.code]
    frame = pd.DataFrame(table, dtype=object)
    frame, expected, kept, faults = _test_rows(
        frame, expected, kept, faults, int(mess.get("test_rows", 0)), dice, lang
    )
    frame, expected, kept, faults = _duplicates(
        frame, expected, kept, faults, int(mess.get("duplicates", 0)), dice, stamps, lang
    )
    return _finish(frame, expected, kept, faults, mess, dice)


class _Cells:
    """Cells that hold no planted fault yet."""

    def __init__(self, dice: _Dice, n: int, codes: list[str]) -> None:
        self.dice, self.n, self.codes = dice, n, codes
        self.used: set[tuple[int, str]] = set()

    def take(self, count: int) -> list[tuple[int, str]]:
        """``count`` fresh cells."""
        out: list[tuple[int, str]] = []
        while len(out) < count and len(self.used) < self.n * len(self.codes):
            cell = (self.dice.below(self.n), self.codes[self.dice.below(len(self.codes))])
            if cell not in self.used:
                self.used.add(cell)
                out.append(cell)
        return out


def _words(question: Any, values: pd.Series, lang: str, numeric: bool) -> list[Any]:
    """Answers as the form writes them."""
    labels = question.labels.get(lang, {})
    na = question.na_label.get(lang) if question.is_item and question.na_label else None
    out: list[Any] = []
    for value in values.tolist():
        if value is None or value != value:
            out.append(None)
        elif question.kind == "multiple":
            names = {str(c.value): c.label[lang] for c in question.choices}
            out.append(", ".join(names[v] for v in str(value).split(";")))
        elif question.kind == "consent" and not question.values:
            out.append("Ya" if lang == "id" else "Yes")
        elif na is not None and value == question.na_code:
            out.append(na)
        elif labels and not numeric:
            out.append(labels[int(value)])
        elif isinstance(value, float) and value == int(value):
            out.append(int(value))
        else:
            out.append(value)
    return out


def _variant(item: Any, value: float, lang: str, dice: _Dice) -> Any:
    if item.na_code is not None and value == item.na_code:
        return item.na_label[lang] + "  "
    whole, label = int(value), item.labels[lang][int(value)]
    short = item.response_scale.short.get(lang, {}).get(whole)
    ways = [
        label.upper(),
        f" {label.lower()}  ",
        f"{whole} - {label}",
        f"{label} ({whole})",
        label.replace(" ", "\u00a0"),
        whole,
        f"{whole}.0",
        f"{whole},0",
    ]
    if short is not None:
        ways += [short, short.lower()]
    return ways[dice.below(len(ways))]


def _fault(kind: str, item: Any, dice: _Dice) -> Any:
    if kind == "missing":
        return None
    if kind == "out_of_range":
        return item.values[-1] + 2 if item.na_code != item.values[-1] + 2 else item.values[-1] + 3
    if kind == "ambiguous":
        return ("KS", "RR", "CS")[dice.below(3)]
    return _WORDS[dice.below(len(_WORDS))]


def _identifiers(n: int, lang: str) -> dict[str, list[Any]]:
    name, phone = (
        ("Nama Responden", "Nomor WhatsApp") if lang == "id" else ("Respondent name", "Phone number")
    )
    return {
        name: [f"Responden Contoh {row + 1}" for row in range(n)],
        phone: [f"0812{row:08d}" for row in range(n)],
        "Email Address": [f"contoh{row + 1}@example.com" for row in range(n)],
    }


def _headings(asked: list[Any], instrument: Instrument, lang: str) -> dict[str, str]:
    """``Title [CODE. text]`` for items in a grid, ``CODE. text`` for the rest, as the Google Forms writer
    names them."""
    sections = {s.code: s.title[lang] for s in instrument.sections}
    return {
        q.code: f"{sections[q.section]} [{q.code}. {q.text[lang]}]"
        if q.is_item
        else f"{q.code}. {q.text[lang]}"
        for q in asked
    }


State = tuple[pd.DataFrame, pd.DataFrame, np.ndarray[Any, np.dtype[np.bool_]], list[tuple[str, int, str]]]


def _insert(frame: pd.DataFrame, at: int, row: dict[str, Any]) -> pd.DataFrame:
    new = pd.DataFrame([row], columns=frame.columns, dtype=object)
    return pd.concat([frame.iloc[:at], new, frame.iloc[at:]], ignore_index=True)


def _shift(faults: list[tuple[str, int, str]], at: int) -> list[tuple[str, int, str]]:
    return [(kind, row + (row >= at), code) for kind, row, code in faults]


def _test_rows(
    frame: pd.DataFrame, expected: pd.DataFrame, kept: Any, faults: Any, count: int, dice: _Dice, lang: str
) -> State:
    """The researcher's own tries at the top: answers of some row, a name or free text that says "test"."""
    for _ in range(count):
        row = dict(zip(frame.columns, frame.iloc[dice.below(len(frame))].tolist(), strict=True))
        place = next((c for c in frame.columns if c in ("Nama Responden", "Respondent name")), None)
        if place is None:
            place = "Saran" if lang == "id" else "Comments"
            if place not in frame.columns:
                frame = frame.assign(**{place: None})
            row[place] = None
        row[place] = "Tes" if lang == "id" else "Test"
        frame = _insert(frame, 0, row)
        expected = pd.concat([expected.iloc[:1], expected], ignore_index=True)
        kept = np.insert(kept, 0, False)
        faults = [*_shift(faults, 0), ("test_row", 0, "")]
    return frame, expected, kept, faults


def _duplicates(
    frame: pd.DataFrame,
    expected: pd.DataFrame,
    kept: Any,
    faults: Any,
    count: int,
    dice: _Dice,
    stamps: list[dt.datetime],
    lang: str,
) -> State:
    usable = np.flatnonzero(kept)
    for pick in reversed(dice.pick(len(usable), count)):
        row = int(usable[pick])
        again = dict(zip(frame.columns, frame.iloc[row].tolist(), strict=True))
        if "Timestamp" in again:
            later = stamps[pick] + dt.timedelta(seconds=30 + dice.below(60))
            again["Timestamp"] = (
                later.strftime("%d/%m/%Y %H.%M.%S") if lang == "id" else later.strftime("%m/%d/%Y %H:%M:%S")
            )
        frame = _insert(frame, row + 1, again)
        expected = pd.concat([expected.iloc[: row + 1], expected.iloc[row:]], ignore_index=True)
        kept = np.insert(kept, row + 1, "Timestamp" not in again)
        faults = [*_shift(faults, row + 1), ("duplicate", row + 1, "")]
    return frame, expected, kept, faults


def _finish(
    frame: pd.DataFrame, expected: pd.DataFrame, kept: Any, faults: Any, mess: dict[str, Any], dice: _Dice
) -> Made:
    preamble = int(mess.get("preamble", 0))
    position = np.arange(len(frame))
    blanks = dice.pick(max(len(frame) - 1, 0), int(mess.get("blank_rows", 0)))
    for count, at in enumerate(blanks):
        frame = _insert(frame, at + 1 + count, {})
        position[at + 1 :] += 1
    if mess.get("total_row", False):
        frame = _insert(frame, len(frame), {frame.columns[0]: "TOTAL", frame.columns[-1]: 999})
        faults = [*faults, ("total_row", len(expected), "")]
        expected = pd.concat([expected, expected.iloc[:1] * np.nan], ignore_index=True)
        kept, position = np.append(kept, False), np.append(position, len(frame) - 1)
    if mess.get("note_row", False):
        frame = _insert(
            frame, len(frame), {frame.columns[0]: "Catatan: data simulasi, bukan jawaban responden."}
        )
        faults = [*faults, ("note_row", len(expected), "")]
        expected = pd.concat([expected, expected.iloc[:1] * np.nan], ignore_index=True)
        kept, position = np.append(kept, False), np.append(position, len(frame) - 1)
    names = [str(c) for c in frame.columns]
    if mess.get("header_noise", False):
        names = [_noisy(name, dice) for name in names]
    frame.attrs["headings"] = names
    rows = [(kind, int(position[row]) + 2 + preamble, code) for kind, row, code in faults]
    return Made(
        frame,
        expected,
        pd.Series(kept, name="kept"),
        pd.DataFrame(rows, columns=["kind", "row", "item"]).sort_values(["row", "item"], ignore_index=True),
        preamble,
    )


def _noisy(name: str, dice: _Dice) -> str:
    ways = [
        name,
        name + "  ",
        name.replace(" ", "  ", 1),
        name.replace(" [", "\n [", 1),
        name.replace(" ", "\u00a0", 1),
    ]
    return ways[dice.below(len(ways))]
