"""A planned study from an instrument: its items, its answer scale, one of its models, a stated population."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.instrument import Instrument, Item, as_instrument
from umkm_stats.options import one_of
from umkm_stats.planning._population import Truth, stated_truth, wanted_population
from umkm_stats.planning._population_text import PopulationText, read_population

if TYPE_CHECKING:
    from umkm_stats.instrument._instrument import Measurement

MEASUREMENTS = ("dimension_means", "first_order", "second_order", "items", "scores")


def instrument_of(model: Any) -> Instrument | None:
    """The instrument that ``model`` is or names, or None when it is population text.

    Text holds "~"; a name, a file or a folder does not. Raises what ``load_instrument`` raises for a path and
    for a name that is nearly right.
    """
    if isinstance(model, (Instrument, Path)):
        return as_instrument(model)
    if not isinstance(model, str) or "~" in model or "\n" in model or not model.strip():
        return None
    try:
        return as_instrument(model.strip())
    except UsageError as error:
        if error.code == "INS001":
            return None
        raise


def instrument_design(
    instrument: Instrument,
    *,
    key: str | None,
    population: Mapping[str, Any] | str | None,
    measurement: str,
    form: str | None,
) -> tuple[str, PopulationText, dict[str, Any]]:
    """(model key, population, arguments for ``resolve``) of an instrument.

    Raises ``UsageError`` PLN101–PLN103 (population), GEN001/GEN002 (names), PLN131 (a model with a moderator
    or covariates: give its text with population values instead).
    """
    one_of("measurement", measurement, MEASUREMENTS)
    wanted = wanted_population(population)
    keys = tuple(m.key for m in instrument.models)
    chosen = one_of("key", key or wanted.get("model") or keys[0], keys)
    model = next(m for m in instrument.models if m.key == chosen)
    if model.moderator or model.covariates:
        raise UsageError("PLN131", params={"model": chosen})
    asked = list(instrument.of_form(form)) or list(instrument.questions)
    roles = {c.code: c.kind for c in instrument.constructs}
    items = [q for q in asked if isinstance(q, Item) and roles.get(q.construct) == "reflective"]
    truth, order = stated_truth(instrument, items, {**wanted, "model": chosen})
    text = population_text(items, truth, order)
    codes = [item.code for item in items]
    if measurement == "scores":
        written = instrument.model_syntax(chosen, items=codes, measurement="items")
        analysis = "\n".join(line for line in written.splitlines() if "=~" not in line)
        composites = dict(instrument.model_scales(chosen, items=codes))
    else:
        analysis = instrument.model_syntax(chosen, items=codes, measurement=cast("Measurement", measurement))
        composites = {}
        if measurement == "dimension_means":
            for item in items:
                if item.dimension is not None:
                    composites.setdefault(item.dimension, []).append(item.code)
    given: dict[str, Any] = {"analysis": analysis, "composites": composites}
    kinds = {len(item.values) for item in items}
    if len(kinds) == 1:
        given["cuts"] = np.asarray(truth.thresholds[kinds.pop()], dtype=np.float64)
    return chosen, read_population(text, standardized=True), given


def population_text(items: list[Any], truth: Truth, order: list[str]) -> str:
    """The standardised population of simulated answers as model text."""
    lines: list[str] = []
    direct: dict[str, list[str]] = {}
    dimensions: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for item in items:
        load = f"{truth.loadings[item.code]!r}*{item.code}"
        if item.dimension is not None and item.dimension in truth.dimension_loadings:
            dimensions.setdefault(item.dimension, []).append(load)
            owner[item.dimension] = item.construct
        else:
            direct.setdefault(item.construct, []).append(load)
    for dimension, loads in dimensions.items():
        lines.append(f"{dimension} =~ {' + '.join(loads)}")
        direct.setdefault(owner[dimension], []).insert(
            0, f"{truth.dimension_loadings[dimension]!r}*{dimension}"
        )
    lines += [f"{construct} =~ {' + '.join(direct[construct])}" for construct in order if construct in direct]
    for name, value in truth.paths.items():
        outcome, cause = name.split(" ~ ")
        lines.append(f"{outcome} ~ {value!r}*{cause}")
    for name, value in truth.covariances.items():
        first, second = name.split(" ~~ ")
        if value:
            lines.append(f"{first} ~~ {value!r}*{second}")
    return "\n".join(lines) + "\n"
