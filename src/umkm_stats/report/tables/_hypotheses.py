"""Recapitulation of hypotheses, models side by side, Sobel beside bootstrap, VAF, and the names of other
programs."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Cell
from umkm_stats.report.tables import _analysis
from umkm_stats.report.tables._context import Block, Context, number
from umkm_stats.sem import headline


def hypotheses_table(ctx: Context) -> Block | None:
    """One row a hypothesis and effect: estimate, interval, verdict, reason."""
    part = ctx.get("hypotheses")
    if part is None or not len(part.table):
        return None
    words = {entry["code"]: entry["text"][ctx.voice.lang] for entry in ctx.results.meta["hypotheses"]}
    rows: list[tuple[Cell, ...]] = []
    last = None
    for row in part.table.to_dict("records"):
        verdict = ctx.text(f"verdict.{row['verdict']}")
        if row["reason"]:
            verdict += f" ({ctx.text('reason.' + row['reason'])})"
        basis = ctx.text(f"basis.{row['basis']}") if row["basis"] else ""
        first = row["code"] != last
        last = row["code"]
        rows.append(
            (
                str(row["code"]),
                words.get(str(row["code"]), "") if first else "",
                basis,
                str(row["model"]),
                number(row["est"]),
                number(row["ci_low"]),
                number(row["ci_high"]),
                number(row["p"]),
                verdict,
            )
        )
    columns = [
        ctx.column("code", "hypothesis"),
        ctx.column("statement", "statement", wide=True),
        ctx.column("basis", "basis"),
        ctx.column("model", "model"),
        ctx.column("est", "est", "estimate"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
        ctx.column("p", "p", "p"),
        ctx.column("verdict", "verdict", wide=True),
    ]
    options = ctx.results.meta["options"]
    bound = ctx.voice.number(float(options["equivalence"]), decimals=2)
    note = ctx.text(
        "note.hypotheses", primary=_analysis.method_label(ctx, str(options["intervals"][0])), bound=bound
    )
    notes = [note]
    if any(str(name).startswith("regression_") for name in ctx.results.parts):
        notes.append(ctx.text("note.hypotheses_regression"))
    return ctx.made("hypotheses", ctx.text("title.hypotheses"), columns, rows, notes=tuple(notes))


def models_table(ctx: Context) -> Block | None:
    """χ², df, CFI, RMSEA, BIC of every latent model; equivalent models are said to be so."""
    rows: list[tuple[Cell, ...]] = []
    for model in ctx.results.meta["models"]:
        part = ctx.get(f"mediation_latent_{model['key']}")
        given = getattr(getattr(part, "fit", None), "indices", None)
        if not given:
            continue
        decide = headline(given)
        rows.append(
            (
                model["key"],
                " \N{RIGHTWARDS ARROW} ".join(
                    ctx.label(code) for code in (*model["x"], *model["m"], *model["y"])
                ),
                number(decide.chisq),
                number(decide.df),
                number(decide.p),
                number(decide.cfi),
                number(decide.rmsea),
                number(decide.srmr),
                number(given.get("bic")),
            )
        )
    if len(rows) < 2:
        return None
    columns = [
        ctx.column("model", "model"),
        ctx.column("order", "x_m_y", wide=True),
        ctx.column("chisq", "chisq", "mean"),
        ctx.column("df", "df", "integer"),
        ctx.column("p", "p", "p"),
        ctx.column("cfi", "cfi", "index", bounded=True),
        ctx.column("rmsea", "rmsea", "index", bounded=True),
        ctx.column("srmr", "srmr", "index", bounded=True),
        ctx.column("bic", "bic", "mean"),
    ]
    return ctx.made("models", ctx.text("title.models"), columns, rows, notes=(ctx.text("note.models"),))


def sobel_table(ctx: Context, name: str) -> Block | None:
    """The normal-theory test beside the deciding bootstrap interval, for each indirect effect."""
    from umkm_stats.report._sentences import deciding

    part = ctx.get(name)
    if part is None or ctx.failed("sobel", "", part):
        return None
    frame = part.effects
    rows: list[tuple[Cell, ...]] = []
    for _, path in _analysis.pairs(frame, ("indirect",)):
        own = frame[(frame["effect"] == "indirect") & (frame["path"] == path)]
        delta = own[own["method"] == "delta"]
        if not len(delta):
            continue
        sobel, boot = delta.iloc[0], deciding(ctx, own)
        est, se = number(sobel["est"]), number(sobel["se"])
        z = est / se if est is not None and se else None
        rows.append(
            (
                ctx.path(path),
                est,
                z,
                number(sobel["p"]),
                number(boot["ci_low"]),
                number(boot["ci_high"]),
                number(boot["p"]),
            )
        )
    if not rows:
        return None
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("est", "est", "estimate"),
        ctx.column("z", "sobel_z", "estimate"),
        ctx.column("sobel_p", "sobel_p", "p"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
        ctx.column("p", "p_boot", "p"),
    ]
    kind = _analysis.kind_of(name)
    model = _analysis.model_of(name)
    notes = (ctx.text("note.sobel"), _analysis.ledger_note(ctx, part))
    return ctx.made(f"sobel_{kind}_{model}", ctx.text("title.sobel", model=model), columns, rows, notes=notes)


def mapping_table(ctx: Context) -> Block:
    """What SmartPLS and AMOS call the numbers of this report."""
    names = (
        ("original", "amos.estimate", "ours.estimate"),
        ("samplemean", "amos.boot_mean", "ours.mean"),
        ("stdev", "amos.se", "ours.se"),
        ("tstat", "amos.cr", "ours.ratio"),
        ("pvalue", "amos.p", "ours.p"),
        ("ci", "amos.ci", "ours.ci"),
        ("indirect", "amos.indirect", "ours.indirect"),
        ("outer", "amos.loading", "ours.loading"),
        ("q2", "amos.q2", "ours.q2"),
    )
    rows: list[tuple[Cell, ...]] = [tuple(ctx.text(f"map.{name}") for name in row) for row in names]
    columns = [
        ctx.column("smartpls", "smartpls"),
        ctx.column("amos", "amos"),
        ctx.column("ours", "ours", wide=True),
    ]
    return ctx.made("mapping", ctx.text("title.mapping"), columns, rows, notes=(ctx.text("note.mapping"),))


def equivalent_models(ctx: Context) -> tuple[str, str, float] | None:
    """The first two models with equal df whose χ² differ by less than 1e-4, and that difference."""
    found: list[tuple[str, Any]] = []
    for model in ctx.results.meta["models"]:
        part = ctx.get(f"mediation_latent_{model['key']}")
        given = getattr(getattr(part, "fit", None), "indices", None)
        if given:
            found.append((model["key"], given))
    for place, (first, one) in enumerate(found):
        for second, other in found[place + 1 :]:
            delta = abs(one["chisq"] - other["chisq"])
            if one["df"] == other["df"] and delta < 1e-4:
                return first, second, delta
    return None
