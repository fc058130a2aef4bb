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

    effects: one row an effect and method: effect, path, method, est, se, ci_low, ci_high, p. coefficients:
    one row a coefficient: outcome, role, term, est, se, t, df, p, ci_low, ci_high. equations: one row a
    regression: outcome, role, n, r2, sigma, df, adjusted_r2, f, df1, df2, p; ``regressions`` has each as a
    result. sizes: standardised effects ("std_xy": per SD of x in SDs of y; "std_y": in SDs of y),
    standardised in each draw. These are made when first asked for. draws: (draws, effects) every effect in
    every draw, NaN where the draw failed; columns ``effect: path``. ledger: requested, converged,
    inadmissible, failed and the reasons. intervals: the methods asked for, of which the first, ``primary``,
    decides what is said in words. probes: moderator values at which conditional effects stand.
    johnson_neyman: borders of the regions of significance of every moderated arrow, or None.
    fit: the fitted model of a latent analysis. For a latent analysis ``coefficients`` and ``equations`` are
    the structural rows and R² of that fit.
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
        """This result with ``notes`` in place of its own; nothing that waits is made for it."""
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
        """Share of the draws that converged; 1 when none was made."""
        asked = int(self.ledger["requested"])
        return int(self.ledger["converged"]) / asked if asked else 1.0

    def withheld(self, method: str) -> bool:
        """Whether no verdict is given on the interval of ``method``: fewer than 90 % of its draws
        converged."""
        way = ways.WAYS.get(method)
        return way is not None and way.takes("draws") and self.usable < SURE

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """One row a coefficient."""
        return self.late["coefficients"]()

    @cached_property
    def equations(self) -> pd.DataFrame:
        """One row a regression."""
        return self.late["equations"]()

    @cached_property
    def sizes(self) -> pd.DataFrame:
        """Standardised effects with intervals from the same draws."""
        return self.late["sizes"]()

    @property
    def primary(self) -> str:
        """The interval method that decides: the first one asked for (the delta method when none was)."""
        return ways.primary(self.intervals)

    @property
    def process(self) -> str | None:
        """Number of the model in PROCESS, when it has one."""
        return self.spec.process

    def tidy(self) -> pd.DataFrame:
        """The effects frame."""
        return self.effects.copy()

    def glance(self) -> pd.DataFrame:
        """One row about the analysis."""
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
        """Path, formula, formula with numbers, intervals, draws, sample, seed and notes as text."""
        return _summary.text_of(self, lang)

    # ------------------------------------------------------------------ what can be asked of the finished
    # analysis
    def vaf(self) -> Detail:
        """Variance accounted for, ab/(ab + c′), with its refusals."""
        from umkm_stats.mediation._meaning import vaf

        return vaf(self)

    @unweighted
    def upsilon(self) -> Detail:
        """Upsilon of every specific indirect effect, plain and adjusted."""
        from umkm_stats.mediation._meaning import upsilon

        return upsilon(self)

    @unweighted
    def variance_explained(self) -> Detail:
        """f² of every coefficient and R² of mediation (score models)."""
        from umkm_stats.mediation._meaning import variance_explained

        return variance_explained(self)

    def typology(self) -> Detail:
        """Type of mediation after Zhao, Lynch and Chen (2010)."""
        from umkm_stats.mediation._meaning import typology

        return typology(self)

    def why_withheld(self) -> tuple[Note, ...]:
        """Why no verdict is drawn on indirect effects; empty when nothing stands against one.

        A verdict is withheld when fewer than three of CFI, TLI, RMSEA and SRMR are met, the solution is
        improper, under 90 % of the draws converged, or the verdict changes without the inadmissible draws.
        """
        from umkm_stats.mediation import _withheld

        return tuple(_withheld.notes(self, [entry for entry in self.named if entry.kind in THROUGH]))

    def withheld_for(self, effect: str, path: str, method: str) -> tuple[str, ...]:
        """Why no verdict is drawn on one effect by ``method``: "fit", "improper", "draws", "inadmissible"."""
        from umkm_stats.mediation import _withheld

        found = [entry for entry in self.named if (entry.kind, entry.path) == (effect, path)]
        reasons = [reason for entry in found for reason in _withheld.of_effect(self, entry)]
        on_draws = method in ways.WAYS and ways.WAYS[method].takes("draws")
        return tuple(reason for reason in reasons if on_draws or reason in ("fit", "improper"))

    def baron_kenny(self) -> Detail:
        """The causal steps, with their caveat."""
        from umkm_stats.mediation._meaning import baron_kenny

        return baron_kenny(self)

    @unweighted
    def equivalence(self, bound: float | Mapping[str, Any] | None = None) -> Detail:
        """Is c′ equivalent to 0? ``bound``: as in ``mediate(equivalence=…)``; None takes that one."""
        from umkm_stats.mediation._tests import equivalence

        return equivalence(self, self.bound if bound is None else bound)

    def contrasts(self) -> Detail:
        """Differences between specific indirect effects."""
        from umkm_stats.mediation._tests import contrasts

        return contrasts(self)

    def curve(self, *, points: int = 41, moderator: str | None = None) -> Detail:
        """Conditional effects over the range of a moderator (of several the one named, the others at their
        probes), with percentile limits: what a picture of them
        needs."""
        from umkm_stats.mediation._curve import curve

        return curve(self, points=points, moderator=moderator)

    @unweighted
    def full_mediation(self) -> Detail:
        """Likelihood ratio test of c′ = 0."""
        from umkm_stats.mediation._tests import full_mediation

        return full_mediation(self)

    def bollen_stine(self, *, draws: int = 1000, seed: int | None = None) -> Detail:
        """Bollen–Stine test of fit (latent models); seed None takes the seed of the analysis."""
        from umkm_stats.mediation._tests import bollen_stine

        return bollen_stine(self, draws=draws, seed=seed)

    def influence(self) -> Detail:
        """Leave-one-out range of every arrow and indirect effect, and verdicts that hang on one row (score
        models)."""
        from umkm_stats.mediation._influence import influence

        return influence(self)

    @unweighted
    def assumptions(self) -> Detail:
        """Asumsi klasik of the regressions (score models)."""
        from umkm_stats.mediation._assumptions import assumptions

        return assumptions(self)

    def omnibus(self) -> Detail:
        """Tests that all coded columns of a predictor (``coding=…``) are zero at once: on a mediator ("a"),
        directly and in total on the outcome, and of their products with moderators ("interaction").

        Frame: effect, path, r2_change, f, df1, df2, p, with the errors of the analysis. There is no such test
        of indirect effects: x works through m when any relative indirect effect does (Hayes & Preacher 2014).

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
        """pingouin's estimates beside ours."""
        from umkm_stats.mediation._check import cross_check

        return cross_check(self)

    @unweighted
    def sensitivity(self, rho: Sequence[float] | None = None) -> Detail:
        """Indirect effect as the errors of m and y correlate (Imai et al. 2010)."""
        from umkm_stats.mediation._sensitivity import sensitivity

        return sensitivity(self, rho)

    @unweighted
    def confounder(self, *, effect_on_y: Sequence[float], per_m: Sequence[float]) -> Detail:
        """Effects if one confounder of m and y was left out."""
        from umkm_stats.mediation._sensitivity import confounder

        return confounder(self, effect_on_y=effect_on_y, per_m=per_m)

    @unweighted
    def e_values(self) -> Detail:
        """Mediational E-values."""
        from umkm_stats.mediation._sensitivity import e_values

        return e_values(self)

    @unweighted
    def corrected(self, reliabilities: Mapping[str, float]) -> Detail:
        """Effects with measurement error taken off by reliabilities."""
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
        kind : str, default 'effects'
            "effects" (direct, total, indirect and conditional effects with the limits of the deciding
            method), "draws" (the draws of an indirect effect above every interval made from them), "paths"
            (the diagram with estimates, limits and R²), "simple_slopes" (predicted values of a moderated
            arrow at the probes), "johnson_neyman" (its slope over the moderator with the borders of
            significance; for a path through a mediator its conditional indirect effect).
        path : str | None, optional
            which effect or arrow, as the ``path`` column writes it; None takes all, or the first.
        moderator : str | None, optional
            of several, the one along which "johnson_neyman" runs; the others stay at their middle probe.

        Raises
        ------
        UsageError
            MED480 (the analysis has no such picture), MED481 (no such path), GEN001.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import mediate
        >>> data = pd.DataFrame(np.random.default_rng(3).normal(size=(60, 3)), columns=["X", "M", "Y"])
        >>> found = mediate(data, x="X", m="M", y="Y", draws=100, seed=1, intervals="percentile")
        >>> picture = found.plot("effects")
        >>> [label.get_text().split()[0] for label in picture.axes[0].get_yticklabels()]
        ['Direct', 'Total', 'Indirect']
        """
        from umkm_stats.mediation._drawn import draw

        return draw(self, kind, path, moderator, lang)

    def latex(self, *, methods: str | Sequence[str] | None = None, lang: str = "en") -> str:
        """The effects as a LaTeX table (package booktabs), with sample, draws and seed below it.

        methods: which rows; None takes all. The tests of single coefficients always stand.

        Raises
        ------
        UsageError
            GEN002 (a method the result does not have).

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import mediate
        >>> data = pd.DataFrame(np.random.default_rng(3).normal(size=(60, 3)), columns=["X", "M", "Y"])
        >>> found = mediate(data, x="X", m="M", y="Y", draws=100, seed=1, intervals="percentile")
        >>> print(found.latex(methods="percentile").splitlines()[4])
        \\begin{tabular}{llrrrrr}
        """
        from umkm_stats.mediation._latex import of

        return of(self, methods, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; draws and data are left out."""
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
