"""The draws of a bootstrap: estimates, what became of each draw, statistics from the same draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages
from umkm_stats._threads import one_thread
from umkm_stats.kernels.draws import BLOCK
from umkm_stats.kernels.intervals import LEAST, quantile
from umkm_stats.kernels.sem.many.model import Mats, Plan, implied, matrices, plan
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import share
from umkm_stats.results import Note, SampleUsed, jsonable, reason_label, told
from umkm_stats.sem.draws._kernels import FAILURES, OK, SAMPLE_COVARIANCE, Batch, Improper
from umkm_stats.sem.draws._run import Engine, Progress, over_blocks, run
from umkm_stats.sem.draws._source import Source, left_out

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit

Statistic = Callable[["DrawBlock"], Any]


@dataclass(frozen=True, slots=True)
class DrawBlock:
    """D consecutive draws, as a statistic sees them. first: number of the first; params (D, P), NaN where a
    draw
    failed; names (P,); covs, means: per group sample moments (D, p, p) with divisor n and (D, p) of each
    draw."""

    first: int
    params: Floats
    names: tuple[str, ...]
    observed: tuple[str, ...]
    states: tuple[str, ...]
    model: Plan
    covs: tuple[Floats, ...]
    means: tuple[Floats, ...]

    def __len__(self) -> int:
        return len(self.params)

    def __getitem__(self, name: str) -> Floats:
        """(D,) estimates of a parameter."""
        return np.asarray(self.params[:, self.names.index(name)])

    def sample_cov(self, group: int = 0) -> Floats:
        """(D, p, p) sample covariances, divisor n, columns as ``observed``."""
        return self.covs[group]

    def sample_mean(self, group: int = 0) -> Floats:
        """(D, p) sample means."""
        return self.means[group]

    def matrices(self, group: int = 0) -> Mats:
        """Λ, Ψ, Θ, ν and Φ of each draw."""
        return matrices(self.model.groups[group], self.params, self.covs[group], self.means[group])

    def implied_cov(self, group: int = 0) -> Floats:
        """(D, p, p) covariances implied by the model."""
        return implied(self.model.groups[group], self.matrices(group))[0]


@dataclass(frozen=True, eq=False)
class Draws:
    """Result of ``Fit.bootstrap``.

    ``estimates`` (draws × parameters and ``:=`` quantities, NaN when a draw failed), ``status`` (converged,
    admissible, reason, chisq), ``ledger``; ``standardized() r2() htmt() ave() omega()`` of every draw;
    ``map(statistic)`` for any other; ``jackknife()`` for acceleration. Inadmissible draws that converged are
    kept.
    """

    fit: Fit
    kind: str
    seed: int | None
    workers: int
    source: Source
    engine: Engine
    batch: Batch

    def __len__(self) -> int:
        return len(self.batch.end)

    def __getitem__(self, name: str) -> Any:
        """One column of ``estimates``."""
        return self.estimates[name]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.estimates.to_numpy(dtype=dtype)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Columns of ``estimates``."""
        return (*self.fit.param_names, *self.fit.defined_names)

    @cached_property
    def point(self) -> Floats:
        """Estimates of the analysed sample, in the order of ``names``."""
        return np.asarray(self._with_defined(self.fit.params[None])[0])

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """(draws, P + k) estimates; row i is draw i."""
        import pandas as pd

        return pd.DataFrame(self._with_defined(self.batch.params), columns=list(self.names))

    def _with_defined(self, params: Floats) -> Floats:
        if not self.fit.defined_names:
            return params
        with np.errstate(all="ignore"):
            return np.asarray(np.concatenate([params, self.fit.defined(params)], axis=1), dtype=np.float64)

    @property
    def converged(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """(draws,) whether the draw was re-estimated to convergence."""
        return np.asarray(self.batch.end == OK)

    @property
    def admissible(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """(draws,) whether it converged, has no negative variance and no indefinite covariance matrix."""
        return np.asarray(self.converged & (self.batch.flags & 7 == 0))

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """(draws,) "" for a sound draw, else why it is inadmissible or failed."""
        names = Improper.of(self.fit, plan(self.fit.compiled)).names
        out: list[str] = []
        flat = self._constant_items()
        for draw, (end, flags, worst) in enumerate(
            zip(self.batch.end, self.batch.flags, self.batch.worst, strict=True)
        ):
            if draw in flat:
                out.append(f"constant_item:{flat[draw]}")
            elif end != OK:
                out.append(FAILURES[end])
            elif flags & 1:
                out.append(f"negative_variance:{names[worst]}")
            else:
                told = ((2, "latent_covariance"), (4, "residual_covariance"), (8, "categories_lost"))
                out.append(next((name for bit, name in told if flags & bit), ""))
        return tuple(out)

    def _constant_items(self) -> dict[int, str]:
        """Draws without a positive definite sample covariance matrix because an item had one value in every
        drawn row → that item."""
        stuck = np.flatnonzero(self.batch.end == SAMPLE_COVARIANCE)
        if not len(stuck):
            return {}
        names = self.fit.observed
        variance = self.map(
            lambda block: np.concatenate([np.diagonal(cov, axis1=1, axis2=2) for cov in block.covs], axis=1)
        ).to_numpy()[stuck]
        return {
            int(draw): names[int(np.argmax(row == 0)) % len(names)]
            for draw, row in zip(stuck, variance, strict=True)
            if (row == 0).any()
        }

    @cached_property
    def status(self) -> pd.DataFrame:
        """One row a draw: converged, admissible, reason, chisq (NaN under FIML)."""
        import pandas as pd

        columns = {"converged": self.converged, "admissible": self.admissible, "reason": self.reasons}
        return pd.DataFrame({**columns, "chisq": self.batch.x2})

    @cached_property
    def ledger(self) -> dict[str, Any]:
        """requested = converged + failed; inadmissible are among the converged; reasons count both kinds."""
        converged = int(self.converged.sum())
        reasons = Counter(reason for reason in self.reasons if reason)
        return {
            "requested": len(self),
            "converged": converged,
            "inadmissible": converged - int(self.admissible.sum()),
            "failed": len(self) - converged,
            "reasons": dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        }

    def map(
        self, statistic: Statistic, *, names: tuple[str, ...] | None = None, workers: int = 1
    ) -> pd.DataFrame:
        """A statistic of every draw, from the same draws.

        ``statistic(block: DrawBlock)`` returns (D,), (D, k), or a mapping or frame of columns; ``names`` (k,)
        names the columns of an array. The blocks are drawn again; nothing is re-estimated.
        """
        import pandas as pd

        parts: dict[int, Any] = {}
        jobs = self._blocks(statistic, workers)
        for block, found in jobs:
            parts[block] = found
        ordered = [parts[block] for block in sorted(parts)]
        if isinstance(ordered[0], Mapping):
            return pd.DataFrame({key: np.concatenate([part[key] for part in ordered]) for key in ordered[0]})
        if isinstance(ordered[0], pd.DataFrame):
            return pd.DataFrame(pd.concat(ordered, ignore_index=True))
        values = np.concatenate(
            [np.asarray(part, dtype=np.float64).reshape(len(part), -1) for part in ordered]
        )
        return pd.DataFrame(values, columns=None if names is None else list(names))

    def _blocks(self, statistic: Statistic, workers: int) -> Any:
        model = plan(self.fit.compiled)

        def job(source: Source, block: int) -> Any:
            wanted = source.wanted(block)
            covs: list[tuple[Floats, ...]] = []
            means: list[tuple[Floats, ...]] = []
            for first, size in source.parts(block):
                if first < wanted:
                    some = self.engine.kernel.moments(source.sample(block, first, size))
                    covs.append(some[0])
                    means.append(some[1])
            at = slice(block * BLOCK, block * BLOCK + wanted)
            return statistic(
                DrawBlock(
                    at.start,
                    self.batch.params[at],
                    self.fit.param_names,
                    self.fit.observed,
                    self.fit.layout.states,
                    model,
                    tuple(np.concatenate(entry)[:wanted] for entry in zip(*covs, strict=True)),
                    tuple(np.concatenate(entry)[:wanted] for entry in zip(*means, strict=True)),
                )
            )

        with one_thread():
            yield from over_blocks(job, self.source, workers=workers, processes=False)

    def standardized(self, kind: str = "std_all") -> pd.DataFrame:
        """Standardised solution of every draw, by the variances the model implies in that draw: one column a
        row of
        ``Fit.estimates``, named as there; NaN where a variance is negative or the draw failed."""
        from umkm_stats.sem.draws._measures import standardized

        return standardized(self, kind)

    def r2(self) -> pd.DataFrame:
        """Explained variance of every indicator and outcome, in every draw."""
        from umkm_stats.sem.draws._measures import r2

        return r2(self)

    def htmt(self, *, geometric: bool = False) -> pd.DataFrame:
        """Heterotrait–monotrait ratios of the latent variables' items (HTMT2 when ``geometric``), in every
        draw."""
        from umkm_stats.sem.draws._measures import htmt

        return htmt(self, geometric=geometric)

    def ave(self) -> pd.DataFrame:
        """Average variance extracted, unstandardised as semTools', in every draw."""
        from umkm_stats.sem.draws._measures import ave

        return ave(self)

    def omega(self) -> pd.DataFrame:
        """ω total with the draw's observed covariances, as semTools' ``compRelSEM``, in every draw."""
        from umkm_stats.sem.draws._measures import omega

        return omega(self)

    def one_step(self) -> pd.DataFrame:
        """Preview: one linear step from the sample's estimates for each draw. Not a re-estimation."""
        import pandas as pd

        parts: dict[int, Floats] = {}

        def job(source: Source, block: int) -> Floats:
            made = [self.engine.kernel.preview(source.sample(block, *part)) for part in source.parts(block)]
            return np.concatenate(made)[: source.wanted(block)]

        with one_thread():
            parts.update(over_blocks(job, self.source, workers=1, processes=False))
        values = np.concatenate([parts[block] for block in sorted(parts)])
        return pd.DataFrame(self._with_defined(values), columns=list(self.names))

    @cached_property
    def _left_out(self) -> Draws:
        return self._leaving_out(None)

    def _leaving_out(self, progress: Progress | None) -> Draws:
        source = left_out(self.fit.arrays, self.fit.clusters, self.fit.weights)
        count = self.fit.compiled.n_params
        batch = run(self.engine, source, count=count, workers=self.workers, progress=progress)
        return replace(self, kind="jackknife", seed=None, source=source, batch=batch)

    def jackknife(self, progress: Progress | None = None) -> Draws:
        """Leave-one-out estimates, for BCa: rows, or clusters where the fit has them; draws of their own, so
        that ``.estimates``, ``.standardized()`` and ``.map()`` work on them too.

        progress: called with (estimates done, estimates in all) while they are made.
        """
        if progress is not None and "_left_out" not in self.__dict__:
            self.__dict__["_left_out"] = self._leaving_out(progress)
        return self._left_out

    @cached_property
    def constants(self) -> dict[str, int]:
        """Item → number of failed draws in which all its answers are the same, most first."""
        from umkm_stats.sem.draws._still import constants

        return constants(self)

    @property
    def unit_groups(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """(draws,) of jackknife draws: number of the group, from 0, that lost a unit; empty for other
        draws."""
        groups = [np.full(len(np.unique(entry)), k) for k, entry in enumerate(self.source.units)]
        return np.concatenate(groups).astype(np.int64) if groups else np.zeros(0, dtype=np.int64)

    def fit_p(self) -> float:
        """Share of converged draws whose χ² reaches the sample's: the Bollen–Stine p-value for that kind of
        draws."""
        known = self.batch.x2[self.converged]
        return (
            float((known >= self.fit.x2).mean()) if len(known) and np.isfinite(known).all() else float("nan")
        )

    @property
    def sample(self) -> SampleUsed:
        """The rows of the fit."""
        return self.fit.sample

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What a reader of the draws must know."""
        ledger, found = self.ledger, []
        if not self.fit.converged:
            found.append(Note("SEM510"))
        if ledger["failed"]:
            found.append(Note("SEM511", {"failed": ledger["failed"], "requested": ledger["requested"]}))
        if self.constants:
            worst, count = next(iter(self.constants.items()))
            told = {"item": worst, "count": count, "requested": ledger["requested"]}
            found.append(Note("SEM451", {**told, "items": list(self.constants)}, column=worst))
        if 2 * ledger["converged"] < ledger["requested"]:
            found.append(Note("SEM452", {name: ledger[name] for name in ("converged", "requested")}))
        if ledger["inadmissible"]:
            found.append(Note("SEM512", {name: ledger[name] for name in ("inadmissible", "converged")}))
        if self.engine.looping:
            found.append(Note("SEM513", {"estimator": self.fit.estimator}))
        if self.kind == "parametric" and self.fit.clusters:
            found.append(Note("SEM514"))
        return tuple(found)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """One row a column of ``estimates``: label, est, mean, se (SD of the draws), ci_low, ci_high
        (percentile,
        normal-scale interpolation), draws_used."""
        import pandas as pd

        level = share("level", level)
        values = self.estimates.to_numpy()[self.converged]
        frame = pd.DataFrame({"label": list(self.names), "est": self.point})
        if len(values) < max(2.0, LEAST * len(self)):
            return frame.assign(mean=np.nan, se=np.nan, ci_low=np.nan, ci_high=np.nan, draws_used=len(values))
        limits = quantile(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
        frame["mean"], frame["se"] = values.mean(axis=0), values.std(axis=0, ddof=1)
        frame["ci_low"], frame["ci_high"], frame["draws_used"] = limits[0], limits[1], len(values)
        return frame

    def glance(self) -> pd.DataFrame:
        """One row: kind, seed and the ledger's counts."""
        import pandas as pd

        counts = {key: value for key, value in self.ledger.items() if key != "reasons"}
        return pd.DataFrame([{"kind": self.kind, "seed": self.seed, **counts}])

    def summary(self, lang: str = "en") -> str:
        """The ledger in words, then the notes."""
        counts = {key: value for key, value in self.ledger.items() if key != "reasons"}
        key = "draws.head" if self.source.rows is None and self.seed is not None else "draws.given"
        if self.kind == "jackknife":
            key = "draws.left_out"
        kind = messages.text(f"draws.kind.{self.kind}", lang)
        lines = [
            messages.text(key, lang, kind=kind, seed=str(self.seed)),
            messages.text("draws.ledger", lang, **counts),
        ]
        for reason, count in self.ledger["reasons"].items():
            code, _, name = reason.partition(":")
            said = f"{reason_label(code, lang)} {name}".strip()
            lines.append(messages.text("draws.reason", lang, reason=said, count=count))
        return "\n".join([*lines, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values: kind, seed, ledger, the table of ``tidy``, notes."""
        return {
            "kind": self.kind,
            "seed": self.seed,
            "ledger": jsonable(self.ledger),
            "estimates": jsonable(self.tidy()),
            "notes": jsonable(list(self.notes)),
        }
