"""The full reference files beside the project: a published SEM with fixed x and missing answers, and 2 563
answers
to 15 items (lavaan 0.6-14; estimates 1e-3 standard errors, errors 1e-4, FIML errors 1e-3, indices 1e-5 and
1e-4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import umkm_stats.sem as sem

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "reference").is_dir(), reason="the full reference files are not beside the project"
    ),
]


def check(fit: sem.Fit, wanted: dict[str, Any], *, errors: float, indices: float) -> None:
    frame = fit.estimates.set_index(["lhs", "op", "rhs"])
    seen = 0
    for row in wanted["estimates"]:
        if not row.get("se"):
            continue
        key = (row["lhs"], row["op"], row["rhs"])
        ours = frame.loc[key if key in frame.index else (row["rhs"], row["op"], row["lhs"])]
        assert abs(ours["est"] - row["est"]) <= 1e-3 * row["se"], key
        assert ours["se"] == pytest.approx(row["se"], rel=errors), key
        seen += 1
    assert seen >= 20
    for name, value in wanted["fit"].items():
        ours_name = name.replace("ci.lower", "ci_low").replace("ci.upper", "ci_high").replace(".", "_")
        if value is not None and ours_name in fit.indices and name != "chisq.shift.parameter":
            assert fit.indices[ours_name] == pytest.approx(value, rel=indices, abs=indices), name


def test_published_model() -> None:
    wanted = json.loads((SHARED / "reference" / "msme_colombia.json").read_text())
    data = pd.read_csv(SHARED / "data" / "msme_colombia" / "derived_composites_dat_sem.csv")
    check(sem.fit(wanted["model"], data, std_lv=True), wanted["ML"], errors=1e-4, indices=1e-5)
    robust = sem.fit(wanted["model"], data, std_lv=True, estimator="MLR", missing="fiml")
    check(robust, wanted["MLR_FIML_std_lv"], errors=1e-3, indices=1e-4)
    std = robust.standardized().set_index(["lhs", "op", "rhs"])["est"]
    paths = [("TL_comp", "O_comp"), ("TL_comp", "C_comp"), ("IB", "TL_comp"), ("ICAP", "IB")]
    published = sorted(wanted["published"]["std"])
    ours = sorted(std[left, "~", right] for left, right in paths)
    assert [round(value, 2) for value in ours] == pytest.approx(published, abs=0.011)  # printed to two digits


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_many_answers(estimator: str) -> None:
    wanted = json.loads((SHARED / "reference" / "bfi.json").read_text())
    names = [f"{scale}{i}" for scale in "ACE" for i in range(1, 6)]
    data = pd.read_csv(SHARED / "data" / "psych" / "bfi.csv")[names].dropna()
    for name in ("A1", "C4", "C5", "E1", "E2"):
        data[name] = 7 - data[name]
    check(sem.fit(wanted["model"], data, estimator=estimator), wanted[estimator], errors=1e-4, indices=1e-5)
