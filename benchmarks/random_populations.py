"""Random populations through ``power``: a curve or a coded error, never anything else.

    python benchmarks/random_populations.py [COUNT [SEED]]

Prints how many gave a curve and which codes the others met; exit code 1 when anything else happened.
"""

from __future__ import annotations

import collections
import math
import sys
import traceback

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.planning import Recorded, power


def number(rng: np.random.Generator) -> str:
    kind = rng.integers(12)
    if kind == 0:
        return str(rng.choice(["0", "5", "-3", "1e-9", "1e6", "0,4"]))
    return f"{rng.uniform(-0.6, 0.8):.2f}"


def population(rng: np.random.Generator) -> str:
    names = [f"v{k}" for k in range(int(rng.integers(1, 6)))]
    latent = [name for name in names if rng.random() < 0.4]
    lines = []
    for name in latent:
        items = [f"{number(rng)}*{name}_{j}" for j in range(int(rng.integers(1, 5)))]
        lines.append(f"{name} =~ {' + '.join(items)}")
    for at, name in enumerate(names):
        for cause in names[:at]:
            if rng.random() < 0.6:
                label = f"p{at}{cause}*" if rng.random() < 0.3 else ""
                lines.append(f"{name} ~ {label}{number(rng)}*{cause}")
        if at >= 2 and rng.random() < 0.2:
            lines.append(f"{name} ~ {number(rng)}*{names[0]}:{names[1]}")
        if rng.random() < 0.15:
            lines.append(f"{name} ~~ {number(rng)}*{name}")
    if len(names) > 1 and rng.random() < 0.3:
        lines.append(f"{names[0]} ~~ {number(rng)}*{names[1]}")
    if rng.random() < 0.1:
        lines.append("q := p1v0*2")
    return "\n".join(lines)


def asked(rng: np.random.Generator) -> dict[str, object]:
    interval = str(rng.choice(["joint", "delta", "monte_carlo", "percentile", "bca"]))
    told: dict[str, object] = {
        "n": int(rng.choice([5, 20, 60])),
        "reps": 3,
        "draws": 30,
        "interval": interval,
    }
    if rng.random() < 0.15:
        told["analysis"] = "scores"
    if rng.random() < 0.08:
        told["estimator"] = str(rng.choice(["MLR", "WLSMV", "PLS", "ULS"]))
    if rng.random() < 0.1:
        told["standardized"] = True
    if rng.random() < 0.3:
        told["recorded"] = Recorded(
            categories=int(rng.integers(2, 6)) if rng.random() < 0.3 else None,
            missing=0.1 if rng.random() < 0.3 else 0.0,
            binary={"v0": 0.5} if rng.random() < 0.4 else None,
            outcomes={"v2": str(rng.choice(["logit", "poisson"]))} if rng.random() < 0.4 else None,
        )
    if rng.random() < 0.1:
        told["equivalence"] = 0.2
    return told


def main(count: int = 1000, seed: int = 1) -> int:
    found: collections.Counter[str] = collections.Counter()
    bad = 0
    for number_ in range(count):
        rng = np.random.default_rng([seed, number_])
        text, told = population(rng), asked(rng)
        try:
            curve = power(text, seed=number_, workers=1, **told)
            table = curve.detail()
            if not (table["power"].isna() | table["power"].between(0, 1)).all() or math.isnan(
                table["n"].sum()
            ):
                raise AssertionError("a power outside 0 … 1")
            curve.summary("id")
            found["curve"] += 1
        except UmkmError as error:
            found[error.code] += 1
        except Exception:
            bad += 1
            print(f"--- population {number_} (seed {seed}), {told}\n{text}\n{traceback.format_exc()}")
    print(f"{count} populations, seed {seed}: {dict(found.most_common())}; anything else: {bad}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main(*(int(word) for word in sys.argv[1:])))
