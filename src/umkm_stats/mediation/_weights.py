"""Weights of rows: sampling weights, and frequencies of equal rows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.mediation._data import frame_of, numeric
from umkm_stats.options import Errors
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._result import Mediation

Floats = NDArray[np.float64]
Weighing = Literal["sampling", "frequency"]
ROBUST: Errors = "HC1"  # of weighted least squares: the sandwich that survey software takes, × n/(n − q)
P = ParamSpec("P")
R = TypeVar("R")


def read_weights(data: Any, name: str) -> Floats:
    """(rows,) weights, NaN where missing; raises MED002, MED004, MED018, ``UmkmError`` MED495 (a negative or
    infinite one)."""
    values = numeric(frame_of(data), name)
    wrong = int((values < 0).sum())
    if wrong:
        raise UmkmError("MED495", Place(column=name), {"name": name, "count": wrong})
    return values


def repeated(data: Any, name: str) -> tuple[pd.DataFrame, Note]:
    """The frame with every row as often as its frequency says; raises what ``read_weights`` raises and
    MED495 for a broken number. Rows without a frequency, or with 0, are left out and named in the note."""
    frame, values = frame_of(data), read_weights(data, name)
    known = np.where(np.isfinite(values), values, 0.0)
    wrong = int((known != np.round(known)).sum())
    if wrong:
        raise UmkmError("MED495", Place(column=name), {"name": name, "count": wrong})
    times = known.astype(np.int64)
    said = {"name": name, "rows": len(frame), "n": int(times.sum()), "none": int((times == 0).sum())}
    return frame.iloc[np.repeat(np.arange(len(frame)), times)], Note("MED496", said, name)


def settle(
    name: str, errors: Errors, chosen: tuple[str, ...], *, missing: str, interaction: bool, equivalence: bool
) -> tuple[Errors, Note]:
    """The errors of an analysis with sampling weights, and what is said of it; raises ``UsageError`` MED494
    for what has no weighted form."""
    refused: list[str] = [way for way in ("studentised", "bayes", "permutation") if way in chosen]
    asked = {'missing="fiml"': missing == "fiml", "interaction": interaction, "equivalence": equivalence}
    refused += [what for what, there in asked.items() if there]
    if refused:
        raise UsageError("MED494", params={"what": refused[0]})
    kind: Errors = ROBUST if errors == "classical" else errors
    return kind, Note("MED497", {"name": name, "errors": kind}, name)


def unweighted(
    method: Callable[Concatenate[Mediation, P], R],
) -> Callable[Concatenate[Mediation, P], R]:
    """A method that knows no sampling weights: it is refused (MED494), never answered without them."""

    @functools.wraps(method)
    def guarded(result: Mediation, *args: P.args, **given: P.kwargs) -> R:
        if result.columns is not None and result.columns.weights is not None:
            raise UsageError("MED494", params={"what": f"{method.__name__}()"})
        return method(result, *args, **given)

    return cast("Callable[Concatenate[Mediation, P], R]", guarded)
