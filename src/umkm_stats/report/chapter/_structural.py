"""4.4 to 4.6 of the SEM route: sample and normality, fit, paths, direct, indirect and total effects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section
from umkm_stats.report.chapter import _assumed
from umkm_stats.report.chapter._kit import Kit, heading
from umkm_stats.report.tables import _measurement
from umkm_stats.report.tables._context import number
from umkm_stats.sem import headline


def sections(kit: Kit) -> list[Section]:
    """Kecocokan, pengaruh langsung, tidak langsung dan total of the latent model."""
    name = f"mediation_latent_{kit.key}"
    part = kit.part(name)
    if part is None:
        reason = kit.ctx.get(name)
        said = reason.message(kit.ctx.voice.lang) if reason is not None else ""
        return [heading("sem", kit.say("section.fit"), 2, [Paragraph(kit.say("sem.none", reason=said))])]
    out = [
        *_assumed.sections(kit),
        heading("sem", kit.say("section.fit"), 2),
        heading("fit", kit.say("section.goodness"), 3, _fit(kit, name)),
    ]
    drawn = pictures.path(kit.ctx, name)
    if isinstance(drawn, Figure):
        drawn = replace(drawn, title=kit.say("figure.path"))
        pointer = Paragraph(kit.say("figure.pointer", figure="{{" + drawn.key + "}}"))
        out.append(heading("diagram", kit.say("section.diagram"), 3, [pointer, drawn]))
    out.append(heading("determination", kit.say("section.determination"), 3, _explained(kit, part)))
    out.append(heading("tests", kit.say("section.tests"), 2))
    out.append(heading("direct", kit.say("section.direct"), 3, _direct(kit, part)))
    out.append(heading("effects", kit.say("section.effects"), 3, _effects(kit, part)))
    return out


def _fit(kit: Kit, name: str) -> list[Block]:
    made: Any = _measurement.fit_table(kit.ctx, name)
    if made is None or not hasattr(made, "rows"):
        return []
    part = kit.part(name)
    if headline(part.fit).df == 0:
        said = kit.say("goodness.saturated")
    else:
        judged = headline(part.fit).judged(kit.ctx.cutoffs)
        decide = [entry for entry in judged if entry.decides]
        met = sum(bool(entry.met) for entry in decide)
        words = [str(row[-1]) for row in made.rows if str(row[-1])]
        good = sum(word == kit.ctx.text("fit.met") for word in words)
        key = "goodness.good" if met >= 3 else "goodness.poor"
        names = {"m": str(met), "all": str(len(decide))}
        said = kit.say(key, j=str(good), k=str(len(words)), **names)
    made = replace(made, title=kit.say("table.fit"), notes=())
    return kit.shown(made, said)


def _explained(kit: Kit, part: Any) -> list[Block]:
    """R² of every endogenous variable."""
    frame = part.fit.r2()
    shares = dict(zip(frame["item"].astype(str), frame["r2"].astype(float), strict=True))
    found = {name: shares[name] for name in (*kit.model["m"], *kit.model["y"]) if name in shares}
    if not found:
        return []
    rows: list[tuple[Cell, ...]] = [(kit.label(name), value) for name, value in found.items()]
    said = [
        kit.tell("explained", y=kit.inside(name), p=kit.percent(100 * value)) for name, value in found.items()
    ]
    head = [kit.column("variable", wide=True), kit.column("r2", "index", bounded=True)]
    return kit.shown(kit.table("determination", kit.say("table.determination"), head, rows), *said)


def _direct(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    frame = part.effects[part.effects["method"] == "wald"]
    scaled = _standardised(part)
    for row in frame[frame["effect"].isin(["a", "b", "d", "direct"])].to_dict("records"):
        est, se = number(row["est"]), number(row["se"])
        if est is None or se is None or number(row["p"]) is None:
            continue
        stated = kit.stated(str(row["path"]), ("latent",))
        p = kit.side(float(row["p"]), float(est), stated)
        yes = p <= kit.alpha
        steps = [piece.strip() for piece in str(row["path"]).split("->")]
        cells = (est, se, est / se if se else None, p, scaled.get((steps[0], steps[-1])))
        rows.append(
            (kit.ctx.path(str(row["path"])), *cells, kit.say("significant" if yes else "insignificant"))
        )
        values = {
            "x": kit.inside(steps[0]),
            "y": kit.inside(steps[-1]),
            "b": kit.number(est),
            "cr": kit.number(cells[2]),
            "p": kit.equals(p),
        }
        direction = kit.say("positive" if est > 0 else "negative")
        opposite = stated is not None and stated[1] in "+-" and (est > 0) != (stated[1] == "+")
        key = "wald.none" if not yes else "wald.opposite" if opposite else "wald.yes"
        said.append(kit.say(key, direction=direction, h=stated[0] if stated else "", **values))
    head = [
        kit.column("path", wide=True),
        kit.column("estimate", "estimate"),
        kit.column("se", "estimate"),
        kit.column("cr_ratio", "estimate"),
        kit.column("p", "p"),
        kit.column("std", "index"),
        kit.column("verdict"),
    ]
    robust = str(part.fit.estimator) != "ML"
    notes = (kit.say("note.estimator", estimator=str(part.fit.estimator)),) if robust else ()
    return kit.shown(kit.table("direct", kit.say("table.direct"), head, rows, notes=notes), *said)


def _standardised(part: Any) -> dict[tuple[str, str], float]:
    """(predictor, outcome) → coefficient standardised by both SDs."""
    table = part.fit.estimates
    own = table[table["op"] == "~"]
    return {(str(row["rhs"]), str(row["lhs"])): float(row["std_all"]) for row in own.to_dict("records")}


def _effects(kit: Kit, part: Any) -> list[Block]:
    frame = part.effects[part.effects["method"] == kit.ctx.primary]
    rows: list[tuple[Cell, ...]] = []
    said = []
    for row in frame[frame["effect"].isin(["direct", "indirect", "total"])].to_dict("records"):
        low, high = number(row["ci_low"]), number(row["ci_high"])
        name = f"{kit.say('effect.' + str(row['effect']))}: {kit.ctx.path(str(row['path']))}"
        rows.append((name, number(row["est"]), number(row["se"]), low, high))
        if row["effect"] == "indirect" and low is not None and high is not None:
            steps = [piece.strip() for piece in str(row["path"]).split("->")]
            yes = kit.sure(low, high, kit.stated(str(row["path"]), ("latent",)))
            said.append(
                kit.say(
                    "indirect.yes" if yes else "indirect.no",
                    x=kit.inside(steps[0]),
                    y=kit.inside(steps[-1]),
                    m=", ".join(kit.inside(s) for s in steps[1:-1]),
                    ab=kit.number(row["est"]),
                    low=kit.number(low),
                    high=kit.number(high),
                    level=kit.level,
                )
            )
    head = [
        kit.column("path", wide=True),
        kit.column("effect", "estimate"),
        kit.column("boot_se", "estimate"),
    ]
    head += [kit.column("low", "estimate"), kit.column("high", "estimate")]
    note = kit.drawn_note()
    return kit.shown(kit.table("effects", kit.say("table.effects"), head, rows, notes=(note,)), *said)
