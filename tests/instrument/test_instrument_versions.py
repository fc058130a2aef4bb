"""Earlier versions stay loadable by name, with the answers that were collected with them."""

import re
from pathlib import Path

import pandas as pd
import pytest

from umkm_stats import load_instrument, mediate, mediate_latent, read_responses
from umkm_stats.errors import UsageError

SEED = 20260301


@pytest.fixture(scope="module")
def first():
    return load_instrument("umkm_inovasi@1.0.0")


@pytest.fixture(scope="module")
def answers(first):
    return read_responses(Path(first.origin).parent / "demo" / "jawaban_simulasi.xlsx", first)


def test_a_version_is_loaded_by_name(first):
    assert (first.name, first.version) == ("umkm_inovasi", "1.0.0")
    present = load_instrument("umkm_inovasi")
    assert load_instrument(f"umkm_inovasi@{present.version}").digest == present.digest


def test_an_unknown_version_names_those_there_are():
    with pytest.raises(UsageError) as caught:
        load_instrument("umkm_inovasi@0.9")
    assert caught.value.code == "INS140"
    assert "1.0.0" in caught.value.remedy("id")
    with pytest.raises(UsageError) as caught:
        load_instrument("umkm_inovas@1.0.0")
    assert caught.value.code in ("INS001", "INS006")


def test_answers_to_the_first_version_give_the_numbers_they_gave(answers, first):
    """Frozen output of our own (``frozen_own``): as printed while 1.0.0 was the present one,
    seed 20260301, 5 000 draws on scale means."""
    kept = answers.kept_items
    scales = first.scales(kept.columns)
    means = pd.DataFrame({name: kept[scales[name]].mean(axis=1, skipna=False) for name in ("PI", "OI", "NP")})
    found = mediate(means, x="PI", m="OI", y="NP", draws=5000, seed=SEED).effects
    row = found[(found["effect"] == "indirect") & (found["method"] == "percentile")].iloc[0]
    assert [round(float(row[name]), 3) for name in ("est", "ci_low", "ci_high")] == [0.167, 0.100, 0.253]


def test_the_latent_effect_of_the_first_version(answers):
    """Frozen output of our own (``frozen_own``), as above: model M1, dimension means."""
    latent = mediate_latent(
        answers, model="M1", measurement="dimension_means", draws=20, seed=SEED, intervals=("percentile",)
    )
    row = latent.effects[latent.effects["effect"] == "indirect"].iloc[0]
    assert round(float(row["est"]), 3) == 0.254


def test_every_old_code_is_in_the_table(first):
    table = Path(first.origin).with_name("codes.csv")
    codes = pd.read_csv(table, dtype=str, keep_default_na=False)
    assert list(codes.columns) == ["old", "new", "status", "values"]
    present = load_instrument("umkm_inovasi")
    asked = {question.code for question in present.questions}
    assert list(codes["old"]) == [question.code for question in first.questions]
    assert set(codes["status"]) <= {"same", "reworded", "replaced", "dropped"}
    for row in codes.itertuples():
        news = [code for code in row.new.split() if code]
        assert set(news) <= asked, row.old
        assert bool(news) is (row.status != "dropped"), row.old
        assert (row.old in news) is (row.status in ("same", "reworded")), row.old
        if row.status == "same":
            assert first.question(row.old).text == present.question(row.old).text, row.old
            assert first.question(row.old).values == present.question(row.old).values or row.values, row.old
    kept = {
        code for row in codes.itertuples() if row.status in ("same", "reworded") for code in row.new.split()
    }
    assert not [code for code in codes["old"] if code in asked and code not in kept]  # no code changes hands
    assert all(re.fullmatch(r"(\d+→\d+( \d+→\d+)*)?", text.replace("|", " ")) for text in codes["values"])
