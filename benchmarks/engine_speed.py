"""The speed table of the structural engine, peers and ours in one run on one core each.

    python benchmarks/engine_speed.py            # the whole table, about ten minutes with R
    python benchmarks/engine_speed.py --quick    # fewer repeats, about two minutes
    python benchmarks/engine_speed.py --json out.json
    python benchmarks/engine_speed.py --jobs fiml15 --json out.json    # only these rows, the others kept

A row compares processor time a draw (or a fit), which other work on the machine disturbs less than wall time;
both are shown. lavaan is timed through Rscript when it is installed, semopy when it can be imported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import umkm_stats.sem as sem
from engine_models import democracy, mediation
from peer_settings import said
from umkm_stats.kernels import path

HERE = Path(__file__).parent
GOALS = {"ml27": (300, 600), "democracy": (200, 500), "fiml15": (500, 1200)}
COLD_GOALS = {"ml27": (6, 10), "fiml15": (12, 30)}
LABEL = {
    "ml27": "27 items, 3 latent, N = 250, ML, a draw",
    "democracy": "PoliticalDemocracy with residual covariances, a draw",
    "fiml15": "15 items, N = 250, 10 % missing, FIML, a draw",
}


def timed(job: Callable[[], Any], repeats: int) -> tuple[float, float]:
    """Median (wall, processor) seconds."""
    wall, cpu = [], []
    for _ in range(repeats):
        a, b = time.perf_counter(), time.process_time()
        job()
        wall.append(time.perf_counter() - a)
        cpu.append(time.process_time() - b)
    return statistics.median(wall), statistics.median(cpu)


def matrix_speed() -> float:
    """Flops a second of a 1000 × 1000 product on one core, best of seven."""
    a = np.random.default_rng(0).normal(size=(1000, 1000))
    best = min(timed(lambda: a @ a, 1)[1] for _ in range(7))
    return 2e9 / best


def floor_seconds(fit: Any, rounds: float, speed: float) -> float:
    """Least time of a draw: the moment product, one p × p × m product and a scaled shared solve an
    evaluation, and one
    factorised information, all at matrix speed. With missing values: two products N × p × p an evaluation."""
    n, p = fit.arrays[0].shape
    m, q = fit.compiled.n_latent, fit.compiled.n_free
    moments = 2 * n * (p + p * (p + 1) / 2)
    evaluation = 2 * p * p * m + 10 * p * m * m + 2 * q * q
    if fit.missing == "fiml":
        evaluation = 4 * n * p * p + 8 * p**3 + 2 * q * q
    information = q * (q + 1) / 2 * 7 + q**3 / 3
    return float((moments + rounds * evaluation + information) / speed)


def lavaan(jobs: dict[str, tuple[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
    """lavaan's times, or nothing when R or lavaan is not there."""
    if shutil.which("Rscript") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (model, data) in jobs.items():
            Path(folder, f"model_{name}.txt").write_text(model, encoding="utf-8")
            data.to_csv(Path(folder, f"data_{name}.csv"), index=False, na_rep="NA")
        wanted = ",".join(f"{name}={counts[name]}" for name in jobs)
        ran = subprocess.run(
            ["Rscript", str(HERE / "peers" / "lavaan_speed.R"), folder, wanted],
            capture_output=True,
            text=True,
            check=False,
        )
    if ran.returncode:
        print("lavaan was not timed:", ran.stderr.strip().splitlines()[-1:] or "no message")
        return {}
    return dict(json.loads(ran.stdout.strip().splitlines()[-1]))


def semopy_cold(model: str, data: Any, repeats: int) -> tuple[float, float] | None:
    """semopy's estimates with standard errors, from text and frame."""
    try:
        import semopy
    except ImportError:
        return None
    lines = [
        line.replace("a*", "").replace("b*", "").replace("c*", "")
        for line in model.splitlines()
        if ":=" not in line
    ]

    def job() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = semopy.Model("\n".join(lines))
            found.fit(data)
            found.inspect()

    return timed(job, repeats)


def cold(model: str, data: Any, **options: Any) -> None:
    """Estimates with standard errors, test and indices, from text and frame: what lavaan's ``sem()``
    computes."""
    fit = sem.fit(model, data, **options)
    assert len(fit.estimates)
    assert fit.indices


def machine() -> str:
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = [
            line.split(":")[1].strip()
            for line in cpuinfo.read_text().splitlines()
            if line.startswith("model name")
        ]
        name = found[0] if found else name
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    versions = f"Python {platform.python_version()}, numpy {np.__version__}; kernel {path.kernel()}"
    return f"{name}, {os.cpu_count()} cores{load}; {versions}"


def main_table(quick: bool, speed: float, only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    jobs = {"ml27": mediation(27, 250), "democracy": democracy(), "fiml15": mediation(15, 250, missing=0.1)}
    jobs = {name: job for name, job in jobs.items() if not only or name in only}
    counts = (
        {"ml27": 20, "democracy": 40, "fiml15": 3} if quick else {"ml27": 200, "democracy": 300, "fiml15": 25}
    )
    peer = lavaan(jobs, counts)
    rows: list[dict[str, Any]] = []
    print(f"\n{'job':54} {'ours':>12} {'lavaan':>12} {'ratio':>7} {'must':>5} {'aim':>5} {'floor':>9}")
    for name, (model, data) in jobs.items():
        options = {"missing": "fiml"} if name == "fiml15" else {}
        fit = sem.fit(model, data, **options)
        draws = 1024 if quick else 5000
        kept: list[Any] = []
        wall, cpu = timed(
            lambda fit=fit, draws=draws, kept=kept: kept.append(fit.bootstrap(draws=draws, seed=1)), 3
        )
        rounds = float(kept[0].batch.rounds.mean())
        floor = floor_seconds(fit, rounds, speed)
        theirs = peer.get(name, {})
        ratio = theirs["cpu"] / (cpu / draws) if theirs else float("nan")
        row = {
            "job": name,
            "wall": wall / draws,
            "cpu": cpu / draws,
            "lavaan": theirs,
            "ratio": ratio,
            "floor": floor,
        }
        row |= {"ledger": kept[0].ledger, "rounds": rounds, "kernel": path.kernel()}
        with path.using("numpy"):
            few = draws // 5
            row["numpy"] = timed(lambda fit=fit, few=few: fit.bootstrap(draws=few, seed=1), 1)[1] / few
        rows.append(row)
        shown = f"{theirs['cpu'] * 1e3:.1f} ms" if theirs else "not timed"
        limit = f"{floor * 1e6:.0f} µs"
        must, aim = GOALS[name]
        print(
            f"{LABEL[name]:54} {cpu / draws * 1e6:9.0f} µs {shown:>12} {ratio:6.0f}× {must:4}× {aim:4}× "
            f"{limit:>9}"
            f"   wall {wall / draws * 1e6:.0f} µs, {rounds:.1f} evaluations, "
            f"numpy alone {row['numpy'] * 1e6:.0f} µs"
        )
    for name in jobs if peer else ():
        print(f"  lavaan {peer['version']}, {LABEL[name]}: {peer[name]['setting']}")
    for name, (model, data) in jobs.items():
        options = {"missing": "fiml"} if name == "fiml15" else {}
        cold(model, data, **options)
        wall, cpu = timed(lambda model=model, data=data, options=options: cold(model, data, **options), 31)
        theirs = peer.get(f"{name}_cold", {})
        other = semopy_cold(model, data, 3 if quick else 7) if name == "ml27" else None
        row = {"job": f"{name}_cold", "wall": wall, "cpu": cpu, "lavaan": theirs, "semopy": other}
        row["ratio"] = theirs["cpu"] / cpu if theirs else float("nan")
        rows.append(row)
        shown = f"{theirs['cpu'] * 1e3:.0f} ms" if theirs else "not timed"
        third = f", semopy {other[1] * 1e3:.0f} ms" if other else ""
        goal = " {:4}× {:4}×".format(*COLD_GOALS[name]) if name in COLD_GOALS else " " * 12
        print(
            f"{'one cold fit, ' + name:54} {cpu * 1e3:9.1f} ms {shown:>12} {row['ratio']:6.1f}×{goal}{third}"
        )
    print(f"  {said('semopy')}; lavaan, one cold fit: sem() with its defaults")
    return rows


def growth(quick: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    print("\nCost of a draw (µs of processor time) as draws, N and items grow; ML, three latent variables")
    plans = [("draws", 27, 250, d) for d in (512, 1024, 2048)]
    plans += [("N", 27, n, 512) for n in (250, 1000, 4000)] + [
        ("items", k, 250, 512) for k in (9, 18, 27, 45)
    ]
    for what, items, n, draws in plans:
        fit = sem.fit(*mediation(items, n))
        wall, cpu = timed(lambda fit=fit, draws=draws: fit.bootstrap(draws=draws, seed=1), 1 if quick else 5)
        rows.append(
            {"grow": what, "items": items, "n": n, "draws": draws, "cpu": cpu / draws, "wall": wall / draws}
        )
        print(f"  {what:6} items {items:3}  N {n:5}  draws {draws:5}: {cpu / draws * 1e6:7.0f}")
    return rows


def workers(quick: bool) -> dict[str, float]:
    fit = sem.fit(*mediation(27, 250))
    draws = 2048 if quick else 5120
    one, _ = timed(lambda: fit.bootstrap(draws=draws, seed=1), 3)
    two, _ = timed(lambda: fit.bootstrap(draws=draws, seed=1, workers=2), 3)
    same = bool(
        np.array_equal(
            fit.bootstrap(draws=600, seed=1).batch.params,
            fit.bootstrap(draws=600, seed=1, workers=2).batch.params,
        )
    )
    print(f"\nTwo workers: {one / two:.2f} times as fast as one (wall); the same numbers: {same}")
    return {"one": one, "two": two, "same": float(same)}


# ru_maxrss of a child begins with what its parent held; the high-water mark of its own memory does not.
MEMORY = """
import pathlib, re, resource, sys
sys.path.insert(0, {here!r})
from engine_models import mediation
import umkm_stats.sem as sem
found = sem.fit(*mediation(27, 250)).bootstrap(draws={draws}, seed=1)
assert len(found.estimates) == {draws}
status = pathlib.Path("/proc/self/status")
own = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
print((int(own[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024)
"""


def memory(quick: bool) -> dict[str, float]:
    draws = 20_000 if quick else 100_000
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY.format(here=str(HERE), draws=draws)],
        capture_output=True,
        text=True,
        check=False,
    )
    peak = float(ran.stdout.strip() or "nan")
    print(f"Peak memory with {draws:,} draws of 27 items: {peak:.0f} MiB (limit 320)")
    return {"draws": draws, "mib": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument(
        "--jobs", nargs="*", default=[], help="only these rows of the table; others in the file stay"
    )
    chosen = parser.parse_args()
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    with threadpool_limits(limits=1, user_api="blas"):
        tables(chosen)


def tables(chosen: argparse.Namespace) -> None:
    speed = matrix_speed()
    print(machine())
    print(f"matrix speed on one core: {speed / 1e9:.0f} Gflop/s")
    table = main_table(chosen.quick, speed, tuple(chosen.jobs))
    if chosen.jobs:
        if chosen.json:
            _put(chosen.json, table)
        return
    found: dict[str, Any] = {"machine": machine(), "flops": speed, "table": table}
    found["growth"] = growth(chosen.quick)
    found["workers"] = workers(chosen.quick)
    if sys.platform != "win32":
        found["memory"] = memory(chosen.quick)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _put(place: Path, table: list[dict[str, Any]]) -> None:
    """Rows of the same jobs in the file take these figures, with the machine as it was."""
    known = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {"table": []}
    fresh = {row["job"]: row | {"machine": machine()} for row in table}
    known["table"] = [fresh.pop(row["job"], row) for row in known["table"]] + list(fresh.values())
    place.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
