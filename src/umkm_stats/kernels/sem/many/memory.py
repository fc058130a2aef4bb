"""Limited-memory quasi-Newton directions of many draws, each with its own steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many.algebra import Bools, Floats

Ints = NDArray[np.int64]
MEMORY = 10


class Memory:
    """Limited-memory BFGS over a base inverse: shared (q, q), with a scale (D, q) of each draw or without, or
    (D, q, q). Every draw has its own pairs of step and change of gradient; a pair of weight 0 counts for
    nothing. ``apart``: a shared base multiplies draw by draw, so that the bits do not depend on other draws
    (one product of all draws is quicker, but BLAS may add in another order when there are fewer)."""

    def __init__(self, base: Floats, scale: Floats | None = None, *, apart: bool = False) -> None:
        self.base = base
        self.scale = scale
        self.apart = apart
        self.steps: list[Floats] = []
        self.changes: list[Floats] = []
        self.weights: list[Floats] = []

    def add(self, step: Floats, change: Floats, accept: Bools) -> None:
        inner = np.einsum("dq,dq->d", step, change)
        lengths = np.einsum("dq,dq->d", step, step) * np.einsum("dq,dq->d", change, change)
        good = accept & (inner > 1e-9 * np.sqrt(lengths))
        self.steps.append(step)
        self.changes.append(change)
        self.weights.append(np.where(good, 1.0 / np.where(good, inner, 1.0), 0.0))
        if len(self.steps) > MEMORY:
            del self.steps[0], self.changes[0], self.weights[0]

    def keep(self, rows: Ints) -> None:
        self.steps = [entry[rows] for entry in self.steps]
        self.changes = [entry[rows] for entry in self.changes]
        self.weights = [entry[rows] for entry in self.weights]
        if self.base.ndim == 3:
            self.base = self.base[rows]
        if self.scale is not None:
            self.scale = self.scale[rows]

    def plain(self, gradient: Floats) -> Floats:
        """−(base inverse) gradient."""
        if self.scale is not None:
            return -self._times(gradient * self.scale) * self.scale
        return -self._times(gradient)

    def _times(self, vector: Floats) -> Floats:
        if self.base.ndim == 2 and not self.apart:
            return np.asarray(vector @ self.base)
        return np.asarray(np.matmul(self.base, vector[:, :, None])[:, :, 0])

    def direction(self, gradient: Floats) -> Floats:
        v = gradient.copy()
        alphas: list[Floats] = []
        for step, change, weight in zip(
            self.steps[::-1], self.changes[::-1], self.weights[::-1], strict=True
        ):
            alpha = weight * np.einsum("dq,dq->d", step, v)
            v -= alpha[:, None] * change
            alphas.append(alpha)
        v = self.plain(v)
        for step, change, weight, alpha in zip(
            self.steps, self.changes, self.weights, alphas[::-1], strict=True
        ):
            beta = weight * np.einsum("dq,dq->d", change, v)
            v -= step * (alpha + beta)[:, None]
        return v
