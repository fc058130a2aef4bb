"""Bootstrap of numbers that need only covariances: draws as counts of rows, moments of a block as one
product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from umkm_stats import messages
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels import intervals
from umkm_stats.kernels.measurement import scale_reliability as kernel
from umkm_stats.kernels.measurement.efa_one import OneFactor, one_factor
from umkm_stats.kernels.sem.many.ml import ROUNDING
from umkm_stats.measurement._answers import Floats
from umkm_stats.results import Note

LEAST, HALF, SURE = 20, 0.5, 0.9  # draws for a limit; shares of the draws for a limit and for a verdict
RARE = 0.8  # an item with this share of one answer can be constant in a draw often enough to matter


def covariance_blocks(values: Floats, *, draws: int, seed: int) -> Iterator[Floats]:
    """Covariance matrices (block, k, k), divisor n − 1, of ordinary case draws of complete rows (n, k)."""
    n, k = values.shape
    centred = values - values.mean(axis=0)
    upper = np.triu_indices(k)
    own = np.flatnonzero(upper[0] == upper[1])
    for block, _first, size in draw_kernel.blocks(draws):
        dtype = draw_kernel.counts_type(size * n)
        (counts,) = draw_kernel.strata_block(seed, block, size, (n,), dtype=dtype)
        sums = draw_kernel.value_sums(counts, centred, *upper) / n
        mean = sums[:, :k]
        size_of = sums[:, k:][:, own]
        cov = np.empty((size, k, k))
        cov[:, upper[0], upper[1]] = (sums[:, k:] - mean[:, upper[0]] * mean[:, upper[1]]) * n / (n - 1)
        flat = np.diagonal(cov, axis1=1, axis2=2) <= ROUNDING * size_of
        if flat.any():  # one value in every drawn row: variance 0, not a rounding error
            cov[flat] = 0.0
            cov.transpose(0, 2, 1)[flat] = 0.0
        cov[:, upper[1], upper[0]] = cov[:, upper[0], upper[1]]
        yield cov


def scale_draws(
    values: Floats, point: OneFactor, *, draws: int, seed: int, level: float
) -> tuple[dict[str, float], dict[str, int]]:
    """Percentile limits of ω, AVE and CR of a scale over ``draws`` case draws, and the ledger of the
    draws."""
    start = np.clip(point.std_loadings[0], -0.95, 0.95)
    out, improper = [], 0
    for cov in covariance_blocks(values, draws=draws, seed=seed):
        found = one_factor(cov, start=start)
        std = found.std_loadings
        with np.errstate(invalid="ignore"):
            improper += int((np.abs(std) > 1).any(axis=1).sum())
        out.append(
            np.stack(
                [
                    kernel.omega_total(found.loadings, cov),
                    kernel.average_variance(std, 1 - std**2),
                    kernel.composite(std, 1 - std**2),
                ],
                axis=1,
            )
        )
    numbers = np.concatenate(out)
    fine = np.isfinite(numbers).all(axis=1)
    counted = {"requested": draws, "converged": int(fine.sum()), "failed": int(draws - fine.sum())}
    counted["inadmissible"] = improper  # among the converged; kept
    limits: dict[str, float] = {"draws_used": float(fine.sum())}
    for j, name in enumerate(("omega", "ave", "cr_std")):
        limits[f"{name}_low"], limits[f"{name}_high"] = percentile(numbers[fine, j], level, draws)
    return limits, counted


def percentile(values: Floats, level: float, requested: int) -> tuple[float, float]:
    """Percentile limits by R's ``norm.inter`` rule over the draws that could be used; NaN with fewer than 20
    of them, or fewer than half of those ``requested``."""
    if values.size < max(LEAST, HALF * requested):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = (float(np.asarray(intervals.quantile(values, p)).reshape(-1)[0]) for p in (tail, 1 - tail))
    return low, high


def constant_notes(
    values: Floats, names: Sequence[str], *, draws: int, seed: int, row: str | None = None
) -> list[Note]:
    """Items that had one and the same answer in every row of some draws: the cause that such draws fail."""
    spread = values.max(axis=0) - values.min(axis=0)
    rare = [j for j in range(values.shape[1]) if spread[j] > 0 and _most(values[:, j]) > RARE * len(values)]
    if not rare:
        return []
    counts = np.zeros(len(rare), dtype=np.int64)
    for cov in covariance_blocks(values[:, rare], draws=draws, seed=seed):
        variance = np.diagonal(cov, axis1=1, axis2=2)
        counts += (variance <= 0).sum(axis=0)
    return [
        Note(
            "MEA222",
            {
                "item": names[j],
                "count": int(count),
                "requested": draws,
                "same": _most(values[:, j]),
                "n": len(values),
            },
            row=row or names[j],
        )
        for j, count in zip(rare, counts, strict=True)
        if count
    ]


def _most(column: Floats) -> int:
    """How many rows share the most frequent value."""
    return int(np.unique(column, return_counts=True)[1].max())


def shares(ledger: Mapping[str, int]) -> dict[str, float]:
    """draws, and the shares of them that failed and that were inadmissible; nothing without draws."""
    if not ledger:
        return {}
    requested = ledger["requested"]
    out = {"draws": requested, "failed_share": ledger.get("failed", 0) / requested}
    return out | {"inadmissible_share": ledger.get("inadmissible", 0) / requested}


def ledger_lines(ledger: Mapping[str, int], lang: str) -> list[str]:
    """What became of the draws, in a line; nothing without draws."""
    found = shares(ledger)
    if not found:
        return []
    failed, inadmissible = (100 * found[name] for name in ("failed_share", "inadmissible_share"))
    return [
        messages.text(
            "measurement.draws", lang, draws=int(found["draws"]), failed=failed, inadmissible=inadmissible
        )
    ]
