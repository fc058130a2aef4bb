"""What a kind of claim is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from umkm_stats import ways
from umkm_stats.kernels.review.printed import printed
from umkm_stats.review._verdict import Verdict

WORDS = frozenset(
    {
        "statistic",
        "version",
        "label",
        "estimator",
        "syntax",
        "outcome",
        "x",
        "m",
        "y",
        "interval",
        "robust",
        "truncated",
        "bootstrap_mean",
    }
)


@dataclass(frozen=True, slots=True)
class Check:
    """kind as written in the file; needed and optional fields; run: fields → verdicts."""

    kind: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    run: Callable[[Mapping[str, Any]], tuple[Verdict, ...]]


def readable(pair: tuple[str, Any]) -> bool:
    """Whether a scalar field holds what its name promises: a number, unless it is one of the words."""
    name, value = pair
    return name in WORDS or printed(value) is not None


def whole_number(value: Any) -> Any:
    """An int when the text is one, else the text (the options' checker explains it)."""
    found = printed(value)
    if found is not None and found.decimals == 0 and found.relation == "=":
        return int(found.value)
    return value


def real(value: Any) -> float:
    """The number of a text already known to be readable."""
    found = printed(value)
    return float("nan") if found is None else found.value


def yes(value: Any) -> bool:
    """yes/true/ya/1."""
    return str(value).strip().lower() in ("yes", "true", "ya", "1", "bootstrap", *ways.needing("draws"))
