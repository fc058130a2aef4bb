"""Standardised solution, R², HTMT, AVE and ω of every draw, from the same draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.measurement import scale_reliability
from umkm_stats.kernels.sem.many import measures as batch_measures
from umkm_stats.kernels.sem.many.model import implied
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import one_of
from umkm_stats.sem.inference._standard import Standardiser
from umkm_stats.sem.text._table import PATHS

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit
    from umkm_stats.sem.draws._draws import DrawBlock, Draws


def _suffix(fit: Fit, group: int) -> str:
    return f".g{group + 1}" if len(fit.group_labels) > 1 else ""


def standardized(draws: Draws, kind: str) -> pd.DataFrame:
    """One column a table row (label, else lhs op rhs, and the group) and a ``:=`` quantity."""
    kind = one_of("kind", kind, ("std_all", "std_lv"))
    fit = draws.fit
    scaler = Standardiser(fit, kind)
    rows = fit.table.rows
    position = {name: index for index, name in enumerate(fit.observed)}
    names: list[str] = []
    for row in rows:
        plain = (
            row.label
            if row.label and not row.label.startswith(".p")
            else f"{row.name}{_suffix(fit, row.group - 1)}"
        )
        names.append(plain if plain not in names else f"{row.name}{_suffix(fit, row.group - 1)}")
    sampled = [
        (k, row.group - 1, position[row.lhs], row)
        for k, row in enumerate(rows)
        if row.origin == "sample" and not row.free
    ]

    derived = [(k, row.group - 1, row.lhs) for k, row in enumerate(rows) if row.origin == "derived"]
    cut = {row.free for row in rows if row.op == "|"}
    placed = np.array(
        [index for index in range(len(fit.param_names)) if index + 1 not in cut], dtype=np.int64
    )

    def statistic(block: DrawBlock) -> dict[str, Floats]:
        values = np.where(scaler.free >= 0, block.params[:, np.maximum(scaler.free, 0)], scaler.base)
        for k, group, at, row in sampled:
            if row.op == "~1":
                values[:, k] = block.means[group][:, at]
            else:
                values[:, k] = block.covs[group][:, at, position[row.rhs]]
        groups = range(len(block.model.groups))
        for k, group, name in derived:
            mats = block.matrices(group)
            if name in fit.layout.states:
                at = fit.layout.states.index(name)
                values[:, k] = mats.psi[:, at, at]
            else:
                at = position[name]
                values[:, k] = mats.theta[:, at] if mats.theta.ndim == 2 else mats.theta[:, at, at]
        with np.errstate(all="ignore"):
            scales = np.stack(
                [batch_measures.scales(block.model.groups[g], block.matrices(g)) for g in groups], axis=1
            )
            up, down, other = scaler.places.T
            out = values * scales[:, scaler.group, up]
            out /= scales[:, scaler.group, down] * scales[:, scaler.group, other]
            out[:, scaler.scales] = 1.0
            out[np.isnan(block.params[:, placed]).any(axis=1)] = np.nan
            found = {name: out[:, index] for index, name in enumerate(names)}
            if scaler.defined is not None:
                labelled = dict(zip(scaler.words, out[:, scaler.of_word].T, strict=True))
                for entry in scaler.defined.definitions:
                    labelled[entry.name] = entry.expression.evaluate(labelled)
                    found[entry.name] = np.broadcast_to(labelled[entry.name], len(block))
        return found

    return draws.map(statistic)


def r2(draws: Draws) -> pd.DataFrame:
    """One column an indicator or outcome."""
    fit = draws.fit
    has = {row.rhs for row in fit.table.rows if row.op == "=~"} | {
        row.lhs for row in fit.table.rows if row.op in PATHS
    }
    states = fit.layout.states

    def statistic(block: DrawBlock) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for g, group in enumerate(block.model.groups):
            observed, latent = batch_measures.explained(group, block.matrices(g))
            for name in (*fit.observed, *fit.latent):
                if name in has:
                    inside = name in states
                    column = (
                        latent[:, states.index(name)] if inside else observed[:, fit.observed.index(name)]
                    )
                    found[f"{name}{_suffix(fit, g)}"] = column
        return found

    return draws.map(statistic)


def item_sets(fit: Fit) -> dict[str, list[int]]:
    """Latent variable → positions of its observed indicators, for latent variables with such."""
    position = {name: index for index, name in enumerate(fit.observed)}
    out: dict[str, list[int]] = {}
    for row in fit.table.rows:
        if row.op == "=~" and row.group == 1 and row.rhs in position:
            out.setdefault(row.lhs, []).append(position[row.rhs])
    return out


def htmt(draws: Draws, *, geometric: bool) -> pd.DataFrame:
    """One column a pair of latent variables, ``first~~second``; NaN under FIML, which has no sample
    covariances."""
    fit = draws.fit
    sets = item_sets(fit)
    pairs = [(a, b) for k, a in enumerate(sets) for b in list(sets)[k + 1 :]]

    def statistic(block: DrawBlock) -> dict[str, Floats]:
        return {
            f"{a}~~{b}{_suffix(fit, g)}": batch_measures.htmt(cov, sets[a], sets[b], geometric=geometric)
            for g, cov in enumerate(block.covs)
            for a, b in pairs
        }

    return draws.map(statistic)


def _loadings(
    block: DrawBlock, fit: Fit, group: int, name: str, items: list[int]
) -> tuple[Floats, Floats, Floats]:
    """λ (D, k), θ (D, k) and the latent variance (D, 1) of one latent variable. An item with causes of its
    own is a state: its loading and residual variance stand among those of the states. Under theta ordinal
    items are in the units in which their latent responses have variance 1."""
    mats, states = block.matrices(group), fit.layout.states
    state = states.index(name)
    theta = mats.theta if mats.theta.ndim == 2 else np.diagonal(mats.theta, axis1=1, axis2=2)
    loads, unique = mats.lam[:, items, state].copy(), theta[:, items].copy()
    own = [
        (k, states.index(fit.observed[item])) for k, item in enumerate(items) if fit.observed[item] in states
    ]
    if own and mats.a is not None:
        beta = np.eye(len(states)) - np.linalg.inv(mats.a)
        for k, place in own:
            loads[:, k], unique[:, k] = beta[:, place, state], mats.psi[:, place, place]
    scaled = fit.compiled.scaled
    if len(scaled):
        whole = np.diagonal(implied(block.model.groups[group], mats)[0], axis1=1, axis2=2)[:, items]
        unit = np.where(scaled[items], 1.0 / whole, 1.0)
        loads, unique = loads * np.sqrt(unit), unique * unit
    return loads, unique, mats.phi[:, state, state]


def ave(draws: Draws) -> pd.DataFrame:
    """One column a latent variable with observed indicators."""
    fit = draws.fit
    sets = item_sets(fit)

    def statistic(block: DrawBlock) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for g in range(len(block.model.groups)):
            for name, items in sets.items():
                loads, unique, variance = _loadings(block, fit, g, name, items)
                found[f"{name}{_suffix(fit, g)}"] = scale_reliability.average_variance(
                    loads, unique, variance
                )
        return found

    return draws.map(statistic)


def omega(draws: Draws) -> pd.DataFrame:
    """One column a latent variable with observed indicators; NaN under FIML."""
    fit = draws.fit
    sets = item_sets(fit)

    def statistic(block: DrawBlock) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for g, cov in enumerate(block.covs):
            for name, items in sets.items():
                loads, _, variance = _loadings(block, fit, g, name, items)
                own = cov[:, items][:, :, items]
                found[f"{name}{_suffix(fit, g)}"] = scale_reliability.omega_total(loads, own, variance)
        return found

    return draws.map(statistic)
