"""4.6 of the mediation route: the indirect effect with its interval, the kind of mediation, Sobel's test."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Block, Cell, Paragraph
from umkm_stats.report.chapter._kit import Kit
from umkm_stats.report.tables._context import number


def _indirect_rows(kit: Kit, part: Any) -> list[dict[str, Any]]:
    frame = part.effects
    own = frame[(frame["effect"] == "indirect") & (frame["method"] == kit.ctx.primary)]
    return list(own.to_dict("records"))


def indirect_blocks(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    for row in _indirect_rows(kit, part):
        low, high = number(row["ci_low"]), number(row["ci_high"])
        path = kit.ctx.path(str(row["path"]))
        if low is None or high is None:
            rows.append((path, number(row["est"]), number(row["se"]), None, None, kit.say("untested")))
            said.append(kit.say("indirect.none_given", path=path))
            continue
        yes = kit.sure(low, high, kit.stated(str(row["path"]), ("scores",)))
        rows.append(
            (
                path,
                number(row["est"]),
                number(row["se"]),
                low,
                high,
                kit.say("significant" if yes else "insignificant"),
            )
        )
        steps = [part_.strip() for part_ in str(row["path"]).split("->")]
        said.append(
            kit.say(
                "indirect.yes" if yes else "indirect.no",
                x=kit.inside(steps[0]),
                y=kit.inside(steps[-1]),
                m=kit.say("chain", names=", ".join(kit.inside(s) for s in steps[1:-1]))
                if len(steps) > 3
                else kit.inside(steps[1]),
                ab=kit.number(row["est"]),
                low=kit.number(low),
                high=kit.number(high),
                level=kit.level,
            )
        )
    said += _kinds(kit)
    head = [
        kit.column("path", wide=True),
        kit.column("effect", "estimate"),
        kit.column("boot_se", "estimate"),
        kit.column("low", "estimate"),
        kit.column("high", "estimate"),
        kit.column("verdict"),
    ]
    notes = (kit.drawn_note(),)
    return kit.shown(kit.table("indirect", kit.say("table.indirect"), head, rows, notes=notes), *said)


def _kinds(kit: Kit) -> list[str]:
    found = kit.part(f"detail_typology_scores_{kit.key}")
    if found is None:
        return []
    said = []
    for row in found.frame.to_dict("records"):
        kind = str(row["mediation_type"])
        try:
            said.append(kit.say(f"kind.{kind}", path=kit.ctx.path(str(row["path"]))))
        except KeyError:
            continue
    return said


def sobel_blocks(kit: Kit, part: Any) -> list[Block]:
    frame = part.effects
    rows: list[tuple[Cell, ...]] = []
    said = []
    decided = {str(r["path"]): r for r in _indirect_rows(kit, part)}
    for row in frame[(frame["effect"] == "indirect") & (frame["method"] == "delta")].to_dict("records"):
        steps = [piece.strip() for piece in str(row["path"]).split("->")]
        if len(steps) != 3:
            continue
        a, b = _slope(frame, steps[0], steps[1]), _slope(frame, steps[1], steps[2])
        if a is None or b is None:
            continue
        z, p = float(row["est"]) / float(row["se"]), float(row["p"])
        rows.append((kit.ctx.path(str(row["path"])), a[0], a[1], b[0], b[1], z, p))
        own = decided.get(str(row["path"]))
        if own is not None and number(own["ci_low"]) is not None:
            stated = kit.stated(str(row["path"]), ("scores",))
            yes = kit.sure(float(own["ci_low"]), float(own["ci_high"]), stated)
            key = "sobel.same" if yes == (kit.side(p, z, stated) <= kit.alpha) else "sobel.other"
            said.append(kit.say(key, z=kit.number(z), p=kit.equals(p)))
    if not rows:
        return [Paragraph(kit.say("sobel.serial"))]
    head = [kit.column("path", wide=True)]
    head += [kit.column(name, "estimate") for name in ("a", "sa", "b_path", "sb", "z")]
    head.append(kit.column("p", "p"))
    return kit.shown(kit.table("sobel", kit.say("table.sobel"), head, rows), *said)


def _slope(frame: Any, x: str, y: str) -> tuple[float, float] | None:
    own = frame[
        (frame["path"] == f"{x} -> {y}") & frame["effect"].isin(["a", "b", "d"]) & (frame["method"] == "ols")
    ]
    if own.empty:
        return None
    return float(own["est"].iloc[0]), float(own["se"].iloc[0])
