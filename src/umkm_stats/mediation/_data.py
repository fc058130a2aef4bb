"""Columns of a frame as numbers, the rows that take part, and what makes a model impossible to estimate."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.mediation.normal_equations import SINGULAR
from umkm_stats.mediation._spec import Spec, Term
from umkm_stats.options import real_numbers
from umkm_stats.results import SampleUsed

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
CLEAR = 1e-6  # 1 − R² of a column on any others is at least the smallest eigenvalue of all correlations


@dataclass(frozen=True, slots=True)
class Columns:
    """Analysed values: values (n, k) in the order of ``terms``; cluster and strata (n,) group numbers or
    None.

    ``positions`` (n,): row numbers, from 0, in the frame that was given. centres: variable → what was taken
    off it before it entered a product; the variables themselves stay as they are. weights (n,) sampling
    weights, of mean 1, or None.
    """

    terms: tuple[Term, ...]
    values: Floats
    cluster: NDArray[np.int64] | None
    strata: NDArray[np.int64] | None
    sample: SampleUsed
    positions: NDArray[np.int64]
    centres: Mapping[str, float] = field(default_factory=dict)
    weights: Floats | None = None

    def design(self, terms: Sequence[Term]) -> Floats:
        """(n, p) predictors of an equation, variables that were centred for products less their centre."""
        return np.column_stack(
            [
                self.column(*term) - (self.centres.get(term[0], 0.0) if len(term) == 1 else 0.0)
                for term in terms
            ]
        )

    def index(self, term: Term) -> int:
        """Column number of a variable or product."""
        return self.terms.index(term)

    def column(self, *term: str) -> Floats:
        """(n,) values of a variable or product."""
        return np.asarray(self.values[:, self.terms.index(term)], dtype=np.float64)


def frame_of(data: Any) -> pd.DataFrame:
    """``data`` when it is a frame; else ``UsageError`` MED001."""
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        raise UsageError("MED001", params={"received": type(data).__name__})
    return data


def numeric(data: pd.DataFrame, name: str) -> Floats:
    """One column as float64, NaN where missing; raises MED002, MED004, MED005."""
    import pandas as pd

    if name not in data.columns:
        near = difflib.get_close_matches(name, [str(entry) for entry in data.columns], n=1)
        raise UsageError("MED002", Place(column=name), {"name": name, "near": near[0] if near else "–"})
    column = data[name]
    if isinstance(column, pd.DataFrame):
        raise UsageError("MED018", Place(column=name), {"name": name})
    if column.dtype == np.float64:  # the usual case, which needs no look at its kind
        return _finite_or_missing(name, column.to_numpy())
    values = real_numbers(column)
    if values is not None:
        return _finite_or_missing(name, values)
    if not column.isna().all():
        raise UmkmError("MED004", Place(column=name), {"name": name, "dtype": str(column.dtype)})
    return np.full(len(column), np.nan)


def _finite_or_missing(name: str, values: Floats) -> Floats:
    endless = np.flatnonzero(np.isinf(values))
    if endless.size:
        raise UmkmError(
            "MED005", Place(column=name, row=int(endless[0]) + 1), {"name": name, "count": int(endless.size)}
        )
    return values


def _codes(data: pd.DataFrame, name: str | None) -> NDArray[np.int64] | None:
    import pandas as pd

    if name is None:
        return None
    if name not in data.columns:
        near = difflib.get_close_matches(name, [str(entry) for entry in data.columns], n=1)
        raise UsageError("MED002", Place(column=name), {"name": name, "near": near[0] if near else "–"})
    return np.asarray(pd.factorize(data[name])[0], dtype=np.int64)


def _by_appearance(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    import pandas as pd

    return np.asarray(pd.factorize(codes)[0], dtype=np.int64)


def with_products(
    terms: Sequence[Term], names: Sequence[str], table: Floats, centres: Mapping[str, float] | None = None
) -> Floats:
    """Columns of ``terms`` from the columns of ``names`` (n, v): products, of centred columns where there are
    ``centres``, are formed here, row by row."""
    at = {name: number for number, name in enumerate(names)}

    def column(term: Term) -> Floats:
        found = table[:, [at[name] for name in term]]
        if centres and len(term) > 1:
            found = found - np.array([centres.get(name, 0.0) for name in term])
        return np.asarray(np.prod(found, axis=1), dtype=np.float64)

    return np.column_stack([column(term) for term in terms])


def read(
    data: Any,
    spec: Spec,
    *,
    cluster: str | None = None,
    strata: str | None = None,
    centred: Sequence[str] = (),
    weights: Floats | None = None,
) -> Columns:
    """The complete rows of the model's variables, products of ``centred`` ones less their means; rows without
    a weight above 0 are left out. Raises MED006 when there are none, MED038 when they are all one cluster,
    and what ``numeric`` raises."""
    frame = frame_of(data)
    table = np.column_stack([numeric(frame, name) for name in spec.names])
    groups, layers = _codes(frame, cluster), _codes(frame, strata)
    good = np.isfinite(table).all(axis=1)
    for codes in (groups, layers):
        if codes is not None:
            good &= codes >= 0
    lost = {"missing": int((~good).sum())}
    if weights is not None:
        lost["no_weight"] = int((good & ~(weights > 0)).sum())
        good &= weights > 0
    used = int(good.sum())
    sample = SampleUsed(len(frame), used, {why: count for why, count in lost.items() if count})
    if used == 0:
        empty = [name for number, name in enumerate(spec.names) if not np.isfinite(table[:, number]).any()]
        raise UmkmError("MED006", params={"rows": len(frame), "empty": empty or ["–"]})
    kept = table[good]
    positions = np.flatnonzero(good)
    groups = None if groups is None else np.unique(groups[good], return_inverse=True)[1].astype(np.int64)
    if groups is not None and groups.max() == 0:
        raise UmkmError("MED038", Place(column=str(cluster)), {"name": str(cluster)})
    layers = None if layers is None else np.unique(layers[good], return_inverse=True)[1].astype(np.int64)
    if layers is not None:
        order = np.argsort(layers, kind="stable")
        kept, positions, layers = kept[order], positions[order], layers[order]
        groups = None if groups is None else _by_appearance(groups[order])
    centres = {name: float(kept[:, spec.names.index(name)].mean()) for name in centred}
    values = with_products(spec.terms, spec.names, kept, centres)
    shares = None if weights is None else weights[positions] / weights[positions].mean()
    return Columns(spec.terms, values, groups, layers, sample, positions, centres, shares)


def label(term: Term) -> str:
    """``x`` or ``x:w``."""
    return ":".join(term)


def check(columns: Columns, spec: Spec) -> None:
    """Raise when an equation cannot be estimated: MED007 too few rows, MED008/MED017 constant, MED009
    collinear,
    MED010 an outcome that its predictors determine without error."""
    n = columns.values.shape[0]
    need = max(len(entry.terms) for entry in spec.equations) + 2
    if n < need:
        raise UmkmError("MED007", params={"n": n, "needed": need, "rows_in": columns.sample.rows_in})
    centred = columns.values - columns.values.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    for name in spec.names:
        number = columns.index((name,))
        if spread[number] <= 1e-12 * float(np.abs(columns.values[:, number]).max()):
            raise UmkmError(
                "MED017" if name in spec.moderators else "MED008", Place(column=name), {"name": name}
            )
    scaled = centred / np.where(spread > 0, spread, 1.0)
    if float(np.linalg.eigvalsh(scaled.T @ scaled)[0]) > CLEAR * n:
        return
    for entry in spec.equations:
        kept: list[int] = []
        for term in entry.terms:
            number = columns.index(term)
            if _unexplained(scaled[:, number], scaled[:, kept]) < SINGULAR:
                others = [label(columns.terms[k]) for k in kept]
                raise UmkmError(
                    "MED009", params={"name": label(term), "others": others, "outcome": entry.outcome}
                )
            kept.append(number)
        outcome = columns.index((entry.outcome,))
        if _unexplained(scaled[:, outcome], scaled[:, kept]) < SINGULAR:
            raise UmkmError(
                "MED010", params={"name": entry.outcome, "others": [label(term) for term in entry.terms]}
            )


def _unexplained(column: Floats, others: Floats) -> float:
    """1 − R² of a standardised column on others."""
    if others.shape[1] == 0:
        return 1.0
    rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
    return float((rest**2).mean())
