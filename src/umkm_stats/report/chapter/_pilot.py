"""The try-out in Bab III: validity and reliability on answers that never enter the analysis."""

from __future__ import annotations

from umkm_stats.report._spec import Block, Cell, Paragraph
from umkm_stats.report.chapter._kit import Kit, joined
from umkm_stats.report.tables._context import number, whole
from umkm_stats.results import Unavailable


def blocks(kit: Kit) -> list[Block]:
    """Hasil Uji Coba Instrumen, or the sentence that there was none."""
    part = kit.ctx.get("pilot")
    if part is None:
        return [Paragraph(kit.say("pilot.none"))]
    if isinstance(part, Unavailable):
        return [Paragraph(kit.say("pilot.failed", reason=part.message(kit.ctx.voice.lang)))]
    n = int(part.sample.used)
    frame = part.table.dropna(subset=["item_total"])
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    bad: list[str] = []
    last = None
    for row in frame.to_dict("records"):
        if row["scale"] not in kit.variables:
            continue
        if row["scale"] != last:
            last = row["scale"]
            groups.append((len(rows), kit.label(str(last))))
        valid = float(row["item_total"]) > float(row["r_table"])
        if not valid:
            bad.append(str(row["item"]))
        cells = (number(row["item_total"]), number(row["r_table"]), number(row["item_total_p"]))
        rows.append((str(row["item"]), *cells, kit.say("valid" if valid else "invalid")))
    head = [
        kit.column("item"),
        kit.column("r_count", "index", bounded=True),
        kit.column("r_table", "index", bounded=True),
        kit.column("sig", "p"),
        kit.column("verdict"),
    ]
    table = kit.table("pilot_validity", kit.say("table.pilot_validity"), head, rows, groups=tuple(groups))
    limit = kit.number(float(frame["r_table"].iloc[0])) if len(frame) else ""
    words = {"k": str(len(rows)), "r": limit, "df": str(n - 2)}
    said = (
        kit.say("pilot.valid", **words)
        if not bad
        else kit.say("pilot.invalid", items=joined(kit, bad), **words)
    )
    return [
        Paragraph(kit.say("pilot.text", n=str(n))),
        *kit.shown(table, said),
        *_alpha(kit, part),
    ]


def _alpha(kit: Kit, part: object) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    low: list[str] = []
    for row in part.reliability.to_dict("records"):  # type: ignore[attr-defined]
        alpha = number(row["alpha"])
        if row["scale"] not in kit.variables or alpha is None:
            continue
        good = alpha >= kit.cutoff
        if not good:
            low.append(kit.inside(str(row["scale"])))
        word = kit.say("reliable" if good else "unreliable")
        rows.append((kit.label(str(row["scale"])), whole(row["k"]), alpha, kit.cutoff, word))
    if not rows:
        return []
    head = [
        kit.column("variable", wide=True),
        kit.column("items", "integer"),
        kit.column("alpha", "index", bounded=True),
        kit.column("limit", "mean"),
        kit.column("verdict"),
    ]
    limit = kit.number(kit.cutoff, decimals=2)
    said = (
        kit.say("reliability.all", limit=limit)
        if not low
        else kit.say("pilot.low", x=joined(kit, low), limit=limit)
    )
    return kit.shown(kit.table("pilot_alpha", kit.say("table.pilot_alpha"), head, rows), said)
