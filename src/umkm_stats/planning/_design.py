"""A planned analysis, resolved: what is generated, what is recorded, how it is estimated, which effects are
read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.kernels.planning.data import Generator, Recorder
from umkm_stats.kernels.planning.latent import LatentTask, latent_task
from umkm_stats.planning._analysis_text import analysis_text, composites_of
from umkm_stats.planning._effects import ARROW, Effects, effects_of, true_values
from umkm_stats.planning._latent_products import ProductFactor, product_factors, stated_paths, with_products
from umkm_stats.planning._parameters import coefficients_of, equations_of, least_squares, others_of
from umkm_stats.planning._pls_route import pls_population, pls_text
from umkm_stats.planning._population_text import PopulationText
from umkm_stats.sem import Fit, fit
from umkm_stats.sem.estimators import estimator_of
from umkm_stats.sem.text._language import Model, read_model

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Design:
    """Everything a replication needs; arrays and plain values only, so that it travels to other processes.

    route: "regressions" (batched least squares), "ml" (batched maximum likelihood) or "fits" (``fit`` and
    ``Fit.bootstrap`` one replication at a time). columns: names of the analysed variables. truth (E,): the
    effects in the population as the analysis would find them without sampling error. cov: population
    covariances of ``columns``. families: (equation, family) of yes/no and count outcomes. shrink: design
    effect by which n is divided. latent_products: products of latent variables.
    """

    generator: Generator
    recorder: Recorder
    columns: tuple[str, ...]
    route: str
    text: str
    equations: tuple[Regression, ...]
    latent: LatentTask | None
    estimator: str
    missing: str
    ordered: bool
    effects: Effects
    truth: Floats
    cov: Floats
    families: tuple[tuple[int, str], ...] = ()
    shrink: float = 1.0
    latent_products: tuple[ProductFactor, ...] = ()


def resolve(
    population: PopulationText,
    *,
    analysis: str | None,
    composites: Mapping[str, Sequence[str]] | None = None,
    estimator: str | None,
    missing: float,
    handling: str,
    cuts: Floats,
) -> Design:
    """The design of a population and an analysis.

    analysis: None (the population's own model), "scores" (means of the items of each latent variable, least
    squares) or model text. Raises ``UsageError`` PLN118 (a variable that the population does not have),
    PLN119 (a combination that cannot be estimated), and what ``fit`` raises.
    """
    scores = analysis == "scores"
    text = analysis_text(population, scores=scores) if analysis in (None, "scores") else str(analysis)
    if not text.strip():
        raise UsageError("PLN155")
    made_products = product_factors(population) if analysis is None and estimator != "PLS" else ()
    if made_products:
        text = with_products(text, made_products)
    model = read_model(text)
    latent = {term.lhs for term in model.terms if term.op == "=~"}
    names = list(dict.fromkeys(n for t in model.terms for n in (t.lhs, t.rhs) if n and n not in latent))
    indicators = {name for factor in made_products for name, _, _ in factor.indicators}
    names = [name for name in names if name not in indicators]
    columns = [name for name in names if ":" not in name]
    made_of = [part for factor in made_products for _, *pair in factor.indicators for part in pair]
    columns += [part for part in dict.fromkeys(made_of) if part not in columns]
    for name in names:
        if estimator == "PLS" and any(part in latent for part in name.split(":")):
            continue
        columns += [part for part in name.split(":") if ":" in name and part not in columns]
    if composites is not None:
        made = {name: list(composites.get(name, [name])) for name in columns}
    elif scores:
        made = composites_of(population, columns)
    else:
        made = {name: [name] for name in columns}
    needed = list(dict.fromkeys(leaf for parts in made.values() for leaf in parts))
    unknown = [name for name in needed if name not in population.observed]
    if unknown:
        raise UsageError("PLN118", params={"names": unknown, "known": list(population.observed)})
    recorder = _recorder(population, needed, made, columns, cuts, missing)
    products = [name for name in names if ":" in name and estimator != "PLS"]
    cov = _recorded_cov(population, recorder, columns, products)
    coefs, labels, constants, plain = coefficients_of(model)
    chosen = estimator or ("OLS" if not latent else "ML")
    if chosen == "PLS":
        return _by_pls(population, recorder, columns, cov, model, coefs, labels, constants, handling)
    others = [] if chosen == "OLS" else others_of(model, labels, len(coefs), every=not coefs)
    effects = effects_of(
        coefs, labels, constants, ((d.name, d.expression, d.line) for d in model.definitions), others
    )
    if not effects.count:
        raise UsageError("PLN155")
    if chosen != "OLS":
        chosen = estimator_of(chosen).name
    if handling == "fiml" and (chosen == "OLS" or "fiml" not in estimator_of(chosen).missing or products):
        raise UsageError("PLN119", params={"estimator": chosen, "missing": handling})
    if chosen == "OLS":
        if latent or not plain:
            raise UsageError("PLN119", params={"estimator": chosen, "missing": handling})
        equations = equations_of(coefs, [*columns, *products])
        truth = true_values(effects, least_squares(cov, equations))
        return Design(
            population.generator,
            recorder,
            tuple(columns + products),
            "regressions",
            text,
            equations,
            None,
            chosen,
            "listwise",
            False,
            effects,
            truth,
            cov,
        )
    if products:
        raise UsageError("PLN119", params={"estimator": chosen, "missing": handling})
    if made_products:
        return _with_latent_products(
            population, recorder, columns, cov, text, effects, chosen, handling, made_products
        )
    return _fitted(population, recorder, columns, cov, text, effects, chosen, handling, bool(len(cuts)))


def _with_latent_products(
    population: PopulationText,
    recorder: Recorder,
    columns: list[str],
    cov: Floats,
    text: str,
    effects: Effects,
    estimator: str,
    handling: str,
    products: tuple[ProductFactor, ...],
) -> Design:
    """The design of a model with products of latent variables, fitted one sample at a time."""
    if handling != "listwise" or estimator_of(estimator).ordinal:
        raise UsageError("PLN119", params={"estimator": estimator, "missing": handling})
    labels = {f.name: f.label for f in products}
    targets = tuple(
        replace(
            t, effect="interaction", path=ARROW.join((labels[t.path.split(ARROW)[0]], t.path.split(ARROW)[1]))
        )
        if t.expression is None and t.path.split(ARROW)[0] in labels and len(t.path.split(ARROW)) == 2
        else t
        for t in effects.targets
        if t.expression is not None or len(t.factors) == 1 or t.path.split(ARROW)[0] not in labels
    )
    effects = replace(effects, targets=targets)
    truth = true_values(effects, stated_paths(population, effects.coefs, products))
    return Design(
        population.generator,
        recorder,
        tuple(columns),
        "fits",
        text,
        (),
        None,
        estimator,
        handling,
        False,
        effects,
        truth,
        cov,
        latent_products=products,
    )


def _by_pls(
    population: PopulationText,
    recorder: Recorder,
    columns: list[str],
    cov: Floats,
    model: Model,
    coefs: list[tuple[str, str]],
    labels: dict[str, int],
    constants: dict[str, float],
    handling: str,
) -> Design:
    """The design of an analysis by PLS-SEM."""
    if handling != "listwise" or not coefs or any(":" in cause for _, cause in coefs):
        raise UsageError("PLN119", params={"estimator": "PLS", "missing": handling})
    text = pls_text(model)
    lines = ((d.name, d.expression, d.line) for d in model.definitions)
    effects = effects_of(coefs, labels, constants, lines)
    truth = true_values(effects, pls_population(text, columns, cov, coefs))
    return Design(
        population.generator,
        recorder,
        tuple(columns),
        "pls",
        text,
        (),
        None,
        "PLS",
        handling,
        False,
        effects,
        truth,
        cov,
    )


def _fitted(
    population: PopulationText,
    recorder: Recorder,
    columns: list[str],
    cov: Floats,
    text: str,
    effects: Effects,
    estimator: str,
    handling: str,
    cut: bool,
) -> Design:
    import pandas as pd

    start = fit(text, sample_cov=pd.DataFrame(cov, index=columns, columns=columns), n_obs=10_000_000)
    at = chosen_parameters(start, effects)
    truth = true_values(effects, start.params[at])
    ordered = estimator_of(estimator).ordinal
    if ordered and not cut:
        raise UsageError("PLN119", params={"estimator": estimator, "missing": handling})
    task, route = None, "fits"
    if estimator == "ML" and handling == "listwise":
        order = [columns.index(name) for name in start.observed]
        state = start.point.states[0]
        route = "ml"
        task = latent_task(
            start.compiled,
            start.params,
            np.real(state.sigma),
            np.real(state.phi),
            cov[np.ix_(order, order)],
            np.zeros(len(order)),
            at,
        )
        columns = list(start.observed)
        recorder = Recorder(
            recorder.columns,
            recorder.cut,
            recorder.cuts,
            recorder.centre,
            recorder.scale,
            recorder.missing,
            tuple(recorder.composites[i] for i in order)
            if recorder.composites
            else tuple((i,) for i in order),
        )
    return Design(
        population.generator,
        recorder,
        tuple(columns),
        route,
        text,
        (),
        task,
        estimator,
        handling,
        ordered,
        effects,
        truth,
        cov,
    )


def chosen_parameters(fitted: Fit, effects: Effects) -> Any:
    """(P,) numbers of the free parameters that the effects read; ``UsageError`` PLN156 for a fixed one."""
    free = {(row.op, row.lhs, row.rhs): row.free - 1 for row in fitted.table.rows if row.free}
    free |= {(op, right, left): at for (op, left, right), at in free.items() if op == "~~"}
    fixed = [f"{left} {op} {right}" for op, left, right in effects.keys if (op, left, right) not in free]
    if fixed:
        raise UsageError("PLN156", params={"names": fixed})
    return np.array([free[key] for key in effects.keys], dtype=np.int64)


def _recorder(
    population: PopulationText,
    needed: list[str],
    made: Mapping[str, list[str]],
    columns: list[str],
    cuts: Floats,
    missing: float,
) -> Recorder:
    at = np.array([population.place(name) for name in needed], dtype=np.int64)
    same = all(parts == [name] for name, parts in made.items()) and columns == needed
    composites = () if same else tuple(tuple(needed.index(leaf) for leaf in made[name]) for name in columns)
    return Recorder(
        at,
        np.full(len(at), len(cuts) > 0),
        cuts,
        population.mean[at],
        np.sqrt(np.diagonal(population.cov)[at]),
        missing,
        composites,
    )


def _recorded_cov(
    population: PopulationText, recorder: Recorder, columns: list[str], products: list[str]
) -> Floats:
    """Population covariances of the analysed variables; categories stand for their latent answers in SD
    units."""
    cov = population.cov[np.ix_(recorder.columns, recorder.columns)]
    if recorder.cut.any():
        unit = np.where(recorder.cut, recorder.scale, 1.0)
        cov = cov / np.outer(unit, unit)
    mixing = np.eye(len(columns))
    if recorder.composites:
        mixing = np.zeros((len(columns), len(recorder.columns)))
        for row, parts in enumerate(recorder.composites):
            mixing[row, list(parts)] = 1.0 / len(parts)
    out = mixing @ cov @ mixing.T
    if not products:
        return np.asarray(out)
    reach = mixing @ population.cov[recorder.columns]
    whole = np.zeros((len(columns) + len(products),) * 2)
    whole[: len(columns), : len(columns)] = out
    for number, name in enumerate(products, start=len(columns)):
        one, two = (columns.index(part) for part in name.split(":"))
        whole[number, number] = out[one, one] * out[two, two] + out[one, two] ** 2
        if name in population.products and not recorder.cut.any():
            first, second = (population.place(part) for part in name.split(":"))
            # how much of the variables in the population's product the analysed ones hold
            held = reach[one, first] / population.cov[first, first]
            held *= reach[two, second] / population.cov[second, second]
            line = held * reach[:, population.place(name)]
            whole[number, : len(columns)] = whole[: len(columns), number] = line
    return whole
