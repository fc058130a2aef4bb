"""The recapitulation, one verdict a hypothesis, and the frame of the discussion."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Block, Cell, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading, joined, unbroken
from umkm_stats.report.tables._context import number

WITHHELD = "withheld"
ELSEWHERE = "model_not_run"  # a hypothesis of another model of the same instrument


def verdict_rows(kit: Kit) -> list[dict[str, Any]]:
    """One row a hypothesis on the basis of the route; the first effect of a hypothesis with several."""
    part = kit.part("hypotheses")
    if part is None:
        return []
    basis = {"sem": "latent", "pls": "pls"}.get(kit.route, "scores")
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
    stated = verdict_rows(kit)
    rows = [row for row in stated if row["reason"] != ELSEWHERE]
    apart = [str(row["code"]) for row in stated if row["reason"] == ELSEWHERE]
    blocks = _recap(kit, rows) if rows else []
    if apart:
        blocks.append(Paragraph(kit.say("elsewhere", h=joined(kit, apart))))
    if not stated and not kit.written("rekapitulasi"):  # what was claimed is the author's to say
        blocks = [Paragraph(kit.say("open", what=kit.say("open.hipotesis")), "open")]
    out = [heading("recap", kit.say("section.recap"), 3, blocks)] if blocks or not stated else []
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
        cells.append(
            (
                str(row["code"]),
                str(row["text"]).rstrip("."),
                number(row["est"]),
                unbroken(kit, low, high),
                number(row["p"]),
                _word(kit, row),
            )
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
    note = kit.say("note.one_tailed" if kit.one_tailed else "note.recap", level=kit.level)
    table = kit.table("recap", kit.say("table.recap"), head, cells, notes=(note,))
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in withheld:
        reasons.setdefault((str(row["verdict"]), str(row["reason"])), []).append(str(row["code"]))
    said = [
        kit.say(
            "withheld" if verdict == WITHHELD else "untestable",
            h=joined(kit, list(dict.fromkeys(codes))),
            reason=_reason(kit, reason),
        )
        for (verdict, reason), codes in reasons.items()
    ]
    return kit.shown(table, *said)


def _reason(kit: Kit, reason: str) -> str:
    if not reason:
        return kit.say("reason.unknown")
    try:
        return kit.ctx.text(f"reason.{reason}")
    except KeyError:
        return kit.say("reason.unknown")


def _result(kit: Kit, row: dict[str, Any]) -> str:
    """What the data say on a hypothesis, in a sentence that draws no cause."""
    code = str(row["code"])
    est, low, high = number(row["est"]), number(row["ci_low"]), number(row["ci_high"])
    verdict = str(row["verdict"])
    steps = [step.strip() for step in str(row["path"]).split("->")]
    if est is None or low is None or high is None or verdict in (WITHHELD, "not_testable"):
        if est is not None and verdict == WITHHELD:
            reason = _reason(kit, str(row["reason"]))
            return kit.say("result.withheld", h=code, est=kit.number(est), reason=reason)
        return kit.say("result.none", h=code, verdict=_word(kit, row).lower())
    values = {
        "h": code,
        "x": kit.inside(steps[0]),
        "y": kit.inside(steps[-1]),
        "m": joined(kit, [kit.inside(step) for step in steps[1:-1]]),
        "est": kit.number(est),
        "interval": kit.ctx.voice.interval(low, high),
        "level": kit.level,
        "direction": kit.say("positive" if est > 0 else "negative"),
        "verdict": _word(kit, row).lower(),
    }
    kind = "result.indirect" if len(steps) > 2 else "result.path"
    if str(row["test"]) == "total":
        kind = "result.total"
    if str(row["test"]) in ("equivalence", "moderation", "necessity", "joint") or not steps[-1]:
        return kit.say("result.other", **{k: values[k] for k in ("h", "est", "interval", "verdict")})
    shown = verdict in ("supported", "contradicted")
    return kit.say(f"{kind}.{'yes' if shown else 'no'}", **values)


def _discussion(kit: Kit, rows: list[dict[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    done = set()
    for row in rows:
        code = str(row["code"])
        blocks.append(Paragraph(_result(kit, row)))
        if code not in done:
            blocks += kit.open(f"pembahasan-{code}", h=code)
        done.add(code)
    if not rows:
        blocks += kit.open("pembahasan")
    else:
        blocks += kit.written("pembahasan")
    limits = [kit.say("limit.one_form"), kit.say("limit.sample"), kit.few("limit.few"), kit.say("causal")]
    return [*blocks, Paragraph(" ".join(one for one in limits if one))]
