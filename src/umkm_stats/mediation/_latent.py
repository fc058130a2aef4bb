"""Mediation on latent variables: the structural part of a fitted model, with every interval side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation_effects import Effect, evaluate
from umkm_stats.kernels.mediation_latent import implied_sd
from umkm_stats.mediation import _rows
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._inference import in_order
from umkm_stats.mediation._network import Network, effects, network
from umkm_stats.mediation._observed import chosen_methods
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._sources import fitted
from umkm_stats.options import share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit

Floats = NDArray[np.float64]
LINEAR = ("a", "d", "b", "direct", "conditional_direct", "difference_direct")


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
    x: str | Sequence[str] = (),
    y: str | Sequence[str] = (),
    covariates: str | Sequence[str] = (),
    products: Mapping[str, tuple[str, str]] | None = None,
    probes: Mapping[str, Sequence[float]] | None = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bca", "monte_carlo"),
    kind: str = "ordinary",
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Direct, specific and total indirect, and total effects between latent variables, found from the paths.

    Parameters
    ----------
    source: ``Responses`` (then ``model`` is a key of the instrument's models, M1 … M4), a ``Fit`` (then the model and
        estimation options are its own), or a frame (then ``model`` is model text for ``fit``).
    measurement: "second_order", "dimension_means" or "items": how an instrument's constructs are measured.
    estimator, missing, ordered, group, group_equal, std_lv: as in ``fit``. With several groups every effect stands
        once a group, and differences between groups have rows of their own; that comparison needs equal loadings.
    x, y, covariates: which variables start and end the paths; found from the model when not given.
    products: latent product → the pair of variables it multiplies, for a moderated path in model text. Products of an
        instrument's moderated model are built here from indicators by double mean centring.
    probes: moderator values on the latent scale; None takes its mean and ± 1 SD.
    draws, seed, workers, kind, progress: of ``Fit.bootstrap``; Monte Carlo draws use the same seed.
    intervals: any of percentile, basic, bc, bca, monte_carlo, delta, joint, aroian, goodman, or "all". bca costs one
        refit a row. The Wald and delta rows are always there.

    Returns
    -------
    :class:`Mediation` with ``.fit``. Inadmissible draws are kept; when there are any, percentile limits
    without them stand beside (method "percentile_admissible").

    Raises
    ------
    UsageError: MED021 (no path x → m → y), MED022, MED023 (a source that cannot be used), GEN00x; what ``fit``
    raises.
    """
    chosen = [
        name for name in chosen_methods(intervals) if name not in ("studentised", "bayes", "permutation")
    ]
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
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
    )
    fit = found.fit
    net = network(
        fit,
        x=_names(x) or found.x,
        y=_names(y) or found.y,
        covariates=_names(covariates) or found.covariates,
        products=products or found.products,
    )
    at = _probes(fit, net, probes)
    named = effects(net, at)
    work = _Work(fit, net, named, level, draws, seed)
    rows, notes = work.parametric_rows("monte_carlo" in chosen, chosen)
    drawn = [name for name in chosen if name in _rows.DRAWN]
    ledger: dict[str, Any] = {"requested": 0, "converged": 0, "inadmissible": 0, "failed": 0, "reasons": {}}
    sizes, table = work.monte_carlo_sizes(), None
    if drawn:
        run = fit.bootstrap(draws=draws, seed=seed, kind=kind, workers=workers, progress=progress)
        ledger = dict(run.ledger)
        more, said, sizes, table = work.bootstrap_rows(run, drawn)
        rows += more
        notes += said
    import pandas as pd

    if table is None:
        table = pd.DataFrame(work.simulated(), columns=[entry.key for entry, _ in named])
    return Mediation(
        kind="latent",
        spec=net.spec(),
        effects=pd.DataFrame(in_order(rows, [entry for entry, _ in named]), columns=list(_rows.COLUMNS)),
        coefficients=_paths(fit),
        equations=_explained(fit),
        sizes=sizes,
        draws=table,
        ledger=ledger,
        level=level,
        errors=fit.estimator,
        sample=fit.sample,
        seed=seed,
        notes=(Note("MED201", {}), *found.notes, *_about(net, fit), *notes, *fit.notes),
        probes=tuple(at),
        named=tuple(entry for entry, _ in named),
        found=work.found,
        fit=fit,
    )


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


class _Work:
    """Everything the rows of one analysis are computed from."""

    def __init__(
        self, fit: Fit, net: Network, named: list[tuple[Named, int]], level: float, draws: int, seed: int
    ) -> None:
        self.fit, self.net, self.level, self.draws, self.seed = fit, net, level, draws, seed
        self.named = [entry for entry, _ in named]
        self.groups = [group for _, group in named]
        count = len(fit.params)
        cov = np.zeros((count + 1, count + 1))
        cov[:count, :count] = np.asarray(fit.vcov)
        self.found = Coefficients(np.append(fit.params, 1.0), cov, np.full(count + 1, np.inf))
        self.point = _rows.points(self.found, self.named)
        self.sample_cov = _sample_cov(fit)
        self._simulated: Floats | None = None

    def theta(self, params: Floats) -> Floats:
        """(P + 1, D)."""
        return np.vstack([params.T, np.ones(len(params))])

    def simulated_params(self) -> Floats:
        """(draws, P) from the normal distribution of the estimates."""
        count = len(self.fit.params)
        pick = [Effect((((((k, 1.0),)),),)) for k in range(count)]
        return _rows.parametric(self.found, pick, self.draws, self.seed)

    def simulated(self) -> Floats:
        """(draws, E) effects of the simulated parameters."""
        if self._simulated is None:
            bare = [entry.bare for entry in self.named]
            self._simulated = _rows.parametric(self.found, bare, self.draws, self.seed)
        return self._simulated

    def parametric_rows(
        self, monte_carlo: bool, chosen: Sequence[str]
    ) -> tuple[list[dict[str, Any]], list[Note]]:
        """Wald rows of arrows, delta rows of the rest, and what needs no refits."""
        linear = [entry for entry in self.named if entry.kind in LINEAR]
        curved = [entry for entry in self.named if entry.kind not in LINEAR]
        rows = _rows.estimated(self.found, linear, self.level, "wald")
        rows += _rows.delta(self.found, curved, self.level)
        plain = [entry for entry in curved if entry.kind in ("indirect", "conditional_indirect")]
        notes: list[Note] = []
        if "joint" in chosen:
            rows += _rows.joint(self.found, plain)
        for method in ("aroian", "goodman"):
            if method in chosen:
                more, said = _rows.second_order(self.found, plain, self.level, method)
                rows, notes = rows + more, notes + said
        if monte_carlo:
            shown = self._shown()
            more, said = _rows.drawn(
                [self.named[k] for k in shown],
                self.point[shown],
                self.simulated()[:, shown],
                None,
                self.level,
                ["percentile"],
                name={"percentile": "monte_carlo"},
            )
            rows, notes = rows + more, notes + said
        return rows, notes

    def _shown(self) -> list[int]:
        return [k for k, entry in enumerate(self.named) if entry.kind not in ("a", "d", "b")]

    def bootstrap_rows(
        self, run: Any, methods: Sequence[str]
    ) -> tuple[list[dict[str, Any]], list[Note], pd.DataFrame, pd.DataFrame]:
        """Rows, notes, standardised effects and the frame of draws from a run of ``Fit.bootstrap``."""
        import pandas as pd

        names = list(self.fit.param_names)
        params = run.estimates[names].to_numpy(dtype=np.float64)
        bare = [entry.bare for entry in self.named]
        values = evaluate(self.theta(params), bare).T
        left_params = run.jackknife()[names].to_numpy(dtype=np.float64) if "bca" in methods else None
        left = None if left_params is None else evaluate(self.theta(left_params), bare).T
        shown = self._shown()
        subset = [self.named[k] for k in shown]
        rows, notes = _rows.drawn(
            subset,
            self.point[shown],
            values[:, shown],
            None if left is None else left[:, shown],
            self.level,
            methods,
        )
        admissible = run.status["admissible"].to_numpy(dtype=bool)
        if run.ledger["inadmissible"]:
            more, _ = _rows.drawn(
                subset,
                self.point[shown],
                np.where(admissible[:, None], values[:, shown], np.nan),
                None,
                self.level,
                ["percentile"],
                name={"percentile": "percentile_admissible"},
            )
            rows += more
            notes.append(Note("MED208", {"count": int(run.ledger["inadmissible"]), "draws": len(values)}))
        if run.ledger["failed"]:
            notes.append(Note("MED209", {"failed": int(run.ledger["failed"]), "requested": len(values)}))
        kept = [name for name in methods if name != "bca" or left_params is not None]
        sizes = self._sizes(values, left, params, left_params, kept, None)
        return rows, notes, sizes, pd.DataFrame(values, columns=[entry.key for entry in self.named])

    def monte_carlo_sizes(self) -> pd.DataFrame:
        """Standardised effects with Monte Carlo limits."""
        return self._sizes(
            self.simulated(), None, self.simulated_params(), None, ["percentile"], "monte_carlo"
        )

    def _sizes(
        self,
        values: Floats,
        left: Floats | None,
        params: Floats,
        left_params: Floats | None,
        methods: Sequence[str],
        shown_as: str | None,
    ) -> pd.DataFrame:
        import pandas as pd

        states = self.fit.layout.states
        chosen = [
            k
            for k, entry in enumerate(self.named)
            if not entry.at and not entry.kind.startswith(("diff", "index"))
        ]
        own = implied_sd(self.fit.compiled, self.fit.params[None, :], self.sample_cov)
        sd = implied_sd(self.fit.compiled, params, self.sample_cov)
        sd_left = None if left_params is None else implied_sd(self.fit.compiled, left_params, self.sample_cov)

        def scaled(part: Floats, spread: Floats, scale: str) -> Floats:
            out = np.empty((len(part), len(chosen)))
            for place, k in enumerate(chosen):
                entry, group = self.named[k], self.groups[k]
                start, end = states.index(entry.route[0]), states.index(entry.route[-1])
                top = spread[:, group, start] if scale == "std_xy" else 1.0
                out[:, place] = part[:, k] * top / spread[:, group, end]
            return out

        frames = []
        entries = [self.named[k] for k in chosen]
        for scale in ("std_xy", "std_y"):
            rows, _ = _rows.drawn(
                entries,
                scaled(self.point[None, :], own, scale)[0],
                scaled(values, sd, scale),
                None if left is None or sd_left is None else scaled(left, sd_left, scale),
                self.level,
                methods,
                name={"percentile": shown_as} if shown_as else None,
            )
            frames.append(pd.DataFrame(rows, columns=list(_rows.COLUMNS)).assign(scale=scale))
        table = pd.concat(frames, ignore_index=True)
        return table[["effect", "path", "scale", *_rows.COLUMNS[2:]]]


def _sample_cov(fit: Fit) -> Floats | None:
    if not len(fit.compiled.fixed_x):
        return None
    return np.array([sample.cov for sample in fit.task.samples])[None]


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
            sd = float(implied_sd(fit.compiled, fit.params[None, :], _sample_cov(fit))[0, 0, place])
            values = [-sd, 0.0, sd]
        chosen.append(values)
    return [dict(zip(net.moderators, values, strict=True)) for values in itertools.product(*chosen)]


def _about(net: Network, fit: Fit) -> list[Note]:
    out = []
    if net.products:
        out.append(Note("MED210", {"products": list(net.products)}))
    if len(net.groups) > 1 and "loadings" not in fit.options.group_equal:
        out.append(Note("MED211", {"groups": list(net.groups)}))
    return out


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
