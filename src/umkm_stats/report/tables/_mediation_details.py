"""Tables of what is asked of a finished analysis: VAF beside the kind of mediation, f², assumptions."""

from __future__ import annotations

from umkm_stats.report._spec import Cell
from umkm_stats.report.tables._analysis import Analysis, detail, of_detail, term
from umkm_stats.report.tables._context import Block, number


@of_detail("vaf", "vaf_{kind}_{model}")
def vaf_table(of: Analysis) -> Block | None:
    """VAF beside the kind of mediation."""
    ctx, kinds = of.ctx, detail(of.ctx, "typology", of.name)
    if kinds is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for row in of.part.frame.to_dict("records"):
        own = kinds.frame[kinds.frame["path"] == row["path"]]
        kind = str(own["mediation_type"].iloc[0]) if len(own) else ""
        vaf = number(row["vaf"])
        percent = None if vaf is None else 100 * vaf
        rows.append((ctx.path(str(row["path"])), percent, ctx.text(f"type.{kind}") if kind else ""))
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("vaf", "vaf", "percent"),
        ctx.column("type", "type", wide=True),
    ]
    notes = (ctx.text("note.vaf"), *(ctx.note(note) for note in (*of.part.notes, *kinds.notes)))
    return of.made(columns, rows, notes=notes)


@of_detail("f2", "f2_{model}")
def f2_table(of: Analysis) -> Block | None:
    """Effect size f² of every coefficient."""
    ctx = of.ctx
    rows: list[tuple[Cell, ...]] = [
        (
            f"{term(ctx, str(row['term']))} \N{RIGHTWARDS ARROW} {ctx.label(str(row['outcome']))}",
            number(row["f2"]),
        )
        for row in of.part.frame.to_dict("records")
        if row["role"] != "total"
    ]
    columns = [ctx.column("path", "path", wide=True), ctx.column("f2", "f2", "index")]
    return of.made(columns, rows, notes=(ctx.text("note.f2"),))


@of_detail("assumptions", "assumptions_{model}")
def assumptions_table(of: Analysis) -> Block | None:
    """Asumsi klasik of the regressions."""
    ctx = of.ctx
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    last = None
    for row in of.part.frame.to_dict("records"):
        if row["outcome"] != last:
            last = row["outcome"]
            groups.append((len(rows), ctx.label(str(last))))
        words = ctx.text(f"check.{row['check']}")
        if row["term"]:
            words += f": {term(ctx, str(row['term']))}"
        rows.append((words, number(row["statistic"]), number(row["p"])))
    columns = [
        ctx.column("check", "check", wide=True),
        ctx.column("statistic", "statistic", "estimate"),
        ctx.column("p", "p", "p"),
    ]
    notes = (ctx.text("note.assumptions"), *(ctx.note(note) for note in of.part.notes))
    return of.made(columns, rows, groups=tuple(groups), notes=notes)
