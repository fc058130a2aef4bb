"""Tables of the mediation analyses: paths, effects with every interval, totals, R², standardised effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.report._spec import Cell
from umkm_stats.report.tables._analysis import (
    TESTED,
    Analysis,
    errors_of,
    kind_of,
    ledger_note,
    method_label,
    of_analysis,
    others,
    pairs,
    standardised,
    term,
)
from umkm_stats.report.tables._context import Block, number, route_of, whole

ARROWS = ("a", "b", "d", "direct", "total")
THROUGH = (
    "indirect",
    "total_indirect",
    "conditional_indirect",
    "conditional_direct",
    "index",
    "conditional_index",
    "contrast",
)
SIZED = ("a", "b", "d", "direct", "indirect", "total", "total_indirect")
NO_ONE_NUMBER = (
    "index",
    "conditional_index",
    "contrast",
    "conditional_direct",
    "conditional_indirect",
    "total_indirect",
)


@of_analysis("paths")
def paths_table(of: Analysis) -> Block | None:
    """Every arrow of the model: estimate, standardised, SE, test, p, interval."""
    ctx, frame = of.ctx, of.part.effects
    rows: list[tuple[Cell, ...]] = []
    for effect, path in pairs(frame, ARROWS):
        own = frame[(frame["effect"] == effect) & (frame["path"] == path)]
        tested = own[own["method"].isin(TESTED)]
        row = (tested if len(tested) else own).iloc[0]
        words = f"{ctx.text(f'effect.{effect}')}: {ctx.path(path)}"
        numbers = {key: number(row[key]) for key in ("est", "se", "p", "ci_low", "ci_high")}
        rows.append(_path_row(words, standardised(of.part, effect, path), numbers))
    for arrow in others(of.part):
        words = f"{term(ctx, arrow['term'])} \N{RIGHTWARDS ARROW} {ctx.label(arrow['outcome'])}"
        kind = ctx.text("effect.interaction" if ":" in arrow["term"] else "effect.w")
        rows.append(_path_row(f"{kind}: {words}", arrow["std"], arrow))
    limits, spanner = of.limits()
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("est", "est", "estimate"),
        ctx.column("std", "std", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ratio", "t" if kind_of(of.name) == "scores" else "z", "mean"),
        ctx.column("p", "p", "p"),
        *limits,
    ]
    count = ctx.voice.count(of.part.sample.used)
    notes = (ctx.text("note.paths", n=count, errors=errors_of(ctx, of.part)), ctx.text("note.causal"))
    return of.made(columns, rows, spanners=(spanner,), notes=notes)


def _path_row(words: str, std: Cell, numbers: Mapping[str, Any]) -> tuple[Cell, ...]:
    est, se = numbers["est"], numbers["se"]
    ratio = est / se if est is not None and se else None
    return (words, est, std, se, ratio, numbers["p"], numbers["ci_low"], numbers["ci_high"])


@of_analysis("indirect")
def indirect_table(of: Analysis) -> Block | None:
    """Indirect (and conditional) effects, one row a method; the draw ledger stands under it."""
    ctx, frame = of.ctx, of.part.effects
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for effect, path in pairs(frame, THROUGH):
        own = frame[(frame["effect"] == effect) & (frame["path"] == path)]
        words = f"{ctx.text(f'effect.{effect}')}: {ctx.path(path)}"
        groups.append((len(rows), words))
        for _, row in own.iterrows():
            numbers = (number(row[key]) for key in ("est", "se", "ci_low", "ci_high", "p"))
            rows.append((method_label(ctx, str(row["method"])), *numbers))
    if not rows:
        return None
    limits, spanner = of.limits()
    columns = [
        ctx.column("method", "method"),
        ctx.column("est", "est", "estimate"),
        ctx.column("se", "se", "estimate"),
        *limits,
        ctx.column("p", "p", "p"),
    ]
    notes = [ledger_note(ctx, of.part), ctx.text("note.boot_p")]
    if any(value is None for row in rows for value in row):
        notes.append(ctx.text("note.gap"))
    return of.made(columns, rows, spanners=(spanner,), groups=tuple(groups), notes=tuple(notes))


@of_analysis("effects", by_kind=False)
def effects_table(of: Analysis) -> Block | None:
    """Direct, indirect and total effect in one row a pair of constructs (skripsi); none where a moderator
    decides them: one number a pair would be that of a single value of the moderator."""
    ctx, frame = of.ctx, of.part.effects.drop_duplicates(["effect", "path"])
    if frame["effect"].astype(str).str.startswith("conditional_").any():
        return None
    ends: dict[str, dict[str, float]] = {}
    for _, row in frame.iterrows():
        effect, estimate = str(row["effect"]), number(row["est"])
        if estimate is None or effect in NO_ONE_NUMBER:
            continue
        route = [piece.strip() for piece in route_of(str(row["path"])).split("->")]
        slot = effect if effect in ("indirect", "total") else "direct"
        bucket = ends.setdefault(f"{route[0]} -> {route[-1]}", {})
        bucket[slot] = bucket.get(slot, 0.0) + estimate
    rows: list[tuple[Cell, ...]] = [
        (
            ctx.path(pair),
            found.get("direct"),
            found.get("indirect"),
            found.get("total", found.get("direct")),
        )
        for pair, found in ends.items()
    ]
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("direct", "direct", "estimate"),
        ctx.column("indirect", "indirect", "estimate"),
        ctx.column("total", "total", "estimate"),
    ]
    return of.made(columns, rows, notes=(ctx.text("note.effects"), ctx.text("note.gap_none")))


@of_analysis("r2", silent=True)
def r2_table(of: Analysis) -> Block | None:
    """R² of every endogenous variable."""
    ctx, frame = of.ctx, getattr(of.part, "equations", None)
    if frame is None or not len(frame):
        return None
    rows: list[tuple[Cell, ...]] = [
        (ctx.label(str(row["outcome"])), whole(row.get("n")), number(row["r2"]))
        for _, row in frame.iterrows()
        if row.get("role") != "total"
    ]
    columns = [
        ctx.column("outcome", "outcome"),
        ctx.column("n", "n", "integer"),
        ctx.column("r2", "r2", "index", bounded=True),
    ]
    if all(row[1] is None for row in rows):
        columns.pop(1)
        rows = [(row[0], row[2]) for row in rows]
    return of.made(columns, rows, notes=(ctx.text("note.q2"),))


@of_analysis("size", silent=True)
def size_table(of: Analysis) -> Block | None:
    """Standardised effects with the deciding interval, standardised within every draw."""
    ctx, frame = of.ctx, getattr(of.part, "sizes", None)
    if frame is None or not len(frame):
        return None
    has_primary = (frame["method"] == ctx.primary).any()
    method = ctx.primary if has_primary else str(frame["method"].iloc[0])
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for scale in dict.fromkeys(frame["scale"]):
        own = frame[(frame["method"] == method) & (frame["scale"] == scale)]
        own = own[own["effect"].isin(SIZED)]
        if len(own):
            groups.append((len(rows), ctx.text(f"scale.{scale}")))
        for _, row in own.iterrows():
            words = f"{ctx.text('effect.' + row['effect'])}: {ctx.path(route_of(str(row['path'])))}"
            rows.append((words, *(number(row[key]) for key in ("est", "se", "ci_low", "ci_high"))))
    limits, spanner = of.limits()
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("est", "est", "estimate"),
        ctx.column("se", "se", "estimate"),
        *limits,
    ]
    notes = (ctx.text("note.size", method=method_label(ctx, method)),)
    return of.made(columns, rows, spanners=(spanner,), groups=tuple(groups), notes=notes)
