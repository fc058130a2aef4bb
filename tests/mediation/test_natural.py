"""Natural effects on counts and on two-valued outcomes with several predictors and mediators: beside R,
statsmodels' Mediation, and means computed here from simulated mediators."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import expit

from umkm_stats import UmkmError
from umkm_stats.kernels.mediation import count
from umkm_stats.mediation import mediate_binary, mediate_count

HERE = Path(__file__).parents[1] / "reference"
DATA = pd.read_csv(HERE / "mediation_count.csv")
BY = json.loads((HERE / "mediation_count.json").read_text("utf-8"))
ONE = np.ones(len(DATA))
OPTIONS = {"draws": 40, "seed": 1}
# quantiles of (m, m2's threshold) on a grid, common to all rows
NORMAL = stats.norm.ppf((np.arange(400) + 0.5) / 400)


def row(found, effect, path=None, method="percentile"):
    frame = found.frame
    frame = frame[(frame["effect"] == effect) & (frame["method"] == method)]
    return (frame if path is None else frame[frame["path"] == path]).iloc[0]


@pytest.mark.parametrize(("y", "family"), [("yp", "poisson"), ("yn", "poisson"), ("yn", "negative_binomial")])
def test_coefficients_equal_r(y, family):
    """glm and MASS::glm.nb (R 4.2.2, MASS 7.3-58.2); rtol 1e-7."""
    by = BY["r"][f"{y}_{family}"]
    design = np.column_stack([ONE, DATA[["x", "m", "c"]]])
    outcome = DATA[y].to_numpy(dtype=float)
    if family == "poisson":
        beta, alpha = count.poisson(outcome, design, ONE[None])[0], 0.0
    else:
        found, spread = count.negative_binomial(outcome, design, ONE[None])
        beta, alpha = found[0], float(spread[0])
        assert_allclose(alpha, by["alpha"], rtol=1e-7)
    assert_allclose(beta, by["est"], rtol=1e-7)
    assert_allclose(np.sqrt(np.diag(count.covariance(design, beta, alpha))), by["se"], rtol=1e-6)
    arrow = row(
        mediate_count(DATA, x="x", m="m", y=y, covariates="c", family=family, **OPTIONS), "b", method=family
    )
    assert_allclose([arrow["est"], arrow["se"]], [by["est"][2], by["se"][2]], rtol=1e-6)


def test_draws_are_weighted_regressions():
    """A draw's weights are counts of rows: the same as the rows repeated."""
    weights = np.random.default_rng(2).multinomial(len(DATA), ONE / len(DATA), size=3).astype(float)
    design = np.column_stack([ONE, DATA[["x", "m"]]])
    y = DATA["yn"].to_numpy(dtype=float)
    beta, alpha = count.negative_binomial(y, design, weights)
    for k, draw in enumerate(weights):
        rows = np.repeat(np.arange(len(DATA)), draw.astype(int))
        again = sm.NegativeBinomial(y[rows], design[rows]).fit(disp=0, maxiter=500, method="newton")
        assert_allclose([*beta[k], alpha[k]], again.params, rtol=1e-5)


def mean_of(model, x_outcome, x_mediator, extra=()):
    """E[Y] by 400 quantiles of the mediator's error, averaged over the rows."""
    first, second, family = model
    c = DATA["c"].to_numpy()
    m = (first.params @ np.vstack([ONE, ONE * x_mediator, c]))[:, None] + np.sqrt(first.mse_resid) * NORMAL
    eta = (
        second.params[0] + second.params[1] * x_outcome + second.params[2] * m + second.params[3] * c[:, None]
    )
    if extra:
        eta = eta + second.params[4] * x_outcome * m
    return float(family(eta).mean())


@pytest.mark.parametrize("interaction", [False, True])
def test_differences_and_ratios_equal_averages(interaction):
    y, m, x, c = (DATA[name].to_numpy(dtype=float) for name in ("yp", "m", "x", "c"))
    first = sm.OLS(m, np.column_stack([ONE, x, c])).fit()
    product = [x * m] if interaction else []
    second = sm.GLM(y, np.column_stack([ONE, x, m, c, *product]), family=sm.families.Poisson()).fit(tol=1e-14)
    found = mediate_count(DATA, x="x", m="m", y="yp", covariates="c", interaction=interaction, **OPTIONS)
    model = (first, second, np.exp)
    low, mid, high = (mean_of(model, *at, extra=product) for at in ((0, 0), (1, 0), (1, 1)))
    for effect, above, below in (("direct", mid, low), ("indirect", high, mid), ("total", high, low)):
        assert_allclose(row(found, effect)["est"], above - below, rtol=2e-3)
        assert_allclose(row(found, f"{effect}_ratio")["est"], above / below, rtol=2e-3)
    a, b = first.params[1], second.params[2]
    assert (
        abs(row(found, "indirect")["est"] - a * b) > 0.2
    )  # the product of coefficients is no effect on counts


def test_statsmodels_mediation_finds_the_same():
    """statsmodels 0.15.0 Mediation, 1,000 parametric replicates, rng 1: its estimates are means over
    simulated parameters, Monte Carlo error about .006."""
    found = mediate_count(DATA, x="x", m="m", y="yp", covariates="c", **OPTIONS)
    for effect, name in (("indirect", "acme_treated"), ("direct", "ade_control"), ("total", "total")):
        assert_allclose(row(found, effect)["est"], BY["statsmodels"][name], atol=0.03)


def test_ratio_rows_are_the_logs_turned_back():
    found = mediate_count(
        DATA, x="x", m="m", y="yp", covariates="c", intervals=("percentile", "bca"), **OPTIONS
    )
    parts = [row(found, f"{name}_ratio")["est"] for name in ("direct", "indirect", "total")]
    assert_allclose(parts[0] * parts[1], parts[2], rtol=1e-12)
    for name in ("direct_ratio", "total_ratio"):
        own = row(found, name)
        assert own["ci_low"] < own["est"] < own["ci_high"]
        assert (own["p"] < 0.05) == (not own["ci_low"] < 1 < own["ci_high"])
    again = mediate_count(DATA, x="x", m="m", y="yp", covariates="c", **OPTIONS)
    assert row(again, "total_ratio")["ci_low"] == row(found, "total_ratio")["ci_low"]


def expected(link, x, ms):
    """E[Y] of one x value for y and others for (m, m2): every combination of m2, quantiles of m."""
    xs, m, m2, c = (DATA[name].to_numpy(dtype=float) for name in ("x", "m", "m2", "c"))
    first = sm.OLS(m, np.column_stack([ONE, xs, c])).fit()
    second = sm.Logit(m2, np.column_stack([ONE, xs, c])).fit(disp=0)
    y = DATA["yp"].to_numpy(dtype=float)
    y = (y > 1) * 1.0 if link == "logit" else y
    family = sm.families.Binomial() if link == "logit" else sm.families.Poisson()
    third = sm.GLM(y, np.column_stack([ONE, xs, m, m2, c]), family=family).fit(tol=1e-14)
    total = 0.0
    chance = expit(second.params @ np.vstack([ONE, ONE * ms[1], c]))
    values = (first.params @ np.vstack([ONE, ONE * ms[0], c]))[:, None] + np.sqrt(first.mse_resid) * NORMAL
    for one in (0, 1):
        eta = (third.params[0] + third.params[1] * x + third.params[3] * one + third.params[4] * c)[:, None]
        value = (expit if link == "logit" else np.exp)(eta + third.params[2] * values)
        total += float(((chance if one else 1 - chance)[:, None] * value).mean())
    return total


@pytest.mark.parametrize("link", ["logit", "log"])
def test_two_mediators_of_two_kinds(link):
    data = DATA.assign(yb=(DATA["yp"] > 1) * 1)
    options = {"x": "x", "m": ["m", "m2"], "covariates": "c", **OPTIONS}
    found = (
        mediate_binary(data, y="yb", **options) if link == "logit" else mediate_count(data, y="yp", **options)
    )
    y = "yb" if link == "logit" else "yp"
    base, moved = expected(link, 0, (0, 0)), expected(link, 1, (0, 0))
    full = expected(link, 1, (1, 1))
    assert_allclose(row(found, "direct")["est"], moved - base, rtol=3e-3)
    assert_allclose(row(found, "total_indirect")["est"], full - moved, rtol=3e-3)
    assert_allclose(row(found, "total")["est"], full - base, rtol=3e-3)
    assert_allclose(
        row(found, "indirect", f"x -> m -> {y}")["est"], expected(link, 1, (1, 0)) - moved, rtol=3e-3
    )
    assert_allclose(
        row(found, "indirect", f"x -> m2 -> {y}")["est"], expected(link, 1, (0, 1)) - moved, rtol=3e-3
    )
    assert {note.code for note in found.notes} >= {"MED439", "MED490"}
    assert "natural" in found.summary("id") or link == "logit"


def test_correlated_numbers_as_mediators_move_together():
    """Two mediators with correlated errors: the variance of their sum enters, errors being the same at every
    x; against 40,000 drawn pairs."""
    g = np.random.default_rng(5)
    data = DATA.assign(k=0.7 * DATA["m"] + g.normal(size=len(DATA)), yb=(DATA["yp"] > 1) * 1)
    found = mediate_binary(data, x="x", m=["m", "k"], y="yb", **OPTIONS)
    design = np.column_stack([ONE, data["x"]])
    fits = [sm.OLS(data[name], design).fit() for name in ("m", "k")]
    outcome = sm.Logit(data["yb"], np.column_stack([design, data[["m", "k"]]])).fit(disp=0).params
    rest = np.column_stack([fit.resid for fit in fits])
    noise = g.multivariate_normal([0, 0], rest.T @ rest / (len(DATA) - 2), size=40_000, method="cholesky")

    def mean(x, at):
        values = np.column_stack([fit.params.iloc[0] + fit.params.iloc[1] * at for fit in fits]) + noise
        return float(expit(outcome.iloc[0] + outcome.iloc[1] * x + values @ outcome.iloc[2:]).mean())

    assert_allclose(row(found, "total_indirect")["est"], mean(1, 1) - mean(1, 0), atol=2e-3)


def test_two_predictors_move_in_turn():
    options = {"m": "m", "y": "yp", "contrast": {"c": (-1.0, 0.5)}, **OPTIONS}
    found = mediate_count(DATA, x=["x", "c"], **options)
    alone = mediate_count(DATA, x="c", covariates="x", **options)
    assert [note.params["x"] for note in found.notes if note.code == "MED439"] == ["x", "c"]
    for effect in ("direct", "total", "total_ratio"):
        assert_allclose(row(found, effect, "c -> yp")["est"], row(alone, effect, "c -> yp")["est"], rtol=1e-9)
    first = mediate_count(DATA, x="x", covariates="c", m="m", y="yp", **OPTIONS)
    assert_allclose(row(found, "indirect", "x -> m -> yp")["est"], row(first, "indirect")["est"], rtol=1e-9)


def test_overdispersion_is_said():
    wide = mediate_count(DATA, x="x", m="m", y="yn", **OPTIONS)
    design = np.column_stack([ONE, DATA[["x", "m"]]])
    fitted = sm.GLM(DATA["yn"], design, family=sm.families.Poisson()).fit()
    assert_allclose(wide.meta["dispersion"], fitted.pearson_chi2 / fitted.df_resid, rtol=1e-6)
    assert ("MED487" in {note.code for note in wide.notes}) == (wide.meta["dispersion"] > 1.5)
    narrow = mediate_count(DATA, x="x", m="m", y="m2", family="negative_binomial", **OPTIONS)
    assert "MED491" in {note.code for note in narrow.notes}
    assert_allclose(
        row(narrow, "total")["est"],
        row(mediate_count(DATA, x="x", m="m", y="m2", **OPTIONS), "total")["est"],
        rtol=1e-4,
    )


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED486", {"y": "c"}),
        ("MED486", {"data": DATA.assign(yp=DATA["yp"] + 0.5)}),
        ("MED488", {"data": DATA.assign(yp=DATA["yp"] * DATA["x"])}),
        ("MED435", {"y": ["yp", "m"]}),
        ("MED033", {"contrast": (1, 1)}),
        ("MED033", {"contrast": 3}),
        ("GEN001", {"contrast": {"zz": (0, 1)}}),
        ("GEN001", {"family": "gamma"}),
        ("MED003", {"m": ["m", "m"]}),
        ("MED008", {"data": DATA.assign(m=1.0)}),
    ],
)
def test_what_cannot_be_counted(code, change):
    with pytest.raises(UmkmError) as caught:
        mediate_count(**{"data": DATA, "x": "x", "m": "m", "y": "yp", **OPTIONS, **change})
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_too_many_mediators_with_two_values():
    bits = np.random.default_rng(3).integers(0, 2, size=(len(DATA), 6))
    data = DATA.assign(**{f"b{k}": bits[:, k] for k in range(6)})
    with pytest.raises(UmkmError) as caught:
        mediate_count(data, x="x", m=[f"b{k}" for k in range(6)], y="yp", **OPTIONS)
    assert caught.value.code == "MED489"
