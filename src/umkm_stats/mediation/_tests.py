"""Equivalence of the direct effect, contrasts between indirect effects, families of hypotheses, full
mediation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.tests import bayes_factor_null, false_discovery, holm, tost
from umkm_stats.mediation import _rows
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._meaning import not_primary, nothing, on_draws, row_of
from umkm_stats.options import one_of
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._result import Mediation


def bounds(value: Any) -> dict[str, Any]:
    """``equivalence=`` as bound, scale ("raw" or "std_xy"), alpha and prior_sd; raises ``UsageError``
    MED027."""
    given = dict(value) if isinstance(value, Mapping) else {"bound": value}
    unknown = set(given) - {"bound", "scale", "alpha", "prior_sd"}
    numbers = [given.get("bound"), given.get("alpha", 0.05), given.get("prior_sd", 1.0)]
    fine = all(isinstance(n, (int, float)) and not isinstance(n, bool) and 0 < n < np.inf for n in numbers)
    if unknown or not fine:
        raise UsageError("MED027", params={"received": repr(value)})
    one_of("scale", given.get("scale", "raw"), ("raw", "std_xy"))
    return {
        "bound": float(given["bound"]),
        "scale": str(given.get("scale", "raw")),
        "alpha": float(given.get("alpha", 0.05)),
        "prior_sd": float(given["prior_sd"]) if "prior_sd" in given else None,
    }


def equivalence(result: Mediation, bound: Any) -> Detail:
    """Two one-sided tests of every direct effect (conditional ones where c′ is moderated) against ±bound;
    with
    ``prior_sd`` the Bayes factor of 0.

    ``bound``: a number on the scale of the coefficient, or {"bound": .1, "scale": "std_xy", "alpha": .05,
    "prior_sd": .2}; on scale "std_xy" bound and prior are in SDs of y per SD of x, turned into raw units by
    the SDs of the sample.
    """
    import pandas as pd

    asked = bounds(bound)
    rows = []
    for entry in result.named:
        plain = entry.kind == "direct" and not entry.at
        if not plain and (entry.kind != "conditional_direct" or result.columns is None):
            continue
        row = row_of(result, entry.kind, entry.path, ways.TESTED)
        if row is None:
            continue
        est, se = float(row["est"]), float(row["se"])
        factor = 1.0
        if asked["scale"] == "std_xy":
            found = _unit(result, entry, est)
            if found is None:
                continue
            factor = found
        df = np.inf if result.found is None else float(result.found.df[entry.paths[0][0][0][0]])
        answer = tost(est, se, df, asked["bound"] * factor, asked["alpha"])
        prior = asked["prior_sd"]
        evidence = np.nan if prior is None else bayes_factor_null(est, se, prior * factor)
        rows.append(
            {
                "path": entry.path,
                "est": est,
                "bound": asked["bound"] * factor,
                "ci_low": answer.low,
                "ci_high": answer.high,
                "p": answer.p,
                "equivalent": answer.equivalent,
                "bf01": evidence,
            }
        )
    names = ["path", "est", "bound", "ci_low", "ci_high", "p", "equivalent", "bf01"]
    return Detail(
        "equivalence",
        pd.DataFrame(rows, columns=names),
        result.sample,
        result.seed,
        (Note("MED415", {}), *([] if rows else nothing(result))),
        {"bound": asked["bound"], "scale": asked["scale"], "level": 1 - 2 * asked["alpha"]},
    )


def _unit(result: Mediation, entry: Named, est: float) -> float | None:
    """SD of y over SD of x: one standardised unit of the effect in raw units."""
    if result.columns is not None:
        x, y = (result.columns.column(name) for name in (entry.route[0], entry.route[-1]))
        return float(y.std() / x.std())
    for record in result.sizes.to_dict("records"):
        same = (record["effect"], record["path"], record["scale"]) == ("direct", entry.path, "std_xy")
        if same and record["est"] != 0:
            return est / float(record["est"])
    return None


def contrasts(result: Mediation) -> Detail:
    """Differences between the specific indirect effects that share both ends, and between conditional
    indirect effects
    of one path at different moderator values, on the draws of the analysis, by those of its interval methods
    for which the draws suffice."""
    import pandas as pd

    specific = [entry for entry in result.named if entry.kind in ("indirect", "conditional_indirect")]
    pairs = [pair for pair in itertools.combinations(specific, 2) if _comparable(*pair)]
    deciding = on_draws(result)
    usable = [name for name in result.intervals if ways.WAYS[name].takes("draws")]
    methods = ways.in_order(
        {deciding, *(name for name in usable if name != deciding and not ways.WAYS[name].takes("errors"))}
    )
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for first, second in pairs:
        entry = Named("contrast", f"({first.path}) - ({second.path})", first.route, ())
        draws = (result.draws[first.key] - result.draws[second.key]).to_numpy(dtype=np.float64)
        point = _point(result, first) - _point(result, second)
        left = None if result.left is None else _left_difference(result, first, second)
        more, said = _rows.drawn([entry], np.array([point]), draws[:, None], left, result.level, methods)
        rows += more
        notes += said
    notes += not_primary(result, deciding) if pairs else [Note("MED443", {})]
    frame = pd.DataFrame(rows, columns=list(_rows.COLUMNS))
    return Detail("contrasts", frame, result.sample, result.seed, tuple(notes))


def _left_difference(result: Mediation, first: Named, second: Named) -> np.ndarray[Any, Any]:
    assert result.left is not None
    one, two = (result.named.index(entry) for entry in (first, second))
    return result.left.jackknife(result.left.values[:, [one]] - result.left.values[:, [two]])


def _comparable(first: Named, second: Named) -> bool:
    if first.kind != second.kind:
        return False
    if first.kind == "conditional_indirect":
        return first.route == second.route
    return (first.route[0], first.route[-1]) == (second.route[0], second.route[-1])


def _point(result: Mediation, entry: Named) -> float:
    table = result.effects
    return float(table[(table["effect"] == entry.kind) & (table["path"] == entry.path)]["est"].iloc[0])


def adjust(table: pd.DataFrame, *, family: str | Sequence[str] | None = None, p: str = "p") -> pd.DataFrame:
    """p-values adjusted for their number within declared families.

    Parameters
    ----------
    table : pandas.DataFrame
        A frame with p-values; rows without one stay out of the count.
    family : str or sequence of str, optional
        A column (or several) that names the family of every row; None takes all rows as one family.
    p : str, default "p"
        The column of p-values.

    Returns
    -------
    pandas.DataFrame
        ``table`` with the columns p_holm and p_fdr (Benjamini–Hochberg).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import adjust
    >>> found = adjust(examples.mediation().coefficients, family="outcome")
    >>> found[["term", "p", "p_holm"]].round(4).to_dict("records")[3]
    {'term': 'OI', 'p': 0.0078, 'p_holm': 0.0078}
    """
    wanted = [family] if isinstance(family, str) else list(family or ())
    for name in (*wanted, p):
        if name not in table.columns:
            raise UsageError("MED002", params={"name": name, "near": "–"})
    values = table[p].to_numpy(dtype=np.float64)
    labels = np.zeros(len(table), dtype=np.int64)
    if wanted:
        labels = np.asarray(table.groupby(wanted, dropna=False, sort=False).ngroup(), dtype=np.int64)
    by_holm, by_fdr = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for family_number in np.unique(labels):
        rows = labels == family_number
        by_holm[rows], by_fdr[rows] = holm(values[rows]), false_discovery(values[rows])
    return table.assign(p_holm=by_holm, p_fdr=by_fdr)


def full_mediation(result: Mediation) -> Detail:
    """Test of full mediation, all direct effects on an outcome 0, against the model with them.

    Score models: n·log(RSS₀/RSS₁) with as many degrees of freedom as predictors. Latent models: the model is
    fitted again without the direct arrows, and the difference test is the one that belongs to the estimator.
    Raises ``UsageError`` MED028 with moderators, MED037 for ordinal items or a model without direct arrows.
    """
    import pandas as pd

    rows = _without_direct(result) if result.fit is not None else _score_ratio(result)
    frame = pd.DataFrame(rows, columns=["outcome", "x2", "df", "p"])
    return Detail("full_mediation", frame, result.sample, result.seed)


def _score_ratio(result: Mediation) -> list[dict[str, Any]]:
    if result.columns is None or result.spec.probed:
        raise UsageError("MED028", params={})
    from umkm_stats.adapters.statsmodels_ols import ols

    columns, spec, rows = result.columns, result.spec, []
    for entry in spec.equations:
        if entry.role != "outcome":
            continue
        outcome = columns.column(entry.outcome)
        kept = [term for term in entry.terms if term[0] not in spec.x]
        full = ols(outcome, columns.values[:, [columns.index(term) for term in entry.terms]])
        bare = ols(outcome, columns.values[:, [columns.index(term) for term in kept]])
        x2 = 2 * (full.llf - bare.llf)
        df = len(entry.terms) - len(kept)
        rows.append({"outcome": entry.outcome, "x2": x2, "df": df, "p": float(stats.chi2.sf(x2, df))})
    return rows


def _without_direct(result: Mediation) -> list[dict[str, Any]]:
    import pandas as pd

    from umkm_stats.sem import fit as refit

    found = result.fit
    if found is None or result.spec.moderators:
        raise UsageError("MED028", params={})
    arrows = [entry.route for entry in result.named if entry.kind == "direct"]
    if not arrows or found.method.ordinal:
        raise UsageError("MED037", params={"estimator": found.estimator})
    options = found.options
    frames = []
    for label, values in zip(found.group_labels, found.arrays, strict=True):
        frame = pd.DataFrame(values, columns=list(found.observed))
        frames.append(frame if options.group is None else frame.assign(**{options.group: label}))
    data = pd.concat(frames, ignore_index=True)
    if options.cluster is not None:
        data[options.cluster] = np.concatenate(found.clusters)
    if options.sampling_weights is not None:
        data[options.sampling_weights] = np.concatenate(found.weights)
    rows = []
    for target in result.spec.y:
        mine = sorted({route[0] for route in arrows if route[-1] == target})
        if not mine:
            continue
        extra = "".join(f"\n`{target}` ~ 0*`{source}`" for source in mine)
        other = refit(
            options.model + extra,
            data,
            estimator=found.estimator,
            missing=options.missing,
            group=options.group,
            group_equal=options.group_equal,
            group_partial=options.group_partial,
            std_lv=options.std_lv,
            fixed_x=options.fixed_x,
            cluster=options.cluster,
            bounds=options.bounds,
            information=options.information,
            meanstructure=found.compiled.means,
            growth=options.growth,
            orthogonal=options.orthogonal,
            effect_coding=options.effect_coding,
            sampling_weights=options.sampling_weights,
        )
        test = found.nested_test(other)
        rows.append({"outcome": target, "x2": test.chisq_diff, "df": test.df_diff, "p": test.p})
    return rows


def bollen_stine(result: Mediation, *, draws: int, seed: int | None) -> Detail:
    """Bollen–Stine test of fit of a latent model: χ² of draws from data turned so that the model holds.

    p = (#{χ²* ≥ χ²} + 1)/(converged + 1). Raises ``UsageError`` MED035 for models without degrees of freedom.
    """
    import pandas as pd

    fit = result.fit
    if fit is None or fit.df == 0:
        raise UsageError("MED035", params={})
    run = fit.bootstrap(draws=draws, seed=result.seed if seed is None else seed, kind="bollen-stine")
    drawn = run.status["chisq"].to_numpy(dtype=np.float64)
    drawn = drawn[np.isfinite(drawn)]
    p = (int((drawn >= fit.x2).sum()) + 1) / (len(drawn) + 1)
    row = {"x2": fit.x2, "df": fit.df, "p": p, "draws": len(drawn)}
    frame = pd.DataFrame([row], columns=["x2", "df", "p", "draws"])
    meta = {key: value for key, value in run.ledger.items() if key != "reasons"}
    return Detail("bollen_stine", frame, result.sample, run.seed, (), meta)
