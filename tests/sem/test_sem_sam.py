"""Structural after measurement equals lavaan 0.6-14 ``sam(…, sam.method = "local")`` with its two-step errors
(estimates 1e-6, errors 1e-6 relative; the numbers below are lavaan's output at nine digits)."""

from __future__ import annotations

import pytest

import umkm_stats.sem as sem
from sem_data import democracy, holzinger
from umkm_stats.errors import UmkmError

DEMOCRACY = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ "
    "a*ind60\ndem65 ~ c*ind60 + b*dem60\nind := a*b"
)
PUPILS = (
    "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ visual + textual "
    "+ ageyr\nvisual ~ ageyr"
)
WANTED = [
    (
        DEMOCRACY,
        "pd",
        {
            ("dem60", "~", "ind60"): (1.44786709, 0.386146333),
            ("dem65", "~", "ind60"): (0.369087796, 0.212331526),
            ("dem65", "~", "dem60"): (0.803018189, 0.127823055),
            ("ind60", "~~", "ind60"): (0.445500315, 0.0867533172),
            ("dem60", "~~", "dem60"): (3.61371177, 0.89784673),
            ("dem65", "~~", "dem65"): (0.259812043, 0.191389077),
            ("ind", ":=", "a*b"): (1.16266361, 0.336718965),
        },
    ),
    (
        PUPILS,
        "hs",
        {
            ("speed", "~", "visual"): (0.291675533, 0.0829813319),
            ("speed", "~", "textual"): (0.131281139, 0.0464880341),
            ("speed", "~", "ageyr"): (0.190841054, 0.0443826804),
            ("visual", "~", "ageyr"): (-0.0060237384, 0.0489728892),
            ("visual", "~~", "visual"): (0.523687112, 0.130226276),
            ("textual", "~~", "textual"): (0.968981377, 0.112148248),
            ("speed", "~~", "speed"): (0.327324095, 0.0733157944),
        },
    ),
]


@pytest.mark.parametrize(("model", "name", "wanted"), WANTED)
def test_equals_lavaan(model: str, name: str, wanted: dict) -> None:
    found = sem.sam(model, democracy() if name == "pd" else holzinger())
    frame = found.estimates.set_index(["lhs", "op", "rhs"])
    for key, (est, se) in wanted.items():
        assert frame.loc[key, "est"] == pytest.approx(est, rel=1e-6), key
        assert frame.loc[key, "se"] == pytest.approx(se, rel=2e-6), key
        assert frame.loc[key, "step"] == 2
    assert "3" in found.summary("id")
    assert found.glance()["blocks"].iloc[0] == 3
    assert set(found.reliability) == set(found.structural.observed) - {"ageyr"}
    assert found.to_dict()["sample"]["used"] == found.sample.used


def test_constructs_with_two_indicators_are_measured_together() -> None:
    found = sem.sam("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5\nvisual ~ textual", holzinger())
    assert len(found.measurement) == 1
    assert found.estimates.query("op == '~'")["est"].iloc[0] > 0


@pytest.mark.parametrize(
    "model",
    [
        "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\nh =~ x7 + x8 + x9\ntop =~ f + g + h",
        "f =~ x1 + x2 + x3\nx1 ~ x4",
        "f =~ x1 + a*x2 + x3\na == 1\nx4 ~ f",
    ],
)
def test_what_cannot_be_split(model: str) -> None:
    with pytest.raises(UmkmError) as caught:
        sem.sam(model, holzinger())
    assert caught.value.code == "SEM311"


def test_constructs_whose_covariances_are_not_positive_definite() -> None:
    data = holzinger()
    data["x4"] = data["x1"] + 0.2 * data["x4"]
    data["x5"] = data["x2"] + 0.2 * data["x5"]
    data["x6"] = data["x3"] + 0.2 * data["x6"]
    with pytest.raises(UmkmError) as caught:
        sem.sam("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f", data)
    assert caught.value.code == "SEM312"
