"""Mediation on latent variables: the structural part of a fitted model, with every interval side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation.latent import implied_sd
from umkm_stats.mediation import _rows
from umkm_stats.mediation._inference import LeftOut, in_order
from umkm_stats.mediation._meaning import disagreement
from umkm_stats.mediation._network import Network, effects, network
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._sources import fitted
from umkm_stats.mediation._work import Work, sample_cov
from umkm_stats.options import one_of, share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit

Floats = NDArray[np.float64]


def mediate_latent(
    source: Any,
    *,
    model: str = "M1",
    measurement: str = "second_order",
    estimator: str = "ML",
    missing: str = "listwise",
    ordered: Sequence[str] | str = (),
    group: str | None = None,
    group_equal: Sequence[str] | str = (),
    std_lv: bool = False,
    cluster: str | None = None,
    x: str | Sequence[str] = (),
    y: str | Sequence[str] = (),
    covariates: str | Sequence[str] = (),
    products: Mapping[str, tuple[str, str]] | None = None,
    probes: Mapping[str, Sequence[float]] | None = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] | None = None,
    rows: Any = None,
    kind: str = "ordinary",
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Direct, specific and total indirect, and total effects between latent variables, found from the paths.

    Parameters
    ----------
    source: ``Responses`` (then ``model`` is a key of the instrument's models, M1 … M4), a ``Fit`` (then the
    model and
        estimation options are its own), or a frame (then ``model`` is model text for ``fit``).
    measurement: "second_order", "dimension_means" or "items": how an instrument's constructs are measured.
    estimator, missing, ordered, group, group_equal, std_lv, cluster: as in ``fit``. With several groups the
    paths of an
        instrument's model are free in each (a label in your own text holds its path equal: note MED213);
        every effect stands once a group, and differences between groups have rows of their own; that
        comparison needs equal loadings.
    x, y, covariates: which variables start and end the paths; found from the model when not given.
    products: latent product → the pair of variables it multiplies, for a moderated path in model text.
    Products of an
        instrument's moderated model are built here from indicators by double mean centring.
    probes: moderator values on the latent scale; None takes its mean and ± 1 SD.
    draws, seed, rows, workers, kind, progress: of ``Fit.bootstrap`` (kind "ordinary" or "parametric"); Monte
    Carlo draws
        use the same seed.
    intervals: one or several of ``umkm_stats.ways.names("latent")``, or "all"; the first one named decides
        what the result says in words. bca costs one refit a row. None: percentile, bca and monte_carlo;
        monte_carlo alone with latent products, whose draws are slow and centred at the means of the sample.
        The Wald and delta rows are always there.

    Returns
    -------
    :class:`Mediation` with ``.fit``. Inadmissible draws are kept; when there are any, percentile limits
    without them stand beside (method "percentile_admissible").

    Raises
    ------
    UsageError: MED021 (no path x → m → y), MED022, MED023 (a source that cannot be used), GEN00x; what
    ``fit`` raises.
    """
    found = fitted(
        source,
        model=model,
        measurement=measurement,
        estimator=estimator,
        missing=missing,
        ordered=ordered,
        group=group,
        group_equal=group_equal,
        std_lv=std_lv,
        cluster=cluster,
    )
    return analyse(
        found.fit,
        kind="latent",
        x=_names(x) or found.x,
        y=_names(y) or found.y,
        covariates=_names(covariates) or found.covariates,
        products=products or found.products,
        probes=probes,
        draws=draws,
        seed=seed,
        level=level,
        intervals=_default(bool(products or found.products)) if intervals is None else intervals,
        resampling=one_of("kind", kind, ("ordinary", "parametric")),
        rows=rows,
        workers=workers,
        progress=progress,
        notes=found.notes,
    )


def _default(crossed: bool) -> tuple[str, ...]:
    return ("monte_carlo",) if crossed else ("percentile", "bca", "monte_carlo")


def analyse(
    fit: Fit,
    *,
    kind: str,
    x: Sequence[str],
    y: Sequence[str],
    covariates: Sequence[str],
    products: Mapping[str, tuple[str, str]] | None = None,
    probes: Mapping[str, Sequence[float]] | None = None,
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
    import pandas as pd

    asked_for = ways.chosen(intervals, "latent", empty=True)
    chosen = ways.in_order(asked_for)
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    net = network(fit, x=x, y=y, covariates=covariates, products=products)
    at = _probes(fit, net, probes)
    named = effects(net, at)
    work = Work(fit, net, named, level, draws, seed)
    table_rows, said = work.parametric_rows("monte_carlo" in chosen, chosen)
    drawn = ways.needing("draws", among=chosen)
    left: LeftOut | None = None
    ledger: dict[str, Any] = {"requested": 0, "converged": 0, "inadmissible": 0, "failed": 0, "reasons": {}}
    if drawn:
        run = fit.bootstrap(
            draws=draws, seed=seed, rows=rows, kind=resampling, workers=workers, progress=progress
        )
        ledger = dict(run.ledger)
        more, noted, sizes, table, left = work.bootstrap_rows(run, drawn)
        table_rows += more
        said += noted
    else:
        sizes = work.monte_carlo_sizes()
        table = pd.DataFrame(work.simulated(), columns=[entry.key for entry, _ in named])
    told = disagreement(table_rows, [entry for entry, _ in named])
    return Mediation(
        kind=kind,
        spec=net.spec(),
        effects=pd.DataFrame(
            in_order(table_rows, [entry for entry, _ in named]), columns=list(_rows.COLUMNS)
        ),
        draws=table,
        intervals=asked_for,
        left=left,
        ledger=ledger,
        level=level,
        errors=fit.estimator,
        sample=fit.sample,
        seed=seed,
        notes=(Note("MED201", {}), *notes, *_about(net, fit), *said, *told, *fit.notes),
        probes=tuple(at),
        named=tuple(entry for entry, _ in named),
        found=work.found,
        fit=fit,
        bound=bound,
        late={
            "coefficients": lambda: _paths(fit),
            "equations": lambda: _explained(fit),
            "sizes": lambda: sizes,
        },
    )


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _probes(
    fit: Fit, net: Network, probes: Mapping[str, Sequence[float]] | None
) -> list[Mapping[str, float]]:
    import itertools

    if not net.moderators:
        return []
    chosen = []
    for name in net.moderators:
        if probes is not None and name in probes:
            try:
                values = [float(value) for value in probes[name]]
            except (TypeError, ValueError):
                values = []
            if not values or not np.all(np.isfinite(values)):
                raise UsageError("MED019", params={"name": name})
        else:
            place = fit.layout.states.index(name)
            sd = float(implied_sd(fit.compiled, fit.params[None, :], sample_cov(fit))[0, 0, place])
            values = [-sd, 0.0, sd]
        chosen.append(values)
    return [dict(zip(net.moderators, values, strict=True)) for values in itertools.product(*chosen)]


def _about(net: Network, fit: Fit) -> list[Note]:
    out = []
    if net.products:
        out.append(Note("MED210", {"products": list(net.products)}))
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
