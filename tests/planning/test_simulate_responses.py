"""Simulated answers: the stated population, the same draws everywhere, and a mess that reads back clean."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.instrument import load_instrument
from umkm_stats.planning import simulate_responses
from umkm_stats.planning._mess import MESS
from umkm_stats.responses import read_responses

EVERYTHING = {
    "missing": 0.02,
    "duplicates": 2,
    "straight_liners": 1,
    "out_of_range": 3,
    "ambiguous": 2,
    "unknown": 2,
    "variants": 0.3,
    "test_rows": 1,
    "identifiers": True,
    "total_row": True,
    "note_row": True,
    "blank_rows": 2,
    "preamble": 2,
    "header_noise": True,
}


@pytest.fixture(autouse=True)
def _key(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("UMKM_STATS_KEY_FILE", str(tmp_path_factory.mktemp("keys") / "pseudonyms.key"))


class Named:
    """Stands in for the instrument in test arguments, whose repr hypothesis would print."""

    def __repr__(self):
        return "umkm_inovasi"

    def __getattr__(self, name):
        return getattr(load_instrument("umkm_inovasi"), name)


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("umkm_inovasi")


@pytest.fixture
def named():
    return Named()


def agrees(made, read):
    """The reading gives the expected score in every row it keeps, and keeps exactly the expected rows."""
    assert read.kept.tolist() == made.expected_kept.tolist()
    found = read.items[made.expected.columns].to_numpy()[read.kept.to_numpy()]
    np.testing.assert_array_equal(found, made.expected.to_numpy()[read.kept.to_numpy()])


def test_same_seed_same_answers_and_longer_runs_extend_shorter_ones(instrument):
    one = simulate_responses(instrument, population=None, n=300, seed=7)
    two = simulate_responses(instrument, population=None, n=300, seed=7)
    longer = simulate_responses(instrument, population=None, n=700, seed=7)
    assert one.answers.equals(two.answers)
    assert longer.clean.iloc[:300].equals(one.clean)
    assert not simulate_responses(instrument, population=None, n=300, seed=8).clean.equals(one.clean)
    assert simulate_responses(instrument, population=None, n=3).seed is not None


def test_population_is_what_it_says(instrument):
    """Correlations of the drawn answers with many categories approach the implied ones (4 standard errors at
    n = 40 000)."""
    population = {
        "paths": {"OI ~ PI": 0.5, "NP ~ OI": 0.4, "NP ~ PI": 0.2},
        "loadings": 0.8,
        "dimension_loadings": 0.9,
        "not_applicable": 0.0,
    }
    made = simulate_responses(instrument, population=population, n=40_000, seed=1)
    truth = made.truth
    assert truth.effects["a"] == 0.5
    assert truth.effects["indirect"] == pytest.approx(0.2)
    assert truth.effects["total"] == pytest.approx(0.4)
    assert truth.residuals["OI"] == pytest.approx(0.75)
    sums = {
        c: made.clean[[i.code for i in instrument.items_of_form() if i.construct == c]].mean(axis=1)
        for c in ("PI", "OI", "NP")
    }
    corr = np.corrcoef([sums["PI"], sums["OI"], sums["NP"]])
    assert corr[0, 1] < 0.5
    ratio = corr[0, 1] / corr[1, 2]
    implied = 0.5 / (0.4 + 0.2 * 0.5)
    assert ratio == pytest.approx(implied, abs=0.06)
    within = np.corrcoef(made.clean[["OI1", "OI3"]].T)[0, 1]
    across = np.corrcoef(made.clean[["OI1", "CC1"]].T)[0, 1]
    assert within == pytest.approx(0.64 * 0.92, abs=0.04)
    assert across / within == pytest.approx(0.81, abs=0.05)
    markers = made.clean[["MK4", "PID1"]]
    assert abs(np.corrcoef(markers.T)[0, 1]) < 0.02


def test_category_shares_follow_the_thresholds(instrument):
    made = simulate_responses(
        instrument, population={"thresholds": [-1.0, -0.5, 0.0, 1.0], "not_applicable": 0.0}, n=20_000, seed=4
    )
    shares = made.clean["OI1"].value_counts(normalize=True).sort_index().tolist()
    np.testing.assert_allclose(shares, [0.1587, 0.1499, 0.1915, 0.3413, 0.1587], atol=0.015)


@pytest.mark.parametrize(
    ("population", "code"),
    [
        ({"loading": 0.5}, "PLN101"),
        ({"loadings": {"QQ": 0.5}}, "PLN101"),
        ({"paths": {"OI ~ ZZ": 0.5}}, "PLN101"),
        ({"paths": {"PI ~ OI": 0.5}}, "PLN101"),
        ({"thresholds": [1.0, 0.0, 2.0, 3.0]}, "PLN101"),
        ({"paths": {"NP ~ OI": 0.9, "NP ~ PI": 0.8}}, "PLN102"),
        ({"loadings": 1.5}, "PLN103"),
        ({"paths": {"OI ~ PI": "strong"}}, "PLN103"),
        ({"model": "M99"}, "GEN00"),
    ],
)
def test_impossible_populations(instrument, population, code):
    with pytest.raises(UsageError, match=code) as caught:
        simulate_responses(instrument, population=population, n=5, seed=1)
    assert caught.value.message("id") != caught.value.message("en")


def test_unknown_options(instrument):
    for options in (
        {"n": 0},
        {"n": 5, "mess": {"typos": 1}},
        {"n": 5, "lang": "jv"},
        {"n": 5, "form": "sedang"},
    ):
        with pytest.raises(UsageError, match="GEN00"):
            simulate_responses(instrument, population=None, seed=1, **options)
    with pytest.raises(UsageError, match="GEN00"):
        simulate_responses(instrument, population=None, n=3, seed=1).write("a.csv", format="paper")


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_messy_export_reads_back(instrument, tmp_path, lang, suffix):
    made = simulate_responses(instrument, population=None, n=80, mess=EVERYTHING, seed=20260901, lang=lang)
    path = made.write(tmp_path / f"a.{suffix}")
    read = read_responses(path, instrument)
    agrees(made, read)
    assert read.source.name == "google-forms"
    found = read.findings.loc[read.findings["severity"] != "note", ["code", "row", "item"]]
    by_kind = {
        "out_of_range": "RSP203",
        "ambiguous": "RSP202",
        "unknown": "RSP201",
        "duplicate": "RSP218",
        "test_row": "RSP219",
        "total_row": "RSP225",
        "note_row": "RSP226",
    }
    for kind, code in by_kind.items():
        planted = made.faults.loc[made.faults["kind"] == kind, ["row", "item"]].to_numpy().tolist()
        seen = found.loc[found["code"] == code, ["row", "item"]].to_numpy().tolist()
        assert planted
        assert all(entry in seen for entry in planted), kind
    assert len(read.privacy.identifiers) >= 3


def test_long_form_with_reverse_keyed_items(tmp_path):
    instrument = load_instrument("umkm_inovasi@1.0.0")  # 2.0.0 has no reverse-keyed item
    made = simulate_responses(
        instrument, population="M4", n=60, seed=3, form="panjang", mess={"missing": 0.01}
    )
    assert made.truth.paths["NP ~ ACAP"] == pytest.approx(0.2)
    read = read_responses(made.write(tmp_path / "a.csv"), instrument)
    assert read.form == "panjang"
    agrees(made, read)
    reverse = next(i for i in instrument.items if i.reverse)
    assert (
        made.clean[reverse.code].dropna()
        == 6 - made.answers.loc[made.clean[reverse.code].notna(), reverse.code]
    ).all()


def test_it_says_that_it_is_simulated(instrument):
    made = simulate_responses(instrument, population=None, n=10, mess={"missing": 0.05}, seed=5)
    assert made.simulated
    assert made.summary("en").startswith("Simulated data")
    assert made.summary("id").startswith("Data simulasi")
    assert made.to_dict()["simulated"] is True
    json.dumps(made.to_dict())
    assert made.sample.used == 10
    assert made.glance().loc[0, "faults"] == len(made.faults)
    assert {"loading", "path", "effect"} <= set(made.tidy()["kind"])
    assert "Responden" not in repr(made)
    assert set(EVERYTHING) <= set(MESS)


def test_codes_have_texts():
    for code in ("PLN101", "PLN102", "PLN103"):
        assert all(messages.message(code, lang) != code for lang in ("en", "id"))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    print_blob=False,
)
@given(
    seed=st.integers(1, 10**6),
    n=st.integers(12, 40),
    missing=st.sampled_from([0.0, 0.05]),
    variants=st.sampled_from([0.0, 0.5, 1.0]),
    duplicates=st.integers(0, 2),
    straight=st.integers(0, 2),
    beyond=st.integers(0, 4),
    ambiguous=st.integers(0, 4),
    unknown=st.integers(0, 4),
    tests=st.integers(0, 1),
    blanks=st.integers(0, 2),
    above=st.integers(0, 3),
    flags=st.lists(st.booleans(), min_size=6, max_size=6),
    suffix=st.sampled_from(["csv", "csv", "xlsx"]),
    lang=st.sampled_from(["id", "en"]),
)
def test_any_mixture_of_mess_gives_the_clean_answers_or_a_finding(
    named,
    tmp_path,
    seed,
    n,
    missing,
    variants,
    duplicates,
    straight,
    beyond,
    ambiguous,
    unknown,
    tests,
    blanks,
    above,
    flags,
    suffix,
    lang,
):
    mess = {
        "missing": missing,
        "variants": variants,
        "duplicates": duplicates,
        "straight_liners": straight,
        "out_of_range": beyond,
        "ambiguous": ambiguous,
        "unknown": unknown,
        "test_rows": tests,
        "blank_rows": blanks,
        "preamble": above,
        "identifiers": flags[0],
        "total_row": flags[1],
        "note_row": flags[2],
        "header_noise": flags[3],
        "numeric": flags[4],
        "no_timestamp": flags[5],
    }
    instrument = load_instrument("umkm_inovasi")
    assert instrument.name == named.name
    made = simulate_responses(instrument, population=None, n=n, mess=mess, seed=seed, lang=lang)
    read = read_responses(made.write(tmp_path / f"{seed}.{suffix}"), instrument)
    assert read.kept.tolist() == made.expected_kept.tolist()
    agrees(made, read)
    sample = read.sample
    assert sample.rows_in == sample.used + sum(sample.dropped.values()) == len(read.items) == len(sample.rows)
    cells = set(
        map(
            tuple,
            read.findings.loc[read.findings["code"].isin(["RSP201", "RSP202", "RSP203"]), ["row", "item"]]
            .to_numpy()
            .tolist(),
        )
    )
    for kind in ("out_of_range", "ambiguous", "unknown"):
        for row, item in made.faults.loc[made.faults["kind"] == kind, ["row", "item"]].to_numpy().tolist():
            assert (row, item) in cells
