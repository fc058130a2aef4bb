"""Natural direct and indirect effects of regressions whose outcome or mediators are not linear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats import ways
from umkm_stats.adapters.statsmodels_logit import logit
from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation import count as counts
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation import natural
from umkm_stats.kernels.mediation.logit import least_squares, logistic
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns, check, read
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._spec import ARROW, Spec, build
from umkm_stats.options import one_of, share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Family = Literal["binary", "poisson", "negative_binomial"]
Contrast = tuple[float, float] | Mapping[str, tuple[float, float]] | None
MOST_BINARY = 5  # two-valued mediators: their 2^k combinations are summed
WIDE = 1.5  # Pearson dispersion above which a Poisson's standard errors are too small
ROWS = 256


@dataclass(frozen=True, slots=True)
class Model:
    """The regressions: their world, mediators (n, k) and outcome (n,) as they enter, the outcome's family."""

    world: natural.World
    mediators: Floats
    outcome: Floats
    family: str

    def fitted(self, weights: Floats) -> tuple[natural.Drawn, Floats]:
        """Coefficients with weights (D, n), and the dispersion (D,) of a negative binomial outcome (else
        0)."""
        first, second = self.world.mediator_design(), self.world.outcome_design(self.mediators)
        betas, plain = [], []
        for j, two in enumerate(self.world.binary):
            values = self.mediators[:, j]
            if two:
                betas.append(logistic(values, first, weights))
            else:
                betas.append(least_squares(values, first, weights)[0])
                plain.append(j)
        own = [betas[j] for j in plain]
        errors = natural.residual_covariance(self.mediators[:, plain], first, own, weights)
        alpha = np.zeros(len(weights))
        if self.family == "poisson":
            beta = counts.poisson(self.outcome, second, weights)
        elif self.family == "negative_binomial":
            beta, alpha = counts.negative_binomial(self.outcome, second, weights)
        elif self.world.link == "logit":
            beta = logistic(self.outcome, second, weights)
        else:
            beta = least_squares(self.outcome, second, weights)[0]
        return natural.Drawn(tuple(betas), errors, beta), alpha

    def effects(self, weights: Floats, moves: Sequence[tuple[float, float]]) -> Floats:
        """(D, E) for every x: direct, every specific indirect (with several mediators their total), total;
        with a log link the logarithms of their ratios follow."""
        drawn = self.fitted(weights)[0]
        k = len(self.world.binary)
        out = []
        for focus, (low, high) in enumerate(moves):

            def mean(at: float, through: Sequence[float], number: int = focus) -> Floats:
                return natural.mean(self.world, drawn, weights, number, at, through)

            base, moved, full = mean(low, [low] * k), mean(high, [low] * k), mean(high, [high] * k)
            single = [full] if k == 1 else []
            for j in range(k) if k > 1 else ():
                single.append(mean(high, [high if i == j else low for i in range(k)]))
            pairs = [(moved, base), *((one, moved) for one in single)]
            pairs += [(full, moved)] * (k > 1) + [(full, base)]
            out += [above - below for above, below in pairs]
            if self.world.link == "log":
                out += [np.log(above) - np.log(below) for above, below in pairs]
        return np.column_stack(out)


def named(spec: Spec, link: str) -> list[Named]:
    """The effects in the order of ``Model.effects``."""
    out = []
    for x in spec.x:
        for mark in ("", "_ratio") if link == "log" else ("",):
            for y in spec.y:
                end = ARROW.join((x, y))
                out.append(Named(f"direct{mark}", end, (x, y), ()))
                for m in spec.m:
                    out.append(Named(f"indirect{mark}", ARROW.join((x, m, y)), (x, m, y), ()))
                if len(spec.m) > 1:
                    out.append(Named(f"total_indirect{mark}", end, (x, y), ()))
                out.append(Named(f"total{mark}", end, (x, y), ()))
    return out


def analyse(
    data: pd.DataFrame,
    *,
    x: str | Sequence[str],
    m: str | Sequence[str],
    y: str,
    covariates: str | Sequence[str],
    contrast: Contrast,
    interaction: bool,
    draws: int,
    seed: int | None,
    level: float,
    intervals: str | Sequence[str],
    family: Family,
) -> Detail:
    """The whole analysis; see the doors ``mediate_binary`` and ``mediate_count``."""
    import pandas as pd

    if isinstance(y, (list, tuple)) and len(y) == 1:
        y = y[0]
    if not isinstance(y, str):
        raise UsageError("MED435", params={"role": "y", "received": repr(y)})
    spec = build(x=x, m=m, y=y, covariates=covariates)
    methods = ways.in_order(ways.chosen(intervals, "binary"))
    draws, level = whole("draws", draws, low=2, high=1_000_000), share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    columns = read(data, spec)
    check(columns, spec)
    model = _model(columns, spec, interaction, family)
    moves = [_move(columns.column(name), name, contrast, spec) for name in spec.x]
    point = model.effects(np.ones((1, len(columns.values))), moves)[0]
    if not np.all(np.isfinite(point)):
        if family == "binary":
            raise UmkmError("MED032", params={"m": list(spec.m), "y": y})
        raise UmkmError("MED488", Place(column=y), {"y": y})
    source = engine.units(columns.values)
    values = np.empty((draws, len(point)))
    count = engine.counter(source)
    for block, first, size in streams.blocks(draws):
        values[first : first + size] = model.effects(count(seed, block)[:size], moves)
    left = _left(model, moves) if ways.needing("jackknife", among=methods) else None
    effects = named(spec, model.world.link)
    rows, notes = _rows.drawn(effects, point, values, left, level, methods)
    rows = [_ratio(row, values[:, number // len(methods)]) for number, row in enumerate(rows)]
    frame = pd.DataFrame([*_arrows(model, spec, level), *rows], columns=list(_rows.COLUMNS))
    failed = int(np.isnan(values).any(axis=1).sum())
    if failed:
        notes.append(Note("MED424", {"failed": failed, "requested": draws}))
    meta: dict[str, Any] = {"x_from": moves[0][0], "x_to": moves[0][1], "requested": draws, "failed": failed}
    said = [
        Note("MED439", {"x": name, "low": low, "high": high, "y": y})
        for name, (low, high) in zip(spec.x, moves, strict=True)
    ]
    said += _spread(model, spec, meta)
    if len(spec.m) > 1:
        said.append(Note("MED490", {"m": list(spec.m)}))
    name = "binary" if family == "binary" else "count"
    return Detail(name, frame, columns.sample, seed, (*said, Note("MED201", {}), *notes), meta)


def _model(columns: Columns, spec: Spec, interaction: bool, family: Family) -> Model:
    n = len(columns.values)
    two = tuple(np.unique(columns.column(name)).size == 2 for name in spec.m)
    (y,) = spec.y
    ys = columns.column(y)
    link: natural.Link = "log"
    if family == "binary":
        two_y = np.unique(ys).size == 2
        if not (any(two) or two_y):
            raise UsageError("MED031", params={"m": list(spec.m), "y": y})
        link = "logit" if two_y else "identity"
        ys = (ys == ys.max()).astype(np.float64) if two_y else ys
    elif (ys < 0).any() or not (ys == np.round(ys)).all():
        wrong = int(((ys < 0) | (ys != np.round(ys))).sum())
        raise UmkmError("MED486", Place(column=y), {"y": y, "count": wrong})
    if sum(two) > MOST_BINARY:
        raise UsageError("MED489", params={"count": sum(two), "most": MOST_BINARY})
    ms = [columns.column(name) for name in spec.m]
    ms = [(m == m.max()).astype(np.float64) if b else m for m, b in zip(ms, two, strict=True)]
    xs = np.column_stack([columns.column(name) for name in spec.x])
    extra = [columns.column(name) for name in spec.covariates]
    covariates = np.column_stack(extra) if extra else np.empty((n, 0))
    return Model(natural.World(xs, covariates, two, link, interaction), np.column_stack(ms), ys, family)


def _move(xs: Floats, name: str, contrast: Contrast, spec: Spec) -> tuple[float, float]:
    """From where to where x moves."""
    if isinstance(contrast, Mapping):
        for key in contrast:
            one_of("contrast", key, spec.x)
        contrast = contrast.get(name)
    if contrast is not None:
        try:
            low, high = (float(value) for value in contrast)
        except (TypeError, ValueError):
            low = high = float("nan")
        if not (np.isfinite(low) and np.isfinite(high)) or low == high:
            raise UsageError("MED033", params={})
        return low, high
    distinct = np.unique(xs)
    if distinct.size == 2:
        return float(distinct[0]), float(distinct[1])
    return float(xs.mean()), float(xs.mean() + xs.std(ddof=1))


def _left(model: Model, moves: Sequence[tuple[float, float]]) -> Floats:
    """(n, E) effects with a row left out."""
    n = len(model.outcome)
    parts = []
    for first in range(0, n, ROWS):
        rows = np.arange(first, min(first + ROWS, n))
        weights = np.ones((len(rows), n))
        weights[np.arange(len(rows)), rows] = 0.0
        parts.append(model.effects(weights, moves))
    return np.concatenate(parts)


def _ratio(row: dict[str, Any], values: Floats) -> dict[str, Any]:
    """The row of a ratio from the one of its logarithm; p is that of a ratio of 1."""
    if not row["effect"].endswith("_ratio"):
        return row
    known = np.exp(values[np.isfinite(values)])
    spread = float(np.std(known, ddof=1)) if len(known) > 1 else float("nan")
    limits = {part: float(np.exp(row[part])) for part in ("est", "ci_low", "ci_high")}
    return {**row, **limits, "se": spread}


def _spread(model: Model, spec: Spec, meta: dict[str, Any]) -> list[Note]:
    """How much counts vary beyond a Poisson."""
    if model.family == "binary":
        return []
    drawn, alpha = model.fitted(np.ones((1, len(model.outcome))))
    design = model.world.outcome_design(model.mediators)
    mu = np.exp(design @ drawn.outcome[0])
    if model.family == "negative_binomial":
        meta["dispersion"] = float(alpha[0])
        return [Note("MED491", {"y": spec.y[0]})] if alpha[0] == 0 else []
    found = float(((model.outcome - mu) ** 2 / mu).sum() / (len(mu) - design.shape[1]))
    meta["dispersion"] = found
    return [Note("MED487", {"y": spec.y[0], "dispersion": found})] if found > WIDE else []


def _arrows(model: Model, spec: Spec, level: float) -> list[dict[str, Any]]:
    """Rows of the arrows into and out of the mediators, each on the scale of its regression."""
    out = []
    world, (y,) = model.world, spec.y
    first, second = world.mediator_design(), world.outcome_design(model.mediators)
    for j, m in enumerate(spec.m):
        method, est, se, df = _regression(
            spec, model.mediators[:, j], first, "logit" if world.binary[j] else "ols"
        )
        for i, x in enumerate(spec.x):
            out.append(
                _test(Named("a", ARROW.join((x, m)), (x, m), ()), method, est[1 + i], se[1 + i], df, level)
            )
    kinds = {"logit": "logit", "identity": "ols"}
    method, est, se, df = _regression(spec, model.outcome, second, kinds.get(world.link, model.family))
    for j, m in enumerate(spec.m):
        k = 1 + len(spec.x) + j
        out.append(_test(Named("b", ARROW.join((m, y)), (m, y), ()), method, est[k], se[k], df, level))
    return out


def _regression(
    spec: Spec, outcome: Floats, design: Floats, method: str
) -> tuple[str, Floats, Floats, float]:
    """Method, coefficients, standard errors, degrees of freedom of one regression of the sample."""
    if method == "ols":
        plain = ols(outcome, design[:, 1:])
        return method, plain.params, plain.se, float(plain.df)
    if method == "logit":
        found = logit(outcome, design[:, 1:])
        if found is None:
            raise UmkmError("MED032", params={"m": list(spec.m), "y": spec.y[0]})
        return method, found.params, np.sqrt(np.diag(found.cov)), np.inf
    one = np.ones((1, len(outcome)))
    alpha = np.zeros(1)
    if method == "poisson":
        beta = counts.poisson(outcome, design, one)
    else:
        beta, alpha = counts.negative_binomial(outcome, design, one)
    cov = counts.covariance(design, beta[0], float(alpha[0]))
    return method, beta[0], np.sqrt(np.diag(cov)), np.inf


def _test(entry: Named, method: str, est: float, se: float, df: float, level: float) -> dict[str, Any]:
    half = float(stats.t.ppf((1 + level) / 2, df)) * float(se)
    p = float(2 * stats.t.sf(abs(est / se), df))
    return _rows.row(entry, method, float(est), float(se), float(est - half), float(est + half), p)
