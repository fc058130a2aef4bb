"""Bootstrap draws equal refits by ``fit`` on the same rows; prefixes and worker counts change nothing."""

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39, political_democracy

import umkm_stats.sem as sem
from umkm_stats.kernels.sem.many.ml import MlBatch
from umkm_stats.kernels.sem.many.solve import CONVERGED
from umkm_stats.sem.estimate._starts import many_starting_values, starting_values

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
PATHS = "visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9\nspeed ~ b*visual\ntwice := 2*b"
# in standard errors: two solvers, one of which stops at a scaled gradient of 1e-6 (a tenth of what is asked)
SAME = 1e-4


def distance(whole, got, want) -> float:
    """Largest difference of parameters in standard errors of the sample's fit."""
    return float(np.max(np.abs(np.asarray(got) - np.asarray(want)) / np.sqrt(np.diagonal(whole.vcov))))


@pytest.fixture(scope="module")
def hs() -> pd.DataFrame:
    data = holzinger39.get_data().reset_index(drop=True)
    data["agemo"] = data["agemo"].fillna(5.0)
    return data


def gaps(hs: pd.DataFrame) -> pd.DataFrame:
    data = hs[[f"x{i}" for i in range(1, 10)] + ["school", "agemo"]].copy()
    rng = np.random.Generator(np.random.Philox(key=11))
    for name in data.columns[:9]:
        data.loc[rng.random(len(data)) < 0.1, name] = np.nan
    return data.dropna(how="all", subset=data.columns[:9])


CASES = {
    "plain": (HS, {}),
    "means": (HS, {"meanstructure": True}),
    "std_lv": (HS, {"std_lv": True}),
    "equal": ("visual =~ x1 + L*x2 + L*x3\ntextual =~ x4 + x5 + x6", {}),
    "linear": ("visual =~ x1 + p*x2 + q*x3\ntextual =~ x4 + x5 + x6\np + q == 1.3", {}),
    "groups": (HS, {"group": "school"}),
    "metric": (HS, {"group": "school", "group_equal": "loadings"}),
    "scalar": (HS, {"group": "school", "group_equal": ("loadings", "intercepts")}),
    "fixed_x": (f"{PATHS}\nvisual ~ agemo\nspeed ~ agemo", {}),
    "fixed_x_means": (f"{PATHS}\nvisual ~ agemo\nspeed ~ agemo", {"meanstructure": True}),
    "random_x": (f"{PATHS}\nvisual ~ agemo", {"fixed_x": False}),
    "observed": ("x9 ~ c*x1 + b*x4\nx4 ~ a*x1\nab := a*b", {}),
    "second_order": (HS + "\ng =~ visual + textual + speed", {}),
    "residual_covariance": (HS + "\nx1 ~~ x4", {}),
    "mlr": (HS, {"estimator": "MLR"}),
    "bounds": (HS + "\nx1 ~~ x7", {"bounds": "pos_var"}),
    "fiml": (HS, {"missing": "fiml"}),
    "fiml_x": (f"{PATHS}\nvisual ~ agemo", {"missing": "fiml"}),
    "fiml_groups": (HS, {"missing": "fiml", "group": "school", "group_equal": "loadings"}),
    "gls": (HS, {"estimator": "GLS"}),
    "uls": (HS, {"estimator": "ULS"}),
}


@pytest.mark.parametrize("case", CASES)
def test_draws_equal_refits_on_the_same_rows(hs, case):
    model, options = CASES[case]
    data = gaps(hs) if options.get("missing") == "fiml" else hs
    whole = sem.fit(model, data, **options)
    rng = np.random.Generator(np.random.Philox(key=5))
    rows = rng.integers(0, whole.n, size=(4, whole.n))
    if options.get("missing") == "fiml":
        rows = rows[:2]  # a single FIML fit takes its time
    found = whole.bootstrap(rows=rows)
    used = data.iloc[np.sort(np.concatenate(whole.rows))]
    assert found.ledger["failed"] == 0
    compared = 0
    for draw, at in enumerate(rows):
        again = sem.fit(model, used.iloc[at].reset_index(drop=True), **options)
        assert again.group_labels == whole.group_labels or set(again.group_labels) == set(whole.group_labels)
        if again.group_labels != whole.group_labels:  # groups stand in order of appearance
            continue
        if getattr(again.found, "lowered", 0):  # several minima: ours is one of them
            assert found.status["chisq"][draw] >= again.x2 - 1e-6
            continue
        compared += 1
        got = found.estimates.iloc[draw].to_numpy()
        assert distance(whole, got[: len(again.params)], again.params) < SAME
        if again.defined_names:
            np.testing.assert_allclose(
                got[len(again.params) :], again.defined(again.params[None])[0], rtol=1e-4
            )
        if options.get("missing") != "fiml":
            assert found.status["chisq"][draw] == pytest.approx(again.x2, rel=1e-8, abs=1e-7)
    assert compared >= len(rows) // 2


@pytest.mark.parametrize("case", CASES)
def test_one_draw_of_every_row_once_is_the_fit(hs, case):
    model, options = CASES[case]
    data = gaps(hs) if options.get("missing") == "fiml" else hs
    whole = sem.fit(model, data, **options)
    found = whole.bootstrap(rows=np.arange(whole.n)[None])
    assert distance(whole, found.batch.params[0], whole.params) < SAME
    want = whole.standardized()["est"].to_numpy()
    np.testing.assert_allclose(found.standardized().to_numpy()[0], want, atol=1e-5)
    np.testing.assert_allclose(
        found.standardized("std_lv").to_numpy()[0], whole.standardized("std_lv")["est"], rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(found.r2().to_numpy()[0], whole.r2()["r2"].to_numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["ordinary", "parametric", "bollen-stine"])
@pytest.mark.parametrize("case", ["plain", "metric", "fiml"])
def test_prefix_and_workers(hs, case, kind):
    model, options = CASES[case]
    data = gaps(hs) if case == "fiml" else hs
    if case == "fiml" and kind == "bollen-stine":
        pytest.skip("not offered")
    whole = sem.fit(model, data, **options)
    long = whole.bootstrap(draws=270, seed=9, kind=kind)
    short = whole.bootstrap(draws=37, seed=9, kind=kind)
    two = whole.bootstrap(draws=270, seed=9, kind=kind, workers=2)
    np.testing.assert_array_equal(long.batch.params[:37], short.batch.params)
    np.testing.assert_array_equal(long.batch.params, two.batch.params)
    np.testing.assert_array_equal(long.batch.end, two.batch.end)
    other = whole.bootstrap(draws=37, seed=10, kind=kind)
    assert not np.array_equal(other.batch.params, short.batch.params)


def test_draws_that_numpy_searches_do_not_depend_on_their_company(hs):
    """They wait for one another over the blocks of a run, and how many wait depends on its length."""
    whole = sem.fit(HS, hs, group="school")
    long = whole.bootstrap(draws=300, seed=9)
    lost = np.flatnonzero(long.status["reason"] == "no_minimum")
    short = whole.bootstrap(draws=int(lost[0]) + 1, seed=9)
    np.testing.assert_array_equal(long.batch.params[: len(short)], short.batch.params)
    alone = long.engine.block(long.source, 1)
    np.testing.assert_array_equal(long.batch.params[256:], alone.params)
    np.testing.assert_array_equal(long.batch.rounds[256:], alone.rounds)
    kernel, drawn = long.engine.kernel, long.source.sample(0, 0, 256)
    some = np.r_[lost[lost < 256][:2], 0:4]
    task, _ = MlBatch.of(kernel.search.model, kernel._moments(drawn.some(some)))
    together, params = kernel.search.every_way(task)
    for place in (0, 2):
        single, own = kernel.search.every_way(task.take(np.array([place])))
        np.testing.assert_array_equal(params[place], own[0])
        assert together.rounds[place] == single.rounds[0]
        assert together.end[place] == single.end[0]
    assert together.end[0] != CONVERGED == together.end[2]


def test_starting_values_of_many_samples_are_those_of_each(hs):
    whole = sem.fit(HS, hs, group="school")
    rng = np.random.Generator(np.random.Philox(key=8))
    noise = rng.normal(size=(5, 2, 9, 9)) / 20
    covs = np.stack([sample.cov for sample in whole.task.samples]) + noise + noise.transpose(0, 1, 3, 2)
    means = rng.normal(size=(5, 2, 9))
    many = many_starting_values(whole.layout, covs, means)
    for draw in range(5):
        np.testing.assert_array_equal(many[draw], starting_values(whole.layout, covs[draw], means[draw]))


def test_draws_of_seed_are_the_draws_of_its_rows(hs):
    from umkm_stats.kernels.draws import row_block

    whole = sem.fit(HS, hs)
    by_seed = whole.bootstrap(draws=20, seed=4)
    by_rows = whole.bootstrap(rows=row_block(4, 0, 20, whole.n))
    # the same rows in batches of another size: BLAS may round differently
    np.testing.assert_allclose(by_seed.estimates, by_rows.estimates, rtol=1e-8)


@pytest.mark.slow
def test_processes_give_the_numbers_of_one_worker(hs):
    whole = sem.fit(PATHS, hs, estimator="ULS")
    one = whole.bootstrap(draws=258, seed=2)
    two = whole.bootstrap(draws=258, seed=2, workers=2)
    np.testing.assert_array_equal(one.batch.params, two.batch.params)
    assert "SEM513" in [note.code for note in one.notes]


def test_clusters_are_drawn_whole(hs):
    data = hs.assign(cluster=np.arange(len(hs)) // 7)
    whole = sem.fit(PATHS, data, estimator="MLR", cluster="cluster")
    found = whole.bootstrap(draws=30, seed=8)
    drawn = found.source.sample(0, 0, 30)
    counts = drawn.counts[0]
    for cluster in np.unique(data["cluster"]):
        inside = counts[:, (data["cluster"] == cluster).to_numpy()]
        assert (inside == inside[:, :1]).all()
    rows = np.repeat(np.arange(len(hs)), counts[3].astype(int))
    again = sem.fit(PATHS, data.iloc[rows], meanstructure=True)
    assert distance(whole, found.batch.params[3], again.params) < SAME
    left = found.jackknife()
    assert len(left) == data["cluster"].nunique()
    again = sem.fit(PATHS, data[data["cluster"] != 5], meanstructure=True)
    assert distance(whole, left.batch.params[5], again.params) < SAME


def test_strata_keep_their_sizes(hs):
    whole = sem.fit(HS, hs, group="school", group_equal="loadings")
    counts = whole.bootstrap(draws=5, seed=1).source.sample(0, 0, 5).counts
    assert [
        (entry.sum(axis=1) == len(array)).all() for entry, array in zip(counts, whole.arrays, strict=True)
    ]


def test_jackknife_leaves_one_row_out(hs):
    whole = sem.fit(PATHS, hs)
    left = whole.bootstrap(draws=2, seed=1).jackknife()
    assert len(left) == len(hs)
    again = sem.fit(PATHS, hs.drop(index=17))
    assert distance(whole, left.batch.params[17], again.params) < SAME
    assert (left.unit_groups == 0).all()
    groups = sem.fit(HS, hs, group="school", group_equal="loadings")
    left = groups.bootstrap(draws=2, seed=1).jackknife()
    assert np.bincount(left.unit_groups).tolist() == [len(entry) for entry in groups.arrays]
    assert len(whole.bootstrap(draws=2, seed=1).unit_groups) == 0


def test_heywood_draws_equal_refits():
    data = political_democracy.get_data()
    model = (
        "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ a*ind60\n"
        "dem65 ~ c*ind60 + b*dem60\ny1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\nindirect := a*b"
    )
    whole = sem.fit(model, data)
    found = whole.bootstrap(draws=40, seed=31)
    from umkm_stats.kernels.draws import row_block

    rows = row_block(31, 0, 40, len(data))
    improper = np.flatnonzero(~found.admissible)
    assert len(improper) >= 5
    for draw in improper[:6]:
        again = sem.fit(model, data.iloc[rows[draw]].reset_index(drop=True))
        if again.found.lowered == 0:
            assert distance(whole, found.batch.params[draw], again.params) < SAME
        assert any(note.code in ("SEM404", "SEM405", "SEM406") for note in again.notes)
