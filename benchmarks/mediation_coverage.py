"""Coverage, Type I error and power of every interval method, by simulation with a fixed seed.

    python benchmarks/mediation_coverage.py --reps 1000 --draws 1000 --out benchmarks/mediation_coverage.csv
    python benchmarks/mediation_coverage.py --published --reps 2000 --draws 1000 --out
    benchmarks/mediation_published.csv
    python benchmarks/mediation_coverage.py --latent --reps 1000 --draws 500 --workers 2 --out
    benchmarks/mediation_coverage_latent.csv
    python benchmarks/mediation_coverage.py --latent --only monte_carlo --reps 1000 --draws 500 --out
    benchmarks/mediation_coverage_latent.csv (the rows of one method anew)

Population: x ~ N(0, 1), m = a·x + e, y = b·m + c'·x + e, c' = 0, unit residual variances (the design of Fritz
& MacKinnon 2007, path values 0, .14, .39, .59). Latent: each variable is measured by three indicators with
loading 1 and error variance .5. Repetition r of a cell uses the stream (seed, cell, r); every method sees the
same draws. The Monte Carlo SE of a rate p is √(p(1 − p)/repetitions).
"""

from __future__ import annotations

import argparse
import csv
import functools
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from joblib import Parallel, delayed

from umkm_stats import UmkmError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.intervals import several
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import Effect
from umkm_stats.kernels.mediation.normal_equations import Regression, regress
from umkm_stats.mediation import _rows
from umkm_stats.mediation._rows import Coefficients

PATHS = (0.0, 0.14, 0.39, 0.59)
SIZES = (50, 100, 200, 500)
DRAWN = ("percentile", "basic", "bc", "bca", "studentised")
SEED = 20_260_101
PUBLISHED = {
    (0.39, 0.39): {"percentile": 78, "bc": 71, "joint": 74, "delta": 90},
    (0.14, 0.14): {"percentile": 558, "bc": 462, "joint": 530, "delta": 667},
}
AB = Effect(((((0, 1.0),), ((2, 1.0),)),))
PLAN = engine.Plan((Regression(1, (0,)), Regression(2, (0, 1))), (AB,), errors=True)


def normals(cell: int, rep: int, n: int, k: int) -> np.ndarray:
    """(n, k) standard normals of one repetition."""
    return streams.normal_block(SEED + 1000 * cell, rep, n, k, purpose=streams.SIMULATION)


def observed(a: float, b: float, n: int, cell: int, rep: int, draws: int) -> dict[str, tuple[float, float]]:
    """Limits of every method for one simulated sample; the joint test as limits that hold 0 or not."""
    from scipy import stats

    z = normals(cell, rep, n, 3)
    x = z[:, 0]
    m = a * x + z[:, 1]
    y = b * m + z[:, 2]
    source = engine.units(np.column_stack([x, m, y]))
    drawn = engine.bootstrap(source, PLAN, draws=draws, seed=SEED + rep)
    point, se = engine.whole(source, PLAN)
    left = engine.jackknife(source, PLAN)[1]
    found = several(DRAWN, point, drawn.values, left, 0.95, errors=(se, drawn.errors))
    out = {name: (float(limits.low[0]), float(limits.high[0])) for name, limits in found.items()}
    solved = regress(engine.total_moments(source), PLAN.equations, errors=True)
    theta, cov = solved.slopes[:, 0], solved.cov[:, :, 0]
    coefficients = Coefficients(theta, cov, np.array([n - 2.0, n - 3.0, n - 3.0]))
    simulated = _rows.parametric(coefficients, [AB], draws, SEED + rep)
    monte = several(("percentile",), point, simulated, None, 0.95)["percentile"]
    out["monte_carlo"] = (float(monte.low[0]), float(monte.high[0]))
    half = 1.959963984540054 * float(se[0])
    out["delta"] = (float(point[0]) - half, float(point[0]) + half)
    p = max(2 * stats.t.sf(abs(theta[k]) / np.sqrt(cov[k, k]), coefficients.df[k]) for k in (0, 2))
    out["joint"] = (1.0, 2.0) if p < 0.05 else (-np.inf, np.inf)
    return out


LATENT = ("percentile", "basic", "bc", "bca", "monte_carlo", "delta", "joint")


def latent(
    a: float, b: float, n: int, cell: int, rep: int, draws: int, methods: tuple[str, ...] = LATENT
) -> dict[str, tuple[float, float]]:
    """The same on latent variables, by every method that needs no errors of a draw; a method finds the same
    limits whichever others are asked for."""
    import pandas as pd

    from umkm_stats import mediate_latent

    z = normals(cell, rep, n, 12)
    x = z[:, 0]
    m = a * x + z[:, 1]
    y = b * m + z[:, 2]
    columns = {}
    for place, (name, value) in enumerate((("x", x), ("m", m), ("y", y))):
        for k in range(3):
            columns[f"{name}{k + 1}"] = value + np.sqrt(0.5) * z[:, 3 + 3 * place + k]
    model = "X =~ x1+x2+x3\nM =~ m1+m2+m3\nY =~ y1+y2+y3\nM ~ X\nY ~ M + X"
    try:
        found = mediate_latent(
            pd.DataFrame(columns), model=model, draws=draws, seed=SEED + rep, intervals=methods
        )
    except UmkmError:  # the sample itself has no solution: counted as unused by every method
        return dict.fromkeys(methods, (np.nan, np.nan))
    rows = found.effects[found.effects["effect"] == "indirect"].set_index("method")
    out = {name: (float(rows.ci_low[name]), float(rows.ci_high[name])) for name in methods if name != "joint"}
    if "joint" in methods:
        out["joint"] = (1.0, 2.0) if rows.p["joint"] < 0.05 else (-np.inf, np.inf)
    return out


def rows_of(asked: argparse.Namespace, run: Callable, cell: int, n: int, a: float, b: float) -> list[list]:
    """A row a method of one cell."""
    counts: dict[str, list[int]] = {}
    jobs = (delayed(run)(a, b, n, cell, rep, asked.draws) for rep in range(asked.reps))
    for found in Parallel(asked.workers, return_as="generator")(jobs):
        for method, (low, high) in found.items():
            kept = counts.setdefault(method, [0, 0, 0])
            if np.isnan(low):
                continue
            kept[0] += low <= a * b <= high
            kept[1] += low > 0 or high < 0
            kept[2] += 1
    rows = []
    for method, (cover, reject, used) in counts.items():
        rate = reject / used
        spread = 3 * np.sqrt(rate * (1 - rate) / used)
        shown = "" if method == "joint" else f"{cover / used:.4f}"
        rows.append([n, a, b, method, shown, f"{rate:.4f}", used, asked.reps, f"{spread:.4f}"])
    return rows


def renew(asked: argparse.Namespace, cells: list) -> None:
    """The file with the rows of one method computed anew."""
    with asked.out.open(newline="", encoding="utf-8") as stream:
        held = list(csv.reader(stream))
    run = functools.partial(latent, methods=(asked.only,))
    for cell, (n, (a, b)) in enumerate(cells):
        start = time.perf_counter()
        (row,) = rows_of(asked, run, cell, n, a, b)
        place = [(int(old[0]), float(old[1]), float(old[2]), old[3]) for old in held[1:]]
        held[1 + place.index((n, a, b, asked.only))] = [str(value) for value in row]
        print(f"n {n} a {a} b {b}: {time.perf_counter() - start:.1f} s", flush=True)
    with asked.out.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(held)


def main() -> None:
    """Write one row a cell and method: n, a, b, method, coverage, reject, reps, se."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1, help="processes; any number gives the same file")
    parser.add_argument("--latent", action="store_true")
    parser.add_argument(
        "--published", action="store_true", help="the sample sizes Fritz and MacKinnon print for power .80"
    )
    parser.add_argument("--resume", action="store_true", help="keep the cells that the file already holds")
    parser.add_argument(
        "--only", choices=LATENT, help="with --latent: make the rows of one method anew, keep the others"
    )
    parser.add_argument("--out", type=Path, default=Path("mediation_coverage.csv"))
    asked = parser.parse_args()
    if asked.only and not asked.latent:
        parser.error("--only goes with --latent")
    pairs = [(a, b) for a, b in itertools.product(PATHS, PATHS) if a == b or b == 0.0]
    cells = list(itertools.product(SIZES, pairs))
    if asked.published:
        cells = [(n, pair) for pair, needed in PUBLISHED.items() for n in sorted(set(needed.values()))]
    run = latent if asked.latent else observed
    if asked.only:
        renew(asked, cells)
        return
    done = set()
    if asked.resume and asked.out.exists():
        with asked.out.open(newline="", encoding="utf-8") as stream:
            done = {(int(row["n"]), float(row["a"]), float(row["b"])) for row in csv.DictReader(stream)}
    with asked.out.open("a" if done else "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        if not done:
            writer.writerow(
                ["n", "a", "b", "method", "coverage", "reject", "used", "reps", "three_se_of_reject"]
            )
        for cell, (n, (a, b)) in enumerate(cells):
            if (n, a, b) in done:
                continue
            start = time.perf_counter()
            writer.writerows(rows_of(asked, run, cell, n, a, b))
            stream.flush()
            print(f"n {n} a {a} b {b}: {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
