"""Data from a fitted model: simulated answers, predicted outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import new_seed, root
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.many import rows as batch_rows
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import whole
from umkm_stats.sem.estimate._data import as_frame, columns

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


def _moments(fit: Fit, group: int) -> tuple[Floats, Floats]:
    """Implied means (the sample's where the model has none) and covariances."""
    at, sample = fit.point.states[group], fit.task.samples[group]
    return (np.real(at.mu) if fit.compiled.means else sample.mean), np.real(at.sigma)


def simulate(fit: Fit, n: int, seed: int | None) -> pd.DataFrame:
    """(n × groups) rows of the observed variables, normal with the implied moments; ordinal ones categories
    1, 2, …; ``attrs["seed"]`` holds the seed."""
    import pandas as pd

    n = whole("n", n, low=1)
    chosen = new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    p = len(fit.observed)
    frames = []
    for group, label in enumerate(fit.group_labels):
        mean, cov = _moments(fit, group)
        values = np.linalg.eigvalsh(cov)
        if values[0] < -1e-8 * values[-1]:
            raise UsageError("SEM238", params={"group": label})
        normal = batch_rows.normals(chosen, group, 0, 1, n * p).reshape(n, p)
        rows = mean + normal @ root(cov).T  # not symmetric where the SDs differ
        if isinstance(fit.task, OrdinalProblem):
            rows = _cut(fit, fit.task, group, rows)
        frame = pd.DataFrame(rows, columns=list(fit.observed))
        if fit.options.group is not None:
            frame[fit.options.group] = label
        frames.append(frame)
    out = pd.concat(frames, ignore_index=True)
    out.attrs["seed"] = chosen
    return out


def _cut(fit: Fit, task: OrdinalProblem, group: int, rows: Floats) -> Floats:
    sample, cuts = task.samples[group], np.real(task.cuts(fit.params, group))
    out = rows.copy()
    for item in np.flatnonzero(sample.ordinal):
        edges = cuts[sample.cut_item == item]
        out[:, item] = np.searchsorted(edges, rows[:, item], side="left") + 1.0
    return out


def predict(fit: Fit, data: Any, y: Sequence[str] | str | None) -> pd.DataFrame:
    """Expected values of the observed variables ``y`` given all other observed ones, E(y | x) of the model;
    None takes the outcomes that predict nothing. Rows of ``data``, by default those of the fit.

    Raises ``UsageError`` SEM239 (ordinal variables, several groups, names that are not observed, nothing to
    predict or to predict from), SEM308 (no rows).
    """
    import pandas as pd

    names = (
        (y,)
        if isinstance(y, str)
        else tuple(y or (n for n in fit.table.variables.outcomes if n in fit.observed))
    )
    unknown = [name for name in names if name not in fit.observed]
    rest = [name for name in fit.observed if name not in names]
    if isinstance(fit.task, OrdinalProblem) or len(fit.group_labels) > 1 or unknown or not names or not rest:
        raise UsageError("SEM239", params={"names": unknown or list(names)})
    if data is None and not fit.arrays:
        raise UsageError("SEM308")
    mean, cov = _moments(fit, 0)
    out, into = ([fit.observed.index(name) for name in some] for some in (names, rest))
    if data is None:
        rows, index = fit.arrays[0][:, into], fit.rows[0]
    else:
        frame = as_frame(data)
        rows, index = columns(frame, rest), np.arange(len(frame))
    slopes = np.linalg.solve(cov[np.ix_(into, into)], cov[np.ix_(into, out)])
    return pd.DataFrame(mean[out] + (rows - mean[into]) @ slopes, columns=list(names), index=index)
