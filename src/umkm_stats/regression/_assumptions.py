"""The classical assumptions of a regression: each check with its decision and what to do then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats import messages
from umkm_stats.adapters.statsmodels_assumptions import breusch_pagan, lilliefors, reset
from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.kernels.mediation.tests import holm
from umkm_stats.kernels.regression.linearity import deviation_from_linearity
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._equations import Equation
from umkm_stats.regression._text import records, show, show_p
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.regression._result import Regression

Floats = NDArray[np.float64]
COLUMNS = (
    "outcome", "check", "term", "statistic", "df1", "df2", "p", "p_holm", "limit", "decision", "with_square",
)  # fmt: skip
CHECKS = ("lilliefors", "shapiro_wilk", "tolerance", "vif", "glejser", "breusch_pagan", "linearity", "reset")
SHAPIRO_MOST, SPSS_BOUND = 5000, 0.2
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Assumptions:
    """Every check of the classical assumptions of a regression.

    Attributes
    ----------
    frame : pandas.DataFrame
        Outcome, check, term, statistic, df1, df2, p, p_holm (linearity: over all pairs of predictor and
        outcome), limit (of VIF and tolerance), decision ("met", "not_met" or "unavailable"), with_square
        (linearity, when not met: whether direction and decision of the predictor "stay" or "change" once its
        square is in the model). ``check`` is one of lilliefors, shapiro_wilk, tolerance, vif, glejser,
        breusch_pagan, linearity, reset.
    level : float
        1 − level is the level of the tests.
    robust : bool
        Whether the errors of the regression allow for unequal variances.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        Of the regression's draws.
    notes : tuple of Note
        What a reader must know.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.regression().assumptions()
    >>> found.frame[["check", "statistic", "decision"]].round(3).to_dict("records")[0]
    {'check': 'lilliefors', 'statistic': 0.061, 'decision': 'met'}
    """

    frame: pd.DataFrame
    level: float
    robust: bool
    sample: SampleUsed
    seed: int | None
    notes: tuple[Note, ...]

    @property
    def withheld(self) -> tuple[tuple[str, str], ...]:
        """(predictor, outcome) pairs on which no verdict should be given: the square changes it.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().assumptions().withheld
        ()
        """
        changed = self.frame[self.frame["with_square"] == "change"]
        return tuple(zip(changed["term"], changed["outcome"], strict=True))

    def tidy(self) -> pd.DataFrame:
        """The checks, a copy of ``frame``.

        Returns
        -------
        pandas.DataFrame
            Columns outcome check term statistic df1 df2 p p_holm limit decision with_square.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.regression().assumptions().tidy()["check"].unique())
        ['breusch_pagan', 'glejser', 'lilliefors', 'linearity', 'reset', 'shapiro_wilk', 'tolerance', 'vif']
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row an outcome and check.

        Returns
        -------
        pandas.DataFrame
            Columns outcome, check, and how many of its tests are met, not_met, unavailable.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.regression().assumptions().glance().to_dict("records")[0]
        {'outcome': 'BP', 'check': 'breusch_pagan', 'met': 1, 'not_met': 0, 'unavailable': 0}
        """
        import pandas as pd

        counts = pd.crosstab([self.frame["outcome"], self.frame["check"]], self.frame["decision"])
        return counts.reindex(columns=["met", "not_met", "unavailable"], fill_value=0).reset_index()

    def sentences(self, lang: str = "en") -> list[str]:
        """One sentence a check and outcome: the numbers, the decision, and what to do then.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            In the order of the checks.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.regression().assumptions().sentences()[0])
        BP, normality: D = 0.061, p 0.067; no deviation of the residuals from normality was found.
        """
        out = []
        for outcome in dict.fromkeys(self.frame["outcome"]):
            for check in CHECKS:
                rows = self.frame[(self.frame["outcome"] == outcome) & (self.frame["check"] == check)]
                if not rows.empty:
                    out.append(self._sentence(check, records(rows), lang))
        return out

    def _sentence(self, check: str, rows: list[dict[str, Any]], lang: str) -> str:
        bad = [row for row in rows if row["decision"] == "not_met"]
        known = [row for row in rows if row["decision"] != "unavailable"]
        state = "not_met" if bad else "met" if known else "unavailable"
        terms = [str(row["term"]) for row in (bad or known or rows)]
        shown = (bad or known or rows)[0]
        key = f"regression.advice.{check}.{state}"
        change = "change" if any(row["with_square"] == "change" for row in bad) else "stay"
        if check in ("glejser", "breusch_pagan") and state == "not_met" and self.robust:
            key += "_robust"
        return messages.text(
            key,
            lang,
            name=messages.text(f"regression.check.{check}", lang),
            outcome=str(rows[0]["outcome"]),
            terms=terms,
            statistic=show(shown["statistic"], lang),
            p=printed_p(check, shown, lang),
            alpha=show(1 - self.level, lang, 2),
            limit=show(shown["limit"], lang, 2 if check == "tolerance" else 0),
            change=messages.text(f"regression.square.{change}", lang),
        )

    def summary(self, lang: str = "en") -> str:
        r"""Every check as a line with its decision, then what to do.

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
        >>> print("\n".join(examples.regression().assumptions().summary().splitlines()[:3]))
        Classical assumptions
        n = 200 of 200 rows
          BP: Kolmogorov-Smirnov (Lilliefors): 0.061, p 0.067: met
        """
        say = messages.text
        lines = [say("regression.head.assumptions", lang), self.sample.describe(lang)]
        for row in records(self.frame):
            lines.append(
                say(
                    "regression.check_line",
                    lang,
                    outcome=row["outcome"],
                    name=say(f"regression.check.{row['check']}", lang),
                    term=f" ({row['term']})" if row["term"] else "",
                    statistic=show(row["statistic"], lang),
                    p=printed_p(row["check"], row, lang),
                    decision=say(f"regression.decision.{row['decision']}", lang),
                )
            )
        lines += ["", *self.sentences(lang)]
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
        >>> sorted(examples.regression().assumptions().to_dict())
        ['checks', 'level', 'notes', 'sample', 'seed']
        """
        return {
            "checks": jsonable(self.frame),
            "level": self.level,
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def printed_p(check: str, row: dict[str, Any], lang: str) -> str:
    """p as it is printed: Lilliefors as SPSS, ``≥ 0.200``; linearity after Holm; the limit of a VIF."""
    if check in ("vif", "tolerance"):
        return "–"
    value = float(row["p_holm"] if check == "linearity" else row["p"])
    if check == "lilliefors" and value >= SPSS_BOUND:
        return f"≥ {show(SPSS_BOUND, lang)}"
    return show_p(value, lang)


def assumptions(result: Regression, *, vif_most: float) -> Assumptions:
    """All checks of all outcomes of ``result``."""
    import pandas as pd

    columns = result.columns
    assert columns is not None
    alpha = 1 - result.level
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for entry in result.equations:
        own, said = _of(entry, columns, alpha, vif_most)
        rows += own
        notes += said
    lines = [row for row in rows if row["check"] == "linearity"]
    for row, p in zip(lines, holm([row["p"] for row in lines]), strict=True):
        row["p_holm"] = float(p)
        if np.isfinite(p):
            row["decision"] = "not_met" if p <= alpha else "met"
        if row["decision"] == "not_met":
            entry = next(e for e in result.equations if e.outcome == row["outcome"])
            row["with_square"] = "change" if square_changes(entry, columns, row["term"], alpha) else "stay"
            words = {"term": row["term"], "outcome": row["outcome"], "change": row["with_square"]}
            notes.append(Note("REG174", words, row["term"], "with_square"))
    notes.append(Note("REG175", {}))
    return Assumptions(
        frame=pd.DataFrame(rows, columns=list(COLUMNS)),
        level=result.level,
        robust=result.errors != "classical",
        sample=result.sample,
        seed=result.seed,
        notes=tuple(notes),
    )


def _of(
    entry: Equation, columns: Columns, alpha: float, vif_most: float
) -> tuple[list[dict[str, Any]], list[Note]]:
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    design, names = entry.design.values, entry.design.names
    root = np.ones(len(entry.y)) if entry.weights is None else np.sqrt(entry.weights)
    residuals = entry.fit.residuals * root
    n, k = design.shape

    def add(
        check: str,
        term: str,
        statistic: float,
        p: float,
        df1: float = NAN,
        df2: float = NAN,
        limit: float = NAN,
    ) -> None:
        known = np.isfinite(statistic)
        good = p > alpha if np.isfinite(p) else statistic <= limit if check == "vif" else statistic >= limit
        decision = "unavailable" if not known else "met" if good else "not_met"
        values = (entry.outcome, check, term, statistic, df1, df2, p, NAN, limit, decision, "")
        rows.append(dict(zip(COLUMNS, values, strict=True)))

    if n >= 4:
        found = lilliefors(residuals, approximate=True)
        add("lilliefors", "", found.statistic, found.p)
    else:
        add("lilliefors", "", NAN, NAN)
        notes.append(Note("REG170", {"n": n}, entry.outcome, "statistic"))
    if n <= SHAPIRO_MOST:
        shapiro = stats.shapiro(residuals)
        add("shapiro_wilk", "", float(shapiro.statistic), float(shapiro.pvalue))
    else:
        add("shapiro_wilk", "", NAN, NAN)
        notes.append(Note("REG171", {"n": n, "most": SHAPIRO_MOST}, entry.outcome, "statistic"))
    for check in ("tolerance", "vif"):
        for name, tolerance in zip(names, entry.tolerance, strict=True):
            value, limit = (tolerance, 1 / vif_most) if check == "tolerance" else (1 / tolerance, vif_most)
            add(check, name, float(value), NAN, limit=limit)
    glejser = ols(np.abs(residuals), design)
    for name, t, p in zip(names, glejser.t[1:], glejser.p[1:], strict=True):
        add("glejser", name, float(t), float(p), df2=glejser.df)
    pagan = breusch_pagan(residuals, design)
    add("breusch_pagan", "", pagan.statistic, pagan.p, df1=float(k))
    coded = {found.name for found in columns.categories}
    for term in entry.design.terms:
        if len(term.parts) > 1 or term.owner[0] in coded:
            continue
        line = deviation_from_linearity(columns.values[term.name], entry.y)
        if line is None:
            add("linearity", term.name, NAN, NAN)
            notes.append(
                Note("REG172", {"term": term.name, "outcome": entry.outcome}, term.name, "statistic")
            )
        else:
            add("linearity", term.name, line.f, line.p, float(line.df_deviation), float(line.df_within))
    shape = reset(entry.y, design) if entry.weights is None else None
    if shape is None or not np.isfinite(shape.statistic):
        add("reset", "", NAN, NAN)
        notes.append(
            Note(
                "REG173" if shape is not None else "REG176",
                {"outcome": entry.outcome},
                entry.outcome,
                "statistic",
            )
        )
    else:
        add("reset", "", shape.statistic, shape.p, 2.0, entry.fit.df_resid - 2)
    return rows, notes


def square_changes(entry: Equation, columns: Columns, term: str, alpha: float) -> bool:
    """Whether sign or decision (p against ``alpha``) of a slope changes once the term's centred square is in
    the model, with the errors of the model."""
    column = entry.design.values[:, entry.design.names.index(term)]
    centred = column - np.average(column, weights=entry.weights)
    wide = np.column_stack([entry.design.values, centred**2])
    found = ols(entry.y, wide, errors=entry.errors, cluster=columns.cluster, weights=entry.weights)
    place = 1 + entry.design.names.index(term)
    before, after = entry.fit, found
    same_sign = np.sign(before.params[place]) == np.sign(after.params[place])
    return not (same_sign and (before.p[place] < alpha) == (after.p[place] < alpha))
