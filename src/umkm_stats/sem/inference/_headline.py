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
    """One customary border of a fit index.

    Attributes
    ----------
    name : str
        The index, as ``Fit.indices`` names it.
    side : {"min", "max"}
        "min" (the index should not lie below) or "max" (not above).
    limit : float
        The border.

    Examples
    --------
    >>> from umkm_stats.sem import CUTOFFS
    >>> CUTOFFS["customary"].border("cfi")
    Border(name='cfi', side='min', limit=0.9)
    """

    name: str
    side: Literal["min", "max"]
    limit: float

    def met(self, value: float) -> bool | None:
        """Whether a value keeps the border.

        Parameters
        ----------
        value : float
            Of the index.

        Returns
        -------
        bool or None
            None without a value.

        Examples
        --------
        >>> from umkm_stats.sem import CUTOFFS
        >>> CUTOFFS["customary"].border("cfi").met(0.93)
        True
        """
        if not math.isfinite(value):
            return None
        return value >= self.limit if self.side == "min" else value <= self.limit


@dataclass(frozen=True, slots=True)
class CutoffSet:
    """Borders that belong together, and who proposed them.

    Attributes
    ----------
    name : str
        "customary" or "strict", the key in ``CUTOFFS``.
    source : str
        Who proposed the borders.
    borders : tuple of Border
        One an index: its ``name``, the ``side`` on which it may not be passed ("min" or "max") and the
        ``limit``.

    Examples
    --------
    >>> from umkm_stats.sem import CUTOFFS
    >>> {border.name: border.limit for border in CUTOFFS["customary"].borders}
    {'cmin_df': 2.0, 'gfi': 0.9, 'agfi': 0.9, 'cfi': 0.9, 'tli': 0.9, 'rmsea': 0.08, 'srmr': 0.08}
    """

    name: str
    source: str
    borders: tuple[Border, ...]

    def border(self, name: str) -> Border:
        """The border of an index.

        Parameters
        ----------
        name : str
            The index as ``Fit.indices`` names it, such as "cfi".

        Returns
        -------
        Border
            With ``name``, ``side`` ("min" or "max") and ``limit``.

        Raises
        ------
        KeyError
            The set has no border of that index.

        Examples
        --------
        >>> from umkm_stats.sem import CUTOFFS
        >>> CUTOFFS["strict"].border("cfi").limit
        0.95
        """
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
    """A set of borders by its name.

    Parameters
    ----------
    given : CutoffSet or str
        A set, which comes back as it is, or the name of one, "customary" or "strict".

    Returns
    -------
    CutoffSet
        The set.

    Raises
    ------
    UsageError
        GEN001 (an unknown name).

    Examples
    --------
    >>> from umkm_stats.sem import cutoffs_of
    >>> cutoffs_of("strict").border("rmsea").limit
    0.06
    """
    return given if isinstance(given, CutoffSet) else CUTOFFS[options.one_of("cutoffs", given, CutoffName)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One index against its border.

    Attributes
    ----------
    name : str
        The index.
    side : {"min", "max"}
        "min" or "max".
    limit : float
        The border.
    value : float
        Of the index.
    met : bool or None
        None when there is no value or no degree of freedom.
    decides : bool
        Whether the index is one of CFI, TLI, RMSEA and SRMR.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.sem import headline
    >>> found = {judged.name: judged.met for judged in headline(examples.fit()).judged()}
    >>> found["cfi"], found["srmr"]
    (True, True)
    """

    name: str
    side: Literal["min", "max"]
    limit: float
    value: float
    met: bool | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """The indices that decide for a fit.

    Attributes
    ----------
    kind : {"plain", "scaled"}
        "scaled" when the test of the estimator is a corrected one (MLM, MLR, MLMV, WLSM, WLSMV, ULSM, ULSMV,
        …): χ², p, CFI, TLI, RMSEA and the RMSEA interval are then all of the scaled χ²; "plain" otherwise.
    chisq, df, p : float
        Test of the model.
    cfi, tli : float
        Comparative fit indices, at best 1.
    rmsea, rmsea_low, rmsea_high : float
        Error of approximation and its 90 % limits.
    srmr, gfi, agfi : float
        They compare moments and have no scaled form.
    robust : mapping of str to float
        Cfi tli rmsea rmsea_low rmsea_high after Brosseau-Liard & Savalei (2014), Savalei (2021) and Zhang &
        Savalei (2023), where the fit has them; shown beside, they do not decide.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.sem import headline
    >>> found = headline(examples.fit())
    >>> found.kind, round(found.srmr, 3), found.verdict()
    ('plain', 0.032, 'adequate')
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
        """χ² over its degrees of freedom.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import headline
        >>> round(headline(examples.fit()).cmin_df, 3)
        0.833
        """
        return self.chisq / self.df if self.df > 0 else math.nan

    def row(self) -> dict[str, float]:
        """The indices as the frames of results name them.

        Returns
        -------
        dict of str to float
            Chisq df pvalue cfi tli rmsea rmsea_ci_low rmsea_ci_high srmr.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import headline
        >>> list(headline(examples.fit()).row())
        ['chisq', 'df', 'pvalue', 'cfi', 'tli', 'rmsea', 'rmsea_ci_low', 'rmsea_ci_high', 'srmr']
        """
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
        """Every border of a set beside the value.

        Parameters
        ----------
        cutoffs : CutoffSet or str, default "customary"
            A set, or its name "customary" or "strict".

        Returns
        -------
        tuple of Judged
            Each with ``name``, ``side``, ``limit``, ``value``, ``met`` (None without a value or a degree of
            freedom) and ``decides``.

        Raises
        ------
        UsageError
            GEN001 (an unknown set).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import headline
        >>> [judged.met for judged in headline(examples.fit()).judged("strict")]
        [True, True, True, True, True, True, True]
        """
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
        """Names of the deciding indices beyond their border.

        Parameters
        ----------
        cutoffs : CutoffSet or str, default "customary"
            A set, or its name "customary" or "strict".

        Returns
        -------
        tuple of str
            Any of cfi, tli, rmsea, srmr.

        Raises
        ------
        UsageError
            GEN001 (an unknown set).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import headline
        >>> headline(examples.fit()).missed("strict")
        ()
        """
        return tuple(entry.name for entry in self.judged(cutoffs) if entry.decides and entry.met is False)

    def verdict(self, cutoffs: CutoffSet | str = "customary") -> Verdict:
        """What the four deciding indices CFI, TLI, RMSEA and SRMR say together.

        Parameters
        ----------
        cutoffs : CutoffSet or str, default "customary"
            A set, or its name "customary" or "strict".

        Returns
        -------
        str
            "adequate" when at least three of the four keep their border, else "poor"; "saturated" without
            degrees of freedom; "unavailable" when fewer than three have a value.

        Raises
        ------
        UsageError
            GEN001 (an unknown set).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.sem import headline
        >>> headline(examples.fit()).verdict("strict")
        'adequate'
        """
        if self.df == 0:
            return "saturated"
        held = [entry.met for entry in self.judged(cutoffs) if entry.decides and entry.met is not None]
        if len(held) < ENOUGH:
            return "unavailable"
        return "adequate" if sum(held) >= ENOUGH else "poor"


def headline(source: Any) -> Headline:
    """The deciding indices of a fit.

    Parameters
    ----------
    source : Fit, result with a ``fit``, or mapping of str to float
        Where the indices are read: a fit, a result that carries one, or indices by the names of
        ``Fit.indices``.

    Returns
    -------
    Headline
        χ², CFI, TLI, RMSEA, SRMR, GFI and AGFI, scaled where the estimator's test is.

    Examples
    --------
    >>> from umkm_stats.sem import headline
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
