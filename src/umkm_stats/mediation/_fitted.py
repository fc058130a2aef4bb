"""Effects of a fitted model: the structural part of a fit, with every interval side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation.latent import implied_sd
from umkm_stats.mediation import _rows
from umkm_stats.mediation._crossings import probe_values
from umkm_stats.mediation._fit_material import fit_material, sample_cov
from umkm_stats.mediation._late import late
from umkm_stats.mediation._meaning import disagreement
from umkm_stats.mediation._network import Network, effects, network
from umkm_stats.mediation._pipeline import Request, answer
from umkm_stats.mediation._result import Mediation
from umkm_stats.options import share, whole
from umkm_stats.results import Note, idle

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit


Probes = Mapping[str, Sequence[float]] | str | None


def analyse(
    fit: Fit,
    *,
    kind: str,
    x: Sequence[str],
    y: Sequence[str],
    covariates: Sequence[str],
    products: Mapping[str, tuple[str, str]] | None = None,
    probes: Probes = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
    resampling: str = "ordinary",
    rows: Any = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    notes: Sequence[Note] = (),
    bound: Any = None,
) -> Mediation:
    """Effects of a fitted model; ``kind`` is "latent" or "scores" (a path model of observed variables)."""
    asked_for = ways.chosen(intervals, "latent", empty=True)
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    net = network(fit, x=x, y=y, covariates=covariates, products=products)
    at = _probes(fit, net, probes)
    named = effects(net, at)
    request = Request(ways.in_order(asked_for), draws, seed, level, workers, rows, progress)
    material = fit_material(fit, named, resampling)
    given = answer(material, request)
    told = [
        *disagreement(given.rows, material.named),
        *idle(
            ("probes", probes, probes is not None and not net.moderators, "moderator"),
            ("kind", resampling, resampling != "ordinary" and not request.drawn, "drawn"),
            ("rows", "…", rows is not None and not request.drawn, "drawn"),
        ),
    ]
    result = Mediation(
        kind=kind,
        spec=net.spec(),
        effects=late(lambda: _rows.frame(given.rows)),
        draws=late(given.draws),
        intervals=asked_for,
        left=given.left,
        ledger=given.ledger,
        level=level,
        errors=fit.estimator,
        sample=fit.sample,
        seed=seed,
        notes=(Note("MED201", {}), *notes, *_about(net, fit), *given.notes, *told, *fit.notes),
        probes=tuple(at),
        named=tuple(material.named),
        found=material.found,
        fit=fit,
        bound=bound,
        late={
            "coefficients": lambda: _paths(fit),
            "equations": lambda: _explained(fit),
            "sizes": given.sizes,
        },
    )
    return result._said((*result.notes, *result.why_withheld()))


def _probes(fit: Fit, net: Network, probes: Probes) -> list[Mapping[str, float]]:
    import itertools

    given = probes if isinstance(probes, Mapping) else {}
    unknown = [str(name) for name in given if name not in net.moderators]
    if unknown or not (probes is None or isinstance(probes, Mapping) or probes in ("sd", "percentiles")):
        raise UsageError("MED019", params={"name": (unknown or [*net.moderators, "–"])[0]})
    if not net.moderators:
        return []
    chosen = []
    for name in net.moderators:
        if name in given:
            try:
                values = [float(value) for value in given[name]]
            except (TypeError, ValueError):
                values = []
            if not values or not np.all(np.isfinite(values)):
                raise UsageError("MED019", params={"name": name})
        else:
            place = fit.layout.states.index(name)
            sd = float(implied_sd(fit.compiled, fit.params[None, :], sample_cov(fit))[0, 0, place])
            values = probe_values(fit, name, sd, percentiles=probes == "percentiles")
        chosen.append(values)
    return [dict(zip(net.moderators, values, strict=True)) for values in itertools.product(*chosen)]


def _about(net: Network, fit: Fit) -> list[Note]:
    out = []
    centred = [name for name in net.products if name in fit.latent]
    if centred:
        out.append(Note("MED210", {"products": centred}))
    for name, entry in net.products.items():
        if name not in fit.latent:
            said = {"name": name, "first": entry.first, "second": entry.second}
            out.append(Note("MED448", said))
    if len(net.groups) > 1 and "loadings" not in fit.options.group_equal:
        out.append(Note("MED211", {"groups": list(net.groups)}))
    shared = _shared_paths(fit)
    if shared and "regressions" not in fit.options.group_equal:
        out.append(Note("MED213", {"paths": shared}))
    return out


def _shared_paths(fit: Fit) -> list[str]:
    """Regressions that one label holds equal in several groups."""
    seen: dict[tuple[str, int], int] = {}
    for row in fit.table.rows:
        if row.op == "~" and row.free:
            seen[row.name, row.free] = seen.get((row.name, row.free), 0) + 1
    return [name for (name, _), count in seen.items() if count > 1]


def _paths(fit: Fit) -> pd.DataFrame:
    table = fit.estimates
    rows = table[table["op"] == "~"]
    return rows[
        ["lhs", "op", "rhs", "group", "label", "est", "se", "z", "p", "ci_low", "ci_high", "std_all"]
    ].reset_index(drop=True)


def _explained(fit: Fit) -> pd.DataFrame:
    table = fit.r2()
    targets = {row.lhs for row in fit.table.rows if row.op == "~"}
    return table[table["item"].isin(targets)].rename(columns={"item": "outcome"}).reset_index(drop=True)
