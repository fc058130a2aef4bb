"""The same draws by the compiled kernel and by numpy, on random models: both must find the same optimum.

    python benchmarks/kernel_paths.py --models 500 --seed 1 --draws 64            # kernel_paths.csv
    python benchmarks/kernel_paths.py --family missing --models 400 --draws 48    # kernel_paths_missing.csv
    python benchmarks/kernel_paths.py --family ordinal --models 400 --draws 48    # kernel_paths_ordinal.csv
    python benchmarks/kernel_paths.py --family missing --models 60 --kinds growth labels

Models come from kernel_models.py. A difference is the largest over parameters and draws, in units of the
parameter's standard error (a robust one: the spread of the draws' quartiles over 1.349). ``compiled`` and
``numpy`` are the distances of each way from the same draws polished by numpy: ML and FIML solved on until
the scaled gradient is below 1e-11, WLSMV solved on from correlations of the general routine for every pair.
``compiled_off`` and ``numpy_off`` count draws further than a ten millionth from it, ``other_end`` draws of
which only one way ends well or where the ends have another F, ``beyond`` those that lie further apart than
twice a ten millionth, which nearly flat draws do.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from kernel_models import FAMILIES, case_of
from umkm_stats import fit
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import path
from umkm_stats.kernels.ordinal import many_dwls, many_polychoric
from umkm_stats.kernels.sem.many.ml import MlBatch
from umkm_stats.kernels.sem.many.solve import CONVERGED, Settings, solve_from
from umkm_stats.sem.draws._bootstrap import _source, engine_for
from umkm_stats.sem.draws._kernels import FimlKernel, MlKernel
from umkm_stats.sem.draws._ordinal import DwlsKernel

HERE = Path(__file__).parent
COUNTED = ("draws", "failed", "other_end", "beyond", "compiled_off", "numpy_off")
SIZES = ("apart", "compiled", "numpy")
COLUMNS = ("number", "kind", "how", "kernel", *COUNTED, *SIZES)
LIMIT = 1e-7  # standard errors

Floats = np.ndarray[Any, Any]


class Polished:
    """F of the draws of one block at any estimates, and the estimates solved further; numpy throughout."""

    def __init__(self, fitted: Any, draws: int, seed: int) -> None:
        with path.using("numpy"):
            self.engine = engine_for(fitted).kernel
            drawn = _source(fitted, "ordinary", draws, seed, None).sample(0, 0, draws)
            if isinstance(self.engine, MlKernel):
                self.model = self.engine.search.model
                self.batch: Any = MlBatch.of(self.model, self.engine._moments(drawn))[0]
            elif isinstance(self.engine, FimlKernel):
                self.model, self.batch = self.engine.search.model, self.engine._batch(drawn)
            else:
                assert isinstance(self.engine, DwlsKernel)
                self.model, self.n = self.engine.model, drawn.counts[0].sum(axis=1)
                self.rho, self.variance = self._correlations(drawn.counts[0])
        self.back = np.linalg.pinv(self.model.basis).T

    def _correlations(self, counts: Floats) -> tuple[Floats, Floats]:
        """Of every pair, by the routine that draws take only when the quick one gives up."""
        engine = self.engine
        rho, spread = (np.empty((len(counts), len(engine.centre))) for _ in range(2))
        for group in engine.groups:
            tables = many_polychoric.count_tables(group, counts, 0, len(group.place))
            empty = [np.full(tables.shape[:2], np.nan) for _ in range(2)]
            every = np.ones(tables.shape[:2], dtype=bool)
            found = many_polychoric._carefully(tables, every, *empty, ~every, engine.centre[group.place])
            rho[:, group.place], spread[:, group.place] = found[0].T, np.where(found[2], found[1], np.nan).T
        return rho, np.where(np.isnan(spread), np.nan, 1.0) if engine.unit else spread

    def _ordinal(self, free: Floats, rows: Floats) -> Any:
        engine = self.engine
        given = free, self.rho[rows], self.variance[rows], self.n[rows], engine.first, engine.second, "numpy"
        return many_dwls.solve(self.model, *given)

    def __call__(self, params: Floats) -> tuple[Floats, Floats]:
        """(D, P) estimates solved further, NaN where that ends elsewhere, and (D,) n·F at those given."""
        out, x2 = np.full_like(params, np.nan), np.full(len(params), np.nan)
        ordinal = isinstance(self.engine, DwlsKernel)
        own = params[:, self.engine.kept] if ordinal else params
        free = (own - self.model.offset) @ self.back
        rows = np.flatnonzero(np.isfinite(free).all(axis=1))
        with path.using("numpy"):
            if ordinal:
                found = free[rows]
                for _ in range(3):
                    again = self._ordinal(found, rows)
                    found = again.free
                out[rows] = params[rows]
                out[np.ix_(rows, self.engine.kept)] = found @ self.model.basis.T + self.model.offset
                x2[rows] = self.n[rows] * again.value
                out[rows[~again.converged]] = np.nan
                return out, x2
            some = self.batch.take(rows)
            size = [entry.n for entry in (some.rows if hasattr(some, "rows") else some.moments)]
            n = np.sum(size, axis=0)
            x2[rows] = n * some.value(free[rows])[0]
            begin = self.engine.search.begin
            end = solve_from(some, begin, free[rows], settings=Settings(tolerance=1e-11))
        good = (end.end == CONVERGED) & (np.abs(n * end.value - x2[rows]) < 1e-7)
        out[rows[good]] = end.free[good] @ self.model.basis.T + self.model.offset
        return out, x2


def compared(fitted: Any, draws: int, seed: int) -> dict[str, Any]:
    """One row of the table."""
    best = path.known()[0]
    with path.using(best):
        ours = fitted.bootstrap(draws=draws, seed=seed).batch
    with path.using("numpy"):
        theirs = fitted.bootstrap(draws=draws, seed=seed).batch
    both = (ours.end == 0) & (theirs.end == 0)
    row: dict[str, Any] = {"kernel": best, "draws": draws, "failed": int((theirs.end != 0).sum())}
    row["other_end"] = int(((ours.end == 0) != (theirs.end == 0)).sum())
    if both.sum() < 8:
        return row
    low, high = np.nanquantile(theirs.params[both], [0.25, 0.75], axis=0)
    unit = np.where(high > low, (high - low) / 1.349, np.inf)
    polish = Polished(fitted, draws, seed)
    references = {"compiled": polish(ours.params), "numpy": polish(theirs.params)}
    x2 = [found[1] for found in references.values()]
    if not np.isnan(ours.x2[both]).any():
        x2 = [ours.x2, theirs.x2]
    same = both & ~(np.abs(x2[0] - x2[1]) > 1e-6 * (1.0 + np.abs(x2[1])))
    lost = (np.isnan(ours.params) != np.isnan(theirs.params)).any(axis=1)
    apart = np.nanmax(np.abs(ours.params - theirs.params) / unit, axis=1, where=both[:, None], initial=0.0)
    row["other_end"] += int((both & ~same).sum() + (both & lost).sum())
    row["beyond"] = int((apart[same] > 2 * LIMIT).sum())
    row["apart"] = float(apart[same].max(initial=0.0))
    for (name, (reference, _)), batch in zip(references.items(), (ours, theirs), strict=True):
        off = np.nanmax(np.abs(batch.params - reference) / unit, axis=1, where=same[:, None], initial=0.0)
        row[name], row[f"{name}_off"] = float(off.max()), int((off > LIMIT).sum())
    return row


def _told(rows: list[dict[str, Any]], refused: Counter[str]) -> None:
    by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by[row["kind"]].append(row)
    print("".join(f"{head:>15}" for head in ("kind", "models", *COUNTED, *SIZES)))
    for kind, some in [*by.items(), ("all", rows)]:
        total = [sum(row.get(name, 0) for row in some) for name in COUNTED]
        most = [max(row.get(name, 0.0) for row in some) for name in SIZES]
        print(f"{kind:>15}" + "".join(f"{value:15}" for value in (len(some), *total)), end="")
        print("".join(f"{value:15.1e}" for value in most))
    print("no fit:", dict(refused))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", choices=FAMILIES, default="complete")
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--kinds", nargs="+", default=None)
    parser.add_argument("--out", type=Path, default=None)
    chosen = parser.parse_args()
    ending = "" if chosen.family == "complete" else f"_{chosen.family}"
    out = chosen.out or HERE / f"kernel_paths{ending}.csv"
    kinds = tuple(chosen.kinds or FAMILIES[chosen.family])
    warnings.simplefilter("ignore")
    rows: list[dict[str, Any]] = []
    refused: Counter[str] = Counter()
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for number in range(chosen.first, chosen.first + chosen.models):
            case = case_of(chosen.family, chosen.seed, number, kinds)
            try:
                fitted = fit(case["text"], case["data"], **case["options"])
            except UmkmError as error:
                refused[error.code] += 1
                continue
            if not fitted.converged:
                refused["not converged"] += 1
                continue
            found = compared(fitted, chosen.draws, 1000 + number)
            rows.append({"number": number, "kind": case["kind"], "how": case.get("how", ""), **found})
            writer.writerow(rows[-1])
            stream.flush()
            worst = max(found.get(name, 0.0) for name in ("apart", "compiled", "numpy"))
            if worst > LIMIT or found.get("other_end"):
                print(rows[-1], flush=True)
    _told(rows, refused)


if __name__ == "__main__":
    main()
