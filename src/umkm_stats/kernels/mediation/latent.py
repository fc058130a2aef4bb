"""Standard deviations of the latent variables implied by parameter vectors, batched over draws."""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.many import model as many
from umkm_stats.kernels.sem.many.plan import plan
from umkm_stats.kernels.sem.structure import Floats, Structure, fill

CHUNK = 2048


def implied_sd(structure: Structure, params: Floats, cov: Floats | None = None) -> Floats:
    """(D, G, m) √diag(AΨAᵀ), A = (I − B)⁻¹, of parameters (D, P); NaN where a variance is not positive.

    ``cov`` (1, G, p, p): sample moments for exogenous observed variables, when the model takes them from
    there.
    """
    count = params.shape[0]
    out = np.full((count, structure.n_groups, structure.n_latent), np.nan)
    one = np.eye(structure.n_latent)
    for first in range(0, count, CHUNK):
        here = params[first : first + CHUNK]
        good = np.isfinite(here).all(axis=1)
        if not good.any():
            continue
        if len(structure.derived_state):
            variance = _derived(structure, here[good], cov)
        else:
            matrices = fill(structure, here[good], cov)
            inverse = np.linalg.inv(one - matrices.beta)
            variance = np.einsum("dgij,dgjk,dgik->dgi", inverse, matrices.psi, inverse, optimize=True)
        values = np.full((len(here), *out.shape[1:]), np.nan)
        values[good] = np.sqrt(np.where(variance > 0, variance, np.nan))
        out[first : first + CHUNK] = values
    return out


def _derived(structure: Structure, params: Floats, cov: Floats | None) -> Floats:
    """(D, G, m) variances where those of ordinal variables follow from the other parameters."""
    out = []
    for number, group in enumerate(plan(structure).groups):
        own = np.zeros((1, group.p, group.p)) if cov is None else cov[:, number]
        mats = many.matrices(group, params, np.broadcast_to(own, (len(params), group.p, group.p)), None)
        out.append(np.diagonal(mats.phi, axis1=1, axis2=2))
    return np.stack(out, axis=1)
