"""Confirmatory factor analysis of an instrument: one call builds, fits and compares the measurement
models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import UmkmError
from umkm_stats.measurement._cfa_models import Models, check_data
from umkm_stats.measurement._cfa_tables import (
    comparison,
    correlations,
    loadings,
    lost_notes,
    remarks,
    thresholds,
)
from umkm_stats.measurement._model import (
    check_factors,
    factors_of,
)
from umkm_stats.measurement._outcome import Outcome, table_lines
from umkm_stats.results import Note
from umkm_stats.sem import CutoffName, Fit, cutoffs_of, fit, headline
from umkm_stats.sem.estimators import default_estimator

if TYPE_CHECKING:
    from umkm_stats.figures import Picture

Shape = Literal[
    "first_order", "second_order", "dimension_means", "items", "one_factor", "bifactor", "wording"
]
INDICES = ("aic", "bic", "npar")  # beside the deciding ones


@dataclass(frozen=True, eq=False)
class Cfa(Outcome):
    """A confirmatory factor analysis.

    table: construct item est se z p ci_low ci_high loading loading_se loading_low loading_high r2, one row a
    loading (also of a factor on a second-order factor). fit: the ``Fit``. model: its text. structure: which
    model it is. correlations: construct other r se ci_low ci_high p between factors. comparison: structure
    chisq df p cfi tli rmsea srmr aic bic converged admissible comparable, one row a model that was fitted
    (the main one first). alternatives: structure → ``Fit``. thresholds: item number est se ci_low ci_high
    (ordered items).
    """

    fit: Fit
    model: str
    structure: str
    correlations: pd.DataFrame
    comparison: pd.DataFrame
    alternatives: dict[str, Fit]
    level: float
    thresholds: pd.DataFrame

    TITLE: ClassVar[str] = "measurement.cfa.title"
    PARTS: ClassVar[tuple[str, ...]] = (
        "model",
        "structure",
        "correlations",
        "comparison",
        "level",
        "thresholds",
    )

    @property
    def indices(self) -> dict[str, float]:
        """Fit indices of the main model, by the engine's names."""
        return self.fit.indices

    @cached_property
    def modification_indices(self) -> pd.DataFrame:
        """Score tests of the main model, largest first. A model changed because of them is no longer
        confirmatory."""
        _must_converge(self.fit)
        return self.fit.modification_indices(minimum=3.84)

    @cached_property
    def residual_map(self) -> pd.DataFrame:
        """Observed minus implied correlations (items × items) of the main model."""
        _must_converge(self.fit)
        return self.fit.residuals("correlation")[self.fit.group_labels[0]]["cov"]

    def glance(self) -> pd.DataFrame:
        """One row of the indices that decide (of the scaled χ² when the estimator has one; ``test`` says
        which)."""
        found, decide = self.fit.indices, headline(self.fit)
        row: dict[str, Any] = {"structure": self.structure, "n": self.fit.n} | decide.row()
        row |= {name: found.get(name, np.nan) for name in INDICES}
        return pd.DataFrame([row | {"converged": self.fit.converged, "test": decide.kind}])

    def lines(self, lang: str) -> list[str]:
        """Fit in a sentence, loadings, comparison."""
        found = headline(self.fit)
        out = []
        if self.fit.converged:
            out.append(
                messages.text(
                    f"measurement.cfa.fit.{found.kind}", lang, **(found.row() | {"df": int(found.df)})
                )
            )
            if found.kind == "scaled" and found.robust and np.isfinite(list(found.robust.values())).all():
                out.append(messages.text("measurement.cfa.fit.robust", lang, **found.robust))
            names = ("construct", "item", "loading", "loading_low", "loading_high", "p")
            out += table_lines(self.table, lang, names=names)
        if len(self.comparison) > 1:
            out += table_lines(
                self.comparison, lang, names=("structure", "chisq", "df", "cfi", "rmsea", "bic")
            )
        return out

    def plot(self, kind: str = "loadings", *, lang: str = "en") -> Picture:
        """A picture of the result as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : {"loadings", "paths", "correlations", "residuals"}, default "loadings"
            "loadings": standardised loadings with their limits, by factor, beside .70. "paths": the path
            diagram (see ``Fit.plot``). "correlations": those of the factors with their limits.
            "residuals": observed minus implied correlations (``residual_map``).
        lang : {"en", "id"}, default "en"
            Language of the words and of the decimal mark.

        Returns
        -------
        matplotlib.figure.Figure
            ``savefig("picture.png", dpi=300)`` writes it.

        Raises
        ------
        UsageError
            GEN001 or GEN002 for a kind or language that is not known; the message lists those that are.
        UmkmError
            MEA220 when the search did not converge, MEA290 for the correlations of one factor.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import cfa
        >>> rng = np.random.default_rng(4)
        >>> factors = rng.normal(size=(200, 2)) + rng.normal(size=(200, 1))
        >>> answers = np.repeat(factors, 3, axis=1) + rng.normal(size=(200, 6))
        >>> data = pd.DataFrame(answers, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
        >>> scales = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}
        >>> picture = cfa(data, scales=scales, compare=()).plot("loadings")
        >>> [label.get_text() for label in picture.axes[0].get_yticklabels()]
        ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']
        """
        from umkm_stats.measurement._plots import of_cfa

        return of_cfa(self, kind, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the indices."""
        return super().to_dict() | {
            "indices": {key: value for key, value in self.fit.indices.items() if np.isfinite(value)}
        }


def _must_converge(found: Fit) -> None:
    if not found.converged:
        raise UmkmError("MEA220")


def cfa(
    responses: Any,
    *,
    structure: Shape = "first_order",
    scales: Mapping[str, Sequence[str]] | None = None,
    compare: Sequence[Shape] | None = None,
    reversed_items: Sequence[str] | None = None,
    ordered: bool = False,
    estimator: str | None = None,
    missing: options.Missing = "listwise",
    std_lv: bool = False,
    cluster: str | None = None,
    level: float = 0.95,
    cutoffs: CutoffName = "customary",
) -> Cfa:
    """Confirmatory factor analysis.

    A model that does not converge is returned without a number: loadings, correlations, thresholds and
    indices are NaN, note MEA220 says so, ``modification_indices`` and ``residual_map`` raise MEA220.

    Parameters
    ----------
    responses : Any
        a ``Responses`` (its instrument gives the models) or answers (rows × items) with ``scales``.
    structure : Shape, default 'first_order'
        "first_order" (correlated factors: the dimensions of an instrument, or the scales), "items" (a factor
        a construct, whatever its dimensions), "second_order" and "dimension_means" (instrument only),
        "one_factor" (all items on one), "bifactor" (a general factor beside the first-order ones, none
        correlated), "wording" (first order with an uncorrelated method factor of the reverse-keyed items).
    compare : Sequence[Shape] | None, optional
        other structures to fit and show beside it; None takes what the instrument offers, and "one_factor"
        for scales. An alternative that cannot be fitted is a note, not an error.
    reversed_items : Sequence[str] | None, optional
        the reverse-keyed items for "wording"; from the instrument when None.
    ordered : bool, default False
        treat the items as ordered categories.
    estimator : str | None, optional
        as ``fit``; "ML", or "WLSMV" with ordered items, when None. missing, std_lv, cluster: as ``fit``.
    cutoffs : CutoffName, default 'customary'
        the borders that the note on missed ones uses and names: "customary" (CFI and TLI .90, RMSEA and SRMR
        .08) or "strict" (.95, .95, .06, .08; Hu & Bentler 1999).

    Raises
    ------
    UmkmError
        MEA008 (a construct with one item), MEA010–MEA012 (no complete row, not more rows than items, a
        constant item), MEA018 (a structure that these answers do not have), and what ``fit`` raises;
    UsageError
        as ``reliability``.
    """
    options.one_of("structure", structure, Shape)
    options.share("level", level)
    held_against = cutoffs_of(cutoffs)
    plan = Models.of(responses, scales, reversed_items, plain=ordered or std_lv)
    data = plan.data
    text = plan.text(structure)
    categories = plan.items if ordered else []
    wanted = estimator or default_estimator(ordered=bool(categories))
    call: dict[str, Any] = {
        "estimator": wanted,
        "missing": missing,
        "std_lv": std_lv,
        "cluster": cluster,
        "ordered": categories,
    }
    check_factors(factors_of(text))
    used = check_data(plan, factors_of(text), missing)
    main = fit(text, data, **call)
    notes: list[Note] = list(main.notes) if main.converged else lost_notes(main)
    others: dict[str, Fit] = {}
    offered = [name for name in plan.others(structure) if not (categories and name == "dimension_means")]
    for name in offered if compare is None else compare:
        options.one_of("compare", name, Shape)
        try:
            other = plan.text(name)
            check_factors(factors_of(other))
            others[name] = fit(other, data, **call)
        except UmkmError as error:
            notes.append(Note("MEA141", {"structure": name, "reason": error.code}, row=name))
    if main.converged:
        notes += remarks(main, structure, others, held_against)
    return Cfa(
        table=loadings(main, level),
        sample=plan.held.sample(main.n),
        notes=tuple(notes),
        seed=None,
        fit=main,
        model=text,
        structure=structure,
        correlations=correlations(main, level),
        comparison=comparison(main, structure, others, used),
        alternatives=others,
        level=level,
        thresholds=thresholds(main, level),
    )
