"""The object ``Draws``: ledger, statistics from the same draws, previews, errors, notes, interruption."""

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39, political_democracy

import umkm_stats.sem as sem
from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import row_block
from umkm_stats.sem.draws._kernels import FAILURES

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
PD = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ a*ind60\n"
    "dem65 ~ c*ind60 + b*dem60\nindirect := a*b"
)


@pytest.fixture(scope="module")
def hs():
    return holzinger39.get_data().reset_index(drop=True)


@pytest.fixture(scope="module")
def whole(hs):
    return sem.fit(HS, hs)


@pytest.fixture(scope="module")
def democracy():
    return sem.fit(PD, political_democracy.get_data())


def code(call) -> str:
    with pytest.raises(UsageError) as caught:
        call()
    for lang in ("en", "id"):
        assert caught.value.message(lang)
        assert "{" not in caught.value.message(lang)
    return caught.value.code


def test_wrong_calls_are_told(whole, hs):
    rows = np.zeros((2, 301), dtype=int)
    assert code(lambda: whole.bootstrap(rows=np.zeros(4, dtype=int))) == "SEM501"
    assert code(lambda: whole.bootstrap(rows=rows + 0.5)) == "SEM501"
    assert code(lambda: whole.bootstrap(rows=rows + 301)) == "SEM502"
    assert code(lambda: whole.bootstrap(rows=rows - 1)) == "SEM502"
    assert code(lambda: whole.bootstrap(rows=rows, kind="parametric")) == "SEM503"
    missing = hs[[f"x{i}" for i in range(1, 10)]].copy()
    missing.iloc[::9, 2] = np.nan
    gaps = sem.fit(HS, missing, missing="fiml")
    assert code(lambda: gaps.bootstrap(draws=5, kind="bollen-stine")) == "SEM504"
    moments = sem.fit(HS, sample_cov=hs[[f"x{i}" for i in range(1, 10)]].cov(), n_obs=301)
    assert code(lambda: moments.bootstrap(draws=5, seed=1)) == "SEM505"
    assert code(lambda: moments.bootstrap(draws=5, seed=1, kind="bollen-stine")) == "SEM505"
    assert code(lambda: whole.bootstrap(draws=0)) == "GEN003"
    assert code(lambda: whole.bootstrap(draws=5, seed=-1)) == "GEN003"
    assert code(lambda: whole.bootstrap(draws=5, kind="paired")) in ("GEN001", "GEN002")


@pytest.mark.parametrize("word", ["delta", "theta"])
def test_drawn_numbers_are_no_categories(hs, word):
    """They gave no estimate at all (NaN) under delta, and a KeyError under theta."""
    cut = (hs[["x1", "x2", "x3", "x4"]] > 4.0).astype(int)
    found = sem.fit("f =~ x1 + x2 + x3 + x4", cut, ordered=True, parameterization=word)
    for kind in ("parametric", "bollen-stine"):
        assert code(lambda kind=kind: found.bootstrap(draws=3, seed=1, kind=kind)) == "SEM529"


def test_parametric_draws_from_moments(hs):
    columns = [f"x{i}" for i in range(1, 10)]
    moments = sem.fit(HS, sample_cov=hs[columns].cov(), n_obs=301)
    found = moments.bootstrap(draws=300, seed=6, kind="parametric")
    se = np.sqrt(np.diagonal(moments.vcov))
    bias = found.estimates.mean().to_numpy() - moments.params
    assert (np.abs(bias) < 0.35 * se).all()
    ratio = found.estimates.std().to_numpy() / se
    assert (ratio > 0.8).all()
    assert (ratio < 1.3).all()
    assert code(found.jackknife) == "SEM505"


def test_bollen_stine_holds_the_model(whole):
    found = whole.bootstrap(draws=400, seed=12, kind="bollen-stine")
    data = found.source.data[0]
    np.testing.assert_allclose(np.cov(data.T, bias=True), whole.point.states[0].sigma, atol=1e-10)
    chisq = found.status["chisq"].mean()
    assert 24 * 0.8 < chisq < 24 * 1.35
    assert found.fit_p() < 0.01  # χ² = 85.3 on 24 df
    assert whole.bootstrap(draws=400, seed=12).fit_p() > 0.8  # ordinary draws do not test the model


def test_ledger_adds_up(democracy):
    found = democracy.bootstrap(draws=300, seed=5)
    ledger, status = found.ledger, found.status
    assert ledger["requested"] == 300 == len(status)
    assert ledger["requested"] == ledger["converged"] + ledger["failed"]
    assert sum(ledger["reasons"].values()) == ledger["failed"] + ledger["inadmissible"]
    assert (status["reason"] != "").sum() == ledger["failed"] + ledger["inadmissible"]
    assert not status.loc[~status["converged"], "admissible"].any()
    assert found.estimates.isna().any(axis=1).equals(~status["converged"])
    for draw in np.flatnonzero(~found.admissible & found.converged)[:5]:
        reason = status["reason"][draw]
        if reason.startswith("negative_variance:"):
            name = reason.split(":")[1]
            assert found.estimates[name][draw] < 0
    assert ledger["inadmissible"] > 0
    assert "SEM512" in [note.code for note in found.notes]


def test_draws_that_cannot_be_estimated_are_counted(democracy):
    rows = row_block(1, 0, 4, 75)
    rows[1] = rows[1] % 6  # six different rows: the covariance matrix of 11 variables is singular
    found = democracy.bootstrap(rows=rows)
    assert found.status["reason"][1] == "sample_covariance"
    assert found.ledger["failed"] == 1
    assert found.estimates.iloc[1].isna().all()
    assert "SEM511" in [note.code for note in found.notes]
    assert "sample covariance" in found.summary()
    assert "kovarians sampel" in found.summary("id")
    assert found.tidy()["draws_used"].iloc[0] == 3


def test_a_group_that_is_lost(hs):
    groups = sem.fit(HS, hs, group="school")
    first = np.flatnonzero((hs["school"] == hs["school"].iloc[0]).to_numpy())
    rows = np.stack([np.resize(first, 301), np.arange(301)])
    found = groups.bootstrap(rows=rows)
    assert list(found.status["reason"]) == ["empty_group", found.status["reason"][1]]
    assert found.converged[1]


def test_draws_without_a_minimum_are_told(hs):
    groups = sem.fit(HS, hs, group="school")
    found = groups.bootstrap(draws=256, seed=9)
    lost = found.status["reason"] == "no_minimum"
    assert 0 < lost.sum() < 20
    assert lost.sum() == found.ledger["failed"]
    assert set(found.ledger["reasons"]) & set(FAILURES) == {"no_minimum"}


def test_marker_that_vanishes():
    """In draws where the first loading passes through zero the optimum lies beyond infinity of the others."""
    rng = np.random.Generator(np.random.Philox(key=21))
    f = rng.normal(size=120)
    g = 0.6 * f + 0.8 * rng.normal(size=120)
    loads = {"a0": (0.12, f), "a1": (0.8, f), "a2": (0.7, f), "b0": (0.7, g), "b1": (0.8, g), "b2": (0.7, g)}
    data = pd.DataFrame({k: v * z + np.sqrt(1 - v * v) * rng.normal(size=120) for k, (v, z) in loads.items()})
    model = "F =~ a0 + a1 + a2\nG =~ b0 + b1 + b2\nG ~ b*F"
    whole = sem.fit(model, data)
    found = whole.bootstrap(draws=256, seed=1)
    crossed = np.flatnonzero(found.estimates["F=~a1"] * whole.params[0] < 0)
    assert set(found.status["reason"][~found.converged]) <= {"no_minimum"}
    assert found.ledger["failed"] <= 5
    assert len(crossed) >= 3
    rows = row_block(1, 0, 256, 120)
    strong = "F =~ NA*a0 + 1*a1 + a2\nG =~ b0 + b1 + b2\nG ~ b*F"
    for draw in crossed[:5]:
        again = sem.fit(strong, data.iloc[rows[draw]].reset_index(drop=True))
        assert found.status["chisq"][draw] == pytest.approx(again.x2, abs=1e-8)
        beta = again.params[list(again.param_names).index("b")]
        assert found.estimates["b"][draw] == pytest.approx(beta * found.estimates["F=~a1"][draw], rel=1e-4)


def test_validity_of_every_draw_by_hand(whole, hs):
    found = whole.bootstrap(draws=12, seed=4)
    rows = row_block(4, 0, 12, 301)
    htmt, omega, ave = found.htmt(), found.omega(), found.ave()
    geometric = found.htmt(geometric=True)
    for draw in (0, 7):
        data = hs[[f"x{i}" for i in range(1, 10)]].to_numpy()[rows[draw]]
        corr, cov = np.corrcoef(data.T), np.cov(data.T, bias=True)
        low = np.tril_indices(3, -1)
        within, beside = corr[:3, :3][low], corr[3:6, 3:6][low]
        between = np.abs(corr[:3, 3:6])
        assert htmt["visual~~textual"][draw] == pytest.approx(
            between.mean() / np.sqrt(within.mean() * beside.mean())
        )
        roots = [np.exp(np.log(v).mean()) for v in (within, beside)]
        want = np.exp(np.log(between).mean()) / np.sqrt(roots[0] * roots[1])
        assert geometric["visual~~textual"][draw] == pytest.approx(want)
        row = found.estimates.iloc[draw]
        loads = np.array([1.0, row["visual=~x2"], row["visual=~x3"]])
        variance, unique = row["visual~~visual"], [row[f"x{i}~~x{i}"] for i in (1, 2, 3)]
        assert omega["visual"][draw] == pytest.approx(loads.sum() ** 2 * variance / cov[:3, :3].sum())
        common = (loads**2).sum() * variance
        assert ave["visual"][draw] == pytest.approx(common / (common + np.sum(unique)))


def test_map_replays_the_draws(whole):
    found = whole.bootstrap(draws=300, seed=7)
    traces = found.map(lambda block: np.einsum("dii->d", block.sample_cov()), names=("trace",))
    assert list(traces.columns) == ["trace"]
    drawn = found.source.sample(1, 0, 44)
    want = np.cov(np.repeat(whole.arrays[0], drawn.counts[0][3].astype(int), axis=0).T, bias=True)
    assert traces["trace"][256 + 3] == pytest.approx(np.trace(want))
    both = found.map(
        lambda block: {"first": block["visual=~x2"], "n": np.full(len(block), block.first)}, workers=2
    )
    np.testing.assert_array_equal(both["first"], found.estimates["visual=~x2"])
    assert set(both["n"]) == {0, 256}
    frames = found.map(lambda block: pd.DataFrame({"m": block.sample_mean()[:, 0]}))
    assert len(frames) == 300
    gap = found.map(lambda block: np.abs(block.implied_cov() - block.sample_cov()).reshape(len(block), -1))
    assert gap.shape == (300, 81)
    assert float(gap.to_numpy().mean()) < 0.1


def test_preview_is_near_and_is_not_the_estimate(whole):
    found = whole.bootstrap(draws=100, seed=3)
    preview = found.one_step()
    assert list(preview.columns) == list(found.estimates.columns)
    away = (preview - found.estimates).to_numpy()[found.admissible]
    se = np.sqrt(np.diagonal(whole.vcov))
    assert 1e-3 < np.median(np.abs(away) / se) < 0.2


def test_progress_and_interruption(whole):
    seen: list[tuple[int, int]] = []
    whole.bootstrap(draws=600, seed=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(256, 600), (512, 600), (600, 600)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    for workers in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            whole.bootstrap(draws=1500, seed=1, workers=workers, progress=stop)


def test_result_protocol(democracy):
    found = democracy.bootstrap(draws=64, seed=2)
    tidy = found.tidy()
    assert list(tidy["label"]) == list(found.names)
    assert (tidy["ci_low"] < tidy["ci_high"]).all()
    assert found.glance()["seed"].iloc[0] == 2 == found.seed
    assert found.to_dict()["ledger"]["requested"] == 64
    assert found.sample == democracy.sample
    assert "64" in found.summary()
    assert "64" in found.summary("id")
    assert np.asarray(found).shape == (64, len(found.names))
    assert democracy.bootstrap(draws=1).seed is not None
    assert "Jackknife" in found.jackknife().summary()


def test_notes_of_clusters_and_of_fits_that_did_not_converge(hs, whole):
    import dataclasses

    clustered = sem.fit(HS, hs.assign(c=np.arange(301) // 9), estimator="MLR", cluster="c")
    notes = [note.code for note in clustered.bootstrap(draws=3, seed=1, kind="parametric").notes]
    assert "SEM514" in notes
    optimum = dataclasses.replace(whole.found.optimum, converged=False)
    lost = dataclasses.replace(whole, found=dataclasses.replace(whole.found, optimum=optimum))
    assert "SEM510" in [note.code for note in lost.bootstrap(draws=3, seed=1).notes]
    assert "SEM513" in [
        note.code for note in sem.fit(HS, hs, estimator="GLS").bootstrap(draws=2, seed=1).notes
    ]
