"""The rules that supervisors name against printed numbers; textbook tests against pwr and two libraries."""

import json
import math
from pathlib import Path

import pytest

from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import classic, rules
from umkm_stats.planning import detectable, sample_sizes, size_for_test

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "pwr_sizes.json").read_text(encoding="utf-8")
)
KEYS = ("predictors", "tails", "df")


def given(row):
    return {key: row[key] for key in (*KEYS, "alpha") if key in row}


@pytest.mark.parametrize("row", REFERENCE["sizes"], ids=lambda r: f"{r['test']}-{r['effect']}-{r['power']}")
def test_sizes_equal_pwr(row):
    """pwr 1.3.0: its n, rounded up; "t" counts both groups."""
    n = math.ceil(row["n"] - 1e-9)
    found = size_for_test(row["test"], row["effect"], power=row["power"], **given(row)).n
    assert found == (2 * n if row["test"] == "t" else n)


@pytest.mark.parametrize("row", REFERENCE["effects"], ids=lambda r: r["test"])
def test_smallest_effects_equal_pwr(row):
    """pwr 1.3.0 to 2e-4 relative (its own root finder stops there)."""
    told = {key: row[key] for key in KEYS if key in row}
    found = detectable(row["test"], n=int(row["n"]), power=row["power"], level=1 - row["alpha"], **told)
    assert found.value == pytest.approx(row["effect"], rel=2e-4)
    assert str(int(row["n"])) in found.summary("id")


def test_power_equals_statsmodels_and_pingouin():
    """statsmodels FTestPowerF2 and pingouin power_*, 1e-6."""
    import pingouin
    from statsmodels.stats.power import FTestPowerF2

    ours = classic.regression(0.15, 68, 2, 2, 0.05)
    assert ours == pytest.approx(
        FTestPowerF2().power(effect_size=0.15, df_num=2, df_denom=65, alpha=0.05), abs=1e-8
    )
    assert classic.correlation(0.3, 85, 0.05, 2) == pytest.approx(pingouin.power_corr(r=0.3, n=85), abs=1e-6)
    assert classic.two_means(0.5, 40, 0.05, 2) == pytest.approx(pingouin.power_ttest(d=0.5, n=40), abs=1e-6)
    assert classic.chi_square(0.3, 100, 2, 0.05) == pytest.approx(
        pingouin.power_chi2(dof=2, w=0.3, n=100), abs=1e-6
    )


def test_rules_by_their_printed_numbers():
    """Cochran 385 and 97; Isaac & Michael's table for 500: 285 (1 %) and 176 (10 %)."""
    assert (rules.cochran(0.05, 0.5, 0.95), rules.lemeshow(0.10, 0.5, 0.95)) == (385, 97)
    assert rules.cochran(0.05, 0.5, 0.95, 500) == 218
    assert (rules.isaac_michael(500, 0.99), rules.isaac_michael(500, 0.90)) == (285, 176)
    assert rules.isaac_michael(1000, 0.90) == 213
    assert (rules.westland_structure(9, 3), rules.westland_structure(12, 3)) == (200, 100)
    assert rules.to_hand_out(160, 0.6, 0.9) == 297
    assert rules.design_effect(20, 0.05) == pytest.approx(1.95)


def test_westland():
    """A printed table (Developmental Review 40, 25-71, 2016, table 4) follows from the formula as printed;
    the size for the power named is near that of one correlation at the corrected level by Fisher's z."""
    printed = {2: (152, 37, 16), 3: (290, 69, 28), 5: (463, 110, 45), 7: (579, 137, 55), 10: (703, 166, 67)}
    for latents, sizes in printed.items():
        for effect, n in zip((0.1, 0.2, 0.3), sizes, strict=True):
            assert rules.westland_effect(effect, latents, 0.05, 0.8, subtracted=True) == n
    for latents in printed:
        corrected = 1 - 0.95 ** (2 / (latents * (latents - 1)))
        plain = classic.size_for(lambda n, a=corrected: classic.correlation(0.3, n, a, 2), 0.8, 4)
        assert rules.westland_effect(0.3, latents, 0.05, 0.8) == pytest.approx(plain, rel=0.08)


def test_one_call_shows_them_side_by_side():
    found = sample_sizes(
        population=500,
        f2=0.15,
        predictors=2,
        r=0.3,
        d=0.5,
        w=0.3,
        df=1,
        latents=5,
        effect=0.3,
        items=27,
        parameters=40,
        model_df=41,
        advised=160,
        response_rate=0.6,
        usable=0.9,
    )
    table = found.tidy().set_index("formula")["n"]
    assert table["f2"] == 68
    assert table["westland_effect"] == 150
    assert table["per_parameter"].tolist() == [200, 400, 800]
    assert table["t"] == 128
    assert found.recommended == 160
    assert found.forms() == 297
    assert found.to_dict()["forms"] == 297
    assert "297" in found.sentence("id")
    assert found.sentence("en").startswith("At least 160 usable answers are planned, by a simulation")
    assert found.summary("en").count("10 % column is not a margin") == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"f2": 0.15}, "PLN146"),
        ({"predictors": 3}, "PLN146"),
        ({"w": 0.3}, "PLN146"),
        ({"latents": 3}, "PLN146"),
        ({"proportion": 0.3}, "PLN146"),
        ({"items": 20, "tails": 2}, "PLN146"),
        ({"population": 500, "power": 0.9}, "PLN146"),
        ({"items": 20, "alpha": 0.01}, "PLN146"),
        ({"latents": 3, "effect": 1.2}, "PLN147"),
        ({"r": 1.0}, "PLN147"),
        ({"r": 0.0}, "PLN135"),
        ({"d": 1e-9}, "PLN148"),
        ({"population": 500, "response_rate": 1.5}, "GEN004"),
        ({"population": 0}, "GEN003"),
        ({"margin": 0.1, "purposive": True}, "PLN136"),
    ],
)
def test_what_does_not_apply_is_refused(told, code):
    with pytest.raises(UsageError) as caught:
        sample_sizes(**told)
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_unknown_population():
    assert sample_sizes(margin=0.1).tidy()["n"].tolist() == [97, 97]
