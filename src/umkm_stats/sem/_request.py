"""What a caller of ``fit`` asks, checked: one frozen value from which the model is built."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.results import Note
from umkm_stats.sem.estimators import (
    ESTIMATORS,
    Estimator,
    default_estimator,
    estimator_of,
    matrix_text,
    under_clusters,
)
from umkm_stats.sem.text._language import Model, read_model
from umkm_stats.sem.text._table import EQUAL, Variables, roles

if TYPE_CHECKING:
    import pandas as pd

MISSING = {
    "listwise": "listwise",
    "fiml": "fiml",
    "ml": "fiml",
    "direct": "fiml",
    "fiml.x": "fiml",
    "ml.x": "fiml",
    "pairwise": "pairwise",
}
"""Words for the treatment of missing answers; those with ".x" take exogenous variables as random."""
ELSEWHERE = {
    "se": "estimator",
    "test": "estimator",
    "bootstrap": "Fit.bootstrap",
    "weights": "sampling_weights",
    "level": "",
    "data_type": "ordered",
    "constraints": "model",
    "auto_var": "model",
    "std_ov": "Fit.standardized",
    "sample_nobs": "n_obs",
    "meanstructure_": "meanstructure",
}


@dataclass(frozen=True, slots=True)
class Request:
    """The call, checked. ordered: the ordinal variables; notes: what was decided for the caller."""

    text: Model
    who: Variables
    method: Estimator
    ordered: tuple[str, ...]
    missing: str
    fixed_x: bool
    information: str | None
    bounds: str | None
    equal: tuple[str, ...]
    partial: tuple[str, ...]
    notes: tuple[Note, ...]


def names_of(value: Any) -> tuple[str, ...]:
    """A name, several names or nothing as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(entry) for entry in value)


def refuse_unknown(others: dict[str, Any], known: Sequence[str]) -> None:
    """``UsageError`` SEM231: an argument that ``fit`` does not have, with the nearest one."""
    for name in others:
        near = ELSEWHERE.get(name) or next(iter(difflib.get_close_matches(name, known, n=1)), "")
        raise UsageError("SEM231", params={"name": name, "near": near, "known": list(known)})


def request(
    model: str,
    frame: pd.DataFrame | None,
    *,
    estimator: str | None,
    ordered: Any,
    group: str | None,
    group_equal: Any,
    group_partial: Any,
    missing: str,
    fixed_x: bool,
    information: str | None,
    cluster: str | None,
    bounds: str | None,
    parameterization: str,
    sampling_weights: str | None = None,
) -> Request:
    """Check a call.

    Raises ``UsageError`` GEN001, GEN002 (a word that is not offered), SEM230 (names in ``ordered`` that are
    neither in the data nor in the model), SEM234 (pairwise deletion of numbers),
    SEM232 (weights with this
    estimator), SEM301 and SEM303 (combinations), and what the model text raises.
    """
    text = read_model(str(model), composites=True)
    who = roles(text.terms)
    notes: list[Note] = []
    categories = _ordinal(frame, who, ordered, estimator, notes)
    uses_ordinal = bool(categories) or any(term.op in ("|", "~*~") for term in text.terms)
    method = estimator_of(estimator or default_estimator(ordered=uses_ordinal))
    if sampling_weights is not None:
        method = _weighted(method, sampling_weights, notes)
    if estimator is None and uses_ordinal:
        notes.append(Note("SEM430", {"estimator": method.name, "items": list(categories)}))
    one_of("parameterization", parameterization, ("delta", "theta"))
    if missing == "pairwise" and not method.ordinal:
        raise UsageError("SEM234", params={"estimator": method.name})
    handling = MISSING[one_of("missing", str(missing), tuple(MISSING))]
    equal = tuple(one_of("group_equal", entry.replace(".", "_"), EQUAL) for entry in names_of(group_equal))
    moments = frame is None
    _check(
        method,
        {
            "ordered": uses_ordinal,
            "fiml": handling == "fiml",
            "groups": group is not None,
            "cluster": cluster is not None,
            "moments": moments,
            "bounds": bounds is not None,
            "constraints": bool(text.constraints),
        },
    )
    if cluster is not None and method.name == "ML":
        method = under_clusters(method)
        notes.append(Note("SEM527", {"column": cluster}))
    if moments and (handling == "fiml" or cluster is not None or group is not None):
        raise UsageError("SEM303")
    return Request(
        text,
        who,
        method,
        categories,
        handling,
        fixed_x
        and sampling_weights is None
        and not str(missing).endswith(".x")
        and "fixed_x" in method.allows,
        one_of("information", information, (None, "expected", "observed")),
        one_of("bounds", bounds, (None, "pos_var")),
        equal,
        names_of(group_partial),
        tuple(notes),
    )


def _weighted(method: Estimator, name: str, notes: list[Note]) -> Estimator:
    """The estimator under sampling weights: MLR, whose errors and test hold there. Raises ``UsageError``
    SEM232 for other estimators than ML and MLR."""
    if method.name not in ("ML", "MLR"):
        raise UsageError("SEM232", params={"name": name, "estimator": method.name})
    if method.name == "ML":
        notes.append(Note("SEM524", {"column": name}))
    return estimator_of("MLR")


def _check(method: Estimator, wanted: dict[str, bool]) -> None:
    for feature, asked in wanted.items():
        if asked and feature not in method.allows:
            raise UsageError(
                "SEM301",
                params={
                    "estimator": method.name,
                    "feature": feature,
                    "matrix": "\n" + matrix_text(ESTIMATORS),
                },
            )


def _ordinal(
    frame: pd.DataFrame | None, who: Variables, ordered: Any, estimator: str | None, notes: list[Note]
) -> tuple[str, ...]:
    """The variables named or declared ordinal: ``True`` takes every observed one with a cause in the model;
    columns declared as ordered categories count when the estimator is for them or is not named."""
    if isinstance(ordered, bool):
        named = tuple(name for name in who.observed if name not in who.exogenous) if ordered else ()
    else:
        named = names_of(ordered)
    known = {*who.observed, *(() if frame is None else (str(column) for column in frame.columns))}
    if unknown := [name for name in named if name not in known]:
        raise UsageError("SEM230", params={"names": unknown, "near": _near(unknown, known)})
    if beside := [name for name in named if name not in who.observed]:
        notes.append(Note("SEM431", {"names": beside}))
    declared = [] if frame is None else _declared(frame, who)
    if declared and (estimator is None or estimator_of(estimator).ordinal):
        if extra := [name for name in declared if name not in named]:
            notes.append(Note("SEM432", {"names": extra}))
        named = tuple(dict.fromkeys([*named, *declared]))
    return named


def _near(names: Sequence[str], known: set[str]) -> list[str]:
    """The known name that looks most like each, capitals apart."""
    folded = {name.casefold(): name for name in sorted(known)}
    found = [difflib.get_close_matches(name.casefold(), list(folded), n=1) for name in names]
    return [folded[match[0]] for match in found if match]


def _declared(frame: pd.DataFrame, who: Variables) -> list[str]:
    """Observed variables with a cause in the model whose columns are ordered categories."""
    import pandas as pd

    if not any(isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes):
        return []
    found = []
    for name in who.observed:
        if name in who.exogenous or name not in frame.columns:
            continue
        column = frame[name]
        if (
            isinstance(column, pd.Series)
            and isinstance(column.dtype, pd.CategoricalDtype)
            and column.cat.ordered
        ):
            found.append(name)
    return found
