"""Lampiran: the second basis, every interval, the full answers, the checks of the data, tables of limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._spec import Block, Cell, Column, Figure, Paragraph, Section, Spanner, Table
from umkm_stats.report.chapter import _pls
from umkm_stats.report.chapter._equations import Equation
from umkm_stats.report.chapter._kit import Kit, Parts, heading
from umkm_stats.report.chapter._regression import f_blocks


def sections(kit: Kit, parts: Parts, equations: list[Equation], taken: set[str]) -> list[Section]:
    """Everything that is not the one main analysis. ``taken``: keys of the body's tables and figures."""
    chapter = "L"
    made, of_model = parts.made, parts.of_model
    ctx = kit.ctx
    out = [heading("appendix", kit.say("title.appendix"), 1, chapter=chapter)]

    def title(key: str) -> str:
        name, _, model = key.partition("_")
        if not model:
            return kit.say(f"appendix.{key}")
        words = next(m["title"]["id"] for m in ctx.results.meta["models"] if m["key"] == model)
        return kit.say(f"appendix.{name}", model=words)

    def add(key: str, blocks: Iterable[Block]) -> None:
        kept = [_renamed(block, taken) for block in blocks if not _of_program(block)]
        if kept:
            out.append(heading(key if key == "groups" else f"appendix_{key}", title(key), 2, kept, chapter))

    add("items", made("item_words"))
    add("tabulation", _tabulation(kit))
    add("rows", [*made("sample"), *made("findings")])
    add("answers", _answers(kit))
    add("scales", made("descriptives"))
    add("screening", made("screening"))
    add(
        "measurement",
        [
            *of_model("fit", "cfa"),
            *made("loadings"),
            *_narrow(made("reliability")),
            *_drawn(pictures.scree(ctx)),
        ],
    )
    add("discriminant", parts.several("discriminant"))
    add("bias", parts.several("bias"))
    if kit.route == "mediation" and equations:
        add("anova", f_blocks(kit, equations))
    add("limits", _limits(kit, equations))
    for model in ctx.results.meta["models"]:
        for basis in ("scores", "latent"):
            add(f"{basis}_{model['key']}", _of_basis(kit, parts, str(model["key"]), basis))
    add("models", made("models"))
    add("groups", parts.several("groups"))
    if kit.route == "pls":
        add("pls", _pls.appendix(kit))
    seed = str(ctx.results.meta["seed"])
    add("seed", [Paragraph(kit.say("seed", seed=seed)), *made("mapping")])
    return out


def _drawn(*found: Any) -> list[Block]:
    return [entry for entry in found if entry is not None]


def _of_basis(kit: Kit, parts: Parts, key: str, basis: str) -> list[Block]:
    """Everything of one model on one basis that the body does not show."""
    name, of_model = f"mediation_{basis}_{key}", parts.of_model
    blocks: list[Block]
    if kit.part(f"regression_{basis}_{key}") is not None:
        if basis == "latent":
            return _latent(kit, parts, key)
        blocks = parts.several(f"regression_{key}")
        if key == kit.key and not kit.model.get("moderator"):  # its equation and tests stand in the body
            own = (f"blocks_{key}", f"bootstrap_{key}")
            blocks = [block for block in blocks if isinstance(block, Table) and block.key in own]
        return blocks
    if kit.part(name) is None:
        return []
    main = key == kit.key and (basis == "latent") == (kit.route == "sem")
    blocks = []
    if basis == "latent" and not main:
        blocks += [*of_model("fit", name), *_drawn(pictures.path(kit.ctx, name))]
    if not main:
        blocks += of_model("paths", name)
    mediated = any(model["m"] for model in kit.ctx.results.meta["models"] if model["key"] == key)
    for table in ("indirect", "effects", "sobel", "vaf", "size", "r2", "f2") if mediated else ("size", "r2"):
        blocks += of_model(table, name)
    blocks += _drawn(
        pictures.draws(kit.ctx, name), pictures.conditional(kit.ctx, name), pictures.curve(kit.ctx, name)
    )
    return [*blocks, *_drawn(pictures.sensitivity(kit.ctx, name))]


PROGRAM = re.compile(r"\w=|\w_\w|`|\b(laporkan|sebutkan|jangan|pakailah)\b", re.IGNORECASE)


def _of_program(block: Block) -> bool:
    """A note that speaks to someone who runs the program, not to a reader."""
    return isinstance(block, Paragraph) and block.kind == "note" and bool(PROGRAM.search(block.text))


def _narrow(blocks: list[Block]) -> list[Block]:
    """The reliability table without what an upright page cannot hold, and without a second CR and AVE."""
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            keep = [
                place
                for place, column in enumerate(block.columns)
                if column.key not in ("n", "verdict", "cr_std", "ave")
            ]
            block = replace(
                block,
                columns=tuple(block.columns[place] for place in keep),
                rows=tuple(tuple(row[place] for place in keep) for row in block.rows),
                notes=(),
            )
        out.append(block)
    return out


def _renamed(block: Block, taken: set[str]) -> Block:
    """A table or figure whose key the body uses gets one of its own."""
    if isinstance(block, (Table, Figure)) and block.key in taken:
        block = replace(block, key=f"lampiran_{block.key}")
    if isinstance(block, (Table, Figure)):
        taken.add(block.key)
    return block


def _latent(kit: Kit, parts: Parts, key: str) -> list[Block]:
    """The latent view of a regression."""
    name = f"regression_latent_{key}"
    return (
        [*parts.of_model("fit", name), *parts.of_model("paths", name)] if kit.part(name) is not None else []
    )


def _limits(kit: Kit, equations: list[Equation]) -> list[Block]:
    """The r-, t- and F-table values that the chapter used, and the tables around them."""
    part = kit.part("limit_tables")
    if part is None or kit.route in ("sem", "pls"):
        return []
    names = {equation.outcome: equation.name(kit) for equation in equations}
    words = kit.level_words
    rows: list[tuple[Cell, ...]] = []
    for row in part.table.to_dict("records"):
        kind, name = str(row["kind"]), names.get(str(row["outcome"]), "")
        if kind != "r" and not name:
            continue
        degrees = f"{int(row['df1'])}; {int(row['df2'])}" if kind == "f" else str(int(row["df2"]))
        told = kit.say(f"limit.{kind}", equation=name, **words)
        rows.append((told, degrees, float(row["limit"])))
    head = [kit.column("limit_of", wide=True), kit.column("df"), kit.column("limit_value", "estimate")]
    out = kit.shown(kit.table("limits", kit.say("table.limits"), head, rows))
    for kind in ("r", "t"):
        frame = getattr(part, kind)
        columns = [kit.column("df", "integer")]
        columns += [
            Column(f"a{place}", kit.number(float(str(level)), decimals=2), "estimate")
            for place, level in enumerate(frame.columns[1:])
        ]
        spanner = Spanner(kit.say("head.two_tailed"), tuple(column.key for column in columns[1:]))
        lines = [(int(line[0]), *map(float, line[1:])) for line in frame.to_numpy().tolist()]
        if lines:
            title = kit.say(f"table.{kind}_table")
            out.append(kit.table(f"{kind}_table", title, columns, lines, spanners=(spanner,), source=""))
    frame = part.f
    columns = [kit.column("df2", "integer")]
    columns += [Column(f"d{name}", str(name), "estimate") for name in frame.columns[1:]]
    spanner = Spanner(kit.say("head.df1"), tuple(column.key for column in columns[1:]))
    lines = [(int(line[0]), *map(float, line[1:])) for line in frame.to_numpy().tolist()]
    if lines:
        out.append(
            kit.table("f_table", kit.say("table.f_table"), columns, lines, spanners=(spanner,), source="")
        )
    return out


WIDEST = 16
ROOM = 12.8  # cm beside the running number


def _tabulation(kit: Kit) -> list[Block]:
    """The scored answers of every row used, numbered anew: no identifier, no row of the file."""
    part = kit.part("tabulation")
    if part is None or "_answers" not in part.extra:
        return []
    frame = part.extra["_answers"]
    codes = [str(code) for code in frame.columns]
    longest = max((len(code) for code in codes), default=1)
    most = max(3, min(WIDEST, int(ROOM / (0.22 * longest + 0.42))))  # a code stands on one line
    pieces = -(-len(codes) // most)
    size = -(-len(codes) // pieces) if pieces else 1
    out: list[Block] = [Paragraph(kit.say("tabulation"))]
    for place in range(pieces):
        own = codes[place * size : (place + 1) * size]
        columns = [kit.column("number", "integer")]
        columns += [Column(f"c{spot}", code, "integer") for spot, code in enumerate(own)]
        rows: list[tuple[Cell, ...]] = [
            (number, *(None if value != value else int(value) for value in line))
            for number, line in enumerate(frame[own].to_numpy().tolist(), 1)
        ]
        title = kit.say("table.tabulation") + (f" ({own[0]} – {own[-1]})" if pieces > 1 else "")
        out.append(kit.table(f"tabulation_{place + 1}", title, columns, rows))
    return out


def _answers(kit: Kit) -> list[Block]:
    """f and % of every answer to every item, total score and mean."""
    part = kit.part("items")
    if part is None:
        return []
    out: list[Block] = []
    for scale in (code for code in kit.variables if code in set(part.table["scale"])):
        items = part.table[part.table["scale"] == scale]
        counts = part.frequencies[part.frequencies["scale"] == scale]
        answers = sorted(counts["value"].unique())
        head = [kit.column("item")]
        plain = kit.ctx.voice.plain
        head += [Column(f"f{v:g}", kit.ctx.labels.get(f"answer:{v:g}", plain(v))) for v in answers]
        head += [kit.column("n", "integer"), kit.column("total", "integer"), kit.column("mean", "mean")]
        rows: list[tuple[Cell, ...]] = []
        for row in items.to_dict("records"):
            own = counts[counts["item"] == row["item"]].set_index("value")["count"]
            n = int(row["n"])
            cells = [
                f"{int(own.get(v, 0))} ({kit.number(100 * int(own.get(v, 0)) / n, 'percent')})"
                for v in answers
            ]
            total = int(sum(int(own.get(v, 0)) * v for v in answers))
            rows.append((str(row["item"]), *cells, n, total, float(row["mean"])))
        title = kit.say("table.distribution", variable=kit.titled(scale))
        out.append(kit.table(f"answers_{scale}", title, head, rows, notes=(kit.say("note.share"),)))
    return out
