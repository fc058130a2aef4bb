"""Tables of a regression without a mediator: assumptions, coefficients, ANOVA, R², blocks, simple slopes."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Cell, Spanner
from umkm_stats.report.tables._analysis import errors_of, ledger_note, level_of, method_label, model_of
from umkm_stats.report.tables._context import Block, Context, number, whole
from umkm_stats.results import Unavailable

INTERCEPT = "(intercept)"


def part_of(ctx: Context, key: str) -> Any:
    """The regression of a model, None when there is none or it failed."""
    found = ctx.get(f"regression_scores_{key}")
    return None if isinstance(found, Unavailable) else found


def checks_of(ctx: Context, key: str) -> Any:
    """Its assumptions, None when they are not there."""
    found = ctx.get(f"detail_regression_{key}")
    return None if isinstance(found, Unavailable) else found


def words(ctx: Context, term: str) -> str:
    """A term of a regression in words: ``(intercept)``, ``X1``, ``GROUP[b]``, ``X1:W``."""
    if term == INTERCEPT:
        return ctx.text("reg.constant")
    pieces = []
    for piece in term.split(":"):
        name, _, level = piece.partition("[")
        pieces.append(f"{ctx.label(name)} ({level.rstrip(']')})" if level else ctx.label(name))
    return " \N{MULTIPLICATION SIGN} ".join(pieces)


def _title(ctx: Context, what: str, key: str) -> str:
    several = len(ctx.results.meta["models"]) > 1
    more = ctx.text("reg.of_model", model=key) if several else ""
    return f"{ctx.text(f'reg.title.{what}')}{more}"


def _grouped(ctx: Context, part: Any, frame: Any, build: Any) -> tuple[list[Any], list[tuple[int, str]]]:
    rows: list[Any] = []
    groups: list[tuple[int, str]] = []
    for outcome in part.outcomes:
        own = frame[frame["outcome"] == outcome]
        if len(part.outcomes) > 1 and len(own):
            groups.append((len(rows), ctx.label(outcome)))
        rows += [build(row) for row in own.to_dict("records")]
    return rows, groups


def _verdict(ctx: Context, decision: str, what: str) -> str:
    return ctx.text(f"reg.{what}.{decision}")


def _check_table(ctx: Context, name: str, check: str, columns: Any, build: Any) -> Block | None:
    key = model_of(name)
    part, checks = part_of(ctx, key), checks_of(ctx, key)
    if part is None or checks is None:
        return None
    frame = checks.frame[checks.frame["check"] == check]
    if not len(frame):
        return None
    rows, groups = _grouped(ctx, part, frame, build)
    notes = [
        ctx.note(note)
        for note in checks.notes
        if note.row in set(frame["term"]) and note.code == "REG172" and check == "linearity"
    ]
    title = _title(ctx, check, key)
    return ctx.made(f"{check}_{key}", title, columns, rows, groups=tuple(groups), notes=tuple(notes))


def normality_table(ctx: Context, name: str) -> Block | None:
    """N, mean and SD of the residuals, D and its p (Lilliefors as SPSS prints it)."""
    key = model_of(name)
    part, checks = part_of(ctx, key), checks_of(ctx, key)
    if part is None or checks is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for entry in part.equations:
        own = checks.frame[
            (checks.frame["outcome"] == entry.outcome) & (checks.frame["check"] == "lilliefors")
        ]
        row = own.iloc[0]
        residual = entry.fit.residuals
        p = number(row["p"])
        shown = f"≥ {ctx.voice.number(0.2, 'p')}" if p is not None and p >= 0.2 else ctx.voice.number(p, "p")
        rows.append(
            (
                ctx.label(entry.outcome),
                len(residual),
                float(residual.mean()),
                float(residual.std(ddof=1)),
                number(row["statistic"]),
                shown,
                _verdict(ctx, str(row["decision"]), "normal"),
            )
        )
    columns = [
        ctx.column("outcome", "outcome"),
        ctx.column("n", "n", "integer"),
        ctx.column("mean", "mean", "estimate"),
        ctx.column("sd", "sd", "estimate"),
        ctx.column("d", "reg_d", "estimate"),
        ctx.column("p", "reg_p"),
        ctx.column("verdict", "verdict", wide=True),
    ]
    notes = (ctx.text("reg.note.normality"),)
    return ctx.made(f"normality_{key}", _title(ctx, "normality", key), columns, rows, notes=notes)


def collinearity_table(ctx: Context, name: str) -> Block | None:
    """Tolerance and VIF of every predictor."""
    columns = [
        ctx.column("term", "reg_term", wide=True),
        ctx.column("tolerance", "reg_tolerance", "estimate"),
        ctx.column("vif", "reg_vif", "estimate"),
        ctx.column("verdict", "verdict", wide=True),
    ]

    def build(row: Any) -> tuple[Cell, ...]:
        vif = number(row["statistic"])
        return (
            words(ctx, str(row["term"])),
            None if vif is None else 1 / vif,
            vif,
            _verdict(ctx, str(row["decision"]), "free"),
        )

    return _check_table(ctx, name, "vif", columns, build)


def glejser_table(ctx: Context, name: str) -> Block | None:
    """t and p of every predictor of the absolute residuals."""
    columns = [
        ctx.column("term", "reg_term", wide=True),
        ctx.column("t", "t", "estimate"),
        ctx.column("p", "reg_p", "p"),
        ctx.column("verdict", "verdict", wide=True),
    ]

    def build(row: Any) -> tuple[Cell, ...]:
        decision = _verdict(ctx, str(row["decision"]), "even")
        return words(ctx, str(row["term"])), number(row["statistic"]), number(row["p"]), decision

    return _check_table(ctx, name, "glejser", columns, build)


def linearity_table(ctx: Context, name: str) -> Block | None:
    """F of the deviation from linearity of every predictor, p and p after Holm."""
    columns = [
        ctx.column("term", "reg_pair", wide=True),
        ctx.column("f", "reg_f", "estimate"),
        ctx.column("p", "reg_p", "p"),
        ctx.column("p_holm", "reg_holm", "p"),
        ctx.column("verdict", "verdict", wide=True),
    ]

    def build(row: Any) -> tuple[Cell, ...]:
        return (
            f"{words(ctx, str(row['term']))} – {ctx.label(str(row['outcome']))}",
            number(row["statistic"]),
            number(row["p"]),
            number(row["p_holm"]),
            _verdict(ctx, str(row["decision"]), "linear"),
        )

    return _check_table(ctx, name, "linearity", columns, build)


def coefficients_table(ctx: Context, name: str) -> Block | None:
    """B, standard error, β, t, p; limits in the apa style."""
    key = model_of(name)
    found = ctx.get(name)
    title = _title(ctx, "coefficients", key)
    if found is None or (gone := ctx.failed(f"coefficients_{key}", title, found)):
        return None if found is None else gone
    limits = ctx.voice.style != "skripsi"

    def build(row: Any) -> tuple[Cell, ...]:
        own: list[Cell] = [words(ctx, str(row["term"]))]
        own += [number(row[column]) for column in ("est", "se", "std_all", "t", "p")]
        return (*own, *((number(row["ci_low"]), number(row["ci_high"])) if limits else ()))

    rows, groups = _grouped(ctx, found, found.coefficients, build)
    columns = [
        ctx.column("term", "reg_term", wide=True),
        ctx.column("est", "reg_b", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("beta", "reg_beta", "estimate"),
        ctx.column("t", "t", "estimate"),
        ctx.column("p", "reg_p", "p"),
    ]
    spanners: tuple[Spanner, ...] = ()
    if limits:
        columns += [ctx.column("ci_low", "low", "estimate"), ctx.column("ci_high", "high", "estimate")]
        spanners = (Spanner(ctx.text("head.ci", level=level_of(ctx, found)), ("ci_low", "ci_high")),)
    row = found.fits.iloc[0]
    note = ctx.text(
        "reg.note.coefficients",
        n=ctx.voice.count(found.sample.used),
        errors=errors_of(ctx, found),
        table=ctx.voice.number(float(row["t_table"])),
    )
    notes = (note, ctx.text("note.causal"))
    return ctx.made(
        f"coefficients_{key}", title, columns, rows, spanners=spanners, groups=tuple(groups), notes=notes
    )


def anova_table(ctx: Context, name: str) -> Block | None:
    """Sums of squares, df, mean squares, F, p."""
    key = model_of(name)
    part = part_of(ctx, key)
    if part is None:
        return None

    def build(row: Any) -> tuple[Cell, ...]:
        source = ctx.text(f"reg.source.{row['source']}")
        return (source, number(row["ss"]), whole(row["df"]), *(number(row[c]) for c in ("ms", "f", "p")))

    rows, groups = _grouped(ctx, part, part.anova, build)
    columns = [
        ctx.column("source", "reg_source"),
        ctx.column("ss", "reg_ss", "estimate"),
        ctx.column("df", "df", "integer"),
        ctx.column("ms", "reg_ms", "estimate"),
        ctx.column("f", "reg_f", "estimate"),
        ctx.column("p", "reg_p", "p"),
    ]
    return ctx.made(f"anova_{key}", _title(ctx, "anova", key), columns, rows, groups=tuple(groups))


def determination_table(ctx: Context, name: str) -> Block | None:
    """R, R², adjusted R², standard error of the estimate."""
    key = model_of(name)
    part = part_of(ctx, key)
    if part is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (ctx.label(str(row["outcome"])), *(number(row[c]) for c in ("r", "r2", "adjusted_r2", "sigma")))
        for row in part.fits.to_dict("records")
    ]
    columns = [
        ctx.column("outcome", "outcome"),
        ctx.column("r", "reg_r", "index", bounded=True),
        ctx.column("r2", "r2", "index", bounded=True),
        ctx.column("adjusted", "reg_adjusted", "index", bounded=True),
        ctx.column("see", "reg_see", "estimate"),
    ]
    return ctx.made(f"determination_{key}", _title(ctx, "determination", key), columns, rows)


def blocks_table(ctx: Context, name: str) -> Block | None:
    """R² of every block and its change; none for a single block."""
    key = model_of(name)
    part = part_of(ctx, key)
    if part is None or not len(part.blocks) or int(part.blocks["block"].max()) < 2:
        return None

    def build(row: Any) -> tuple[Cell, ...]:
        added = ", ".join(words(ctx, term) for term in str(row["added"]).split(", "))
        numbers = [number(row[c]) for c in ("r2", "r2_change", "f_change", "p")]
        return (whole(row["block"]), added, *numbers)

    rows, groups = _grouped(ctx, part, part.blocks, build)
    columns = [
        ctx.column("block", "model", "integer"),
        ctx.column("added", "reg_added", wide=True),
        ctx.column("r2", "r2", "index", bounded=True),
        ctx.column("change", "reg_change", "index", bounded=True),
        ctx.column("f", "reg_f_change", "estimate"),
        ctx.column("p", "reg_p", "p"),
    ]
    return ctx.made(f"blocks_{key}", _title(ctx, "blocks", key), columns, rows, groups=tuple(groups))


def slopes_table(ctx: Context, name: str) -> Block | None:
    """Slope of every predictor at values of the moderator."""
    key = model_of(name)
    part = part_of(ctx, key)
    if part is None or not len(part.slopes):
        return None

    def build(row: Any) -> tuple[Cell, ...]:
        where = []
        for piece in str(row["at"]).split(", "):
            moderator, _, value = piece.partition(" = ")
            try:
                where.append(f"{ctx.label(moderator)} = {ctx.voice.number(float(value), decimals=2)}")
            except ValueError:
                where.append(f"{ctx.label(moderator)} = {value}")
        return (
            words(ctx, str(row["term"])),
            "; ".join(where),
            *(number(row[c]) for c in ("est", "se", "t", "p")),
        )

    rows, groups = _grouped(ctx, part, part.slopes, build)
    columns = [
        ctx.column("term", "reg_term", wide=True),
        ctx.column("at", "reg_at", wide=True),
        ctx.column("est", "reg_b", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("t", "t", "estimate"),
        ctx.column("p", "reg_p", "p"),
    ]
    return ctx.made(f"slopes_{key}", _title(ctx, "slopes", key), columns, rows, groups=tuple(groups))


def bootstrap_table(ctx: Context, name: str) -> Block | None:
    """Bootstrap limits of every coefficient by the study's first method that a regression has."""
    key = model_of(name)
    part = part_of(ctx, key)
    if part is None or not len(part.intervals):
        return None
    method = str(part.intervals["method"].iloc[0])
    terms = set(part.coefficients["term"])
    frame = part.intervals[(part.intervals["method"] == method) & part.intervals["term"].isin(terms)]

    def build(row: Any) -> tuple[Cell, ...]:
        return (words(ctx, str(row["term"])), *(number(row[c]) for c in ("est", "se", "ci_low", "ci_high")))

    rows, groups = _grouped(ctx, part, frame, build)
    columns = [
        ctx.column("term", "reg_term", wide=True),
        ctx.column("est", "reg_b", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
    ]
    spanner = Spanner(ctx.text("head.ci", level=level_of(ctx, part)), ("ci_low", "ci_high"))
    notes = (ctx.text("reg.note.bootstrap", method=method_label(ctx, method)), ledger_note(ctx, part))
    return ctx.made(
        f"bootstrap_{key}",
        _title(ctx, "bootstrap", key),
        columns,
        rows,
        spanners=(spanner,),
        groups=tuple(groups),
        notes=notes,
    )


REGRESSION_TABLES = {
    "normality": normality_table,
    "vif": collinearity_table,
    "glejser": glejser_table,
    "linearity": linearity_table,
    "coefficients": coefficients_table,
    "anova": anova_table,
    "determination": determination_table,
    "blocks": blocks_table,
    "slopes": slopes_table,
    "bootstrap": bootstrap_table,
}
