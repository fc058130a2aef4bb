"""Variables that are not normal, groups of respondents, and effects that should be near zero."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import glm, rules
from umkm_stats.options import one_of, share
from umkm_stats.planning._design import Design
from umkm_stats.planning._effects import Target, true_values
from umkm_stats.planning._population_text import PopulationText
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.planning._asked import Recorded

BY_SLOPES = ("joint", "delta", "monte_carlo")  # what needs no resample of a logistic or Poisson regression


def with_kinds(population: PopulationText, recorded: Recorded) -> PopulationText:
    """The population with its binary predictors and its yes/no or count outcomes.

    Raises ``UsageError`` PLN157 (no exogenous observed variable that is uncorrelated with others), PLN158 (an
    outcome that is no observed end of the model, or whose variance is stated).
    """
    binary, outcomes = dict(recorded.binary or {}), dict(recorded.outcomes or {})
    if not binary and not outcomes:
        return population
    source = population.generator
    spread = source.root @ source.root.T
    limits = []
    for name, ones in binary.items():
        part = share("binary", ones)
        at = population.place(name) if name in population.observed else -1
        alone = at >= 0 and not source.parents[at] and np.count_nonzero(spread[at]) == 1
        if not alone or name in outcomes or not np.isclose(spread[at, at], 1.0):
            raise UsageError("PLN157", params={"name": name})
        limits.append((at, float(-ndtri(part))))
    families = []
    used = {cause for causes in source.parents for cause in causes}
    used |= {part for parts in source.products for part in parts}
    for name, family in outcomes.items():
        one_of("outcomes", family, glm.FAMILIES)
        at = population.place(name) if name in population.observed else -1
        if at < 0 or at in used or not source.parents[at] or not np.isclose(spread[at, at], 1.0):
            raise UsageError("PLN158", params={"name": name})
        families.append((at, str(family)))
    return replace(population, generator=replace(source, binary=tuple(limits), outcomes=tuple(families)))


def with_bounds(
    design: Design,
    population: PopulationText,
    recorded: Recorded,
    methods: tuple[str, ...],
    equivalence: float | None,
) -> Design:
    """The design with what ``with_kinds`` and groups of respondents change, and with rows of equivalence.

    Raises ``UsageError`` PLN159 (an interval or analysis that such variables do not have), PLN160 (group size
    without ICC, or the other way), PLN161 (no direct path).
    """
    if recorded.binary or recorded.outcomes:
        design = _own_values(design, population, recorded, methods)
    if (recorded.cluster_size is None) != (recorded.icc is None):
        raise UsageError("PLN160")
    if recorded.cluster_size is not None and recorded.icc is not None:
        if not recorded.cluster_size >= 1:
            raise UsageError("PLN160")
        icc = 0.0 if recorded.icc == 0 else share("icc", recorded.icc)
        design = replace(design, shrink=rules.design_effect(float(recorded.cluster_size), icc))
    return design if equivalence is None else _equivalent(design, equivalence)


def _own_values(
    design: Design, population: PopulationText, recorded: Recorded, methods: tuple[str, ...]
) -> Design:
    wrong = [m for m in methods if m not in BY_SLOPES] if recorded.outcomes else []
    stated = {(s.term.lhs, s.term.rhs): s.value or 0.0 for s in population.terms if s.term.op == "~"}
    unknown = any(pair not in stated for pair in design.effects.coefs)
    if design.route != "regressions" or wrong or unknown or design.recorder.composites:
        allowed = [ways.WAYS[m].name for m in BY_SLOPES]
        raise UsageError("PLN159", params={"received": wrong or [design.estimator], "known": allowed})
    families = []
    for name, family in dict(recorded.outcomes or {}).items():
        at = next((k for k, e in enumerate(design.equations) if design.columns[e.outcome] == name), None)
        if at is not None:
            families.append((at, str(family)))
    ends = set(recorded.outcomes or {})
    kept = tuple(
        t for t in design.effects.targets if not (t.effect == "total" and t.path.split(" -> ")[-1] in ends)
    )
    effects = replace(design.effects, targets=kept)
    truth = true_values(effects, np.array([stated[pair] for pair in effects.coefs]))
    return replace(design, effects=effects, truth=truth, families=tuple(families))


def _equivalent(design: Design, bound: float) -> Design:
    if not (isinstance(bound, (int, float)) and not isinstance(bound, bool) and 0 < float(bound) < np.inf):
        raise UsageError("PLN135", params={"name": "equivalence", "received": repr(bound)})
    direct = [t for t in design.effects.targets if t.effect == "direct"]
    if not direct:
        raise UsageError("PLN161")
    more = tuple(Target("direct_equivalence", t.path, t.products, bound=float(bound)) for t in direct)
    effects = replace(design.effects, targets=(*design.effects.targets, *more))
    rows = [design.effects.targets.index(t) for t in direct]
    return replace(design, effects=effects, truth=np.concatenate([design.truth, design.truth[rows]]))


def kind_notes(design: Design) -> list[Note]:
    """PLN162: n is divided by the design effect."""
    return [Note("PLN162", {"effect": design.shrink})] if design.shrink != 1.0 else []
