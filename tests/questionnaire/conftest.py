"""Instruments and simulated respondents for the questionnaire tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from umkm_stats.instrument import Instrument, load_instrument
from umkm_stats.questionnaire import Plan

FILES = Path(__file__).parent / "files"


@pytest.fixture(scope="session")
def rich() -> Instrument:
    """A made-up instrument with every kind of question and texts that begin like formulas."""
    return load_instrument(FILES / "rich.yaml")


@pytest.fixture(scope="session")
def dotted() -> Instrument:
    """A made-up instrument with the codes of theses: X1.1, Z.1, Y.1, and words that SPSS reserves."""
    return load_instrument(FILES / "dotted.yaml")


@pytest.fixture(scope="session")
def bundled() -> Instrument:
    """The instrument that comes with the library."""
    return load_instrument("umkm_inovasi")


def _one(plan: Plan, rng: random.Random, *, passing: bool = True) -> dict[str, Any]:
    """One respondent's answers by code: an int, a list of ints, or a text; only what is asked under the skip
    logic."""
    given: dict[str, Any] = dict(plan.known)
    level = rng.random()  # statements of one respondent go together, as they do in life
    for asked in plan.asked:
        if asked.code in plan.known:
            given[asked.code] = int(plan.known[asked.code]) if asked.answers else plan.known[asked.code]
            continue
        met = all(
            any(value in clause.values for value in _listed(given.get(clause.question)))
            or not all(
                any(v in entry.values for v in _listed(given.get(entry.question))) for entry in clause.only_if
            )
            for clause in asked.clauses
        )
        if not met:
            continue
        question = asked.question
        if question.expected is not None:
            given[asked.code] = question.expected
        elif asked.input == "many":
            alone = [answer.value for answer in asked.answers if answer.alone]
            open_ = [answer.value for answer in asked.answers if not answer.alone]
            given[asked.code] = (
                sorted(rng.sample(open_, rng.randint(1, len(open_))))
                if rng.random() < 0.7 or not alone
                else [alone[0]]
            )
        elif asked.input == "one":
            values = [answer.value for answer in asked.answers if not answer.aside]
            values = [
                answer.value for answer in asked.answers if answer.aside and rng.random() < 0.03
            ] or values
            if question.kind == "scale" and len(values) > 1:
                share = 0.75 * level + 0.25 * rng.random()
                values = [
                    values[
                        round(
                            (1 - share if getattr(question, "reverse", False) else share) * (len(values) - 1)
                        )
                    ]
                ]
            given[asked.code] = (
                rng.choice(list(asked.accept)) if asked.accept is not None and passing else rng.choice(values)
            )
        elif asked.input == "number":
            low, high = question.minimum or 0, question.maximum or 100
            if asked.latest is not None:  # a year of birth or founding that can be true
                high = min(question.maximum or 2007, 2007)
            value = rng.uniform(low, high)
            given[asked.code] = round(value, question.decimals) if question.decimals else int(value)
        elif asked.code == "TANGGAL":
            given[asked.code] = "2026-11-02"
        elif not question.personal:
            given[asked.code] = f"teks {rng.randint(100, 999)}"
    return given


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def simulate() -> Callable[..., list[dict[str, Any]]]:
    """``simulate(plan, n, seed)``: answers of n respondents who pass the screening."""

    def make(plan: Plan, n: int, seed: int = 1) -> list[dict[str, Any]]:
        rng = random.Random(seed)
        return [_one(plan, rng) for _ in range(n)]

    return make
