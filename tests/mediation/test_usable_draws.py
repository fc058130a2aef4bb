"""Few usable draws: no interval below half, no verdict below nine tenths; the cause named is the cause."""

import pickle

import numpy as np
import pandas as pd
import pytest

from umkm_stats import fit, mediate, mediate_latent
from umkm_stats.kernels.sem.many.algebra import inverse_pd

TEXT = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\nM ~ a*X\nY ~ b*M + c*X"
NAMES = [f"{letter}{k}" for letter in "xmy" for k in (1, 2, 3)]


def answers(n, seed):
    rng = np.random.Generator(np.random.Philox(key=seed))
    x = rng.standard_normal(n)
    m = 0.6 * x + 0.8 * rng.standard_normal(n)
    y = 0.6 * m + 0.8 * rng.standard_normal(n)
    values = np.repeat(np.column_stack([x, m, y]), 3, axis=1) + 0.6 * rng.standard_normal((n, 9))
    return pd.DataFrame(values, columns=NAMES)


def codes(notes):
    return {note.code for note in notes}


@pytest.fixture(scope="module")
def rare():
    """An item that one row alone answers differently: constant in more than a third of the draws."""
    data = answers(60, 4)
    data["m3"] = np.where(np.arange(60) == 7, 5.0, 3.0)
    return fit(TEXT, data)


def test_the_constant_item_is_named(rare):
    draws = rare.bootstrap(draws=120, seed=2)
    counts = (draws.source.sample(0, 0, 120).counts[0][:, 7] == 0).sum()
    assert draws.constants == {"m3": counts}
    (note,) = [note for note in draws.notes if note.code == "SEM451"]
    assert note.params["item"] == "m3"
    assert note.params["count"] == counts


def test_below_nine_tenths_there_is_an_interval_and_no_verdict(rare):
    found = mediate_latent(rare, draws=120, seed=2, intervals=("percentile",))
    assert 0.5 < found.usable < 0.9
    assert {"SEM451", "SEM453"} <= codes(found.notes)
    row = found.effects.query("effect == 'indirect' and method == 'percentile'").iloc[0]
    assert np.isfinite(row["ci_low"])
    assert set(found.typology().tidy()["mediation_type"]) == {"withheld"}
    assert found.withheld("percentile")
    assert not found.withheld("delta")


def test_below_half_there_is_no_interval():
    fitted = fit(TEXT, answers(12, 6))
    draws = fitted.bootstrap(draws=60, seed=1)
    assert draws.ledger["converged"] < 30
    assert "SEM452" in codes(draws.notes)
    assert draws.tidy()["ci_low"].isna().all()
    found = mediate_latent(fitted, draws=60, seed=1, intervals=("percentile", "bca"))
    rows = found.effects.query("effect == 'indirect' and method in ('percentile', 'bca')")
    assert rows["ci_low"].isna().all()
    refused = [note for note in found.notes if note.code == "MED401"]
    assert refused[0].params["requested"] == 60
    assert "60" in refused[0].message("en")


def test_a_matrix_that_is_singular_to_rounding_is_no_raw_error():
    flat = np.array([[1.0, 1.0 - 1e-17], [1.0 - 1e-17, 1.0]])
    inverse, _, ok = inverse_pd(np.stack([np.eye(2), flat, np.full((2, 2), np.nan)]))
    assert ok.tolist() == [True, False, False]
    assert np.isfinite(inverse[0]).all()


def test_a_search_that_did_not_converge_gives_no_coefficient():
    found = next(one for one in (fit(TEXT, answers(12, seed)) for seed in range(40)) if not one.converged)
    result = mediate_latent(found, draws=20, seed=1, intervals=("percentile",))
    assert result.effects[["est", "se", "ci_low", "ci_high", "p"]].isna().all(axis=None)
    assert {"SEM401", "SEM528"} <= codes(result.notes)
    assert "MED401" not in codes(result.notes)
    assert result.summary().count("[–, –]") >= 3


@pytest.mark.parametrize("latent", [False, True])
def test_a_result_goes_through_pickle_whole(latent):
    """Frames that are made when they are first read are made before; so a result may come from a worker
    process or a file."""
    data = answers(60, 4)
    given = {"draws": 40, "seed": 1, "intervals": "percentile"}
    result = (
        mediate_latent(data, model="m1 ~ x1\ny1 ~ m1 + x1", **given)
        if latent
        else mediate(data, x="x1", m="m1", y="y1", **given)
    )
    back = pickle.loads(pickle.dumps(result))
    for name in ("effects", "draws", "coefficients", "equations", "sizes"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(result, name))
    assert back.summary() == result.summary()
    assert back.notes == result.notes
