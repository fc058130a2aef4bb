"""What a fitted model offers to the interval methods: its estimates, their covariance, its draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.intervals import LEAST, SURE
from umkm_stats.kernels.mediation.effects import Effect, evaluate
from umkm_stats.kernels.mediation.latent import implied_sd
from umkm_stats.mediation import _rows
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._pipeline import NO_DRAWS, Cases, LeftOut, Part, Request, Scale
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.sem import Fit

Floats = NDArray[np.float64]
TOLD = 20_000  # rows above which leaving each out takes long enough to tell of it
LINEAR = ("a", "d", "b", "direct", "conditional_direct", "difference_direct")


@dataclass(frozen=True, slots=True)
class FitMaterial:
    """A fit and its effects; ``groups``: the number of each effect's group. resampling: kind of draws."""

    fit: Fit
    named: Sequence[Named]
    groups: Sequence[int]
    found: Coefficients
    resampling: str
    test: str = field(default="wald", init=False)

    @property
    def own(self) -> Mapping[str, Callable[[Sequence[Named], Request], Part]]:
        """None."""
        return {}

    @property
    def scales(self) -> tuple[Scale, ...]:
        """All but conditional effects, indices and differences."""
        plain = [
            k
            for k, entry in enumerate(self.named)
            if not entry.at and not entry.kind.startswith(("diff", "index"))
        ]
        return tuple(Scale(k, name) for name in ("std_xy", "std_y") for k in plain)

    def is_linear(self, entry: Named) -> bool:
        """Whether the effect is one coefficient or a weighted sum of them."""
        return entry.kind in LINEAR

    def cases(self, request: Request) -> Cases | None:
        """Draws of ``Fit.bootstrap``, whose units within groups are strata."""
        if not request.drawn:
            return None
        run = self.fit.bootstrap(
            draws=request.draws,
            seed=request.seed,
            rows=request.rows,
            kind=self.resampling,
            workers=request.workers,
            progress=request.progress,
        )
        left = None
        if request.jackknife:
            units = sum(len(rows) for rows in self.fit.arrays)
            out = run.jackknife(request.progress if units > TOLD else None)
            strata = out.unit_groups if len(self.fit.arrays) > 1 else None
            left = LeftOut(self._effects(out), strata, self._spread(out))
        ledger, count = run.ledger, len(run.estimates)
        notes = []
        if ledger["inadmissible"]:
            notes.append(Note("MED208", {"count": int(ledger["inadmissible"]), "draws": count}))
        if ledger["failed"]:
            notes.append(Note("MED209", {"failed": int(ledger["failed"]), "requested": count}))
        notes += [note for note in run.notes if note.code == "SEM451"]
        if ledger["requested"] * LEAST <= ledger["converged"] < ledger["requested"] * SURE:
            notes.append(Note("SEM453", {name: ledger[name] for name in ("converged", "requested")}))
        return Cases(
            self._point(),
            self._effects(run),
            left,
            self._spread(run),
            self._own_spread(),
            run.status["admissible"].to_numpy(dtype=bool) if ledger["inadmissible"] else None,
            dict(ledger),
            tuple(notes),
        )

    def simulated(self, request: Request) -> Cases:
        """Draws from the normal distribution of the estimates."""
        single = [Effect((((((k, 1.0),)),),)) for k in range(len(self.fit.params))]
        params = _rows.parametric(self.found, single, request.draws, request.seed)
        bare = [entry.bare for entry in self.named]
        values = _rows.parametric(self.found, bare, request.draws, request.seed)
        spread = _flat(implied_sd(self.fit.compiled, params, sample_cov(self.fit)))
        return Cases(self._point(), values, None, spread, self._own_spread(), None, dict(NO_DRAWS))

    def errors(self, effects: Sequence[Named], request: Request) -> None:
        """A draw of a fitted model has no standard errors."""

    def factor(self, scale: Scale, spread: Floats) -> Floats:
        """SD of the start over SD of the end, implied by the model of every draw."""
        states, entry = self.fit.layout.states, self.named[scale.effect]
        first = self.groups[scale.effect] * len(states)
        start, end = (first + states.index(name) for name in (entry.route[0], entry.route[-1]))
        top = spread[:, start] if scale.name == "std_xy" else 1.0
        return np.asarray(top / spread[:, end], dtype=np.float64)

    def _point(self) -> Floats:
        return _rows.points(self.found, self.named)

    def _effects(self, run: Any) -> Floats:
        """(D, E) effects in the draws of a run."""
        bare = [entry.bare for entry in self.named]
        parts = [
            evaluate(np.vstack([params.T, np.ones(len(params))]), bare).T
            for params in _pieces(run.batch.params)
        ]
        return np.concatenate(parts)

    def _spread(self, run: Any) -> Floats:
        """(D, G·m) implied SDs of the states in every draw of a run, by the draw's own moments."""
        if sample_cov(self.fit) is None:
            return np.concatenate(
                [_flat(implied_sd(self.fit.compiled, params)) for params in _pieces(run.batch.params)]
            )
        groups = self.fit.compiled.n_groups

        def sds(block: Any) -> Floats:
            parts = [np.einsum("dii->di", block.matrices(group).phi) for group in range(groups)]
            with np.errstate(invalid="ignore"):
                return np.asarray(np.sqrt(np.concatenate(parts, axis=1)), dtype=np.float64)

        return np.asarray(run.map(sds).to_numpy(dtype=np.float64), dtype=np.float64)

    def _own_spread(self) -> Floats:
        return _flat(implied_sd(self.fit.compiled, self.found.theta[None, :-1], sample_cov(self.fit)))


PIECE = 2048  # draws whose model matrices stand in memory at once


def _pieces(params: Floats) -> Iterator[Floats]:
    return (params[first : first + PIECE] for first in range(0, max(len(params), 1), PIECE))


def _flat(spread: Floats) -> Floats:
    return spread.reshape(len(spread), -1)


def fit_material(fit: Fit, named: Sequence[tuple[Named, int]], resampling: str) -> FitMaterial:
    """The material of a fit; a constant 1 stands behind its parameters for fixed arrows. Where the search did
    not converge a parameter has no value.
    """
    count = len(fit.params)
    cov = np.zeros((count + 1, count + 1))
    cov[:count, :count] = np.asarray(fit.vcov)
    theta = fit.params if fit.converged else np.full(count, np.nan)
    found = Coefficients(np.append(theta, 1.0), cov, np.full(count + 1, np.inf))
    return FitMaterial(fit, [entry for entry, _ in named], [group for _, group in named], found, resampling)


def sample_cov(fit: Fit) -> Floats | None:
    """(1, G, p, p) sample covariances when exogenous observed variables take their moments from them."""
    if not len(fit.compiled.fixed_x):
        return None
    return np.array([sample.cov for sample in fit.task.samples])[None]
