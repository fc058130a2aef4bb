"""Sample-size formulas that theses quote, each with what it assumes; power of RMSEA tests; precision of α."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import sizes
from umkm_stats.options import one_of, share, whole
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

FORMULAS = ("slovin", "krejcie_morgan", "inverse_square_root", "gamma_exponential", "ten_times", "per_item")


@dataclass(frozen=True, eq=False)
class SampleSizes:
    """Result of ``sample_sizes``, ``rmsea_size`` and ``alpha_size``: rows formula, inputs, n, with the
    assumptions.

    ``n``: the size of the only row (the largest of several).
    """

    rows: tuple[tuple[str, Mapping[str, Any], int], ...]
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The largest n of the rows."""
        return max(n for _, _, n in self.rows)

    def tidy(self) -> pd.DataFrame:
        """One row a formula: formula, inputs (as text), n."""
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
        return pd.DataFrame(rows, columns=["formula", "inputs", "n"])

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
        for name, given, n in self.rows:
            lines.append(messages.text("size.row", lang, name=messages.text(f"size.{name}.name", lang), n=n))
            lines.append(f"  {messages.text(f'size.{name}.assumes', lang)}")
            del given
        if any(name in FORMULAS for name, _, _ in self.rows):
            lines.append(messages.text("size.advice", lang))
        lines.extend(note.message(lang) for note in self.notes)
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "rows": [
                {"formula": name, "inputs": jsonable(dict(given)), "n": n} for name, given, n in self.rows
            ],
            "notes": [note.to_dict() for note in self.notes],
        }


def _positive(name: str, value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value > 0:
        return float(value)
    raise UsageError("PLN135", params={"name": name, "received": repr(value)})


def sample_sizes(
    *,
    population: int | None = None,
    eligible: int | None = None,
    margin: float = 0.05,
    proportion: float = 0.5,
    confidence: float = 0.95,
    path: float | None = None,
    alpha: float = 0.05,
    power: float = 0.80,
    tails: int = 1,
    arrows: int | None = None,
    items: int | None = None,
    advised: int | None = None,
    purposive: bool = False,
) -> SampleSizes:
    """The formulas that can be filled from what is given, beside what each assumes.

    Parameters
    ----------
    population: number of units: Slovin and Krejcie–Morgan with ``margin`` (``proportion``, ``confidence``).
    eligible: how many of them can take part at all; a sample larger than that is said plainly.
    path: smallest standardised path: inverse square root and gamma-exponential at ``alpha``, ``power``,
    ``tails``.
    arrows: most arrows into one variable: 10-times rule. items: items of the questionnaire: 5 and 10 an item.
    advised: a size from a power analysis (``smallest_n``), to be compared with the population.
    purposive: respondents are chosen, not drawn: then Slovin and Krejcie–Morgan do not apply and are left
    out.

    Raises ``UsageError`` GEN003, GEN004 (numbers), PLN135 (not above 0), PLN136 (nothing given).
    """
    rows: list[tuple[str, Mapping[str, Any], int]] = []
    notes: list[Note] = []
    if population is not None:
        units = whole("population", population, low=1)
        error = share("margin", margin)
        if purposive:
            notes.append(Note("PLN137"))
        else:
            rows.append(("slovin", {"N": units, "e": error}, sizes.slovin(units, error)))
            split, level = share("proportion", proportion), share("confidence", confidence)
            rows.append(
                (
                    "krejcie_morgan",
                    {"N": units, "d": error, "P": split, "level": level},
                    sizes.krejcie_morgan(units, error, split, level),
                )
            )
    if path is not None:
        size = _positive("path", abs(path) if isinstance(path, (int, float)) else path)
        one_of("tails", tails, (1, 2))
        given = {"path": size, "alpha": share("alpha", alpha), "power": share("power", power), "tails": tails}
        rows.append(("inverse_square_root", given, sizes.inverse_square_root(size, alpha, power, tails)))
        rows.append(("gamma_exponential", given, sizes.gamma_exponential(size, alpha, power, tails)))
    if arrows is not None:
        rows.append(("ten_times", {"arrows": whole("arrows", arrows, low=1)}, 10 * arrows))
    if items is not None:
        whole("items", items, low=1)
        rows += [("per_item", {"items": items, "each": each}, each * items) for each in (5, 10)]
    if advised is not None:
        rows.append(("advised", {}, whole("advised", advised, low=1)))
    if not rows:
        if notes:
            rows.append(("census", {"N": int(population or 0)}, int(population or 0)))
        else:
            raise UsageError("PLN136")
    notes += population_notes(advised or max(n for _, _, n in rows), population=population, eligible=eligible)
    return SampleSizes(tuple(rows), tuple(notes))


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
        0.0 if value == 0 else _positive(name, value)
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
    wide = _positive("width", width)
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
