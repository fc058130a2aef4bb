"""Other routes: imputed data, two-valued mediators and outcomes, necessary conditions."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from umkm_stats import UmkmError, UsageError, mediate
from umkm_stats.kernels.mediation.nca import ce_fdh, cr_fdh
from umkm_stats.mediation import mediate_binary, mediate_imputed, necessary_condition

from .test_asked import keeps_protocol
from .test_scores import cell


def test_imputed_data_without_differences_give_the_plain_numbers(small: pd.DataFrame) -> None:
    plain = mediate(small, x="X", m="M", y="Y", draws=20, seed=1)
    pooled = mediate_imputed([small, small, small], x="X", m="M", y="Y", seed=1)
    keeps_protocol(pooled)
    row = pooled.frame[(pooled.frame["effect"] == "a")].iloc[0]
    assert row["est"] == pytest.approx(cell(plain.effects, "a", "ols")["est"], rel=1e-12)
    assert row["se"] == pytest.approx(cell(plain.effects, "a", "ols")["se"], rel=1e-12)
    g = np.random.default_rng(1)
    frames = [small.assign(M=small["M"] + g.normal(scale=0.5, size=100)) for _ in range(5)]
    wider = mediate_imputed(frames, x="X", m="M", y="Y", seed=1)
    parts = [cell(mediate(f, x="X", m="M", y="Y", draws=2, seed=1).effects, "a", "ols") for f in frames]
    within = np.mean([part["se"] ** 2 for part in parts])
    between = np.var([part["est"] for part in parts], ddof=1)
    row = wider.frame[wider.frame["effect"] == "a"].iloc[0]
    assert row["se"] == pytest.approx(np.sqrt(within + 1.2 * between), rel=1e-12)
    with pytest.raises(UsageError) as caught:
        mediate_imputed([small], x="X", m="M", y="Y")
    assert caught.value.code == "MED034"


# ------------------------------------------------------------------ PROCESS models
PROCESS = json.loads(
    (Path(__file__).parents[1] / "reference" / "mediation_pyprocessmacro.json").read_text("utf-8")
)
MARKS = {"5": "c", "7": "a", "8": "ac", "14": "b", "15": "bc", "58": "ab", "59": "abc"}


@pytest.mark.parametrize("model", list(MARKS))
def test_process_models_equal_pyprocessmacro(small: pd.DataFrame, model: str) -> None:
    found = mediate(
        small,
        x="X",
        m="M",
        y="Y",
        moderator="W1",
        moderates=tuple(MARKS[model]),
        probes="sd",
        draws=20,
        seed=1,
    )
    wanted = PROCESS["models"][model]
    assert found.process == model
    rows = found.effects
    kind = "indirect" if model == "5" else "conditional_indirect"
    got = rows[(rows["effect"] == kind) & (rows["method"] == "delta")]["est"]
    np.testing.assert_allclose(got, wanted["indirect"], rtol=1e-9)
    direct = rows[
        (rows["effect"] == ("conditional_direct" if "c" in MARKS[model] else "direct"))
        & (rows["method"] == "ols")
    ]
    np.testing.assert_allclose(direct["est"], wanted["direct"], rtol=1e-9)
    np.testing.assert_allclose(direct["se"], wanted["direct_se"], rtol=1e-9)
    if "index" in wanted:
        assert cell(rows, "index", "delta")["est"] == pytest.approx(wanted["index"], rel=1e-9)


def test_serial_paths_equal_pyprocessmacro(small: pd.DataFrame) -> None:
    found = mediate(small, x="X", m=["M", "W1"], y="Y", covariates="W2", structure="serial", draws=20, seed=1)
    for path, value in PROCESS["serial"].items():
        assert cell(found.effects, "indirect", "delta", path)["est"] == pytest.approx(value, rel=1e-9)


# ------------------------------------------------------------------ two-valued mediators and outcomes
def test_logistic_rows_equal_r(small: pd.DataFrame, by_r: dict[str, Any]) -> None:
    answer = mediate_binary(small, x="X", m="M", y="Ybin", draws=60, seed=1)
    keeps_protocol(answer)
    row = answer.frame[answer.frame["effect"] == "b"].iloc[0]
    assert [row["est"], row["se"]] == pytest.approx(
        [by_r["logit_y"]["est"][2], by_r["logit_y"]["se"][2]], rel=1e-5
    )  # glm stops at 1e-8 in deviance
    answer = mediate_binary(small, x="X", m="Mbin", y="Y", draws=60, seed=1, intervals=("percentile", "bca"))
    row = answer.frame[answer.frame["effect"] == "a"].iloc[0]
    assert [row["est"], row["se"]] == pytest.approx(
        [by_r["logit_m"]["est"][1], by_r["logit_m"]["se"][1]], rel=1e-5
    )


@pytest.mark.parametrize("interaction", [False, True])
def test_counterfactual_means_equal_simulation(small: pd.DataFrame, interaction: bool) -> None:
    answer = mediate_binary(
        small,
        x="X",
        m="M",
        y="Ybin",
        covariates="W1",
        contrast=(4, 7),
        interaction=interaction,
        draws=20,
        seed=1,
    )
    got = answer.frame[answer.frame["method"] == "percentile"].set_index("effect")["est"]
    import statsmodels.api as sm

    one = np.ones(100)
    x, m, w, y = (small[name].to_numpy(dtype=float) for name in ("X", "M", "W1", "Ybin"))
    first = sm.OLS(m, np.column_stack([one, x, w])).fit()
    product = [x * m] if interaction else []
    second = sm.Logit(y, np.column_stack([one, x, m, w, *product])).fit(disp=0)
    normal = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)

    def mean(x_outcome: float, x_mediator: float) -> float:
        centre = first.params @ np.vstack([one, one * x_mediator, w])
        value = centre[:, None] + np.sqrt(first.mse_resid) * normal
        eta = (
            second.params[0]
            + second.params[1] * x_outcome
            + second.params[2] * value
            + second.params[3] * w[:, None]
        )
        if interaction:
            eta = eta + second.params[4] * x_outcome * value
        return float((1 / (1 + np.exp(-eta))).mean())

    assert got["indirect"] == pytest.approx(mean(7, 7) - mean(7, 4), abs=2e-5)
    assert got["direct"] == pytest.approx(mean(7, 4) - mean(4, 4), abs=2e-5)
    assert got["total"] == pytest.approx(got["direct"] + got["indirect"], rel=1e-10)


def test_a_linear_pair_gives_the_products(small: pd.DataFrame) -> None:
    plain = mediate(small, x="X", m="Mbin", y="Y", draws=20, seed=1)
    answer = mediate_binary(small, x="X", m="Mbin", y="Y", contrast=(5, 6), draws=20, seed=1)
    got = answer.frame[answer.frame["method"] == "percentile"].set_index("effect")["est"]
    assert got["direct"] == pytest.approx(cell(plain.effects, "direct", "ols")["est"], rel=1e-9)


def test_binary_refusals(small: pd.DataFrame) -> None:
    def code(**asked: Any) -> str:
        data = asked.pop("data", small)
        with pytest.raises(UmkmError) as caught:
            mediate_binary(data, **{"x": "X", "m": "M", "y": "Ybin", "draws": 20, "seed": 1, **asked})
        assert caught.value.remedy("id")
        return caught.value.code

    assert code(y="Y") == "MED031"
    assert code(contrast=(1, 1)) == "MED033"
    assert code(data=small.assign(Ybin=(small["M"] > 5) * 1)) == "MED032"
    tiny = pd.DataFrame(
        {"X": [1, 2, 3, 4, 5, 6, 7, 8.0], "M": [1, 3, 2, 5, 4, 6, 9, 7.0], "Ybin": [0, 0, 1, 0, 1, 0, 1, 1]}
    )
    answer = mediate_binary(tiny, x="X", m="M", y="Ybin", draws=200, seed=1)
    assert "MED424" in [note.code for note in answer.notes]


# ------------------------------------------------------------------ necessary conditions
def test_ceilings_by_hand() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 4.0, 4.0]), np.array([0.0, 2.0, 1.0, 4.0, 3.0])
    steps = ce_fdh(x, y)
    # empty: 4 high over [0, 1), 2 high over [1, 4) → 4 + 6 of 16
    assert steps.effect == pytest.approx(10 / 16)
    assert list(steps.peers_x) == [0, 1, 4]
    line = cr_fdh(x, y)
    slope, intercept = np.polyfit([0, 1, 4], [0, 2, 4], 1)
    area = integrate.quad(
        lambda v: 4 - np.clip(intercept + slope * v, 0, 4), 0, 4, points=[(4 - intercept) / slope]
    )[0]
    assert line.effect == pytest.approx(area / 16, rel=1e-9)
    assert line.accuracy == pytest.approx(0.8)


def test_a_necessary_condition_is_found_and_noise_is_not() -> None:
    g = np.random.default_rng(6)
    x = g.uniform(size=150)
    data = pd.DataFrame({"x": x, "y": g.uniform(size=150) * x, "z": g.uniform(size=150)})
    data.loc[0, "x"] = np.nan
    needed = necessary_condition(data, x="x", y="y", draws=300, seed=1)
    keeps_protocol(needed)
    assert needed.sample is not None
    assert needed.sample.dropped == {"missing": 1}
    assert (needed.frame["effect_size"] > 0.3).all()
    assert (needed.frame["p"] < 0.01).all()
    assert (necessary_condition(data, x="z", y="x", draws=300, seed=1).frame["p"] > 0.05).all()
    levels = needed.meta["needed_ce_fdh"] if needed.meta else []
    assert all(a <= b for a, b in itertools.pairwise(levels[1:]))
    with pytest.raises(UmkmError) as caught:
        necessary_condition(data.assign(x=1.0), x="x", y="y")
    assert caught.value.code == "MED008"
    with pytest.raises(UmkmError) as caught:
        necessary_condition(data.iloc[:2], x="x", y="y")
    assert caught.value.code == "MED007"
