"""Draws by full-information maximum likelihood, compiled: ``cpp/fiml.cpp``."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, Entry, pointer
from umkm_stats.native._ml import DOUBLE, MlEnds, MlModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_room = Entry("umkm_fiml_room", ADDRESS, ADDRESS)
_draws = Entry("umkm_fiml_draws", ADDRESS, ADDRESS, INT, *([ADDRESS] * 5), DOUBLE, INT, *([ADDRESS] * 8))


class _Rows(ctypes.Structure):
    """``Rows`` of ``cpp/fiml.cpp``."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("rows", "patterns")),
        *((name, ctypes.c_void_p) for name in ("values", "centre", "variance", "start", "gap", "missing")),
    ]


class _Draws(ctypes.Structure):
    """``Draws`` of ``cpp/fiml.cpp``."""

    _fields_ = [
        (name, ctypes.c_void_p) for name in ("counts", "whole", "cov", "mean", "outer_cov", "outer_mean")
    ]


class FimlModel(MlModel):
    """A ``Plan`` of ``kernels.sem.many`` and the incomplete rows of its groups, laid out for the library.

    values: per group (R, p) incomplete rows less the centre; absent: per group (R, p) what they miss; centre,
    variance: per group (p,), what values are taken from and residual variances are compared with.
    """

    __slots__ = ("_order", "_rows", "_told", "fiml_room")

    def __init__(
        self,
        plan: Any,
        values: Sequence[Floats],
        absent: Sequence[NDArray[np.bool_]],
        centre: Sequence[Floats],
        variance: Sequence[Floats],
        chosen: str,
    ) -> None:
        super().__init__(plan, chosen)
        self._told = tuple(values), tuple(absent), tuple(centre), tuple(variance)
        self._order: list[Ints] = []
        made = [self._lay(*one) for one in zip(plan.groups, *self._told, strict=True)]
        self._rows = (_Rows * len(made))(*made)
        self.fiml_room = _room(ctypes.addressof(self._model), ctypes.addressof(self._rows), chosen=chosen)

    def __reduce__(self) -> tuple[Any, ...]:
        return FimlModel, (self.plan, *self._told, self.chosen)

    def _lay(
        self, group: Any, values: Floats, absent: NDArray[np.bool_], centre: Floats, variance: Floats
    ) -> _Rows:
        p = group.p
        same = values.shape == absent.shape and values.shape[1:] == (p,)
        if not same or {centre.shape, variance.shape} != {(p,)}:
            raise ValueError(f"rows of {p} variables are needed")
        if len(absent) and (not absent.any(axis=1).all() or absent.all(axis=1).any()):
            raise ValueError("a row misses something and not everything")
        patterns, which = np.unique(absent, axis=0, return_inverse=True)
        which = which.reshape(-1)
        order = np.argsort(which, kind="stable")
        self._order.append(order)
        numbers = (np.where(absent, 0.0, values)[order], centre, variance)
        places = (
            np.searchsorted(which[order], np.arange(len(patterns) + 1)),
            np.concatenate([[0], np.cumsum(patterns.sum(axis=1))]),
            np.nonzero(patterns)[1],
        )
        kept = [self._keep(np.array(one, dtype=np.float64, order="C")) for one in numbers]
        kept += [self._keep(np.array(one, dtype=np.int64, order="C")) for one in places]
        return _Rows(len(values), len(patterns), *kept)

    def served(self, values: Sequence[Floats]) -> bool:
        """Whether these are the rows that were laid out."""
        pairs = zip(values, self._told[0], strict=True)
        return all(given is own or np.array_equal(given, own) for given, own in pairs)

    def fiml_draws(
        self,
        weights: Sequence[Floats],
        whole: Sequence[Floats],
        moments: Sequence[tuple[Floats, Floats]],
        outer: Sequence[tuple[Floats, Floats]],
        share: Floats,
        *,
        free: Floats,
        inverse: Floats,
        curvature: Floats,
        tolerance: float,
        limit: int,
    ) -> MlEnds:
        """Re-estimate D draws of the rows; a draw that is not certified has another end than 0.

        weights: per group (D, R) counts of the incomplete rows; whole: per group (D,) complete ones; moments:
        their covariance (D, p, p) and mean (D, p) about the centre; outer: the same of the exogenous observed
        variables; the others as in :meth:`MlModel.draws`. The certificate holds where rows are complete.
        """
        count, q, groups = len(share), self.plan.n_free, len(self.plan.groups)
        four = -(-count // 4) * 4
        fill = np.minimum(np.arange(four), max(count - 1, 0))
        kept: list[Floats] = []
        made: list[_Draws] = []
        for group, order, weight, n, inner, outside in zip(
            self.plan.groups, self._order, weights, whole, moments, outer, strict=True
        ):
            if weight.shape != (count, len(order)):
                raise ValueError("counts of every incomplete row are needed")
            side = weight[:, order][fill].reshape(four // 4, 4, len(order)).transpose(0, 2, 1)
            square, row = (four, group.p, group.p), (four, group.p)
            shapes = ((four // 4, len(order), 4), (four,), square, row, square, row)
            given = (side, n[fill], *(one[fill] for one in (*inner, *outside)))
            arrays = [np.ascontiguousarray(one, dtype=np.float64) for one in given]
            kept += arrays
            made.append(_Draws(*(pointer(one, shape) for one, shape in zip(arrays, shapes, strict=True))))
        begin = (share[fill], free, inverse, curvature)
        start = [np.ascontiguousarray(one, dtype=np.float64) for one in begin]
        sides = ((four, groups), (q,), (q, q), (q,))
        all_draws = (_Draws * groups)(*made)
        memory = np.empty(self.fiml_room)
        tall, flat = np.empty((2, four, q)), np.empty((3, four))
        marks = np.empty((2, four), dtype=np.int64)
        if count:
            _draws(
                ctypes.addressof(self._model),
                ctypes.addressof(self._rows),
                four,
                ctypes.addressof(all_draws),
                *(pointer(one, shape) for one, shape in zip(start, sides, strict=True)),
                tolerance,
                limit,
                pointer(memory, (self.fiml_room,)),
                *(pointer(one, (four, q)) for one in tall),
                *(pointer(one, (four,)) for one in flat),
                *(pointer(one, (four,), np.int64) for one in marks),
                chosen=self.chosen,
            )
        return MlEnds(*(one[:count] for one in (*tall, *flat, *marks)))
