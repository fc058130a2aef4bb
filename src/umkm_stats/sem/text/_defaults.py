"""From the terms of a model to its parameter table: what the user wrote and what the defaults add.

Defaults are lavaan's for ``cfa`` and ``sem``: first loading 1 (or factor variance 1 with ``std_lv``),
residual variances free, exogenous latent variables covary, residuals of outcomes that predict nothing covary,
the residual of a lone indicator is 0, moments of exogenous observed variables are the sample's (``fixed_x``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.sem.text._language import Model, Modifier, Term
from umkm_stats.sem.text._table import ParameterTable, Row, Variables, roles

HIDDEN = ".p"
"""Begins the labels that hold parameters equal without a name of the user's."""
SAME = "="
"""Begins a label that stands for "equal to the parameter named here" until it is resolved."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asked of the defaults; theta: residual variances of ordinal variables are parameters;
    categorical: ordinal variable → number of its categories."""

    std_lv: bool
    means: bool
    fixed_x: bool
    growth: bool
    orthogonal: bool
    effect_coding: bool
    theta: bool
    categorical: Mapping[str, int]

    @property
    def markers(self) -> bool:
        """Whether first loadings are fixed to 1."""
        return not self.std_lv and not self.effect_coding


class _Rows:
    """Rows of one group in the making; a parameter enters once."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.seen: set[tuple[str, str, str]] = set()

    def write(self, row: Row) -> None:
        """A row of the user's."""
        self.rows.append(row)
        self.seen.add((row.lhs, row.op, row.rhs))
        if row.op == "~~":
            self.seen.add((row.rhs, row.op, row.lhs))

    def add(self, row: Row) -> None:
        """A row of the defaults, unless the parameter is there."""
        if (row.lhs, row.op, row.rhs) not in self.seen:
            self.seen.add((row.lhs, row.op, row.rhs))
            self.rows.append(row)


def _free(name: str, op: str, other: str) -> Row:
    return Row(name, op, other, 1, free=1)


def _fixed(name: str, op: str, other: str, value: float) -> Row:
    return Row(name, op, other, 1, free=0, value=value)


def _defaults(model: Model, who: Variables, want: Wishes) -> list[Row]:
    """Rows of one group before modifiers: the user's in their order, then what the defaults add."""
    made = _Rows()
    _written(made, model, who, want)
    _variances(made, model, who, want)
    _covariances(made, who, want)
    if want.means:
        _means(made, who, want)
    _categories(made, who, want)
    return made.rows


def _written(made: _Rows, model: Model, who: Variables, want: Wishes) -> None:
    marked: set[str] = set()
    for term in model.terms:
        row = Row(term.lhs, term.op, term.rhs, 1, free=1, origin="user")
        own = term.op == "~~" and term.lhs == term.rhs
        if term.op == "=~" and term.lhs not in marked:
            marked.add(term.lhs)
            if want.markers:
                row = replace(row, free=0, value=1.0)
        if own and want.std_lv and term.lhs in who.latent:
            row = replace(row, free=0, value=1.0)
        if own and term.lhs in want.categorical and want.theta:
            row = replace(row, free=0, value=1.0)
        elif own and term.lhs in want.categorical:
            if any(modifier.kind not in ("start",) for modifier in term.modifiers):
                raise UmkmError("SEM121", Place(line=term.line), {"name": term.lhs, "line": term.line})
            row = replace(row, free=0, origin="derived")
        made.write(row)


def _variances(made: _Rows, model: Model, who: Variables, want: Wishes) -> None:
    measured = [term for term in model.terms if term.op == "=~"]
    counts = {name: sum(term.lhs == name for term in measured) for name in who.latent}
    loads = {term.rhs: sum(other.rhs == term.rhs for other in measured) for term in measured}
    alone = {term.rhs for term in measured if counts[term.lhs] == 1 and loads[term.rhs] == 1}
    composites = {term.lhs for term in model.terms if term.op == "<~"}
    for name in who.observed:
        if name in who.exogenous:
            continue
        if name in want.categorical:
            derived = Row(name, "~~", name, 1, free=0, origin="derived")
            made.add(_fixed(name, "~~", name, 1.0) if want.theta else derived)
        elif name in alone and name not in who.latent:
            made.add(_fixed(name, "~~", name, 0.0))
        else:
            made.add(_free(name, "~~", name))
    for name in who.latent:
        if name in composites:
            made.add(_fixed(name, "~~", name, 0.0))
        elif want.std_lv:
            made.add(_fixed(name, "~~", name, 1.0))
        else:
            made.add(_free(name, "~~", name))


def _covariances(made: _Rows, who: Variables, want: Wishes) -> None:
    for left, right in combinations(who.latent_exogenous, 2):
        made.add(_fixed(left, "~~", right, 0.0) if want.orthogonal else _free(left, "~~", right))
    for left, right in combinations(who.outcomes, 2):
        latent = left in who.latent and right in who.latent
        made.add(_fixed(left, "~~", right, 0.0) if want.orthogonal and latent else _free(left, "~~", right))
    for index, left in enumerate(who.exogenous):
        for right in who.exogenous[index:]:
            made.add(_sampled(left, "~~", right, want))


def _sampled(name: str, op: str, other: str, want: Wishes) -> Row:
    return Row(name, op, other, 1, free=0, origin="sample") if want.fixed_x else _free(name, op, other)


def _means(made: _Rows, who: Variables, want: Wishes) -> None:
    for name in who.observed:
        if name in who.exogenous:
            made.add(_sampled(name, "~1", "", want))
        elif name in want.categorical or want.growth:
            made.add(_fixed(name, "~1", "", 0.0))
        else:
            made.add(_free(name, "~1", ""))
    for name in who.latent:
        loose = want.growth or want.effect_coding
        made.add(_free(name, "~1", "") if loose else _fixed(name, "~1", "", 0.0))


def _categories(made: _Rows, who: Variables, want: Wishes) -> None:
    del who
    for name, levels in want.categorical.items():
        for number in range(1, levels):
            made.add(_free(name, "|", f"t{number}"))
        scaled = Row(name, "~*~", name, 1, free=0, origin="scaled")
        made.add(scaled if want.theta else _fixed(name, "~*~", name, 1.0))


def _apply(row: Row, term: Term, group: int, n_groups: int) -> Row:
    """The row with the modifiers written before its term."""
    if row.origin in ("derived", "scaled"):
        return row
    for modifier in term.modifiers:
        value = _of_group(modifier, row, group, n_groups)
        if modifier.kind == "fix":
            row = (
                replace(row, free=1, value=math.nan)
                if value is None
                else replace(row, free=0, value=float(value))
            )
        elif value is None:
            continue
        elif modifier.kind == "label":
            row = replace(row, label=str(value))
        elif modifier.kind == "equal":
            row = replace(row, label=f"{SAME}{value}")
        else:
            row = _limited(row, modifier.kind, float(value))
    return row


def _limited(row: Row, kind: str, value: float) -> Row:
    if kind == "start":
        return replace(row, start=value)
    return replace(row, lower=value) if kind == "lower" else replace(row, upper=value)


def _of_group(modifier: Modifier, row: Row, group: int, n_groups: int) -> float | str | None:
    values = modifier.values
    if len(values) not in (1, n_groups):
        raise UmkmError(
            "SEM109",
            Place(line=modifier.line),
            {"received": len(values), "groups": n_groups, "parameter": row.name},
        )
    return values[0] if len(values) == 1 else values[group - 1]


def _kind(row: Row, who: Variables) -> str:
    """The word of ``group_equal`` for a row, "" when none fits."""
    plain = {"=~": "loadings", "~": "regressions", "<~": "regressions", "|": "thresholds"}
    if row.op in plain:
        return plain[row.op]
    latent = row.lhs in who.latent
    if row.op == "~1":
        return "means" if latent else "intercepts"
    if row.op == "~~":
        both, own = latent and row.rhs in who.latent, row.lhs == row.rhs
        if both:
            return "lv_variances" if own else "lv_covariances"
        return "residuals" if own else "residual_covariances"
    return ""


def _loosened(row: Row, who: Variables, equal: set[str], want: Wishes) -> Row:
    """A row of a later group with what equal parameters make identified there set free."""
    if row.free or row.origin == "sample":
        return row
    kind, default = _kind(row, who), row.origin == "default"
    own = row.op == "~~" and row.lhs == row.rhs and row.lhs in want.categorical
    unit = own and "residuals" not in equal if want.theta else row.op == "~*~"
    scale = unit and "thresholds" in equal and default
    level = (
        kind == "means" and bool({"intercepts", "thresholds"} & equal) and "means" not in equal and default
    )
    spread = kind == "lv_variances" and want.std_lv and "loadings" in equal and "lv_variances" not in equal
    return replace(row, free=1, value=math.nan) if scale or level or spread else row


def build_table(
    model: Model,
    *,
    n_groups: int = 1,
    std_lv: bool = False,
    means: bool = False,
    fixed_x: bool = True,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    categorical: Mapping[str, int] | None = None,
    bounds: str | None = None,
    growth: bool = False,
    orthogonal: bool = False,
    effect_coding: bool = False,
    theta: bool = False,
) -> ParameterTable:
    """The table of ``model``.

    Raises ``UmkmError`` SEM109 (a modifier with the wrong number of entries), SEM110 (a label at two
    different fixed values), SEM121 (a modifier at the residual variance of an ordinal variable), SEM122
    (``equal()`` names no parameter), ``UsageError`` SEM111 (``group_partial`` names no parameter).
    """
    who = roles(model.terms)
    want = Wishes(std_lv, means, fixed_x, growth, orthogonal, effect_coding, theta, categorical or {})
    first = _defaults(model, who, want)
    partial = _partial(first, group_partial)
    terms = {(term.lhs, term.op, term.rhs): term for term in model.terms}
    equal = set(group_equal) if n_groups > 1 else set()
    rows: list[Row] = []
    for group in range(1, n_groups + 1):
        for position, base in enumerate(first):
            row = base if group == base.group else replace(base, group=group)
            if group > 1:
                row = _loosened(row, who, equal, want)
            term = terms.get((row.lhs, row.op, row.rhs))
            if term is not None:
                row = _apply(row, term, group, n_groups)
            own = row.op == "~~" and row.lhs == row.rhs
            if bounds is not None and own and row.free and row.lower == -math.inf:
                row = replace(row, lower=0.0)
            if row.free and _kind(row, who) in equal and not _exempt(row, who, partial):
                row = _held(row, rows[position] if group > 1 else None, position)
            rows.append(row)
    rows, names = _number(_shared(rows, terms), n_groups)
    table = ParameterTable(tuple(rows), who, model.definitions, n_groups, tuple(names), means)
    return replace(table, sums=_effect_sums(table, equal) if effect_coding else ())


def _partial(first: list[Row], group_partial: Sequence[str]) -> set[str]:
    wanted = {entry.replace(" ", "").replace("`", "") for entry in group_partial}
    known = {row.name for row in first} | {f"{row.rhs}{row.op}{row.lhs}" for row in first if row.op == "~~"}
    if unknown := wanted - known:
        raise UsageError("SEM111", params={"names": sorted(unknown)})
    return wanted


def _exempt(row: Row, who: Variables, partial: set[str]) -> bool:
    """Whether a row is set free again, or belongs to the sample."""
    return (
        row.name in partial
        or f"{row.rhs}{row.op}{row.lhs}" in partial
        or (row.op == "~~" and row.lhs in who.exogenous)
    )


def _held(row: Row, first: Row | None, position: int) -> Row:
    """The row with the label that holds it equal to that of the first group."""
    if first is None:
        return replace(row, label=row.label or f"{HIDDEN}{position + 1}.")
    return replace(row, label=first.label) if first.free and not row.label else row


def _shared(rows: list[Row], terms: Mapping[tuple[str, str, str], Term]) -> list[Row]:
    """``equal()`` resolved to labels; a label that also stands at a fixed parameter fixes all its rows, as in
    lavaan (tau-equivalence: ``a*x1 + a*x2``, with the marker at 1)."""
    out = list(rows)
    for place, row in enumerate(rows):
        if not row.label.startswith(SAME):
            continue
        wanted = row.label[len(SAME) :].replace(" ", "").replace("`", "")
        target = next(
            (
                k
                for k, other in enumerate(out)
                if other.group == row.group and wanted in (other.name, other.label) and k != place
            ),
            None,
        )
        if target is None:
            line = terms[row.lhs, row.op, row.rhs].line
            raise UmkmError("SEM122", Place(line=line), {"token": wanted, "line": line})
        label = out[target].label or f"{HIDDEN}{target + 1}.{row.group}."
        out[target] = replace(out[target], label=label)
        out[place] = replace(row, label=label)
    values: dict[str, float] = {}
    for row in out:
        fixed = row.label and not row.free and row.origin not in ("sample", "derived")
        if fixed and values.setdefault(row.label, row.value) != row.value:
            raise UmkmError("SEM110", params={"label": row.label, "parameter": row.name})
    return [
        replace(row, free=0, value=values[row.label]) if row.free and row.label in values else row
        for row in out
    ]


def _number(rows: list[Row], n_groups: int) -> tuple[list[Row], list[str]]:
    """Rows with parameter numbers (those that share a label share one) and the names of the parameters."""
    names: list[str] = []
    number: dict[str, int] = {}
    out: list[Row] = []
    for row in rows:
        if not row.free:
            out.append(row)
            continue
        if row.label and row.label in number:
            out.append(_freed(row, number[row.label]))
            continue
        shown = row.label if row.label and not row.label.startswith(HIDDEN) else row.name
        own = not row.label or row.label.count(".") > 2
        suffix = f".g{row.group}" if n_groups > 1 and shown == row.name and own else ""
        names.append(shown + suffix)
        if row.label:
            number[row.label] = len(names)
        out.append(_freed(row, len(names)))
    return out, names


def _freed(row: Row, number: int) -> Row:
    """The row as this parameter; ``replace`` takes four times as long, for every parameter of a model."""
    fields = (row.value, row.label, row.origin, row.start, row.lower, row.upper)
    return Row(row.lhs, row.op, row.rhs, row.group, number, *fields)


def _effect_sums(table: ParameterTable, equal: set[str]) -> tuple[tuple[tuple[int, ...], float], ...]:
    """(parameters, sum) of effect coding: loadings of a factor average 1, intercepts of its indicators sum
    to 0 (Little, Slegers & Card 2006); only the first group's where they are equal over groups."""
    out: list[tuple[tuple[int, ...], float]] = []
    for latent in table.variables.latent:
        for group in range(1, table.n_groups + 1):
            mine = [row for row in table.rows if row.group == group]
            loads = [row for row in mine if row.op == "=~" and row.lhs == latent]
            if group == 1 or "loadings" not in equal:
                fixed = sum(row.value for row in loads if not row.free)
                free = tuple(row.free - 1 for row in loads if row.free)
                if free:
                    out.append((free, len(loads) - fixed))
            items = {row.rhs for row in loads}
            levels = [row for row in mine if row.op == "~1" and row.lhs in items and row.free]
            if table.means and levels and (group == 1 or "intercepts" not in equal):
                out.append((tuple(row.free - 1 for row in levels), 0.0))
    return tuple(out)
