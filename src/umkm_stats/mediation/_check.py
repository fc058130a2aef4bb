"""Cross-check of a score model with pingouin, where pingouin can do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.mediation._detail import Detail
from umkm_stats.results import Unavailable

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation


def cross_check(result: Mediation) -> Detail | Unavailable:
    """Our estimates beside pingouin's for parallel mediation of one x and one y: effect, path, est, other,
    difference.

    ``Unavailable`` MED420 for models pingouin has no counterpart of (moderated, serial, several x or y,
    a mediator with two values, latent).
    """
    import pandas as pd

    from umkm_stats.adapters.pingouin_mediation import mediation_estimates

    spec, columns = result.spec, result.columns
    fits = (
        columns is not None and not spec.moderation and spec.everywhere and not spec.arrows and bool(spec.m)
    )
    if columns is None or not fits or len(spec.x) != 1 or len(spec.y) != 1:
        return Unavailable("MED420", {})
    if any(np.unique(columns.column(name)).size == 2 for name in spec.m):
        return Unavailable("MED420", {})
    frame = pd.DataFrame({name: columns.column(name) for name in spec.names})
    x, y = spec.x[0], spec.y[0]
    found = mediation_estimates(frame, x=x, m=spec.m, y=y, covariates=spec.covariates)
    ours = {(entry.kind, entry.path): entry for entry in result.named}
    pairs = [("direct", f"{x} -> {y}", found.direct), ("total", f"{x} -> {y}", found.total)]
    pairs += [("a", f"{x} -> {name}", value) for name, value in zip(spec.m, found.a, strict=True)]
    pairs += [
        ("indirect", f"{x} -> {name} -> {y}", value)
        for name, value in zip(spec.m, found.indirect, strict=True)
    ]
    table = result.effects.drop_duplicates(["effect", "path"]).set_index(["effect", "path"])["est"]
    rows = [
        {
            "effect": kind,
            "path": path,
            "est": float(table[(kind, path)]),
            "other": value,
            "difference": float(table[(kind, path)]) - value,
        }
        for kind, path, value in pairs
        if (kind, path) in ours
    ]
    frame = pd.DataFrame(rows, columns=["effect", "path", "est", "other", "difference"])
    return Detail(
        "cross_check", frame, result.sample, result.seed, (), {"software": f"pingouin {found.version}"}
    )
