"""The result of every mediation analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats.kernels.intervals import SURE
from umkm_stats.mediation import _summary
from umkm_stats.mediation._late import Late
from umkm_stats.mediation._reviewed import Reviewed
from umkm_stats.mediation._weights import unweighted
from umkm_stats.results import Note, SampleUsed, Unavailable, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture
    from umkm_stats.mediation._coding import Coded
    from umkm_stats.mediation._data import Columns
    from umkm_stats.mediation._detail import Detail
    from umkm_stats.mediation._effects import Named
    from umkm_stats.mediation._pipeline import LeftOut
    from umkm_stats.mediation._rows import Coefficients
    from umkm_stats.mediation._spec import Spec
    from umkm_stats.sem import Fit


THROUGH = ("indirect", "total_indirect", "conditional_indirect")


@dataclass(frozen=True, eq=False)
class Mediation(Reviewed):
    """Effects of a mediation model with every interval, and what they were computed from.

    Attributes
    ----------
    kind : str
        "scores" (regressions), "latent", "within", ….
    spec : Spec
        The model: x, m, y, covariates, moderators and the equations.
    effects : pandas.DataFrame
        One row an effect and method: effect (a, b, direct, total, indirect, conditional_indirect, index, …),
        path, method, est (units of the data), se, ci_low, ci_high, p.
    draws : pandas.DataFrame
        (draws, effects) every effect in every draw, NaN where the draw failed; columns ``effect: path``.
    ledger : mapping of str to object
        Requested, converged, inadmissible, failed, and the reasons.
    level : float
        Of the intervals.
    errors : str
        Standard errors of the coefficients, "classical", "HC3", …, or the estimator.
    sample : SampleUsed
        Rows read, used and left out, with reasons.
    seed : int or None
        Of the draws.
    notes : tuple of Note
        What a reader must know.
    intervals : tuple of str
        The methods asked for, of which the first, ``primary``, decides what is said in words.
    left : LeftOut, optional
        Effects with each row left out, for BCa.
    probes : tuple of mapping of str to float
        Moderator values at which conditional effects stand.
    johnson_neyman : pandas.DataFrame or None
        Borders of the regions of significance of every moderated arrow, or None.
    columns : Columns, optional
        The analysed columns; None for a latent analysis.
    named : tuple of Named
        What each effect is made of.
    found : Coefficients, optional
        The coefficients and their covariance.
    fit : Fit, optional
        The fitted model of a latent analysis.
    rows : array of int, optional
        (draws, rows) positions that were replayed.
    bound : float or mapping of str to object or None
        The bound for ``equivalence()`` given to the analysis.
    codings : tuple of Coded
        How categories of x were coded.
    late : mapping of str to callable
        Frames that are made when first asked for.

    Notes
    -----
    ``coefficients``, ``equations`` and ``sizes`` are made when first asked for. For a latent analysis the
    first two are the structural rows and R² of the fit.

    Examples
    --------
    >>> from umkm_stats import examples, mediate
    >>> found = mediate(examples.firms(), x="OI", m="IP", y="BP", draws=200, seed=1)
    >>> found.effects.query("effect == 'indirect'")[["method", "est", "ci_low"]].round(3).to_dict("records")
    [{'method': 'percentile', 'est': 0.15, 'ci_low': 0.082}, {'method': 'bca', 'est': 0.15, 'ci_low': 0.074},
    {'method': 'delta', 'est': 0.15, 'ci_low': 0.079}]
    """

    kind: str
    spec: Spec
    effects: pd.DataFrame
    draws: pd.DataFrame
    ledger: Mapping[str, Any]
    level: float
    errors: str
    sample: SampleUsed
    seed: int | None
    notes: tuple[Note, ...]
    intervals: tuple[str, ...] = ()
    left: LeftOut | None = field(default=None, repr=False)
    probes: tuple[Mapping[str, float], ...] = ()
    johnson_neyman: pd.DataFrame | None = None
    columns: Columns | None = field(default=None, repr=False)
    named: tuple[Named, ...] = field(default=(), repr=False)
    found: Coefficients | None = field(default=None, repr=False)
    fit: Fit | None = field(default=None, repr=False)
    rows: NDArray[np.int64] | None = field(default=None, repr=False)
    bound: float | Mapping[str, Any] | None = None
    codings: tuple[Coded, ...] = field(default=(), repr=False)
    late: Mapping[str, Callable[[], pd.DataFrame]] = field(default_factory=dict, repr=False)

    def _said(self, notes: Sequence[Note]) -> Mediation:
        """The same result with ``notes`` in place of its own; nothing that waits is made for it."""
        out = object.__new__(type(self))
        vars(out).update(vars(self), notes=tuple(notes))
        return out

    def __getstate__(self) -> dict[str, Any]:
        """All frames are made before a result is sent to another process or kept in a file."""
        made = {f"_{name}": getattr(self, name) for name in LATE}
        made |= {name: getattr(self, name) for name in self.late}
        return {**vars(self), **made, "late": {}}

    @property
    def usable(self) -> float:
        """Share of the draws that converged; 1 when none was made.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().usable
        1.0
        """
        asked = int(self.ledger["requested"])
        return int(self.ledger["converged"]) / asked if asked else 1.0

    def withheld(self, method: str) -> bool:
        """Whether no verdict is given on the interval of a method.

        That is so when fewer than 90 % of its draws converged.

        Parameters
        ----------
        method : str
            An interval method of the result, such as "percentile".

        Returns
        -------
        bool
            True when no verdict is given.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().withheld("percentile")
        False
        """
        way = ways.WAYS.get(method)
        return way is not None and way.takes("draws") and self.usable < SURE

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """One row a coefficient.

        Returns
        -------
        pandas.DataFrame
            Columns outcome, role ("mediator", "outcome", "total"), term, est, se, t, df, p, ci_low, ci_high.
            Of a latent analysis: lhs op rhs group label est se z p ci_low ci_high std_all.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().coefficients[["outcome", "term", "est"]].round(3).to_dict("records")[1]
        {'outcome': 'IP', 'term': 'OI', 'est': 0.415}
        """
        return self.late["coefficients"]()

    @cached_property
    def equations(self) -> pd.DataFrame:
        """One row a regression.

        Returns
        -------
        pandas.DataFrame
            Columns outcome, role, n, r2, sigma, df, adjusted_r2, f, df1, df2, p. Of a latent analysis: group,
            outcome, r2.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().equations[["outcome", "role", "r2"]].round(3).to_dict("records")
        [{'outcome': 'IP', 'role': 'mediator', 'r2': 0.177}, {'outcome': 'BP', 'role': 'outcome', 'r2': 0.23},
        {'outcome': 'BP', 'role': 'total', 'r2': 0.117}]
        """
        return self.late["equations"]()

    @cached_property
    def sizes(self) -> pd.DataFrame:
        """Standardised effects with intervals from the same draws.

        Returns
        -------
        pandas.DataFrame
            Columns effect, path, scale ("std_xy": per SD of x in SDs of y; "std_y": in SDs of y), method,
            est, se, ci_low, ci_high, p; standardised in each draw.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.mediation().sizes.query("effect == 'indirect' and scale == 'std_xy'")
        >>> found[["method", "est"]].round(3).to_dict("records")[0]
        {'method': 'percentile', 'est': 0.156}
        """
        return self.late["sizes"]()

    @property
    def primary(self) -> str:
        """The interval method that decides: the first one asked for, or the delta method when none was.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().primary
        'percentile'
        """
        return ways.primary(self.intervals)

    @property
    def process(self) -> str | None:
        """Number of the model in PROCESS, when it has one.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().process, examples.moderated().process
        ('4', '7')
        """
        return self.spec.process

    def tidy(self) -> pd.DataFrame:
        """The effects, a copy.

        Returns
        -------
        pandas.DataFrame
            Columns effect, path, method, est, se, ci_low, ci_high, p.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().tidy()["effect"].unique().tolist()
        ['a', 'b', 'direct', 'total', 'indirect']
        """
        return self.effects.copy()

    def glance(self) -> pd.DataFrame:
        """The analysis in one row.

        Returns
        -------
        pandas.DataFrame
            Columns kind, process_model, n, level, errors, requested, converged, inadmissible, failed (draws),
            seed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().glance()[["n", "converged", "seed"]].to_dict("records")
        [{'n': 200, 'converged': 200, 'seed': 1}]
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "kind": self.kind,
                    "process_model": self.process or "",
                    "n": self.sample.used,
                    "level": self.level,
                    "errors": self.errors,
                    "requested": self.ledger["requested"],
                    "converged": self.ledger["converged"],
                    "inadmissible": self.ledger["inadmissible"],
                    "failed": self.ledger["failed"],
                    "seed": self.seed,
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """Path, formula, formula with numbers, intervals, draws, sample, seed and notes as text.

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
        >>> print(examples.mediation().summary().splitlines()[0])
        Mediation on observed scores: OI → IP → BP
        """
        return _summary.text_of(self, lang)

    # ------------------------------------------------------------------ what can be asked of the finished
    # analysis
    def vaf(self) -> Detail:
        """Variance accounted for, ab/(ab + c′), with its refusals.

        Returns
        -------
        Detail
            Frame: effect, path, method, vaf, ci_low, ci_high, share_opposite (of draws in which the two have
            opposite signs).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().vaf().frame[["vaf", "ci_low", "ci_high"]].round(3).to_dict("records")
        [{'vaf': 0.458, 'ci_low': 0.271, 'ci_high': 0.763}]
        """
        from umkm_stats.mediation._meaning import vaf

        return vaf(self)

    @unweighted
    def upsilon(self) -> Detail:
        """Upsilon of every specific indirect effect, plain and adjusted.

        Returns
        -------
        Detail
            Frame: path, upsilon, upsilon_adjusted.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().upsilon().frame["upsilon"].round(4).tolist()
        [0.0244]
        """
        from umkm_stats.mediation._meaning import upsilon

        return upsilon(self)

    @unweighted
    def variance_explained(self) -> Detail:
        """f² of every coefficient and R² of mediation (score models).

        Returns
        -------
        Detail
            Frame: outcome, role, term, f2; meta: r2_mediation.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(examples.mediation().variance_explained().meta["r2_mediation"], 3)
        0.088
        """
        from umkm_stats.mediation._meaning import variance_explained

        return variance_explained(self)

    def typology(self) -> Detail:
        """Type of mediation after Zhao, Lynch and Chen (2010).

        Returns
        -------
        Detail
            Frame: effect, path, method, method_direct (the intervals that decide), mediation_type.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().typology().frame["mediation_type"].tolist()
        ['complementary']
        """
        from umkm_stats.mediation._meaning import typology

        return typology(self)

    def why_withheld(self) -> tuple[Note, ...]:
        """Why no verdict is drawn on indirect effects; empty when nothing stands against one.

        A verdict is withheld when fewer than three of CFI, TLI, RMSEA and SRMR are met, the solution is
        improper, under 90 % of the draws converged, or the verdict changes without the inadmissible draws.

        Returns
        -------
        tuple of Note
            One a reason.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().why_withheld()
        ()
        """
        from umkm_stats.mediation import _withheld

        return tuple(_withheld.notes(self, [entry for entry in self.named if entry.kind in THROUGH]))

    def withheld_for(self, effect: str, path: str, method: str) -> tuple[str, ...]:
        """Why no verdict is drawn on one effect by one method.

        Parameters
        ----------
        effect, path, method : str
            As the columns of ``effects`` write them.

        Returns
        -------
        tuple of str
            Any of "fit", "improper", "draws", "inadmissible".

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().withheld_for("indirect", "OI -> IP -> BP", "bca")
        ()
        """
        from umkm_stats.mediation import _withheld

        found = [entry for entry in self.named if (entry.kind, entry.path) == (effect, path)]
        reasons = [reason for entry in found for reason in _withheld.of_effect(self, entry)]
        on_draws = method in ways.WAYS and ways.WAYS[method].takes("draws")
        return tuple(reason for reason in reasons if on_draws or reason in ("fit", "improper"))

    def baron_kenny(self) -> Detail:
        """The causal steps of Baron and Kenny, with their caveat.

        Returns
        -------
        Detail
            Frame: path, step (1 to 4), effect, est, p, significant.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().baron_kenny().frame[["step", "effect", "significant"]].to_dict("records")[0]
        {'step': 1, 'effect': 'total', 'significant': True}
        """
        from umkm_stats.mediation._meaning import baron_kenny

        return baron_kenny(self)

    @unweighted
    def equivalence(self, bound: float | Mapping[str, Any] | None = None) -> Detail:
        """Test whether c′ is equivalent to 0.

        Parameters
        ----------
        bound : float or mapping of str to object, optional
            As in ``mediate(equivalence=…)``: a number on the scale of c′, or {"bound": .1, "scale": "raw" or
            "std_xy", "alpha": .05, "prior_sd": .2}; None takes the one given to the analysis.

        Returns
        -------
        Detail
            Frame: path, est, bound, ci_low, ci_high, p (two one-sided tests), equivalent, bf01; meta: bound,
            scale, level.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().equivalence(0.4).frame[["bound", "equivalent"]].to_dict("records")
        [{'bound': 0.4, 'equivalent': True}]
        """
        from umkm_stats.mediation._tests import equivalence

        return equivalence(self, self.bound if bound is None else bound)

    def contrasts(self) -> Detail:
        """Differences between specific indirect effects.

        Returns
        -------
        Detail
            Frame: effect, path, method, est, se, ci_low, ci_high, p; empty with one mediator.

        Examples
        --------
        >>> from umkm_stats import examples, mediate
        >>> found = mediate(examples.firms(), x="OI", m=["IP", "AGE"], y="BP", draws=100, seed=1)
        >>> found.contrasts().frame[["path", "method", "est"]].round(3).to_dict("records")[0]
        {'path': '(OI -> IP -> BP) - (OI -> AGE -> BP)', 'method': 'percentile', 'est': 0.148}
        """
        from umkm_stats.mediation._tests import contrasts

        return contrasts(self)

    def curve(self, *, points: int = 41, moderator: str | None = None) -> Detail:
        """Conditional effects over the range of a moderator, with percentile limits.

        They are what a picture of these effects needs.

        Parameters
        ----------
        points : int, default 41
            Values of the moderator, evenly spaced.
        moderator : str, optional
            Which of several; the others stay at their probes.

        Returns
        -------
        Detail
            Frame: effect, path, moderator, value, est, ci_low, ci_high, significant.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.moderated().curve(points=3).frame[["value", "est"]].round(3).to_dict("records")
        [{'value': 0.8, 'est': 0.131}, {'value': 24.85, 'est': 0.186}, {'value': 48.9, 'est': 0.241}]
        """
        from umkm_stats.mediation._curve import curve

        return curve(self, points=points, moderator=moderator)

    @unweighted
    def full_mediation(self) -> Detail:
        """Likelihood ratio test of c′ = 0.

        Returns
        -------
        Detail
            Frame: outcome, x2, df, p.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().full_mediation().frame.round(3).to_dict("records")
        [{'outcome': 'BP', 'x2': 7.201, 'df': 1, 'p': 0.007}]
        """
        from umkm_stats.mediation._tests import full_mediation

        return full_mediation(self)

    def bollen_stine(self, *, draws: int = 1000, seed: int | None = None) -> Detail:
        """Bollen–Stine test of fit (latent models).

        Parameters
        ----------
        draws : int, default 1000
            Rows turned so that the model holds are drawn this many times, and the model is estimated in each.
        seed : int, optional
            None takes the seed of the analysis.

        Returns
        -------
        Detail
            Frame: x2, df, p, draws.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.latent().bollen_stine(draws=20, seed=1).frame.round(2).to_dict("records")
        [{'x2': 19.99, 'df': 24, 'p': 0.76, 'draws': 20}]
        """
        from umkm_stats.mediation._tests import bollen_stine

        return bollen_stine(self, draws=draws, seed=seed)

    def influence(self) -> Detail:
        """Leave-one-out range of every effect, and verdicts that hang on one row (score models).

        Returns
        -------
        Detail
            Frame: effect, path, est, lowest, highest (without one row), row, moved, p, p_without, changes.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.mediation().influence().frame
        >>> found[["effect", "lowest", "highest"]].round(3).to_dict("records")[0]
        {'effect': 'a', 'lowest': 0.403, 'highest': 0.431}
        """
        from umkm_stats.mediation._influence import influence

        return influence(self)

    @unweighted
    def assumptions(self) -> Detail:
        """Asumsi klasik of the regressions (score models).

        Returns
        -------
        Detail
            Frame: outcome, check, term, statistic, p.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().assumptions().frame["check"].unique().tolist()
        ['shapiro_wilk', 'lilliefors', 'vif', 'breusch_pagan', 'glejser', 'reset']
        """
        from umkm_stats.mediation._assumptions import assumptions

        return assumptions(self)

    def omnibus(self) -> Detail:
        """Tests that all coded columns of a predictor are zero at once.

        With ``coding=…``: on a mediator ("a"), directly and in total on the outcome, and of their products
        with moderators ("interaction"). There is no such test of indirect effects: x works through m when any
        relative indirect effect does (Hayes & Preacher 2014).

        Returns
        -------
        Detail
            Frame: effect, path, r2_change, f, df1, df2, p, with the errors of the analysis.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import mediate
        >>> data = pd.DataFrame(np.random.default_rng(3).normal(size=(60, 2)), columns=["M", "Y"])
        >>> data["X"] = ["low", "mid", "top"] * 20
        >>> found = mediate(data, x="X", m="M", y="Y", coding="indicator", draws=100, seed=1)
        >>> list(found.omnibus().frame["path"])
        ['X -> M', 'X -> Y', 'X -> Y']
        """
        from umkm_stats.mediation._coding import omnibus

        return omnibus(self)

    @unweighted
    def cross_check(self) -> Detail | Unavailable:
        """pingouin's estimates beside ours.

        Returns
        -------
        Detail or Unavailable
            Frame: effect, path, est, other, difference; meta: software. ``Unavailable`` for models that
            pingouin does not have.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> bool(examples.moderated().cross_check())
        False
        """
        from umkm_stats.mediation._check import cross_check

        return cross_check(self)

    @unweighted
    def sensitivity(self, rho: Sequence[float] | None = None) -> Detail:
        """Indirect effect as the errors of m and y correlate (Imai et al. 2010).

        Parameters
        ----------
        rho : sequence of float, optional
            Correlations of the errors; None takes −.95, −.90, …, .95.

        Returns
        -------
        Detail
            Frame: path, rho, est, ci_low, ci_high, r2_residual, r2_total; meta: rho_zero (where the effect is
            0) and rho_border (where its interval includes 0).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().sensitivity([0.0, 0.3]).frame[["rho", "est"]].round(3).to_dict("records")
        [{'rho': 0.0, 'est': 0.15}, {'rho': 0.3, 'est': 0.027}]
        """
        from umkm_stats.mediation._sensitivity import sensitivity

        return sensitivity(self, rho)

    @unweighted
    def confounder(self, *, effect_on_y: Sequence[float], per_m: Sequence[float]) -> Detail:
        """Effects if one confounder of m and y was left out.

        Parameters
        ----------
        effect_on_y : sequence of float
            What one unit of the confounder would add to y.
        per_m : sequence of float
            How far the confounder moves with one unit of m.

        Returns
        -------
        Detail
            Frame: path, effect_on_y, per_m, indirect, direct.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.mediation().confounder(effect_on_y=[0.2], per_m=[0.5])
        >>> found.frame[["indirect", "direct"]].round(3).to_dict("records")
        [{'indirect': 0.108, 'direct': 0.219}]
        """
        from umkm_stats.mediation._sensitivity import confounder

        return confounder(self, effect_on_y=effect_on_y, per_m=per_m)

    @unweighted
    def e_values(self) -> Detail:
        """Mediational E-values.

        Returns
        -------
        Detail
            Frame: effect, path, scale, est, e_value, e_value_limit (of the limit nearer to no effect).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().e_values().frame[["effect", "e_value"]].round(2).to_dict("records")
        [{'effect': 'direct', 'e_value': 1.65}, {'effect': 'indirect', 'e_value': 1.57}]
        """
        from umkm_stats.mediation._sensitivity import e_values

        return e_values(self)

    @unweighted
    def corrected(self, reliabilities: Mapping[str, float]) -> Detail:
        """Effects with measurement error taken off by reliabilities.

        Parameters
        ----------
        reliabilities : mapping of str to float
            Variable → reliability, above 0 and at most 1.

        Returns
        -------
        Detail
            Frame: effect, path, method, est, se, ci_low, ci_high, p; meta: the reliabilities.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.mediation().corrected({"OI": 0.80, "IP": 0.80, "BP": 0.75})
        >>> found.frame.query("effect == 'indirect'")["est"].round(3).tolist()
        [0.235]
        """
        from umkm_stats.mediation._sensitivity import corrected

        return corrected(self, reliabilities)

    def plot(
        self,
        kind: str = "effects",
        *,
        path: str | None = None,
        moderator: str | None = None,
        lang: str = "en",
    ) -> Picture:
        """A picture of the analysis as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : str, default "effects"
            "effects" (direct, total, indirect and conditional effects with the limits of the deciding
            method), "draws" (the draws of an indirect effect above every interval made from them), "paths"
            (the diagram with estimates, limits and R²), "simple_slopes" (predicted values of a moderated
            arrow at the probes), "johnson_neyman" (its slope over the moderator with the borders of
            significance; for a path through a mediator its conditional indirect effect).
        path : str, optional
            Which effect or arrow, as the ``path`` column writes it; None takes all, or the first.
        moderator : str, optional
            Of several, the one along which "johnson_neyman" runs; the others stay at their middle probe.
        lang : {"en", "id"}, default "en"
            Language of the labels, English or Indonesian.

        Returns
        -------
        matplotlib.figure.Figure
            To show or to save with ``savefig``.

        Raises
        ------
        UsageError
            MED480 (the analysis has no such picture), MED481 (no such path), GEN001.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> picture = examples.mediation().plot("effects")
        >>> [label.get_text().split()[0] for label in picture.axes[0].get_yticklabels()]
        ['Direct', 'Total', 'Indirect']
        """
        from umkm_stats.mediation._drawn import draw

        return draw(self, kind, path, moderator, lang)

    def latex(self, *, methods: str | Sequence[str] | None = None, lang: str = "en") -> str:
        r"""The effects as a LaTeX table (package booktabs), with sample, draws and seed below it.

        Parameters
        ----------
        methods : str or sequence of str, optional
            Which rows; None takes all. The tests of single coefficients always stand.
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            To paste into a document.

        Raises
        ------
        UsageError
            GEN002 (a method the result does not have).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.mediation().latex(methods="percentile").splitlines()[4])
        \begin{tabular}{llrrrrr}
        """
        from umkm_stats.mediation._latex import of

        return of(self, methods, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; draws and data are left out.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().to_dict()["kind"]
        'scores'
        """
        return {
            "kind": self.kind,
            "process_model": self.process,
            "effects": jsonable(self.effects),
            "coefficients": jsonable(self.coefficients),
            "equations": jsonable(self.equations),
            "sizes": jsonable(self.sizes),
            "johnson_neyman": None if self.johnson_neyman is None else jsonable(self.johnson_neyman),
            "ledger": jsonable(dict(self.ledger)),
            "level": self.level,
            "errors": self.errors,
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


LATE = ("effects", "draws")
for _name in LATE:  # after the class, so that the fields have no default
    setattr(Mediation, _name, Late(_name))
