"""The search for the smallest effect: by which factor must the paths of an effect be multiplied?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.planning.data import own_seed
from umkm_stats.kernels.planning.search import probit_crossing
from umkm_stats.planning._asked import PowerPlan, Recorded, validated
from umkm_stats.planning._backends import run_local
from umkm_stats.planning._cells import Cell
from umkm_stats.planning._population_text import PopulationText, read_population
from umkm_stats.planning._search import target_row

WIDEST = 64.0  # how far the effect is multiplied before the search ends
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Where the power is reached: the factor, the effect there with its error, the paths there."""

    factor: float
    value: float
    se: float
    parameters: dict[str, float]


class Growing:
    """The search over the factor by which the paths of the effect are multiplied."""

    def __init__(
        self,
        text: str,
        plan: PowerPlan,
        n: int,
        goal: float,
        effect: str,
        path: str | None,
        reps: int,
        standardized: bool,
        recorded: Recorded | None,
        analysis: str | None,
    ) -> None:
        self.plan, self.n, self.goal, self.budget = plan, n, goal, reps
        self.design, self.request = plan.designs[0], plan.request
        self.standardized, self.recorded, self.analysis = standardized, recorded, analysis
        self.population = read_population(text, standardized=standardized)
        self.row = target_row(self.design, effect, path)
        self.target = self.design.effects.targets[self.row]
        self.paths = self._grown()
        self.hits: list[tuple[float, float, int, float]] = []  # factor, value, reps, power
        if not abs(self.design.truth[self.row]) > 0:
            raise UsageError("PLN151", params={"effect": effect})

    def _grown(self) -> tuple[tuple[str, str], ...]:
        """(outcome, cause) of the paths on which the effect rests."""
        coefs, truth = self.design.effects.coefs, self.design.effects
        at = np.full((len(coefs), 1), 0.5)
        moved = np.abs(truth.slopes(at)[self.row, :, 0]) > 0
        return tuple(pair for pair, counts in zip(coefs, moved, strict=True) if counts)

    def plan_at(self, factor: float) -> PowerPlan | None:
        """The plan with the paths multiplied; None when no variables can have them."""
        kept = self.plan.options
        try:
            return validated(
                scaled(self.population, self.paths, factor),
                interval=self.request.methods[0],
                draws=self.request.draws,
                seed=self.request.seed,
                level=self.request.level,
                workers=self.plan.workers,
                analysis=self.analysis,
                estimator=kept["estimator"],
                standardized=self.standardized,
                recorded=self.recorded,
                source=None,
            )
        except UmkmError as error:
            if error.code == "PLN113":
                return None
            raise

    def power(self, factor: float, reps: int) -> float | None:
        """Simulated power with the paths multiplied by ``factor``."""
        plan = self.plan_at(factor)
        if plan is None:
            return None
        request = replace(plan.request, seed=own_seed(self.request.seed, len(self.hits)))
        length = 100
        cells = [
            Cell(k, 0, self.n, first, min(length, reps - first))
            for k, first in enumerate(range(0, reps, length))
        ]
        rows = [rows for _, rows in run_local(plan.designs, request, cells, plan.workers or 1)]
        hit = [(part[part["row"] == self.row]["significant"] == 1).sum() for part in rows]
        share_ = float(sum(hit)) / reps
        self.hits.append((factor, float(plan.designs[0].truth[self.row]), reps, share_))
        return share_

    def found(self) -> Found:
        """Bracket, then refine from a probit regression of significance on the factor."""
        first = max(100, self.budget // 20)
        low, high = self._bracket(first)
        guess = math.sqrt(low * high)
        left = self.budget - sum(reps for _, _, reps, _ in self.hits)
        each = max(50, left // (2 * ROUNDS))
        for _ in range(ROUNDS):
            for step in (0.93, 1.07):
                if self.power(guess * step, each) is None:
                    self.power(guess, each)
            crossing = self._crossing(guess)
            if math.isfinite(crossing[0]):
                guess = min(max(crossing[0], low), high)
        factor, se = self._crossing(guess)
        if not math.isfinite(factor):
            factor, se = guess, math.nan
        plan = self.plan_at(factor)
        if plan is None:
            raise UsageError("PLN149", params={"n": self.n, "power": self.goal})
        value = float(plan.designs[0].truth[self.row])
        stated = {
            f"{outcome} ~ {cause}": factor * _value(self.population, outcome, cause)
            for outcome, cause in self.paths
        }
        return Found(factor, value, abs(self._slope(factor, value)) * se, stated)

    def _bracket(self, reps: int) -> tuple[float, float]:
        factor, found = 1.0, self.power(1.0, reps)
        if found is not None and found >= self.goal:
            while factor > 1.0 / WIDEST:
                below = factor / 1.5
                at = self.power(below, reps)
                if at is None or at < self.goal:
                    return below, factor
                factor = below
            return factor / 1.5, factor
        while factor < WIDEST:
            above = factor * 1.5
            at = self.power(above, reps)
            if at is None:
                above, at = self._edge(factor, above, reps)
                if at is None or at < self.goal:
                    break
            if at >= self.goal:
                return factor, above
            factor = above
        raise UsageError("PLN149", params={"n": self.n, "power": self.goal})

    def _edge(self, possible: float, impossible: float, reps: int) -> tuple[float, float | None]:
        """The largest factor that variables can have, and the power there."""
        for _ in range(12):
            middle = math.sqrt(possible * impossible)
            if self.plan_at(middle) is None:
                impossible = middle
            else:
                possible = middle
        return possible, self.power(possible, reps)

    def _crossing(self, around: float) -> tuple[float, float]:
        near = [h for h in self.hits if around / 1.6 <= h[0] <= around * 1.6] or self.hits
        factor = np.array([h[0] for h in near])
        trials = np.array([float(h[2]) for h in near])
        hits = np.array([h[2] * h[3] for h in near])
        found = probit_crossing(factor**2, hits, trials, self.goal)  # a regression on the factor itself
        if not math.isfinite(found.n):
            return math.nan, math.nan
        root = math.sqrt(found.n)
        return root, found.se / (2.0 * root)

    def _slope(self, factor: float, value: float) -> float:
        other = self.plan_at(factor * 0.999)
        if other is None:
            return math.nan
        return (value - float(other.designs[0].truth[self.row])) / (factor * 0.001)


def _value(population: PopulationText, outcome: str, cause: str) -> float:
    for entry in population.terms:
        if (entry.term.op, entry.term.lhs, entry.term.rhs) == ("~", outcome, cause):
            return entry.value or 0.0
    return 0.0


def scaled(population: PopulationText, paths: Sequence[tuple[str, str]], factor: float) -> str:
    """The population's text with the named paths multiplied by ``factor``."""
    lines = []
    for entry in population.terms:
        term, value = entry.term, entry.value
        if term.op == "~" and value is not None and (term.lhs, term.rhs) in paths:
            value *= factor
        mark = "".join(
            f"{part}*" for part in (entry.label, "" if value is None else repr(float(value))) if part
        )
        right = term.rhs or "1"
        lines.append(f"{term.lhs} {'~' if term.op == '~1' else term.op} {mark}{right}")
    lines += [f"{entry.name} := {entry.expression.text}" for entry in population.model.definitions]
    return "\n".join(lines) + "\n"
