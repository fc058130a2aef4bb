"""Ordinal answers simulated from fixed words, the same on every machine; the reference script reads them too.

``python tests/ordinal_data.py OUT.csv`` writes them for tests/reference/lavaan_ordinal.R.
"""

import sys

import numpy as np

from umkm_stats.kernels import draws

CUTS = (
    [-1.2, -0.4, 0.3, 1.1],
    [-0.9, -0.1, 0.6, 1.4],
    [-0.8, 0.2, 1.0],
    [-1.4, -0.6, 0.1, 0.9],
    [-0.5, 0.6],
    [0.1],
)
LOADINGS = (0.8, 0.7, 0.75, 0.7, 0.8, 0.65)
NAMES = [f"u{j + 1}" for j in range(6)]


def ordinal_codes(n: int = 240, seed: int = 77) -> np.ndarray:
    """(n, 6) category numbers from 0: two factors with regression .6, five to two categories."""
    z = draws.normal_block(seed, 0, n, 8, purpose=draws.SIMULATION)
    first = z[:, 0]
    second = 0.6 * first + 0.8 * z[:, 1]
    factors = [first] * 3 + [second] * 3
    answers = [
        np.digitize(loading * factor + np.sqrt(1 - loading**2) * z[:, 2 + j], cuts)
        for j, (loading, factor, cuts) in enumerate(zip(LOADINGS, factors, CUTS, strict=True))
    ]
    return np.stack(answers, axis=1)


if __name__ == "__main__":
    np.savetxt(sys.argv[1], ordinal_codes() + 1, fmt="%d", delimiter=",", header=",".join(NAMES), comments="")
