"""What a reader of a fitted PLS model must know."""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.pls.estimate import Estimates
from umkm_stats.pls._compile import Compiled
from umkm_stats.results import Note


def notes_of(made: Compiled, found: Estimates) -> list[Note]:
    """Notes on blank cells, inadmissible PLSc values, mirrored constructs."""
    plan, names = made.model.plan, made.last.constructs
    out: list[Note] = []
    blank = [name for name, use in zip(names, plan.consistent, strict=True) if not use]
    if blank:
        out.append(Note("PLS159", {"names": blank}, column="alpha"))
    rows = np.arange(plan.n_items)
    raw = found.found.cross[rows, plan.own, 0]
    mirrored = [
        name
        for name, block in zip(names, plan.blocks, strict=True)
        if np.sum(raw[block] < 0) * 2 > raw[block].size
    ]
    if mirrored:
        out.append(Note("PLS160", {"names": mirrored}))
    for name, block, formative in zip(names, plan.blocks, plan.formative, strict=True):
        against = [made.last.items[p] for p in np.arange(plan.n_items)[block] if raw[p] < 0]
        if against and not formative and name not in mirrored:
            out.append(Note("PLS165", {"items": against, "construct": name}, row=name, column="alpha"))
    if not made.model.consistent:
        return out
    rho = found.outer.rho_a[:, 0]
    for j, name in enumerate(names):
        if not np.isfinite(rho[j]) or rho[j] > 1.0 or rho[j] <= 0.0:
            out.append(Note("PLS161", {"construct": name}, row=name, column="rho_a"))
    loadings = found.outer.loadings[:, 0]
    for p in np.flatnonzero(~(np.abs(loadings) <= 1.0 + 1e-9)):
        item = made.last.items[p]
        out.append(Note("PLS162", {"item": item, "construct": names[plan.own[p]]}, row=item, column="est"))
    for (target, _), value in zip(plan.equations, found.inner.r2[:, 0], strict=True):
        if not 0.0 <= value <= 1.0:
            out.append(Note("PLS163", {"construct": names[target]}, row=names[target], column="r2"))
    corr = found.corr[..., 0]
    if not np.isfinite(corr).all() or np.linalg.eigvalsh(corr).min() <= 0.0:
        out.append(Note("PLS164", {}))
    return out
