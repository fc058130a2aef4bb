"""Score models on multiply imputed data: pooled coefficients, then Monte Carlo limits of their products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import check, read
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import indirect, single, totals
from umkm_stats.mediation._pipeline import Request, in_order, monte_carlo
from umkm_stats.mediation._regressions import coefficients_of, regressions
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._score_material import is_linear
from umkm_stats.mediation._spec import build
from umkm_stats.options import share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd


def pool(found: Sequence[Coefficients]) -> Coefficients:
    """Rubin 1987: mean of the estimates; covariance within + (1 + 1/M)·between; Barnard–Rubin degrees of
    freedom."""
    theta = np.mean([entry.theta for entry in found], axis=0)
    within = np.mean([entry.cov for entry in found], axis=0)
    between = np.atleast_2d(np.cov(np.array([entry.theta for entry in found]).T))
    many = len(found)
    total = within + (1 + 1 / many) * between
    lam = np.clip((1 + 1 / many) * np.diag(between) / np.diag(total), 1e-12, 1.0)
    complete = found[0].df
    old = (many - 1) / lam**2
    observed = (complete + 1) / (complete + 3) * complete * (1 - lam)
    return Coefficients(theta, total, 1 / (1 / old + 1 / np.maximum(observed, 1e-12)))


def mediate_imputed(
    data: Sequence[pd.DataFrame],
    *,
    x: str | Sequence[str],
    m: str | Sequence[str],
    y: str | Sequence[str],
    structure: Any = "parallel",
    covariates: str | Sequence[str] = (),
    errors: str = "classical",
    draws: int = 20_000,
    seed: int | None = None,
    level: float = 0.95,
) -> Detail:
    """Effects pooled over completed data sets.

    "pooled" rows are of coefficients (Rubin's rules), "delta" and "monte_carlo" rows of indirect effects,
    drawn from the normal distribution of the pooled coefficients.

    Parameters
    ----------
    data : sequence of pandas.DataFrame
        At least two frames of the same rows.
    x, m, y : str or sequence of str
        Predictors, mediators, outcomes; one name or several.
    structure : {"parallel", "serial"} or sequence of (str, str), default "parallel"
        As in ``mediate``.
    covariates : str or sequence of str, default ()
        Added to every regression.
    errors : str, default "classical"
        Standard errors of the regressions, as in ``mediate``.
    draws : int, default 20000
        Monte Carlo draws.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    Detail
        Frame: the effects frame of ``mediate``.

    Raises
    ------
    UsageError
        MED034 (fewer than two frames, or other rows); what ``mediate`` raises.
    UmkmError
        What ``mediate`` raises.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import mediate_imputed
    >>> first, second = examples.firms(), examples.firms().assign(BP=lambda firm: firm["BP"].round())
    >>> found = mediate_imputed([first, second], x="OI", m="IP", y="BP", draws=1000, seed=1)
    >>> found.frame.query("method == 'monte_carlo'")["est"].round(3).tolist()
    [0.151]
    """
    import pandas as pd

    frames = list(data) if isinstance(data, (list, tuple)) else []
    if len(frames) < 2 or any(not isinstance(entry, pd.DataFrame) for entry in frames):
        raise UsageError("MED034", params={})
    draws, level = whole("draws", draws, low=2, high=10_000_000), share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    spec = build(x=x, m=m, y=y, structure=structure, covariates=covariates)
    parts = []
    for frame in frames:
        columns = read(frame, spec)
        check(columns, spec)
        parts.append(coefficients_of(regressions(columns, spec, errors), spec, columns, errors))
    found = pool(parts)
    named = [*single(spec), *totals(spec), *indirect(spec)]
    linear = [entry for entry in named if is_linear(entry, spec)]
    curved = [entry for entry in named if not is_linear(entry, spec)]
    rows = _rows.estimated(found, linear, level, "pooled") + _rows.delta(found, curved, level)
    more, notes = monte_carlo(found, curved, Request(("monte_carlo",), draws, seed, level))
    frame = pd.DataFrame(in_order(rows + more, named), columns=list(_rows.COLUMNS))
    between = np.diag(found.cov) / np.mean([np.diag(entry.cov) for entry in parts], axis=0) - 1
    meta = {"imputations": len(frames), "largest_increase": float(np.max(between)), "draws": draws}
    return Detail("imputed", frame, columns.sample, seed, (Note("MED201", {}), *notes), meta)
