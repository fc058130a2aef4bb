"""Structural after measurement: each construct is measured on its own, then the structural part is fitted to
the
covariances of the constructs (Rosseel & Loh 2022, https://doi.org/10.1037/met0000503, local version).

A misfit in one place does not spread, and small samples converge more often. With Λ and Θ of the measurement
models and W = Σ⁻¹, M = (Λᵀ W Λ)⁻¹ Λᵀ W, the constructs' covariances are M (S − Θ) Mᵀ. Standard errors of the
structural part carry the uncertainty of the first step (two-step correction with the joint information).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from umkm_stats import messages
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.sem.moments import complete_sample, mean_cov
from umkm_stats.kernels.sem.one.problem import problem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.results import Note, SampleUsed, jsonable, told
from umkm_stats.sem._door import fit
from umkm_stats.sem.estimate._compile import Compiled, compile_table
from umkm_stats.sem.inference._information import invert
from umkm_stats.sem.inference._values import Defined
from umkm_stats.sem.text._defaults import build_table
from umkm_stats.sem.text._language import read_model
from umkm_stats.sem.text._table import ParameterTable, Row

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


@dataclass(frozen=True, eq=False)
class Sam:
    """A model fitted in two steps, measurement before structure: what ``umkm_stats.sem.sam`` returns.

    Attributes
    ----------
    measurement : tuple of Fit
        One fit a block of constructs.
    structural : Fit
        The fit to the covariances of the constructs.
    table : ParameterTable
        The parameter table of the whole model.
    params : array of float
        (parameters,) estimates in the order of ``param_names``.
    vcov : array of float
        (parameters, parameters) their covariance; the second step allows for the first.
    step : tuple of int
        1 (measurement) or 2 (structure) for every parameter.
    reliability : dict of str to float
        Construct → share of the variance of its score that is the construct's.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.sem import sam
    >>> found = sam(examples.MODEL, examples.answers())
    >>> {name: round(float(value), 3) for name, value in found.reliability.items()}
    {'OI': 0.82, 'IP': 0.81, 'BP': 0.763}
    """

    measurement: tuple[Fit, ...]
    structural: Fit
    table: ParameterTable
    params: Floats
    vcov: Floats
    step: tuple[int, ...]
    reliability: dict[str, float]
    sample: SampleUsed
    seed: int | None = None

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the parameters: the label, or ``lhs op rhs`` as one word.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> sam(examples.MODEL, examples.answers()).param_names[:2]
        ('OI=~OI2', 'OI=~OI3')
        """
        return self.table.names

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of the measurement blocks and of the structural part.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> sam(examples.MODEL, examples.answers()).notes
        ()
        """
        told = [note for one in (*self.measurement, self.structural) for note in one.notes]
        return tuple(note for note in told if note.code not in ("SEM408", "SEM412"))

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Structural and measurement parameters and ``:=`` quantities.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group label free step (1 measurement, 2 structure) est se z p ci_low ci_high
            (95 %).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> found = sam(examples.MODEL, examples.answers()).tidy()
        >>> found.query("op == '~'")[["lhs", "rhs", "est"]].round(3).to_dict("records")
        [{'lhs': 'IP', 'rhs': 'OI', 'est': 0.496}, {'lhs': 'BP', 'rhs': 'IP', 'est': 0.425}, {'lhs': 'BP',
        'rhs': 'OI', 'est': 0.149}]
        """
        errors = np.sqrt(np.maximum(np.diagonal(self.vcov), 0.0))
        rows: list[tuple[Any, ...]] = []
        for row in self.table.rows:
            if row.origin == "sample":
                continue
            free = row.free - 1
            est, se = (self.params[free], errors[free]) if row.free else (row.value, 0.0)
            rows.append(
                (
                    row.lhs,
                    row.op,
                    row.rhs,
                    "",
                    row.label,
                    row.free,
                    self.step[free] if row.free else 0,
                    est,
                    se,
                )
            )
        if self.table.definitions:
            defined = Defined(self.table)
            slopes = defined.jacobian(self.params)
            spread = np.sqrt(np.maximum(np.einsum("kp,pq,kq->k", slopes, self.vcov, slopes), 0.0))
            for entry, value, se in zip(self.table.definitions, defined(self.params)[0], spread, strict=True):
                rows.append((entry.name, ":=", entry.expression.text, "", entry.name, 0, 2, value, se))
        frame = pd.DataFrame(
            rows, columns=["lhs", "op", "rhs", "group", "label", "free", "step", "est", "se"]
        )
        z = frame["est"] / frame["se"].where(frame["se"] > 0)
        wide = float(ndtri(0.975))
        return frame.assign(
            z=z,
            p=2.0 * ndtr(-np.abs(z)),
            ci_low=frame["est"] - wide * frame["se"],
            ci_high=frame["est"] + wide * frame["se"],
        )

    def tidy(self) -> pd.DataFrame:
        """Structural and measurement parameters and ``:=`` quantities.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group label free step (1 measurement, 2 structure) est se z p ci_low ci_high
            (95 %).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> found = sam(examples.MODEL, examples.answers()).tidy()
        >>> found.query("op == '~'")[["lhs", "rhs", "est"]].round(3).to_dict("records")
        [{'lhs': 'IP', 'rhs': 'OI', 'est': 0.496}, {'lhs': 'BP', 'rhs': 'IP', 'est': 0.425}, {'lhs': 'BP',
        'rhs': 'OI', 'est': 0.149}]
        """
        return self.estimates.copy()

    def glance(self) -> pd.DataFrame:
        """The analysis in one row.

        Returns
        -------
        pandas.DataFrame
            One row: n, blocks, and of the structural part chisq, df, pvalue (NaN without degrees of freedom).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> sam(examples.MODEL, examples.answers()).glance()[["n", "blocks", "df"]].to_dict("records")
        [{'n': 200, 'blocks': 3, 'df': 0.0}]
        """
        found = self.structural.indices
        row = {
            "n": self.sample.used,
            "blocks": len(self.measurement),
            "chisq": found["chisq"],
            "df": found["df"],
            "pvalue": found["pvalue"],
        }
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """What was done and the test of the structural part.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> print(sam(examples.MODEL, examples.answers()).summary())
        Structure after measurement, 3 measurement blocks; test of the structural part: chi-square 0.000, df
        0, p nan.
        n = 200 of 200 rows
        """
        found = self.structural.indices
        line = messages.text(
            "sem.sam",
            lang,
            blocks=len(self.measurement),
            x2=found["chisq"],
            df=int(found["df"]),
            p=found["pvalue"],
        )
        return "\n".join([line, self.sample.describe(lang), *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Estimates, reliability, structural part, sample and notes as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import sam
        >>> sorted(sam(examples.MODEL, examples.answers()).to_dict())
        ['estimates', 'notes', 'reliability', 'sample', 'structural']
        """
        return {
            "estimates": jsonable(self.estimates),
            "reliability": jsonable(self.reliability),
            "structural": jsonable(self.structural.indices),
            "sample": self.sample.to_dict(),
            "notes": [note.to_dict() for note in self.notes],
        }


def _blocks(rows: list[Row], latent: tuple[str, ...]) -> list[list[str]]:
    """Latent variables measured together: those that share indicators or residual covariances; a construct
    with
    fewer than three indicators joins the next one."""
    owner: dict[str, str] = {}
    parent = {name: name for name in latent}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for row in rows:
        if row.op == "=~":
            if row.rhs in owner:
                parent[root(row.lhs)] = root(owner[row.rhs])
            owner[row.rhs] = row.lhs
    for row in rows:
        if row.op == "~~" and row.lhs in owner and row.rhs in owner and row.lhs != row.rhs:
            parent[root(owner[row.lhs])] = root(owner[row.rhs])
    groups: dict[str, list[str]] = {}
    for name in latent:
        groups.setdefault(root(name), []).append(name)
    counts = {name: sum(row.op == "=~" and row.lhs == name for row in rows) for name in latent}
    out: list[list[str]] = []
    waiting: list[str] = []
    for members in groups.values():
        merged = waiting + members
        waiting = merged if any(counts[name] == 2 for name in merged) and len(merged) == 1 else []
        if not waiting:
            out.append(merged)
    if waiting:
        out = [*out[:-1], out[-1] + waiting] if out else [waiting]
    return out


def _text(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        value = "" if row.free else f"{row.value!r}*"
        value = "NA*" if row.free and row.op == "=~" else value
        label = f"{row.label}*" if row.label else ""
        lines.append(
            f"`{row.lhs}` {row.op} {value}`{row.rhs}`"
            + (f"\n`{row.lhs}` {row.op} {label}`{row.rhs}`" if label else "")
        )
    return "\n".join(lines)


def sam(model: str, data: Any, *, std_lv: bool = False, fixed_x: bool = True) -> Sam:
    """Structure after measurement (local SAM, ML): measurement first, structure after.

    Parameters
    ----------
    model : str
        Model text as ``fit`` takes it; measurement and structure in one.
    data : pandas.DataFrame
        Answers; complete rows are used.
    std_lv : bool, default False
        Latent variances 1 instead of first loadings 1.
    fixed_x : bool, default True
        Moments of exogenous observed variables are the sample's.

    Returns
    -------
    Sam
        Estimates of both steps with errors that allow for the first.

    Raises
    ------
    UsageError
        SEM311 (a model it cannot split: several groups, == constraints, second-order factors, means,
        indicators that take part in the structural part); what ``fit`` raises.
    UmkmError
        SEM312 (a covariance of constructs that is not positive definite).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.sem import sam
    >>> found = sam(examples.MODEL, examples.answers()).estimates
    >>> found.query("lhs == 'indirect'")["est"].round(3).tolist()
    [0.211]
    """
    text = read_model(model)
    table = build_table(text, std_lv=std_lv, fixed_x=fixed_x)
    who = table.variables
    latent = set(who.latent)
    rows = list(table.rows)
    items = {row.rhs for row in rows if row.op == "=~"}
    inner = [r for r in rows if r.op in ("~", "~~") and r.lhs not in items and r.rhs not in items]
    outer = [r for r in rows if r.op == "=~" or (r.op == "~~" and r.lhs in items and r.rhs in items)]
    split = len(inner) + len(outer) == len(rows) and not items & latent and latent and not text.constraints
    if not split or any(term.op == "~1" for term in text.terms):
        raise UsageError("SEM311")
    compiled = compile_table(table)
    measured, cov, n, sample = _measure(compiled, outer, data)
    moments, mapped, theta = _constructs(compiled, measured, cov)
    names = list(compiled.states)
    frame = pd.DataFrame(moments * n / (n - 1), index=names, columns=names)
    structural = fit(
        _text([r for r in inner if r.origin != "sample"]), sample_cov=frame, n_obs=n, fixed_x=fixed_x
    )
    params, step = _joint(table, measured, structural)
    reliability = {}
    for name in who.latent:
        index = names.index(name)
        noise = float(mapped[index] @ theta @ mapped[index])
        reliability[name] = float(moments[index, index] / (moments[index, index] + noise))
    return Sam(
        measured,
        structural,
        table,
        params,
        _covariance(compiled, cov, n, params, step, measured),
        step,
        reliability,
        sample,
    )


def _measure(
    compiled: Compiled, outer: list[Row], data: Any
) -> tuple[tuple[Fit, ...], Floats, int, SampleUsed]:
    """(fits of the blocks, covariance of all observed variables with divisor N, N, sample) on the same
    rows."""
    from umkm_stats.sem.estimate._data import prepare

    who = compiled.table.variables
    ready = prepare(
        data,
        compiled.observed,
        exogenous=who.exogenous,
        group=None,
        cluster=None,
        missing="listwise",
        fixed_x=True,
    )
    rows = pd.DataFrame(ready.arrays[0], columns=list(compiled.observed))
    fits = []
    for members in _blocks(outer, who.latent):
        mine = [r for r in outer if r.op == "=~" and r.lhs in members]
        items = {r.rhs for r in mine}
        mine += [r for r in outer if r.op == "~~" and r.lhs in items and r.rhs in items]
        scaled = {r.lhs for r in mine if r.op == "=~" and not r.free}
        mine += [Row(name, "~~", name, 1, value=1.0) for name in members if name not in scaled]
        fits.append(fit(_text(mine), rows))
    _, cov = mean_cov(ready.arrays[0])
    return tuple(fits), cov, ready.counts[0], ready.sample


def _constructs(compiled: Compiled, measured: tuple[Fit, ...], cov: Floats) -> tuple[Floats, Floats, Floats]:
    """(covariances of the states, M, Θ). Raises SEM312 when the covariances are not positive definite."""
    p, m = len(compiled.observed), len(compiled.states)
    mapping, theta = np.zeros((m, p)), np.zeros((p, p))
    for one in measured:
        at = one.point.states[0]
        seen = [compiled.observed.index(name) for name in one.observed]
        own = [compiled.states.index(name) for name in one.latent]
        loads = at.lam[:, : len(own)]
        weight = np.linalg.inv(at.sigma)
        mapping[np.ix_(own, seen)] = np.linalg.solve(loads.T @ weight @ loads, loads.T @ weight)
        theta[np.ix_(seen, seen)] = at.theta
    for state, name in enumerate(compiled.states):
        if name in compiled.observed:
            mapping[state, compiled.observed.index(name)] = 1.0
    moments = mapping @ (cov - theta) @ mapping.T
    moments = (moments + moments.T) / 2.0
    scale = np.sqrt(np.maximum(np.diagonal(moments), 1e-300))
    if np.diagonal(moments).min() <= 0 or np.linalg.eigvalsh(moments / np.outer(scale, scale))[0] <= 1e-10:
        raise UmkmError("SEM312", params={"variables": list(compiled.states)})
    return moments, mapping, theta


def _joint(
    table: ParameterTable, measured: tuple[Fit, ...], structural: Fit
) -> tuple[Floats, tuple[int, ...]]:
    """(P,) parameters of the whole table from both steps, and the step of each."""
    values: dict[tuple[str, str, str], tuple[float, int]] = {}
    for step, fits in ((2, (structural,)), (1, measured)):
        for one in fits:
            for row in one.table.rows:
                if row.free and not (step == 1 and row.lhs in one.latent and row.op == "~~"):
                    values[row.lhs, row.op, row.rhs] = (float(one.params[row.free - 1]), step)
    params, steps = np.zeros(len(table.names)), [0] * len(table.names)
    for row in table.rows:
        if row.free:
            key = (row.lhs, row.op, row.rhs)
            params[row.free - 1], steps[row.free - 1] = (
                values[key] if key in values else values[row.rhs, row.op, row.lhs]
            )
    return params, tuple(steps)


def _covariance(
    compiled: Compiled, cov: Floats, n: int, params: Floats, steps: tuple[int, ...], measured: tuple[Fit, ...]
) -> Floats:
    """(P,P) covariance: step 1 from its own fits; step 2 I₂₂⁻¹/n plus what the first step's uncertainty
    adds."""
    count = len(params)
    task = problem(compiled.structure, "ml", (complete_sample("ml", n, np.zeros(len(cov)), cov),))
    point = task.point(params)
    out = np.full((count, count), np.nan)
    if point is None:
        return out
    info = task.information(point)
    first = np.flatnonzero(np.array(steps) == 1)
    second = np.flatnonzero(np.array(steps) == 2)
    spread = np.zeros((count, count))
    for one in measured:
        where = []
        for row in one.table.rows:
            if row.free:
                match = [
                    r.free - 1
                    for r in compiled.table.rows
                    if r.free and (r.lhs, r.op, r.rhs) == (row.lhs, row.op, row.rhs)
                ]
                where.append((row.free - 1, match[0] if match and steps[match[0]] == 1 else -1))
        ours = [pair for pair in dict.fromkeys(where) if pair[1] >= 0]
        left, right = [a for a, _ in ours], [b for _, b in ours]
        spread[np.ix_(right, right)] = one.vcov[np.ix_(left, left)]
    inner = invert(info[np.ix_(second, second)])
    if inner is None:
        return out
    pull = inner @ info[np.ix_(second, first)]
    out = np.zeros((count, count))
    out[np.ix_(first, first)] = spread[np.ix_(first, first)]
    out[np.ix_(second, second)] = inner / n + pull @ spread[np.ix_(first, first)] @ pull.T
    out[np.ix_(second, first)] = -pull @ spread[np.ix_(first, first)]
    out[np.ix_(first, second)] = out[np.ix_(second, first)].T
    return out
