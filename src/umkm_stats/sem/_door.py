"""The door ``fit``: options, model, data, table, search, result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.one_fit import ordinal_problem
from umkm_stats.kernels.sem.moments import complete_sample
from umkm_stats.kernels.sem.one.discrepancy import Sample
from umkm_stats.kernels.sem.one.problem import Problem, problem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import one_of
from umkm_stats.sem._fit import Fit, Options
from umkm_stats.sem.estimate._categories import category_levels, coding, ordinal_names, ordinal_samples
from umkm_stats.sem.estimate._compile import compile_table
from umkm_stats.sem.estimate._data import Prepared, prepare, prepare_moments
from umkm_stats.sem.estimate._search import search
from umkm_stats.sem.estimators import ESTIMATORS, Estimator, matrix_text
from umkm_stats.sem.text._language import read_model
from umkm_stats.sem.text._table import EQUAL, build_table, roles


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(entry) for entry in value)


def _check(method: Estimator, wanted: dict[str, bool]) -> None:
    for feature, asked in wanted.items():
        if asked and feature not in method.allows:
            raise UsageError(
                "SEM301",
                params={
                    "estimator": method.name,
                    "feature": feature,
                    "matrix": "\n" + matrix_text(ESTIMATORS),
                },
            )


def _samples(method: Estimator, ready: Prepared, missing: str) -> tuple[Sample, ...]:
    if missing == "fiml":
        from umkm_stats.kernels.sem.saturated import incomplete_sample

        return tuple(incomplete_sample(rows) for rows in ready.arrays)
    out = []
    for n, mean, cov in zip(ready.counts, ready.means, ready.covs, strict=True):
        scaled = cov * n / (n - method.less)
        out.append(complete_sample(method.kind, n, mean, scaled))
    return tuple(out)


def fit(
    model: str,
    data: Any = None,
    *,
    estimator: str = "ML",
    ordered: Sequence[str] | str = (),
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
) -> Fit:
    """Fit a structural equation model.

    Parameters
    ----------
    model: model text in lavaan's language (``=~ ~ ~~ ~1 := ==``, labels, ``c(a,b)`` by group, ``NA*``,
        ``start()``); names with other characters stand in backticks.
    data: (N, columns) a frame, a mapping of columns, or ``Responses``; rows are cases.
    estimator: "ML", "MLM", "MLMV", "MLR", "GLS", "ULS"; for ordinal items "WLSMV", "WLSM", "DWLS", "WLS",
    "ULSMV"
        or "ULSM".
    ordered: names of ordinal items; needs an estimator that allows them. Other indicators are numeric;
    exogenous
        observed variables are conditioned on (thresholds and correlations given x).
    group, group_equal, group_partial: column of the groups; kinds of parameter held equal over groups
        ("loadings", "intercepts", "means", "regressions", "residuals", "residual_covariances",
        "lv_variances", "lv_covariances"); parameters freed again, as ``"visual=~x2"``.
    missing: "listwise", or "fiml" (full information maximum likelihood, data missing at random).
    std_lv: latent variances 1 instead of first loadings 1.
    meanstructure: None turns means on where the estimator, groups or FIML need them.
    fixed_x: moments of exogenous observed variables are the sample's (likelihood estimators; GLS and ULS
        estimate them).
    information: "expected" or "observed"; None takes the estimator's (observed under FIML).
    cluster: column of clusters; standard errors become cluster-robust (``estimator="MLR"``).
    bounds: "pos_var" keeps variances at or above 0; None lets them go where the data take them.
    sample_cov, sample_mean, sample_sd, n_obs: moments instead of data: covariances (divisor N − 1), or
        correlations with SDs; a frame with names, or a mapping group → frame.

    Returns
    -------
    Fit: estimates, standard errors, indices; what did not go well stands in ``.notes``.

    Raises
    ------
    UmkmError: SEM1xx (model text; line and token), SEM2xx (data), SEM3xx (combinations, identification).
    """
    method = ESTIMATORS[one_of("estimator", str(estimator).upper(), tuple(ESTIMATORS))]
    missing = one_of("missing", missing, ("listwise", "fiml"))
    information = one_of("information", information, (None, "expected", "observed"))
    bounds = one_of("bounds", bounds, (None, "pos_var"))
    equal, partial, categories = _names(group_equal), _names(group_partial), _names(ordered)
    for entry in equal:
        one_of("group_equal", entry, EQUAL)
    text = read_model(str(model))
    moments = sample_cov is not None
    if moments == (data is not None):
        raise UsageError("SEM302")
    uses_ordinal = bool(categories) or any(term.op in ("|", "~*~") for term in text.terms)
    wanted = {
        "ordered": uses_ordinal,
        "fiml": missing == "fiml",
        "groups": group is not None,
        "cluster": cluster is not None,
        "moments": moments,
        "bounds": bounds is not None,
        "constraints": bool(text.constraints),
    }
    _check(method, wanted)
    if moments and (missing == "fiml" or cluster is not None or group is not None):
        raise UsageError("SEM303")
    fixed_x = fixed_x and "fixed_x" in method.allows
    who = roles(text.terms)
    if moments:
        ready = prepare_moments(who.observed, sample_cov, sample_mean, sample_sd, n_obs)
    else:
        ready = prepare(
            data,
            who.observed,
            exogenous=who.exogenous,
            group=group,
            cluster=cluster,
            missing=missing,
            fixed_x=fixed_x,
        )
    groups = len(ready.counts)
    levels: dict[str, Floats] = {}
    if "ordered" in method.allows:
        levels = category_levels(ready, who.observed, ordinal_names(who.observed, categories, who.exogenous))
        meanstructure = fixed_x = True
    written = any(term.op == "~1" for term in text.terms)
    means = (
        bool(meanstructure)
        if meanstructure is not None
        else (written or missing == "fiml" or groups > 1 or cluster is not None)
    )
    if missing == "fiml" or written:
        means = True
    if means and not ready.has_means:
        if meanstructure or written:
            raise UsageError("SEM304")
        means = False
    table = build_table(
        text,
        n_groups=groups,
        std_lv=std_lv,
        means=means,
        fixed_x=fixed_x,
        group_equal=equal,
        group_partial=partial,
        bounds=bounds,
        categorical={name: len(found) for name, found in levels.items()},
    )
    compiled = compile_table(table, text.constraints)
    if levels:
        how = coding(method.kind, who.observed, who.exogenous, levels, compiled.structure.fixed_x)
        task: Problem = ordinal_problem(compiled.structure, method.kind, ordinal_samples(ready, how))
    else:
        kind = "fiml" if missing == "fiml" else method.kind
        task = problem(compiled.structure, kind, _samples(method, ready, missing))
    options = Options(
        model=str(model),
        estimator=method.name,
        missing=missing,
        group=group,
        group_equal=equal,
        group_partial=partial,
        std_lv=std_lv,
        fixed_x=fixed_x,
        cluster=cluster,
        bounds=bounds,
        information=information or ("observed" if missing == "fiml" else method.information),
        group_labels=ready.group_labels,
    )
    covs = np.array([sample.cov for sample in task.samples])
    found = search(compiled, task, covs, np.array([sample.mean for sample in task.samples]))
    return Fit(options, compiled, ready.arrays, ready.rows, ready.clusters, task, found, ready.sample)
