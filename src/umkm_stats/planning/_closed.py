"""Power in closed form: large-sample errors of the paths, no simulation. A first look before ``power``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import nct
from scipy.stats import t as student

from umkm_stats import messages, ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning.latent import population_covariance
from umkm_stats.options import share, whole
from umkm_stats.planning._analysis_text import sizes_of
from umkm_stats.planning._design import Design, resolve
from umkm_stats.planning._parameters import in_order
from umkm_stats.planning._population_text import read_population
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ClosedPower:
    r"""Approximate power without simulation: what ``closed_power`` returns.

    Attributes
    ----------
    frame : pandas.DataFrame
        Effect path n power method, one row an effect, size and method.
    notes : tuple of Note
        PLN145: it is approximate.
    sample : SampleUsed or None
        None: no data are used.
    seed : int or None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats.planning import closed_power
    >>> found = closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=75)
    >>> found.frame.query("effect == 'indirect'")["power"].round(3).tolist()
    [0.837]
    """

    frame: pd.DataFrame
    notes: tuple[Note, ...]
    sample: SampleUsed | None = None
    seed: int | None = None

    def tidy(self) -> pd.DataFrame:
        r"""The rows, a copy.

        Returns
        -------
        pandas.DataFrame
            Columns effect path n power method.

        Examples
        --------
        >>> from umkm_stats.planning import closed_power
        >>> closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=[75, 100]).tidy().round(3).to_dict("records")[0]
        {'effect': 'a', 'path': 'x -> m', 'n': 75, 'power': 0.915, 'method': 'joint'}
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        r"""The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns effects (number of rows' effects) and sizes (number of sample sizes).

        Examples
        --------
        >>> from umkm_stats.planning import closed_power
        >>> closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=[75, 100]).glance().to_dict("records")
        [{'effects': 4, 'sizes': 2}]
        """
        import pandas as pd

        return pd.DataFrame([{"effects": self.frame["path"].nunique(), "sizes": self.frame["n"].nunique()}])

    def summary(self, lang: str = "en") -> str:
        r"""A line a row, then what it rests on.

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
        >>> from umkm_stats.planning import closed_power
        >>> closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=75).summary().splitlines()[0]
        'a (x -> m), n = 75, joint significance: power about 0.92'
        """
        lines = [
            messages.text(
                "power.closed",
                lang,
                effect=row.effect,
                path=row.path,
                n=row.n,
                power=row.power,
                method=ways.phrase(str(row.method), lang),
            )
            for row in self.frame.itertuples(index=False)
        ]
        return "\n".join([*lines, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        r"""Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats.planning import closed_power
        >>> sorted(closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=75).to_dict())
        ['curve', 'notes']
        """
        return {"curve": jsonable(self.frame), "notes": [note.to_dict() for note in self.notes]}


def closed_power(
    model: str,
    *,
    n: int | Sequence[int],
    interval: str | Sequence[str] = "joint",
    level: float = 0.95,
    standardized: bool = False,
    analysis: str | None = None,
) -> ClosedPower:
    r"""Approximate power of every path and route, without simulation.

    Each path has its large-sample standard error in the population (least squares, or the expected
    information of ML). Simulate for the final size.

    Parameters
    ----------
    model : str
        Population text as ``power`` takes it.
    n : int or sequence of int
        Sample sizes.
    interval : str or sequence of str, default "joint"
        "joint": product of the powers of the paths, which are asymptotically independent along a route of
        regressions (noncentral t with residual degrees of freedom; z for latent models). "delta": normal
        distribution of the effect with its first-order standard error, which is too low by several points
        near .80.
    level : float, default 0.95
        1 − level is the level of the tests.
    standardized : bool, default False
        As in ``power``.
    analysis : str, optional
        As in ``power``.

    Returns
    -------
    ClosedPower
        One row an effect, size and method.

    Raises
    ------
    UsageError
        GEN001–GEN006, PLN119.
    UmkmError
        What ``power`` raises for the population.

    Examples
    --------
    >>> from umkm_stats.planning import closed_power
    >>> found = closed_power("m ~ .39*x\ny ~ .39*m + 0*x", n=75).tidy()
    >>> found.query("effect == 'indirect'")["power"].round(3).tolist()
    [0.837]
    """
    sizes = [whole("n", entry, low=4) for entry in sizes_of(n)]
    methods = ways.chosen(interval, "closed", option="interval")
    tail = (1.0 - share("level", level)) / 2.0
    design = resolve(
        read_population(model, standardized=standardized),
        analysis=analysis,
        estimator=None,
        missing=0.0,
        handling="listwise",
        cuts=np.zeros(0),
    )
    theta, cov, less = _asymptotic(design)
    slope = design.effects.slopes(theta[:, None])[:, :, 0]
    error = np.sqrt(np.maximum(np.einsum("ep,pq,eq->e", slope, cov, slope), 0.0))
    rows = []
    for size in sizes:
        paths = _paths(theta, np.sqrt(np.diagonal(cov) / size), size - less, tail)
        for method in methods:
            for number, target in enumerate(design.effects.targets):
                if method == "joint":
                    if not target.factors:
                        continue
                    power = float(np.prod([paths[k] for k in target.factors]))
                else:
                    shift = abs(design.truth[number]) * np.sqrt(size) / error[number]
                    power = float(ndtr(shift + ndtri(tail)) + ndtr(-shift + ndtri(tail)))
                rows.append(
                    {
                        "effect": target.effect,
                        "path": target.path,
                        "n": size,
                        "power": power,
                        "method": method,
                    }
                )
    import pandas as pd

    return ClosedPower(pd.DataFrame(rows), (Note("PLN145"),))


def _paths(theta: Floats, error: Floats, df: Floats, tail: float) -> Floats:
    """Two-sided power of each path; ``df`` infinite for z."""
    shift = np.abs(theta) / error
    finite = np.isfinite(df)
    safe = np.where(finite, np.maximum(df, 1.0), 1.0)
    critical = student.isf(tail, safe)
    by_t = nct.sf(critical, safe, shift) + nct.cdf(-critical, safe, shift)
    by_z = ndtr(shift + ndtri(tail)) + ndtr(-shift + ndtri(tail))
    return np.where(finite, by_t, by_z)


def _asymptotic(design: Design) -> tuple[Floats, Floats, Floats]:
    """Coefficients (P,), n times their covariance (P, P), and rows less degrees of freedom (P,) (−∞ for
    z)."""
    if design.route == "ml" and design.latent is not None:
        theta, cov = population_covariance(design.latent)
        return theta, cov, np.full(len(theta), -np.inf)
    if design.route != "regressions":
        raise UsageError("PLN119", params={"estimator": design.estimator, "missing": design.missing})
    order = in_order(design.effects.coefs)
    whole_cov = design.cov
    parts, blocks, less = [], [], []
    for equation in design.equations:
        at = list(equation.predictors)
        inner = np.linalg.inv(whole_cov[np.ix_(at, at)])
        right = whole_cov[at, equation.outcome]
        slopes = inner @ right
        rest = whole_cov[equation.outcome, equation.outcome] - slopes @ right
        parts.append(slopes)
        blocks.append(inner * rest)
        less += [len(at) + 1.0] * len(at)
    count = len(less)
    cov = np.zeros((count, count))
    first = 0
    for block in blocks:
        cov[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    theta = np.concatenate(parts)
    return theta[order], cov[np.ix_(order, order)], np.array(less)[order]
