"""The door ``power``: options, designs, cells, backends, result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import ways
from umkm_stats._moved import moved
from umkm_stats._version import __version__
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning.data import LARGEST_N, LARGEST_REPS
from umkm_stats.options import one_of, whole
from umkm_stats.planning._analysis_text import sizes_of
from umkm_stats.planning._asked import Cluster, FromInstrument, PowerPlan, Recorded, validated
from umkm_stats.planning._backends import cores, run_dask, run_local
from umkm_stats.planning._cells import Cell
from umkm_stats.planning._curve import PowerCurve, curve_notes
from umkm_stats.planning._design import Design
from umkm_stats.planning._store import Store, kept_seed, open_store

if TYPE_CHECKING:
    import pandas as pd

SMALL = 3e7  # rows drawn below which starting processes costs more than it saves


@moved(recorded=Recorded, source=FromInstrument, cluster=Cluster)
def power(
    model: Any,
    *,
    n: int | Sequence[int],
    reps: int = 1000,
    draws: int = 1000,
    seed: int | None = None,
    interval: str | Sequence[str] = "percentile",
    level: float = 0.95,
    workers: int | None = None,
    analysis: str | None = None,
    estimator: str | None = None,
    standardized: bool = False,
    recorded: Recorded | None = None,
    source: FromInstrument | None = None,
    equivalence: float | None = None,
    cluster: Cluster | None = None,
    folder: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PowerCurve:
    r"""Power by Monte Carlo: simulate, estimate, form the interval, count how often it excludes 0.

    Every replication has its own random stream: numbers depend neither on the workers nor on the backend, and
    replications 1 … k of a longer run are the same. A replication without an estimate counts as not
    significant and a note says how many there were.

    Parameters
    ----------
    model : str, mapping of str to str, Instrument or Path
        Population as lavaan-style text with numbers, ``"m ~ .39*x\ny ~ .39*m + 0*x"``, labels and ``:=``
        allowed (``a*.39*x``); a mapping name → text for several scenarios; or an instrument, its name or its
        path (see ``source``). Unstated variances are 1, loadings 1, paths and covariances 0, as in
        ``lavaan::simulateData``.
    n : int or sequence of int
        Sample sizes.
    reps : int, default 1000
        Replications at each.
    draws : int, default 1000
        Resamples (or Monte Carlo draws) in each replication.
    seed : int, optional
        Of the replications; None draws one and keeps it.
    interval : str or sequence of str, default "percentile"
        One or several of ``umkm_stats.ways.names("power")``, or "all"; "joint" means that every path of the
        route is significant at 1 − level (t with residual degrees of freedom, z for latent models).
    level : float, default 0.95
        Of the intervals.
    workers : int, optional
        Processes of this machine (None: all cores when it pays).
    analysis : str, optional
        None estimates the population's own model with its numbers freed; "scores" regresses means of items;
        or a model text.
    estimator : str, optional
        None takes least squares for observed variables and "ML" otherwise; any estimator of ``fit`` may be
        named ("WLSMV" for categories).
    standardized : bool, default False
        Unstated variances follow from a total variance of 1.
    recorded : Recorded, optional
        Categories and missing cells of the recorded variables, see ``Recorded``.
    source : FromInstrument, optional
        Which population of an instrument is meant, see ``FromInstrument`` (with an instrument only).
    equivalence : float, optional
        Adds a row "direct_equivalence": power that the interval at 2·``level`` − 1 of the direct path lies
        within ± this bound (two one-sided tests).
    cluster : Cluster, optional
        Run on Dask instead of this machine's processes, see ``Cluster``.
    folder : str or Path, optional
        Finished cells are kept there and a later call with the same arguments goes on (with its seed when
        none is named).
    progress : callable, optional
        Called with (replications done, in all).

    Returns
    -------
    PowerCurve
        ``tidy()``: effect path n power se_power.

    Raises
    ------
    UmkmError
        SEM1xx (text), PLN111–PLN116 (population), PLN120–PLN122 (folder), PLN124, PLN125 (cluster).
    UsageError
        GEN001–GEN006, PLN117 (thresholds), PLN118 (variables), PLN119 (combination), PLN123 (no Dask).

    Notes
    -----
    Every replication has its own random stream: numbers depend neither on the workers nor on the backend, and
    replications 1 … k of a longer run are the same. A replication without an estimate counts as not
    significant and a note says how many there were.

    Examples
    --------
    >>> from umkm_stats import power
    >>> curve = power("m ~ .39*x\ny ~ .39*m + 0*x", n=100, reps=200, interval="joint", seed=1, workers=1)
    >>> curve.tidy().query("effect == 'indirect'")["power"].tolist()
    [0.93]
    """
    sizes = tuple(whole("n", entry, low=4, high=LARGEST_N) for entry in sizes_of(n))
    if not sizes or len(set(sizes)) != len(sizes):
        raise UsageError("PLN129", params={"received": str(n)})
    whole("reps", reps, low=1, high=LARGEST_REPS)
    where = cluster or Cluster("local")
    one_of("backend", where.backend, ("local", "dask"))
    plan = validated(
        model,
        interval=interval,
        draws=draws,
        seed=kept_seed(folder) if seed is None else seed,
        level=level,
        workers=workers,
        analysis=analysis,
        estimator=estimator,
        standardized=standardized,
        recorded=recorded,
        source=source,
        equivalence=equivalence,
    )
    request, designs, options = plan.request, plan.designs, dict(plan.options)
    cuts = options.pop("cuts")
    asked = {
        "version": __version__,
        "models": dict(plan.texts),
        "n": list(sizes),
        "reps": reps,
        "draws": draws,
        "seed": request.seed,
        "interval": list(request.methods),
        "level": request.level,
        "standardized": standardized,
        **options,
        "cuts": cuts.tolist(),
    }
    cells = _cells(designs, sizes, reps)
    store = None if folder is None else open_store(folder, asked)
    frame = _run(plan, cells, store, where, progress)
    notes = plan.notes + tuple(
        curve_notes(designs, frame, csv=store is not None and store.suffix == ".csv", reps=reps)
    )
    resolved = {**asked, "n": sizes, "interval": request.methods, "backend": where.backend}
    curve = PowerCurve(designs, plan.names, frame, resolved, request.seed, notes)
    if store is not None:
        from umkm_stats import atomic

        atomic.write_text(store.folder / "power.csv", curve.detail().to_csv(index=False, lineterminator="\n"))
    return curve


def _cells(designs: Sequence[Design], sizes: Sequence[int], reps: int) -> list[Cell]:
    """Runs of replications; their length depends on the route only, never on the number of workers."""
    out: list[Cell] = []
    for scenario, design in enumerate(designs):
        length = 100 if design.route == "regressions" else 10
        for n in sizes:
            for first in range(0, reps, length):
                out.append(Cell(len(out), scenario, n, first, min(length, reps - first)))
    return out


def _run(
    plan: PowerPlan,
    cells: list[Cell],
    store: Store | None,
    where: Cluster,
    progress: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    import pandas as pd

    total = sum(cell.count for cell in cells)
    kept = [cell for cell in cells if store is not None and store.done(cell.index)]
    found: dict[int, pd.DataFrame] = {}
    if store is not None:
        found = {cell.index: store.read(cell.index) for cell in kept}
    left = [cell for cell in cells if cell.index not in found]
    done = sum(cell.count for cell in kept)
    if progress is not None and done:
        progress(done, total)
    for cell, rows in _finished(plan, left, where):
        found[cell.index] = rows
        if store is not None:
            store.write(cell.index, rows)
        done += cell.count
        if progress is not None:
            progress(done, total)
    parts = []
    for cell in cells:
        part = found[cell.index]
        parts.append(part.assign(scenario=cell.scenario, n=cell.n))
    return pd.concat(parts, ignore_index=True)


def _finished(plan: PowerPlan, cells: list[Cell], where: Cluster) -> Iterator[tuple[Cell, pd.DataFrame]]:
    if not cells:
        return iter(())
    designs, request, workers = plan.designs, plan.request, plan.workers
    if where.backend == "dask":
        return run_dask(designs, request, cells, where.scheduler, workers)
    cost = sum(
        float(cell.count)
        * cell.n
        * max(request.draws, 1)
        * (1 if designs[cell.scenario].route == "regressions" else 20)
        for cell in cells
    )
    resampling = bool(ways.needing("draws", among=request.methods))
    chosen = (
        workers
        if workers is not None
        else (cores() if resampling and np.isfinite(cost) and cost > SMALL else 1)
    )
    return run_local(designs, request, cells, chosen)
