"""How numbers are written in each voice."""

import pytest

from umkm_stats.report._spec import Column
from umkm_stats.report._voice import choose_voice

ID, APA, APA_ID = choose_voice(style="skripsi"), choose_voice(), choose_voice(lang="id")


@pytest.mark.parametrize(
    ("value", "form", "bounded", "indonesian", "apa"),
    [
        (0.045, "p", False, "0,045", ".045"),
        (0.0004, "p", False, "< 0,001", "< .001"),
        (0.0, "p", False, "< 0,001", "< .001"),
        (1573, "integer", False, "1.573", "1,573"),
        (-0.083, "estimate", False, "−0,083", "−0.083"),
        (-0.0001, "estimate", False, "0,000", "0.000"),
        (0.8765, "index", True, "0,877", ".877"),
        (-0.41, "index", True, "−0,410", "−.410"),
        (1.0, "index", True, "1,000", "1.000"),
        (84.44, "percent", False, "84,4", "84.4"),
        (3.956, "mean", False, "3,96", "3.96"),
        (2.5, "integer", False, "3", "3"),
        (None, "estimate", False, "–", "–"),
        (float("nan"), "estimate", False, "–", "–"),
        (float("inf"), "estimate", False, "–", "–"),
    ],
)
def test_numbers(value, form, bounded, indonesian, apa):
    assert ID.number(value, form, bounded=bounded) == indonesian
    assert APA.number(value, form, bounded=bounded) == apa


def test_intervals_percent_and_p():
    assert ID.interval(0.151, 0.412) == "[0,151; 0,412]"
    assert APA.interval(0.151, 0.412, bounded=True) == "[.151, .412]"
    assert ID.percent(84.42) == "84,4%"
    assert ID.p(0.165) == "p = 0,165"
    assert APA.p(0.0001) == "p < .001"
    assert APA_ID.number(0.5) == "0,500"


def test_skripsi_is_always_indonesian_with_a_comma_and_a_leading_zero():
    voice = choose_voice(style="skripsi", lang="en")
    assert voice.lang == "id"
    assert voice.number(0.05, "p") == "0,050"


def test_text_cells_are_left_alone():
    assert ID.cell("0.5 *x*", Column("a", "A")) == "0.5 *x*"
    assert ID.cell(None, Column("a", "A")) == ""
    assert ID.cell(None, Column("a", "A", "estimate")) == "–"
