"""A planned analysis, resolved: what is generated, what is recorded, how it is estimated, which effects are
read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.kernels.planning.data import Generator, Recorder
from umkm_stats.kernels.planning.latent import LatentTask, latent_task
from umkm_stats.planning._effects import Effects, effects_of, true_values
from umkm_stats.planning._population import FIRST, LAST
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
    covariances of ``columns``. families: (equation, family) of yes/no and count outcomes. shrink: design effect
    by which n is divided.
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


def analysis_text(population: PopulationText, *, scores: bool) -> str:
    """The model that is estimated: the population's with every number freed; on ``scores`` its paths only."""
    lines: list[str] = []
    loads: dict[str, list[str]] = {}
    only_measured = not scores and not any(s.term.op == "~" for s in population.terms)
    outcomes = {s.term.lhs for s in population.terms if s.term.op == "~"}
    indicators = {s.term.rhs for s in population.terms if s.term.op == "=~"}
    for entry in population.terms:
        term = entry.term
        mark = f"{entry.label}*" if entry.label else ""
        if term.op == "=~":
            free = "NA*" if only_measured and not mark and term.lhs not in loads else ""
            loads.setdefault(term.lhs, []).append(f"{free}{mark}{_tick(term.rhs)}")
        elif term.op == "~":
            lines.append(f"{_tick(term.lhs)} ~ {mark}{_tick(term.rhs)}")
        elif term.op == "~~" and term.lhs != term.rhs:
            free = [
                n in outcomes or (not scores and (n in indicators or n in population.latent))
                for n in (term.lhs, term.rhs)
            ]
            if all(free):
                lines.append(f"{_tick(term.lhs)} ~~ {mark}{_tick(term.rhs)}")
    if not scores:
        lines = [f"{_tick(name)} =~ {' + '.join(parts)}" for name, parts in loads.items()] + lines
        if only_measured:  # unit variances, so that covariances are correlations
            lines += [f"{_tick(name)} ~~ 1*{_tick(name)}" for name in loads]
    lines += [f"{entry.name} := {entry.expression.text}" for entry in population.model.definitions]
    return "\n".join(lines) + "\n"


def _tick(name: str) -> str:
    return name if name.replace("_", "a").replace(".", "a").replace(":", "a").isalnum() else f"`{name}`"


def sizes_of(n: Any) -> list[Any]:
    """One size or several as a list."""
    return [n] if np.ndim(n) == 0 else list(n)


def thresholds_of(categories: int | None, thresholds: Sequence[float] | None) -> Floats:
    """Cuts in standard deviations: as given, or evenly spaced as ``simulate_responses`` has them; empty
    without."""
    if thresholds is not None:
        cuts = np.asarray(thresholds, dtype=np.float64)
        if cuts.ndim != 1 or not len(cuts) or (np.diff(cuts) <= 0).any() or not np.isfinite(cuts).all():
            raise UsageError("PLN117")
        if categories is not None and categories != len(cuts) + 1:
            raise UsageError("PLN117")
        return cuts
    return np.zeros(0) if categories is None else np.linspace(FIRST, LAST, categories - 1)


def _composites(population: PopulationText, wanted: Sequence[str]) -> dict[str, list[str]]:
    """For each analysed variable the observed ones it is the mean of."""
    parts: dict[str, list[str]] = {}
    for entry in population.terms:
        if entry.term.op == "=~":
            parts.setdefault(entry.term.lhs, []).append(entry.term.rhs)

    def below(name: str) -> list[str]:
        return [leaf for part in parts[name] for leaf in below(part)] if name in parts else [name]

    return {name: below(name) for name in wanted}


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
    model = read_model(text)
    latent = {term.lhs for term in model.terms if term.op == "=~"}
    names = list(dict.fromkeys(n for t in model.terms for n in (t.lhs, t.rhs) if n and n not in latent))
    columns = [name for name in names if ":" not in name]
    for name in names:
        columns += [part for part in name.split(":") if ":" in name and part not in columns]
    if composites is not None:
        made = {name: list(composites.get(name, [name])) for name in columns}
    elif scores:
        made = _composites(population, columns)
    else:
        made = {name: [name] for name in columns}
    needed = list(dict.fromkeys(leaf for parts in made.values() for leaf in parts))
    unknown = [name for name in needed if name not in population.observed]
    if unknown:
        raise UsageError("PLN118", params={"names": unknown, "known": list(population.observed)})
    recorder = _recorder(population, needed, made, columns, cuts, missing)
    products = [name for name in names if ":" in name]
    cov = _recorded_cov(population, recorder, columns, products)
    coefs, labels, constants, plain = _coefficients(model)
    chosen = estimator or ("OLS" if not latent else "ML")
    others = [] if chosen == "OLS" else _others(model, labels, len(coefs), every=not coefs)
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
        equations = _equations(coefs, [*columns, *products])
        truth = true_values(effects, _least_squares(cov, equations))
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
    return _fitted(population, recorder, columns, cov, text, effects, chosen, handling, bool(len(cuts)))


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
    whole = np.zeros((len(columns) + len(products),) * 2)
    whole[: len(columns), : len(columns)] = out
    for number, name in enumerate(products, start=len(columns)):
        one, two = (columns.index(part) for part in name.split(":"))
        whole[number, number] = out[one, one] * out[two, two] + out[one, two] ** 2
        if name in population.products and not recorder.composites and not recorder.cut.any():
            where = [population.place(c) for c in columns]
            whole[number, : len(columns)] = whole[: len(columns), number] = population.cov[
                population.place(name), where
            ]
    return whole


def _coefficients(model: Model) -> tuple[list[tuple[str, str]], dict[str, int], dict[str, float], bool]:
    """Free paths, label → path, fixed labels, and whether each path is a parameter of its own."""
    coefs: list[tuple[str, str]] = []
    labels: dict[str, int] = {}
    constants: dict[str, float] = {}
    plain = not model.constraints
    for term in model.terms:
        if term.op != "~":
            continue
        value = next(
            (m.values[0] for m in term.modifiers if m.kind == "fix" and isinstance(m.values[0], float)), None
        )
        label = next((str(m.values[0]) for m in term.modifiers if m.kind == "label"), "")
        if isinstance(value, float):
            plain = False
            if label:
                constants[label] = value
            continue
        if label in labels:
            plain = False
        elif label:
            labels[label] = len(coefs)
        coefs.append((term.lhs, term.rhs))
    return coefs, labels, constants, plain


def _others(model: Model, labels: dict[str, int], first: int, *, every: bool) -> list[tuple[str, str, str]]:
    """Labelled loadings and covariances, all free ones with ``every``; their labels join ``labels``."""
    out: list[tuple[str, str, str]] = []
    for term in model.terms:
        if term.op not in ("=~", "~~") or (term.op == "~~" and term.lhs == term.rhs):
            continue
        fixed = any(m.kind == "fix" and isinstance(m.values[0], float) for m in term.modifiers)
        label = next((str(m.values[0]) for m in term.modifiers if m.kind == "label"), "")
        if not fixed and (label or every):
            if label:
                labels.setdefault(label, first + len(out))
            out.append((term.op, term.lhs, term.rhs))
    return out


def _equations(coefs: Sequence[tuple[str, str]], columns: Sequence[str]) -> tuple[Regression, ...]:
    """One regression an outcome; coefficients in the order of ``coefs`` after :func:`in_order`."""
    by_outcome: dict[str, list[int]] = {}
    for outcome, cause in coefs:
        by_outcome.setdefault(outcome, []).append(columns.index(cause))
    return tuple(Regression(columns.index(outcome), tuple(causes)) for outcome, causes in by_outcome.items())


def in_order(coefs: Sequence[tuple[str, str]]) -> list[int]:
    """Where each coefficient stands when the regressions are written one after the other."""
    outcomes = list(dict.fromkeys(outcome for outcome, _ in coefs))
    order = sorted(range(len(coefs)), key=lambda k: (outcomes.index(coefs[k][0]), k))
    return [order.index(k) for k in range(len(coefs))]


def _least_squares(cov: Floats, equations: Sequence[Regression]) -> Any:
    parts = [
        np.linalg.solve(cov[np.ix_(e.predictors, e.predictors)], cov[list(e.predictors), e.outcome])
        for e in equations
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
