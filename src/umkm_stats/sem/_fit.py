"""The result of ``fit``. Nothing is computed before it is asked for, except what tells whether the fit is
sound."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages
from umkm_stats.kernels.sem.one.problem import Point, Problem
from umkm_stats.kernels.sem.structure import Floats, Ints, Structure
from umkm_stats.results import Note, SampleUsed, jsonable, told
from umkm_stats.sem._pictured import Pictured
from umkm_stats.sem.estimate._compile import Compiled
from umkm_stats.sem.estimate._search import Found, moment_count
from umkm_stats.sem.estimators import ESTIMATORS, Estimator, under_clusters
from umkm_stats.sem.inference._headline import Headline, headline
from umkm_stats.sem.inference._printed import NamedMatrix
from umkm_stats.sem.text._table import ParameterTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Options:
    """The call, resolved."""

    model: str
    estimator: str
    missing: str
    group: str | None
    group_equal: tuple[str, ...]
    group_partial: tuple[str, ...]
    std_lv: bool
    fixed_x: bool
    cluster: str | None
    bounds: str | None
    information: str
    group_labels: tuple[str, ...]
    growth: bool = False
    orthogonal: bool = False
    effect_coding: bool = False
    parameterization: str = "delta"
    sampling_weights: str | None = None
    told: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values; switches that are off are left out."""
        rare = {"growth": False, "orthogonal": False, "effect_coding": False, "parameterization": "delta"}
        rare["sampling_weights"] = None
        names = [name for name in Options.__slots__ if name != "told"]
        kept = [name for name in names if name not in rare or getattr(self, name) != rare[name]]
        return {name: jsonable(getattr(self, name)) for name in kept}

    def call(self) -> dict[str, Any]:
        """The arguments of ``fit`` that make the same model again, apart from text and data."""
        names = (
            "estimator",
            "missing",
            "group",
            "group_equal",
            "group_partial",
            "std_lv",
            "fixed_x",
            "cluster",
        )
        more = ("bounds", "information", "growth", "orthogonal", "effect_coding")
        last = ("parameterization", "sampling_weights")
        return {name: getattr(self, name) for name in (*names, *more, *last)}


@dataclass(frozen=True, eq=False)
class Fit(Pictured):
    """A fitted model.

    ``estimates`` (lhs op rhs group label free est se z p ci_low ci_high std_lv std_all), ``indices``
    (lavaan's names with "_"), ``standardized() implied() residuals() modification_indices() factor_scores()
    cross_check() bootstrap()``, ``notes``, ``table`` (the parameter table). Arrays: ``params`` (P,), ``vcov``
    (P,P), ``free`` (q,), ``arrays`` one (N_g,p) a group.
    """

    options: Options
    layout: Compiled
    arrays: tuple[Floats, ...]
    rows: tuple[Ints, ...]
    clusters: tuple[Ints, ...]
    task: Problem
    found: Found
    sample: SampleUsed
    weights: tuple[Floats, ...] = ()
    seed: int | None = None

    @property
    def compiled(self) -> Structure:
        """The structure of the kernels."""
        return self.layout.structure

    @property
    def point(self) -> Point:
        """Value, states and slopes at the solution."""
        point = self.found.optimum.point
        assert point is not None
        return point

    @property
    def table(self) -> ParameterTable:
        """The parameter table."""
        return self.layout.table

    @property
    def method(self) -> Estimator:
        """The line of the table of estimators."""
        line = ESTIMATORS[self.options.estimator]
        return under_clusters(line) if self.options.cluster is not None else line

    @property
    def estimator(self) -> str:
        return self.options.estimator

    @property
    def information(self) -> str:
        return self.options.information

    @property
    def missing(self) -> str:
        return self.options.missing

    @property
    def converged(self) -> bool:
        """Whether the search ended at an optimum."""
        return self.found.optimum.converged

    @property
    def iterations(self) -> int:
        return self.found.optimum.iterations

    @property
    def group_labels(self) -> tuple[str, ...]:
        return self.options.group_labels

    @property
    def observed(self) -> tuple[str, ...]:
        """Observed variables, in the order of the columns of ``arrays``."""
        return self.layout.observed

    @property
    def latent(self) -> tuple[str, ...]:
        """Latent variables of the model text."""
        return self.table.variables.latent

    @property
    def params(self) -> Floats:
        """(P,) estimates of the parameters, in the order of ``param_names``."""
        return self.point.params

    @property
    def param_names(self) -> tuple[str, ...]:
        return self.table.names

    @property
    def free(self) -> Floats:
        """(q,) coordinates after equality constraints: params = basis @ free + offset."""
        structure = self.compiled
        return np.asarray(structure.basis.T @ (self.params - structure.offset), dtype=np.float64)

    @property
    def n(self) -> int:
        """Rows used."""
        return self.task.n

    @property
    def df(self) -> int:
        """Degrees of freedom: moments minus free directions."""
        return moment_count(self.task) - self.compiled.n_free

    @property
    def x2(self) -> float:
        """χ² of the discrepancy, before any correction."""
        if any(sample.base != sample.base for sample in self.task.samples):
            return math.nan
        pairs = zip(self.task.samples, self.point.found, strict=True)
        return max(sum((sample.n - self.method.less) * found.value for sample, found in pairs), 0.0)

    @cached_property
    def baseline(self) -> tuple[Problem, Point]:
        """The baseline model, fitted: its task and its optimum."""
        from umkm_stats.sem.inference._baseline import fitted_baseline

        return fitted_baseline(self)

    @cached_property
    def vcov(self) -> NamedMatrix:
        """(P,P) covariance of the estimates; NaN where it does not exist. Called, ``vcov()``, it is a frame
        with the names of the parameters."""
        from umkm_stats.sem.inference._estimates import covariance

        return NamedMatrix(covariance(self), self.param_names)

    @property
    def defined_names(self) -> tuple[str, ...]:
        """Names left of ``:=``."""
        return tuple(entry.name for entry in self.table.definitions)

    @cached_property
    def defined(self) -> Callable[[Floats], Floats]:
        """Function from parameters (D,P) to the ``:=`` quantities (D,k)."""
        from umkm_stats.sem.inference._values import Defined

        return Defined(self.table)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """One row a parameter and a ``:=`` quantity; fixed parameters have standard error 0."""
        from umkm_stats.sem.inference._estimates import estimates

        return estimates(self)

    @cached_property
    def indices(self) -> dict[str, float]:
        """χ², df, p, CFI, TLI, RMSEA … by lavaan's names with "_" for "."; NaN but for the counts when the
        search did not converge."""
        from umkm_stats.sem.inference._indices import indices, no_indices

        return indices(self) if self.converged else no_indices(self)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What a reader must know: Heywood cases, convergence, identification, small samples."""
        from umkm_stats.sem.inference._notes import notes

        return notes(self)

    def standardized(self, kind: str = "std_all") -> pd.DataFrame:
        """Standardised solution with delta standard errors; kind "all", "lv" or "nox" (exogenous observed
        variables in their units); "std_all", "std_lv" and "std_nox" are the same."""
        from umkm_stats.sem.inference._standard import standardized

        return standardized(self, kind)

    def r2(self) -> pd.DataFrame:
        """Explained variance of every indicator and outcome: columns group, item, r2."""
        from umkm_stats.sem.inference._standard import explained

        return explained(self)

    def implied(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Group label → {"cov": (p,p), "mean": (p,1), "cov_lv": (m,m)} implied by the model."""
        from umkm_stats.sem.inference._residuals import implied

        return implied(self)

    def residuals(self, kind: str = "raw") -> dict[str, dict[str, pd.DataFrame]]:
        """Sample minus implied moments, by group; kind "raw", "cor.bentler" (or "correlation"), "cor.bollen",
        "normalized" or "standardized" (with delta SEs)."""
        from umkm_stats.sem.inference._residuals import residuals

        return residuals(self, kind)

    def modification_indices(self, *, minimum: float = 0.0) -> pd.DataFrame:
        """Score tests of fixed and absent parameters with expected changes, largest first."""
        from umkm_stats.sem.inference._modification import modification_indices

        return modification_indices(self, minimum=minimum)

    def factor_scores(self, method: str = "regression") -> pd.DataFrame:
        """(N, latent) scores of the rows used, in data order; method "regression" or "bartlett"."""
        from umkm_stats.sem.inference._scores import factor_scores

        return factor_scores(self, method)

    def score_test(self) -> pd.DataFrame:
        """Which equality to free: score tests of shared labels and ``==`` lines."""
        from umkm_stats.sem.inference._hypotheses import score_test

        return score_test(self)

    def wald(self, constraints: str) -> pd.DataFrame:
        """Wald test of ``==`` lines on labels, all at once: chisq, df, p."""
        from umkm_stats.sem.inference._hypotheses import wald

        return wald(self, constraints)

    def simulate(self, n: int, seed: int | None = None) -> pd.DataFrame:
        """n rows (of each group) from the model; ``attrs["seed"]`` holds the seed."""
        from umkm_stats.sem.inference._prediction import simulate

        return simulate(self, n, seed)

    def predict(self, data: Any = None, *, y: Any = None) -> pd.DataFrame:
        """Expected values of observed outcomes given the other observed variables."""
        from umkm_stats.sem.inference._prediction import predict

        return predict(self, data, y)

    def cross_check(self, *, seconds: float = 30.0) -> Any:
        """The same model in semopy, in a process of its own with a time limit."""
        from umkm_stats.sem.inference._cross import cross_check

        return cross_check(self, seconds=seconds)

    def nested_test(self, other: Fit, *, method: str | None = None) -> Any:
        """Difference test with another fit of which one is a restriction of the other; scaled where
        needed."""
        from umkm_stats.sem.inference._lrt import nested_test

        return nested_test(self, other, method=method)

    def bootstrap(
        self,
        *,
        draws: int = 5000,
        seed: int | None = None,
        rows: Any = None,
        kind: str = "ordinary",
        workers: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Any:
        """Resample and re-estimate: ``draws`` full estimations; see ``Draws``."""
        from umkm_stats.sem.draws._bootstrap import bootstrap

        return bootstrap(
            self, draws=draws, seed=seed, rows=rows, kind=kind, workers=workers, progress=progress
        )

    def tidy(self) -> pd.DataFrame:
        """Same as ``estimates``."""
        return self.estimates.copy()

    def glance(self) -> pd.DataFrame:
        """One row: estimator, n, groups, npar, convergence and all indices."""
        import pandas as pd

        first = {
            "estimator": self.estimator,
            "n": self.n,
            "groups": len(self.group_labels),
            "converged": self.converged,
        }
        return pd.DataFrame([{**first, **self.indices}])

    def summary(self, lang: str = "en") -> str:
        """Sample, test, main indices, the parameter table, notes."""
        given = self.indices
        lines = [
            messages.text("sem.summary.head", lang, estimator=self.estimator, npar=int(given["npar"])),
            self.sample.describe(lang),
        ]
        if not self.converged:
            return "\n".join([*lines, *told(self.notes, lang)])
        lines.append(
            messages.text("sem.summary.test", lang, x2=given["chisq"], df=int(given["df"]), p=given["pvalue"])
        )
        if "chisq_scaled" in given:
            lines.append(
                messages.text(
                    "sem.summary.scaled",
                    lang,
                    x2=given["chisq_scaled"],
                    df=given["df_scaled"],
                    p=given["pvalue_scaled"],
                )
            )
        lines.extend(_index_lines(headline(given), lang))
        from umkm_stats.sem.inference._printed import parameter_lines

        lines += [*parameter_lines(self, lang), ""]
        lines.extend(told(self.notes, lang))
        return "\n".join(lines)

    def __repr__(self) -> str:
        sizes = f"n = {self.n}, {self.compiled.n_free} free parameters"
        state = f"chi-square {self.x2:.3f}, df {self.df}" if self.converged else "not converged"
        return f"<Fit {self.estimator}: {sizes}, {state}; .summary() .estimates .indices .notes>"

    def to_dict(self) -> dict[str, Any]:
        """Plain values: options, sample, estimates, indices, notes."""
        return {
            "options": self.options.to_dict(),
            "sample": self.sample.to_dict(),
            "converged": self.converged,
            "estimates": jsonable(self.estimates),
            "indices": {k: (v if math.isfinite(v) else None) for k, v in self.indices.items()},
            "notes": [note.to_dict() for note in self.notes],
        }


def _index_lines(found: Headline, lang: str) -> list[str]:
    """The indices that decide, named scaled where they are, and the robust ones beside them."""
    decide = {"cfi": found.cfi, "tli": found.tli, "rmsea": found.rmsea, "srmr": found.srmr}
    lines = [
        messages.text(
            f"sem.summary.indices.{found.kind}", lang, low=found.rmsea_low, high=found.rmsea_high, **decide
        )
    ]
    if found.robust and found.kind == "scaled" and all(math.isfinite(v) for v in found.robust.values()):
        lines.append(messages.text("sem.summary.indices.robust", lang, **found.robust))
    return lines
