"""A predictor of several categories: its coded columns, and tests of all of them at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.mediation.contrasts import codes
from umkm_stats.mediation._data import frame_of, numeric
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._regressions import regressions
from umkm_stats.mediation._spec import ARROW, Spec, names
from umkm_stats.options import one_of
from umkm_stats.regression._columns import MOST_LEVELS, levels_of
from umkm_stats.regression._equations import wald
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._data import Columns
    from umkm_stats.mediation._result import Mediation

Floats = NDArray[np.float64]
Coding = Literal["indicator", "sequential", "helmert", "effect"]
FEWEST = 2  # rows of a category
MARKS = re.compile(r"\s*(?:->|[|:\[\]`])\s*")  # they mean something in a path


@dataclass(frozen=True, slots=True)
class Coded:
    """A predictor ``name`` whose categories ``levels``, in their order, became ``columns``; ``group`` (rows,)
    the category of every row of the frame, −1 where missing."""

    name: str
    coding: str
    levels: tuple[str, ...]
    columns: tuple[str, ...]
    group: NDArray[np.int64]

    def note(self, positions: NDArray[np.int64] | None = None) -> Note:
        """How it is coded, with the rows of each category among those that take part."""
        group = self.group[self.group >= 0] if positions is None else self.group[positions]
        used = np.bincount(group, minlength=len(self.levels))
        counted = [f"{level} ({count})" for level, count in zip(self.levels, used, strict=True)]
        words = {"name": self.name, "coding": self.coding, "levels": counted, "columns": list(self.columns)}
        return Note("MED484", {**words, "first": self.levels[0]}, self.name)


def labels(coding: str, levels: Sequence[str]) -> list[str]:
    """What each coded column compares."""
    if coding == "sequential":
        return [f"{later}-{earlier}" for earlier, later in itertools.pairwise(levels)]
    if coding == "helmert":
        return [f"later-{level}" for level in levels[:-1]]
    return list(levels[1:])


def coded(data: Any, x: Any, coding: Any) -> tuple[pd.DataFrame, tuple[str, ...], tuple[Coded, ...]]:
    """The frame with coded columns, the predictors by their names, and how they were coded.

    coding: one for every x, or x → coding. Raises ``UsageError`` MED482 (a name that is no x, or no coding),
    ``UmkmError`` MED483 (a column whose values are no categories), MED002, MED018.
    """
    frame = frame_of(data)
    given = names(x)
    asked = dict(coding) if isinstance(coding, Mapping) else dict.fromkeys(given, coding)
    unknown = [str(name) for name in asked if name not in given]
    if unknown:
        raise UsageError("MED482", params={"names": unknown, "x": list(given)})
    out: list[str] = []
    made: list[Coded] = []
    for name in given:
        if name not in asked:
            out.append(name)
            continue
        kind = one_of("coding", asked[name], Coding)
        if list(frame.columns).count(name) != 1:
            numeric(frame, name)  # says what is wrong
        group, levels = levels_of(frame, name)
        there = np.bincount(group[group >= 0], minlength=len(levels))
        kept = [k for k in range(len(levels)) if there[k]]
        many = len(kept) > min(MOST_LEVELS, max(2, int(there.sum()) // 2))
        if len(kept) < 2 or many or there[kept].min() < FEWEST:
            few = [levels[k] for k in kept if there[k] < FEWEST][:5]
            words = {"name": name, "count": len(kept), "most": MOST_LEVELS, "few": few or ["–"]}
            raise UmkmError("MED483", Place(column=name), words)
        new = np.full(len(levels), -1)
        new[kept] = np.arange(len(kept))
        own = np.where(group >= 0, new[group], -1)
        clean = [MARKS.sub(" ", levels[k]).strip() or str(k + 1) for k in kept]
        if len(set(clean)) < len(clean):
            clean = [f"{text} {number}" for number, text in enumerate(clean, 1)]
        table = codes(kind, len(kept))[own]
        table[own < 0] = np.nan
        columns = []
        for text, values in zip(labels(kind, clean), table.T, strict=True):
            label = f"{name}[{text}]"
            while label in frame.columns:
                label += "'"
            frame = frame.assign(**{label: values})
            columns.append(label)
        out += columns
        made.append(Coded(name, kind, tuple(clean), tuple(columns), own))
    return frame, tuple(out), tuple(made)


def omnibus(result: Mediation) -> Detail:
    """Tests that all coded columns of a predictor are zero at once, in every equation that holds them."""
    import pandas as pd

    if result.columns is None:
        raise UsageError("MED028", params={})
    if not result.codings:
        raise UsageError("MED485", params={})
    rows = [row for entry in result.codings for row in _tests(result, result.columns, result.spec, entry)]
    frame = pd.DataFrame(rows, columns=["effect", "path", "r2_change", "f", "df1", "df2", "p"])
    return Detail("omnibus", frame, result.sample, result.seed)


def _tests(result: Mediation, columns: Columns, spec: Spec, entry: Coded) -> list[dict[str, Any]]:
    out = []
    kinds = {"mediator": "a", "outcome": "direct", "total": "total"}
    for equation, fit in zip(spec.equations, regressions(columns, spec, result.errors), strict=True):
        blocks: dict[tuple[str, ...], list[int]] = {}
        for place, term in enumerate(equation.terms, 1):
            if term[0] in entry.columns:
                blocks.setdefault(term[1:], []).append(place)
        moderated = len(blocks) > 1
        for by, places in blocks.items():
            joint = wald(fit, places)
            kept = [k for k in range(1, len(equation.terms) + 1) if k not in places]
            values = columns.values[:, [columns.index(equation.terms[k - 1]) for k in kept]]
            kind = "interaction" if by else kinds[equation.role]
            start = ":".join((entry.name, *by))
            others = [name for name in spec.moderators if any(name in found for found in blocks)]
            held = " | " + ", ".join(f"{name} = 0" for name in others) if moderated and not by else ""
            out.append(
                {
                    "effect": kind,
                    "path": f"{start}{ARROW}{equation.outcome}{held}",
                    "r2_change": fit.r2 - _r2(columns.column(equation.outcome), values, columns.weights),
                    "f": joint.f,
                    "df1": joint.df1,
                    "df2": joint.df2,
                    "p": joint.p,
                }
            )
    return out


def _r2(outcome: Floats, predictors: Floats, weights: Floats | None) -> float:
    """R² of the outcome on an intercept and predictors (n, q), weighted where there are weights."""
    root = np.ones(len(outcome)) if weights is None else np.sqrt(weights)
    centred = root * (outcome - np.average(outcome, weights=weights))
    if predictors.shape[1] == 0:
        return 0.0
    design = root[:, None] * (predictors - np.average(predictors, axis=0, weights=weights))
    rest = centred - design @ np.linalg.lstsq(design, centred, rcond=None)[0]
    return float(1 - rest @ rest / (centred @ centred))
