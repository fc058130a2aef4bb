"""What the answers of one column look like: whole numbers, words with their numbers, texts, times."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.responses import _text
from umkm_stats.responses.drafting import _ladders
from umkm_stats.responses.drafting._grid import Column
from umkm_stats.responses.drafting._ladders import NOT_A_POINT

_LABELLED = (
    re.compile(r"^\s*(?P<n>-?\d{1,2})\s*[-–—.=:)]\s*(?P<w>\D.*)$", re.DOTALL),
    re.compile(r"^\s*[(\[](?P<n>-?\d{1,2})[)\]]\s*(?P<w>\D.*)$", re.DOTALL),
    re.compile(r"^(?P<w>.*\D)\s*[(\[](?P<n>-?\d{1,2})[)\]]\s*$", re.DOTALL),
    re.compile(r"^(?P<w>.*[^\d\s])\s*[-–—=:]\s*(?P<n>-?\d{1,2})\s*$", re.DOTALL),
)
_DATE = re.compile(r"^\s*\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?![.\d])([ T]\s*\d{1,2}[:.]\d{2})?")
HIGHEST = 10  # of a scale of numbers
MISSING_CODES = frozenset({-9, -99, -999, -1, 88, 98, 99, 888, 998, 999})
_STRAY = re.compile(r"^\s*(\d{1,2})\s*[|\]\[`'´,;.]\s*$")


@dataclass(frozen=True, eq=False)
class Profile:
    """The answers of a column.

    n: answers given. numbers: value position → whole number, where the answer is one. words: value position
    → (normal form, number beside it or None). decimal: share that are numbers with a fraction or beyond
    ±1000. texts: share of long texts. distinct: different answers. dates: share that look like a time.
    strays: answers left out of ``words`` because they stand for no point beside so many that do.
    """

    n: int
    distinct: int
    numbers: dict[int, int]
    words: dict[int, tuple[str, int | None]]
    points: dict[int, str]
    numeric: float
    fraction: float
    long: float
    dates: float
    counts: tuple[int, ...]
    strays: int = 0

    @property
    def given(self) -> int:
        """Answers that could be points: without "not applicable" and without strays."""
        return self.n - self.strays - sum(self.counts[i] for i in self.points)

    @property
    def whole(self) -> float:
        """Share of answers that are whole numbers (a number in a label counts as words)."""
        return sum(self.counts[i] for i in self.numbers) / max(1, self.n)

    @property
    def span(self) -> tuple[int, int]:
        """Lowest and highest whole number."""
        values = list(self.numbers.values())
        return (min(values), max(values)) if values else (0, 0)


def labelled(text: str) -> tuple[str, int | None]:
    """("sesuai", 3) of "Sesuai (3)", "3 - Sesuai" or "(3) Sesuai"; (normal form, None) otherwise."""
    tidy = _text.tidy(text)
    for rule in _LABELLED:
        found = rule.match(tidy)
        if found and any(ch.isalpha() for ch in found["w"]):
            return _text.key(_text.plain_words(_text.tidy(found["w"]))), int(found["n"])
    return _text.key(_text.plain_words(tidy)), None


def as_number(value: Any) -> float | None:
    """The number in an answer ("4", 4.0, "4,5", "21 tahun"), or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        text = value.strip().replace("\u00a0", "")
        if re.fullmatch(r"-?\d+([.,]\d+)?", text):
            return float(text.replace(",", "."))
    return None


def profile(column: Column) -> Profile:
    """Look at every distinct answer once."""
    counts = column.counts()
    numbers: dict[int, int] = {}
    words: dict[int, tuple[str, int | None]] = {}
    points: dict[int, str] = {}
    numeric = fraction = long = dates = 0
    for i, value in enumerate(column.values):
        if counts[i] == 0:
            continue
        if isinstance(value, (dt.datetime, dt.date)):
            dates += counts[i]
            continue
        number = as_number(value)
        if number is None and isinstance(value, str) and (stray := _STRAY.match(value)):
            number = float(stray[1])
        if number is not None:
            numeric += counts[i]
            label = column.labels.get(value)
            if label is None and isinstance(value, float) and value.is_integer():
                label = column.labels.get(int(value))
            if label is not None and _text.key(str(label)) in NOT_A_POINT:
                continue
            if float(number).is_integer() and abs(number) <= 1000:
                numbers[i] = int(number)
            else:
                fraction += counts[i]
            continue
        text = str(value)
        if _DATE.match(text):
            dates += counts[i]
        if len(text.split()) > 5 or len(text) > 45:
            long += counts[i]
        word, beside = labelled(text)
        if word in NOT_A_POINT:
            points[i] = word
        else:
            words[i] = (word, beside)
    scored = [v for v in numbers.values() if v not in MISSING_CODES]
    if scored and min(scored) >= 0 and max(scored) <= 10 and len(scored) > 1:
        for i in [i for i, v in numbers.items() if v in MISSING_CODES]:
            points[i] = str(numbers.pop(i))
    n = max(1, column.filled)
    return Profile(
        column.filled,
        sum(c > 0 for c in counts),
        numbers,
        words,
        points,
        numeric / n,
        fraction / n,
        long / n,
        dates / n,
        tuple(counts),
    )


def without_strays(seen: Profile, language: str, book: set[str]) -> Profile:
    """The profile without a few odd answers: words ("lima", "Yups"), fractions and numbers beyond any scale
    (55) among points, or words outside the one ladder of a column. What they mean is asked when the answers
    are read; they make no scale of their own.
    """
    bare = {i: word for i, (word, beside) in seen.words.items() if beside is None}
    words: Counter[str] = Counter()
    for i, word in bare.items():
        words[word] += seen.counts[i]
    points = {i: v for i, v in seen.numbers.items() if 0 <= v <= HIGHEST}
    numbers, fractions = seen.numbers, 0
    known = set(words)
    if sum(seen.counts[i] for i in points) > 0.5 * seen.given and len(set(points.values())) > 1:
        numbers, fractions = points, round(seen.fraction * seen.n)
        known = set()
    elif words and not set(words) <= book:
        known = _ladders.most(words, language) or known
    left = {i for i, word in bare.items() if word not in known} | (set(seen.numbers) - set(numbers))
    strays = fractions + sum(seen.counts[i] for i in left)
    if not strays or strays > max(2, 0.05 * seen.given) or strays > 0.2 * seen.given:
        return seen
    return replace(
        seen, words={i: w for i, w in seen.words.items() if i not in left}, numbers=numbers, strays=strays
    )


def vector(column: Column) -> NDArray[np.float64]:
    """(n,) the numbers of a column, NaN where there is none."""
    lookup = np.full(len(column.values) + 1, np.nan)
    for i, value in enumerate(column.values):
        number = as_number(value)
        if number is not None:
            lookup[i] = number
    return lookup[column.codes]
