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
    """Polychoric correlations: what ``umkm_stats.polychoric`` returns.

    Attributes
    ----------
    names : tuple of str
        The items, in the order of the frame.
    moments : OrdinalMoments
        Correlations, thresholds and their covariances, as the kernels give them.
    level : float
        Of the intervals.
    sample : SampleUsed
        Rows read and used.
    notes : tuple of Note
        SEM4xx: pairs with an empty cell or at the limit, a matrix that is not positive definite.
    seed : int or None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples, polychoric
    >>> found = polychoric(examples.answers()[["OI1", "OI2", "IP1"]])
    >>> found.correlations.round(2).loc["OI1"].to_dict()
    {'OI1': 1.0, 'OI2': 0.7, 'IP1': 0.34}
    """

    names: tuple[str, ...]
    moments: OrdinalMoments
    level: float
    sample: SampleUsed
    notes: tuple[Note, ...]
    seed: int | None = None

    @property
    def correlations(self) -> pd.DataFrame:
        """The (items, items) polychoric correlations as a frame.

        Examples
        --------
        >>> from umkm_stats import examples, polychoric
        >>> polychoric(examples.answers()[["OI1", "OI2"]]).correlations.round(2).values.tolist()
        [[1.0, 0.7], [0.7, 1.0]]
        """
        import pandas as pd

        return pd.DataFrame(self.moments.rho, index=list(self.names), columns=list(self.names))

    @property
    def thresholds(self) -> pd.DataFrame:
        """Cuts of the latent answers.

        Returns
        -------
        pandas.DataFrame
            One row a threshold: item, number (from 1), est (in SDs of the latent answer), se = √(P(1 −
            P)/n)/φ(τ).

        Examples
        --------
        >>> from umkm_stats import examples, polychoric
        >>> polychoric(examples.answers()[["OI1", "OI2"]]).thresholds.round(2).to_dict("records")[0]
        {'item': 'OI1', 'number': 1, 'est': -1.37, 'se': 0.13}
        """
        import pandas as pd

        rows = []
        for name, cuts in zip(self.names, self.moments.thresholds, strict=True):
            density = np.exp(-0.5 * cuts * cuts) / np.sqrt(2 * np.pi)
            below = _normal_below(cuts)
            errors = np.sqrt(below * (1 - below) / self.moments.n) / density
            rows += [(name, k + 1, cut, se) for k, (cut, se) in enumerate(zip(cuts, errors, strict=True))]
        return pd.DataFrame(rows, columns=["item", "number", "est", "se"])

    def tidy(self) -> pd.DataFrame:
        """The correlations, a row a pair of items.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs est se ci_low ci_high n; the interval is symmetric in Fisher's z, so that it
            stays inside (−1, 1).

        Examples
        --------
        >>> from umkm_stats import examples, polychoric
        >>> polychoric(examples.answers()[["OI1", "OI2"]]).tidy().round(2).to_dict("records")
        [{'lhs': 'OI1', 'op': '~~', 'rhs': 'OI2', 'est': 0.7, 'se': 0.05, 'ci_low': 0.59, 'ci_high': 0.78,
        'n': 200}]
        """
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
        """The analysis in one row.

        Returns
        -------
        pandas.DataFrame
            One row: k (items), n (rows), pairs, at_limit (pairs whose correlation is at the limit),
            empty_tables (pairs with an empty cell).

        Examples
        --------
        >>> from umkm_stats import examples, polychoric
        >>> polychoric(examples.answers()[["OI1", "OI2"]]).glance().to_dict("records")
        [{'k': 2, 'n': 200, 'pairs': 1, 'at_limit': 0, 'empty_tables': 1}]
        """
        import pandas as pd

        m = self.moments
        counts = {"k": len(self.names), "n": m.n, "pairs": len(m.first)}
        return pd.DataFrame(
            [{**counts, "at_limit": int(m.boundary.sum()), "empty_tables": int(m.empty.sum())}]
        )

    def summary(self, lang: str = "en") -> str:
        """Sample and notes as text.

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
        >>> from umkm_stats import examples, polychoric
        >>> polychoric(examples.answers()[["OI1", "OI2"]]).summary().splitlines()[0]
        'n = 200 of 200 rows'
        """
        return "\n".join([self.sample.describe(lang), *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Pairs, thresholds and sample as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples, polychoric
        >>> sorted(polychoric(examples.answers()[["OI1", "OI2"]]).to_dict())
        ['pairs', 'sample', 'thresholds']
        """
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
    items : Responses or pandas.DataFrame
        (rows, items) ordinal answers (any numbers; their order counts). Rows with a missing answer are left
        out.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    Polychoric
        ``.correlations``, ``.thresholds`` and ``.tidy()`` with an interval a pair.

    Raises
    ------
    UmkmError
        SEM208 (no complete row), SEM220 (an item with one answer), SEM221 (too many answers).

    Examples
    --------
    >>> from umkm_stats import examples, polychoric
    >>> found = polychoric(examples.answers()[["OI1", "OI2", "OI3"]])
    >>> found.tidy()["est"].round(3).tolist()
    [0.698, 0.611, 0.556]
    """
    level = share("level", level)
    frame = as_frame(items)
    names = tuple(str(name) for name in frame.columns)
    values = columns(frame, names)
    whole = ~np.isnan(values).any(axis=1)
    if whole.sum() < 3:
        raise UmkmError("SEM208", params={"rows": int(whole.sum()), "group": "whole"})
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
