"""Test of two nested fits: plain, Satorra–Bentler 2001, or Satorra 2000 (scaled and shifted)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.ordinal.weighted_test import statistics_meat
from umkm_stats.kernels.sem import fit_indices as kernel
from umkm_stats.kernels.sem.one.algebra import jacobian
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import one_of
from umkm_stats.results import Note, SampleUsed, jsonable, told
from umkm_stats.sem.inference._information import bread

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


@dataclass(frozen=True, eq=False)
class NestedTest:
    r"""Difference test of two nested fits.

    Attributes
    ----------
    chisq_diff : float
        Difference of χ², scaled where the fits are.
    df_diff : int
        Difference of the degrees of freedom.
    p : float
        Of χ² with ``df_diff`` degrees of freedom.
    scaling : float
        Factor of the difference, 1 for the plain test.
    method : str
        "standard", "satorra_bentler_2001", "satorra_2000" or "scaled_shifted" (two names of one test).
    sample : SampleUsed
        Rows of both fits.
    notes : tuple of Note
        SEM414 when the factor is not positive, and then p is NaN.
    seed : int or None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples, fit
    >>> from umkm_stats.sem import nested_test
    >>> found = nested_test(examples.fit(), fit(examples.MODEL + "\nc == 0", examples.answers()))
    >>> round(found.chisq_diff, 3), found.df_diff, found.method
    (3.168, 1, 'standard')
    """

    chisq_diff: float
    df_diff: int
    p: float
    scaling: float
    method: str
    sample: SampleUsed
    notes: tuple[Note, ...] = ()
    seed: int | None = None

    def tidy(self) -> pd.DataFrame:
        r"""The test as a frame.

        Returns
        -------
        pandas.DataFrame
            One row: chisq_diff df_diff p scaling method.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
        >>> examples.fit().nested_test(full).tidy().round(3).to_dict("records")
        [{'chisq_diff': 3.168, 'df_diff': 1, 'p': 0.075, 'scaling': 1.0, 'method': 'standard'}]
        """
        import pandas as pd

        names = ("chisq_diff", "df_diff", "p", "scaling", "method")
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def glance(self) -> pd.DataFrame:
        r"""The test as a frame.

        Returns
        -------
        pandas.DataFrame
            One row: chisq_diff df_diff p scaling method.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
        >>> examples.fit().nested_test(full).tidy().round(3).to_dict("records")
        [{'chisq_diff': 3.168, 'df_diff': 1, 'p': 0.075, 'scaling': 1.0, 'method': 'standard'}]
        """
        return self.tidy()

    def summary(self, lang: str = "en") -> str:
        r"""The test in one line, notes after it.

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
        >>> from umkm_stats import examples, fit
        >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
        >>> print(examples.fit().nested_test(full).summary())
        Difference test (standard): chi-square 3.168, df 1, p 0.075.
        """
        line = messages.text(
            "sem.lrt", lang, x2=self.chisq_diff, df=self.df_diff, p=self.p, method=self.method
        )
        return "\n".join([line, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        r"""The test as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
        >>> sorted(examples.fit().nested_test(full).to_dict())
        ['notes', 'sample', 'test']
        """
        return {
            "test": jsonable(self.tidy())[0],
            "sample": self.sample.to_dict(),
            "notes": [n.to_dict() for n in self.notes],
        }


def _scaling(fit: Fit) -> float:
    return fit.indices["chisq_scaling_factor"] if fit.df > 0 else 1.0


def _difference_traces(more: Fit, less: Fit) -> tuple[float, float]:
    """(tr(UΓ), tr(UΓUΓ)) of the difference, at the solution of the less restricted model (Satorra 2000)."""
    from umkm_stats.sem.inference._robust import gamma_meat

    def stacked(fit: Fit) -> Floats:
        blocks = []
        for g, at in enumerate(fit.point.states):
            if isinstance(fit.task, OrdinalProblem):
                blocks.append(np.real(fit.task.jacobian(fit.params, g, at)))
                continue
            sigma, mu = jacobian(fit.task.plan, g, at)
            blocks.append(np.vstack([mu, sigma]) if fit.compiled.means else sigma)
        return np.vstack(blocks) @ fit.compiled.basis

    wide, narrow = stacked(less), stacked(more)
    inside = np.linalg.lstsq(wide, narrow, rcond=None)[0]
    left, sizes, _ = np.linalg.svd(inside, full_matrices=True)
    rank = int((sizes > 1e-8 * max(sizes[0], 1e-300)).sum())
    outside = left[:, rank:].T
    inverse = bread(less)
    if inverse is None or not len(outside):
        return math.nan, math.nan
    basis = less.compiled.basis
    back = np.linalg.pinv(basis)
    inner = back @ inverse @ back.T
    middle = inner @ outside.T @ np.linalg.inv(outside @ inner @ outside.T) @ outside @ inner
    meat = (
        statistics_meat(less.task, less.point) if isinstance(less.task, OrdinalProblem) else gamma_meat(less)
    )
    product = middle @ (basis.T @ meat @ basis)
    return float(np.trace(product)), float(np.einsum("ij,ji->", product, product))


def _same_rows(first: Fit, second: Fit) -> bool:
    """Whether two fits of the same variables are of the same rows, weights and clusters, or moments."""
    order = [second.observed.index(name) for name in first.observed]
    for one, two in ((first.weights, second.weights), (first.clusters, second.clusters)):
        if len(one) != len(two) or not all(map(np.array_equal, one, two)):
            return False
    if first.arrays and second.arrays:
        pairs = zip(first.arrays, second.arrays, strict=True)
        return all(a.shape == b.shape and np.array_equal(a, b[:, order], equal_nan=True) for a, b in pairs)
    covs = zip(first.task.samples, second.task.samples, strict=True)
    return all(np.allclose(a.cov, b.cov[np.ix_(order, order)], rtol=1e-9, atol=0.0) for a, b in covs)


def nested_test(first: Fit, second: Fit, *, method: str | None = None) -> NestedTest:
    r"""Test whether the more restricted of two nested fits is worse than the other.

    Parameters
    ----------
    first, second : Fit
        Two fits of the same rows and variables by the same estimator, in any order.
    method : str, optional
        "standard", "satorra_bentler_2001" or "satorra_2000" (scaled and shifted, also called
        "scaled_shifted"; complete rows without weights and clusters). None takes "standard" for unscaled
        estimators, "satorra_bentler_2001" for MLM and MLR and "scaled_shifted" for MLMV and WLSMV.

    Returns
    -------
    NestedTest
        A scaling factor of the difference that is not positive gives NaN and the note SEM414.

    Raises
    ------
    UsageError
        SEM309 (the fits do not share estimator, rows and variables), SEM310 (neither is more restricted).

    Examples
    --------
    >>> from umkm_stats import examples, fit
    >>> from umkm_stats.sem import nested_test
    >>> full = fit(examples.MODEL + "\nc == 0", examples.answers())
    >>> round(nested_test(examples.fit(), full).p, 3)
    0.075
    """
    same = (
        first.estimator == second.estimator
        and first.n == second.n
        and first.observed
        and set(first.observed) == set(second.observed)
    )
    if not same or first.missing != second.missing or first.group_labels != second.group_labels:
        raise UsageError("SEM309")
    if not _same_rows(first, second):
        raise UsageError("SEM309")
    if first.df == second.df:
        raise UsageError("SEM310")
    more, less = (first, second) if first.df > second.df else (second, first)
    rule = one_of(
        "method", method, (None, "standard", "satorra_bentler_2001", "satorra_2000", "scaled_shifted")
    )
    if rule is None:
        rule = {"standard": "standard", "scaled_shifted": "scaled_shifted"}.get(
            first.method.test, "satorra_bentler_2001"
        )
    by_rows = rule in ("satorra_2000", "scaled_shifted")  # from fourth moments of independent, whole rows
    if by_rows and (first.missing == "fiml" or first.clusters or first.weights):
        raise UsageError("SEM309")
    if rule != "standard" and first.method.test == "standard":
        raise UsageError("SEM309")
    gap, df = more.x2 - less.x2, more.df - less.df
    scaling, shift = 1.0, 0.0
    notes: tuple[Note, ...] = ()
    if rule == "satorra_bentler_2001":
        scaling = (more.df * _scaling(more) - less.df * _scaling(less)) / df
    elif by_rows:
        trace, squared = _difference_traces(more, less)
        scaling = trace / df
        if squared > 0:
            scaling = math.sqrt(squared / df)
            shift = df - trace / scaling
    if not scaling > 0:
        notes = (Note("SEM414", {"scaling": float(scaling), "method": rule}, row="1", column="chisq_diff"),)
        gap = math.nan
    value = gap / scaling + shift if scaling > 0 else math.nan
    return NestedTest(value, df, kernel.chi2_p(value, df), float(scaling), rule, more.sample, notes)
