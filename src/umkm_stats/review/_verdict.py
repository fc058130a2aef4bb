"""The verdict on one printed claim, and the judge that tries every innocent explanation first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.review.printed import Interval, Printed, printed
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

Word = Literal["consistent", "inconsistent", "not checkable"]
COLUMNS = ["check", "where", "verdict", "claimed", "low", "high", "explanation", "working"]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What follows from the other printed numbers, beside what is claimed.

    check: name of the check; verdict: "consistent", "inconsistent" or "not checkable"; claimed: the printed
    text; low, high: what the other numbers allow (NaN when they allow nothing to be said); working: the
    arithmetic; explanation: key of the innocent explanation used, of the reason why nothing can be checked,
    or ""; identity: whether the check is an exact identity (a bound or an approximation otherwise); decision:
    True when a printed p and the recomputed one lie on different sides of .05; where: place of the claim.
    """

    check: str
    verdict: Word
    claimed: str
    low: float = math.nan
    high: float = math.nan
    working: str = ""
    explanation: str = ""
    identity: bool = True
    decision: bool = False
    where: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None
    seed: int | None = None

    def tidy(self) -> pd.DataFrame:
        """One row."""
        import pandas as pd

        return pd.DataFrame([[getattr(self, name) for name in COLUMNS]], columns=COLUMNS)

    def glance(self) -> pd.DataFrame:
        """The same row."""
        return self.tidy()

    def explain(self, lang: str = "en") -> str:
        """The explanation in words; empty when none was needed."""
        return (
            messages.text(f"review.explain.{self.explanation}", lang, **self.params)
            if self.explanation
            else ""
        )

    def summary(self, lang: str = "en") -> str:
        """Verdict, claim, working and explanation in one or two sentences."""
        parts = [
            messages.text(
                f"review.sentence.{self.verdict.replace(' ', '_')}",
                lang,
                check=messages.text(f"review.check.{self.check}", lang),
                claimed=self.claimed,
            )
        ]
        if self.working:
            parts.append(f"{self.working}.")
        if self.decision and self.verdict == "inconsistent":
            parts.append(messages.text("review.decision", lang))
        if self.explanation:
            parts.append(self.explain(lang))
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **{name: jsonable(getattr(self, name)) for name in COLUMNS},
            "identity": self.identity,
            "decision": self.decision,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the number: what it allows, the arithmetic in words, and the explanation when it is not the
    plain
    way (key of ``review.explain.*``)."""

    value: Interval
    working: str
    explanation: str = ""


def number(name: str, text: Any) -> Printed:
    """A printed number given to a check; ``UsageError`` REV001 when it is none."""
    found = printed(text)
    if found is None:
        raise UsageError("REV001", params={"name": name, "received": repr(text)})
    return found


def show(value: Interval) -> str:
    """``[0.475, 0.485]`` with as many digits as tell the ends apart."""
    width = value.high - value.low
    if not math.isfinite(width):
        return f"[{value.low:.4g}, {value.high:.4g}]"
    digits = 4 if width <= 0 else min(8, max(3, 2 - math.floor(math.log10(width))))
    return f"[{value.low:.{digits}f}, {value.high:.{digits}f}]"


def judge(
    check: str,
    claimed: Printed,
    routes: Callable[[bool], Sequence[Route]],
    *,
    identity: bool = True,
    decision: Callable[[Interval], bool] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Verdict:
    """Consistent when any route meets the printed digits: the plain one first, then the innocent
    explanations, last
    the same with every number cut off instead of rounded."""
    plain = list(routes(False))
    for route in plain:
        if route.value.meets(claimed.bounds()):
            return Verdict(
                check,
                "consistent",
                claimed.text,
                route.value.low,
                route.value.high,
                route.working,
                route.explanation,
                identity,
                params=params or {},
            )
    for route in routes(True):
        if route.value.meets(claimed.bounds(truncated=True)):
            return Verdict(
                check,
                "consistent",
                claimed.text,
                route.value.low,
                route.value.high,
                route.working,
                route.explanation or "truncated",
                identity,
                params=params or {},
            )
    first = plain[0]
    crossing = decision(first.value) if decision else False
    return Verdict(
        check,
        "inconsistent",
        claimed.text,
        first.value.low,
        first.value.high,
        first.working,
        "",
        identity,
        crossing,
        params=params or {},
    )


def unknown(check: str, claimed: Any, reason: str, **params: Any) -> Verdict:
    """Nothing can be said, and why (key of ``review.explain.*``)."""
    return Verdict(check, "not checkable", str(claimed), explanation=reason, params=params)
