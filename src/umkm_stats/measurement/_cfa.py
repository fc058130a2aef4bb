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
from umkm_stats.results import Note, idle
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
    """A confirmatory factor analysis: what ``umkm_stats.cfa`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Construct item est se z p ci_low ci_high (own units) loading loading_se loading_low loading_high
        (standardised) r2, one row a loading, also of a factor on a second-order factor.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What did not go well, and borders missed.
    seed : int or None
        None: nothing is drawn.
    fit : Fit
        The fitted model.
    model : str
        Its text.
    structure : str
        Which model it is, "first_order", "items", ….
    correlations : pandas.DataFrame
        Construct other r se p ci_low ci_high between factors.
    comparison : pandas.DataFrame
        Structure n chisq df p cfi tli rmsea srmr aic bic converged admissible comparable, one row a model
        that was fitted, the main one first.
    alternatives : dict of str to Fit
        Structure → its fit.
    level : float
        Of the intervals.
    thresholds : pandas.DataFrame
        Item number est se ci_low ci_high, for ordered items.

    Examples
    --------
    >>> from umkm_stats import cfa, examples
    >>> found = cfa(examples.answers(), scales=examples.SCALES)
    >>> found.tidy().set_index("item")["loading"].round(2).head(3).to_dict()
    {'OI1': 0.82, 'OI2': 0.78, 'OI3': 0.68}
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
        """Fit indices of the main model, by the names of ``Fit.indices``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(examples.cfa().indices["rmsea"], 3)
        0.0
        """
        return self.fit.indices

    @cached_property
    def modification_indices(self) -> pd.DataFrame:
        """Score tests of the main model, largest first.

        A model changed because of them is no longer confirmatory.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs group mi epc p sepc_lv sepc_all, see ``Fit.modification_indices``.

        Raises
        ------
        UmkmError
            MEA220 (the model did not converge).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.cfa().modification_indices[["lhs", "rhs", "mi"]].head(1).round(2).to_dict("records")
        [{'lhs': 'OI', 'rhs': 'IP3', 'mi': 4.55}]
        """
        _must_converge(self.fit)
        return self.fit.modification_indices(minimum=3.84)

    @cached_property
    def residual_map(self) -> pd.DataFrame:
        """Observed less implied correlations of the main model.

        Returns
        -------
        pandas.DataFrame
            (items, items).

        Raises
        ------
        UmkmError
            MEA220 (the model did not converge).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.cfa().residual_map.abs().max().max()), 3)
        0.093
        """
        _must_converge(self.fit)
        return self.fit.residuals("correlation")[self.fit.group_labels[0]]["cov"]

    def glance(self) -> pd.DataFrame:
        """The fit in one row, of the scaled χ² when the estimator has one.

        Returns
        -------
        pandas.DataFrame
            Columns structure n chisq df pvalue cfi tli rmsea rmsea_ci_low rmsea_ci_high (90 %) srmr aic bic
            npar converged and test ("plain" or "scaled").

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.cfa().glance()[["chisq", "df", "srmr"]].round(3).to_dict("records")
        [{'chisq': 19.99, 'df': 24.0, 'srmr': 0.032}]
        """
        found, decide = self.fit.indices, headline(self.fit)
        row: dict[str, Any] = {"structure": self.structure, "n": self.fit.n} | decide.row()
        row |= {name: found.get(name, np.nan) for name in INDICES}
        return pd.DataFrame([row | {"converged": self.fit.converged, "test": decide.kind}])

    def lines(self, lang: str) -> list[str]:
        """Fit in a sentence, loadings, comparison with the alternatives.

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
        >>> print(examples.cfa().lines("en")[0])
        χ² = 19.99 (df = 24; p = 0.697), CFI = 1.000, TLI = 1.010, RMSEA = 0.000 [0.000; 0.045], SRMR = 0.032.
        """
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
        """Plain values, with the indices.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.cfa().to_dict()["structure"]
        'first_order'
        """
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
    responses : Responses or pandas.DataFrame
        A ``Responses`` (its instrument gives the models) or answers (rows × items) with ``scales``.
    structure : str, default "first_order"
        "first_order" (correlated factors: the dimensions of an instrument, or the scales), "items" (a factor
        a construct, whatever its dimensions), "second_order" and "dimension_means" (instrument only),
        "one_factor" (all items on one), "bifactor" (a general factor beside the first-order ones, none
        correlated), "wording" (first order with an uncorrelated method factor of the reverse-keyed items).
    scales : mapping of str to sequence of str, optional
        Scale → items; the instrument's when None.
    compare : sequence of str, optional
        Other structures to fit and show beside it; None takes what the instrument offers, and "one_factor"
        for scales. An alternative that cannot be fitted is a note, not an error.
    reversed_items : sequence of str, optional
        The reverse-keyed items for "wording"; from the instrument when None.
    ordered : bool, default False
        Treat the items as ordered categories.
    estimator : str, optional
        As ``fit``; "ML", or "WLSMV" with ordered items, when None.
    missing : options.Missing, default "listwise"
        "listwise", "fiml" or what ``fit`` takes.
    std_lv : bool, default False
        Latent variances 1 instead of first loadings 1.
    cluster : str, optional
        Column of clusters, as ``fit``.
    level : float, default 0.95
        Of the intervals.
    cutoffs : {"customary", "strict"}, default "customary"
        The borders that the note on missed ones uses and names: "customary" (CFI and TLI .90, RMSEA and SRMR
        .08) or "strict" (.95, .95, .06, .08; Hu & Bentler 1999).

    Returns
    -------
    Cfa
        Loadings in ``tidy()``, fit in ``glance()``, the model in ``.fit``.

    Raises
    ------
    UmkmError
        MEA008 (a construct with one item), MEA010–MEA012 (no complete row, not more rows than items, a
        constant item), MEA018 (a structure that these answers do not have), and what ``fit`` raises.
    UsageError
        MEA001–MEA003, MEA005–MEA007, as ``reliability``.

    Examples
    --------
    >>> from umkm_stats import cfa, examples
    >>> found = cfa(examples.answers(), scales=examples.SCALES, compare=["one_factor"])
    >>> found.comparison[["structure", "cfi", "rmsea"]].round(3).to_dict("records")
    [{'structure': 'first_order', 'cfi': 1.0, 'rmsea': 0.0}, {'structure': 'one_factor', 'cfi': 0.703,
    'rmsea': 0.182}]
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
    beside = offered if compare is None else compare
    turned = reversed_items is not None and "wording" not in (structure, *beside)
    notes += idle(("reversed_items", reversed_items, turned, "wording"))
    for name in beside:
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
