"""Tick boxes: what says that a box was ticked, in the words of the languages and programs; never a guess.

Value labels decide first, then words for yes and no, then the option's own words as a tick. Numbers are ticks
by the coding that all boxes of the question share: 0/1, or the option's own number. Anything else is a
finding at its cell, and the answer of that row counts as missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.responses import _text
from umkm_stats.responses._findings import WITHHELD, Collector
from umkm_stats.responses._privacy import identifier_in
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.responses._recode import EMPTY_TOKENS

if TYPE_CHECKING:
    from umkm_stats.instrument import Choice, Question

Bools = NDArray[np.bool_]
YES = frozenset(
    [
        "ya",
        "iya",
        "yes",
        "y",
        "true",
        "benar",
        "dipilih",
        "terpilih",
        "dicentang",
        "tercentang",
        "selected",
        "checked",
        "ticked",
        "chosen",
        "quoted",
        "mentioned",
        "sí",
        "si",
        "seleccionado",
        "seleccionada",
        "marcado",
        "marcada",
        "sim",
        "selecionado",
        "selecionada",
        "oui",
        "coché",
        "cochée",
        "sélectionné",
        "ja",
        "ausgewählt",
        "angekreuzt",
        "genannt",
        "geselecteerd",
        "aangevinkt",
        "evet",
        "seçildi",
        "işaretlendi",
        "sì",
        "selezionato",
        "v",
        "x",
        "√",
        "✓",
        "✔",
        "☑",
        "☒",
        "🗹",
        "●",
        "on",
    ]
)
NO = frozenset(
    {
        *[
            "tidak",
            "tdk",
            "bukan",
            "no",
            "n",
            "false",
            "salah",
            "unchecked",
            "unselected",
            "unticked",
            "não",
            "nao",
            "non",
            "nein",
            "nee",
            "hayır",
            "hayir",
            "off",
        ],
        *["☐", "□", "○", "◻"],
        "tidak dipilih",
        "tidak terpilih",
        "tidak dicentang",
        "tidak tercentang",
        "belum dipilih",
        "not selected",
        "not checked",
        "not ticked",
        "not chosen",
        "not quoted",
        "not mentioned",
        "no seleccionado",
        "no marcado",
        "não selecionado",
        "não marcado",
        "non coché",
        "non sélectionné",
        "nicht ausgewählt",
        "nicht angekreuzt",
        "nicht genannt",
        "niet geselecteerd",
        "seçilmedi",
        "işaretlenmedi",
        "non selezionato",
    }
)
_NUMBERED = re.compile(r"^\(?(\d)\)?\s*[-=:.)]\s*(.+)$|^(.+?)\s*[(\[](\d)[)\]]$")
_PLAIN = re.compile(r"^[+-]?\d{1,4}(?:[.,]0+)?$")
_MARKS = (";", ", ", ",", "\n", "|", " / ", " ")


def read_boxes(
    question: Question, boxes: Mapping[int, RawColumn], table: RawTable, findings: Collector, live: Bools
) -> NDArray[np.object_]:
    """(rows,) ticked values in order, joined by ";" (``"1;3"``); "" when all boxes stand empty; None when the
    question was not answered or a box says something that is no tick."""
    n = table.n
    numbers = _coding(boxes)
    chosen: list[list[str]] = [[] for _ in range(n)]
    seen, faulty = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    choices = {choice.value: choice for choice in question.choices}
    for value, box in sorted(boxes.items()):
        meant = [_meaning(raw, box.labels.get(raw), choices[value], numbers) for raw in box.values]
        for position, ticked in enumerate(meant):
            if ticked is None:
                mask = box.codes == position
                faulty |= mask
                raw = box.values[position]
                private = isinstance(raw, str) and identifier_in(raw) is not None
                findings.add(
                    "RSP270",
                    rows=table.rows[mask & live],
                    column=box.letter,
                    value=WITHHELD if private else raw,
                    item=question.code,
                    option=_words_of(choices[value]),
                )
        kept = np.array([*(m != "empty" for m in meant), False], dtype=bool)
        yes = np.array([*(m == "yes" for m in meant), False], dtype=bool)
        seen |= kept[box.codes]
        for row in np.flatnonzero(yes[box.codes]):
            chosen[row].append(str(value))
    out = np.full(n, None, dtype=object)
    for row in np.flatnonzero(seen & ~faulty):
        out[row] = ";".join(chosen[row])
    return out


def _words_of(choice: Choice) -> str:
    return next(iter(choice.label.values()), str(choice.value))


def _number(raw: Any) -> int | None:
    """A whole number, also as text ("1,0"); None for anything else."""
    if isinstance(raw, bool):
        return int(raw)
    if isinstance(raw, str):
        text = _text.tidy(raw)
        return int(re.split(r"[.,]", text)[0]) if _PLAIN.match(text) else None
    if isinstance(raw, (int, float)) or hasattr(raw, "__float__"):
        return int(raw) if float(raw) == int(float(raw)) else None
    return None


def _coding(boxes: Mapping[int, RawColumn]) -> str:
    """How numbers without labels are meant in all boxes of a question: "flag" (0/1), "own" (the option's own
    number), "" (neither: such a number is not known). A nought says that the others are flags."""
    flag = own = True
    nought = False
    for value, box in boxes.items():
        for raw in box.values:
            number = _number(raw)
            if number is not None and raw not in box.labels:
                nought = nought or number == 0
                flag = flag and number in (0, 1)
                own = own and number in (0, value)
    return "flag" if flag else "own" if own else "flag" if nought else ""


def _meaning(raw: Any, label: str | None, choice: Choice, numbers: str) -> str | None:
    """ "yes", "no", "empty", or None when the cell says nothing known."""
    if label is not None:
        return _word(label, choice)
    number = _number(raw)
    if number is not None:
        if not numbers or number not in (0, 1 if numbers == "flag" else choice.value):
            return "no" if number == 0 else None
        return "yes" if number else "no"
    if isinstance(raw, tuple):
        return _word(str(raw[0]), choice) if len(raw) == 1 else None
    return _word(raw, choice) if isinstance(raw, str) else None


def _word(text: str, choice: Choice) -> str | None:
    tidy = _text.tidy(text)
    found = _plain_word(tidy, choice)
    if found is not None:
        return found
    numbered = _NUMBERED.match(tidy)
    if numbered:
        number, words = numbered[1] or numbered[4], numbered[2] or numbered[3]
        found = _plain_word(words, choice)
        if number in ("0", "1") and found in ("yes", "no") and (found == "yes") != (number == "1"):
            return None  # the number says one thing and the word another
        return found
    if _PLAIN.match(tidy):
        return "no" if _number(tidy) == 0 else "yes" if _number(tidy) in (1, choice.value) else None
    return "yes" if choice.other else None


def _plain_word(text: str, choice: Choice) -> str | None:
    key, bare = _text.key(text), text.casefold().strip()
    own = {_text.key(word) for word in (*choice.label.values(), *choice.synonyms)}
    if key in own:
        return "yes"
    if key in YES or bare in YES:
        return "yes"
    if key in NO or bare in NO:
        return "no"
    return "empty" if bare in EMPTY_TOKENS else None


def read_joined(
    question: Question, column: RawColumn, table: RawTable, findings: Collector, live: Bools
) -> NDArray[np.object_]:
    """Ticks in one cell (``WhatsApp;Toko;``, ``1 3``, a list), by the separator that leaves nothing over.

    A text that says nothing ("-", "n/a", separators alone) is no answer, and no other choice either.
    """
    words = {_text.key(label): c.value for c in question.choices for label in c.label.values()}
    words |= {_text.key(label): c.value for c in question.choices for label in c.synonyms}
    words |= {str(c.value): c.value for c in question.choices}
    other = next((c.value for c in question.choices if c.other), None)
    distinct: list[Any] = []
    tokens: set[str] = set()
    for position, raw in enumerate(column.values):
        values, left = _pieces(raw, column.labels.get(raw) if raw.__hash__ else None, words, table.checkbox)
        empty = {word for word in left if word.casefold() in EMPTY_TOKENS}
        tokens |= empty
        left = [word for word in left if word not in empty]
        if not values and not left and not isinstance(raw, tuple):
            distinct.append(None)
            continue
        if left and other is not None:
            values, left = [*values, other], []
        if left:
            findings.add(
                "RSP245",
                rows=table.rows[(column.codes == position) & live],
                column=column.letter,
                value=WITHHELD if any(identifier_in(w) for w in left) else "; ".join(left),
                item=question.code,
            )
            distinct.append(None)
        else:
            distinct.append(";".join(str(v) for v in sorted(set(values))))
    if tokens:
        said = ", ".join(sorted(tokens)[:5])
        findings.add("RSP240", column=column.letter, item=question.code, value=said)
    lookup = np.array([*distinct, None], dtype=object)
    return lookup[column.codes]


def _pieces(raw: Any, label: str | None, words: Mapping[str, int], mark: str) -> tuple[list[int], list[str]]:
    """(values, pieces not recognised) of a cell."""
    if isinstance(raw, tuple):
        keys = [_text.key(str(entry)).removesuffix(".0") for entry in raw]
        return [words[k] for k in keys if k in words], [k for k in keys if k not in words]
    if isinstance(raw, float) and raw == int(raw):
        raw = int(raw)
    text = str(label if label is not None else raw)
    best: tuple[list[int], list[str]] | None = None
    for candidate in dict.fromkeys((mark, *_MARKS)):
        found = _split(text, words, candidate)
        if not found[1]:
            return found
        best = best or found
    return best or ([], [text])


def _split(raw: str, words: Mapping[str, int], mark: str) -> tuple[list[int], list[str]]:
    """The pieces of joined answers; a choice that holds the mark itself is found whole."""
    pieces: Sequence[str] = re.split(re.escape(mark.strip()) if mark.strip() else r"\s+", raw)
    found: list[int] = []
    left: list[str] = []
    joiner = mark if mark.strip() else " "
    i = 0
    while i < len(pieces):
        for j in range(len(pieces), i, -1):
            key = _text.key(joiner.join(p.strip() for p in pieces[i:j]))
            if key in words:
                found.append(words[key])
                i = j
                break
        else:
            if pieces[i].strip():
                left.append(pieces[i].strip())
            i += 1
    return found, left
