"""The order of answers to a question about the person or firm: bands by their numbers, schools by their
grade, frequencies and sizes by meaning; anything else by the alphabet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from umkm_stats.responses import _text

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+(?:[.,]\d+)?")
_UNITS = {
    "ribu": 1e3,
    "rb": 1e3,
    "k": 1e3,
    "juta": 1e6,
    "jt": 1e6,
    "million": 1e6,
    "miliar": 1e9,
    "milyar": 1e9,
}
_BELOW = re.compile(
    r"^(<|≤|kurang|di ?bawah|paling banyak|maksimal|sampai|hingga|s\.?d\.?|under|below|less|up to|at most)"
)
_ABOVE = re.compile(
    r"^(>|≥|lebih|di ?atas|paling sedikit|minimal|over|above|more|at least)|(ke atas|atau lebih|or more|\+)$"
)
_SCHOOLS = (
    r"\b(tidak|belum) (tamat |pernah |ber)?sekolah\b|\bno school",
    r"\b(sd|mi|sekolah dasar|primary|elementary)\b",
    r"\b(smp|mts|sltp|junior)\b",
    r"\b(sma|smk|smu|slta|ma|stm|smea|paket c|senior|high school)\b",
    r"\bd-?1\b|\bd-?i\b",
    r"\bd-?2\b|\bd-?ii\b",
    r"\bd-?3\b|\bd-?iii\b|\bdiploma\b|\bakademi\b|\bahli madya\b",
    r"\bd-?4\b|\bd-?iv\b|\bs-?1\b|\bstrata 1\b|\bsarjana\b|\bbachelor|\bundergraduate\b",
    r"\bs-?2\b|\bstrata 2\b|\bmagister\b|\bmaster|\bpasca ?sarjana\b|\bpostgraduate\b",
    r"\bs-?3\b|\bstrata 3\b|\bdoktor\b|\bdoctor|\bphd\b",
)
_LAST = re.compile(r"^(lain(nya|-lain)?|yang lain|others?|tidak (tahu|menjawab|bersedia.*)|prefer not.*)\b")


def ranked(answers: Iterable[str]) -> list[str]:
    """The answers in the order in which a table shows them; "Lainnya" and refusals stand last."""
    plain = sorted(set(answers), key=_text.key)
    usual = [answer for answer in plain if not _LAST.search(_text.key(answer))]
    last = [answer for answer in plain if answer not in usual]
    for place in (_school, _band):
        at = {answer: place(answer) for answer in usual}
        if len(usual) > 1 and all(spot is not None for spot in at.values()):
            return sorted(usual, key=lambda answer: at[answer] or (0.0, 0.0)) + last
    return usual + last


def _school(answer: str) -> tuple[float, float] | None:
    """The grade of the last school named; "Pascasarjana (S2)" is no "sarjana"."""
    text = _text.key(answer).replace("/", " ")
    found = [grade for grade, rule in enumerate(_SCHOOLS) if re.search(rule, text)]
    return (float(found[-1]), 0.0) if found else None


def _band(answer: str) -> tuple[float, float] | None:
    """(first number, −1 below it, 0 from it on, 1 above it)."""
    text = _text.key(answer)
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    first, side = _value(text, found[0]), 0.0
    bare = re.sub(r"^(rp|idr|usia|umur)\.? ?", "", text)
    if _BELOW.search(bare):
        side = -1.0
    elif _ABOVE.search(bare):
        first, side = _value(text, found[-1]), 1.0
    return first, side


def _value(text: str, number: re.Match[str]) -> float:
    """A number with the unit behind it, or behind the other end of its band ("1 – 3 juta")."""
    raw = number[0]
    plain = raw.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", raw) else raw.replace(",", ".")
    units = re.findall(r"[a-z]+", text[number.end() :])
    return float(plain) * next((_UNITS[unit] for unit in units if unit in _UNITS), 1.0)
