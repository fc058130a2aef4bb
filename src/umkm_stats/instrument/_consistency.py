"""Rules on parts that must agree: what an attention item says and expects, a stem and its section, items of
different constructs, a condition and what it hangs on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from umkm_stats.instrument._questions import Item, Question
from umkm_stats.instrument._wording import found

if TYPE_CHECKING:
    from umkm_stats.instrument._instrument import Instrument

Path = tuple[Any, ...]
Remark = tuple[str, Path, str | None, dict[str, Any]]
SHARED = 0.6  # share of the content words of the shorter item that stand in the other
FRAME = 5  # items from which on a word is taken for the frame of a scale ("… is sufficient for …")
_COMMON = {
    "id": """kami kita saya anda yang dan di ke dari dengan untuk pada dalam oleh atas saat ketika sebelum
        setelah tentang adalah itu ini sudah akan lebih paling daripada usaha produk pelanggan pembeli
        sebagian besar banyak baru lama lain sejenis lalu tahun dibandingkan mereka para kepada""",
    "en": """we our us i my the a an of to in on at by for from with when before after about is are was have
        has been than that this these those they their what how more most many business businesses product
        products customers buyers new past other similar ago years compared and who out up down
        find old ones""",
}
FUNCTION_WORDS = {language: set(words.split()) for language, words in _COMMON.items()}
# What a section may say its statements are not about, and what a stem says they are about.
NOT_ABOUT = {"id": r"\bbukan tentang (\w+)", "en": r"\bnot about (?:the |your |our )?(\w+)"}
ABOUT = {"id": r"(?<!bukan )\btentang (\w+)", "en": r"(?<!not )\babout (?:the |your |our )?(\w+)"}


def remarks(instrument: Instrument) -> Iterator[Remark]:
    """(code, path in the file, item, parameters) of everything that does not agree."""
    for index, question in enumerate(instrument.questions):
        path: Path = ("questions", index)
        yield from _attention(instrument, path, question)
        if question.ask_if is not None:
            asked = next((q for q in instrument.questions if q.code == question.ask_if.question), None)
            if asked is not None and asked.personal:
                where = (*path, "ask_if", "question")
                yield "INS146", where, question.code, {"other": asked.code}
    yield from _stems(instrument)
    yield from _overlap(instrument)


def _attention(instrument: Instrument, path: Path, question: Question) -> Iterator[Remark]:
    """The answer an attention item names in its sentence is the one it expects."""
    if question.expected is None:
        return
    for language in instrument.languages:
        labels = question.labels.get(language, {})
        wanted = labels.get(question.expected, "")
        said = question.text.get(language, "").lower()
        named = [
            text for text in sorted(labels.values(), key=len, reverse=True) if found(said, [text.lower()])
        ]
        named = [text for text in named if not any(text != other and text in other for other in named)]
        folded = [text for text in named if not any(text.lower() in o.lower() and text != o for o in named)]
        if folded and wanted not in folded:
            yield (
                "INS141",
                (*path, "expected"),
                question.code,
                {"expected": question.expected, "label": wanted, "named": folded},
            )
            return


def _stems(instrument: Instrument) -> Iterator[Remark]:
    """A stem that speaks of what the section says it does not speak of."""
    for index, section in enumerate(instrument.sections):
        stem = section.stem or instrument.stem
        asked = any(q.section == section.code and q.kind == "scale" for q in instrument.questions)
        if stem is None or section.intro is None or not asked:
            continue
        for language in instrument.languages:
            denied = set(re.findall(NOT_ABOUT.get(language, "$^"), section.intro.get(language, "").lower()))
            claimed = set(re.findall(ABOUT.get(language, "$^"), stem.get(language, "").lower()))
            if denied & claimed:
                yield "INS142", ("sections", index), None, {"words": sorted(denied & claimed)}
                break


def words_of(text: str, language: str) -> set[str]:
    """The content words of a sentence, in lower case."""
    return set(re.findall(r"[^\W\d_]{3,}", text.lower())) - FUNCTION_WORDS.get(language, set())


def _overlap(instrument: Instrument) -> Iterator[Remark]:
    """Items of two constructs with most of their content words in common: a link by wording, not by fact."""
    kept = [(i, q) for i, q in enumerate(instrument.questions) if isinstance(q, Item)]
    index_like = {entry.code for entry in instrument.constructs if entry.kind == "index"}
    content: dict[tuple[int, str], set[str]] = {}
    for language in instrument.languages:
        bare = {index: words_of(item.text.get(language, ""), language) for index, item in kept}
        times = Counter(word for words in bare.values() for word in words)
        content |= {(i, language): {w for w in words if times[w] < FRAME} for i, words in bare.items()}
    for place, (index, item) in enumerate(kept):
        for earlier, other in kept[:place]:
            if item.construct == other.construct or item.construct in index_like:
                continue
            for language in instrument.languages:
                one, two = content[index, language], content[earlier, language]
                shorter = min(len(one), len(two))
                if shorter >= 2 and len(one & two) / shorter > SHARED:
                    where = ("questions", index, "text", language)
                    words = sorted(one & two)
                    yield "INS143", where, item.code, {"other": other.code, "words": words}
                    break
