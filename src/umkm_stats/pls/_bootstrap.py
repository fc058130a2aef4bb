"""The bootstrap of a PLS model: draws, what became of them, and the table that SmartPLS prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.intervals import several
from umkm_stats.options import one_of, share, whole
from umkm_stats.pls._layout import Entry, What, layout
from umkm_stats.pls._runs import Batch, Job, Progress, joined, leave_one_out, of_rows, row_numbers, seeded
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._pls import Pls

Floats = NDArray[np.float64]
WHAT = ("paths", "loadings", "htmt", "indirect")
INTERVALS = ("percentile", "bc", "bca")
OFFERED = (*INTERVALS, "basic")
COLUMNS = ("kind", "name", "lhs", "rhs", "est", "mean", "se", "t", "p", "method", "ci_low", "ci_high")
FEW = 1000  # draws below which limits are not for print


@dataclass(frozen=True, eq=False)
class PlsDraws:
    """Bootstrap draws of a PLS model: what ``Pls.bootstrap`` returns.

    Attributes
    ----------
    model : Pls
        The model that was drawn from.
    entries : tuple of Entry
        What each kept number is: kind, name, lhs, rhs, way.
    point : array of float
        (numbers,) estimates of the sample.
    batch : Batch
        The draws and how each ended.
    job : Job
        What was drawn, for the jackknife.
    seed : int or None
        Of the draws; None when rows were given.
    signs : str
        "none", "individual" or "construct".
    level : float
        Of the intervals.
    notes : tuple of Note
        What a reader must know.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls_draws().tidy()[["name", "est", "se", "t"]].round(3).to_dict("records")[0]
    {'name': 'IP~OI', 'est': 0.423, 'se': 0.058, 't': 7.273}
    """

    model: Pls
    entries: tuple[Entry, ...]
    point: Floats
    batch: Batch
    job: Job
    seed: int | None
    signs: str
    level: float
    notes: tuple[Note, ...]

    def __len__(self) -> int:
        return len(self.batch.values)

    def __getitem__(self, name: str) -> Any:
        """One column of ``estimates``."""
        return self.estimates[name]

    @property
    def sample(self) -> SampleUsed:
        """Rows read and used.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().sample.used
        200
        """
        return self.model.sample

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of ``estimates``.

        ``Y~X``, ``X=~x1``, ``w:X:x1``, ``ind:X->M->Y``, ``tot:X->Y``, ``htmt:X:Y``, ``r2:Y``, ``f2:Y~X``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().names[-2:]
        ('ind:OI->IP->BP', 'ind:OI->BP')
        """
        return tuple(entry.name for entry in self.entries)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """The numbers of every draw.

        Returns
        -------
        pandas.DataFrame
            (draws, numbers); row i is draw i, NaN where it failed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().estimates.shape
        (100, 17)
        """
        import pandas as pd

        return pd.DataFrame(self.batch.values, columns=list(self.names))

    @property
    def used(self) -> int:
        """Draws whose weights converged.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().used
        100
        """
        return int(self.batch.converged.sum())

    @cached_property
    def flips(self) -> pd.DataFrame:
        """Draws in which a construct's loadings mirror those of the sample.

        Returns
        -------
        pandas.DataFrame
            Columns construct draws share.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().flips.to_dict("records")[0]
        {'construct': 'OI', 'draws': 0, 'share': 0.0}
        """
        import pandas as pd

        counts = self.batch.flipped.sum(axis=0)
        rows = [
            (name, int(c), c / max(self.used, 1))
            for name, c in zip(self.model.constructs, counts, strict=True)
        ]
        return pd.DataFrame(rows, columns=["construct", "draws", "share"])

    @cached_property
    def jackknife(self) -> Floats:
        """Estimates with each row left out, for BCa: an array (rows, numbers).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().jackknife.shape
        (200, 17)
        """
        return leave_one_out(self.job)

    def intervals(self, methods: Sequence[str] = INTERVALS, *, level: float | None = None) -> pd.DataFrame:
        """The table with the interval methods asked for.

        Parameters
        ----------
        methods : sequence of str, default ("percentile", "bc", "bca")
            Interval methods.
        level : float, optional
            Another level than that of the draws.

        Returns
        -------
        pandas.DataFrame
            Columns kind name lhs rhs est mean se t p method ci_low ci_high.

        Raises
        ------
        UsageError
            GEN001 (methods), GEN004 (level).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.pls_draws().intervals(["bca"], level=0.9)
        >>> found[["name", "ci_low", "ci_high"]].round(3).to_dict("records")[0]
        {'name': 'IP~OI', 'ci_low': 0.305, 'ci_high': 0.491}
        """
        import pandas as pd

        wanted = [one_of("methods", name, OFFERED) for name in methods]
        level = self.level if level is None else share("level", level)
        values = self.batch.values
        with np.errstate(all="ignore"):
            count = np.isfinite(values).sum(axis=0)
            mean = np.nanmean(values, axis=0) if self.used else np.full(len(self.point), np.nan)
            se = np.nanstd(values, axis=0, ddof=1) if self.used > 1 else np.full(len(self.point), np.nan)
            fixed = se <= 1e-12
            t = np.where(fixed, np.nan, np.abs(self.point) / se)
        p = 2.0 * stats.t.sf(t, np.maximum(count - 1, 1))
        loo = self.jackknife if "bca" in wanted else None
        found = several(tuple(wanted), self.point, values, loo, level)
        rows = []
        for k, entry in enumerate(self.entries):
            head = (entry.kind, entry.name, entry.lhs, entry.rhs, self.point[k], mean[k], se[k], t[k], p[k])
            rows += [(*head, name, found[name].low[k], found[name].high[k]) for name in wanted]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self.intervals()

    def tidy(self) -> pd.DataFrame:
        """Estimate, mean, standard error, t and p with every interval.

        Returns
        -------
        pandas.DataFrame
            Columns kind name lhs rhs est mean se t p method ci_low ci_high; est, mean, se, t, p are
            SmartPLS's original sample, sample mean, standard deviation, T statistic |est/se| and p value,
            here of t with draws − 1 degrees of freedom.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().tidy()["method"].unique().tolist()
        ['percentile', 'bc', 'bca']
        """
        return self._table.copy()

    def mediation(self) -> pd.DataFrame:
        """Type of mediation of every specific indirect effect.

        Returns
        -------
        pandas.DataFrame
            Columns path indirect ci_low ci_high direct direct_low direct_high type vaf.

        Raises
        ------
        UsageError
            PLS126 (paths and indirect effects were not drawn).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().mediation()[["path", "type", "vaf"]].round(3).to_dict("records")
        [{'path': 'OI -> IP -> BP', 'type': 'complementary', 'vaf': 0.47}]
        """
        from umkm_stats.pls._mediating import types

        return types(self)

    def glance(self) -> pd.DataFrame:
        """The draws in one row.

        Returns
        -------
        pandas.DataFrame
            Columns draws used failed flipped (with a mirrored construct) improper signs seed level n.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls_draws().glance()[["draws", "used", "failed"]].to_dict("records")
        [{'draws': 100, 'used': 100, 'failed': 0}]
        """
        import pandas as pd

        row = {
            "draws": len(self),
            "used": self.used,
            "failed": len(self) - self.used,
            "flipped": int(self.batch.flipped.any(axis=1).sum()),
            "improper": int(self.batch.improper.sum()),
            "signs": self.signs,
            "seed": self.seed,
            "level": self.level,
            "n": self.sample.used,
        }
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """Seed, counts of draws, the table and the notes as text.

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
        >>> from umkm_stats import examples
        >>> print(examples.pls_draws().summary().splitlines()[0])
        Bootstrap: 100 draws, 100 used, 0 failed, 0 with a mirrored construct
        """
        from umkm_stats.pls._summary import draws_summary

        return draws_summary(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """The table and counts as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.pls_draws().to_dict())
        ['flips', 'glance', 'notes', 'rows', 'sample', 'seed']
        """
        return {
            "rows": jsonable(self.tidy()),
            "glance": jsonable(self.glance()),
            "flips": jsonable(self.flips),
            "seed": self.seed,
            "sample": self.sample.to_dict(),
            "notes": [note.to_dict() for note in self.notes],
        }


def draw(
    model: Pls,
    *,
    draws: int = 10_000,
    seed: int | None = None,
    rows: Any = None,
    signs: str = "none",
    what: Sequence[str] = WHAT,
    level: float = 0.95,
    workers: int = 1,
    progress: Progress | None = None,
) -> PlsDraws:
    """Draw rows again and estimate again.

    Parameters
    ----------
    draws : int, default 10000
        How many; 10000 for a publication.
    seed : int, optional
        Of the draws; None draws one and keeps it. The rows are those of every bootstrap of the library.
    rows : array of int, optional
        (draws, rows) row numbers of the analysed rows instead, counted from 0.
    signs : str, default "none"
        "none"; "individual" gives every weight the sample's sign; "construct" mirrors a construct whose
        loadings lie nearer to the mirror image. Both make t larger; the default counts flips instead.
    what : sequence of str, optional
        Which numbers are kept: paths, loadings, weights, indirect, total, htmt, r2, f2. The default is paths,
        loadings, htmt and indirect.
    level : float, default 0.95
        Of the intervals.
    workers : int, default 1
        Threads; the numbers do not depend on it.
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    PlsDraws
        ``tidy()`` has estimate, mean, standard error, t, p and every interval.

    Raises
    ------
    UsageError
        PLS130 (rows), GEN001, GEN003, GEN004.
    UmkmError
        PLS125 (no draw converged).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> drawn = examples.pls().bootstrap(draws=100, seed=1, what=["indirect"])
    >>> drawn.intervals(["percentile"])[["name", "est", "ci_low", "ci_high"]].round(3).to_dict("records")[0]
    {'name': 'ind:OI->IP->BP', 'est': 0.163, 'ci_low': 0.094, 'ci_high': 0.243}
    """
    signs = one_of("signs", signs, ("none", "individual", "construct"))
    wanted = [one_of("what", name, What) for name in ([what] if isinstance(what, str) else what)]
    level, workers = share("level", level), whole("workers", workers, low=1, high=512)
    drawn = layout(model.compiled, list(dict.fromkeys(wanted)) or ["paths"])
    job = Job(model.compiled.model, model.moments, drawn.read, model.found, signs)
    n = model.sample.used
    if rows is None:
        draws = whole("draws", draws, low=2, high=10_000_000)
        seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
        parts = seeded(job, n, seed, draws, workers, progress)
    else:
        seed = None
        parts = of_rows(job, row_numbers(rows, n), n, workers, progress)
    batch = joined(parts)
    if not batch.converged.any():
        raise UmkmError("PLS125", params={"draws": len(batch.converged)})
    notes = _notes(model, batch, drawn.entries)
    point = drawn.read(model.found)[:, 0]
    return PlsDraws(model, drawn.entries, point, batch, job, seed, signs, level, notes)


def _notes(model: Pls, batch: Batch, entries: tuple[Entry, ...]) -> tuple[Note, ...]:
    total, failed = len(batch.converged), int((~batch.converged).sum())
    out = []
    if failed:
        out.append(Note("PLS170", {"failed": failed, "requested": total}))
    turned = int(batch.flipped.any(axis=1).sum())
    if turned:
        names = [
            f"{name} ({count})"
            for name, count in zip(model.constructs, batch.flipped.sum(axis=0), strict=True)
            if count
        ]
        out.append(Note("PLS171", {"flipped": turned, "requested": total, "names": names}))
    if batch.improper.any():
        out.append(Note("PLS172", {"improper": int(batch.improper.sum()), "requested": total}))
    if total < FEW:
        out.append(Note("PLS173", {"draws": total}))
    with np.errstate(all="ignore"):
        fixed = np.nanmax(batch.values, axis=0) - np.nanmin(batch.values, axis=0) <= 1e-12
    still = [entry.name for entry, same in zip(entries, fixed, strict=True) if same]
    if still:
        out.append(Note("PLS174", {"names": still}, column="ci_low"))
    return tuple(out)
