"""Tables of the measurement chapter: item validity, reliability, loadings, fit, discriminant validity, method
bias."""

from __future__ import annotations

import math
from typing import Any

from umkm_stats.report._spec import Cell, Column, Spanner
from umkm_stats.report.tables._context import Block, Context, number, whole
from umkm_stats.results import Unavailable
from umkm_stats.sem import headline


def validity_items_table(ctx: Context) -> Block | None:
    """Uji validitas: r-hitung and the corrected item–total correlation against r-tabel; the deciding one is
    said."""
    part = ctx.get("items")
    title = ctx.text("title.validity_items")
    if part is None or (gone := ctx.failed("validity_items", title, part)):
        return None if part is None else gone
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    last = None
    for row in part.table.to_dict("records"):
        if row["scale"] != last:
            last = row["scale"]
            groups.append((len(rows), ctx.label(str(last))))
        valid = row["valid"]
        verdict = "" if valid is None or valid != valid else ctx.text("valid.yes" if valid else "valid.no")
        rows.append(
            (
                str(row["item"]),
                whole(row["n_scale"]),
                number(row["item_total"]),
                number(row["item_rest"]),
                number(row["r_table"]),
                number(row["alpha_without"]),
                verdict,
            )
        )
    columns = [
        ctx.column("item", "item"),
        ctx.column("n", "n", "integer"),
        ctx.column("item_total", "r_count", "index", bounded=True),
        ctx.column("item_rest", "r_rest", "index", bounded=True),
        ctx.column("r_table", "r_table", "index", bounded=True),
        ctx.column("alpha_without", "alpha_without", "index", bounded=True),
        ctx.column("verdict", "verdict"),
    ]
    notes = (ctx.text(f"note.validity.{part.decision}", alpha=ctx.voice.percent(100 * (1 - part.level), 0)),)
    return ctx.made("validity_items", title, columns, rows, groups=tuple(groups), notes=notes)


def descriptives_table(ctx: Context) -> Block | None:
    """Mean, SD and correlations of the scale means."""
    part = ctx.get("scales")
    title = ctx.text("title.descriptives")
    if part is None or (gone := ctx.failed("descriptives", title, part)):
        return None if part is None else gone
    scales = list(part.table["scale"])
    columns = [
        ctx.column("scale", "scale_name"),
        ctx.column("n", "n", "integer"),
        ctx.column("mean", "mean", "mean"),
        ctx.column("sd", "sd", "mean"),
        ctx.column("min", "min", "mean"),
        ctx.column("max", "max", "mean"),
    ]
    columns += [Column(f"r{place + 1}", str(place + 1), "mean", True) for place in range(len(scales) - 1)]
    rows: list[tuple[Cell, ...]] = []
    for place, row in enumerate(part.table.to_dict("records")):
        cells: list[Cell] = [f"{place + 1}. {ctx.label(str(row['scale']))}", whole(row["n"])]
        cells += [number(row[name]) for name in ("mean", "sd", "min", "max")]
        for other in range(len(scales) - 1):
            cells.append(number(part.correlations.iloc[place, other]) if other < place else "")
        rows.append(tuple(cells))
    spanners = (
        (Spanner(ctx.text("head.correlations"), tuple(f"r{p + 1}" for p in range(len(scales) - 1))),)
        if len(scales) > 1
        else ()
    )
    return ctx.made(
        "descriptives", title, columns, rows, spanners=spanners, notes=(ctx.text("note.descriptives"),)
    )


def reliability_table(ctx: Context) -> Block | None:
    """α with its interval, ω, CR, AVE of every scale."""
    part = ctx.get("reliability")
    title = ctx.text("title.reliability")
    if part is None or (gone := ctx.failed("reliability", title, part)):
        return None if part is None else gone
    skripsi = ctx.voice.style == "skripsi"
    columns = [
        ctx.column("scale", "scale_name"),
        ctx.column("k", "k", "integer"),
        ctx.column("n", "n", "integer"),
        ctx.column("alpha", "alpha", "index", bounded=True),
        ctx.column("alpha_low", "low", "index", bounded=True),
        ctx.column("alpha_high", "high", "index", bounded=True),
        ctx.column("omega_total", "omega", "index", bounded=True),
        ctx.column("cr_std", "cr", "index", bounded=True),
        ctx.column("ave", "ave", "index", bounded=True),
    ]
    if skripsi:
        columns.append(ctx.column("verdict", "verdict"))
    rows: list[tuple[Cell, ...]] = []
    for row in part.table.to_dict("records"):
        cells: list[Cell] = [ctx.label(str(row["scale"])), whole(row["k"]), whole(row["n"])]
        cells += [
            number(row[name]) for name in ("alpha", "alpha_low", "alpha_high", "omega_total", "cr_std", "ave")
        ]
        if skripsi:
            alpha = number(row["alpha"])
            cells.append(
                ctx.text("na")
                if alpha is None
                else ctx.text("reliable.yes" if alpha > 0.70 else "reliable.no")
            )
        rows.append(tuple(cells))
    spanner = Spanner(ctx.text("head.ci_alpha", level=_percent(ctx, part.level)), ("alpha_low", "alpha_high"))
    notes = [ctx.text("note.reliability", deletion=ctx.text(f"deletion.{part.missing}"))]
    notes += [ctx.note(note) for note in part.notes if note.row is not None][:8]
    return ctx.made("reliability", title, columns, rows, spanners=(spanner,), notes=tuple(notes))


def loadings_table(ctx: Context) -> Block | None:
    """Standardised loadings of the measurement model with SE, interval and R²."""
    part = ctx.get("cfa")
    title = ctx.text("title.loadings")
    if part is None or (gone := ctx.failed("loadings", title, part)):
        return None if part is None else gone
    fitted = getattr(part, "fit", part)
    if not fitted.converged:
        return ctx.failed("loadings", title, Unavailable("MEA220"))
    raw, std = fitted.estimates, fitted.standardized()
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    last = None
    loads = std[std["op"] == "=~"]
    plain = raw[raw["op"] == "=~"].set_index(["lhs", "rhs"])
    for row in loads.to_dict("records"):
        if row["lhs"] != last:
            last = row["lhs"]
            groups.append((len(rows), f"{ctx.label(str(last))} ({last})"))
        own = plain.loc[(row["lhs"], row["rhs"])]
        own = own.iloc[0] if hasattr(own, "columns") else own
        rows.append(
            (
                str(row["rhs"]),
                number(own["est"]),
                number(own["se"]) or None,
                number(row["est"]),
                number(row["ci_low"]),
                number(row["ci_high"]),
                number(own["p"]),
            )
        )
    columns = [
        ctx.column("item", "indicator"),
        ctx.column("est", "est_raw", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("std", "loading", "index", bounded=True),
        ctx.column("ci_low", "low", "index", bounded=True),
        ctx.column("ci_high", "high", "index", bounded=True),
        ctx.column("p", "p", "p"),
    ]
    spanner = Spanner(ctx.text("head.ci_loading"), ("ci_low", "ci_high"))
    notes = [
        ctx.text("note.loadings", n=ctx.voice.count(fitted.sample.used), estimator=str(fitted.estimator)),
        ctx.text("note.marker"),
    ]
    return ctx.made(
        "loadings", title, columns, rows, spanners=(spanner,), groups=tuple(groups), notes=tuple(notes)
    )


def fit_table(ctx: Context, name: str) -> Block | None:
    """The deciding fit indices against the cut-off set of the report, which the note names."""
    part = ctx.get(name)
    which = "cfa" if name == "cfa" else "model"
    model = name.rsplit("_", 1)[-1]
    title = ctx.text(f"title.fit.{which}", model=model)
    key = f"fit_{model}"
    if part is None or (gone := ctx.failed(key, title, part)):
        return None if part is None else gone
    found = headline(part)
    fitted = getattr(part, "fit", part)
    if not fitted.converged:
        return ctx.failed(key, title, Unavailable("MEA220"))
    whole_df = ctx.voice.number(found.df, decimals=0 if found.df.is_integer() else 2)
    rows: list[tuple[Cell, ...]] = [
        ("χ²" if found.kind == "plain" else ctx.text("index.chisq_scaled"), "", number(found.chisq), ""),
        ("df", "", whole_df, ""),
        (
            ctx.text("index.p"),
            ctx.text("cutoff.p"),
            ctx.voice.number(found.p, "p"),
            _verdict(ctx, found.p >= 0.05 if found.df > 0 and math.isfinite(found.p) else None),
        ),
    ]
    for entry in found.judged(ctx.cutoffs):
        value = number(entry.value)
        if value is None:
            continue
        sign = "≤" if entry.side == "max" else "≥"
        said = f"{sign} {ctx.voice.number(entry.limit, decimals=2, bounded=entry.name != 'cmin_df')}"
        rows.append((ctx.text(f"index.{entry.name}"), said, float(value), _verdict(ctx, entry.met)))
        if entry.name == "rmsea":
            limits = ctx.voice.interval(number(found.rmsea_low), number(found.rmsea_high), bounded=True)
            rows.append((ctx.text("index.rmsea_ci"), "", limits, ""))
    columns = [
        ctx.column("index", "index"),
        ctx.column("cutoff", "cutoff"),
        ctx.column("value", "result", "index", bounded=True),
        ctx.column("verdict", "verdict"),
    ]
    notes = [
        ctx.text("note.fit", cutoffs=ctx.text(f"cutoffs.{ctx.cutoffs.name}"), source=ctx.cutoffs.source),
        ctx.text("note.fit_n", n=ctx.voice.count(fitted.sample.used)),
    ]
    return ctx.made(key, title, columns, rows, notes=tuple(notes))


def _verdict(ctx: Context, met: bool | None) -> str:
    """Met or not met; empty when there is nothing to judge."""
    return "" if met is None else ctx.text("fit.met" if met else "fit.not_met")


def matrix_table(ctx: Context, key: str, frame: Any, notes: tuple[str, ...], *, diagonal: bool) -> Block:
    """A lower triangle of construct × construct numbers."""
    names = [str(name) for name in frame.columns]
    columns = [ctx.column("construct", "scale_name")]
    columns += [Column(f"c{place + 1}", str(place + 1), "index", True) for place in range(len(names))]
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(names):
        cells: list[Cell] = [f"{place + 1}. {ctx.label(name)}"]
        for other in range(len(names)):
            shown = other < place or (diagonal and other == place)
            cells.append(number(frame.iloc[place, other]) if shown else "")
        rows.append(tuple(cells))
    if not diagonal:
        columns.pop()
        rows = [row[:-1] for row in rows]
    return ctx.made(key, ctx.text(f"title.{key}"), columns, rows, notes=notes)


def _percent(ctx: Context, level: float) -> str:
    return ctx.voice.number(100 * level, decimals=0 if abs(100 * level - round(100 * level)) < 1e-9 else 1)
