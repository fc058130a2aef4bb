"""Sample-size formulas that theses quote, each with what it assumes; power of RMSEA tests; precision of α."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import rules, sizes
from umkm_stats.options import share, whole
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

FORMULAS = (
    "slovin",
    "krejcie_morgan",
    "cochran",
    "lemeshow",
    "isaac_michael",
    "inverse_square_root",
    "gamma_exponential",
    "ten_times",
    "per_item",
    "per_parameter",
    "westland_effect",
    "westland_structure",
)


@dataclass(frozen=True, eq=False)
class SampleSizes:
    """Result of ``sample_sizes``, ``rmsea_size`` and ``alpha_size``: rows formula, inputs, n, with the
    assumptions.

    ``n``: the size of the only row (the largest of several). handed: shares of forms that come back and of
    those that can be used, when n is to be turned into forms.

    Examples
    --------
    >>> sizes = alpha_size(alpha=0.8, items=9, width=0.1)
    >>> sizes.tidy()["formula"].tolist()
    ['alpha', 'bonett']
    """

    rows: tuple[tuple[str, Mapping[str, Any], int], ...]
    notes: tuple[Note, ...] = ()
    handed: tuple[float, float] | None = None
    sample: SampleUsed | None = None
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The largest n of the rows."""
        return max(n for _, _, n in self.rows)

    def tidy(self) -> pd.DataFrame:
        """One row a formula: formula, inputs (as text), n; forms (to hand out) when shares were given."""
        import pandas as pd

        rows = [
            (
                name,
                ", ".join(
                    f"{k} = {v:g}" if not isinstance(v, str) else f"{k} = {v}" for k, v in given.items()
                ),
                n,
            )
            for name, given, n in self.rows
        ]
        table = pd.DataFrame(rows, columns=["formula", "inputs", "n"])
        if self.handed is not None:
            table["forms"] = [self.forms(n) for n in table["n"]]
        return table

    def forms(self, n: int | None = None) -> int:
        """Forms to hand out for ``n`` usable answers (None: the size recommended)."""
        rate, usable = self.handed or (1.0, 1.0)
        return rules.to_hand_out(self.recommended if n is None else n, rate, usable)

    @property
    def recommended(self) -> int:
        """The size of the simulation where one is there, else the largest n of the rows."""
        return next((n for name, _, n in self.rows if name == "advised"), self.n)

    def glance(self) -> pd.DataFrame:
        """One row: number of formulas, smallest and largest n."""
        import pandas as pd

        found = [n for _, _, n in self.rows]
        return pd.DataFrame([{"formulas": len(found), "smallest": min(found), "largest": max(found)}])

    def assumptions(self, name: str, lang: str = "en") -> str:
        """What a formula assumes, and what it leaves out."""
        return messages.text(f"size.{name}.assumes", lang)

    def summary(self, lang: str = "en") -> str:
        """Each formula with its size and its assumptions, then the advice."""
        lines = []
        for place, (name, given, n) in enumerate(self.rows):
            lines.append(messages.text("size.row", lang, name=self._name(name, given, lang), n=n))
            if all(later != name for later, _, _ in self.rows[place + 1 :]):  # once a rule
                lines.append(f"  {self.assumptions(name, lang)}")
        if any(name == "advised" for name, _, _ in self.rows):
            lines.append(messages.text("size.advice.simulated", lang, n=self.recommended))
        elif any(name in FORMULAS for name, _, _ in self.rows):
            lines.append(messages.text("size.advice", lang))
        if self.handed is not None:
            rate, usable = self.handed
            lines.append(
                messages.text(
                    "size.forms", lang, forms=self.forms(), n=self.recommended, rate=rate, usable=usable
                )
            )
        lines.extend(told(self.notes, lang))
        return "\n".join(lines)

    def sentence(self, lang: str = "en") -> str:
        """A sentence for the proposal (Bab III): the size recommended, the others beside it, the forms."""
        best = next(
            (row for row in self.rows if row[0] == "advised"),
            max(self.rows, key=lambda row: row[2]),
        )
        others = [
            messages.text("size.sentence.one", lang, n=n, name=self._name(name, given, lang))
            for name, given, n in self.rows
            if (name, n) != (best[0], best[2]) and name != "census"
        ]
        rest = messages.text("size.sentence.others", lang, list=others) if others else ""
        name = messages.text_or(f"size.{best[0]}.said", self._name(best[0], best[1], lang), lang)
        said = messages.text("size.sentence", lang, n=best[2], name=name, others=rest)
        if self.handed is None:
            return said
        rate, usable = self.handed
        forms = messages.text("size.sentence.forms", lang, rate=rate, usable=usable, forms=self.forms())
        return f"{said} {forms}"

    @staticmethod
    def _name(name: str, given: Mapping[str, Any], lang: str) -> str:
        return messages.text(f"size.{name}.name", lang, **_shown(given))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "rows": [
                {"formula": name, "inputs": jsonable(dict(given)), "n": n} for name, given, n in self.rows
            ],
            "recommended": self.recommended,
            "forms": self.forms() if self.handed is not None else None,
            "notes": [note.to_dict() for note in self.notes],
        }


def _shown(given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs a formula's name may show."""
    return {"each": given.get("each", ""), "level": 100.0 * float(given.get("level", 0.0))}


def positive(name: str, value: Any) -> float:
    """``value`` as a number above 0; ``UsageError`` PLN135 otherwise."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value > 0:
        return float(value)
    raise UsageError("PLN135", params={"name": name, "received": repr(value)})


def population_notes(n: int, *, population: int | None = None, eligible: int | None = None) -> list[Note]:
    """Whether ``n`` can be had at all: PLN138 when fewer units are eligible, PLN139 when n is over half of
    them."""
    units = eligible if eligible is not None else population
    if units is None:
        return []
    whole("eligible", units, low=1)
    if units < n:
        return [Note("PLN138", {"eligible": units, "n": n})]
    return [Note("PLN139", {"eligible": units, "n": n, "share": 100.0 * n / units})] if n > units / 2 else []


def rmsea_size(
    *,
    df: int,
    null: float = 0.05,
    alternative: float = 0.08,
    power: float = 0.80,
    alpha: float = 0.05,
    groups: int = 1,
) -> SampleSizes:
    """Sample for a test of RMSEA: close fit (null .05, alternative .08), exact fit (0, .05), not-close fit
    (.05, .01).

    MacCallum, Browne & Sugawara 1996. Raises ``UsageError`` GEN003, GEN004, PLN135, PLN140 (equal values).
    """
    values = _rmsea(null, alternative)
    whole("df", df, low=1)
    whole("groups", groups, low=1)
    n = sizes.rmsea_size(*values, df, share("power", power), share("alpha", alpha), groups)
    given = {
        "df": df,
        "null": values[0],
        "alternative": values[1],
        "power": power,
        "alpha": alpha,
        "groups": groups,
    }
    return SampleSizes((("rmsea", given, n),))


def rmsea_power(
    *, df: int, n: int, null: float = 0.05, alternative: float = 0.08, alpha: float = 0.05, groups: int = 1
) -> float:
    """Power of the same tests at ``n`` rows in all."""
    values = _rmsea(null, alternative)
    whole("groups", groups, low=1)
    return sizes.rmsea_power(
        *values, whole("df", df, low=1), whole("n", n, low=2), share("alpha", alpha), groups
    )


def _rmsea(null: float, alternative: float) -> tuple[float, float]:
    first, second = (
        0.0 if value == 0 else positive(name, value)
        for name, value in (("null", null), ("alternative", alternative))
    )
    if first == second:
        raise UsageError("PLN140")
    return first, second


def alpha_size(
    *, alpha: float, items: int, width: float, level: float = 0.95, assurance: float | None = None
) -> SampleSizes:
    """Sample for an interval of Cronbach's α at most ``width`` wide.

    alpha: planned value. assurance: None plans for a sample whose α equals it; a share such as .99 plans for
    that share of samples. Rows: Feldt's interval (the one ``reliability`` prints), and Bonett's formula for
    limits α ± width/2, beside it. Raises ``UsageError`` GEN003, GEN004, PLN141 (a width that reaches beyond
    1).
    """
    value, level = share("alpha", alpha), share("level", level)
    k = whole("items", items, low=2)
    wide = positive("width", width)
    if assurance is not None:
        share("assurance", assurance)
    given: dict[str, Any] = {"alpha": value, "items": k, "width": wide, "level": level}
    given |= {} if assurance is None else {"assurance": assurance}
    rows: list[tuple[str, Mapping[str, Any], int]] = [
        ("alpha", given, sizes.alpha_size(value, k, wide, level, assurance))
    ]
    if value + wide / 2.0 >= 1.0:
        raise UsageError("PLN141")
    rows.append(
        (
            "bonett",
            {**given, "assurance": "–"},
            sizes.bonett_size(value - wide / 2.0, value + wide / 2.0, k, level),
        )
    )
    return SampleSizes(tuple(rows))


def icc_size(*, icc: float, raters: int, width: float, level: float = 0.95) -> SampleSizes:
    """Subjects for an interval of an intraclass correlation about ``width`` wide (Bonett 2002).

    Parameters
    ----------
    icc : float
        planned value of ICC(C,1) or ICC(A,1). raters: ratings a subject. level: of the interval.

    Raises
    ------
    UsageError
        GEN003, GEN004, PLN135.

    Examples
    --------
    >>> icc_size(icc=0.7, raters=2, width=0.2).n
    101
    """
    value, confidence = share("icc", icc), share("level", level)
    k, wide = whole("raters", raters, low=2), positive("width", width)
    n = rules.icc_size(value, k, wide, confidence)
    given = {"icc": value, "raters": k, "width": wide, "level": confidence}
    return SampleSizes((("icc", given, n),))
