"""Coverage of intervals for effects on counts and within persons.

    python benchmarks/mediation_coverage_models.py [REPETITIONS]

Counts: x 0 or 1, m = .5·x + e, log μ = .2 + .3·x + .4·m; Poisson, and negative binomial with dispersion .5;
the indirect effect as a difference and as a ratio (exp(.2)). Within persons: M₂ − M₁ = .5 + e, Y₂ − Y₁ = .2 +
.4·(M₂ − M₁) + e, the indirect effect .2. 500 draws a sample. Writes ``mediation_coverage_models.csv``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.mediation import mediate_count, mediate_within

METHODS = ("percentile", "bc", "bca")
OUT = Path(__file__).with_suffix(".csv")
RATIO = float(np.exp(0.2))
DIFFERENCE = float(np.exp(0.58) * (RATIO - 1))


def counted(family: str, n: int, stream: np.random.Generator) -> Any:
    """One sample of counts, analysed."""
    x = np.arange(n) % 2
    m = 0.5 * x + stream.standard_normal(n)
    mu = np.exp(0.2 + 0.3 * x + 0.4 * m)
    y = stream.poisson(mu if family == "poisson" else mu * stream.gamma(2.0, 0.5, n))
    data = pd.DataFrame({"x": x, "m": m, "y": y})
    return mediate_count(data, x="x", m="m", y="y", family=family, draws=500, seed=1, intervals=METHODS).frame


def within(n: int, stream: np.random.Generator) -> Any:
    """One sample of persons in two conditions, analysed."""
    first, other = stream.standard_normal((2, n))
    change = 0.5 + stream.standard_normal(n)
    data = pd.DataFrame({"m1": first, "m2": first + change, "y1": other})
    data["y2"] = other + 0.2 + 0.4 * change + stream.standard_normal(n)
    pairs = {"m": ("m1", "m2"), "y": ("y1", "y2")}
    return mediate_within(data, **pairs, draws=500, seed=1, intervals=METHODS).effects


def cases() -> Iterator[tuple[str, int, Callable[[np.random.Generator], Any], dict[str, float]]]:
    """Model, n, sampler, effect → truth."""
    for n in (50, 200):
        for family in ("poisson", "negative_binomial"):
            truth = {"indirect": DIFFERENCE, "indirect_ratio": RATIO}
            yield family, n, lambda stream, f=family, k=n: counted(f, k, stream), truth
        yield "within", n, lambda stream, k=n: within(k, stream), {"indirect": 0.2}


def main() -> None:
    """Write the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rows = []
    for model, n, sample, truths in cases():
        held: dict[tuple[str, str], int] = {}
        for number in range(repetitions):
            frame = sample(np.random.Generator(np.random.PCG64([7, n, number])))
            for row in frame.to_dict("records"):
                if row["effect"] in truths and row["method"] in METHODS:
                    key = row["effect"], row["method"]
                    inside = row["ci_low"] <= truths[row["effect"]] <= row["ci_high"]
                    held[key] = held.get(key, 0) + int(inside)
        for (effect, method), count in held.items():
            rate = count / repetitions
            se = (rate * (1 - rate) / repetitions) ** 0.5
            rows.append((model, n, effect, method, repetitions, f"{rate:.4f}", f"{se:.4f}"))
            print(*rows[-1], flush=True)
    with OUT.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(("model", "n", "effect", "method", "repetitions", "coverage", "coverage_se"))
        out.writerows(rows)


if __name__ == "__main__":
    main()
