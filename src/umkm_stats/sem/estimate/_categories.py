"""Ordinal items: from answers to categories, from categories to the statistics that the estimators fit.

All-ordinal models without observed predictors take the fast way through contingency tables; numeric
indicators beside ordinal ones, and exogenous observed variables (all statistics given x), take the casewise
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.ordinal.mixed_moments import mixed_moments
from umkm_stats.kernels.ordinal.moments import gamma, ordinal_moments
from umkm_stats.kernels.ordinal.one_fit import OrdinalSample
from umkm_stats.kernels.sem.moments import mean_cov
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.sem.estimate._data import Prepared

MAX_CATEGORIES = 20


@dataclass(frozen=True, slots=True)
class Coding:
    """How the columns of the data become statistics. levels: per column the answers of an ordinal item, or
    None;
    outcomes, exogenous: columns; states: state of each exogenous column; kind: estimator's weights; gaps:
    answers
    may be missing, each pair of variables takes the rows that have both."""

    levels: tuple[Floats | None, ...]
    outcomes: Ints
    exogenous: Ints
    states: Ints
    kind: str
    gaps: bool = False

    @property
    def plain(self) -> bool:
        """Whether everything is ordinal, nothing exogenous and nothing missing."""
        return not self.gaps and not len(self.exogenous) and all(level is not None for level in self.levels)

    @property
    def categories(self) -> Ints:
        """(columns,) number of categories, 0 for numeric columns."""
        return np.array([0 if level is None else len(level) for level in self.levels], dtype=np.int64)


def answers(column: Floats) -> Floats:
    """The different answers of a column, in order."""
    return np.unique(column[~np.isnan(column)])


def category_levels(ready: Prepared, observed: Sequence[str], ordered: Sequence[str]) -> dict[str, Floats]:
    """Item → its answers in order, over all groups.

    Raises ``UmkmError`` SEM220 (an item with one answer, or in one group), SEM221 (too many answers to be
    categories), SEM222 (an answer that a group lacks).
    """
    found: dict[str, Floats] = {}
    for name in ordered:
        at = list(observed).index(name)
        per_group = [answers(rows[:, at]) for rows in ready.arrays]
        levels = np.unique(np.concatenate(per_group))
        if len(levels) > MAX_CATEGORIES:
            raise UmkmError(
                "SEM221", Place(item=name), {"item": name, "count": len(levels), "most": MAX_CATEGORIES}
            )
        for label, mine in zip(ready.group_labels, per_group, strict=True):
            if len(mine) < 2:
                raise UmkmError("SEM220", Place(item=name), {"item": name, "group": label})
            if len(mine) < len(levels):
                lost = [messages.Figures(f"{value:g}") for value in np.setdiff1d(levels, mine)]
                raise UmkmError("SEM222", Place(item=name), {"item": name, "group": label, "answers": lost})
        found[name] = levels
    return found


def ordinal_names(observed: Sequence[str], ordered: Sequence[str], exogenous: Sequence[str]) -> list[str]:
    """The ordinal items of the model. Raises ``UsageError`` SEM223 when there is none, or a predictor is
    called
    ordinal."""
    chosen = [name for name in observed if name in set(ordered)]
    predictors = [name for name in chosen if name in exogenous]
    if not chosen or predictors:
        raise UsageError("SEM223", params={"names": predictors or list(observed)})
    return chosen


def coded(rows: Floats, levels: Sequence[Floats | None]) -> Floats:
    """(N,p) category numbers from 0 for ordinal columns, the numbers themselves for the others."""
    out = rows.copy()
    for at, level in enumerate(levels):
        if level is not None:
            codes = np.searchsorted(level, rows[:, at])
            out[:, at] = np.where(np.isnan(rows[:, at]), np.nan, codes)
    return out


def coding(
    kind: str,
    observed: Sequence[str],
    exogenous: Sequence[str],
    levels: Mapping[str, Floats],
    fixed_x: Ints,
    *,
    gaps: bool = False,
) -> Coding:
    """The coding of a model; ``fixed_x`` (k,2) pairs (observed, state) of the compiled structure."""
    outside = np.array([list(observed).index(name) for name in exogenous], dtype=np.int64)
    state = {int(seen): int(hidden) for seen, hidden in fixed_x}
    return Coding(
        tuple(levels.get(name) for name in observed),
        np.setdiff1d(np.arange(len(observed)), outside),
        outside,
        np.array([state[int(at)] for at in outside], dtype=np.int64),
        kind,
        gaps,
    )


def ordinal_samples(ready: Prepared, how: Coding) -> tuple[OrdinalSample, ...]:
    """Statistics, weights and Γ of every group. Raises what ``ordinal_sample`` raises."""
    return tuple(ordinal_sample(rows, how) for rows in ready.arrays)


def ordinal_sample(rows: Floats, how: Coding) -> OrdinalSample:
    """Statistics, weights and Γ of the rows of one group.

    Raises ``UmkmError`` SEM224 (WLS with a Γ that cannot be inverted: too few rows for so many items).
    """
    made = _plain(rows, how) if how.plain else _mixed(rows, how)
    spread = made.gamma
    diagonal = np.diagonal(spread)
    pull: Floats
    if how.kind == "wls":
        if len(rows) <= len(spread):
            raise UmkmError("SEM224", params={"rows": len(rows), "statistics": len(spread)})
        try:
            pull = np.asarray(np.linalg.inv(spread), dtype=np.float64)
        except np.linalg.LinAlgError:
            pull = np.full_like(spread, np.nan)
        if not np.isfinite(pull).all():
            raise UmkmError("SEM224", params={"rows": len(rows), "statistics": len(spread)})
    elif how.kind == "uls_ordinal":
        pull = np.ones(len(spread), dtype=np.float64)
    else:
        known = np.isfinite(diagonal) & (diagonal > 0)
        pull = np.where(known, 1.0 / np.where(known, diagonal, 1.0), 0.0)
    return replace(made, pull=pull, gamma=np.where(np.isfinite(spread), spread, 0.0))


def _plain(rows: Floats, how: Coding) -> OrdinalSample:
    codes = coded(rows, how.levels).astype(np.int64)
    categories = how.categories
    moments = ordinal_moments(codes, categories)
    p = len(categories)
    return OrdinalSample(
        n=len(rows),
        mean=np.zeros(p),
        cov=moments.rho,
        base=0.0,
        statistics=moments.statistics,
        cut_item=np.repeat(np.arange(p), categories - 1),
        cut_number=np.concatenate([np.arange(k - 1) for k in categories]),
        spread_item=np.empty(0, dtype=np.int64),
        first=moments.first,
        second=moments.second,
        ordinal=np.ones(p, dtype=bool),
        pull=np.empty(0),
        gamma=gamma(codes, moments),
        boundary=moments.boundary,
        empty=moments.empty,
    )


def _mixed(rows: Floats, how: Coding) -> OrdinalSample:
    values = coded(rows, how.levels)
    inside, outside = how.outcomes, how.exogenous
    x = rows[:, outside]
    found = mixed_moments(values[:, inside], how.categories[inside], x)
    p = rows.shape[1]
    mean, cov = np.zeros(p), np.zeros((p, p))
    cov[np.ix_(inside, inside)] = found.cov
    if len(outside):
        mean[outside], own = mean_cov(x)
        cov[np.ix_(outside, outside)] = own * len(x) / (len(x) - 1)
    for place, number in enumerate(found.cut_number):
        if number < 0:
            mean[inside[found.cut_item[place]]] = found.statistics[place]
    return OrdinalSample(
        n=len(rows),
        mean=mean,
        cov=cov,
        base=0.0,
        statistics=found.statistics,
        cut_item=inside[found.cut_item],
        cut_number=found.cut_number,
        spread_item=inside[found.spread_item],
        first=inside[found.first],
        second=inside[found.second],
        ordinal=how.categories > 0,
        pull=np.empty(0),
        gamma=found.gamma,
        slope_item=inside[found.slope_item],
        slope_state=how.states[found.slope_x],
        boundary=found.boundary,
        empty=np.zeros(len(found.first), dtype=bool),
    )
