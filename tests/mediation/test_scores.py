"""`mediate` on observed scores: numbers of R, printed numbers, identities, and what it says about itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umkm_stats import mediate
from umkm_stats.columns import known
from umkm_stats.kernels import draws as streams
from umkm_stats.results import Result

from .conftest import frame_with

SAME = 1e-9  # R 4.2.2 lm, same algebra


def cell(effects: pd.DataFrame, effect: str, method: str, path: str | None = None) -> Any:
    rows = effects[(effects["effect"] == effect) & (effects["method"] == method)]
    if path is not None:
        rows = rows[rows["path"] == path]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def coefficient(result: Any, outcome: str, term: str, role: str | None = None) -> list[float]:
    table = result.coefficients
    rows = table[(table["outcome"] == outcome) & (table["term"] == term)]
    rows = rows[rows["role"] == role] if role else rows[rows["role"] != "total"]
    assert len(rows) == 1
    return [float(rows.iloc[0][name]) for name in ("est", "se", "t", "p")]


def test_simple_mediation_equals_r(small: pd.DataFrame, by_r: dict[str, Any]) -> None:
    found = mediate(small, x="X", m="M", y="Y", draws=200, seed=1)
    np.testing.assert_allclose(coefficient(found, "M", "X"), by_r["m_x"]["X"], rtol=SAME)
    np.testing.assert_allclose(coefficient(found, "Y", "M"), by_r["y_xm"]["M"], rtol=SAME)
    np.testing.assert_allclose(coefficient(found, "Y", "X"), by_r["y_xm"]["X"], rtol=SAME)
    np.testing.assert_allclose(coefficient(found, "Y", "X", "total"), by_r["y_x"]["X"], rtol=SAME)
    np.testing.assert_allclose(found.equations["r2"].iloc[:2], [by_r["r2"]["m"], by_r["r2"]["y"]], rtol=SAME)
    assert found.process == "4"
    a, b = cell(found.effects, "a", "ols"), cell(found.effects, "b", "ols")
    ab = cell(found.effects, "indirect", "percentile")
    assert ab["est"] == pytest.approx(a["est"] * b["est"], rel=1e-12)
    direct, total = cell(found.effects, "direct", "ols"), cell(found.effects, "total", "ols")
    assert total["est"] == pytest.approx(direct["est"] + ab["est"], rel=1e-12)


def test_covariates_equal_r(small: pd.DataFrame, by_r: dict[str, Any]) -> None:
    found = mediate(small, x="X", m="M", y="Y", covariates=["W1", "W2"], draws=200, seed=1)
    np.testing.assert_allclose(coefficient(found, "M", "X"), by_r["m_xw"]["X"], rtol=SAME)
    np.testing.assert_allclose(coefficient(found, "Y", "M"), by_r["y_xmw"]["M"], rtol=SAME)
    np.testing.assert_allclose(coefficient(found, "Y", "W1"), by_r["y_xmw"]["W1"], rtol=SAME)


@pytest.mark.parametrize("errors", ["HC0", "HC1", "HC2", "HC3", "HC4", "cluster"])
def test_robust_errors_equal_r(small: pd.DataFrame, by_r: dict[str, Any], errors: str) -> None:
    data = small.assign(g=np.arange(100) // 5)
    cluster = "g" if errors == "cluster" else None
    found = mediate(data, x="X", m="M", y="Y", errors=errors, cluster=cluster, draws=50, seed=1)
    wanted = by_r["cluster"] if errors == "cluster" else by_r["hc"][errors]
    table = found.coefficients
    np.testing.assert_allclose(table[table["outcome"] == "M"]["se"], wanted["m"], rtol=1e-8)
    np.testing.assert_allclose(table[table["role"] == "outcome"]["se"], wanted["y"], rtol=1e-8)


def test_moderated_paths_equal_r(small: pd.DataFrame, by_r: dict[str, Any]) -> None:
    found = mediate(small, x="X", m="M", y="Y", moderator="W1", moderates="b", draws=50, seed=1)
    assert found.process == "14"
    for term in ("M:W1", "M", "W1", "X"):
        np.testing.assert_allclose(coefficient(found, "Y", term), by_r["moderated_b"][term], rtol=1e-8)
    found = mediate(small, x="X", m="M", y="Y", moderator="W1", draws=50, seed=1)
    assert found.process == "7"
    np.testing.assert_allclose(coefficient(found, "M", "X:W1"), by_r["moderated_a"]["X:W1"], rtol=1e-8)
    found = mediate(small, x="X", m="M", y="Y", moderates={"a": "W1*W2"}, draws=50, seed=1)
    assert found.process == "11"
    wanted = by_r["moderated_three"]["X:W1:W2"]
    np.testing.assert_allclose(coefficient(found, "M", "X:W1:W2"), wanted, rtol=1e-7)


def test_jessor_covariance_gives_the_printed_numbers() -> None:
    # MBESS, Jessor and Jessor, N = 432, divisor n − 1
    cov = [
        [2.26831107, 0.6615415, -0.08691755],
        [0.6615415, 2.2763549, -0.2259382],
        [-0.08691755, -0.2259382, 0.09218055],
    ]
    data = frame_with([0, 0, 0], cov, 432, "x m y")
    found = mediate(data, x="x", m="m", y="y", draws=100, seed=1, intervals="percentile")
    a, b = cell(found.effects, "a", "ols"), cell(found.effects, "b", "ols")
    assert (a["est"], a["se"]) == pytest.approx((0.291645, 0.046217), abs=5e-7)
    assert (b["est"], b["se"]) == pytest.approx((-0.096279, 0.008820), abs=5e-7)
    assert cell(found.effects, "direct", "ols")["est"] == pytest.approx(-0.010239, abs=5e-7)
    assert cell(found.effects, "indirect", "delta")["est"] == pytest.approx(-0.028079, abs=5e-7)
    sizes = found.sizes
    size = sizes[(sizes["effect"] == "indirect") & (sizes["scale"] == "std_xy")]["est"].iloc[0]
    assert size == pytest.approx(-0.139289, abs=5e-7)


def test_serial_paths_add_up_to_the_total(small: pd.DataFrame) -> None:
    found = mediate(small, x="X", m=["M", "W1", "W2"], y="Y", structure="serial", draws=300, seed=2)
    rows = found.effects
    assert found.process == "6"
    indirect = rows[(rows["effect"] == "indirect") & (rows["method"] == "delta")]
    assert len(indirect) == 7
    together = cell(rows, "total_indirect", "percentile")
    assert together["est"] == pytest.approx(indirect["est"].sum(), rel=1e-10)
    total = cell(rows, "total", "ols")["est"]
    assert total == pytest.approx(cell(rows, "direct", "ols")["est"] + together["est"], rel=1e-9)
    draws = found.draws
    per_draw = draws.filter(like="indirect: X -> ").drop(columns="total_indirect: X -> Y").sum(axis=1)
    np.testing.assert_allclose(per_draw, draws["total_indirect: X -> Y"], rtol=1e-9)
    np.testing.assert_allclose(per_draw + draws["direct: X -> Y"], draws["total: X -> Y"], rtol=1e-7)


def test_stages_and_drawn_arrows(small: pd.DataFrame) -> None:
    mixed = mediate(small, x="X", m=[["M", "W1"], "W2"], y="Y", structure="serial", draws=50, seed=2)
    assert mixed.process == "80"
    paths = set(mixed.effects[mixed.effects["effect"] == "indirect"]["path"])
    assert paths == {
        "X -> M -> Y",
        "X -> W1 -> Y",
        "X -> W2 -> Y",
        "X -> M -> W2 -> Y",
        "X -> W1 -> W2 -> Y",
    }
    drawn = mediate(small, x="X", m=["M", "W1", "W2"], y="Y", structure=[("M", "W2")], draws=50, seed=2)
    rows = drawn.effects
    assert cell(rows, "total", "delta")["est"] == pytest.approx(
        cell(rows, "direct", "ols")["est"] + cell(rows, "total_indirect", "delta")["est"], rel=1e-10
    )
    assert "MED206" in [note.code for note in drawn.notes]
    chains = mediate(
        small,
        x="X",
        m=["M", "W1", "W2", "Mbin"],
        y="Y",
        structure=[("M", "W1"), ("W2", "Mbin")],
        draws=50,
        seed=2,
    )
    assert chains.process == "82"
    second = mediate(small, x="X", m=["M", ["W1", "W2"]], y="Y", structure="serial", draws=50, seed=2)
    assert second.process == "81"


def test_several_predictors_and_outcomes(small: pd.DataFrame) -> None:
    found = mediate(small, x=["X", "W1"], m="M", y=["Y", "W2"], draws=50, seed=2)
    rows = found.effects[(found.effects["effect"] == "indirect") & (found.effects["method"] == "delta")]
    assert list(rows["path"]) == ["X -> M -> Y", "W1 -> M -> Y", "X -> M -> W2", "W1 -> M -> W2"]


def test_an_arrows_draw_is_a_refit_on_the_drawn_rows(small: pd.DataFrame) -> None:
    found = mediate(small, x="X", m="M", y="Y", draws=10, seed=77)
    rows = streams.row_block(77, 0, 256, 100)[9]
    again = mediate(small.iloc[rows], x="X", m="M", y="Y", draws=2, seed=1)
    value = cell(again.effects, "indirect", "delta")["est"]
    assert found.draws["indirect: X -> M -> Y"].iloc[9] == pytest.approx(value, rel=1e-10)


def test_row_order_and_shift_do_not_matter(small: pd.DataFrame) -> None:
    first = mediate(small, x="X", m="M", y="Y", draws=50, seed=1)
    again = mediate(small[::-1] + 1000.0, x="X", m="M", y="Y", draws=50, seed=1)
    np.testing.assert_allclose(
        first.effects[first.effects["method"] == "ols"]["est"],
        again.effects[again.effects["method"] == "ols"]["est"],
        rtol=1e-8,
    )


def test_conditional_effects_and_the_index(small: pd.DataFrame) -> None:
    found = mediate(
        small,
        x="X",
        m="M",
        y="Y",
        moderator="W1",
        moderates=("a",),
        probes={"W1": [1, 2, 4]},
        draws=400,
        seed=3,
    )
    rows = found.effects
    value = {
        w: cell(rows, "conditional_indirect", "percentile", f"X -> M -> Y | W1 = {w}")["est"]
        for w in (1, 2, 4)
    }
    index = cell(rows, "index", "percentile")["est"]
    assert value[2] - value[1] == pytest.approx(index, rel=1e-9)
    assert value[4] - value[2] == pytest.approx(2 * index, rel=1e-9)
    low, high = (cell(rows, "index", "delta")[name] for name in ("ci_low", "ci_high"))
    assert low < index < high


def test_johnson_neyman_borders_have_p_at_the_level(small: pd.DataFrame) -> None:
    g = np.random.default_rng(4)
    x, w = g.normal(size=200), g.normal(size=200)
    data = pd.DataFrame({"x": x, "w": w, "y": 0.05 * x + 0.6 * x * w + g.normal(size=200)})
    found = mediate(data, x="x", m=None, y="y", moderator="w", draws=50, seed=1)
    assert found.process == "1"
    borders = found.johnson_neyman
    assert borders is not None
    assert len(borders) == 2
    for border in borders["value"]:
        moved = data.assign(w=data["w"] - border)
        again = mediate(moved, x="x", m=None, y="y", moderator="w", draws=2, seed=1)
        assert coefficient(again, "y", "x")[3] == pytest.approx(0.05, abs=1e-8)


def test_the_sample_counts_what_was_left_out(small: pd.DataFrame) -> None:
    data = small.copy().astype({"M": "Float64", "Y": "Int64"})
    data.loc[[3, 8], "M"] = pd.NA
    data.loc[8, "X"] = np.nan
    found = mediate(data, x="X", m="M", y="Y", draws=50, seed=1)
    assert found.sample.to_dict() == {"rows_in": 100, "used": 98, "dropped": {"missing": 2}}
    assert found.glance()["n"].iloc[0] == 98


def test_a_seed_is_drawn_kept_and_printed(small: pd.DataFrame) -> None:
    first = mediate(small, x="X", m="M", y="Y", draws=300)
    again = mediate(small, x="X", m="M", y="Y", draws=300, seed=first.seed)
    pd.testing.assert_frame_equal(first.effects, again.effects, check_exact=True)
    assert str(first.seed) in first.summary()


def test_degenerate_draws_stand_in_the_ledger() -> None:
    g = np.random.default_rng(8)
    x = np.zeros(25)
    x[:2] = 1
    data = pd.DataFrame({"x": x, "m": x + g.normal(size=25), "y": g.normal(size=25)})
    found = mediate(data, x="x", m="m", y="y", draws=500, seed=1)
    ledger = found.ledger
    assert ledger["failed"] > 20
    assert ledger["converged"] + ledger["failed"] == ledger["requested"] == 500
    assert ledger["reasons"] == {"collinear": ledger["failed"]}
    assert "MED202" in [note.code for note in found.notes]
    assert np.isfinite(cell(found.effects, "indirect", "percentile")["ci_low"])


def test_a_jackknife_that_fails_refuses_bca_and_says_so() -> None:
    g = np.random.default_rng(8)
    x = np.zeros(25)
    x[0] = 1
    data = pd.DataFrame({"x": x, "m": g.normal(size=25), "y": g.normal(size=25)})
    found = mediate(data, x="x", m="m", y="y", draws=500, seed=1)
    assert np.isnan(cell(found.effects, "indirect", "bca")["ci_low"])
    assert "x -> m -> y" in [note.row for note in found.notes if note.code == "MED405"]
    assert np.isfinite(cell(found.effects, "indirect", "percentile")["ci_low"])


def test_clusters_and_strata(small: pd.DataFrame) -> None:
    data = small.assign(g=np.arange(100) // 5, city=np.where(np.arange(100) < 40, "a", "b"))
    found = mediate(data, x="X", m="M", y="Y", cluster="g", strata="city", draws=300, seed=1)
    assert "MED207" in [note.code for note in found.notes]
    assert np.isfinite(found.draws.to_numpy()).all()
    other = mediate(
        data.sample(frac=1, random_state=1),
        x="X",
        m="M",
        y="Y",
        cluster="g",
        strata="city",
        draws=300,
        seed=1,
    )
    assert other.draws.shape == found.draws.shape


def test_summary_shows_the_working_in_both_languages(small: pd.DataFrame) -> None:
    found = mediate(small, x="X", m="M", y="Y", draws=1000, seed=42, intervals="all")
    said = found.summary()
    a, b = cell(found.effects, "a", "ols")["est"], cell(found.effects, "b", "ols")["est"]
    assert "= a × b" in said
    assert f"= {a:.3f} × {b:.3f} = {a * b:.3f}" in said
    assert "n = 100 of 100 rows" in said
    assert "1,000 requested" in said
    assert "Seed: 42" in said
    indonesian = found.summary("id")
    assert f"{a:.3f}".replace(".", ",") in indonesian
    assert "1.000 diminta" in indonesian
    assert "Pengaruh tidak langsung" in indonesian


def test_the_result_keeps_the_protocol(small: pd.DataFrame) -> None:
    found = mediate(small, x="X", m="M", y="Y", draws=50, seed=42, intervals="all")
    assert isinstance(found, Result)
    plain = found.to_dict()
    assert plain["seed"] == 42
    assert len(plain["effects"]) == len(found.tidy())
    for frame in (found.effects, found.coefficients, found.equations, found.sizes, found.glance()):
        assert set(frame.columns) <= set(known())


def test_no_draw_at_all_leaves_nan_and_a_reason(small: pd.DataFrame) -> None:
    rows = np.zeros((50, 100), dtype=int)
    found = mediate(
        small, x="X", m="M", y="Y", rows=rows, intervals=("percentile", "basic", "bc", "bca", "studentised")
    )
    assert found.ledger["failed"] == found.ledger["requested"] == 50
    for method in ("percentile", "basic", "bc", "bca", "studentised"):
        row = cell(found.effects, "indirect", method)
        assert np.isfinite(row["est"])
        assert np.isnan([row["se"], row["ci_low"], row["ci_high"], row["p"]]).all()
    assert {"MED202", "MED401"} <= {note.code for note in found.notes}
    assert np.isfinite(cell(found.effects, "indirect", "delta")["ci_low"])
    said = found.summary("id")
    assert said.count("interval tidak tersedia (lihat catatan)") == 3 * 5  # c', c and ab by five methods
    assert sum("Hanya 0 dari 50" in line and "X -> M -> Y" in line for line in said.splitlines()) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(12, 60), k=st.integers(1, 3), serial=st.booleans())
def test_total_is_direct_plus_indirect_on_any_data(seed: int, n: int, k: int, serial: bool) -> None:
    g = np.random.default_rng(seed)
    data = pd.DataFrame(g.normal(size=(n, k + 3)) @ g.normal(size=(k + 3, k + 3)))
    data.columns = ["x", "y", "c", *(f"m{j}" for j in range(k))]
    found = mediate(
        data,
        x="x",
        m=list(data.columns[3:]),
        y="y",
        covariates="c",
        structure="serial" if serial else "parallel",
        draws=4,
        seed=seed,
        intervals=(),
    )
    parts = found.effects[found.effects["method"].isin(["ols", "delta"])]
    indirect = parts[parts["effect"] == "indirect"]["est"].sum()
    direct, total = (cell(found.effects, name, "ols")["est"] for name in ("direct", "total"))
    assert total == pytest.approx(direct + indirect, rel=1e-6, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_effects_follow_a_change_of_unit(seed: int, factor: float, shift: float) -> None:
    g = np.random.default_rng(seed)
    data = pd.DataFrame(g.normal(size=(40, 3)), columns=list("xmy"))
    moved = data.assign(y=factor * data["y"] + shift, m=data["m"] - shift)
    one, two = (mediate(d, x="x", m="m", y="y", draws=60, seed=seed) for d in (data, moved))
    for method in ("percentile", "bca", "delta"):
        for name in ("est", "ci_low", "ci_high"):
            left, right = (
                cell(one.effects, "indirect", method)[name],
                cell(two.effects, "indirect", method)[name],
            )
            assert right == pytest.approx(factor * left, rel=1e-6, abs=1e-9 * factor, nan_ok=True)
    sizes = (
        one.sizes[["est", "ci_low", "ci_high"]].to_numpy()
        - two.sizes[["est", "ci_low", "ci_high"]].to_numpy()
    )
    xy = (one.sizes["scale"] == "std_xy").to_numpy()
    assert np.nanmax(np.abs(sizes[xy])) < 1e-7
