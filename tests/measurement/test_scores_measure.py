"""Scores, and the chapter in one call, on simulated answers to the bundled instrument read by
``read_responses``."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import columns
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import load_instrument
from umkm_stats.measurement import cfa, measure, reliability, scores, validity
from umkm_stats.responses import read_responses
from umkm_stats.results import Result, Unavailable


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("umkm_inovasi@1.0.0")


@pytest.fixture(scope="module")
def responses(instrument, tmp_path_factory):
    """200 answers to the items of the short form: constructs with dimensions, rounded to 1…5."""
    rng = np.random.default_rng(21)
    codes = [question.code for question in instrument.of_form("inti") if question.is_item]
    tops, parts, data = {}, {}, {}
    for code in codes:
        item = instrument.item(code)
        top = tops.setdefault(item.construct, rng.normal(size=200))
        part = parts.setdefault(item.dimension or item.construct, 0.8 * top + 0.6 * rng.normal(size=200))
        data[code] = np.clip(np.round(3.2 + 0.8 * part + 0.6 * rng.normal(size=200)), 1, 5).astype(int)
    path = tmp_path_factory.mktemp("answers") / "answers.csv"
    pd.DataFrame(data).to_csv(path, index=False)
    return read_responses(path, instrument)


def test_means_sums_and_missing(nine, thirds):
    holed = nine.copy()
    holed.iloc[0, 0] = np.nan
    mean = scores(holed, scales=thirds)
    np.testing.assert_allclose(mean.scores["textual"], nine[["x4", "x5", "x6"]].mean(axis=1))
    assert np.isnan(mean.scores["visual"].iloc[0])
    lenient = scores(holed, scales=thirds, minimum=0.6)
    assert lenient.scores["visual"].iloc[0] == pytest.approx(nine.iloc[0][["x2", "x3"]].mean())
    total = scores(holed, scales=thirds, kind="sum", minimum=0.6)
    np.testing.assert_allclose(total.scores["visual"], 3 * lenient.scores["visual"])
    row = mean.tidy().set_index("scale").loc["textual"]
    assert row["reliability"] == pytest.approx(
        reliability(nine, scales=thirds).tidy().set_index("scale").loc["textual", "omega_total"]
    )
    assert set(mean.tidy().columns) <= set(columns.known())
    assert "scores" not in mean.to_dict()  # scores of single respondents are not written


def test_single_item_and_few_rows(nine, thirds):
    result = scores(nine, scales={"one": ["x1"], "textual": thirds["textual"]})
    assert [(note.code, note.row) for note in result.notes] == [("MEA191", "one")]
    few = scores(nine.head(2), scales=thirds)
    assert {note.code for note in few.notes} == {"MEA192"}
    against = nine.assign(x6=-nine["x6"], x4=nine["x4"] * 1.0)
    against["x5"] = np.random.default_rng(1).normal(size=len(nine)) * 0.1 - against["x4"] * 0.01
    result = scores(against, scales={"bent": ["x4", "x5", "x6"], "pair": ["x4", "x6"]})
    pair = result.tidy().set_index("scale").loc["pair"]
    assert pair["reliability"] < 0
    assert "MEA193" in {note.code for note in result.notes}


def test_factor_scores_and_their_determinacy(nine, thirds, semtools_measurement):
    found = cfa(nine, scales=thirds)
    result = scores(None, kind="factor", fit=found)
    table = result.tidy().set_index("scale")
    for scale, value in semtools_measurement["regression_determinacy"].items():
        assert table.loc[scale, "reliability"] == pytest.approx(value, rel=2e-5)
    assert result.scores.shape == (301, 3)
    assert result.scores.var(ddof=0)["textual"] == pytest.approx(
        table.loc["textual", "reliability"]
        * found.fit.estimates.query("lhs == 'textual' and op == '~~' and rhs == 'textual'")["est"].iloc[0],
        rel=1e-3,
    )  # regression scores have variance (squared correlation × factor variance)
    with pytest.raises(UsageError) as caught:
        scores(nine, kind="factor")
    assert caught.value.code == "MEA026"


def test_factor_scores_are_of_the_answers_that_were_fitted(nine, thirds):
    """``responses`` beside a fit to other answers was passed over; the scores were of its rows."""
    holed = nine.assign(x1=nine["x1"].where(nine["x1"] > 2.0)).set_axis(nine.index + 7)
    for data, extra in ((nine, {}), (holed, {}), (holed, {"missing": "fiml"})):
        found = cfa(data, scales=thirds, compare=(), **extra)
        own = scores(None, kind="factor", fit=found).scores
        pd.testing.assert_frame_equal(scores(data, kind="factor", fit=found).scores, own)
        for other in (data.iloc[::-1], data.iloc[:50], data * 2.0):
            with pytest.raises(UsageError) as caught:
                scores(other, kind="factor", fit=found)
            assert caught.value.code == "MEA031"
    with pytest.raises(UsageError) as caught:
        scores(nine, scales=thirds, fit=found)
    assert caught.value.code == "MEA030"
    ordered = (nine > nine.median()).astype(int) + 4
    found = cfa(ordered, scales=thirds, ordered=True, compare=())
    assert len(scores(ordered, kind="factor", fit=found).scores) == len(nine)


def test_formative_index_is_counted(instrument, tmp_path):
    channels = [item.code for item in instrument.items if item.construct == "CH"]
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.integers(1, 6, size=(40, len(channels))), columns=channels)
    for code in ("PID1", "PID2", "PID3"):
        data[code] = rng.integers(1, 6, size=40)
    path = tmp_path / "answers.csv"
    data.to_csv(path, index=False)
    read = read_responses(path, instrument)
    result = scores(read)
    kept = read.kept_items[channels]
    index = instrument.construct("CH")
    np.testing.assert_array_equal(result.scores["CH_BREADTH"], (kept >= index.breadth_from).sum(axis=1))
    np.testing.assert_array_equal(result.scores["CH_DEPTH"], (kept >= index.depth_from).sum(axis=1))
    assert np.isnan(result.tidy().set_index("scale").loc["CH_BREADTH", "reliability"])
    assert "CH" not in reliability(read).tidy()["scale"].tolist()  # an index has no internal consistency


def test_cfa_of_an_instrument_compares_its_structures(responses, instrument):
    result = cfa(responses)
    assert set(result.comparison["structure"]) == {
        "first_order",
        "items",
        "second_order",
        "dimension_means",
        "one_factor",
    }
    table = result.comparison.set_index("structure")
    assert np.isnan(table.loc["dimension_means", "bic"])
    assert not table.loc["dimension_means", "comparable"]
    assert "MEA145" in {note.code for note in result.notes}
    assert result.model == instrument.measurement_syntax("first_order", items=responses.kept_items.columns)
    higher = cfa(responses, structure="second_order", compare=[])
    frame = validity(higher).higher
    assert frame["factor"].tolist() == ["PI", "OI", "NP"]
    assert frame["omega_l1"].between(0.4, 1).all()
    means = cfa(responses, structure="dimension_means", compare=[])
    assert {"PID", "PIF", "PIS"} <= set(means.fit.observed)


def test_items_nobody_answered_are_not_in_the_scales(responses, instrument):
    from types import SimpleNamespace

    emptied = responses.kept_items.assign(PID1=np.nan)
    read = SimpleNamespace(instrument=instrument, kept_items=emptied, items=emptied, sample=None)
    row = reliability(read).tidy().set_index("scale").loc["PI"]
    assert (row["k"], row["n"]) == (8, 200)


def test_groups_come_from_the_other_answers(instrument, tmp_path):
    """City of the business as grouping column of ``invariance``."""
    from umkm_stats.measurement import invariance

    rng = np.random.default_rng(8)
    factor = rng.normal(size=240)
    items = ["PID1", "PID2", "PID3", "PIF1", "PIF2", "PIF3"]
    data = pd.DataFrame(
        {
            code: np.clip(np.round(3 + 0.8 * factor + 0.7 * rng.normal(size=240)), 1, 5).astype(int)
            for code in items
        }
    )
    choices = instrument.question("CITY").choices
    data["CITY"] = [choices[j % 2].value for j in range(240)]
    path = tmp_path / "answers.csv"
    data.to_csv(path, index=False)
    read = read_responses(path, instrument)
    result = invariance(read, group="CITY", structure="items", levels=["configural", "metric"])
    assert sorted(result.groups["n"]) == [120, 120]
    assert result.reached == "metric"


def test_the_chapter_in_one_call(responses):
    steps = []
    result = measure(responses, draws=60, seed=7, progress=lambda done, of: steps.append((done, of)))
    assert isinstance(result, Result)
    assert result.tidy()["available"].all()
    assert steps[-1] == (7, 7)
    assert result.seed == 7
    assert result.reliability.tidy()["scale"].tolist() == ["PI", "OI", "NP"]
    assert result.parts["items"].tidy()["category"].notna().all()  # answer codes come from the instrument
    assert len(result.method_bias.marker) == 3
    assert result.sample.used == 200
    assert {"cfi", "alpha_min", "htmt_max"} <= set(result.glance().columns)
    for lang in ("en", "id"):
        assert "{" not in result.summary(lang)
    plain = result.to_dict()
    assert set(plain["parts"]) == {"items", "reliability", "efa", "cfa", "validity", "method_bias", "scores"}
    codes = [(note.code, tuple(sorted(map(str, note.params.items())))) for note in result.notes]
    assert len(codes) == len(set(codes))
    with pytest.raises(AttributeError):
        _ = result.nonsense


def test_a_step_that_cannot_be_done_says_why(nine, thirds):
    result = measure(nine.assign(x2=3.0), scales=thirds, draws=0, seed=1)
    assert not isinstance(result.parts["reliability"], Unavailable)
    for step in ("efa", "cfa", "validity", "method_bias"):
        assert result.parts[step].code == "MEA012", step
    assert "x2" in result.summary("id")
    assert result.tidy().set_index("step").loc["cfa", "reason"] == "MEA012"
    alone = measure(nine, scales=thirds, draws=0, seed=1, steps=["validity"])
    assert alone.parts["validity"].code == "MEA027"
    few = measure(nine.head(8), scales=thirds, draws=0, seed=1)
    assert few.parts["cfa"].code == "MEA011"
    single = measure(nine, scales={"visual": thirds["visual"], "single": ["x4"]}, draws=0, seed=1)
    assert single.parts["cfa"].code == "MEA008"
    assert "single" in single.parts["cfa"].message("id")


def test_expert_ratings_join_the_chapter(nine, thirds):
    ratings = pd.DataFrame(np.full((9, 6), 5), index=nine.columns, columns=list("ABCDEF"))
    result = measure(nine, scales=thirds, draws=0, seed=1, ratings=ratings, steps=["reliability"])
    assert result.content_validity.s_cvi_ave == 1


def test_wrong_calls_still_raise(nine):
    with pytest.raises(UsageError):
        measure(nine)
    with pytest.raises(UmkmError):
        measure(nine.assign(x1="five"), scales={"a": ["x1", "x2"]})


def test_same_seed_same_chapter(nine, thirds):
    first = measure(nine, scales=thirds, draws=50, seed=3, steps=["reliability", "cfa", "validity"])
    again = measure(nine, scales=thirds, draws=50, seed=3, steps=["reliability", "cfa", "validity"])
    pd.testing.assert_frame_equal(first.validity.pairs, again.validity.pairs)
    pd.testing.assert_frame_equal(first.reliability.tidy(), again.reliability.tidy())
