"""Interactions of latent variables: matched product indicators, double mean centred.

Each item of one factor is paired with one of the other in their order; the products of the centred items are
centred again and measure the product factor (Marsh, Wen & Hau 2004; Lin, Wen, Marsh & Lin 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.planning._population_text import PopulationText

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProductFactor:
    """A product of two variables: its factor ``name``, ``label`` (A:B), and its indicators (name, item,
    item)."""

    name: str
    label: str
    indicators: tuple[tuple[str, str, str], ...]


def product_factors(population: PopulationText) -> tuple[ProductFactor, ...]:
    """One for each product in which a latent variable stands."""
    items: dict[str, list[str]] = {}
    for entry in population.terms:
        if entry.term.op == "=~":
            items.setdefault(entry.term.lhs, []).append(entry.term.rhs)
    out = []
    for label in population.products:
        one, two = label.split(":")
        if one not in population.latent and two not in population.latent:
            continue
        first, second = items.get(one, [one]), items.get(two, [two])
        if len(first) == 1:
            first = first * len(second)
        if len(second) == 1:
            second = second * len(first)
        name = f"{one}.x.{two}"
        pairs = tuple(
            (f"{name}.{k}", a, b) for k, (a, b) in enumerate(zip(first, second, strict=False), start=1)
        )
        out.append(ProductFactor(name, label, pairs))
    return tuple(out)


def with_products(text: str, factors: tuple[ProductFactor, ...]) -> str:
    """The analysis text with the products as measured factors."""
    for factor in factors:
        text = text.replace(f"`{factor.label}`", factor.name).replace(factor.label, factor.name)
    lines = [f"{f.name} =~ {' + '.join(name for name, _, _ in f.indicators)}" for f in factors]
    return "\n".join([*lines, text])


def product_columns(
    rows: Floats, columns: tuple[str, ...], factors: tuple[ProductFactor, ...]
) -> dict[str, Floats]:
    """The product indicators of one sample, (n,) each, by name."""
    out: dict[str, Floats] = {}
    for factor in factors:
        for name, one, two in factor.indicators:
            a, b = rows[:, columns.index(one)], rows[:, columns.index(two)]
            product = (a - np.nanmean(a)) * (b - np.nanmean(b))
            out[name] = np.asarray(product - np.nanmean(product))
    return out


def stated_paths(
    population: PopulationText, coefs: tuple[tuple[str, str], ...], factors: tuple[ProductFactor, ...]
) -> Floats:
    """(P,) the stated paths on the scale of the markers, which the analysis fixes at 1.

    ``UsageError`` PLN166 for a factor whose first loading is 0.
    """
    marker: dict[str, float] = {}
    stated: dict[tuple[str, str], float] = {}
    for entry in population.terms:
        if entry.term.op == "=~":
            marker.setdefault(entry.term.lhs, 1.0 if entry.value is None else entry.value)
        elif entry.term.op == "~":
            stated[entry.term.lhs, entry.term.rhs] = entry.value or 0.0
    labels = {factor.name: factor.label for factor in factors}
    out = []
    for outcome, cause in coefs:
        known = labels.get(cause, cause)
        for part in known.split(":"):
            if marker.get(part, 1.0) == 0.0:
                raise UsageError("PLN166", params={"name": part})
        scale = np.prod([marker.get(part, 1.0) for part in known.split(":")])
        out.append(stated[outcome, known] * marker.get(outcome, 1.0) / float(scale))
    return np.array(out)
