"""A second opinion on a fit from another program, and how far it is from ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages
from umkm_stats.adapters.semopy_check import ask
from umkm_stats.kernels.sem.one.problem import problem
from umkm_stats.results import Note, SampleUsed, Unavailable, jsonable
from umkm_stats.sem.estimate._compile import compile_table
from umkm_stats.sem.estimate._search import search
from umkm_stats.sem.inference._second import EST, SE, differing, said
from umkm_stats.sem.inference._values import row_values
from umkm_stats.sem.text import build_table, read_model

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


@dataclass(frozen=True, eq=False)
class CrossCheck:
    """A second opinion on a fit from another program: what ``Fit.cross_check`` returns.

    ``table``, ``largest_est`` and ``largest_se`` are ``Unavailable`` when the other program could not run the
    model.

    Attributes
    ----------
    table : pandas.DataFrame or Unavailable
        Lhs op rhs est est_other se se_other of the free parameters.
    largest_est : float or Unavailable
        Largest difference of estimates, in standard errors.
    largest_se : float or Unavailable
        Largest relative difference of standard errors.
    program : str
        The other program.
    sample : SampleUsed
        Rows read and used.
    notes : tuple of Note
        Why there is no answer.
    seed : int or None
        None: nothing is drawn.
    differences : pandas.DataFrame or None
        Number, here, other, explanation, a row for every estimate, standard error or index that differs; the
        explanation is the key of a convention (``review.conventions``) or of another reason, "" when nothing
        known explains it.

    Examples
    --------
    >>> from umkm_stats import examples, fit
    >>> found = fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check()
    >>> found.ran, found.table.code
    (False, 'SEM415')
    """

    table: Any
    largest_est: float | Unavailable
    largest_se: float | Unavailable
    program: str
    sample: SampleUsed
    notes: tuple[Note, ...] = ()
    seed: int | None = None
    differences: Any = None

    @property
    def ran(self) -> bool:
        """Whether the other program gave an answer.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().ran
        False
        """
        return not isinstance(self.table, Unavailable)

    def tidy(self) -> pd.DataFrame:
        """The table; empty when there is none.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs est est_other se se_other.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> len(fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().tidy())
        0
        """
        import pandas as pd

        names = ["lhs", "op", "rhs", "est", "est_other", "se", "se_other"]
        return self.table.copy() if self.ran else pd.DataFrame(columns=names)

    def glance(self) -> pd.DataFrame:
        """The check in one row.

        Returns
        -------
        pandas.DataFrame
            Columns program, ran, largest_est, largest_se (NaN when it did not run).

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().glance()["ran"].tolist()
        [False]
        """
        import pandas as pd

        def number(value: float | Unavailable) -> float:
            return np.nan if isinstance(value, Unavailable) else value

        row = {
            "program": self.program,
            "ran": self.ran,
            "largest_est": number(self.largest_est),
            "largest_se": number(self.largest_se),
        }
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """Whether the two agree, then a line a number that differs: both values and what explains it.

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
        >>> print(fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().summary())
        semopy was not asked: it can check single-group ML models on complete rows, with a fixed loading for
        each latent variable, without bounds, == constraints or fixed intercepts.
        """
        if isinstance(self.table, Unavailable):
            return self.table.message(lang)
        alike = float(self.largest_est) <= EST and float(self.largest_se) <= SE
        head = messages.text(
            "sem.cross" if alike else "sem.cross.differs",
            lang,
            program=self.program,
            est=float(self.largest_est),
            se=float(self.largest_se),
        )
        rows = [] if self.differences is None else self.differences.to_dict("records")
        return "\n".join([head, *(f"- {said(row, self.program, lang)}" for row in rows)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values.

        Examples
        --------
        >>> from umkm_stats import examples, fit
        >>> fit(examples.MODEL, examples.answers(), estimator="GLS").cross_check().to_dict()["program"]
        'semopy'
        """
        keys = ("table", "largest_est", "largest_se", "program", "differences")
        return {**{key: jsonable(getattr(self, key)) for key in keys}, "sample": self.sample.to_dict()}


def _describe(fit: Fit) -> tuple[str, dict[tuple[str, str, str], int]]:
    """Model text in semopy's language and (renamed lhs, op, rhs) → table row of the free parameters."""
    short = {name: f"v{i}" for i, name in enumerate(fit.observed)} | {
        name: f"f{i}" for i, name in enumerate(fit.latent)
    }
    lines, where = [], {}
    shared = [row.free for row in fit.table.rows if row.free]
    for index, row in enumerate(fit.table.rows):
        if row.op == "~1" or row.origin == "sample":
            continue
        lhs, rhs = short[row.lhs], short[row.rhs]
        prefix = f"{row.value!r}*" if not row.free else f"p{row.free}*" if shared.count(row.free) > 1 else ""
        lines.append(f"{lhs} {row.op} {prefix}{rhs}")
        if row.free:
            key = (rhs, "~", lhs) if row.op == "=~" else (lhs, row.op, rhs)
            where[key] = index
    return "\n".join(lines), where


def _marker_twin(fit: Fit) -> Fit | None:
    """The same model with first loadings 1 (semopy always fixes one); None when it is not equivalent."""
    options = fit.options
    if len(fit.task.samples) > 1 or fit.missing != "listwise" or fit.clusters:
        return None
    text = read_model(options.model, composites=True)
    table = build_table(text, means=fit.compiled.means, fixed_x=options.fixed_x, bounds=options.bounds)
    layout = compile_table(table, text.constraints)
    task = problem(layout.structure, fit.task.kind, fit.task.samples)
    sample = task.samples[0]
    found = search(layout, task, sample.cov[None], sample.mean[None])
    twin = replace(fit, options=replace(options, std_lv=False), layout=layout, task=task, found=found)
    same = twin.df == fit.df and abs(twin.x2 - fit.x2) <= 1e-6 * (1.0 + fit.x2) and not _free_scale(twin)
    return twin if same else None


def _free_scale(fit: Fit) -> bool:
    """Whether some latent variable has no fixed loading."""
    return bool(set(fit.latent) - {row.lhs for row in fit.table.rows if row.op == "=~" and not row.free})


def cross_check(fit: Fit, *, seconds: float = 30.0) -> CrossCheck:
    """Run the model of ``fit`` in semopy within ``seconds`` and compare."""
    import pandas as pd

    def without(code: str, **params: object) -> CrossCheck:
        why = Unavailable(code, {"program": "semopy", **params})
        return CrossCheck(why, why, why, "semopy", fit.sample, (Note(code, {"program": "semopy", **params}),))

    if fit.options.std_lv and fit.arrays:
        twin = _marker_twin(fit)
        if twin is not None:
            return replace(cross_check(twin, seconds=seconds), sample=fit.sample)
    if _free_scale(fit):
        return without("SEM415")
    plain = fit.task.kind == "ml" and len(fit.task.samples) == 1 and fit.arrays and not fit.clusters
    shifted = any(row.op == "~1" and row.free == 0 and row.origin == "user" for row in fit.table.rows)
    square = fit.compiled.n_params == fit.compiled.n_free
    if not plain or shifted or not square or np.isfinite(fit.compiled.lower).any():
        return without("SEM415")
    description, where = _describe(fit)
    names = [f"v{i}" for i in range(len(fit.observed))]
    opinion = ask(
        description,
        names,
        fit.arrays[0],
        robust=fit.method.errors != "standard",
        observed=fit.options.information == "observed",
        seconds=seconds,
    )
    if opinion.reason:
        return without("SEM416" if opinion.reason == "time" else "SEM417", seconds=seconds)
    est, se = row_values(fit), np.sqrt(np.diagonal(fit.vcov))
    rows = []
    for (lhs, op, rhs), index in where.items():
        row = fit.table.rows[index]
        found = opinion.rows.get((lhs, op, rhs)) or (opinion.rows.get((rhs, op, lhs)) if op == "~~" else None)
        other, other_se = found if found is not None else (np.nan, None)
        rows.append(
            (
                row.lhs,
                row.op,
                row.rhs,
                est[index],
                other,
                se[row.free - 1],
                np.nan if other_se is None else other_se,
            )
        )
    table = pd.DataFrame(rows, columns=["lhs", "op", "rhs", "est", "est_other", "se", "se_other"])
    if not table["est_other"].notna().any():
        return without("SEM417", seconds=seconds)
    gap = (table["est"] - table["est_other"]).abs() / table["se"]
    gap_se = (table["se"] - table["se_other"]).abs() / table["se"]
    notes = (
        (Note("SEM418", {"program": "semopy", "est": float(gap.max()), "se": float(gap_se.max())}),)
        if gap.max() > EST or gap_se.max() > SE
        else ()
    )
    apart = differing(fit, table, opinion.indices)
    return CrossCheck(
        table, float(gap.max()), float(gap_se.max()), "semopy", fit.sample, notes, differences=apart
    )
