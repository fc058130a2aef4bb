"""The verdict on one printed claim, and the judge that tries every innocent explanation first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from umkm_stats import messages
from umkm_stats.errors import Place, UsageError
from umkm_stats.kernels.review import conventions, programs
from umkm_stats.kernels.review.printed import Interval, Printed, as_share, printed
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

Word = Literal["consistent", "inconsistent", "not checkable"]
COLUMNS = ["check", "where", "verdict", "claimed", "low", "high", "explanation", "working"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A number recomputed under one convention: whether it agrees, what the convention allows, the
    arithmetic."""

    agrees: bool
    low: float
    high: float
    working: str


@dataclass(frozen=True, eq=False)
class Verdict:
    """What follows from the other printed numbers, beside what is claimed.

    Attributes
    ----------
    check : str
        Name of the check.
    verdict : Word
        "consistent", "inconsistent" or "not checkable".
    claimed : str
        The printed text.
    low : float
        Smallest value the other numbers allow; NaN when they allow nothing to be said.
    high : float
        Largest value they allow.
    working : str
        The arithmetic.
    explanation : str
        Key of the innocent explanation used, of the reason why nothing can be checked, or "".
    identity : bool
        Whether the check is an exact identity (a bound or an approximation otherwise).
    decision : bool
        Whether a printed p and the recomputed one lie on different sides of .05.
    where : str
        Place of the claim.
    params : Mapping[str, Any]
        Values of the placeholders of the explanation.
    sample : SampleUsed or None
        None: nobody's answers are used.
    seed : int or None
        Seed of draws; None when nothing is drawn.
    readings : Mapping[str, Reading]
        Key of a convention (see ``review.conventions``) to the number recomputed under it.
    program : str
        Program whose convention made the verdict, as its makers write it, or "".
    table : str
        Table the claim belongs to.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.

    Examples
    --------
    >>> from umkm_stats import review
    >>> verdict = review.grim("5.19", n=28)
    >>> verdict.verdict, verdict.working
    ('inconsistent', '5.19 × 28 = [145.180, 145.460]')
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
    readings: Mapping[str, Reading] = field(default_factory=dict)
    program: str = ""
    table: str = ""

    def tidy(self) -> pd.DataFrame:
        """The verdict as a frame.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``check``: name of the check.
            - ``where``: place of the claim.
            - ``verdict``: "consistent", "inconsistent" or "not checkable".
            - ``claimed``: the printed text.
            - ``low``: smallest value the other numbers allow; NaN when they allow nothing to be said.
            - ``high``: largest value they allow.
            - ``explanation``: key of the innocent explanation or of the reason why nothing can be checked; ""
              without.
            - ``working``: the arithmetic.

        Examples
        --------
        >>> from umkm_stats import review
        >>> verdict = review.grim("5.19", n=28)
        >>> verdict.tidy()[["check", "verdict"]].values.tolist()
        [['grim', 'inconsistent']]
        """
        import pandas as pd

        return pd.DataFrame([[getattr(self, name) for name in COLUMNS]], columns=COLUMNS)

    def glance(self) -> pd.DataFrame:
        """The same row as ``tidy``.

        Returns
        -------
        pandas.DataFrame
            One row with the columns of ``tidy``.

        Examples
        --------
        >>> from umkm_stats import review
        >>> review.grim("5.19", n=28).glance()["verdict"].tolist()
        ['inconsistent']
        """
        return self.tidy()

    def explain(self, lang: str = "en") -> str:
        """The explanation in words; empty when none was needed.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            One or two sentences.

        Examples
        --------
        >>> from umkm_stats import review
        >>> print(review.grim("5.19", n=200).explain())
        With 200 answers every mean with 2 decimals is possible.
        """
        if not self.explanation:
            return ""
        if self.notes and self.notes[0].code == self.explanation:
            note = self.notes[0]
            place = Place(line=int(note.row) if note.row else None, key=note.column).describe(lang)
            return f"{note.message(lang)} ({place})" if place else note.message(lang)
        row = programs.BY_KEY.get(self.explanation)
        if row is None:
            told = messages.text(f"review.explain.{self.explanation}", lang, **self.params)
            return " ".join([told, *self._habits(lang)])
        said, formula = (messages.text(f"convention.{row.key}.{part}", lang) for part in ("says", "formula"))
        if self.verdict == "consistent":
            return messages.text(
                "review.under",
                lang,
                program=self.program,
                says=said,
                formula=formula,
                source=messages.text(row.source_for(conventions.named(self.program)[0]), lang),
            )
        kind = "inconsistent" if self.verdict == "inconsistent" else "would_be"
        return messages.text(
            f"review.{kind}",
            lang,
            programs=[maker.name for maker in row.makers],
            program=self.program,
            says=said,
            formula=formula,
        )

    def _habits(self, lang: str) -> list[str]:
        """What the named program does with numbers of this kind that nobody can recompute from print."""
        subject = {"bootstrap_limits": "limits", "missing_cells": "missing"}.get(self.explanation, "")
        program, version = conventions.named(self.program)
        if not subject or not program:
            return []
        return [
            messages.text(
                "review.habit",
                lang,
                program=self.program,
                says=messages.text(f"convention.{row.key}.says", lang),
            )
            for row in programs.rows_of(program, version, subject)
            if row.always_for(program, version)
        ]

    def summary(self, lang: str = "en") -> str:
        """Verdict, claim, working and explanation in one or two sentences.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Text.

        Examples
        --------
        >>> from umkm_stats import review
        >>> print(review.percentage("84.4", count=152, n=180).summary())
        Percentage: 84.4 is consistent with the other printed numbers. 152/180 = 84.4444 %.
        """
        parts = [
            messages.text(
                f"review.sentence.{self.verdict.replace(' ', '_')}",
                lang,
                check=messages.text(f"review.check.{self.check}", lang),
                claimed=self.claimed,
            )
        ]
        if self.working:
            parts.append(f"{messages.figures(self.working, lang)}.")
        if self.decision and self.verdict == "inconsistent":
            parts.append(messages.text("review.decision", lang))
        if self.explanation:
            parts.append(self.explain(lang))
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the verdict to plain values.

        Examples
        --------
        >>> from umkm_stats import review
        >>> review.grim("5.19", n=28).to_dict()["claimed"]
        '5.19'
        """
        return {
            **{name: jsonable(getattr(self, name)) for name in COLUMNS},
            "identity": self.identity,
            "decision": self.decision,
            "program": self.program,
            "conventions": sorted(key for key, reading in self.readings.items() if reading.agrees),
        }


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the number: what it allows, the arithmetic in words, and the explanation when it is not the
    plain
    way (key of ``review.explain.*``)."""

    value: Interval
    working: str
    explanation: str = ""


OTHER_N = frozenset({"n_minus_1", "n_plus_1"})
"""Explanations by another n than the printed one: they leave open which is right."""


def number(name: str, text: Any) -> Printed:
    """A printed number given to a check; ``UsageError`` REV001 when it is none."""
    found = printed(text, p=is_p(name))
    if found is None:
        raise UsageError("REV001", params={"name": name, "received": repr(text)})
    return found


def is_p(name: str) -> bool:
    """Whether a field holds a p-value, where ``***`` and ``n.s.`` are bounds."""
    return name == "p" or name.endswith("_p") or name.startswith("p_") or name == "pclose"


def share_of(name: str, text: Any) -> Printed:
    """A printed share, also one that is printed as a percentage."""
    return as_share(number(name, text))


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
    textbook: bool = True,
) -> Verdict:
    """Consistent when a route meets the printed digits: the plain one first, then the innocent explanations,
    last the same with every number cut off instead of rounded.

    A route whose explanation is the key of a convention never makes a number consistent here: it is kept as a
    reading, and the number is "not checkable" until the program is named (see ``_whole``). textbook: False
    when there is no textbook route at all, so that nothing can be held against it.
    """
    found, cut = list(routes(False)), list(routes(True))
    plain = [route for route in found if route.explanation not in programs.KEYS]
    readings = _readings(claimed, found, cut)

    def agreeing(route: Route, why: str) -> Verdict:
        value = route.value
        return Verdict(
            check,
            "consistent",
            claimed.text,
            value.low,
            value.high,
            route.working,
            why,
            identity,
            params=params or {},
            readings=readings,
        )

    for route in plain:
        if route.explanation not in OTHER_N and route.value.meets(claimed.bounds()):
            return agreeing(route, route.explanation)
    for route in cut:
        if route.explanation not in programs.KEYS | OTHER_N and route.value.meets(
            claimed.bounds(truncated=True)
        ):
            return agreeing(route, route.explanation or "truncated")
    for route in plain:
        if route.explanation in OTHER_N and route.value.meets(claimed.bounds()):
            return replace(agreeing(route, route.explanation), verdict="not checkable")
    fitting = [key for key, reading in readings.items() if reading.agrees]
    first = plain[0] if plain else None
    word: Word = "not checkable" if fitting or not textbook or first is None else "inconsistent"
    chosen = readings[fitting[0]] if fitting else None
    return Verdict(
        check,
        word,
        claimed.text,
        first.value.low if first else chosen.low if chosen else math.nan,
        first.value.high if first else chosen.high if chosen else math.nan,
        first.working if first else chosen.working if chosen else "",
        fitting[0] if fitting else "",
        identity,
        bool(decision(first.value)) if decision and first and word == "inconsistent" else False,
        params=params or {},
        readings=readings,
    )


def _readings(claimed: Printed, found: Sequence[Route], cut: Sequence[Route]) -> dict[str, Reading]:
    out: dict[str, Reading] = {}
    for route in found:
        key = route.explanation
        if key not in programs.KEYS:
            continue
        agrees = route.value.meets(claimed.bounds()) or any(
            other.explanation == key and other.value.meets(claimed.bounds(truncated=True)) for other in cut
        )
        if key not in out or (agrees and not out[key].agrees):
            out[key] = Reading(agrees, route.value.low, route.value.high, route.working)
    return out


def unknown(check: str, claimed: Any, reason: str, **params: Any) -> Verdict:
    """Nothing can be said, and why (key of ``review.explain.*``)."""
    return Verdict(check, "not checkable", str(claimed), explanation=reason, params=params)
