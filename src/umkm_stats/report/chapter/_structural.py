"""4.4 to 4.6 of the SEM route: sample and normality, fit, paths, direct, indirect and total effects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section
from umkm_stats.report.chapter._classical import _equals
from umkm_stats.report.chapter._kit import ALPHA, Kit, heading
from umkm_stats.report.tables import _measurement
from umkm_stats.report.tables._context import number


def sections(kit: Kit) -> list[Section]:
    """Kecocokan, pengaruh langsung, tidak langsung dan total of the latent model."""
    name = f"mediation_latent_{kit.key}"
    part = kit.part(name)
    if part is None:
        reason = kit.ctx.get(name)
        said = reason.message(kit.ctx.voice.lang) if reason is not None else ""
        return [heading("sem", kit.say("section.fit"), 2, [Paragraph(kit.say("sem.none", reason=said))])]
    out = [
        heading("sem", kit.say("section.fit"), 2),
        heading("fit", kit.say("section.goodness"), 3, _fit(kit, name)),
    ]
    drawn = pictures.path(kit.ctx, name)
    if isinstance(drawn, Figure):
        drawn = replace(drawn, title=kit.say("figure.path"))
        pointer = Paragraph(kit.say("figure.pointer", figure="{{" + drawn.key + "}}"))
        out.append(heading("diagram", kit.say("section.diagram"), 3, [pointer, drawn]))
    out.append(heading("tests", kit.say("section.tests"), 2))
    out.append(heading("direct", kit.say("section.direct"), 3, _direct(kit, part)))
    out.append(heading("effects", kit.say("section.effects"), 3, _effects(kit, part)))
    return out


def _fit(kit: Kit, name: str) -> list[Block]:
    made: Any = _measurement.fit_table(kit.ctx, name)
    if made is None or not hasattr(made, "rows"):
        return []
    good = sum(str(row[-1]) == kit.ctx.text("fit.met") for row in made.rows) if _has(kit, "fit.met") else 0
    judged = sum(bool(str(row[-1])) for row in made.rows)
    key = "goodness.good" if judged and good >= judged / 2 else "goodness.poor"
    made = replace(made, title=kit.say("table.fit"), notes=())
    return kit.shown(made, kit.say(key, j=str(good), k=str(judged)))


def _has(kit: Kit, key: str) -> bool:
    try:
        kit.ctx.text(key)
    except KeyError:
        return False
    return True


def _direct(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    frame = part.effects[part.effects["method"] == "wald"]
    for row in frame[frame["effect"].isin(["a", "b", "d", "direct"])].to_dict("records"):
        est, se, p = number(row["est"]), number(row["se"]), number(row["p"])
        if est is None or se is None or p is None:
            continue
        path = kit.ctx.path(str(row["path"]))
        rows.append(
            (
                path,
                est,
                se,
                est / se if se else None,
                p,
                kit.say("significant" if p <= ALPHA else "insignificant"),
            )
        )
        steps = [piece.strip() for piece in str(row["path"]).split("->")]
        values = {
            "x": kit.inside(steps[0]),
            "y": kit.inside(steps[-1]),
            "b": kit.number(est),
            "p": _equals(kit, float(p)),
        }
        key = "wald.none" if p > ALPHA else "wald.yes"
        said.append(kit.say(key, direction=kit.say("positive" if est > 0 else "negative"), **values))
    head = [
        kit.column("path", wide=True),
        kit.column("estimate", "estimate"),
        kit.column("se", "estimate"),
        kit.column("cr_ratio", "estimate"),
        kit.column("p", "p"),
        kit.column("verdict"),
    ]
    return kit.shown(kit.table("direct", kit.say("table.direct"), head, rows), *said)


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
            yes = low > 0 or high < 0
            said.append(
                kit.say(
                    "indirect.yes" if yes else "indirect.no",
                    x=kit.inside(steps[0]),
                    y=kit.inside(steps[-1]),
                    m=", ".join(kit.inside(s) for s in steps[1:-1]),
                    ab=kit.number(row["est"]),
                    low=kit.number(low),
                    high=kit.number(high),
                    level=kit.number(100 * float(kit.ctx.results.meta["options"]["level"]), decimals=0),
                )
            )
    head = [
        kit.column("path", wide=True),
        kit.column("effect", "estimate"),
        kit.column("boot_se", "estimate"),
    ]
    head += [kit.column("low", "estimate"), kit.column("high", "estimate")]
    options = kit.ctx.results.meta["options"]
    note = kit.say(
        "note.bootstrap",
        draws=kit.ctx.voice.count(int(options["draws"])),
        level=kit.number(100 * float(options["level"]), decimals=0),
    )
    return kit.shown(kit.table("effects", kit.say("table.effects"), head, rows, notes=(note,)), *said)
