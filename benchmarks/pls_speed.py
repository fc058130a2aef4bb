"""CPU time of the PLS bootstrap on one core beside seminr (Python) in the same run, and its growth.

    OPENBLAS_NUM_THREADS=1 python benchmarks/pls_speed.py [--quick]

Case: 27 items, three constructs, N = 250, draws of paths, loadings, HTMT and indirect effects, counts
included; seminr gets the rows of every draw (its fastest documented way, one process) and computes paths,
loadings, weights, HTMT and total paths. Times are CPU times of the process, so that a busy machine does not
change the ratios much; each is the smallest of several. ``--quick`` leaves out the large models.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd

from peer_settings import said
from umkm_stats import fit_pls
from umkm_stats.kernels import draws as streams

WHAT = ("paths", "loadings", "htmt", "indirect")


def best(call: Callable[[], object], repeats: int = 5) -> float:
    """Shortest CPU time in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def survey(items: int, constructs: int, n: int, seed: int = 1) -> tuple[str, pd.DataFrame]:
    """Model text of a chain with every shortcut of length two, and Likert answers to it."""
    g = np.random.default_rng(seed)
    each = items // constructs
    names = [f"F{j}" for j in range(constructs)]
    scores = np.empty((n, constructs))
    paths = []
    for j in range(constructs):
        scores[:, j] = g.normal(size=n)
        for back, slope in ((1, 0.5), (2, 0.2)):
            if j >= back:
                scores[:, j] += slope * scores[:, j - back]
                paths.append(f"{names[j]} ~ {names[j - back]}")
    columns = {}
    lines = []
    for j, name in enumerate(names):
        own = [f"{name}_{k}" for k in range(each)]
        lines.append(f"{name} =~ {' + '.join(own)}")
        for item in own:
            raw = 0.7 * scores[:, j] + g.normal(size=n) * 0.8
            columns[item] = np.clip(np.round(3 + raw), 1, 5)
    return "\n".join([*lines, *paths]), pd.DataFrame(columns)


def peer(text: str, data: pd.DataFrame, draws: int) -> float:
    """Seconds a draw of seminr on the rows of our draws."""
    import seminr

    model = fit_pls(text, data)
    kinds = [seminr.composite(entry.name, list(entry.parts)) for entry in model.structure.constructs]
    arrows = [seminr.paths([p], [y]) for y, own in model.structure.paths.items() for p in own]
    table = (list(data.columns), data.to_numpy(dtype=float).tolist())
    fitted = seminr.estimate_pls(table, seminr.constructs(*kinds), seminr.relationships(*arrows))
    rows = streams.row_block(3, 0, streams.BLOCK, len(data))[:draws]
    return best(lambda: seminr.bootstrap_model(fitted, nboot=draws, indices=rows), 3) / draws


def main(quick: bool) -> None:
    """Print one line a measurement."""
    text, data = survey(27, 3, 250)
    model = fit_pls(text, data)
    model.bootstrap(draws=256, seed=3, what=WHAT)
    ours = best(lambda: model.bootstrap(draws=5000, seed=3, what=WHAT)) / 5000
    theirs = peer(text, data, 60)
    print(f"27 items, 3 constructs, N = 250: {1e6 * ours:.1f} µs a draw; seminr {1e3 * theirs:.2f} ms")
    print(f"  ratio {theirs / ours:.0f}; {said('seminr')}")
    table = best(lambda: model.bootstrap(draws=5000, seed=3, what=WHAT).intervals(), 3)
    print(f"  5,000 draws with the table of percentile, BC and BCa limits: {table:.2f} s of CPU")
    start = time.perf_counter()
    model.bootstrap(draws=10_000, seed=3, what=WHAT)
    print(f"10,000 draws: {time.perf_counter() - start:.2f} s wall")
    print(f"peak memory of a process that does only this: {alone():.0f} MiB")
    for label, cases in (
        ("items", [(12, 3, 250), (27, 3, 250), (60, 3, 250)]),
        ("constructs", [(60, 3, 250), (60, 6, 250), (60, 12, 250)]),
        ("N", [(27, 3, 250), (27, 3, 1000), (27, 3, 4000)]),
    ):
        seconds = []
        for case in cases:
            own, answers = survey(*case)
            fitted = fit_pls(own, answers)
            run = fitted.bootstrap
            seconds.append(best(lambda run=run: run(draws=512, seed=3, what=WHAT), 3) / 512)
        growth = ", ".join(f"× {b / a:.2f}" for a, b in pairwise(seconds))
        shown = ", ".join(f"{1e6 * value:.0f}" for value in seconds)
        print(f"growth in {label} {cases}: {shown} µs a draw ({growth})")
    if not quick:
        own, answers = survey(96, 12, 2000)
        fitted = fit_pls(own, answers)
        wall, cpu = time.perf_counter(), time.process_time()
        fitted.bootstrap(draws=10_000, seed=3, what=WHAT)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"96 items, 12 constructs, N = 2,000, 10,000 draws: {cpu:.1f} s of CPU, {wall:.1f} s wall")


def alone() -> float:
    """Peak resident memory in MiB of a child that makes 10,000 draws."""
    code = """
import sys, resource
sys.path.insert(0, "benchmarks")
import pls_speed as b
text, data = b.survey(27, 3, 250)
b.fit_pls(text, data).bootstrap(draws=10_000, seed=3, what=b.WHAT).intervals()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    main("--quick" in sys.argv)
