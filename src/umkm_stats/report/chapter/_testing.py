"""4.3: do the items measure their variables; validity and reliability, or the measurement model."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Block, Cell, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading, joined
from umkm_stats.report.tables._context import number, whole

HTMT_LIMIT = 0.85


def sections(kit: Kit) -> list[Section]:
    """Uji instrumen for the regression and mediation routes, the measurement model for SEM."""
    if kit.route == "sem":
        return _measurement(kit)
    if kit.route == "pls":
        return []
    return [
        heading("testing", kit.say("section.testing"), 2),
        heading("validity", kit.say("section.validity"), 3, _validity(kit)),
        heading("reliability", kit.say("section.reliability"), 3, _reliability(kit)),
    ]


def _items(kit: Kit) -> set[str]:
    scales = kit.ctx.results.meta["scales"]
    return {code for name in kit.variables for code in scales.get(name, ())}


def _validity(kit: Kit) -> list[Block]:
    part = kit.part("items")
    if part is None:
        return []
    wanted = _items(kit)
    frame = part.table[part.table["item"].isin(wanted)].drop_duplicates("item")
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    bad, negative, values = [], [], []
    last = None
    for row in frame.to_dict("records"):
        if row["scale"] != last:
            last = row["scale"]
            groups.append((len(rows), kit.label(str(last))))
        r, limit = float(row["item_total"]), float(row["r_table"])
        valid = r > limit
        values.append(r)
        rest = number(row["item_rest"])
        if r < 0 or (rest is not None and rest < 0):
            negative.append(str(row["item"]))
        elif not valid:
            bad.append((str(row["item"]), r))
        rows.append(
            (
                str(row["item"]),
                number(r),
                number(limit),
                number(row["item_total_p"]),
                kit.say("valid" if valid else "invalid"),
            )
        )
    if not rows:
        return []
    head = [
        kit.column("item"),
        kit.column("r_count", "index", bounded=True),
        kit.column("r_table", "index", bounded=True),
        kit.column("sig", "p"),
        kit.column("verdict"),
    ]
    table = kit.table("validity", kit.say("table.validity"), head, rows, groups=tuple(groups))
    n = int(frame["n"].min())
    words = {
        "k": str(len(rows)),
        "r1": kit.number(min(values)),
        "r2": kit.number(max(values)),
        "r": kit.number(float(frame["r_table"].iloc[0])),
        "df": str(n - 2),
    }
    said = [kit.say("validity.all", **words)] if not bad and not negative else []
    said += [kit.say("validity.bad", item=item, r=kit.number(r)) for item, r in bad]
    said += [kit.say("validity.negative", items=joined(kit, negative))] if negative else []
    return kit.shown(table, *said)


def _reliability(kit: Kit) -> list[Block]:
    part = kit.part("reliability")
    if part is None:
        return []
    frame = part.table[part.table["scale"].isin(kit.variables)]
    rows: list[tuple[Cell, ...]] = []
    good: list[tuple[str, float]] = []
    fair: list[tuple[str, float]] = []
    poor: list[tuple[str, float]] = []
    for row in frame.to_dict("records"):
        alpha = number(row["alpha"])
        name = kit.label(str(row["scale"]))
        verdict = ""
        if alpha is not None:
            (good if alpha >= kit.cutoff else fair if alpha >= 0.60 else poor).append((name, float(alpha)))
            verdict = kit.say("reliable" if alpha >= kit.cutoff else "unreliable")
        rows.append((name, whole(row["k"]), alpha, kit.cutoff, verdict))
    if not rows:
        return []
    head = [
        kit.column("variable", wide=True),
        kit.column("items", "integer"),
        kit.column("alpha", "index", bounded=True),
        kit.column("limit", "mean"),
        kit.column("verdict"),
    ]
    table = kit.table("reliability", kit.say("table.reliability"), head, rows)
    limit = kit.number(kit.cutoff, decimals=2)
    said = []
    if not fair and not poor:
        said.append(kit.say("reliability.all", limit=limit))
    said += [kit.tell("reliability.fair", x=name, alpha=kit.number(a), limit=limit) for name, a in fair]
    said += [kit.tell("reliability.poor", x=name, alpha=kit.number(a)) for name, a in poor]
    return kit.shown(table, *said)


def _measurement(kit: Kit) -> list[Section]:
    """Loading, CR and AVE of one model; discriminant validity beside them."""
    fitted, validity = kit.part("cfa_constructs") or kit.part("cfa"), kit.part("validity")
    out = [heading("testing", kit.say("section.measurement"), 2)]
    if fitted is not None and validity is not None:
        out.append(heading("loadings", kit.say("section.convergent"), 3, _loadings(kit, fitted, validity)))
        out.append(heading("discriminant", kit.say("section.discriminant"), 3, _discriminant(kit, validity)))
    return out


def _loadings(kit: Kit, fitted: Any, validity: Any) -> list[Block]:
    table = fitted.table
    rows: list[tuple[Cell, ...]] = []
    loads = []
    found = validity.table.set_index("construct")
    for construct in dict.fromkeys(table["construct"]):
        own = table[table["construct"] == construct]
        for place, row in enumerate(own.to_dict("records")):
            loads.append(float(row["loading"]))
            first = place == 0
            cr = number(found.loc[construct, "cr_std"]) if first and construct in found.index else ""
            ave = number(found.loc[construct, "ave"]) if first and construct in found.index else ""
            rows.append(
                (kit.label(construct) if first else "", str(row["item"]), number(row["loading"]), cr, ave)
            )
    head = [
        kit.column("variable", wide=True),
        kit.column("item"),
        kit.column("loading", "index", bounded=True),
        kit.column("cr", "index", bounded=True),
        kit.column("ave", "index", bounded=True),
    ]
    made = kit.table("loadings", kit.say("table.loadings"), head, rows)
    ave, cr = found["ave"].astype(float), found["cr_std"].astype(float)
    words = {
        "l1": kit.number(min(loads)),
        "l2": kit.number(max(loads)),
        "c": kit.number(cr.min()),
        "a": kit.number(ave.min()),
    }
    said = [kit.say("loadings.all" if ave.min() >= 0.5 else "loadings.range", **words)]
    for construct in found.index:
        if ave[construct] < 0.5:
            key = "loadings.ave_cr" if cr[construct] >= 0.7 else "loadings.ave"
            said.append(
                kit.say(
                    key, x=kit.inside(construct), ave=kit.number(ave[construct]), cr=kit.number(cr[construct])
                )
            )
    return kit.shown(made, *said)


def _discriminant(kit: Kit, validity: Any) -> list[Block]:
    fornell, htmt = validity.matrix("r"), validity.matrix("htmt")
    names = [str(name) for name in fornell.columns]
    if len(names) < 2:
        return [Paragraph(kit.say("discriminant.one"))]
    found = validity.table.set_index("construct")
    rows: list[tuple[Cell, ...]] = []
    close, fails = [], []
    for i, a in enumerate(names):
        cells: list[Cell] = [kit.label(a)]
        for j, b in enumerate(names):
            if j > i:
                cells.append("")
            elif j == i:
                cells.append(number(found.loc[a, "sqrt_ave"]))
            else:
                r, h = float(fornell.iloc[i, j]), float(htmt.iloc[i, j])
                cells.append(number(r))
                if abs(r) >= min(float(found.loc[a, "sqrt_ave"]), float(found.loc[b, "sqrt_ave"])):
                    fails.append((a, b))
                if h >= HTMT_LIMIT:
                    close.append((a, b, h))
        rows.append(tuple(cells))
    from umkm_stats.report._spec import Column

    head = [kit.column("variable", wide=True)]
    head += [Column(name, kit.label(name), "index", True) for name in names]
    made = kit.table("fornell", kit.say("table.fornell"), head, rows)
    said = [] if fails else [kit.say("fornell.all")]
    said += [kit.tell("fornell.fails", a=kit.inside(a), b=kit.inside(b)) for a, b in fails]
    said += [kit.tell("htmt.high", a=kit.inside(a), b=kit.inside(b), h=kit.number(h)) for a, b, h in close]
    if not close:
        largest = max(float(htmt.iloc[i, j]) for i in range(len(names)) for j in range(i))
        said.append(kit.say("htmt.good", h=kit.number(largest), limit=kit.number(HTMT_LIMIT, decimals=2)))
    return kit.shown(made, *said)
