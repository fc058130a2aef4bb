"""Polychoric correlations of a frame of ordinal items, with standard errors and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.ordinal.moments import OrdinalMoments, ordinal_moments
from umkm_stats.options import share
from umkm_stats.results import Note, SampleUsed, jsonable, told
from umkm_stats.sem.estimate._categories import MAX_CATEGORIES
from umkm_stats.sem.estimate._data import as_frame, columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Polychoric:
    """Result of ``polychoric``: ``.correlations`` (p,p) frame, ``.thresholds`` (item, threshold, est, se),
    ``.tidy()`` one row a pair: lhs rhs est se ci_low ci_high."""

    names: tuple[str, ...]
    moments: OrdinalMoments
    level: float
    sample: SampleUsed
    notes: tuple[Note, ...]
    seed: int | None = None

    @property
    def correlations(self) -> pd.DataFrame:
        """(p,p) polychoric correlations."""
        import pandas as pd

        return pd.DataFrame(self.moments.rho, index=list(self.names), columns=list(self.names))

    @property
    def thresholds(self) -> pd.DataFrame:
        """One row a threshold: item, number, est, se = √(P(1 − P)/n)/φ(τ)."""
        import pandas as pd

        rows = []
        for name, cuts in zip(self.names, self.moments.thresholds, strict=True):
            density = np.exp(-0.5 * cuts * cuts) / np.sqrt(2 * np.pi)
            below = _normal_below(cuts)
            errors = np.sqrt(below * (1 - below) / self.moments.n) / density
            rows += [(name, k + 1, cut, se) for k, (cut, se) in enumerate(zip(cuts, errors, strict=True))]
        return pd.DataFrame(rows, columns=["item", "number", "est", "se"])

    def tidy(self) -> pd.DataFrame:
        """One row a pair of items; the interval is symmetric in Fisher's z, so that it stays inside (−1,
        1)."""
        import pandas as pd

        found, m = self.moments, self.moments
        rho = found.rho[m.first, m.second]
        se = np.sqrt(found.variance / found.n)
        wide = float(ndtri(0.5 + self.level / 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            z, spread = np.arctanh(rho), se / (1 - rho * rho)
        frame = pd.DataFrame(
            {
                "lhs": [self.names[j] for j in m.second],
                "op": "~~",
                "rhs": [self.names[i] for i in m.first],
                "est": rho,
                "se": se,
            }
        )
        frame["ci_low"], frame["ci_high"] = np.tanh(z - wide * spread), np.tanh(z + wide * spread)
        frame["n"] = found.n
        return frame

    def glance(self) -> pd.DataFrame:
        """One row: items, n, pairs, pairs at the limit, pairs with an empty cell."""
        import pandas as pd

        m = self.moments
        counts = {"k": len(self.names), "n": m.n, "pairs": len(m.first)}
        return pd.DataFrame(
            [{**counts, "at_limit": int(m.boundary.sum()), "empty_tables": int(m.empty.sum())}]
        )

    def summary(self, lang: str = "en") -> str:
        """Sample and notes."""
        return "\n".join([self.sample.describe(lang), *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "pairs": jsonable(self.tidy()),
            "thresholds": jsonable(self.thresholds),
            "sample": self.sample.to_dict(),
        }


def _normal_below(cuts: Any) -> Any:
    from scipy.special import ndtr

    return ndtr(cuts)


def polychoric(items: Any, *, level: float = 0.95) -> Polychoric:
    """Polychoric correlations by the two-step maximum likelihood of Olsson (1979).

    Parameters
    ----------
    items : Any
        (N, p) frame of ordinal answers (any numbers; their order counts). Rows with a missing answer are left
        out.
    level : float, default 0.95
        of the intervals.

    Raises
    ------
    UmkmError
        SEM208 (no complete row), SEM220 (an item with one answer), SEM221 (too many answers).
    """
    level = share("level", level)
    frame = as_frame(items)
    names = tuple(str(name) for name in frame.columns)
    values = columns(frame, names)
    whole = ~np.isnan(values).any(axis=1)
    if whole.sum() < 3:
        raise UmkmError("SEM208", params={"rows": int(whole.sum()), "group": ""})
    codes = np.empty((int(whole.sum()), len(names)), dtype=np.int64)
    categories = np.empty(len(names), dtype=np.int64)
    for j, name in enumerate(names):
        levels, codes[:, j] = np.unique(values[whole, j], return_inverse=True)
        if len(levels) < 2:
            raise UmkmError("SEM220", Place(item=name), {"item": name, "group": ""})
        if len(levels) > MAX_CATEGORIES:
            raise UmkmError(
                "SEM221", Place(item=name), {"item": name, "count": len(levels), "most": MAX_CATEGORIES}
            )
        categories[j] = len(levels)
    moments = ordinal_moments(codes, categories)
    notes = [
        Note("SEM225", {"first": names[moments.second[k]], "second": names[moments.first[k]]})
        for k in np.flatnonzero(moments.boundary)
    ]
    if moments.empty.any():
        k = int(np.flatnonzero(moments.empty)[0])
        said = {"first": names[moments.second[k]], "second": names[moments.first[k]]}
        notes.append(Note("SEM226", {"count": int(moments.empty.sum()), **said}))
    lost = int((~whole).sum())
    sample = SampleUsed(len(values), len(codes), {"missing": lost} if lost else {})
    return Polychoric(names, moments, level, sample, tuple(notes))
