"""Ordered categories: semTools 0.5-6 on bfi and datCat (shared), closed forms and simulation without them."""

import json

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UmkmError
from umkm_stats.kernels.measurement import efa_loadings
from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.measurement import cfa, efa, factor_count, reliability, validity


@pytest.fixture(scope="module")
def likert():
    """Two correlated factors, four five-point items each; the last item of B is never answered 1."""
    rng = np.random.default_rng(17)
    first = rng.normal(size=600)
    second = 0.5 * first + 0.866 * rng.normal(size=600)
    data = {}
    for name, factor in (("A", first), ("B", second)):
        for i in range(1, 5):
            latent = 0.75 * factor + 0.66 * rng.normal(size=600)
            data[f"{name}{i}"] = np.searchsorted([-1.5, -0.5, 0.4, 1.2], latent) + 1.0
    data["B4"] = np.maximum(data["B4"], 2)
    return pd.DataFrame(data), {name: [f"{name}{i}" for i in range(1, 5)] for name in "AB"}


def test_green_yang_is_the_reliability_of_the_sum():
    """Against brute force: the correlation of two independent administrations of the same items."""
    rng = np.random.default_rng(3)
    loadings = np.array([0.8, 0.6, 0.7])
    cuts = [np.array([-1.0, 0.2, 1.1]), np.array([0.0]), np.array([-0.5, 0.5])]
    n = 400_000
    factor = rng.normal(size=n)
    sums = []
    for _ in range(2):
        latent = factor[:, None] * loadings + np.sqrt(1 - loadings**2) * rng.normal(size=(n, 3))
        sums.append(sum(np.searchsorted(cut, latent[:, j]) for j, cut in enumerate(cuts)))
    wanted = np.corrcoef(*sums)[0, 1]
    common = np.outer(loadings, loadings)
    total = common.copy()
    np.fill_diagonal(total, 1)
    assert kernel.green_yang(common, total, cuts) == pytest.approx(wanted, abs=4 / np.sqrt(n))


def test_cfa_and_validity(likert):
    data, scales = likert
    result = cfa(data, scales=scales, ordered=True)
    assert result.fit.estimator == "WLSMV"
    assert result.tidy()["loading"].to_numpy() == pytest.approx(np.full(8, 0.75), abs=0.08)
    counts = result.thresholds.groupby("item", sort=False).size()
    assert counts["A1"] == 4
    assert counts["B4"] == 3  # a category nobody used has no threshold
    assert np.isfinite(result.comparison["cfi"]).all()
    found = validity(result, draws=30, seed=5)
    table = found.tidy().set_index("construct")
    assert set(found.tidy().columns) <= set(columns.known())
    assert (table["omega_ordinal"] < table["omega_total"]).all()
    assert table["ave"].to_numpy() == pytest.approx(table["ave_raw"].to_numpy())
    assert table.loc["A", "omega_low"] < table.loc["A", "omega_total"] < table.loc["A", "omega_high"]
    pair = found.pairs.iloc[0]
    assert pair["htmt_low"] < pair["htmt"] < pair["htmt_high"]
    assert pair["r"] == pytest.approx(0.5, abs=0.1)
    result.to_dict()


def test_reliability_of_ordered_answers(likert):
    data, scales = likert
    table = reliability(data, scales=scales, ordinal=True).tidy().set_index("scale")
    assert (table["alpha_ordinal"] > table["alpha"]).all()
    single = (
        validity(cfa(data[scales["A"]], scales={"A": scales["A"]}, ordered=True, compare=[])).tidy().iloc[0]
    )
    assert table.loc["A", "omega_ordinal"] == pytest.approx(single["omega_ordinal"], rel=1e-6)
    assert set(table.columns) <= set(columns.known())
    pair = reliability(data, scales={"pair": ["A1", "A2"]}, ordinal=True).tidy().iloc[0]
    assert 0 < pair["omega_ordinal"] < pair["alpha_ordinal"]


def test_reliability_that_does_not_exist(likert, nine):
    data, _ = likert
    one = reliability(data, scales={"one": ["A1"]}, ordinal=True)
    numbers = reliability(nine, scales={"visual": ["x1", "x2", "x3"]}, ordinal=True)
    against = data[["A1", "A2"]].assign(A2=6 - data["A2"])
    bent = reliability(against, scales={"bent": ["A1", "A2"]}, ordinal=True)
    for result in (one, numbers, bent):
        note = next(note for note in result.notes if note.code == "MEA119")
        assert np.isnan(result.tidy()["omega_ordinal"].iloc[0])
        for lang in ("en", "id"):
            assert "?" not in note.message(lang)


def test_polychoric_factor_analysis(likert):
    data, _ = likert
    plain = efa(data, n_factors=2, method="ml")
    found = efa(data, n_factors=2, method="ml", cor="polychoric")
    assert "MEA129" in {note.code for note in found.notes}
    assert found.communalities.mean() > plain.communalities.mean()
    assert set(found.tidy().loc[found.tidy()["factor"] == "F1", "item"].str[0]) in ({"A"}, {"B"})
    assert factor_count(data, runs=40, seed=1, cor="polychoric").advised["parallel_pca"] == 2


def test_adequacy_from_correlations_is_that_of_factor_analyzer(nine):
    from umkm_stats.adapters import factor_analyzer

    corr = nine.corr().to_numpy()
    per_item, total = efa_loadings.sampling_adequacy(corr)
    wanted_items, wanted = factor_analyzer.kmo(nine.to_numpy())
    np.testing.assert_allclose(per_item, wanted_items, rtol=1e-9)
    assert total == pytest.approx(wanted, rel=1e-9)
    assert efa_loadings.sphericity(corr, 301) == pytest.approx(
        factor_analyzer.bartlett(nine.to_numpy()), rel=1e-9
    )


def test_bad_input(likert, nine):
    with pytest.raises(UmkmError) as caught:
        efa(nine, n_factors=2, cor="polychoric")
    assert caught.value.code == "MEA019"
    rng = np.random.default_rng(0)
    few = pd.DataFrame(
        (rng.normal(size=(9, 1)) + 0.4 * rng.normal(size=(9, 6)) > 0).astype(float), columns=list("abcdef")
    )
    few.iloc[0], few.iloc[1] = 0.0, 1.0
    with pytest.raises(UmkmError) as caught:
        efa(few, n_factors=1, cor="polychoric")
    assert caught.value.code == "MEA020"
    for lang in ("en", "id"):
        assert "?" not in caught.value.message(lang)


@pytest.mark.shared
def test_bfi_equals_semtools(bfi, shared_folder):
    reference = json.loads((shared_folder / "reference" / "bfi.json").read_text(encoding="utf-8"))
    scales = {
        "agree": [f"A{i}" for i in range(1, 6)],
        "consc": [f"C{i}" for i in range(1, 6)],
        "extra": [f"E{i}" for i in range(1, 6)],
    }
    result = cfa(bfi, scales=scales, ordered=True, compare=[])
    assert result.indices["chisq_scaled"] == pytest.approx(
        reference["WLSMV"]["fit"]["chisq.scaled"], rel=1e-4
    )
    table = validity(result).tidy().set_index("construct")
    wanted = reference["reliability_WLSMV"]
    for ours, theirs in {
        "omega_ordinal": "omega_ordinal_scale_green_yang",
        "omega_total": "omega_latent_response",
        "ave": "AVE",
    }.items():
        for scale, value in wanted[theirs].items():
            assert table.loc[scale, ours] == pytest.approx(value, rel=1e-4), (ours, scale)


@pytest.mark.shared
def test_datcat_equals_semtools(shared_csv, shared_folder):
    data = shared_csv("data/lavaan/semtools_datcat.csv")
    reference = json.loads(
        (shared_folder / "reference" / "semtools_datcat.json").read_text(encoding="utf-8")
    )["reliability"]
    scales = {"f1": ["u1", "u2", "u3", "u4"], "f2": ["u5", "u6", "u7", "u8"]}
    table = (
        validity(
            cfa(
                data[[code for items in scales.values() for code in items]],
                scales=scales,
                ordered=True,
                compare=[],
            )
        )
        .tidy()
        .set_index("construct")
    )
    for ours, theirs in {
        "omega_ordinal": "omega_ordinal_scale_green_yang",
        "omega_total": "omega_latent_response",
        "ave": "AVE",
    }.items():
        for scale, value in reference[theirs].items():
            assert table.loc[scale, ours] == pytest.approx(value, rel=1e-4), (ours, scale)
