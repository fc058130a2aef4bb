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
from umkm_stats._threads import held
from umkm_stats.kernels.path import kernel
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
    """A fitted structural equation model: what ``umkm_stats.fit`` returns.

    Attributes
    ----------
    options : Options
        The arguments of ``fit`` with their defaults resolved.
    layout : Compiled
        The parameter table and the structure made from it.
    arrays : tuple of array of float
        One (rows, observed) array a group, in the order of ``observed``.
    rows : tuple of array of int
        One (rows,) array a group: positions of the used rows in the data, from 0.
    clusters : tuple of array of int
        One (rows,) array a group with the number of each row's cluster; empty without clusters.
    task : Problem
        Sample moments and estimator, as the kernels take them.
    found : Found
        The optimum and how it was reached.
    sample : SampleUsed
        Rows read, used and left out, with reasons.
    weights : tuple of array of float
        One (rows,) array of sampling weights a group; empty without them.
    seed : int or None
        None: nothing is drawn.

    Notes
    -----
    ``estimates`` is the table to print, ``indices`` the fit, ``notes`` what did not go well. Its columns: lhs
    op rhs (the parameter in lavaan's words), group (label), label, free (number of the parameter, 0 when
    fixed), est (estimate in units of the data), se, z, p (two-sided), ci_low, ci_high (95 %), std_lv (latent
    variables have variance 1) and std_all (all variables have).

    Examples
    --------
    >>> from umkm_stats import examples, fit
    >>> found = fit(examples.MODEL, examples.answers())
    >>> found.estimates.query("op == ':='")[["lhs", "est", "se"]].round(3).to_dict("records")
    [{'lhs': 'indirect', 'est': 0.216, 'se': 0.057}]
    >>> {name: round(found.indices[name], 3) for name in ("chisq", "df", "cfi", "rmsea")}
    {'chisq': 19.99, 'df': 24.0, 'cfi': 1.0, 'rmsea': 0.0}
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
        """The model's structure as the kernels take it.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().compiled.n_free
        21
        """
        return self.layout.structure

    @property
    def point(self) -> Point:
        """The solution: the function's value, the parameters, and the model's states there.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().point.params.shape
        (21,)
        """
        point = self.found.optimum.point
        assert point is not None
        return point

    @property
    def table(self) -> ParameterTable:
        """The parameter table: one row a parameter of every group.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> [row.name for row in examples.fit().table.rows][:3]
        ['OI=~OI1', 'OI=~OI2', 'OI=~OI3']
        """
        return self.layout.table

    @property
    def method(self) -> Estimator:
        """What is known of the estimator: its information matrix, standard errors, test and what it allows.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().method.errors
        'standard'
        """
        line = ESTIMATORS[self.options.estimator]
        return under_clusters(line) if self.options.cluster is not None else line

    @property
    def estimator(self) -> str:
        """Name of the estimator, such as "ML" or "WLSMV".

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().estimator
        'ML'
        """
        return self.options.estimator

    @property
    def information(self) -> str:
        """Information matrix of the standard errors: "expected" or "observed".

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().information
        'expected'
        """
        return self.options.information

    @property
    def missing(self) -> str:
        """What was done about rows with gaps: "listwise", "fiml", "fiml.x" or "pairwise".

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().missing
        'listwise'
        """
        return self.options.missing

    @property
    def converged(self) -> bool:
        """Whether the search ended at an optimum; without one no number is given.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().converged
        True
        """
        return self.found.optimum.converged

    @property
    def iterations(self) -> int:
        """Steps of the search.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().iterations < 100
        True
        """
        return self.found.optimum.iterations

    @property
    def group_labels(self) -> tuple[str, ...]:
        """Labels of the groups, in the order of the results; one empty label without groups.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().group_labels
        ('',)
        """
        return self.options.group_labels

    @property
    def observed(self) -> tuple[str, ...]:
        """Names of the observed variables, in the order of the columns of ``arrays``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().observed[:3]
        ('OI1', 'OI2', 'OI3')
        """
        return self.layout.observed

    @property
    def latent(self) -> tuple[str, ...]:
        """Names of the latent variables of the model text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().latent
        ('OI', 'IP', 'BP')
        """
        return self.table.variables.latent

    @property
    def params(self) -> Floats:
        """Estimates of the parameters, an array (parameters,) in the order of ``param_names``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.fit()
        >>> round(float(found.params[found.param_names.index("a")]), 3)
        0.523
        """
        return self.point.params

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the parameters: the label, or ``lhs op rhs`` as one word.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().param_names[5:9]
        ('BP=~BP3', 'a', 'b', 'c')
        """
        return self.table.names

    @property
    def free(self) -> Floats:
        """Coordinates left by equality constraints, an array (free,): ``params = basis @ free + offset``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().free.shape
        (21,)
        """
        structure = self.compiled
        return np.asarray(structure.basis.T @ (self.params - structure.offset), dtype=np.float64)

    @property
    def n(self) -> int:
        """Number of rows used, of all groups.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().n
        200
        """
        return self.task.n

    @property
    def df(self) -> int:
        """Degrees of freedom: sample moments less free parameters.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().df
        24
        """
        return moment_count(self.task) - self.compiled.n_free

    @property
    def x2(self) -> float:
        """χ² of the discrepancy, before any correction.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(examples.fit().x2, 3)
        19.99
        """
        if any(sample.base != sample.base for sample in self.task.samples):
            return math.nan
        pairs = zip(self.task.samples, self.point.found, strict=True)
        return max(sum((sample.n - self.method.less) * found.value for sample, found in pairs), 0.0)

    @cached_property
    @held
    def baseline(self) -> tuple[Problem, Point]:
        """The baseline model, fitted: its task and its optimum.

        All covariances of the observed variables are 0 in it; CFI and TLI compare with it.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().baseline is not None
        True
        """
        from umkm_stats.sem.inference._baseline import fitted_baseline

        return fitted_baseline(self)

    @cached_property
    @held
    def vcov(self) -> NamedMatrix:
        """Covariance of the estimates, an array (parameters, parameters); NaN where it does not exist.

        Called, ``vcov()``, it is a frame with the names of the parameters on both sides.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.fit().vcov().loc["a", "a"]) ** 0.5, 4)
        0.0907
        """
        from umkm_stats.sem.inference._estimates import covariance

        return NamedMatrix(covariance(self), self.param_names)

    @property
    def defined_names(self) -> tuple[str, ...]:
        """Names left of ``:=`` in the model text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().defined_names
        ('indirect',)
        """
        return tuple(entry.name for entry in self.table.definitions)

    @cached_property
    def defined(self) -> Callable[[Floats], Floats]:
        """Function from parameters to the quantities defined by ``:=``.

        It takes an array (draws, parameters) and gives one (draws, quantities).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.fit()
        >>> found.defined(found.params[None, :]).round(3).tolist()
        [[0.216]]
        """
        from umkm_stats.sem.inference._values import Defined

        return Defined(self.table)

    @cached_property
    @held
    def estimates(self) -> pd.DataFrame:
        """One row a parameter and a ``:=`` quantity.

        Returns
        -------
        pandas.DataFrame
            Columns lhs, op, rhs, group (label), label, free (number of the parameter, 0 when fixed), est, se
            (0 for a fixed parameter), z, p (two-sided), ci_low, ci_high (95 %), std_lv (latent variables have
            variance 1) and std_all (all variables have).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.fit().estimates
        >>> found.query("op == '~'")[["lhs", "rhs", "est", "p"]].round(3).to_dict("records")
        [{'lhs': 'IP', 'rhs': 'OI', 'est': 0.523, 'p': 0.0}, {'lhs': 'BP', 'rhs': 'IP', 'est': 0.414, 'p':
        0.0}, {'lhs': 'BP', 'rhs': 'OI', 'est': 0.142, 'p': 0.076}]
        """
        from umkm_stats.sem.inference._estimates import estimates

        return estimates(self)

    @cached_property
    @held
    def indices(self) -> dict[str, float]:
        """Fit indices by lavaan's names with "_" for ".".

        Returns
        -------
        dict of str to float
            Npar fmin chisq df pvalue, baseline_chisq baseline_df baseline_pvalue, cfi tli nnfi nfi ifi rni,
            rmsea with its 90 % limits rmsea_ci_low rmsea_ci_high and rmsea_pvalue (of close fit), cn_05, rmr,
            srmr and its variants srmr_bentler srmr_bentler_nomean srmr_mplus, gfi agfi pgfi; with likelihood
            logl unrestricted_logl aic bic bic2, and Swain's and Bartlett's small-sample tests chisq_swain
            pvalue_swain chisq_bartlett pvalue_bartlett; with a corrected test also ``…_scaled`` and
            ``…_robust``. All but the counts are NaN when the search did not converge.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(examples.fit().indices["srmr"], 4)
        0.0319
        """
        from umkm_stats.sem.inference._indices import indices, no_indices

        return indices(self) if self.converged else no_indices(self)

    @cached_property
    @held
    def notes(self) -> tuple[Note, ...]:
        """What a reader must know: Heywood cases, convergence, identification, small samples.

        Returns
        -------
        tuple of Note
            Codes SEM4xx, each with its parameters and, where it speaks of one, the row of ``estimates``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> len(examples.fit().notes)
        0
        """
        from umkm_stats.sem.inference._notes import notes

        return notes(self)

    @held
    def standardized(self, kind: str = "std_all") -> pd.DataFrame:
        """The standardised solution, with standard errors by the delta method.

        Parameters
        ----------
        kind : str, default "std_all"
            "std_all" (or "all"): every variable has variance 1; "std_lv" ("lv"): latent variables alone;
            "std_nox" ("nox"): all but exogenous observed variables, which keep their units.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group label est se z p ci_low ci_high (95 %), a row a parameter and a ``:=``
            quantity.

        Raises
        ------
        UsageError
            GEN001 (an unknown ``kind``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.fit().standardized().set_index("label")
        >>> found.loc[["a", "b", "c"], "est"].round(3).to_dict()
        {'a': 0.507, 'b': 0.518, 'c': 0.172}
        """
        from umkm_stats.sem.inference._standard import standardized

        known = self._standardized.get(kind) if isinstance(kind, str) else None
        if known is None:  # a report asks for it in five places
            known = self._standardized[kind] = standardized(self, kind)
        return known.copy()

    @cached_property
    def _standardized(self) -> dict[str, pd.DataFrame]:
        return {}

    def r2(self) -> pd.DataFrame:
        """Explained variance of every indicator and outcome.

        Returns
        -------
        pandas.DataFrame
            Columns group, item, r2 (a share of 1).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().r2().set_index("item")["r2"].loc[["IP", "BP"]].round(3).to_dict()
        {'IP': 0.257, 'BP': 0.388}
        """
        from umkm_stats.sem.inference._standard import explained

        return explained(self)

    @held
    def implied(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Moments implied by the model.

        Returns
        -------
        dict of str to dict of str to pandas.DataFrame
            Group label → "cov" (observed, observed), "mean" (observed, 1) and "cov_lv" (latent, latent).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.fit().implied()[""]["cov"].loc["OI1", "OI1"]), 3)
        1.214
        """
        from umkm_stats.sem.inference._residuals import implied

        return implied(self)

    @held
    def residuals(self, kind: str = "raw") -> dict[str, dict[str, pd.DataFrame]]:
        """Sample moments less implied ones.

        Parameters
        ----------
        kind : str, default "raw"
            "raw" (units of the data), "cor.bentler" (or "correlation": divided by the sample SDs),
            "cor.bollen" (sample correlations less implied ones), "normalized" (divided by the standard errors
            of the moments) or "standardized" (by those of the residuals; NaN where one is 0 by construction).

        Returns
        -------
        dict of str to dict of str to pandas.DataFrame
            Group label → "cov" (observed, observed) and "mean" (observed, 1).

        Raises
        ------
        UsageError
            GEN001 (an unknown ``kind``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.fit().residuals("correlation")[""]["cov"].loc["OI1", "IP1"]), 3)
        -0.04
        """
        from umkm_stats.sem.inference._residuals import residuals

        return residuals(self, kind)

    @held
    def modification_indices(self, *, minimum: float = 0.0) -> pd.DataFrame:
        """Score tests of what is fixed or absent: how far χ² would fall if it were free.

        Parameters
        ----------
        minimum : float, default 0.0
            Smallest index that is listed (3.84 is the 5 % point of one degree of freedom).

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group mi (expected fall of χ²) epc (expected change of the parameter) p sepc_lv
            sepc_all (the change standardised), largest mi first.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.fit().modification_indices(minimum=3)
        >>> found[["lhs", "op", "rhs", "mi"]].head(1).round(2).to_dict("records")
        [{'lhs': 'OI', 'op': '=~', 'rhs': 'IP3', 'mi': 4.55}]
        """
        from umkm_stats.sem.inference._modification import modification_indices

        return modification_indices(self, minimum=minimum)

    @held
    def factor_scores(self, method: str = "regression") -> pd.DataFrame:
        """Scores of the latent variables.

        Parameters
        ----------
        method : str, default "regression"
            "regression" or "bartlett".

        Returns
        -------
        pandas.DataFrame
            (rows used, latent); the index holds the positions of the rows in the data. For ordinal items the
            modes of the latent variables given the answers.

        Raises
        ------
        UsageError
            GEN001 (an unknown ``method``), SEM227 (ordinal items and a Heywood case), SEM228 (Bartlett scores
            of ordinal items), SEM308 (a fit to moments has no rows).

        Notes
        -----
        Bartlett: (Λ'Θ⁻¹Λ)⁻¹Λ'Θ⁻¹y with Λ and Θ of the observed variables given the latent ones. Observed
        outcomes count like indicators, through other observed variables too; residuals of latent variables
        do not enter. lavaan's scores are others where observed outcomes have arrows to other variables or
        residual covariances with latent ones; of two such equivalent models it gives different scores.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().factor_scores().iloc[0].round(2).to_dict()
        {'OI': 0.57, 'IP': -0.72, 'BP': 0.78}
        """
        from umkm_stats.sem.inference._scores import factor_scores

        return factor_scores(self, method)

    @held
    def score_test(self) -> pd.DataFrame:
        r"""Which equality to free: score tests of shared labels and ``==`` lines.

        Returns
        -------
        pandas.DataFrame
            Columns constraint, chisq, df, p: a row a constraint, then a row for all of them.

        Raises
        ------
        UsageError
            SEM236 (the fit did not converge).

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> held = fit(examples.MODEL + "\nb == c", examples.answers())
        >>> held.score_test().round(3).to_dict("records")[0]
        {'constraint': '== 1', 'chisq': 3.71, 'df': 1, 'p': 0.054}
        """
        from umkm_stats.sem.inference._hypotheses import score_test

        return score_test(self)

    @held
    def wald(self, constraints: str) -> pd.DataFrame:
        """Wald test of equations between labels, all at once.

        Parameters
        ----------
        constraints : str
            Lines such as ``"a == b"`` or ``"c == 0"``, separated by line ends or semicolons.

        Returns
        -------
        pandas.DataFrame
            One row: chisq, df, p.

        Raises
        ------
        UsageError
            SEM237 (no equation, or a label that the model does not have).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().wald("a == b").round(3).to_dict("records")
        [{'chisq': 0.684, 'df': 1, 'p': 0.408}]
        """
        from umkm_stats.sem.inference._hypotheses import wald

        return wald(self, constraints)

    @held
    def simulate(self, n: int, seed: int | None = None) -> pd.DataFrame:
        """Rows drawn from the model as estimated.

        Parameters
        ----------
        n : int
            Rows of each group.
        seed : int, optional
            Of the draws; None draws one, which stands in ``attrs["seed"]``.

        Returns
        -------
        pandas.DataFrame
            (n × groups, observed), ordinal items as categories 1, 2, …; the grouping column behind them where
            there is one.

        Raises
        ------
        UsageError
            SEM238 (an implied covariance matrix that is not positive semidefinite), GEN003.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().simulate(3, seed=1).round(2)["OI1"].tolist()
        [3.17, 1.28, 3.78]
        """
        from umkm_stats.sem.inference._prediction import simulate

        return simulate(self, n, seed)

    @held
    def predict(self, data: Any = None, *, y: Any = None) -> pd.DataFrame:
        """Expected values of observed outcomes, given the other observed variables.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            Rows to predict; the rows of the fit when None.
        y : str or sequence of str, optional
            The observed outcomes; None takes the outcomes of the model's text that are observed.

        Returns
        -------
        pandas.DataFrame
            (rows, outcomes).

        Raises
        ------
        UsageError
            SEM239 (ordinal variables, several groups, names that are not observed, nothing to predict or to
            predict from), SEM308 (a fit to moments has no rows).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().predict(y=["BP1"]).round(2)["BP1"].head(3).tolist()
        [4.14, 3.26, 2.83]
        """
        from umkm_stats.sem.inference._prediction import predict

        return predict(self, data, y)

    def cross_check(self, *, seconds: float = 30.0) -> Any:
        """The same model in semopy, in a process of its own.

        Parameters
        ----------
        seconds : float, default 30.0
            Time limit.

        Returns
        -------
        CrossCheck
            ``table`` (lhs op rhs est est_other se se_other of the free parameters), ``largest_est`` and
            ``largest_se`` (largest differences), ``differences`` with what explains each; ``ran`` is False
            when semopy cannot run the model or gives no answer in time.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().ran
        False
        """
        from umkm_stats.sem.inference._cross import cross_check

        return cross_check(self, seconds=seconds)

    def nested_test(self, other: Fit, *, method: str | None = None) -> Any:
        r"""Difference test with another fit of which one is a restriction of the other.

        Parameters
        ----------
        other : Fit
            A fit of the same rows and variables by the same estimator.
        method : str, optional
            None takes the one of the estimator, see ``umkm_stats.sem.nested_test``.

        Returns
        -------
        NestedTest
            The difference of χ², its degrees of freedom and p; scaled where the estimator's test is.

        Raises
        ------
        UsageError
            SEM309 (other rows, variables or estimator), SEM310 (neither is a restriction of the other).

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
        >>> round(examples.fit().nested_test(full).p, 3)
        0.075
        """
        from umkm_stats.sem.inference._lrt import nested_test

        return nested_test(self, other, method=method)

    @held
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
        """Draw again and estimate again: ``draws`` full estimations.

        Parameters
        ----------
        draws : int, default 5000
            Number of draws; 5000 and more for a publication.
        seed : int, optional
            Of the draws; None draws one, and the result keeps it.
        rows : array of int, optional
            (draws, rows) positions in the used rows, from 0: the draws of other software. They replace
            ``draws``.
        kind : str, default "ordinary"
            "ordinary" draws rows, "parametric" from the normal distribution of the implied moments,
            "bollen-stine" rows of data turned so that the model holds (for the test of fit, not for
            intervals).
        workers : int, default 1
            Threads (processes where draws are single fits); the numbers do not depend on it.
        progress : callable, optional
            Called with (draws done, draws in all).

        Returns
        -------
        Draws
            ``estimates`` (draws, parameters and ``:=`` quantities), ``status`` of every draw, a ``ledger`` of
            those that failed.

        Raises
        ------
        UsageError
            GEN001, GEN003, SEM501 (rows of a wrong shape or type), SEM502 (rows that do not exist), SEM503
            (rows with a parametric kind), SEM504 (Bollen–Stine with missing values), SEM505 (a fit to moments
            has no rows), SEM525 (that kind with sampling weights), SEM529 (with ordinal items).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> drawn = examples.fit().bootstrap(draws=20, seed=1)
        >>> drawn.estimates.shape, drawn.ledger["converged"]
        ((20, 22), 20)
        """
        from umkm_stats.sem.draws._bootstrap import bootstrap

        return bootstrap(
            self, draws=draws, seed=seed, rows=rows, kind=kind, workers=workers, progress=progress
        )

    def tidy(self) -> pd.DataFrame:
        """The table of parameters, a copy of ``estimates``.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group label free est se z p ci_low ci_high std_lv std_all, see ``estimates``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().tidy().shape
        (25, 14)
        """
        return self.estimates.copy()

    def glance(self) -> pd.DataFrame:
        """The fit in one row.

        Returns
        -------
        pandas.DataFrame
            One row: four columns, then everything in ``indices``; what an index needs and the fit lacks (a
            normal likelihood, one group) is left out or NaN, and a scaled test adds columns that end in
            ``_scaled`` or ``_robust``.

            - ``estimator``: name of the estimator.
            - ``n``: rows used.
            - ``groups``: number of groups.
            - ``converged``: whether the search converged.
            - ``npar``: free parameters.
            - ``fmin``: minimum of the fit function, as lavaan's.
            - ``chisq``: test statistic of the model.
            - ``df``: its degrees of freedom.
            - ``pvalue``: its p-value.
            - ``baseline_chisq``: test statistic of the baseline model of unrelated variables.
            - ``baseline_df``: its degrees of freedom.
            - ``baseline_pvalue``: its p-value.
            - ``cfi``: comparative fit index.
            - ``tli``: Tucker-Lewis index.
            - ``nnfi``: the same under its other name, non-normed fit index.
            - ``nfi``: normed fit index.
            - ``ifi``: incremental fit index.
            - ``rni``: relative noncentrality index.
            - ``rmsea``: root mean square error of approximation.
            - ``rmsea_pvalue``: p of close fit (RMSEA at most .05).
            - ``cn_05``: Hoelter's critical N at .05.
            - ``rmsea_ci_low``: lower limit of RMSEA, 90 %.
            - ``rmsea_ci_high``: upper limit of RMSEA, 90 %.
            - ``logl``: log-likelihood of the model.
            - ``unrestricted_logl``: log-likelihood of the saturated model.
            - ``aic``: Akaike's information criterion.
            - ``bic``: Bayesian information criterion.
            - ``bic2``: the same with the sample size adjusted, (n + 2)/24.
            - ``rmr``: root mean square residual, in units of the data.
            - ``srmr``: standardised root mean square residual.
            - ``srmr_bentler``: the same, residuals divided by observed standard deviations.
            - ``srmr_bentler_nomean``: that without the means.
            - ``srmr_mplus``: the same as Mplus computes it.
            - ``gfi``: goodness-of-fit index.
            - ``agfi``: adjusted for degrees of freedom.
            - ``pgfi``: parsimony goodness-of-fit index.
            - ``chisq_swain``: test statistic with Swain's correction for small samples.
            - ``pvalue_swain``: its p-value.
            - ``chisq_bartlett``: test statistic with Bartlett's correction for small samples.
            - ``pvalue_bartlett``: its p-value.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.fit().glance()[["n", "df", "cfi"]].round(3).to_dict("records")
        [{'n': 200, 'df': 24.0, 'cfi': 1.0}]
        """
        import pandas as pd

        first = {
            "estimator": self.estimator,
            "n": self.n,
            "groups": len(self.group_labels),
            "converged": self.converged,
        }
        return pd.DataFrame([{**first, **self.indices}])

    @held
    def summary(self, lang: str = "en") -> str:
        r"""Sample, test, main indices, parameters, notes, and the kernel that re-estimates draws, as text.

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
        >>> print("\n".join(examples.fit().summary().splitlines()[:4]))
        Structural model, estimator ML, 21 free parameters.
        n = 200 of 200 rows
        Test of the model: chi-square 19.990, df 24, p 0.697.
        CFI 1.000, TLI 1.010, RMSEA 0.000 [0.000, 0.045], SRMR 0.032.
        """
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
        lines.append(messages.text("sem.summary.kernel", lang, kernel=kernel()))
        return "\n".join(lines)

    def __repr__(self) -> str:
        sizes = f"n = {self.n}, {self.compiled.n_free} free parameters"
        state = f"chi-square {self.x2:.3f}, df {self.df}" if self.converged else "not converged"
        return f"<Fit {self.estimator}: {sizes}, {state}; .summary() .estimates .indices .notes>"

    def to_dict(self) -> dict[str, Any]:
        """Plain values: options, sample, converged, estimates, indices, notes; what is not finite is None.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.fit().to_dict())
        ['converged', 'estimates', 'indices', 'notes', 'options', 'sample']
        """
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
