"""The parameter table: every parameter of the model, what the user wrote and what the defaults add.

Defaults are lavaan's for ``cfa`` and ``sem``: first loading 1 (or factor variance 1 with ``std_lv``),
residual variances free, exogenous latent variables covary, residuals of outcomes that predict nothing covary,
the residual of a lone indicator is 0, moments of exogenous observed variables are the sample's (``fixed_x``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.sem.text._language import Definition, Model, Term

if TYPE_CHECKING:
    import pandas as pd

EQUAL = (
    "loadings",
    "intercepts",
    "means",
    "regressions",
    "residuals",
    "residual_covariances",
    "lv_variances",
    "lv_covariances",
    "thresholds",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter. group from 1; free: number of the parameter from 1, 0 when fixed; value: fixed value or
    NaN;
    origin: "user", "default" or "sample" (moments of exogenous x); start, lower, upper: NaN or ±inf when
    unset."""

    lhs: str
    op: str
    rhs: str
    group: int
    free: int = 0
    value: float = math.nan
    label: str = ""
    origin: str = "default"
    start: float = math.nan
    lower: float = -math.inf
    upper: float = math.inf

    @property
    def name(self) -> str:
        """``lhs op rhs`` as one word, without the group."""
        return f"{self.lhs}{self.op}{self.rhs}"


@dataclass(frozen=True, slots=True)
class Variables:
    """Names by role, each in order of first mention.

    latent, observed; exogenous: observed x whose moments are the sample's own or free apart from the model;
    single: observed variables that stand alone for a latent; outcomes: the variables with a residual
    covariance of their own by default.
    """

    latent: tuple[str, ...]
    observed: tuple[str, ...]
    exogenous: tuple[str, ...]
    latent_exogenous: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """All rows of all groups, with names by role and definitions; ``names`` has one entry a free
    parameter."""

    rows: tuple[Row, ...]
    variables: Variables
    definitions: tuple[Definition, ...]
    n_groups: int
    names: tuple[str, ...]
    means: bool

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: lhs op rhs group free value label origin start lower upper (see
        :class:`Row`)."""
        import pandas as pd

        names = ("lhs", "op", "rhs", "group", "free", "value", "label", "origin", "start", "lower", "upper")
        frame = pd.DataFrame(
            [[getattr(row, name) for name in names] for row in self.rows], columns=list(names)
        )
        return frame.assign(label=["" if label.startswith(".p") else label for label in frame["label"]])

    @property
    def labels(self) -> dict[str, int]:
        """Label → parameter index (from 0); fixed parameters with a label are left out."""
        return {row.label: row.free - 1 for row in self.rows if row.label and row.free}

    @property
    def fixed_labels(self) -> dict[str, float]:
        """Label → value of fixed parameters that carry one."""
        return {row.label: row.value for row in self.rows if row.label and not row.free}


def roles(terms: Sequence[Term]) -> Variables:
    """Who is latent, observed, exogenous, and which outcomes predict nothing."""
    unique = dict.fromkeys
    latent = tuple(unique(term.lhs for term in terms if term.op == "=~"))
    known = set(latent)
    indicators = unique(term.rhs for term in terms if term.op == "=~")
    outcomes = unique(term.lhs for term in terms if term.op == "~")
    predictors = unique(term.rhs for term in terms if term.op == "~")
    moments = unique(
        name for term in terms if term.op in ("~~", "~1") for name in (term.lhs, term.rhs) if name
    )
    others = unique(term.lhs for term in terms if term.op in ("|", "~*~"))
    order = unique([*indicators, *outcomes, *predictors, *moments, *others])
    observed = tuple(name for name in order if name not in known)
    exogenous = tuple(
        n
        for n in predictors
        if n not in known and n not in outcomes and n not in indicators and n not in moments
    )
    observed = tuple(n for n in observed if n not in exogenous) + exogenous
    free_latent = tuple(name for name in latent if name not in outcomes and name not in indicators)
    ends = [n for n in (*latent, *observed) if n in outcomes and n not in predictors and n not in indicators]
    return Variables(latent, observed, exogenous, free_latent, tuple(ends))


def _apply(row: Row, term: Term, group: int, n_groups: int) -> Row:
    for modifier in term.modifiers:
        values = modifier.values
        if len(values) not in (1, n_groups):
            raise UmkmError(
                "SEM109",
                Place(line=modifier.line),
                {"received": len(values), "groups": n_groups, "parameter": row.name},
            )
        value = values[0] if len(values) == 1 else values[group - 1]
        if modifier.kind == "fix":
            row = (
                replace(row, free=1, value=math.nan)
                if value is None
                else replace(row, free=0, value=float(value))
            )
        elif modifier.kind == "start" and value is not None:
            row = replace(row, start=float(value))
        elif modifier.kind in ("label", "equal") and value is not None:
            row = replace(row, label=str(value))
        elif modifier.kind == "lower" and value is not None:
            row = replace(row, lower=float(value))
        elif modifier.kind == "upper" and value is not None:
            row = replace(row, upper=float(value))
    return row


def _defaults(
    model: Model, who: Variables, *, std_lv: bool, means: bool, fixed_x: bool, categorical: Mapping[str, int]
) -> list[Row]:
    """Rows of one group before modifiers: the user's in their order, then what the defaults add."""
    rows: list[Row] = []
    marked: set[str] = set()
    counts: dict[str, int] = {}
    for term in model.terms:
        if term.op == "=~":
            counts[term.lhs] = counts.get(term.lhs, 0) + 1
    loads: dict[str, int] = {}
    for term in model.terms:
        if term.op == "=~":
            loads[term.rhs] = loads.get(term.rhs, 0) + 1
    for term in model.terms:
        row = Row(term.lhs, term.op, term.rhs, 1, free=1, origin="user")
        if term.op == "=~" and term.lhs not in marked:
            marked.add(term.lhs)
            if not std_lv:
                row = replace(row, free=0, value=1.0)
        if std_lv and term.op == "~~" and term.lhs == term.rhs and term.lhs in who.latent:
            row = replace(row, free=0, value=1.0)
        rows.append(row)
    seen = {(row.lhs, row.op, row.rhs) for row in rows}
    seen |= {(row.rhs, row.op, row.lhs) for row in rows if row.op == "~~"}

    def add(row: Row) -> None:
        if (row.lhs, row.op, row.rhs) not in seen:
            seen.add((row.lhs, row.op, row.rhs))
            rows.append(row)

    alone = {
        term.rhs for term in model.terms if term.op == "=~" and counts[term.lhs] == 1 and loads[term.rhs] == 1
    }
    for name in who.observed:
        if name in who.exogenous:
            continue
        lone = name in alone and name not in who.latent
        if name in categorical:
            add(Row(name, "~~", name, 1, free=0, origin="derived"))
        else:
            add(Row(name, "~~", name, 1, free=0 if lone else 1, value=0.0 if lone else math.nan))
    for name in who.latent:
        add(Row(name, "~~", name, 1, free=0 if std_lv else 1, value=1.0 if std_lv else math.nan))
    for left, right in combinations(who.latent_exogenous, 2):
        add(Row(left, "~~", right, 1, free=1))
    for left, right in combinations(who.outcomes, 2):
        add(Row(left, "~~", right, 1, free=1))
    kind = {"free": 0, "origin": "sample"} if fixed_x else {"free": 1}
    for index, left in enumerate(who.exogenous):
        for right in who.exogenous[index:]:
            add(Row(left, "~~", right, 1, **kind))
    if means:
        for name in who.observed:
            if name in who.exogenous:
                add(Row(name, "~1", "", 1, **kind))
            else:
                add(
                    Row(
                        name,
                        "~1",
                        "",
                        1,
                        free=0 if name in categorical else 1,
                        value=0.0 if name in categorical else math.nan,
                    )
                )
        for name in who.latent:
            add(Row(name, "~1", "", 1, free=0, value=0.0))
    for name, levels in categorical.items():
        for number in range(1, levels):
            add(Row(name, "|", f"t{number}", 1, free=1))
        add(Row(name, "~*~", name, 1, free=0, value=1.0))
    return rows


def _kind(row: Row, who: Variables) -> str:
    latent = set(who.latent)
    if row.op == "=~":
        return "loadings"
    if row.op == "~":
        return "regressions"
    if row.op == "~1":
        return "means" if row.lhs in latent else "intercepts"
    if row.op == "|":
        return "thresholds"
    if row.op == "~~":
        if row.lhs in latent and row.rhs in latent:
            return "lv_variances" if row.lhs == row.rhs else "lv_covariances"
        return "residuals" if row.lhs == row.rhs else "residual_covariances"
    return ""


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
) -> ParameterTable:
    """The table of ``model``.

    Raises ``UmkmError`` SEM109 (a modifier with the wrong number of entries), SEM110 (a label both fixed and
    free), ``UsageError`` SEM111 (``group_partial`` names no parameter).
    """
    who = roles(model.terms)
    by_name = {(term.lhs, term.op, term.rhs): term for term in model.terms}
    ordinal = categorical or {}
    first = _defaults(model, who, std_lv=std_lv, means=means, fixed_x=fixed_x, categorical=ordinal)
    partial = {entry.replace(" ", "").replace("`", "") for entry in group_partial}
    unknown = (
        partial
        - {row.name for row in first}
        - {f"{row.rhs}{row.op}{row.lhs}" for row in first if row.op == "~~"}
    )
    if unknown:
        raise UsageError("SEM111", params={"names": sorted(unknown)})
    rows: list[Row] = []
    equal = set(group_equal) if n_groups > 1 else set()
    for group in range(1, n_groups + 1):
        for position, base in enumerate(first):
            row = replace(base, group=group)
            kind = _kind(row, who)
            lifted = group > 1 and not row.free and row.origin != "sample" and kind != ""
            loosened = "intercepts" in equal or "thresholds" in equal
            if group > 1 and row.op == "~*~" and "thresholds" in equal and row.origin == "default":
                row = replace(row, free=1, value=math.nan)
            if lifted and kind == "means" and loosened and "means" not in equal and row.origin == "default":
                row = replace(row, free=1, value=math.nan)
            if (
                lifted
                and kind == "lv_variances"
                and std_lv
                and "loadings" in equal
                and "lv_variances" not in equal
            ):
                row = replace(row, free=1, value=math.nan)
            term = by_name.get((row.lhs, row.op, row.rhs))
            if term is not None:
                row = _apply(row, term, group, n_groups)
            if (
                bounds is not None
                and row.op == "~~"
                and row.lhs == row.rhs
                and row.free
                and row.lower == -math.inf
            ):
                row = replace(row, lower=0.0)
            held = kind in equal and row.name not in partial and f"{row.rhs}{row.op}{row.lhs}" not in partial
            if held and row.free and not (row.op == "~~" and row.lhs in who.exogenous):
                label = rows[position].label if group > 1 else row.label or f".p{position + 1}."
                if group == 1 or (rows[position].free and not row.label):
                    row = replace(row, label=label)
            rows.append(row)
    rows, names = _number(rows, n_groups)
    return ParameterTable(tuple(rows), who, model.definitions, n_groups, tuple(names), means)


def _number(rows: list[Row], n_groups: int) -> tuple[list[Row], list[str]]:
    """Rows with parameter numbers (rows that share a label share a number) and the names of the
    parameters."""
    names: list[str] = []
    number: dict[str, int] = {}
    fixed = {row.label for row in rows if row.label and not row.free}
    out: list[Row] = []
    for row in rows:
        if not row.free:
            out.append(row)
            continue
        if row.label and row.label in number:
            out.append(replace(row, free=number[row.label]))
            continue
        if row.label in fixed and row.label:
            raise UmkmError("SEM110", params={"label": row.label, "parameter": row.name})
        shown = row.label if row.label and not row.label.startswith(".p") else row.name
        suffix = f".g{row.group}" if n_groups > 1 and shown == row.name and not row.label else ""
        names.append(shown + suffix)
        if row.label:
            number[row.label] = len(names)
        out.append(replace(row, free=len(names)))
    return out, names
