"""Raw answers to numbers, one distinct answer at a time: words, abbreviations, "5 - Sangat Setuju", numbers.

An answer that could mean two things is refused, never guessed: "KS" is 3 in SS/S/KS/TS/STS and 2 in
SS/S/KS/TS.
"""

from __future__ import annotations

import datetime
import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from umkm_stats import messages
from umkm_stats.responses import _text
from umkm_stats.responses._raw import Percent, Uncomputed

AMBIGUOUS = {
    "ks": "Kurang Setuju",
    "kurang setuju": "Kurang Setuju",
    "rr": "Ragu-ragu",
    "ragu-ragu": "Ragu-ragu",
    "ragu ragu": "Ragu-ragu",
    "ragu": "Ragu-ragu",
    "cs": "Cukup Setuju",
    "cukup setuju": "Cukup Setuju",
    "cukup": "Cukup Setuju",
    "agak setuju": "Agak Setuju",
}
EMPTY_TOKENS = frozenset(
    {
        "",
        "-",
        "--",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "nil",
        "kosong",
        "tidak ada jawaban",
        "no answer",
        "<na>",
        ".",
        "...",
        "_",
    }
)
STORED_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_ALONE = re.compile(r"^(?:[(\[]\s*\d{1,3}\s*[)\]]|\d{1,3}\s*[.)])$")
_MONTH = "jan|feb|mar|apr|mei|may|jun|jul|agu|ags|aug|sep|okt|oct|nov|des|dec"
_DATE_LIKE = re.compile(
    rf"^(?:\d{{1,2}}[-/ ](?:{_MONTH})[a-z]*(?:[-/ ]\d{{2,4}})?|(?:{_MONTH})[a-z]*[-/ ]\d{{1,4}})$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[+-]?\d{1,15}(?:[.,]\d{1,15})?$")
_LEAD = re.compile(r"^[(\[]?\s*(\d{1,3})\s*[)\]]?\s*(?:[-.:=)\]/|]\s*|\s+|(?=[^\W\d]))(.*)$", re.DOTALL)
_TRAIL = re.compile(r"^(.*?)\s*(?:[(\[]\s*(\d{1,3})\s*[)\]]|[-=:/]\s*(\d{1,3})|\s(\d{1,3}))$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one distinct raw answer means.

    kind: "value", "na" (does not apply), "empty", "not_shown", or a fault: the code of its finding.
    value: the score as answered (not yet reversed). meant: words for the finding (candidates, nearest label).
    """

    kind: str
    value: float = math.nan
    meant: tuple[str, ...] = ()

    @property
    def fault(self) -> bool:
        """Whether a finding must be written."""
        return self.kind.startswith("RSP")


EMPTY = Answer("empty")


class AnswerBook:
    """The meanings of one question's answers: labels of all languages, abbreviations, synonyms, values."""

    def __init__(
        self, question: Any, extra: Mapping[str, int] | None = None, not_shown: tuple[str, ...] = ()
    ) -> None:
        self.values = tuple(int(v) for v in question.values)
        self.na_code = question.na_code
        self.not_shown = {_text.key(word) for word in not_shown} | {word.casefold() for word in not_shown}
        self.labels: dict[str, float] = {}
        clash: set[str] = set()

        def name(word: str, value: float) -> None:
            key = _text.key(word)
            if key and self.labels.setdefault(key, value) != value:
                clash.add(key)

        scale = question.response_scale
        for words in question.labels.values():
            for value, label in words.items():
                name(label, float(value))
        if self.na_code is not None:
            for label in question.na_label.values():
                name(label, math.inf)
            if scale is not None and scale.not_applicable is not None and scale.not_applicable.short:
                for label in scale.not_applicable.short.values():
                    name(label, math.inf)
        if scale is not None:
            for words in scale.short.values():
                for value, label in words.items():
                    name(label, float(value))
            for label, value in scale.synonyms.items():
                name(label, float(value))
        for choice in question.choices if scale is None else ():
            for label in choice.synonyms:
                name(label, float(choice.value))
        for label, value in (extra or {}).items():
            self.labels[_text.key(str(label))] = float(value)
            clash.discard(_text.key(str(label)))
        self.clash = clash
        self.short: dict[str, set[float]] = {}
        for words in question.labels.values():
            for value, label in words.items():
                short = _text.initials(label)
                if short and not short.isdigit() and len(label) > 1:
                    self.short.setdefault(short, set()).add(float(value))
        self.originals = [label for words in question.labels.values() for label in words.values()]
        self.compact: dict[str, set[str]] = {}
        for key in self.labels:
            self.compact.setdefault(_text.compact(key), set()).add(key)
        self._cache: dict[Any, Answer] = {}

    def read(self, raw: Any, label: str | None = None) -> Answer:
        """The meaning of a raw answer; ``label`` is the value label a statistical file carries for it."""
        mark = (raw.__class__, raw, label)
        try:
            known = self._cache.get(mark)
        except TypeError:
            return Answer("RSP201")
        if known is None:
            known = self._cache[mark] = self._read(raw, label)
        return known

    def _read(self, raw: Any, label: str | None) -> Answer:
        if raw is None:
            return EMPTY
        if label is not None and not self._plain_number(label):
            found = self._words(label)
            if found.kind == "RSP201" and self._number(raw):
                score = self._score(float(raw))
                return Answer("value", score.value, ("unknown_label",)) if score.kind == "value" else score
            return found
        if isinstance(raw, bool):
            return Answer("RSP201")
        if isinstance(raw, (datetime.date, datetime.time, datetime.timedelta)):
            return Answer("RSP206")
        if isinstance(raw, Uncomputed):
            return Answer("RSP207")
        if isinstance(raw, Percent):
            return self._score(raw.stored)
        if self._number(raw):
            return EMPTY if math.isnan(float(raw)) else self._score(float(raw))
        if not isinstance(raw, str):
            return Answer("RSP201")
        return self._words(raw)

    @staticmethod
    def _number(raw: Any) -> bool:
        return isinstance(raw, (int, float)) or (hasattr(raw, "__float__") and not isinstance(raw, str))

    @staticmethod
    def _plain_number(text: str) -> bool:
        return bool(_NUMBER.match(_text.tidy(text)))

    def _score(self, number: float) -> Answer:
        if not math.isfinite(number):
            return Answer("RSP203")
        if number != int(number):
            return Answer("RSP204")
        if self.na_code is not None and int(number) == self.na_code:
            return Answer("na")
        return Answer("value", number) if int(number) in self.values else Answer("RSP203")

    def _label(self, key: str) -> Answer | None:
        if key in self.clash:
            return Answer("RSP202", meant=(key,))
        if key not in self.labels:  # "1-2", "≥7": written without the blanks of the label
            same = self.compact.get(_text.compact(key), set())
            if len(same) != 1:
                return None
            key = next(iter(same))
        value = self.labels[key]
        return Answer("na") if math.isinf(value) else Answer("value", value)

    def _words(self, raw: str) -> Answer:
        text = _text.tidy(raw)
        if len(text) > 500:
            return Answer("RSP201")
        key = _text.key(text)
        if text.casefold() in self.not_shown:
            return Answer("not_shown")
        found = self._label(key)
        if found is not None:
            return found
        if text.upper() in STORED_ERRORS:
            return Answer("RSP271")
        if text.casefold() in EMPTY_TOKENS:
            return EMPTY
        if not key:
            return Answer("RSP201")
        if _NUMBER.match(text):
            return self._score(float(text.replace(",", ".")))
        numbered = self._numbered(text)
        if numbered is not None:
            return numbered
        plain = _text.key(_text.plain_words(text))  # "Sangat Setuju (SS)", "tdk setuju"
        if plain != key and (found := self._label(plain)) is not None:
            return found
        candidates = self.short.get(key.replace(".", "").replace(" ", ""), set())
        if key in AMBIGUOUS and key not in self.short:
            return Answer("RSP202", meant=(AMBIGUOUS[key],))
        if len(candidates) == 1:
            return Answer("value", next(iter(candidates)))
        if len(candidates) > 1:
            return Answer(
                "RSP202", meant=tuple(messages.Figures(f"{value:g}") for value in sorted(candidates))
            )
        if key in AMBIGUOUS:
            return Answer("RSP202", meant=(AMBIGUOUS[key],))
        if _DATE_LIKE.match(text):
            return Answer("RSP206")
        same_way = [w for w in self.originals if not _text.opposed(key, _text.key(w))]
        near = difflib.get_close_matches(key, [_text.key(word) for word in same_way], n=1, cutoff=0.75)
        return Answer("RSP201", meant=tuple(w for w in same_way if near and _text.key(w) == near[0])[:1])

    def _numbered(self, text: str) -> Answer | None:
        """ "5 - Sangat Setuju", "Sangat Setuju (5)", "5.": number and words must say the same."""
        for pattern, number_at, words_at in ((_LEAD, (1,), 2), (_TRAIL, (2, 3, 4), 1)):
            found = pattern.match(text)
            if not found:
                continue
            number = next(found.group(i) for i in number_at if found.group(i))
            words = _text.key(found.group(words_at).strip(" ()[]"))
            score = self._score(float(number))
            if not words:
                if not _ALONE.match(text):
                    continue
                return score
            meaning = self._label(words)
            if meaning is None and len(self.short.get(words, set())) == 1:
                meaning = Answer("value", next(iter(self.short[words])))
            if meaning is None:
                if words in AMBIGUOUS:
                    return Answer("RSP202", meant=(AMBIGUOUS[words],))
                continue
            if meaning.kind == score.kind and (meaning.value == score.value or meaning.kind == "na"):
                return meaning
            return Answer(
                "RSP202" if meaning.kind == "RSP202" else "RSP205",
                meant=(number, found.group(words_at).strip()),
            )
        return None
