"""The measurement chapter: how long ``measure`` takes, step by step, and how it grows.

    python benchmarks/measure.py            45 items, 300 rows, 2 000 draws: total and each step
    python benchmarks/measure.py --scaling  also other numbers of items, rows and draws

Answers are simulated (five-point items, correlated factors of three items each). Full refits of the factor
model and the one-factor draws of each scale are inside the total. Wall time of one process after imports;
``--workers`` threads, each with one BLAS thread.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from umkm_stats.measurement import measure, reliability
from umkm_stats.measurement._measure import STEPS


def answers(items: int, rows: int, size: int, seed: int = 1) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Five-point answers and their scales of ``size`` items."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(rows, 1))
    data, scales = {}, {}
    for j in range(items // size):
        factor = 0.6 * common[:, 0] + 0.8 * rng.normal(size=rows)
        names = [f"S{j + 1}_{i + 1}" for i in range(size)]
        scales[f"S{j + 1}"] = names
        for name in names:
            data[name] = np.clip(np.round(3.2 + 0.75 * factor + 0.66 * rng.normal(size=rows)), 1, 5)
    return pd.DataFrame(data), scales


def run(items: int, rows: int, draws: int, size: int, workers: int) -> tuple[float, dict[str, float]]:
    """Total seconds and seconds a step."""
    data, scales = answers(items, rows, size)
    steps: dict[str, float] = {}
    last = start = time.perf_counter()

    def note(done: int, _of: int) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[STEPS[done - 1]] = now - last
        last = now

    result = measure(
        data, scales=scales, values=range(1, 6), draws=draws, seed=1, workers=workers, progress=note
    )
    total = time.perf_counter() - start
    assert result.tidy()["available"].all(), result.tidy()
    assert result.validity.ledger["failed"] == 0
    return total, steps


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--size", type=int, default=5, help="items a scale")
    options = parser.parse_args()
    reliability(answers(10, 50, 5)[0], scales=answers(10, 50, 5)[1])  # imports
    cases = [(45, 300, 2000)]
    if options.scaling:
        cases += [
            (15, 300, 2000),
            (30, 300, 2000),
            (60, 300, 2000),
            (45, 150, 2000),
            (45, 1000, 2000),
            (45, 300, 500),
            (45, 300, 5000),
        ]
    print(f"{options.workers} workers, {options.size} items a scale")
    print("items  rows  draws  seconds  of which")
    for items, rows, draws in cases:
        total, steps = run(items, rows, draws, options.size, options.workers)
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items() if seconds >= 0.05)
        print(f"{items:5d} {rows:5d} {draws:6d} {total:8.1f}  {parts}", flush=True)


if __name__ == "__main__":
    main()
