"""How fair and how sharp the review is: correct tables printed under each convention, and altered digits.

    python benchmarks/review_conventions.py        # 1,000 tables a convention, writes review_conventions.csv
    python benchmarks/review_conventions.py 100    # fewer, printed only

accused: numbers of correct tables called inconsistent, with the right program named and with none. caught: of
the altered digits that the textbook formula alone calls inconsistent, the share that stays inconsistent with
the right program named. One digit that is not the last is changed by 2 or more.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from umkm_stats import review
from umkm_stats.kernels.review import fit_table, programs, tables
from umkm_stats.kernels.review.printed import Interval
from umkm_stats.review._whole import TEXTLESS

SEED = 20261128
Table = tuple[str, dict[str, Any], tuple[str, ...]]
"""Kind of claim, its printed fields, and the fields whose digits may be altered."""


def put(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def one_fit(
    rng: np.random.Generator,
    *,
    less: int = 0,
    groups: int = 1,
    root: bool = True,
    gfi: bool = False,
    aic: str = "",
    fmin: bool = False,
    factors: int = 0,
    observed_x: int = 0,
) -> Table:
    """A table of fit of a model that some program fitted."""
    items, n = int(rng.integers(6, 20)), int(rng.integers(100, 600))
    base_df = items * (items - 1) // 2
    k = int(rng.integers(2 * items, 3 * items))
    df = items * (items + 1) // 2 - k
    df += factors * (factors - 1) // 2 if factors else 0
    if df < 2:
        return one_fit(
            rng,
            less=less,
            groups=groups,
            root=root,
            gfi=gfi,
            aic=aic,
            fmin=fmin,
            factors=factors,
            observed_x=observed_x,
        )
    x2 = float(df * rng.uniform(1.1, 4.0))
    base = float(x2 + base_df * rng.uniform(5, 15))
    rows = n - less * groups
    scale = groups if root else 1
    values = {
        "chi2": put(x2, 3),
        "df": str(df),
        "n": str(n),
        "groups": str(groups),
        "base_chi2": put(base, 3),
        "base_df": str(base_df),
        "chi2_df": put(x2 / df, 3),
        "cfi": put(1 - max(x2 - df, 0) / max(base - base_df, x2 - df), 3),
        "tli": put((base / base_df - x2 / df) / (base / base_df - 1), 3),
        "nfi": put(1 - x2 / base, 3),
        "rmsea": put(fit_table.rmsea_of(Interval(x2, x2), df, rows, scale, 0, 0.9).low, 4),
        "rmsea_low": put(fit_table.rmsea_of(Interval(x2, x2), df, rows, scale, -1, 0.9).low, 4),
        "rmsea_high": put(fit_table.rmsea_of(Interval(x2, x2), df, rows, scale, 1, 0.9).low, 4),
    }
    may = ["chi2_df", "cfi", "tli", "nfi", "rmsea", "rmsea_high"]
    if groups == 1:
        values |= {"items": str(items), "parameters": str(k)}
        may.append("df")
    if factors:
        values["factors"] = str(factors)
    if observed_x:
        values["observed_x"] = str(observed_x)
    if gfi:
        values |= {"gfi": values["nfi"], "agfi": put(1 - base_df / df * (x2 / base), 3)}
        may += ["agfi"]
    if aic:
        penalty = {"aic": 2 * k, "bic": k * np.log(n)}
        for name, more in penalty.items():
            values[name] = put(x2 + more if aic == "chi2" else more - 2 * x2 / n, 3)
    if fmin:
        values["fmin"] = put(x2 / (n - 1), 6)
    return "fit", values, tuple(may)


def header_f(rng: np.random.Generator) -> Table:
    k, rest, f = int(rng.integers(1, 6)), int(rng.integers(40, 300)), rng.uniform(1.2, 4.0)
    p = float(stats.f.sf(f, k + 1, rest))
    fields = {"statistic": "F", "value": put(f, 3), "df": str(k), "df2": str(rest), "p": put(p, 4)}
    return "test", fields, ("p",)


def one_tailed(rng: np.random.Generator) -> Table:
    t, se = rng.uniform(0.4, 3.0), rng.uniform(0.04, 0.2)
    p = float(stats.norm.sf(t))
    fields = {"value": put(t, 3), "est": put(t * se, 4), "se": put(se, 4), "p": put(p, 3)}
    return "test", {**fields, "scale": "raw"}, ("value", "est", "p")


def normal_p(rng: np.random.Generator) -> Table:
    est, se = rng.uniform(0.1, 0.5), rng.uniform(0.05, 0.2)
    shift = rng.uniform(-0.4, 0.8) * se
    p = float(2 * stats.norm.sf(est / se))
    fields = {"est": put(est, 4), "se": put(se, 4), "low": put(est - 1.96 * se + shift, 3)}
    fields |= {"high": put(est + 1.96 * se + shift, 3), "p": put(p, 3), "interval": "bootstrap"}
    return "interval", fields, ("p",)


def row_without_x(rng: np.random.Generator) -> Table:
    x = rng.normal(size=80)
    m = rng.uniform(0.2, 0.7) * x + rng.normal(size=80)
    y = rng.uniform(0.2, 0.6) * m + rng.uniform(0.1, 0.5) * x + rng.normal(size=80)
    cov = np.cov([x, m, y])
    a = cov[0, 1] / cov[0, 0]
    direct, b = np.linalg.solve(cov[:2, :2], cov[:2, 2])
    fields = {"a": put(a, 4), "b": put(cov[1, 2] / cov[1, 1], 4), "ab": put(a * b, 4)}
    fields |= {"c_prime": put(direct, 4), "c": put(direct + a * b, 4)}
    fields |= {"sd_x": put(cov[0, 0] ** 0.5, 4), "sd_m": put(cov[1, 1] ** 0.5, 4)}
    return "mediation", fields, ("ab", "c")


def probes(rng: np.random.Generator) -> Table:
    data = rng.choice(np.arange(1.0, 5.01, 0.25), size=200)
    at = [put(float(np.percentile(data, q)), 2) for q in (16, 50, 84)]
    mean, sd = put(data.mean(), 3), put(data.std(ddof=1), 3)
    return "probes", {"mean": mean, "sd": sd, "values": at, "percentiles": list(at)}, ("values",)


def quantile(rng: np.random.Generator) -> Table:
    data, q = np.round(rng.normal(3, 1, size=15), 2), rng.choice([0.1, 0.25, 0.75, 0.9])
    found = tables.quantile(list(data), float(q), six=True)
    return "quantile", {"values": [put(v, 2) for v in data], "q": str(q), "value": put(found, 3)}, ("value",)


def crosstab(rng: np.random.Generator) -> Table:
    counts = rng.integers(5, 40, size=(2, 2))
    x2 = tables.chi2_two_by_two(*map(float, counts.ravel()), yates=True)
    fields = {"counts": [[str(v) for v in row] for row in counts], "chi2": put(x2, 3)}
    return "crosstab", {**fields, "p": put(float(stats.chi2.sf(x2, 1)), 3)}, ("chi2", "p")


def communality(rng: np.random.Generator) -> Table:
    loadings, phi = [rng.uniform(0.4, 0.8), rng.uniform(0.1, 0.3)], rng.uniform(0.2, 0.6)
    fields = {"loadings": [put(v, 3) for v in loadings], "phi": [[put(phi, 3)]]}
    return "communality", {**fields, "communality": put(sum(v * v for v in loadings), 3)}, ("communality",)


def items(rng: np.random.Generator, first: float = 0.7) -> np.ndarray:
    """Correlations of two blocks of three items; ``first``: weight of the first, negative if reversed."""
    f = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=200)
    weights = [first, *[0.8] * 5]
    data = np.column_stack([w * f[:, j // 3] + rng.normal(size=200) for j, w in enumerate(weights)])
    return np.corrcoef(data.T)


def htmt(rng: np.random.Generator, way: str) -> Table:
    from umkm_stats.kernels.review.published import htmt_of

    value = float("nan")
    while not np.isfinite(value):
        r = items(rng, -0.1 if way == "htmt_signed" else 0.7)
        value = htmt_of(r, [0, 1, 2], [3, 4, 5], way)
    names = [f"i{j}" for j in range(6)]
    fields = {"names": names, "first": names[:3], "second": names[3:], "htmt": put(value, 3)}
    return "htmt", {**fields, "correlations": [[put(v, 3) for v in row] for row in r]}, ("htmt",)


def alpha(rng: np.random.Generator) -> Table:
    r = items(rng, -0.7)
    value = tables.alpha_of(abs(r), abs(r)).middle
    rows = [[put(r[i, j], 3) for j in range(i)] for i in range(1, 6)]
    return "alpha", {"alpha": put(value, 3), "correlations": rows, "version": "standardised"}, ("alpha",)


def alpha_limits(rng: np.random.Generator) -> Table:
    value, k = rng.uniform(0.6, 0.95), int(rng.integers(3, 10))
    n = int(rng.integers(20, 100))
    before = n + int(rng.integers(3, 15))
    ends = [tables.alpha_limit(Interval(value, value), before, k, tail).low for tail in (0.025, 0.975)]
    fields = {"alpha": put(value, 4), "k": str(k), "n": str(n), "n_before": str(before)}
    return "alpha", {**fields, "low": put(ends[0], 3), "high": put(ends[1], 3)}, ("low", "high")


def ml_errors(rng: np.random.Generator) -> Table:
    n = int(rng.integers(25, 120))
    x = rng.normal(size=n)
    m = 0.4 * x + rng.normal(size=n)
    y = 0.5 * m + 0.2 * x + rng.normal(size=n)
    cov = np.cov([x, m, y])
    r = np.corrcoef([x, m, y])
    inner = cov[:2, :2]
    slopes = np.linalg.solve(inner, cov[:2, 2])
    rest = cov[2, 2] - slopes @ cov[:2, 2]
    error = (np.linalg.inv(inner * (n - 1))[1, 1] * rest * (n - 1) / n) ** 0.5
    fields = {"names": ["x", "m", "y"], "n": str(n), "x": "x", "m": "m", "y": "y"}
    fields |= {"correlations": [[put(r[1, 0], 4)], [put(r[2, 0], 4), put(r[2, 1], 4)]]}
    fields |= {"sds": [put(cov[j, j] ** 0.5, 4) for j in range(3)]}
    return "regression", {**fields, "claimed": {"b": put(slopes[1], 3), "se_b": put(error, 4)}}, ("claimed",)


MAKERS: dict[str, tuple[str, Callable[[np.random.Generator], Table]]] = {
    "textbook": ("lavaan 0.6-14", one_fit),
    "textbook, groups": ("Mplus 8", lambda rng: one_fit(rng, groups=3)),
    "semopy, whole table": ("semopy 2.3.11", lambda rng: one_fit(rng, less=1, gfi=True, aic="discrepancy")),
    "AMOS, whole table": ("AMOS 24", lambda rng: one_fit(rng, less=1, aic="chi2", fmin=True)),
    "AMOS, groups": ("AMOS 24", lambda rng: one_fit(rng, less=1, groups=3, root=False)),
    "orthogonal_factors": ("omnisem 1.0.0rc2", lambda rng: one_fit(rng, less=1, factors=3)),
    "df_observed_predictor": ("semopy 2.3.11", lambda rng: one_fit(rng, less=1, observed_x=2)),
    "one_numerator_df_more": ("psych 2.2.9", header_f),
    "one_tailed": ("SmartPLS 4", one_tailed),
    "normal_p_beside_percentile": ("lavaan 0.6-14", normal_p),
    "row_without_x": ("pingouin 0.7.0", row_without_x),
    "probes_percentiles": ("PROCESS 3.5", probes),
    "quantile_type_6": ("SPSS 26", quantile),
    "with_yates": ("scipy 1.17", crosstab),
    "communality_without_phi": ("factor_analyzer 0.5.1", communality),
    "htmt_signed": ("semTools 0.5-6", lambda rng: htmt(rng, "htmt_signed")),
    "htmt_geometric": ("semTools 0.5-6", lambda rng: htmt(rng, "htmt_geometric")),
    "alpha_absolute": ("reliabilipy 0.0.36", alpha),
    "n_before_deletion": ("pingouin 0.7.0", alpha_limits),
    "ml_standard_error": ("lavaan 0.6-14", ml_errors),
}


def verdicts(kind: str, fields: dict[str, Any], program: str) -> tuple[review.Verdict, ...]:
    entry = review.Claim(kind, "Table 1", fields, 1, "Table 1", program)
    return review.check_claims(review.Claims("t", "", (entry,))).verdicts


def altered(text: str, rng: np.random.Generator) -> str:
    """One digit changed by at least 2 in a place that is not the last."""
    places = [i for i, sign in enumerate(text) if sign.isdigit()][:-1]
    places = [i for i in places if "." not in text or i >= text.find(".") - 1] or places
    if not places:
        return str(int(text) + int(rng.integers(2, 8)))
    at = int(rng.choice(places))
    return text[:at] + str((int(text[at]) + int(rng.integers(2, 9))) % 10) + text[at + 1 :]


def spoil(fields: dict[str, Any], may: tuple[str, ...], rng: np.random.Generator) -> dict[str, Any]:
    """The table with one number changed."""
    name = str(rng.choice(may))
    value = fields[name]
    if isinstance(value, dict):
        key = str(rng.choice(list(value)))
        return {**fields, name: {**value, key: altered(value[key], rng)}}
    if isinstance(value, list):
        at = int(rng.integers(len(value)))
        return {**fields, name: [altered(one, rng) if i == at else one for i, one in enumerate(value)]}
    return {**fields, name: altered(value, rng)}


def off_the_textbook(found: tuple[review.Verdict, ...]) -> list[int]:
    """Places of the numbers that the textbook formula alone does not give."""
    return [
        place
        for place, one in enumerate(found)
        if one.check not in TEXTLESS and (one.verdict == "inconsistent" or one.explanation in programs.KEYS)
    ]


def run(name: str, count: int, seed: int = SEED) -> dict[str, Any]:
    """One row of the table: numbers looked at, accused, altered and caught by the textbook, still caught."""
    program, make = MAKERS[name]
    rng = np.random.default_rng([seed, list(MAKERS).index(name)])
    numbers = accused = blind = caught = kept = blind_kept = 0
    for _ in range(count):
        kind, fields, may = make(rng)
        right, without = verdicts(kind, fields, program), verdicts(kind, fields, "")
        numbers += len(right)
        accused += sum(one.verdict == "inconsistent" for one in right)
        blind += sum(one.verdict == "inconsistent" for one in without)
        wrong = spoil(fields, may, rng)
        if wrong == fields:
            continue
        before = set(off_the_textbook(without))
        bare, now = verdicts(kind, wrong, ""), verdicts(kind, wrong, program)
        for place in off_the_textbook(bare):
            changed = bare[place].claimed != without[place].claimed or place not in before
            if changed:
                caught += 1
                kept += now[place].verdict == "inconsistent"
                blind_kept += bare[place].verdict == "inconsistent"
    return {
        "convention": name,
        "program": program,
        "tables": count,
        "numbers": numbers,
        "accused": accused,
        "accused_without_program": blind,
        "caught_by_textbook": caught,
        "still_caught": kept,
        "still_caught_without_program": blind_kept,
        "share": f"{kept / caught:.3f}" if caught else "",
    }


def main(words: list[str]) -> int:
    count = int(words[0]) if words else 1000
    found = [run(name, count) for name in MAKERS]
    for row in found:
        sys.stdout.write("  ".join(str(value) for value in row.values()) + "\n")
    caught, kept = (sum(row[key] for row in found) for key in ("caught_by_textbook", "still_caught"))
    accused = sum(row["accused"] + row["accused_without_program"] for row in found)
    sys.stdout.write(
        f"seed {SEED}: accused {accused}; still caught {kept} of {caught} = {kept / caught:.3f}\n"
    )
    if not words:
        path = Path(__file__).with_suffix(".csv")
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
    return int(accused > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
