"""Convergent and discriminant validity of a fitted measurement model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import options
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.measurement._model import GENERAL, WORDING, parts_of
from umkm_stats.measurement._outcome import Outcome, rows_of, table_lines
from umkm_stats.measurement._resample import ledger_lines, shares
from umkm_stats.measurement._validity_draws import correlation_tests, intervals
from umkm_stats.measurement._validity_tables import (
    AVE_LEAST,
    CR_LEAST,
    HIGHER,
    cross,
    green_yang,
    higher,
    keyed,
    measures,
    tables,
    unknown_tables,
)
from umkm_stats.results import Note, idle
from umkm_stats.sem import Fit

if TYPE_CHECKING:
    from umkm_stats.figures import Picture


@dataclass(frozen=True, eq=False)
class Validity(Outcome):
    """Convergent and discriminant validity: what ``umkm_stats.validity`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Construct k ave ave_raw cr_std cr_raw omega_total max_rho sqrt_ave max_r fornell_larcker convergent,
        one row a construct; see ``validity`` for each, and for the columns of draws.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What could not be given and why.
    seed : int or None
        Of the draws; None without.
    pairs : pandas.DataFrame
        Construct other r r_low r_high htmt htmt2 fornell_larcker problem htmt_signed problem_htmt; with draws
        also htmt_low htmt_high htmt2_low htmt2_high below_085 below_090 below_1; with tests chisq_diff df p
        cut.
    cross_loadings : pandas.DataFrame
        Item factor loading (correlation of the item with the factor) own.
    higher : pandas.DataFrame
        Factor ave cr_std (of the first-order factors as its indicators) omega_l1 omega_l2 omega_partial of
        second-order factors, omega_hierarchical of a general factor.
    level : float
        Of the intervals.
    ledger : dict of str to int
        Draws requested, converged, inadmissible, failed.

    Examples
    --------
    >>> from umkm_stats import examples, validity
    >>> found = validity(examples.cfa())
    >>> found.tidy().set_index("construct")[["ave", "cr_std"]].round(3).loc["OI"].to_dict()
    {'ave': 0.579, 'cr_std': 0.804}
    """

    pairs: pd.DataFrame
    cross_loadings: pd.DataFrame
    higher: pd.DataFrame
    level: float
    ledger: dict[str, int]

    TITLE: ClassVar[str] = "measurement.validity.title"
    PARTS: ClassVar[tuple[str, ...]] = ("pairs", "cross_loadings", "higher", "level", "ledger")

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns constructs, ave_min, cr_min, htmt_max, r_max, n.

        Examples
        --------
        >>> from umkm_stats import examples, validity
        >>> validity(examples.cfa()).glance().round(3).to_dict("records")
        [{'constructs': 3, 'ave_min': 0.509, 'cr_min': 0.755, 'htmt_max': 0.577, 'r_max': 0.605, 'n': 200}]
        """
        row = {
            "constructs": len(self.table),
            "ave_min": self.table["ave"].min(),
            "cr_min": self.table["cr_std"].min(),
        }
        row |= {"htmt_max": self.pairs["htmt"].max(), "r_max": self.pairs["r"].abs().max()}
        row |= {"n": self.sample.used if self.sample else np.nan}
        return pd.DataFrame([row | shares(self.ledger)])

    def lines(self, lang: str) -> list[str]:
        """The two tables as lines.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> from umkm_stats import examples, validity
        >>> print(validity(examples.cfa()).lines("en")[1])
        OI         3      0.804  0.579  0.761  0.507        yes
        """
        names = ["construct", "other", "r", "r_low", "r_high", "problem"]
        names += ["htmt", "htmt_low", "htmt_high", "problem_htmt"]
        first = table_lines(
            self.table,
            lang,
            names=("construct", "k", "cr_std", "ave", "sqrt_ave", "max_r", "fornell_larcker"),
        )
        return [*ledger_lines(self.ledger, lang), *first, "", *table_lines(self.pairs, lang, names=names)]

    def plot(self, kind: str = "htmt", *, lang: str = "en") -> Picture:
        """A picture of the result as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : {"htmt", "fornell_larcker", "pairs", "constructs", "cross_loadings"}, default "htmt"
            "htmt": the HTMT matrix, ratios from .85 framed. "fornell_larcker": factor correlations with √AVE
            on the diagonal. "pairs": factor correlation and HTMT of every pair with their limits (HTMT's when
            draws were asked for). "constructs": AVE and composite reliability, with limits when draws were
            asked for, beside .50 and .70. "cross_loadings": correlations of the items with all factors.
        lang : {"en", "id"}, default "en"
            Language of the words and of the decimal mark.

        Returns
        -------
        matplotlib.figure.Figure
            ``savefig("picture.png", dpi=300)`` writes it.

        Raises
        ------
        UsageError
            GEN001 or GEN002 for a kind or language that is not known; the message lists those that are.
        UmkmError
            MEA220 when the search did not converge, MEA290 for pairs of a model of one construct.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import cfa, validity
        >>> rng = np.random.default_rng(4)
        >>> factors = rng.normal(size=(200, 2)) + rng.normal(size=(200, 1))
        >>> answers = np.repeat(factors, 3, axis=1) + rng.normal(size=(200, 6))
        >>> data = pd.DataFrame(answers, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
        >>> scales = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}
        >>> picture = validity(cfa(data, scales=scales, compare=())).plot("fornell_larcker")
        >>> [label.get_text() for label in picture.axes[0].get_yticklabels()]
        ['A', 'B']
        """
        from umkm_stats.measurement._plots import of_validity

        return of_validity(self, kind, lang)

    def matrix(self, number: str = "htmt") -> pd.DataFrame:
        """Constructs × constructs of one column of ``pairs``.

        Parameters
        ----------
        number : str, default "htmt"
            The column; with "r", √AVE stands on the diagonal (the Fornell–Larcker table).

        Returns
        -------
        pandas.DataFrame
            (constructs, constructs).

        Examples
        --------
        >>> from umkm_stats import examples, validity
        >>> validity(examples.cfa()).matrix("r").round(2).loc["BP"].to_dict()
        {'OI': 0.43, 'IP': 0.61, 'BP': 0.71}
        """
        names = list(self.table["construct"])
        out = pd.DataFrame(np.nan, index=names, columns=names)
        for row in rows_of(self.pairs):
            out.loc[row.construct, row.other] = out.loc[row.other, row.construct] = float(
                getattr(row, number)
            )
        diagonal = self.table["sqrt_ave"].to_numpy() if number == "r" else np.ones(len(names))
        for name, value in zip(names, diagonal, strict=True):
            out.loc[name, name] = float(value)
        return out


def validity(
    fit: Any,
    *,
    draws: int = 0,
    seed: int | None = None,
    level: float = 0.95,
    tests: bool = False,
    cut: float = 1.0,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Validity:
    """Convergent and discriminant validity of a measurement model.

    Parameters
    ----------
    fit : Fit or Cfa
        A ``Fit`` or a ``Cfa`` of one group, with at least one factor of two or more items.
    draws : int, default 0
        Full refits (ordinary case draws) for percentile limits of AVE, CR, ω and, on the same draws, of HTMT
        and HTMT2; 0 gives none. Limits are given when at least half of the draws could be used, the verdicts
        ``below_…`` when nine in ten could; the shares that failed and were inadmissible stand in ``glance``
        and ``summary``.
    seed : int, optional
        Of the draws; None draws one, and the result keeps it.
    level : float, default 0.95
        Of the intervals.
    tests : bool, default False
        Also refit with each factor correlation held at ``cut`` (with the sign it has) and compare χ² (Rönkkö
        & Cho).
    cut : float, default 1.0
        The correlation of these tests.
    workers : int, default 1
        As in ``Fit.bootstrap``.
    progress : callable, optional
        Called with (draws done, all); a draw counts once for HTMT and once for the refit.

    Returns
    -------
    Validity
        ``tidy()``: construct k ave cr_std (standardised loadings) ave_raw (own units, observed item
        variances, semTools' ``AVE``) cr_raw (own units, model-implied variance) omega_total (observed
        variance, semTools' ``compRelSEM``; of the latent responses when ordinal, and then omega_ordinal, the
        reliability of the sum of the answers by Green and Yang) max_rho sqrt_ave max_r fornell_larcker
        convergent (AVE ≥ .50 and CR ≥ .70); with draws also ave_low ave_high cr_std_low cr_std_high omega_low
        omega_high. Of a model that did not converge every number is NaN and every verdict None (note MEA220).

    Raises
    ------
    UsageError
        MEA016 (several groups), MEA017 (no such factor), GEN001–GEN004.

    Notes
    -----
    In ``pairs`` ``htmt`` and ``htmt2`` take absolute correlations within and between constructs (semTools'
    and SmartPLS' default), ``htmt_signed`` the correlations as they are; ``problem`` grades the limit of the
    factor correlation that is farther from zero as Rönkkö & Cho (2022,
    https://doi.org/10.1177/1094428120968614): none below .80, marginal below .90, moderate below 1, severe
    from 1; ``problem_htmt`` grades HTMT itself: none below .85, marginal below .90, moderate below 1, severe
    from 1; both say "keying" instead of none where items of a construct run against each other. below_085,
    below_090 and below_1 say whether the upper limit of HTMT lies below that value.

    Examples
    --------
    >>> from umkm_stats import examples, validity
    >>> found = validity(examples.cfa())
    >>> found.pairs[["construct", "other", "htmt", "problem"]].round(3).to_dict("records")[0]
    {'construct': 'OI', 'other': 'IP', 'htmt': 0.529, 'problem': 'none'}
    """
    options.share("level", level)
    options.whole("draws", draws, low=0)
    without = idle(("cut", cut, cut != 1.0 and not tests, "tests"))
    found: Fit = getattr(fit, "fit", fit)
    parts = parts_of(found)
    if not found.converged:
        table, pairs = unknown_tables(parts, drawn=bool(draws), tested=tests)
        return Validity(
            table=table,
            sample=found.sample,
            notes=(Note("MEA220"), *without),
            seed=None,
            pairs=pairs,
            cross_loadings=pd.DataFrame(columns=["item", "factor", "loading", "own"]),
            higher=pd.DataFrame(columns=list(HIGHER)),
            level=level,
            ledger={},
        )
    notes: list[Note] = [*without]
    point = measures(parts, found.params[None], parts.cov[None])
    corr = reliability_kernel.correlations(parts.cov[None])
    lam, phi, sigma = parts.implied(found.params[None])
    table, pairs = tables(parts, point, phi[0], corr[0], level)
    if parts.ordinal.any():
        table.insert(
            list(table.columns).index("max_rho"),
            "omega_ordinal",
            green_yang(parts, parts.pattern(found.params[None])[0], phi[0]),
        )
    ledger: dict[str, int] = {}
    if draws:
        seed = draw_kernel.new_seed() if seed is None else seed
        ledger = intervals(parts, table, pairs, draws, seed, level, workers, notes, progress)
    if tests:
        correlation_tests(parts, pairs, cut, notes)
    turned = keyed(parts, corr[0])
    if turned:
        table["convergent"] = table["convergent"].astype(object)
        table.loc[table["construct"].isin(list(turned)), "convergent"] = None
    remarks = _remarks(table, pairs, turned)
    notes = [*remarks, *notes] if turned else [*notes, *remarks]
    return Validity(
        table=table,
        sample=found.sample,
        notes=tuple(notes),
        seed=seed if draws else None,
        pairs=pairs,
        cross_loadings=cross(parts, lam[0], phi[0], sigma[0]),
        higher=higher(parts),
        level=level,
        ledger=ledger,
    )


def _remarks(table: pd.DataFrame, pairs: pd.DataFrame, turned: Mapping[str, Sequence[str]]) -> list[Note]:
    """Keying first: where items run against their construct, its AVE and CR are not judged."""
    notes: list[Note] = [
        Note("MEA225", {"construct": name, "items": list(items)}, row=name, column="problem")
        for name, items in turned.items()
    ]
    real = table[~table["construct"].isin((WORDING, GENERAL, *turned))]
    for row in rows_of(real):
        if np.isfinite(row.ave) and row.ave < AVE_LEAST:
            code = "MEA147" if row.cr_std >= CR_LEAST else "MEA148"
            notes.append(
                Note(
                    code,
                    {"construct": row.construct, "ave": row.ave, "cr": row.cr_std},
                    row=str(row.construct),
                    column="ave",
                )
            )
        if not np.isfinite(row.ave):
            notes.append(Note("MEA149", {"construct": row.construct}, row=str(row.construct), column="ave"))
    for row in rows_of(pairs):
        pair = f"{row.construct}–{row.other}"
        if row.fornell_larcker is False:
            notes.append(
                Note(
                    "MEA150",
                    {"construct": row.construct, "other": row.other, "r": row.r},
                    row=pair,
                    column="fornell_larcker",
                )
            )
        if not np.isfinite(row.htmt):
            notes.append(
                Note("MEA151", {"construct": row.construct, "other": row.other}, row=pair, column="htmt")
            )
        if not np.isfinite(row.r_low):
            notes.append(
                Note("MEA156", {"construct": row.construct, "other": row.other}, row=pair, column="r_low")
            )
        if row.problem_htmt in ("moderate", "severe"):
            notes.append(
                Note(
                    "MEA226",
                    {"construct": row.construct, "other": row.other, "htmt": row.htmt},
                    row=pair,
                    column="problem_htmt",
                )
            )
        if row.problem in ("moderate", "severe"):
            notes.append(
                Note(
                    "MEA155",
                    {"construct": row.construct, "other": row.other, "low": row.r_low, "high": row.r_high},
                    row=pair,
                    column="problem",
                )
            )
    return notes
