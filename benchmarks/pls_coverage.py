"""How often the bootstrap limits of a PLS indirect effect hold its value in the population.

    OPENBLAS_NUM_THREADS=1 python benchmarks/pls_coverage.py [SAMPLES] [DRAWS]

Three constructs of three items with loadings .8, .7, .6, normal answers; X -> M -> Y with a = b and a direct
path of .2. The value in the population is that of the composites: the same algorithm on the population's
correlations (it is smaller than the product of the latent paths). 95 % limits; writes pls_coverage.csv.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from umkm_stats import fit_pls
from umkm_stats.errors import UmkmError
from umkm_stats.kernels.pls.plan import Plan
from umkm_stats.kernels.pls.statistics import along, outer, routes, structure
from umkm_stats.kernels.pls.weights import iterate

LOADINGS = np.array([0.8, 0.7, 0.6])
DIRECT = 0.2
NAMES = [f"{name}{k}" for name in "xmy" for k in (1, 2, 3)]
TEXT = "X =~ x1 + x2 + x3; M =~ m1 + m2 + m3; Y =~ y1 + y2 + y3; M ~ X; Y ~ X + M"
PLAN = Plan((3, 3, 3), (False,) * 3, ((1, (0,)), (2, (0, 1))), tolerance=1e-12)


def population(path: float) -> np.ndarray:
    """(9, 9) correlations of the items with a = b = ``path``."""
    xy = DIRECT + path * path
    phi = np.array([[1.0, path, xy], [path, 1.0, path + DIRECT * path], [xy, path + DIRECT * path, 1.0]])
    r = np.kron(phi, np.outer(LOADINGS, LOADINGS))
    np.fill_diagonal(r, 1.0)
    return r


def value(r: np.ndarray) -> float:
    """The composites' indirect effect in the population."""
    found = outer(PLAN, iterate(PLAN, r[..., None]))
    return float(along(PLAN, structure(PLAN.equations, found.corr).paths, routes(PLAN))[0, 0])


def main(samples: int, draws: int) -> None:
    """One row a condition: coverage, share of limits below and above, flips."""
    rows = []
    for path in (0.15, 0.4):
        r = population(path)
        truth, root = value(r), np.linalg.cholesky(r)
        for n in (50, 100, 200, 500):
            hold = {name: np.zeros(3) for name in ("percentile", "bc", "bca")}
            flips, stuck = 0.0, 0
            for k in range(samples):
                g = np.random.default_rng([int(100 * path), n, k])
                data = pd.DataFrame(g.normal(size=(n, 9)) @ root.T, columns=NAMES)
                try:
                    model = fit_pls(TEXT, data)
                except UmkmError:
                    stuck += 1  # the sample's own weights did not settle
                    continue
                drawn = model.bootstrap(draws=draws, seed=k + 1, what=("indirect",))
                flips += drawn.batch.flipped.any(axis=1).mean()
                table = drawn.tidy().query("name == 'ind:X->M->Y'").set_index("method")
                for name, own in hold.items():
                    low, high = table.loc[name, "ci_low"], table.loc[name, "ci_high"]
                    own += [low <= truth <= high, high < truth, low > truth]
            for name, own in hold.items():
                settled = samples - stuck
                shares = (own / settled).tolist()
                rows.append((path, n, truth, name, *shares, flips / settled, stuck, samples, draws))
                print(*(f"{v:.4f}" if isinstance(v, float) else v for v in rows[-1]), flush=True)
    heads = [
        "path",
        "n",
        "value",
        "method",
        "coverage",
        "below",
        "above",
        "flipped",
        "stuck",
        "samples",
        "draws",
    ]
    target = Path(__file__).with_name("pls_coverage.csv")
    pd.DataFrame(rows, columns=heads).round(5).to_csv(target, index=False)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(asked[0] if asked else 1000, asked[1] if len(asked) > 1 else 1000)
