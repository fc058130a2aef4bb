"""The recapitulation, one verdict a hypothesis, and the frame of the discussion."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Block, Cell, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading
from umkm_stats.report.tables._context import number

WITHHELD = "withheld"


def verdict_rows(kit: Kit) -> list[dict[str, Any]]:
    """One row a hypothesis on the basis of the route; the first effect of a hypothesis with several."""
    part = kit.part("hypotheses")
    if part is None:
        return []
    basis = "latent" if kit.route == "sem" else "scores"
    out: list[dict[str, Any]] = []
    for stated in kit.ctx.results.meta["hypotheses"]:
        own = part.table[part.table["code"] == stated["code"]]
        here = own[own["basis"].isin([basis, ""])] if len(own) else own
        chosen = here if len(here) else own
        for row in chosen.to_dict("records"):
            out.append(row | {"text": stated["text"]["id"]})
    return out


def sections(kit: Kit) -> list[Section]:
    """Rekapitulasi and kerangka pembahasan."""
    rows = verdict_rows(kit)
    out = [heading("recap", kit.say("section.recap"), 3, _recap(kit, rows))] if rows else []
    out.append(heading("discussion", kit.say("section.discussion"), 2, _discussion(kit, rows)))
    return out


def _word(kit: Kit, row: dict[str, Any]) -> str:
    key = str(row["verdict"])
    return kit.say(f"verdict.{key}")


def _recap(kit: Kit, rows: list[dict[str, Any]]) -> list[Block]:
    cells: list[tuple[Cell, ...]] = []
    withheld = []
    for row in rows:
        low, high = number(row["ci_low"]), number(row["ci_high"])
        interval = kit.ctx.voice.interval(low, high) if low is not None and high is not None else ""
        cells.append(
            (str(row["code"]), row["text"], number(row["est"]), interval, number(row["p"]), _word(kit, row))
        )
        if row["verdict"] in (WITHHELD, "not_testable"):
            withheld.append(row)
    head = [
        kit.column("h"),
        kit.column("statement", wide=True),
        kit.column("coefficient", "estimate"),
        kit.column("interval"),
        kit.column("p", "p"),
        kit.column("decision"),
    ]
    table = kit.table("recap", kit.say("table.recap"), head, cells)
    said = [
        kit.say(
            "withheld" if row["verdict"] == WITHHELD else "untestable",
            h=str(row["code"]),
            reason=_reason(kit, str(row["reason"])),
        )
        for row in withheld
    ]
    return kit.shown(table, *said)


def _reason(kit: Kit, reason: str) -> str:
    if not reason:
        return kit.say("reason.unknown")
    try:
        return kit.ctx.text(f"reason.{reason}")
    except KeyError:
        return kit.say("reason.unknown")


def _discussion(kit: Kit, rows: list[dict[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    for row in rows:
        code = str(row["code"])
        low, high = number(row["ci_low"]), number(row["ci_high"])
        if low is None or high is None or number(row["est"]) is None:
            shown = kit.say("result.none", h=code, verdict=_word(kit, row).lower())
        else:
            shown = kit.say(
                "result",
                h=code,
                text=row["text"].rstrip("."),
                est=kit.number(row["est"]),
                interval=kit.ctx.voice.interval(low, high),
                verdict=_word(kit, row).lower(),
            )
        blocks.append(Paragraph(shown))
        blocks += kit.open(f"pembahasan-{code}", h=code)
    if not rows:
        blocks += kit.open("pembahasan")
    blocks.append(Paragraph(kit.say("causal")))
    return blocks
