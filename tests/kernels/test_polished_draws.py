"""Where draws end: the optimum itself, by whichever way, and no draw fails that numpy can end."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

from umkm_stats import fit
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path
from umkm_stats.kernels.sem.many import fiml_compiled, ml, solve
from umkm_stats.kernels.sem.many.solve import SLOW, Settings, solve_from
from umkm_stats.sem.draws import _search

KERNELS = path.known()
COMPILED = KERNELS[:-1]
needs_library = pytest.mark.skipif(not COMPILED, reason="no compiled library fits this machine")
TWO = "f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5\ng ~ f"


def data(n=150, gaps=0.0):
    normal = streams.normal_block(41, 0, n, 8)
    f = normal[:, :1] + 0.5 * normal[:, 1:2]
    values = np.concatenate([normal[:, :1]] * 3 + [f] * 3, axis=1) + 0.7 * normal[:, 2:]
    values[streams.uniform_block(42, 0, n, 6) < gaps] = np.nan
    return pd.DataFrame(values, columns=[f"v{k}" for k in range(6)])


def polished(draws, count):
    """The same draws solved on by numpy until the scaled gradient is below 1e-11."""
    with path.using("numpy"):
        engine = draws.engine.kernel
        drawn = draws.source.sample(0, 0, count)
        if hasattr(engine, "orders"):
            batch = engine._batch(drawn)
        else:
            batch = ml.MlBatch.of(engine.search.model, engine._moments(drawn))[0]
        model = engine.search.model
        start = (draws.batch.params - model.offset) @ np.linalg.pinv(model.basis).T
        end = solve_from(batch, engine.search.begin, start, settings=Settings(tolerance=1e-11))
    return end.free @ model.basis.T + model.offset


@pytest.mark.parametrize("gaps", [0.0, 0.12], ids=["ml", "fiml"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_last_step_takes_a_draw_far_within_the_limit(kernel, gaps):
    """Half of the draws within 1e-9 standard errors (2e-9 to 3e-9 without the step), all within 3e-8."""
    fitted = fit(TWO, data(gaps=gaps), missing="fiml" if gaps else "listwise")
    with path.using(kernel):
        found = fitted.bootstrap(draws=32, seed=6)
    assert (found.batch.end == 0).all()
    apart = np.abs(found.batch.params - polished(found, 32)) / found.batch.params.std(axis=0)
    assert np.median(apart.max(axis=1)) < 1e-9
    assert apart.max() < 3e-8


@pytest.mark.parametrize("gaps", [0.0, 0.12], ids=["ml", "fiml"])
def test_a_draw_that_scoring_ended_is_refined_with_exact_second_derivatives(gaps, monkeypatch):
    """The quick path gives up and the others stop early: without the Newton steps draws lie more than 1e-5
    standard errors from the optimum, with them within 1e-8."""
    fitted = fit(TWO, data(gaps=gaps), missing="fiml" if gaps else "listwise")
    loose = solve.Settings(tolerance=2e-3, rounds=1)
    with path.using("numpy"):
        good = fitted.bootstrap(draws=6, seed=8)
        engine = good.engine.kernel
        drawn = good.source.sample(0, 0, 6)
        model = engine.search.model
        batch = engine._batch(drawn) if gaps else ml.MlBatch.of(model, engine._moments(drawn))[0]
        found = solve.solve(batch, engine.search.begin, settings=loose)
        monkeypatch.setattr(solve, "_refine", lambda *given: None)
        rough = solve.solve(batch, engine.search.begin, settings=loose)
    assert (found.end == solve.CONVERGED).all()
    unit = good.batch.params.std(axis=0)
    best = polished(good, 6)
    apart = [np.abs(one.free @ model.basis.T + model.offset - best) / unit for one in (found, rough)]
    assert apart[1].max() > 1e-5
    assert apart[0].max() < 1e-8


def nearly_flat(n=200):
    """Two factors of two items each that hardly correlate: loadings of a draw are barely determined."""
    z = streams.normal_block(31, 0, n, 6)
    f, g = z[:, 0], 0.25 * z[:, 0] + z[:, 1]
    answers = f + 0.7 * z[:, 2], f + z[:, 3], g + 0.7 * z[:, 4], g + z[:, 5]
    cuts = [0.5], [0.3, 0.7], [0.2, 0.5, 0.8], [0.4]
    codes = [np.searchsorted(np.quantile(y, c), y) for y, c in zip(answers, cuts, strict=True)]
    return pd.DataFrame(np.stack(codes, axis=1).astype(float), columns=list("abcd"))


@pytest.mark.parametrize("kernel", KERNELS)
def test_nearly_flat_ordinal_draws_end_where_scipy_ends(kernel):
    """σ_ij written out, least squares by scipy.optimize.least_squares (MINPACK) to 1e-15; within 2e-8."""
    fitted = fit("f =~ a + b\ng =~ c + d\nf ~~ g", nearly_flat(), ordered=list("abcd"), std_lv=True)
    with path.using(kernel):
        found = fitted.bootstrap(draws=40, seed=5)
    engine = found.engine.kernel
    _, rho, variance = engine._correlations(found.source.sample(0, 0, 40).counts[0])
    pairs = list(zip(engine.first.tolist(), engine.second.tolist(), strict=True))
    ended = np.flatnonzero(found.batch.end == 0)
    assert len(ended) >= 30
    for draw in ended:
        here = found.batch.params[draw, engine.kept]

        def residuals(t, draw=draw):
            load, phi = t[:4], t[4]
            sigma = [load[i] * load[j] * (1.0 if i // 2 == j // 2 else phi) for i, j in pairs]
            return (rho[draw] - sigma) / np.sqrt(variance[draw])

        best = least_squares(residuals, here, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
        np.testing.assert_allclose(here, best.x, rtol=0, atol=2e-8)


@needs_library
@pytest.mark.parametrize("gaps", [0.0, 0.12], ids=["ml", "fiml"])
def test_a_draw_that_the_library_does_not_certify_is_repeated_by_numpy(gaps, monkeypatch):
    """The library is made to give draws 1 and 4 up, with nonsense in them: numpy solves exactly these."""
    fitted = fit(TWO, data(gaps=gaps), missing="fiml" if gaps else "listwise")
    plain = fitted.bootstrap(draws=9, seed=3).batch
    with path.using("numpy"):
        expected = fitted.bootstrap(draws=9, seed=3).batch
    home = fiml_compiled if gaps else ml
    real, solved = home.compiled_ends, []

    def gives_up(*given, **more):
        found = real(*given, **more)
        lost = np.arange(len(found.end)) if len(found.end) < 9 else [1, 4]
        found.end[lost], found.free[lost], found.value[lost] = SLOW, np.nan, np.nan
        return found

    def watched(batch, *given, **more):
        solved.append(len(batch))
        return by_numpy(batch, *given, **more)

    by_numpy = _search.solve
    monkeypatch.setattr(home, "compiled_ends", gives_up)
    monkeypatch.setattr(_search, "solve", watched)
    found = fitted.bootstrap(draws=9, seed=3).batch
    assert solved
    assert set(solved) == {2}
    assert (found.end == 0).all()
    others = np.setdiff1d(np.arange(9), [1, 4])
    np.testing.assert_array_equal(found.params[others], plain.params[others])
    np.testing.assert_allclose(found.params[[1, 4]], expected.params[[1, 4]], rtol=0, atol=1e-8)


@needs_library
def test_correlations_and_curvature_that_the_library_gives_up_come_from_numpy(monkeypatch):
    from umkm_stats import native

    answers = nearly_flat()
    fitted = fit("f =~ a + b + c + d", answers, ordered=list(answers))
    with path.using("numpy"):
        expected = fitted.bootstrap(draws=6, seed=2).batch

    def polychoric(*given):
        rho, spread, safe = native.polychoric(*given)
        return np.full_like(rho, np.nan), np.full_like(spread, np.nan), np.zeros_like(safe)

    def inverse(*given):
        out, least = native.dwls_inverse(*given)
        return np.full_like(out, np.nan), np.zeros_like(least)

    poor = SimpleNamespace(polychoric=polychoric, dwls_inverse=inverse, slots_of=native.slots_of)
    monkeypatch.setattr(path, "room", lambda name: poor if name != path.NUMPY else None)
    found = fitted.bootstrap(draws=6, seed=2).batch
    np.testing.assert_array_equal(found.end, expected.end)
    np.testing.assert_allclose(found.params, expected.params, rtol=0, atol=1e-8)
