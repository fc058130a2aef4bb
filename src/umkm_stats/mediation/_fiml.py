"""Score models with missing answers kept: the same regressions by full information maximum likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.mediation._data import frame_of, numeric
from umkm_stats.mediation._fitted import analyse
from umkm_stats.mediation._spec import Spec

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation


def model_text(spec: Spec) -> str:
    """The regressions as text for ``fit``; residuals of variables that no arrow connects are free to
    covary."""
    lines = []
    for entry in spec.equations:
        if entry.role != "total":
            right = " + ".join(f"`{term[0]}`" for term in entry.terms)
            lines.append(f"`{entry.outcome}` ~ {right}")
    for group in (spec.m, spec.y):
        for k, left in enumerate(group):
            for right in group[k + 1 :]:
                if (left, right) not in spec.arrows and (right, left) not in spec.arrows:
                    lines.append(f"`{left}` ~~ `{right}`")
    return "\n".join(lines)


def mediate_fiml(data: Any, spec: Spec, **options: Any) -> Mediation:
    """The effects of ``spec`` with every row that holds at least one value; moments of x are estimated too.

    Raises ``UsageError`` MED026 for what has no such route: moderators, clusters, strata, robust errors.
    """
    import pandas as pd

    from umkm_stats.sem import fit

    if spec.moderators:
        raise UsageError("MED026", params={"what": "moderator"})
    frame = frame_of(data)
    table = pd.DataFrame({name: numeric(frame, name) for name in spec.names})
    if not np.isfinite(table.to_numpy()).any():
        from umkm_stats.errors import UmkmError

        raise UmkmError("MED006", params={"rows": len(table), "empty": list(table.columns)})
    found = fit(model_text(spec), table, missing="fiml", fixed_x=False)
    result = analyse(found, kind="scores", x=spec.x, y=spec.y, covariates=spec.covariates, **options)
    return replace(result, spec=spec)
