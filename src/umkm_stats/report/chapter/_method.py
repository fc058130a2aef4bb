"""Parts of Bab III that follow from the instrument and the plan: sample, definitions, scale, techniques."""

from __future__ import annotations

import math
from typing import Any

from umkm_stats._version import __version__
from umkm_stats.report._spec import Block, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading

KREJCIE = (3.841, 0.5, 0.05)


def sections(kit: Kit) -> list[Section]:
    """3.3 to 3.6 with the decision rules fixed before the results."""
    chapter = "3"
    return [
        heading("bab3", kit.say("title.three"), 1, chapter=chapter),
        heading("population", kit.say("section.population"), 2, _population(kit), chapter),
        heading("definitions", kit.say("section.definitions"), 2, _definitions(kit), chapter),
        heading("likert", kit.say("section.likert"), 2, _likert(kit), chapter),
        heading("techniques", kit.say("section.techniques"), 2, _techniques(kit), chapter),
        heading("rules", kit.say("section.rules"), 2, _rules(kit), chapter),
    ]


def sample_size(rule: str, population: int, error: float) -> tuple[float, int]:
    """(n, n as it is used): Slovin rounded up; Krejcie–Morgan (χ² = 3.841, P = .5, d = .05) as its table."""
    if rule == "slovin":
        n = population / (1 + population * error**2)
        return n, math.ceil(n - 1e-9)
    chi2, share, margin = KREJCIE
    spread = chi2 * share * (1 - share)
    n = population * spread / (margin**2 * (population - 1) + spread)
    return n, round(n)


def _population(kit: Kit) -> list[Block]:
    plan: Any = kit.given.get("sampling") or {}
    rule = plan.get("rule")
    blocks = kit.open("populasi")
    if rule in ("slovin", "krejcie"):
        population, error = int(plan["N"]), float(plan.get("e") or 0.05)
        exact, rounded = sample_size(rule, population, error)
        values = {
            "N": kit.ctx.voice.count(population),
            "e": kit.number(error, decimals=2),
            "x": kit.number(exact, decimals=2),
            "n": kit.ctx.voice.count(rounded),
        }
        return [*blocks, Paragraph(kit.say(f"size.{rule}", **values)), Paragraph(kit.say("size.precision"))]
    if rule == "hair":
        k = sum(len(kit.ctx.results.meta["scales"].get(name, ())) for name in kit.variables)
        values = {"k": str(k), "low": str(5 * k), "high": str(10 * k)}
        return [*blocks, Paragraph(kit.say("size.hair", **values))]
    return blocks


def _definitions(kit: Kit) -> list[Block]:
    rows = []
    for entry in kit.ctx.results.meta["items"]:
        if entry["construct"] in kit.variables or entry.get("dimension") in kit.variables:
            dimension = kit.label(entry["dimension"]) if entry["dimension"] else ""
            rows.append(
                (
                    kit.label(entry["construct"]),
                    dimension,
                    entry["text"]["id"] or entry["code"],
                    entry["code"],
                )
            )
    if not rows:
        return []
    head = ["variable", "dimension", "statement", "item"]
    if not any(row[1] for row in rows):
        rows = [(row[0], *row[2:]) for row in rows]  # type: ignore[misc]
        head.remove("dimension")
    last = ""
    shown = []
    for row in rows:
        shown.append((row[0] if row[0] != last else "", *row[1:]))
        last = row[0]
    table = kit.table(
        "definitions",
        kit.say("table.definitions"),
        [kit.column(name, wide=name == "statement") for name in head],
        shown,
    )
    return [*kit.open("definisi"), *kit.shown(table)]


def _likert(kit: Kit) -> list[Block]:
    labels = kit.ctx.labels
    points = sorted(
        (float(key.split(":")[1]), word) for key, word in labels.items() if key.startswith("words:")
    )
    if not points:
        return []
    low, high = points[0], points[-1]
    said = kit.say(
        "likert",
        k=str(len(points)),
        low=low[1],
        low_score=f"{low[0]:g}",
        high=high[1],
        high_score=f"{high[0]:g}",
    )
    rows = [(word, f"{value:g}") for value, word in points]
    table = kit.table(
        "likert_scores", kit.say("table.likert"), [kit.column("answer", wide=True), kit.column("score")], rows
    )
    return [Paragraph(said), *kit.shown(table)]


def _techniques(kit: Kit) -> list[Block]:
    options = kit.ctx.results.meta["options"]
    steps = {
        "regression": ("validity", "reliability", "classical", "regression", "t", "f", "r2"),
        "mediation": (
            "validity",
            "reliability",
            "classical",
            "two_equations",
            "t",
            "f",
            "r2",
            "indirect",
            "sobel",
        ),
        "sem": ("loading", "cr", "fit", "structural", "indirect"),
    }[kit.route]
    blocks: list[Block] = [Paragraph(kit.say(f"technique.{step}")) for step in steps]
    values = {
        "version": __version__,
        "draws": kit.ctx.voice.count(int(options["draws"])),
        "seed": str(kit.ctx.results.meta["seed"]),
    }
    return [*blocks, Paragraph(kit.say("software", **values))]


def _rules(kit: Kit) -> list[Block]:
    values = {"alpha": kit.number(kit.cutoff, decimals=2)}
    names = {
        "regression": ("validity", "reliability", "normality", "vif", "glejser", "linearity", "t", "f"),
        "mediation": (
            "validity",
            "reliability",
            "normality",
            "vif",
            "glejser",
            "linearity",
            "t",
            "f",
            "indirect",
        ),
        "sem": ("loading", "cr", "ave", "fornell", "cfi", "rmsea", "srmr", "wald", "indirect"),
    }[kit.route]
    rows = [
        tuple(kit.say(f"rule.{name}.{part}", **values) for part in ("test", "measure", "rule", "source"))
        for name in names
    ]
    head = [kit.column("test"), kit.column("measure"), kit.column("rule", wide=True), kit.column("reference")]
    return kit.shown(kit.table("rules", kit.say("table.rules"), head, rows))
