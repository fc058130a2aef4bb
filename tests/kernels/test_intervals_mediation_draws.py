"""The batched bootstrap of regressions against refits row by row."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import Effect, delta_errors, evaluate, gradient
from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.kernels.mediation.sobel import product_test

ALGEBRA = 1e-10
PLAN = engine.Plan(
    (Regression(1, (0, 3)), Regression(2, (0, 1, 3))),
    (
        Effect((((((0, 1.0),)), (((3, 1.0),))),)),
        Effect(((((2, 1.0),),),)),
        Effect(((((0, 1.0),), ((3, 1.0),)), (((2, 1.0),),))),
    ),
    errors=True,
    variances=(0, 2),
)


@pytest.fixture(name="table")
def _table() -> np.ndarray:
    g = np.random.default_rng(11)
    x, w = g.normal(3, 1, 60), g.normal(-2, 2, 60)
    m = 0.4 * x + 0.2 * w + g.normal(size=60)
    y = 0.3 * m + 0.1 * x + g.normal(size=60)
    return np.column_stack([x, m, y, w])


def refit(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, m, y, w = table.T
    one = np.ones(len(x))
    slopes, errors = [], []
    for outcome, design in ((m, np.column_stack([one, x, w])), (y, np.column_stack([one, x, m, w]))):
        found = np.linalg.solve(design.T @ design, design.T @ outcome)
        rest = outcome - design @ found
        cov = np.linalg.inv(design.T @ design) * (rest @ rest) / (len(x) - design.shape[1])
        slopes += list(found[1:])
        errors.append(cov[1:, 1:])
    a, _, c, b, _ = slopes
    se = np.sqrt(a**2 * errors[1][1, 1] + b**2 * errors[0][0, 0])
    spread = x.var(), y.var()
    return np.array([a * b, c, a * b + c, *spread]), np.array([se, np.sqrt(errors[1][0, 0])])


def test_every_draw_equals_a_refit_on_its_rows(table: np.ndarray) -> None:
    found = engine.bootstrap(engine.units(table), PLAN, draws=300, seed=5)
    assert found.errors is not None
    for draw in (0, 1, 255, 256, 299):
        rows = streams.row_block(5, draw // 256, 256, 60)[draw % 256]
        values, errors = refit(table[rows])
        np.testing.assert_allclose(found.values[draw], values, rtol=ALGEBRA)
        np.testing.assert_allclose(found.errors[draw, :2], errors, rtol=ALGEBRA)


def test_longer_runs_and_more_workers_keep_the_bits(table: np.ndarray) -> None:
    source = engine.units(table)
    long = engine.bootstrap(source, PLAN, draws=9000, seed=9)
    np.testing.assert_array_equal(
        long.values[:4500], engine.bootstrap(source, PLAN, draws=4500, seed=9).values
    )
    np.testing.assert_array_equal(
        long.values, engine.bootstrap(source, PLAN, draws=9000, seed=9, workers=3).values
    )


def test_given_rows_replace_the_seed(table: np.ndarray) -> None:
    rows = np.random.default_rng(1).integers(0, 60, (270, 60))
    found = engine.bootstrap(engine.units(table), PLAN, draws=270, seed=0, rows=rows)
    np.testing.assert_allclose(found.values[269], refit(table[rows[269]])[0], rtol=ALGEBRA)


def test_jackknife_equals_leaving_each_row_out(table: np.ndarray) -> None:
    whole, found = engine.jackknife(engine.units(table), PLAN)
    np.testing.assert_allclose(whole, refit(table)[0], rtol=1e-9)
    for row in (0, 17, 59):
        np.testing.assert_allclose(found[row], refit(np.delete(table, row, axis=0))[0], rtol=1e-9)


def test_clusters_are_drawn_and_left_out_whole(table: np.ndarray) -> None:
    cluster = np.repeat(np.arange(12), 5)
    source = engine.units(table, cluster=cluster)
    found = engine.bootstrap(source, PLAN, draws=3, seed=2)
    picked = streams.row_block(2, 0, 256, 12)[2]
    rows = np.concatenate([np.flatnonzero(cluster == group) for group in picked])
    np.testing.assert_allclose(found.values[2], refit(table[rows])[0], rtol=ALGEBRA)
    left = engine.jackknife(source, PLAN)[1]
    np.testing.assert_allclose(left[4], refit(table[cluster != 4])[0], rtol=1e-9)


def test_strata_keep_their_size(table: np.ndarray) -> None:
    strata = np.repeat([0, 1], [20, 40])
    counts = engine.counter(engine.units(table, strata=strata))(3, 0)
    assert set(counts[:, :20].sum(axis=1)) == {20.0}
    assert set(counts[:, 20:].sum(axis=1)) == {40.0}
    assert counts[:, :20].std() > 0


def test_a_collinear_draw_is_nan_and_nothing_else_is(table: np.ndarray) -> None:
    data = table.copy()
    data[:, 0] = 0.0
    data[:2, 0] = 1.0
    found = engine.bootstrap(engine.units(data), PLAN, draws=256, seed=4)
    counts = streams.count_block(4, 0, 256, 60)
    constant = counts[:, :2].sum(axis=1) == 0
    assert 0 < constant.sum() < 256
    np.testing.assert_array_equal(np.isnan(found.values).any(axis=1), constant)


def test_gradient_equals_differences() -> None:
    theta = np.array([0.4, -0.3, 0.8, 1.1])[:, None]
    effects = (Effect(((((0, 1.0), (1, 2.5)), ((2, 1.0),), ((3, 1.0), (1, 0.5))), (((1, 1.0),),))),)
    slope = gradient(theta, effects)[0, :, 0]
    for k in range(4):
        step = np.zeros((4, 1))
        step[k] = 1e-6
        numeric = (evaluate(theta + step, effects) - evaluate(theta - step, effects))[0, 0] / 2e-6
        assert slope[k] == pytest.approx(numeric, rel=1e-7)
    spread = delta_errors(theta, np.eye(4)[:, :, None], effects)
    assert spread[0, 0] == pytest.approx(np.linalg.norm(slope))


def test_printed_sobel_results() -> None:
    # Online calculators: (.45, .05, .52, .06) z 6.2428; (.777, .377, .042, .009) z 1.8853
    assert product_test(0.45, 0.05, 0.52, 0.06).z == pytest.approx(6.2428, abs=5e-5)
    assert product_test(0.777, 0.377, 0.042, 0.009).z == pytest.approx(1.8853, abs=5e-5)
    sobel = product_test(0.8185714286, 0.2990204146, 0.403887179, 0.1808147072)
    assert sobel.z == pytest.approx(1.7307, abs=5e-5)
    assert sobel.p == pytest.approx(0.0835, abs=5e-5)
    aroian = product_test(0.8185714286, 0.2990204146, 0.403887179, 0.1808147072, kind="aroian")
    assert aroian.z == pytest.approx(1.6653, abs=5e-5)
    goodman = product_test(0.1, 0.3, 0.1, 0.3, kind="goodman")
    assert np.isnan(goodman.se)


def test_the_counter_gives_the_counts_of_the_shared_stream() -> None:
    for n in (1, 7, 60, 301):
        count = streams.Counter(n)
        for block in (0, 5):
            np.testing.assert_array_equal(count(99, block), streams.count_block(99, block, 256, n))


@pytest.mark.parametrize("n", [5, 300, 70_001])
def test_parts_of_a_block_are_the_block(n: int) -> None:
    whole = streams.Counter(n)(5, 2)
    seen = 0
    for first, part in streams.Counter(n).parts(5, 2, 9):
        np.testing.assert_array_equal(part, whole[first : first + len(part)])
        seen += len(part)
    assert seen == 9


def test_long_samples_are_counted_a_few_draws_at_a_time(
    table: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bits of counts, and no room for a block of them: 100,000 rows × 256 draws would be 205 MB."""
    usual = engine.bootstrap(engine.units(table), PLAN, draws=300, seed=4)
    monkeypatch.setattr(streams, "WHOLE", 0)
    parts = engine.bootstrap(engine.units(table), PLAN, draws=300, seed=4)
    np.testing.assert_allclose(parts.values, usual.values, rtol=1e-10)
    monkeypatch.undo()
    source = engine.units(np.random.default_rng(1).normal(size=(100_000, 4)))
    tracemalloc.start()
    try:
        engine.bootstrap(source, engine.Plan(PLAN.equations, PLAN.effects), draws=6, seed=4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60e6
