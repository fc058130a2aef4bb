"""Stage one of a model with second-order constructs as a model of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.pls.estimate import estimate
from umkm_stats.pls._compile import Compiled
from umkm_stats.pls._notes import notes_of
from umkm_stats.pls._structure import Construct, Structure

if TYPE_CHECKING:
    from umkm_stats.pls._pls import Pls


def first_stage(whole: Pls) -> Pls:
    """The first stage of ``whole``, on the same answers."""
    model, names = whole.compiled.model, whole.compiled.first
    plan = model.first
    constructs = tuple(
        Construct(name, mode, names.items[block])
        for name, mode, block in zip(names.constructs, names.modes, plan.blocks, strict=True)
    )
    paths = {
        names.constructs[target]: tuple(names.constructs[j] for j in several)
        for target, several in plan.equations
    }
    lone = replace(model, second=None, picks=None, products=(), equations=plan.equations)
    made = Compiled(lone, names, names, ())
    found = estimate(lone, whole.moments, np.ones((1, whole.moments.n)))
    structure = Structure(constructs, paths, {})
    return replace(whole, structure=structure, compiled=made, found=found, notes=tuple(notes_of(made, found)))
