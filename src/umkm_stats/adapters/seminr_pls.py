"""Partial least squares by seminr (the Python port), an optional extra: composites, mode A, path weighting.

Workarounds: its own resampling differs between versions, so the rows of every draw are given to it; a draw
that it drops is only counted, so draws come in blocks and a failed one is missing from its block. It fills
missing answers with means: complete rows are handed over.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlsFit:
    """paths (from, to) → coefficient; loadings and weights (construct, item) → value; r2: construct → R²;
    iterations."""

    paths: dict[tuple[str, str], float]
    loadings: dict[tuple[str, str], float]
    weights: dict[tuple[str, str], float]
    r2: dict[str, float]
    iterations: int
    model: Any


def installed() -> bool:
    """Whether the extra is there."""
    return importlib.util.find_spec("seminr") is not None


def pls(
    values: Floats,
    items: Sequence[str],
    constructs: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
) -> PlsFit:
    """Estimate a model on complete ``values`` (n, k) of ``items``; ``paths`` are (from, to) pairs of
    constructs.

    Raises ``ValueError`` when a block of predictors is collinear.
    """
    import seminr

    measurement = seminr.constructs(*(seminr.composite(name, list(own)) for name, own in constructs.items()))
    structure = seminr.relationships(*(seminr.paths([left], [right]) for left, right in paths))
    found = seminr.estimate_pls((list(items), values.tolist()), measurement, structure)
    pairs = [(name, item) for name, own in constructs.items() for item in own]
    outcomes = dict.fromkeys(right for _, right in paths)
    return PlsFit(
        {pair: float(found.path_coef.get(*pair)) for pair in paths},
        {(name, item): float(found.outer_loadings.get(item, name)) for name, item in pairs},
        {(name, item): float(found.outer_weights.get(item, name)) for name, item in pairs},
        {name: float(found.r_squared.get("Rsq", name)) for name in outcomes},
        int(found.iterations),
        found,
    )


def draws(fit: PlsFit, blocks: Iterable[NDArray[np.int64]], done: Callable[[int], None]) -> Floats:
    """(D, P) path coefficients of every draw that converged, in the order of ``fit.paths``; ``blocks``: (b,
    n) row numbers."""
    import seminr

    out = []
    for rows in blocks:
        boot = seminr.bootstrap_model(fit.model, nboot=len(rows), indices=rows)
        out += [[float(one.get(*pair)) for pair in fit.paths] for one in boot.boot_paths]
        done(len(rows))
    return np.array(out, dtype=np.float64).reshape(-1, len(fit.paths))
