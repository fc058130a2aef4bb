"""The door: a file of answers in, a first instrument out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.instrument._loading import parse as parse_instrument
from umkm_stats.options import one_of
from umkm_stats.responses._files import place
from umkm_stats.responses.drafting import _doubts, _scales, _yaml
from umkm_stats.responses.drafting._asking import questions_of
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._heads import heading_name
from umkm_stats.responses.drafting._lines import (
    aliases_of,
    background_of,
    construct_remark,
    item_remark,
    item_text,
    plain_heading,
    roles_by_name,
    safe,
    unused_of,
)
from umkm_stats.responses.drafting._looking import Looked, grouped, look, open_grid, reversals_of, scaled
from umkm_stats.responses.drafting._names import Codes, numbered, short_of, slug
from umkm_stats.responses.drafting._result import Draft
from umkm_stats.responses.drafting._scales import Scale
from umkm_stats.results import SampleUsed


def draft_instrument(path: str | Path, *, lang: str | None = None, sheet: str | None = None) -> Draft:
    """Draft an instrument from a file of answers alone.

    Constructs, items, the answer scale with its words in order, items that may be reversed, background
    questions, personal columns and times are told from headings and answers; each guess has its clue, and
    what no clue decides is asked, never guessed. No answer of a personal or free-text column is kept.

    Parameters
    ----------
    path : str or Path
        File of answers (xlsx, csv, zipped csv, sav, dta, parquet), or the form itself (XLSForm, LimeSurvey
        .lss); it is never changed.
    lang : str, optional
        Language of remarks, questions and the summary: "id" or "en"; None takes the language of the headings
        (English for others than Indonesian).
    sheet : str, optional
        Sheet of a workbook; None takes the one that looks most like answers.

    Returns
    -------
    Draft
        The draft with its ``columns``, ``instrument``, ``questions`` and ``yaml``.

    Raises
    ------
    UmkmError
        RSP101-RSP109: the file cannot be opened; RSP301: it has no heading row; RSP302: no column looks like
        an item (with the reason for each column); RSP320: other answers between those of a scale stand in
        the way (the commonest are named).
    UsageError
        GEN001, GEN002: no such language.

    Examples
    --------
    >>> from umkm_stats import draft_instrument, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> draft = draft_instrument(file)
    >>> draft.columns[["role", "clue", "certainty"]].iloc[-1].tolist()
    ['background', 'answers', 'sure']
    """
    if lang is not None:
        one_of("lang", lang, messages.languages())
    file = Path(path)
    grid = open_grid(file, sheet)
    looked = look(grid)
    said = lang or ("id" if looked.language in ("id", "ms") else "en")
    if not looked.items:
        reasons = [
            f"{c.letter} {messages.text(f'draft.clue.{r.clue}', said)}"
            for c, r in zip(grid.columns, looked.roles, strict=True)
            if r is not None
        ]
        words = _doubts.named(
            _doubts.hindered(grid, looked.roles, looked.heads, looked.profiles, looked.language)
        )
        if words:
            raise UmkmError("RSP320", place(file, sheet=grid.sheet), {"words": words})
        raise UmkmError("RSP302", place(file, sheet=grid.sheet), {"reasons": reasons[:40]})
    return _drafted(file, looked, said)


def _drafted(path: Path, looked: Looked, said: str) -> Draft:
    grid, heads = looked.grid, looked.heads
    groups = grouped(looked)
    scales = scaled(looked, groups)
    names = _scales.renamed(scales[i] for i in looked.items)
    codes = Codes()
    constructs, item_code, asks = [], {}, []
    construct_of: dict[int, str] = {}
    borne = {group.label.casefold() for group in groups}
    for k, group in enumerate(groups, 1):
        label = group.label or group.family
        if not group.label and label.casefold() in borne:
            label = messages.text("draft.variable", said, number=k)
        borne.add(label.casefold())
        code = codes.take(group.family, short_of(group.label), f"V{k}")
        constructs.append(_yaml.ConstructLine(code, label, "other", construct_remark(group, code, said)))
        for i in group.members:
            construct_of[i] = code
    for group in groups:
        for at, i in enumerate(group.members, 1):
            wished = heads[i].code
            number = heads[i].number or at
            item_code[i] = codes.take(
                wished,
                f"{heads[i].family}{number:02d}" if heads[i].family else "",
                numbered(construct_of[i], at),
                f"{construct_of[i]}{at:02d}",
            )
    marks = reversals_of(looked, groups, scales)
    asks += questions_of(looked, groups, scales, names, marks, item_code, constructs)
    items = [
        _yaml.ItemLine(
            item_code[i],
            construct_of[i],
            names[scales[i].shape],
            item_text(heads[i], grid.columns[i], item_code[i]),
            aliases_of(grid, i),
            scales[i].turned != (marks[i] == "both"),
            item_remark(grid.columns[i], marks[i], scales[i], said),
        )
        for i in looked.items
    ]
    background = background_of(looked, codes, said)
    by_name = {names[scales[i].shape]: scales[i] for i in looked.items}
    frame = _frame(looked, item_code, construct_of, scales, names, marks, groups, background)
    text = _yaml.text_of(
        name=slug(path),
        title=" ".join(slug(path).replace("_", " ").split()).title(),
        language=looked.language,
        lang=said,
        head=[
            messages.text("draft.yaml.head", said, file=safe(path.name), n=grid.n),
            *(f"{k}. {note.message(said)}" for k, note in enumerate(asks, 1)),
        ],
        scales=list(by_name.items()),
        constructs=constructs,
        items=items,
        background=[
            line for i, line in background if i not in looked.several or i == looked.several[i].columns[0]
        ],
        unused=unused_of(looked, said),
        model=roles_by_name(groups, [c.code for c in constructs]),
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
        safe(path.name),
        sample,
        tuple(asks),
        _labels={c.code: c.label for c in constructs},
    )


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
    twice = {*_doubts.same_codes(groups, looked.heads), *_doubts.same_answers(looked.grid, looked.items)}
    asked = dict(background)
    rows = []
    for i, (column, role) in enumerate(zip(looked.grid.columns, looked.roles, strict=True)):
        heading = heading_name(column)
        base = {"column": column.letter, "heading": heading if plain_heading(heading) else "***"}
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
                    "certainty": "ask" if i in twice else group_of[i].certainty,
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
