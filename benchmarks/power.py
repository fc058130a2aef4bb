"""Power against Fritz & MacKinnon (2007), and how long a latent power study takes.

    python benchmarks/power.py published [--reps 4000]     smallest n for power .80 beside the published table
    python benchmarks/power.py latent [--workers 2]        27 items, 1 000 replications × 1 000 draws at n = 250
    python benchmarks/power.py scaling                     a tenth of the same with 1 and 2 workers

Results are printed as Markdown and kept in ``benchmarks/power.csv`` (published table only).
"""  # noqa: E501

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from joblib.externals.loky import get_reusable_executor

from umkm_stats.planning import power, smallest_n

PUBLISHED = {  # Fritz & MacKinnon 2007, table 3: n for .80 power, unit residual variances
    ("SS", "percentile"): 558,
    ("MM", "percentile"): 78,
    ("SS", "bc"): 462,
    ("MM", "bc"): 71,
    ("SS", "joint"): 530,
    ("MM", "joint"): 74,
    ("SS", "delta"): 667,
    ("MM", "delta"): 90,
}
SIZE = {"SS": 0.14, "MM": 0.39}
SEED = 20261124


def published(reps: int, draws: int) -> None:
    """Our smallest n with its standard error, and our power at the published n."""
    lines = ["condition,method,published,smallest_n,se_n,power_at_published,se_power,reps,draws"]
    print(
        "| condition | method | published n | our n (SE) | our power at the published n (SE) "
        "|\n|---|---|---|---|---|"
    )
    for (condition, method), there in PUBLISHED.items():
        text = f"m ~ {SIZE[condition]}*x\ny ~ {SIZE[condition]}*m + 0*x"
        some = reps if method in ("joint", "delta") else reps // 2
        found = smallest_n(text, interval=method, reps=some, draws=draws, seed=SEED, high=5000)
        at = power(text, n=there, reps=some, draws=draws, seed=SEED, interval=method)
        row = at.tidy().query("effect == 'indirect'").iloc[0]
        print(
            f"| {condition} | {method} | {there} | {found.n} ({found.se:.1f}) | {row.power:.3f} "
            f"({row.se_power:.3f}) |",
            flush=True,
        )
        lines.append(
            f"{condition},{method},{there},{found.n},{found.se:.2f},{row.power:.4f},{row.se_power:.4f},{some},{draws}"
        )
    (Path(__file__).parent / "power.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def latent_text(items: int = 9, loading: float = 0.7) -> str:
    """Three factors with ``items`` items each, standardised paths .3."""
    lines = [f"{v} =~ " + " + ".join(f"{loading}*{v}{i}" for i in range(1, items + 1)) for v in "XMY"]
    return "\n".join([*lines, "M ~ a*.3*X", "Y ~ b*.3*M + 0*X", "ab := a*b"])


def latent(workers: int, reps: int = 1000, draws: int = 1000, n: int = 250) -> float:
    """Seconds of the latent study."""
    begin, cpu = time.perf_counter(), processor_time()
    curve = power(latent_text(), n=n, reps=reps, draws=draws, seed=SEED, standardized=True, workers=workers)
    seconds = time.perf_counter() - begin
    if workers > 1:
        get_reusable_executor().shutdown(wait=True)  # so that the workers' time is counted
    used = (
        f"{1e3 * (processor_time() - cpu) / (reps * draws):.3f} ms of processor time a draw over all "
        f"processes; "
    )
    row = curve.tidy().query("effect == 'indirect'").iloc[0]
    print(
        f"27 items, n = {n}, {reps} replications × {draws} draws, {workers} workers: {seconds:.0f} s "
        f"({used}load of the machine {os.getloadavg()[0]:.1f}); power {row.power:.3f} (SE "
        f"{row.se_power:.3f})",
        flush=True,
    )
    return seconds


def processor_time() -> float:
    """Processor seconds of this process and of its ended children."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def scaling() -> None:
    """The same work with 1 and 2 workers: wall time on an idle machine, processor time on any."""
    one, two = latent(1, reps=100), latent(2, reps=100)
    print(f"speed-up of 2 workers: {one / two:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("published", "latent", "scaling"))
    parser.add_argument("--reps", type=int, default=4000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.what == "published":
        published(given.reps, given.draws)
    elif given.what == "latent":
        latent(given.workers)
    else:
        scaling()
