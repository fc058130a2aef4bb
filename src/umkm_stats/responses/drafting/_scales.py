"""The answer scale of each item: points, words in order, and what is not certain about it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from umkm_stats.responses import _text
from umkm_stats.responses.drafting import _ladders
from umkm_stats.responses.drafting._answers import Profile
from umkm_stats.responses.drafting._grid import Codebook, Column
from umkm_stats.responses.drafting._heads import Ends, Head


@dataclass(frozen=True, slots=True)
class Scale:
    """A response scale as it will stand in the instrument.

    values: from low to high. words: value → label. synonyms: other spellings seen → value. asks: message
    keys of what must be asked about it. turned: the file's codes run from the high to the low answer.
    doubts: words that may or may not be the same answer as another one (word, how often, the other).
    """

    name: str
    kind: str
    values: tuple[int, ...]
    words: dict[int, str] = field(default_factory=dict)
    synonyms: dict[str, int] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    turned: bool = False
    doubts: tuple[tuple[str, int, str], ...] = ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What makes two scales the same."""
        return (self.kind, self.values, tuple(sorted(self.words.items())), self.turned)


_NAMES = {
    ("agreement", "id"): "setuju",
    ("truth", "id"): "sesuai",
    ("satisfaction", "id"): "puas",
    ("importance", "id"): "penting",
    ("confidence", "id"): "yakin",
    ("likelihood", "id"): "mungkin",
    ("frequency", "id"): "sering",
    ("quality", "id"): "mutu",
    ("right", "id"): "benar",
    ("agreement", "en"): "agree",
    ("satisfaction", "en"): "satisfied",
    ("frequency", "en"): "often",
    ("right", "en"): "true",
}


def signature(column: Column, seen: Profile, head: Head, language: str, book: Codebook) -> tuple[object, ...]:
    """What two columns of one block share: the family of their words, the hint, or "numbers"."""
    if column.labels and len(column.labels) >= 2:
        return ("labels", tuple(sorted((_number(k), _text.key(str(v))) for k, v in column.labels.items())))
    words = {w for w, _ in seen.words.values()}
    if words and book.answers and words <= set(book.answers):
        return ("codebook",)
    if words:
        numbered = any(n is not None for _, n in seen.words.values())
        found = _ladders.find(words, language)
        return ("words", found.family.name if found else "?", numbered)
    if head.ends:
        return ("numbers", head.ends.low, head.ends.high)
    return ("numbers",)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def beyond(seen: Iterable[Profile]) -> frozenset[int]:
    """Whole numbers at an end of all answers that one or two cells have (a 6 or a 0 typed among 1 to 5): no
    more than one in two hundred, and ten times rarer than the number before them.
    """
    counts: Counter[int] = Counter()
    for column in seen:
        for i, value in column.numbers.items():
            counts[value] += column.counts[i]
    out: set[int] = set()
    for ordered in (sorted(counts), sorted(counts, reverse=True)):
        for value, inner in itertools.pairwise(ordered):
            rare = counts[value] <= min(2, 0.005 * counts.total()) and counts[inner] >= 10 * counts[value]
            if not rare:
                break
            out.add(value)
    return frozenset(out)


def scale_of(
    block: list[tuple[Column, Profile, Head]],
    language: str,
    book: Codebook,
    ceiling: int,
    odd: frozenset[int] = frozenset(),
) -> Scale:
    """The scale of a block of columns answered alike; all their answers are pooled, without numbers that are
    ``odd`` in the whole file."""
    columns = [column for column, _, _ in block]
    if any(len(column.labels) >= 2 for column in columns):
        return _from_labels(columns, language)
    words: Counter[str] = Counter()
    numbered: dict[int, Counter[str]] = {}
    raw: dict[str, set[str]] = {}
    for column, seen, _ in block:
        for i, (word, number) in seen.words.items():
            words[word] += seen.counts[i]
            spelling = _text.tidy(str(column.values[i]))
            raw.setdefault(word, set()).add(spelling)
            if number is not None:
                numbered.setdefault(number, Counter())[word] += seen.counts[i]
    if words and book.answers and set(words) <= set(book.answers):
        return _from_codebook(book)
    if numbered:
        return _from_numbered(numbered, raw, block)
    if words:
        return _from_words(words, raw, language, [seen for _, seen, _ in block])
    return _from_numbers(block, language, ceiling, odd)


def _from_labels(columns: list[Column], language: str) -> Scale:
    labels: dict[int, str] = {}
    for column in columns:
        for value, label in column.labels.items():
            if isinstance(value, (int, float)) and float(value).is_integer():
                labels.setdefault(int(value), _text.tidy(str(label)))
    found = None
    keyed = {v: _text.key(w) for v, w in labels.items()}
    points = {v: w for v, w in keyed.items() if w not in _ladders.NOT_A_POINT}
    for other in (language, "en", "id", "es", "de", "pt", "fr", "nl", "tr"):
        found = found or _ladders.find(set(points.values()), other)
    values = tuple(sorted(points))
    if found is None and values[-1] - values[0] + 1 > len(values):
        values = tuple(range(values[0], values[-1] + 1))
    kind = found.family.kind if found else "rating"
    turned = False
    if found is not None:
        places = [found.places[points[v]] for v in values]
        turned = places == sorted(places, reverse=True) and len(places) > 1
    if kind == "agreement" and any(v not in labels for v in values):
        kind = "rating"
    name = _name(found, len(values), language, "skala" if language == "id" else "scale")
    spellings = {s: v for column in columns for s, v in column.spellings.items()}
    words = {v: labels[v] for v in values if v in labels}
    asks = ("turned",) if turned else ()
    if found is None and len(words) > 2 and not all(w.isdigit() for w in words.values()):
        asks = ("order",)
    return Scale(name, kind, values, words, _other(spellings, words), asks, turned)


def _from_codebook(book: Codebook) -> Scale:
    ordered = sorted({point: (short, meaning) for short, (meaning, point) in book.answers.items()}.items())
    words = {point: meaning for point, (_, meaning) in ordered}
    synonyms = {short.upper(): point for short, (_, point) in book.answers.items()}
    return Scale(f"skala{len(ordered)}", "agreement", tuple(p for p, _ in ordered), words, synonyms)


def _from_numbered(
    numbered: dict[int, Counter[str]], raw: dict[str, set[str]], block: list[tuple[Column, Profile, Head]]
) -> Scale:
    for _, seen, _ in block:
        for number in seen.numbers.values():
            numbered.setdefault(number, Counter())
    low, high = min(numbered), max(numbered)
    words = {n: _shown(counts.most_common(1)[0][0], raw) for n, counts in numbered.items() if counts}
    values = tuple(range(low, high + 1))
    synonyms = {
        spelling: n for n, counts in numbered.items() for word in counts for spelling in raw.get(word, ())
    }
    full = all(v in words for v in values)
    asks = () if full and low in (0, 1) else ("ends",)
    kind = "agreement" if full else "rating"
    return Scale(f"skala{len(values)}", kind, values, words, _other(synonyms, words), asks)


def _shown(word: str, raw: dict[str, set[str]]) -> str:
    """The words of a numbered label as people saw them, without the number."""
    spelling = sorted(raw.get(word, {word}), key=lambda s: (len(s), s))[0]
    at = _text.key(spelling).find(word)
    lowered = spelling.casefold().find(word)
    if lowered >= 0:
        return spelling[lowered : lowered + len(word)]
    return word if at < 0 else word.capitalize()


def _other(synonyms: dict[str, int], words: dict[int, str]) -> dict[str, int]:
    plain = {_text.key(w) for w in words.values()}
    return {s: v for s, v in sorted(synonyms.items()) if _text.key(s) not in plain}


def _core(word: str) -> str:
    """A word without abbreviation and signs: "rr", "ragu ragu" and "ragu-ragu" are one."""
    return "".join(ch for ch in _ladders.LONG.get(word, word) if ch.isalnum())


def _rivals(found: _ladders.Found, block: list[Profile]) -> dict[str, str]:
    """Words about the middle that stand beside another word of the same place in a column ("ragu-ragu" beside
    "netral"): word → the other. Another word for the middle of a whole column is no rival.
    """
    out: dict[str, str] = {}
    for place in sorted({-1, 0, 1} & set(found.ladder)) if found.ladder[0] < 0 else ():
        total: Counter[str] = Counter()
        spelled: dict[str, Counter[str]] = {}
        leads: Counter[str] = Counter()
        for seen in block:
            here: Counter[str] = Counter()
            for i, (word, _) in seen.words.items():
                if found.places.get(word) == place:
                    here[_core(word)] += seen.counts[i]
                    spelled.setdefault(_core(word), Counter())[word] += seen.counts[i]
            total += here
            if here:
                core, times = max(here.items(), key=lambda pair: (pair[1], pair[0]))
                leads[core] += 2 if times > 2 else len(here) == 1
        if len(total) < 2:
            continue
        top = max(total, key=lambda core: (total[core], core))
        best = spelled[top].most_common(1)[0][0]
        for core in total:
            if core != top and leads[core] < 2:
                out |= dict.fromkeys(spelled[core], best)
    return out


def _from_words(words: Counter[str], raw: dict[str, set[str]], language: str, block: list[Profile]) -> Scale:
    found = _ladders.find(set(words), language)
    if found is not None and found.unsure == "between":  # one cell typed otherwise makes no further point
        common = {w for w, c in words.items() if c > max(2, 0.005 * words.total())}
        fewer = _ladders.find(common, language)
        found = fewer if fewer and len(fewer.ladder) < len(found.ladder) and not fewer.unsure else found
    assert found is not None
    start = 0 if found.family.name == "right" else 1
    value = {place: start + i for i, place in enumerate(found.ladder)}
    shown: dict[int, str] = {}
    rivals = _rivals(found, block)
    default = _ladders.words_for(found)
    short = max(len(w) for w in found.places) <= 3
    for place in found.ladder:
        seen = [w for w, p in found.places.items() if p == place and w not in rivals]
        if seen and not short:
            best = max(seen, key=lambda w: (words[w], w))
            spelling = max(raw[best], key=lambda s: (s[:1].isupper() and not s.isupper(), s))
            shown[value[place]] = _text.plain_words(spelling.strip(" ."))
        else:
            words_of = seen[0] if seen else str(value[place])
            words_of = _ladders.LONG.get(words_of, default.get(place, words_of))
            shown[value[place]] = words_of.capitalize() if language != "id" else words_of.title()
    synonyms = {s: value[p] for w, p in found.places.items() if w not in rivals for s in raw[w]}
    doubts = tuple((min(raw[w]), words[w], min(raw[other])) for w, other in sorted(rivals.items()))
    asks = (found.unsure,) if found.unsure and not (found.unsure == "ends" and len(found.places) >= 3) else ()
    if found.family.name == "right" or len(found.ladder) == 2:
        asks = (*asks, "two")
    kind = found.family.kind
    name = _name(found, len(found.ladder), language, "skala")
    return Scale(name, kind, tuple(value.values()), shown, _other(synonyms, shown), asks, doubts=doubts)


def _name(found: _ladders.Found | None, points: int, language: str, fallback: str) -> str:
    if found is None:
        return f"{fallback}{points}"
    base = _NAMES.get((found.family.name, found.family.language), found.family.name)
    return f"{base}{points}"


def _from_numbers(
    block: list[tuple[Column, Profile, Head]], language: str, ceiling: int, odd: frozenset[int]
) -> Scale:
    ends: Ends | None = next((head.ends for _, _, head in block if head.ends), None)
    word = "skor" if language == "id" else "score"
    given = {value for _, seen, _ in block for value in seen.numbers.values()}
    low, high = min(given - odd or given), max(given - odd or given)
    if ends and ends.low <= low and high <= ends.high:
        words = {n: w for n, w in ends.words if w and not w.isdigit()}
        kind = "numeric" if ends.high - ends.low >= 9 else "rating"
        return Scale(f"{word}_{ends.low}_{ends.high}", kind, tuple(range(ends.low, ends.high + 1)), words)
    asks: tuple[str, ...] = ("words",)
    if low == 0:
        top = 1 if high <= 1 else 4 if high <= 4 else 6 if high <= 6 else 10
        asks = ("two",) if top == 1 else ("words", "ends") if high < top else ("words",)
        return Scale(
            f"{word}_0_{top}", "numeric" if top == 10 else "rating", tuple(range(top + 1)), asks=asks
        )
    if high <= 4 and ceiling <= 4:
        top, asks = 4, ("words", "four")
        if high < 4 or low > 1:
            asks = ("words", "ends", "four")
        if high <= 2:
            top, asks = 2, ("two",)
    elif high <= 5:
        top = 5
        asks = ("words", "ends") if low > 2 or high < 5 else asks
    elif high == 6 and low == 1:
        top = 6
    elif high <= 7:
        top = 7
        asks = ("words", "ends") if low > 1 or high < 7 else asks
    else:
        top = 10
        asks = ("words", "ends") if high < 10 else asks
    kind = "numeric" if top == 10 else "rating"
    return Scale(f"{word}_1_{top}", kind, tuple(range(1, top + 1)), asks=asks)


def renamed(scales: Iterable[Scale]) -> dict[tuple[object, ...], str]:
    """shape → a name that no other scale bears."""
    out: dict[tuple[object, ...], str] = {}
    taken: set[str] = set()
    for scale in scales:
        if scale.shape in out:
            continue
        name, k = scale.name, 2
        while name in taken:
            name, k = f"{scale.name}_{k}", k + 1
        taken.add(name)
        out[scale.shape] = name
    return out
