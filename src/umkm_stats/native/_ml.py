"""Maximum likelihood draws, compiled: ``cpp/ml.cpp``."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, Entry, pointer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COVARIANCE = 4
"""End of a draw whose sample covariance matrix is not positive definite; the others as in ``solve``."""
DOUBLE = ctypes.c_double
_room = Entry("umkm_ml_room", ADDRESS)
_groups = Entry("umkm_ml_groups")
_draws = Entry("umkm_ml_draws", ADDRESS, INT, *([ADDRESS] * 6), DOUBLE, INT, *([ADDRESS] * 8))
_COUNTS = ("p", "m", "length", "puts", "cells", "fixed", "loads", "has_beta", "depth", "diagonal", "means")
_PLACES = (
    "fixed_values", "put", "put_param", "code", "row", "col", "param", "u", "v", "mean_by", "half", "times",
    "seen", "hidden", "load_row", "load_col",
)  # fmt: skip


class _Group(ctypes.Structure):
    """``Group`` of ``cpp/model.h``."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in _COUNTS),
        ("starts", ctypes.c_int64 * 6),
        *((name, ctypes.c_void_p) for name in _PLACES),
    ]


class _Model(ctypes.Structure):
    """``Model`` of ``cpp/model.h``."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("groups", "q", "parameters")),
        *((name, ctypes.c_void_p) for name in ("start", "direction", "by", "offset", "group")),
    ]


@dataclass(frozen=True, slots=True)
class MlEnds:
    """Of D draws: free, gradient (D, q); value, scaled, extent (D,); end, rounds (D,)."""

    free: Floats
    gradient: Floats
    value: Floats
    scaled: Floats
    extent: Floats
    end: Ints
    rounds: Ints


def _indices(values: Any, count: int, limit: int, name: str) -> Ints:
    """(count,) indices below ``limit``: the library follows them without looking."""
    found = np.ascontiguousarray(values, dtype=np.int64)
    if found.shape != (count,) or (found < 0).any() or (found >= limit).any():
        raise ValueError(f"{name}: {count} indices below {limit} are needed")
    return found


def _numbers(values: Any, count: int, name: str) -> Floats:
    found = np.ascontiguousarray(values, dtype=np.float64)
    if found.shape != (count,):
        raise ValueError(f"{name}: {count} numbers are needed")
    return found


class MlModel:
    """A ``Plan`` of ``kernels.sem.many`` laid out for the library.

    chosen: the variant that computes; kept, so that worker processes use the same.
    """

    __slots__ = ("_kept", "_model", "chosen", "plan", "room")

    def __init__(self, plan: Any, chosen: str) -> None:
        self.plan, self.chosen = plan, chosen
        self._kept: list[Any] = []
        groups = (_Group * len(plan.groups))(*(self._group(group, len(plan.offset)) for group in plan.groups))
        self._kept.append(groups)
        basis = plan.basis
        used, direction = np.nonzero(basis)
        start = np.searchsorted(used, np.arange(len(basis) + 1)).astype(np.int64)
        self._model = _Model(
            len(plan.groups),
            basis.shape[1],
            len(basis),
            self._keep(start),
            self._keep(direction.astype(np.int64)),
            self._keep(np.ascontiguousarray(basis[used, direction], dtype=np.float64)),
            self._keep(_numbers(plan.offset, len(basis), "offset")),
            ctypes.addressof(groups),
        )
        self.room = _room(ctypes.addressof(self._model), chosen=chosen)

    @staticmethod
    def serves(plan: Any, chosen: str) -> bool:
        """Whether the library knows this kind of model: not derived residual variances, not very many
        groups."""
        ordinal = any(len(group.derived) or len(group.own_seen) for group in plan.groups)
        return not ordinal and len(plan.groups) <= _groups(chosen=chosen)

    def __reduce__(self) -> tuple[Any, ...]:
        return MlModel, (self.plan, self.chosen)

    def _keep(self, values: Any) -> int:
        self._kept.append(values)
        return int(values.ctypes.data)

    def _group(self, group: Any, parameters: int) -> _Group:
        p, m, length, cells = group.p, group.m, len(group.template), len(group.take)
        starts = np.asarray(group.starts)
        code = np.searchsorted(starts, group.take, side="right") - 1
        width = np.array([m, m, m, 1 if group.diagonal else p, 1, 1])[code]
        row, col = np.divmod(group.take - starts[code], width)
        if group.diagonal:
            col = np.where(code == 3, row, col)
        free = np.zeros(length, dtype=bool)
        free[group.put] = True
        load_row, load_col = np.nonzero((free | (group.template != 0))[: p * m].reshape(p, m))
        fixed, puts, loads = len(group.fixed_seen), len(group.put), len(load_row)
        means = group.mean_by
        if (means < -1).any() or (means > m).any() or starts[-1] != length or len(starts) != 7:
            raise ValueError("the plan of the group is not whole")
        return _Group(
            p, m, length, puts, cells, fixed, loads, group.has_beta, group.depth, group.diagonal, group.means,
            (ctypes.c_int64 * 6)(*group.starts[:6]),
            self._keep(_numbers(group.template, length, "template")),
            self._keep(_indices(group.put, puts, length, "put")),
            self._keep(_indices(group.put_param, puts, parameters, "put_param")),
            self._keep(_indices(code, cells, 6, "code")),
            self._keep(_indices(row, cells, max(p, m), "row")),
            self._keep(_indices(col, cells, max(p, m), "col")),
            self._keep(_indices(group.cell_param, cells, parameters, "cell_param")),
            self._keep(_indices(group.u, cells, p + 2 * m, "u")),
            self._keep(_indices(group.v, cells, p + 2 * m, "v")),
            self._keep(np.ascontiguousarray(means, dtype=np.int64)),
            self._keep(_numbers(group.half, cells, "half")),
            self._keep(_numbers(group.times, cells, "times")),
            self._keep(_indices(group.fixed_seen, fixed, p, "fixed_seen")),
            self._keep(_indices(group.fixed_hidden, fixed, m, "fixed_hidden")),
            self._keep(_indices(load_row, loads, p, "load_row")),
            self._keep(_indices(load_col, loads, m, "load_col")),
        )  # fmt: skip

    def draws(
        self,
        covs: Sequence[Floats],
        means: Sequence[Floats],
        share: Floats,
        *,
        free: Floats,
        inverse: Floats | None = None,
        curvature: Floats | None = None,
        tolerance: float,
        limit: int,
    ) -> MlEnds:
        """Re-estimate D draws from their moments; a draw that is not certified has another end than 0.

        covs, means: per group (D, p, p) and (D, p); share (D, G): N_g/N. free (q,), inverse (q, q), curvature
        (q,): where the draws start, as ``solve.Origin``; without the two others free (D, q), every draw from
        its own place, with its own information. tolerance: of the scaled gradient; limit: evaluations.
        """
        count, q, groups = len(share), self.plan.n_free, len(self.plan.groups)
        if len(covs) != groups or len(means) != groups:
            raise ValueError("moments of every group are needed")
        kept = [np.ascontiguousarray(entry, dtype=np.float64) for entry in (*covs, *means)]
        shapes = [(count, g.p, g.p) for g in self.plan.groups] + [(count, g.p) for g in self.plan.groups]
        where = [pointer(entry, shape) for entry, shape in zip(kept, shapes, strict=True)]
        cov_at = (ctypes.c_void_p * groups)(*where[:groups])
        mean_at = (ctypes.c_void_p * groups)(*where[groups:])
        share = np.ascontiguousarray(share)
        apart = inverse is None or curvature is None
        free = np.ascontiguousarray(free, dtype=np.float64)
        origin: list[int | None] = [pointer(free, (count, q) if apart else (q,)), None, None]
        if inverse is not None and curvature is not None:
            shared = [np.ascontiguousarray(entry, dtype=np.float64) for entry in (inverse, curvature)]
            origin[1:] = pointer(shared[0], (q, q)), pointer(shared[1], (q,))
        memory = np.empty(self.room)
        tall = np.empty((2, count, q))
        flat = np.empty((3, count))
        marks = np.empty((2, count), dtype=np.int64)
        if count:
            _draws(
                ctypes.addressof(self._model), count, ctypes.addressof(cov_at), ctypes.addressof(mean_at),
                pointer(share, (count, groups)), *origin, tolerance, limit, pointer(memory, (self.room,)),
                pointer(tall[0], (count, q)), pointer(tall[1], (count, q)),
                *(pointer(row, (count,)) for row in flat),
                *(pointer(row, (count,), np.int64) for row in marks),
                chosen=self.chosen,
            )  # fmt: skip
        return MlEnds(tall[0], tall[1], flat[0], flat[1], flat[2], marks[0], marks[1])
