"""A model without a mediator: its regression on scale means, by rules fixed before the data are seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from umkm_stats import ways
from umkm_stats.results import Note, Unavailable

if TYPE_CHECKING:
    from umkm_stats.options import Errors
    from umkm_stats.regression import Regression
    from umkm_stats.study._underway import Underway

ROBUST: Errors = "HC3"


def scores(work: Underway, key: str) -> None:
    """The parts ``regression_scores_KEY`` and ``detail_regression_KEY`` (its assumptions)."""
    found = work.attempt(f"regression_scores_{key}", lambda: regression_of(work, key))
    if not isinstance(found, Unavailable):
        work.attempt(f"detail_regression_{key}", found.assumptions)


def regression_of(work: Underway, key: str) -> Regression:
    """Classical errors; HC3 when Glejser's test finds unequal variance (the note says so)."""
    from umkm_stats.regression import regress
    from umkm_stats.study._steps import means

    model, settings = work.instrument.structural(key), work.settings
    frame = means(work)
    asked = [code for code in model.covariates if code not in frame.columns]
    known = [code for code in asked if code in work.responses.respondents.columns]
    if known:
        frame = frame.join(work.responses.respondents.loc[frame.index, known])
    covariates = [code for code in model.covariates if code in frame.columns]
    methods = [name for name in settings.intervals if name in ways.names("regression")]
    fixed: dict[str, Any] = {
        "y": list(model.y),
        "x": list(model.x),
        "covariates": covariates,
        "moderator": model.moderator or None,
        "level": settings.level,
        "seed": settings.seed,
    }
    plain = regress(frame, intervals=(), **fixed)
    checks = plain.assumptions().frame
    uneven = bool(((checks["check"] == "glejser") & (checks["decision"] == "not_met")).any())
    found = regress(
        frame,
        errors=ROBUST if uneven else "classical",
        draws=settings.draws,
        intervals=methods,
        workers=work.workers,
        progress=work.ticking("scores"),
        **fixed,
    )
    notes = list(found.notes)
    if uneven:
        notes.append(Note("STU085", {"errors": ROBUST}))
    gone = [name for name in settings.intervals if name not in methods]
    if gone:
        notes.append(Note("STU086", {"methods": gone}))
    lost = [code for code in model.covariates if code not in covariates]
    if lost:
        notes.append(Note("STU087", {"names": lost}))
    return replace(found, notes=tuple(notes))


def equations(work: Underway, key: str) -> Errors:
    """Each equation of a mediation model as a regression with its assumptions: ``equation_KEY_OUTCOME``.

    Returns the errors of all of them: HC3 as soon as Glejser's test finds unequal variance in one. An
    equation whose residuals are not normal has the first bootstrap interval of the study beside.
    """
    from umkm_stats.regression import regress
    from umkm_stats.study._steps import means

    model, settings = work.instrument.structural(key), work.settings
    frame = means(work)
    names = [*model.x, *model.m, *model.y]
    covariates = [code for code in model.covariates if code in frame.columns]
    whole = frame.dropna(subset=[*names, *covariates])
    methods = [name for name in settings.intervals if name in ways.names("regression")][:1]

    def one(outcome: str, predictors: list[str], errors: Errors, drawn: bool) -> Regression:
        return regress(
            whole,
            y=outcome,
            x=predictors,
            covariates=covariates,
            level=settings.level,
            seed=settings.seed,
            errors=errors,
            draws=settings.draws,
            intervals=methods if drawn else (),
            workers=work.workers,
        )

    plans: list[tuple[str, list[str]]] = []
    for place, mediator in enumerate(model.m):
        before = list(model.m[:place]) if model.structure == "serial" else []
        plans.append((mediator, [*model.x, *before]))
    plans += [(outcome, [*model.x, *model.m]) for outcome in model.y]
    for outcome, predictors in plans:
        _equation(work, key, outcome, lambda y=outcome, x=predictors: one(y, x, "classical", False))  # type: ignore[misc]
    failed = {outcome: _failed(work.parts.get(f"detail_equation_{key}_{outcome}")) for outcome, _ in plans}
    errors: Errors = ROBUST if any("glejser" in checks for checks in failed.values()) else "classical"
    for outcome, predictors in plans:
        drawn = "lilliefors" in failed[outcome]
        if drawn or errors == ROBUST:
            _equation(
                work,
                key,
                outcome,
                lambda y=outcome, x=predictors, d=drawn: one(y, x, errors, d),  # type: ignore[misc]
            )
    return errors


def _failed(checks: Any) -> set[str]:
    """Names of the checks that are not met."""
    if checks is None or isinstance(checks, Unavailable):
        return set()
    return set(checks.frame.loc[checks.frame["decision"] == "not_met", "check"])


def _equation(work: Underway, key: str, outcome: str, call: Callable[[], Regression]) -> None:
    found = work.attempt(f"equation_{key}_{outcome}", call)
    if not isinstance(found, Unavailable):
        work.attempt(f"detail_equation_{key}_{outcome}", found.assumptions)


def _checks(results: Mapping[str, Any], key: str, outcome: str) -> Any:
    """The assumptions of the equation of an outcome, or None."""
    for name in (f"detail_regression_{key}", f"detail_equation_{key}_{outcome}"):
        found = results.get(name)
        if found is not None and not isinstance(found, Unavailable):
            return found
    return None


def deciding(results: Mapping[str, Any], part: Any, key: str, outcome: str) -> str:
    """The method that decides on the slopes of an outcome: the t test; the first bootstrap interval when the
    residuals are not normal by Lilliefors' test."""
    drawn = list(dict.fromkeys(part.intervals["method"])) if len(part.intervals) else []
    checks = _checks(results, key, outcome)
    if checks is None or not drawn:
        return ways.TESTED[0]
    frame = checks.frame
    own = frame[(frame["check"] == "lilliefors") & (frame["outcome"] == outcome)]
    return str(drawn[0]) if (own["decision"] == "not_met").any() else ways.TESTED[0]


def withheld(results: Mapping[str, Any], key: str, path: str) -> bool:
    """Whether the square of a predictor on the path changes direction or decision: no verdict is given."""
    steps = path.split(" -> ")
    for source, outcome in pairwise(steps):
        checks = _checks(results, key, outcome)
        if checks is not None and (source, outcome) in checks.withheld:
            return True
    return False
