"""CPU time of the observed-score bootstrap on one core, with its floor, beside pingouin (and pyprocessmacro
if installed).

    OPENBLAS_NUM_THREADS=1 python benchmarks/mediation_speed.py

Simple mediation: N = 300, 5,000 draws, percentile, BC and BCa. Serial: two mediators, two covariates. Each
with every kernel that can compute here: the compiled ones, then numpy alone.
pyprocessmacro runs at its fastest setting: nothing printed at the start, the quicker of its two intervals.
Million rows: 200 draws of the simple model, then 1,000,000 draws of 300 rows, each with the peak of resident
memory so far. Times are CPU times of the
process (one BLAS thread), so that a busy machine does not change the ratios much.
"""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from peer_settings import said
from umkm_stats import mediate
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path
from umkm_stats.kernels.mediation import draws as engine

METHODS = ("percentile", "bc", "bca")


def best(call: Callable[[], object], repeats: int = 7) -> float:
    """Shortest CPU time in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def floor(columns: np.ndarray) -> tuple[float, float]:
    """Seconds that the counts of 5,000 draws take, and the products of moments from them."""
    n = len(columns)
    counter, cross = streams.Counter(n), engine.units(columns).cross.T
    blocks = [streams.count_block(7, block, 256, n) for block in range(20)]
    counts = best(lambda: [counter(7, block) for block in range(20)])
    return counts, best(lambda: [cross @ block.T for block in blocks])


def compared(name: str, peer: float, ours: dict[str, float]) -> None:
    """Print how many times the time of ours, with every kernel, the peer takes."""
    times = ", ".join(f"{peer / mine:.1f} times ours with {kernel}" for kernel, mine in ours.items())
    print(f"{name}: {1000 * peer:.0f} ms, {times}")


def main() -> None:
    """Print one line a measurement."""
    g = np.random.default_rng(1)
    n = 300
    x, c1, c2 = g.normal(size=(3, n))
    m1 = 0.4 * x + g.normal(size=n)
    m2 = 0.3 * x + 0.3 * m1 + g.normal(size=n)
    y = 0.4 * m1 + 0.2 * m2 + 0.1 * x + g.normal(size=n)
    data = pd.DataFrame({"x": x, "m1": m1, "m2": m2, "y": y, "c1": c1, "c2": c2})
    serial_model = {"x": "x", "m": ["m1", "m2"], "y": "y", "covariates": ["c1", "c2"], "structure": "serial"}
    simple: dict[str, float] = {}
    serial: dict[str, float] = {}
    for kernel in path.known():
        with path.using(kernel):
            simple[kernel] = best(
                lambda: mediate(data, x="x", m="m1", y="y", draws=5000, seed=7, intervals=METHODS), 25
            )
            serial[kernel] = best(
                lambda: mediate(data, **serial_model, draws=5000, seed=7, intervals=METHODS), 15
            )
            counts, product = floor(data[["x", "m1", "y"]].to_numpy())
        print(
            f"{kernel}: simple, N = 300, 5,000 draws, percentile + BC + BCa: {1000 * simple[kernel]:.1f} ms"
        )
        print(
            f"  floor: counts {1000 * counts:.1f} ms + moment product {1000 * product:.1f} ms; ratio "
            f"{simple[kernel] / (counts + product):.2f}"
        )
        print(f"  serial, two mediators, two covariates, 5,000 draws: {1000 * serial[kernel]:.1f} ms")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        peer = best(
            lambda: pingouin.mediation_analysis(data=data, x="x", m="m1", y="y", n_boot=5000, seed=7), 2
        )
    compared("pingouin (BC only), simple", peer, simple)
    print(f"  {said('pingouin')}")
    try:
        import contextlib
        import io

        from pyprocessmacro import Process
    except ImportError:
        print("pyprocessmacro is not installed: no comparison")
    else:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = {"data": data, "model": 4, "x": "x", "y": "y", "m": ["m1"], "boot": 5000, "seed": 7}
            quiet = {"suppr_init": True}
            peer = min(
                best(lambda: Process(**one, **quiet, percent=False), 5),
                best(lambda: Process(**one, **quiet, percent=True), 5),
            )
            two = {"model": 6, "x": "x", "y": "y", "m": ["m1", "m2"], "boot": 5000, "seed": 7, **quiet}
            chain = best(lambda: Process(data=data, controls=["c1", "c2"], controls_in="all", **two), 5)
        compared("pyprocessmacro, simple", peer, simple)
        compared("pyprocessmacro, serial", chain, serial)
        print(f"  {said('pyprocessmacro')}")
    many = pd.DataFrame(g.normal(size=(1_000_000, 3)), columns=["x", "m1", "y"])
    start = time.process_time()
    mediate(many, x="x", m="m1", y="y", draws=200, seed=7, intervals=METHODS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"1,000,000 rows, 200 draws: {time.process_time() - start:.2f} s, peak resident memory of the "
        f"process {peak:.2f} GiB"
    )
    start = time.process_time()
    mediate(data, x="x", m="m1", y="y", draws=1_000_000, seed=7, intervals=METHODS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"1,000,000 draws: {time.process_time() - start:.2f} s, peak resident memory of the process "
        f"{peak:.2f} GiB"
    )


if __name__ == "__main__":
    main()
