"""Confirmatory factor analysis of an instrument: one call builds, fits and compares the measurement
models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import Place, UmkmError
from umkm_stats.measurement._base import Answers, Outcome, answers, check_scales, table_lines
from umkm_stats.measurement._model import (
    WORDING,
    bifactor_text,
    check_factors,
    factors_of,
    one_factor_text,
    text_of,
    wording_text,
)
from umkm_stats.results import Note
from umkm_stats.sem import Fit, fit

Shape = Literal[
    "first_order", "second_order", "dimension_means", "items", "one_factor", "bifactor", "wording"
]
INDICES = (
    "chisq",
    "df",
    "pvalue",
    "cfi",
    "tli",
    "rmsea",
    "rmsea_ci_low",
    "rmsea_ci_high",
    "srmr",
    "aic",
    "bic",
    "npar",
)
CUTOFFS = {
    "cfi": 0.90,
    "tli": 0.90,
    "rmsea": 0.08,
    "srmr": 0.08,
}  # the lenient customary values; noted when missed
WEAK = 0.50


@dataclass(frozen=True, eq=False)
class Cfa(Outcome):
    """A confirmatory factor analysis.

    table: construct item est se z p ci_low ci_high loading loading_se loading_low loading_high r2, one row a
    loading (also of a factor on a second-order factor). fit: the ``Fit``. model: its text. structure: which
    model it is. correlations: construct other r se ci_low ci_high p between factors. comparison: structure
    chisq df p cfi tli rmsea srmr aic bic converged admissible comparable, one row a model that was fitted
    (the main one first). alternatives: structure → ``Fit``. thresholds: item number est se ci_low ci_high
    (ordered items).
    """

    fit: Fit
    model: str
    structure: str
    correlations: pd.DataFrame
    comparison: pd.DataFrame
    alternatives: dict[str, Fit]
    level: float
    thresholds: pd.DataFrame

    TITLE: ClassVar[str] = "measurement.cfa.title"
    PARTS: ClassVar[tuple[str, ...]] = (
        "model",
        "structure",
        "correlations",
        "comparison",
        "level",
        "thresholds",
    )

    @property
    def indices(self) -> dict[str, float]:
        """Fit indices of the main model, by the engine's names."""
        return self.fit.indices

    @cached_property
    def modification_indices(self) -> pd.DataFrame:
        """Score tests of the main model, largest first. A model changed because of them is no longer
        confirmatory."""
        return self.fit.modification_indices(minimum=3.84)

    @cached_property
    def residual_map(self) -> pd.DataFrame:
        """Observed minus implied correlations (items × items) of the main model."""
        return self.fit.residuals("correlation")[self.fit.group_labels[0]]["cov"]

    def glance(self) -> pd.DataFrame:
        """One row of the main fit indices."""
        found = self.fit.indices
        row = {"structure": self.structure, "n": self.fit.n} | {
            name: found.get(name, np.nan) for name in INDICES
        }
        return pd.DataFrame([row | {"converged": self.fit.converged}])

    def lines(self, lang: str) -> list[str]:
        """Fit in a sentence, loadings, comparison."""
        found = self.fit.indices
        values = {name: found.get(name, float("nan")) for name in INDICES} | {"df": int(found["df"])}
        out = [messages.text("measurement.cfa.fit", lang, **values)]
        out += table_lines(
            self.table, lang, names=("construct", "item", "loading", "loading_low", "loading_high", "p")
        )
        if len(self.comparison) > 1:
            out += table_lines(
                self.comparison, lang, names=("structure", "chisq", "df", "cfi", "rmsea", "bic")
            )
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the indices."""
        return super().to_dict() | {
            "indices": {key: value for key, value in self.fit.indices.items() if np.isfinite(value)}
        }


def cfa(
    responses: Any,
    *,
    structure: Shape = "first_order",
    scales: Mapping[str, Sequence[str]] | None = None,
    compare: Sequence[Shape] | None = None,
    reversed_items: Sequence[str] | None = None,
    ordered: bool = False,
    estimator: str | None = None,
    missing: options.Missing = "listwise",
    std_lv: bool = False,
    cluster: str | None = None,
    level: float = 0.95,
) -> Cfa:
    """Confirmatory factor analysis.

    Parameters
    ----------
    responses: a ``Responses`` (its instrument gives the models) or answers (rows × items) with ``scales``.
    structure: "first_order" (correlated factors: the dimensions of an instrument, or the scales), "items" (a
    factor a construct, whatever its
        dimensions), "second_order" and "dimension_means" (instrument only), "one_factor" (all items on one),
        "bifactor" (a general factor beside the first-order ones, none correlated), "wording" (first order
        with an uncorrelated method factor of the reverse-keyed items).
    compare: other structures to fit and show beside it; None takes what the instrument offers, and
    "one_factor" for scales. An
        alternative that cannot be fitted is a note, not an error.
    reversed_items: the reverse-keyed items for "wording"; from the instrument when None.
    ordered: treat the items as ordered categories.
    estimator: as ``fit``; "ML", or "WLSMV" with ordered items, when None. missing, std_lv, cluster: as
    ``fit``.

    Raises
    ------
    ``UmkmError`` MEA008 (a construct with one item), MEA010–MEA012 (no complete row, not more rows than
    items, a constant item), MEA018 (a structure that these answers do not have), and what ``fit`` raises;
    ``UsageError`` as :func:`reliability`.
    """
    options.one_of("structure", structure, Shape)
    options.share("level", level)
    plan = _Plan.of(responses, scales, reversed_items, plain=ordered or std_lv)
    data = plan.data
    text = plan.text(structure)
    categories = plan.items if ordered else []
    wanted = estimator or ("WLSMV" if categories else "ML")
    call: dict[str, Any] = {
        "estimator": wanted,
        "missing": missing,
        "std_lv": std_lv,
        "cluster": cluster,
        "ordered": categories,
    }
    check_factors(factors_of(text))
    used = _check_data(plan, factors_of(text), missing)
    main = fit(text, data, **call)
    notes: list[Note] = list(main.notes)
    others: dict[str, Fit] = {}
    offered = [name for name in plan.others(structure) if not (categories and name == "dimension_means")]
    for name in offered if compare is None else compare:
        options.one_of("compare", name, Shape)
        try:
            other = plan.text(name)
            check_factors(factors_of(other))
            others[name] = fit(other, data, **call)
        except UmkmError as error:
            notes.append(Note("MEA141", {"structure": name, "reason": error.code}, row=name))
    notes += _remarks(main, structure, others)
    return Cfa(
        table=_loadings(main, level),
        sample=plan.held.sample(main.n),
        notes=tuple(notes),
        seed=None,
        fit=main,
        model=text,
        structure=structure,
        correlations=_correlations(main, level),
        comparison=_comparison(main, structure, others, used),
        alternatives=others,
        level=level,
        thresholds=_thresholds(main, level),
    )


@dataclass(frozen=True, eq=False)
class _Plan:
    """The answers and the model texts they offer."""

    held: Answers
    data: pd.DataFrame
    scales: dict[str, list[str]]
    by_instrument: bool
    reversed_items: tuple[str, ...]
    plain: bool = False

    @classmethod
    def of(
        cls,
        source: Any,
        scales: Mapping[str, Sequence[str]] | None,
        reversed_items: Sequence[str] | None,
        *,
        plain: bool = False,
    ) -> _Plan:
        by_instrument = scales is None and getattr(source, "instrument", None) is not None
        given = check_scales(source, scales)
        names = [code for members in given.values() for code in members]
        held = answers(source, items=names)
        data = held.frame
        if by_instrument:
            means = held.instrument.dimension_means(data)
            data = pd.concat(
                [data, means[[name for name in means.columns if name not in data.columns]]], axis=1
            )
        extra = getattr(source, "respondents", None)
        if extra is None and isinstance(source, pd.DataFrame):
            extra = source
        if extra is not None:
            data = data.join(
                extra[[name for name in extra.columns if name not in data.columns]].loc[data.index]
            )
        backwards = reversed_items
        if backwards is None:
            backwards = held.instrument.reversed_items(items=names) if by_instrument else ()
        return cls(
            held, data, given, by_instrument, tuple(code for code in backwards if code in names), plain
        )

    @property
    def items(self) -> list[str]:
        return list(self.held.frame.columns)

    def _base(self, structure: str) -> str:
        if self.by_instrument:
            return str(self.held.instrument.measurement_syntax(structure, items=self.items))
        if structure in ("first_order", "items"):
            return text_of(self.scales)
        raise UmkmError("MEA018", Place(key=structure), {"structure": structure})

    def text(self, structure: str) -> str:
        """Model text of a structure; ``UmkmError`` MEA018 when these answers do not have it."""
        if structure == "one_factor":
            return one_factor_text(self.held.frame, plain=self.plain)
        if structure == "bifactor":
            return bifactor_text(factors_of(self._base("first_order")))
        if structure == "wording":
            if len(self.reversed_items) < 2:
                raise UmkmError("MEA018", Place(key=structure), {"structure": structure})
            return wording_text(self._base("first_order"), self.reversed_items)
        return self._base(structure)

    def others(self, structure: str) -> list[str]:
        """Structures worth showing beside the main one."""
        wanted = (
            ["first_order", "items", "second_order", "dimension_means"]
            if self.by_instrument
            else ["first_order"]
        )
        if len(self.reversed_items) > 1:
            wanted.append("wording")
        wanted.append("one_factor")
        texts = {self.text(structure)}
        chosen = []
        for name in wanted:
            if name != structure and self.text(name) not in texts:
                texts.add(self.text(name))
                chosen.append(name)
        return chosen


def _check_data(plan: _Plan, factors: Mapping[str, Sequence[str]], missing: str) -> list[str]:
    """The observed variables of the main model, after the checks that need names the reader knows."""
    names = list(dict.fromkeys(item for items in factors.values() for item in items if item not in factors))
    values = plan.data[names].to_numpy(dtype=np.float64)
    if missing == "listwise":
        values = values[np.isfinite(values).all(axis=1)]
    else:
        values = values[np.isfinite(values).any(axis=1)]
    n, k = values.shape
    if n == 0:
        raise UmkmError("MEA010", params={"items": names, "rows": len(plan.data)})
    if n <= k:
        raise UmkmError("MEA011", params={"n": n, "k": k})
    flat = []
    for j, name in enumerate(names):
        own = values[np.isfinite(values[:, j]), j]
        if own.size == 0 or own.min() == own.max():
            flat.append(name)
    if flat:
        raise UmkmError("MEA012", Place(item=flat[0]), {"items": flat, "n": n})
    return names


def _limits(frame: pd.DataFrame, est: str, level: float) -> tuple[pd.Series, pd.Series]:
    from scipy.stats import norm

    wide = float(norm.isf((1 - level) / 2))
    return frame[est] - wide * frame["se"], frame[est] + wide * frame["se"]


def _loadings(found: Fit, level: float) -> pd.DataFrame:
    """One row a loading: unstandardised and standardised with limits."""
    raw = found.estimates.query("op == '=~'").reset_index(drop=True)
    std = found.standardized().query("op == '=~'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    std_low, std_high = _limits(std, "est", level)
    explained = found.r2().set_index("item")["r2"]
    return pd.DataFrame(
        {
            "construct": raw["lhs"],
            "item": raw["rhs"],
            "est": raw["est"],
            "se": raw["se"],
            "z": raw["z"],
            "p": raw["p"],
            "ci_low": low,
            "ci_high": high,
            "loading": std["est"],
            "loading_se": std["se"],
            "loading_low": std_low,
            "loading_high": std_high,
            "r2": [float(explained.get(item, np.nan)) for item in raw["rhs"]],
        }
    )


def _thresholds(found: Fit, level: float) -> pd.DataFrame:
    """item, number from 1, est, se and limits of the thresholds; empty without ordered items."""
    raw = found.estimates.query("op == '|'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    number = raw.groupby("lhs", sort=False).cumcount() + 1
    return pd.DataFrame(
        {
            "item": raw["lhs"],
            "number": number,
            "est": raw["est"],
            "se": raw["se"],
            "ci_low": low,
            "ci_high": high,
        }
    )


def _correlations(found: Fit, level: float) -> pd.DataFrame:
    """Correlations of the factors with limits; disturbances of first-order factors under a second-order one
    are left out."""
    latent = set(found.latent)
    std = found.standardized()
    lower = set(std.loc[(std["op"] == "=~") & std["rhs"].isin(latent), "rhs"])
    chosen = std[
        (std["op"] == "~~")
        & std["lhs"].isin(latent - lower)
        & std["rhs"].isin(latent - lower)
        & (std["lhs"] != std["rhs"])
    ]
    chosen = chosen[chosen["se"] > 0].reset_index(drop=True)
    low, high = _limits(chosen, "est", level)
    return pd.DataFrame(
        {
            "construct": chosen["lhs"],
            "other": chosen["rhs"],
            "r": chosen["est"],
            "se": chosen["se"],
            "p": chosen["p"],
            "ci_low": low,
            "ci_high": high,
        }
    )


def _admissible(found: Fit) -> bool:
    """No negative variance and no correlation beyond ±1 between latent variables."""
    est = found.estimates
    own = est[(est["op"] == "~~") & (est["lhs"] == est["rhs"])]
    std = found.standardized()
    between = std[(std["op"] == "~~") & (std["lhs"] != std["rhs"])]
    return bool(found.converged and (own["est"] >= 0).all() and (between["est"].abs() <= 1).all())


def _comparison(main: Fit, structure: str, others: Mapping[str, Fit], used: Sequence[str]) -> pd.DataFrame:
    rows = []
    for name, found in {structure: main, **others}.items():
        values = found.indices
        row: dict[str, Any] = {"structure": name, "n": found.n}
        row |= {key: values.get(key, np.nan) for key in ("chisq", "df")} | {"p": values.get("pvalue", np.nan)}
        row |= {key: values.get(key, np.nan) for key in ("cfi", "tli", "rmsea", "srmr", "aic", "bic")}
        same = set(found.observed) == set(used) and found.n == main.n
        if not same:
            row["aic"] = row["bic"] = np.nan
        rows.append(
            row | {"converged": found.converged, "admissible": _admissible(found), "comparable": same}
        )
    return pd.DataFrame(rows)


def _largest_modifications(main: Fit) -> list[Note]:
    """The three largest modification indices, with the warning that belongs to them; nothing when they do not
    exist for this fit."""
    try:
        found = main.modification_indices(minimum=3.84).head(3)
    except UmkmError:
        return []
    if found.empty:
        return []
    said = [
        f"{lhs} {op} {rhs} ({mi:.1f})"
        for lhs, op, rhs, mi in found[["lhs", "op", "rhs", "mi"]].itertuples(index=False, name=None)
    ]
    return [Note("MEA146", {"changes": said})]


def _remarks(main: Fit, structure: str, others: Mapping[str, Fit]) -> list[Note]:
    notes: list[Note] = []
    found = main.indices
    missed = [
        name.upper()
        for name, border in CUTOFFS.items()
        if (found[name] < border if name in ("cfi", "tli") else found[name] > border)
    ]
    if missed:
        notes.append(Note("MEA142", {"names": missed}))
        notes += _largest_modifications(main)
    if found["df"] == 0:
        notes.append(Note("MEA143"))
    loadings = main.standardized().query("op == '=~'")
    weak = loadings.loc[(loadings["est"] < WEAK) & (loadings["lhs"] != WORDING), "rhs"].tolist()
    if weak:
        notes.append(Note("MEA144", {"items": weak, "border": WEAK}, row=weak[0], column="loading"))
    apart = [name for name, other in others.items() if set(other.observed) != set(main.observed)]
    if apart:
        notes.append(Note("MEA145", {"structures": apart}, row=apart[0], column="bic"))
    return notes
