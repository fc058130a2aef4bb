"""Validity takes the moments the model was held against: weighted ones, or those of the rows with gaps.

Numbers: lavaan 0.6-14 and semTools 0.5-6 on the nine Holzinger-Swineford items, rows numbered i = 0, 1, …:
``compRelSEM(f)``, ``AVE(f)`` and ``htmt(model, …)``, to six decimals. Weights are .5 + (i mod 5)/2; HTMT of
that fit is ``htmt(sample.cov = lavInspect(f, "sampstat")$cov)``. Gaps: x2 where i mod 7 = 3, x5 where
x4 > 3.5, x9 where i mod 4 = 1; ``missing = "fiml"``.
"""

from __future__ import annotations

import numpy as np
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
