"""Covariance of the coefficients of several regressions on the same rows.

Classical errors: seemingly unrelated regressions (Zellner 1962), cov(b_i, b_j) = s_ij A_i A_jᵀ with A =
(XᵀX)⁻¹Xᵀ and s_ij the covariance of the residuals. It is 0 where one equation holds the other's outcome and
predictors, as the equations of simple mediation do, and is not between parallel mediators. Robust errors: the
sandwich of all scores side by side, whose blocks on the diagonal are those of each regression.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def joint_covariance(
    equations: Sequence[tuple[Floats, Floats]],
    *,
    errors: str,
    cluster: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
) -> Floats:
    """(Q, Q) of all equations (outcome (n,), predictors (n, q)): for each the level at the predictors' means,
    then the slopes. ``errors`` as ``ols`` takes it."""
    root = np.ones(len(equations[0][0])) if weights is None else np.sqrt(weights)
    moves, rests = [], []
    for outcome, predictors in equations:
        move, rest, leverage = _parts(outcome, predictors, root)
        n, q = move.shape
        moves.append(move)
        rests.append(rest * _scale(errors, leverage, n, q))
    if errors == "classical":
        return np.block(
            [
                [float(one @ two) * (left.T @ right) for two, right in zip(rests, moves, strict=True)]
                for one, left in zip(rests, moves, strict=True)
            ]
        )
    scores = np.hstack([move * rest[:, None] for move, rest in zip(moves, rests, strict=True)])
    if errors == "cluster" and cluster is not None:
        groups = int(cluster.max()) + 1
        sums = np.zeros((groups, scores.shape[1]))
        np.add.at(sums, cluster, scores)
        scores = sums * np.sqrt(groups / (groups - 1.0))
    return np.asarray(scores.T @ scores)


def _parts(outcome: Floats, predictors: Floats, root: Floats) -> tuple[Floats, Floats, Floats]:
    """Aᵀ (n, q + 1) of the centred predictors, weighted residuals (n,) and leverages (n,)."""
    share = root**2 / (root @ root)
    center = share @ predictors
    size = np.sqrt(share @ (predictors - center) ** 2)
    design = np.column_stack([root, (predictors - center) / size * root[:, None]])
    q, r = np.linalg.qr(design)
    target = (outcome - share @ outcome) * root
    move = np.linalg.solve(r, q.T).T
    move[:, 1:] /= size
    return move, target - q @ (q.T @ target), np.einsum("ij,ij->i", q, q)


def _scale(errors: str, leverage: Floats, n: int, q: int) -> Floats | float:
    """What the residuals of an equation are multiplied by."""
    left = 1.0 - leverage
    if errors == "classical":
        return float(1.0 / np.sqrt(n - q))
    if errors == "cluster":
        return float(np.sqrt((n - 1.0) / (n - q)))
    if errors == "HC1":
        return float(np.sqrt(n / (n - q)))
    power = {"HC0": 0.0, "HC2": 0.5, "HC3": 1.0}.get(errors)
    if power is None:
        return np.asarray(left ** (-np.minimum(4.0, n * leverage / q) / 2.0))
    return np.asarray(left**-power)
