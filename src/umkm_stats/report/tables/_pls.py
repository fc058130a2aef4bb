"""Tables of a PLS chapter, in SmartPLS' order and with its names."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Cell, Column, Spanner
from umkm_stats.report.tables._analysis import level_of, method_label
from umkm_stats.report.tables._context import Block, Context, number
from umkm_stats.results import Unavailable


def part_of(ctx: Context, key: str) -> Any:
    """The PLS part of a model, None when there is none or it failed."""
    found = ctx.get(f"mediation_pls_{key}")
    return None if isinstance(found, Unavailable) else found


def words(ctx: Context, name: str) -> str:
    """A construct or a product ``A:B`` in words."""
    return " \N{MULTIPLICATION SIGN} ".join(ctx.label(piece) for piece in name.split(":"))


def route(ctx: Context, path: str) -> str:
    """``X -> M -> Y`` in words."""
    return " \N{RIGHTWARDS ARROW} ".join(words(ctx, piece.strip()) for piece in path.split("->"))


def _made(ctx: Context, what: str, key: str, columns: list[Column], rows: Any, *notes: str) -> Block:
    several = len(ctx.results.meta["models"]) > 1
    title = ctx.text(f"pls.title.{what}") + (f" ({key})" if several else "")
    return ctx.made(f"pls_{what}_{key}", title, columns, list(rows), notes=notes)


def loadings_table(ctx: Context, key: str) -> Block | None:
    """Outer loading, and outer weight with its T and p, of every item."""
    part = part_of(ctx, key)
    drawn = part.drawn.intervals(("percentile",)).set_index("name")
    rows: list[tuple[Cell, ...]] = []
    for row in part.model.loadings.to_dict("records"):
        own = drawn.loc[f"{row['construct']}=~{row['item']}"]
        rows.append(
            (
                words(ctx, str(row["construct"])),
                str(row["item"]),
                number(row["est"]),
                number(own["t"]),
                number(own["p"]),
                number(row["weight"]),
            )
        )
    columns = [
        ctx.column("construct", "scale_name", wide=True),
        ctx.column("item", "item"),
        ctx.column("loading", "pls_loading", "index", bounded=True),
        ctx.column("t", "pls_t", "estimate"),
        ctx.column("p", "p", "p"),
        ctx.column("weight", "pls_weight", "estimate"),
    ]
    return _made(ctx, "loadings", key, columns, rows, ctx.text("pls.note.loadings"))


def quality_table(ctx: Context, key: str) -> Block | None:
    """Cronbach's alpha, rho_a, rho_c, AVE."""
    frame = part_of(ctx, key).model.quality
    rows: list[tuple[Cell, ...]] = [
        (words(ctx, str(row["construct"])), *(number(row[c]) for c in ("alpha", "rho_a", "rho_c", "ave")))
        for row in frame.to_dict("records")
    ]
    columns = [ctx.column("construct", "scale_name", wide=True)]
    columns += [ctx.column(c, f"pls_{c}", "index", bounded=True) for c in ("alpha", "rho_a", "rho_c", "ave")]
    return _made(ctx, "quality", key, columns, rows, ctx.text("pls.note.quality"))


def _matrix(ctx: Context, what: str, key: str, frame: Any, first: str, *notes: str) -> Block:
    names = [str(name) for name in frame.columns]
    columns = [ctx.column("row", first, wide=True)]
    columns += [Column(f"c{j + 1}", name, "index", True) for j, name in enumerate(names)]
    rows = [
        (str(index), *(number(value) for value in values))
        for index, values in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return _made(ctx, what, key, columns, rows, *notes)


def cross_table(ctx: Context, key: str) -> Block | None:
    """Cross loadings: every item with every construct, codes as headings."""
    return _matrix(ctx, "cross", key, part_of(ctx, key).model.cross_loadings, "item")


def fornell_table(ctx: Context, key: str) -> Block | None:
    """√AVE on the diagonal, correlations of the constructs below it."""
    frame = part_of(ctx, key).model.fornell_larcker.copy()
    for i in range(len(frame)):
        frame.iloc[i, i + 1 :] = float("nan")
    return _matrix(ctx, "fornell", key, frame, "scale_name", ctx.text("note.fornell"))


def htmt_table(ctx: Context, key: str) -> Block | None:
    """HTMT of every pair with the limits of its draws."""
    part = part_of(ctx, key)
    frame = part.model.htmt
    if not len(frame):
        return None
    limits = part.drawn.intervals(("percentile",), level=0.9).set_index("name")
    rows: list[tuple[Cell, ...]] = []
    for row in frame.to_dict("records"):
        own = limits.loc[f"htmt:{row['construct']}:{row['other']}"]
        pair = f"{words(ctx, str(row['construct']))} – {words(ctx, str(row['other']))}"
        rows.append((pair, number(row["htmt_plus"]), number(own["ci_high"])))
    columns = [
        ctx.column("pair", "pls_pair", wide=True),
        ctx.column("htmt", "pls_htmt", "index", bounded=True),
        ctx.column("high", "pls_htmt_high", "index", bounded=True),
    ]
    return _made(ctx, "htmt", key, columns, rows, ctx.text("pls.note.htmt"))


def vif_table(ctx: Context, key: str) -> Block | None:
    """Inner VIF of every predictor."""
    frame = part_of(ctx, key).model.vif
    rows: list[tuple[Cell, ...]] = [
        (
            f"{words(ctx, str(row['name']))} \N{RIGHTWARDS ARROW} {words(ctx, str(row['construct']))}",
            number(row["vif"]),
        )
        for row in frame[frame["kind"] == "inner"].to_dict("records")
    ]
    columns = [ctx.column("path", "path", wide=True), ctx.column("vif", "pls_vif", "estimate")]
    return _made(ctx, "vif", key, columns, rows)


def r2_table(ctx: Context, key: str) -> Block | None:
    """R², adjusted R², Q² by blindfolding, Q²predict and predictive power of every endogenous construct."""
    part = part_of(ctx, key)
    q2 = _by(part.more["blindfolding"], "q2")
    ahead, power = _by(part.more["predict"], "q2_predict"), _by(part.more["predict"], "predictive_power")
    rows: list[tuple[Cell, ...]] = []
    for row in part.model.r2.to_dict("records"):
        name = str(row["construct"])
        said = power.get(name)
        rows.append(
            (
                words(ctx, name),
                number(row["r2"]),
                number(row["r2_adj"]),
                number(q2.get(name)),
                number(ahead.get(name)),
                ctx.text(f"pls.power.{said}") if isinstance(said, str) else "–",
            )
        )
    columns = [
        ctx.column("construct", "scale_name", wide=True),
        ctx.column("r2", "r2", "index", bounded=True),
        ctx.column("r2_adj", "pls_r2_adj", "index", bounded=True),
        ctx.column("q2", "pls_q2", "index"),
        ctx.column("q2_predict", "pls_q2_predict", "index"),
        ctx.column("power", "pls_power"),
    ]
    return _made(ctx, "r2", key, columns, rows, ctx.text("pls.note.r2"))


def _by(found: Any, column: str) -> dict[str, Any]:
    if isinstance(found, Unavailable) or found is None:
        return {}
    frame = getattr(found, "constructs", found.frame)
    return dict(zip(frame["construct"], frame[column], strict=True)) if column in frame.columns else {}


def f2_table(ctx: Context, key: str) -> Block | None:
    """f² of every path."""
    rows: list[tuple[Cell, ...]] = [
        (
            f"{words(ctx, str(row['rhs']))} \N{RIGHTWARDS ARROW} {words(ctx, str(row['lhs']))}",
            number(row["f2"]),
        )
        for row in part_of(ctx, key).model.f2.to_dict("records")
    ]
    columns = [ctx.column("path", "path", wide=True), ctx.column("f2", "pls_f2", "estimate")]
    return _made(ctx, "f2", key, columns, rows, ctx.text("pls.note.f2"))


def fit_table(ctx: Context, key: str) -> Block | None:
    """SRMR, d_ULS, d_G with HI95 and HI99, χ² and NFI, of both models."""
    part = part_of(ctx, key)
    tested = part.more["fit_test"]
    bounds: dict[tuple[str, str], Any] = {}
    if not isinstance(tested, Unavailable):
        bounds = {(row["model"], row["measure"]): row for row in tested.frame.to_dict("records")}
    rows: list[tuple[Cell, ...]] = []
    for name in ("srmr", "d_uls", "d_g", "chi2", "nfi"):
        cells: list[Cell] = [ctx.text(f"pls.fit.{name}")]
        for row in part.model.fit.to_dict("records"):
            own = bounds.get((row["model"], name), {})
            cells += [number(row[name]), number(own.get("hi95")), number(own.get("hi99"))]
        rows.append(tuple(cells))
    columns = [ctx.column("measure", "pls_measure")]
    spanners = []
    for which in ("saturated", "estimated"):
        keys = [f"{which}_{kind}" for kind in ("value", "hi95", "hi99")]
        heads = ("pls_value", "pls_hi95", "pls_hi99")
        columns += [ctx.column(k, head, "estimate") for k, head in zip(keys, heads, strict=True)]
        spanners.append(Spanner(ctx.text(f"pls.{which}"), tuple(keys)))
    several = len(ctx.results.meta["models"]) > 1
    title = ctx.text("pls.title.fit") + (f" ({key})" if several else "")
    notes = (ctx.text("pls.note.fit"),)
    return ctx.made(f"pls_fit_{key}", title, columns, rows, spanners=tuple(spanners), notes=notes)


def _effects_table(ctx: Context, key: str, what: str, kinds: tuple[str, ...]) -> Block | None:
    part = part_of(ctx, key)
    frame = part.effects
    method = ctx.primary if ctx.primary in set(frame["method"]) else str(frame["method"].iloc[0])
    own = frame[frame["effect"].isin(kinds) & (frame["method"] == method)]
    if not len(own):
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            route(ctx, str(row["path"])),
            *(number(row[c]) for c in ("est", "mean", "se", "t", "p", "ci_low", "ci_high")),
        )
        for row in own.to_dict("records")
    ]
    columns = [ctx.column("path", "path", wide=True)]
    columns += [ctx.column(c, f"pls_{c}", "estimate") for c in ("est", "mean", "se", "t")]
    columns += [ctx.column("p", "p", "p")]
    columns += [ctx.column("ci_low", "low", "estimate"), ctx.column("ci_high", "high", "estimate")]
    spanner = Spanner(ctx.text("head.ci", level=level_of(ctx, part)), ("ci_low", "ci_high"))
    several = len(ctx.results.meta["models"]) > 1
    title = ctx.text(f"pls.title.{what}") + (f" ({key})" if several else "")
    note = ctx.text(
        "pls.note.effects",
        method=method_label(ctx, method),
        draws=ctx.voice.count(part.drawn.used),
        seed=str(part.seed),
    )
    return ctx.made(f"pls_{what}_{key}", title, columns, rows, spanners=(spanner,), notes=(note,))


def paths_table(ctx: Context, key: str) -> Block | None:
    """O, M, STDEV, T and P of every path."""
    kinds = ("a", "d", "b", "direct", "w", "covariate", "interaction")
    return _effects_table(ctx, key, "paths", kinds)


def indirect_table(ctx: Context, key: str) -> Block | None:
    """The same of specific indirect effects."""
    return _effects_table(ctx, key, "indirect", ("indirect",))


def total_table(ctx: Context, key: str) -> Block | None:
    """The same of total effects."""
    return _effects_table(ctx, key, "total", ("total",))


def mediation_table(ctx: Context, key: str) -> Block | None:
    """The type of every mediation and VAF where it is defined."""
    found = part_of(ctx, key).more["mediation"]
    if not found:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            route(ctx, row["path"]),
            number(row["indirect"]),
            number(row["direct"]),
            ctx.text(f"pls.type.{row['type']}"),
            number(row["vaf"]),
        )
        for row in found
    ]
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("indirect", "pls_indirect", "estimate"),
        ctx.column("direct", "pls_direct", "estimate"),
        ctx.column("type", "pls_type", wide=True),
        ctx.column("vaf", "pls_vaf", "index"),
    ]
    return _made(ctx, "mediation", key, columns, rows, ctx.text("pls.note.mediation"))


def slopes_table(ctx: Context, key: str) -> Block | None:
    """The path at −1, 0 and +1 SD of its moderator."""
    found = part_of(ctx, key).more["slopes"]
    if not len(found):
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            f"{words(ctx, str(row['rhs']))} \N{RIGHTWARDS ARROW} {words(ctx, str(row['lhs']))}",
            words(ctx, str(row["moderator"])),
            *(number(row[c]) for c in ("at", "est", "ci_low", "ci_high")),
        )
        for row in found.to_dict("records")
    ]
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("moderator", "pls_moderator", wide=True),
        ctx.column("at", "pls_at", "mean"),
        *(
            ctx.column(c, head, "estimate")
            for c, head in (("est", "est"), ("ci_low", "low"), ("ci_high", "high"))
        ),
    ]
    return _made(ctx, "slopes", key, columns, rows)


PLS_TABLES = {
    "loadings": loadings_table,
    "cross": cross_table,
    "fornell": fornell_table,
    "htmt": htmt_table,
    "quality": quality_table,
    "vif": vif_table,
    "r2": r2_table,
    "f2": f2_table,
    "fit": fit_table,
    "paths": paths_table,
    "indirect": indirect_table,
    "total": total_table,
    "mediation": mediation_table,
    "slopes": slopes_table,
}
