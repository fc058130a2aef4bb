"""What tables, sentences and pictures read from an analysis of mediation: names, rows, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from umkm_stats import ways
from umkm_stats.report._spec import Cell, Column, Spanner, Table
from umkm_stats.report.tables._context import Block, Context, number, route_of

TESTED = ways.TESTED


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis that a table is made of: its part of the results, its name, and the head of the table."""

    ctx: Context
    name: str
    part: Any
    key: str
    title: str

    def limits(self) -> tuple[list[Column], Spanner]:
        """The columns of an interval, under a heading with the level."""
        columns = [
            self.ctx.column("ci_low", "low", "estimate"),
            self.ctx.column("ci_high", "high", "estimate"),
        ]
        return columns, Spanner(
            self.ctx.text("head.ci", level=level_of(self.ctx, self.part)), ("ci_low", "ci_high")
        )

    def made(self, columns: list[Column], rows: list[tuple[Cell, ...]], **more: Any) -> Table:
        """The table."""
        return self.ctx.made(self.key, self.title, columns, rows, **more)


Builder = Callable[[Analysis], Block | None]


def of_analysis(
    what: str, *, by_kind: bool = True, silent: bool = False
) -> Callable[[Builder], Callable[[Context, str], Block | None]]:
    """Gives a builder its analysis: none when the study has no such part, the reason when it failed (nothing
    when ``silent``). ``what`` names the table in its key and title; ``by_kind``: scores and latent variables
    have titles of their own."""

    def decorate(build: Builder) -> Callable[[Context, str], Block | None]:
        def table(ctx: Context, name: str) -> Block | None:
            part, kind, model = ctx.get(name), kind_of(name), model_of(name)
            if part is None:
                return None
            title = ctx.text(f"title.{what}.{kind}" if by_kind else f"title.{what}", model=model)
            key = f"{what}_{kind}_{model}"
            if gone := ctx.failed(key, title, part):
                return None if silent else gone
            return build(Analysis(ctx, name, part, key, title))

        table.__doc__ = build.__doc__
        return table

    return decorate


def of_detail(what: str, key: str) -> Callable[[Builder], Callable[[Context, str], Block | None]]:
    """Gives a builder what was asked of an analysis; none when it is not there. ``key``: with ``{kind}`` and
    ``{model}``."""

    def decorate(build: Builder) -> Callable[[Context, str], Block | None]:
        def table(ctx: Context, name: str) -> Block | None:
            part, model = detail(ctx, what, name), model_of(name)
            if part is None:
                return None
            made = key.format(kind=kind_of(name), model=model)
            return build(Analysis(ctx, name, part, made, ctx.text(f"title.{what}", model=model)))

        table.__doc__ = build.__doc__
        return table

    return decorate


def names(ctx: Context) -> list[str]:
    """Keys of the mediation parts, in order: scores first, then latent, main model first."""
    return [name for name in ctx.results.parts if name.startswith(("mediation_scores", "mediation_latent"))]


def model_of(name: str) -> str:
    """``M1`` of ``mediation_latent_M1``."""
    return name.rsplit("_", 1)[1]


def kind_of(name: str) -> str:
    """scores or latent."""
    return "latent" if "latent" in name else "scores"


def method_label(ctx: Context, method: str) -> str:
    """Words of an interval method."""
    try:
        return ways.label(method, ctx.voice.lang)
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
        tuple(piece.strip() for piece in route_of(path).split("->"))
        for effect, path in pairs(part.effects, ("a", "b", "d", "direct"))
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


def pairs(frame: Any, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """(effect, path) of the rows of ``kinds``, once each, in the order of ``kinds``."""
    found = dict.fromkeys(
        (str(e), str(p)) for e, p in zip(frame["effect"], frame["path"], strict=True) if e in kinds
    )
    order = {kind: place for place, kind in enumerate(kinds)}
    return sorted(found, key=lambda pair: order[pair[0]])


def standardised(part: Any, effect: str, path: str) -> float | None:
    """The completely standardised effect, when the analysis has it."""
    sizes = getattr(part, "sizes", None)
    if sizes is None or not len(sizes):
        return None
    scale = sizes["scale"].isin(["std_xy", "std_all"])
    own = sizes[(sizes["effect"] == effect) & (sizes["path"] == path) & scale]
    found = number(own["est"].iloc[0]) if len(own) else None
    return None if found is None else float(found)


def level_of(ctx: Context, part: Any) -> str:
    """The confidence level in percent."""
    return ctx.voice.number(
        100 * part.level, decimals=0 if abs(100 * part.level - round(100 * part.level)) < 1e-9 else 1
    )


def errors_of(ctx: Context, part: Any) -> str:
    """Words of the standard errors."""
    kind = str(getattr(part, "errors", "classical") or "classical")
    try:
        return ctx.text(f"errors.{kind}")
    except KeyError:
        return kind
