"""Convergent and discriminant validity of a fitted measurement model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from umkm_stats import options
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.measurement._base import Floats, Outcome, rows_of, table_lines
from umkm_stats.measurement._model import GENERAL, WORDING, Parts, parts_of
from umkm_stats.measurement._ordinal import polychoric_blocks
from umkm_stats.measurement._resample import covariance_blocks, percentile
from umkm_stats.results import Note
from umkm_stats.sem import Fit, fit

AVE_LEAST, CR_LEAST = 0.50, 0.70
CUTS = (0.85, 0.90, 1.0)
TABLE = (
    "construct",
    "k",
    "ave",
    "ave_raw",
    "cr_std",
    "cr_raw",
    "omega_total",
    "max_rho",
    "sqrt_ave",
    "max_r",
    "fornell_larcker",
    "convergent",
)
PAIRS = ("construct", "other", "r", "r_low", "r_high", "htmt", "htmt2", "fornell_larcker", "problem")
DRAWN = ("ave", "cr_std", "omega")


@dataclass(frozen=True, eq=False)
class Validity(Outcome):
    """Convergent and discriminant validity.

    table: see :func:`validity`. pairs: construct other r r_low r_high htmt htmt2 fornell_larcker problem,
    with draws also htmt_low htmt_high htmt2_low htmt2_high below_085 below_090 below_1, with tests chisq_diff
    df p cut. cross_loadings: item, factor, loading (correlation of the item with the factor), own. higher:
    factor ave cr_std (of the first-order factors as its indicators) omega_l1 omega_l2 omega_partial of
    second-order factors, omega_hierarchical of a general factor. level: of the intervals. ledger: draws
    requested, converged, inadmissible, failed.
    """

    pairs: pd.DataFrame
    cross_loadings: pd.DataFrame
    higher: pd.DataFrame
    level: float
    ledger: dict[str, int]

    TITLE: ClassVar[str] = "measurement.validity.title"
    PARTS: ClassVar[tuple[str, ...]] = ("pairs", "cross_loadings", "higher", "level", "ledger")

    def glance(self) -> pd.DataFrame:
        """constructs, smallest AVE and CR, largest HTMT and factor correlation."""
        row = {
            "constructs": len(self.table),
            "ave_min": self.table["ave"].min(),
            "cr_min": self.table["cr_std"].min(),
        }
        row |= {"htmt_max": self.pairs["htmt"].max(), "r_max": self.pairs["r"].abs().max()}
        return pd.DataFrame([row | {"n": self.sample.used if self.sample else np.nan}])

    def lines(self, lang: str) -> list[str]:
        """The two tables."""
        names = ("construct", "other", "r", "r_low", "r_high", "htmt", "htmt_low", "htmt_high", "problem")
        first = table_lines(
            self.table,
            lang,
            names=("construct", "k", "cr_std", "ave", "sqrt_ave", "max_r", "fornell_larcker"),
        )
        return [*first, "", *table_lines(self.pairs, lang, names=names)]

    def matrix(self, number: str = "htmt") -> pd.DataFrame:
        """Constructs × constructs of a column of ``pairs``; with "r", √AVE stands on the diagonal (the
        Fornell–Larcker table)."""
        names = list(self.table["construct"])
        out = pd.DataFrame(np.nan, index=names, columns=names)
        for row in rows_of(self.pairs):
            out.loc[row.construct, row.other] = out.loc[row.other, row.construct] = float(
                getattr(row, number)
            )
        diagonal = self.table["sqrt_ave"].to_numpy() if number == "r" else np.ones(len(names))
        for name, value in zip(names, diagonal, strict=True):
            out.loc[name, name] = float(value)
        return out


def validity(
    fit: Any,
    *,
    draws: int = 0,
    seed: int | None = None,
    level: float = 0.95,
    tests: bool = False,
    cut: float = 1.0,
    workers: int = 1,
) -> Validity:
    """Convergent and discriminant validity of a measurement model.

    Parameters
    ----------
    fit: a ``Fit`` or a ``Cfa`` of one group, with at least one factor of two or more items.
    draws: full refits (ordinary case draws) for percentile limits of AVE, CR, ω and, on the same draws, of
    HTMT and HTMT2; 0 gives none.
        ``workers`` as in ``Fit.bootstrap``.
    tests: also refit with each factor correlation held at ``cut`` (with the sign it has) and compare χ²
    (Rönkkö & Cho).

    Returns
    -------
    :class:`Validity`; ``tidy()``: construct k ave cr_std (standardised loadings) ave_raw (own units, observed
    item variances, semTools' ``AVE``) cr_raw (own units, model-implied variance) omega_total (observed
    variance, semTools' ``compRelSEM``; of the latent responses when ordinal, and then omega_ordinal, the
    reliability of the sum of the answers by Green and Yang) max_rho sqrt_ave max_r fornell_larcker convergent
    (AVE ≥ .50 and CR ≥ .70); with draws also ave_low ave_high cr_std_low cr_std_high omega_low omega_high. In
    ``pairs`` ``problem`` grades the upper limit of the factor correlation as Rönkkö & Cho (2022,
    https://doi.org/10.1177/1094428120968614): none below .80, marginal below .90, moderate below 1, severe
    from 1; below_085, below_090 and below_1 say whether the upper limit of HTMT lies below that value.

    Raises ``UsageError`` MEA016 (several groups), MEA017 (no such factor), GEN00x.
    """
    options.share("level", level)
    options.whole("draws", draws, low=0)
    found: Fit = getattr(fit, "fit", fit)
    parts = parts_of(found)
    notes: list[Note] = []
    point = _measures(parts, found.params[None], parts.cov[None])
    corr = reliability_kernel.correlations(parts.cov)
    ratio, geometric = kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)
    lam, phi, sigma = parts.implied(found.params[None])
    table, pairs = _tables(parts, point, phi[0], ratio, geometric, level)
    if parts.ordinal.any():
        table.insert(
            list(table.columns).index("max_rho"), "omega_ordinal", _green_yang(parts, lam[0], phi[0])
        )
    ledger: dict[str, int] = {}
    if draws:
        seed = draw_kernel.new_seed() if seed is None else seed
        ledger = _intervals(parts, table, pairs, draws, seed, level, workers, notes)
    if tests:
        _tests(parts, pairs, cut, notes)
    notes += _remarks(table, pairs)
    return Validity(
        table=table,
        sample=found.sample,
        notes=tuple(notes),
        seed=seed if draws else None,
        pairs=pairs,
        cross_loadings=_cross(parts, lam[0], phi[0], sigma[0]),
        higher=_higher(parts),
        level=level,
        ledger=ledger,
    )


def _measures(parts: Parts, params: Floats, cov: Floats) -> kernel.FactorMeasures:
    lam, phi, sigma = parts.implied(params, cov if cov.shape[0] == params.shape[0] else None)
    return kernel.factor_measures(lam, phi, sigma, cov, parts.members, parts.columns)


def _tables(
    parts: Parts, point: kernel.FactorMeasures, phi: Floats, ratio: Floats, geometric: Floats, level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = list(parts.factors)
    k = len(names)
    with np.errstate(invalid="ignore"):
        root = np.sqrt(point.ave[0])
        inner = phi[np.ix_(parts.columns, parts.columns)]
        sd = np.sqrt(np.diag(inner))
        r = inner / np.outer(sd, sd)
    off = np.where(np.eye(k, dtype=bool), np.nan, np.abs(r))
    largest = np.array([np.nanmax(row) if np.isfinite(row).any() else np.nan for row in off])
    table = pd.DataFrame(
        {
            "construct": names,
            "k": [len(items) for items in parts.factors.values()],
            "ave": point.ave[0],
            "ave_raw": point.ave_raw[0],
            "cr_std": point.cr_std[0],
            "cr_raw": point.cr_raw[0],
            "omega_total": point.omega[0],
            "max_rho": point.max_rho[0],
            "sqrt_ave": root,
            "max_r": largest,
            "fornell_larcker": [
                bool(a > b) if np.isfinite(a) and np.isfinite(b) else None
                for a, b in zip(root, largest, strict=True)
            ],
            "convergent": (point.ave[0] >= AVE_LEAST) & (point.cr_std[0] >= CR_LEAST),
        },
        columns=list(TABLE),
    )
    lower, upper = _correlation_limits(parts, level)
    rows: list[dict[str, Any]] = []
    for j in range(k):
        for i in range(j):
            low, high = float(lower[i, j]), float(upper[i, j])
            apart = (
                bool(min(root[i], root[j]) > abs(r[i, j]))
                if np.isfinite([root[i], root[j], r[i, j]]).all()
                else None
            )
            row = {"construct": names[i], "other": names[j], "r": r[i, j], "r_low": low, "r_high": high}
            rows.append(
                row
                | {
                    "htmt": ratio[i, j],
                    "htmt2": geometric[i, j],
                    "fornell_larcker": apart,
                    "problem": _grade(low, high),
                }
            )
    return table, pd.DataFrame(rows, columns=list(PAIRS))


def _grade(low: float, high: float) -> str | None:
    """Rönkkö & Cho's classes by the limit farther from zero."""
    far = max(abs(low), abs(high))
    if not np.isfinite(far):
        return None
    return "none" if far < 0.8 else "marginal" if far < 0.9 else "moderate" if far < 1 else "severe"


def _correlation_limits(parts: Parts, level: float) -> tuple[Floats, Floats]:
    """(k,k) delta-method limits of the correlations that the model implies between its first-order factors.

    The derivatives are central differences of the implied correlations; NaN where a correlation has no
    standard error.
    """
    params, vcov = parts.fit.params, parts.fit.vcov
    se = np.sqrt(np.maximum(np.diag(vcov), 0))
    step = 1e-3 * np.where(np.isfinite(se) & (se > 0), se, 1e-3)
    moved = np.concatenate([params + np.diag(step), params - np.diag(step), params[None]])
    _, phi, _ = parts.implied(moved)
    inner = phi[:, parts.columns][:, :, parts.columns]
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(np.diagonal(inner, axis1=1, axis2=2))
        r = inner / (sd[:, :, None] * sd[:, None, :])
    count = params.size
    slope = (r[:count] - r[count : 2 * count]) / (2 * step[:, None, None])
    variance = np.einsum("pij,pq,qij->ij", slope, vcov, slope)
    wide = float(norm.isf((1 - level) / 2)) * np.sqrt(np.where(variance > 1e-20, variance, np.nan))
    return r[-1] - wide, r[-1] + wide


def _intervals(
    parts: Parts,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    draws: int,
    seed: int,
    level: float,
    workers: int,
    notes: list[Note],
) -> dict[str, int]:
    """Add percentile limits to both frames; the ledger of the draws."""
    values = parts.fit.arrays[0]
    whole = bool(values.size and np.isfinite(values).all())
    k = len(parts.factors)
    covs: list[Floats] = []
    ratios: list[Floats] = []
    if parts.ordinal.any():
        for corr in polychoric_blocks(values, list(parts.fit.observed), draws=draws, seed=seed):
            ratios.append(
                np.stack([kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)], axis=1)
            )
            covs.append(corr)
    elif whole:
        n = values.shape[0]
        for cov in covariance_blocks(values, draws=draws, seed=seed):
            corr = reliability_kernel.correlations(cov)
            ratios.append(
                np.stack([kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)], axis=1)
            )
            covs.append(cov * ((n - 1) / n))
    else:
        notes.append(Note("MEA153", column="htmt_low"))
        whole = False
    drawn = parts.fit.bootstrap(draws=draws, seed=seed, workers=workers)
    params = drawn.estimates[list(parts.fit.param_names)].to_numpy(dtype=np.float64)
    numbers = np.full((draws, len(DRAWN), k), np.nan)
    fine = np.isfinite(params).all(axis=1)
    seen = np.concatenate(covs) if covs else np.broadcast_to(parts.cov, (draws, *parts.cov.shape))
    if fine.any():
        got = _measures(parts, params[fine], seen[fine])
        numbers[fine] = np.stack([got.ave, got.cr_std, got.omega], axis=1)
    for m, name in enumerate(DRAWN):
        limits = [percentile(numbers[np.isfinite(numbers[:, m, j]), m, j], level) for j in range(k)]
        table[f"{name}_low"], table[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
    if whole:
        every = np.concatenate(ratios)
        index = [(i, j) for j in range(k) for i in range(j)]
        for m, name in enumerate(("htmt", "htmt2")):
            limits = [percentile(every[np.isfinite(every[:, m, i, j]), m, i, j], level) for i, j in index]
            pairs[f"{name}_low"], pairs[f"{name}_high"] = [a for a, _ in limits], [b for _, b in limits]
        for border in CUTS:
            name = "below_1" if border == 1 else f"below_0{round(100 * border)}"
            pairs[name] = [bool(high < border) if np.isfinite(high) else None for high in pairs["htmt_high"]]
    ledger = {key: int(value) for key, value in drawn.ledger.items() if isinstance(value, (int, np.integer))}
    if ledger.get("failed", 0) or ledger.get("inadmissible", 0):
        notes.append(
            Note(
                "MEA152",
                {
                    "requested": draws,
                    "failed": ledger.get("failed", 0),
                    "inadmissible": ledger.get("inadmissible", 0),
                },
            )
        )
    return ledger


def _green_yang(parts: Parts, lam: Floats, phi: Floats) -> list[float]:
    """Reliability of the sum of the categories, a factor."""
    out = []
    for items, j in zip(parts.members, parts.columns, strict=True):
        common = np.outer(lam[items, j], lam[items, j]) * phi[j, j]
        total = parts.cov[np.ix_(items, items)]
        out.append(kernel.green_yang(common, total, [parts.thresholds[i] for i in items]))
    return out


def _tests(parts: Parts, pairs: pd.DataFrame, cut: float, notes: list[Note]) -> None:
    """χ² difference of each pair when its correlation is held at ±``cut``; NaN with a note when the refit
    fails."""
    base = parts.fit
    under = {name for members in parts.higher.values() for name in members}
    columns: dict[str, list[float]] = {"chisq_diff": [], "df": [], "p": []}
    sample: dict[str, Any] = {
        "sample_cov": pd.DataFrame(
            parts.cov * base.n / (base.n - 1), index=base.observed, columns=base.observed
        ),
        "n_obs": base.n,
    }
    for row in rows_of(pairs):
        numbers = [np.nan, np.nan, np.nan]
        if (
            not under & {row.construct, row.other}
            and base.options.estimator == "ML"
            and base.options.missing == "listwise"
        ):
            held = np.copysign(cut, row.r)
            try:
                other = fit(
                    f"{base.options.model}\n{row.construct} ~~ {held:.15g}*{row.other}", std_lv=True, **sample
                )
                difference, df = max(other.x2 - base.x2, 0.0), other.df - base.df
                if other.converged and df > 0:
                    numbers = [difference, float(df), float(chi2.sf(difference, df))]
            except UmkmError:
                pass
        if not np.isfinite(numbers[0]):
            notes.append(
                Note(
                    "MEA154",
                    {"construct": row.construct, "other": row.other},
                    row=f"{row.construct}–{row.other}",
                    column="chisq_diff",
                )
            )
        for name, value in zip(columns, numbers, strict=True):
            columns[name].append(value)
    for name, entries in columns.items():
        pairs[name] = entries
    pairs["cut"] = cut


def _cross(parts: Parts, lam: Floats, phi: Floats, sigma: Floats) -> pd.DataFrame:
    """Correlation of every item with every factor implied by the model."""
    with np.errstate(invalid="ignore"):
        covariance = lam @ phi
        r = covariance / np.sqrt(np.outer(np.diag(sigma), np.diag(phi)))
    rows = []
    observed = list(parts.fit.observed)
    for owner, items in parts.factors.items():
        for item in items:
            for name, j in zip(parts.factors, parts.columns, strict=True):
                rows.append(
                    {
                        "item": item,
                        "factor": name,
                        "loading": r[observed.index(item), j],
                        "own": name == owner,
                    }
                )
    return pd.DataFrame(rows)


def _higher(parts: Parts) -> pd.DataFrame:
    """ω of second-order factors and ω hierarchical of a general factor, when the model has one."""
    states = list(parts.fit.layout.states)
    rows: list[dict[str, Any]] = []
    if parts.higher:
        made = parts.matrices(parts.fit.params[None])
        std_loadings = parts.fit.estimates.query("op == '=~'")
        for name, members in parts.higher.items():
            first = np.array([states.index(member) for member in members])
            got = kernel.higher_omega(
                made.lam[:, 0], made.beta[:, 0], made.psi[:, 0], made.theta[:, 0], first, states.index(name)
            )
            std = std_loadings[std_loadings["lhs"] == name]["std_all"].to_numpy(dtype=np.float64)
            row = {
                "factor": name,
                "ave": float((std**2).mean()),
                "cr_std": float(reliability_kernel.composite(std, 1 - std**2)),
            }
            row |= {"omega_l1": got.total[0], "omega_l2": got.factors[0], "omega_partial": got.partial[0]}
            rows.append(row | {"omega_hierarchical": np.nan})
    if GENERAL in parts.factors and len(parts.factors) > 1:
        lam, phi, _ = parts.implied(parts.fit.params[None])
        place = list(parts.factors).index(GENERAL)
        share = kernel.hierarchical_omega(
            lam, phi, parts.cov[None], parts.members[place], parts.columns[place]
        )
        rows.append({"factor": GENERAL, "omega_hierarchical": float(share[0])})
    return pd.DataFrame(
        rows,
        columns=["factor", "ave", "cr_std", "omega_l1", "omega_l2", "omega_partial", "omega_hierarchical"],
    )


def _remarks(table: pd.DataFrame, pairs: pd.DataFrame) -> list[Note]:
    notes: list[Note] = []
    real = table[~table["construct"].isin((WORDING, GENERAL))]
    for row in rows_of(real):
        if np.isfinite(row.ave) and row.ave < AVE_LEAST:
            code = "MEA147" if row.cr_std >= CR_LEAST else "MEA148"
            notes.append(
                Note(
                    code,
                    {"construct": row.construct, "ave": row.ave, "cr": row.cr_std},
                    row=str(row.construct),
                    column="ave",
                )
            )
        if not np.isfinite(row.ave):
            notes.append(Note("MEA149", {"construct": row.construct}, row=str(row.construct), column="ave"))
    for row in rows_of(pairs):
        pair = f"{row.construct}–{row.other}"
        if row.fornell_larcker is False:
            notes.append(
                Note(
                    "MEA150",
                    {"construct": row.construct, "other": row.other, "r": row.r},
                    row=pair,
                    column="fornell_larcker",
                )
            )
        if not np.isfinite(row.htmt):
            notes.append(
                Note("MEA151", {"construct": row.construct, "other": row.other}, row=pair, column="htmt")
            )
        if not np.isfinite(row.r_low):
            notes.append(
                Note("MEA156", {"construct": row.construct, "other": row.other}, row=pair, column="r_low")
            )
        if row.problem in ("moderate", "severe"):
            notes.append(
                Note(
                    "MEA155",
                    {"construct": row.construct, "other": row.other, "low": row.r_low, "high": row.r_high},
                    row=pair,
                    column="problem",
                )
            )
    return notes
