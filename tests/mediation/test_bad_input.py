"""Every way in which a model cannot be estimated: a code, a place, words in both languages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UmkmError, UsageError, mediate

G = np.random.default_rng(5)
DATA = pd.DataFrame(G.normal(size=(40, 5)), columns=list("xmywz"))
DATA["one"] = 1.0
DATA["copy"] = DATA["x"]
DATA["word"] = "ya"
DATA["none"] = np.nan
DATA["sum"] = DATA["x"] + DATA["m"]
DATA["g"] = np.arange(40) // 2
ROLES: dict[str, Any] = {"x": "x", "m": "m", "y": "y", "draws": 20, "seed": 1}


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED001", {"data": [1, 2]}),
        ("MED002", {"m": "mm"}),
        ("MED002", {"cluster": "gg"}),
        ("MED003", {"m": "x"}),
        ("MED003", {"m": ["m", "m"]}),
        ("MED003", {"covariates": "y"}),
        ("MED004", {"m": "word"}),
        ("MED005", {"data": DATA.assign(m=np.inf)}),
        ("MED006", {"m": "none"}),
        (
            "MED006",
            {"data": DATA.assign(x=np.nan, m=np.nan, y=np.nan)},
        ),
        ("MED006", {"data": DATA.iloc[:0]}),
        ("MED007", {"data": DATA.iloc[:3]}),
        ("MED008", {"m": "one"}),
        ("MED008", {"x": "one"}),
        ("MED008", {"y": "one"}),
        ("MED009", {"m": ["m", "sum"]}),
        ("MED009", {"covariates": "copy"}),
        ("MED010", {"m": "copy"}),
        ("MED010", {"y": "sum"}),
        ("MED011", {"m": None}),
        ("MED011", {"x": ()}),
        ("MED012", {"moderator": ["w", "z", "g"]}),
        ("MED012", {"moderator": "w", "three_way": True}),
        ("MED460", {"moderates": {"a": None}}),
        ("MED461", {"moderates": {("m", "x"): "w"}}),
        ("MED462", {"moderator": "z", "moderates": {"a": "w"}}),
        ("MED463", {"moderates": {"a": "y"}}),
        ("MED465", {"covariates": {"x": "w"}}),
        ("MED013", {"structure": [("m", "q")]}),
        ("MED014", {"m": ["m", "w"], "structure": [("m", "w"), ("w", "m")]}),
        ("MED015", {"errors": "cluster"}),
        ("MED016", {"cluster": "g", "strata": "s", "data": DATA.assign(s=np.arange(40) % 2)}),
        ("MED017", {"moderator": "one"}),
        ("MED018", {"data": pd.concat([DATA, DATA[["m"]]], axis=1)}),
        ("MED019", {"moderator": "w", "probes": {"w": ["low"]}}),
        ("MED019", {"moderator": "w", "probes": "quartiles"}),
        ("MED019", {"moderator": "w", "probes": {"q": [1.0]}}),
        ("MED038", {"cluster": "one"}),
        ("MED038", {"cluster": "one", "errors": "cluster"}),
        ("MED020", {"rows": np.zeros((5, 39), dtype=int)}),
        ("MED020", {"rows": np.full((5, 40), 40)}),
        ("GEN001", {"structure": "circle"}),
        ("GEN002", {"intervals": "percentil"}),
        ("GEN002", {"errors": "HC9"}),
        ("GEN003", {"draws": 1}),
        ("GEN003", {"seed": -1}),
        ("GEN004", {"level": 95}),
    ],
)
@pytest.mark.filterwarnings("ignore:three_way:DeprecationWarning")
def test_a_coded_error(code: str, change: dict[str, Any]) -> None:
    asked = {**ROLES, **change}
    data = asked.pop("data", DATA)
    with pytest.raises(UmkmError) as caught:
        mediate(data, **asked)
    assert caught.value.code == code
    near = caught.value.params.get("near")
    for lang in ("en", "id"):
        said = caught.value.message(lang) + caught.value.remedy(lang)
        assert code not in said
        assert "?" not in said.replace(f"{near}?", "")
    wrong_use = code in ("MED001", "MED002", "MED003", "MED015", "MED018") or code[:3] == "GEN"
    if wrong_use:
        assert isinstance(caught.value, UsageError)


def test_a_place_is_named() -> None:
    with pytest.raises(UmkmError) as caught:
        mediate(DATA, x="x", m="one", y="y")
    assert caught.value.place.column == "one"
    assert "kolom one" in caught.value.message("id")


def test_boolean_and_nullable_columns_are_numbers() -> None:
    data = DATA.assign(x=DATA["x"] > 0, m=DATA["m"].round().astype("Int64"))
    plain = DATA.assign(x=(DATA["x"] > 0) * 1.0, m=DATA["m"].round())
    first = mediate(data, x="x", m="m", y="y", draws=20, seed=1)
    again = mediate(plain, x="x", m="m", y="y", draws=20, seed=1)
    pd.testing.assert_frame_equal(first.effects, again.effects)


def test_very_small_and_very_large_numbers_are_not_constants() -> None:
    plain = mediate(DATA, x="x", m="m", y="y", draws=40, seed=1)
    tiny = mediate(
        DATA.assign(x=DATA["x"] * 1e-14, y=DATA["y"] * 1e9 + 1e12), x="x", m="m", y="y", draws=40, seed=1
    )
    one, two = (
        found.sizes[found.sizes["scale"] == "std_xy"]["est"].to_numpy(dtype=float) for found in (plain, tiny)
    )
    np.testing.assert_allclose(one, two, rtol=1e-4)
