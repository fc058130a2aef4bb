"""Groups of a study: the ladder of measurement invariance, and indirect effects side by side with their
differences."""

from __future__ import annotations

from typing import Any

from umkm_stats import ways
from umkm_stats.report._spec import Cell, Spanner
from umkm_stats.report.tables._analysis import ledger_note, level_of, method_label
from umkm_stats.report.tables._context import Block, Context, number, route_of, whole

INDIRECT = ("indirect", "total_indirect")


def invariance_model_table(ctx: Context) -> Block | None:
    """The ladder of the measurement that the compared model has, when it differs from the first-order
    factors."""
    return invariance_table(ctx, "invariance_model")


def invariance_table(ctx: Context, key: str = "invariance") -> Block | None:
    """One row a step of the ladder, with the changes that decide."""
    part = ctx.get(key)
    title = ctx.text(f"title.{key}")
    if part is None or (gone := ctx.failed(key, title, part)):
        return None if part is None else gone
    rows: list[tuple[Cell, ...]] = []
    for row in part.table.to_dict("records"):
        first = number(row["df_diff"]) is None
        verdict = ctx.text("step.base") if first else ctx.text("step.holds" if row["holds"] else "step.fails")
        rows.append(
            (
                ctx.text(f"step.{row['step']}"),
                number(row["chisq"]),
                whole(row["df"]),
                number(row["cfi"]),
                number(row["rmsea"]),
                *(
                    ("",) * 5
                    if first
                    else (
                        number(row["chisq_diff"]),
                        whole(row["df_diff"]),
                        number(row["p_diff"]),
                        number(row["cfi_diff"]),
                        number(row["rmsea_diff"]),
                    )
                ),
                verdict,
            )
        )
    columns = [
        ctx.column("step", "step"),
        ctx.column("chisq", "chisq", "estimate"),
        ctx.column("df", "df", "integer"),
        ctx.column("cfi", "cfi", "index", bounded=True),
        ctx.column("rmsea", "rmsea", "index", bounded=True),
        ctx.column("chisq_diff", "chisq_diff", "estimate"),
        ctx.column("df_diff", "df_diff", "integer"),
        ctx.column("p", "p", "p"),
        ctx.column("cfi_diff", "cfi_diff", "index", bounded=True),
        ctx.column("rmsea_diff", "rmsea_diff", "index", bounded=True),
        ctx.column("verdict", "verdict"),
    ]
    groups = "; ".join(
        f"{name(ctx, str(row.group))} n = {ctx.voice.count(int(row.n))}" for row in part.groups.itertuples()
    )
    cuts = {
        "cfi": ctx.voice.number(part.cfi_cut, bounded=True),
        "rmsea": ctx.voice.number(part.rmsea_cut, bounded=True),
    }
    return ctx.made(key, title, columns, rows, notes=(ctx.text("note.invariance", groups=groups, **cuts),))


def group_effects_table(ctx: Context) -> Block | None:
    """Indirect effect in every group and the differences, by the interval that decides."""
    part = ctx.get("group_effects")
    own = ctx.get("group_effects_model")
    title = ctx.text("title.group_effects", model=own.model if own is not None else "")
    if part is None or (gone := ctx.failed("group_effects", ctx.text("title.group_effects.none"), part)):
        return None if part is None else gone
    rows: list[tuple[Cell, ...]] = []
    headings: list[tuple[int, str]] = []
    counts = dict(zip(own.table["group"], own.table["n"], strict=True))
    for effect, route, entries in compared(ctx):
        headings.append((len(rows), f"{ctx.text(f'effect.{effect}')}: {ctx.path(route)}"))
        for marks, row in entries:
            words = f" {chr(0x2212)} ".join(name(ctx, mark) for mark in marks)
            size: Cell = int(counts[marks[0]]) if len(marks) == 1 else ""
            rows.append((words, size, *(number(row[key]) for key in ("est", "se", "ci_low", "ci_high", "p"))))
    columns = [
        ctx.column("group", "group"),
        ctx.column("n", "n", "integer"),
        ctx.column("est", "est", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
        ctx.column("p", "p", "p"),
    ]
    spanner = Spanner(ctx.text("head.ci", level=level_of(ctx, part)), ("ci_low", "ci_high"))
    notes = (ledger_note(ctx, part), ctx.text("note.group_effects", method=method_label(ctx, ctx.primary)))
    return ctx.made(
        "group_effects", title, columns, rows, spanners=(spanner,), groups=tuple(headings), notes=notes
    )


def compared(ctx: Context) -> list[tuple[str, str, list[tuple[tuple[str, ...], Any]]]]:
    """(effect, route, [(groups, row)]): one group for its effect, two for the difference first − second."""
    part = ctx.get("group_effects")
    frame = part.effects
    labels = list(part.fit.group_labels)
    out: dict[tuple[str, str], list[tuple[tuple[str, ...], Any]]] = {}
    for kind in (*INDIRECT, *(f"difference_{kind}" for kind in INDIRECT)):
        own = frame[frame["effect"] == kind]
        for path in dict.fromkeys(own["path"]):
            methods = own[own["path"] == path]
            chosen = methods[methods["method"] == ways.deciding(ctx.primary, set(methods["method"]))]
            row = (chosen if len(chosen) else methods).iloc[0]
            route = route_of(str(path))
            rest = str(path)[len(route) :].strip()
            pairs = [(a,) for a in labels] + [(a, b) for a in labels for b in labels if a != b]
            marks = next(pair for pair in pairs if rest == " - ".join(f"[{mark}]" for mark in pair))
            out.setdefault((kind.removeprefix("difference_"), route), []).append((marks, row))
    return [(effect, route, entries) for (effect, route), entries in out.items()]


def name(ctx: Context, mark: str) -> str:
    """Words of a group."""
    return ctx.label(f"group:{mark}") if f"group:{mark}" in ctx.labels else mark
