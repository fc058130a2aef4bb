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
    coefficients : DataFrame
        one row a coefficient of the full model: outcome, term, est (B), se, std_all (β), t, df, p, ci_low,
        ci_high, tolerance, vif. The intercept is ``(intercept)``; it has no β, tolerance and VIF.
    intervals : DataFrame
        bootstrap limits: outcome, term, method, est, se, ci_low, ci_high, p; the term ``r2`` is R², ``x | w =
        2.000`` a simple slope.
    anova : DataFrame
        outcome, source (regression, residual, total), ss, df, ms, f, p.
    blocks : DataFrame
        one row a block of predictors: R², its change, F of the change. steps: the coefficients of the model
        after each block.
    joint : DataFrame
        F of predictors that have several columns (categories and their products).
    slopes, johnson_neyman, moderation : DataFrame
        of a moderated model, else empty.
    fits : DataFrame
        one row an outcome: n, r, r2, adjusted_r2, sigma (standard error of the estimate), f, df1, df2, p,
        t_table, f_table.
    draws : DataFrame
        (draws, statistics), NaN where a draw failed; ledger: requested, converged, failed.
    kind : str
        "scores", "fiml" or "imputed". level, errors, sample, seed, notes: as everywhere.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from umkm_stats import regress
    >>> rng = np.random.default_rng(5)
    >>> data = pd.DataFrame(rng.normal(size=(60, 2)), columns=["X1", "X2"])
    >>> data["Y"] = 0.5 * data["X1"] + rng.normal(size=60)
    >>> found = regress(data, y="Y", x=["X1", "X2"], draws=200, seed=1)
    >>> list(found.coefficients["term"])
    ['(intercept)', 'X1', 'X2']
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
        """Names of the outcomes."""
        return self.plan.y

    @cached_property
    def effects(self) -> pd.DataFrame:
        """The slopes of x as effects: effect, path, method, est, se, ci_low, ci_high, p.

        "direct" rows (``X -> Y``); in a moderated model "conditional_direct" (``X -> Y | w = 2.000``) and
        "index" (the product, ``X -> Y | w``). Method "ols" is the t test of the regression.
        """
        from umkm_stats.regression._effects import effects

        return effects(self)

    def _needs_rows(self) -> Columns:
        if self.columns is None:
            raise UsageError("REG125", params={"kind": self.kind})
        return self.columns

    @cached_property
    def influence(self) -> pd.DataFrame:
        """One row a respondent: outcome, row, leverage, studentised, cook, dffits, ``dfbetas: term``."""
        from umkm_stats.regression._influence import frame

        return frame(self.equations, self._needs_rows())

    def assumptions(self, *, vif_most: float = 10.0) -> Assumptions:
        """Every check of the classical assumptions with its decision and what to do then.

        vif_most: largest VIF that is acceptable (10 by Ghozali; some take 5). Raises ``UsageError`` REG125
        for a model of rows with gaps or of imputed data.
        """
        from umkm_stats.regression._assumptions import assumptions

        self._needs_rows()
        return assumptions(self, vif_most=vif_most)

    def plot(self, kind: str = "coefficients", *, outcome: str | None = None, lang: str = "en") -> Picture:
        """A matplotlib figure.

        kind: "coefficients" (with intervals), "pp" (P–P plot of the standardised residuals), "residuals"
        (ZPRED against SRESID), "influence" (Cook's distance), "simple_slopes" and "johnson_neyman" of a
        moderated model. outcome: which one, when there are several. Raises ``UsageError`` GEN001, GEN002,
        REG125, REG126 (a picture this model does not have).

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import regress
        >>> data = pd.DataFrame(np.random.default_rng(2).normal(size=(50, 2)), columns=["X", "Y"])
        >>> picture = regress(data, y="Y", x="X", intervals=()).plot("pp")
        >>> type(picture).__name__
        'Figure'
        """
        from umkm_stats.regression._plots import draw

        return draw(self, kind, outcome, lang)

    def tidy(self) -> pd.DataFrame:
        """The coefficients."""
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """One row an outcome: fit, F, critical values, errors, level, draws, seed."""
        return self.fits.assign(
            errors=self.errors,
            level=self.level,
            requested=self.ledger["requested"],
            failed=self.ledger["failed"],
            seed=self.seed,
        )

    def summary(self, lang: str = "en") -> str:
        """Fit, ANOVA, coefficients, blocks, intervals, sample, seed and notes as text."""
        from umkm_stats.regression._summary import text_of

        return text_of(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; draws and data are left out."""
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
