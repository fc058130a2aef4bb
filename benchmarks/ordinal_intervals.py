"""Which estimator for Likert answers: bias and coverage of the standardised indirect effect under ML, MLR and
WLSMV.

    python benchmarks/ordinal_intervals.py                       # 400 samples a cell, about half an hour on one core
    python benchmarks/ordinal_intervals.py --samples 50 --csv out.csv

Population: X → M → Y, three items a construct, loadings .7, standardised paths a = b = .4, c′ = .2, so that
the standardised indirect effect is .16. Latent responses are normal and cut into 4, 5 or 7 categories,
symmetric or piled up at the top. ML and MLR take the category numbers as they are. Intervals are estimate ±
1.96 delta standard errors of the standardised solution. A sample counts when the fit converged without a
negative variance.
"""  # noqa: E501

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

import umkm_stats as us
from umkm_stats.kernels import draws

MODEL = "X =~ x1+x2+x3\nM =~ m1+m2+m3\nY =~ y1+y2+y3\nM ~ a*X\nY ~ b*M + X\nab := a*b"
ITEMS = [f"{letter}{k}" for letter in "xmy" for k in (1, 2, 3)]
SHARES = {
    (4, "symmetric"): (0.15, 0.35, 0.35, 0.15),
    (4, "skewed"): (0.05, 0.10, 0.25, 0.60),
    (5, "symmetric"): (0.10, 0.20, 0.40, 0.20, 0.10),
    (5, "skewed"): (0.04, 0.06, 0.15, 0.25, 0.50),
    (7, "symmetric"): (0.05, 0.10, 0.20, 0.30, 0.20, 0.10, 0.05),
    (7, "skewed"): (0.02, 0.03, 0.05, 0.10, 0.15, 0.25, 0.40),
}
A, B, C, LOADING = 0.4, 0.4, 0.2, 0.7
TRUE = A * B


def sample(categories: int, shape: str, n: int, seed: int, number: int) -> pd.DataFrame:
    """Answers of one sample."""
    z = draws.normal_block(seed, number, n, 12, purpose=draws.SIMULATION)
    x = z[:, 0]
    m = A * x + np.sqrt(1 - A**2) * z[:, 1]
    rest = 1 - (C**2 + B**2 + 2 * A * B * C)
    y = C * x + B * m + np.sqrt(rest) * z[:, 2]
    latent = np.repeat(np.stack([x, m, y], axis=1), 3, axis=1)
    response = LOADING * latent + np.sqrt(1 - LOADING**2) * z[:, 3:]
    cuts = ndtri(np.cumsum(SHARES[categories, shape])[:-1])
    return pd.DataFrame(np.digitize(response, cuts) + 1, columns=ITEMS)


def one(frame: pd.DataFrame, estimator: str) -> tuple[float, float] | None:
    """(estimate, standard error) of the standardised indirect effect; None when the fit is not sound."""
    ordered = ITEMS if estimator == "WLSMV" else ()
    try:
        fit = us.fit(MODEL, frame, estimator=estimator, ordered=ordered)
    except us.UmkmError:
        return None
    at = fit.point.states[0]
    if not fit.converged or min(at.theta.diagonal()) < 0 or min(at.psi.diagonal()) < 0:
        return None
    row = fit.standardized().query("lhs == 'ab'").iloc[0]
    return (float(row["est"]), float(row["se"])) if np.isfinite(row["se"]) else None


def cell(categories: int, shape: str, n: int, samples: int, seed: int) -> list[dict[str, object]]:
    """One line an estimator."""
    kept: dict[str, list[tuple[float, float]]] = {"ML": [], "MLR": [], "WLSMV": []}
    for number in range(samples):
        frame = sample(categories, shape, n, seed, number)
        for estimator, found in kept.items():
            result = one(frame, estimator)
            if result is not None:
                found.append(result)
    rows = []
    for estimator, found in kept.items():
        values = np.array(found)
        est, se = values[:, 0], values[:, 1]
        inside = np.abs(est - TRUE) <= 1.96 * se
        rows.append(
            {
                "categories": categories,
                "shape": shape,
                "n": n,
                "estimator": estimator,
                "samples": len(found),
                "bias": est.mean() - TRUE,
                "bias_se": est.std(ddof=1) / np.sqrt(len(est)),
                "se_ratio": np.median(se) / est.std(ddof=1),
                "coverage": inside.mean(),
                "coverage_se": np.sqrt(max(inside.mean() * (1 - inside.mean()), 0.25 / len(est)) / len(est)),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--csv", type=Path, default=Path(__file__).with_name("ordinal_intervals.csv"))
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    with threadpool_limits(limits=1):
        for categories, shape in SHARES:
            for n in (100, 200, 500):
                rows += cell(categories, shape, n, given.samples, given.seed)
                pd.DataFrame(rows).to_csv(given.csv, index=False, float_format="%.6g")
                print(
                    pd.DataFrame(rows[-3:]).round(4).to_string(index=False, header=len(rows) == 3), flush=True
                )


if __name__ == "__main__":
    main()
