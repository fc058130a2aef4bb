"""Moderator values at which conditional effects stand, and regions of significance."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.errors import UsageError
from umkm_stats.mediation._data import Columns
from umkm_stats.mediation._effects import held
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._spec import ARROW, Spec
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd


def probe_values(columns: Columns, spec: Spec, probes: Any) -> list[Mapping[str, float]]:
    """Every combination of moderator values; raises ``UsageError`` MED019 for values that cannot be read."""
    if not spec.probed:
        return []
    chosen: list[Sequence[float]] = []
    for name in probes if isinstance(probes, Mapping) else ():
        if name not in spec.probed:
            raise UsageError("MED019", params={"name": str(name)})
    for name in spec.probed:
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
    return [dict(zip(spec.probed, values, strict=True)) for values in itertools.product(*chosen)]


BORDERS = ("path", "moderator", "value", "share_below", "est", "held")


def borders(
    columns: Columns,
    spec: Spec,
    found: Coefficients,
    level: float,
    probes: Sequence[Mapping[str, float]] = (),
) -> tuple[pd.DataFrame | None, list[Note]]:
    """Moderator values at which a moderated arrow's interval just touches 0 (Johnson & Neyman 1936), inside
    the sample's range; the share of rows below each. Other moderators of the arrow are held at every probe,
    named in ``held``. None without a moderator. Notes say of an arrow without a border whether it differs
    from 0 everywhere or nowhere in that range."""
    import pandas as pd

    if not spec.probed:
        return None, []
    notes: list[Note] = []
    out: list[dict[str, Any]] = []
    pairs = [
        *((source, target) for target in spec.m for source in spec.x),
        *spec.arrows,
        *((source, target) for target in spec.y for source in (*spec.m, *spec.x)),
    ]
    for source, target in pairs:
        moved = spec.touching(source, target)
        for name in moved:
            if np.unique(columns.column(name)).size == 2:
                said = {"path": ARROW.join((source, target)), "moderator": name}
                notes.append(Note("MED464", said))
                continue
            rest = [one for one in moved if one != name]
            several = {tuple(at[one] for one in rest): {one: at[one] for one in rest} for at in probes}
            for at in several.values() or ({},):
                rows, note = _borders(columns, spec, found, level, (source, target), name, at)
                out += rows
                notes += note
    return pd.DataFrame(out, columns=list(BORDERS)), notes


def _borders(
    columns: Columns,
    spec: Spec,
    found: Coefficients,
    level: float,
    pair: tuple[str, str],
    name: str,
    at: Mapping[str, float],
) -> tuple[list[dict[str, Any]], list[Note]]:
    """The borders of one arrow along one moderator, the others held at ``at``."""
    column = columns.column(name)
    size = len(found.theta)
    zero, one = np.zeros(size), np.zeros(size)
    for index, weight in spec.edge(*pair, {**at, name: 0.0}):
        zero[index] += weight
    for index, weight in spec.edge(*pair, {**at, name: 1.0}):
        one[index] += weight
    slope = one - zero
    crit = float(stats.t.ppf((1 + level) / 2, found.df[np.flatnonzero(slope)].min())) ** 2
    t0, t1 = float(zero @ found.theta), float(slope @ found.theta)
    square = t1**2 - crit * float(slope @ found.cov @ slope)
    linear = 2 * (t0 * t1 - crit * float(zero @ found.cov @ slope))
    constant = t0**2 - crit * float(zero @ found.cov @ zero)
    path, there = ARROW.join(pair), held(at).removeprefix(" | ")
    out = []
    for root in sorted(float(value.real) for value in np.roots([square, linear, constant]) if _real(value)):
        if column.min() <= root <= column.max():
            share = float((column < root).mean())
            row = (path, name, root, share, t0 + t1 * root, there)
            out.append(dict(zip(BORDERS, row, strict=True)))
    if out:
        return out, []
    middle = float(np.median(column))
    everywhere = square * middle**2 + linear * middle + constant > 0
    return [], [Note("MED444" if everywhere else "MED445", {"path": path + held(at), "moderator": name})]


def _real(value: complex) -> bool:
    return abs(value.imag) < 1e-12
