"""Reliability of scales: one row a scale, with what a student must know beside the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import options
from umkm_stats.kernels.measurement import items as item_kernels
from umkm_stats.kernels.measurement import scale_reliability as kernel
from umkm_stats.kernels.measurement.efa_one import OneFactor, one_factor
from umkm_stats.measurement._answers import Answers, Floats, Scales, answers, check_scales, constant
from umkm_stats.measurement._ordinal import ordinal_reliability
from umkm_stats.measurement._outcome import Outcome
from umkm_stats.measurement._resample import HALF, constant_notes, ledger_lines, scale_draws, shares
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.figures import Picture

Deletion = Literal["listwise", "pairwise"]
NEAR_ZERO = 0.2  # an α below this is explained in words, as a negative one is

COLUMNS = (
    "scale",
    "n",
    "k",
    "alpha",
    "alpha_low",
    "alpha_high",
    "alpha_std",
    "mean_r",
    "lambda6",
    "lambda4",
    "beta",
    "split_half",
    "omega_total",
    "ave",
    "cr_std",
    "cr_raw",
    "ave_raw",
    "max_rho",
)
ORDINAL = ("alpha_ordinal", "omega_ordinal")
DRAWN = ("omega_low", "omega_high", "ave_low", "ave_high", "cr_std_low", "cr_std_high", "draws_used")


@dataclass(frozen=True, eq=False)
class Reliability(Outcome):
    """Reliability of each scale: what ``umkm_stats.reliability`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Scale n k alpha alpha_low alpha_high (Feldt) alpha_std mean_r lambda6 lambda4 beta split_half
        omega_total ave cr_std cr_raw ave_raw max_rho, one row a scale; see ``reliability`` for each, and for
        the columns of ordered answers and of draws.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What could not be given and why.
    seed : int or None
        Of the draws; None without.
    items : pandas.DataFrame
        Scale item n item_rest alpha_without loading (standardised, one factor), one row an item.
    missing : str
        "listwise" or "pairwise".
    level : float
        Of the intervals.
    ledger : dict of str to dict of str to int
        Scale → draws requested, converged, failed, inadmissible; empty without draws.

    Examples
    --------
    >>> from umkm_stats import examples, reliability
    >>> found = reliability(examples.answers(), scales=examples.SCALES)
    >>> found.tidy().set_index("scale")[["alpha", "omega_total", "ave"]].round(3).loc["OI"].to_dict()
    {'alpha': 0.8, 'omega_total': 0.803, 'ave': 0.579}
    """

    items: pd.DataFrame
    missing: str
    level: float
    ledger: dict[str, dict[str, int]]

    TITLE: ClassVar[str] = "measurement.reliability.title"
    PARTS: ClassVar[tuple[str, ...]] = ("items", "missing", "level", "ledger")

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns scales, items, alpha_min, alpha_max, n.

        Examples
        --------
        >>> from umkm_stats import examples, reliability
        >>> reliability(examples.answers(), scales=examples.SCALES).glance().round(3).to_dict("records")
        [{'scales': 3, 'items': 9, 'alpha_min': 0.755, 'alpha_max': 0.8, 'n': 200}]
        """
        alpha = self.table["alpha"].dropna()
        low, high = (alpha.min(), alpha.max()) if len(alpha) else (np.nan, np.nan)
        used = self.sample.used if self.sample else np.nan
        return pd.DataFrame(
            [
                {
                    "scales": len(self.table),
                    "items": len(self.items),
                    "alpha_min": low,
                    "alpha_max": high,
                    "n": used,
                }
                | shares(self._all_draws())
            ]
        )

    def lines(self, lang: str) -> list[str]:
        """One line a scale.

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
        >>> from umkm_stats import examples, reliability
        >>> reliability(examples.answers(), scales=examples.SCALES).lines("en")[1]
        'OI     200  3      0.800         0.747    0.844    0.803    0.804  0.579'
        """
        from umkm_stats.measurement._outcome import table_lines

        shown = ("scale", "n", "k", "alpha", "alpha_low", "alpha_high", "omega_total", "cr_std", "ave")
        return [*ledger_lines(self._all_draws(), lang), *table_lines(self.table, lang, names=shown)]

    def plot(self, kind: str = "scales", *, lang: str = "en") -> Picture:
        """A picture of the result as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : {"scales", "items"}, default "scales"
            "scales": Cronbach's α with its limits and McDonald's ω (with limits when draws were asked for) of
            every scale, beside .70. "items": the corrected item–total correlation of every item, beside .30,
            and α without the item, beside α of its scale.
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

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import reliability
        >>> rng = np.random.default_rng(4)
        >>> factors = rng.normal(size=(200, 2)) + rng.normal(size=(200, 1))
        >>> answers = np.repeat(factors, 3, axis=1) + rng.normal(size=(200, 6))
        >>> data = pd.DataFrame(answers, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
        >>> scales = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}
        >>> picture = reliability(data, scales=scales).plot("items")
        >>> picture.axes[0].get_xlabel()
        'Corrected item–total correlation'
        """
        from umkm_stats.measurement._plots import of_reliability

        return of_reliability(self, kind, lang)

    def _all_draws(self) -> dict[str, int]:
        """The ledgers of all scales together; empty without draws."""
        if not self.ledger:
            return {}
        return {
            key: sum(counted[key] for counted in self.ledger.values())
            for key in ("requested", "converged", "failed", "inadmissible")
        }


def reliability(
    items: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    missing: Deletion = "listwise",
    level: float = 0.95,
    ordinal: bool = False,
    draws: int = 0,
    seed: int | None = None,
) -> Reliability:
    """Reliability of every scale.

    What a scale cannot give is NaN with a note that names row, column and reason: one item, a constant item,
    two items, no complete rows, a negative α.

    Parameters
    ----------
    items : Responses or pandas.DataFrame
        Answers (rows × items, already scored in one direction, NaN missing) or a ``Responses``.
    scales : mapping of str to sequence of str, optional
        Scale → item codes; the instrument's reflective scales when ``items`` is a ``Responses`` and None.
    missing : {"listwise", "pairwise"}, default "listwise"
        Rows with a missing answer *in that scale* leave it ("listwise"); "pairwise" takes each covariance
        from the rows that have both answers (α and what follows from covariances only). ``n`` counts after
        deletion; under "pairwise" it is the smallest pairwise count.
    level : float, default 0.95
        Of the intervals.
    ordinal : bool, default False
        Also treat the answers as ordered categories: alpha_ordinal (standardised α of the polychoric
        correlations: the reliability of latent responses, not of the sum) and omega_ordinal (of the sum of
        the answers, Green & Yang 2009, one factor by DWLS).
    draws : int, default 0
        Bootstrap draws (rows of the scale) for percentile limits of ω, CR and AVE; 0 gives none.
    seed : int, optional
        Of the draws; None draws one, and the result keeps it.

    Returns
    -------
    Reliability
        ``tidy()`` has one row a scale: scale n k alpha alpha_low alpha_high (Feldt) alpha_std mean_r lambda6
        lambda4 and beta (highest and lowest split into halves) split_half (odd–even, Spearman–Brown or Horst)
        omega_total ((Σλ)²φ/1′S1, one-factor ML, observed S) ave and cr_std (standardised loadings) cr_raw and
        ave_raw (the items' own units, model-implied variance) max_rho; with ``ordinal`` also alpha_ordinal
        omega_ordinal; with draws also omega_low omega_high ave_low ave_high cr_std_low cr_std_high
        draws_used.

    Raises
    ------
    UsageError
        MEA001–MEA003, MEA005–MEA007.
    UmkmError
        MEA004.

    Examples
    --------
    >>> from umkm_stats import examples, reliability
    >>> found = reliability(examples.answers(), scales=examples.SCALES)
    >>> found.tidy()[["scale", "alpha", "omega_total"]].round(3).to_dict("records")[0]
    {'scale': 'OI', 'alpha': 0.8, 'omega_total': 0.803}
    """
    options.one_of("missing", missing, Deletion)
    options.share("level", level)
    options.whole("draws", draws, low=0)
    given = check_scales(items, scales)
    held = answers(items, items=[code for members in given.values() for code in members])
    notes: list[Note] = []
    rows, item_rows = [], []
    ledger: dict[str, dict[str, int]] = {}
    if draws:
        from umkm_stats.kernels import draws as draw_kernel

        seed = draw_kernel.new_seed() if seed is None else seed
    used = np.zeros(len(held.frame), dtype=bool)
    for name, members in given.items():
        values = held.frame[members].to_numpy()
        whole = np.isfinite(values).all(axis=1)
        used |= whole if missing == "listwise" else np.isfinite(values).any(axis=1)
        row, extra, factor = _scale(name, members, values, missing, level, notes)
        if ordinal:
            row |= ordinal_reliability(name, members, values[whole], notes)
        if draws:
            row |= dict.fromkeys(DRAWN, float("nan"))
            if factor is not None and missing == "listwise":
                limits, counted = scale_draws(
                    values[whole], factor, draws=draws, seed=int(seed or 0), level=level
                )
                row |= limits
                ledger[name] = counted
                notes += constant_notes(values[whole], members, draws=draws, seed=int(seed or 0), row=name)
                if counted["converged"] < HALF * draws:
                    told = {"what": f"{name}: ω, CR, AVE", "used": counted["converged"], "requested": draws}
                    notes.append(Note("MEA223", told, row=name, column="omega_low"))
                elif counted["failed"]:
                    notes.append(Note("MEA118", {"scale": name, **counted}, row=name, column="omega_low"))
            else:
                notes.append(Note("MEA117", {"scale": name}, row=name, column="omega_low"))
        rows.append(row)
        item_rows += extra
    notes += _directions(held, given)
    order = [*COLUMNS, *(ORDINAL if ordinal else ()), *(DRAWN if draws else ())]
    table = pd.DataFrame(rows, columns=order)
    return Reliability(
        table=table,
        sample=held.sample(int(used.sum())),
        notes=tuple(notes),
        seed=seed if draws else None,
        items=pd.DataFrame(
            item_rows, columns=["scale", "item", "n", "item_rest", "alpha_without", "loading"]
        ),
        missing=missing,
        level=level,
        ledger=ledger,
    )


def _moments(values: Floats, missing: str) -> tuple[Floats, int]:
    """Covariance matrix (divisor n − 1) and the count behind it."""
    if missing == "listwise":
        whole = values[np.isfinite(values).all(axis=1)]
        n = whole.shape[0]
        return (
            np.cov(whole, rowvar=False).reshape(values.shape[1], -1)
            if n > 1
            else np.full((values.shape[1],) * 2, np.nan)
        ), n
    seen = np.isfinite(values).astype(np.int64)
    n = int((seen.T @ seen).min())
    if n < 2:
        return np.full((values.shape[1],) * 2, np.nan), n
    return pd.DataFrame(values).cov().to_numpy(dtype=np.float64), n


def _scale(
    name: str, members: list[str], values: Floats, missing: str, level: float, notes: list[Note]
) -> tuple[dict[str, Any], list[dict[str, Any]], OneFactor | None]:
    """The row of a scale, the rows of its items, and its one-factor solution when there is one."""
    k = len(members)
    cov, n = _moments(values, missing)
    row: dict[str, Any] = {**dict.fromkeys(COLUMNS, float("nan")), "scale": name, "n": n, "k": k}
    blank = [
        {"scale": name, "item": code, "n": n, "item_rest": np.nan, "alpha_without": np.nan, "loading": np.nan}
        for code in members
    ]
    if n < 2 or not np.isfinite(cov).all():
        notes.append(Note("MEA101", {"scale": name, "rows": len(values)}, row=name, column="alpha"))
        return row, blank, None
    if k == 1:
        notes.append(Note("MEA102", {"scale": name, "item": members[0]}, row=name, column="alpha"))
        return row, blank, None
    if n <= k:
        notes.append(Note("MEA103", {"scale": name, "n": n, "k": k}, row=name))
    flat = [code for code, variance in zip(members, np.diag(cov), strict=True) if variance <= 0]
    if cov.sum() <= 0:
        notes.append(Note("MEA105", {"scale": name, "items": flat or members}, row=name, column="alpha"))
        return row, blank, None
    value = float(kernel.alpha(cov))
    row["alpha"] = value
    row["alpha_low"], row["alpha_high"] = kernel.alpha_interval(value, n, k, level)
    totals = item_kernels.item_totals(cov)
    extra = [
        {
            "scale": name,
            "item": code,
            "n": n,
            "item_rest": totals.item_rest[i],
            "alpha_without": totals.alpha_without[i],
            "loading": np.nan,
        }
        for i, code in enumerate(members)
    ]
    halves = kernel.split_half(cov)
    row |= {"split_half": halves.spearman_brown, "lambda4": halves.highest, "beta": halves.lowest}
    if k > kernel.MAX_SPLIT_ITEMS:
        notes.append(
            Note(
                "MEA116", {"scale": name, "k": k, "most": kernel.MAX_SPLIT_ITEMS}, row=name, column="lambda4"
            )
        )
    factor = None
    if flat:
        notes.append(Note("MEA104", {"scale": name, "items": flat, "n": n}, row=name, column="omega_total"))
    else:
        row["alpha_std"] = float(kernel.standardised_alpha(cov))
        corr = kernel.correlations(cov)
        row["mean_r"] = float(corr[~np.eye(k, dtype=bool)].mean())
        row["lambda6"] = kernel.guttman_l6(cov)
        if np.isnan(row["lambda6"]):
            notes.append(Note("MEA106", {"scale": name, "n": n, "k": k}, row=name, column="lambda6"))
        factor = _factor(name, members, cov, row, extra, notes)
    _explain(name, members, value, totals, k, notes)
    return row, extra, factor


def _factor(
    name: str,
    members: list[str],
    cov: Floats,
    row: dict[str, Any],
    extra: list[dict[str, Any]],
    notes: list[Note],
) -> OneFactor | None:
    """ω, CR, AVE and loadings from the one-factor model, or the note that says why not."""
    found = one_factor(cov[None])
    if not found.converged[0]:
        notes.append(Note("MEA107", {"scale": name}, row=name, column="omega_total"))
        return None
    lam, std = found.loadings[0], found.std_loadings[0]
    row["omega_total"] = float(kernel.omega_total(lam, cov))
    row["ave"] = float(kernel.average_variance(std, 1 - std**2))
    row["cr_std"] = float(kernel.composite(std, 1 - std**2))
    row["cr_raw"] = float(kernel.composite(lam, found.unique[0]))
    row["ave_raw"] = float(kernel.average_variance(lam, found.unique[0]))
    row["max_rho"] = float(kernel.maximal(lam, found.unique[0]))
    for entry, loading in zip(extra, std, strict=True):
        entry["loading"] = float(loading)
    heywood = [code for code, loading in zip(members, std, strict=True) if abs(loading) >= 1]
    if heywood:
        notes.append(Note("MEA108", {"scale": name, "items": heywood}, row=name, column="max_rho"))
    if len(members) == 2:
        notes.append(Note("MEA109", {"scale": name, "items": members}, row=name, column="omega_total"))
    negative = [code for code, loading in zip(members, std, strict=True) if loading < 0]
    if negative:
        notes.append(Note("MEA110", {"scale": name, "items": negative}, row=name, column="omega_total"))
    return found


def _explain(
    name: str, members: list[str], value: float, totals: item_kernels.ItemTotals, k: int, notes: list[Note]
) -> None:
    """Words for a negative or near-zero α and for items that run against their scale."""
    against = [code for code, r in zip(members, totals.item_rest, strict=True) if np.isfinite(r) and r < 0]
    if value < NEAR_ZERO:
        code = "MEA111" if value < 0 else "MEA112"
        if not against:
            code = "MEA113"
        notes.append(
            Note(code, {"scale": name, "alpha": value, "items": against, "k": k}, row=name, column="alpha")
        )
    elif against:
        for item in against:
            r = float(totals.item_rest[members.index(item)])
            notes.append(Note("MEA114", {"scale": name, "item": item, "r": r}, row=name, column="alpha"))


def _directions(held: Answers, given: Scales) -> list[Note]:
    """A scale all of whose items run against the other scales: α cannot show it when all are reversed
    wrongly."""
    if len(given) < 3:
        return []
    scores = pd.DataFrame(
        {name: held.frame[members].mean(axis=1, skipna=False) for name, members in given.items()}
    )
    values = scores.to_numpy()
    values = values[np.isfinite(values).all(axis=1)]
    if values.shape[0] < 10 or constant(values).any():
        return []
    corr = np.corrcoef(values, rowvar=False)
    border = item_kernels.r_table(values.shape[0])
    notes = []
    for i, name in enumerate(given):
        others = np.delete(corr[i], i)
        shared = [set(given[name]) & set(members) for other, members in given.items() if other != name]
        if not any(shared) and np.all(others < -border):
            notes.append(Note("MEA115", {"scale": name, "r": float(others.mean())}, row=name))
    return notes
