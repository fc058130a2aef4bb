"""Pictures of a mediation: what is plain in the result, handed to the figures room."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats import messages, ways
from umkm_stats.errors import UsageError
from umkm_stats.figures import LocalNumbers as Numbers
from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.mediation._effects import held
from umkm_stats.mediation._spec import ARROW, Equation, Spec
from umkm_stats.mediation._summary import interval, show
from umkm_stats.options import Language, one_of
from umkm_stats.regression._plots import GRID

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture
    from umkm_stats.mediation._result import Mediation

Floats = NDArray[np.float64]
Kind = Literal["effects", "simple_slopes", "johnson_neyman", "draws", "paths"]
ARROWS = ("a", "d", "b", "direct")
THROUGH = ("indirect", "total_indirect", "conditional_indirect")


def draw(result: Mediation, kind: str, path: str | None, moderator: str | None, lang: str) -> Picture:
    """The picture; see ``Mediation.plot``."""
    one_of("kind", kind, Kind)
    one_of("lang", lang, Language)
    voice = Numbers(lang)
    if kind == "effects":
        return _effects(result, path, lang, voice)
    if kind == "draws":
        return _draws(result, path, lang, voice)
    if kind == "paths":
        return _paths(result, lang)
    if kind == "simple_slopes":
        return _slopes(result, path, lang, voice)
    return _band(result, path, moderator, lang, voice)


def _words(lang: str, *keys: str) -> dict[str, str]:
    return {key: messages.text(f"mediation.plot.{key}", lang) for key in keys}


def _label(effect: str, path: str, lang: str) -> str:
    """An effect with its path, which breaks at its conditions only."""
    whole = messages.settings(path, lang).replace(
        ARROW, "\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}"
    )
    whole = whole.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}").replace(
        " | ", " |\N{NO-BREAK SPACE}"
    )
    return f"{messages.text(f'mediation.effect.{effect}', lang)} {whole}"


def _known(path: str, known: Sequence[str]) -> str:
    """``path`` when it is one of ``known``; else ``UsageError`` MED481."""
    if path not in known:
        raise UsageError("MED481", params={"path": path, "known": list(known) or ["–"]})
    return path


def deciding(result: Mediation, own: pd.DataFrame) -> pd.Series[Any]:
    """The row of an effect that a picture shows: of the deciding method, else the test of its regression,
    else the first that has limits."""
    for methods in ((result.primary,), ways.TESTED):
        found = own[own["method"].isin(methods) & own["ci_low"].notna()]
        if len(found):
            return found.iloc[0]
    limits = own[own["ci_low"].notna()]
    return (limits if len(limits) else own).iloc[0]


def _effects(result: Mediation, path: str | None, lang: str, voice: Numbers) -> Picture:
    """Every effect that is no single arrow into or out of a mediator, with its limits."""
    from umkm_stats import figures

    frame = result.effects
    shown = dict.fromkeys(
        (str(effect), str(route))
        for effect, route in zip(frame["effect"], frame["path"], strict=True)
        if effect not in ("a", "d", "b")
    )
    if path is not None:
        _known(path, list(dict.fromkeys(route for _, route in shown)))
    rows, names = [], []
    for effect, route in shown:
        if path in (None, route):
            rows.append(deciding(result, frame[(frame["effect"] == effect) & (frame["path"] == route)]))
            names.append(_label(effect, route, lang))
    est, low, high = (
        np.array([row[part] for row in rows], dtype=np.float64) for part in ("est", "ci_low", "ci_high")
    )
    return figures.coefficient_plot(names, est, low, high, _words(lang, "estimate"), voice)


def _draws(result: Mediation, path: str | None, lang: str, voice: Numbers) -> Picture:
    """The draws of an indirect effect above the limits made from them."""
    from umkm_stats import figures

    frame = result.effects
    known = [entry for entry in result.named if entry.key in result.draws.columns]
    if path is None:
        known = [entry for entry in known if entry.kind in THROUGH] or known
    else:
        _known(path, list(dict.fromkeys(entry.path for entry in known)))
        known = [entry for entry in known if entry.path == path]
    drawn = [entry for entry in known if np.isfinite(result.draws[entry.key]).sum() > 1]
    if not drawn:
        raise UsageError("MED480", params={"kind": "draws", "needs": "draws"})
    entry = drawn[0]
    own = frame[(frame["effect"] == entry.kind) & (frame["path"] == entry.path) & frame["ci_low"].notna()]
    limits = [
        (ways.label(str(row["method"]), lang), float(row["ci_low"]), float(row["ci_high"]))
        for row in own.to_dict("records")
    ]
    words = _words(lang, "estimate", "zero", "count")
    words["effect"] = _label(entry.kind, entry.path, lang)
    values = result.draws[entry.key].to_numpy(dtype=np.float64)
    return figures.draws_hist(values, float(own["est"].iloc[0]), limits, words, voice)


def _paths(result: Mediation, lang: str) -> Picture:
    """The path diagram: every arrow, moderator and covariate with its estimate and interval."""
    from umkm_stats import figures

    spec, frame = result.spec, result.effects
    names = {name: name for name in (*spec.x, *spec.m, *spec.y)}
    arrows: dict[tuple[str, str], figures.Arrow] = {}

    def add(source: str, target: str, row: Mapping[Any, Any]) -> None:
        low, high = float(row["ci_low"]), float(row["ci_high"])
        words = f"{show(row['est'], lang)}\n{interval(low, high, lang)}"
        sure = bool(low > 0 or high < 0)
        arrows.setdefault(
            (source, target), figures.Arrow(source, target, words, negative=row["est"] < 0, certain=sure)
        )

    for entry in result.named:
        if entry.kind in ARROWS and len(entry.route) == 2:
            own = frame[(frame["effect"] == entry.kind) & (frame["path"] == entry.path)]
            tested = own[own["method"].isin(ways.TESTED)]
            add(*entry.route, (tested if len(tested) else own).iloc[0].to_dict())
    table = result.coefficients
    if "term" in table.columns:
        for row in table[table["role"] != "total"].to_dict("records"):
            if row["term"] != "(intercept)" and (row["term"], row["outcome"]) not in arrows:
                names.setdefault(row["term"], str(row["term"]).replace(":", " \N{MULTIPLICATION SIGN} "))
                add(row["term"], row["outcome"], row)
    extra = {
        str(row["outcome"]): f"R² = {show(row['r2'], lang)}"
        for row in result.equations.to_dict("records")
        if row.get("role") != "total" and row["outcome"] in names
    }
    return figures.draw_path(names, list(arrows.values()), extra)[0]


def _moderated(spec: Spec, kind: str) -> list[tuple[str, str]]:
    """Arrows that a moderator changes."""
    found = [
        (term[0], outcome)
        for (outcome, role, term) in spec.place
        if role != "total" and len(term) > 1 and term[0] not in spec.moderators
    ]
    if not found:
        raise UsageError("MED480", params={"kind": kind, "needs": "moderator"})
    return list(dict.fromkeys(found))


def _arrow(result: Mediation, kind: str, path: str | None) -> tuple[str, str]:
    if result.columns is None or result.found is None:
        raise UsageError("MED480", params={"kind": kind, "needs": "scores"})
    known = _moderated(result.spec, kind)
    if path is None:
        return known[0]
    _known(path, [ARROW.join(pair) for pair in known])
    return next(pair for pair in known if ARROW.join(pair) == path)


def _slopes(result: Mediation, path: str | None, lang: str, voice: Numbers) -> Picture:
    """Lines of a moderated arrow over the range of its start, at the probes of its moderators; every other
    predictor at its mean."""
    from umkm_stats import figures

    source, target = _arrow(result, "simple_slopes", path)
    columns, spec = result.columns, result.spec
    assert columns is not None
    role = "outcome" if target in spec.y else "mediator"
    equation: Equation = next(e for e in spec.equations if e.outcome == target and e.role == role)
    touching = {name for term in equation.terms if term[0] == source for name in term[1:]}
    table = result.coefficients
    own = table[(table["outcome"] == target) & (table["role"] == role)]["est"].to_numpy(dtype=np.float64)
    column = columns.column(source)
    grid = np.linspace(float(column.min()), float(column.max()), GRID)
    names = {name for term in equation.terms for name in term}
    means = {name: float(np.average(columns.column(name), weights=columns.weights)) for name in names}
    lines: dict[str, Floats] = {}
    for probe in result.probes:
        held = {name: value for name, value in probe.items() if name in touching}
        at: dict[str, Any] = {**means, **probe, source: grid}
        label = messages.settings(", ".join(f"{name} = {value:.4g}" for name, value in held.items()), lang)
        if label in lines:
            continue
        y = np.full(GRID, own[0])
        for slope, term in zip(own[1:], equation.terms, strict=True):
            product: Any = 1.0
            for name in term:
                product = product * (at[name] - spec.centres.get(name, 0.0))
            y = y + slope * product
        lines[label] = y
    return figures.slope_lines(grid, list(lines.items()), {"x": source, "y": target}, voice)


def band(
    result: Mediation, pair: tuple[str, str], moderator: str
) -> tuple[Floats, Floats, Floats, list[float]]:
    """Over the range of ``moderator`` (the others at their middle probe): its values, the slope of the arrow,
    half the width of its interval, and where the interval touches 0."""
    columns, found = result.columns, result.found
    assert columns is not None
    assert found is not None
    middle = dict(result.probes[len(result.probes) // 2])
    column = columns.column(moderator)
    low, high = float(column.min()), float(column.max())

    def slope(value: float) -> tuple[float, float]:
        edge = result.spec.edge(*pair, {**middle, moderator: value})
        weight = np.zeros(len(found.theta))
        for index, part in edge:
            weight[index] += part
        return float(weight @ found.theta), float(weight @ found.cov @ weight)

    df = float(found.df[[index for index, _ in result.spec.edge(*pair, middle)]].min())
    crit = half_width(result.level, df)
    grid = np.linspace(low, high, GRID)
    est, variance = (np.array(part) for part in zip(*(slope(float(value)) for value in grid), strict=True))
    three = np.array([low, (low + high) / 2, high])
    gap = [first**2 - crit**2 * second for first, second in (slope(float(value)) for value in three)]
    roots = np.roots(np.linalg.solve(np.vander((three - low) / (high - low), 3), gap))
    borders = sorted(low + (high - low) * float(r.real) for r in roots if abs(r.imag) < 1e-12)
    half = crit * np.sqrt(variance)
    return grid, est, np.asarray(half), [value for value in borders if low <= value <= high]


def _band(result: Mediation, path: str | None, moderator: str | None, lang: str, voice: Numbers) -> Picture:
    """A moderated arrow over its moderator, or, for a path through a mediator, its conditional indirect
    effect."""
    from umkm_stats import figures

    if path is not None and path.count(ARROW) > 1:
        return _curve(result, path, moderator, lang, voice)
    pair = _arrow(result, "johnson_neyman", path)
    terms = [term for (outcome, role, term) in result.spec.place if outcome == pair[1] and role != "total"]
    known = list(dict.fromkeys(name for term in terms if term[0] == pair[0] for name in term[1:]))
    name = known[0] if moderator is None else one_of("moderator", moderator, known)
    if result.columns is not None and np.unique(result.columns.column(name)).size == 2:
        raise UsageError("MED480", params={"kind": "johnson_neyman", "needs": "range"})
    grid, est, half, borders = band(result, pair, name)
    words = {
        "moderator": name,
        "slope": messages.text("mediation.plot.slope", lang, x=pair[0], y=pair[1]),
    }
    return figures.significance_band(grid, est, est - half, est + half, borders, words, voice)


def _curve(result: Mediation, path: str, moderator: str | None, lang: str, voice: Numbers) -> Picture:
    """A conditional indirect effect over one moderator; others are held at their middle probe, or at those
    that ``path`` names."""
    from umkm_stats import figures

    route = path.partition(" | ")[0].split(ARROW)
    along = dict.fromkeys(
        name for pair in itertools.pairwise(route) for name in result.spec.touching(pair[0], pair[1])
    )
    if moderator is not None and along:
        one_of("moderator", moderator, tuple(along))
    frame = result.curve(
        points=GRID, moderator=next(iter(along), None) if moderator is None else moderator
    ).frame
    known = list(dict.fromkeys(frame["path"]))
    if path not in known:
        middle = {**result.probes[len(result.probes) // 2]} if result.probes else {}
        middle = {name: middle[name] for name in along if name != frame["moderator"].iloc[0]}
        path = path + held(middle) if path + held(middle) in known else path
    _known(path, known)
    own = frame[frame["path"] == path]
    at, est, low, high = (
        own[part].to_numpy(dtype=np.float64) for part in ("value", "est", "ci_low", "ci_high")
    )
    sure = own["significant"].to_numpy(dtype=bool)
    borders = [float((at[i] + at[i + 1]) / 2) for i in range(len(at) - 1) if sure[i] != sure[i + 1]]
    words = {
        "moderator": str(own["moderator"].iloc[0]),
        "effect": _label("conditional_indirect", path, lang),
        **_words(lang, "region"),
    }
    return figures.conditional(at, est, low, high, words, voice, borders)
