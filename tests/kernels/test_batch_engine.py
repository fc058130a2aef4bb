"""Batched kernels against finite differences, brute force and the single fit's algebra."""

import numpy as np
import pytest

from umkm_stats.kernels.draws import PARAMETRIC, normal_block
from umkm_stats.kernels.sem.many import fiml as batch_fiml
from umkm_stats.kernels.sem.many import ml as batch_ml
from umkm_stats.kernels.sem.many import rows as batch_rows
from umkm_stats.kernels.sem.many import solve as batch_solve
from umkm_stats.kernels.sem.many.algebra import inverse_pd, pivots, positive_definite
from umkm_stats.kernels.sem.many.model import Plan, implied, matrices, parameters, plan
from umkm_stats.kernels.sem.many.scaling import moved_markers
from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Structure

P, M = 6, 3


def structure(
    *, groups: int = 1, means: bool = True, off: bool = True, shared: bool = False, fixed: bool = False
) -> Structure:
    """Two latent variables with three indicators, and an observed variable standing as a third; every family
    of cells."""
    lam = np.zeros((groups, P, M))
    lam[:, 0, 0] = lam[:, 3, 1] = lam[:, 5, 2] = 1.0
    cells = [(LAMBDA, 1, 0), (LAMBDA, 2, 0), (LAMBDA, 4, 1), (BETA, 1, 0), (BETA, 1, 2)]
    cells += [(PSI, 0, 0), (PSI, 1, 1)] + [(THETA, i, i) for i in range(5)]
    cells += [(THETA, 4, 1)] if off else []
    cells += [] if fixed else [(PSI, 2, 2), (PSI, 2, 0)]
    if means:
        cells += [(NU, i, 0) for i in range(5)] + ([] if fixed else [(ALPHA, 2, 0)])
    rows = [(matrix, group, i, j) for group in range(groups) for matrix, i, j in cells]
    param = list(range(len(rows)))
    if shared:
        param[1] = param[0]  # two loadings under one label
        kept = {value: index for index, value in enumerate(sorted(set(param)))}
        param = [kept[value] for value in param]
    table = np.array(rows)
    count = max(param) + 1
    zeros = np.zeros((groups, M, M))
    return Structure(
        groups,
        P,
        M,
        lam,
        zeros,
        zeros,
        np.zeros((groups, P, P)),
        np.zeros((groups, P)),
        np.zeros((groups, M)),
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 3],
        np.array(param),
        np.eye(count),
        np.zeros(count),
        np.full(count, -np.inf),
        np.full(count, np.inf),
        np.array([(5, 2)]) if fixed else np.zeros((0, 2), dtype=int),
        means,
    )


def point(shape: Structure, seed: int = 0) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=seed))
    out = np.zeros(shape.n_params)
    for matrix, row, col, param in zip(
        shape.cell_matrix, shape.cell_row, shape.cell_col, shape.cell_param, strict=True
    ):
        base = {LAMBDA: 0.8, BETA: 0.4, PSI: 0.2, THETA: 0.1, NU: 0.1, ALPHA: 0.2}[int(matrix)]
        out[param] = 1.0 if matrix in (PSI, THETA) and row == col else base
    return out + 0.1 * rng.random(len(out))


def data(seed: int = 1, n: int = 60, missing: float = 0.0) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=seed))
    out = rng.normal(size=(n, P)) @ (np.eye(P) + 0.4) + rng.random(P)
    if missing:
        out[:, :5][rng.random((n, 5)) < missing] = np.nan
    return out


def ml_batch(model: Plan, groups: int, draws: int = 3) -> batch_ml.MlBatch:
    rng = np.random.Generator(np.random.Philox(key=5))
    moments = []
    for group in range(groups):
        counts = rng.integers(0, 3, size=(draws, 60)).astype(float)
        moments.append(batch_ml.weighted_moments(counts, *batch_ml.cross_products(data(group + 1))))
    return batch_ml.MlBatch.of(model, tuple(moments))[0]


def fiml_batch(model: Plan, draws: int = 3) -> batch_fiml.FimlBatch:
    rng = np.random.Generator(np.random.Philox(key=6))
    rows = data(3, missing=0.25)
    rows = rows[~np.isnan(rows).all(axis=1)]
    counts = rng.integers(0, 3, size=(draws, len(rows))).astype(float)
    order = batch_fiml.row_plan(rows)
    return batch_fiml.FimlBatch.of(
        model, (order,), (batch_fiml.weighted_rows(order, model.groups[0], rows, counts),)
    )


SHAPES = {
    "general": {},
    "woodbury": {"off": False},
    "no_means": {"means": False},
    "groups": {"groups": 2},
    "shared": {"shared": True},
    "fixed_x": {"fixed": True},
    "fixed_x_no_means": {"fixed": True, "means": False},
}


def slopes(objective, free: np.ndarray, step: float = 1e-5) -> np.ndarray:
    out = np.empty_like(free)
    for k in range(free.shape[1]):
        move = np.zeros_like(free)
        move[:, k] = step
        out[:, k] = (objective.value(free + move)[0] - objective.value(free - move)[0]) / (2 * step)
    return out


@pytest.mark.parametrize("name", SHAPES)
def test_ml_gradient_of_every_family(name):
    shape = structure(**SHAPES[name])
    model = plan(shape)
    batch = ml_batch(model, shape.n_groups)
    free = np.stack([point(shape, seed) for seed in range(3)])
    np.testing.assert_allclose(batch.value(free)[1], slopes(batch, free), atol=2e-8)


@pytest.mark.parametrize("name", SHAPES)
def test_ml_information_is_the_curvature_where_the_model_fits(name):
    shape = structure(**SHAPES[name])
    model = plan(shape)
    batch = ml_batch(model, shape.n_groups)
    free = np.stack([point(shape, seed) for seed in range(3)])
    params = parameters(model, free)
    exact = []
    for group, entry in zip(model.groups, batch.moments, strict=True):
        sigma, mu = implied(group, matrices(group, params, entry.cov, entry.mean))
        exact.append(batch_ml.Moments(sigma, mu, entry.n))
    fitting, _ = batch_ml.MlBatch.of(model, tuple(exact))
    value, gradient = fitting.value(free)
    np.testing.assert_allclose(value, 0.0, atol=1e-12)
    np.testing.assert_allclose(gradient, 0.0, atol=1e-12)
    information = fitting.information(free)
    for k in range(free.shape[1]):
        move = np.zeros_like(free)
        move[:, k] = 1e-5
        column = (fitting.value(free + move)[1] - fitting.value(free - move)[1]) / 2e-5
        np.testing.assert_allclose(information[:, k], column, atol=1e-6)
    if name != "shared":
        np.testing.assert_allclose(
            fitting.curvature(free), np.diagonal(information, axis1=1, axis2=2), rtol=1e-10
        )
    least, diagonal = fitting.certificate(free)
    np.testing.assert_allclose(diagonal, np.diagonal(information, axis1=1, axis2=2))
    assert (least > 0).all()


def test_woodbury_and_cholesky_agree():
    shape = structure(off=False, means=True)
    model = plan(shape)
    batch = ml_batch(model, 1)
    free = np.stack([point(shape, seed) for seed in range(3)])
    theta = [k for k in range(shape.n_params) if shape.cell_matrix[k] == THETA]
    free[1, theta[2]] = -0.05  # a Heywood draw beside sound ones
    assert not shape.theta.any()
    value, gradient = batch.value(free)
    for draw in range(3):
        one = batch.take(np.array([draw]))
        np.testing.assert_allclose(one.value(free[draw : draw + 1])[0], value[draw], rtol=1e-12)
        np.testing.assert_allclose(one.value(free[draw : draw + 1])[1][0], gradient[draw], atol=1e-12)
    np.testing.assert_allclose(gradient, slopes(batch, free), atol=5e-8)


@pytest.mark.parametrize("name", ["general", "woodbury", "shared", "fixed_x"])
def test_fiml_equals_brute_force(name):
    shape = structure(**SHAPES[name])
    model = plan(shape)
    batch = fiml_batch(model)
    free = np.stack([point(shape, seed) for seed in range(3)])
    value, gradient = batch.value(free)
    entry, order = batch.rows[0], batch.orders[0]
    rows = data(3, missing=0.25)
    rng = np.random.Generator(np.random.Philox(key=6))
    counts = rng.integers(0, 3, size=(3, len(rows))).astype(float)
    assert len(order.gaps) >= 3
    sigma, mu = implied(
        model.groups[0], matrices(model.groups[0], parameters(model, free), entry.outer_cov, entry.outer_mean)
    )
    for draw in range(3):
        total = 0.0
        for weight, row in zip(counts[draw], rows, strict=True):
            seen = ~np.isnan(row)
            away = row[seen] - mu[draw][seen]
            part = sigma[draw][np.ix_(seen, seen)]
            total += weight * (np.linalg.slogdet(part)[1] + away @ np.linalg.solve(part, away))
        assert value[draw] == pytest.approx(total / counts[draw].sum(), rel=1e-12)
    np.testing.assert_allclose(gradient, slopes(batch, free), atol=5e-8)


def test_fiml_without_gaps_is_ml():
    shape = structure()
    model = plan(shape)
    rows = data(2)
    counts = np.ones((1, len(rows)))
    order = batch_fiml.row_plan(rows)
    fiml = batch_fiml.FimlBatch.of(
        model, (order,), (batch_fiml.weighted_rows(order, model.groups[0], rows, counts),)
    )
    moments = batch_ml.weighted_moments(counts, *batch_ml.cross_products(rows))
    ml, _ = batch_ml.MlBatch.of(model, (moments,))
    free = point(shape)[None]
    np.testing.assert_allclose(fiml.value(free)[1], ml.value(free)[1], atol=1e-12)
    np.testing.assert_allclose(fiml.information(free), ml.information(free), atol=1e-12)
    assert fiml.value(free)[0] + ml.constant == pytest.approx(ml.value(free)[0])


def test_fiml_information_is_bounded_by_complete_rows():
    shape = structure()
    batch = fiml_batch(plan(shape))
    free = np.stack([point(shape)] * 3)
    gap = batch.information(free) - batch.floor_information(free)
    assert (np.linalg.eigvalsh(gap)[:, 0] > -1e-10).all()


def test_solver_reaches_the_same_optimum_by_both_paths():
    shape = structure(off=False)
    model = plan(shape)
    batch = ml_batch(model, 1, draws=40)
    begin = batch_solve.origin(batch.take(np.array([0])), point(shape))
    found = batch_solve.solve(batch, begin)
    assert (found.end == batch_solve.CONVERGED).all()
    assert (found.scaled < 1e-6).all()
    slow = batch_solve._damped(batch, np.tile(begin.free, (40, 1)), begin, batch_solve.Settings())
    assert (slow.end == batch_solve.CONVERGED).all()
    np.testing.assert_allclose(found.free, slow.free, atol=1e-4)
    np.testing.assert_allclose(found.value, slow.value, atol=1e-11)


def test_bounds_hold_and_the_held_direction_is_left_out():
    shape = structure(off=False)
    model = plan(shape)
    batch = ml_batch(model, 1, draws=12)
    free = batch_solve.solve(batch, batch_solve.origin(batch.take(np.array([0])), point(shape))).free
    upper = np.full(model.n_free, np.inf)
    upper[0] = float(np.median(free[:, 0]))
    start = np.minimum(point(shape), upper)
    begin = batch_solve.origin(batch.take(np.array([0])), start, upper=upper)
    found = batch_solve.solve(batch, begin)
    assert (found.end == batch_solve.CONVERGED).all()
    assert (found.free[:, 0] <= upper[0] + 1e-12).all()
    held = found.free[:, 0] >= upper[0] - 1e-9
    assert 3 <= held.sum() <= 9
    np.testing.assert_allclose(found.free[~held], free[~held], atol=1e-4)


def test_an_unidentified_model_is_told():
    shape = structure(off=False, means=False)
    lam = shape.lam.copy()
    cells = [
        np.append(getattr(shape, f"cell_{name}"), value)
        for name, value in (
            ("matrix", LAMBDA),
            ("group", 0),
            ("row", 0),
            ("col", 0),
            ("param", shape.n_params),
        )
    ]
    lam[:, 0, 0] = 0.0
    count = shape.n_params + 1
    free_scale = Structure(
        1,
        P,
        M,
        lam,
        shape.beta,
        shape.psi,
        shape.theta,
        shape.nu,
        shape.alpha,
        *cells,
        np.eye(count),
        np.zeros(count),
        np.full(count, -np.inf),
        np.full(count, np.inf),
        shape.fixed_x,
        False,
    )
    model = plan(free_scale)
    batch = ml_batch(model, 1, draws=4)
    found = batch_solve.solve(
        batch, batch_solve.origin(batch.take(np.array([0])), np.append(point(shape), 1.0))
    )
    assert not (found.end == batch_solve.CONVERGED).any()
    assert (found.end == batch_solve.FLAT).any()


def test_moved_markers_describe_the_same_model():
    shape = structure()
    params = point(shape)[None]
    model = plan(shape)
    scaling = moved_markers(shape, params[0], np.ones((1, P)), np.ones((1, M)))
    assert scaling is not None
    assert (scaling.slot[0] >= 0).tolist() == [
        True,
        True,
        False,
    ]  # the observed variable has no other indicator
    turned = scaling.turn(params)
    moved = plan(scaling.structure)
    none = np.zeros((1, P, P))
    for which, other, values in ((model, moved, turned),):
        want = implied(which.groups[0], matrices(which.groups[0], params, none, None))
        got = implied(other.groups[0], matrices(other.groups[0], values, none, None))
        np.testing.assert_allclose(got[0], want[0], rtol=1e-12)
        np.testing.assert_allclose(got[1], want[1], rtol=1e-12)
    np.testing.assert_allclose(scaling.turn(turned), params, rtol=1e-12)
    assert (
        moved_markers(
            structure(shared=True), point(structure(shared=True)), np.ones((1, P)), np.ones((1, M))
        ).slot[0, 0]
        == -1
    )


def test_normals_can_be_made_in_slices():
    whole = normal_block(3, 2, 40, 7, purpose=PARAMETRIC)
    for first, size in ((0, 40), (0, 3), (5, 6), (11, 1), (13, 27)):
        np.testing.assert_array_equal(batch_rows.normals(3, 2, first, size, 7), whole[first : first + size])


def test_a_matrix_that_fails_does_not_spoil_the_others():
    good = np.diag([1.0, 2.0])
    stack = np.stack([good, np.array([[1.0, 2.0], [2.0, 1.0]]), np.full((2, 2), np.nan), 4 * good])
    inverse, logdet, ok = inverse_pd(stack)
    assert ok.tolist() == [True, False, False, True]
    np.testing.assert_allclose(inverse[0], np.diag([1.0, 0.5]))
    assert logdet[3] == pytest.approx(np.log(32.0))
    assert positive_definite(stack[[0, 1, 3]]).tolist() == [True, False, True]
    least = pivots(np.stack([np.array([[1.0, 0.6], [0.6, 1.0]]), stack[1]]))
    np.testing.assert_allclose(least, [0.64, 0.0])


def test_moments_of_long_data_are_made_in_blocks_and_hold_only_the_values(monkeypatch):
    rng = np.random.default_rng(5)
    rows, counts = rng.normal(size=(300, 5)) + 3.0, rng.integers(0, 3, size=(7, 300)).astype(float)
    plain = batch_ml.weighted_moments(counts, *batch_ml.cross_products(rows))
    monkeypatch.setattr(batch_ml, "CELLS", 1000)
    held, centre = batch_ml.cross_products(rows)
    assert held.shape == (300, 5)
    found = batch_ml.weighted_moments(counts, held, centre)
    assert np.allclose(found.cov, plain.cov, rtol=1e-12, atol=1e-13)
    assert np.allclose(found.mean, plain.mean, rtol=1e-14)


@pytest.mark.parametrize("cells", [batch_ml.CELLS, 10])
def test_moments_without_a_unit_are_those_of_the_other_rows(monkeypatch, cells):
    """Also where the unit held nearly all of an item's variance: what is left keeps its digits."""
    monkeypatch.setattr(batch_ml, "CELLS", cells)
    rng = np.random.default_rng(8)
    rows = rng.integers(1, 6, size=(40, 4)).astype(float)
    rows[:, 2], rows[:, 3] = 3.0, rng.normal(size=40)
    rows[17, 2], rows[20, 3] = 4.0, 1e3  # one value in all rows but one; a typing error
    products, centre = batch_ml.cross_products(rows)
    total = batch_ml.weighted_sums(np.ones((1, 40)), products, 4)
    for units in (np.arange(40), np.sort(rng.integers(0, 12, 40)).astype(np.int64)):
        units = np.unique(units, return_inverse=True)[1]
        found = batch_ml.left_out_moments(total, products, centre, units, 3, units.max() - 3)
        for draw, unit in enumerate(range(3, units.max())):
            kept = rows[units != unit]
            assert found.n[draw] == len(kept)
            np.testing.assert_allclose(found.mean[draw], kept.mean(axis=0), rtol=1e-11)
            scale = np.sqrt(np.outer(kept.var(axis=0), kept.var(axis=0)))
            gap = np.abs(found.cov[draw] - np.cov(kept.T, bias=True))
            assert (gap <= 1e-11 * scale).all()
