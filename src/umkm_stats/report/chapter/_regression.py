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
from umkm_stats.report.chapter._kit import ALPHA, Kit, heading
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
    analysis.append(
        heading("determination", kit.say("section.determination"), 3, _determination(kit, equations))
    )
    diagram = _diagram(kit)
    if diagram:
        analysis.append(heading("diagram", kit.say("section.diagram"), 3, diagram))
    tests = [heading("tests", kit.say("section.tests"), 2)]
    tests.append(heading("f_test", kit.say("section.f"), 3, _f(kit, equations)))
    tests.append(heading("t_test", kit.say("section.t"), 3, _t(kit, equations)))
    part = kit.part(f"mediation_scores_{kit.key}")
    if kit.route == "mediation" and part is not None:
        tests.append(heading("indirect", kit.say("section.indirect"), 3, _indirect(kit, part)))
        tests.append(heading("sobel", kit.say("section.sobel"), 3, _sobel(kit, part)))
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
    title = kit.say("table.equation", y=kit.titled(equation.outcome))
    table = kit.table(f"coefficients_{equation.outcome}", title, head, rows, notes=notes)
    constant = equation.row("(intercept)")
    said = [kit.say("equation.text", text=_written(kit, equation))]
    lowest = _lowest(kit)
    key = "constant.outside" if lowest is not None and lowest > 0 else "constant.plain"
    said.append(kit.say(key, a=kit.number(constant["est"]), y=kit.inside(equation.outcome)))
    for term in equation.predictors:
        row = equation.row(term)
        b = float(row["est"])
        sentence = kit.say(
            "slope.up" if b >= 0 else "slope.down",
            x=kit.inside(term),
            b=kit.number(b),
            size=kit.number(abs(b)),
            y=kit.inside(equation.outcome),
        )
        if float(row["p"]) > ALPHA:
            sentence += kit.say("slope.unsure", p=_equals(kit, float(row["p"])))
        said.append(sentence + ".")
    return kit.shown(table, *said)


def _lowest(kit: Kit) -> float | None:
    points = [float(key.split(":")[1]) for key in kit.ctx.labels if key.startswith("words:")]
    return min(points) if points else None


def _written(kit: Kit, equation: Equation) -> str:
    """Ŷ = a + b₁X₁ − b₂X₂ with the signs of the estimates."""
    text = kit.number(equation.row("(intercept)")["est"])
    for term in equation.predictors:
        b = float(equation.row(term)["est"])
        sign = "+" if b >= 0 else "−"
        text += f" {sign} {kit.number(abs(b))} {kit.label(term)}"
    return f"{kit.label(equation.outcome)} = {text}"


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
        adjusted = float(fit["adjusted_r2"])
        if adjusted <= 0:
            said.append(kit.tell("determination.none", y=kit.inside(equation.outcome)))
        else:
            said.append(
                kit.tell(
                    "determination",
                    r=kit.number(adjusted),
                    p=kit.percent(100 * adjusted),
                    y=kit.inside(equation.outcome),
                    rest=kit.percent(100 * (1 - adjusted)),
                )
            )
    head = [
        kit.column("equation", wide=True),
        kit.column("r", "index", bounded=True),
        kit.column("r2", "index", bounded=True),
        kit.column("adjusted", "index", bounded=True),
        kit.column("see", "estimate"),
    ]
    return kit.shown(kit.table("determination", kit.say("table.determination"), head, rows), *said)


def _diagram(kit: Kit) -> list[Block]:
    if kit.route != "mediation":
        return []
    drawn = pictures.path(kit.ctx, f"mediation_scores_{kit.key}")
    if not isinstance(drawn, Figure):
        return []
    drawn = replace(drawn, title=kit.say("figure.path"))
    return [Paragraph(kit.say("figure.pointer", figure="{{" + drawn.key + "}}")), drawn]


def _f(kit: Kit, equations: list[Equation]) -> list[Block]:
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
                    number(row["ms"]),
                    number(row["f"]),
                    number(row["p"]),
                )
            )
        fit = equation.fit
        f, limit, p = float(fit["f"]), float(fit["f_table"]), float(fit["p"])
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


def expected_sign(kit: Kit, x: str, y: str) -> tuple[str, str] | None:
    """(hypothesis, expected sign) of the path x → y, when the study states one."""
    part = kit.part("hypotheses")
    if part is None:
        return None
    own = part.table[(part.table["path"] == f"{x} -> {y}") & (part.table["basis"] == "scores")]
    for row in own.to_dict("records"):
        for stated in kit.ctx.results.meta["hypotheses"]:
            if stated["code"] == row["code"]:
                return str(row["code"]), str(stated["sign"])
    return None


def _t(kit: Kit, equations: list[Equation]) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    blocks: list[Block] = []
    for equation in equations:
        limit = float(equation.fit["t_table"])
        for term in equation.predictors:
            row = equation.row(term)
            t, p = float(row["t"]), float(row["p"])
            name = kit.say("pair", x=kit.label(term), y=kit.label(equation.outcome))
            verdict = kit.say("significant" if p <= ALPHA else "insignificant")
            rows.append((name, number(row["est"]), t, limit, p, verdict))
            blocks.append(Paragraph(_t_sentence(kit, equation, term, row, limit)))
    head = [
        kit.column("path", wide=True),
        kit.column("b", "estimate"),
        kit.column("t_count", "estimate"),
        kit.column("t_table", "estimate"),
        kit.column("sig", "p"),
        kit.column("verdict"),
    ]
    return [*kit.shown(kit.table("t_test", kit.say("table.t"), head, rows)), *blocks]


def _t_sentence(kit: Kit, equation: Equation, term: str, row: dict[str, Any], limit: float) -> str:
    t, p = float(row["t"]), float(row["p"])
    x, y = kit.inside(term), kit.inside(equation.outcome)
    values = {
        "x": x,
        "y": y,
        "t": kit.number(abs(t)),
        "limit": kit.number(limit),
        "sign": ">" if abs(t) > limit else "≤",
        "df": f"{float(row['df']):g}",
        "p": _equals(kit, p),
    }
    first = kit.tell("t.text", **values)
    stated = expected_sign(kit, term, equation.outcome)
    if p > ALPHA:
        tail = kit.tell("t.none", **values)
        return f"{first} {tail}" + (f" {kit.say('t.unsupported', h=stated[0])}" if stated else "")
    direction = kit.say("positive" if t > 0 else "negative")
    opposite = stated is not None and stated[1] in "+-" and (t > 0) != (stated[1] == "+")
    if opposite and stated is not None:
        return f"{first} {kit.tell('t.opposite', direction=direction, h=stated[0], **values)}"
    return f"{first} {kit.tell('t.yes', direction=direction, **values)}"


def _indirect_rows(kit: Kit, part: Any) -> list[dict[str, Any]]:
    frame = part.effects
    own = frame[(frame["effect"] == "indirect") & (frame["method"] == kit.ctx.primary)]
    return list(own.to_dict("records"))


def _indirect(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    said = []
    for row in _indirect_rows(kit, part):
        low, high = number(row["ci_low"]), number(row["ci_high"])
        path = kit.ctx.path(str(row["path"]))
        if low is None or high is None:
            rows.append((path, number(row["est"]), number(row["se"]), None, None, kit.say("untested")))
            said.append(kit.say("indirect.none_given", path=path))
            continue
        yes = low > 0 or high < 0
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
                level=kit.number(100 * float(kit.ctx.results.meta["options"]["level"]), decimals=0),
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
    options = kit.ctx.results.meta["options"]
    notes = (
        kit.say(
            "note.bootstrap",
            draws=kit.ctx.voice.count(int(options["draws"])),
            level=kit.number(100 * float(options["level"]), decimals=0),
        ),
    )
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


def _sobel(kit: Kit, part: Any) -> list[Block]:
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
            yes = float(own["ci_low"]) > 0 or float(own["ci_high"]) < 0
            key = "sobel.same" if yes == (p <= ALPHA) else "sobel.other"
            said.append(kit.say(key, z=kit.number(z), p=_equals(kit, p)))
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
