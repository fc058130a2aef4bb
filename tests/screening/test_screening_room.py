"""Measures, flags at two independent signals, ledger, missingness, distributions, frames of the chapter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.instrument import load_instrument
from umkm_stats.planning import simulate_responses
from umkm_stats.responses import read_responses
from umkm_stats.results import Unavailable
from umkm_stats.screening import (
    FAMILIES,
    THRESHOLDS,
    distribution,
    early_late,
    frequencies,
    item_levels,
    missing,
    missing_map,
    normality,
    return_rate,
    screen,
)


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("umkm_inovasi@1.0.0")


def reading(instrument, folder, n, seed, **mess):
    made = simulate_responses(instrument, population=None, n=n, mess=mess, seed=seed)
    return made, read_responses(made.write(folder / "a.csv"), instrument)


@pytest.fixture(scope="module")
def case(instrument, tmp_path_factory):
    return reading(
        instrument,
        tmp_path_factory.mktemp("case"),
        200,
        11,
        missing=0.03,
        straight_liners=4,
        test_rows=1,
        duplicates=2,
    )


def test_straight_liners_are_flagged_and_nothing_is_deleted(case):
    made, responses = case
    found = screen(responses)
    planted = made.faults.loc[made.faults["kind"] == "straight_liner", "row"].tolist()
    assert set(planted) <= set(found.ledger["row"])
    assert len(found.ledger) <= len(planted) + 6
    assert found.kept.equals(responses.kept)
    assert found.sample.used == responses.sample.used
    assert not found.ledger["excluded"].any()
    for row in planted:
        line = found.ledger.set_index("row").loc[row]
        assert {"invariability", "consistency"} <= set(line["families"].split(", "))
    assert {note.code for note in found.notes} >= {"SCR202", "SCR203"}


def test_every_measure_says_its_direction(case):
    found = screen(case[1])
    names = [c for c in found.measures.columns if c != "row"]
    assert all(name.endswith(("_high", "_low")) for name in names)
    assert set(FAMILIES) == set(THRESHOLDS)
    assert found.measures.loc[~case[1].kept, names].isna().all().all()
    for name in names:
        for lang in ("en", "id"):
            assert messages.catalogue(lang)["columns"][name]["label"]


def test_two_signals_of_one_kind_do_not_flag(case):
    found = screen(case[1])
    kinds = found.flags[[m for m, f in FAMILIES.items() if f == "invariability"]].sum(axis=1)
    alone = (kinds >= 2) & (found.flags["families"] == 1)
    assert not found.flags.loc[alone, "flagged"].any()
    assert (found.flags["flagged"] == (found.flags["families"] >= 2)).all()
    assert screen(case[1], minimum_signals=1).flagged.sum() > found.flagged.sum()


def test_with_and_without(case):
    responses = case[1]
    found = screen(responses, exclude="flagged")
    flagged = int(found.flagged.sum())
    assert found.sample.used == responses.sample.used - flagged == int(found.kept.sum())
    assert found.sample.rows_in == found.sample.used + sum(found.sample.dropped.values())
    assert found.sample.dropped["flagged"] == flagged
    table = screen(responses).compare(
        lambda items: {"mean": float(items.mean().mean()), "n": float(len(items))}
    )
    assert table.set_index("name").loc["n", "difference"] == -flagged
    assert len(found.kept_items) == found.sample.used


def test_rows_left_out_by_hand(case):
    responses = case[1]
    row = int(responses.sample.rows.loc[responses.kept, "row"].iloc[5])
    found = screen(responses, exclude_rows=[row])
    assert found.sample.dropped["excluded_by_hand"] == 1
    assert found.ledger.set_index("row").loc[row, "reason"] == "excluded_by_hand"
    assert "left out by hand" in found.sample.describe("en")
    with pytest.raises(UsageError, match="SCR101"):
        screen(responses, exclude_rows=[99_999])


def test_unknown_options(case):
    for options in ({"thresholds": {"irv": 1}}, {"exclude": "all"}, {"minimum_signals": 0}):
        with pytest.raises(UsageError, match="GEN00"):
            screen(case[1], **options)


def test_attention_and_time(instrument, tmp_path):
    made = simulate_responses(instrument, population=None, n=60, seed=3, mess={"numeric": True})
    frame = made.frame.copy()
    column = next(c for c in frame.columns if str(c).startswith("AC1"))
    frame.loc[4, column] = instrument.question("AC1").labels["id"][1]
    frame.insert(1, "start", "2026-10-01 10:00:00")
    frame.insert(2, "end", ["2026-10-01 10:00:20" if i == 4 else "2026-10-01 10:06:00" for i in range(60)])
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    responses = read_responses(path, instrument)
    found = screen(responses)
    assert found.measures["attention_failed_high"].tolist()[4] == 1
    assert found.measures["seconds_per_item_low"].iloc[4] < 1
    assert bool(found.flagged.iloc[4])
    assert set(found.ledger.loc[found.ledger["row"] == 6, "families"].iloc[0].split(", ")) >= {
        "attention",
        "time",
    }


def test_too_few_rows_give_notes_not_numbers(instrument, tmp_path):
    _, responses = reading(instrument, tmp_path, 12, 1)
    found = screen(responses)
    assert found.measures["mahalanobis_d2_high"].isna().all()
    assert {n.code for n in found.notes} >= {"SCR201"}


def test_result_protocol(case):
    for result in (screen(case[1]), missing(case[1]), normality(case[1])):
        assert len(result.tidy())
        assert len(result.glance()) == 1
        assert result.seed is None
        json.dumps(result.to_dict())
        for lang in ("en", "id"):
            assert len(result.summary(lang)) > 20
        assert result.sample.rows_in >= result.sample.used
    assert "Responden" not in repr(screen(case[1])) + repr(missing(case[1]))


def test_missing(case):
    _made, responses = case
    found = missing(responses)
    reflective = found.items["item"].tolist()
    expected = responses.items.loc[responses.kept, reflective].isna()
    assert found.items["missing"].tolist() == expected.sum().tolist()
    assert found.persons["missing"].tolist() == expected.sum(axis=1).tolist()
    assert found.patterns["rows"].sum() == responses.sample.used
    assert found.little.df > 0
    assert found.little.p > 0.001
    assert {n.code for n in found.notes} & {"SCR205", "SCR206"}


def test_missing_not_at_random_is_noticed(instrument, tmp_path):
    made, _ = reading(instrument, tmp_path, 400, 5)
    frame = made.frame.copy()
    first, second = (next(c for c in frame.columns if f"[{code}." in str(c)) for code in ("OI1", "OI2"))
    frame.loc[made.answers["OI1"] <= 2, second] = None
    frame.to_csv(tmp_path / "b.csv", index=False)
    found = missing(read_responses(tmp_path / "b.csv", instrument), items=["OI1", "OI2", "OI3", "OI4"])
    assert found.little.p < 1e-6
    assert "SCR207" in {n.code for n in found.notes}
    assert first != second


def test_nothing_missing_and_singular(instrument, tmp_path):
    made = simulate_responses(instrument, population={"not_applicable": 0.0}, n=80, seed=2)
    responses = read_responses(made.write(tmp_path / "a.csv"), instrument)
    assert missing(responses).little.code == "SCR301"
    frame = made.frame.copy()
    column = next(c for c in frame.columns if "[OI1." in str(c))
    frame[column] = "Sangat Setuju"
    frame.loc[3, next(c for c in frame.columns if "[OI2." in str(c))] = None
    frame.to_csv(tmp_path / "b.csv", index=False)
    responses = read_responses(tmp_path / "b.csv", instrument)
    found = missing(responses)
    assert isinstance(found.little, Unavailable)
    assert found.little.code == "SCR302"
    shape = normality(responses)
    assert isinstance(shape.mardia, Unavailable)
    assert isinstance(shape.henze_zirkler, Unavailable)
    assert {"SCR212", "SCR209"} <= {n.code for n in shape.notes}
    few = read_responses(
        simulate_responses(instrument, population=None, n=20, seed=2, mess={"missing": 0.05}).write(
            tmp_path / "c.csv"
        ),
        instrument,
    )
    assert missing(few).little.code == "SCR303"


def test_too_many_patterns(instrument, tmp_path, monkeypatch):
    from umkm_stats.screening import _careless_measures, _missing

    _, responses = reading(instrument, tmp_path, 150, 5, missing=0.02)
    monkeypatch.setattr(_missing, "MAX_PATTERNS", 3)
    monkeypatch.setattr(_careless_measures, "MAX_PATTERNS", 3)
    assert missing(responses).little.code == "SCR304"
    assert "SCR211" in {n.code for n in screen(responses).notes}


def test_em_that_does_not_settle_is_said(case, monkeypatch):
    from umkm_stats.kernels.screening import missing_normal

    plain = missing_normal.em_normal
    monkeypatch.setattr(missing_normal, "em_normal", lambda x, **o: plain(x, **{**o, "limit": 2}))
    assert "SCR204" in {n.code for n in missing(case[1]).notes}


def test_normality(case):
    found = normality(case[1])
    assert found.mardia.n == found.sample.used
    assert found.sample.rows_in == found.sample.used + sum(found.sample.dropped.values())
    assert set(found.scales["scale"]) == {"PI", "OI", "NP"}
    assert found.items["ceiling"].between(0, 1).all()
    assert 0 <= found.henze_zirkler[1] <= 1
    assert "SCR208" in {n.code for n in found.notes} or found.mardia.p_kurtosis >= 0.05


def test_scale_at_the_end_of_its_range(case):
    import copy

    responses = copy.copy(case[1])
    items = responses.items.copy()
    items[["OI1", "OI2", "OI3", "OI4", "OI5", "OI6", "CC1", "CC2", "CC3"]] = 5.0
    object.__setattr__(responses, "items", items)
    assert "SCR210" in {n.code for n in normality(responses).notes}


def test_large_samples_skip_henze_zirkler(case, monkeypatch):
    from umkm_stats.screening import _normality

    monkeypatch.setattr(_normality, "MAX_ROWS", 50)
    assert normality(case[1], items=["OI1", "OI2"]).henze_zirkler.code == "SCR305"


def test_return_rate(case):
    responses = case[1]
    table = return_rate(responses, distributed=250).set_index("step")
    assert table.loc["usable", "count"] == responses.sample.used
    assert table.loc["returned", "count"] == responses.sample.rows_in
    assert table.loc["usable", "percent"] == pytest.approx(100 * responses.sample.used / 250)
    with pytest.raises(UsageError, match="SCR102"):
        return_rate(responses, distributed=100)


def test_frequencies(case):
    responses = case[1]
    table = frequencies(responses, "CITY")
    assert table["count"].sum() == responses.sample.used
    assert table["percent"].sum() == pytest.approx(100)
    assert table.loc[0, "label"] == "Kota Samarinda"
    boxes = frequencies(responses, "ASSIST", lang="en")
    assert boxes["count"].iloc[0] == responses.multiple("ASSIST").loc[responses.kept].iloc[:, 0].sum()
    empty = frequencies(responses, "SEX") if "SEX" not in responses.respondents else None
    assert empty is None or empty["count"].iloc[-1] == responses.sample.used


def test_distribution_and_levels(case):
    responses = case[1]
    table = distribution(responses, items=["OI1"])
    assert table["count"].sum() == responses.items.loc[responses.kept, "OI1"].notna().sum()
    assert table["percent"].sum() == pytest.approx(100)
    levels = item_levels(responses).set_index("item")
    for code in ("OI1", "NP" if "NP" in levels.index else "BE1"):
        mean = levels.loc[code, "mean"]
        borders = [1.8, 2.6, 3.4, 4.2, 5.0]
        assert levels.loc[code, "level"] == next(
            i + 1 for i, border in enumerate(borders) if mean <= border + 1e-9
        )


def test_missing_map_keeps_kinds_apart(case):
    responses = case[1]
    table = missing_map(responses)
    assert len(table) == responses.sample.used
    assert set(np.unique(table.drop(columns="row").to_numpy())) == {0, 1, 2}
    assert (table.drop(columns="row") == 2).sum().sum() == responses.not_applicable.loc[
        responses.kept
    ].sum().sum()


def test_early_against_late(case):
    table = early_late(case[1])
    assert set(table["construct"]) == {"PI", "OI", "NP"}
    assert table["p"].between(0, 1).all()
    assert (table["n_early"] <= 50).all()
    with pytest.raises(UsageError, match="GEN004"):
        early_late(case[1], share=0.7)


def test_codes_have_texts_and_are_used():
    codes = {c for c in messages.catalogue("en") if c.startswith("SCR")}
    assert codes == {c for c in messages.catalogue("id") if c.startswith("SCR")}
    folder = Path(messages.__file__).parents[1] / "screening"
    used = set(re.findall(r"SCR\d{3}", "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py"))))
    assert used == codes
