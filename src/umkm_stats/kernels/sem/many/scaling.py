"""The same model in another scaling: the marker of a latent variable moved to its strongest indicator.

In a draw where the loading of the marker passes through zero the other loadings run to infinity and the
search from the sample's side of it cannot arrive. With a strong indicator as marker the same optimum lies at
finite values; the estimates are turned back afterwards. Marker, not unit variance: a residual variance may be
negative.

A latent variable is left alone where its scale is not free to move: shared, constrained or bounded
parameters, other fixed values on its paths, exogenous observed variables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, PSI, Floats, Structure

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scaling:
    """structure: the model with moved markers. slot (G, m): the parameter that is the strong indicator's
    loading in
    the model as written and the old marker's loading in the moved one, or −1 where nothing moved."""

    structure: Structure
    slot: Ints

    def turn(self, params: Floats) -> Floats:
        """(D, P) parameters of either model as those of the other: η becomes (slot value)·η, so the same rule
        leads
        there and back."""
        structure, slot = self.structure, self.slot
        out = params.copy()
        ones = np.ones((len(params), 1))
        values = np.concatenate([params, ones], axis=1)  # slot −1 picks the one
        factor = values[:, np.where(slot >= 0, slot, params.shape[1])]
        cells = zip(
            structure.cell_matrix,
            structure.cell_group,
            structure.cell_row,
            structure.cell_col,
            structure.cell_param,
            strict=True,
        )
        for matrix, group, row, col, param in cells:
            if matrix == LAMBDA:
                at_slot = slot[group, col] == param
                out[:, param] = (1.0 if at_slot else params[:, param]) / factor[:, group, col]
            elif matrix == BETA:
                out[:, param] = params[:, param] * factor[:, group, row] / factor[:, group, col]
            elif matrix == PSI:
                out[:, param] = params[:, param] * factor[:, group, row] * factor[:, group, col]
            elif matrix == ALPHA:
                out[:, param] = params[:, param] * factor[:, group, row]
        return out


def moved_markers(structure: Structure, params: Floats, variances: Floats, phi: Floats) -> Scaling | None:
    """The model with moved markers, or None where none can move.

    params (P,): estimates; variances (G, p) of the observed and phi (G, m) of the latent variables, to tell
    the strongest indicator.
    """
    free = _loose(structure)
    slot = np.full((structure.n_groups, structure.n_latent), -1, dtype=np.int64)
    lam, rows = structure.lam.copy(), structure.cell_row.copy()
    for group in range(structure.n_groups):
        for latent in range(structure.n_latent):
            here = (
                (structure.cell_group == group)
                & (structure.cell_matrix == LAMBDA)
                & (structure.cell_col == latent)
            )
            loads = np.flatnonzero(here)
            marker = np.flatnonzero(lam[group, :, latent])
            if len(marker) != 1 or not len(loads) or not _scale_is_free(structure, free, group, latent):
                continue
            size = np.abs(params[structure.cell_param[loads]]) * np.sqrt(
                np.abs(phi[group, latent]) / variances[group, structure.cell_row[loads]]
            )
            best = loads[size.argmax()]
            lam[group, marker[0], latent], lam[group, structure.cell_row[best], latent] = 0.0, 1.0
            slot[group, latent] = structure.cell_param[best]
            rows[best] = marker[0]
    if not (slot >= 0).any():
        return None
    return Scaling(replace(structure, lam=lam, cell_row=rows), slot)


def _loose(structure: Structure) -> NDArray[np.bool_]:
    """(P,) parameters that stand in one cell, in no constraint and have no bounds."""
    basis = structure.basis
    once = np.bincount(structure.cell_param, minlength=len(basis)) == 1
    alone = ((basis != 0).sum(axis=1) == 1) & (structure.offset == 0)
    column = np.abs(basis).argmax(axis=1)
    alone &= ((basis != 0).sum(axis=0) == 1)[column]
    return np.asarray(once & alone & np.isneginf(structure.lower) & np.isposinf(structure.upper))


def _scale_is_free(structure: Structure, free: NDArray[np.bool_], group: int, latent: int) -> bool:
    if len(structure.fixed_x) and latent in structure.fixed_x[:, 1]:
        return False
    beta, psi = structure.beta[group], structure.psi[group]
    fixed = (beta[latent], beta[:, latent], psi[latent], structure.alpha[group, latent])
    if any(np.any(entry) for entry in fixed):
        return False
    marker = structure.lam[group][:, latent]
    if marker[np.flatnonzero(marker)[0]] != 1.0:
        return False
    mine = structure.cell_group == group
    row, col, matrix = structure.cell_row == latent, structure.cell_col == latent, structure.cell_matrix
    touched = mine & (
        ((matrix == LAMBDA) & col) | (np.isin(matrix, (BETA, PSI)) & (row | col)) | ((matrix == ALPHA) & row)
    )
    own = mine & (matrix == PSI) & row & col
    return bool(own.any() and free[structure.cell_param[touched]].all())
