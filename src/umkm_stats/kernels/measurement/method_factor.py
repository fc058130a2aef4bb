"""A factor model with one more factor on chosen items, uncorrelated with the others and of variance 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.structure import LAMBDA, Floats, Structure

Ints = NDArray[np.int64]


def with_method_factor(structure: Structure, items: Ints, *, equal: bool) -> Structure:
    """``structure`` (one group, no constraints) with a method factor on ``items`` (positions among the
    observed variables).

    equal: one loading for all items (one parameter more) or one each. The new parameters come last.
    """
    m = structure.n_latent
    extra = 1 if equal else items.size
    first = structure.n_params
    count = first + extra
    params = (
        np.full(items.size, first, dtype=np.int64) if equal else first + np.arange(items.size, dtype=np.int64)
    )
    psi = _wider(structure.psi, rows=True)
    psi[:, m, m] = 1.0
    return replace(
        structure,
        n_latent=m + 1,
        lam=_wider(structure.lam, rows=False),
        beta=_wider(structure.beta, rows=True),
        psi=psi,
        alpha=np.concatenate([structure.alpha, np.zeros((structure.n_groups, 1))], axis=1),
        cell_matrix=_joined(structure.cell_matrix, np.full(items.size, LAMBDA)),
        cell_group=_joined(structure.cell_group, np.zeros(items.size)),
        cell_row=_joined(structure.cell_row, items),
        cell_col=_joined(structure.cell_col, np.full(items.size, m)),
        cell_param=_joined(structure.cell_param, params),
        basis=np.eye(count),
        offset=np.zeros(count),
        lower=np.concatenate([structure.lower, np.full(extra, -np.inf)]),
        upper=np.concatenate([structure.upper, np.full(extra, np.inf)]),
    )


def _wider(matrix: Floats, *, rows: bool) -> Floats:
    """One more column of zeros, and one more row when asked."""
    return np.pad(matrix, ((0, 0), (0, 1 if rows else 0), (0, 1)))


def _joined(first: Ints, second: NDArray[np.generic]) -> Ints:
    return np.concatenate([first, second.astype(np.int64)])
