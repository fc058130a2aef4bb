"""4.5 and 4.6 on scale means: equations, determination, F and t, and the indirect effect of a mediator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._sentences import indirect_sentences, path_sentences
from umkm_stats.report._spec import Block, Cell, Figure, Paragraph, Section
from umkm_stats.report.chapter._classical import _equals
from umkm_stats.report.chapter._equations import Equation
from umkm_stats.report.chapter._kit import ALPHA, Kit, heading, unbroken
from umkm_stats.report.chapter._through import indirect_blocks, sobel_blocks
from umkm_stats.report.tables._context import number, whole

OfModel = Callable[[str, str], list[Block]]


def sections(kit: Kit, equations: list[Equation], of_model: OfModel) -> list[Section]:
    """Analisis regresi and uji hipotesis up to the recapitulation."""
    if not equations:
        return _moderated(kit, of_model)
    analysis = [heading("analysis", kit.say(f"section.analysis.{kit.route}"), 2)]
    for equation in equations:
        title = kit.say("section.equation", equation=equation.name(kit))
        analysis.append(heading(f"equation_{equation.outcome}", title, 3, _equation(kit, equation)))
    if kit.route == "regression":
        analysis.append(
            heading("determination", kit.say("section.determination"), 3, _determination(kit, equations))
        )
    diagram = _diagram(kit)
    if diagram:
        analysis.append(heading("diagram", kit.say("section.diagram"), 3, diagram))
    tests = [heading("tests", kit.say("section.tests"), 2)]
    if kit.route == "regression":
        tests.append(heading("f_test", kit.say("section.f"), 3, f_blocks(kit, equations)))
    tests.append(heading("t_test", kit.say("section.t"), 3, _t(kit, equations)))
    part = kit.part(f"mediation_scores_{kit.key}")
    if kit.route == "mediation" and part is not None:
        tests.append(heading("indirect", kit.say("section.indirect"), 3, indirect_blocks(kit, part)))
        tests.append(heading("sobel", kit.say("section.sobel"), 3, sobel_blocks(kit, part)))
    return [*analysis, *tests]


def _moderated(kit: Kit, of_model: OfModel) -> list[Section]:
    """A model with a moderator: its coefficients and conditional effects as the mediation gives them."""
    name = f"mediation_scores_{kit.key}"
    if kit.part(name) is None:
        return []
    said = [Paragraph(" ".join(path_sentences(kit.ctx, name)))]
    effects = [Paragraph(" ".join(indirect_sentences(kit.ctx, name)))]
    pictured = [
        block
        for block in (pictures.conditional(kit.ctx, name), pictures.curve(kit.ctx, name))
        if block is not None
    ]
    return [
        heading("analysis", kit.say(f"section.analysis.{kit.route}"), 2),
        heading("estimates", kit.say("section.estimates"), 3, [*said, *of_model("paths", name)]),
        heading("tests", kit.say("section.tests"), 2),
        heading(
            "indirect", kit.say("section.indirect"), 3, [*effects, *of_model("indirect", name), *pictured]
        ),
    ]


def _equation(kit: Kit, equation: Equation) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    for entry in equation.coefficients.to_dict("records"):
        row = {str(key): value for key, value in entry.items()}
        constant = row["term"] == "(intercept)"
        rows.append(
            (
                kit.say("constant") if constant else kit.label(str(row["term"])),
                number(row["est"]),
                number(row["se"]),
                "" if constant else number(row["std_all"]),
                number(row["t"]),
                number(row["p"]),
            )
        )
    head = [
        kit.column("variable", wide=True),
        kit.column("b", "estimate"),
        kit.column("se", "estimate"),
        kit.column("beta", "index"),
        kit.column("t", "estimate"),
        kit.column("sig", "p"),
    ]
    notes = (kit.say("note.robust", errors=equation.errors),) if equation.errors != "classical" else ()
    if kit.route == "mediation":
        fit = equation.fit
        names = {"r": "r", "r2": "r2", "adjusted": "adjusted_r2", "see": "sigma"}
        notes = (kit.say("note.r2", **{k: kit.number(fit[name]) for k, name in names.items()}), *notes)
    title = kit.say("table.equation", y=kit.titled(equation.outcome))
    table = kit.table(f"coefficients_{equation.outcome}", title, head, rows, notes=notes)
    constant = equation.row("(intercept)")
    formula, where = _written(kit, equation)
    said = [kit.say("equation.where", where=where)]
    lowest = _lowest(kit)
    key = "constant.outside" if lowest is not None and lowest > 0 else "constant.plain"
    alone = len(equation.predictors) == 1
    zero = kit.inside(equation.predictors[0]) if alone else kit.say("constant.all")
    said.append(kit.say(key, a=kit.number(constant["est"]), y=kit.inside(equation.outcome), zero=zero))
    for term in equation.predictors:
        row = equation.row(term)
        b = float(row["est"])
        sentence = kit.say(
            "slope.up" if b >= 0 else "slope.down",
            x=kit.inside(term),
            b=kit.number(b),
            size=kit.number(abs(b)),
            y=kit.inside(equation.outcome),
            held="" if alone else kit.say("slope.held"),
        )
        limits = equation.limits(term)
        if (limits is None and float(row["p"]) > ALPHA) or (limits and limits[0] <= 0 <= limits[1]):
            sentence += kit.say("slope.unsure", p=_equals(kit, float(row["p"])))
        said.append(sentence[:1].upper() + sentence[1:] + ".")
    if kit.route == "mediation":
        said.append(_share(kit, equation))
    lead = Paragraph(kit.say("equation.text"))
    return [*kit.shown(table), lead, Paragraph(formula, "formula"), Paragraph(" ".join(said))]


def _blank(value: Any) -> Cell:
    """A number, or an empty cell where the table has none by its nature."""
    found = number(value)
    return "" if found is None else found


def _lowest(kit: Kit) -> float | None:
    points = [float(key.split(":")[1]) for key in kit.ctx.labels if key.startswith("words:")]
    return min(points) if points else None


_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def symbols(kit: Kit) -> dict[str, str]:
    """X₁, X₂, M, Y … for the variables of the model; a number only where there are several of a kind."""
    out: dict[str, str] = {}
    for letter, part in (("X", "x"), ("M", "m"), ("Y", "y")):
        names = list(kit.model[part])
        for place, name in enumerate(names, 1):
            out[name] = letter + (str(place).translate(_LOW) if len(names) > 1 else "")
    return out


def _written(kit: Kit, equation: Equation) -> tuple[str, str]:
    """(Ŷ = a + b₁X₁ − b₂X₂ with the signs of the estimates, what the letters stand for)."""
    known = symbols(kit)
    hat = known.get(equation.outcome, "Y")
    text = kit.number(equation.row("(intercept)")["est"])
    for term in equation.predictors:
        b = float(equation.row(term)["est"])
        text += f" {'+' if b >= 0 else '−'} {kit.number(abs(b))}{known.get(term, ' ' + kit.label(term))}"
    named = [name for name in (equation.outcome, *equation.predictors) if name in known]
    where = "; ".join(f"{known[name]} = {kit.inside(name)}" for name in named)
    return f"{hat[0]}\N{COMBINING CIRCUMFLEX ACCENT}{hat[1:]} = {text}", where


def _determination(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    for equation in equations:
        fit = equation.fit
        rows.append(
            (
                equation.name(kit),
                number(fit["r"]),
                number(fit["r2"]),
                number(fit["adjusted_r2"]),
                number(fit["sigma"]),
            )
        )
        said.append(_share(kit, equation))
    head = [
        kit.column("equation", wide=True),
        kit.column("r", "index", bounded=True),
        kit.column("r2", "index", bounded=True),
        kit.column("adjusted", "index", bounded=True),
        kit.column("see", "estimate"),
    ]
    return kit.shown(kit.table("determination", kit.say("table.determination"), head, rows), *said)


def _share(kit: Kit, equation: Equation) -> str:
    """What adjusted R² says of an equation."""
    adjusted = float(equation.fit["adjusted_r2"])
    y = kit.inside(equation.outcome)
    if adjusted <= 0:
        return kit.tell("determination.none", y=y)
    shares = {"p": kit.percent(100 * adjusted), "rest": kit.percent(100 * (1 - adjusted))}
    return kit.tell("determination", r=kit.number(adjusted), y=y, **shares)


def _diagram(kit: Kit) -> list[Block]:
    if kit.route != "mediation":
        return []
    drawn = pictures.path(kit.ctx, f"mediation_scores_{kit.key}")
    if not isinstance(drawn, Figure):
        return []
    drawn = replace(drawn, title=kit.say("figure.path"))
    return [Paragraph(kit.say("figure.pointer", figure="{{" + drawn.key + "}}")), drawn]


def f_blocks(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    said = []
    for equation in equations:
        groups.append((len(rows), equation.name(kit)))
        for row in equation.anova.to_dict("records"):
            rows.append(
                (
                    kit.say(f"anova.{row['source']}"),
                    number(row["ss"]),
                    whole(row["df"]),
                    _blank(row["ms"]),
                    _blank(row["f"]),
                    _blank(row["p"]),
                )
            )
        fit = equation.fit
        f, p = float(fit["f"]), float(fit["p"])
        limit = _limit(kit, "f", equation, float(fit["f_table"]))
        said.append(
            kit.say(
                "f.good" if p <= ALPHA else "f.bad",
                f=kit.number(f),
                sign=">" if f > limit else "≤",
                limit=kit.number(limit),
                df1=str(int(fit["df1"])),
                df2=str(int(fit["df2"])),
                p=_equals(kit, p),
                y=kit.inside(equation.outcome),
            )
        )
    head = [
        kit.column("source_of", wide=True),
        kit.column("ss", "estimate"),
        kit.column("df", "integer"),
        kit.column("ms", "estimate"),
        kit.column("f", "estimate"),
        kit.column("sig", "p"),
    ]
    table = kit.table(
        "anova", kit.say("table.anova"), head, rows, groups=tuple(groups) if len(groups) > 1 else ()
    )
    return kit.shown(table, *said)


def _t(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    drawn = any(equation.limits(term) for equation in equations for term in equation.predictors)
    for equation in equations:
        limit = t_limit(kit, equation)
        for term in equation.predictors:
            row = equation.row(term)
            stated = kit.stated(f"{term} -> {equation.outcome}", ("scores",))
            p = kit.side(float(row["p"]), float(row["est"]), stated)
            limits = equation.limits(term)
            yes = _shown(kit, p, limits, stated)
            name = kit.say("pair", x=kit.label(term), y=kit.label(equation.outcome))
            between: list[Cell] = [unbroken(kit, *limits) if limits else "–"] if drawn else []
            verdict = kit.say("significant" if yes else "insignificant")
            rows.append((name, float(row["t"]), limit, p, *between, verdict))
            said.append(_t_sentence(kit, equation, term, row, limit))
    head = [
        kit.column("path", wide=True),
        kit.column("t_count", "estimate"),
        kit.column("t_table", "estimate"),
        kit.column("sig", "p"),
        *([kit.column("boot_interval")] if drawn else []),
        kit.column("verdict"),
    ]
    notes = (kit.say("note.t_drawn"),) if drawn else ()
    shown = kit.shown(kit.table("t_test", kit.say("table.t"), head, rows, notes=notes))
    return [*shown, *(Paragraph(sentence) for sentence in said)]


def t_limit(kit: Kit, equation: Equation) -> float:
    """t-tabel of an equation: of α and the tails of the study."""
    return _limit(kit, "t", equation, float(equation.fit["t_table"]))


def _limit(kit: Kit, kind: str, equation: Equation, otherwise: float) -> float:
    part = kit.part("limit_tables")
    if part is None:
        return otherwise
    own = part.table[(part.table["kind"] == kind) & (part.table["outcome"] == equation.outcome)]
    return float(own["limit"].iloc[0]) if len(own) else otherwise


def _shown(kit: Kit, p: float, limits: tuple[float, float] | None, stated: tuple[str, str] | None) -> bool:
    """Whether the slope differs from zero by what decides on it: the bootstrap limits, else p."""
    return p <= kit.alpha if limits is None else kit.sure(*limits, stated)


def _t_sentence(kit: Kit, equation: Equation, term: str, row: dict[str, Any], limit: float) -> str:
    t, est = float(row["t"]), float(row["est"])
    stated = kit.stated(f"{term} -> {equation.outcome}", ("scores",))
    p = kit.side(float(row["p"]), est, stated)
    limits = equation.limits(term)
    values = {
        "x": kit.inside(term),
        "y": kit.inside(equation.outcome),
        "t": kit.number(t),
        "limit": kit.number(limit),
        "sign": ">" if abs(t) > limit else "≤",
        "df": kit.ctx.voice.plain(float(row["df"])),
        "p": _equals(kit, p),
        **kit.level_words,
    }
    said = [kit.tell("t.text", **values)]
    yes = _shown(kit, p, limits, stated)
    if limits is not None:
        inside = kit.say("holds" if limits[0] <= 0 <= limits[1] else "holds_not")
        said.append(
            kit.say("t.drawn", level=kit.level, interval=kit.ctx.voice.interval(*limits), holds=inside)
        )
    if not yes:
        tail = kit.tell("t.none", **values)
        return " ".join([*said, tail, *([kit.say("t.unsupported", h=stated[0])] if stated else [])])
    direction = kit.say("positive" if est > 0 else "negative")
    opposite = stated is not None and stated[1] in "+-" and (est > 0) != (stated[1] == "+")
    if opposite and stated is not None:
        return " ".join([*said, kit.tell("t.opposite", direction=direction, h=stated[0], **values)])
    return " ".join([*said, kit.tell("t.yes", direction=direction, **values)])
