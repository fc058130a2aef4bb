"""Every door that computes, with no thread variable set, beside the same door with one thread.

    python benchmarks/threads.py             # some minutes
    python benchmarks/threads.py --quick     # two turns instead of six
    python benchmarks/threads.py --json out.json

Linear algebra libraries start a thread a core where nothing tells them otherwise; over matrices of 27 × 27
the threads wait for each other longer than they compute, and far longer beside other work. Every door
therefore holds them to one thread. Each turn starts four fresh processes: with and without the variables
``OPENBLAS_NUM_THREADS`` and the like, idle and beside one process that keeps a core busy. A process runs
every door several times and keeps the shortest wall and processor time; the table has the median ratio of the
turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LIMIT = 1.2
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
HERE = Path(__file__).parent
BUSY = "while True: sum(range(1000))"
Times = dict[str, tuple[float, float]]


def doors() -> dict[str, Callable[[], object]]:
    """A small job of every door."""
    import numpy as np
    import pandas as pd

    import umkm_stats as us
    from engine_models import mediation

    text, items = mediation(27, 250)
    scales = {name: list(items.columns[9 * j : 9 * j + 9]) for j, name in enumerate("ABC")}
    scored = pd.DataFrame({name: items[own].mean(axis=1) for name, own in scales.items()})
    likert = pd.DataFrame(
        np.clip(np.round(3 + items.to_numpy() / items.to_numpy().std()), 1, 5), columns=items.columns
    )
    group = pd.Series(np.arange(len(items)) % 2)
    factors = us.cfa(items, scales=scales)
    small = "X =~ .7*x1 + .7*x2 + .7*x3\nM =~ .7*m1 + .7*m2 + .7*m3\nY =~ .7*y1 + .7*y2 + .7*y3\n"
    small += "M ~ a*.3*X\nY ~ b*.3*M + 0*X\nab := a*b"
    score = {"x": "A", "m": "B", "y": "C"}

    def fitted() -> object:
        fit = us.fit(text, items)
        return fit.estimates, fit.indices

    return {
        "fit": fitted,
        "cfa": lambda: us.cfa(items, scales=scales).tidy(),
        "efa": lambda: us.efa(items, n_factors=3),
        "validity": lambda: us.validity(factors, draws=200, seed=1),
        "reliability": lambda: us.reliability(items, scales=scales),
        "mediate": lambda: us.mediate(scored, **score, draws=1000, seed=1),
        "mediate_latent": lambda: us.mediate_latent(items, model=text, draws=200, seed=1),
        "measure": lambda: us.measure(likert, scales=scales, values=range(1, 6), draws=100, seed=1),
        "invariance": lambda: us.invariance(items, group=group, scales=scales),
        "power": lambda: us.power(small, n=200, reps=4, draws=100, seed=1, standardized=True),
    }


def child(repeats: int) -> Times:
    """Shortest wall and processor time of every door in this process."""
    found: Times = {}
    for name, job in doors().items():
        job()
        wall, cpu = [], []
        for _ in range(repeats):
            a, b = time.perf_counter(), time.process_time()
            job()
            wall.append(time.perf_counter() - a)
            cpu.append(time.process_time() - b)
        found[name] = min(wall), min(cpu)
    return found


def ran(*, held: bool, busy: bool, repeats: int) -> Times:
    """The times of a fresh process, ``held`` to one thread by the variables or with none of them set."""
    environ = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environ |= dict.fromkeys(VARIABLES, "1") if held else {}
    beside = subprocess.Popen([sys.executable, "-c", BUSY]) if busy else None
    try:
        done = subprocess.run(
            [sys.executable, str(HERE / "threads.py"), "--child", str(repeats)],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        if beside is not None:
            beside.kill()
            beside.wait()
    return {name: tuple(times) for name, times in json.loads(done.stdout.splitlines()[-1]).items()}


def main() -> None:
    """Print the table; exit code 1 when a door takes more than the limit of the one-thread time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two turns")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(child(given.child)))
        return
    turns = []
    for turn in range(2 if given.quick else 6):
        order = [(held, busy) for busy in (False, True) for held in (True, False)]
        turns.append({key: ran(held=key[0], busy=key[1], repeats=5) for key in order[:: 1 - 2 * (turn % 2)]})
    found = {}
    print(f"| door | one thread | idle, no variable | one busy process beside, no variable (limit {LIMIT}) |")
    print("|---|---|---|---|")
    for door in turns[0][True, False]:
        wall, cpu = (
            [
                statistics.median(t[False, busy][door][kind] / t[True, busy][door][kind] for t in turns)
                for busy in (False, True)
            ]
            for kind in (0, 1)
        )
        own = min(t[True, False][door][1] for t in turns)
        found[door] = {"one": own, "wall": wall, "cpu": cpu}
        shown = (f"× {w:.2f} wall, × {c:.2f} processor time" for w, c in zip(wall, cpu, strict=True))
        print(f"| `{door}` | {1e3 * own:.1f} ms | {' | '.join(shown)} |")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    worst = max(max(entry["cpu"]) for entry in found.values())
    print(f"largest ratio of processor times: {worst:.2f}; {os.cpu_count()} cores")
    if worst > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
