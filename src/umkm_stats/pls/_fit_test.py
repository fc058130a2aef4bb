"""Whether the model's misfit is more than sampling error: the bootstrap of data transformed to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.intervals import quantile
from umkm_stats.kernels.pls.distances import construct_correlations, distance, implied, transformed
from umkm_stats.kernels.pls.estimate import Estimates, estimate
from umkm_stats.kernels.pls.moments import Moments, prepare
from umkm_stats.kernels.pls.products import standardised
from umkm_stats.options import whole
from umkm_stats.pls._part import Part
from umkm_stats.pls._runs import Progress, of_rows, row_numbers, seeded
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.pls._pls import Pls

Floats = NDArray[np.float64]
INDICES = ("srmr", "d_uls", "d_g")


def fit_test(
    model: Pls,
    draws: int = 1000,
    *,
    seed: int | None = None,
    rows: Any = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Part:
    """Bootstrap test of model fit: SRMR, d_ULS and d_G beside samples in which the model holds.

    The standardised items (missing cells by their means) are transformed so that their correlations are the
    implied ones (Bollen–Stine), drawn, and estimated again; the saturated and the estimated model have their
    own transformation. A value at or below ``hi95`` is within sampling error: ``fits``.

    Parameters
    ----------
    draws : int, default 1000
        Samples of each model.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    rows : array of int, optional
        (draws, rows) row numbers instead, counted from 0.
    workers : int, default 1
        Threads; the numbers do not depend on it.
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    Part
        Frame: model measure value hi95 hi99 p (share of draws at or above the value) fits.

    Raises
    ------
    UsageError
        PLS130, PLS131 (second order, products), PLS191 (singular correlations of the items), GEN003.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.pls().fit_test(50, seed=1).frame
    >>> found[["model", "measure", "value"]].round(3).to_dict("records")[0]
    {'model': 'saturated', 'measure': 'srmr', 'value': 0.075}
    """
    import pandas as pd

    if model.compiled.two_stages or model.compiled.products or model.structure.dimensions:
        raise UsageError("PLS131", params={"what": "fit_test"})
    workers = whole("workers", workers, low=1, high=512)
    draws = whole("draws", draws, low=2, high=1_000_000)
    n = model.sample.used
    given = None if rows is None else row_numbers(rows, n)
    if given is None:
        seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    else:
        seed = None
    filled = prepare(model.answers.filled)
    z = standardised(filled, np.ones(n))
    own = model.fit.set_index("model")
    r = model.found.r[..., 0]
    if np.linalg.matrix_rank(r, hermitian=True) < len(r):
        raise UsageError("PLS191", params={"rows": n, "items": len(r)})
    out: list[tuple[Any, ...]] = []
    failed = 0
    for which in ("saturated", "estimated"):
        sigma = model.implied(which)
        assert sigma is not None
        order = np.argsort(model.compiled.model.columns)
        turned = transformed(z, model.found.r[..., 0][np.ix_(order, order)], sigma[np.ix_(order, order)])
        job = _Job(model, prepare(turned), which)
        if given is None:
            parts = seeded(job, n, seed or 0, draws, workers, progress)
        else:
            parts = of_rows(job, given, n, workers, progress)
        table = np.concatenate(parts)
        failed += int((~np.isfinite(table[:, 0])).sum())
        for k, name in enumerate(INDICES):
            column = table[np.isfinite(table[:, k]), k]
            value = float(own[name][which])
            if column.size < 2 or not np.isfinite(value):
                out.append((which, name, value, np.nan, np.nan, np.nan, None))
                continue
            hi95, hi99 = (float(v) for v in quantile(column, [0.95, 0.99]))
            out.append((which, name, value, hi95, hi99, float((column >= value).mean()), value <= hi95))
    notes = [Note("PLS183", {})]
    if failed:
        notes.append(
            Note("PLS170", {"failed": failed, "requested": 2 * (len(given) if given is not None else draws)})
        )
    heads = ["model", "measure", "value", "hi95", "hi99", "p", "fits"]
    return Part(
        name="fit_test",
        frame=pd.DataFrame(out, columns=heads),
        sample=model.sample,
        seed=seed,
        notes=tuple(notes),
        meta={"draws": len(given) if given is not None else draws},
    )


class _Job:
    """Distances (B, 3) of the draws of a block."""

    __slots__ = ("model", "moments", "which")

    def __init__(self, model: Pls, moments: Moments, which: str) -> None:
        self.model, self.moments, self.which = model, moments, which

    def __call__(self, counts: Floats, size: int) -> Floats:
        found = estimate(self.model.compiled.model, self.moments, counts)
        out = np.full((size, len(INDICES)), np.nan)
        for b in np.flatnonzero(found.found.converged[:size]):
            sigma = self._sigma(found, int(b))
            if np.isfinite(sigma).all():
                one = distance(found.r[..., b], sigma, self.moments.n)
                out[b] = one.srmr, one.d_uls, one.d_g
        return out

    def _sigma(self, found: Estimates, b: int) -> Floats:
        plan = self.model.compiled.model.plan
        corr = found.outer.corr[..., b]
        if self.which == "estimated":
            corr = construct_correlations(
                plan, corr, found.inner.paths[:, b], found.inner.r2[:, b], unit=False
            )
        return implied(plan, found.r[..., b], found.outer.loadings[:, b], corr)
