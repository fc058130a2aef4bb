"""The answers handed to ``cfa`` and the model texts they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import Place, UmkmError
from umkm_stats.measurement._answers import Answers, answers, check_scales
from umkm_stats.measurement._model import (
    bifactor_text,
    factors_of,
    one_factor_text,
    text_of,
    wording_text,
)


@dataclass(frozen=True, eq=False)
class Models:
    """The answers and the model texts they offer."""

    held: Answers
    data: pd.DataFrame
    scales: dict[str, list[str]]
    by_instrument: bool
    reversed_items: tuple[str, ...]
    plain: bool = False

    @classmethod
    def of(
        cls,
        source: Any,
        scales: Mapping[str, Sequence[str]] | None,
        reversed_items: Sequence[str] | None,
        *,
        plain: bool = False,
    ) -> Models:
        by_instrument = scales is None and getattr(source, "instrument", None) is not None
        given = check_scales(source, scales)
        names = [code for members in given.values() for code in members]
        held = answers(source, items=names)
        data = held.frame
        if by_instrument:
            means = held.instrument.dimension_means(data)
            data = pd.concat(
                [data, means[[name for name in means.columns if name not in data.columns]]], axis=1
            )
        extra = getattr(source, "respondents", None)
        if extra is None and isinstance(source, pd.DataFrame):
            extra = source
        if extra is not None:
            others = extra[[name for name in extra.columns if name not in data.columns]]
            if extra is not source:  # the respondents of a Responses: each has one label
                others = others.loc[data.index]
            # row by row, not by label: labels of a plain frame may stand twice
            parts = [data.reset_index(drop=True), others.reset_index(drop=True)]
            data = pd.concat(parts, axis=1).set_axis(data.index)
        backwards = reversed_items
        if backwards is None:
            backwards = held.instrument.reversed_items(items=names) if by_instrument else ()
        return cls(
            held, data, given, by_instrument, tuple(code for code in backwards if code in names), plain
        )

    @property
    def items(self) -> list[str]:
        return list(self.held.frame.columns)

    def _base(self, structure: str) -> str:
        if self.by_instrument:
            return str(self.held.instrument.measurement_syntax(structure, items=self.items))
        if structure in ("first_order", "items"):
            return text_of(self.scales)
        raise UmkmError("MEA018", Place(key=structure), {"structure": structure})

    def text(self, structure: str) -> str:
        """Model text of a structure; ``UmkmError`` MEA018 when these answers do not have it."""
        if structure == "one_factor":
            return one_factor_text(self.held.frame, plain=self.plain)
        if structure == "bifactor":
            return bifactor_text(factors_of(self._base("first_order")))
        if structure == "wording":
            if len(self.reversed_items) < 2:
                raise UmkmError("MEA018", Place(key=structure), {"structure": structure})
            return wording_text(self._base("first_order"), self.reversed_items)
        return self._base(structure)

    def others(self, structure: str) -> list[str]:
        """Structures worth showing beside the main one."""
        wanted = (
            ["first_order", "items", "second_order", "dimension_means"]
            if self.by_instrument
            else ["first_order"]
        )
        if len(self.reversed_items) > 1:
            wanted.append("wording")
        wanted.append("one_factor")
        texts = {self.text(structure)}
        chosen = []
        for name in wanted:
            if name != structure and self.text(name) not in texts:
                texts.add(self.text(name))
                chosen.append(name)
        return chosen


def check_data(plan: Models, factors: Mapping[str, Sequence[str]], missing: str) -> list[str]:
    """The observed variables of the main model, after the checks that need names the reader knows."""
    names = list(dict.fromkeys(item for items in factors.values() for item in items if item not in factors))
    values = plan.data[names].to_numpy(dtype=np.float64)
    if missing == "listwise":
        values = values[np.isfinite(values).all(axis=1)]
    else:
        values = values[np.isfinite(values).any(axis=1)]
    n, k = values.shape
    if n == 0:
        raise UmkmError("MEA010", params={"items": names, "rows": len(plan.data)})
    if n <= k:
        raise UmkmError("MEA011", params={"n": n, "k": k})
    flat = []
    for j, name in enumerate(names):
        own = values[np.isfinite(values[:, j]), j]
        if own.size == 0 or own.min() == own.max():
            flat.append(name)
    if flat:
        raise UmkmError("MEA012", Place(item=flat[0]), {"items": flat, "n": n})
    return names
