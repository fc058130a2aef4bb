"""Logistic regression: what a two-valued outcome needs in place of a straight line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, log_expit

from umkm_stats import messages, ways
from umkm_stats.adapters.statsmodels_logit import logit
from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.intervals import several
from umkm_stats.kernels.mediation.logit import logistic as kernel
from umkm_stats.kernels.mediation.tests import half_width, two_sided
from umkm_stats.options import share, whole
from umkm_stats.regression._columns import Coding, read
from umkm_stats.regression._design import check, design
from umkm_stats.regression._frames import INTERCEPT
from umkm_stats.regression._plan import Plan, make
from umkm_stats.regression._text import show, show_p, table
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
ENOUGH = 10  # answers of the rarer kind a predictor, below which estimates are unstable
COEFFICIENTS = (
    "outcome", "term", "est", "se", "z", "p", "ci_low", "ci_high", "odds_ratio", "or_low", "or_high",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Logistic:
    """A logistic regression: what ``logistic`` returns.

    Attributes
    ----------
    plan : Plan
        Outcome, predictors and covariates.
    coefficients : pandas.DataFrame
        Outcome, term, est (log odds), se, z, p (Wald), ci_low, ci_high, odds_ratio, or_low, or_high.
    intervals : pandas.DataFrame
        Bootstrap limits of the log odds: outcome, term, method, est, se, ci_low, ci_high, p.
    fits : pandas.DataFrame
        One row: outcome, n, events (rows with the larger value), loglik, chisq, df, p (likelihood ratio
        against no predictor), mcfadden, cox_snell, nagelkerke, correct (share of rows on the right side of
        .5).
    ledger : mapping of str to object
        Draws requested, converged, inadmissible, failed.
    level : float
        Of the intervals.
    values : (float, float)
        What counts as 0 and as 1.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        Of the draws.
    notes : tuple of Note
        What a reader must know.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.regression import logistic
    >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
    >>> found = logistic(firms, y="GROWN", x="OI", draws=50, seed=1)
    >>> found.fits[["n", "events", "nagelkerke"]].round(3).to_dict("records")
    [{'n': 200, 'events': 99, 'nagelkerke': 0.076}]
    """

    plan: Plan
    coefficients: pd.DataFrame
    intervals: pd.DataFrame
    fits: pd.DataFrame
    ledger: Mapping[str, Any]
    level: float
    values: tuple[float, float]
    sample: SampleUsed
    seed: int | None
    notes: tuple[Note, ...]

    def tidy(self) -> pd.DataFrame:
        """The coefficients, a copy.

        Returns
        -------
        pandas.DataFrame
            Columns outcome term est se z p ci_low ci_high odds_ratio or_low or_high.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.regression import logistic
        >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
        >>> logistic(firms, y="GROWN", x="OI", intervals=()).tidy()["odds_ratio"].round(3).tolist()
        [0.182, 1.71]
        """
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """The fit in one row.

        Returns
        -------
        pandas.DataFrame
            Columns outcome n events loglik chisq df p mcfadden cox_snell nagelkerke correct level seed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.regression import logistic
        >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
        >>> found = logistic(firms, y="GROWN", x="OI", intervals=()).glance()
        >>> found[["chisq", "df"]].round(3).to_dict("records")
        [{'chisq': 11.78, 'df': 1}]
        """
        return self.fits.assign(level=self.level, seed=self.seed)

    def summary(self, lang: str = "en") -> str:
        """Fit, coefficients, odds ratios, sample and notes as text.

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
        >>> from umkm_stats.regression import logistic
        >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
        >>> print(logistic(firms, y="GROWN", x="OI", intervals=()).summary().splitlines()[0])
        Logistic regression of GROWN on OI
        """
        say = messages.text
        row = self.fits.iloc[0]
        lines = [
            say("regression.logistic.title", lang, y=self.plan.y[0], x=list(self.plan.predictors)),
            self.sample.describe(lang),
            say(
                "regression.logistic.values",
                lang,
                zero=float(self.values[0]),
                one=float(self.values[1]),
                events=int(row["events"]),
            ),
            say(
                "regression.logistic.fit",
                lang,
                chisq=show(row["chisq"], lang),
                df=int(row["df"]),
                p=show_p(row["p"], lang),
                nagelkerke=show(row["nagelkerke"], lang),
                correct=show(100 * row["correct"], lang, 1),
            ),
            "",
        ]
        rows = [{str(k): v for k, v in r.items()} for r in self.coefficients.to_dict("records")]
        names = ("term", "est", "se", "z", "p", "odds_ratio", "or_low", "or_high")
        lines += table(rows, names, lang)
        limits = [{str(k): v for k, v in r.items()} for r in self.intervals.to_dict("records")]
        if limits:
            level = messages.number(f"{100 * self.level:g}", lang)
            lines += ["", say("regression.head.intervals", lang, level=level)]
            lines += table(limits, ("term", "method", "est", "se", "ci_low", "ci_high", "p"), lang)
            lines.append(say("regression.seed", lang, seed=str(self.seed)))
        lines += [f"* {line}" for line in told(self.notes, lang)]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.regression import logistic
        >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
        >>> logistic(firms, y="GROWN", x="OI", intervals=()).to_dict()["values"]
        [0.0, 1.0]
        """
        return {
            "y": self.plan.y[0],
            "x": list(self.plan.x),
            "covariates": list(self.plan.covariates),
            "values": list(self.values),
            "coefficients": jsonable(self.coefficients),
            "intervals": jsonable(self.intervals),
            "fits": jsonable(self.fits),
            "ledger": jsonable(dict(self.ledger)),
            "level": self.level,
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def logistic(
    data: pd.DataFrame,
    *,
    y: str,
    x: str | Sequence[str],
    covariates: str | Sequence[str] = (),
    coding: Mapping[str, Coding] | None = None,
    reference: Mapping[str, Any] | None = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
) -> Logistic:
    """Log odds of the larger value of ``y`` by maximum likelihood (statsmodels), with case-bootstrap limits.

    Parameters
    ----------
    data : pandas.DataFrame
        Frame with one row a respondent; rows with a gap in any column of the model are left out and counted.
    y : str
        An outcome of two values; the larger one is what the odds are of.
    x : str or sequence of str
        Predictors, one name or several.
    covariates : str or sequence of str, default ()
        Control variables.
    coding : mapping of str to {"indicator", "effect"}, optional
        How a category is coded, {"group": "indicator"} or "effect"; text columns are categories by
        themselves.
    reference : mapping of str to object, optional
        {"group": "B"}, the level without a column; by default the first.
    draws : int, default 5000
        Bootstrap draws of rows.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile",)
        Any of "percentile", "basic", "bc", "bca"; () for none.

    Returns
    -------
    Logistic
        Log odds and odds ratios in ``tidy()``, the fit in ``glance()``.

    Raises
    ------
    UsageError
        REG101–REG103, REG111, REG112, REG119, REG120, GEN001–GEN006. UmkmError: REG104–REG110, REG122, REG128
        (not two values), REG129 (the predictors separate the two kinds of rows).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.regression import logistic
    >>> firms = examples.firms().assign(GROWN=lambda firm: (firm["BP"] > 3).astype(int))
    >>> found = logistic(firms, y="GROWN", x="OI", draws=50, seed=1)
    >>> found.tidy().set_index("term")["odds_ratio"].round(3).to_dict()
    {'(intercept)': 0.182, 'OI': 1.71}
    """
    import pandas as pd

    chosen = ways.in_order(ways.chosen(intervals, "regression", empty=True))
    draws, level = whole("draws", draws, low=2, high=1_000_000), share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    plan = make(y=y, x=x, covariates=covariates)
    columns = read(data, plan, coding=coding, reference=reference)
    found = design(columns, plan, center=False)
    outcome = columns.values[plan.y[0]]
    values = np.unique(outcome)
    if values.size != 2:
        raise UmkmError("REG128", Place(column=plan.y[0]), {"name": plan.y[0], "values": int(values.size)})
    check(columns, plan, found, two_valued=True)
    one = (outcome == values[1]).astype(np.float64)
    fit = logit(one, found.values)
    if fit is None:
        raise UmkmError("REG129", Place(column=plan.y[0]), {"name": plan.y[0]})
    names = (INTERCEPT, *found.names)
    se = np.sqrt(np.diag(fit.cov))
    half = half_width(level, np.inf) * se
    rows = []
    for k, name in enumerate(names):
        est, low, high = float(fit.params[k]), float(fit.params[k] - half[k]), float(fit.params[k] + half[k])
        z = est / float(se[k])
        cells = (plan.y[0], name, est, float(se[k]), z, two_sided(z, np.inf), low, high)
        rows.append((*cells, *(float(np.exp(value)) for value in (est, low, high))))
    wide = np.column_stack([np.ones(len(one)), found.values])
    notes = list(columns.notes)
    limits, ledger, more = _bootstrap(plan.y[0], names, one, wide, fit.params, chosen, draws, seed, level)
    rare = int(min(one.sum(), len(one) - one.sum()))
    if rare < ENOUGH * (len(names) - 1):
        notes.append(Note("REG167", {"rare": rare, "predictors": len(names) - 1, "enough": ENOUGH}))
    return Logistic(
        plan=plan,
        coefficients=pd.DataFrame(rows, columns=list(COEFFICIENTS)),
        intervals=limits,
        fits=pd.DataFrame([_fit(plan.y[0], one, wide, fit.params)]),
        ledger=ledger,
        level=level,
        values=(float(values[0]), float(values[1])),
        sample=columns.sample,
        seed=seed if chosen else None,
        notes=(*notes, *more),
    )


def _fit(name: str, one: Floats, wide: Floats, params: Floats) -> dict[str, Any]:
    eta = wide @ params
    loglik = float(one @ log_expit(eta) + (1 - one) @ log_expit(-eta))
    n, rate = len(one), float(one.mean())
    null = n * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    chisq, df = 2 * (loglik - null), wide.shape[1] - 1
    cox = 1 - np.exp(-chisq / n)
    return {
        "outcome": name,
        "n": n,
        "events": int(one.sum()),
        "loglik": loglik,
        "chisq": float(chisq),
        "df": df,
        "p": float(stats.chi2.sf(chisq, df)),
        "mcfadden": float(1 - loglik / null),
        "cox_snell": float(cox),
        "nagelkerke": float(cox / (1 - np.exp(2 * null / n))),
        "correct": float(((expit(eta) > 0.5) == (one > 0.5)).mean()),
    }


def _bootstrap(
    name: str,
    names: Sequence[str],
    one: Floats,
    wide: Floats,
    params: Floats,
    methods: tuple[str, ...],
    draws: int,
    seed: int,
    level: float,
) -> tuple[pd.DataFrame, dict[str, Any], list[Note]]:
    """Limits of every coefficient, the ledger, notes. Same blocks and seeds as every other case draw."""
    import pandas as pd

    heads = ["outcome", "term", "method", "est", "se", "ci_low", "ci_high", "p"]
    ledger = {"requested": 0, "converged": 0, "inadmissible": 0, "failed": 0}
    if not methods:
        return pd.DataFrame(columns=heads), ledger, []
    values = np.empty((draws, len(names)))
    count = streams.Counter(len(one))
    for block, first, size in streams.blocks(draws):
        values[first : first + size] = kernel(one, wide, count(seed, block))[:size]
    left = kernel(one, wide, 1.0 - np.eye(len(one))) if ways.needing("jackknife", among=methods) else None
    failed = int(np.isnan(values).any(axis=1).sum())
    ledger |= {"requested": draws, "converged": draws - failed, "failed": failed}
    notes = [Note("REG165", {"failed": failed, "requested": draws})] if failed else []
    limits = several(methods, params, values, left, level)
    rows = []
    for k, term in enumerate(names):
        own = values[np.isfinite(values[:, k]), k]
        for method in methods:
            found, refused = limits[method], limits[method].refused[k]
            if refused is not None:
                notes.append(Note(refused.code, {**refused.params, "method": method}, term, "ci_low"))
            se = float(np.std(own, ddof=1)) if own.size > 1 else float("nan")
            numbers = (float(params[k]), se, float(found.low[k]), float(found.high[k]), float(found.p[k]))
            rows.append((name, term, method, *numbers))
    return pd.DataFrame(rows, columns=heads), ledger, notes
