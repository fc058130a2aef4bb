"""4.4 of the SEM route: sample size, normality, outliers and collinearity of the indicators."""

from __future__ import annotations

from umkm_stats.report._spec import Block, Cell, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading
from umkm_stats.report.tables._context import number, whole

NORMAL, CLOSE = 2.58, 0.90


def sections(kit: Kit) -> list[Section]:
    """Asumsi SEM, each with its consequence; nothing where they could not be computed."""
    part = kit.part(f"latent_checks_{kit.key}")
    if part is None:
        return []
    facts = part.facts.to_dict("records")[0]
    return [
        heading("assumptions", kit.say("section.assumed"), 2),
        heading("assumed_size", kit.say("section.size"), 3, _size(kit, facts)),
        heading("assumed_normal", kit.say("section.normality"), 3, _normal(kit, part, facts)),
        heading("assumed_far", kit.say("section.outliers"), 3, _far(kit, part, facts)),
        heading("assumed", kit.say("section.collinearity"), 3, _close(kit, facts)),
    ]


def _size(kit: Kit, facts: dict[str, object]) -> list[Block]:
    n, k = int(str(facts["n"])), int(str(facts["indicators"]))
    words = {"n": str(n), "k": str(k), "low": str(5 * k), "high": str(10 * k), "q": str(facts["free"])}
    return [Paragraph(kit.say("size.enough" if n >= 5 * k else "size.small", **words))]


def _normal(kit: Kit, part: object, facts: dict[str, object]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = [
        (str(row["item"]), *(number(row[name]) for name in ("skew", "cr_skew", "kurtosis", "cr_kurtosis")))
        for row in part.table.to_dict("records")  # type: ignore[attr-defined]
    ]
    ratio = float(str(facts["cr"]))
    rows.append((kit.say("multivariate"), None, None, number(facts["mardia"]), ratio))
    head = [kit.column("indicator", wide=True)]
    head += [kit.column(name, "estimate") for name in ("skew", "cr_ratio", "kurtosis", "cr_kurtosis")]
    table = kit.table("mardia", kit.say("table.normality"), head, rows, notes=(kit.say("note.ratio"),))
    robust = kit.part(f"mediation_latent_{kit.key}")
    used = str(robust.fit.estimator) if robust is not None else "ML"
    key = "mardia.good" if abs(ratio) <= NORMAL else "mardia.robust" if used == "MLR" else "mardia.bad"
    return kit.shown(table, kit.say(key, c=kit.number(ratio), estimator=used))


def _far(kit: Kit, part: object, facts: dict[str, object]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = [
        (kit.say("respondent", number=str(int(row["row"]))), number(row["d2"]), number(row["p"]))
        for row in part.far.to_dict("records")  # type: ignore[attr-defined]
    ]
    head = [kit.column("respondent", wide=True), kit.column("d2", "estimate"), kit.column("p", "p")]
    table = kit.table("outliers", kit.say("table.outliers"), head, rows)
    count = whole(facts["far"]) or 0
    said = kit.say("outliers.none") if not count else kit.say("outliers.some", j=str(count))
    return kit.shown(table, said)


def _close(kit: Kit, facts: dict[str, object]) -> list[Block]:
    largest = float(str(facts["max_r"]))
    key = "indicators.apart" if largest < CLOSE else "indicators.close"
    return [Paragraph(kit.say(key, r=kit.number(largest), limit=kit.number(CLOSE, decimals=2)))]
