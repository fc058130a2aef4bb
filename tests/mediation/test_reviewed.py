"""What a reviewer needs: every equation with its F, what products add, VIF, values on their own scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from umkm_stats import UsageError, mediate, mediate_latent, messages, regress
from umkm_stats.columns import known
from umkm_stats.mediation import Mediation, Paths

from .test_asked import keeps_protocol

K: dict[str, Any] = {"draws": 20, "seed": 1, "intervals": "percentile"}
SAME = 1e-9  # statsmodels, the same algebra


@pytest.fixture(name="data", scope="module")
def _data() -> pd.DataFrame:
    g = np.random.default_rng(9)
    n = 140
    x, w, v = g.normal(3, 1, size=n), g.normal(4, 1, size=n), g.integers(0, 2, size=n).astype(float)
    m = 0.2 * x + 0.2 * x * w + 0.3 * x * v + g.normal(size=n)
    y = 0.3 * m + 0.2 * x + g.normal(size=n)
    return pd.DataFrame({"x": x, "w": w, "v": v, "m": m, "y": y})


@pytest.fixture(name="found", scope="module")
def _found(data: pd.DataFrame) -> Mediation:
    return mediate(data, x="x", m="m", y="y", moderates={"a": ("w", "v")}, **K)


def test_every_equation_is_a_regression(data: pd.DataFrame, found: Mediation) -> None:
    assert [fit.outcomes for fit in found.regressions] == [("m",), ("y",)]
    plain = mediate(data, x="x", m="m", y="y", **K)
    assert len(plain.regressions) == 3  # y without the mediator too
    names = {"m": "x w v", "y": "x m"}
    for fit, row in zip(found.regressions, found.equations.to_dict("records"), strict=True):
        one = data[names[row["outcome"]].split()].copy()
        if row["outcome"] == "m":
            one["xw"], one["xv"] = data["x"] * data["w"], data["x"] * data["v"]
        by_others = sm.OLS(data[row["outcome"]], sm.add_constant(one)).fit()
        own = fit.fits.iloc[0]
        for name, wanted in (
            ("r2", by_others.rsquared),
            ("adjusted_r2", by_others.rsquared_adj),
            ("f", by_others.fvalue),
            ("df1", by_others.df_model),
            ("df2", by_others.df_resid),
            ("p", by_others.f_pvalue),
        ):
            assert own[name] == pytest.approx(wanted, rel=1e-8)
            assert row[name] == pytest.approx(wanted, rel=1e-8)
    assert mediate_latent(data, model="m ~ x\ny ~ m", **K).regressions == ()


def test_what_products_add_is_the_comparison_of_two_models(data: pd.DataFrame, found: Mediation) -> None:
    added = found.interactions()
    keeps_protocol(added)
    frame = added.frame.set_index("term")
    assert list(frame.index) == ["x:w", "x:v", "x:w + x:v"]
    full = data[["x", "w", "v"]].assign(xw=data["x"] * data["w"], xv=data["x"] * data["v"])
    fit = sm.OLS(data["m"], sm.add_constant(full)).fit()
    for term, out in (("x:w", ["xw"]), ("x:v", ["xv"]), ("x:w + x:v", ["xw", "xv"])):
        bare = sm.OLS(data["m"], sm.add_constant(full.drop(columns=out))).fit()
        f, p, df = fit.compare_f_test(bare)
        row = frame.loc[term]
        assert row["r2_change"] == pytest.approx(fit.rsquared - bare.rsquared, rel=1e-8)
        assert [row["f"], row["p"], row["df1"], row["df2"]] == pytest.approx([f, p, df, 134], rel=1e-8)
    robust = mediate(data, x="x", m="m", y="y", moderates={"a": ("w", "v")}, errors="HC3", **K)
    wald = fit.get_robustcov_results("HC3").f_test("xw = 0, xv = 0")
    got = robust.interactions().frame.set_index("term").loc["x:w + x:v"]
    assert [got["f"], got["p"]] == pytest.approx([float(wald.fvalue), float(wald.pvalue)], rel=1e-8)


def test_slopes_of_moderated_arrows_are_those_of_the_regression_room(data: pd.DataFrame) -> None:
    found = mediate(data, x="x", m="m", y="y", moderates={"a": "w"}, probes="sd", **K)
    slopes = found.simple_slopes()
    keeps_protocol(slopes)
    wanted = regress(data, y="m", x="x", moderator="w", intervals=()).slopes
    for name in ("est", "se", "t", "df", "p", "ci_low", "ci_high"):
        np.testing.assert_allclose(slopes.frame[name], wanted[name], rtol=1e-8)
    assert set(slopes.frame) <= set(known())
    assert set(found.interactions().frame) <= set(known())


def test_the_summary_holds_what_a_reviewer_needs(data: pd.DataFrame, found: Mediation) -> None:
    added = found.interactions().frame.set_index("term").loc["x:w"]
    f = found.equations.set_index("outcome").loc["m", "f"]
    text, local = found.summary(), found.summary("id")
    assert f"m: n = 140, R² {found.equations['r2'].iloc[0]:.3f}" in text
    assert f"F(5, 134) = {f:.2f}, p < 0.001" in text
    assert f"F(5; 134) = {f:.2f}".replace(".", ",") in local
    assert f"x:w: ΔR² {added['r2_change']:.3f}, F(1, 134) = {added['f']:.2f}" in text
    vif = found.regression("m").coefficients.set_index("term")["vif"]
    assert f"VIF: x {vif['x']:.2f}; x:w {vif['x:w']:.2f}" in text
    centred = mediate(data, x="x", m="m", y="y", moderates={"a": ("w", "v")}, center=True, **K)
    assert centred.regression("m").coefficients["vif"].max() < 2 < vif.max()
    low = np.quantile(data["w"], 0.16, method="weibull")
    assert f"Values of w: {low:.6g} (16th percentile); " in text
    assert f"Nilai w: {low:.6g} (persentil ke-16); ".replace(".", ",") in local
    assert "Values of v: 0; 1\n" in text
    assert "MED" not in text + local
    sd = mediate(data, x="x", m="m", y="y", moderates={"a": "w"}, probes="sd", **K).summary()
    assert f"{data['w'].mean():.6g} (mean)" in sd
    far = mediate(data, x="x", m="m", y="y", moderates={"a": "w"}, probes={"w": [3, 99]}, **K).summary()
    assert "Values of w: 3; 99 (outside the sample's range)" in far
    one = data.assign(xw=data["x"] * data["w"])
    paths = Paths(products={"xw": ("x", "w")})
    latent = mediate_latent(one, model="m ~ x + w + xw\ny ~ m + x", paths=paths, **K)
    assert f"{data['w'].mean():.6g} (mean)" in latent.summary()


def test_without_a_product_the_tables_say_so(data: pd.DataFrame) -> None:
    plain = mediate(data, x="x", m="m", y="y", **K)
    for table in (plain.interactions(), plain.simple_slopes()):
        assert table.frame.empty
        assert [note.code for note in table.notes] == ["MED471"]
        for lang in messages.languages():
            assert "?" not in table.summary(lang)
    with pytest.raises(UsageError, match="MED028"):
        mediate_latent(data, model="m ~ x\ny ~ m", **K).interactions()
