"""Standardised solutions (std.lv, std.all) with delta standard errors, and R²."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from umkm_stats.kernels.sem.one.algebra import State
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.options import one_of
from umkm_stats.sem.inference._values import Defined, derived_variance, row_values
from umkm_stats.sem.text._table import PATHS, Row

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


KINDS = {"all": "std_all", "lv": "std_lv", "nox": "std_nox"}
"""Short and long names of the standardised solutions; "nox" leaves exogenous observed variables alone."""


def scale_places(fit: Fit, rows: Sequence[Row], kind: str) -> Ints:
    """(rows, 3) positions in the vector of scales of a group: a row's value is multiplied by the first and
    divided
    by the other two. Scales: SD of the m states, SD of the p observed variables, residual SD of both, 1."""
    m, p = fit.compiled.n_latent, fit.compiled.n_observed
    one = 2 * (m + p)
    state = {name: index for index, name in enumerate(fit.layout.states)}
    seen = {name: index for index, name in enumerate(fit.observed)}
    latent = set(fit.latent)
    full = kind != "std_lv"
    raw = set(fit.table.variables.exogenous) if kind == "std_nox" else set()

    def total(name: str) -> int:
        if name in raw:
            return one
        if name in latent:
            return state[name]
        return m + seen[name] if full else one

    def residual(name: str) -> int:
        if name in raw:
            return one
        if name in latent:
            return m + p + state[name]
        if not full:
            return one
        return m + p + (state[name] if name in state else m + seen[name])

    places = []
    for row in rows:
        if row.op == "=~":
            places.append((total(row.lhs), total(row.rhs), one))
        elif row.op in PATHS:
            places.append((total(row.rhs), total(row.lhs), one))
        elif row.op == "~~" and row.lhs == row.rhs:
            places.append((one, total(row.lhs), total(row.rhs)))
        elif row.op == "~~":
            places.append((one, residual(row.lhs), residual(row.rhs)))
        elif row.op in ("~1", "|"):
            places.append((one, total(row.lhs), one))
        else:
            places.append((one, one, one))
    return np.array(places, dtype=np.int64).reshape(len(places), 3)


def scales(at: State) -> Any:
    """(2(m + p) + 1,) SDs and residual SDs of one group, then 1; NaN where a variance is negative."""
    diagonals = [np.diagonal(at.phi), np.diagonal(at.sigma), np.diagonal(at.psi), np.diagonal(at.theta)]
    return np.concatenate([np.sqrt(np.concatenate(diagonals)), [1.0]])


def row_scales(fit: Fit, rows: Sequence[Row], kind: str) -> Floats:
    """(rows,) factors that standardise a value of each row at the solution."""
    with np.errstate(all="ignore"):
        known = np.stack([scales(at) for at in fit.point.states])
        up, down, other = scale_places(fit, rows, kind).T
        group = np.array([row.group - 1 for row in rows], dtype=np.int64)
        return np.asarray(known[group, up] / (known[group, down] * known[group, other]))


class Standardiser:
    """Turns (P,) parameters, real or complex, into the standardised value of every row and ``:=``
    quantity; ``states``: the moments at the parameters, where they are known."""

    def __init__(self, fit: Fit, kind: str) -> None:
        self.fit = fit
        table = fit.table
        self.places = scale_places(fit, table.rows, kind)
        self.group = np.array([row.group - 1 for row in table.rows], dtype=np.int64)
        self.free = np.array([row.free - 1 for row in table.rows], dtype=np.int64)
        self.base = row_values(fit)
        self.derived = [
            (k, row.group - 1, row) for k, row in enumerate(table.rows) if row.origin == "derived"
        ]
        # only an item that is itself standardised has the scale 1
        self.scales = np.array([row.op == "~*~" and kind != "std_lv" for row in table.rows], dtype=bool)
        self.defined = Defined(table) if table.definitions else None
        if self.defined is not None:
            first: dict[int, int] = {}
            for index, row in enumerate(table.rows):
                first.setdefault(row.free, index)
            named = {row.label: index for index, row in enumerate(table.rows) if row.label}
            for number, name in enumerate(table.names, start=1):
                named.setdefault(name, first[number])
            self.words, self.of_word = tuple(named), np.array(list(named.values()), dtype=np.int64)

    def __call__(self, params: Any, states: Sequence[State] | None = None) -> Any:
        states = self.fit.task.states(params) if states is None else states
        with np.errstate(all="ignore"):
            known = np.stack([scales(at) for at in states])
            values = np.where(self.free >= 0, np.append(params, 0.0)[self.free], self.base)
            for index, group, row in self.derived:
                values[index] = derived_variance(self.fit, row, states[group])
            up, down, other = self.places.T
            out = values * known[self.group, up] / (known[self.group, down] * known[self.group, other])
            out[self.scales] = 1.0
            if self.defined is None:
                return out
            named = dict(zip(self.words, out[self.of_word], strict=True))
            extra = []
            for entry in self.defined.definitions:
                named[entry.name] = entry.expression.evaluate(named)
                extra.append(named[entry.name])
        return np.concatenate([out, np.array(extra, dtype=out.dtype)])


def standardised_values(fit: Fit, kind: str) -> Floats:
    """(rows + definitions,) standardised values; NaN where a variance is negative."""
    return np.asarray(Standardiser(fit, kind)(fit.params, fit.point.states), dtype=np.float64)


def standardized(fit: Fit, kind: str = "std_all", level: float = 0.95) -> pd.DataFrame:
    """Standardised solution: lhs op rhs group label est se z p ci_low ci_high."""
    import pandas as pd

    kind = KINDS.get(kind, kind)
    kind = one_of("kind", kind, tuple(dict.fromkeys(KINDS.values())))
    scaler = Standardiser(fit, kind)
    est = np.asarray(scaler(fit.params), dtype=np.float64)
    count = fit.compiled.n_params
    slopes = np.empty((len(est), count))
    for k in range(count):
        moved = fit.params.astype(complex)
        moved[k] += 1e-30j
        slopes[:, k] = np.imag(scaler(moved)) / 1e-30
    variance = np.einsum("kp,pq,kq->k", slopes, fit.vcov, slopes)
    se = np.sqrt(np.maximum(variance, 0.0))
    se = np.where(np.isnan(est), np.nan, np.where(se < 1e-9, 0.0, se))
    frame = fit.estimates[["lhs", "op", "rhs", "group", "label"]].copy()
    wide = float(ndtri(0.5 + level / 2.0))
    z = np.where(se > 0, est / np.where(se > 0, se, 1.0), np.nan)
    frame["est"], frame["se"], frame["z"], frame["p"] = est, se, z, 2.0 * ndtr(-np.abs(z))
    frame["ci_low"], frame["ci_high"] = est - wide * se, est + wide * se
    return pd.DataFrame(frame)


def explained(fit: Fit) -> pd.DataFrame:
    """R² of every variable with predictors: 1 − residual variance / variance; NaN when a variance is
    negative."""
    import pandas as pd

    rows = []
    has = {row.rhs for row in fit.table.rows if row.op == "=~"} | {
        row.lhs for row in fit.table.rows if row.op in PATHS
    }
    for g, at in enumerate(fit.point.states):
        for name in (*fit.observed, *fit.latent):
            if name not in has:
                continue
            if name in fit.layout.states:
                index = fit.layout.states.index(name)
                residual, total = at.psi[index, index], at.phi[index, index]
            else:
                index = fit.observed.index(name)
                residual, total = at.theta[index, index], at.sigma[index, index]
            value = 1.0 - residual / total if residual >= 0 and total > 0 else np.nan
            rows.append((fit.group_labels[g], name, value))
    return pd.DataFrame(rows, columns=["group", "item", "r2"])
