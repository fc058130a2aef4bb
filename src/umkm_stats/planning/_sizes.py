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
    """Sample sizes by formulas, with their assumptions: what ``sample_sizes`` and its kin return.

    Attributes
    ----------
    rows : tuple of (str, mapping of str to object, int)
        Formula, its inputs, n.
    notes : tuple of Note
        What a reader must know.
    handed : (float, float) or None
        Shares of forms that come back and of those that can be used, when n is to be turned into forms.
    sample : SampleUsed or None
        None: no data are used.
    seed : int or None
        None: nothing is drawn.
    extra : mapping of str to object
        What stands beside, for the summary.

    Examples
    --------
    >>> from umkm_stats.planning import alpha_size
    >>> sizes = alpha_size(alpha=0.8, items=9, width=0.1)
    >>> sizes.tidy()[["formula", "n"]].to_dict("records")
    [{'formula': 'alpha', 'n': 140}, {'formula': 'bonett', 'n': 135}]
    """

    rows: tuple[tuple[str, Mapping[str, Any], int], ...]
    notes: tuple[Note, ...] = ()
    handed: tuple[float, float] | None = None
    sample: SampleUsed | None = None
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The largest n of the rows.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(population=500).n
        285
        """
        return max(n for _, _, n in self.rows)

    def tidy(self) -> pd.DataFrame:
        """One row a formula.

        Returns
        -------
        pandas.DataFrame
            Columns formula, inputs (as text), n; forms (to hand out) when shares were given.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2).tidy().to_dict("records")
        [{'formula': 'f2', 'inputs': 'f2 = 0.15, predictors = 2, tested = 2, alpha = 0.05, power = 0.8', 'n':
        68}]
        """
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
        """Forms to hand out.

        Parameters
        ----------
        n : int, optional
            Usable answers wanted; None takes the size recommended.

        Returns
        -------
        int
            Rounded up.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2, response_rate=0.6, usable=0.9).forms()
        126
        """
        rate, usable = self.handed or (1.0, 1.0)
        return rules.to_hand_out(self.recommended if n is None else n, rate, usable)

    @property
    def recommended(self) -> int:
        """The size of the simulation where one is there, else the largest n of the rows.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2, advised=75).recommended
        75
        """
        return next((n for name, _, n in self.rows if name == "advised"), self.n)

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns formulas (number), smallest and largest (n).

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(population=500).glance().to_dict("records")
        [{'formulas': 7, 'smallest': 176, 'largest': 285}]
        """
        import pandas as pd

        found = [n for _, _, n in self.rows]
        return pd.DataFrame([{"formulas": len(found), "smallest": min(found), "largest": max(found)}])

    def assumptions(self, name: str, lang: str = "en") -> str:
        """What a formula assumes, and what it leaves out.

        Parameters
        ----------
        name : str
            The formula, as the column ``formula`` writes it.
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The sentences.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2).assumptions("f2")[:52]
        'Fixed predictors, normal errors of equal variance; t'
        """
        return messages.text(f"size.{name}.assumes", lang)

    def summary(self, lang: str = "en") -> str:
        """Each formula with its size and its assumptions, then the advice.

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
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2).summary().splitlines()[0]
        'Regression, F test (f²): n = 68'
        """
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
        """A sentence for the proposal (Bab III): the size recommended, the others beside it, the forms.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The sentence.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> print(sample_sizes(f2=0.15, predictors=2).sentence())
        At least 68 usable answers are planned, by Regression, F test (f²).
        """
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
        """Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats.planning import sample_sizes
        >>> sample_sizes(f2=0.15, predictors=2).to_dict()["recommended"]
        68
        """
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
    """Whether a sample can be had at all.

    Parameters
    ----------
    n : int
        Sample size.
    population : int, optional
        Units of the population.
    eligible : int, optional
        Units that can take part.

    Returns
    -------
    list of Note
        PLN138 when fewer units are eligible, PLN139 when n is over half of them.

    Examples
    --------
    >>> from umkm_stats.planning import population_notes
    >>> [note.code for note in population_notes(300, population=500, eligible=250)]
    ['PLN138']
    """
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
    """Sample for a test of RMSEA (MacCallum, Browne & Sugawara 1996).

    Parameters
    ----------
    df : int
        Degrees of freedom of the model.
    null : float, default 0.05
        RMSEA under the null hypothesis: .05 for close fit, 0 for exact fit, .05 for not-close fit.
    alternative : float, default 0.08
        RMSEA of the population: .08, .05 and .01 for these three.
    power : float, default 0.8
        Share of samples that are to reject.
    alpha : float, default 0.05
        Level of the test.
    groups : int, default 1
        Number of groups.

    Returns
    -------
    SampleSizes
        One row; ``.n``.

    Raises
    ------
    UsageError
        GEN003, GEN004, PLN135, PLN140 (equal values).

    Examples
    --------
    >>> from umkm_stats.planning import rmsea_size
    >>> rmsea_size(df=24).n
    375
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
    """Power of a test of RMSEA at a sample size.

    Parameters
    ----------
    df : int
        Degrees of freedom of the model.
    n : int
        Rows in all.
    null : float, default 0.05
        RMSEA under the null hypothesis.
    alternative : float, default 0.08
        RMSEA of the population.
    alpha : float, default 0.05
        Level of the test.
    groups : int, default 1
        Number of groups.

    Returns
    -------
    float
        The power: close fit (null .05, alternative .08), exact fit (0, .05), not-close fit (.05, .01).

    Raises
    ------
    UsageError
        GEN003, GEN004, PLN135, PLN140 (equal values).

    Examples
    --------
    >>> from umkm_stats.planning import rmsea_power
    >>> round(rmsea_power(df=24, n=200), 3)
    0.51
    """
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

    Parameters
    ----------
    alpha : float
        Planned value, between 0 and 1.
    items : int
        Number of items of the scale.
    width : float
        Largest width of the interval.
    level : float, default 0.95
        Of the interval.
    assurance : float, optional
        None plans for a sample whose α equals the planned one; a share such as .99 plans for that share of
        samples.

    Returns
    -------
    SampleSizes
        Feldt's interval (the one ``reliability`` prints), and Bonett's formula for limits α ± width/2, beside
        it.

    Raises
    ------
    UsageError
        GEN003, GEN004, PLN141 (a width that reaches beyond 1).

    Examples
    --------
    >>> from umkm_stats.planning import alpha_size
    >>> alpha_size(alpha=0.8, items=9, width=0.1).n
    140
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
        Planned value of ICC(C,1) or ICC(A,1).
    raters : int
        Ratings a subject.
    width : float
        Largest width of the interval.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    SampleSizes
        One row; ``.n``.

    Raises
    ------
    UsageError
        GEN003, GEN004, PLN135.

    Examples
    --------
    >>> from umkm_stats.planning import icc_size
    >>> icc_size(icc=0.7, raters=2, width=0.2).n
    101
    """
    value, confidence = share("icc", icc), share("level", level)
    k, wide = whole("raters", raters, low=2), positive("width", width)
    n = rules.icc_size(value, k, wide, confidence)
    given = {"icc": value, "raters": k, "width": wide, "level": confidence}
    return SampleSizes((("icc", given, n),))
