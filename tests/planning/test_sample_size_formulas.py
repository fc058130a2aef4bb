"""Quoted formulas against their published numbers; RMSEA power against semTools; precision of alpha."""

import json
from pathlib import Path

import numpy as np
import pytest

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.measurement.scale_reliability import alpha_interval
from umkm_stats.kernels.planning.search import probit_crossing, width_crossing
from umkm_stats.planning import alpha_size, population_notes, rmsea_power, rmsea_size, sample_sizes

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "semtools_rmsea_power.json").read_text(encoding="utf-8")
)


def sizes(**given):
    table = sample_sizes(**given).tidy()
    return dict(zip(table["formula"], table["n"], strict=True))


def test_slovin_and_krejcie_morgan():
    """Slovin 500 at 5 % is 223; Krejcie & Morgan 1970, their table."""
    assert sizes(population=500)["slovin"] == 223
    published = {
        10: 10,
        50: 44,
        100: 80,
        200: 132,
        500: 217,
        1000: 278,
        1500: 306,
        5000: 357,
        10000: 370,
        75000: 382,
    }
    assert {n: sizes(population=n)["krejcie_morgan"] for n in published} == published


def test_inverse_square_root_and_gamma_exponential():
    """Kock & Hadaya 2018: .197 → 160 and 146; .397 → 40 and 26 (their table 3); two tails 203."""
    assert (sizes(path=0.197)["inverse_square_root"], sizes(path=-0.197)["gamma_exponential"]) == (160, 146)
    assert (sizes(path=0.397)["inverse_square_root"], sizes(path=0.397)["gamma_exponential"]) == (40, 26)
    assert sizes(path=0.197, tails=2)["inverse_square_root"] == 203
    assert sizes(path=0.95)["gamma_exponential"] <= 10


def test_rules_of_thumb():
    found = sample_sizes(arrows=4, items=27).tidy()
    assert found["n"].tolist() == [40, 135, 270]
    assert sample_sizes(arrows=4).n == 40


@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_formula_says_what_it_assumes_and_what_is_recommended(lang):
    found = sample_sizes(population=500, path=0.2, arrows=3, items=20)
    said = found.summary(lang)
    for name in found.tidy()["formula"].unique():
        assert found.assumptions(name, lang) in said
    assert messages.text("size.advice", lang) in said
    assert "formulas" in found.glance()
    assert found.to_dict()["rows"][0]["n"] == 223


def test_a_small_population_is_said_plainly():
    few = sample_sizes(population=1573, eligible=120, advised=160)
    assert [note.code for note in few.notes] == ["PLN138"]
    assert "mode populasi" in few.summary("id")
    assert [note.code for note in population_notes(100, eligible=150)] == ["PLN139"]
    assert population_notes(100, eligible=1000) == []
    assert population_notes(100) == []


def test_purposive_samples_have_no_slovin():
    found = sample_sizes(population=400, path=0.3, purposive=True)
    assert "slovin" not in set(found.tidy()["formula"])
    assert found.notes[0].code == "PLN137"
    assert sample_sizes(population=400, purposive=True).n == 400


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("PLN136", {}),
        ("PLN135", {"path": 0}),
        ("PLN135", {"path": "big"}),
        ("GEN003", {"items": 0}),
        ("GEN004", {"population": 10, "margin": 2}),
        ("GEN001", {"path": 0.2, "tails": 3}),
    ],
)
def test_wrong_inputs_are_explained(code, given):
    with pytest.raises(UsageError) as caught:
        sample_sizes(**given)
    assert caught.value.code == code


def test_rmsea_power_equals_semtools():
    """semTools findRMSEApower, 1e-9; findRMSEAsamplesize exact."""
    for null, alternative, df, n, groups, power in REFERENCE["power"]:
        assert rmsea_power(df=df, n=n, null=null, alternative=alternative, groups=groups) == pytest.approx(
            power, abs=1e-9
        )
    for null, alternative, df, n in REFERENCE["samplesize"]:
        assert rmsea_size(df=df, null=null, alternative=alternative).n == n


def test_rmsea_sizes_of_maccallum_browne_sugawara():
    """MacCallum, Browne & Sugawara 1996, table 4 (power .80, close fit .05 against .08): they round within
    5."""
    published = {
        2: 3488,
        4: 1807,
        6: 1238,
        8: 954,
        10: 782,
        12: 666,
        14: 585,
        16: 522,
        18: 472,
        20: 435,
        30: 314,
        50: 214,
        100: 132,
    }
    for df, n in published.items():
        assert abs(rmsea_size(df=df).n - n) <= max(2, 0.003 * n)


def test_rmsea_refuses_equal_values():
    with pytest.raises(UsageError) as caught:
        rmsea_size(df=10, null=0.05, alternative=0.05)
    assert caught.value.code == "PLN140"


def test_alpha_size_is_the_smallest_that_keeps_the_width():
    n = int(alpha_size(alpha=0.8, items=9, width=0.1).tidy().loc[0, "n"])
    wide = [alpha_interval(0.8, size, 9, 0.95) for size in (n - 1, n)]
    assert wide[1][1] - wide[1][0] <= 0.1 < wide[0][1] - wide[0][0]


def test_assurance_of_alpha_holds_in_simulated_samples():
    """Compound-symmetric items with α = .8: at the planned n the width is at most .1 in 90 % of samples (± 4
    SE)."""
    k, value = 5, 0.8
    n = int(alpha_size(alpha=value, items=k, width=0.1, assurance=0.9).tidy().loc[0, "n"])
    r = value / (k - (k - 1) * value)
    g = np.random.default_rng(3)
    hits = []
    for _ in range(1500):
        rows = np.sqrt(r) * g.normal(size=(n, 1)) + np.sqrt(1 - r) * g.normal(size=(n, k))
        cov = np.cov(rows.T)
        low, high = alpha_interval(k / (k - 1) * (1 - np.trace(cov) / cov.sum()), n, k, 0.95)
        hits.append(high - low <= 0.1)
    assert abs(np.mean(hits) - 0.9) < 4 * np.sqrt(0.09 / 1500)


def test_alpha_beside_bonett_and_a_width_beyond_one():
    table = alpha_size(alpha=0.7, items=10, width=0.2).tidy().set_index("formula")["n"]
    assert abs(table["alpha"] - table["bonett"]) <= 8
    with pytest.raises(UsageError) as caught:
        alpha_size(alpha=0.95, items=10, width=0.2)
    assert caught.value.code == "PLN141"


def test_crossings_of_exact_curves():
    from scipy.special import ndtr

    n = np.array([50.0, 70.0, 90.0])
    trials = np.full(3, 1e9)
    hits = trials * ndtr(-2.0 + 0.33 * np.sqrt(n))
    found = probit_crossing(n, hits, trials, 0.8)
    assert found.n == pytest.approx(((0.8416212335729143 + 2.0) / 0.33) ** 2, rel=1e-6)
    assert found.se < 0.01
    falling = probit_crossing(n, hits[::-1].copy(), trials, 0.8)
    assert np.isnan(falling.n)
    widths = width_crossing(n, 3.0 / np.sqrt(n), np.full(3, 0.01), np.full(3, 100.0), 0.3)
    assert widths.n == pytest.approx(100.0)
