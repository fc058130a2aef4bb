"""What refits add to validity: percentile limits, and χ² tests of factor correlations held at a value."""

from __future__ import annotations

from collections.abc import Callable
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
from umkm_stats.measurement._resample import HALF, SURE, constant_notes, covariance_blocks, percentile
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
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Add percentile limits to both frames; the ledger of the draws."""
    values = parts.fit.arrays[0]
    whole = bool(values.size and np.isfinite(values).all())
    k = len(parts.factors)
    covs: list[Floats] = []
    ratios: list[Floats] = []
    twice = 2 * draws if whole or parts.ordinal.any() else draws

    def tick(done: int) -> None:
        if progress is not None:
            progress(done, twice)

    if parts.ordinal.any():
        for corr in polychoric_blocks(values, list(parts.fit.observed), draws=draws, seed=seed):
            ratios.append(_ratios(corr, parts))
            covs.append(corr)
            tick(sum(map(len, covs)))
    elif whole:
        n = values.shape[0]
        for cov in covariance_blocks(values, draws=draws, seed=seed):
            corr = reliability_kernel.correlations(cov)
            ratios.append(_ratios(corr, parts))
            covs.append(cov * ((n - 1) / n))
            tick(sum(map(len, covs)))
    else:
        notes.append(Note("MEA153", column="htmt_low"))
        whole = False
    drawn = parts.fit.bootstrap(
        draws=draws, seed=seed, workers=workers, progress=lambda done, _: tick(twice - draws + done)
    )
    params = drawn.estimates[list(parts.fit.param_names)].to_numpy(dtype=np.float64)
    numbers = np.full((draws, len(DRAWN), k), np.nan)
    fine = np.isfinite(params).all(axis=1)
    seen = np.concatenate(covs) if covs else np.broadcast_to(parts.cov, (draws, *parts.cov.shape))
    if fine.any():
        got = measures(parts, params[fine], seen[fine])
        numbers[fine] = np.stack([got.ave, got.cr_std, got.omega], axis=1)
    for m, name in enumerate(DRAWN):
        limits = [percentile(numbers[np.isfinite(numbers[:, m, j]), m, j], level, draws) for j in range(k)]
        table[f"{name}_low"], table[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
    usable = int(fine.sum())
    if usable < HALF * draws:
        notes.append(
            Note("MEA223", {"what": "AVE, CR, ω", "used": usable, "requested": draws}, column="ave_low")
        )
    if whole:
        _ratio_limits(np.concatenate(ratios), pairs, draws, level, notes)
        notes += constant_notes(values, list(parts.fit.observed), draws=draws, seed=seed)
    ledger = {key: int(value) for key, value in drawn.ledger.items() if isinstance(value, (int, np.integer))}
    if ledger.get("failed", 0) or ledger.get("inadmissible", 0):
        told = {name: ledger.get(name, 0) for name in ("failed", "inadmissible")}
        notes.append(Note("MEA152", {"requested": draws, **told}))
    return ledger


def _ratios(corr: Floats, parts: Parts) -> Floats:
    """(D, 2, k, k) HTMT and HTMT2 of a block of draws."""
    return np.stack([kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)], axis=1)


def _ratio_limits(every: Floats, pairs: pd.DataFrame, draws: int, level: float, notes: list[Note]) -> None:
    """Limits of HTMT and HTMT2 over (draws, 2, k, k), and what HTMT's upper limit says; no verdict when more
    than a tenth of the draws could not be used."""
    k = every.shape[-1]
    index = [(i, j) for j in range(k) for i in range(j)]
    for m, name in enumerate(("htmt", "htmt2")):
        limits = [percentile(every[np.isfinite(every[:, m, i, j]), m, i, j], level, draws) for i, j in index]
        pairs[f"{name}_low"], pairs[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
    used = [int(np.isfinite(every[:, 0, i, j]).sum()) for i, j in index]
    for border in CUTS:
        name = "below_1" if border == 1 else f"below_0{round(100 * border)}"
        pairs[name] = [
            bool(high < border) if np.isfinite(high) and count >= SURE * draws else None
            for high, count in zip(pairs["htmt_high"], used, strict=True)
        ]
    for row, count in zip(rows_of(pairs), used, strict=True):
        pair = f"{row.construct}–{row.other}"
        if not np.isfinite(row.htmt) or count >= SURE * draws:
            continue
        told = {"what": f"HTMT {pair}", "used": count, "requested": draws}
        few = count < HALF * draws
        notes.append(
            Note("MEA223" if few else "MEA224", told, row=pair, column="htmt_low" if few else "below_085")
        )


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
