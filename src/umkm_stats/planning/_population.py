"""The population behind simulated answers: loadings, paths, covariances, thresholds, all standardised."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.results import jsonable

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

POPULATION = (
    "model",
    "loadings",
    "dimension_loadings",
    "paths",
    "covariances",
    "thresholds",
    "not_applicable",
)
LOADING, MARKER_LOADING, DIMENSION, PATH, DIRECT, COVARIANCE = 0.75, 0.70, 0.85, 0.45, 0.10, 0.30
FIRST, LAST = -1.6, 0.8


@dataclass(frozen=True, slots=True)
class Truth:
    """The population behind simulated answers.

    Attributes
    ----------
    model : str
        Key of the structural model.
    loadings : mapping of str to float
        Item → λ.
    dimension_loadings : mapping of str to float
        Dimension → γ.
    paths : mapping of str to float
        "M ~ X" → β.
    covariances : mapping of str to float
        "A ~~ B" → value among exogenous constructs.
    residuals : mapping of str to float
        Construct → residual variance.
    effects : mapping of str to float
        "x -> m -> y" and so on → product of paths; with one x, m and y also "a", "b", "direct", "indirect",
        "total".
    thresholds : mapping of int to tuple of float
        Number of categories → cuts.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> simulate_responses("umkm_inovasi", population=None, n=20, seed=1).truth.paths
    {'OI ~ PI': 0.45, 'NP ~ OI': 0.45, 'NP ~ PI': 0.1}
    """

    model: str
    loadings: Mapping[str, float]
    dimension_loadings: Mapping[str, float]
    paths: Mapping[str, float]
    covariances: Mapping[str, float]
    residuals: Mapping[str, float]
    effects: Mapping[str, float]
    thresholds: Mapping[int, tuple[float, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> found = simulate_responses("umkm_inovasi", population=None, n=20, seed=1)
        >>> round(found.truth.to_dict()["effects"]["indirect"], 4)
        0.2025
        """
        return {name: jsonable(getattr(self, name)) for name in self.__slots__}


def wanted_population(population: Mapping[str, Any] | str | None) -> dict[str, Any]:
    if population is None or population == "default":
        return {}
    if isinstance(population, str):
        return {"model": population}
    for key in population:
        if key not in POPULATION:
            raise UsageError("PLN101", params={"key": str(key), "known": list(POPULATION)})
    return dict(population)


def _number(name: str, value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -1 < value < 1:
        return float(value)
    raise UsageError("PLN103", params={"name": name, "received": repr(value)})


def _of(given: Any, codes: tuple[str | None, ...], default: float, name: str) -> float:
    if given is None:
        return default
    if isinstance(given, Mapping):
        chosen = next((given[c] for c in codes if c in given), default)
        return _number(name, chosen)
    return _number(name, given)


def _check_names(given: Any, known: set[str], name: str) -> None:
    if isinstance(given, Mapping):
        for key in given:
            if key not in known:
                raise UsageError("PLN101", params={"key": f"{name}: {key}", "known": sorted(known)[:40]})


def stated_truth(
    instrument: Instrument, items: list[Any], wanted: Mapping[str, Any]
) -> tuple[Truth, list[str]]:
    models = {m.key: m for m in instrument.models}
    key = wanted.get("model") or next(iter(models), "")
    model = models[one_of("model", key, tuple(models))] if models else None
    present = {i.construct for i in items}
    constructs = [c.code for c in instrument.constructs if c.code in present]
    roles = {c.code: c.role for c in instrument.constructs}
    dimensions = {d.code: c.code for c in instrument.constructs for d in c.dimensions}
    codes = {i.code for i in items} | set(constructs) | set(dimensions)
    _check_names(wanted.get("loadings"), codes, "loadings")
    _check_names(wanted.get("dimension_loadings"), codes, "dimension_loadings")
    loadings = {
        i.code: _of(
            wanted.get("loadings"),
            (i.code, i.dimension, i.construct),
            MARKER_LOADING if roles[i.construct] == "marker" else LOADING,
            i.code,
        )
        for i in items
    }
    gammas = {
        d: _of(wanted.get("dimension_loadings"), (d, c), DIMENSION, d)
        for d, c in dimensions.items()
        if any(i.dimension == d for i in items)
    }
    paths = _paths(model, constructs, wanted)
    order = _order(constructs, paths)
    cov: dict[tuple[str, str], float] = {}
    residuals: dict[str, float] = {}
    covariances: dict[str, float] = {}
    for position, code in enumerate(order):
        parents = {p.split(" ~ ")[1]: b for p, b in paths.items() if p.split(" ~ ")[0] == code}
        cov[code, code] = 1.0
        before = order[:position]
        if parents:
            for other in before:
                value = sum(b * cov[parent, other] for parent, b in parents.items())
                cov[code, other] = cov[other, code] = value
            explained = sum(b * cov[parent, code] for parent, b in parents.items())
            if explained >= 1:
                raise UsageError("PLN102", params={"construct": code, "explained": round(explained, 3)})
            residuals[code] = 1.0 - explained
        else:
            for other in before:
                cov[code, other] = cov[other, code] = 0.0
                if other not in residuals:
                    value = 0.0 if "marker" in (roles[code], roles[other]) else COVARIANCE
                    value = _of(
                        wanted.get("covariances"),
                        (f"{other} ~~ {code}", f"{code} ~~ {other}"),
                        value,
                        f"{other} ~~ {code}",
                    )
                    cov[code, other] = cov[other, code] = value
                    covariances[f"{other} ~~ {code}"] = value
    cuts = {k: _cuts(wanted.get("thresholds"), k) for k in sorted({len(i.values) for i in items})}
    return Truth(key, loadings, gammas, paths, covariances, residuals, _effects(model, paths), cuts), order


def _paths(model: Any, constructs: list[str], wanted: Mapping[str, Any]) -> dict[str, float]:
    paths: dict[str, float] = {}
    if model is not None:
        xs, ms, ys = ([c for c in group if c in constructs] for group in (model.x, model.m, model.y))
        for position, m in enumerate(ms):
            parents = [*xs, *(ms[:position] if model.structure == "serial" else [])]
            paths.update({f"{m} ~ {p}": PATH for p in parents})
        for y in ys:
            paths.update({f"{y} ~ {m}": PATH for m in ms})
            paths.update({f"{y} ~ {x}": DIRECT if ms else PATH for x in xs})
            if model.moderator in constructs:
                paths.setdefault(f"{y} ~ {model.moderator}", 0.20)
    for name, value in (wanted.get("paths") or {}).items():
        parts = [part.strip() for part in str(name).split("~")]
        if len(parts) != 2 or any(part not in constructs for part in parts) or parts[0] == parts[1]:
            raise UsageError("PLN101", params={"key": f"paths: {name}", "known": constructs})
        paths[f"{parts[0]} ~ {parts[1]}"] = _number(str(name), value)
    return paths


def _order(constructs: list[str], paths: Mapping[str, float]) -> list[str]:
    """Parents before children; PLN101 for a circle."""
    parents = {c: {p.split(" ~ ")[1] for p in paths if p.split(" ~ ")[0] == c} for c in constructs}
    done: list[str] = []
    while len(done) < len(constructs):
        ready = [c for c in constructs if c not in done and parents[c] <= set(done)]
        if not ready:
            raise UsageError("PLN101", params={"key": "paths", "known": constructs})
        done += [c for c in ready if not parents[c]] or ready[:1]
    return done


def _effects(model: Any, paths: Mapping[str, float]) -> dict[str, float]:
    if model is None:
        return {}
    out: dict[str, float] = {}
    for x in model.x:
        for y in model.y:
            routes = _routes(x, y, paths)
            for route in routes:
                out[" -> ".join(route)] = math.prod(paths[f"{b} ~ {a}"] for a, b in itertools.pairwise(route))
            if len(model.x) == len(model.y) == len(model.m) == 1 and routes:
                m = model.m[0]
                out["a"], out["b"] = paths.get(f"{m} ~ {x}", 0.0), paths.get(f"{y} ~ {m}", 0.0)
                out["direct"] = paths.get(f"{y} ~ {x}", 0.0)
                out["indirect"] = out["a"] * out["b"]
                out["total"] = out["direct"] + out["indirect"]
    return out


def _routes(x: str, y: str, paths: Mapping[str, float]) -> list[list[str]]:
    if x == y:
        return [[y]]
    steps = [p.split(" ~ ")[0] for p in paths if p.split(" ~ ")[1] == x]
    return [[x, *rest] for step in steps for rest in _routes(step, y, paths)]


def _cuts(given: Any, k: int) -> tuple[float, ...]:
    chosen = (
        given.get(k)
        if isinstance(given, Mapping)
        else given
        if given is not None and len(given) == k - 1
        else None
    )
    if chosen is None:
        return tuple(float(v) for v in np.linspace(FIRST, LAST, k - 1))
    cuts = tuple(float(v) for v in chosen)
    if len(cuts) != k - 1 or any(b <= a for a, b in itertools.pairwise(cuts)):
        raise UsageError("PLN101", params={"key": "thresholds", "known": [f"{k - 1} increasing numbers"]})
    return cuts
