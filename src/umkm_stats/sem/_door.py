"""The door ``fit``: a checked request, data, table, search, result."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.ordinal.one_fit import ordinal_problem
from umkm_stats.kernels.ordinal.one_variable import Separated
from umkm_stats.kernels.sem.moments import complete_sample
from umkm_stats.kernels.sem.one.discrepancy import Sample
from umkm_stats.kernels.sem.one.problem import Problem, problem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.results import Note, idle
from umkm_stats.sem._fit import Fit, Options
from umkm_stats.sem._request import Request, refuse_unknown, request
from umkm_stats.sem.estimate._categories import category_levels, coding, ordinal_names, ordinal_samples
from umkm_stats.sem.estimate._compile import Compiled, compile_table
from umkm_stats.sem.estimate._data import Prepared, as_frame, prepare, prepare_moments
from umkm_stats.sem.estimate._search import on_tangents, search
from umkm_stats.sem.text._defaults import build_table


def fit(
    model: str,
    data: Any = None,
    *,
    estimator: str | None = None,
    ordered: Sequence[str] | str | bool = (),
    group: str | None = None,
    group_equal: Sequence[str] | str = (),
    group_partial: Sequence[str] | str = (),
    missing: str = "listwise",
    std_lv: bool = False,
    meanstructure: bool | None = None,
    fixed_x: bool = True,
    information: str | None = None,
    cluster: str | None = None,
    bounds: str | None = None,
    sample_cov: Any = None,
    sample_mean: Any = None,
    n_obs: Any = None,
    sample_sd: Any = None,
    growth: bool = False,
    orthogonal: bool = False,
    effect_coding: bool = False,
    parameterization: str = "delta",
    sampling_weights: str | None = None,
    **others: Any,
) -> Fit:
    """Fit a structural equation model.

    Parameters
    ----------
    model : str
        Model text in lavaan's language (``=~ <~ ~ ~~ ~1 := == < >``, labels, ``equal()``, ``c(a,b)`` by
        group, ``NA*``, ``start()``); names with other characters stand in backticks.
    data : pandas.DataFrame, mapping of columns or Responses, optional
        (rows, columns): rows are cases. None when moments are given instead.
    estimator : str, optional
        "ML", "MLM", "MLMV", "MLR", "GLS", "ULS"; for ordinal items "WLSMV", "WLSM", "DWLS", "WLS", "ULSMV" or
        "ULSM". None takes "WLSMV" with ordinal items and "ML" without.
    ordered : sequence of str or str or bool, default ()
        Names of ordinal items; True for every observed variable that has a cause in the model. Columns of
        ordered categories count by themselves. Other indicators are numeric; exogenous observed variables are
        conditioned on (thresholds and correlations given x).
    group : str, optional
        Column of the groups.
    group_equal : sequence of str or str, default ()
        Kinds of parameter held equal over groups: "loadings", "intercepts", "means", "regressions",
        "residuals", "residual_covariances", "lv_variances", "lv_covariances", "thresholds".
    group_partial : sequence of str or str, default ()
        Parameters freed again, as ``"visual=~x2"``.
    missing : str, default "listwise"
        "listwise", or "fiml" (full information maximum likelihood, data missing at random); "fiml.x" takes
        exogenous variables as random, so that rows without them are used; "pairwise" for ordinal items (every
        statistic from the rows that have it, data missing completely at random).
    std_lv : bool, default False
        Latent variances 1 instead of first loadings 1.
    meanstructure : bool, optional
        None turns means on where the estimator, groups or FIML need them, and where ``sample_mean`` is given.
    fixed_x : bool, default True
        Moments of exogenous observed variables are the sample's (likelihood estimators; GLS and ULS estimate
        them).
    information : str, optional
        "expected" or "observed"; None takes the estimator's (observed under FIML).
    cluster : str, optional
        Column of clusters; standard errors become cluster-robust, the test corrected ("ML" and "MLR", which
        differ in the information of the test as they do in lavaan).
    bounds : str, optional
        "pos_var" keeps variances at or above 0; None lets them go where the data take them.
    sample_cov : pandas.DataFrame or mapping of group to pandas.DataFrame, optional
        Covariances (divisor N − 1) or, with ``sample_sd``, correlations instead of data, with names on both
        sides.
    sample_mean : pandas.Series or mapping, optional
        Means that go with ``sample_cov``.
    n_obs : int or mapping of group to int, optional
        Rows behind ``sample_cov``.
    sample_sd : pandas.Series or mapping, optional
        Standard deviations when ``sample_cov`` holds correlations.
    growth : bool, default False
        Latent means free and observed intercepts 0, as growth curves need.
    orthogonal : bool, default False
        Covariances of latent variables 0 unless they are written.
    effect_coding : bool, default False
        Loadings of a factor average 1 and intercepts sum to 0, instead of a marker.
    parameterization : str, default "delta"
        Of ordinal items: "delta" (latent responses have variance 1 given x) or "theta" (their residuals have
        variance 1).
    sampling_weights : str, optional
        Column of sampling weights, for ML and MLR: estimates from weighted moments, errors and test of MLR.
        Weights are scaled to sum to the rows used.
    **others : object
        Nothing else is taken: an unknown name raises SEM231, which names the nearest one.

    Returns
    -------
    Fit
        Estimates, standard errors, indices; what did not go well stands in ``.notes``.

    Raises
    ------
    UmkmError
        SEM1xx (model text; line and token), SEM2xx (data and arguments), SEM3xx (combinations,
        identification).

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import fit
    >>> cov = pd.DataFrame([[1.0, .4, .35], [.4, 1.0, .3], [.35, .3, 1.0]], list("abc"), list("abc"))
    >>> found = fit("f =~ a + b + c", sample_cov=cov, n_obs=200)
    >>> found.estimates["est"].round(3).tolist()[:3]
    [1.0, 0.857, 0.75]
    """
    if others:
        refuse_unknown(others, [name for name in inspect.signature(fit).parameters if name != "others"])
    of_moments = [entry for entry in (sample_cov, sample_mean, sample_sd, n_obs) if entry is not None]
    if (sample_cov is None) == (data is None) or (data is not None and of_moments):
        raise UsageError("SEM302")
    frame = None if data is None else as_frame(data)
    asked = request(
        model,
        frame,
        estimator=estimator,
        ordered=ordered,
        group=group,
        group_equal=group_equal,
        group_partial=group_partial,
        missing=missing,
        fixed_x=fixed_x,
        information=information,
        cluster=cluster,
        bounds=bounds,
        parameterization=parameterization,
        sampling_weights=sampling_weights,
    )
    if frame is None:
        ready = prepare_moments(asked.who.observed, sample_cov, sample_mean, sample_sd, n_obs)
    else:
        ready = prepare(
            frame,
            asked.who.observed,
            exogenous=asked.who.exogenous,
            group=group,
            cluster=cluster,
            missing=asked.missing,
            fixed_x=asked.fixed_x,
            ordered=asked.ordered,
            weights=sampling_weights,
        )
    levels: dict[str, Floats] = {}
    if asked.method.ordinal:
        chosen = ordinal_names(asked.who.observed, asked.ordered, asked.who.exogenous)
        levels = category_levels(ready, asked.who.observed, chosen)
    keeps_x = True if levels else asked.fixed_x
    table = build_table(
        asked.text,
        n_groups=len(ready.counts),
        std_lv=std_lv,
        means=_means(asked, ready, True if levels or growth else meanstructure, cluster),
        fixed_x=keeps_x,
        group_equal=asked.equal,
        group_partial=asked.partial,
        bounds=asked.bounds,
        categorical={name: len(found) for name, found in levels.items()},
        growth=growth,
        orthogonal=orthogonal,
        effect_coding=effect_coding,
        theta=parameterization == "theta",
    )
    compiled = compile_table(table, asked.text.constraints)
    task = _task(asked, ready, compiled, levels)
    options = Options(
        model=str(model),
        estimator=asked.method.name,
        missing=asked.missing,
        group=group,
        group_equal=asked.equal,
        group_partial=asked.partial,
        std_lv=std_lv,
        fixed_x=keeps_x,
        cluster=cluster,
        bounds=asked.bounds,
        information=asked.information
        or ("observed" if asked.missing == "fiml" else asked.method.information),
        group_labels=ready.group_labels,
        growth=growth,
        orthogonal=orthogonal,
        effect_coding=effect_coding,
        parameterization=parameterization,
        sampling_weights=sampling_weights,
        told=(
            *asked.notes,
            *_unheard(asked, information, meanstructure, parameterization, levels),
            *_idle(asked, len(ready.counts), std_lv, orthogonal, effect_coding, ordinal=bool(levels)),
        ),
    )
    covs = np.array([sample.cov for sample in task.samples])
    found = search(compiled, task, covs, np.array([sample.mean for sample in task.samples]))
    compiled, task = on_tangents(compiled, task, found)
    return Fit(
        options, compiled, ready.arrays, ready.rows, ready.clusters, task, found, ready.sample, ready.weights
    )


def _unheard(
    asked: Request, information: str | None, means: bool | None, form: str, levels: Mapping[str, Floats]
) -> list[Note]:
    """SEM435 for what was asked and does not exist in this fit."""
    out = []
    if information == "observed" and asked.method.ordinal:
        out.append(("information", "observed", "expected"))
    if means is False and (levels or asked.missing == "fiml"):
        out.append(("meanstructure", "False", "True"))
    if form != "delta" and not levels:
        out.append(("parameterization", form, "–"))
    return [
        Note("SEM435", {"option": option, "asked": wanted, "used": used, "estimator": asked.method.name})
        for option, wanted, used in out
    ]


def _idle(
    asked: Request, groups: int, std_lv: bool, orthogonal: bool, effect_coding: bool, *, ordinal: bool
) -> tuple[Note, ...]:
    """GEN013 for what was asked and has nothing in this model to work on."""
    latent, alone = len(asked.who.latent), groups == 1
    return idle(
        ("group_equal", ", ".join(asked.equal), bool(asked.equal) and alone, "group"),
        ("group_partial", ", ".join(asked.partial), bool(asked.partial) and alone, "group"),
        (
            "group_partial",
            ", ".join(asked.partial),
            bool(asked.partial) and not alone and not asked.equal,
            "group_equal",
        ),
        ("std_lv", std_lv, std_lv and not latent, "latent"),
        ("effect_coding", effect_coding, effect_coding and not latent, "latent"),
        ("orthogonal", orthogonal, orthogonal and latent < 2, "two_latent"),
        ("fixed_x", asked.fixed_x, ordinal and not asked.fixed_x and bool(asked.who.exogenous), "numeric"),
    )


def _means(asked: Request, ready: Prepared, wanted: bool | None, cluster: str | None) -> bool:
    """Whether the model has a mean structure. Raises ``UsageError`` SEM304 when it needs means that are not
    there."""
    written = any(term.op == "~1" for term in asked.text.terms)
    fiml = asked.missing == "fiml"
    means = (
        bool(wanted)
        if wanted is not None
        else (written or fiml or len(ready.counts) > 1 or cluster is not None or not ready.arrays)
    )
    if fiml or written:
        means = True
    if means and not ready.has_means:
        if wanted or written:
            raise UsageError("SEM304")
        means = False
    return means


def _task(asked: Request, ready: Prepared, compiled: Compiled, levels: dict[str, Floats]) -> Problem:
    """The structure with its statistics."""
    kind = asked.method.kind
    if levels:
        who, fixed_x = asked.who, compiled.structure.fixed_x
        gaps = asked.missing == "pairwise"
        how = coding(kind, who.observed, who.exogenous, levels, fixed_x, gaps=gaps)
        try:
            return ordinal_problem(compiled.structure, kind, ordinal_samples(ready, how))
        except Separated as problem_:
            item = who.observed[how.outcomes[problem_.args[0]]]
            raise UmkmError("SEM235", Place(item=item), {"item": item}) from problem_
    return problem(compiled.structure, "fiml" if asked.missing == "fiml" else kind, _samples(asked, ready))


def _samples(asked: Request, ready: Prepared) -> tuple[Sample, ...]:
    if asked.missing == "fiml":
        from umkm_stats.kernels.sem.saturated import incomplete_sample

        weights = ready.weights or (None,) * len(ready.arrays)
        return tuple(incomplete_sample(*pair) for pair in zip(ready.arrays, weights, strict=True))
    out = []
    for n, mean, cov in zip(ready.sizes, ready.means, ready.covs, strict=True):
        scaled = cov * n / (n - asked.method.less)
        out.append(complete_sample(asked.method.kind, n, mean, scaled))
    return tuple(out)
