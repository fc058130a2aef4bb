"""How many factors: parallel analysis, MAP, Hull and eigenvalues above 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import efa_retention
from umkm_stats.kernels.measurement.scale_reliability import correlations
from umkm_stats.measurement._answers import Floats, answers, usable_rows
from umkm_stats.measurement._ordinal import polychoric
from umkm_stats.measurement._outcome import Outcome
from umkm_stats.results import Note, SampleUsed

Correlation = Literal["pearson", "polychoric"]


@dataclass(frozen=True, eq=False)
class FactorCount(Outcome):
    """How many factors several rules advise: what ``factor_count`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Number eigenvalue random_mean random_p95 (components) axis_eigenvalue axis_random_mean axis_random_p95
        (principal axes) map_squared map_fourth hull_fit, one row a possible factor.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        Whether the rules disagree.
    seed : int or None
        Of the random data sets.
    advised : dict of str to int
        Rule → number of factors.
    runs : int
        Random data sets.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import factor_count
    >>> factor_count(examples.answers(), runs=50, seed=1).advised["parallel_paf"]
    3
    """

    advised: dict[str, int]
    runs: int

    TITLE: ClassVar[str] = "measurement.count.title"
    PARTS: ClassVar[tuple[str, ...]] = ("advised", "runs")

    def lines(self, lang: str) -> list[str]:
        r"""One line a rule.

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
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import factor_count
        >>> print("\n".join(factor_count(examples.answers(), runs=50, seed=1).lines("en")[:2]))
        Parallel analysis on components: 2
        Parallel analysis on principal axes: 3
        """
        return [
            f"{messages.text(f'measurement.count.{rule}', lang)}: {count}"
            for rule, count in self.advised.items()
        ]


def prepare(
    items: Any, chosen: Sequence[str] | None, cor: str
) -> tuple[Floats, Floats, list[str], SampleUsed]:
    held = answers(items, items=chosen)
    names = list(held.frame.columns)
    if len(names) < 3:
        raise UmkmError("MEA013", params={"items": names})
    values = usable_rows(held, names)
    corr = correlations(np.cov(values, rowvar=False))
    if cor == "polychoric":
        corr = polychoric(values, names).rho
    if np.linalg.eigvalsh(corr)[0] < 1e-8:
        if cor == "polychoric":
            raise UmkmError("MEA020", params={"n": values.shape[0], "k": len(names)})
        close = [(names[i], names[j]) for i in range(len(names)) for j in range(i) if abs(corr[i, j]) > 0.999]
        raise UmkmError(
            "MEA014", params={"items": sorted({name for pair in close for name in pair}) or names}
        )
    return values, corr, names, held.sample(values.shape[0])


def factor_count(
    items: Any,
    *,
    use: Sequence[str] | None = None,
    runs: int = 500,
    percentile: float = 95.0,
    cor: Correlation = "pearson",
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FactorCount:
    """How many factors: parallel analysis, MAP, Hull, eigenvalues above 1.

    Parallel analysis on components and on principal axes. The eigenvalue rule is shown because theses print
    it; it advises too many factors.

    Parameters
    ----------
    items : Responses or pandas.DataFrame
        Answers or ``Responses``; rows with a missing answer leave.
    use : sequence of str, optional
        Item codes; None takes all.
    runs : int, default 500
        Random data sets of the same shape; of more than 500 000 numbers a set only the correlations are
        drawn, by the same law (note MEA120).
    percentile : float, default 95.0
        Of the random eigenvalues that an eigenvalue has to exceed.
    cor : {"pearson", "polychoric"}, default "pearson"
        "pearson" or "polychoric".
    seed : int, optional
        Of the random data sets; None draws one, and the result keeps it.
    progress : callable, optional
        Called with (random data sets done, runs).

    Returns
    -------
    FactorCount
        Eigenvalues beside random ones in ``tidy()``, the number each rule advises in ``advised``.

    Raises
    ------
    UmkmError
        As ``efa``.
    UsageError
        As ``efa``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import factor_count
    >>> factor_count(examples.answers(), runs=50, seed=1).advised
    {'parallel_pca': 2, 'parallel_paf': 3, 'map_squared': 1, 'map_fourth': 1, 'hull': 1, 'eigenvalue': 3}
    """
    runs = options.whole("runs", runs, low=20)
    seed = draw_kernel.new_seed() if seed is None else seed
    options.one_of("cor", cor, Correlation)
    values, corr, _names, sample = prepare(items, use, cor)
    return counted(corr, values.shape[0], sample, runs, percentile, seed, progress)


def counted(
    corr: Floats,
    n: int,
    sample: SampleUsed,
    runs: int,
    percentile: float,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> FactorCount:
    plain, axes = efa_retention.parallel_pair(
        corr, n, runs=runs, seed=seed, percentile=percentile, progress=progress
    )
    partial = efa_retention.minimum_average_partial(corr)
    k = corr.shape[0]
    most = min(plain.n_factors + 2, max(m for m in range(1, k) if (k - m) ** 2 >= k + m))
    elbow = efa_retention.hull(corr, most)
    pad = np.full(1, np.nan)
    table = pd.DataFrame(
        {
            "number": np.arange(1, k + 1),
            "eigenvalue": plain.observed,
            "random_mean": plain.random_mean,
            "random_p95": plain.random_high,
            "axis_eigenvalue": axes.observed,
            "axis_random_mean": axes.random_mean,
            "axis_random_p95": axes.random_high,
            "map_squared": np.concatenate([partial.squared[1:], pad, pad])[:k],
            "map_fourth": np.concatenate([partial.fourth[1:], pad, pad])[:k],
            "hull_fit": np.concatenate([elbow.fit[1:], np.full(k, np.nan)])[:k],
        }
    )
    advised = {
        "parallel_pca": plain.n_factors,
        "parallel_paf": axes.n_factors,
        "map_squared": partial.n_squared,
        "map_fourth": partial.n_fourth,
        "hull": elbow.n_factors,
        "eigenvalue": int((plain.observed > 1).sum()),
    }
    notes: tuple[Note, ...] = ()
    if len(set(advised.values())) > 1:
        notes += (Note("MEA121", {"counts": [f"{key} {value}" for key, value in advised.items()]}),)
    if efa_retention.by_factors(n, k):
        notes += (Note("MEA120", {"n": n, "k": k, "most": efa_retention.FACTORS}),)
    return FactorCount(table=table, sample=sample, notes=notes, seed=seed, advised=advised, runs=runs)
