"""Moderator values at which conditional effects stand, and regions of significance."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.errors import UsageError
from umkm_stats.mediation._data import Columns
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._spec import ARROW, Spec
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd


def probe_values(columns: Columns, spec: Spec, probes: Any) -> list[Mapping[str, float]]:
    """Every combination of moderator values; raises ``UsageError`` MED019 for values that cannot be read."""
    if not spec.moderators:
        return []
    chosen: list[Sequence[float]] = []
    for name in probes if isinstance(probes, Mapping) else ():
        if name not in spec.moderators:
            raise UsageError("MED019", params={"name": str(name)})
    for name in spec.moderators:
        column = columns.column(name)
        distinct = np.unique(column)
        if isinstance(probes, Mapping) and name in probes:
            try:
                given = [float(value) for value in probes[name]]
            except (TypeError, ValueError):
                given = []
            if not given or not np.all(np.isfinite(given)):
                raise UsageError("MED019", params={"name": name})
            chosen.append(given)
        elif not isinstance(probes, Mapping) and probes not in ("percentiles", "sd"):
            raise UsageError("MED019", params={"name": name})
        elif distinct.size == 2:
            chosen.append([float(value) for value in distinct])
        elif probes == "sd":
            middle, sd = float(column.mean()), float(column.std(ddof=1))
            chosen.append([middle - sd, middle, middle + sd])
        else:
            quantiles = np.quantile(column, [0.16, 0.5, 0.84], method="weibull")
            chosen.append([float(value) for value in np.unique(quantiles)])
    return [dict(zip(spec.moderators, values, strict=True)) for values in itertools.product(*chosen)]


def borders(
    columns: Columns, spec: Spec, found: Coefficients, level: float
) -> tuple[pd.DataFrame | None, list[Note]]:
    """Moderator values at which a moderated arrow's interval just touches 0 (Johnson & Neyman 1936), inside
    the
    sample's range; the share of rows below each. One moderator without a three-way product, else None. Notes
    say of an arrow without a border whether it differs from 0 everywhere or nowhere in that range."""
    import pandas as pd

    if len(spec.moderators) != 1:
        return None, []
    name = spec.moderators[0]
    notes: list[Note] = []
    column = columns.column(name)
    out: list[dict[str, Any]] = []
    pairs = [
        *((source, target) for target in spec.m for source in spec.x),
        *spec.arrows,
        *((source, target) for target in spec.y for source in (*spec.m, *spec.x)),
    ]
    for source, target in pairs:
        if spec.kind(source, target) not in spec.moderates:
            continue
        role = "outcome" if target in spec.y else "mediator"
        base = spec.place[(target, role, (source,))]
        slope = spec.place[(target, role, (source, name))]
        crit = float(stats.t.ppf((1 + level) / 2, found.df[base])) ** 2
        t0, t1 = found.theta[base], found.theta[slope]
        square = t1**2 - crit * found.cov[slope, slope]
        linear = 2 * (t0 * t1 - crit * found.cov[base, slope])
        constant = t0**2 - crit * found.cov[base, base]
        roots = np.roots([square, linear, constant])
        inside = len(out)
        for root in sorted(float(value.real) for value in roots if abs(value.imag) < 1e-12):
            if column.min() <= root <= column.max():
                out.append(
                    {
                        "path": ARROW.join((source, target)),
                        "moderator": name,
                        "value": root,
                        "share_below": float((column < root).mean()),
                        "est": float(t0 + t1 * root),
                    }
                )
        if len(out) == inside:
            middle = float(np.median(column))
            everywhere = square * middle**2 + linear * middle + constant > 0
            code = "MED444" if everywhere else "MED445"
            notes.append(Note(code, {"path": ARROW.join((source, target)), "moderator": name}))
    return pd.DataFrame(out, columns=["path", "moderator", "value", "share_below", "est"]), notes
