"""The compiled form of a structural model: index arrays, no names.

All-y LISREL notation, one set of matrices a group::

    Σ = Λ A Ψ Aᵀ Λᵀ + Θ      A = (I − B)⁻¹
    μ = ν + Λ A α

Observed variables that take part in regressions stand as latents of their own (Λ = 1, Θ = 0).
``sem/`` compiles a parameter table into a ``Structure``; every estimator and the batched bootstrap read
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LAMBDA, BETA, PSI, THETA, NU, ALPHA, TAU, DELTA = range(8)
SYMMETRIC = (PSI, THETA)


@dataclass(frozen=True, slots=True)
class Structure:
    """A model ready for arithmetic: G groups, p observed, m latent variables, P parameters, q free
    directions.

    lam (G,p,m), beta (G,m,m), psi (G,m,m), theta (G,p,p), nu (G,p), alpha (G,m): fixed values, 0 where free.
    cell_matrix, cell_group, cell_row, cell_col, cell_param: (C,) the free cells; several cells may share a
        parameter (equal labels); of Ψ and Θ only row ≥ col is listed; NU and ALPHA have col 0.
    basis (P,q), offset (P,): linear equality constraints, parameters = basis @ free + offset (identity and 0
        without constraints).
    lower, upper (P,): bounds, ±inf without.
    fixed_x (k,2): (observed, latent) index of exogenous observed variables whose Ψ block and α are the
    sample's
        (of the draw's) own moments.
    means: whether ν and α take part.
    tau, delta: fixed thresholds by (group, item, number) and fixed scales of latent responses by (group,
    item); free
        ones are cells of TAU (col = number of the threshold from 0) and DELTA.
    derived: (p,) observed variables whose residual variance is 1/δ² less the explained variance; empty
    without such.
    derived_state: (k,2) (observed, latent) index of those of them that stand as latents of their own: what is
        derived is then their variance in Ψ, which travels through B.
    scaled: (p,) observed variables whose scale is 1/SD of the latent response (Theta parameterisation); empty
        without such.
    """

    n_groups: int
    n_observed: int
    n_latent: int
    lam: Floats
    beta: Floats
    psi: Floats
    theta: Floats
    nu: Floats
    alpha: Floats
    cell_matrix: Ints
    cell_group: Ints
    cell_row: Ints
    cell_col: Ints
    cell_param: Ints
    basis: Floats
    offset: Floats
    lower: Floats
    upper: Floats
    fixed_x: Ints
    means: bool
    tau: Mapping[tuple[int, int, int], float] = field(default_factory=dict)
    delta: Mapping[tuple[int, int], float] = field(default_factory=dict)
    derived: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    derived_state: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    scaled: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def n_params(self) -> int:
        """P: parameters before equality constraints."""
        return int(self.basis.shape[0])

    @property
    def n_free(self) -> int:
        """q: free directions after equality constraints."""
        return int(self.basis.shape[1])


@dataclass(frozen=True, slots=True)
class Matrices:
    """Model matrices of D parameter vectors: lam (D,G,p,m), beta, psi (D,G,m,m), theta (D,G,p,p), nu (D,G,p),
    alpha (D,G,m)."""

    lam: Floats
    beta: Floats
    psi: Floats
    theta: Floats
    nu: Floats
    alpha: Floats


def fill(
    structure: Structure, params: Floats, cov: Floats | None = None, mean: Floats | None = None
) -> Matrices:
    """Model matrices for ``params`` (D, P).

    ``cov`` (D or 1, G, p, p) and ``mean`` (D or 1, G, p) are the sample moments of which exogenous observed
    variables take theirs; needed only when ``structure.fixed_x`` has rows.
    """
    count = params.shape[0]
    out: list[Floats] = []
    for code, fixed in enumerate(
        (structure.lam, structure.beta, structure.psi, structure.theta, structure.nu, structure.alpha)
    ):
        value = np.broadcast_to(fixed, (count, *fixed.shape)).copy()
        here = structure.cell_matrix == code
        if here.any():
            group, row, col = structure.cell_group[here], structure.cell_row[here], structure.cell_col[here]
            chosen = params[:, structure.cell_param[here]]
            if code in (NU, ALPHA):
                value[:, group, row] = chosen
            else:
                value[:, group, row, col] = chosen
                if code in SYMMETRIC:
                    value[:, group, col, row] = chosen
        out.append(value)
    if len(structure.fixed_x) and cov is not None:
        seen, hidden = structure.fixed_x[:, 0], structure.fixed_x[:, 1]
        out[PSI][:, :, hidden[:, None], hidden[None, :]] = cov[:, :, seen[:, None], seen[None, :]]
        if mean is not None:
            out[ALPHA][:, :, hidden] = mean[:, :, seen]
    return Matrices(*out)
