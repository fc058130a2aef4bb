"""The rows of an analysis of a fitted model: from its estimates, their covariance, and its draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.effects import Effect, evaluate
from umkm_stats.kernels.mediation.latent import implied_sd
from umkm_stats.mediation import _rows
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._inference import LeftOut
from umkm_stats.mediation._network import Network
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit

Floats = NDArray[np.float64]
LINEAR = ("a", "d", "b", "direct", "conditional_direct", "difference_direct")


class Work:
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
        self.sample_cov = sample_cov(fit)
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
    ) -> tuple[list[dict[str, Any]], list[Note], pd.DataFrame, pd.DataFrame, LeftOut | None]:
        """Rows, notes, standardised effects and the frame of draws from a run of ``Fit.bootstrap``."""
        import pandas as pd

        names = list(self.fit.param_names)
        jackknife = run.jackknife() if "bca" in methods else None
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
        spread = (self.spread(run), None if jackknife is None else self.spread(jackknife))
        sizes = self._sizes(values, left, spread, methods, None)
        table = pd.DataFrame(values, columns=[entry.key for entry in self.named])
        return rows, notes, sizes, table, None if left is None else LeftOut(left, None)

    def spread(self, run: Any) -> Floats:
        """(D, G, m) implied SDs of the states in every draw of a run, by the draw's own moments."""
        if self.sample_cov is None:
            names = list(self.fit.param_names)
            return implied_sd(self.fit.compiled, run.estimates[names].to_numpy(dtype=np.float64))
        groups, m = self.fit.compiled.n_groups, self.fit.compiled.n_latent

        def sds(block: Any) -> Floats:
            parts = [np.einsum("dii->di", block.matrices(group).phi) for group in range(groups)]
            with np.errstate(invalid="ignore"):
                return np.asarray(np.sqrt(np.concatenate(parts, axis=1)), dtype=np.float64)

        return np.asarray(run.map(sds).to_numpy(dtype=np.float64).reshape(-1, groups, m), dtype=np.float64)

    def monte_carlo_sizes(self) -> pd.DataFrame:
        """Standardised effects with Monte Carlo limits."""
        spread = implied_sd(self.fit.compiled, self.simulated_params(), self.sample_cov)
        return self._sizes(self.simulated(), None, (spread, None), ["percentile"], "monte_carlo")

    def _sizes(
        self,
        values: Floats,
        left: Floats | None,
        spread: tuple[Floats, Floats | None],
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
        sd, sd_left = spread

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


def sample_cov(fit: Fit) -> Floats | None:
    """(1, G, p, p) sample covariances when exogenous observed variables take their moments from them."""
    if not len(fit.compiled.fixed_x):
        return None
    return np.array([sample.cov for sample in fit.task.samples])[None]
