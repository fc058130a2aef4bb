"""Scores of scales: means, sums, factor scores; counts for formative indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import options
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import scale_reliability as kernel
from umkm_stats.kernels.measurement.efa_one import one_factor
from umkm_stats.measurement._answers import Floats, answers, check_scales
from umkm_stats.measurement._model import parts_of
from umkm_stats.measurement._outcome import Outcome
from umkm_stats.results import Note, idle

Kind = Literal["mean", "sum", "factor"]


@dataclass(frozen=True, eq=False)
class Scores(Outcome):
    """Scores of scales: what ``umkm_stats.scores`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Scale kind k n mean sd min max reliability, one row a scale.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    scores : pandas.DataFrame
        Rows as in the answers, one column a scale (an index gives ``CODE_BREADTH`` and ``CODE_DEPTH``), NaN
        where too few items were answered.
    kind : str
        "mean", "sum" or "factor".
    minimum : float
        Share of a scale's items that must be answered.

    Examples
    --------
    >>> from umkm_stats import examples, scores
    >>> found = scores(examples.answers(), scales=examples.SCALES)
    >>> found.scores.iloc[0].round(2).to_dict()
    {'OI': 4.0, 'IP': 2.0, 'BP': 4.33}
    """

    scores: pd.DataFrame
    kind: str
    minimum: float

    TITLE: ClassVar[str] = "measurement.scores.title"
    PARTS: ClassVar[tuple[str, ...]] = ("kind", "minimum")

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the scores of single respondents are left out, they are personal data.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples, scores
        >>> "scores" in scores(examples.answers(), scales=examples.SCALES).to_dict()
        False
        """
        return super().to_dict()


def scores(
    responses: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    kind: Kind = "mean",
    minimum: float = 1.0,
    fit: Any = None,
) -> Scores:
    """Scores of every scale.

    ``reliability``: ω of the mean or sum (α when there is no one-factor solution, which a note says), squared
    correlation of factor and score for factor scores; NaN for a single item or an index.

    Parameters
    ----------
    responses : Responses or pandas.DataFrame
        A ``Responses`` or answers with ``scales``. Indices of an instrument (formative constructs) are
        counted: breadth is the number of items answered at ``breadth_from`` or higher, depth at
        ``depth_from`` or higher; they have no reliability.
    scales : mapping of str to sequence of str, optional
        Scale → items; the instrument's when None.
    kind : {"mean", "sum", "factor"}, default "mean"
        "mean" or "sum" of the items, or "factor": regression scores of ``fit``.
    minimum : float, default 1.0
        Share of a scale's items that must be answered for a mean or a sum (1 = all). With fewer than all
        answered the mean is of the answered ones, and a sum is that mean times the number of items.
    fit : Fit or Cfa, optional
        A ``Fit`` or ``Cfa`` of these answers that converged, for ``kind="factor"`` only; ``responses`` may
        then be None.

    Returns
    -------
    Scores
        The scores in ``.scores``, their description in ``tidy()``.

    Raises
    ------
    UsageError
        MEA001–MEA003, MEA005–MEA007, MEA026 (``kind="factor"`` without a fit), MEA030 (a
        fit beside another kind), MEA031 (a fit to other answers), GEN001, GEN004.
    UmkmError
        MEA004.

    Examples
    --------
    >>> from umkm_stats import examples, scores
    >>> found = scores(examples.answers(), scales=examples.SCALES)
    >>> found.tidy()[["scale", "mean", "sd", "reliability"]].round(2).to_dict("records")[0]
    {'scale': 'OI', 'mean': 3.13, 'sd': 0.94, 'reliability': 0.8}
    """
    options.one_of("kind", kind, Kind)
    if minimum != 1.0:
        options.share("minimum", minimum)
    if kind == "factor":
        found = _factor_scores(responses, fit)
        without = idle(
            ("scales", list(scales or ()), scales is not None, "score_kind"),
            ("minimum", minimum, minimum != 1.0, "score_kind"),
        )
        return replace(found, notes=(*found.notes, *without))
    if fit is not None:
        raise UsageError("MEA030", params={"kind": kind})
    given = check_scales(responses, scales)
    held = answers(responses, items=[code for members in given.values() for code in members])
    notes: list[Note] = []
    columns: dict[str, Floats] = {}
    rows = []
    for name, members in given.items():
        values = held.frame[members].to_numpy()
        answered = np.isfinite(values).sum(axis=1)
        with np.errstate(invalid="ignore"):
            mean = np.where(answered > 0, np.nansum(values, axis=1) / np.maximum(answered, 1), np.nan)
        score = np.where(
            answered >= minimum * len(members) - 1e-9, mean * (len(members) if kind == "sum" else 1), np.nan
        )
        columns[name] = np.asarray(score)
        rows.append(
            {"scale": name, "kind": kind, "k": len(members)}
            | _describe(score)
            | {"reliability": _reliability(name, values, notes)}
        )
    _indices(held.instrument, responses, columns, rows)
    frame = pd.DataFrame(columns, index=held.frame.index)
    used = int(frame[list(given)].notna().any(axis=1).sum())
    return Scores(
        table=pd.DataFrame(rows),
        sample=held.sample(used),
        notes=tuple(notes),
        seed=None,
        scores=frame,
        kind=kind,
        minimum=minimum,
    )


def _describe(score: Floats) -> dict[str, float]:
    own = score[np.isfinite(score)]
    if own.size < 2:
        return {
            "n": own.size,
            "mean": float(own.mean()) if own.size else np.nan,
            "sd": np.nan,
            "min": np.nan,
            "max": np.nan,
        }
    return {
        "n": own.size,
        "mean": float(own.mean()),
        "sd": float(own.std(ddof=1)),
        "min": float(own.min()),
        "max": float(own.max()),
    }


def _reliability(name: str, values: Floats, notes: list[Note]) -> float:
    whole = values[np.isfinite(values).all(axis=1)]
    if values.shape[1] < 2:
        notes.append(Note("MEA191", {"scale": name}, row=name, column="reliability"))
        return float("nan")
    if whole.shape[0] < 3:
        notes.append(Note("MEA192", {"scale": name, "n": whole.shape[0]}, row=name, column="reliability"))
        return float("nan")
    cov = np.cov(whole, rowvar=False)
    found = one_factor(cov[None])
    if found.converged[0]:
        return float(kernel.omega_total(found.loadings, cov[None])[0])
    notes.append(Note("MEA193", {"scale": name}, row=name, column="reliability"))
    return float(kernel.alpha(cov))


def _indices(instrument: Any, source: Any, columns: dict[str, Floats], rows: list[dict[str, Any]]) -> None:
    """Breadth and depth of the index constructs whose items are among the answers."""
    if instrument is None or not hasattr(source, "kept_items"):
        return
    frame = source.kept_items
    for construct in instrument.constructs:
        codes = [
            item.code
            for item in instrument.items
            if item.construct == construct.code and item.code in frame.columns
        ]
        if construct.kind != "index" or not codes:
            continue
        values = frame[codes].to_numpy(dtype=np.float64)
        whole = np.isfinite(values).all(axis=1)
        for part, border in (("BREADTH", construct.breadth_from), ("DEPTH", construct.depth_from)):
            if border is None:
                continue
            count = np.where(whole, (values >= border).sum(axis=1).astype(np.float64), np.nan)
            columns[f"{construct.code}_{part}"] = count
            rows.append(
                {"scale": f"{construct.code}_{part}", "kind": "count", "k": len(codes)}
                | _describe(count)
                | {"reliability": np.nan}
            )


def _fitted_to(found: Any, responses: Any) -> bool:
    """Whether the rows the model was fitted to stand in ``responses``, as far as these hold its columns."""
    source = getattr(responses, "kept_items", responses)
    there = [name for name in found.observed if name in getattr(source, "columns", ())]
    if not there or not found.arrays or not found.arrays[0].size:
        return True
    frame = answers(source, items=there).frame.to_numpy(dtype=np.float64)
    ordinal = hasattr(found.task.samples[0], "ordinal")  # such answers are numbered anew, in their order
    at = [found.observed.index(name) for name in there]
    for rows, values in zip(found.rows, found.arrays, strict=True):
        if rows.size and rows.max() >= len(frame):
            return False
        for column, own in zip(frame[rows].T, values[:, at].T, strict=True):
            given, fitted = (
                np.unique(part, return_inverse=True)[1].astype(np.float64) if ordinal else part
                for part in (column, own)
            )
            if not np.array_equal(given, fitted, equal_nan=True):
                return False
    return True


def _factor_scores(responses: Any, fit: Any) -> Scores:
    found = getattr(fit, "fit", fit)
    if not hasattr(found, "factor_scores"):
        raise UsageError("MEA026", params={"received": type(fit).__name__})
    if not found.converged:
        raise UmkmError("MEA220")
    if responses is not None and not _fitted_to(found, responses):
        raise UsageError("MEA031")
    parts = parts_of(found)
    frame = found.factor_scores()
    lam, phi, sigma = parts.implied(found.params[None])
    weights = np.linalg.solve(sigma[0], lam[0] @ phi[0])
    explained = np.einsum("pm,pm->m", lam[0] @ phi[0], weights) / np.diag(phi[0])
    states = list(found.layout.states)
    names = [name for name in frame.columns if name in states]
    rows = []
    for name in names:
        members = parts.factors.get(name) or parts.higher.get(name) or []
        row = {"scale": name, "kind": "factor", "k": len(members)} | _describe(
            frame[name].to_numpy(dtype=np.float64)
        )
        rows.append(row | {"reliability": float(explained[states.index(name)])})
    return Scores(
        table=pd.DataFrame(rows),
        sample=found.sample,
        notes=tuple(found.notes),
        seed=None,
        scores=frame[names],
        kind="factor",
        minimum=1.0,
    )
