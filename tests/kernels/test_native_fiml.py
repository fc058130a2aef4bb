"""Compiled FIML draws: the optimum of numpy's way, whatever the model and the pattern."""

import numpy as np
import pandas as pd
import pytest

import umkm_stats.sem as sem
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path

native = pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")

LIBRARIES = native.available() or (None,)

ONE = "f =~ x1 + x2 + x3 + x4"
TWO = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f"
MODELS = {
    "one factor": (TWO, {}),
    "residual covariance": (TWO + "\nx1 ~~ x4", {}),
    "equal loadings": ("f =~ x1 + a*x2 + a*x3\ng =~ x4 + x5 + x6\nf ~~ g", {}),
    "observed cause": ("f =~ x1 + x2 + x3\nf ~ z\nx4 ~ f + z", {"fixed_x": True}),
    "two groups": (ONE, {"group": "who", "group_equal": ("loadings", "intercepts")}),
    "cyclic": ("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f + w\nf ~ g + z", {}),
}


@pytest.fixture(params=LIBRARIES, ids=str)
def kernel(request):
    if request.param is None:
        pytest.skip("no compiled library fits this machine")
    return f"native {request.param}"


def frame(n=120, share=0.12):
    normal = streams.normal_block(21, 0, n, 10)
    causes = normal[:, 8:]
    f = 0.6 * causes[:, 0] + normal[:, 0]
    g = 0.5 * f + 0.4 * causes[:, 1] + normal[:, 1]
    items = np.concatenate([f[:, None] + 0.7 * normal[:, 2:5], g[:, None] + 0.7 * normal[:, 5:8]], axis=1)
    items[streams.uniform_block(22, 0, n, 6) < share] = np.nan
    data = pd.DataFrame(items, columns=[f"x{k}" for k in range(1, 7)])
    data["z"], data["w"] = causes[:, 0], causes[:, 1]
    data["who"] = np.where(np.arange(n) % 2, "a", "b")
    return data


def both(fit, kernel, **options):
    with path.using("numpy"):
        expected = fit.bootstrap(seed=4, **options)
    with path.using(kernel):
        return fit.bootstrap(seed=4, **options), expected


@pytest.mark.parametrize("which", MODELS)
def test_draws_by_both_ways(kernel, which):
    """Estimates within 2e-7 SE (each way ends within 1e-7 of the optimum); the same ends and flags."""
    text, options = MODELS[which]
    fit = sem.fit(text, frame(), missing="fiml", **options)
    found, expected = both(fit, kernel, draws=10)
    np.testing.assert_array_equal(found.batch.end, expected.batch.end)
    np.testing.assert_array_equal(found.batch.flags, expected.batch.flags)
    assert (expected.batch.end == 0).sum() >= 8
    spread = np.nanstd(expected.batch.params, axis=0)
    gap = np.abs(found.batch.params - expected.batch.params) / np.where(spread > 0, spread, 1.0)
    assert np.nanmax(gap) < 2e-7


def test_draws_without_a_complete_row_are_certified_from_all_patterns(kernel):
    data = frame()[["x1", "x2", "x3", "x4"]]
    values = data.to_numpy().copy()
    values[np.arange(len(values)), np.arange(len(values)) % 4] = np.nan
    values = values[~np.isnan(values).all(axis=1)]
    fit = sem.fit(ONE, pd.DataFrame(values, columns=data.columns), missing="fiml")
    found, expected = both(fit, kernel, draws=6)
    np.testing.assert_array_equal(found.batch.end, expected.batch.end)
    spread = np.nanstd(expected.batch.params, axis=0)
    assert np.nanmax(np.abs(found.batch.params - expected.batch.params) / spread) < 2e-7


def test_simulated_rows_go_numpys_way(kernel):
    """Rows of their own for every draw are not the sample's: both ways give the same bits."""
    fit = sem.fit(ONE, frame(60), missing="fiml")
    found, expected = both(fit, kernel, draws=3, kind="parametric")
    np.testing.assert_allclose(found.batch.params, expected.batch.params, rtol=1e-12)


def test_a_draw_has_the_same_bits_alone_beside_others_and_with_two_workers(kernel):
    fit = sem.fit(ONE, frame(80), missing="fiml")
    with path.using(kernel):
        found = fit.bootstrap(draws=9, seed=2).batch.params
        longer = fit.bootstrap(draws=300, seed=2, workers=2).batch.params
        rows = streams.row_block(2, 0, 9, fit.n)
        alone = [fit.bootstrap(rows=rows[k : k + 1]).batch.params[0] for k in (0, 5)]
    np.testing.assert_array_equal(found, longer[:9])
    np.testing.assert_allclose(alone, found[[0, 5]], rtol=1e-12)


def test_rows_are_checked_before_the_library_sees_them(kernel):
    from umkm_stats.kernels.sem.many.model import plan

    fit = sem.fit(ONE, frame(60), missing="fiml")
    model = plan(fit.compiled)
    rows, gaps = np.zeros((5, 4)), np.eye(4, dtype=bool)[[0, 1, 2, 3, 0]]
    one = np.ones(4)
    native.FimlModel(model, [rows], [gaps], [one], [one], kernel.split()[1])
    for bad in (
        ([rows[:, :3]], [gaps], [one], [one]),
        ([rows], [np.zeros_like(gaps)], [one], [one]),
        ([rows], [np.ones_like(gaps)], [one], [one]),
        ([rows], [gaps], [one[:3]], [one]),
        ([], [], [], []),
    ):
        with pytest.raises(ValueError, match=r"needed|misses|shorter|longer"):
            native.FimlModel(model, *bad, kernel.split()[1])
