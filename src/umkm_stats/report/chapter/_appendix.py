"""Lampiran: the second basis, every interval, the full answers, the checks of the data, tables of limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section, Table
from umkm_stats.report.chapter._equations import Equation
from umkm_stats.report.chapter._kit import Kit, Parts, heading


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
        kept = [_renamed(block, taken) for block in blocks]
        if kept:
            out.append(heading(key if key == "groups" else f"appendix_{key}", title(key), 2, kept, chapter))

    add("items", made("item_words"))
    add("rows", [*made("sample"), *made("findings")])
    add("answers", made("distribution"))
    add("scales", made("descriptives"))
    add("screening", made("screening"))
    add(
        "measurement",
        [*of_model("fit", "cfa"), *made("loadings"), *made("reliability"), *_drawn(pictures.scree(ctx))],
    )
    add("discriminant", parts.several("discriminant"))
    add("bias", parts.several("bias"))
    add("limits", _limits(kit, equations))
    for model in ctx.results.meta["models"]:
        for basis in ("scores", "latent"):
            add(f"{basis}_{model['key']}", _of_basis(kit, parts, str(model["key"]), basis))
    add("models", made("models"))
    add("groups", parts.several("groups"))
    seed = str(ctx.results.meta["seed"])
    add("seed", [Paragraph(kit.say("seed", seed=seed)), *made("mapping")])
    return out


def _drawn(*found: Any) -> list[Block]:
    return [entry for entry in found if entry is not None]


def _of_basis(kit: Kit, parts: Parts, key: str, basis: str) -> list[Block]:
    """Everything of one model on one basis that the body does not show."""
    name, of_model = f"mediation_{basis}_{key}", parts.of_model
    if kit.part(f"regression_{basis}_{key}") is not None:
        return parts.several(f"regression_{key}") if basis == "scores" else _latent(kit, parts, key)
    if kit.part(name) is None:
        return []
    main = key == kit.key and (basis == "latent") == (kit.route == "sem")
    blocks: list[Block] = []
    if basis == "latent" and not main:
        blocks += [*of_model("fit", name), *_drawn(pictures.path(kit.ctx, name))]
    if not main:
        blocks += of_model("paths", name)
    for table in ("indirect", "effects", "sobel", "vaf", "size", "r2", "f2"):
        blocks += of_model(table, name)
    blocks += _drawn(
        pictures.draws(kit.ctx, name), pictures.conditional(kit.ctx, name), pictures.curve(kit.ctx, name)
    )
    return [*blocks, *_drawn(pictures.sensitivity(kit.ctx, name))]


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
    """The r-, t- and F-table values that the chapter used, with their degrees of freedom."""
    rows: list[tuple[Cell, ...]] = []
    part = kit.part("items")
    if part is not None and len(part.table):
        first = part.table.iloc[0]
        rows.append((kit.say("limit.r"), str(int(first["n"]) - 2), float(first["r_table"])))
    for equation in equations:
        fit = equation.fit
        rows.append(
            (kit.say("limit.t", equation=equation.name(kit)), str(int(fit["df2"])), float(fit["t_table"]))
        )
        degrees = f"{int(fit['df1'])}; {int(fit['df2'])}"
        rows.append((kit.say("limit.f", equation=equation.name(kit)), degrees, float(fit["f_table"])))
    if not rows:
        return []
    head = [kit.column("limit_of", wide=True), kit.column("df"), kit.column("limit_value", "estimate")]
    return kit.shown(kit.table("limits", kit.say("table.limits"), head, rows))
