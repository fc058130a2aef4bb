"""What a reviewer asks of the regressions behind a score model: each as a result of its own, what the
products add, the moderated arrows at values of their moderators."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.mediation import _rows
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named, held, letters
from umkm_stats.mediation._regressions import regressions
from umkm_stats.mediation._spec import ARROW, Equation
from umkm_stats.regression._equations import wald

if TYPE_CHECKING:
    from umkm_stats.adapters.statsmodels_ols import OlsFit
    from umkm_stats.mediation._data import Columns
    from umkm_stats.mediation._result import Mediation
    from umkm_stats.regression import Regression

KINDS = {"a": "a", "b": "b", "c": "direct", "d": "d"}
ADDED = ("outcome", "term", "r2_change", "f", "df1", "df2", "p")
SLOPES = ("effect", "path", "est", "se", "t", "df", "p", "ci_low", "ci_high")


class Reviewed:
    """The part of ``Mediation`` that answers on its regressions."""

    def regression(self, outcome: str, *, total: bool = False) -> Regression:
        """One equation of a score model as a ``Regression``.

        β, ANOVA, R² and its change by the products, VIF, influence, assumptions, pictures.

        Parameters
        ----------
        outcome : str
            A mediator or outcome.
        total : bool, default False
            The equation of an outcome without the mediators.

        Returns
        -------
        Regression
            Without draws of its own.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.mediation().regression("BP")
        >>> found.coefficients.set_index("term")["vif"].round(3).to_dict()
        {'(intercept)': nan, 'OI': 1.215, 'IP': 1.215}
        """
        from umkm_stats.mediation._equations import regression_of

        return regression_of(cast("Mediation", self), outcome, total=total)

    @cached_property
    def regressions(self) -> tuple[Regression, ...]:
        """Every equation of a score model, in the order of ``equations``; empty for a latent model.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> [fit.outcomes[0] for fit in examples.mediation().regressions]
        ['IP', 'BP', 'BP']
        """
        mine = cast("Mediation", self)
        if mine.columns is None:
            return ()
        return tuple(
            self.regression(entry.outcome, total=entry.role == "total") for entry in mine.spec.equations
        )

    def interactions(self) -> Detail:
        """What every product adds to the R² of its equation, with F and p (score models).

        Returns
        -------
        Detail
            Frame: effect, path, outcome, term, r2_change, f, df1, df2, p: one row a product; several products
            of one arrow, and of one equation, together in further rows.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.moderated().interactions().frame[["term", "r2_change"]].round(4).to_dict("records")
        [{'term': 'OI:AGE', 'r2_change': 0.0013}]
        """
        return _interactions(cast("Mediation", self))

    def simple_slopes(self) -> Detail:
        """Every moderated arrow at the values of its moderators (score models).

        Returns
        -------
        Detail
            Frame: effect, path, est, se, t, df, p, ci_low, ci_high, of the regression.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.moderated().simple_slopes().frame
        >>> found[["path", "est", "p"]].round(3).to_dict("records")[0]
        {'path': 'OI -> IP | AGE = 4.1', 'est': 0.385, 'p': 0.0}
        """
        return _simple_slopes(cast("Mediation", self))


def _interactions(result: Mediation) -> Detail:
    import pandas as pd

    columns = _columns(result)
    rows = []
    for entry, fit in zip(
        result.spec.equations, regressions(columns, result.spec, result.errors), strict=True
    ):
        rows += _added(columns, entry, fit)
    frame = pd.DataFrame(rows, columns=list(ADDED))
    return Detail("interactions", frame, result.sample, result.seed, _none(result, rows))


def _added(columns: Columns, entry: Equation, fit: OlsFit) -> list[dict[str, Any]]:
    products = [place for place, term in enumerate(entry.terms, 1) if len(term) > 1]
    arrows: dict[str, list[int]] = {}
    for place in products:
        if entry.terms[place - 1][0] in {term[0] for term in entry.terms if len(term) == 1}:
            arrows.setdefault(entry.terms[place - 1][0], []).append(place)
    sets = [[place] for place in products]
    sets += [places for places in (*arrows.values(), products) if len(places) > 1]
    out = []
    for places in {tuple(places): places for places in sets}.values():
        joint = wald(fit, places)
        kept = [term for place, term in enumerate(entry.terms, 1) if place not in places]
        change = fit.r2 - _r2(columns.column(entry.outcome), columns.design(kept))
        words = " + ".join(":".join(entry.terms[place - 1]) for place in places)
        row = (entry.outcome, words, change, joint.f, joint.df1, joint.df2, joint.p)
        out.append(dict(zip(ADDED, row, strict=True)))
    return out


def _r2(outcome: Any, design: Any) -> float:
    """R² of the outcome on an intercept and the columns of ``design``."""
    y, z = outcome - outcome.mean(), design - design.mean(axis=0)
    rest = y - z @ np.linalg.lstsq(z, y, rcond=None)[0]
    return float(1 - rest @ rest / (y @ y))


def _simple_slopes(result: Mediation) -> Detail:
    import pandas as pd

    _columns(result)
    spec, found = result.spec, result.found
    named: dict[str, Named] = {}
    for source, target in spec.moderation:
        for probe in result.probes:
            at = {name: probe[name] for name in spec.touching(source, target)}
            kind = KINDS[spec.kind(source, target)]
            pair = (source, target)
            path = ARROW.join(pair) + held(at)
            edge = spec.edge(source, target, at)
            named.setdefault(path, Named(kind, path, pair, ((edge,),), at, letters(spec, pair)))
    rows = []
    assert found is not None
    for entry in named.values():
        row = _rows.estimated(found, [entry], result.level, "ols")[0]
        df = float(found.df[entry.paths[0][0][0][0]])
        t = row["est"] / row["se"] if row["se"] > 0 else float("nan")
        rows.append({name: {**row, "t": t, "df": df}[name] for name in SLOPES})
    frame = pd.DataFrame(rows, columns=list(SLOPES))
    return Detail("simple_slopes", frame, result.sample, result.seed, _none(result, rows))


def _none(result: Mediation, rows: list[Any]) -> tuple[Any, ...]:
    from umkm_stats.results import Note

    return () if rows else (Note("MED471", {}),)


def _columns(result: Mediation) -> Columns:
    if result.columns is None:
        raise UsageError("MED028", params={})
    return result.columns
