"""Reliability against psych 2.2.9, semTools 0.5-6, pingouin; words for scales that do not hold together."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from told_notes import noted
from umkm_stats import columns
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import scale_reliability as kernel
from umkm_stats.measurement import reliability


def simulated(n=200, k=4, seed=1, loading=0.7):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, 1))
    values = loading * factor + rng.normal(size=(n, k)) * np.sqrt(1 - loading**2)
    return pd.DataFrame(values, columns=[f"A{i}" for i in range(1, k + 1)])


@pytest.mark.parametrize("scale", ["visual", "textual", "speed", "first_six", "all_nine"])
def test_equals_psych_and_semtools(nine, psych, scale):
    wanted = psych["scales"][scale]
    row = reliability(nine, scales={scale: wanted["items"]}).tidy().iloc[0]
    same = {"alpha": "raw_alpha", "alpha_std": "std_alpha", "lambda6": "G6", "mean_r": "average_r"}
    for ours, theirs in same.items():
        assert row[ours] == pytest.approx(wanted[theirs], rel=1e-10), ours
    optimum = {
        "omega_total": "omega_observed",
        "cr_raw": "omega_model",
        "ave_raw": "AVE",
        "max_rho": "maximal",
    }
    for ours, theirs in optimum.items():  # lavaan's optimum is a stopping rule away
        assert row[ours] == pytest.approx(wanted[theirs], rel=2e-5), ours
    loadings = np.array(wanted["std_loadings"])
    assert row["ave"] == pytest.approx((loadings**2).mean(), rel=2e-5)
    assert row["cr_std"] == pytest.approx(
        loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum()), rel=2e-5
    )


def test_items_equal_psych(nine, psych):
    wanted = psych["scales"]["all_nine"]
    items = reliability(nine, scales={"all": wanted["items"]}).items
    np.testing.assert_allclose(items["item_rest"], wanted["r_drop"], rtol=1e-10)
    np.testing.assert_allclose(items["alpha_without"], wanted["alpha_drop"], rtol=1e-10)
    np.testing.assert_allclose(items["loading"], wanted["std_loadings"], atol=2e-5)


def test_interval_is_feldt_and_rounds_to_pingouin(nine):
    row = reliability(nine, scales={"all": list(nine.columns)}).tidy().iloc[0]
    alpha, limits = pingouin.cronbach_alpha(nine)
    assert row["alpha"] == pytest.approx(alpha, rel=1e-12)
    np.testing.assert_array_equal(np.round([row["alpha_low"], row["alpha_high"]], 3), limits)


def test_n_counts_after_deletion(nine):
    holed = nine.copy()
    holed.iloc[:40, 0] = np.nan
    result = reliability(holed, scales={"visual": ["x1", "x2", "x3"]})
    row = result.tidy().iloc[0]
    assert (row["n"], result.sample.used, result.sample.dropped["missing"]) == (261, 261, 40)
    whole = reliability(nine.iloc[40:], scales={"visual": ["x1", "x2", "x3"]}).tidy().iloc[0]
    assert row["alpha_low"] == whole["alpha_low"]
    pairwise = reliability(holed, scales={"visual": ["x1", "x2", "x3"]}, missing="pairwise").tidy().iloc[0]
    assert pairwise["alpha"] == pytest.approx(
        pingouin.cronbach_alpha(holed[["x1", "x2", "x3"]])[0], rel=1e-12
    )
    assert pairwise["n"] == 261
    assert pairwise["alpha"] != row["alpha"]


def test_split_halves(nine, psych):
    wanted = psych["scales"]["first_six"]
    cov = nine[wanted["items"]].cov().to_numpy()
    found = kernel.split_half(cov)
    assert found.highest == pytest.approx(wanted["lambda4"], rel=1e-10)
    assert found.lowest == pytest.approx(wanted["beta"], rel=1e-10)
    assert found.mean == pytest.approx(
        float(kernel.alpha(cov)), rel=1e-12
    )  # the mean over all equal halves is α
    halves = nine[["x1", "x3", "x5"]].sum(axis=1), nine[["x2", "x4", "x6"]].sum(axis=1)
    r = np.corrcoef(*halves)[0, 1]
    assert found.odd_even_r == pytest.approx(r, rel=1e-12)
    assert found.spearman_brown == pytest.approx(2 * r / (1 + r), rel=1e-12)


def test_too_many_items_for_all_splits():
    data = simulated(n=60, k=17)
    result = reliability(data, scales={"long": list(data.columns)})
    assert np.isnan(result.tidy()["lambda4"].iloc[0])
    noted(result, "MEA116")
    short = reliability(data, scales={"short": list(data.columns[:6])}).tidy().iloc[0]
    assert short["beta"] < short["alpha"] < short["lambda4"]


def test_horst_meets_spearman_brown_at_equal_halves():
    assert kernel._spearman_brown(0.6, 2, 4) == pytest.approx(0.75)
    # two thirds and one third of eight parallel items of reliability ρ: Horst gives back the full-length
    # reliability
    item = 0.4
    cov = np.full((6, 6), item) + np.eye(6) * (1 - item)
    first, second = cov[:4, :4].sum(), cov[4:, 4:].sum()
    r = cov[:4, 4:].sum() / np.sqrt(first * second)
    assert kernel._spearman_brown(r, 4, 6) == pytest.approx(6 * item / (1 + 5 * item), rel=1e-12)


def test_order_and_common_rescaling_do_not_matter(nine):
    items = list(nine.columns)
    first = reliability(nine, scales={"a": items}).tidy().iloc[0]
    turned = reliability(nine * 3 + 7, scales={"a": items[::-1]}).tidy().iloc[0]
    for name in ("alpha", "omega_total", "ave", "cr_std", "lambda6"):
        assert turned[name] == pytest.approx(first[name], rel=1e-8), name


def test_draws_are_refits_and_reproducible(nine, thirds):
    from umkm_stats.kernels import draws
    from umkm_stats.kernels.measurement.efa_one import one_factor

    items = [f"x{i}" for i in range(1, 7)]
    result = reliability(nine, scales={"six": items}, draws=300, seed=11)
    row = result.tidy().iloc[0]
    values = nine[items].to_numpy()
    omegas = []
    for block, _first, size in draws.blocks(300):
        for rows in draws.row_block(11, block, size, 301):
            cov = np.cov(values[rows], rowvar=False)[None]
            omegas.append(float(kernel.omega_total(one_factor(cov).loadings, cov)[0]))
    from umkm_stats.kernels.intervals import quantile

    assert row["omega_low"] == pytest.approx(float(quantile(np.array(omegas), 0.025)), rel=1e-6)
    assert row["omega_high"] == pytest.approx(float(quantile(np.array(omegas), 0.975)), rel=1e-6)
    assert result.seed == 11
    assert result.ledger["six"] == {"requested": 300, "converged": 300, "failed": 0, "inadmissible": 0}
    again = reliability(nine, scales={"six": items}, draws=300, seed=11).tidy()
    pd.testing.assert_frame_equal(again, result.tidy())
    assert reliability(nine, scales=thirds, draws=20).seed is not None


def test_negative_alpha_is_kept_and_explained_in_words():
    data = simulated()
    data["A3"] = -data["A3"]
    data["A4"] = -data["A4"]
    result = reliability(data, scales={"Q": list(data.columns)})
    row = result.tidy().iloc[0]
    assert row["alpha"] < 0
    assert row["alpha"] == pytest.approx(pingouin.cronbach_alpha(data)[0], rel=1e-12)
    note = noted(result, "MEA111")
    assert (note.row, note.column) == ("Q", "alpha")
    assert "rise and fall together" in note.message("en")
    assert "−" in note.message("id") or "tidak diganti dengan nol" in note.message("id")


def test_near_zero_alpha_with_and_without_items_against_the_rest():
    rng = np.random.default_rng(4)
    noise = pd.DataFrame(rng.normal(size=(400, 3)), columns=["B1", "B2", "B3"])
    noise["B2"] += 0.25 * noise["B1"]
    noise["B3"] -= 0.12 * noise["B1"]
    assert noted(reliability(noise, scales={"B": ["B1", "B2", "B3"]}), "MEA112").params["items"]
    weak = pd.DataFrame(rng.normal(size=(400, 2)) + 0.2 * rng.normal(size=(400, 1)), columns=["C1", "C2"])
    assert 0 < reliability(weak, scales={"C": ["C1", "C2"]}).tidy()["alpha"].iloc[0] < 0.2
    noted(reliability(weak, scales={"C": ["C1", "C2"]}), "MEA113")


def test_one_item_against_the_rest():
    data = simulated(k=5)
    data["A2"] = -data["A2"]
    result = reliability(data, scales={"A": list(data.columns)})
    assert noted(result, "MEA114").params["item"] == "A2"
    assert noted(result, "MEA110").params["items"] == ["A2"]


def test_a_scale_reversed_as_a_whole_is_seen_against_the_others():
    rng = np.random.default_rng(8)
    common = rng.normal(size=(300, 1))
    data, scales = {}, {}
    for name in ("P", "Q", "R", "S"):
        factor = 0.6 * common + 0.8 * rng.normal(size=(300, 1))
        items = factor + 0.7 * rng.normal(size=(300, 3))
        scales[name] = [f"{name}{i}" for i in (1, 2, 3)]
        data |= dict(zip(scales[name], (-items if name == "R" else items).T, strict=True))
    result = reliability(pd.DataFrame(data), scales=scales)
    assert [note.params["scale"] for note in result.notes if note.code == "MEA115"] == ["R"]
    assert result.tidy().set_index("scale").loc["R", "alpha"] > 0.7
    noted(result, "MEA115")


def test_two_items(nine):
    result = reliability(nine, scales={"pair": ["x1", "x2"]}, draws=50, seed=1)
    row = result.tidy().iloc[0]
    r = nine["x1"].corr(nine["x2"])
    assert row["ave"] == pytest.approx(r, rel=1e-12)
    assert row["cr_std"] == pytest.approx(2 * r / (1 + r), rel=1e-12)
    assert np.isnan(reliability(nine, scales={"pair": ["x1", "x2"]}).items["alpha_without"]).all()
    noted(result, "MEA109")


def test_one_item_is_nan_with_a_note(nine, thirds):
    result = reliability(nine, scales={"single": ["x1"], "textual": thirds["textual"]})
    assert np.isnan(result.tidy().set_index("scale").loc["single", "alpha"])
    assert noted(result, "MEA102").row == "single"
    assert result.tidy().set_index("scale").loc["textual", "alpha"] > 0.8


def test_constant_item(nine):
    data = nine.assign(x3=4.0)
    result = reliability(data, scales={"visual": ["x1", "x2", "x3"]}, draws=20, seed=1)
    row = result.tidy().iloc[0]
    assert np.isfinite(row["alpha"])
    assert np.isnan(row["omega_total"])
    assert noted(result, "MEA104").params["items"] == ["x3"]
    noted(result, "MEA117")
    everything = reliability(nine.assign(x1=1.0, x2=2.0), scales={"v": ["x1", "x2"]})
    assert np.isnan(everything.tidy()["alpha"].iloc[0])
    noted(everything, "MEA105")


def test_fewer_rows_than_items(nine):
    result = reliability(nine.head(5), scales={"all": list(nine.columns)})
    assert noted(result, "MEA103").params == {"scale": "all", "n": 5, "k": 9}
    noted(result, "MEA106")
    noted(result, "MEA107")
    none = reliability(nine.head(1), scales={"all": list(nine.columns)})
    noted(none, "MEA101")


def test_heywood():
    corr = np.array([[1, 0.8, 0.7], [0.8, 1, 0.5], [0.7, 0.5, 1.0]])
    rng = np.random.default_rng(3)
    raw = rng.normal(size=(100, 3))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    data = pd.DataFrame(white @ np.linalg.cholesky(corr).T, columns=["H1", "H2", "H3"])
    result = reliability(data, scales={"H": ["H1", "H2", "H3"]})
    assert result.items["loading"].max() > 1
    assert noted(result, "MEA108").params["items"] == ["H1"]
    assert np.isnan(result.tidy()["max_rho"].iloc[0])


def test_failed_draws_are_counted():
    data = simulated(n=25, k=3, seed=5, loading=0.45)
    result = reliability(data, scales={"W": list(data.columns)}, draws=400, seed=2)
    counted = result.ledger["W"]
    assert counted["converged"] + counted["failed"] == 400
    assert counted["failed"] > 0
    assert noted(result, "MEA118").params["failed"] == counted["failed"]
    assert result.tidy()["draws_used"].iloc[0] == counted["converged"]


@pytest.mark.parametrize(
    ("call", "code", "error"),
    [
        (lambda d: reliability([1, 2], scales={"a": ["x"]}), "MEA001", UsageError),
        (lambda d: reliability(d, scales={"a": ["x1", "zz"]}), "MEA002", UsageError),
        (
            lambda d: reliability(pd.concat([d, d[["x1"]]], axis=1), scales={"a": ["x1"]}),
            "MEA003",
            UsageError,
        ),
        (lambda d: reliability(d.assign(x1="five"), scales={"a": ["x1", "x2"]}), "MEA004", UmkmError),
        (lambda d: reliability(d), "MEA005", UsageError),
        (lambda d: reliability(d, scales={}), "MEA005", UsageError),
        (lambda d: reliability(d, scales={"a": []}), "MEA006", UsageError),
        (lambda d: reliability(d, scales={"a": ["x1", "x1"]}), "MEA007", UsageError),
        (lambda d: reliability(d, scales={"a": ["x1", "x2"]}, missing="drop"), "GEN001", UsageError),
        (lambda d: reliability(d, scales={"a": ["x1", "x2"]}, level=95), "GEN004", UsageError),
    ],
)
def test_wrong_calls(nine, call, code, error):
    with pytest.raises(error) as caught:
        call(nine)
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert caught.value.remedy(lang)
        assert "?" not in caught.value.message(lang)


def test_result_protocol(nine, thirds):
    from umkm_stats.results import Result

    result = reliability(nine, scales=thirds, draws=40, seed=3)
    assert isinstance(result, Result)
    assert set(result.tidy().columns) | set(result.items.columns) <= set(columns.known())
    assert result.to_dict()["table"][0]["scale"] == "visual"
    for lang, word in (("en", "Reliability"), ("id", "Reliabilitas")):
        assert result.summary(lang).startswith(word)


@pytest.mark.shared
def test_msme_colombia_alphas(capabilities):
    """α published in methods.md 9, n = 106, six decimals."""
    data, scales = capabilities
    table = reliability(data, scales=scales).tidy().set_index("scale")
    wanted = {
        "product": 0.755537,
        "process": 0.639100,
        "organisational": 0.792743,
        "marketing": 0.808941,
        "culture": 0.932894,
        "resources": 0.877696,
    }
    for scale, alpha in wanted.items():
        assert table.loc[scale, "alpha"] == pytest.approx(alpha, abs=5e-7), scale
    assert (table["n"] == 106).all()


@pytest.mark.shared
def test_bfi_alphas_say_listwise_or_pairwise(bfi):
    """psych 2.2.9, 2 800 rows with missing answers; listwise on the 15 items together."""
    scales = {
        "agree": [f"A{i}" for i in range(1, 6)],
        "consc": [f"C{i}" for i in range(1, 6)],
        "extra": [f"E{i}" for i in range(1, 6)],
    }
    fifteen = [item for items in scales.values() for item in items]
    pairwise = reliability(bfi, scales=scales, missing="pairwise").tidy()["alpha"]
    np.testing.assert_allclose(pairwise, [0.7030184460573, 0.7267349729267, 0.7617328202978], rtol=1e-10)
    listwise = reliability(bfi[fifteen].dropna(), scales=scales).tidy()["alpha"]
    np.testing.assert_allclose(listwise, [0.7091128633306, 0.7368120579205, 0.7634709551458], rtol=1e-10)


@pytest.mark.shared
def test_colombian_scales_with_negative_alpha_are_explained(shared_csv):
    """Three sub-scales of INN01–INN29, reversed where the dictionary flags it; their α are a quirk known of
    these data."""
    data = shared_csv("data/msme_colombia/Data CEO Dimensions and Innovation.csv", encoding="utf-8-sig")
    for item in (7, 8, 10, 14, 16):
        data[f"INN{item:02d}"] = 6 - data[f"INN{item:02d}"]
    parts = {"conformity": (6, 7, 8), "ambiguity": (9, 10, 11), "questioning": (12, 13, 14, 15, 16, 17)}
    scales = {name: [f"INN{item:02d}" for item in items] for name, items in parts.items()}
    result = reliability(data, scales=scales)
    alphas = result.tidy().set_index("scale")["alpha"]
    assert alphas["conformity"] == pytest.approx(-0.19, abs=0.005)
    assert alphas["ambiguity"] == pytest.approx(-0.005, abs=0.0005)
    assert alphas["questioning"] == pytest.approx(0.10, abs=0.005)
    explained = {note.row: note.code for note in result.notes if note.column == "alpha"}
    assert explained == {"conformity": "MEA111", "ambiguity": "MEA111", "questioning": "MEA112"}
