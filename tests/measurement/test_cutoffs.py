"""Cut-offs by simulation: the populations by hand, and that they tell a true model from a wrong one."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UsageError
from umkm_stats.kernels.measurement import fit_populations as kernel
from umkm_stats.measurement import cfa, fit_cutoffs


def test_populations_of_several_factors():
    loadings = np.zeros((6, 2))
    loadings[:3, 0], loadings[3:, 1] = [0.8, 0.7, 0.6], [0.8, 0.5, 0.7]
    phi = np.array([[1, 0.4], [0.4, 1]])
    true, wrong = kernel.populations(loadings, phi)
    assert true.corr[0, 1] == pytest.approx(0.56)
    assert true.corr[0, 3] == pytest.approx(0.8 * 0.8 * 0.4)
    assert wrong.added == ((4, 0),)  # item 5 is the weakest, its factor's only other is the first
    assert wrong.corr[4, 0] == pytest.approx(0.5 * 0.4 * 0.8 + 0.5 * 0.8)
    np.testing.assert_allclose(np.diag(wrong.corr), 1)
    assert np.linalg.eigvalsh(wrong.corr)[0] > 0
    strong = loadings.copy()
    strong[3:, 1] = 0.9
    item = kernel.populations(strong, phi)[1].added[0][0]
    assert item == 2  # now the weakest item stands on the first factor
    c = kernel._largest(0.9, 0.4)
    assert 0.9**2 + c**2 + 2 * 0.9 * c * 0.4 == pytest.approx(0.95)


def test_populations_of_one_factor():
    loadings = np.full((6, 1), 0.7)
    found = kernel.populations(loadings, np.eye(1))
    assert [len(population.added) for population in found] == [0, 1, 2, 3]
    assert found[1].corr[0, 1] == pytest.approx(0.49 + 0.3 * 0.51)


def test_samples_have_the_population_and_common_numbers():
    corr = np.array([[1, 0.5], [0.5, 1]])
    covs = np.array(list(kernel.sample_covariances(corr, 50, reps=600, seed=1)))
    np.testing.assert_allclose(covs.mean(axis=0), corr, atol=0.03)
    again = np.array(list(kernel.sample_covariances(corr, 50, reps=20, seed=1)))
    np.testing.assert_array_equal(again, covs[:20])


@pytest.mark.slow
def test_a_wrong_model_misses_its_cutoffs(nine, thirds):
    done = []
    result = fit_cutoffs(
        cfa(nine, scales=thirds, compare=[]), reps=40, seed=1, progress=lambda i, n: done.append((i, n))
    )
    table = result.tidy().set_index(["misfit_level", "fit_index"])
    assert done[-1] == (120, 120)
    assert set(result.tidy().columns) | set(result.values.columns) <= set(columns.known())
    assert table.loc[(2, "cfi"), "criterion"] == "95/5"
    assert not table.loc[(2, "cfi"), "met"]  # Holzinger's three factors are known not to fit
    assert table.loc[(2, "rmsea"), "value"] == pytest.approx(0.092121, abs=1e-5)
    assert {note.code for note in result.notes} >= {"MEA211"}
    means = result.values.groupby("misfit_level")["srmr"].mean()
    assert means[0] < means[1] < means[2]
    assert len(result.added[2]) == 2
    for lang in ("en", "id"):
        assert "?" not in result.summary(lang)
    result.to_dict()


def test_small_samples_have_no_cutoff_and_failures_are_counted(monkeypatch):
    from umkm_stats.errors import UmkmError
    from umkm_stats.measurement import _cutoffs

    rng = np.random.default_rng(6)
    data = pd.DataFrame(0.8 * rng.normal(size=(25, 1)) + 0.6 * rng.normal(size=(25, 4)), columns=list("abcd"))
    found = cfa(data, scales={"F": list("abcd")}, compare=[])
    real, calls = _cutoffs.fit, []

    def sometimes(*args, **options):
        calls.append(1)
        if len(calls) % 8 == 0:
            raise UmkmError("SEM306", params={"rows": 25, "variables": 4})
        return real(*args, **options)

    monkeypatch.setattr(_cutoffs, "fit", sometimes)
    result = fit_cutoffs(found, reps=20, seed=2)
    notes = {note.code: note for note in result.notes}
    assert notes["MEA212"].params["failed"] >= 10
    assert len(result.values) == 80 - notes["MEA212"].params["failed"]
    assert notes["MEA213"].params["rows"]
    assert result.tidy().loc[result.tidy()["criterion"].isna(), "cutoff"].isna().all()


def test_other_models_are_refused(nine, thirds):
    for found in (
        cfa(nine, scales=thirds, structure="bifactor", compare=[]),
        cfa(nine, scales=thirds, estimator="MLR", compare=[]),
        None,
    ):
        with pytest.raises(UsageError) as caught:
            fit_cutoffs(found)
        assert caught.value.code == "MEA028"
