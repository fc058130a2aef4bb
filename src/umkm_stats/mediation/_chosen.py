"""Covariates: in every equation, or in chosen ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats.errors import UsageError


@dataclass(frozen=True, slots=True)
class Covariates:
    """names: every covariate once. of: outcome → its covariates. everywhere: the same ones in every
    equation."""

    names: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    everywhere: bool


def read_covariates(given: Any, outcomes: Sequence[str]) -> Covariates:
    """``covariates`` of the door: names for every equation, or ``{"m1": ["age"], "y": ["age", "sex"]}``.

    Raises ``UsageError`` MED465 for a key that is no mediator or outcome of the model.
    """
    if not isinstance(given, Mapping):
        found = _names(given)
        return Covariates(found, dict.fromkeys(outcomes, found), True)
    strange = [str(key) for key in given if key not in outcomes]
    if strange:
        raise UsageError("MED465", params={"names": strange, "known": list(outcomes)})
    of = {name: _names(given.get(name, ())) for name in outcomes}
    names = tuple(dict.fromkeys(one for found in of.values() for one in found))
    return Covariates(names, of, all(set(found) == set(names) for found in of.values()))


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (str(value),)
    return tuple(dict.fromkeys(str(entry) for entry in value))
