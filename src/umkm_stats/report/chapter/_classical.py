"""4.4: the classical assumptions of every equation, each with its consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umkm_stats.report._regression_pictures import picture_of
from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section
from umkm_stats.report.chapter._equations import Equation
from umkm_stats.report.chapter._kit import ALPHA, Kit, heading
from umkm_stats.report.tables._context import number, whole

SPSS_BOUND = 0.2


def sections(kit: Kit, equations: list[Equation]) -> list[Section]:
    """Normality, multicollinearity, heteroscedasticity and linearity of all equations."""
    if not equations:
        return []
    return [
        heading("classical", kit.say("section.classical"), 2),
        heading("normality", kit.say("section.normality"), 3, _normality(kit, equations)),
        heading("collinearity", kit.say("section.collinearity"), 3, _collinearity(kit, equations)),
        heading("variance", kit.say("section.variance"), 3, _variance(kit, equations)),
        heading("linearity", kit.say("section.linearity"), 3, _linearity(kit, equations)),
    ]


def _rows(equation: Equation, check: str) -> list[dict[str, Any]]:
    frame = equation.checks
    own = frame[(frame["check"] == check) & (frame["outcome"] == equation.outcome)]
    return [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]


def shown_p(kit: Kit, p: float) -> str:
    """Lilliefors' p as SPSS prints it: never above the bound of its table."""
    return f"≥ {kit.number(SPSS_BOUND)}" if p >= SPSS_BOUND else kit.p(p)


def _normality(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    for equation in equations:
        for row in _rows(equation, "lilliefors"):
            p = float(row["p"])
            rows.append(
                (
                    equation.name(kit),
                    whole(equation.fit["n"]),
                    0.0,
                    equation.residual_sd,
                    number(row["statistic"]),
                    shown_p(kit, p),
                )
            )
            sign = "≥" if p >= SPSS_BOUND else "="
            shown = kit.number(SPSS_BOUND) if p >= SPSS_BOUND else kit.p(p)
            key = "normality.good" if p > ALPHA else "normality.bad"
            said.append(
                kit.say(
                    key,
                    equation=equation.name(kit),
                    p=f"{sign} {shown}" if not shown.startswith("<") else shown,
                    draws=kit.ctx.voice.count(int(kit.ctx.results.meta["options"]["draws"])),
                )
            )
    if not rows:
        return []
    head = [
        kit.column("equation", wide=True),
        kit.column("n", "integer"),
        kit.column("mean", "estimate"),
        kit.column("sd", "estimate"),
        kit.column("lilliefors", "index", bounded=True),
        kit.column("sig"),
    ]
    table = kit.table("normality", kit.say("table.normality"), head, rows)
    return [*kit.shown(table, *said), *_pictures(kit, equations, "pp")]


def _pictures(kit: Kit, equations: list[Equation], kind: str) -> list[Block]:
    """A picture an equation, each pointed to; what it looks like is left to the reader."""
    out: list[Block] = []
    for equation in equations:
        drawn = picture_of(kit.ctx, kit.key, equation.part, kind, equation.outcome)
        if isinstance(drawn, Figure):
            title = kit.say(f"figure.{kind}", y=kit.titled(equation.outcome))
            drawn = replace(drawn, title=title, width_cm=9.0)
            pointer = kit.say("pointer", title=title, table="{{" + drawn.key + "}}")
            out += [Paragraph(pointer), drawn]
    return out


def _collinearity(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    high = []
    single = True
    for equation in equations:
        vif = {row["term"]: row["statistic"] for row in _rows(equation, "vif")}
        tolerance = {row["term"]: row["statistic"] for row in _rows(equation, "tolerance")}
        if len(vif) < 2:
            continue
        single = False
        groups.append((len(rows), equation.name(kit)))
        for term, value in vif.items():
            bad = float(value) >= 10
            if bad:
                high.append((str(term), float(value)))
            rows.append(
                (
                    kit.label(str(term)),
                    number(tolerance.get(term)),
                    number(value),
                    kit.say("vif.no" if not bad else "vif.yes"),
                )
            )
    if single:
        return [Paragraph(kit.say("vif.single"))]
    head = [
        kit.column("variable", wide=True),
        kit.column("tolerance", "index", bounded=True),
        kit.column("vif", "estimate"),
        kit.column("verdict"),
    ]
    table = kit.table(
        "collinearity",
        kit.say("table.collinearity"),
        head,
        rows,
        groups=tuple(groups) if len(equations) > 1 else (),
    )
    said = [kit.say("vif.good")] if not high else []
    said += [kit.tell("vif.high", x=kit.inside(x), v=kit.number(v)) for x, v in high]
    return kit.shown(table, *said)


def _variance(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    bad = []
    for equation in equations:
        found = _rows(equation, "glejser")
        if not found:
            continue
        groups.append((len(rows), equation.name(kit)))
        for row in found:
            p = float(row["p"])
            if p <= ALPHA:
                bad.append((str(row["term"]), p))
            rows.append(
                (
                    kit.label(str(row["term"])),
                    number(row["statistic"]),
                    p,
                    kit.say("glejser.ok" if p > ALPHA else "glejser.not"),
                )
            )
    if not rows:
        return []
    head = [
        kit.column("variable", wide=True),
        kit.column("t", "estimate"),
        kit.column("sig", "p"),
        kit.column("verdict"),
    ]
    table = kit.table(
        "glejser", kit.say("table.glejser"), head, rows, groups=tuple(groups) if len(equations) > 1 else ()
    )
    said = [kit.say("glejser.good")] if not bad else []
    said += [kit.tell("glejser.bad", x=kit.inside(x), p=_equals(kit, p)) for x, p in bad]
    return [*kit.shown(table, *said), *_pictures(kit, equations, "residuals")]


def _equals(kit: Kit, p: float) -> str:
    shown = kit.p(p)
    return shown if shown.startswith("<") else f"= {shown}"


def _linearity(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    for equation in equations:
        for row in _rows(equation, "linearity"):
            if row["statistic"] is None or row["statistic"] != row["statistic"]:
                continue
            p = float(row["p_holm"] if row["p_holm"] == row["p_holm"] else row["p"])
            pair = kit.say("pair", x=kit.label(str(row["term"])), y=kit.label(equation.outcome))
            good = p > ALPHA
            rows.append(
                (pair, number(row["statistic"]), whole(row["df1"]), p, kit.say("linear" if good else "bent"))
            )
            if not good:
                change = kit.say("linearity.change" if row["with_square"] == "change" else "linearity.stay")
                said.append(kit.say("linearity.bad", pair=pair, p=_equals(kit, p), change=change))
    if not rows:
        return []
    head = [
        kit.column("relation", wide=True),
        kit.column("f_deviation", "estimate"),
        kit.column("df", "integer"),
        kit.column("sig_holm", "p"),
        kit.column("verdict"),
    ]
    table = kit.table("linearity", kit.say("table.linearity"), head, rows)
    if not said:
        said = [kit.say("linearity.good")]
    return [*kit.shown(table, *said), Paragraph(kit.say("autocorrelation"))]
