"""Ordinal draws: refits of the same rows, lost categories, worker counts, the loop beside the batch."""

import numpy as np
import pandas as pd
import pytest

import umkm_stats as us
from ordinal_data import NAMES, ordinal_codes
from umkm_stats.kernels import draws as drawing
from umkm_stats.sem.draws._ordinal import DwlsKernel, OrdinalLoop, draw_thresholds
from umkm_stats.sem.draws._source import Drawn

MODEL = "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6\nf2 ~ b*f1\nind := b*b"


@pytest.fixture(scope="module")
def fit():
    frame = pd.DataFrame(ordinal_codes(80, seed=5) + 1, columns=NAMES)
    return us.fit(MODEL, frame, estimator="WLSMV", ordered=NAMES)


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(ordinal_codes(80, seed=5) + 1, columns=NAMES)


def test_draws_equal_refits_of_the_same_rows(fit, frame):
    """Thresholds, correlations, weights and model anew: each draw is a fit to its rows, within 1e-6."""
    rows = drawing.row_block(11, 0, 24, 80)
    found = fit.bootstrap(rows=rows)
    compared = 0
    for draw in np.flatnonzero(found.converged):
        mine = frame.iloc[rows[draw]]
        if any(mine[name].nunique() < frame[name].nunique() for name in NAMES):
            continue
        again = us.fit(MODEL, mine, estimator="DWLS", ordered=NAMES)
        ours = found.estimates.iloc[draw]
        for name, value in zip(again.param_names, again.params, strict=True):
            assert ours[name] == pytest.approx(value, abs=2e-6), (draw, name)
        assert found.status["chisq"][draw] == pytest.approx(again.indices["chisq"], rel=1e-5, abs=1e-7)
        improper = any(note.code in ("SEM404", "SEM405") for note in again.notes) or any(
            again.point.states[0].theta.diagonal() < 0
        )
        assert found.admissible[draw] == (not improper)
        compared += 1
    assert compared >= 5


def test_lost_categories_are_collapsed_counted_and_kept(fit, frame):
    rows = drawing.row_block(11, 0, 60, 80)
    found = fit.bootstrap(rows=rows)
    lost = [
        sum(frame[name].nunique() - frame[name].iloc[rows[draw]].nunique() for name in NAMES)
        for draw in range(60)
    ]
    assert max(lost) > 0, "the test needs a draw that loses a category"
    cuts = [name for name in fit.param_names if "|" in name]
    for draw in np.flatnonzero(found.converged):
        row = found.estimates.iloc[draw]
        assert row[cuts].isna().sum() == lost[draw]
        assert np.isfinite(row[["b", "f1=~u2", "ind"]].astype(float)).all()
        if lost[draw]:
            codes = [np.unique(frame[name].iloc[rows[draw]], return_inverse=True)[1] for name in NAMES]
            joined = pd.DataFrame(dict(zip(NAMES, codes, strict=True)))
            again = us.fit(MODEL, joined, estimator="DWLS", ordered=NAMES)
            assert row["b"] == pytest.approx(again.params[list(again.param_names).index("b")], abs=2e-6)
    reasons = found.ledger["reasons"]
    assert reasons.get("categories_lost", 0) >= 1
    assert found.ledger["requested"] == found.ledger["converged"] + found.ledger["failed"]
    std = found.standardized()
    assert np.isfinite(std.loc[found.converged, "b"]).all()
    assert "category" in found.summary() or "categor" in found.summary()


def test_single_searches_equal_the_batch(fit):
    rows = drawing.row_block(3, 0, 12, 80)
    counts = drawing.counts_of(rows, 80)
    drawn = Drawn((counts,), fit.arrays)
    batch, loop = DwlsKernel.of(fit).estimate(drawn), OrdinalLoop.of(fit).estimate(drawn)
    both = (batch.end == 0) & (loop.end == 0)
    assert both.sum() >= 9
    structural = [i for i, name in enumerate(fit.param_names) if "|" not in name]
    assert np.allclose(batch.params[both][:, structural], loop.params[both][:, structural], atol=3e-6)
    assert np.array_equal(np.isnan(batch.params[both]), np.isnan(loop.params[both]))
    assert np.array_equal(batch.flags[both], loop.flags[both])


def test_same_seed_same_numbers_at_any_worker_count(fit):
    one = fit.bootstrap(draws=300, seed=7)
    two = fit.bootstrap(draws=300, seed=7, workers=2)
    short = fit.bootstrap(draws=20, seed=7)
    assert np.array_equal(one.estimates.to_numpy(), two.estimates.to_numpy(), equal_nan=True)
    assert np.array_equal(one.estimates.to_numpy()[:20], short.estimates.to_numpy(), equal_nan=True)


def test_validity_measures_of_draws_use_derived_residuals(fit):
    found = fit.bootstrap(draws=40, seed=7)
    std = found.standardized()
    loads = std[["f1=~u1", "f1=~u2", "f1=~u3"]].to_numpy()
    assert found.ave()["f1"].to_numpy() == pytest.approx((loads**2).mean(axis=1), nan_ok=True)
    r2 = found.r2()["u2"].to_numpy()
    good = np.isfinite(r2)
    assert r2[good] == pytest.approx(loads[good, 1] ** 2)


def test_groups_with_shared_thresholds_go_one_by_one():
    frame = pd.DataFrame(ordinal_codes(256, seed=5) + 1, columns=NAMES).clip(1, 4)
    frame = frame.assign(half=np.repeat(["a", "b"], 128))
    kept = NAMES[:5]
    model = "f1 =~ u1+u2+u3\nf2 =~ u4+u5"
    fit = us.fit(
        model, frame, estimator="WLSMV", ordered=kept, group="half", group_equal=("loadings", "thresholds")
    )
    assert DwlsKernel.of(fit) is None
    found = fit.bootstrap(draws=4, seed=2)
    assert any(note.code == "SEM513" for note in found.notes)
    rows = found.source.sample(0, 0, 4)
    draw = int(np.flatnonzero(found.converged)[0])
    parts = [
        np.repeat(data, counts[draw].astype(int), axis=0)
        for data, counts in zip(fit.arrays, rows.counts, strict=True)
    ]
    mine = pd.DataFrame(np.vstack(parts), columns=list(fit.observed)).assign(half=["a"] * 128 + ["b"] * 128)
    again = us.fit(
        model, mine, estimator="DWLS", ordered=kept, group="half", group_equal=("loadings", "thresholds")
    )
    assert np.allclose(found.batch.params[draw], again.params, atol=1e-5)


def test_thresholds_of_a_draw():
    margin = np.array([[5.0, 5.0, 10.0], [0.0, 8.0, 12.0], [8.0, 0.0, 12.0], [8.0, 12.0, 0.0]])
    cuts, lost = draw_thresholds(margin)
    assert lost.tolist() == [0, 1, 1, 1]
    assert np.isnan(cuts).sum(axis=1).tolist() == [0, 1, 1, 1]
    assert cuts[1, 1] == pytest.approx(cuts[2, 1]) == pytest.approx(cuts[3, 0])


def test_draws_with_numeric_indicators_and_predictors_equal_refits(frame):
    i = np.arange(80)
    wide = frame.assign(w=frame["u1"] + (i * 7 % 11) / 3, z=frame["u2"] / 3 + (i * 3 % 17) / 5)
    model = "f1 =~ u1+u2+u3+w\nf2 =~ u4+u5+u6\nf2 ~ b*f1+z"
    fit = us.fit(model, wide, estimator="WLSMV", ordered=NAMES)
    rows = drawing.row_block(11, 0, 6, 80)
    found = fit.bootstrap(rows=rows)
    compared = 0
    for draw in np.flatnonzero(found.converged):
        mine = wide.iloc[rows[draw]]
        if any(mine[name].nunique() < wide[name].nunique() for name in NAMES):
            continue
        again = us.fit(model, mine, estimator="DWLS", ordered=NAMES)
        assert np.allclose(found.batch.params[draw], again.params, atol=1e-5)
        compared += 1
    assert compared >= 1
    assert np.isfinite(found.standardized().loc[found.converged, "b"]).all()
