"""Interval methods on draws: one file a method, one signature, one registry.

To add a method: write ``_NAME.py`` with a function NAME, ``(column, level) -> One | Unavailable``, and its
object in ``umkm_stats/ways.py``; the file is found by the name.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from umkm_stats import ways
from umkm_stats.kernels.intervals._bca import acceleration
from umkm_stats.kernels.intervals._limits import (
    LEAST,
    SURE,
    Column,
    Limits,
    One,
    columns_of,
    gather,
    quantile,
    refusal,
)
from umkm_stats.results import Unavailable

Method = Callable[[Column, float], One | Unavailable]
Errors = tuple[ArrayLike, ArrayLike]


class Interval(Protocol):
    """``(point, draws, jackknife, level)``: the point estimates (k,) or one number, the draws (B, k) or (B,),
    the
    leave-one-out values (n, k) or (n,) or None, the level. ``errors`` = (se (k,), se in each draw (B, k)) is
    read by the studentised method only. Draws that are NaN are left out, column by column.

    Returns ``Limits``; for draws of shape (B,) that the method must refuse, ``Unavailable``.
    """

    def __call__(
        self,
        point: ArrayLike,
        draws: ArrayLike,
        jackknife: ArrayLike | None,
        level: float,
        *,
        errors: Errors | None = None,
    ) -> Limits | Unavailable: ...


def _answer(column: Column, method: Method, level: float) -> One | Unavailable:
    refused = refusal(column)
    return method(column, level) if refused is None else refused


def _interval(method: Method) -> Interval:
    def limits(
        point: ArrayLike,
        draws: ArrayLike,
        jackknife: ArrayLike | None,
        level: float,
        *,
        errors: Errors | None = None,
    ) -> Limits | Unavailable:
        columns = columns_of(point, draws, jackknife, errors)
        answers = [_answer(column, method, level) for column in columns]
        return gather(columns, answers, np.ndim(draws) == 1)

    limits.__doc__ = method.__doc__
    return limits


METHODS: dict[str, Method] = {
    name: getattr(import_module(f"{__name__}._{name}"), name) for name in ways.needing("draws")
}
INTERVALS: dict[str, Interval] = {name: _interval(method) for name, method in METHODS.items()}


def several(
    names: tuple[str, ...],
    point: ArrayLike,
    draws: ArrayLike,
    jackknife: ArrayLike | None,
    level: float,
    *,
    errors: Errors | None = None,
) -> dict[str, Limits]:
    """Several methods on the same draws (B, k), which are put in order once."""
    columns = columns_of(point, draws, jackknife, errors)
    out: dict[str, Limits] = {}
    for name in names:
        found = gather(columns, [_answer(column, METHODS[name], level) for column in columns], False)
        assert isinstance(found, Limits)
        out[name] = found
    return out


__all__ = [
    "INTERVALS",
    "LEAST",
    "METHODS",
    "SURE",
    "Column",
    "Interval",
    "Limits",
    "One",
    "acceleration",
    "quantile",
    "several",
]
