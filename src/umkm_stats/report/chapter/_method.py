"""Parts of Bab III that follow from the instrument and the plan: sample, definitions, scale, techniques."""

from __future__ import annotations

import math
from typing import Any

from umkm_stats._version import __version__
from umkm_stats.report._spec import Block, Paragraph, Section
from umkm_stats.report.chapter import _pilot
from umkm_stats.report.chapter._kit import Kit, heading
from umkm_stats.report.chapter._respondents import criteria

KREJCIE = (3.841, 0.5, 0.05)


def sections(kit: Kit) -> list[Section]:
    """3.3 to 3.6 with the decision rules fixed before the results."""
    chapter = "3"
    return [
        heading("bab3", kit.say("title.three"), 1, chapter=chapter),
        heading("population", kit.say("section.population"), 2, _population(kit), chapter),
        heading("definitions", kit.say("section.definitions"), 2, _definitions(kit), chapter),
        heading("likert", kit.say("section.likert"), 2, _likert(kit), chapter),
        heading("pilot", kit.say("section.pilot"), 2, _pilot.blocks(kit), chapter),
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
    """Variabel, dimensi, pernyataan, item, skala; the definitions themselves are the author's."""
    entries = [
        entry
        for entry in kit.ctx.results.meta["items"]
        if entry["construct"] in kit.variables or entry.get("dimension") in kit.variables
    ]
    if not entries:
        return []
    several = any(entry["dimension"] for entry in entries)
    rows: list[tuple[str, ...]] = []
    before = ("", "")
    for entry in entries:
        dimension = kit.label(entry["dimension"]) if entry["dimension"] else ""
        now = (kit.label(entry["construct"]), dimension)
        shown = (now[0] if now[0] != before[0] else "", now[1] if now != before else "")
        rows.append((*(shown if several else shown[:1]), entry["text"]["id"] or entry["code"], entry["code"]))
        before = now
    head = ["variable", *(["dimension"] if several else []), "statement", "item"]
    columns = [kit.column(name, wide=name == "statement") for name in head]
    table = kit.table(
        "definitions", kit.say("table.definitions"), columns, rows, source=kit.say("source.questionnaire")
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
        low_score=kit.ctx.voice.plain(low[0]),
        high=high[1],
        high_score=kit.ctx.voice.plain(high[0]),
    )
    rows = [(_with_short(kit, value, word), kit.ctx.voice.plain(value)) for value, word in points]
    table = kit.table(
        "likert_scores",
        kit.say("table.likert"),
        [kit.column("answer", wide=True), kit.column("score")],
        rows,
        source=kit.say("source.questionnaire"),
    )
    return [Paragraph(said), *kit.shown(table), *criteria(kit)]


def _with_short(kit: Kit, value: float, word: str) -> str:
    """An answer with what heads its column in the tables of answers, where that is shorter."""
    short = kit.ctx.labels.get(f"answer:{value:g}", word)
    return word if short in (word, kit.ctx.voice.plain(value)) else f"{word} ({short})"


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
        "sem": ("loading", "cr", "assumed", "fit", "structural", "indirect"),
        "pls": ("pls", "outer", "pls_reliability", "inner", "pls_boot"),
    }[kit.route]
    blocks: list[Block] = []
    for step in steps:
        blocks.append(Paragraph(kit.say(f"technique.{step}")))
        formula = kit.say(f"formula.{step}")
        if formula:
            blocks += [Paragraph(line, "formula") for line in formula.split("\n")]
    values = {
        "version": __version__,
        "draws": kit.ctx.voice.count(int(options["draws"])),
        "seed": str(kit.ctx.results.meta["seed"]),
    }
    blocks.append(Paragraph(kit.say("software", **values)))
    few = kit.few("few")
    return [*blocks, Paragraph(few)] if few else blocks


def _rules(kit: Kit) -> list[Block]:
    words = kit.level_words
    values = {
        "limit": kit.number(kit.cutoff, decimals=2),
        "p": kit.number(kit.alpha, decimals=2 if round(kit.alpha, 2) == kit.alpha else 3),
        "tails": words["tails"],
        "z": kit.number(float(kit.given.get("z") or 1.96), decimals=2),
    }
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
        "sem": (
            "loading",
            "cr",
            "ave",
            "fornell",
            "mardia",
            "mahalanobis",
            "cmin",
            "gfi",
            "cfi",
            "rmsea",
            "srmr",
            "wald",
            "indirect",
        ),
        "pls": (
            "outer",
            "ave",
            "pls_discriminant",
            "pls_reliability",
            "inner_vif",
            "r2",
            "f2",
            "pls_srmr",
            "pls_path",
            "indirect",
        ),
    }[kit.route]
    rows = [
        tuple(kit.say(f"rule.{name}.{part}", **values) for part in ("test", "measure", "rule", "source"))
        for name in names
    ]
    head = [kit.column("test"), kit.column("measure"), kit.column("rule", wide=True), kit.column("reference")]
    rows.append(
        tuple(kit.say(f"rule.withheld.{part}", **values) for part in ("test", "measure", "rule", "source"))
    )
    made = kit.table("rules", kit.say("table.rules"), head, rows, source=kit.say("source.rules"))
    direction = kit.say("directed" if kit.one_tailed else "undirected", **values)
    return kit.shown(made, direction)
