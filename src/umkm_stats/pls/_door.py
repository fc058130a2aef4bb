"""The door ``fit_pls``: read, check, estimate, and say what the reader must know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.pls.estimate import Estimates, estimate
from umkm_stats.kernels.pls.moments import Moments, prepare
from umkm_stats.kernels.pls.plan import Model, Plan
from umkm_stats.kernels.pls.weights import iterate
from umkm_stats.options import one_of, whole
from umkm_stats.pls._compile import Compiled, Options, Stage, compiled
from umkm_stats.pls._data import read_answers
from umkm_stats.pls._notes import notes_of
from umkm_stats.pls._pls import Pls
from umkm_stats.pls._sources import read_source, scales_of
from umkm_stats.pls._structure import Structure
from umkm_stats.results import idle

Scheme = Literal["path", "factorial", "centroid"]
Missing = Literal["mean", "listwise"]
SecondOrder = Literal["disjoint", "embedded", "repeated"]
Moderation = Literal["two_stage", "reestimated", "product_indicator", "orthogonal"]
KINDS = {
    "two_stage": "scores",
    "reestimated": "reestimated",
    "product_indicator": "indicators",
    "orthogonal": "orthogonal",
}
FINE = 1e-12  # tolerance of the sample's own estimates
SMALLEST = 1e-10  # eigenvalue of a correlation matrix at or below which its columns are collinear


def fit_pls(
    model: Any = None,
    data: Any = None,
    *,
    scheme: Scheme = "path",
    missing: Missing = "mean",
    consistent: bool = False,
    second_order: SecondOrder = "disjoint",
    moderation: Moderation = "two_stage",
    measurement: Literal["items", "second_order"] = "items",
    tolerance: float = 1e-7,
    max_iterations: int = 3000,
) -> Pls:
    r"""Partial least squares structural equation modelling, as SmartPLS reports it.

    Parameters
    ----------
    model : str
        Lavaan-like text, or the key of a model of the instrument that ``data`` answers. In text ``=~``
        measures a construct reflectively (mode A), ``<~`` formatively (mode B), ``~`` draws paths; a
        construct measured by constructs is of second order; ``A:B`` (or ``A*B``) among the predictors is the
        product of two constructs. A path may name a column, which is then a construct of one item.
    data : pandas.DataFrame or Responses
        A frame with a column of numbers an item, or what ``read_responses`` returned.
    scheme : {"path", "factorial", "centroid"}, default "path"
        What a construct's neighbours give to its inner proxy: "path" (regression weights of predictors,
        correlations of outcomes), "factorial" (correlations), "centroid" (their signs).
    missing : {"mean", "listwise"}, default "mean"
        "mean" replaces a missing cell by its item's mean (in every bootstrap draw again); "listwise" leaves
        the row out.
    consistent : bool, default False
        PLSc, corrected for the unreliability ρ_A of reflective blocks.
    second_order : {"disjoint", "embedded", "repeated"}, default "disjoint"
        "disjoint" two-stage (dimensions take the construct's place, their scores then measure it), "repeated"
        indicators, or "embedded" two-stage (scores from repeated indicators).
    moderation : str, default "two_stage"
        "two_stage" (products of the scores, as SmartPLS 4), "reestimated" (weights estimated again with the
        product, as seminr), "product_indicator", "orthogonal".
    measurement : {"items", "second_order"}, default "items"
        With a model key: constructs by all their "items", or dimensions as "second_order".
    tolerance : float, default 1e-07
        The summed change of weights at which the iteration stops.
    max_iterations : int, default 3000
        When the iteration has failed.

    Returns
    -------
    Pls
        Paths, loadings, quality, fit; ``bootstrap()`` for standard errors.

    Raises
    ------
    UsageError
        PLS101–PLS112, PLS117, PLS120, PLS121, INS020, GEN001–GEN004.
    UmkmError
        PLS113–PLS116, PLS122 (collinear formative items), PLS123 (collinear predictors), PLS124 (weights do
        not converge), SEM10x.

    Examples
    --------
    >>> from umkm_stats import examples, fit_pls
    >>> found = fit_pls(examples.MEASURES + "\nIP ~ OI\nBP ~ IP + OI", examples.answers())
    >>> found.paths.round(3).to_dict("records")
    [{'lhs': 'IP', 'rhs': 'OI', 'est': 0.423}, {'lhs': 'BP', 'rhs': 'IP', 'est': 0.385}, {'lhs': 'BP', 'rhs':
    'OI', 'est': 0.184}]
    """
    one_of("scheme", scheme, Scheme)
    one_of("missing", missing, Missing)
    one_of("second_order", second_order, SecondOrder)
    one_of("moderation", moderation, Moderation)
    one_of("measurement", measurement, ("items", "second_order"))
    one_of("consistent", consistent, (True, False))
    _positive("tolerance", tolerance)
    limit = whole("max_iterations", max_iterations, low=1, high=1_000_000)
    structure, frame, key = read_source(model, data, measurement)
    options = Options(scheme, bool(consistent), second_order, KINDS[moderation], float(tolerance), limit)
    found = fitted(structure, frame, options, missing, key)
    higher = any(entry.higher for entry in structure.constructs)
    without = idle(
        ("second_order", second_order, second_order != "disjoint" and not higher, "second_order"),
        ("moderation", moderation, moderation != "two_stage" and not structure.products, "product_term"),
        ("measurement", measurement, measurement != "items" and not key, "model_key"),
        (
            "consistent",
            consistent,
            bool(consistent) and not any(found.compiled.model.plan.consistent),
            "reflective",
        ),
    )
    return replace(found, scales=scales_of(data), notes=(*found.notes, *without))


def _positive(name: str, value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0.0 < float(value) < 1.0:
        raise UsageError("GEN004", params={"name": name, "received": repr(value)})


def fitted(structure: Structure, frame: Any, options: Options, missing: str, key: str = "") -> Pls:
    """``Pls`` of a structure and a frame."""
    made = compiled(structure, options)
    answers = read_answers(frame, structure, missing)
    moments = prepare(answers.values)
    found = estimate(made.model, moments, np.ones((1, moments.n)))
    solved = options.consistent or np.isfinite(found.inner.paths).all()
    if not found.found.converged[0] or not solved:
        raise _reason(made, found)
    found = _polished(made.model, moments, found)
    notes = (*structure.notes, *answers.notes, *notes_of(made, found))
    return Pls(structure, made, options, answers, moments, found, notes, frame, missing, key)


def _polished(model: Model, moments: Moments, found: Estimates) -> Estimates:
    """The sample's estimates iterated further, to ``FINE``, where that is reached; iterations as before."""
    fine = replace(model, first=_finer(model.first))
    if model.second is not None:
        fine = replace(fine, second=_finer(model.second))
    better = estimate(fine, moments, np.ones((1, moments.n)))
    if not better.found.converged[0]:
        return found
    return replace(better, found=replace(better.found, iterations=found.found.iterations))


def _finer(plan: Plan) -> Plan:
    return replace(plan, tolerance=min(plan.tolerance, FINE))


def _reason(made: Compiled, found: Estimates) -> UmkmError:
    """Why the sample's model could not be estimated."""
    model = made.model
    if not found.stage.converged[0]:
        plan, names, r = model.first, made.first, found.stage_r
    else:
        plan, names, r = model.plan, made.last, found.r
    singular = _collinear_block(plan.blocks, plan.formative, names, r)
    if singular is not None:
        return singular
    equations = model.equations if model.products and r is found.r else plan.equations
    corr = found.corr if np.isfinite(found.corr).all() else _without_paths(model, r)
    for target, predictors in equations:
        if max(predictors) >= len(corr):
            continue
        chosen = np.array(predictors)
        if np.abs(np.linalg.eigvalsh(corr[chosen[:, None], chosen[None], 0])).min() <= SMALLEST:
            known = (*names.constructs, *made.products)
            return UmkmError(
                "PLS123",
                params={"outcome": names.constructs[target], "names": [known[j] for j in predictors]},
            )
    return UmkmError("PLS124", params={"limit": plan.limit})


def _without_paths(model: Model, r: Any) -> Any:
    """Correlations of constructs by the factorial scheme, which solves no regression."""
    plan = model.plan if len(r) == model.plan.n_items else model.first
    return iterate(replace(plan, scheme="factorial", limit=500, tolerance=1e-3), r).corr


def _collinear_block(blocks: Any, formative: Any, names: Stage, r: Any) -> UmkmError | None:
    for j, block in enumerate(blocks):
        if formative[j] and np.linalg.eigvalsh(r[block, block, 0]).min() <= SMALLEST:
            items = list(names.items[block])
            return UmkmError("PLS122", params={"construct": names.constructs[j], "items": items})
    return None
