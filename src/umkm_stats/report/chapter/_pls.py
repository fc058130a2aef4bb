"""4.3 to 4.6 of the PLS route, in SmartPLS' order and with its names: outer model, inner model, effects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umkm_stats.report import _pictures as pictures
from umkm_stats.report._pls_part import AVE, HTMT, LOADING, RELIABLE, SRMR, VIF
from umkm_stats.report._spec import Block, Cell, Column, Figure, Paragraph, Section
from umkm_stats.report.chapter._kit import Kit, heading, joined
from umkm_stats.report.tables._context import number
from umkm_stats.report.tables._pls import fit_table, mediation_table, r2_table, route, slopes_table, words
from umkm_stats.results import Unavailable

LOWEST = 0.40
SIZES = ((0.35, "large"), (0.15, "medium"), (0.02, "small"))


def sections(kit: Kit) -> list[Section]:
    """Outer model, inner model, pengaruh langsung dan tidak langsung, uji hipotesis."""
    name = f"mediation_pls_{kit.key}"
    part = kit.part(name)
    if part is None:
        reason = kit.ctx.get(name)
        said = reason.message(kit.ctx.voice.lang) if reason is not None else ""
        return [heading("pls", kit.say("section.outer"), 2, [Paragraph(kit.say("sem.none", reason=said))])]
    out = [
        heading("pls", kit.say("section.outer"), 2),
        heading("pls_convergent", kit.say("section.pls_convergent"), 3, _convergent(kit, part)),
        heading("pls_discriminant", kit.say("section.discriminant"), 3, _discriminant(kit, part)),
        heading("pls_reliability", kit.say("section.construct"), 3, _reliability(kit, part)),
        heading("pls_inner", kit.say("section.inner"), 2),
        heading("pls_vif", kit.say("section.collinearity"), 3, _vif(kit, part)),
        heading("pls_r2", kit.say("section.r2"), 3, _r2(kit)),
        heading("pls_f2", kit.say("section.f2"), 3, _f2(kit, part)),
        heading("pls_fit", kit.say("section.goodness"), 3, _fit(kit, part)),
        heading("pls_effects", kit.say("section.boot"), 2),
    ]
    drawn = pictures.path(kit.ctx, name)
    shown: list[Block] = []
    if isinstance(drawn, Figure):
        drawn = replace(drawn, title=kit.say("figure.path"))
        shown = [Paragraph(kit.say("figure.pointer", figure="{{" + drawn.key + "}}")), drawn]
    out.append(heading("pls_direct", kit.say("section.direct"), 3, [*_direct(kit, part), *shown]))
    through = _indirect(kit, part)
    if through:
        out.append(heading("pls_indirect", kit.say("section.indirect"), 3, through))
    slopes: Any = slopes_table(kit.ctx, kit.key)
    if slopes is not None:
        slopes = replace(slopes, title=kit.say("table.slopes"), notes=())
        out.append(heading("pls_slopes", kit.say("section.moderation"), 3, kit.shown(slopes)))
    return [*out, heading("tests", kit.say("section.tests"), 2)]


def _convergent(kit: Kit, part: Any) -> list[Block]:
    drawn = part.drawn.intervals(("percentile",)).set_index("name")
    ave = dict(zip(part.model.quality["construct"], part.model.quality["ave"], strict=True))
    rows: list[tuple[Cell, ...]] = []
    last = ""
    low, weak = [], []
    for row in part.model.loadings.to_dict("records"):
        name = str(row["construct"])
        own = drawn.loc[f"{name}=~{row['item']}"]
        first = name != last
        last = name
        est = float(row["est"])
        if row["mode"] == "A" and est < LOADING:
            low.append(str(row["item"]))
        if row["mode"] == "A" and est < LOWEST:
            weak.append(str(row["item"]))
        cells = (est, number(own["t"]), number(own["p"]), number(ave.get(name)) if first else "")
        rows.append((words(kit.ctx, name) if first else "", str(row["item"]), *cells))
    head = [
        kit.column("variable", wide=True),
        kit.column("item"),
        kit.column("outer", "index", bounded=True),
        kit.column("t_stat", "estimate"),
        kit.column("p", "p"),
        kit.column("ave", "index", bounded=True),
    ]
    border = kit.number(LOADING)
    said = [kit.say("outer.all", border=border)] if not low else []
    if low:
        key = "outer.kept" if not weak else "outer.weak"
        said.append(kit.say(key, items=joined(kit, low), border=border, weak=joined(kit, weak)))
    poor = [kit.inside(str(name)) for name, value in ave.items() if value == value and value < AVE]
    said.append(kit.say("ave.all") if not poor else kit.say("ave.poor", names=joined(kit, poor)))
    if (part.model.loadings["mode"] != "A").any():
        said.append(kit.say("outer.formative"))
    return kit.shown(kit.table("outer", kit.say("table.outer"), head, rows), *said)


def _discriminant(kit: Kit, part: Any) -> list[Block]:
    model = part.model
    cross = model.cross_loadings
    names = [str(name) for name in cross.columns]
    rows: list[tuple[Cell, ...]] = [
        (str(index), *(number(value) for value in values))
        for index, values in zip(cross.index, cross.to_numpy().tolist(), strict=True)
    ]
    own = dict(zip(model.loadings["item"], model.loadings["construct"], strict=True))
    astray = [
        str(item) for item in cross.index if str(cross.loc[item].astype(float).idxmax()) != own.get(item)
    ]
    head = [kit.column("item"), *(Column(n, words(kit.ctx, n), "index", True) for n in names)]
    said = kit.say("cross.all") if not astray else kit.say("cross.astray", items=joined(kit, astray))
    out = kit.shown(kit.table("cross", kit.say("table.cross"), head, rows), said)
    if len(names) < 2:
        return [Paragraph(kit.say("discriminant.one"))]
    frame = model.fornell_larcker
    fails, cells = [], []
    for i, a in enumerate(names):
        line: list[Cell] = [float(frame.iloc[i, j]) if j <= i else "" for j in range(len(names))]
        cells.append((words(kit.ctx, a), *line))
        for j in range(i):
            if abs(float(frame.iloc[i, j])) >= min(float(frame.iloc[i, i]), float(frame.iloc[j, j])):
                fails.append((a, names[j]))
    head = [kit.column("variable", wide=True), *(Column(n, words(kit.ctx, n), "index", True) for n in names)]
    said_f = [kit.say("fornell.all")] if not fails else []
    said_f += [kit.tell("fornell.fails", a=kit.inside(a), b=kit.inside(b)) for a, b in fails]
    out += kit.shown(kit.table("fornell", kit.say("table.fornell"), head, cells), *said_f)
    return [*out, *_htmt(kit, part)]


def _htmt(kit: Kit, part: Any) -> list[Block]:
    frame = part.model.htmt
    if not len(frame):
        return []
    limits = part.drawn.intervals(("percentile",), level=0.9).set_index("name")
    rows: list[tuple[Cell, ...]] = []
    high = []
    for row in frame.to_dict("records"):
        a, b = str(row["construct"]), str(row["other"])
        upper = number(limits.loc[f"htmt:{a}:{b}"]["ci_high"])
        value = float(row["htmt_plus"])
        if value >= HTMT:
            high.append((a, b, value))
        rows.append((kit.say("dash", a=words(kit.ctx, a), b=words(kit.ctx, b)), value, upper))
    head = [kit.column("pair_of", wide=True)]
    head += [kit.column("htmt", "index", bounded=True), kit.column("htmt_high", "index", bounded=True)]
    said = [kit.tell("htmt.high", a=kit.inside(a), b=kit.inside(b), h=kit.number(h)) for a, b, h in high]
    if not high:
        limit = kit.number(HTMT, decimals=2)
        said = [kit.say("htmt.good", h=kit.number(float(frame["htmt_plus"].max())), limit=limit)]
    return kit.shown(kit.table("htmt", kit.say("table.htmt"), head, rows), *said)


def _reliability(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    low, blank = [], False
    for row in part.model.quality.to_dict("records"):
        values = [number(row[name]) for name in ("alpha", "rho_a", "rho_c")]
        blank = blank or values[0] is None
        if any(value is not None and value < RELIABLE for value in (values[0], values[2])):
            low.append(kit.inside(str(row["construct"])))
        rows.append((words(kit.ctx, str(row["construct"])), *values))
    head = [kit.column("variable", wide=True)]
    head += [kit.column(name, "index", bounded=True) for name in ("cronbach", "rho_a", "rho_c")]
    notes = (kit.say("note.blank"),) if blank else ()
    table = kit.table("pls_quality", kit.say("table.quality"), head, rows, notes=notes)
    said = kit.say("quality.all") if not low else kit.say("quality.low", names=joined(kit, low))
    return kit.shown(table, said)


def _vif(kit: Kit, part: Any) -> list[Block]:
    frame = part.model.vif
    own = frame[frame["kind"] == "inner"]
    rows: list[tuple[Cell, ...]] = [
        (route(kit.ctx, f"{row['name']} -> {row['construct']}"), number(row["vif"]))
        for row in own.to_dict("records")
    ]
    high = float(own["vif"].max())
    key = "inner_vif.good" if high < VIF else "inner_vif.high"
    head = [kit.column("path", wide=True), kit.column("vif", "estimate")]
    table = kit.table("inner_vif", kit.say("table.inner_vif"), head, rows)
    return kit.shown(table, kit.say(key, v=kit.number(high), limit=kit.number(VIF, decimals=0)))


def _r2(kit: Kit) -> list[Block]:
    made: Any = r2_table(kit.ctx, kit.key)
    if made is None:
        return []
    made = replace(made, title=kit.say("table.r2"), notes=(kit.say("note.q2"),))
    part = kit.part(f"mediation_pls_{kit.key}")
    said = [
        kit.tell("explained", y=kit.inside(str(row["construct"])), p=kit.percent(100 * float(row["r2"])))
        for row in part.model.r2.to_dict("records")
    ]
    ahead = [value for value in (row[4] for row in made.rows) if isinstance(value, float)]
    if ahead:
        said.append(kit.say("predicts" if min(ahead) > 0 else "predicts.not"))
    return kit.shown(made, *said)


def _f2(kit: Kit, part: Any) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    by_size: dict[str, list[str]] = {}
    for row in part.model.f2.to_dict("records"):
        value = float(row["f2"])
        path = route(kit.ctx, f"{row['rhs']} -> {row['lhs']}")
        size = next((name for limit, name in SIZES if value >= limit), "none")
        by_size.setdefault(size, []).append(path)
        rows.append((path, value, kit.say(f"effect_size.{size}")))
    said = [
        kit.say("f2", paths=joined(kit, paths), size=kit.say(f"effect_size.{size}").lower())
        for size, paths in by_size.items()
    ]
    head = [kit.column("path", wide=True), kit.column("f2", "estimate"), kit.column("verdict")]
    return kit.shown(kit.table("f2", kit.say("table.f2"), head, rows), *said)


def _fit(kit: Kit, part: Any) -> list[Block]:
    made: Any = fit_table(kit.ctx, kit.key)
    if made is None:
        return []
    made = replace(made, title=kit.say("table.pls_fit"), notes=(kit.say("note.pls_fit"),))
    value = number(part.model.fit["srmr"].iloc[1])
    said = ""
    if value is not None:
        said = kit.say("srmr.good" if value < SRMR else "srmr.poor", v=kit.number(value))
    return kit.shown(made, said)


def _rows(kit: Kit, part: Any, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    frame = part.effects
    method = kit.ctx.primary if kit.ctx.primary in set(frame["method"]) else str(frame["method"].iloc[0])
    own = frame[frame["effect"].isin(kinds) & (frame["method"] == method)]
    return [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]


def _effect_rows(kit: Kit, rows: list[dict[str, Any]]) -> list[tuple[Cell, ...]]:
    out: list[tuple[Cell, ...]] = []
    for row in rows:
        p = kit.side(float(row["p"]), float(row["est"]), kit.stated(str(row["path"]), ("pls",)))
        out.append(
            (route(kit.ctx, str(row["path"])), *(number(row[c]) for c in ("est", "mean", "se", "t")), p)
        )
    return out


def _head(kit: Kit) -> list[Column]:
    head = [kit.column("path", wide=True)]
    head += [kit.column(name, "estimate") for name in ("original", "sample_mean", "stdev", "t_stat")]
    return [*head, kit.column("p", "p")]


def _sentence(kit: Kit, row: dict[str, Any], through: bool) -> str:
    """Coefficient, T and p; the interval decides, and a sentence says where T does not go with it."""
    steps = [piece.strip() for piece in str(row["path"]).split("->")]
    stated = kit.stated(str(row["path"]), ("pls",))
    est, t = float(row["est"]), float(row["t"])
    p = kit.side(float(row["p"]), est, stated)
    low, high = number(row["ci_low"]), number(row["ci_high"])
    limit = float(kit.given.get("z") or 1.96)
    values = {
        "path": route(kit.ctx, str(row["path"])),
        "x": words(kit.ctx, steps[0]) if ":" in steps[0] else kit.inside(steps[0]),
        "y": kit.inside(steps[-1]),
        "m": joined(kit, [kit.inside(step) for step in steps[1:-1]]),
        "o": kit.number(est),
        "t": kit.number(t),
        "sign": ">" if t > limit else "≤",
        "limit": kit.number(limit, decimals=2),
        "p": kit.equals(p),
        "direction": kit.say("positive" if est > 0 else "negative"),
        "h": stated[0] if stated else "",
    }
    said = [kit.say("path.through" if through else "path.direct", **values)]
    if low is None or high is None:
        return said[0]
    yes = kit.sure(float(low), float(high), stated)
    opposite = stated is not None and stated[1] in "+-" and (est > 0) != (stated[1] == "+")
    if through:
        said.append(kit.tell("path.mediates" if yes else "path.mediates_not", **values))
    else:
        key = "t.none" if not yes else "t.opposite" if opposite else "t.yes"
        said.append(kit.tell(key, **values))
    if yes != (p <= kit.alpha):
        limits = kit.ctx.voice.interval(low, high)
        said.append(kit.say("path.interval", level=kit.level, interval=limits))
    return " ".join(said)


def _direct(kit: Kit, part: Any) -> list[Block]:
    rows = _rows(kit, part, ("a", "d", "b", "direct", "w", "covariate", "interaction"))
    table = kit.table(
        "pls_paths", kit.say("table.paths"), _head(kit), _effect_rows(kit, rows), notes=(_note(kit, part),)
    )
    return [*kit.shown(table), *(Paragraph(_sentence(kit, row, False)) for row in rows)]


def _note(kit: Kit, part: Any) -> str:
    return kit.say("note.pls_draws", draws=kit.ctx.voice.count(part.drawn.used))


def _indirect(kit: Kit, part: Any) -> list[Block]:
    rows = _rows(kit, part, ("indirect",))
    if not rows:
        return []
    table = kit.table("pls_through", kit.say("table.specific"), _head(kit), _effect_rows(kit, rows))
    out = [*kit.shown(table), *(Paragraph(_sentence(kit, row, True)) for row in rows)]
    kinds = part.more["mediation"]
    if kinds and not isinstance(kinds, Unavailable):
        said = []
        for row in kinds:
            said.append(kit.say(f"kind.{row['type']}", path=route(kit.ctx, str(row["path"]))))
        out.append(Paragraph(" ".join(said)))
    return out


def appendix(kit: Kit) -> list[Block]:
    """Total effects with intervals, mediation types with VAF, the outer weights: what the body leaves out."""
    part = kit.part(f"mediation_pls_{kit.key}")
    if part is None:
        return []
    rows: list[tuple[Cell, ...]] = []
    for row in _rows(kit, part, ("a", "d", "b", "direct", "interaction", "indirect", "total")):
        name = kit.say(
            "effect." + {"indirect": "indirect", "total": "total"}.get(str(row["effect"]), "direct")
        )
        limits = (number(row["ci_low"]), number(row["ci_high"]))
        rows.append(
            (f"{name}: {route(kit.ctx, str(row['path']))}", number(row["est"]), number(row["se"]), *limits)
        )
    head = [
        kit.column("path", wide=True),
        kit.column("original", "estimate"),
        kit.column("stdev", "estimate"),
    ]
    head += [kit.column("low", "estimate"), kit.column("high", "estimate")]
    made = kit.table("pls_limits", kit.say("table.effects"), head, rows, notes=(kit.drawn_note(),))
    weights = [
        (words(kit.ctx, str(row["construct"])), str(row["item"]), number(row["weight"]))
        for row in part.model.loadings.to_dict("records")
    ]
    outer = kit.table(
        "pls_weights",
        kit.say("table.weights"),
        [kit.column("variable", wide=True), kit.column("item"), kit.column("weight", "estimate")],
        weights,
    )
    kinds: Any = mediation_table(kit.ctx, kit.key)
    return [made, outer, *([kinds] if kinds is not None else [])]
