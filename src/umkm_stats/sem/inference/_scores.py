"""Factor scores of the rows used: regression (Thurstone 1935) and Bartlett (1937)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.options import one_of
from umkm_stats.sem.inference._ordinal_extras import ordinal_scores

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


def _weights(fit: Fit, group: int, seen: Ints, method: str) -> Floats:
    """(latent, k) weights of the centred variables ``seen``; NaN rows where a score cannot be given."""
    at = fit.point.states[group]
    count = len(fit.latent)
    if count == 0:
        return np.zeros((0, len(seen)))
    if method == "regression":
        inverse = np.linalg.inv(at.sigma[np.ix_(seen, seen)])
        return np.asarray((at.phi @ at.lam.T)[:count][:, seen] @ inverse)
    # observed variables in paths are states after the latent ones; those that a latent variable reaches tell
    # of it like its indicators, exogenous ones are held at what they are
    reach = np.linalg.inv(np.eye(len(at.beta) - count) - at.beta[count:, count:])
    through = at.lam[seen][:, count:] @ reach
    loads = at.lam[seen][:, :count] + through @ at.beta[count:, :count]
    apart = through @ at.psi[count:, count:] @ through.T + at.theta[np.ix_(seen, seen)]
    measured = np.flatnonzero(np.abs(loads).sum(axis=0) > 0)
    out = np.full((count, len(seen)), np.nan)
    # Rao: the weights are the same with loads·loadsᵀ added, and a residual variance may then be 0
    ahead = np.linalg.solve(apart + loads @ loads.T, loads[:, measured])
    inner = loads[:, measured].T @ ahead
    scale = np.sqrt(np.maximum(np.diagonal(inner), 1e-300))
    if np.linalg.eigvalsh(inner / np.outer(scale, scale))[0] > 1e-10:
        out[measured] = np.linalg.solve(inner, ahead.T)
    return out


def _levels(fit: Fit, group: int) -> Floats:
    """(m,) means of the states where the model has no mean structure: the sample's for observed variables,
    what follows from those for latent ones, as a mean structure with free intercepts gives."""
    at, count = fit.point.states[group], len(fit.latent)
    out = np.zeros(len(fit.layout.states))
    out[count:] = [
        fit.task.samples[group].mean[fit.observed.index(name)] for name in fit.layout.states[count:]
    ]
    pull = at.beta[:count, count:] @ out[count:]
    out[:count] = np.linalg.solve(np.eye(count) - at.beta[:count, :count], pull)
    return out


def factor_scores(fit: Fit, method: str = "regression") -> pd.DataFrame:
    """(N, latent) frame in the order of the data; its index holds the positions of the rows in the data.

    Bartlett scores of a latent variable without observed indicators or outcomes are NaN; a model without
    latent variables gives a frame without columns. For ordinal items the scores are the modes of the latent
    variables given the answers. Raises ``UsageError`` SEM308 when the model was fitted to moments, SEM227
    (ordinal items and a Heywood case), SEM228 (Bartlett scores of ordinal items).
    """
    import pandas as pd

    method = one_of("method", method, ("regression", "bartlett"))
    if not fit.arrays:
        raise UsageError("SEM308")
    names = list(fit.latent)
    frames = []
    if isinstance(fit.task, OrdinalProblem) and method == "bartlett":
        raise UsageError("SEM228")
    for g, (rows, where) in enumerate(zip(fit.arrays, fit.rows, strict=True)):
        if isinstance(fit.task, OrdinalProblem):
            frames.append(_framed(fit, g, ordinal_scores(fit, fit.task, g), where))
            continue
        at = fit.point.states[g]
        means = fit.compiled.means
        center = at.mu if means else fit.task.samples[g].mean
        around = at.inverse @ at.alpha if means else _levels(fit, g)
        level = around[: len(names)]
        values = np.full((len(rows), len(names)), np.nan)
        keys, numbers = np.unique(~np.isnan(rows), axis=0, return_inverse=True)
        numbers = np.asarray(numbers).ravel()
        for index, key in enumerate(keys):
            here, seen = np.flatnonzero(numbers == index), np.flatnonzero(key)
            weights = _weights(fit, g, seen, method)
            apart = rows[np.ix_(here, seen)] - center[seen]
            if method == "bartlett":  # unbiased: E[score | η] = η
                values[here] = np.where(np.isnan(weights[:, :1].T), np.nan, level) + apart @ weights.T
            else:
                values[here] = level + apart @ weights.T
        frames.append(_framed(fit, g, values, where))
    return pd.concat(frames).sort_index()


def _framed(fit: Fit, group: int, values: Floats, where: Ints) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(values, columns=list(fit.latent), index=where)
    if len(fit.arrays) > 1:
        frame.insert(0, "group", fit.group_labels[group])
    return frame
