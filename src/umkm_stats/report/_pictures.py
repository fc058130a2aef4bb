"""Pictures of a study: which ones, from which parts, with which words. A picture that cannot be drawn says
why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from umkm_stats import figures
from umkm_stats.report._inline import plain
from umkm_stats.report._spec import Failure, Figure
from umkm_stats.report.tables import _analysis
from umkm_stats.report.tables._context import Context, number, route_of
from umkm_stats.results import Unavailable

Drawn = Figure | Failure | None
NARROW = 12.0
"""Width in centimetres of a picture that needs no whole line."""


def guarded(key: str, title: str, ctx: Context, draw: Callable[[], Drawn]) -> Drawn:
    """The picture, or the failure that takes its place; nothing is swallowed."""
    try:
        return draw()
    except Exception as error:  # a picture must never cost the reader the tables
        return Failure(
            key,
            title,
            Unavailable("RPT102", {"problem": f"{type(error).__name__}: {error}"}).message(ctx.voice.lang),
        )


def shown(
    ctx: Context, key: str, title: str, alt: str, draw: Callable[[], Any], *notes: str, narrow: bool = False
) -> Drawn:
    """What ``draw`` draws as a picture of the report, or why it cannot be; ``alt`` names its description."""

    def made() -> Drawn:
        picture = draw()
        if isinstance(picture, Failure):
            return picture
        words, saved = ctx.text(f"alt.{alt}"), figures.saved(picture)
        figure = Figure(key, title, words, saved, notes=notes, source=ctx.source)
        return replace(figure, width_cm=NARROW) if narrow else figure

    return guarded(key, title, ctx, made)


def _words(ctx: Context, *keys: str) -> dict[str, str]:
    return {key: plain(ctx.text(f"draw.{key}")) for key in keys}


def likert(ctx: Context) -> Drawn:
    """Diverging bars of every item in the analysis."""
    part = ctx.get("items")
    title = ctx.text("figure.likert")
    if part is None:
        return None
    if isinstance(part, Unavailable):
        return Failure("fig_likert", title, part.message(ctx.voice.lang))

    def draw() -> Any:
        counts = part.frequencies
        answers = sorted(counts["value"].unique())
        items = list(dict.fromkeys(counts["item"]))
        shares = np.zeros((len(items), len(answers)))
        groups = []
        for row, item in enumerate(items):
            own = counts[counts["item"] == item]
            total = max(float(own["count"].sum()), 1.0)
            groups.append(ctx.label(str(own["scale"].iloc[0])))
            for column, value in enumerate(answers):
                hit = own[own["value"] == value]
                shares[row, column] = 100.0 * float(hit["count"].sum()) / total
        labels = [ctx.labels.get(f"words:{value:g}", ctx.voice.plain(value)) for value in answers]
        return figures.likert(items, shares, labels, groups, ctx.voice)

    return shown(ctx, "fig_likert", title, "likert", draw)


def missing(ctx: Context) -> Drawn:
    """Map of missing answers; none when nothing is missing."""
    part = ctx.get("missing")
    if part is None or isinstance(part, Unavailable) or not int(part.table["missing"].sum()):
        return None
    title = ctx.text("figure.missing")

    def draw() -> Any:
        return figures.missing_map(
            part._map, list(part.table["item"]), _words(ctx, "rows", "answered", "missing")
        )

    return shown(ctx, "fig_missing", title, "missing", draw)


def correlations(ctx: Context) -> Drawn:
    """Correlations of the scale means."""
    part = ctx.get("scales")
    if part is None or isinstance(part, Unavailable) or len(part.table) < 3:
        return None
    title = ctx.text("figure.correlations")

    def draw() -> Any:
        names = [ctx.label(str(name)) for name in part.correlations.columns]
        return figures.heat(names, part.correlations.to_numpy(), ctx.voice)

    return shown(ctx, "fig_correlations", title, "matrix", draw, narrow=True)


def htmt(ctx: Context, frame: Any) -> Drawn:
    """HTMT ratios; cells at or above .85 are framed."""
    title = ctx.text("figure.htmt")

    def draw() -> Any:
        names = [ctx.label(str(name)) for name in frame.columns]
        return figures.heat(names, frame.to_numpy(dtype=float), ctx.voice, low=0.0, flag=0.85)

    return shown(ctx, "fig_htmt", title, "matrix", draw, narrow=True)


def scree(ctx: Context) -> Drawn:
    """Eigenvalues with the parallel-analysis limit."""
    part = ctx.get("factor_count")
    if part is None or isinstance(part, Unavailable):
        return None
    title = ctx.text("figure.scree")

    def draw() -> Any:
        frame = part.tidy()
        return figures.scree(
            frame["eigenvalue"].to_numpy(dtype=float),
            frame["random_p95"].to_numpy(dtype=float),
            _words(ctx, "data", "random", "number", "eigen"),
            ctx.voice,
        )

    return shown(ctx, "fig_scree", title, "scree", draw, narrow=True)


def loadings(ctx: Context) -> Drawn:
    """Standardised loadings of the measurement model."""
    part = ctx.get("cfa")
    if part is None or isinstance(part, Unavailable) or not getattr(part, "fit", part).converged:
        return None
    title = ctx.text("figure.loadings")

    def draw() -> Any:
        frame = getattr(part, "fit", part).standardized()
        frame = frame[frame["op"] == "=~"]
        codes = [str(code) for code in frame["rhs"]]
        return figures.loadings(
            codes,
            frame["est"].to_numpy(dtype=float),
            frame["ci_low"].to_numpy(dtype=float),
            frame["ci_high"].to_numpy(dtype=float),
            [ctx.label(str(code)) for code in frame["lhs"]],
            _words(ctx, "loading"),
            ctx.voice,
            0.70,
        )

    return shown(ctx, "fig_loadings", title, "loadings", draw)


def path(ctx: Context, name: str) -> Drawn:
    """Path diagram of a mediation part."""
    part = ctx.get(name)
    if part is None or isinstance(part, Unavailable):
        return None
    kind, model = _analysis.kind_of(name), _analysis.model_of(name)
    title, key = ctx.text(f"figure.path.{kind}", model=model), f"fig_path_{kind}_{model}"
    if name.startswith("mediation_pls_"):
        title = ctx.text("bab.figure.path")

    def draw() -> Drawn:
        frame = part.effects
        arrows, said, names = [], [], {}
        scaled = name.startswith("mediation_pls_")  # composites have variance 1
        for effect, route in _analysis.pairs(frame, ("a", "d", "b", "direct")):
            own = frame[(frame["effect"] == effect) & (frame["path"] == route)]
            tested = own[own["method"].isin(_analysis.TESTED)]
            row = (tested if len(tested) else own).iloc[0]
            source, target = (piece.strip() for piece in route_of(route).split("->"))
            est, low, high = number(row["est"]), number(row["ci_low"]), number(row["ci_high"])
            sure = low is not None and high is not None and not low <= 0 <= high
            words = f"{ctx.voice.number(est)}\n{ctx.voice.interval(low, high)}"
            arrows.append(
                figures.Arrow(source, target, words, negative=bool(est is not None and est < 0), certain=sure)
            )
            said.append(f"{ctx.path(route)}: {ctx.voice.number(est)} {ctx.voice.interval(low, high)}.")
            names[source], names[target] = ctx.label(source), ctx.label(target)
        for arrow in _analysis.others(part) if hasattr(part, "coefficients") else ():  # PLS has none
            low, high = arrow["ci_low"], arrow["ci_high"]
            sure = low is not None and high is not None and not low <= 0 <= high
            words = f"{ctx.voice.number(arrow['est'])}\n{ctx.voice.interval(low, high)}"
            arrows.append(
                figures.Arrow(
                    arrow["term"],
                    arrow["outcome"],
                    words,
                    negative=bool((arrow["est"] or 0.0) < 0),
                    certain=sure,
                )
            )
            names[arrow["term"]] = _analysis.term(ctx, arrow["term"])
        extra = {}
        equations = getattr(part, "equations", None)
        if equations is not None and len(equations):
            for row in equations.to_dict("records"):
                if (
                    row.get("role") != "total"
                    and str(row["outcome"]) in names
                    and number(row["r2"]) is not None
                ):
                    extra[str(row["outcome"])] = (
                        f"R² = {ctx.voice.number(number(row['r2']), 'index', bounded=True)}"
                    )
        picture, _ = figures.draw_path(names, arrows, extra)
        note = ctx.text(
            "note.stars",
            level=_analysis.level_of(ctx, part),
            kind=ctx.text("note.diagram.std" if scaled else "note.diagram.raw"),
        )
        return Figure(
            key,
            title,
            ctx.text("alt.path", words=" ".join(said)),
            figures.saved(picture),
            notes=(note,),
            source=ctx.source,
        )

    return guarded(key, title, ctx, draw)


def curve(ctx: Context, name: str) -> Drawn:
    """The conditional indirect effect over the range of the moderator, with the borders of significance."""
    part = _analysis.detail(ctx, "curve", name)
    if part is None:
        return None
    frame = part.frame[part.frame["effect"] == "conditional_indirect"]
    if not len(frame):
        return None
    frame = frame[frame["path"] == frame["path"].iloc[0]]
    kind, model = _analysis.kind_of(name), _analysis.model_of(name)
    moderator = str(frame["moderator"].iloc[0])
    title = ctx.text("figure.curve", moderator=ctx.label(moderator), model=model)
    key = f"fig_curve_{kind}_{model}"

    def draw() -> Any:
        at, est, low, high = (
            frame[column].to_numpy(dtype=float) for column in ("value", "est", "ci_low", "ci_high")
        )
        sure = frame["significant"].astype(bool).to_numpy()
        borders = [float((at[i] + at[i + 1]) / 2) for i in range(len(at) - 1) if sure[i] != sure[i + 1]]
        words = {
            "moderator": ctx.label(moderator),
            "effect": ctx.text("effect.conditional_indirect"),
            "region": ctx.text("draw.region"),
        }
        return figures.conditional(at, est, low, high, words, ctx.voice, borders)

    return shown(ctx, key, title, "conditional", draw, ctx.text("note.curve"), narrow=True)


def sensitivity(ctx: Context, name: str) -> Drawn:
    """What is left of the indirect effect after an omitted confounder of mediator and outcome."""
    part = _analysis.detail(ctx, "confounder", name)
    if part is None:
        return None
    title = ctx.text("figure.sensitivity", model=_analysis.model_of(name))
    key = f"fig_sensitivity_{_analysis.model_of(name)}"

    def draw() -> Any:
        table = part.frame.pivot(index="effect_on_y", columns="per_m", values="indirect")
        words = _words(ctx, "first", "second")
        return figures.sensitivity(
            table.columns.to_numpy(dtype=float),
            table.index.to_numpy(dtype=float),
            table.to_numpy(dtype=float),
            words,
            ctx.voice,
        )

    return shown(ctx, key, title, "sensitivity", draw, ctx.text("note.sensitivity"), narrow=True)


def draws(ctx: Context, name: str) -> Drawn:
    """Bootstrap distribution of the first indirect effect with every interval."""
    part = ctx.get(name)
    if part is None or isinstance(part, Unavailable) or not len(part.draws):
        return None
    frame = part.effects
    pairs = _analysis.pairs(frame, ("indirect",)) or _analysis.pairs(frame, ("conditional_indirect",))
    if not pairs:
        return None
    effect, route = pairs[0]
    kind, model = _analysis.kind_of(name), _analysis.model_of(name)
    title = ctx.text(f"figure.draws.{kind}", path=ctx.path(route))
    key = f"fig_draws_{kind}_{model}"
    column = f"{effect}: {route}"
    if column not in part.draws.columns:
        return None

    def draw() -> Any:
        values = part.draws[column].to_numpy(dtype=float)
        if int(np.isfinite(values).sum()) < 2:
            return Failure(key, title, Unavailable("RPT104").message(ctx.voice.lang))
        own = frame[(frame["effect"] == effect) & (frame["path"] == route) & frame["ci_low"].notna()]
        limits = [
            (_analysis.method_label(ctx, str(r["method"])), float(r["ci_low"]), float(r["ci_high"]))
            for _, r in own.iterrows()
        ]
        words = _words(ctx, "estimate", "zero", "count", "effect")
        return figures.draws_hist(values, float(own["est"].iloc[0]), limits, words, ctx.voice)

    return shown(ctx, key, title, "draws", draw, _analysis.ledger_note(ctx, part))


def conditional(ctx: Context, name: str) -> Drawn:
    """Conditional indirect effects at the probe values of the moderator."""
    part = ctx.get(name)
    if part is None or isinstance(part, Unavailable):
        return None
    from umkm_stats.report._sentences import deciding

    frame = part.effects
    pairs = _analysis.pairs(frame, ("conditional_indirect",))
    if len(pairs) < 2:
        return None
    kind, model = _analysis.kind_of(name), _analysis.model_of(name)
    title, key = ctx.text("figure.conditional", model=model), f"fig_conditional_{kind}_{model}"

    def draw() -> Any:
        found = []
        moderator = ""
        for (effect, route), probe in zip(pairs, part.probes, strict=False):
            row = deciding(ctx, frame[(frame["effect"] == effect) & (frame["path"] == route)])
            moderator = next(iter(probe))
            found.append((float(probe[moderator]), *(float(row[c]) for c in ("est", "ci_low", "ci_high"))))
        at, est, low, high = (np.array(column) for column in zip(*sorted(found), strict=True))
        words = {"moderator": ctx.label(moderator), "effect": ctx.text("effect.conditional_indirect")}
        return figures.conditional(at, est, low, high, words, ctx.voice)

    return shown(ctx, key, title, "conditional", draw, narrow=True)
