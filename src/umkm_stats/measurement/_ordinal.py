"""Answers as ordered categories: polychoric correlations of the sample and of case draws."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import factor_validity as validity_kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.kernels.ordinal.many_polychoric import correlations, pair_tables
from umkm_stats.kernels.ordinal.moments import OrdinalMoments, ordinal_moments
from umkm_stats.measurement._answers import Floats, constant
from umkm_stats.results import Note
from umkm_stats.sem import fit

MAX_CATEGORIES = 10
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def codes_of(values: Floats, names: list[str]) -> tuple[Ints, Ints]:
    """Category numbers from 0 without gaps (n,k) and how many each item has (k,); a category nobody chose
    does not exist.

    Raises ``UmkmError`` MEA019 for an item with one or more than ``MAX_CATEGORIES`` different answers.
    """
    codes = np.empty(values.shape, dtype=np.int64)
    counts = np.empty(values.shape[1], dtype=np.int64)
    for j, name in enumerate(names):
        found, codes[:, j] = np.unique(values[:, j], return_inverse=True)
        counts[j] = found.size
        if not 2 <= found.size <= MAX_CATEGORIES:
            raise UmkmError("MEA019", params={"item": name, "count": int(found.size), "most": MAX_CATEGORIES})
    return codes, counts


def polychoric(values: Floats, names: list[str]) -> OrdinalMoments:
    """Polychoric correlations and thresholds of complete rows (n,k). Raises as ``codes_of``."""
    return ordinal_moments(*codes_of(values, names))


def polychoric_blocks(values: Floats, names: list[str], *, draws: int, seed: int) -> Iterator[Floats]:
    """Polychoric matrices (block, k, k) of ordinary case draws; NaN where a table of a draw has no
    maximum."""
    codes, counts = codes_of(values, names)
    moments = ordinal_moments(codes, counts)
    groups = pair_tables(codes, counts)
    n, k = codes.shape
    pairs = [(i, j) for j in range(k) for i in range(j + 1, k)]
    first, second = np.array([i for i, _ in pairs]), np.array([j for _, j in pairs])
    centre = moments.rho[first, second]
    for block, _first, size in draw_kernel.blocks(draws):
        found = correlations(groups, draw_kernel.count_block(seed, block, size, n), centre)
        out = np.tile(np.eye(k), (size, 1, 1))
        rho = np.where(found.sound, found.rho, np.nan)
        out[:, first, second] = out[:, second, first] = rho
        yield out


def ordinal_reliability(scale: str, names: list[str], values: Floats, notes: list[Note]) -> dict[str, float]:
    """alpha_ordinal and omega_ordinal of one scale from complete rows (n,k); NaN with a note where they do
    not exist.

    Two items get equal loadings √ρ, as in the one-factor kernel.
    """
    out = {"alpha_ordinal": float("nan"), "omega_ordinal": float("nan")}
    if len(names) < 2 or values.shape[0] <= len(names) or constant(values).any():
        notes.append(Note("MEA119", {"scale": scale, "reason": "k, n"}, row=scale, column="omega_ordinal"))
        return out
    try:
        moments = polychoric(values, names)
        out["alpha_ordinal"] = float(reliability_kernel.alpha(moments.rho))
        if len(names) == 2:
            loadings = np.full(2, np.sqrt(moments.rho[0, 1])) if moments.rho[0, 1] > 0 else np.full(2, np.nan)
        else:
            found = fit(
                f"F =~ {' + '.join(names)}",
                pd.DataFrame(values, columns=names),
                ordered=names,
                estimator="DWLS",
            )
            std = found.estimates.query("op == '=~'")["std_all"].to_numpy(dtype=np.float64)
            loadings = std if found.converged and (np.abs(std) < 1).all() else np.full(len(names), np.nan)
    except UmkmError as error:
        notes.append(
            Note("MEA119", {"scale": scale, "reason": error.code}, row=scale, column="omega_ordinal")
        )
        return out
    if np.isfinite(loadings).all():
        out["omega_ordinal"] = validity_kernel.green_yang(
            np.outer(loadings, loadings), moments.rho, list(moments.thresholds)
        )
    else:
        notes.append(Note("MEA119", {"scale": scale, "reason": "λ"}, row=scale, column="omega_ordinal"))
    return out
