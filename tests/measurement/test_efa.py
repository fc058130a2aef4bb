"""EFA against psych 2.2.9 after sign and order alignment; factor counts against psych, hand formulas and
known models."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement import efa_loadings, efa_retention
from umkm_stats.measurement import efa, factor_count


def aligned(ours, theirs):
    """``ours`` with columns ordered and signed like ``theirs``; the column numbers and signs used."""
    match = np.abs(ours.T @ theirs).argmax(axis=0)
    assert len(set(match)) == len(match)
    sign = np.sign((ours[:, match] * theirs).sum(axis=0))
    return ours[:, match] * sign, match, sign


@pytest.mark.parametrize(
    ("method", "rotation", "key"),
    [("ml", "oblimin", "efa_ml_oblimin"), ("minres", "varimax", "efa_minres_varimax")],
)
def test_equals_psych_with_gparotation(nine, psych, method, rotation, key):
    wanted = psych[key]
    found = efa(nine, n_factors=3, method=method, rotation=rotation)
    theirs = np.array(wanted["loadings"])
    ours, match, sign = aligned(found.loadings.to_numpy(), theirs)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    np.testing.assert_allclose(found.communalities, list(wanted["communality"].values()), atol=1e-3)
    if "phi" in wanted:
        phi = found.phi.to_numpy()[np.ix_(match, match)] * np.outer(sign, sign)
        np.testing.assert_allclose(phi, wanted["phi"], atol=1e-3)
        assert found.fit["rmsea"] == pytest.approx(wanted["rmsea"][0], abs=1e-4)
        assert found.fit["tli"] == pytest.approx(wanted["tli"], abs=1e-4)


@pytest.mark.parametrize(
    ("method", "key", "tolerance"), [("ml", "ml", 1e-3), ("minres", "minres", 1e-3), ("paf", "pa", 8e-3)]
)
@pytest.mark.parametrize("rotation", ["varimax", "promax"])
def test_equals_psych_and_r_promax(nine, psych, method, key, tolerance, rotation):
    """psych stops its principal-axis iterations early; its minres values show how much (the two must be
    equal)."""
    wanted = psych["efa"][key]
    found = efa(nine, n_factors=3, method=method, rotation=rotation)
    theirs = np.array(wanted[rotation])
    ours, match, sign = aligned(found.loadings.to_numpy(), theirs)
    np.testing.assert_allclose(ours, theirs, atol=tolerance)
    if rotation == "promax":
        phi = found.phi.to_numpy()[np.ix_(match, match)] * np.outer(sign, sign)
        np.testing.assert_allclose(phi, wanted["phi"], atol=tolerance)
    assert found.fit["chi2"] == pytest.approx(wanted["chisq"], abs=0.05)
    assert found.fit["df"] == wanted["dof"]
    assert found.fit["rmsr"] == pytest.approx(wanted["rms"], abs=1e-4)


PSYCH_COMPONENTS = {
    "none": [
        [0.658302, 0.389685, 0.477041, 0.765812, 0.737544, 0.772163, 0.348796, 0.454247, 0.590666],
        [0.125918, 0.086724, 0.329518, -0.446465, -0.483661, -0.428801, 0.500767, 0.613914, 0.511827],
        [0.370870, 0.621303, 0.542593, -0.169386, -0.216911, -0.113588, -0.591052, -0.329869, -0.019788],
    ],
    "varimax": [
        [0.321294, 0.082670, 0.017594, 0.889311, 0.903001, 0.869259, 0.098340, 0.042195, 0.129846],
        [0.673067, 0.726733, 0.778696, 0.124112, 0.060382, 0.177621, -0.153156, 0.144917, 0.435465],
        [0.174677, -0.102066, 0.154528, 0.090628, 0.076765, 0.076467, 0.829844, 0.818085, 0.636203],
    ],
}
"""psych 2.2.9, ``principal(x, 3, rotate = …)`` on the nine items, column by column, as printed."""


@pytest.mark.parametrize(("rotation", "tolerance"), [("none", 1e-6), ("varimax", 2e-3)])
def test_components_equal_psych(nine, rotation, tolerance):
    """R's varimax stops at a relative gain of 1e-5."""
    theirs = np.array(PSYCH_COMPONENTS[rotation]).T
    found = efa(nine, n_factors=3, method="principal", rotation=rotation)
    ours, _, _ = aligned(found.loadings.to_numpy(), theirs)
    np.testing.assert_allclose(ours, theirs, atol=tolerance)
    np.testing.assert_allclose(found.communalities, (theirs**2).sum(axis=1), atol=5e-6)
    assert found.fit["chi2"] == pytest.approx(201.9483, abs=5e-4)


def test_as_many_components_as_items_are_no_heywood_case(nine):
    found = efa(nine, n_factors=9, method="principal", rotation="none")
    np.testing.assert_allclose(found.communalities, 1.0, rtol=1e-10)
    assert "MEA127" not in [note.code for note in found.notes]


def test_paf_is_minres_at_convergence(nine):
    paf = efa(nine, n_factors=3, method="paf", rotation="none")
    minres = efa(nine, n_factors=3, method="minres", rotation="none")
    np.testing.assert_allclose(paf.communalities, minres.communalities, atol=1e-4)


def test_kmo_and_bartlett_equal_psych(nine, psych):
    found = efa(nine, n_factors=3)
    assert found.kmo == pytest.approx(psych["kmo"], rel=1e-10)
    np.testing.assert_allclose(found.kmo_items, list(psych["kmo_items"].values()), rtol=1e-10)
    assert found.bartlett.chi2 == pytest.approx(psych["bartlett"]["chisq"], rel=1e-10)
    assert found.bartlett.p == pytest.approx(psych["bartlett"]["p.value"], rel=1e-6)
    assert found.bartlett.df == psych["bartlett"]["df"]


@pytest.mark.parametrize("rotation", ["oblimin", "promax", "geomin", "varimax", "none"])
def test_rotation_keeps_the_fitted_correlations(nine, rotation):
    found = efa(nine, n_factors=3, method="ml", rotation=rotation)
    plain = efa(nine, n_factors=3, method="ml", rotation="none")
    loadings, phi = found.loadings.to_numpy(), found.phi.to_numpy()
    np.testing.assert_allclose(
        loadings @ phi @ loadings.T, plain.loadings.to_numpy() @ plain.loadings.to_numpy().T, atol=1e-7
    )
    np.testing.assert_allclose(found.communalities, np.diag(loadings @ phi @ loadings.T), rtol=1e-12)
    assert found.variance["ss_loadings"].sum() == pytest.approx(found.communalities.sum(), rel=1e-12)
    assert (np.diff(found.variance["ss_loadings"]) <= 1e-12).all()
    assert (found.loadings.sum() >= 0).all()


def test_geomin_finds_the_lowest_criterion_of_many_starts(nine):
    """The criterion Σᵢ(Πⱼ(λ² + ε))^(1/m), recomputed by hand from 30 random starting rotations."""
    from scipy.stats import ortho_group

    from umkm_stats.adapters import factor_analyzer

    def criterion(loadings):
        return np.exp(np.log(loadings**2 + 0.01).mean(axis=1)).sum()

    found = criterion(efa(nine, n_factors=3, method="ml", rotation="geomin").loadings.to_numpy())
    raw = efa(nine, n_factors=3, method="ml", rotation="none").loadings.to_numpy()
    starts = ortho_group.rvs(3, size=30, random_state=1)
    others = [
        criterion(factor_analyzer.rotate(raw @ turn, "geomin_obl", normalize=False)[0]) for turn in starts
    ]
    assert found <= min(others) + 1e-6


def test_parallel_analysis_finds_the_factors_of_a_known_model():
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(400, 2))
    pattern = np.kron(np.eye(2), np.full((1, 5), 0.7))
    data = pd.DataFrame(
        factors @ pattern + 0.714 * rng.normal(size=(400, 10)), columns=[f"V{i}" for i in range(10)]
    )
    count = factor_count(data, runs=200, seed=5)
    assert count.advised == {
        "parallel_pca": 2,
        "parallel_paf": 2,
        "map_squared": 2,
        "map_fourth": 2,
        "hull": 2,
        "eigenvalue": 2,
    }
    assert not count.notes
    chosen = efa(data, seed=5)
    assert chosen.n_factors == 2
    assert chosen.seed == 5
    assert chosen.count.advised["parallel_pca"] == 2
    again = factor_count(data, runs=200, seed=5)
    pd.testing.assert_frame_equal(again.tidy(), count.tidy())


def test_random_eigenvalues_have_the_right_mean():
    """Independent normals: the mean of all eigenvalues of a correlation matrix is 1; the largest agrees with
    plain numpy draws."""
    found = efa_retention.parallel(np.eye(6), 100, runs=400, seed=1)
    assert found.random_mean.mean() == pytest.approx(1.0, abs=1e-12)
    rng = np.random.default_rng(2)
    largest = [np.linalg.eigvalsh(np.corrcoef(rng.normal(size=(100, 6)).T))[-1] for _ in range(2000)]
    assert found.random_mean[0] == pytest.approx(np.mean(largest), abs=4 * np.std(largest) / 20)


def test_eigenvalues_and_map_equal_psych(nine, psych):
    table = factor_count(nine, runs=20, seed=1).tidy()
    np.testing.assert_allclose(table["eigenvalue"], psych["eigen"], rtol=1e-10)
    np.testing.assert_allclose(table["axis_eigenvalue"], psych["eigen_smc"], atol=1e-10)
    np.testing.assert_allclose(table["map_squared"][:7], psych["map"], rtol=1e-9)


def test_table_is_sorted_and_cross_loadings_are_noted(nine):
    found = efa(nine, n_factors=3, method="ml")
    table = found.tidy()
    assert table["factor"].tolist() == sorted(table["factor"])
    for _, block in table.groupby("factor"):
        assert (np.diff(block["loading"].abs()) <= 0).all()
    crossed = [note for note in found.notes if note.code == "MEA126"]
    assert crossed[0].params["items"] == ["x9"]
    assert set(table.columns) <= set(columns.known())
    assert found.to_dict()["n_factors"] == 3
    assert "KMO 0,752" in found.summary("id")


def test_notes_of_poor_data():
    rng = np.random.default_rng(3)
    noise = pd.DataFrame(rng.normal(size=(60, 6)), columns=[f"N{i}" for i in range(6)])
    codes = {note.code for note in efa(noise, n_factors=2).notes}
    assert {"MEA123", "MEA124", "MEA125", "MEA128"} <= codes
    disagree = factor_count(noise, runs=50, seed=1)
    assert [note.code for note in disagree.notes] == ["MEA121"]
    for lang in ("en", "id"):
        assert "?" not in disagree.summary(lang)


def test_heywood_is_noted():
    corr = np.array([[1, 0.9, 0.8, 0.1], [0.9, 1, 0.6, 0.1], [0.8, 0.6, 1, 0.1], [0.1, 0.1, 0.1, 1]])
    raw = np.random.default_rng(1).normal(size=(200, 4))
    raw -= raw.mean(axis=0)
    data = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T @ np.linalg.cholesky(corr).T
    found = efa(pd.DataFrame(data, columns=list("ABCD")), n_factors=1, method="ml")
    assert "MEA127" in {note.code for note in found.notes}


def test_no_convergence_is_noted(nine, monkeypatch):
    from umkm_stats.adapters import factor_analyzer

    real = factor_analyzer.extract
    monkeypatch.setattr(factor_analyzer, "extract", lambda *args: (real(*args)[0], False))
    assert "MEA122" in {note.code for note in efa(nine, n_factors=2).notes}


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda d: d.assign(x1=np.nan), {}, "MEA010"),
        (lambda d: d.head(9), {}, "MEA011"),
        (lambda d: d.assign(x2=3.0), {}, "MEA012"),
        (lambda d: d[["x1", "x2"]], {}, "MEA013"),
        (lambda d: d.assign(x9=d["x1"]), {}, "MEA014"),
        (lambda d: d, {"n_factors": 6}, "MEA015"),
        (lambda d: d, {"method": "mle"}, "GEN002"),
        (lambda d: d, {"n_factors": 0}, "GEN003"),
    ],
)
def test_bad_input(nine, change, options, code):
    with pytest.raises((UmkmError, UsageError)) as caught:
        efa(change(nine), **({"n_factors": 2} | options))
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert "{" not in caught.value.message(lang) + caught.value.remedy(lang)
        assert "?" not in caught.value.message(lang)


def test_scikit_learn_is_left_as_it_is():
    import sklearn.utils
    import sklearn.utils.validation

    from umkm_stats.adapters import factor_analyzer

    before = sklearn.utils.check_array
    factor_analyzer._module()
    factor_analyzer._module()
    assert sklearn.utils.check_array is before is sklearn.utils.validation.check_array


def test_communalities_use_phi():
    loadings = np.array([[0.6, 0.3], [0.5, 0.4]])
    phi = np.array([[1, 0.5], [0.5, 1]])
    np.testing.assert_allclose(
        efa_loadings.communalities(loadings, phi), [0.36 + 0.09 + 0.18, 0.25 + 0.16 + 0.2]
    )


@pytest.mark.shared
def test_bfi_kmo(bfi):
    """psych 2.2.9, 25 items, complete cases .8486452309468."""
    items = [f"{letter}{i}" for letter in "ACENO" for i in range(1, 6)]
    found = efa(bfi, use=items, n_factors=5, method="minres")
    assert found.kmo == pytest.approx(0.8486452309468, rel=1e-9)
    assert found.sample.used == 2436


def test_hull_keeps_only_the_upper_hull(nine):
    corr = nine.corr().to_numpy()
    found = efa_retention.hull(corr, 4)
    assert found.fit[0] == pytest.approx(1 - efa(nine, n_factors=1).kmo, rel=1e-10)
    assert found.on_hull.tolist() == [
        True,
        True,
        False,
        True,
        False,
    ]  # the fit falls from three factors to four
    kept = np.flatnonzero(found.on_hull)
    gains = np.diff(found.fit[kept]) / np.diff(found.parameters[kept])
    assert (np.diff(gains) < 0).all()
    np.testing.assert_array_equal(found.parameters, [0, 9, 17, 24, 30])
    one = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    one[0, 1] = one[1, 0] = 0.52
    assert efa_retention.hull(one, 2).n_factors in (0, 1)


def test_schmid_leiman_gives_back_a_known_model():
    second = np.array([0.8, 0.7, 0.6])
    pattern = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]]))
    phi = np.outer(second, second)
    np.fill_diagonal(phi, 1)
    corr = pattern @ phi @ pattern.T
    np.fill_diagonal(corr, 1)
    found = efa_loadings.schmid_leiman(corr, pattern, phi)
    np.testing.assert_allclose(found.general, pattern @ second, rtol=1e-8)
    np.testing.assert_allclose(found.group, pattern * np.sqrt(1 - second**2), rtol=1e-8)
    np.testing.assert_allclose(found.unique, 1 - (pattern**2).sum(axis=1), rtol=1e-8)
    assert found.omega_hierarchical == pytest.approx((pattern @ second).sum() ** 2 / corr.sum())
    assert found.omega_total == pytest.approx(1 - (1 - (pattern**2).sum(axis=1)).sum() / corr.sum())
    raw = np.random.default_rng(2).normal(size=(300, 9))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    data = pd.DataFrame(white @ np.linalg.cholesky(corr).T, columns=[f"s{i}" for i in range(9)])
    through = efa(data, n_factors=3, method="ml", rotation="oblimin").hierarchical()
    assert through.omega_hierarchical == pytest.approx(found.omega_hierarchical, abs=1e-3)


def test_hierarchical_omega_that_does_not_exist(nine):
    for found in (
        efa(nine, n_factors=1).hierarchical(),
        efa(nine, n_factors=3, rotation="varimax").hierarchical(),
    ):
        assert found.code == "MEA201"
        assert "varimax" in found.message("id") or "1 faktor" in found.message("id")


@pytest.mark.shared
def test_bfi_equals_psych(shared_csv):
    """psych 2.2.9, 25 bfi items, five factors. R's varimax stops at a relative change of 1e-5, so its
    loadings are .001 away from the
    maximum of its own criterion, which ours must reach at least."""
    import json
    from pathlib import Path

    wanted = json.loads(
        (Path(__file__).parents[1] / "reference" / "psych_bfi.json").read_text(encoding="utf-8")
    )
    data = shared_csv("data/psych/bfi.csv")[wanted["items"]]

    def criterion(loadings):
        scaled = loadings / np.sqrt((loadings**2).sum(axis=1, keepdims=True))
        return (scaled**2).var(axis=0).sum()

    for method in ("minres", "ml"):
        ours = efa(data, n_factors=5, method=method, rotation="varimax").loadings.to_numpy()
        theirs = np.array(wanted[f"{method}_varimax"])
        np.testing.assert_allclose(aligned(ours, theirs)[0], theirs, atol=1.5e-3)
        assert criterion(ours) >= criterion(theirs) - 1e-12
    promax = efa(data, n_factors=5, method="ml", rotation="promax").loadings.to_numpy()
    np.testing.assert_allclose(
        aligned(promax, np.array(wanted["ml_promax"]))[0], wanted["ml_promax"], atol=5e-4
    )
    np.testing.assert_allclose(
        factor_count(data, runs=20, seed=1).tidy()["map_squared"][:8], wanted["map"], rtol=1e-9
    )


def test_parallel_analysis_holds_one_data_set_at_a_time_and_gives_the_same_numbers(monkeypatch):
    from umkm_stats.kernels.measurement import efa_retention

    corr = np.full((6, 6), 0.3) + 0.7 * np.eye(6)
    whole = efa_retention.parallel_pair(corr, 80, runs=300, seed=4)
    monkeypatch.setattr(efa_retention, "CELLS", 80 * 6)
    single = efa_retention.parallel_pair(corr, 80, runs=300, seed=4)
    for one, other in zip(whole, single, strict=True):
        assert np.array_equal(one.random_mean, other.random_mean)
        assert np.array_equal(one.random_high, other.random_high)


def test_parallel_analysis_tells_its_random_sets_and_can_be_interrupted(nine):
    seen: list[tuple[int, int]] = []
    plain = factor_count(nine, runs=300, seed=1)
    found = factor_count(nine, runs=300, seed=1, progress=lambda *told: seen.append(told))
    assert seen == [(256, 300), (300, 300)]
    assert found.table.equals(plain.table)
    seen.clear()
    efa(nine, runs=20, seed=1, progress=lambda *told: seen.append(told))
    assert seen == [(20, 20)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        factor_count(nine, runs=300, seed=1, progress=stop)
