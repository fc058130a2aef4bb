"""Cut-offs of fit indices for this model and this sample size, by simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import options
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import fit_populations as kernel
from umkm_stats.measurement._answers import Floats
from umkm_stats.measurement._cfa import Cfa
from umkm_stats.measurement._outcome import Outcome, rows_of, table_lines
from umkm_stats.results import Note
from umkm_stats.sem import CUTOFFS, fit

INDICES = ("srmr", "rmsea", "cfi")
FIXED = {name: CUTOFFS["strict"].border(name).limit for name in INDICES}


@dataclass(frozen=True, eq=False)
class FitCutoffs(Outcome):
    """Cut-offs of fit indices for one model and sample, by simulation: what ``fit_cutoffs`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        misfit_level (how many relations the model would have left out; 1 is the strictest cut-off) fit_index
        cutoff criterion ("95/5": the cut-off keeps 95 % of the true models and catches 95 % of the wrong
        ones; "90/10": 90 %; None: the two cannot be told apart) value met fixed (the customary cut-off).
    sample : SampleUsed or None
        Rows of the analysis.
    notes : tuple of Note
        Repetitions, and cut-offs that could not be had.
    seed : int or None
        Of the samples.
    values : pandas.DataFrame
        misfit_level srmr rmsea cfi of every repetition.
    added : dict of int to list of str
        Level → relations it adds.
    reps : int
        Samples from each population.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.cutoffs().tidy()[["fit_index", "cutoff", "met"]].round(3).head(2).to_dict("records")
    [{'fit_index': 'srmr', 'cutoff': 0.051, 'met': True}, {'fit_index': 'rmsea', 'cutoff': 0.102, 'met':
    True}]
    """

    values: pd.DataFrame
    added: dict[int, list[str]]
    reps: int

    TITLE: ClassVar[str] = "measurement.cutoffs.title"
    PARTS: ClassVar[tuple[str, ...]] = ("added", "reps")

    def lines(self, lang: str) -> list[str]:
        """The table as lines.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.cutoffs().lines("en")[0]
        'Misfit level  Index  Cut-off  Criterion  Value  Met  Fixed cut-off'
        """
        return table_lines(self.table, lang)


def fit_cutoffs(
    found: Cfa,
    *,
    reps: int = 200,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FitCutoffs:
    """What CFI, RMSEA and SRMR would be if this model were true, or a little wrong, with this many rows.

    The cut-off of a level is the value that 95 % of the wrong models miss, shown when 95 % of the true ones
    reach it ("95/5"), else 90 and 90, else none.

    Parameters
    ----------
    found : Cfa
        A first-order ``Cfa`` by ML (one factor an item).
    reps : int, default 200
        Samples drawn from each population, 20 or more.
    seed : int, optional
        Of the samples; None draws one, and the result keeps it.
    progress : callable, optional
        Called with (samples done, all).

    Returns
    -------
    FitCutoffs
        A row a level of misfit and index.

    Raises
    ------
    UsageError
        MEA028 (another kind of model), GEN003.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.cutoffs().tidy()[["fit_index", "cutoff", "criterion"]].round(3).to_dict("records")[0]
    {'fit_index': 'srmr', 'cutoff': 0.051, 'criterion': '90/10'}
    """
    reps = options.whole("reps", reps, low=20)
    loadings, phi, items, factors = _solution(found)
    seed = draw_kernel.new_seed() if seed is None else seed
    main = found.fit
    steps = kernel.populations(loadings, phi)
    rows: list[dict[str, float]] = []
    failed = 0
    for step in steps:
        for number, cov in enumerate(kernel.sample_covariances(step.corr, main.n, reps=reps, seed=seed)):
            try:
                got = fit(found.model, sample_cov=pd.DataFrame(cov, index=items, columns=items), n_obs=main.n)
            except UmkmError:
                got = None
            if got is None or not got.converged:
                failed += 1
            else:
                rows.append({"misfit_level": step.level} | {name: got.indices[name] for name in INDICES})
            if progress is not None:
                progress(step.level * reps + number + 1, reps * len(steps))
    values = pd.DataFrame(rows)
    table = pd.DataFrame(
        [_cut(values, step.level, name, main.indices[name]) for step in steps[1:] for name in INDICES]
    )
    notes = [Note("MEA211", {"reps": reps})]
    if failed:
        notes.append(Note("MEA212", {"failed": failed, "reps": reps * len(steps)}))
    lost = [f"{row.misfit_level} {row.fit_index}" for row in rows_of(table) if row.criterion is None]
    if lost:
        notes.append(Note("MEA213", {"rows": lost}, row=lost[0], column="cutoff"))
    second = items if len(factors) == 1 else factors
    added = {step.level: [f"{items[i]}–{second[j]}" for i, j in step.added] for step in steps[1:]}
    return FitCutoffs(
        table=table, sample=found.sample, notes=tuple(notes), seed=seed, values=values, added=added, reps=reps
    )


def _solution(found: Any) -> tuple[Floats, Floats, list[str], list[str]]:
    """Standardised loadings and factor correlations; MEA028 for anything but a first-order ML model with one
    factor an item."""
    plain = (
        isinstance(found, Cfa)
        and found.structure in ("first_order", "items", "one_factor")
        and found.fit.estimator == "ML"
    )
    if not plain or found.fit.missing != "listwise" or found.tidy()["item"].duplicated().any():
        raise UsageError("MEA028", params={"received": getattr(found, "structure", type(found).__name__)})
    if not found.fit.converged:
        raise UmkmError("MEA220")
    table = found.tidy()
    items, factors = list(found.fit.observed), list(dict.fromkeys(table["construct"]))
    loadings = np.zeros((len(items), len(factors)))
    for factor, item, value in zip(table["construct"], table["item"], table["loading"], strict=True):
        loadings[items.index(item), factors.index(factor)] = value
    phi = np.eye(len(factors))
    for one, other, r in zip(
        found.correlations["construct"], found.correlations["other"], found.correlations["r"], strict=True
    ):
        i, j = factors.index(one), factors.index(other)
        phi[i, j] = phi[j, i] = r
    if np.abs(loadings).max() >= 1 or np.linalg.eigvalsh(phi)[0] <= 0:
        raise UsageError("MEA028", params={"received": "Heywood"})
    return loadings, phi, items, factors


def _cut(values: pd.DataFrame, level: int, name: str, observed: float) -> dict[str, Any]:
    """The cut-off of an index at a level."""
    true = values.loc[values["misfit_level"] == 0, name].to_numpy()
    wrong = values.loc[values["misfit_level"] == level, name].to_numpy()
    higher_is_better = name == "cfi"
    row: dict[str, Any] = {
        "misfit_level": level,
        "fit_index": name,
        "cutoff": np.nan,
        "criterion": None,
        "value": observed,
        "met": None,
    }
    for share, said in ((0.95, "95/5"), (0.90, "90/10")):
        if not true.size or not wrong.size:
            break
        edge = float(np.quantile(wrong, share if higher_is_better else 1 - share))
        reach = float(np.quantile(true, 1 - share if higher_is_better else share))
        if (reach > edge) if higher_is_better else (reach < edge):
            row |= {
                "cutoff": edge,
                "criterion": said,
                "met": bool(observed >= edge if higher_is_better else observed <= edge),
            }
            break
    return row | {"fixed": FIXED[name]}
