"""The door: a file of answers in, a first instrument out."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.instrument._loading import parse as parse_instrument
from umkm_stats.options import one_of
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading
from umkm_stats.responses._sheets import open_file
from umkm_stats.responses.drafting import (
    _groups,
    _heads,
    _ladders,
    _reversals,
    _roles,
    _scales,
    _words,
    _yaml,
)
from umkm_stats.responses.drafting._answers import Profile, profile, vector
from umkm_stats.responses.drafting._forms import form_grid, is_lss
from umkm_stats.responses.drafting._grid import (
    Column,
    Grid,
    codebook_of,
    grid_of,
    grid_of_table,
    main_sheet,
)
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._heads import Head
from umkm_stats.responses.drafting._names import Codes, short_of, slug
from umkm_stats.responses.drafting._result import Draft
from umkm_stats.responses.drafting._roles import Role
from umkm_stats.responses.drafting._scales import Scale
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head as ReaderHead
from umkm_stats.results import Note, SampleUsed


@dataclass(frozen=True, eq=False)
class Looked:
    """The file after every column was looked at: heading parts, answers, role (None: an item)."""

    grid: Grid
    heads: list[Head]
    profiles: list[Profile]
    roles: list[Role | None]
    signatures: dict[int, tuple[object, ...]]
    language: str

    @property
    def items(self) -> list[int]:
        """Positions (in ``grid.columns``) of the items, in file order."""
        return [i for i, role in enumerate(self.roles) if role is None]


def draft_instrument(path: str | Path, *, lang: str | None = None, sheet: str | None = None) -> Draft:
    """Draft an instrument from a file of answers alone.

    Constructs, items, the answer scale with its words in order, items that may be reversed, background
    questions, personal columns and times are told from headings and answers; each guess has its clue, and
    what no clue decides is asked, never guessed. No answer of a personal or free-text column is kept.

    Parameters
    ----------
    path : file of answers (xlsx, csv, zipped csv, sav, dta, parquet), or the form itself (XLSForm, LimeSurvey
        .lss); it is never changed.
    lang : language of remarks, questions and the summary, ``"id"`` or ``"en"``; None takes the language of
        the headings (English for others than Indonesian).
    sheet : sheet of a workbook; None takes the one that looks most like answers.

    Returns
    -------
    Draft
        ``.columns .instrument .questions .yaml .save(path) .summary(lang)``.

    Raises
    ------
    UmkmError
        RSP101–RSP109 when the file cannot be opened, RSP301 when it has no heading row, RSP302 when no column
        looks like an item (with the reason for each column).

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from umkm_stats import draft_instrument
    >>> words = ["Setuju", "Netral", "Tidak Setuju", "Sangat Setuju", "Sangat Tidak Setuju", "Setuju"]
    >>> rows = [",".join([w] * 4) for w in words]
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "jawaban.csv"
    >>> _ = path.write_text("\\n".join(["X1.1,X1.2,Y1.1,Y1.2", *rows]), encoding="utf-8")
    >>> draft = draft_instrument(path)
    >>> draft.columns[["heading", "role", "clue", "certainty"]].iloc[0].tolist()
    ['X1.1', 'item', 'code', 'sure']
    """
    if lang is not None:
        one_of("lang", lang, messages.languages())
    file = Path(path)
    grid = _opened(file, sheet)
    looked = _looked(grid)
    said = lang or ("id" if looked.language in ("id", "ms") else "en")
    if not looked.items:
        reasons = [
            f"{c.letter} {messages.text(f'draft.clue.{r.clue}', said)}"
            for c, r in zip(grid.columns, looked.roles, strict=True)
            if r is not None
        ]
        raise UmkmError("RSP302", place(file, sheet=grid.sheet), {"reasons": reasons[:40]})
    return _drafted(file, looked, said)


def _opened(path: Path, sheet: str | None) -> Grid:
    if is_lss(path):
        asked = form_grid(None, path)
        if asked is None:
            raise UmkmError("RSP102", place(path))
        return asked
    opened = open_file(path, sheet=sheet)
    asked = form_grid(opened, path) if opened.kind == "workbook" and sheet is None else None
    if asked is not None:
        return asked
    if opened.sheets:
        main = opened.sheets[0] if sheet is not None else main_sheet(opened)
        return grid_of(main, path, codebook_of(opened.sheets, main))
    index = HeaderIndex(SimpleNamespace(questions=()))
    head = ReaderHead(opened, None, Heading((), 0), ())
    reader = max(READERS.values(), key=lambda entry: entry.sniff(head).score)
    return grid_of_table(reader.read(head, index))


def _looked(grid: Grid) -> Looked:
    columns = grid.columns
    first = [_heads.parse(column, grid.codebook) for column in columns]
    texts = [t for h, c in zip(first, columns, strict=True) for t in (h.text or "", h.stem, c.label) if t]
    language = _words.language_of(texts)
    heads = _heads.compared(first)
    profiles = [profile(column) for column in columns]
    roles = _roles.totals(grid, _roles.first_look(grid, heads, profiles, language), heads)
    signatures = {
        i: _scales.signature(columns[i], profiles[i], heads[i], language, grid.codebook)
        for i, role in enumerate(roles)
        if role is None
    }
    return Looked(
        grid, heads, profiles, _with_neighbours(roles, signatures, heads, profiles), signatures, language
    )


def _with_neighbours(
    roles: list[Role | None],
    signatures: dict[int, tuple[object, ...]],
    heads: list[Head],
    seen: list[Profile],
) -> list[Role | None]:
    """An item has a sister: the next item, or one of the same code or stem, is answered in the same way."""
    out = list(roles)
    items = [i for i, role in enumerate(roles) if role is None]
    numbered = sum(bool(heads[i].family) and heads[i].number is not None for i in items)
    for at, i in enumerate(items):
        bare = bool(heads[i].code) and heads[i].number is None and not heads[i].text and not heads[i].stem
        if bare and numbered >= 0.6 * len(items):
            out[i] = Role("background", "alone", "ask")
            continue
        near = [items[k] for k in (at - 1, at + 1) if 0 <= k < len(items) and abs(items[k] - i) <= 3]
        alike = [j for j in near if signatures[j] == signatures[i] and abs(j - i) == 1]
        family = [j for j in items if j != i and heads[i].family and heads[j].family == heads[i].family]
        coded = bool(heads[i].family) and heads[i].number is not None and not heads[i].generic
        if not alike and not family and (not coded or seen[i].distinct == 1):
            out[i] = (
                Role("ignored", "constant", "ask")
                if seen[i].distinct == 1
                else Role("background", "alone", "likely")
            )
        elif heads[i].generic and not heads[i].stem and not alike:
            out[i] = Role("background", "alone", "likely")
    return out


def _drafted(path: Path, looked: Looked, said: str) -> Draft:
    grid, heads = looked.grid, looked.heads
    groups = _grouped(looked)
    scales = _scaled(looked, groups)
    names = _scales.renamed(scales[i] for i in looked.items)
    codes = Codes()
    constructs, item_code, asks = [], {}, []
    construct_of: dict[int, str] = {}
    for k, group in enumerate(groups, 1):
        label = group.label or group.family or messages.text("draft.variable", said, number=k)
        code = codes.take(group.family, short_of(group.label), f"V{k}")
        constructs.append(_yaml.ConstructLine(code, label, "other", _construct_remark(group, code, said)))
        for i in group.members:
            construct_of[i] = code
    for group in groups:
        for at, i in enumerate(group.members, 1):
            wished = heads[i].code
            number = heads[i].number or at
            item_code[i] = codes.take(
                wished,
                f"{heads[i].family}{number:02d}" if heads[i].family else "",
                f"{construct_of[i]}{at}",
                f"{construct_of[i]}{at:02d}",
            )
    marks = _reversed(looked, groups, scales)
    asks += _questions(looked, groups, scales, names, marks, item_code, constructs)
    items = [
        _yaml.ItemLine(
            item_code[i],
            construct_of[i],
            names[scales[i].shape],
            _item_text(heads[i], grid.columns[i], item_code[i]),
            _aliases(grid, i),
            scales[i].turned != (marks[i] == "both"),
            _item_remark(grid.columns[i], marks[i], scales[i], said),
        )
        for i in looked.items
    ]
    background = _background(looked, codes, said)
    by_name = {names[scales[i].shape]: scales[i] for i in looked.items}
    frame = _frame(looked, item_code, construct_of, scales, names, marks, groups, background)
    text = _yaml.text_of(
        name=slug(path),
        title=" ".join(slug(path).replace("_", " ").split()).title(),
        language=looked.language,
        lang=said,
        head=[
            messages.text("draft.yaml.head", said, file=_safe(path.name), n=grid.n),
            *(f"{k}. {note.message(said)}" for k, note in enumerate(asks, 1)),
        ],
        scales=list(by_name.items()),
        constructs=constructs,
        items=items,
        background=[line for _, line in background],
        unused=_unused(looked, said),
        model=_roles_by_name(groups, [c.code for c in constructs]),
    )
    instrument = parse_instrument(text, file="instrument.yaml")
    sample = SampleUsed(grid.n + grid.dropped, grid.n, {"summary_row": grid.dropped} if grid.dropped else {})
    return Draft(
        frame,
        instrument,
        tuple(note.message(said) for note in asks),
        text,
        looked.language,
        said,
        _safe(path.name),
        sample,
        tuple(asks),
        _labels={c.code: c.label for c in constructs},
    )


def _safe(name: str) -> str:
    """A file name as it may be printed: an identifier in it is withheld."""
    from umkm_stats.responses._privacy import identifier_in

    return "***" if identifier_in(name) else name


def _grouped(looked: Looked) -> list[Group]:
    heads, columns = looked.heads, looked.grid.columns
    totals = {
        i: columns[i].heading
        for i, role in enumerate(looked.roles)
        if role is not None and role.clue == "total"
    }
    items = looked.items
    breaks = {
        i
        for i, role in enumerate(looked.roles)
        if role is not None
        and role.name in ("background", "ignored")
        and role.clue not in ("total", "attention")
    }
    near = set()
    for a, b in itertools.pairwise(items):
        if any(k in breaks for k in range(a + 1, b)):
            near.add(a)
    stems = {i: heads[i].stem for i in items if heads[i].stem}
    return _groups.groups_of(items, heads, looked.signatures, near, totals, stems)


def _scaled(looked: Looked, groups: list[Group]) -> dict[int, Scale]:
    columns, profiles, heads = looked.grid.columns, looked.profiles, looked.heads
    ceiling = max(
        (
            profiles[i].span[1]
            for i in looked.items
            if looked.signatures[i] == ("numbers",) and profiles[i].numbers
        ),
        default=5,
    )
    pooled: dict[tuple[object, ...], list[int]] = {}
    for k, group in enumerate(groups):
        for i in group.members:
            mark = looked.signatures[i]
            numbers = mark[0] == "numbers" and len(mark) == 1
            pooled.setdefault((*mark, k) if numbers else mark, []).append(i)
    out: dict[int, Scale] = {}
    for members in pooled.values():
        block = [(columns[i], profiles[i], heads[i]) for i in members]
        whole = _scales.scale_of(block, looked.language, looked.grid.codebook, ceiling)
        for i in members:
            out[i] = whole
    return out


def _reversed(looked: Looked, groups: list[Group], scales: dict[int, Scale]) -> dict[int, str]:
    out: dict[int, str] = {}
    for group in groups:
        members = list(group.members)
        if group.clue == "none":
            table = np.full((looked.grid.n, len(members)), np.nan)
        else:
            table = np.column_stack([_scored(looked.grid.columns[i], scales[i]) for i in members])
        texts = [looked.heads[i].text for i in members]
        for i, mark in zip(members, _reversals.suspects(texts, table), strict=True):
            out[i] = mark
    return out


def _scored(column: Column, scale: Scale) -> np.ndarray:
    """(n,) answers as codes of the scale."""
    value_of = {_text.key(word): value for value, word in scale.words.items()}
    value_of |= {_text.key(word): value for word, value in scale.synonyms.items()}
    if not value_of or all(isinstance(v, (int, float)) for v in column.values):
        return vector(column)
    lookup = np.full(len(column.values) + 1, np.nan)
    for i, value in enumerate(column.values):
        found = value_of.get(_text.key(str(value)))
        if found is not None:
            lookup[i] = found
    return lookup[column.codes]


def _item_text(head: Head, column: Column, code: str) -> str:
    return head.text or _text.tidy(f"{head.stem} {head.number or ''}").strip() or column.heading or code


def heading_name(column: Column) -> str:
    """What the reader knows the column by: a code in its heading, "stem | row" when it takes two rows."""
    cells = [c for c in column.cells if c.strip()]
    coded = [c for c in cells if _heads.codelike(c) and any(ch.isdigit() for ch in c)]
    if len(cells) > 1 and coded and not coded[0].strip().isdigit():
        return coded[0].strip()
    return " | ".join(cells) if len(cells) > 1 else (cells[0] if cells else "")


def _aliases(grid: Grid, at: int) -> tuple[str, ...]:
    """What the reader finds the column by: its heading, or its letter where another has the same heading."""
    column = grid.columns[at]
    name = heading_name(column)
    if grid.form:
        return tuple(dict.fromkeys((name, column.cells[-1])))
    known = Counter(_text.key(heading_name(c)) for c in grid.columns)
    if not name or known[_text.key(name)] > 1 or len(name) > 4000:
        return (f"[{column.letter}]",)
    return (name,)


def _construct_remark(group: Group, code: str, said: str) -> str:
    sure = messages.text(f"draft.sure.{group.certainty}", said)
    clue = messages.text(f"draft.clue.{group.clue}", said)
    remark = messages.text("draft.yaml.construct", said, clue=clue, certainty=sure)
    if not group.label:
        remark = f"? {messages.text('draft.yaml.unnamed', said)} · {remark}"
    return remark


def _item_remark(column: Column, mark: str, scale: Scale, said: str) -> str:
    where = messages.text("draft.yaml.column", said, column=column.letter)
    if scale.turned:
        return f"{where} · ? {messages.text('draft.yaml.turned', said)}"
    if mark:
        return f"{where} · ? {messages.text(f'draft.yaml.reverse_{mark}', said)}"
    return where


def _background(looked: Looked, codes: Codes, said: str) -> list[tuple[int, _yaml.BackgroundLine]]:
    out = []
    for i, role in enumerate(looked.roles):
        if role is None or role.name != "background":
            continue
        column, head, seen = looked.grid.columns[i], looked.heads[i], looked.profiles[i]
        text = head.text or head.code or column.heading or column.letter
        code = codes.take(head.code if head.code.isalnum() else "", short_of(text), f"P{i + 1}")
        kind, choices = _closed(column, seen)
        remark = messages.text("draft.yaml.column", said, column=column.letter)
        out.append(
            (i, _yaml.BackgroundLine(code, kind, text[:400], _aliases(looked.grid, i), choices, remark))
        )
    return out


def _closed(column: Column, seen: Profile) -> tuple[str, dict[int, str]]:
    """("choice", value → label), ("number", {}) or ("text", {}) for a background column.

    Answers stand in the file only when there are at most twelve and each was given twice or more.
    """
    if column.kind in ("number", "several"):
        return ("number" if column.kind == "number" else "text"), {}
    if column.labels and all(isinstance(k, (int, float)) and float(k).is_integer() for k in column.labels):
        labels = {int(k): _text.tidy(str(v)) for k, v in column.labels.items()}
        labels = {k: v for k, v in labels.items() if _text.key(v) not in _ladders.NOT_A_POINT}
        if 2 <= len(labels) <= 30 and len({_text.key(v) for v in labels.values()}) == len(labels):
            return "choice", dict(sorted(labels.items()))
    if seen.numeric >= 0.9:
        return "number", {}
    answers: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for i, value in enumerate(column.values):
        if seen.counts[i]:
            word = _text.key(str(value))
            answers[word] += seen.counts[i]
            shown.setdefault(word, _text.tidy(str(value)))
    if 2 <= len(answers) <= 12 and min(answers.values()) >= 2 and seen.numeric == 0:
        return "choice", {k: shown[w] for k, w in enumerate(sorted(answers), 1)}
    return "text", {}


def _unused(looked: Looked, said: str) -> list[str]:
    lines = [messages.text("draft.yaml.unused", said)]
    for column, role in zip(looked.grid.columns, looked.roles, strict=True):
        if role is not None and role.name in ("ignored", "personal", "time"):
            heading = column.heading if _plain_heading(column.heading) else "***"
            what = messages.text(f"draft.clue.{role.clue}", said)
            lines.append(f"  {column.letter}: {heading[:60]} · {what}")
    return lines if len(lines) > 1 else []


def _plain_heading(heading: str) -> bool:
    from umkm_stats.responses._privacy import identifier_in

    return identifier_in(heading) is None


def _roles_by_name(groups: list[Group], codes: list[str]) -> dict[str, list[str]]:
    """x, m and y as the codes X…, M or Z…, Y… suggest them; only a remark in the file."""
    out: dict[str, list[str]] = {"x": [], "m": [], "y": []}
    for group, code in zip(groups, codes, strict=True):
        letter = (group.family or code)[:1].upper()
        part = {"X": "x", "M": "m", "Z": "m", "Y": "y"}.get(letter)
        if part and len(group.family or code) <= 2:
            out[part].append(code)
    return out


def _questions(
    looked: Looked,
    groups: list[Group],
    scales: dict[int, Scale],
    names: dict[tuple[object, ...], str],
    marks: dict[int, str],
    item_code: dict[int, str],
    constructs: list[_yaml.ConstructLine],
) -> list[Note]:
    asks: list[Note] = []
    unclear = [item_code[i] for g in groups if g.certainty == "ask" for i in g.members]
    if unclear:
        asks.append(Note("RSP304", {"count": len(unclear)}))
    unnamed = [
        c.code for c, g in zip(constructs, groups, strict=True) if not g.label and g.certainty != "ask"
    ]
    if unnamed:
        asks.append(Note("RSP305", {"constructs": unnamed}))
    for shape, name in names.items():
        scale = next(s for s in scales.values() if s.shape == shape)
        for ask in scale.asks:
            code = {
                "words": "RSP306",
                "ends": "RSP307",
                "four": "RSP308",
                "between": "RSP309",
                "turned": "RSP310",
                "two": "RSP311",
                "order": "RSP319",
            }[ask]
            asks.append(
                Note(
                    code,
                    {
                        "scale": name,
                        "points": len(scale.values),
                        "low": scale.values[0],
                        "high": scale.values[-1],
                    },
                )
            )
    for mark, code in (("both", "RSP312"), ("words", "RSP313"), ("correlation", "RSP313")):
        found = [item_code[i] for i in looked.items if marks[i] == mark]
        if found and not (code == "RSP313" and any(n.code == code for n in asks)):
            if code == "RSP313":
                found = [item_code[i] for i in looked.items if marks[i] in ("words", "correlation")]
            asks.append(Note(code, {"items": found}))
    coded = sorted(
        {p for i in looked.items for p in looked.profiles[i].points.values() if p.lstrip("-").isdigit()}
    )
    if coded:
        asks.append(Note("RSP318", {"codes": coded}))
    branches = _branches(looked, groups, [c.code for c in constructs])
    if branches:
        asks.append(Note("RSP314", {"constructs": branches}))
    attention = [
        c.letter
        for c, r in zip(looked.grid.columns, looked.roles, strict=True)
        if r and r.clue == "attention"
    ]
    if attention:
        asks.append(Note("RSP315", {"columns": attention}))
    mixed = [
        c.code
        for c, g in zip(constructs, groups, strict=True)
        if len({scales[i].shape for i in g.members}) > 1
    ]
    if mixed:
        asks.append(Note("RSP316", {"constructs": mixed}))
    asks.append(Note("RSP317", {"constructs": [c.code for c in constructs]}))
    return asks


def _branches(looked: Looked, groups: list[Group], codes: list[str]) -> list[str]:
    """Constructs never answered in the same row: two wordings for two kinds of respondents."""
    filled = [np.any([looked.grid.columns[i].codes >= 0 for i in group.members], axis=0) for group in groups]
    found: set[int] = set()
    for a in range(len(groups)):
        for b in range(a + 1, len(groups)):
            if filled[a].sum() >= 5 and filled[b].sum() >= 5 and not (filled[a] & filled[b]).any():
                found |= {a, b}
    return [codes[k] for k in sorted(found)]


def _frame(
    looked: Looked,
    item_code: dict[int, str],
    construct_of: dict[int, str],
    scales: dict[int, Scale],
    names: dict[tuple[object, ...], str],
    marks: dict[int, str],
    groups: list[Group],
    background: list[tuple[int, Any]],
) -> Any:
    import pandas as pd

    group_of = {i: g for g in groups for i in g.members}
    asked = dict(background)
    rows = []
    for i, (column, role) in enumerate(zip(looked.grid.columns, looked.roles, strict=True)):
        heading = heading_name(column)
        base = {"column": column.letter, "heading": heading if _plain_heading(heading) else "***"}
        if role is None:
            reverse: Any = scales[i].turned != (marks[i] == "both")
            if not reverse and marks[i]:
                reverse = "suspect" if marks[i] == "correlation" else False
            rows.append(
                base
                | {
                    "role": "item",
                    "code": item_code[i],
                    "construct": construct_of[i],
                    "scale": names[scales[i].shape],
                    "reverse": reverse,
                    "clue": group_of[i].clue,
                    "certainty": group_of[i].certainty,
                }
            )
        else:
            rows.append(
                base
                | {
                    "role": role.name,
                    "code": asked[i].code if i in asked else None,
                    "construct": None,
                    "scale": None,
                    "reverse": None,
                    "clue": role.clue,
                    "certainty": role.certainty,
                }
            )
    return pd.DataFrame(rows).astype(object)
