"""Conditional effects along one moderator, and where their interval leaves zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.mediation import _rows
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import conditional_direct, held, indirect
from umkm_stats.mediation._meaning import not_primary, on_draws
from umkm_stats.mediation._pipeline import Request
from umkm_stats.mediation._score_draws import plan_of, run, source_of
from umkm_stats.mediation._spec import ARROW
from umkm_stats.options import whole

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation


def curve(result: Mediation, *, points: int = 41, moderator: str | None = None) -> Detail:
    """Conditional indirect and direct effects at ``points`` values over the moderator's range, others held at
    every probe; ``moderator`` names one of several.

    Frame: effect, path (with the values of other moderators), moderator, value, est, ci_low, ci_high (by the
    primary interval, or by the percentile interval and a note when draws do not suffice for it; same seed, so
    the same draws as the analysis), significant (the interval leaves out 0). Raises ``UsageError`` MED036.
    """
    import pandas as pd

    columns, spec = result.columns, result.spec
    name = spec.probed[0] if moderator is None and len(spec.probed) == 1 else moderator
    if columns is None or name not in spec.probed:
        raise UsageError("MED036", params={"known": list(spec.probed) or ["–"]})
    points = whole("points", points, low=2, high=1001)
    assert name is not None
    column = columns.column(name)
    grid = np.linspace(column.min(), column.max(), points)
    at = [{**probe, name: float(value)} for probe in result.probes for value in grid]
    named = [entry for entry in (*indirect(spec, at), *conditional_direct(spec, at)) if name in entry.at]
    others = [{key: value for key, value in entry.at.items() if key != name} for entry in named]
    method = on_draws(result)
    request = Request((method,), result.ledger["requested"], result.seed or 0, result.level, rows=result.rows)
    done = run(
        source_of(columns, request),
        plan_of(columns, spec, [entry.bare for entry in named]),
        request,
        jackknife=ways.WAYS[method].takes("jackknife"),
    )
    rows, notes = _rows.drawn(named, done.point, done.values, done.jackknife, result.level, [method])
    notes += not_primary(result, method)
    table = pd.DataFrame(
        {
            "effect": [entry.kind for entry in named],
            "path": [ARROW.join(e.route) + held(at) for e, at in zip(named, others, strict=True)],
            "moderator": name,
            "value": [entry.at[name] for entry in named],
            "est": [row["est"] for row in rows],
            "ci_low": [row["ci_low"] for row in rows],
            "ci_high": [row["ci_high"] for row in rows],
        }
    )
    table["significant"] = (table["ci_low"] > 0) | (table["ci_high"] < 0)
    table = table.sort_values(["effect", "path", "value"], kind="stable").reset_index(drop=True)
    return Detail("curve", table, result.sample, result.seed, tuple(notes))
