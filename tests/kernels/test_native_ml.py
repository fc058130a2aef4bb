"""ML draws compiled and by numpy: the same optimum for every kind of model, the same bits beside others."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import fit
from umkm_stats.kernels import path
from umkm_stats.kernels.sem.many import ml
from umkm_stats.kernels.sem.many.solve import solve_from

COMPILED = path.known()[:-1]
pytestmark = pytest.mark.skipif(not COMPILED, reason="no compiled library fits this machine")

CASES = {
    "plain": ("f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5\ng ~ f", {}),
    "means, groups, equal loadings": (
        "f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5",
        {"group": "where", "group_equal": ["loadings", "intercepts"]},
    ),
    "equal labels": ("f =~ v0 + a*v1 + a*v2\ng =~ v3 + v4 + v5\nf ~~ g", {"meanstructure": True}),
    "exogenous observed": ("f =~ v0 + v1 + v2\nf ~ x\nv3 ~ f + x", {}),
    "cycle": ("y ~ x + w\nw ~ z + y", {}),
    "residual covariances": ("f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5\nv0 ~~ v3", {}),
}


def data(n=150):
    rng = np.random.Generator(np.random.Philox(key=5))
    eta = rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 2))
    frame = pd.DataFrame(
        np.repeat(eta, 3, axis=1) * 0.8 + 0.7 * rng.normal(size=(n, 6)), columns=[f"v{k}" for k in range(6)]
    )
    frame = frame.assign(
        x=eta[:, 0] + rng.normal(size=n), z=rng.normal(size=n), where=np.where(rng.random(n) < 0.5, "a", "b")
    )
    y = 0.5 * frame["x"] + rng.normal(size=n)
    return frame.assign(y=y, w=0.4 * y + 0.5 * frame["z"] + rng.normal(size=n))


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("kernel", COMPILED)
def test_both_ways_find_the_same_optimum(kind, kernel):
    """Within 2e-7 standard errors: each way is within 1e-7 of the optimum."""
    text, options = CASES[kind]
    fitted = fit(text, data(), **options)
    with path.using(kernel):
        draws = fitted.bootstrap(draws=30, seed=3)
    assert draws.engine.kernel.search.compiled is not None
    with path.using("numpy"):
        other = fitted.bootstrap(draws=30, seed=3)
    assert other.engine.kernel.search.compiled is None
    np.testing.assert_array_equal(draws.batch.end, other.batch.end)
    np.testing.assert_array_equal(draws.batch.flags, other.batch.flags)
    unit = other.batch.params.std(axis=0)
    assert (np.abs(draws.batch.params - other.batch.params) < 2e-7 * unit + 1e-12).all()
    np.testing.assert_allclose(draws.batch.x2, other.batch.x2, atol=1e-8)


@pytest.mark.parametrize("kernel", COMPILED)
@pytest.mark.parametrize("kind", CASES)
def test_draws_from_starts_of_their_own(kind, kernel):
    """As numpy's patient search ends, and a draw has the same bits beside others and alone."""
    text, options = CASES[kind]
    with path.using(kernel):
        made = fit(text, data(), **options).bootstrap(draws=13, seed=3)
        own = made.engine.kernel
        task, _ = ml.MlBatch.of(own.search.model, own._moments(made.source.sample(0, 0, 13)))
        rng = np.random.Generator(np.random.Philox(key=6))
        free = np.tile(own.search.begin.free, (13, 1))
        starts = free * (1.0 + 0.1 * rng.normal(size=free.shape))
        found = ml.compiled_from(own.search.compiled, task, starts)
        alone = ml.compiled_from(own.search.compiled, task.take(np.array([6])), starts[6:7])
    np.testing.assert_array_equal(found.free[6], alone.free[0])
    assert found.rounds[6] == alone.rounds[0]
    with path.using("numpy"):
        wanted = solve_from(task, own.search.begin, starts)
    assert (found.end == 0).sum() >= 12
    both = (found.end == 0) & (wanted.end == 0) & (np.abs(found.value - wanted.value) < 1e-9)
    assert both.sum() >= 12
    unit = wanted.free[both].std(axis=0)
    assert (np.abs(found.free - wanted.free)[both] < 2e-7 * unit + 1e-12).all()


@pytest.mark.parametrize("kernel", COMPILED)
def test_a_draw_has_the_same_bits_beside_any_others(kernel):
    """Heywood cases, slow and quick draws in one register; alone, in threads, in a longer run."""
    fitted = fit("f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5\ng ~ f\nv0 ~~ v3", data(40))
    with path.using(kernel):
        draws = fitted.bootstrap(draws=300, seed=2, workers=2)
        np.testing.assert_array_equal(
            fitted.bootstrap(draws=260, seed=2).batch.params, draws.batch.params[:260]
        )
    assert 0 < draws.ledger["inadmissible"] < 300
    search = draws.engine.kernel.search
    covs, means = draws.engine.kernel.moments(draws.source.sample(0, 0, 23))
    begin = {name: getattr(search.begin, name) for name in ("free", "inverse", "curvature")}
    found = [
        search.compiled.draws(
            (covs[0][:count],), (means[0][:count],), np.ones((count, 1)), **begin, tolerance=1e-8, limit=60
        )
        for count in (23, 1, 2, 3, 5, 22)
    ]
    for some in found[1:]:
        np.testing.assert_array_equal(some.free, found[0].free[: len(some.free)])
        np.testing.assert_array_equal(some.end, found[0].end[: len(some.end)])


def test_what_the_library_follows_without_looking_is_checked_before():
    from umkm_stats.native import MlModel

    fitted = fit(CASES["plain"][0], data())
    plan = fitted.bootstrap(draws=1, seed=1).engine.kernel.search.model
    made = MlModel(plan, path.known()[0].split()[-1])
    share, cov, mean = np.ones((2, 1)), np.zeros((2, 6, 6)), np.zeros((2, 6))
    q = plan.n_free
    start = {
        "free": np.zeros(q),
        "inverse": np.eye(q),
        "curvature": np.ones(q),
        "tolerance": 1e-8,
        "limit": 60,
    }
    assert (made.draws((cov,), (mean,), share, **start).end == 4).all()  # no positive definite covariances
    for covs, means in (((cov[:, :5],), (mean,)), ((cov,), (mean[:1],)), ((), (mean,))):
        with pytest.raises(ValueError, match="needed"):
            made.draws(covs, means, share, **start)
