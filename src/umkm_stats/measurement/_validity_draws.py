"""What refits add to validity: percentile limits, and χ² tests of factor correlations held at a value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from umkm_stats.errors import UmkmError
from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.measurement._answers import Floats
from umkm_stats.measurement._model import Parts
from umkm_stats.measurement._ordinal import polychoric_blocks
from umkm_stats.measurement._outcome import rows_of
from umkm_stats.measurement._resample import covariance_blocks, percentile
from umkm_stats.measurement._validity_tables import measures
from umkm_stats.results import Note
from umkm_stats.sem import fit

CUTS = (0.85, 0.90, 1.0)


DRAWN = ("ave", "cr_std", "omega")


def intervals(
    parts: Parts,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    draws: int,
    seed: int,
    level: float,
    workers: int,
    notes: list[Note],
) -> dict[str, int]:
    """Add percentile limits to both frames; the ledger of the draws."""
    values = parts.fit.arrays[0]
    whole = bool(values.size and np.isfinite(values).all())
    k = len(parts.factors)
    covs: list[Floats] = []
    ratios: list[Floats] = []
    if parts.ordinal.any():
        for corr in polychoric_blocks(values, list(parts.fit.observed), draws=draws, seed=seed):
            ratios.append(
                np.stack([kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)], axis=1)
            )
            covs.append(corr)
    elif whole:
        n = values.shape[0]
        for cov in covariance_blocks(values, draws=draws, seed=seed):
            corr = reliability_kernel.correlations(cov)
            ratios.append(
                np.stack([kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)], axis=1)
            )
            covs.append(cov * ((n - 1) / n))
    else:
        notes.append(Note("MEA153", column="htmt_low"))
        whole = False
    drawn = parts.fit.bootstrap(draws=draws, seed=seed, workers=workers)
    params = drawn.estimates[list(parts.fit.param_names)].to_numpy(dtype=np.float64)
    numbers = np.full((draws, len(DRAWN), k), np.nan)
    fine = np.isfinite(params).all(axis=1)
    seen = np.concatenate(covs) if covs else np.broadcast_to(parts.cov, (draws, *parts.cov.shape))
    if fine.any():
        got = measures(parts, params[fine], seen[fine])
        numbers[fine] = np.stack([got.ave, got.cr_std, got.omega], axis=1)
    for m, name in enumerate(DRAWN):
        limits = [percentile(numbers[np.isfinite(numbers[:, m, j]), m, j], level) for j in range(k)]
        table[f"{name}_low"], table[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
    if whole:
        every = np.concatenate(ratios)
        index = [(i, j) for j in range(k) for i in range(j)]
        for m, name in enumerate(("htmt", "htmt2")):
            limits = [percentile(every[np.isfinite(every[:, m, i, j]), m, i, j], level) for i, j in index]
            pairs[f"{name}_low"], pairs[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
        for border in CUTS:
            name = "below_1" if border == 1 else f"below_0{round(100 * border)}"
            pairs[name] = [bool(high < border) if np.isfinite(high) else None for high in pairs["htmt_high"]]
    ledger = {key: int(value) for key, value in drawn.ledger.items() if isinstance(value, (int, np.integer))}
    if ledger.get("failed", 0) or ledger.get("inadmissible", 0):
        notes.append(
            Note(
                "MEA152",
                {
                    "requested": draws,
                    "failed": ledger.get("failed", 0),
                    "inadmissible": ledger.get("inadmissible", 0),
                },
            )
        )
    return ledger


def correlation_tests(parts: Parts, pairs: pd.DataFrame, cut: float, notes: list[Note]) -> None:
    """χ² difference of each pair when its correlation is held at ±``cut``; NaN with a note when the refit
    fails."""
    base = parts.fit
    under = {name for members in parts.higher.values() for name in members}
    columns: dict[str, list[float]] = {"chisq_diff": [], "df": [], "p": []}
    sample: dict[str, Any] = {
        "sample_cov": pd.DataFrame(
            parts.cov * base.n / (base.n - 1), index=base.observed, columns=base.observed
        ),
        "n_obs": base.n,
    }
    for row in rows_of(pairs):
        numbers = [np.nan, np.nan, np.nan]
        if (
            not under & {row.construct, row.other}
            and base.options.estimator == "ML"
            and base.options.missing == "listwise"
        ):
            held = np.copysign(cut, row.r)
            try:
                other = fit(
                    f"{base.options.model}\n{row.construct} ~~ {held:.15g}*{row.other}", std_lv=True, **sample
                )
                difference, df = max(other.x2 - base.x2, 0.0), other.df - base.df
                if other.converged and df > 0:
                    numbers = [difference, float(df), float(chi2.sf(difference, df))]
            except UmkmError:
                pass
        if not np.isfinite(numbers[0]):
            notes.append(
                Note(
                    "MEA154",
                    {"construct": row.construct, "other": row.other},
                    row=f"{row.construct}–{row.other}",
                    column="chisq_diff",
                )
            )
        for name, value in zip(columns, numbers, strict=True):
            columns[name].append(value)
    for name, entries in columns.items():
        pairs[name] = entries
    pairs["cut"] = cut
