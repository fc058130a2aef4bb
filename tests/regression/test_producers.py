"""The same numbers as R's lm, statsmodels, numpy and SPSS."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor

from umkm_stats import regress

EXACT = 1e-10  # the same algebra
PRINTED_R = 1e-9  # R's numbers are stored with 15 digits


def of(data, **options):
    return regress(data, intervals=(), **options)


def same(found, expected, rtol=PRINTED_R):
    """A full model against the block ``full`` of the R script."""
    table = found.coefficients
    for ours, theirs in (
        ("est", "est"),
        ("se", "se"),
        ("t", "t"),
        ("p", "p"),
        ("ci_low", "low"),
        ("ci_high", "high"),
    ):
        assert_allclose(table[ours], expected[theirs], rtol=rtol, atol=1e-12)
    fit = found.fits.iloc[0]
    assert_allclose(
        fit[["r2", "adjusted_r2", "sigma"]].astype(float),
        [expected[k] for k in ("r2", "adjusted", "sigma")],
        rtol=rtol,
    )
    assert_allclose(fit[["f", "df1", "df2"]].astype(float), expected["f"], rtol=rtol)
    assert_allclose(fit["p"], expected["f_p"], rtol=rtol)


def test_lm(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "hp", "qsec"])
    expected = by_r["plain"]
    same(found, expected)
    slopes = found.coefficients.iloc[1:]
    assert_allclose(slopes["std_all"], expected["beta"], rtol=PRINTED_R)
    assert_allclose(slopes["vif"], expected["vif"], rtol=PRINTED_R)
    assert_allclose(slopes["tolerance"] * slopes["vif"], 1.0, rtol=EXACT)
    assert_allclose(found.anova["ss"][:2], expected["ss"], rtol=PRINTED_R)
    assert_allclose(
        found.anova.loc[0, ["f", "p"]].astype(float), [expected["f"][0], expected["f_p"]], rtol=PRINTED_R
    )


def test_blocks_are_anova_of_nested_models(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "hp", "qsec"], blocks=["wt", "hp", "qsec"]).blocks
    own = found.iloc[1:]
    # R's anova divides by the residual mean square of the largest model; the F of a change by its own model
    last = found.iloc[-1]
    assert_allclose(
        [last["f_change"], last["p"]], [by_r["blocks"]["f"][-1], by_r["blocks"]["p"][-1]], rtol=PRINTED_R
    )
    assert_allclose(found["r2_change"].sum(), found["r2"].iloc[-1], rtol=EXACT)
    r2 = found["r2"].to_numpy()
    assert_allclose(own["f_change"], np.diff(r2) / ((1 - r2[1:]) / own["df2"]), rtol=1e-8)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3", "HC4"])
def test_robust_errors_are_those_of_sandwich(cars, by_r, kind):
    found = of(cars, y="mpg", x=["wt", "hp", "qsec"], errors=kind)
    assert_allclose(found.coefficients["se"], by_r["robust"][kind], rtol=PRINTED_R)
    if kind == "HC3":
        assert_allclose(found.fits["f"], by_r["hc3_f"], rtol=PRINTED_R)


def test_cluster_errors_are_those_of_sandwich(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "hp", "qsec"], cluster="carb")
    assert found.errors == "cluster"
    assert_allclose(found.coefficients["se"], by_r["cluster"], rtol=PRINTED_R)
    codes = [note.code for note in found.notes]
    assert {"REG155", "REG156", "REG160"} <= set(codes)
    assert next(note for note in found.notes if note.code == "REG155").params["clusters"] == 6


def test_influence_of_single_rows(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "hp", "qsec"]).influence
    expected = by_r["influence"]
    for ours, theirs in (
        ("leverage", "hat"),
        ("studentised", "studentised"),
        ("cook", "cook"),
        ("dffits", "dffits"),
    ):
        assert_allclose(found[ours], expected[theirs], rtol=1e-8)
    ours = found[["dfbetas: wt", "dfbetas: hp", "dfbetas: qsec"]]
    assert_allclose(ours, np.array(expected["dfbetas"])[:, 1:], rtol=1e-7, atol=1e-10)
    design = sm.add_constant(cars[["wt", "hp", "qsec"]].to_numpy())
    assert_allclose(
        found["cook"], OLSInfluence(sm.OLS(cars["mpg"].to_numpy(), design).fit()).cooks_distance[0], rtol=1e-8
    )


def test_categories_indicator_and_effect(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "cyl_text"])
    same(found, by_r["category"])
    assert list(found.coefficients["term"]) == ["(intercept)", "wt", "cyl_text[c6]", "cyl_text[c8]"]
    expected = by_r["category_f"]
    assert_allclose(
        found.joint.loc[0, ["f", "df1", "df2", "p"]].astype(float),
        [expected[k] for k in ("f", "df1", "df2", "p")],
        rtol=PRINTED_R,
    )
    same(of(cars, y="mpg", x=["wt", "cyl_text"], coding={"cyl_text": "effect"}), by_r["effect"])
    by_number = of(cars, y="mpg", x=["wt", "cyl"], coding={"cyl": "indicator"}, reference={"cyl": 4})
    assert_allclose(by_number.coefficients["est"], by_r["category"]["est"], rtol=PRINTED_R)


def test_moderated_regression(cars, by_r):
    raw = of(cars, y="mpg", x="wt", moderator="hp")
    same(raw, by_r["product"])
    centred = of(cars, y="mpg", x="wt", moderator="hp", center=True)
    same(centred, by_r["centred"])
    expected = by_r["product_f"]
    assert_allclose(
        raw.blocks.iloc[-1][["f_change", "p"]].astype(float), [expected["f"], expected["p"]], rtol=PRINTED_R
    )
    for found in (raw, centred):
        for name in ("est", "se", "t", "p"):
            assert_allclose(found.slopes[name], by_r["slopes"][name], rtol=1e-8)


def test_three_models_side_by_side_and_the_borders(cars):
    found = of(cars, y="mpg", x="wt", moderator="hp")
    assert list(found.steps.groupby("block").size()) == [2, 3, 4]
    assert list(found.moderation["moderator_type"]) == ["quasi"]
    crit = found.fits.loc[0, "t_table"]
    fit = sm.OLS(
        cars["mpg"], sm.add_constant(np.column_stack([cars["wt"], cars["hp"], cars["wt"] * cars["hp"]]))
    ).fit()
    cov = fit.cov_params().to_numpy()
    for value in found.johnson_neyman["value"]:
        slope = fit.params.iloc[1] + fit.params.iloc[3] * value
        se = np.sqrt(cov[1, 1] + value**2 * cov[3, 3] + 2 * value * cov[1, 3])
        assert_allclose(abs(slope) / se, crit, rtol=1e-8)
    assert len(found.johnson_neyman) >= 1


def test_weights(cars, by_r):
    found = of(cars, y="mpg", x=["wt", "hp"], weights="carb")
    expected = {**by_r["weighted"]}
    fit = found.fits.iloc[0]
    assert_allclose(found.coefficients["est"], expected["est"], rtol=PRINTED_R)
    assert_allclose(found.coefficients["se"], expected["se"], rtol=PRINTED_R)
    assert_allclose(
        fit[["r2", "adjusted_r2", "sigma", "f"]].astype(float),
        [expected["r2"], expected["adjusted"], expected["sigma"], expected["f"][0]],
        rtol=PRINTED_R,
    )
    table = found.influence
    for ours, theirs in (("leverage", "hat"), ("studentised", "studentised"), ("cook", "cook")):
        assert_allclose(table[ours], by_r["weighted_influence"][theirs], rtol=1e-8)
    dfbetas = np.array(by_r["weighted_influence"]["dfbetas"])[:, 1:]
    assert_allclose(table[["dfbetas: wt", "dfbetas: hp"]], dfbetas, rtol=1e-7, atol=1e-10)


def test_statsmodels(survey):
    found = of(survey, y=["Y", "Y2"], x=["X1", "X2"], covariates="AGE", errors="HC3")
    design = sm.add_constant(survey[["AGE", "X1", "X2"]])
    for outcome in ("Y", "Y2"):
        ours = found.coefficients[found.coefficients["outcome"] == outcome]
        theirs = sm.OLS(survey[outcome], design).fit().get_robustcov_results("HC3", use_t=True)
        assert_allclose(ours["est"], theirs.params, rtol=EXACT)
        assert_allclose(ours["se"], theirs.bse, rtol=EXACT)
        assert_allclose(ours["p"], theirs.pvalues, rtol=EXACT)
        assert_allclose(ours[["ci_low", "ci_high"]], theirs.conf_int(), rtol=EXACT)
        f = float(np.squeeze(theirs.f_test(np.eye(4)[1:]).fvalue))
        assert_allclose(found.fits.set_index("outcome").loc[outcome, "f"], f, rtol=1e-9)
    vif = [variance_inflation_factor(design.to_numpy(), k) for k in (1, 2, 3)]
    assert_allclose(ours["vif"].iloc[1:], vif, rtol=1e-9)


def test_thousand_random_designs_against_numpy():
    rng = np.random.default_rng(7)
    from umkm_stats.regression._columns import read
    from umkm_stats.regression._design import check, design
    from umkm_stats.regression._equations import estimate
    from umkm_stats.regression._frames import coefficients, fits
    from umkm_stats.regression._plan import make

    for number in range(1000):
        n, k = int(rng.integers(12, 60)), int(rng.integers(1, 6))
        x = rng.normal(size=(n, k)) * 10.0 ** rng.integers(-3, 4, size=k) + rng.normal(size=k)
        y = x @ (rng.normal(size=k) / x.std(axis=0)) + rng.normal(size=n) + 5
        names = [f"x{j}" for j in range(k)]
        data = pd.DataFrame(x, columns=names).assign(y=y)
        plan = make(y="y", x=names)
        columns = read(data, plan)
        found = design(columns, plan, center=False)
        check(columns, plan, found)
        entry = estimate(columns, "y", found, "classical")
        full = np.column_stack([np.ones(n), x])
        beta, ss, *_ = np.linalg.lstsq(full, y, rcond=None)
        upper = np.linalg.qr(full, mode="r")
        half = np.linalg.solve(upper, np.eye(k + 1))
        se = np.sqrt(ss[0] / (n - k - 1) * (half**2).sum(axis=1))
        table = coefficients([entry], 0.95)
        assert_allclose(table["est"], beta, rtol=1e-8, atol=1e-9 * np.abs(se).min(), err_msg=str(number))
        assert_allclose(table["se"], se, rtol=1e-8, err_msg=str(number))
        assert_allclose(
            fits([entry], 0.95)["r2"], 1 - ss[0] / ((y - y.mean()) ** 2).sum(), rtol=1e-9, err_msg=str(number)
        )


def printed(value, text):
    """Whether SPSS' print is the number rounded to its digits."""
    digits = len(text.split(".")[1])
    assert_allclose(value, float(text), rtol=0, atol=0.5000001 * 10.0**-digits)
    mine = f"{value:.{digits}f}"
    return text in (mine, mine.replace("-0.", "-.").removeprefix("0"))


def test_spss_to_its_last_digit(howell):
    data, models = howell
    found = of(data, y="SAT", x="LogPctSAT", covariates="Expend")
    for block, model in enumerate(models, start=1):
        steps = found.steps[found.steps["block"] == block]
        for row, numbers in zip(
            steps.to_dict("records"), [model["constant"], *model["coefficients"]], strict=True
        ):
            names = (
                ("est", "se", "t", "p")
                if row["term"] == "(intercept)"
                else ("est", "se", "std_all", "t", "p")
            )
            for name, text in zip(names, numbers, strict=True):
                assert printed(row[name], text), (block, row["term"], name, row[name], text)
        own = found.blocks.iloc[block - 1]
        for name, text in zip(("r", "r2", "adjusted_r2", "sigma"), model["fit"], strict=True):
            assert printed(own[name], text), (block, name)
        alone = of(data, y="SAT", x=model["terms"])
        for value, text in zip(alone.anova["ss"], model["ss"], strict=True):
            assert printed(value, text)
        for value, text in zip(alone.anova["ms"], model["ms"], strict=False):
            assert printed(value, text)
        for name, text in zip(("f", "p"), model["f"], strict=True):
            assert printed(alone.anova.loc[0, name], text)
        assert list(alone.anova["df"]) == model["df"]


@pytest.mark.parametrize("errors", ["classical", "HC3", "cluster"])
def test_columns_far_from_zero_or_of_very_different_size(survey, errors):
    data = survey.assign(FAR=survey["X1"] + 1e9, LARGE=survey["X2"] * 1e9, V=np.repeat(np.arange(30), 5))
    cluster = {"cluster": "V"} if errors == "cluster" else {"errors": errors}
    odd = of(data, y="Y", x=["FAR", "LARGE", "AGE"], **cluster).coefficients
    plain = of(data, y="Y", x=["X1", "X2", "AGE"], **cluster).coefficients
    scale = np.array([1, 1e9, 1])
    for name in ("est", "se"):
        assert_allclose(odd[name].iloc[1:] * scale, plain[name].iloc[1:], rtol=1e-6)
    assert_allclose(odd["t"].iloc[1:], plain["t"].iloc[1:], rtol=1e-6)
    exact = plain["est"].iloc[0] - 1e9 * odd["est"].iloc[1]
    assert_allclose(odd["est"].iloc[0], exact, rtol=1e-6)
