"""Validity takes the moments the model was held against: weighted ones, or those of the rows with gaps.

Numbers: lavaan 0.6-14 and semTools 0.5-6 on the nine Holzinger-Swineford items, rows numbered i = 0, 1, …:
``compRelSEM(f)``, ``AVE(f)`` and ``htmt(model, …)``, to six decimals. Weights are .5 + (i mod 5)/2; HTMT of
that fit is ``htmt(sample.cov = lavInspect(f, "sampstat")$cov)``. Gaps: x2 where i mod 7 = 3, x5 where
x4 > 3.5, x9 where i mod 4 = 1; ``missing = "fiml"``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import umkm_stats as us

MODEL = "visual=~x1+x2+x3\ntextual=~x4+x5+x6\nspeed=~x7+x8+x9"
SIX = 2e-5
"""Both optima are found to about 1e-6 of their estimates."""

WEIGHTED = {
    "omega_total": [0.619760, 0.884450, 0.690834],
    "ave_raw": [0.387666, 0.719519, 0.429193],
    "htmt": [0.448696, 0.485562, 0.299400],
    "htmt2": [0.403602, 0.401708, 0.274699],
}
GAPS = {
    "omega_total": [0.632587, 0.928724, 0.693713],
    "ave_raw": [0.380985, 0.817695, 0.433092],
    "htmt": [0.417984, 0.455201, 0.299759],
    "htmt2": [0.387750, 0.348927, 0.285090],
}


def numbers(fit) -> dict[str, np.ndarray]:
    found = us.validity(fit)
    return {
        name: (found.pairs if name.startswith("htmt") else found.tidy())[name].to_numpy() for name in GAPS
    }


def compare(fit, expected) -> None:
    found = numbers(fit)
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, abs=SIX), name


def test_weights_of_the_fit_weigh_its_validity(nine):
    rows = np.arange(len(nine))
    compare(us.fit(MODEL, nine.assign(w=0.5 + (rows % 5) / 2), sampling_weights="w"), WEIGHTED)


def test_gaps_of_a_fiml_fit_are_not_pairwise_moments(nine):
    rows = np.arange(len(nine))
    holed = nine.astype(float).reset_index(drop=True)
    holed.loc[rows % 7 == 3, "x2"] = np.nan
    holed.loc[holed["x4"] > 3.5, "x5"] = np.nan
    holed.loc[rows % 4 == 1, "x9"] = np.nan
    compare(us.fit(MODEL, holed, missing="fiml"), GAPS)


def test_the_scale_of_an_item_is_1_only_where_the_item_is_standardised(nine):
    """lavaan 0.6-14, theta: std.lv of ``~*~`` is the estimate, std.all is 1."""
    cut = (nine > nine.median()).astype(int)
    found = us.fit(MODEL, cut, ordered=True, parameterization="theta").estimates
    scales = found[found["op"] == "~*~"]
    assert (scales["est"] < 0.99).all()
    assert scales["std_lv"].to_numpy() == pytest.approx(scales["est"].to_numpy(), rel=1e-12)
    assert (scales["std_all"] == 1.0).all()
    drawn = us.fit(MODEL, cut, ordered=True, parameterization="theta").bootstrap(
        rows=np.arange(len(cut))[None, :]
    )
    own = drawn.standardized()
    assert (own[[name for name in own.columns if "~*~" in name]] == 1.0).all(axis=None)


def test_validity_does_not_depend_on_the_parameterisation(nine):
    """Delta and theta are the same model; AVE under theta was above 1 (1.2 for .5)."""
    cut = (nine > nine.quantile(1 / 3)).astype(int) + (nine > nine.quantile(2 / 3)).astype(int)
    delta, theta = (us.fit(MODEL, cut, ordered=True, parameterization=word) for word in ("delta", "theta"))
    one, two = us.validity(delta), us.validity(theta)
    pd.testing.assert_frame_equal(two.tidy(), one.tidy(), rtol=1e-5)
    pd.testing.assert_frame_equal(two.pairs, one.pairs, rtol=1e-5)
    rows = np.arange(len(cut))[None, :]
    for draws, fitted in ((delta.bootstrap(rows=rows), one), (theta.bootstrap(rows=rows), two)):
        assert draws.ave().iloc[0].to_numpy() == pytest.approx(fitted.tidy()["ave_raw"].to_numpy(), abs=1e-4)
        assert draws.omega().iloc[0].to_numpy() == pytest.approx(
            fitted.tidy()["omega_total"].to_numpy(), abs=1e-4
        )


def test_an_item_with_a_cause_of_its_own_keeps_its_loading(nine, holzinger):
    """Its loading counted as 0 in AVE, CR and omega. Standardised loadings are
    lavaan's 0.6-14 (``standardizedSolution``), and AVE is the mean of their squares."""
    data = holzinger[[*nine.columns, "ageyr"]]
    found = us.fit(MODEL + "\nvisual ~ ageyr\nx1 ~ ageyr", data)
    std = found.estimates.query("lhs == 'visual' and op == '=~'")["std_all"].to_numpy()
    row = us.validity(found).tidy().set_index("construct").loc["visual"]
    assert std == pytest.approx([0.620980, 0.475187, 0.715181], abs=2e-5)
    assert row["ave"] == pytest.approx((std**2).mean(), abs=1e-10)
    assert row["cr_std"] == pytest.approx(std.sum() ** 2 / (std.sum() ** 2 + (1 - std**2).sum()), abs=1e-10)
