"""The door ``power``: options, designs, cells, backends, result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats._version import __version__
from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import new_seed
from umkm_stats.kernels.planning.data import LARGEST_N, LARGEST_REPS, LARGEST_SCENARIOS
from umkm_stats.options import one_of, share, whole
from umkm_stats.planning._backends import cores, run_dask, run_local
from umkm_stats.planning._cells import Cell, Request
from umkm_stats.planning._curve import PowerCurve, curve_notes
from umkm_stats.planning._design import METHODS, RESAMPLED, Design, resolve, sizes_of, thresholds_of
from umkm_stats.planning._from_instrument import instrument_design, is_instrument
from umkm_stats.planning._population_text import read_population
from umkm_stats.planning._store import Store, kept_seed, open_store
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

ALIASES = {"sobel": "delta", "joint_significance": "joint"}
SMALL = 3e7  # rows drawn below which starting processes costs more than it saves


def power(
    model: Any,
    *,
    n: int | Sequence[int],
    reps: int = 1000,
    draws: int = 1000,
    seed: int | None = None,
    interval: str | Sequence[str] = "percentile",
    level: float = 0.95,
    backend: str = "local",
    scheduler: Any = None,
    workers: int | None = None,
    analysis: str | None = None,
    estimator: str | None = None,
    standardized: bool = False,
    categories: int | None = None,
    thresholds: Sequence[float] | None = None,
    missing: float = 0.0,
    handling: str = "listwise",
    key: str | None = None,
    population: Mapping[str, Any] | str | None = None,
    measurement: str = "dimension_means",
    form: str | None = None,
    folder: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PowerCurve:
    """Power by Monte Carlo: simulate, estimate, form the interval, count how often it excludes 0.

    Parameters
    ----------
    model: population as lavaan-style text with numbers, ``"m ~ .39*x\\ny ~ .39*m + 0*x"``, labels and
        ``:=`` allowed (``a*.39*x``); a mapping name → text for several scenarios; or an instrument with
        ``key`` (one of its models), ``population`` (as ``simulate_responses`` takes it), ``measurement``
        ("dimension_means", "first_order", "second_order", "items", or "scores" for means of all items and
        least squares) and ``form``. Unstated variances are 1, loadings 1, paths and covariances 0, as in
        ``lavaan::simulateData``; ``standardized=True`` lets unstated variances follow from a total
        variance of 1.
    n: sample sizes. reps: replications at each. draws: resamples (or Monte Carlo draws) in each replication.
    interval: one or several of "percentile", "basic", "bc", "bca", "delta" (also "sobel"), "monte_carlo",
        "joint" (every path of the route significant at 1 − level; t with residual degrees of freedom, z for
        latent models).
    analysis: None estimates the population's own model with its numbers freed; "scores" regresses means of
        items; or a model text. estimator: None takes least squares for observed variables and "ML"
        otherwise; any estimator of ``fit`` may be named ("WLSMV" for categories).
    categories, thresholds: recorded variables are cut at ``thresholds`` (in SDs) into categories 1 … k.
    missing: share of cells lost completely at random; handling: "listwise" or "fiml".
    backend: "local" (``workers`` processes, None: all cores) or "dask" (``scheduler``: address, client, or
        None for this machine). folder: finished cells are kept there and a later call with the same
        arguments goes on (with its seed when none is named).
    progress: called with (replications done, in all).

    Every replication has its own random stream: numbers depend neither on the workers nor on the backend,
    and replications 1 … k of a longer run are the same. A replication without an estimate counts as not
    significant and a note says how many there were.

    Raises
    ------
    UmkmError: SEM1xx (text), PLN111–PLN116 (population), PLN120–PLN122 (folder), PLN124, PLN125 (cluster).
    UsageError: GEN001–GEN004, PLN117 (thresholds), PLN118 (variables), PLN119 (combination), PLN123 (no
        Dask).
    """
    sizes = tuple(whole("n", entry, low=4, high=LARGEST_N) for entry in sizes_of(n))
    if not sizes or len(set(sizes)) != len(sizes):
        raise UsageError("PLN129", params={"received": str(n)})
    whole("reps", reps, low=1, high=LARGEST_REPS)
    methods = tuple(dict.fromkeys(one_of("interval", ALIASES.get(e, e), METHODS) for e in _several(interval)))
    whole("draws", draws, low=20 if set(methods) & {*RESAMPLED, "monte_carlo"} else 0)
    if seed is None:
        seed = kept_seed(folder)
    chosen = new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    level = share("level", level)
    one_of("backend", backend, ("local", "dask"))
    one_of("handling", handling, ("listwise", "fiml"))
    if missing:
        share("missing", missing)
    if categories is not None:
        whole("categories", categories, low=2, high=20)
    if workers is not None:
        whole("workers", workers, low=1)
    cuts = thresholds_of(categories, thresholds)
    options = {
        "analysis": analysis,
        "estimator": estimator,
        "missing": float(missing),
        "handling": handling,
        "cuts": cuts,
    }
    names, designs, texts, notes = _designs(
        model,
        options,
        standardized=standardized,
        key=key,
        population=population,
        measurement=measurement,
        form=form,
    )
    request = Request(methods, draws, chosen, level)
    asked = {
        "version": __version__,
        "models": texts,
        "n": list(sizes),
        "reps": reps,
        "draws": draws,
        "seed": chosen,
        "interval": list(methods),
        "level": level,
        "standardized": standardized,
        **{k: v for k, v in options.items() if k != "cuts"},
        "cuts": cuts.tolist(),
    }
    cells = _cells(designs, sizes, reps)
    store = None if folder is None else open_store(folder, asked)
    frame = _run(designs, request, cells, store, backend, scheduler, workers, progress)
    notes += curve_notes(designs, frame, csv=store is not None and store.suffix == ".csv", reps=reps)
    resolved = {**asked, "n": sizes, "interval": methods, "backend": backend}
    curve = PowerCurve(designs, names, frame, resolved, chosen, tuple(notes))
    if store is not None:
        from umkm_stats import atomic

        atomic.write_text(store.folder / "power.csv", curve.detail().to_csv(index=False, lineterminator="\n"))
    return curve


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(entry) for entry in value]


def _designs(
    model: Any,
    options: dict[str, Any],
    *,
    standardized: bool,
    key: str | None,
    population: Any,
    measurement: str,
    form: str | None,
) -> tuple[tuple[str, ...], tuple[Design, ...], dict[str, str], list[Note]]:
    if is_instrument(model):
        name, read, given = instrument_design(
            model, key=key, population=population, measurement=measurement, form=form
        )
        notes = [Note("PLN130", {"paths": list(read.unstated)})] if read.unstated else []
        if len(options["cuts"]):
            given.pop("cuts", None)
        texts = {name: read.text, "analysis": str(given["analysis"])}
        return (name,), (resolve(read, **{**options, **given}),), texts, notes
    texts = {"": str(model)} if isinstance(model, str) else {str(k): str(v) for k, v in dict(model).items()}
    whole("scenarios", len(texts), low=1, high=LARGEST_SCENARIOS)
    designs, notes = [], []
    for text in texts.values():
        read = read_population(text, standardized=standardized)
        designs.append(resolve(read, **options))
        if read.unstated:
            notes.append(Note("PLN130", {"paths": list(read.unstated)}))
    return tuple(texts), tuple(designs), texts, notes


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
    designs: Sequence[Design],
    request: Request,
    cells: list[Cell],
    store: Store | None,
    backend: str,
    scheduler: Any,
    workers: int | None,
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
    for cell, rows in _finished(designs, request, left, backend, scheduler, workers):
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


def _finished(
    designs: Sequence[Design],
    request: Request,
    cells: list[Cell],
    backend: str,
    scheduler: Any,
    workers: int | None,
) -> Iterator[tuple[Cell, pd.DataFrame]]:
    if not cells:
        return iter(())
    if backend == "dask":
        return run_dask(designs, request, cells, scheduler, workers)
    cost = sum(
        float(cell.count)
        * cell.n
        * max(request.draws, 1)
        * (1 if designs[cell.scenario].route == "regressions" else 20)
        for cell in cells
    )
    resampling = any(method in RESAMPLED for method in request.methods)
    chosen = (
        workers
        if workers is not None
        else (cores() if resampling and np.isfinite(cost) and cost > SMALL else 1)
    )
    return run_local(designs, request, cells, chosen)
