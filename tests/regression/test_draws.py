"""Bootstrap intervals: every draw is a refit on the same rows; seeds and workers change nothing."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from umkm_stats import UsageError, mediate, regress
from umkm_stats.kernels.draws import row_block
from umkm_stats.kernels.intervals import INTERVALS

DRAW = 1e-8  # moments against least squares on the rows of the draw


def refit(y, x, w=None):
    root = np.ones(len(y)) if w is None else np.sqrt(w)
    design = np.column_stack([np.ones(len(y)), x]) * root[:, None]
    b = np.linalg.lstsq(design, y * root, rcond=None)[0]
    rest = y * root - design @ b
    centre = np.average(y, weights=w)
    return np.append(b, 1 - (rest @ rest) / (root**2 @ (y - centre) ** 2))


def test_draws_are_refits_of_the_drawn_rows(survey):
    found = regress(survey, y=["Y", "Y2"], x=["X1", "X2"], draws=300, seed=11)
    rows = row_block(11, 0, 256, len(survey))
    table = found.draws.to_numpy()
    for k in (0, 1, 100, 255):
        own = survey.iloc[rows[k]]
        expected = [refit(own[y].to_numpy(), own[["X1", "X2"]].to_numpy()) for y in ("Y", "Y2")]
        assert_allclose(table[k], np.concatenate(expected), rtol=DRAW)
    limits = INTERVALS["percentile"](0.0, table[:, 1], None, 0.95)
    row = found.intervals[(found.intervals["outcome"] == "Y") & (found.intervals["term"] == "X1")].iloc[0]
    assert (row["ci_low"], row["ci_high"]) == (float(limits.low), float(limits.high))
    assert_allclose(row["se"], table[:, 1].std(ddof=1), rtol=1e-12)
    assert_allclose(row["est"], found.coefficients["est"].iloc[1], rtol=1e-9)


def test_centred_products_are_centred_in_each_draw(survey):
    found = regress(
        survey, y="Y", x="X1", moderator="W", center=True, draws=256, seed=4, probes={"W": [3, 4]}
    )
    rows = row_block(4, 0, 256, len(survey))
    for k in (0, 17):
        own = survey.iloc[rows[k]]
        a, b = own["X1"] - own["X1"].mean(), own["W"] - own["W"].mean()
        expected = refit(own["Y"].to_numpy(), np.column_stack([a, b, a * b]))
        assert_allclose(found.draws.iloc[k, :5], expected, rtol=1e-7)
        raw = refit(own["Y"].to_numpy(), np.column_stack([own["X1"], own["W"], own["X1"] * own["W"]]))
        assert_allclose(found.draws.iloc[k, 5:], raw[1] + raw[3] * np.array([3.0, 4.0]), rtol=1e-7)
    assert list(found.draws.columns[5:]) == ["Y: X1 | W = 3.000", "Y: X1 | W = 4.000"]
    own = found.intervals.set_index("term")["est"]
    assert_allclose(own[["X1 | W = 3.000", "X1 | W = 4.000"]], found.slopes["est"], rtol=1e-9)
    assert_allclose(own.iloc[:4], found.coefficients["est"], rtol=1e-8)


def test_weighted_and_clustered_draws(survey):
    found = regress(survey, y="Y", x=["X1", "X2"], weights="HEAVY", draws=256, seed=8)
    own = survey.iloc[row_block(8, 0, 256, len(survey))[3]]
    expected = refit(own["Y"].to_numpy(), own[["X1", "X2"]].to_numpy(), own["HEAVY"].to_numpy())
    assert_allclose(found.draws.iloc[3], expected, rtol=DRAW)
    data = survey.assign(VILLAGE=np.repeat(np.arange(30), 5))
    found = regress(data, y="Y", x=["X1", "X2"], cluster="VILLAGE", draws=256, seed=8)
    drawn = row_block(8, 0, 256, 30)[2]
    own = data.iloc[np.concatenate([np.flatnonzero(data["VILLAGE"] == group) for group in drawn])]
    assert_allclose(found.draws.iloc[2], refit(own["Y"].to_numpy(), own[["X1", "X2"]].to_numpy()), rtol=DRAW)
    both = regress(
        data, y="Y", x=["X1"], cluster="VILLAGE", weights="HEAVY", draws=256, seed=8, intervals="bca"
    )
    expected = refit(own["Y"].to_numpy(), own[["X1"]].to_numpy(), own["HEAVY"].to_numpy())
    assert_allclose(both.draws.iloc[2], expected, rtol=DRAW)


def test_same_draws_as_mediation(survey):
    ours = regress(survey, y="Y", x=["X1", "X2"], draws=300, seed=21).draws
    theirs = mediate(survey, x="X1", m="X2", y="Y", draws=300, seed=21, intervals="percentile").draws
    assert_allclose(ours["Y: X1"], theirs["direct: X1 -> Y"], rtol=1e-9)
    assert_allclose(ours["Y: X2"], theirs["b: X2 -> Y"], rtol=1e-9)


def test_same_numbers_whatever_the_workers(survey):
    one, two = (regress(survey, y="Y", x=["X1", "X2"], draws=5000, seed=3, workers=k) for k in (1, 2))
    assert_array_equal(one.draws, two.draws)
    short = regress(survey, y="Y", x=["X1", "X2"], draws=400, seed=3)
    assert_array_equal(one.draws.iloc[:400], short.draws)


def test_bca_uses_the_values_with_one_row_left_out(survey):
    data = survey.head(40)
    found = regress(data, y="Y", x="X1", draws=999, seed=2, intervals=("percentile", "basic", "bc", "bca"))
    left = []
    for k in range(40):
        own = data.drop(index=data.index[k])
        left.append(refit(own["Y"].to_numpy(), own[["X1"]].to_numpy()))
    column = found.draws["Y: X1"].to_numpy()
    point = found.coefficients["est"].iloc[1]
    rows = found.intervals[found.intervals["term"] == "X1"].set_index("method")
    for method in ("percentile", "basic", "bc", "bca"):
        limits = INTERVALS[method](point, column, np.array(left)[:, 1], 0.95)
        assert_allclose(
            rows.loc[method, ["ci_low", "ci_high"]].astype(float), [limits.low, limits.high], rtol=1e-6
        )
    assert "REG158" in [note.code for note in found.notes]


def test_given_rows_and_draws_that_fail(survey):
    data = survey.head(12).assign(RARE=[1.0] + [0.0] * 11)
    found = regress(data, y="Y", x=["X1", "RARE"], draws=400, seed=1)
    failed = int(found.draws.isna().any(axis=1).sum())
    assert failed == found.ledger["failed"] > 50
    assert next(n for n in found.notes if n.code == "REG157").params == {"failed": failed, "requested": 400}
    rows = np.random.default_rng(1).integers(0, 12, size=(50, 12))
    again = regress(data, y="Y", x="X1", rows=rows)
    own = data.iloc[rows[7]]
    assert_allclose(again.draws.iloc[7], refit(own["Y"].to_numpy(), own[["X1"]].to_numpy()), rtol=DRAW)
    with pytest.raises(UsageError) as caught:
        regress(data, y="Y", x="X1", rows=rows + 1)
    assert caught.value.code == "REG123"


def test_too_few_draws_for_a_limit(survey):
    found = regress(survey, y="Y", x="X1", draws=20, seed=1)
    assert "REG164" in [note.code for note in found.notes]
