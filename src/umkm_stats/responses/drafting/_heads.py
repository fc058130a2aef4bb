"""What one heading says: code, number, stem, row, section, hint of the answer scale, and the bare text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from umkm_stats.responses import _text
from umkm_stats.responses.drafting._grid import Codebook, Column

GENERIC = frozenset(
    {"q", "p", "r", "v", "var", "item", "soal", "no", "s", "i", "qid", "question", "col", "b"}
)
_CODE = re.compile(r"^([A-Za-z][A-Za-z_]{0,14}?)_?(\d{1,3})$")
_DOTTED = re.compile(r"^([A-Za-z][A-Za-z]{0,9}\d{0,2})[._\- ](\d{1,3})([a-z]?)$")
_LIME = re.compile(r"^\s*([A-Za-z]\w{0,19})\[(\w{1,20})\]\s*(?:[.:]\s+(.*))?$", re.DOTALL)
_LED = re.compile(
    r"^\s*[\[(]?([A-Za-z][A-Za-z_]{0,14}\d{0,2}[._]?\d{1,3}[a-z]?)[\])]?\s*(?:[.:)\-–—]+\s*|\s+)(?=\S)(.+)$",
    re.DOTALL,
)
_PLAIN_CODE = re.compile(r"^\s*([A-Za-z]\w{0,19})\s*[.:]\s+(?=\S)(.+)$", re.DOTALL)
_NUMBERED = re.compile(r"^\s*\(?(\d{1,3})\s*[.):\-]\s*(?=\S)(.+)$", re.DOTALL)
_LETTERED = re.compile(r"^\s*([A-Z])[.\-]?(\d{1,3})[.):]?\s+(?=\S)(.+)$", re.DOTALL)
_SECTION = re.compile(r"^\s*([^:\[\](){}]{2,60}):\s+(?=\S)(.{3,})$", re.DOTALL)
_TAIL = re.compile(r"^(.{4,}?)\s*[\[(]([^\[\]()]{2,40})[\])]\s*\.?$", re.DOTALL)
_HINT = re.compile(r"[\[(]([^\[\]()]*\d[^\[\]()]*)[\])]")
_RANGE = re.compile(
    r"^\s*(?:skala|scale|escala)?\s*(-?\d{1,2})\s*(?:-|–|—|s\.?d\.?|sampai|to|a|bis)\s*(\d{1,2})\s*$"
)
_ENDS = re.compile(r"(-?\d{1,2})\s*(?:=|:|adalah|means)\s*([^,;=]+?)(?=\s*(?:[,;]|\bdan\b|\band\b|$))")


@dataclass(frozen=True, slots=True)
class Ends:
    """What a heading says of its scale: lowest and highest number and the words of some numbers."""

    low: int
    high: int
    words: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A heading taken apart.

    code: as the file has it. family: what its code shares with its sisters ("PI" of PI3), "" without a code.
    number: its number within the family or in the numbering. stem: words shared by a grid. section: a name
    before a colon, a group path, or a codebook's. text: what is asked. ends: hint of the answer scale.
    """

    code: str
    family: str
    number: int | None
    stem: str
    section: str
    text: str
    ends: Ends | None
    clue: str

    @property
    def generic(self) -> bool:
        """Whether its code says nothing but a running number (Q1 … Q20)."""
        return bool(self.family) and self.family.casefold().rstrip("_") in GENERIC


def ends_of(text: str) -> tuple[Ends | None, str]:
    """The hint "(1 = …, 5 = …)" or "(1-5)" in a heading, and the heading without it."""
    for found in _HINT.finditer(text):
        inside = _text.tidy(found.group(1))
        span = _RANGE.match(inside)
        pairs = [(int(n), w.strip(" .\"'")) for n, w in _ENDS.findall(inside)]
        if span and int(span[1]) < int(span[2]) <= 100:
            ends = Ends(int(span[1]), int(span[2]))
        elif len(pairs) >= 2 and pairs[0][0] != pairs[-1][0]:
            pairs.sort()
            ends = Ends(pairs[0][0], pairs[-1][0], tuple(pairs))
        else:
            continue
        rest = (text[: found.start()] + " " + text[found.end() :]).strip()
        return ends, rest
    return None, text


def _code_parts(code: str) -> tuple[str, int | None]:
    """("X1", 2) of X1.2, ("PI", 3) of PI3, ("IDVI", 1) of IDVI_1; (code, None) without a number."""
    dotted = _DOTTED.match(code)
    if dotted:
        return dotted[1], int(dotted[2])
    plain = _CODE.match(code)
    if plain:
        return plain[1].rstrip("_"), int(plain[2])
    return code, None


def codelike(text: str) -> bool:
    """Whether a heading cell is a code: one short word of letters, digits and separators."""
    bare = text.strip()
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.\-]{0,19}", bare)) and len(bare) < 21


def parse(column: Column, book: Codebook) -> Head:
    """The parts of one column's heading, before it is compared with its neighbours."""
    cells = [c for c in column.cells if c.strip()]
    stem = section = code = clue = ""
    number: int | None = None
    if not cells:
        return Head("", "", None, "", "", "", None, "")
    text = cells[-1]
    if len(cells) > 1:
        codes = [c for c in cells if codelike(c) and any(ch.isdigit() for ch in c)]
        longest = max(cells, key=lambda c: (not re.fullmatch(r"\s*\d+(\.0)?\s*", c), len(c)))
        if codes:
            code = codes[-1].strip()
            rest = [c for c in cells if c.strip() != code]
            text = rest[-1] if rest else code
            upper = [c for c in rest if c != text]
            stem, clue = (upper[0], "section_row") if upper else ("", "")
        elif re.fullmatch(r"\s*\d+(\.0)?\s*", cells[-1]):
            stem, number, text, clue = longest, int(float(cells[-1])), "", "section_row"
        else:
            stem, text, clue = cells[0], cells[-1], "section_row"
    lime = _LIME.match(text)
    if lime:
        code, text = f"{lime[1]}_{lime[2]}", lime[3] or ""
        family, clue = lime[1], "code"
        number = int(re.sub(r"\D", "", lime[2]) or 0) or None
        inner, ends, stem = _grid_or_hint(text, stem)
        return Head(code, family, number, stem, "", inner, ends, clue)
    if not code and re.search(r"\S/\S", text) and " " not in text.strip():
        path, _, text = text.strip().rpartition("/")
        section, clue = path, "group_path"
        if codelike(text):
            code = text
    ends, text = ends_of(text)
    grid = _text.grid_parts(text)
    if grid and _text.tidy(grid[0]):
        stem, text, clue = grid[0], grid[1], clue or "grid_stem"
    if not code and codelike(text) and (any(ch.isdigit() for ch in text) or text.isupper() or "_" in text):
        code, text = text.strip(), ""
    if not code:
        led, plain = _LED.match(text), _PLAIN_CODE.match(text)
        if led:
            code, text = led[1], led[2]
        elif plain and (plain[1].isupper() or "_" in plain[1]):
            code, text = plain[1], plain[2]
    said = book.questions.get(_text.key(code)) if code else None
    if said:
        text, section, clue = said[0], said[1] or section, "codebook" if said[1] else clue
    elif column.label and _text.key(column.label) != _text.key(code or text):
        text = column.label
    if ends is None:
        ends, text = ends_of(text)
    if stem and ends is None:
        ends, stem = ends_of(stem)
    numbered = _NUMBERED.match(text)
    if number is None and numbered:
        number, text = int(numbered[1]), numbered[2]
        clue = clue or "numbering"
    family = ""
    if code:
        family, inner_number = _code_parts(code)
        number = inner_number if inner_number is not None else number
        clue = clue if clue in ("codebook", "section_row", "grid_stem") else "code"
    return Head(code, family, number, _text.tidy(stem), _text.tidy(section), _text.tidy(text), ends, clue)


def _grid_or_hint(text: str, stem: str) -> tuple[str, Ends | None, str]:
    ends, text = ends_of(text)
    grid = _text.grid_parts(text)
    if grid:
        stem, text = grid
    if ends is None:
        ends, stem = ends_of(stem)
    return _text.tidy(text), ends, _text.tidy(stem)


def compared(heads: list[Head]) -> list[Head]:
    """Headings beside their neighbours: "Stem - row" and "Section: text" where several share the part."""
    dashed = Counter(h.text.rpartition(" - ")[0] for h in heads if " - " in h.text)
    coloned = Counter(m[1].strip() for h in heads if (m := _SECTION.match(h.text)))
    tailed = Counter(m[2].strip() for h in heads if (m := _TAIL.match(h.text)))
    same = Counter((h.family, h.text) for h in heads if h.code and h.text)
    out = []
    for head in heads:
        if (
            same[head.family, head.text] >= 2 and not head.stem
        ):  # one name over "X1.1", "X1.2", …: no item's text
            head = replace(head, stem=head.text, text="")
        before, dash, row = head.text.rpartition(" - ")
        colon, tail = _SECTION.match(head.text), _TAIL.match(head.text)
        if dash and dashed[before] >= 2 and not head.stem:
            ends, before = (head.ends, before) if head.ends else ends_of(before)
            head = replace(head, stem=before, text=row, ends=ends, clue=head.clue or "grid_stem")
        elif colon and coloned[colon[1].strip()] >= 2 and not head.section:
            head = replace(
                head, section=colon[1].strip(), text=colon[2], clue="label" if head.code else "section_prefix"
            )
        elif tail and tailed[tail[2].strip()] >= 2 and not head.section and not _HINT.search(head.text):
            head = replace(
                head, section=tail[2].strip(), text=tail[1], clue="label" if head.code else "section_prefix"
            )
        out.append(head)
    return _long_codes(out)


def _long_codes(heads: list[Head]) -> list[Head]:
    """X11 is item 1 of X1 where X1 and X2 each have such items, item 11 of X where X runs on to 9 and 10."""
    plain = [h for h in heads if re.fullmatch(r"[A-Za-z]+\d{2,3}", h.code)]
    by_letter: dict[str, list[str]] = {}
    for head in plain:
        letters = re.match(r"[A-Za-z]+", head.code)
        assert letters is not None
        by_letter.setdefault(letters[0], []).append(head.code[len(letters[0]) :])
    singles = {h.family: 0 for h in heads if h.number is not None and h.number < 10}
    out = []
    for head in heads:
        letters = re.match(r"[A-Za-z]+", head.code or "")
        digits = by_letter.get(letters[0], []) if letters else []
        split = (
            bool(digits)
            and head.code[len(letters[0]) :] in digits  # type: ignore[index]
            and letters[0] not in singles  # type: ignore[index]
            and all(d[0] != "0" for d in digits)
            and _runs(digits)
        )
        if split:
            rest = head.code[len(letters[0]) :]  # type: ignore[index]
            head = replace(head, family=letters[0] + rest[0], number=int(rest[1:]))  # type: ignore[index]
        out.append(head)
    return out


def _runs(digits: list[str]) -> bool:
    """Whether, after the first digit, the rest counts 1, 2, 3 … anew in each group."""
    groups: dict[str, list[int]] = {}
    for d in digits:
        groups.setdefault(d[0], []).append(int(d[1:]))
    return all(numbers == list(range(1, len(numbers) + 1)) for numbers in groups.values())


def heading_name(column: Column) -> str:
    """What the reader knows the column by: a code in its heading, "stem | row" when it takes two rows."""
    cells = [c for c in column.cells if c.strip()]
    coded = [c for c in cells if codelike(c) and any(ch.isdigit() for ch in c)]
    if len(cells) > 1 and coded and not coded[0].strip().isdigit():
        return coded[0].strip()
    return " | ".join(cells) if len(cells) > 1 else (cells[0] if cells else "")
