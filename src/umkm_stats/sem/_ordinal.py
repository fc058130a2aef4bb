"""Ordinal items: from answers to categories, from categories to the statistics that the estimators fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.ordinal_moments import gamma, ordinal_moments
from umkm_stats.kernels.sem_ordinal import OrdinalSample
from umkm_stats.kernels.structure import Floats, Ints
from umkm_stats.sem._data import Prepared
from umkm_stats.sem.estimators import Estimator

MAX_CATEGORIES = 20


def category_levels(ready: Prepared, observed: Sequence[str], ordered: Sequence[str]) -> dict[str, Floats]:
    """Item → its answers in order, over all groups.

    Raises ``UmkmError`` SEM220 (an item with one answer, or in one group), SEM221 (too many answers to be
    categories).
    """
    found: dict[str, Floats] = {}
    for name in ordered:
        at = list(observed).index(name)
        per_group = [np.unique(rows[:, at]) for rows in ready.arrays]
        levels = np.unique(np.concatenate(per_group))
        if len(levels) > MAX_CATEGORIES:
            raise UmkmError(
                "SEM221", Place(item=name), {"item": name, "count": len(levels), "most": MAX_CATEGORIES}
            )
        for label, mine in zip(ready.group_labels, per_group, strict=True):
            if len(mine) < 2:
                raise UmkmError("SEM220", Place(item=name), {"item": name, "group": label})
            if len(mine) < len(levels):
                raise UmkmError(
                    "SEM222",
                    Place(item=name),
                    {
                        "item": name,
                        "group": label,
                        "answers": [f"{value:g}" for value in np.setdiff1d(levels, mine)],
                    },
                )
        found[name] = levels
    return found


def check_variables(observed: Sequence[str], ordered: Sequence[str], exogenous: Sequence[str]) -> None:
    """All observed variables must be ordinal items. Raises ``UsageError`` SEM223 with those that are not."""
    rest = [name for name in observed if name not in ordered or name in exogenous]
    if rest:
        raise UsageError("SEM223", params={"names": rest})


def codes_of(rows: Floats, observed: Sequence[str], levels: Mapping[str, Floats]) -> Ints:
    """(N,p) category numbers from 0."""
    out = np.empty(rows.shape, dtype=np.int64)
    for at, name in enumerate(observed):
        out[:, at] = np.searchsorted(levels[name], rows[:, at])
    return out


def ordinal_samples(
    method: Estimator, ready: Prepared, observed: Sequence[str], levels: Mapping[str, Floats]
) -> tuple[OrdinalSample, ...]:
    """Statistics, weights and Γ of every group.

    Raises ``UmkmError`` SEM224 (WLS with a Γ that cannot be inverted: too few rows for so many items).
    """
    out = []
    categories = np.array([len(levels[name]) for name in observed], dtype=np.int64)
    pull: Floats
    for rows in ready.arrays:
        codes = codes_of(rows, observed, levels)
        moments = ordinal_moments(codes, categories)
        spread = gamma(codes, moments)
        diagonal = np.diagonal(spread)
        if method.kind == "wls":
            try:
                pull = np.asarray(np.linalg.inv(spread), dtype=np.float64)
            except np.linalg.LinAlgError:
                pull = np.full_like(spread, np.nan)
            if not np.isfinite(pull).all() or len(rows) <= len(spread):
                raise UmkmError("SEM224", params={"rows": len(rows), "statistics": len(spread)})
        elif method.kind == "uls_ordinal":
            pull = np.ones(len(spread), dtype=np.float64)
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                pull = np.where(np.isfinite(diagonal) & (diagonal > 0), 1.0 / diagonal, 0.0)
        cut_item = np.repeat(np.arange(len(observed)), categories - 1)
        cut_number = np.concatenate([np.arange(k - 1) for k in categories])
        out.append(
            OrdinalSample(
                n=len(rows),
                mean=np.zeros(len(observed)),
                cov=moments.rho,
                base=0.0,
                statistics=moments.statistics,
                cut_item=cut_item,
                cut_number=cut_number,
                spread_item=np.empty(0, dtype=np.int64),
                first=moments.first,
                second=moments.second,
                ordinal=np.ones(len(observed), dtype=bool),
                pull=pull,
                gamma=np.where(np.isfinite(spread), spread, 0.0),
                boundary=moments.boundary,
                empty=moments.empty,
            )
        )
    return tuple(out)
