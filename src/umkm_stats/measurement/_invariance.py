"""Measurement invariance between groups: configural, metric, scalar, strict, and partial step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.measurement._cfa_models import Models
from umkm_stats.measurement._cfa_tables import lost_notes
from umkm_stats.measurement._model import check_factors, factors_of
from umkm_stats.measurement._ordered_steps import STEPS, equalities, lines
from umkm_stats.measurement._outcome import Outcome, table_lines
from umkm_stats.results import Note, SampleUsed, idle
from umkm_stats.sem import Fit, fit, headline, nested_test
from umkm_stats.sem.estimators import default_estimator

Level = Literal["configural", "thresholds", "metric", "scalar", "strict"]
EQUAL: dict[str, tuple[str, ...]] = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
ORDERED: dict[str, tuple[str, ...]] = {
    "configural": (),
    "thresholds": ("thresholds",),
    "metric": ("thresholds", "loadings"),
}
Identification = Literal["wu_estabrook", "lavaan"]
COLUMNS = (
    "step",
    "released",
    "chisq",
    "df",
    "p",
    "cfi",
    "rmsea",
    "srmr",
    "bic",
    "chisq_diff",
    "df_diff",
    "p_diff",
    "cfi_diff",
    "rmsea_diff",
    "srmr_diff",
    "holds",
)


@dataclass(frozen=True, eq=False)
class Invariance(Outcome):
    """Measurement invariance over groups: what ``umkm_stats.invariance`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Step released chisq df p cfi rmsea srmr bic chisq_diff df_diff p_diff cfi_diff rmsea_diff srmr_diff
        holds, one row a model that was fitted; differences are against the last step above that was kept.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    groups : pandas.DataFrame
        Group, n.
    reached : str or None
        The highest step that holds fully; None when none does.
    partly : str or None
        The highest that holds with released parameters.
    released : tuple of str
        Parameters that were released.
    fits : dict of str to Fit
        Step (with released parameters) → its fit.
    cfi_cut, rmsea_cut : float
        Borders of the changes.

    Examples
    --------
    >>> from umkm_stats import examples, invariance
    >>> found = invariance(examples.answers(), group=examples.firms()["SIZE"], scales=examples.SCALES)
    >>> found.tidy()[["step", "cfi_diff", "holds"]].round(3).to_dict("records")[1]
    {'step': 'metric', 'cfi_diff': 0.001, 'holds': True}
    """

    groups: pd.DataFrame
    reached: str | None
    partly: str | None
    released: tuple[str, ...]
    fits: dict[str, Fit]
    cfi_cut: float
    rmsea_cut: float

    TITLE: ClassVar[str] = "measurement.invariance.title"
    PARTS: ClassVar[tuple[str, ...]] = ("groups", "reached", "partly", "released", "cfi_cut", "rmsea_cut")

    @property
    def conclusion(self) -> str:
        """The highest step that holds; "nothing" when none does, "lost" when the first did not converge.

        Examples
        --------
        >>> from umkm_stats import examples, invariance
        >>> scales = {"OI": examples.SCALES["OI"]}
        >>> invariance(examples.answers(), group=examples.firms()["SIZE"], scales=scales).conclusion
        'strict'
        """
        first = next(iter(self.fits.values()))
        return self.reached or ("nothing" if first.converged else "lost")

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns groups, n, reached, partly.

        Examples
        --------
        >>> from umkm_stats import examples, invariance
        >>> scales = {"OI": examples.SCALES["OI"]}
        >>> found = invariance(examples.answers(), group=examples.firms()["SIZE"], scales=scales)
        >>> found.glance().to_dict("records")
        [{'groups': 2, 'n': 200, 'reached': 'strict', 'partly': 'strict'}]
        """
        used = self.sample.used if self.sample else np.nan
        return pd.DataFrame(
            [{"groups": len(self.groups), "n": used, "reached": self.reached, "partly": self.partly}]
        )

    def lines(self, lang: str) -> list[str]:
        """The ladder, and what may be compared.

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
        >>> from umkm_stats import examples, invariance
        >>> scales = {"OI": examples.SCALES["OI"]}
        >>> found = invariance(examples.answers(), group=examples.firms()["SIZE"], scales=scales)
        >>> found.lines("en")[-1]
        'Loadings, intercepts and residual variances are equal: scores may be compared between groups as
        well.'
        """
        names = (
            "step",
            "released",
            "chisq",
            "df",
            "cfi",
            "rmsea",
            "chisq_diff",
            "df_diff",
            "p_diff",
            "cfi_diff",
            "rmsea_diff",
            "holds",
        )
        said = messages.text(f"measurement.invariance.{self.conclusion}", lang)
        return [*table_lines(self.table, lang, names=names), said]


def invariance(
    responses: Any,
    *,
    group: str | Sequence[Any] | pd.Series[Any],
    scales: Mapping[str, Sequence[str]] | None = None,
    structure: str = "first_order",
    levels: Sequence[Level] | None = None,
    release: int = 0,
    ordered: bool = False,
    identification: Identification = "wu_estabrook",
    estimator: str | None = None,
    missing: options.Missing = "listwise",
) -> Invariance:
    """Fit the ladder of invariance models over groups.

    A step holds when CFI falls by no more than .010 and RMSEA rises by no more than .015 against the step
    before (Chen 2007, https://doi.org/10.1080/10705510701301834; .005 and .010 for 300 rows or fewer); the
    configural model has no border and is judged by its own fit.

    Parameters
    ----------
    responses : Responses or pandas.DataFrame
        A ``Responses`` or answers with ``scales``.
    group : str or sequence of object or pandas.Series
        A column of the answers or of ``respondents``, or one value a row: of a series with the labels of the
        answers in another order, by label.
    scales : mapping of str to sequence of str, optional
        Scale → items; the instrument's when None.
    structure : str, default "first_order"
        As ``cfa`` ("first_order", "items", …).
    levels : sequence of {"configural", "thresholds", "metric", "scalar", "strict"}, optional
        The steps; all that are named are shown, also after one that does not hold (it ends what ``reached``
        says). None takes configural, metric, scalar, strict, and with ``ordered`` configural, thresholds,
        metric (loadings too) and scalar (intercepts too), where CFI and RMSEA are the scaled ones and χ²
        differences are scaled and shifted (Satorra 2000).
    release : int, default 0
        How many parameters may be released at a step that does not hold; each time the one whose release
        lowers χ² most. A step reached so is *partial*; the released parameters stay free in the steps above.
    ordered : bool, default False
        Treat the items as ordered categories.
    identification : {"wu_estabrook", "lavaan"}, default "wu_estabrook"
        Of the steps of ordered items: "wu_estabrook" (Wu & Estabrook 2016), or "lavaan" (what lavaan frees by
        itself once thresholds are equal; its metric step is Wu and Estabrook's scalar one, and there is no
        scalar step).
    estimator : str, optional
        "ML", or "WLSMV" with ``ordered``, when None; with "MLR" or "MLM" χ² differences are scaled (Satorra &
        Bentler 2001).
    missing : options.Missing, default "listwise"
        As ``fit``.

    Returns
    -------
    Invariance
        One row a step, and how far invariance reaches.

    Raises
    ------
    UsageError
        MEA025 (no such grouping column, or a value too few); as ``cfa``.
    UmkmError
        MEA228 (a group has no more rows than the model has variables); as ``cfa``.

    Examples
    --------
    >>> from umkm_stats import examples, invariance
    >>> found = invariance(examples.answers(), group=examples.firms()["SIZE"], scales=examples.SCALES)
    >>> found.reached, found.tidy()["holds"].tolist()
    ('strict', [True, True, True, True])
    """
    options.one_of("identification", identification, Identification)
    stepwise = ordered and identification == "wu_estabrook"
    known = (STEPS if stepwise else ORDERED) if ordered else EQUAL
    wanted = tuple(known) if levels is None else tuple(levels)
    for level in wanted:
        options.one_of("levels", level, tuple(known))
    options.whole("release", release, low=0)
    plan = Models.of(responses, scales, None)
    text = plan.text(structure)
    check_factors(factors_of(text))
    data, column = _grouped(plan, responses, group)
    _check_sizes(data, column, factors_of(text), missing)
    call: dict[str, Any] = {
        "group": column,
        "estimator": estimator or default_estimator(ordered=ordered),
        "missing": missing,
    }
    if ordered:
        call["ordered"] = plan.items
    ladder = _Ladder(text, data, call, [], known)
    if stepwise:
        call["std_lv"] = True
        ladder.answers = {item: int(data[item].nunique()) for item in plan.items}
        ladder.groups = int(data[column].nunique())
    fits: dict[str, Fit] = {}
    released: list[str] = []
    reached = partly = None
    before: Fit | None = None
    cuts = (0.010, 0.015)
    broken = False  # a step did not hold: those named after it are shown, and count no more
    for name in [step for step in known if step in wanted]:
        try:
            found = ladder.at(name, released)
        except UmkmError as error:
            if not broken:
                raise
            ladder.lost.append((name, error.code))
            continue
        if found.n <= 300:
            cuts = (0.005, 0.010)
        holds = ladder.add(name, (), found, before, cuts)
        taken: list[str] = []
        while not broken and not holds and before is not None and len(taken) < release:
            best = ladder.best(name, released, found)
            if best is None:
                break
            released.append(best[0])
            taken.append(best[0])
            found = best[1]
            holds = ladder.add(name, taken, found, before, cuts)
        fits[name] = found
        if not holds and levels is None:
            break
        broken = broken or not holds
        if not broken:
            reached = reached if released else name
            partly = name
        if found.converged:
            before = found
    first = fits[next(iter(fits))]
    sizes = pd.DataFrame({"group": list(first.group_labels), "n": [len(rows) for rows in first.arrays]})
    notes = list(first.notes) if first.converged else lost_notes(first)
    notes += idle(
        ("identification", identification, identification != "wu_estabrook" and not ordered, "ordered"),
        ("release", release, bool(release) and set(wanted) <= {"configural"}, "above_configural"),
    )
    notes += _remarks(ladder.rows, sizes, reached, partly, released)
    notes += [Note("MEA230", {"step": step, "reason": code}, row=step) for step, code in ladder.lost]
    return Invariance(
        table=pd.DataFrame(ladder.rows, columns=list(COLUMNS)),
        sample=_sample(plan, first),
        notes=tuple(notes),
        seed=None,
        groups=sizes,
        reached=reached,
        partly=partly,
        released=tuple(released),
        fits=fits,
        cfi_cut=cuts[0],
        rmsea_cut=cuts[1],
    )


def _sample(plan: Models, found: Fit) -> SampleUsed:
    return plan.held.sample(found.n)


def _grouped(plan: Models, source: Any, group: Any) -> tuple[pd.DataFrame, str]:
    data = plan.data
    if isinstance(group, str):
        if group not in data.columns:
            raise UsageError("MEA025", Place(column=group), {"group": group})
        return data, group
    values = options.by_label(group, data.index)
    if len(values) != len(data):
        raise UsageError("MEA025", params={"group": f"{len(values)} ≠ {len(data)}"})
    return data.assign(_group=values), "_group"


def _check_sizes(data: pd.DataFrame, column: str, factors: Mapping[str, Sequence[str]], missing: str) -> None:
    """MEA228 for groups without more rows than the model has observed variables."""
    names = list(dict.fromkeys(item for items in factors.values() for item in items if item not in factors))
    there = data[names].notna()
    usable = there.all(axis=1) if missing == "listwise" else there.any(axis=1)
    counts = usable.groupby(data[column], sort=False).sum()
    small = {str(name): int(count) for name, count in counts.items() if count <= len(names)}
    if small:
        raise UmkmError(
            "MEA228",
            params={"groups": [f"{name} (n = {n})" for name, n in small.items()], "variables": len(names)},
        )


class _Ladder:
    """Fits the steps and keeps the rows of the table."""

    def __init__(
        self,
        text: str,
        data: pd.DataFrame,
        call: dict[str, Any],
        rows: list[dict[str, Any]],
        known: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.text, self.data, self.call, self.rows, self.known = text, data, call, rows, known
        self.answers: dict[str, int] = {}
        self.groups = 1
        self.lost: list[tuple[str, str]] = []  # steps that could not be fitted, and why

    def at(self, step: str, released: Sequence[str]) -> Fit:
        """The model of a step with the parameters already released."""
        equal = self.known[step]
        kinds = {"=~": "loadings", "~1": "intercepts", "~~": "residuals", "|": "thresholds"}
        free = [name for name in released if any(kinds[op] in equal for op in kinds if op in name)]
        text = self.text
        if self.answers:
            text += lines(step, self.answers, list(factors_of(self.text)), self.groups)
            equal = equalities(step)
        return fit(text, self.data, group_equal=equal, group_partial=tuple(free), **self.call)

    def best(self, step: str, released: Sequence[str], now: Fit) -> tuple[str, Fit] | None:
        """The parameter of this step whose release lowers χ² most, and the model with it released."""
        newest = {"thresholds": "|", "metric": "=~", "scalar": "~1", "strict": "~~"}[step]
        first = [row for row in now.table.rows if row.group == 1 and row.free]
        items = set(now.observed)
        chosen: list[str] = []
        for row in first:
            fits_kind = (
                row.op == newest
                and (newest != "~~" or (row.lhs == row.rhs and row.lhs in items))
                and (newest != "~1" or row.lhs in items)
            )
            if fits_kind and row.name not in released:
                chosen.append(row.name)
        best: tuple[str, Fit] | None = None
        for name in chosen:
            try:
                other = self.at(step, [*released, name])
            except UmkmError:
                continue
            if other.converged and other.df < now.df and (best is None or other.x2 < best[1].x2):
                best = (name, other)
        return best

    def add(
        self, step: str, released: Sequence[str], found: Fit, before: Fit | None, cuts: tuple[float, float]
    ) -> bool:
        """Add the row; whether the step holds."""
        values = _values(found)
        row: dict[str, Any] = {
            "step": step,
            "released": " ".join(released),
            "chisq": values["chisq"],
            "df": values["df"],
            "p": values["pvalue"],
        }
        row |= {name: values.get(name, np.nan) for name in ("cfi", "rmsea", "srmr", "bic")}
        row |= dict.fromkeys(
            ("chisq_diff", "df_diff", "p_diff", "cfi_diff", "rmsea_diff", "srmr_diff"), np.nan
        )
        holds = True
        if before is not None:
            other = _values(before)
            row["df_diff"] = float(found.df - before.df)
            both = found.converged and before.converged
            scaled_or_continuous = "ordered" not in self.call or found.method.test != "standard"
            if both and scaled_or_continuous and found.df > before.df:
                test = nested_test(before, found)
                row |= {"chisq_diff": test.chisq_diff, "p_diff": test.p}
            row |= {f"{name}_diff": values[name] - other[name] for name in ("cfi", "rmsea", "srmr")}
            holds = bool(row["cfi_diff"] >= -cuts[0] and row["rmsea_diff"] <= cuts[1])
        row["holds"] = holds and found.converged
        self.rows.append(row)
        return bool(row["holds"])


def _values(found: Fit) -> dict[str, float]:
    """Indices of a step; χ², CFI and RMSEA are the scaled ones where the estimator has them."""
    return dict(found.indices) | headline(found).row()


def _remarks(
    rows: list[dict[str, Any]],
    sizes: pd.DataFrame,
    reached: str | None,
    partly: str | None,
    released: Sequence[str],
) -> list[Note]:
    notes: list[Note] = []
    small = sizes.loc[sizes["n"] < 100, "group"].tolist()
    if small:
        notes.append(Note("MEA181", {"groups": [str(name) for name in small]}, row=str(small[0]), column="n"))
    first = rows[0]
    if first["cfi"] < 0.90 or first["rmsea"] > 0.10:
        notes.append(
            Note(
                "MEA186",
                {"step": first["step"], "cfi": first["cfi"], "rmsea": first["rmsea"]},
                row=first["step"],
                column="cfi",
            )
        )
    lost = [row["step"] for row in rows if row["chisq"] != row["chisq"]]
    notes += [Note("MEA229", {"step": step}, row=step, column="chisq") for step in dict.fromkeys(lost)]
    last = {row["step"]: row["holds"] for row in rows}  # after releases
    failed = [step for step, holds in last.items() if not holds and step not in lost]
    if failed:
        notes.append(Note("MEA182", {"step": failed[0]}, row=failed[0], column="holds"))
    order = list(last)
    ended = next((order.index(step) for step in order if not last[step]), len(order))
    if order[ended + 1 :]:
        notes.append(Note("MEA227", {"step": order[ended], "steps": order[ended + 1 :]}, column="holds"))
    if released and partly is not None:
        notes.append(Note("MEA183", {"step": partly, "names": list(released)}, row=partly, column="released"))
    if reached is not None and any(row["p_diff"] < 0.05 and row["holds"] for row in rows):
        notes.append(
            Note(
                "MEA184",
                {"steps": [row["step"] for row in rows if row["p_diff"] < 0.05 and row["holds"]]},
                column="p_diff",
            )
        )
    if any(row["p_diff"] != row["p_diff"] and row["df_diff"] == row["df_diff"] for row in rows):
        notes.append(Note("MEA185", column="p_diff"))
    return notes
