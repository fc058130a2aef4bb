"""What no clue decides is asked: one note a question."""

from __future__ import annotations

import numpy as np

from umkm_stats.responses.drafting import _doubts, _yaml
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._looking import Looked
from umkm_stats.responses.drafting._scales import Scale
from umkm_stats.results import Note


def questions_of(
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
    asks += _doubted(looked, groups)
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
    for shape, name in names.items():
        alike = {id(s): s for s in scales.values() if s.shape == shape and s.doubts}
        doubts: dict[tuple[str, str], int] = {}
        for scale in alike.values():
            for word, times, other in scale.doubts:
                doubts[word, other] = doubts.get((word, other), 0) + times
        for (word, other), times in doubts.items():
            asks.append(Note("RSP323", {"scale": name, "word": word, "count": times, "other": other}))
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
    several = list(dict.fromkeys(id(one) for one in looked.several.values()))
    if several and not looked.grid.form:
        letters = [looked.grid.columns[i].letter for i in sorted(looked.several)]
        asks.append(Note("RSP370", {"count": len(several), "columns": letters}))
    asks.append(Note("RSP317", {"constructs": [c.code for c in constructs]}))
    return asks


def _doubted(looked: Looked, groups: list[Group]) -> list[Note]:
    """Columns that are nearly items, and items that are there twice."""
    grid = looked.grid
    out: list[Note] = []
    close = [
        i
        for i, role in enumerate(looked.roles)
        if role and role.certainty == "ask" and role.clue in ("answers", "free_text")
    ]
    found = {i: _doubts.between(grid, looked.profiles, [i], looked.language) for i in close}
    mixed = [i for i in close if found[i]]
    if mixed:
        words = _doubts.named(_doubts.between(grid, looked.profiles, mixed, looked.language))
        out.append(Note("RSP321", {"columns": [grid.columns[i].letter for i in mixed], "words": words}))
    coded = [grid.columns[i].letter for i in close if not found[i]]
    if coded:
        out.append(Note("RSP322", {"columns": coded}))
    twice = _doubts.same_codes(groups, looked.heads)
    if twice:
        codes = list(dict.fromkeys(looked.heads[i].code for i in twice))
        out.append(Note("RSP324", {"codes": codes, "columns": [grid.columns[i].letter for i in twice]}))
    copied = _doubts.same_answers(grid, looked.items)
    if copied:
        out.append(Note("RSP325", {"columns": [grid.columns[i].letter for i in copied]}))
    return out


def _branches(looked: Looked, groups: list[Group], codes: list[str]) -> list[str]:
    """Constructs never answered in the same row: two wordings for two kinds of respondents."""
    filled = [np.any([looked.grid.columns[i].codes >= 0 for i in group.members], axis=0) for group in groups]
    found: set[int] = set()
    for a in range(len(groups)):
        for b in range(a + 1, len(groups)):
            if filled[a].sum() >= 5 and filled[b].sum() >= 5 and not (filled[a] & filled[b]).any():
                found |= {a, b}
    return [codes[k] for k in sorted(found)]
