"""CFA and validity against lavaan 0.6-14 and semTools 0.5-6 on Holzinger and Swineford's data."""

import numpy as np
import pandas as pd
import pytest

from told_notes import noted
from umkm_stats import columns
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.kernels.measurement.scale_reliability import correlations
from umkm_stats.measurement import cfa, validity
from umkm_stats.sem import fit

OPTIMUM = 2e-5  # two optimisers of the same function


@pytest.fixture(scope="module")
def three(nine, thirds):
    return cfa(nine, scales=thirds)


@pytest.fixture(scope="module")
def two_alike():
    """Two scales that measure one thing (r = 1) and a third that does not."""
    rng = np.random.default_rng(12)
    common, other = rng.normal(size=(2, 400))
    noise = rng.normal(size=(400, 9))
    signal = np.column_stack([common] * 6 + [0.3 * common + other] * 3)
    data = pd.DataFrame(
        0.8 * signal + 0.6 * noise, columns=[f"{name}{i}" for name in "ABC" for i in (1, 2, 3)]
    )
    return data, {name: [f"{name}{i}" for i in (1, 2, 3)] for name in "ABC"}


def test_loadings_and_correlations_with_limits(three, semtools_measurement):
    wanted = semtools_measurement["loadings"]
    table = three.tidy()
    np.testing.assert_allclose(table["loading"], wanted["est"], atol=OPTIMUM)
    np.testing.assert_allclose(table["loading_low"], wanted["low"], atol=1e-4)
    np.testing.assert_allclose(table["loading_high"], wanted["high"], atol=1e-4)
    wanted = semtools_measurement["correlations"]
    np.testing.assert_allclose(three.correlations["r"], wanted["est"], atol=OPTIMUM)
    np.testing.assert_allclose(three.correlations["ci_low"], wanted["low"], atol=1e-4)
    np.testing.assert_allclose(three.correlations["ci_high"], wanted["high"], atol=1e-4)
    np.testing.assert_allclose(table["r2"], table["loading"] ** 2, rtol=1e-8)


def test_reliability_of_the_factors_equals_semtools(three, semtools, semtools_measurement):
    table = validity(three).tidy().set_index("construct")
    names = {
        "omega_total": "semTools_compRelSEM_observed_S",
        "cr_raw": "semTools_compRelSEM_model_S",
        "ave_raw": "semTools_AVE",
        "cr_std": "standardised_congeneric_CR",
        "ave": "standardised_AVE",
    }
    for ours, theirs in names.items():
        for scale, value in semtools["reliability"][theirs].items():
            assert table.loc[scale, ours] == pytest.approx(value, rel=OPTIMUM), (ours, scale)
    for scale, value in semtools_measurement["maximal_standardised"].items():
        assert table.loc[scale, "max_rho"] == pytest.approx(value, rel=OPTIMUM)


def test_htmt_equals_semtools_and_the_printed_values(three, semtools):
    pairs = validity(three).pairs
    for number, key in (("htmt", "htmt_original"), ("htmt2", "htmt2")):
        wanted = np.array(semtools[key])
        np.testing.assert_allclose(pairs[number], [wanted[0, 1], wanted[0, 2], wanted[1, 2]], rtol=1e-10)
        np.testing.assert_allclose(validity(three).matrix(number).to_numpy(), wanted, rtol=1e-10)
    assert [round(value, 3) for value in pairs["htmt"]] == [0.424, 0.467, 0.290]
    assert [round(value, 3) for value in pairs["htmt2"]] == [0.384, 0.387, 0.280]


def test_limits_of_implied_correlations(three, nine, thirds, semtools_measurement):
    """First order: lavaan's delta limits. Second order: the model is the same one in other words (as many
    free correlations), so are they."""
    pairs = validity(three).pairs
    wanted = semtools_measurement["correlations"]
    np.testing.assert_allclose(pairs["r_low"], wanted["low"], atol=1e-5)
    np.testing.assert_allclose(pairs["r_high"], wanted["high"], atol=1e-5)
    higher = validity(fit(three_factor_text(thirds) + "g =~ visual + textual + speed\n", nine)).pairs
    np.testing.assert_allclose(higher[["r", "r_low", "r_high"]], pairs[["r", "r_low", "r_high"]], atol=1e-5)
    held = validity(fit(three_factor_text(thirds) + "visual ~~ 0*textual\n", nine))
    assert noted(held, "MEA156").row == "visual–textual"


def test_second_order_omega_equals_semtools(nine, thirds, semtools_measurement):
    text = three_factor_text(thirds) + "g =~ visual + textual + speed\n"
    result = validity(fit(text, nine))
    row = result.higher.iloc[0]
    wanted = semtools_measurement["second_order"]
    assert row["omega_l1"] == pytest.approx(wanted["omegaL1"], rel=OPTIMUM)
    assert row["omega_l2"] == pytest.approx(wanted["omegaL2"], rel=OPTIMUM)
    assert row["omega_partial"] == pytest.approx(wanted["partialOmegaL1"], rel=OPTIMUM)
    std = fit(text, nine).estimates.query("lhs == 'g' and op == '=~'")["std_all"].to_numpy()
    assert row["ave"] == pytest.approx((std**2).mean())
    assert np.isfinite(result.pairs["r_low"]).all()


def three_factor_text(scales):
    return "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in scales.items()) + "\n"


def test_hierarchical_omega_of_a_known_bifactor():
    """Population covariances: the solution is the model itself."""
    general = np.array([0.7, 0.6, 0.5, 0.65, 0.55, 0.6, 0.5, 0.6, 0.7])
    group = np.array([0.3, 0.5, 0.4, 0.5, 0.3, 0.4, 0.4, 0.3, 0.5])
    lam = np.column_stack([general, *(np.where(np.arange(9) // 3 == j, group, 0) for j in range(3))])
    cov = lam @ lam.T
    np.fill_diagonal(cov, 1)
    names = [f"b{i}" for i in range(9)]
    raw = np.random.default_rng(5).normal(size=(400, 9))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / 400)).T
    data = pd.DataFrame(white @ np.linalg.cholesky(cov).T, columns=names)
    scales = {name: names[3 * j : 3 * j + 3] for j, name in enumerate("LMR")}
    result = cfa(data, scales=scales, structure="bifactor", compare=[])
    assert result.indices["chisq"] == pytest.approx(0, abs=1e-6)
    share = validity(result).higher.set_index("factor").loc["GENERAL", "omega_hierarchical"]
    assert share == pytest.approx(general.sum() ** 2 / cov.sum(), rel=1e-4)


@pytest.mark.parametrize(("cut", "key"), [(1.0, "held_at_1"), (0.85, "held_at_085")])
def test_chi_square_of_held_correlations_equals_lavaan(three, semtools_measurement, cut, key):
    pairs = validity(three, tests=True, cut=cut).pairs
    np.testing.assert_allclose(pairs["chisq_diff"], semtools_measurement[key], rtol=1e-5)
    assert (pairs["df"] == 1).all()
    assert (pairs["p"] < 1e-6).all()


def test_constructs_that_cannot_be_told_apart(two_alike):
    data, scales = two_alike
    result = validity(cfa(data, scales=scales), tests=True, draws=200, seed=4)
    pair = result.pairs.iloc[0]
    assert (pair["construct"], pair["other"]) == ("A", "B")
    assert pair["problem"] == "severe"
    assert not pair["fornell_larcker"]
    assert pair["htmt_low"] < 1 < pair["htmt_high"]
    assert not pair["below_085"]
    assert not pair["below_1"]
    assert pair["p"] > 0.01
    assert result.pairs.iloc[1]["below_085"]
    noted(result, "MEA150")
    noted(result, "MEA155")
    table = result.tidy().set_index("construct")
    assert table["fornell_larcker"].tolist() == [False, False, True]


def test_draws_of_htmt_are_recomputed_by_hand(three, nine):
    from umkm_stats.kernels import draws
    from umkm_stats.kernels.intervals import quantile

    result = validity(three, draws=256, seed=9)
    values = nine.to_numpy()
    members = [np.arange(3), np.arange(3, 6), np.arange(6, 9)]
    by_hand = []
    for block, _first, size in draws.blocks(256):
        for rows in draws.row_block(9, block, size, 301):
            by_hand.append(kernel.htmt(np.corrcoef(values[rows].T), members)[0, 1])
    wanted = [float(quantile(np.array(by_hand), p)) for p in (0.025, 0.975)]
    np.testing.assert_allclose(
        result.pairs.loc[0, ["htmt_low", "htmt_high"]].to_numpy(dtype=float), wanted, rtol=1e-9
    )
    assert result.seed == 9


def test_draws_of_ave_and_omega_are_refits(three, nine, thirds):
    from umkm_stats.kernels import draws
    from umkm_stats.kernels.intervals import quantile

    count = 24
    result = validity(three, draws=count, seed=3)
    ave, omega = [], []
    for block, _first, size in draws.blocks(count):
        for rows in draws.row_block(3, block, size, 301):
            again = fit(three_factor_text(thirds), nine.iloc[rows])
            row = validity(again).tidy().iloc[0]
            ave.append(row["ave"])
            omega.append(row["omega_total"])
    row = result.tidy().iloc[0]
    for name, values in (("ave", ave), ("omega", omega)):
        wanted = [float(quantile(np.array(values), p)) for p in (0.025, 0.975)]
        np.testing.assert_allclose([row[f"{name}_low"], row[f"{name}_high"]], wanted, rtol=1e-4)


def test_cross_loadings_are_implied_correlations(three):
    frame = validity(three).cross_loadings
    r = three.correlations.set_index(["construct", "other"])["r"]
    own = three.tidy().set_index("item")["loading"]
    row = frame[(frame["item"] == "x1") & (frame["factor"] == "textual")].iloc[0]
    assert row["loading"] == pytest.approx(own["x1"] * r[("visual", "textual")], rel=1e-8)
    assert frame.loc[frame["own"], "loading"].to_numpy() == pytest.approx(own.to_numpy(), rel=1e-8)


def test_fornell_larcker_matrix(three):
    found = validity(three)
    matrix = found.matrix("r")
    np.testing.assert_allclose(np.diag(matrix), np.sqrt(found.tidy()["ave"]))
    assert matrix.loc["visual", "speed"] == matrix.loc["speed", "visual"] == pytest.approx(0.470534, abs=1e-5)


def test_htmt_properties():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 1)) + rng.normal(size=(200, 7))
    corr = np.corrcoef(values.T)
    members = [np.arange(3), np.arange(3, 7)]
    one = kernel.htmt(corr, members)
    signs = np.diag([1, 1, 1, -1, -1, -1, -1])  # a whole construct turned round
    np.testing.assert_allclose(kernel.htmt(signs @ corr @ signs, members), one, rtol=1e-12)
    np.testing.assert_allclose(kernel.htmt(np.stack([corr, corr]), members)[1], one)
    assert np.isnan(kernel.htmt(corr, [np.array([0]), np.arange(3, 7)])[0, 1])
    against = corr.copy()
    against[0, 1:3] = against[1:3, 0] = -0.9
    assert np.isfinite(kernel.htmt(against, members)[0, 1])
    assert np.isfinite(kernel.htmt2(against, members)[0, 1])
    assert np.isnan(kernel.htmt_signed(against, members)[0, 1])
    assert kernel.htmt2(corr, members)[0, 1] <= one[0, 1] * 1.2
    equal = np.full((7, 7), 0.4) + 0.6 * np.eye(7)
    assert kernel.htmt(equal, members)[0, 1] == pytest.approx(1)
    assert kernel.htmt2(equal, members)[0, 1] == pytest.approx(1)


def test_comparison_of_structures(nine, thirds):
    result = cfa(nine, scales=thirds)
    table = result.comparison.set_index("structure")
    assert list(table.index) == ["first_order", "one_factor"]
    assert table.loc["one_factor", "chisq"] == pytest.approx(312.264, abs=1e-3)
    assert table["comparable"].all()
    assert result.structure == "first_order"
    noted(result, "MEA142")
    noted(result, "MEA144")
    wording = cfa(nine, scales=thirds, compare=["wording", "second_order"], reversed_items=["x2", "x5", "x8"])
    assert "wording" in wording.alternatives
    assert wording.alternatives["wording"].df == result.fit.df - 3
    assert noted(wording, "MEA141").params["structure"] == "second_order"
    pair = cfa(nine, scales=thirds, structure="wording", compare=[], reversed_items=["x2", "x9"])
    assert pair.fit.df == result.fit.df - 1


def test_no_degrees_of_freedom_is_said(nine):
    result = cfa(nine, scales={"visual": ["x1", "x2", "x3"]}, compare=[])
    noted(result, "MEA143")


def test_protocol(three):
    found = validity(three, draws=40, seed=2)
    for result in (three, found):
        assert result.summary("id") != result.summary("en")
        result.to_dict()
    frames = [
        three.tidy(),
        three.correlations,
        three.comparison,
        found.tidy(),
        found.pairs,
        found.cross_loadings,
        found.higher,
    ]
    for frame in frames:
        assert set(frame.columns) <= set(columns.known())
    assert three.glance()["cfi"].iloc[0] == pytest.approx(0.930560, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda d: d.assign(x1=np.nan), {}, "MEA010"),
        (lambda d: d.head(9), {}, "MEA011"),
        (lambda d: d.assign(x2=3.0), {}, "MEA012"),
        (lambda d: d.assign(x2=3.0), {"missing": "fiml"}, "MEA012"),
        (lambda d: d, {"scales": {"visual": ["x1", "x2", "x3"], "single": ["x4"]}}, "MEA008"),
        (lambda d: d, {"structure": "second_order"}, "MEA018"),
        (lambda d: d, {"structure": "wording"}, "MEA018"),
        (lambda d: d, {"structure": "third_order"}, "GEN002"),
    ],
)
def test_bad_input(nine, thirds, change, options, code):
    with pytest.raises((UmkmError, UsageError)) as caught:
        cfa(change(nine), **({"scales": thirds} | options))
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert caught.value.remedy(lang)


def test_one_item_names_its_construct(nine):
    with pytest.raises(UmkmError) as caught:
        cfa(nine, scales={"visual": ["x1", "x2", "x3"], "single": ["x4"]})
    assert "single" in caught.value.message("id")
    assert caught.value.place.item == "x4"
    assert caught.value.exit_code == 1


def test_validity_of_several_groups_or_no_factor_is_refused(holzinger, thirds):
    grouped = fit(three_factor_text(thirds), holzinger, group="school")
    with pytest.raises(UsageError) as caught:
        validity(grouped)
    assert caught.value.code == "MEA016"
    with pytest.raises(UsageError) as caught:
        validity(fit("x1 ~ x2", holzinger))
    assert caught.value.code == "MEA017"


def test_fiml_rows_give_no_htmt_limits(nine, thirds):
    holed = nine.copy()
    holed.iloc[:30, 0] = np.nan
    result = cfa(holed, scales=thirds, missing="fiml", compare=[])
    assert result.sample.used == 301
    found = validity(result, tests=True)
    assert np.isfinite(found.pairs["htmt"]).all()
    assert noted(found, "MEA154").column == "chisq_diff"
    drawn = validity(result, draws=8, seed=1)
    noted(drawn, "MEA153")
    assert "htmt_low" not in drawn.pairs


def test_negative_factor_variance_is_unavailable():
    lam = np.ones((1, 3, 1))
    measures = kernel.factor_measures(
        lam, -np.ones((1, 1, 1)), np.eye(3)[None], np.eye(3)[None], [np.arange(3)], [0]
    )
    assert np.isnan(measures.ave[0, 0])


def test_low_reliability_notes(two_alike):
    data, scales = two_alike
    rng = np.random.default_rng(1)
    noisy = data + 1.6 * rng.normal(size=data.shape)
    result = validity(cfa(noisy, scales={"A": scales["A"], "C": scales["C"]}))
    noted(result, "MEA148")
    assert not result.tidy()["convergent"].any()


def test_ave_below_half_with_good_cr():
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(500, 1))
    data = pd.DataFrame(0.65 * factor + 0.76 * rng.normal(size=(500, 6)), columns=[f"a{i}" for i in range(6)])
    noted(validity(cfa(data, scales={"A": list(data.columns)})), "MEA147")


def test_scale_whose_items_run_against_each_other_is_asked_about_its_keying():
    rng = np.random.default_rng(6)
    factor = rng.normal(size=(300, 2))
    data = {f"P{i}": factor[:, 0] + rng.normal(size=300) for i in range(3)}
    data |= {f"Q{i}": (1 if i < 2 else -1) * factor[:, 1] + rng.normal(size=300) for i in range(4)}
    frame = pd.DataFrame(data)
    scales = {"P": ["P0", "P1", "P2"], "Q": ["Q0", "Q1", "Q2", "Q3"]}
    result = validity(cfa(frame, scales=scales))
    corr = correlations(frame.cov().to_numpy())[3:, 3:]
    assert corr[np.triu_indices(4, 1)].mean() <= 0
    note = next(note for note in result.notes if note.code == "MEA225")
    assert note.params["construct"] == "Q"
    pair = result.pairs.iloc[0]
    assert np.isfinite(pair["htmt"])
    assert np.isnan(pair["htmt_signed"])
    assert pair["problem"] == pair["problem_htmt"] == "keying"


@pytest.mark.shared
def test_bfi_equals_semtools(bfi, shared_folder):
    """Three keyed bfi factors by ML: every reliability of semTools 0.5-6 and lavaan's χ²."""
    import json

    reference = json.loads((shared_folder / "reference" / "bfi.json").read_text(encoding="utf-8"))
    scales = {
        "agree": [f"A{i}" for i in range(1, 6)],
        "consc": [f"C{i}" for i in range(1, 6)],
        "extra": [f"E{i}" for i in range(1, 6)],
    }
    result = cfa(bfi, scales=scales, compare=[])
    assert result.indices["chisq"] == pytest.approx(reference["ML"]["fit"]["chisq"], rel=1e-6)
    table = validity(result).tidy().set_index("construct")
    for ours, theirs in {
        "omega_total": "semTools_compRelSEM_observed_S",
        "ave_raw": "semTools_AVE",
        "cr_std": "standardised_congeneric_CR",
    }.items():
        for scale, value in reference["reliability_ML"][theirs].items():
            assert table.loc[scale, ours] == pytest.approx(value, rel=OPTIMUM), (ours, scale)


def test_inadmissible_solutions_and_draws_are_said():
    """A Heywood population in a small sample: a factor of negative variance has no AVE, inadmissible draws
    are counted."""
    corr = np.array(
        [[1, 0.75, 0.7, 0.2, 0.2, 0.2], [0.75, 1, 0.5, 0.2, 0.2, 0.2], [0.7, 0.5, 1, 0.2, 0.2, 0.2]]
    )
    corr = np.vstack([corr, np.hstack([corr[:, 3:].T, np.full((3, 3), 0.4) + 0.6 * np.eye(3)])])
    raw = np.random.default_rng(4).normal(size=(60, 6))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    data = pd.DataFrame(
        white @ np.linalg.cholesky(corr).T, columns=[f"{n}{i}" for n in "HK" for i in (1, 2, 3)]
    )
    scales = {n: [f"{n}{i}" for i in (1, 2, 3)] for n in "HK"}
    result = validity(cfa(data, scales=scales, compare=[]), draws=60, seed=1)
    note = noted(result, "MEA152")
    assert note.params["inadmissible"] > 0
    assert result.ledger["requested"] == 60


def test_factor_of_negative_variance_has_no_ave(nine, monkeypatch, thirds):
    from umkm_stats.measurement import _validity_tables

    real = _validity_tables.kernel.factor_measures

    def broken(*args):
        found = real(*args)
        found.ave[:, 0] = np.nan
        return found

    monkeypatch.setattr(_validity_tables.kernel, "factor_measures", broken)
    assert noted(validity(cfa(nine, scales=thirds, compare=[])), "MEA149").row == "visual"


def test_modification_indices_come_with_their_warning(three):
    """lavaan 0.6-14: 36.410990778716 (visual =~ x9), 34.145259970181 (x7 ~~ x8)."""
    found = three.modification_indices
    assert found["mi"].iloc[:2].to_numpy() == pytest.approx([36.410990778716, 34.145259970181], rel=1e-4)
    note = noted(three, "MEA146")
    assert note.params["changes"][0] == "visual =~ x9 (36.4)"
    assert "no longer confirmatory" in note.message("en")


def test_residual_map_is_observed_minus_implied(three, nine):
    implied = three.fit.implied()[three.fit.group_labels[0]]["cov"]
    wanted = nine.corr().to_numpy() - correlations(implied.to_numpy())
    np.testing.assert_allclose(three.residual_map.to_numpy(), wanted, atol=1e-10)


def test_structural_model_with_residual_covariances_equals_semtools():
    """PoliticalDemocracy, semTools 0.5-6: ω (observed and implied variance), AVE, standardised CR of factors
    that are regressed on each other."""
    from semopy.examples import political_democracy

    text = """ind60 =~ x1+x2+x3
dem60 =~ y1+y2+y3+y4
dem65 =~ y5+y6+y7+y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1~~y5
y2~~y4+y6
y3~~y7
y4~~y8
y6~~y8
"""
    table = validity(fit(text, political_democracy.get_data())).tidy().set_index("construct")
    wanted = {
        "omega_total": (0.9436899226082, 0.8411792653334, 0.8575534600501),
        "cr_raw": (0.9437375391168, 0.8375191510653, 0.8556192230071),
        "ave_raw": (0.8588016007205, 0.5971280630806, 0.6400206912955),
        "cr_std": (0.9448266160578, 0.8656838425006, 0.8780733147323),
        "ave": (0.8511824768212, 0.6186251710682, 0.6432942828627),
    }
    for name, values in wanted.items():
        np.testing.assert_allclose(
            table.loc[["ind60", "dem60", "dem65"], name], values, rtol=OPTIMUM, err_msg=name
        )


def test_validity_tells_its_draws_and_can_be_interrupted_in_each_part_of_them(three, nine, thirds):
    seen: list[tuple[int, int]] = []
    found = validity(three, draws=300, seed=1, progress=lambda *told: seen.append(told))
    assert seen == [(256, 600), (300, 600), (556, 600), (600, 600)]
    assert found.pairs.equals(validity(three, draws=300, seed=1).pairs)
    gaps = nine.copy()
    gaps.iloc[0, 0] = np.nan
    seen.clear()
    fiml = cfa(gaps, scales=thirds, missing="fiml")
    validity(fiml, draws=3, seed=1, progress=lambda *told: seen.append(told))
    assert seen == [(3, 3)]  # no HTMT draws of incomplete rows

    for last, workers in ((256, 1), (556, 1), (556, 2)):

        def stop(done: int, of: int, last: int = last) -> None:
            if done >= last:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            validity(three, draws=600, seed=1, workers=workers, progress=stop)
