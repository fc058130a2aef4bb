"""What is estimated: blocks of items, their modes, and the equations between the constructs, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scheme = Literal["path", "factorial", "centroid"]
Equations = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A recursive PLS model. Items stand block by block, in the order of the constructs.

    sizes (J,): items in each block. formative (J,): whether the block is mode B (regression weights).
    equations: (target, predictors) as construct numbers, every predictor's own equation before it.
    scheme: how a construct's neighbours make its inner proxy. tolerance: the summed change of all weights
    below which a run stops. limit: iterations after which it has failed.

    Worked out: starts (J,) first item of every block; blocks (J,) slices; own (p,) construct of every item;
    neighbours (J,) constructs that an arrow joins with each; arrows (m,) (from, to) of every path in the
    order of the equations, which is the order of all path arrays; consistent (J,) reflective with two items
    or more, the blocks that ρ_A corrects.
    """

    sizes: tuple[int, ...]
    formative: tuple[bool, ...]
    equations: tuple[tuple[int, tuple[int, ...]], ...]
    scheme: Scheme = "path"
    tolerance: float = 1e-7
    limit: int = 3000
    starts: tuple[int, ...] = field(init=False, compare=False, repr=False)
    blocks: tuple[slice, ...] = field(init=False, compare=False, repr=False)
    own: Ints = field(init=False, compare=False, repr=False)
    neighbours: tuple[tuple[int, ...], ...] = field(init=False, compare=False, repr=False)
    arrows: tuple[tuple[int, int], ...] = field(init=False, compare=False, repr=False)
    consistent: tuple[bool, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        starts = tuple(int(entry) for entry in np.cumsum((0, *self.sizes[:-1])))
        joined: list[set[int]] = [set() for _ in self.sizes]
        arrows = tuple((entry, target) for target, predictors in self.equations for entry in predictors)
        for left, right in arrows:
            joined[left].add(right)
            joined[right].add(left)
        worked = {
            "starts": starts,
            "blocks": tuple(slice(i, i + k) for i, k in zip(starts, self.sizes, strict=True)),
            "own": np.repeat(np.arange(len(self.sizes)), self.sizes),
            "neighbours": tuple(tuple(sorted(entry)) for entry in joined),
            "arrows": arrows,
            "consistent": tuple(not b and k > 1 for b, k in zip(self.formative, self.sizes, strict=True)),
        }
        for name, value in worked.items():
            object.__setattr__(self, name, value)

    @property
    def n_items(self) -> int:
        """p."""
        return int(self.own.shape[0])

    @property
    def n_constructs(self) -> int:
        """J."""
        return len(self.sizes)


@dataclass(frozen=True, slots=True)
class Model:
    """first: plan of stage one, on data columns ``columns`` (p,), of which one may stand in several blocks.
    second: plan of stage two or None; ``picks`` (p₂,): its items, numbers below p are items of stage one,
    p + j is the score of construct j. products: construct numbers (left, right) of the last plan.
    moderation: "scores", "reestimated", "indicators" or "orthogonal". equations: those of the last plan with
    product q as predictor J + q. consistent: PLSc. direct: whether ``columns`` are all columns in order.
    """

    first: Plan
    columns: Ints
    second: Plan | None = None
    picks: Ints | None = None
    products: tuple[tuple[int, int], ...] = ()
    moderation: str = "scores"
    equations: Equations = ()
    consistent: bool = False
    direct: bool = True

    @property
    def plan(self) -> Plan:
        """The plan of the last stage."""
        return self.first if self.second is None else self.second


def block_sums(plan: Plan, values: Floats) -> Floats:
    """(J, …, B) sums over the items of each block of ``values`` (p, …, B)."""
    out = np.empty((plan.n_constructs, *values.shape[1:]))
    for j, block in enumerate(plan.blocks):
        np.einsum("k...->...", values[block], out=out[j])
    return out
