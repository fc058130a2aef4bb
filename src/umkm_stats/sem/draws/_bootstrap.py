"""Bootstrap of a fit: every draw is a full re-estimation from its own sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import new_seed
from umkm_stats.kernels.sem.many import rows as batch_rows
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.options import one_of, whole
from umkm_stats.sem.draws._draws import Draws
from umkm_stats.sem.draws._kernels import Kernel, kernel_for
from umkm_stats.sem.draws._loop import LoopKernel
from umkm_stats.sem.draws._ordinal import DwlsKernel, OrdinalLoop, is_ordinal
from umkm_stats.sem.draws._run import Engine, run
from umkm_stats.sem.draws._source import Source, numbered

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

KINDS = ("ordinary", "parametric", "bollen-stine")


def bootstrap(
    fit: Fit,
    *,
    draws: int = 5000,
    seed: int | None = None,
    rows: Any = None,
    kind: str = "ordinary",
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Draws:
    """Resample and re-estimate.

    Parameters
    ----------
    fit : Fit
        the fit whose model is re-estimated, each draw from the draw's own moments (those of exogenous
        observed variables too) until the scaled gradient is below 1e-6 and the information is positive
        definite.
    draws : int, default 5000
        number of draws. seed: 0 … 2⁶³ − 1; None draws one, which the result keeps.
    rows : Any, optional
        (draws, any) positions, from 0, in the analysed rows (file order); then ``draws`` and ``seed`` are not
        used.
    kind : str, default 'ordinary'
        "ordinary" draws rows: within groups, and whole clusters where the fit has clusters. "parametric"
    draws : int, default 5000
        from the multivariate normal distribution of the implied moments, with the sample's pattern of missing
        values. "bollen-stine" draws rows turned so that the model holds: for the test of fit, not for
        intervals.
    workers : int, default 1
        threads (processes where draws are single fits); the numbers do not depend on it.
    progress : Callable[[int, int], None] | None, optional
        called with (draws done, draws in all).

    Raises
    ------
    UsageError
        SEM501 (rows of a wrong shape or type), SEM502 (rows that do not exist), SEM503 (rows with another
        kind), SEM504 (Bollen–Stine with missing values), SEM525 (that kind with sampling weights), SEM529
        (that kind with ordinal items), SEM505 (no rows: the fit is from moments).
    """
    kind = one_of("kind", kind, KINDS)
    if fit.weights and kind != "ordinary":
        raise UsageError("SEM525", params={"kind": kind})
    if kind != "ordinary" and is_ordinal(fit):  # both make numbers, not categories
        raise UsageError("SEM529", params={"kind": kind})
    draws = whole("draws", draws, low=1)
    workers = whole("workers", workers, low=1)
    chosen: int | None = None
    if rows is None:
        chosen = new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    source = _source(fit, kind, draws, chosen, rows)
    engine = engine_for(fit)
    batch = run(engine, source, count=fit.compiled.n_params, workers=workers, progress=progress)
    return Draws(fit=fit, kind=kind, seed=chosen, workers=workers, source=source, engine=engine, batch=batch)


def engine_for(fit: Fit) -> Engine:
    """Batched where it can be, otherwise single fits."""
    ordinal = is_ordinal(fit)
    spare = OrdinalLoop.of(fit) if ordinal else LoopKernel.of(fit)
    kernel: Kernel | None = DwlsKernel.of(fit) if ordinal else kernel_for(fit)
    return Engine(spare if kernel is None else kernel, spare)


def _source(fit: Fit, kind: str, draws: int, seed: int | None, rows: Any) -> Source:
    if rows is not None:
        if kind == "parametric":
            raise UsageError("SEM503", params={"kind": kind})
        numbers = _rows(fit, rows)
        data = _turned(fit) if kind == "bollen-stine" else _data(fit, kind)
        return Source(data, "rows", len(numbers), rows=numbers, order=_order(fit), weights=fit.weights)
    if kind == "parametric":
        means, covs = _implied(fit)
        shaped = fit.arrays or tuple(np.zeros((int(entry.n), len(entry.mean))) for entry in fit.task.samples)
        return Source(shaped, kind, draws, seed=seed or 0, mean=means, cov=covs)
    data = _turned(fit) if kind == "bollen-stine" else _data(fit, kind)
    clusters = numbered(fit.clusters) if fit.clusters else ()
    return Source(data, kind, draws, seed=seed or 0, clusters=clusters, weights=fit.weights)


def _data(fit: Fit, kind: str) -> tuple[Floats, ...]:
    if not fit.arrays:
        raise UsageError("SEM505", params={"kind": kind})
    return fit.arrays


def _turned(fit: Fit) -> tuple[Floats, ...]:
    if fit.missing == "fiml":
        raise UsageError("SEM504")
    means, covs = _implied(fit)
    data = _data(fit, "bollen-stine")
    return tuple(
        batch_rows.bollen_stine(entry, *pair) for entry, *pair in zip(data, means, covs, strict=True)
    )


def _implied(fit: Fit) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Implied means (the sample's where the model has none) and covariances, by group."""
    states = fit.point.states
    if not fit.compiled.means:
        means = tuple(np.asarray(sample.mean, dtype=np.float64) for sample in fit.task.samples)
    else:
        means = tuple(np.asarray(state.mu, dtype=np.float64) for state in states)
    return means, tuple(np.asarray(state.sigma, dtype=np.float64) for state in states)


def _order(fit: Fit) -> Ints:
    """(N,) for the i-th analysed row in file order, its place when the groups stand behind each other."""
    positions = np.concatenate(fit.rows)
    out = np.empty(len(positions), dtype=np.int64)
    out[:] = np.argsort(positions, kind="stable")
    return out


def _rows(fit: Fit, rows: Any) -> Ints:
    given = np.asarray(rows)
    if given.ndim != 2 or given.dtype.kind not in "iu" or given.size == 0:
        raise UsageError("SEM501", params={"shape": str(given.shape), "kind": str(given.dtype)})
    numbers = given.astype(np.int64)
    if numbers.min() < 0 or numbers.max() >= fit.n:
        raise UsageError(
            "SEM502", params={"low": int(numbers.min()), "high": int(numbers.max()), "last": fit.n - 1}
        )
    return numbers
