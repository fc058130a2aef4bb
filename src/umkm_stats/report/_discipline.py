"""The journal report: one main analysis in the order of the reporting standards, the rest in an appendix.

Method (participants, measures, analysis), results (descriptives, measurement, the main analysis, hypotheses),
limits; every table and picture beyond that keeps its place behind a letter of the appendix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section, Table
from umkm_stats.report.tables import _analysis
from umkm_stats.report.tables._context import Context

Keep = Callable[[Block], bool]
FRONT = ("summary",)
METHOD = ("data", "respondents", "reliability", "reproduce")
LAST = ("limits",)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DATA, MEASURES = ("data", "respondents", "answers"), ("items", "reliability", "cfa", "discriminant", "bias")


def basis_of(ctx: Context) -> str:
    """The basis of the main analysis: "latent" on the SEM route, "pls" on its own, else "scores"."""
    route = str((ctx.results.meta.get("chapter") or {}).get("route") or "auto")
    return {"sem": "latent", "pls": "pls"}.get(route, "scores")


def arranged(ctx: Context, sections: Iterable[Section]) -> list[Section]:
    """The sections in that order; those of the appendix lettered."""
    made = {section.key: section for section in sections}
    body: dict[str, Section] = {}
    rest: dict[str, Section] = {}
    heads: dict[str, str] = {}
    head = ""
    for key, section in made.items():
        head = section.title if section.level == 1 else head
        heads[key] = head
        front, behind = _divided(ctx, section)
        if front or (key.startswith("pls_") and not section.blocks):  # the head of an inner model
            body[key] = replace(section, blocks=tuple(front))
        if behind:
            own = f"appendix_{key}" if key in body else key
            rest[key] = replace(section, key=own, blocks=tuple(behind))
    main = [key for key in body if key not in (*FRONT, *METHOD, *LAST, "answers", "cfa", "discriminant")]
    results: list[str] = [key for key in ("answers", "cfa", "discriminant") if key in body]
    results += [key for key in main if key != "hypotheses"] + [key for key in main if key == "hypotheses"]
    out = [body[key] for key in FRONT if key in body]
    out += _under(ctx, "method", [body[key] for key in METHOD if key in body])
    out += _under(ctx, "results", [body[key] for key in results])
    out += [body[key] for key in LAST if key in body]
    return [*out, *_lettered(ctx, rest, heads)]


def _under(ctx: Context, key: str, sections: list[Section]) -> list[Section]:
    """The sections below one heading."""
    if not sections:
        return []
    return [Section(key, ctx.text(f"section.{key}"), ()), *(replace(s, level=_below(s)) for s in sections)]


def _below(section: Section) -> int:
    """The level under a head of the body: parts of an analysis stay below its own heading."""
    return 2 if section.key in (*METHOD, "answers", "cfa", "discriminant") else section.level + 1


def _lettered(ctx: Context, rest: dict[str, Section], heads: dict[str, str]) -> list[Section]:
    """Appendix A, B, …: the data, the measurement, then one for each analysis."""
    groups: list[tuple[str, list[Section]]] = []
    data = [rest[key] for key in DATA if key in rest]
    measures = [rest[key] for key in MEASURES if key in rest]
    if data:
        groups.append((ctx.text("section.data"), data))
    if measures:
        groups.append((ctx.text("section.measurement"), measures))
    for key, section in rest.items():
        if key in (*DATA, *MEASURES):
            continue
        if section.level > 1 and groups and groups[-1][0] == heads[key]:
            groups[-1][1].append(section)
        else:
            groups.append((heads[key] or section.title, [section]))
    out = []
    for letter, (title, sections) in zip(LETTERS, groups, strict=False):
        head = ctx.text("section.appendix", letter=letter, title=title)
        if len(sections) == 1:
            out.append(replace(sections[0], title=head, level=1))
            continue
        out.append(Section(f"appendix_{letter.lower()}", head, ()))
        out += [replace(section, level=2) for section in sections if section.blocks]
    return out


def _divided(ctx: Context, section: Section) -> tuple[list[Block], list[Block]]:
    """(what stands in the body, what the appendix keeps)."""
    key, blocks = section.key, list(section.blocks)
    if key in (*FRONT, *LAST, "reproduce"):
        return blocks, []
    if key == "data":
        return _by(blocks, lambda block: block is blocks[0] or _named(block, "sample"))
    if key == "respondents":
        return _profile(ctx, blocks)
    if key == "answers":
        return _by(blocks, lambda block: _named(block, "descriptives"))
    if key == "reliability":
        return _by(blocks, lambda block: _said(block) or _named(block, "reliability"))
    if key in ("cfa", "discriminant"):
        return _by(blocks, _said)
    if key == "hypotheses":
        return _hypotheses(ctx, blocks)
    return _analysed(ctx, section)


def _analysed(ctx: Context, section: Section) -> tuple[list[Block], list[Block]]:
    """Of the main analysis the sentences, its paths and its deciding intervals; of others nothing."""
    key, blocks = section.key, list(section.blocks)
    head = str(ctx.results.meta["models"][0]["key"])
    what, _, model = key.rpartition("_")
    if model != head:
        return [], blocks
    basis = basis_of(ctx)
    if what.startswith("pls"):
        return blocks, []
    if what in ("regression", "equation", "moderation", "determination", "t") and basis == "scores":
        return blocks, []
    if what != basis:
        return [], blocks
    front: list[Block] = []
    for block in blocks:
        if _said(block) or _named(block, "paths_", "fit_", "conditional"):
            front.append(block)
        elif isinstance(block, Table) and block.key.startswith("indirect"):
            front.append(_deciding(ctx, block))
    behind = [block for block in blocks if block not in front]
    return front, behind


def _deciding(ctx: Context, table: Table) -> Table:
    """The indirect effects by the interval that decides; the others stay in the appendix."""
    wanted = _analysis.method_label(ctx, ctx.primary)
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    named = dict(table.groups)
    for place, row in enumerate(table.rows):
        if place in named:
            groups.append((len(rows), named[place]))
        if wanted in map(str, row):
            rows.append(row)
    if not rows:
        return replace(table, key=f"main_{table.key}")
    groups = [(row, words) for row, words in groups if row < len(rows)]
    return replace(
        table, key=f"main_{table.key}", rows=tuple(rows), groups=tuple(groups), notes=table.notes[:1]
    )


def _profile(ctx: Context, blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """One table of all characteristics: f and % of every answer under its question."""
    tables = [block for block in blocks if isinstance(block, Table) and block.key != "profile_numbers"]
    beside = [block for block in blocks if isinstance(block, Table) and block.key == "profile_numbers"]
    if len(tables) < 2:
        return blocks, []
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for table in tables:
        question = table.title.split(" by ", 1)[-1] if ctx.voice.lang == "en" else table.title
        groups.append((len(rows), question))
        rows += table.rows[:-1]
    notes: tuple[str, ...] = (
        ctx.text("note.profile", n=ctx.voice.count(ctx.results.meta["sample"]["used"])),
    )
    notes += tuple(f"{groups[k][1]}: {note}" for k, table in enumerate(tables) for note in table.notes)
    first = tables[0]
    made = Table(
        "profile",
        ctx.text("title.profile.all"),
        first.columns,
        tuple(rows),
        groups=tuple(groups),
        notes=notes,
    )
    return [made, *beside], []


def _hypotheses(ctx: Context, blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """The verdicts of the main analysis; the recapitulation on all bases stays behind."""
    front: list[Block] = [block for block in blocks if isinstance(block, Paragraph)]
    tables = [block for block in blocks if isinstance(block, Table)]
    part: Any = ctx.get("hypotheses")
    if not tables or part is None:
        return blocks, []
    table = tables[0]
    leading = [bool(value) for value in part.table["decides"]]
    spots = {column.key: place for place, column in enumerate(table.columns)}
    drop = {spots["basis"], spots["model"]} if {"basis", "model"} <= set(spots) else set()
    texts = {entry["code"]: entry["text"][ctx.voice.lang] for entry in ctx.results.meta["hypotheses"]}
    rows: list[tuple[Cell, ...]] = []
    last = ""
    for row, keep in zip(table.rows, leading, strict=True):
        if not keep:
            continue
        cells = list(row)
        cells[spots["statement"]] = texts.get(str(row[spots["code"]]), "") if row[0] != last else ""
        last = str(row[0])
        rows.append(tuple(cell for place, cell in enumerate(cells) if place not in drop))
    columns = tuple(column for place, column in enumerate(table.columns) if place not in drop)
    short = replace(table, key="verdicts", columns=columns, rows=tuple(rows))
    others: list[Block] = [block for block in blocks if not isinstance(block, Paragraph)]
    return [*front, short], others if not all(leading) else []


def _by(blocks: list[Block], keep: Keep) -> tuple[list[Block], list[Block]]:
    front = [block for block in blocks if keep(block)]
    return front, [block for block in blocks if not keep(block)]


def _said(block: Block) -> bool:
    """A sentence of the report, no note."""
    return isinstance(block, Paragraph) and block.kind == "normal"


def _named(block: Block, *names: str) -> bool:
    """A table or figure whose key begins so."""
    return isinstance(block, (Table, Figure)) and block.key.startswith(names)
