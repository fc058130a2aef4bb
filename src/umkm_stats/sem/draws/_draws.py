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
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.many.model import Mats, Plan, implied, matrices, plan
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import share
from umkm_stats.results import Note, SampleUsed, jsonable, reason_label, told
from umkm_stats.sem.draws._kernels import FAILURES, OK, SAMPLE_COVARIANCE, Batch, Improper
from umkm_stats.sem.draws._run import Engine, Progress, over_blocks, run
from umkm_stats.sem.draws._source import Source, left_out

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.kernels.sem.one.problem import Problem
    from umkm_stats.sem._fit import Fit

Statistic = Callable[["DrawBlock"], Any]


@dataclass(frozen=True, slots=True)
class DrawBlock:
    """Consecutive draws, as a statistic sees them; ``block["a"]`` is one parameter in each.

    Attributes
    ----------
    first : int
        Number of the first draw.
    params : array of float
        (draws, parameters), NaN where a draw failed.
    names : tuple of str
        The parameters.
    observed : tuple of str
        The observed variables.
    states : tuple of str
        Observed and latent variables, in the order of the model's matrices.
    model : Plan
        Where each parameter stands in these matrices.
    covs : tuple of array of float
        One (draws, observed, observed) array a group: sample covariances of each draw, divisor n.
    means : tuple of array of float
        One (draws, observed) array a group.
    task : Problem, optional
        What the fit minimised; of ordinal items it knows the scales in which their responses are shown.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.draws().map(lambda block: block.params[:, :2], names=("first", "second")).shape
    (50, 2)
    """

    first: int
    params: Floats
    names: tuple[str, ...]
    observed: tuple[str, ...]
    states: tuple[str, ...]
    model: Plan
    covs: tuple[Floats, ...]
    means: tuple[Floats, ...]
    task: Problem | None = None

    def __len__(self) -> int:
        return len(self.params)

    def __getitem__(self, name: str) -> Floats:
        """(D,) estimates of a parameter."""
        return np.asarray(self.params[:, self.names.index(name)])

    def sample_cov(self, group: int = 0) -> Floats:
        """Sample covariances of each draw, an array (draws, observed, observed), divisor n.

        Parameters
        ----------
        group : int, default 0
            Number of the group, from 0.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.draws().map(lambda block: block.sample_cov()[:, 0, 1], names=("cov",))
        >>> found.mean().round(3).to_dict()
        {'cov': 0.767}
        """
        return self.covs[group]

    def sample_mean(self, group: int = 0) -> Floats:
        """Sample means of each draw, an array (draws, observed).

        Parameters
        ----------
        group : int, default 0
            Number of the group, from 0.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().map(lambda block: block.sample_mean()).shape
        (50, 9)
        """
        return self.means[group]

    def matrices(self, group: int = 0) -> Mats:
        """Λ, Ψ, Θ, ν and Φ of each draw.

        Parameters
        ----------
        group : int, default 0
            Number of the group, from 0.

        Returns
        -------
        Mats
            ``lam`` (draws, observed, latent), ``psi`` and ``phi`` (draws, latent, latent), ``theta``, ``nu``,
            ….

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.draws().map(lambda block: block.matrices().lam[:, 1, 0], names=("OI2",))
        >>> found.mean().round(3).to_dict()
        {'OI2': 0.946}
        """
        return matrices(self.model.groups[group], self.params, self.covs[group], self.means[group])

    def implied_cov(self, group: int = 0) -> Floats:
        """Covariances implied by the model in each draw, an array (draws, observed, observed).

        Those of ordinal items are in the scale of ``sample_cov`` and of ``Fit.implied``: latent responses of
        variance 1 given the exogenous variables, whatever the parameterisation or the scales of groups.

        Parameters
        ----------
        group : int, default 0
            Number of the group, from 0.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.draws().map(lambda block: block.implied_cov()[:, 0, 1], names=("cov",))
        >>> found.mean().round(3).to_dict()
        {'cov': 0.762}
        """
        found = np.asarray(implied(self.model.groups[group], self.matrices(group))[0])
        if not isinstance(self.task, OrdinalProblem) or not self.task.rescaled:
            return found
        task, scales = self.task, np.full((len(self), len(self.observed)), np.nan)
        for draw, params in enumerate(self.params):
            if np.isfinite(found[draw]).all():
                scales[draw] = np.real(task.shown_scales(params, group, task.states(params)[group]))
        return np.asarray(found * scales[:, :, None] * scales[:, None, :])


@dataclass(frozen=True, eq=False)
class Draws:
    """The draws of a bootstrap: what ``Fit.bootstrap`` returns.

    Inadmissible draws that converged are kept. ``draws["a"]`` is a column of ``estimates``, ``len(draws)``
    their number.

    Attributes
    ----------
    fit : Fit
        The fit that was drawn from.
    kind : str
        "ordinary", "parametric", "bollen-stine" or "jackknife".
    seed : int or None
        Of the draws; None when rows were given.
    workers : int
        Threads or processes that were used.
    source : Source
        How each draw is made again.
    engine : Engine
        What estimates the draws.
    batch : Batch
        Parameters of every draw and how each ended.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.fit().bootstrap(draws=50, seed=1).tidy()
    >>> found.query("label == 'indirect'")[["est", "se", "ci_low"]].round(3).to_dict("records")
    [{'est': 0.216, 'se': 0.065, 'ci_low': 0.085}]
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
        """Columns of ``estimates``: parameters, then ``:=`` quantities.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().names[-1]
        'indirect'
        """
        return (*self.fit.param_names, *self.fit.defined_names)

    @cached_property
    def point(self) -> Floats:
        """Estimates of the analysed sample, an array in the order of ``names``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().point.shape
        (22,)
        """
        return np.asarray(self._with_defined(self.fit.params[None])[0])

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Estimates of every draw.

        Returns
        -------
        pandas.DataFrame
            (draws, parameters and ``:=`` quantities); row i is draw i, NaN where it failed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().estimates["indirect"].head(2).round(3).tolist()
        [0.248, 0.249]
        """
        import pandas as pd

        return pd.DataFrame(self._with_defined(self.batch.params), columns=list(self.names))

    def _with_defined(self, params: Floats) -> Floats:
        if not self.fit.defined_names:
            return params
        with np.errstate(all="ignore"):
            return np.asarray(np.concatenate([params, self.fit.defined(params)], axis=1), dtype=np.float64)

    @property
    def converged(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each draw was re-estimated to convergence, an array (draws,).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> int(examples.draws().converged.sum())
        50
        """
        return np.asarray(self.batch.end == OK)

    @property
    def admissible(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each draw is admissible, an array (draws,).

        It converged, and has no negative variance and no indefinite covariance matrix.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> int(examples.draws().admissible.sum())
        50
        """
        return np.asarray(self.converged & (self.batch.flags & 7 == 0))

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why each draw failed or is inadmissible; "" for a sound one.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> set(examples.draws().reasons)
        {''}
        """
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
        """What became of each draw.

        Returns
        -------
        pandas.DataFrame
            One row a draw: converged, admissible, reason, chisq (NaN under FIML).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().status.round(2).to_dict("records")[0]
        {'converged': True, 'admissible': True, 'reason': '', 'chisq': 36.52}
        """
        import pandas as pd

        columns = {"converged": self.converged, "admissible": self.admissible, "reason": self.reasons}
        return pd.DataFrame({**columns, "chisq": self.batch.x2})

    @cached_property
    def ledger(self) -> dict[str, Any]:
        """How many draws were requested, converged and failed.

        requested = converged + failed; inadmissible ones are among the converged; ``reasons`` counts both
        kinds.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().ledger
        {'requested': 50, 'converged': 50, 'inadmissible': 0, 'failed': 0, 'reasons': {}}
        """
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

        The blocks are drawn again; nothing is re-estimated.

        Parameters
        ----------
        statistic : callable
            Takes a ``DrawBlock`` of D draws and returns an array (D,) or (D, k), or a mapping or frame of
            columns.
        names : tuple of str, optional
            K names of the columns of an array.
        workers : int, default 1
            threads.

        Returns
        -------
        pandas.DataFrame
            (draws, k).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.draws().map(lambda block: block["a"] - block["b"], names=("difference",))
        >>> found.std().round(3).to_dict()
        {'difference': 0.146}
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
                    self.fit.task,
                )
            )

        with one_thread():
            yield from over_blocks(job, self.source, workers=workers, processes=False)

    def standardized(self, kind: str = "std_all") -> pd.DataFrame:
        """Standardised solution of every draw, by the variances the model implies in that draw.

        Parameters
        ----------
        kind : str, default "std_all"
            "std_all", "std_lv" or "std_nox", as in ``Fit.standardized``.

        Returns
        -------
        pandas.DataFrame
            One column a row of ``Fit.estimates``, named as there; NaN where a variance is negative or the
            draw failed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().standardized().shape
        (50, 25)
        """
        from umkm_stats.sem.draws._measures import standardized

        return standardized(self, kind)

    def r2(self) -> pd.DataFrame:
        """Explained variance of every indicator and outcome, in every draw.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().r2()["BP"].mean().round(3).item()
        0.399
        """
        from umkm_stats.sem.draws._measures import r2

        return r2(self)

    def htmt(self, *, geometric: bool = False) -> pd.DataFrame:
        """Heterotrait–monotrait ratios of the latent variables' items, in every draw.

        Parameters
        ----------
        geometric : bool, default False
            HTMT2, of geometric means.

        Returns
        -------
        pandas.DataFrame
            (draws, pairs of latent variables).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().htmt().shape
        (50, 3)
        """
        from umkm_stats.sem.draws._measures import htmt

        return htmt(self, geometric=geometric)

    def ave(self) -> pd.DataFrame:
        """Average variance extracted, unstandardised as semTools', in every draw.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().ave().mean().round(3).to_dict()
        {'OI': 0.572, 'IP': 0.583, 'BP': 0.515}
        """
        from umkm_stats.sem.draws._measures import ave

        return ave(self)

    def omega(self) -> pd.DataFrame:
        """ω total with the draw's observed covariances, as semTools' ``compRelSEM``, in every draw.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().omega().mean().round(3).to_dict()
        {'OI': 0.8, 'IP': 0.804, 'BP': 0.753}
        """
        from umkm_stats.sem.draws._measures import omega

        return omega(self)

    def one_step(self) -> pd.DataFrame:
        """Preview: one linear step from the sample's estimates for each draw; not a re-estimation.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().one_step().shape
        (50, 22)
        """
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
        """Leave-one-out estimates, for BCa: rows, or clusters where the fit has them.

        They are draws of their own, so that ``.estimates``, ``.standardized()`` and ``.map()`` work on them
        too.

        Parameters
        ----------
        progress : callable, optional
            Called with (estimates done, estimates in all) while they are made.

        Returns
        -------
        Draws
            One a row.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> len(examples.draws().jackknife())
        200
        """
        if progress is not None and "_left_out" not in self.__dict__:
            self.__dict__["_left_out"] = self._leaving_out(progress)
        return self._left_out

    @cached_property
    def constants(self) -> dict[str, int]:
        """Item → number of failed draws in which all its answers are the same, most first.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().constants
        {}
        """
        from umkm_stats.sem.draws._still import constants

        return constants(self)

    @property
    def unit_groups(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Number of the group, from 0, that lost a unit in each jackknife draw.

        An array (draws,), empty for other draws.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().unit_groups.shape
        (0,)
        """
        groups = [np.full(len(np.unique(entry)), k) for k, entry in enumerate(self.source.units)]
        return np.concatenate(groups).astype(np.int64) if groups else np.zeros(0, dtype=np.int64)

    def fit_p(self) -> float:
        """Share of converged draws whose χ² reaches the sample's: the Bollen–Stine p-value.

        Returns
        -------
        float
            Meaningful for draws of kind "bollen-stine"; NaN where a draw has no χ².

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().bootstrap(draws=50, seed=1, kind="bollen-stine").fit_p()
        0.82
        """
        known = self.batch.x2[self.converged]
        return (
            float((known >= self.fit.x2).mean()) if len(known) and np.isfinite(known).all() else float("nan")
        )

    @property
    def sample(self) -> SampleUsed:
        """The rows of the fit.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().sample.used
        200
        """
        return self.fit.sample

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What a reader of the draws must know: failed, inadmissible, constant items.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().notes
        ()
        """
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
        """Estimate, mean, standard error and percentile limits of every parameter.

        Parameters
        ----------
        level : float, default 0.95
            Of the limits.

        Returns
        -------
        pandas.DataFrame
            Columns label, est, mean, se (SD of the draws), ci_low, ci_high (normal-scale interpolation),
            draws_used.

        Raises
        ------
        UsageError
            GEN004 (the level).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.draws().tidy(level=0.9)
        >>> found.query("label == 'a'")[["est", "ci_low", "ci_high"]].round(3).to_dict("records")
        [{'est': 0.523, 'ci_low': 0.361, 'ci_high': 0.683}]
        """
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
        """The draws in one row.

        Returns
        -------
        pandas.DataFrame
            Columns kind, seed, requested, converged, inadmissible, failed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.draws().glance().to_dict("records")
        [{'kind': 'ordinary', 'seed': 1, 'requested': 50, 'converged': 50, 'inadmissible': 0, 'failed': 0}]
        """
        import pandas as pd

        counts = {key: value for key, value in self.ledger.items() if key != "reasons"}
        return pd.DataFrame([{"kind": self.kind, "seed": self.seed, **counts}])

    def summary(self, lang: str = "en") -> str:
        """The ledger in words, then the notes.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.draws().summary())
        Bootstrap (rows drawn with replacement), seed 1
        50 draws requested, 50 converged, 0 of them inadmissible, 0 failed
        """
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
        """Plain values: kind, seed, ledger, the table of ``tidy``, notes.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.draws().to_dict())
        ['estimates', 'kind', 'ledger', 'notes', 'seed']
        """
        return {
            "kind": self.kind,
            "seed": self.seed,
            "ledger": jsonable(self.ledger),
            "estimates": jsonable(self.tidy()),
            "notes": jsonable(list(self.notes)),
        }
