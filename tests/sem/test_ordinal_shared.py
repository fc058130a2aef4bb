"""Ordinal mediators in bfi, 2 685 to 2 748 rows (lavaan 0.6-14), from the reference files beside the project:
estimates 1e-3, χ² and indices 1e-4; errors 3e-3, except where lavaan's Delta holds the mediator's residual
variance fixed when it differentiates (a latent cause of an ordinal mediator)."""

import json
from pathlib import Path

import pandas as pd
import pytest

from umkm_stats import fit

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "reference" / "ordinal_mediator.json").is_file(),
        reason="the full reference files are not beside the project",
    ),
]
NAMES = ("binary_mediator", "saturated", "four_categories", "latent_predictor", "all_ordered")
HELD_FIXED = {("N3", "~", "C4"), ("ab", ":=", "a*b")}


@pytest.mark.parametrize("name", NAMES)
def test_ordinal_mediators_equal_lavaan(name):
    case = json.loads((SHARED / "reference" / "ordinal_mediator.json").read_text(encoding="utf-8"))[name]
    data = pd.read_csv(SHARED / "data" / "psych" / "bfi.csv")
    data["bm"] = (data["N1"] > 3).where(data["N1"].notna()).astype(float)
    found = fit(case["model"], data, ordered=case["ordered"], estimator=case["estimator"])
    assert found.n == case["n"]
    frame = found.estimates.set_index(["lhs", "op", "rhs"])
    latent_cause = name in ("latent_predictor", "all_ordered")
    seen = 0
    for row in case["estimates"]:
        key = (row["lhs"], row["op"], row["rhs"])
        if key[1] == "~*~" or (latent_cause and key == ("N3", "~~", "N3")):
            continue
        ours = frame.loc[key]
        assert ours["est"] == pytest.approx(row["est"], abs=1e-3), key
        if row["se"] and not (latent_cause and key in HELD_FIXED):
            assert ours["se"] == pytest.approx(row["se"], rel=3e-3), key
        seen += 1
    assert seen >= 8
    for key, value in case["indices"].items():
        if value is not None:
            assert found.indices[key.replace(".", "_")] == pytest.approx(value, rel=1e-4, abs=2e-5), key
