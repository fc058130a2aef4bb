"""Headers and answer words brought to one form, so that blanks, case, numbering and punctuation do not
matter."""

from __future__ import annotations

import functools
import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff\u2060]+")
_DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("‘’‚‛`´", "'") | dict.fromkeys("“”„‟«»", '"') | {"…": "..."}
)
_NUMBERING = re.compile(r"^\(?(?:\d{1,3}(?:\.\d{1,2}){0,2}|[a-z])[.)\]:]\s*|^\(?\d{1,3}\)?\s*[-.)]\s+")
_WORD_NUMBERING = re.compile(
    r"^(?:q|no|nomor|soal|item|pertanyaan|pernyataan|question)\.?\s*\d{1,3}\s*[-.):]\s*"
)
_EDGE = " \t.,;:!?*'\"-_/\\|"
_CODE_PREFIX = re.compile(
    r"^\s*\[?([A-Za-z][A-Za-z0-9_]{0,19}(?:\.[A-Za-z0-9_]{1,18}){0,3})\]?\s*[.:)\]\-–—]+\s*(?=\S)"
    r"|^\s*([A-Za-z]{1,6}\d{1,3}(?:\.\d{1,3})?[A-Za-z]?)\s+(?=\S)"
)
_BRACKETS = re.compile(
    r"^(?P<title>.*?)\s*\[(?P<row>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\s*(?:\.\d+)?$", re.DOTALL
)
_BELOW = re.compile(r"-\d+(?:[.,]\d+)?")
_TAGS = re.compile(r"<[^<>]{1,200}>")


@functools.lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """``text`` in NFKC with single blanks, plain dashes and quotes, without control characters; case is
    kept."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    text = "".join(c if c.isprintable() or c in "\n\r\t" else " " for c in text)
    return _SPACES.sub(" ", text).strip()


@functools.lru_cache(maxsize=65536)
def key(text: str) -> str:
    """The form in which two texts count as the same: ``tidy``, lower case, no tags, no edge
    punctuation; the sign of a negative number stays."""
    plain = tidy(_TAGS.sub(" ", text)).casefold()
    return plain if _BELOW.fullmatch(plain) else plain.strip(_EDGE)


_AROUND = re.compile(r"\s*([-/+<>≤≥=~]|\bs/d\b|\bs\.d\.?)\s*")


@functools.lru_cache(maxsize=65536)
def compact(text_key: str) -> str:
    """``text_key`` without blanks beside signs, so that "1 - 2" and "1-2", "≥ 7" and "≥7" are the same."""
    return _AROUND.sub(r"\1", text_key)


_NEGATIONS = frozenset(
    {
        *("tidak", "tak", "tdk", "kurang", "bukan", "belum", "jarang", "tanpa", "anti", "kontra"),
        *(
            "not",
            "no",
            "never",
            "non",
            "without",
            "hardly",
            "rarely",
            "seldom",
            "less",
            "nunca",
            "nada",
            "sin",
        ),
        *("não", "nao", "nicht", "nie", "kein", "keine", "pas", "jamais", "niet", "nooit", "değil", "hiç"),
    }
)
_OPPOSITES = ("un", "dis", "in", "im", "ir", "il", "des", "non", "ketidak")


def opposed(one: str, other: str) -> bool:
    """Whether two answers differ by a negation: a word for "not" in one only, or one word that is another's
    opposite (``unlikely``, ``dissatisfied``, ``inaccurate``)."""
    first, second = set(one.split()), set(other.split())
    if bool(first & _NEGATIONS) != bool(second & _NEGATIONS):
        return True
    return any(
        a == prefix + b or b == prefix + a
        for a in first - second
        for b in second - first
        for prefix in _OPPOSITES
        if len(a) > 3 and len(b) > 3
    )


def unnumbered(text_key: str) -> str:
    """``text_key`` without a leading number such as ``12.``, ``(3)``, ``a)`` or ``Q4:``, where words follow:
    ``y.1`` is a code and no first point of a list."""
    for pattern in (_WORD_NUMBERING, _NUMBERING):
        shorter = pattern.sub("", text_key, count=1).strip(_EDGE)
        if shorter != text_key and any(letter.isalpha() for letter in shorter):
            return shorter
    return text_key


def code_prefix(header: str) -> tuple[str, str] | None:
    """(``PI1``, rest) of ``PI1. Kami …``, ``PI1 Kami …`` or ``[PI1] Kami …``; None when no code leads."""
    found = _CODE_PREFIX.match(tidy(header))
    if not found:
        return None
    return (found.group(1) or found.group(2)), tidy(header)[found.end() :]


def grid_parts(header: str) -> tuple[str, str] | None:
    """(title, row) of a grid heading ``Title [row]`` as forms export it; None when there are no brackets."""
    found = _BRACKETS.match(header.strip())
    if not found or not found.group("row").strip():
        return None
    return found.group("title"), found.group("row")


def last_segment(header: str) -> str | None:
    """``PI1`` of ``group/sub/PI1``, ``group-PI1`` or ``group.PI1``; None when there is no group path."""
    text = header.strip()
    if " " in text or len(text) > 200:
        return None
    tail = re.split(r"[/\-.:]", text)[-1]
    return tail if tail and tail != text else None


@functools.lru_cache(maxsize=4096)
def initials(label: str) -> str:
    """``sts`` of "Sangat Tidak Setuju", ``rr`` of "Ragu-ragu"; at most one letter a word."""
    words = [w for w in re.split(r"[\s\-/]+", key(label)) if w and w[0].isalpha()]
    return "".join(word[0] for word in words)


_INITIALS = (
    re.compile(r"^(?P<w>.*\S)\s*[(\[](?P<s>[^\W\d_]{1,4})[)\]]$"),
    re.compile(r"^(?P<s>[^\W\d_]{1,4})\s*[(\[](?P<w>.*\S)[)\]]$"),
    re.compile(r"^(?P<s>[^\W\d_]{1,4})\s*[-–—=:.]\s*(?P<w>.*\S)$"),
    re.compile(r"^(?P<w>.*\S)\s*[-–—=:]\s*(?P<s>[^\W\d_]{1,4})$"),
)
_LONG = {"tdk": "tidak", "sgt": "sangat", "krg": "kurang"}
_SHORTENED = re.compile(r"\b(?:tdk|sgt|krg)\b", re.IGNORECASE)


def plain_words(text: str) -> str:
    """The words of an answer without their own initials ("Sangat Setuju (SS)", "SS = Sangat Setuju") and with
    the usual shortenings written out ("tdk setuju")."""
    for rule in _INITIALS:
        found = rule.match(text)
        if found and len(found["w"]) > 4 and found["s"].casefold() == initials(found["w"]):
            text = found["w"]
            break
    return _SHORTENED.sub(lambda found: _LONG[found[0].casefold()], text)
