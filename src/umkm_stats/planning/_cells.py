"""One cell of a power study: a run of replications at one sample size, and what each of them would have
concluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr
from scipy.stats import t as student

from umkm_stats import ways
from umkm_stats._threads import one_thread
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.planning import glm
from umkm_stats.kernels.planning.data import block_of, complete, own_seed, replication
from umkm_stats.kernels.planning.latent import replicate
from umkm_stats.kernels.planning.limits import limits
from umkm_stats.kernels.planning.normal_equations import regressions
from umkm_stats.planning._design import Design, chosen_parameters
from umkm_stats.planning._latent_products import product_columns
from umkm_stats.planning._parameters import in_order
from umkm_stats.planning._pls_route import by_pls

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
TOGETHER = 100_000  # rows of the samples held at once


@dataclass(frozen=True, slots=True)
class Cell:
    """Replications first … first + count − 1 of scenario ``scenario`` at sample size ``n``."""

    index: int
    scenario: int
    n: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Request:
    """What is done in every cell."""

    methods: tuple[str, ...]
    draws: int
    seed: int
    level: float


@dataclass(frozen=True, slots=True)
class One:
    """What one replication estimated: theta (P,), cov (P, P), df (P,) (infinite for z), drawn (P, B), left
    (P, n)."""

    theta: Floats
    cov: Floats
    df: Floats
    drawn: Floats
    left: Floats


def run_cell(design: Design, request: Request, cell: Cell) -> pd.DataFrame:
    """Rows rep × effect × method: rep row method est se low high significant used.

    ``significant`` is 1, 0, or −1 where the method could say nothing (no estimate, or the interval is
    refused).
    """
    parts: list[dict[str, Any]] = []
    effective = max(4, round(cell.n / design.shrink))
    width = max(1, TOGETHER // cell.n)
    last = cell.first + cell.count
    with one_thread():
        for first in range(cell.first, last, width):
            reps = range(first, min(first + width, last))
            blocks = [block_of(cell.scenario, cell.n, rep) for rep in reps]
            samples = [
                replication(design.generator, design.recorder, request.seed, block, effective)
                for block in blocks
            ]
            seeds = [own_seed(request.seed, block) for block in blocks]
            estimated = _estimate(design, request, samples, seeds)
            parts += [_conclude(design, request, *each) for each in zip(estimated, seeds, reps, strict=True)]
    return _frame(parts, request.methods)


def _estimate(design: Design, request: Request, samples: list[Floats], seeds: list[int]) -> list[One]:
    draws = request.draws if ways.needing("draws", among=request.methods) else 0
    loo = bool(ways.needing("jackknife", among=request.methods))
    if design.route == "regressions":
        return _by_regression(design, samples, seeds, draws, loo)
    out: list[One] = []
    for rows, seed in zip(samples, seeds, strict=True):
        if design.route == "pls":
            paths = by_pls(design.text, design.columns, complete(rows), design.effects.coefs, draws, seed)
            count = design.effects.count
            infinite = np.full(count, np.inf)
            none = np.empty((count, 0))
            out.append(
                _nothing(count, draws) if paths is None else One(paths[0], paths[1], infinite, paths[2], none)
            )
        elif design.route == "ml":
            assert design.latent is not None
            found = replicate(design.latent, complete(rows), draws=draws, seed=seed, leave_one_out=loo)
            infinite = np.full(len(found.point), np.inf)
            out.append(One(found.point, found.cov, infinite, found.draws, found.jackknife))
        else:
            out.append(_by_fit(design, rows, seed, draws, loo))
    return out


def _by_regression(
    design: Design, samples: list[Floats], seeds: list[int], draws: int, loo: bool
) -> list[One]:
    order = in_order(design.effects.coefs)
    products = [name for name in design.columns if ":" in name]
    plain = [name for name in design.columns if ":" not in name]
    ready: list[Floats] = []
    for rows in samples:
        kept = complete(rows)
        if products:
            made = [
                np.prod([kept[:, plain.index(part)] for part in name.split(":")], axis=0) for name in products
            ]
            kept = np.concatenate([kept, np.stack(made, axis=1)], axis=1)
        ready.append(kept)
    widest = max(len(e.predictors) for e in design.equations) + 2
    usable = [number for number, rows in enumerate(ready) if len(rows) > widest]
    nothing = _nothing(len(order), draws)
    out = [nothing] * len(ready)
    if usable:
        found = regressions(
            [ready[u] for u in usable],
            design.equations,
            draws=draws,
            seeds=[seeds[u] for u in usable],
            leave_one_out=loo,
        )
        for place, number in enumerate(usable):
            drawn = found.draws[place][order] if draws else np.empty((len(order), 0))
            left = found.jackknife[place][order] if loo else np.empty((len(order), 0))
            one = One(
                found.point[order, place],
                found.cov[:, :, place][np.ix_(order, order)],
                found.df[order, place],
                drawn,
                left,
            )
            out[number] = _with_families(design, ready[number], one) if design.families else one
    return out


def _with_families(design: Design, rows: Floats, one: One) -> One:
    """The estimates with the equations of yes/no and count outcomes by their own regressions."""
    theta, cov, df = one.theta.copy(), one.cov.copy(), one.df.copy()
    for number, family in design.families:
        equation = design.equations[number]
        outcome = design.columns[equation.outcome]
        at = [k for k, (left, _) in enumerate(design.effects.coefs) if left == outcome]
        found = glm.fitted(family, rows[:, list(equation.predictors)], rows[:, equation.outcome])
        if found is None:
            return _nothing(len(theta), 0)
        theta[at] = found[0]
        cov[at, :] = cov[:, at] = 0.0
        cov[np.ix_(at, at)] = found[1]
        df[at] = np.inf
    return One(theta, cov, df, np.empty((len(theta), 0)), np.empty((len(theta), 0)))


def _nothing(count: int, draws: int) -> One:
    return One(
        np.full(count, np.nan),
        np.full((count, count), np.nan),
        np.full(count, np.inf),
        np.full((count, draws), np.nan),
        np.empty((count, 0)),
    )


def _by_fit(design: Design, rows: Floats, seed: int, draws: int, loo: bool) -> One:
    """``fit`` and ``Fit.bootstrap`` as a user would run them; a sample that cannot be fitted gives NaN."""
    import pandas as pd

    from umkm_stats.sem import fit

    count = design.effects.count
    frame = pd.DataFrame(rows, columns=list(design.columns))
    if design.latent_products:
        frame = frame.assign(**product_columns(rows, design.columns, design.latent_products))
    try:
        found = fit(
            design.text,
            frame,
            estimator=design.estimator,
            ordered=design.columns if design.ordered else (),
            missing=design.missing,
        )
        if not found.converged:
            return _nothing(count, draws)
        at = chosen_parameters(found, design.effects)
        drawn, left = np.empty((count, 0)), np.empty((count, 0))
        if draws:
            resampled = found.bootstrap(draws=draws, seed=seed)
            drawn = resampled.batch.params[:, at].T
            if loo:
                left = resampled.jackknife().batch.params[:, at].T
    except UmkmError:
        return _nothing(count, draws)
    return One(found.params[at], found.vcov[np.ix_(at, at)], np.full(count, np.inf), drawn, left)


def _conclude(design: Design, request: Request, one: One, seed: int, rep: int) -> dict[str, Any]:
    """est, se (E,); low, high, significant, used (M, E) of one replication."""
    effects = design.effects
    count = len(effects.targets)
    with np.errstate(all="ignore"):
        est = effects(one.theta[:, None])[:, 0]
        slope = effects.slopes(one.theta[:, None])[:, :, 0]
        se = np.sqrt(np.maximum(np.einsum("ep,pq,eq->e", slope, one.cov, slope), 0.0))
        values = effects(one.drawn) if one.drawn.size else None
        left = effects(one.left) if one.left.size else None
    shape = (len(request.methods), count)
    bounds = np.array([target.bound for target in effects.targets])
    narrow: tuple[Floats, Floats] = (est, est)
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    significant, used = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    if not np.isfinite(one.theta).all():
        return {
            "rep": rep,
            "est": est,
            "se": se,
            "low": low,
            "high": high,
            "significant": significant,
            "used": used,
        }
    for row, method in enumerate(request.methods):
        if method == "joint":
            significant[row] = _joint(design, request, one)
            continue
        if method == "delta":
            wide = float(ndtri(0.5 + request.level / 2.0))
            low[row], high[row] = est - wide * se, est + wide * se
            inner = float(ndtri(request.level)) * se
            narrow = (est - inner, est + inner)
        else:
            drawn = _simulated(design, request, one, seed) if method == "monte_carlo" else values
            if drawn is None:
                continue
            used[row] = np.isfinite(drawn).sum(axis=1)
            kind = "percentile" if method == "monte_carlo" else method
            takes_left = ways.WAYS[method].takes("jackknife")
            jackknife = left if takes_left else None
            low[row], high[row] = limits(kind, est, drawn, jackknife, request.level)
            if bounds.any():
                narrow = limits(kind, est, drawn, jackknife, 2.0 * request.level - 1.0)
        known = np.isfinite(low[row]) & np.isfinite(high[row])
        hit = (low[row] > 0) | (high[row] < 0)
        if bounds.any():
            hit = np.where(bounds > 0, (narrow[0] > -bounds) & (narrow[1] < bounds), hit)
        significant[row] = np.where(known, hit.astype(np.int64), -1)
    return {
        "rep": rep,
        "est": est,
        "se": se,
        "low": low,
        "high": high,
        "significant": significant,
        "used": used,
    }


def _joint(design: Design, request: Request, one: One) -> NDArray[np.int64]:
    """Whether every coefficient of a product differs from 0 at the level; −1 for what is not one product."""
    with np.errstate(all="ignore"):
        size = np.abs(one.theta) / np.sqrt(np.diagonal(one.cov))
        finite = np.isfinite(one.df)
        p = 2.0 * np.where(finite, stdtr(np.where(finite, one.df, 1.0), -size), ndtr(-size))
        inner = np.where(
            finite, student.ppf(request.level, np.where(finite, one.df, 1.0)), ndtri(request.level)
        )
    hit = p < 1.0 - request.level
    far = np.abs(one.theta) + inner * np.sqrt(np.diagonal(one.cov))  # the farther limit of the inner interval
    out = [
        -1
        if not target.factors
        else int(far[target.factors[0]] < target.bound)
        if target.bound
        else int(all(hit[k] for k in target.factors))
        for target in design.effects.targets
    ]
    return np.array(out, dtype=np.int64)


def _simulated(design: Design, request: Request, one: One, seed: int) -> Floats | None:
    """(E, B) effects of coefficients drawn from their normal distribution (MacKinnon, Lockwood & Williams
    2004)."""
    try:
        root = np.linalg.cholesky(one.cov)
    except np.linalg.LinAlgError:
        return None
    parts = [
        streams.normal_block(seed, block, streams.BLOCK, len(one.theta))[:size]
        for block, _, size in streams.blocks(request.draws)
    ]
    drawn = one.theta[:, None] + root @ np.concatenate(parts).T
    return np.asarray(design.effects(drawn), dtype=np.float64)


def _frame(parts: list[dict[str, Any]], methods: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    reps, count = len(parts), len(parts[0]["est"])
    stacked = {
        name: np.stack([part[name] for part in parts]) for name in ("low", "high", "significant", "used")
    }
    shape = (reps, len(methods), count)
    return pd.DataFrame(
        {
            "rep": np.broadcast_to(np.array([p["rep"] for p in parts])[:, None, None], shape).ravel(),
            "row": np.broadcast_to(np.arange(count), shape).ravel(),
            "method": np.broadcast_to(np.array(methods, dtype=object)[None, :, None], shape).ravel(),
            "est": np.broadcast_to(np.stack([p["est"] for p in parts])[:, None, :], shape).ravel(),
            "se": np.broadcast_to(np.stack([p["se"] for p in parts])[:, None, :], shape).ravel(),
            "low": stacked["low"].ravel(),
            "high": stacked["high"].ravel(),
            "significant": stacked["significant"].ravel(),
            "used": stacked["used"].ravel(),
        }
    )
