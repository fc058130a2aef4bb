"""The same draws by the compiled kernel and by numpy, on random models: both must find the same optimum.

    python benchmarks/kernel_paths.py --models 500 --seed 1 --draws 64      # writes kernel_paths.csv
    python benchmarks/kernel_paths.py --models 60 --kinds fiml wlsmv        # kinds of random_models.py

Models come from random_models.py (its kinds estimated by ML from complete data) and from two more kinds:
paths that form a cycle, and residual covariances. A difference is the largest over parameters and draws, in
units of the parameter's standard error (a robust one: the spread of the draws' quartiles over 1.349).
``compiled`` and ``numpy`` are the distances of each way from the same draws solved until the scaled gradient
is below 1e-11. ``other_end`` counts draws of which only one way ends well, or where the ends have another F;
``beyond`` those that lie further apart than twice a ten millionth, which nearly flat draws do.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from random_models import _items, drawn
from umkm_stats import fit
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import path

HERE = Path(__file__).parent
KINDS = ("ml", "mlr", "mlm", "groups", "second_order", "equal", "growth", "paths", "cluster", "weights")
MORE = ("cycle", "residuals")
COLUMNS = ("number", "kind", "kernel", "draws", "failed", "other_end", "beyond", "apart", "compiled", "numpy")
LIMIT = 1e-7  # standard errors


def case_of(seed: int, number: int, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Model ``number``: one of ``kinds`` after another."""
    kind = kinds[number % len(kinds)]
    if kind in MORE:
        rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 1, number]))
        n = int(rng.integers(180, 600))
        data = _items(rng, n, 2, 4)
        if kind == "cycle":
            data["v1"] += 0.3 * data["v0"] + 0.5 * data["z"]
            text = "v0 ~ x + v1\nv1 ~ z + v0\nv2 ~ v0 + v1"
        else:
            text = "f0 =~ v0 + v1 + v2 + v3\nf1 =~ v4 + v5 + v6 + v7\nf1 ~ f0\nv0 ~~ v4\nv1 ~~ v5"
        return {"kind": kind, "text": text, "data": data, "options": {}}
    return next(case for step in range(20) if (case := drawn(seed, 20 * number + step))["kind"] == kind)


def polished(fitted: Any, draws: int, seed: int, kernel: str) -> np.ndarray[Any, Any] | None:
    """(draws, P) the same draws of one block solved much further, by numpy; None for other kernels than ML.
    NaN where that ends at another F: such a draw has several optima."""
    from umkm_stats.kernels.sem.many.ml import MlBatch
    from umkm_stats.kernels.sem.many.solve import CONVERGED, Settings, solve_from
    from umkm_stats.sem.draws._bootstrap import _source, engine_for
    from umkm_stats.sem.draws._kernels import MlKernel

    with path.using("numpy"):
        engine = engine_for(fitted).kernel
        if not isinstance(engine, MlKernel):
            return None
        moments = engine._moments(_source(fitted, "ordinary", draws, seed, None).sample(0, 0, draws))
        batch, _ = MlBatch.of(engine.search.model, moments)
    with path.using(kernel):
        batch_here = fitted.bootstrap(draws=draws, seed=seed).batch
    params = batch_here.params
    start = (params - engine.search.model.offset) @ np.linalg.pinv(engine.search.model.basis).T
    good = np.flatnonzero(np.isfinite(start).all(axis=1))
    out = np.full_like(params, np.nan)
    with path.using("numpy"):
        found = solve_from(
            batch.take(good), engine.search.begin, start[good], settings=Settings(tolerance=1e-11)
        )
    n = np.sum([entry.n for entry in moments], axis=0)[good]
    ended = (found.end == CONVERGED) & (np.abs(n * found.value - batch_here.x2[good]) < 1e-7)
    model = engine.search.model
    out[good[ended]] = found.free[ended] @ model.basis.T + model.offset
    return out


def compared(fitted: Any, draws: int, seed: int) -> dict[str, Any]:
    """One row of the table."""
    best = path.known()[0]
    with path.using(best):
        ours = fitted.bootstrap(draws=draws, seed=seed).batch
    with path.using("numpy"):
        theirs = fitted.bootstrap(draws=draws, seed=seed).batch
    both = (ours.end == 0) & (theirs.end == 0)
    if both.sum() < 8:
        return {"kernel": best, "draws": draws, "failed": int(draws - both.sum())}
    low, high = np.quantile(theirs.params[both], [0.25, 0.75], axis=0)
    unit = np.where(high > low, (high - low) / 1.349, np.inf)
    same = both & ~(np.abs(ours.x2 - theirs.x2) > 1e-6 * (1.0 + np.abs(theirs.x2)))
    row = {
        "kernel": best,
        "draws": draws,
        "failed": int((theirs.end != 0).sum()),
        "other_end": int(((ours.end == 0) != (theirs.end == 0)).sum() + (both & ~same).sum()),
        "beyond": int(((np.abs(ours.params - theirs.params) / unit)[same].max(axis=1) > 2 * LIMIT).sum()),
        "apart": float((np.abs(ours.params - theirs.params) / unit)[same].max()),
    }
    for name, kernel, batch in (("compiled", best, ours), ("numpy", "numpy", theirs)):
        reference = polished(fitted, draws, seed, kernel)
        if reference is not None:
            row[name] = float(np.nanmax((np.abs(batch.params - reference) / unit)[same]))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS + MORE))
    parser.add_argument("--out", type=Path, default=HERE / "kernel_paths.csv")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    rows: list[dict[str, Any]] = []
    refused: Counter[str] = Counter()
    for number in range(chosen.models):
        case = case_of(chosen.seed, number, tuple(chosen.kinds))
        try:
            fitted = fit(case["text"], case["data"], **case["options"])
        except UmkmError as error:
            refused[error.code] += 1
            continue
        if not fitted.converged:
            refused["not converged"] += 1
            continue
        found = compared(fitted, chosen.draws, 1000 + number)
        rows.append({"number": number, "kind": case["kind"], **found})
        worst = max(found.get(name, 0.0) for name in ("apart", "compiled"))
        if worst > LIMIT or found.get("other_end"):
            print(rows[-1], flush=True)
    with chosen.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by[row["kind"]].append(row)
    heads = ("kind", "models", "draws", "failed", "other end", "beyond", "apart", "compiled", "numpy")
    print("".join(f"{head:>10}" for head in heads))
    for kind, some in [*by.items(), ("all", rows)]:
        total = {
            name: sum(row.get(name, 0) for row in some) for name in ("draws", "failed", "other_end", "beyond")
        }
        most = {name: max(row.get(name, 0.0) for row in some) for name in ("apart", "compiled", "numpy")}
        print(
            f"{kind:>10.10}{len(some):10}"
            + "".join(f"{value:10}" for value in total.values())
            + "".join(f"{value:10.1e}" for value in most.values())
        )
    print("no fit:", dict(refused))


if __name__ == "__main__":
    main()
