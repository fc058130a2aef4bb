"""What a mediation analysis must say, and what it must not do without a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate, messages
from umkm_stats.mediation import mediate_binary, mediate_latent
from umkm_stats.results import Unavailable

K: dict[str, Any] = {"draws": 60, "seed": 1, "intervals": "percentile"}


@pytest.fixture(name="data", scope="module")
def _data() -> pd.DataFrame:
    g = np.random.default_rng(4)
    n = 120
    x, w = g.normal(size=n), g.normal(3.5, 0.8, size=n)
    m = 0.5 * x + 0.2 * w + 0.3 * x * w + g.normal(size=n)
    y = 0.6 * m + 0.3 * x + g.normal(size=n)
    frame = pd.DataFrame({"x": x, "w": w, "m": m, "y": y, "c": g.normal(size=n), "g": np.arange(n) % 40})
    return frame.assign(b=(frame["y"] > frame["y"].median()) * 1.0, k=np.arange(n) % 3)


def codes(result: Any) -> list[str]:
    return [note.code for note in result.notes]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED432", {"moderates": "b"}),
        ("MED432", {"moderates": ("a", "c")}),
        ("MED433", {"moderator": "w", "moderates": "d"}),
        ("MED433", {"m": ["m", "c"], "moderator": "w", "moderates": ("a", "d")}),
        ("MED433", {"m": None, "moderator": "w", "moderates": "b"}),
    ],
)
def test_a_moderation_that_has_no_place_is_an_error(data: pd.DataFrame, code: str, change: Any) -> None:
    with pytest.raises(UsageError, match=code) as caught:
        mediate(data, **{"x": "x", "m": "m", "y": "y", **K, **change})
    for lang in messages.languages():
        assert "?" not in caught.value.message(lang) + caught.value.remedy(lang)


def test_moderates_is_a_without_a_word_and_c_without_mediators(data: pd.DataFrame) -> None:
    assert mediate(data, x="x", m="m", y="y", moderator="w", **K).spec.moderates == ("a",)
    assert mediate(data, x="x", m=None, y="y", moderator="w", **K).spec.moderates == ("c",)
    serial = mediate(data, x="x", m=["m", "c"], y="y", structure="serial", moderator="w", moderates="d", **K)
    assert "m:w" in set(serial.coefficients["term"])


def test_three_whole_values_of_a_predictor_are_pointed_out(data: pd.DataFrame) -> None:
    found = mediate(data, x="k", m="m", y="y", **K)
    assert [note.params for note in found.notes if note.code == "MED434"] == [{"name": "k", "count": 3}]
    assert "MED434" not in codes(mediate(data, x="x", m="m", y="y", **K))


def test_several_outcomes_are_refused_by_the_binary_door(data: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="MED435"):
        mediate_binary(data, x="x", m="m", y=["b", "m"], draws=20, seed=1)  # type: ignore[arg-type]
    one = mediate_binary(data, x="x", m="m", y="b", draws=20, seed=1)
    pd.testing.assert_frame_equal(
        one.frame, mediate_binary(data, x=["x"], m=["m"], y="b", draws=20, seed=1).frame
    )


def test_the_contrast_of_natural_effects_is_said(data: pd.DataFrame) -> None:
    found = mediate_binary(data, x="x", m="m", y="b", draws=40, seed=1)
    low, high = data["x"].mean(), data["x"].mean() + data["x"].std()
    assert f"of x from {low:.4g} to {high:.4g}".replace("-", "\N{MINUS SIGN}") in found.summary()
    local = f"x dari {low:.4g} ke {high:.4g}".replace(".", ",").replace("-", "\N{MINUS SIGN}")
    assert local in found.summary("id")
    two = mediate_binary(data.assign(t=data["k"] > 0), x="t", m="m", y="b", draws=40, seed=1)
    assert next(n for n in two.notes if n.code == "MED439").params["high"] == 1.0


def test_clusters_are_counted_and_rows_without_them_named(data: pd.DataFrame) -> None:
    plain = mediate(data, x="x", m="m", y="y", cluster="g", **K)
    robust = mediate(data, x="x", m="m", y="y", cluster="g", errors="cluster", **K)
    assert "MED437" in codes(plain)
    assert "MED436" in codes(robust)
    for found in (plain, robust):
        assert "40 clusters in g" in found.summary()
        assert "40 klaster pada g" in found.summary("id")


def test_empty_tables_say_why(data: pd.DataFrame) -> None:
    moderated = mediate(data, x="x", m="m", y="y", moderator="w", **K)
    for table in (moderated.vaf(), moderated.typology(), moderated.baron_kenny()):
        assert not len(table.frame)
        assert "MED440" in codes(table)
        assert "w" in table.summary("id")
    assert "a" not in set(moderated.sizes["effect"])
    assert "conditional_indirect" in set(moderated.sizes["effect"])
    assert "MED438" in codes(moderated)
    serial = mediate(data, x="x", m=["m", "c"], y="y", structure="serial", **K)
    steps = serial.baron_kenny()
    assert len(steps.frame)
    chain = mediate(data, x="x", m=["m"], y="y", **K)
    assert codes(chain.contrasts()) == ["MED443"]
    two = mediate(data, x=["x", "w"], m="m", y="y", **K)
    assert codes(two.contrasts()) == ["MED443"]


def test_a_chain_without_a_direct_arrow_has_no_share_and_no_steps() -> None:
    rng = np.random.default_rng(1)
    columns = [rng.normal(size=120)]
    for _ in range(3):
        columns.append(0.5 * columns[-1] + rng.normal(size=120))
    frame = pd.DataFrame(dict(zip(["X", "M", "N", "Y"], columns, strict=True)))
    found = mediate_latent(frame, model="M ~ X\nN ~ M\nY ~ N", draws=40, seed=1)
    assert codes(found.vaf()) == ["MED441"]
    assert codes(found.typology()) == ["MED412", "MED441"]
    assert codes(found.baron_kenny()) == ["MED413", "MED442"]
    assert not any(len(table.frame) for table in (found.vaf(), found.typology(), found.baron_kenny()))


def test_regions_without_a_border_say_which(data: pd.DataFrame) -> None:
    strong = data.assign(m=data["x"] * (2 + data["w"]) + 0.1 * data["c"])
    found = mediate(strong, x="x", m="m", y="y", moderator="w", **K)
    assert found.johnson_neyman is not None
    assert not len(found.johnson_neyman)
    assert "MED444" in codes(found)
    weak = data.assign(m=np.random.default_rng(9).normal(size=len(data)))
    assert "MED445" in codes(mediate(weak, x="x", m="m", y="y", moderator="w", **K))


def test_small_p_is_never_zero_and_reasons_have_a_summary(data: pd.DataFrame) -> None:
    table = mediate(data, x="x", m="m", y="y", **K).baron_kenny()
    assert (table.frame["p"] < 0.001).any()
    assert "< 0.001" in table.summary()
    assert "< 0,001" in table.summary("id")
    assert "0.000" not in table.summary()
    reason = Unavailable("MED420")
    assert reason.message("id") in reason.summary("id")
    assert len(reason.summary()) > len(reason.message())


def test_what_is_not_significant_is_called_not_shown(data: pd.DataFrame) -> None:
    g = np.random.default_rng(2)
    null = pd.DataFrame(g.normal(size=(40, 3)), columns=["x", "m", "y"])
    found = mediate(null, x="x", m="m", y="y", **K).typology()
    assert found.frame["mediation_type"].item() == "no_effect"
    assert "not shown" in found.summary()
    assert "belum terbukti" in found.summary("id")
    assert "no effect" not in found.summary()


def test_a_refused_interval_and_an_effect_without_a_formula_say_so(data: pd.DataFrame) -> None:
    """Two copied scales: BCa has no acceleration; natural effects have no product, so their number stands
    alone; upsilon says why it has no row."""
    copied = data.iloc[:32].assign(m=lambda frame: frame["x"] + np.where(np.arange(32) < 1, 0.5, 0.0))
    found = mediate(copied, x="x", m="m", y="y", draws=60, seed=1, intervals=("bca", "joint"))
    assert "bootstrap, BCa: no interval (see the notes)" in found.summary()
    assert "interval tidak tersedia (lihat catatan)" in found.summary("id")
    assert "joint significance: p = " in found.summary()
    crossed = mediate(data, x="x", m="m", y="y", interaction=True, **K)
    est = crossed.effects.query("effect == 'natural_indirect'")["est"].iloc[0]
    lines = crossed.summary().splitlines()
    place = next(k for k, line in enumerate(lines) if line.startswith("Natural indirect effect"))
    assert lines[place + 1].strip() == f"= {est:.3f}".replace("-", "\N{MINUS SIGN}")
    moderated = mediate(data, x="x", m="m", y="y", moderator="w", **K)
    assert codes(moderated.upsilon()) == ["MED440"]
