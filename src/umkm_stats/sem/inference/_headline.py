"""The fit indices that decide for a fit, and the borders they are held against.

Everything that prints one χ², CFI, TLI, RMSEA (with its interval) or SRMR as *the* value of a fit reads it
here, so that a scaled estimate never stands beside the interval of the unscaled one and a sentence never
judges by other borders than the table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from umkm_stats import options

Kind = Literal["plain", "scaled"]
Verdict = Literal["adequate", "poor", "saturated", "unavailable"]
CutoffName = Literal["customary", "strict"]
DECIDING = ("cfi", "tli", "rmsea", "srmr")
ENOUGH = 3  # of the four deciding indices must keep their border


@dataclass(frozen=True, slots=True)
class Border:
    """One customary border: ``side`` "min" (the index should not lie below) or "max" (not above)."""

    name: str
    side: Literal["min", "max"]
    limit: float

    def met(self, value: float) -> bool | None:
        """Whether ``value`` keeps the border; None without a value."""
        if not math.isfinite(value):
            return None
        return value >= self.limit if self.side == "min" else value <= self.limit


@dataclass(frozen=True, slots=True)
class CutoffSet:
    """Borders that belong together, and who proposed them."""

    name: str
    source: str
    borders: tuple[Border, ...]

    def border(self, name: str) -> Border:
        """The border of an index; ``KeyError`` when the set has none."""
        for entry in self.borders:
            if entry.name == name:
                return entry
        raise KeyError(name)


def _borders(fit: float, error: float) -> tuple[Border, ...]:
    return (
        Border("cmin_df", "max", 2.0),
        Border("gfi", "min", 0.90),
        Border("agfi", "min", 0.90),
        Border("cfi", "min", fit),
        Border("tli", "min", fit),
        Border("rmsea", "max", error),
        Border("srmr", "max", 0.08),
    )


CUTOFFS: Mapping[str, CutoffSet] = {
    "customary": CutoffSet(
        "customary", "Bentler & Bonett, 1980; Browne & Cudeck, 1993; Hu & Bentler, 1999", _borders(0.90, 0.08)
    ),
    "strict": CutoffSet("strict", "Hu & Bentler, 1999", _borders(0.95, 0.06)),
}


def cutoffs_of(given: CutoffSet | str) -> CutoffSet:
    """A set by its name; ``UsageError`` GEN001 for an unknown name."""
    return given if isinstance(given, CutoffSet) else CUTOFFS[options.one_of("cutoffs", given, CutoffName)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One index against its border. ``met`` is None when there is no value or no degree of freedom."""

    name: str
    side: Literal["min", "max"]
    limit: float
    value: float
    met: bool | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """The indices that decide for a fit.

    kind: "scaled" when the test of the estimator is a corrected one (MLM, MLR, MLMV, WLSM, WLSMV, ULSM,
    ULSMV, …): χ², p, CFI, TLI, RMSEA and the RMSEA interval are then all of the scaled χ²; "plain" otherwise.
    ``rmsea_low`` and ``rmsea_high`` limit 90 %. SRMR, GFI and AGFI compare moments and have no scaled form.
    ``robust``: cfi tli rmsea rmsea_low rmsea_high after Brosseau-Liard & Savalei (2014), Savalei (2021) and
    Zhang & Savalei (2023), where the fit has them; shown beside, they do not decide.
    """

    kind: Kind
    chisq: float
    df: float
    p: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmr: float
    gfi: float
    agfi: float
    robust: Mapping[str, float]

    @property
    def cmin_df(self) -> float:
        """χ² over its degrees of freedom."""
        return self.chisq / self.df if self.df > 0 else math.nan

    def row(self) -> dict[str, float]:
        """chisq df pvalue cfi tli rmsea rmsea_ci_low rmsea_ci_high srmr, as the frames of results name
        them."""
        return {
            "chisq": self.chisq,
            "df": self.df,
            "pvalue": self.p,
            "cfi": self.cfi,
            "tli": self.tli,
            "rmsea": self.rmsea,
            "rmsea_ci_low": self.rmsea_low,
            "rmsea_ci_high": self.rmsea_high,
            "srmr": self.srmr,
        }

    def judged(self, cutoffs: CutoffSet | str = "customary") -> tuple[Judged, ...]:
        """Every border of the set beside the value; the four that decide are marked."""
        return tuple(
            Judged(
                border.name,
                border.side,
                border.limit,
                value := float(getattr(self, border.name)),
                border.met(value) if self.df > 0 else None,
                border.name in DECIDING,
            )
            for border in cutoffs_of(cutoffs).borders
        )

    def missed(self, cutoffs: CutoffSet | str = "customary") -> tuple[str, ...]:
        """Names of the deciding indices beyond their border."""
        return tuple(entry.name for entry in self.judged(cutoffs) if entry.decides and entry.met is False)

    def verdict(self, cutoffs: CutoffSet | str = "customary") -> Verdict:
        """ "adequate" when at least three of CFI, TLI, RMSEA and SRMR keep their border, else "poor";
        "saturated" without degrees of freedom; "unavailable" when fewer than three have a value."""
        if self.df == 0:
            return "saturated"
        held = [entry.met for entry in self.judged(cutoffs) if entry.decides and entry.met is not None]
        if len(held) < ENOUGH:
            return "unavailable"
        return "adequate" if sum(held) >= ENOUGH else "poor"


def headline(source: Any) -> Headline:
    """The deciding indices of a ``Fit``, of a result that carries one as ``fit``, or of an ``indices``
    mapping.

    Examples
    --------
    >>> found = headline({"chisq": 85.3, "df": 24.0, "pvalue": 0.0, "cfi": 0.931, "tli": 0.896,
    ...                   "rmsea": 0.092, "rmsea_ci_low": 0.071, "rmsea_ci_high": 0.114, "srmr": 0.065})
    >>> found.kind, found.missed("customary"), found.verdict("customary")
    ('plain', ('tli', 'rmsea'), 'poor')
    """
    given: Mapping[str, float] = (
        source if isinstance(source, Mapping) else getattr(source, "fit", source).indices
    )
    scaled = "chisq_scaled" in given
    tail = "_scaled" if scaled else ""

    def value(name: str) -> float:
        found = given.get(name)
        return math.nan if found is None else float(found)

    robust = {
        name: value(f"{key}_robust")
        for name, key in (
            ("cfi", "cfi"),
            ("tli", "tli"),
            ("rmsea", "rmsea"),
            ("rmsea_low", "rmsea_ci_low"),
            ("rmsea_high", "rmsea_ci_high"),
        )
        if f"{key}_robust" in given
    }
    return Headline(
        kind="scaled" if scaled else "plain",
        chisq=value(f"chisq{tail}"),
        df=value(f"df{tail}"),
        p=value(f"pvalue{tail}"),
        cfi=value(f"cfi{tail}"),
        tli=value(f"tli{tail}"),
        rmsea=value(f"rmsea{tail}"),
        rmsea_low=value(f"rmsea_ci_low{tail}"),
        rmsea_high=value(f"rmsea_ci_high{tail}"),
        srmr=value("srmr"),
        gfi=value("gfi"),
        agfi=value("agfi"),
        robust=robust,
    )
