"""The equations of the chapter: one regression an outcome, with its residuals and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from umkm_stats.report.chapter._kit import Kit

if TYPE_CHECKING:
    import pandas as pd

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


@dataclass(frozen=True, eq=False)
class Equation:
    """``outcome`` on ``predictors``: rows of coefficients and one row of fit, as plain frames."""

    outcome: str
    number: int
    several: bool
    coefficients: pd.DataFrame
    fit: dict[str, Any]
    anova: pd.DataFrame
    checks: pd.DataFrame
    errors: str
    part: Any

    @property
    def normal(self) -> bool:
        """Whether Lilliefors' test finds the residuals normal (or was not made)."""
        own = self.checks[(self.checks["check"] == "lilliefors") & (self.checks["outcome"] == self.outcome)]
        return not (own["decision"] == "not_met").any()

    def limits(self, term: str) -> tuple[float, float] | None:
        """The bootstrap limits that decide on a slope; None where the t test does."""
        frame = self.part.intervals
        if self.normal or not len(frame):
            return None
        own = frame[(frame["outcome"] == self.outcome) & (frame["term"] == term)]
        if own.empty:
            return None
        return float(own["ci_low"].iloc[0]), float(own["ci_high"].iloc[0])

    @property
    def residual_sd(self) -> float:
        """SD of the unstandardised residuals, divisor n − 1 (their mean is 0)."""
        rows = self.anova[self.anova["source"] == "residual"]
        return float((float(rows["ss"].iloc[0]) / (int(self.fit["n"]) - 1)) ** 0.5)

    @property
    def predictors(self) -> list[str]:
        """Names of the predictors."""
        return [str(term) for term in self.coefficients["term"] if term != "(intercept)"]

    def row(self, term: str) -> dict[str, Any]:
        """The coefficients of a term."""
        own = self.coefficients[self.coefficients["term"] == term].to_dict("records")[0]
        return {str(key): value for key, value in own.items()}

    def name(self, kit: Kit) -> str:
        """``Persamaan I (Kepuasan)`` where there are several."""
        label = kit.label(self.outcome)
        return kit.say("equation", roman=ROMAN[self.number - 1], y=label) if self.several else label


def equations_of(kit: Kit) -> list[Equation]:
    """Every equation of the main model on scale means, mediators first."""
    found: list[tuple[Any, Any]] = []
    single = kit.part(f"regression_scores_{kit.key}")
    if single is not None:
        found.append((single, kit.part(f"detail_regression_{kit.key}")))
    else:
        for outcome in [*kit.model["m"], *kit.model["y"]]:
            part = kit.part(f"equation_{kit.key}_{outcome}")
            if part is not None:
                found.append((part, kit.part(f"detail_equation_{kit.key}_{outcome}")))
    out: list[Equation] = []
    total = sum(len(part.outcomes) for part, _ in found)
    for part, checks in found:
        for outcome in part.outcomes:
            own = part.coefficients[part.coefficients["outcome"] == outcome]
            fit = part.fits[part.fits["outcome"] == outcome].to_dict("records")[0]
            anova = part.anova[part.anova["outcome"] == outcome]
            frame = (
                checks.frame
                if checks is not None
                else own.iloc[:0].assign(check="", p_holm=0.0, statistic=0.0, decision="")
            )
            out.append(
                Equation(outcome, len(out) + 1, total > 1, own, fit, anova, frame, str(part.errors), part)
            )
    return out
