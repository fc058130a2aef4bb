"""Pictures of a regression: what is plain in the result, handed to the figures room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtr

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.figures import LocalNumbers as Numbers
from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.options import Language, one_of
from umkm_stats.regression._equations import Equation, sd
from umkm_stats.regression._influence import of as influence_of
from umkm_stats.regression._moderation import pairs
from umkm_stats.regression._text import shown

if TYPE_CHECKING:
    from umkm_stats.figures import Picture
    from umkm_stats.regression._columns import Columns
    from umkm_stats.regression._result import Regression

Floats = NDArray[np.float64]
Kind = Literal["coefficients", "pp", "residuals", "influence", "simple_slopes", "johnson_neyman"]
GRID = 81


def probabilities(entry: Equation) -> tuple[Floats, Floats]:
    """Observed (Blom's (r − 3/8)/(n + 1/4)) and expected cumulative probabilities of the standardised
    residuals, in ascending order."""
    z = np.sort(entry.fit.residuals * _root(entry)) / np.sqrt(entry.fit.sigma2)
    ranks = stats.rankdata(z)
    return np.asarray((ranks - 0.375) / (len(z) + 0.25)), np.asarray(ndtr(z))


def predicted_and_residual(entry: Equation) -> tuple[Floats, Floats]:
    """ZPRED and SRESID: predicted values in standard deviations (divisor n − 1), residuals over their own
    standard error."""
    fitted = entry.fit.fitted
    spread = float(sd(fitted, None)) * np.sqrt(len(fitted) / (len(fitted) - 1))
    leverage = influence_of(entry).leverage
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = entry.fit.residuals * _root(entry) / np.sqrt(entry.fit.sigma2 * (1 - leverage))
    return np.asarray((fitted - fitted.mean()) / spread), np.asarray(residual)


def _root(entry: Equation) -> Floats:
    return np.ones(len(entry.y)) if entry.weights is None else np.asarray(np.sqrt(entry.weights))


def draw(result: Regression, kind: str, outcome: str | None, lang: str) -> Picture:
    """The picture; see ``Regression.plot``."""
    from umkm_stats import figures

    one_of("kind", kind, Kind)
    one_of("lang", lang, Language)
    name = result.plan.y[0] if outcome is None else one_of("outcome", outcome, result.plan.y)
    voice = Numbers(lang)

    def say(*keys: str) -> dict[str, str]:
        return {key: messages.text(f"regression.plot.{key}", lang) for key in keys}

    if kind == "coefficients":
        table = result.coefficients[result.coefficients["outcome"] == name].iloc[1:]
        est, low, high = (table[part].to_numpy(dtype=np.float64) for part in ("est", "ci_low", "ci_high"))
        terms = [shown("term", str(term), lang) for term in table["term"]]
        return figures.coefficient_plot(terms, est, low, high, say("estimate"), voice)
    if result.columns is None:
        raise UsageError("REG125", params={"kind": result.kind})
    entry = next(own for own in result.equations if own.outcome == name)
    if kind == "pp":
        return figures.probability_plot(*probabilities(entry), say("observed", "expected"), voice)
    if kind == "residuals":
        return figures.residual_plot(*predicted_and_residual(entry), say("predicted", "residual"), voice)
    if kind == "influence":
        cook, row = influence_of(entry).cook, result.columns.positions + 1
        return figures.influence_plot(row, cook, 4.0 / len(cook), say("row", "cook"), voice)
    if not result.plan.moderators:
        raise UsageError("REG126", params={"kind": kind})
    return (
        _slopes(result, entry, lang, voice) if kind == "simple_slopes" else _band(result, entry, lang, voice)
    )


def _first(result: Regression, columns: Columns) -> str:
    """The first predictor that is a number."""
    coded = {found.name for found in columns.categories}
    for name in result.plan.x:
        if name not in coded:
            return name
    raise UsageError("REG126", params={"kind": "simple_slopes"})


def _slopes(result: Regression, entry: Equation, lang: str, voice: Numbers) -> Picture:
    """Lines of the first x over its range at the probes; everything else at its mean."""
    from umkm_stats import figures

    columns = result.columns
    assert columns is not None
    name = _first(result, columns)
    grid = np.linspace(float(columns.values[name].min()), float(columns.values[name].max()), GRID)
    means = {part: columns.mean(part) for parts in columns.parts.values() for part in parts}
    lines = []
    for probe in result.probes:
        at: dict[str, float | Floats] = {**means, **probe.values, name: grid}
        y = np.full(GRID, float(entry.fit.params[0]))
        for slope, term in zip(entry.fit.params[1:], entry.design.terms, strict=True):
            value: float | Floats = 1.0
            for part in term.parts:
                value = value * (at[part] - entry.design.centres.get(part, 0.0))
            y = y + slope * value
        lines.append((shown("at", probe.label, lang), y))
    return figures.slope_lines(grid, lines, {"x": name, "y": entry.outcome}, voice)


def _band(result: Regression, entry: Equation, lang: str, voice: Numbers) -> Picture:
    """The slope of the first x over the moderator's range with its interval."""
    from umkm_stats import figures

    columns = result.columns
    assert columns is not None
    coded = {found.name for found in columns.categories}
    if len(result.plan.moderators) != 1 or result.plan.moderators[0] in coded:
        raise UsageError("REG126", params={"kind": "johnson_neyman"})
    name, moderator = _first(result, columns), result.plan.moderators[0]
    values = columns.values[moderator]
    grid = np.linspace(float(values.min()), float(values.max()), GRID)
    ((product, _),) = pairs(entry, name)
    weight = np.zeros((GRID, len(entry.fit.params)))
    weight[:, 1 + entry.design.names.index(name)] = 1.0
    weight[:, 1 + product] = grid - entry.design.centres.get(moderator, 0.0)
    est = weight @ entry.fit.params
    se = np.sqrt(np.einsum("ij,jk,ik->i", weight, entry.fit.cov, weight))
    half = half_width(result.level, entry.fit.df) * se
    found = result.johnson_neyman
    own = found[(found["outcome"] == entry.outcome) & (found["term"] == name)]
    words = {
        "moderator": moderator,
        "slope": messages.text("regression.plot.slope", lang, x=name, y=entry.outcome),
    }
    return figures.significance_band(grid, est, est - half, est + half, list(own["value"]), words, voice)
