"""The result of a regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UsageError
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture
    from umkm_stats.regression._assumptions import Assumptions
    from umkm_stats.regression._columns import Columns
    from umkm_stats.regression._equations import Equation
    from umkm_stats.regression._moderation import Probe
    from umkm_stats.regression._plan import Plan


@dataclass(frozen=True, eq=False)
class Regression:
    """One or several outcomes regressed on the same predictors.

    Attributes
    ----------
    kind : str
        "scores", "fiml" or "imputed".
    plan : Plan
        Outcomes, predictors, covariates, moderators and blocks.
    coefficients : pandas.DataFrame
        One row a coefficient of the full model: outcome, term, est (B), se, std_all (β), t, df, p, ci_low,
        ci_high, tolerance, vif. The intercept is ``(intercept)``; it has no β, tolerance and VIF.
    intervals : pandas.DataFrame
        Bootstrap limits: outcome, term, method, est, se, ci_low, ci_high, p; the term ``r2`` is R², ``x | w =
        2.000`` a simple slope.
    anova : pandas.DataFrame
        Outcome, source (regression, residual, total), ss, df, ms, f, p.
    blocks : pandas.DataFrame
        One row a block of predictors: outcome, block, added, r, r2, adjusted_r2, sigma, r2_change, f_change,
        df1, df2, p.
    steps : pandas.DataFrame
        The coefficients after each block: outcome, block, term, est, se, std_all, t, df, p, ci_low, ci_high.
    joint : pandas.DataFrame
        F of predictors that have several columns (categories and their products): outcome, term, f, df1, df2,
        p.
    slopes : pandas.DataFrame
        Of a moderated model: outcome, term, at, value, est, se, t, df, p, ci_low, ci_high; else empty.
    johnson_neyman : pandas.DataFrame
        Of a moderated model: outcome, term, moderator, value (the border), share_below, est; else empty.
    moderation : pandas.DataFrame
        Of a moderated model: outcome, term, moderator, p_moderator, p_product, moderator_type; else empty.
    fits : pandas.DataFrame
        One row an outcome: outcome, n, r, r2, adjusted_r2, sigma (standard error of the estimate), f, df1,
        df2, p, t_table, f_table (critical values).
    draws : pandas.DataFrame
        (draws, statistics), NaN where a draw failed.
    ledger : mapping of str to object
        Draws requested, converged, inadmissible, failed.
    level : float
        Of the intervals.
    errors : str
        "classical", "HC0" … "HC4" or "cluster".
    sample : SampleUsed
        Rows read, used and left out, with reasons.
    seed : int or None
        Of the draws; None without.
    notes : tuple of Note
        What a reader must know.
    columns : Columns, optional
        The analysed columns; None for rows with gaps and imputed data.
    equations : tuple of Equation
        One fitted equation an outcome.
    probes : tuple of Probe
        Values of the moderators.

    Examples
    --------
    >>> from umkm_stats import examples, regress
    >>> found = regress(examples.firms(), y="BP", x=["OI", "IP"], draws=200, seed=1)
    >>> found.coefficients[["term", "est", "std_all"]].round(3).to_dict("records")[1:]
    [{'term': 'OI', 'est': 0.177, 'std_all': 0.185}, {'term': 'IP', 'est': 0.36, 'std_all': 0.371}]
    """

    kind: str
    plan: Plan
    coefficients: pd.DataFrame
    intervals: pd.DataFrame
    anova: pd.DataFrame
    blocks: pd.DataFrame
    steps: pd.DataFrame
    joint: pd.DataFrame
    slopes: pd.DataFrame
    johnson_neyman: pd.DataFrame
    moderation: pd.DataFrame
    fits: pd.DataFrame
    draws: pd.DataFrame
    ledger: Mapping[str, Any]
    level: float
    errors: str
    sample: SampleUsed
    seed: int | None
    notes: tuple[Note, ...]
    columns: Columns | None = field(default=None, repr=False)
    equations: tuple[Equation, ...] = field(default=(), repr=False)
    probes: tuple[Probe, ...] = field(default=(), repr=False)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().outcomes
        ('BP',)
        """
        return self.plan.y

    @cached_property
    def effects(self) -> pd.DataFrame:
        """The slopes of x as effects.

        "direct" rows (``X -> Y``); in a moderated model "conditional_direct" (``X -> Y | w = 2.000``) and
        "index" (the product, ``X -> Y | w``). Method "ols" is the t test of the regression.

        Returns
        -------
        pandas.DataFrame
            Columns effect, path, method, est, se, ci_low, ci_high, p.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().effects[["path", "method", "est"]].round(3).to_dict("records")[0]
        {'path': 'OI -> BP', 'method': 'ols', 'est': 0.177}
        """
        from umkm_stats.regression._effects import effects

        return effects(self)

    def _needs_rows(self) -> Columns:
        if self.columns is None:
            raise UsageError("REG125", params={"kind": self.kind})
        return self.columns

    @cached_property
    def influence(self) -> pd.DataFrame:
        """How far each respondent moves the regression.

        Returns
        -------
        pandas.DataFrame
            One row a respondent and outcome: outcome, row, leverage, studentised, cook, dffits, ``dfbetas:
            term``.

        Raises
        ------
        UsageError
            REG125 (a model of rows with gaps or of imputed data).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.regression().influence["cook"].max()), 3)
        0.053
        """
        from umkm_stats.regression._influence import frame

        return frame(self.equations, self._needs_rows())

    def assumptions(self, *, vif_most: float = 10.0) -> Assumptions:
        """Every check of the classical assumptions with its decision and what to do then.

        Parameters
        ----------
        vif_most : float, default 10.0
            Largest VIF that is acceptable (10 by Ghozali; some take 5).

        Returns
        -------
        Assumptions
            ``tidy()`` has one row a check and term.

        Raises
        ------
        UsageError
            REG125 (a model of rows with gaps or of imputed data).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().assumptions().frame["decision"].value_counts().to_dict()
        {'met': 12}
        """
        from umkm_stats.regression._assumptions import assumptions

        self._needs_rows()
        return assumptions(self, vif_most=vif_most)

    def plot(self, kind: str = "coefficients", *, outcome: str | None = None, lang: str = "en") -> Picture:
        """A picture of the regression.

        Parameters
        ----------
        kind : str, default "coefficients"
            "coefficients" (with intervals), "pp" (P–P plot of the standardised residuals), "residuals" (ZPRED
            against SRESID), "influence" (Cook's distance), "simple_slopes" and "johnson_neyman" of a
            moderated model.
        outcome : str, optional
            Which one, when there are several.
        lang : {"en", "id"}, default "en"
            Language of the labels, English or Indonesian.

        Returns
        -------
        matplotlib.figure.Figure
            To show or to save with ``savefig``.

        Raises
        ------
        UsageError
            GEN001, GEN002, REG125, REG126 (a picture this model does not have).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> len(examples.regression().plot("pp").axes)
        1
        """
        from umkm_stats.regression._plots import draw

        return draw(self, kind, outcome, lang)

    def tidy(self) -> pd.DataFrame:
        """The coefficients, a copy.

        Returns
        -------
        pandas.DataFrame
            Columns outcome term est se std_all t df p ci_low ci_high tolerance vif.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().tidy()["p"].round(4).tolist()
        [0.0, 0.0078, 0.0]
        """
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """One row an outcome.

        Returns
        -------
        pandas.DataFrame
            Columns outcome n r r2 adjusted_r2 sigma f df1 df2 p t_table f_table errors level requested failed
            (draws) seed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().glance()[["n", "r2", "f"]].round(3).to_dict("records")
        [{'n': 200, 'r2': 0.23, 'f': 29.428}]
        """
        return self.fits.assign(
            errors=self.errors,
            level=self.level,
            requested=self.ledger["requested"],
            failed=self.ledger["failed"],
            seed=self.seed,
        )

    def summary(self, lang: str = "en") -> str:
        r"""Fit, ANOVA, coefficients, blocks, intervals, sample, seed and notes as text.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print("\n".join(examples.regression().summary().splitlines()[:2]))
        Regression of BP on OI and IP
        n = 200 of 200 rows
        """
        from umkm_stats.regression._summary import text_of

        return text_of(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; draws and data are left out.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().to_dict()["x"]
        ['OI', 'IP']
        """
        frames = (
            "coefficients", "intervals", "anova", "blocks", "steps", "joint", "slopes", "johnson_neyman",
            "moderation", "fits",
        )  # fmt: skip
        return {
            "kind": self.kind,
            "y": list(self.plan.y),
            "x": list(self.plan.x),
            "covariates": list(self.plan.covariates),
            "moderators": list(self.plan.moderators),
            **{name: jsonable(getattr(self, name)) for name in frames},
            "ledger": jsonable(dict(self.ledger)),
            "level": self.level,
            "errors": self.errors,
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def without_draws(
    *,
    kind: str,
    plan: Plan,
    rows: list[dict[str, Any]],
    fits: list[dict[str, Any]],
    level: float,
    errors: str,
    sample: SampleUsed,
    notes: tuple[Note, ...],
) -> Regression:
    """Coefficients and fits alone, from incomplete or imputed rows: no draws, blocks or moderation."""
    import pandas as pd

    from umkm_stats.regression._frames import COEFFICIENTS

    empty = pd.DataFrame()
    return Regression(
        kind=kind,
        plan=plan,
        coefficients=pd.DataFrame(rows, columns=list(COEFFICIENTS)),
        fits=pd.DataFrame(fits),
        ledger={"requested": 0, "converged": 0, "inadmissible": 0, "failed": 0},
        level=level,
        errors=errors,
        sample=sample,
        seed=None,
        notes=notes,
        intervals=empty,
        anova=empty,
        blocks=empty,
        steps=empty,
        joint=empty,
        slopes=empty,
        johnson_neyman=empty,
        moderation=empty,
        draws=empty,
    )
