"""Tables of the mediation analyses: paths, effects with every interval, methods side by side, R²."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._spec import Cell, Spanner
from umkm_stats.report.tables._context import Block, Context, number, whole

ARROWS = ("a", "b", "d", "direct", "total")
THROUGH = ("indirect", "total_indirect", "conditional_indirect", "conditional_direct", "index", "contrast")
TESTED = ("ols", "wald")


def names(ctx: Context) -> list[str]:
    """Keys of the mediation parts, in order: scores first, then latent, main model first."""
    return [name for name in ctx.results.parts if name.startswith(("mediation_scores", "mediation_latent"))]


def model_of(name: str) -> str:
    """``M1`` of ``mediation_latent_M1``."""
    return name.rsplit("_", 1)[1]


def kind_of(name: str) -> str:
    """scores or latent."""
    return "latent" if "latent" in name else "scores"


def paths_table(ctx: Context, name: str) -> Block | None:
    """Every arrow of the model: estimate, standardised, SE, test, p, interval."""
    part = ctx.get(name)
    title = ctx.text(f"title.paths.{kind_of(name)}", model=model_of(name))
    key = f"paths_{kind_of(name)}_{model_of(name)}"
    if part is None or (gone := ctx.failed(key, title, part)):
        return None if part is None else gone
    frame = part.effects
    rows: list[tuple[Cell, ...]] = []
    for effect, path in _pairs(frame, ARROWS):
        own = frame[(frame["effect"] == effect) & (frame["path"] == path)]
        tested = own[own["method"].isin(TESTED)]
        row = (tested if len(tested) else own).iloc[0]
        est, se = number(row["est"]), number(row["se"])
        ratio = est / se if est is not None and se else None
        rows.append(
            (
                f"{ctx.text(f'effect.{effect}')}: {ctx.path(_route(path))}{_at(ctx, path)}",
                est,
                _standard(part, effect, path),
                se,
                ratio,
                number(row["p"]),
                number(row["ci_low"]),
                number(row["ci_high"]),
            )
        )
    for arrow in others(part):
        est, se = arrow["est"], arrow["se"]
        words = f"{term(ctx, arrow['term'])} \N{RIGHTWARDS ARROW} {ctx.label(arrow['outcome'])}"
        kind = ctx.text("effect.interaction" if ":" in arrow["term"] else "effect.w")
        rows.append(
            (
                f"{kind}: {words}",
                est,
                arrow["std"],
                se,
                est / se if se else None,
                arrow["p"],
                arrow["ci_low"],
                arrow["ci_high"],
            )
        )
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("est", "est", "estimate"),
        ctx.column("std", "std", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ratio", "t" if kind_of(name) == "scores" else "z", "mean"),
        ctx.column("p", "p", "p"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
    ]
    spanner = Spanner(ctx.text("head.ci", level=_level(ctx, part)), ("ci_low", "ci_high"))
    notes = [
        ctx.text("note.paths", n=ctx.voice.count(part.sample.used), errors=_errors(ctx, part)),
        ctx.text("note.causal"),
    ]
    return ctx.made(key, title, columns, rows, spanners=(spanner,), notes=tuple(notes))


def indirect_table(ctx: Context, name: str) -> Block | None:
    """Indirect (and conditional) effects, one row a method; the draw ledger stands under it."""
    part = ctx.get(name)
    title = ctx.text(f"title.indirect.{kind_of(name)}", model=model_of(name))
    key = f"indirect_{kind_of(name)}_{model_of(name)}"
    if part is None or (gone := ctx.failed(key, title, part)):
        return None if part is None else gone
    frame = part.effects
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for effect, path in _pairs(frame, THROUGH):
        own = frame[(frame["effect"] == effect) & (frame["path"] == path)]
        groups.append(
            (len(rows), f"{ctx.text(f'effect.{effect}')}: {ctx.path(_route(path))}{_at(ctx, path)}")
        )
        for _, row in own.iterrows():
            rows.append(
                (
                    method_label(ctx, str(row["method"])),
                    number(row["est"]),
                    number(row["se"]),
                    number(row["ci_low"]),
                    number(row["ci_high"]),
                    number(row["p"]),
                )
            )
    if not rows:
        return None
    columns = [
        ctx.column("method", "method"),
        ctx.column("est", "est", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
        ctx.column("p", "p", "p"),
    ]
    spanner = Spanner(ctx.text("head.ci", level=_level(ctx, part)), ("ci_low", "ci_high"))
    notes = [ledger_note(ctx, part), ctx.text("note.boot_p")]
    if any(value is None for row in rows for value in row):
        notes.append(ctx.text("note.gap"))
    return ctx.made(key, title, columns, rows, spanners=(spanner,), groups=tuple(groups), notes=tuple(notes))


def effects_table(ctx: Context, name: str) -> Block | None:
    """Direct, indirect and total effect in one row a pair of constructs (skripsi); none where a moderator
    decides them:
    one number a pair would be that of a single value of the moderator."""
    part = ctx.get(name)
    title = ctx.text("title.effects", model=model_of(name))
    key = f"effects_{kind_of(name)}_{model_of(name)}"
    if part is None or (gone := ctx.failed(key, title, part)):
        return None if part is None else gone
    frame = part.effects.drop_duplicates(["effect", "path"])
    if frame["effect"].astype(str).str.startswith("conditional_").any():
        return None
    ends: dict[str, dict[str, float]] = {}
    for _, row in frame.iterrows():
        effect = str(row["effect"])
        route = [piece.strip() for piece in _route(str(row["path"])).split("->")]
        pair = f"{route[0]} -> {route[-1]}"
        estimate = number(row["est"])
        if estimate is None or effect in (
            "index",
            "contrast",
            "conditional_direct",
            "conditional_indirect",
            "total_indirect",
        ):
            continue
        slot = "indirect" if effect == "indirect" else "total" if effect == "total" else "direct"
        bucket = ends.setdefault(pair, {})
        bucket[slot] = bucket.get(slot, 0.0) + estimate
    rows: list[tuple[Cell, ...]] = []
    for pair, found in ends.items():
        rows.append(
            (
                ctx.path(pair),
                found.get("direct"),
                found.get("indirect"),
                found.get("total", found.get("direct")),
            )
        )
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("direct", "direct", "estimate"),
        ctx.column("indirect", "indirect", "estimate"),
        ctx.column("total", "total", "estimate"),
    ]
    return ctx.made(key, title, columns, rows, notes=(ctx.text("note.effects"), ctx.text("note.gap_none")))


def r2_table(ctx: Context, name: str) -> Block | None:
    """R² of every endogenous variable."""
    part = ctx.get(name)
    if (
        part is None
        or ctx.failed("r2", "", part)
        or getattr(part, "equations", None) is None
        or not len(part.equations)
    ):
        return None
    frame = part.equations
    rows: list[tuple[Cell, ...]] = [
        (ctx.label(str(row["outcome"])), whole(row.get("n")), number(row["r2"]))
        for _, row in frame.iterrows()
        if row.get("role") != "total"
    ]
    columns = [
        ctx.column("outcome", "outcome"),
        ctx.column("n", "n", "integer"),
        ctx.column("r2", "r2", "index", bounded=True),
    ]
    if all(row[1] is None for row in rows):
        columns.pop(1)
        rows = [(row[0], row[2]) for row in rows]
    kind = kind_of(name)
    return ctx.made(
        f"r2_{kind}_{model_of(name)}",
        ctx.text(f"title.r2.{kind}", model=model_of(name)),
        columns,
        rows,
        notes=(ctx.text("note.q2"),),
    )


def size_table(ctx: Context, name: str) -> Block | None:
    """Standardised effects with intervals, standardised within every draw."""
    part = ctx.get(name)
    if (
        part is None
        or ctx.failed("size", "", part)
        or getattr(part, "sizes", None) is None
        or not len(part.sizes)
    ):
        return None
    frame = part.sizes
    method = str(frame["method"].iloc[0])
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for scale in dict.fromkeys(frame["scale"]):
        own = frame[(frame["method"] == method) & (frame["scale"] == scale)]
        own = own[own["effect"].isin(["a", "b", "d", "direct", "indirect", "total", "total_indirect"])]
        if len(own):
            groups.append((len(rows), ctx.text(f"scale.{scale}")))
        for _, row in own.iterrows():
            rows.append(
                (
                    f"{ctx.text('effect.' + row['effect'])}: {ctx.path(_route(str(row['path'])))}",
                    number(row["est"]),
                    number(row["se"]),
                    number(row["ci_low"]),
                    number(row["ci_high"]),
                )
            )
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("est", "est", "estimate"),
        ctx.column("se", "se", "estimate"),
        ctx.column("ci_low", "low", "estimate"),
        ctx.column("ci_high", "high", "estimate"),
    ]
    spanner = Spanner(ctx.text("head.ci", level=_level(ctx, part)), ("ci_low", "ci_high"))
    title = ctx.text(f"title.size.{kind_of(name)}", model=model_of(name))
    notes = (ctx.text("note.size", method=method_label(ctx, method)),)
    return ctx.made(
        f"size_{kind_of(name)}_{model_of(name)}",
        title,
        columns,
        rows,
        spanners=(spanner,),
        groups=tuple(groups),
        notes=notes,
    )


def method_label(ctx: Context, method: str) -> str:
    """Words of an interval method."""
    from umkm_stats import messages

    try:
        return messages.text(f"mediation.method.{method}", ctx.voice.lang)
    except KeyError:
        return method


def ledger_note(ctx: Context, part: Any) -> str:
    """Sample, draws requested, used, inadmissible, failed, seed: under every bootstrap table."""
    ledger = part.ledger
    counts = {
        key: ctx.voice.count(int(ledger.get(key, 0)))
        for key in ("requested", "converged", "inadmissible", "failed")
    }
    key = "note.ledger" if part.seed is not None else "note.ledger.noseed"
    return ctx.text(key, n=ctx.voice.count(part.sample.used), seed=str(part.seed), **counts)


def others(part: Any) -> list[dict[str, Any]]:
    """Coefficients that are no arrow between x, m and y: moderators, products ("OI:ACAP"), covariates."""
    frame = part.coefficients
    arrows = {
        tuple(piece.strip() for piece in _route(path).split("->"))
        for effect, path in _pairs(part.effects, ("a", "b", "d", "direct"))
    }
    out = []
    for row in frame.to_dict("records"):
        if "lhs" in row:
            if row.get("op") != "~" or row.get("group") not in (None, "", "1"):
                continue
            name, outcome, std = str(row["rhs"]), str(row["lhs"]), number(row.get("std_all"))
            known = [
                code for code in {code for pair in arrows for code in pair} if name.startswith(f"{code}x")
            ]
            name = f"{known[0]}:{name[len(known[0]) + 1 :]}" if known else name
        else:
            if row["role"] == "total" or row["term"] == "(intercept)":
                continue
            name, outcome, std = str(row["term"]), str(row["outcome"]), None
        if (name, outcome) not in arrows:
            out.append(
                {"term": name, "outcome": outcome, "std": std}
                | {key: number(row[key]) for key in ("est", "se", "p", "ci_low", "ci_high")}
            )
    return out


def term(ctx: Context, name: str) -> str:
    """``OI:ACAP`` in words."""
    return " \N{MULTIPLICATION SIGN} ".join(ctx.label(piece) for piece in name.split(":"))


def detail(ctx: Context, name: str, part: str) -> Any:
    """A detail of an analysis (vaf, typology, f2, assumptions, sensitivity, confounder, curve), or None when
    it is not there."""
    found = ctx.get(f"detail_{name}_{part.removeprefix('mediation_')}")
    return None if found is None or not hasattr(found, "frame") or not len(found.frame) else found


def vaf_table(ctx: Context, name: str) -> Block | None:
    """VAF beside the kind of mediation."""
    part, kinds = detail(ctx, "vaf", name), detail(ctx, "typology", name)
    if part is None or kinds is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for row in part.frame.to_dict("records"):
        own = kinds.frame[kinds.frame["path"] == row["path"]]
        kind = str(own["mediation_type"].iloc[0]) if len(own) else ""
        vaf = number(row["vaf"])
        rows.append(
            (
                ctx.path(str(row["path"])),
                None if vaf is None else 100 * vaf,
                ctx.text(f"type.{kind}") if kind else "",
            )
        )
    columns = [
        ctx.column("path", "path", wide=True),
        ctx.column("vaf", "vaf", "percent"),
        ctx.column("type", "type", wide=True),
    ]
    notes = [ctx.text("note.vaf"), *(ctx.note(note) for note in (*part.notes, *kinds.notes))]
    key = f"vaf_{kind_of(name)}_{model_of(name)}"
    return ctx.made(key, ctx.text("title.vaf", model=model_of(name)), columns, rows, notes=tuple(notes))


def f2_table(ctx: Context, name: str) -> Block | None:
    """Effect size f² of every coefficient."""
    part = detail(ctx, "f2", name)
    if part is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            f"{term(ctx, str(row['term']))} \N{RIGHTWARDS ARROW} {ctx.label(str(row['outcome']))}",
            number(row["f2"]),
        )
        for row in part.frame.to_dict("records")
        if row["role"] != "total"
    ]
    columns = [ctx.column("path", "path", wide=True), ctx.column("f2", "f2", "index")]
    return ctx.made(
        f"f2_{model_of(name)}",
        ctx.text("title.f2", model=model_of(name)),
        columns,
        rows,
        notes=(ctx.text("note.f2"),),
    )


def assumptions_table(ctx: Context, name: str) -> Block | None:
    """Asumsi klasik of the regressions."""
    part = detail(ctx, "assumptions", name)
    if part is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    last = None
    for row in part.frame.to_dict("records"):
        if row["outcome"] != last:
            last = row["outcome"]
            groups.append((len(rows), ctx.label(str(last))))
        words = ctx.text(f"check.{row['check']}")
        if row["term"]:
            words += f": {term(ctx, str(row['term']))}"
        rows.append((words, number(row["statistic"]), number(row["p"])))
    columns = [
        ctx.column("check", "check", wide=True),
        ctx.column("statistic", "statistic", "estimate"),
        ctx.column("p", "p", "p"),
    ]
    notes = (ctx.text("note.assumptions"), *(ctx.note(note) for note in part.notes))
    return ctx.made(
        f"assumptions_{model_of(name)}",
        ctx.text("title.assumptions", model=model_of(name)),
        columns,
        rows,
        groups=tuple(groups),
        notes=notes,
    )


def _pairs(frame: Any, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    found = dict.fromkeys(
        (str(e), str(p)) for e, p in zip(frame["effect"], frame["path"], strict=True) if e in kinds
    )
    order = {kind: place for place, kind in enumerate(kinds)}
    return sorted(found, key=lambda pair: order[pair[0]])


def _standard(part: Any, effect: str, path: str) -> float | None:
    sizes = getattr(part, "sizes", None)
    if sizes is None or not len(sizes):
        return None
    scale = sizes["scale"].isin(["std_xy", "std_all"])
    own = sizes[(sizes["effect"] == effect) & (sizes["path"] == path) & scale]
    found = number(own["est"].iloc[0]) if len(own) else None
    return None if found is None else float(found)


def _route(path: str) -> str:
    return path.split("|")[0].split("[")[0].split("@")[0].strip()


def _at(ctx: Context, path: str) -> str:
    rest = path[len(_route(path)) :].strip(" |@[]")
    if not rest:
        return ""
    pieces = []
    for piece in rest.split(","):
        name, _, value = piece.partition("=")
        try:
            pieces.append(f"{ctx.label(name.strip())} = {ctx.voice.number(float(value), decimals=2)}")
        except ValueError:
            pieces.append(ctx.label(piece.strip()))
    return f" ({'; '.join(pieces)})"


def _level(ctx: Context, part: Any) -> str:
    return ctx.voice.number(
        100 * part.level, decimals=0 if abs(100 * part.level - round(100 * part.level)) < 1e-9 else 1
    )


def _errors(ctx: Context, part: Any) -> str:
    kind = str(getattr(part, "errors", "classical") or "classical")
    try:
        return ctx.text(f"errors.{kind}")
    except KeyError:
        return kind
