"""What an interval method hands back, and the one quantile rule all of them use.

The rule interpolates between order statistics on the normal scale at (B + 1)p (Davison & Hinkley 1997, eq.
5.8).
numpy's default interpolates linearly at (B − 1)p + 1 and gives other limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from umkm_stats.results import Unavailable

Floats = NDArray[np.float64]
LEAST = 0.5
"""Share of the draws that must be usable (converged) for an interval."""
SURE = 0.9
"""Share of the draws that must be usable for a verdict on an interval."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of k statistics: every field has shape (k,), or is a scalar array for one statistic.

    low, high: the limits. p: two-sided p-value that belongs to the method (the interval inverted at 0).
    used: draws that were finite. extreme: whether a limit is the smallest or largest draw (too few draws).
    bias, acceleration: z0 and a where the method has them, else NaN.
    refused: one entry a statistic, None or the reason why its limits are NaN.
    """

    low: Floats
    high: Floats
    p: Floats
    used: NDArray[np.int64]
    extreme: NDArray[np.bool_]
    bias: Floats
    acceleration: Floats
    refused: tuple[Unavailable | None, ...]


class Ordered:
    """Draws (B,) by their rank, put in order no further than is asked: limits lie in the tails, and to part
    these off takes a fraction of the time of a sort.

    values: the draws as they came, all finite.
    """

    __slots__ = ("_count", "_high", "_low", "_rest", "values")

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._count = count = len(values)
        edge = count // 8
        if edge < 16:
            self._rest: Floats | None = np.sort(values)
            self._low = self._high = self._rest[:0]
        else:
            split = np.partition(values, (edge, count - 1 - edge))
            self._rest = None
            self._low, self._high = np.sort(split[:edge]), np.sort(split[count - edge :])

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, rank: int) -> float:
        """The draw of ``rank``, from 0; negative ones count from the largest."""
        place = rank if rank >= 0 else self._count + rank
        if self._rest is None:
            edge = len(self._low)
            if place < edge:
                return float(self._low[place])
            if place >= self._count - edge:
                return float(self._high[place - self._count])
            self._rest = np.sort(self.values)
        return float(self._rest[place])

    def below(self, value: float) -> int:
        """How many draws are smaller than ``value``."""
        return int(np.count_nonzero(self.values < value))

    def upto(self, value: float) -> int:
        """How many draws are ``value`` or smaller."""
        return int(np.count_nonzero(self.values <= value))

    def around(self, value: float) -> tuple[float, float]:
        """The largest draw below ``value`` and the smallest above it; ±inf where there is none."""
        low = np.where(self.values < value, self.values, -np.inf).max()
        return float(low), float(np.where(self.values > value, self.values, np.inf).min())


@dataclass(frozen=True, slots=True)
class Column:
    """The finite draws (B,) of one statistic, ``ordered`` the same by rank, its point estimate and its
    jackknife values."""

    point: float
    ordered: Ordered
    jackknife: Floats | None
    error: float
    draw_errors: Floats | None
    draws: Floats
    requested: int


@dataclass(frozen=True, slots=True)
class One:
    """Limits of one statistic."""

    low: float
    high: float
    p: float
    extreme: bool = False
    bias: float = float("nan")
    acceleration: float = float("nan")


def at(ordered: Ordered, p: float) -> float:
    """Quantile ``p`` of draws (B,), interpolated on the normal scale at (B + 1)p.

    Outside 1/(B + 1) … B/(B + 1) it is the smallest or largest draw.
    """
    count = len(ordered)
    rank = (count + 1) * p
    low = math.floor(rank)
    if low < 1:
        return ordered[0]
    if low >= count:
        return ordered[-1]
    left, right = ndtri(low / (count + 1)), ndtri((low + 1) / (count + 1))
    weight = (ndtri(p) - left) / (right - left)
    return float(ordered[low - 1] + weight * (ordered[low] - ordered[low - 1]))


def beyond(ordered: Ordered, p: float) -> bool:
    """Whether ``p`` lies outside the ranks the draws can resolve."""
    rank = (len(ordered) + 1) * p
    return bool(rank < 1 or rank > len(ordered))


def share_below(ordered: Ordered, value: float) -> float:
    """The p at which ``at`` equals ``value``; 1/(B + 1) or B/(B + 1) when all draws lie on one side.

    With draws equal to ``value`` it is the middle of the p's that give it.
    """
    count, left, right = len(ordered), ordered.below(value), ordered.upto(value)
    if right > left:
        return float((left + 1 + right) / 2 / (count + 1))
    if left == 0:
        return 1.0 / (count + 1.0)
    if left == count:
        return float(count / (count + 1))
    under, over = ordered.around(value)
    weight = (value - under) / (over - under)
    low, high = ndtri(left / (count + 1)), ndtri((left + 1) / (count + 1))
    return float(ndtr(low + weight * (high - low)))


def quantile(draws: ArrayLike, p: ArrayLike) -> Floats:
    """Quantiles ``p`` of draws (B,) or (B, k), NaN left out: shape of ``p``, with a last axis k for (B,
    k)."""
    values = np.asarray(draws, dtype=np.float64)
    wanted = np.atleast_1d(np.asarray(p, dtype=np.float64))
    table = values.reshape(values.shape[0], -1)
    out = np.full((wanted.size, table.shape[1]), np.nan)
    for column in range(table.shape[1]):
        ordered = Ordered(table[np.isfinite(table[:, column]), column])
        if len(ordered):
            out[:, column] = [at(ordered, float(q)) for q in wanted.ravel()]
    shaped = (
        out[:, 0].reshape(wanted.shape) if values.ndim == 1 else out.reshape(*wanted.shape, table.shape[1])
    )
    return shaped[0] if np.ndim(p) == 0 else shaped


def columns_of(point: ArrayLike, draws: ArrayLike, jackknife: ArrayLike | None, errors: Any) -> list[Column]:
    """The statistics of ``draws`` (B,) or (B, k) one by one; ``errors`` is (se (k,), draw se (B, k)) or
    None."""
    values = np.asarray(draws, dtype=np.float64)
    table = values.reshape(values.shape[0], -1)
    points = np.broadcast_to(np.asarray(point, dtype=np.float64).ravel(), (table.shape[1],))
    loo = None if jackknife is None else np.asarray(jackknife, dtype=np.float64)
    if loo is not None:
        loo = loo.reshape(loo.shape[0], -1)
    se = draw_se = None
    if errors is not None:
        se = np.broadcast_to(np.asarray(errors[0], dtype=np.float64).ravel(), (table.shape[1],))
        draw_se = np.asarray(errors[1], dtype=np.float64).reshape(table.shape)
    out = []
    for k in range(table.shape[1]):
        column = table[:, k]
        finite = np.isfinite(column)
        kept = column if finite.all() else column[finite]
        kept_se = None if draw_se is None else draw_se[finite, k]
        left = None if loo is None else loo[:, k]
        out.append(
            Column(
                float(points[k]),
                Ordered(kept),
                left,
                np.nan if se is None else float(se[k]),
                kept_se,
                kept,
                len(column),
            )
        )
    return out


def gather(columns: list[Column], answers: list[One | Unavailable], single: bool) -> Limits | Unavailable:
    """The answers as ``Limits``; for one statistic given as (B,) a refusal stands alone."""
    if single and isinstance(answers[0], Unavailable):
        return answers[0]
    nothing = One(np.nan, np.nan, np.nan)
    rows = [nothing if isinstance(entry, Unavailable) else entry for entry in answers]
    shape: tuple[int, ...] = () if single else (len(rows),)

    def field(name: str, kind: Any) -> Any:
        return np.array([getattr(row, name) for row in rows], dtype=kind).reshape(shape)

    return Limits(
        low=field("low", np.float64),
        high=field("high", np.float64),
        p=field("p", np.float64),
        used=np.array([len(c.ordered) for c in columns], dtype=np.int64).reshape(shape),
        extreme=field("extreme", np.bool_),
        bias=field("bias", np.float64),
        acceleration=field("acceleration", np.float64),
        refused=tuple(entry if isinstance(entry, Unavailable) else None for entry in answers),
    )


def refusal(column: Column) -> Unavailable | None:
    """Why no method can use these draws: fewer than half are finite, no estimate, or all are equal."""
    used = len(column.ordered)
    if not np.isfinite(column.point):
        return Unavailable("SEM528", {})
    if used < 2 or used < LEAST * column.requested:
        return Unavailable("MED401", {"used": used, "requested": column.requested})
    if column.ordered[0] == column.ordered[-1]:
        return Unavailable("MED402", {})
    return None
