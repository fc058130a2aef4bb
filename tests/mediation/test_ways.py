"""Interval methods have one home: names, what they need, where they are allowed; the first one asked for
decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate, mediate_latent, messages, power, ways
from umkm_stats.kernels.intervals import INTERVALS, METHODS
from umkm_stats.mediation import mediate_binary
from umkm_stats.planning import closed_power, smallest_n

ROLES: dict[str, Any] = {"x": "x", "m": "m", "y": "y", "draws": 500, "seed": 1}
LATENT = "m ~ a*x\nz ~ b*m + c*x"


def sample(seed: int) -> pd.DataFrame:
    g = np.random.default_rng(seed)
    x = g.normal(size=60)
    m = 0.35 * x + g.normal(size=60)
    return pd.DataFrame({"x": x, "m": m, "y": 0.3 * m + g.normal(size=60)})


@pytest.fixture(name="split", scope="module")
def _split() -> pd.DataFrame:
    """A sample on which percentile and BCa exclude zero and basic, studentised and delta do not."""
    return sample(12)


@pytest.fixture(name="two", scope="module")
def _two() -> pd.DataFrame:
    g = np.random.default_rng(1)
    x = g.normal(size=150)
    m = 0.5 * x + g.normal(size=150)
    y = (0.6 * m + g.normal(size=150) > 0).astype(float)
    return pd.DataFrame({"x": x, "m": m, "y": y, "z": 0.4 * m + g.normal(size=150)})


def test_every_way_is_whole() -> None:
    assert len(set(ways.names())) == len(ways.ALL)
    assert set(METHODS) == set(ways.needing("draws"))
    assert not set(ways.ALIASES) & set(ways.names())
    for way in ways.ALL:
        assert way.where, way.name
        for lang in messages.languages():
            assert ways.label(way.name, lang)
            assert ways.phrase(way.name, lang)
    assert all(ways.WAYS[name].limits for name in ways.names("study"))
    assert set(ways.names("study")) <= set(ways.names("scores")) & set(ways.names("latent"))


@pytest.mark.parametrize("first", ways.names("scores"))
def test_the_first_interval_decides_the_kind_of_mediation(split: pd.DataFrame, first: str) -> None:
    result = mediate(split, **ROLES, intervals=(first, "percentile"))
    assert result.primary == first
    kind = result.typology().frame.iloc[0]
    row = result.effects.query("effect == 'indirect' and method == @first").iloc[0]
    assert kind["method"] == first
    through = ways.excludes_zero(row, result.level)
    assert kind["mediation_type"] in (("indirect_only", "complementary") if through else ("no_effect",))


def test_the_methods_of_that_sample_disagree(split: pd.DataFrame) -> None:
    kinds = {
        first: mediate(split, **ROLES, intervals=first).typology().frame["mediation_type"].item()
        for first in ("percentile", "bca", "basic", "studentised", "delta")
    }
    assert kinds == {
        "percentile": "indirect_only",
        "bca": "indirect_only",
        "basic": "no_effect",
        "studentised": "no_effect",
        "delta": "no_effect",
    }


def test_direct_effects_are_judged_by_the_same_interval() -> None:
    found = 0
    for seed in range(60):
        frame = sample(seed)
        result = mediate(frame.assign(y=frame["y"] + 0.25 * frame["x"]), **ROLES, intervals="percentile")
        direct = result.effects[result.effects["effect"] == "direct"].set_index("method")
        by = {m: ways.excludes_zero({**direct.loc[m], "method": m}, 0.95) for m in ("ols", "percentile")}
        if by["ols"] != by["percentile"]:
            kind = result.typology().frame.iloc[0]
            assert kind["method_direct"] == "percentile"
            assert (kind["mediation_type"] in ("complementary", "competitive", "direct_only")) is by[
                "percentile"
            ]
            found += 1
    assert found


def test_a_refused_interval_decides_nothing(split: pd.DataFrame) -> None:
    rows = np.tile(np.arange(60), (30, 1))  # every draw is the sample: nothing varies
    result = mediate(split, x="x", m="m", y="y", rows=rows, seed=1, intervals="percentile")
    found = result.typology()
    assert found.frame["mediation_type"].item() == "undecided"
    assert "MED430" in [note.code for note in found.notes]


def test_vaf_has_the_limits_of_the_first_interval(two: pd.DataFrame) -> None:
    frame = two.assign(y=two["z"] + two["x"])
    limits = {}
    for first in ("percentile", "basic", "bca"):
        found = mediate(frame, **ROLES, intervals=first).vaf()
        limits[first] = found.frame[["ci_low", "ci_high"]].to_numpy().ravel()
        assert found.frame["method"].item() == first
        assert "MED431" not in [note.code for note in found.notes]
    share = found.frame["vaf"].item()
    assert limits["basic"] == pytest.approx(2 * share - limits["percentile"][::-1], abs=1e-12)
    assert not np.allclose(limits["bca"], limits["percentile"])
    other = mediate(frame, **ROLES, intervals="monte_carlo").vaf()
    assert other.frame["method"].item() == "percentile"
    assert [note.params for note in other.notes if note.code == "MED431"] == [
        {"primary": "monte_carlo", "method": "percentile"}
    ]


def test_contrasts_and_curves_use_the_intervals_of_the_run(small: pd.DataFrame) -> None:
    two = mediate(small, x="X", m=["M", "Mbin"], y="Y", draws=300, seed=1, intervals=("bca", "percentile"))
    table = two.contrasts().frame
    assert table["method"].tolist() == ["percentile", "bca"]
    assert np.isfinite(table[["ci_low", "ci_high"]].to_numpy()).all()
    roles: dict[str, Any] = {"x": "X", "m": "M", "y": "Y", "moderator": "W1", "draws": 300, "seed": 1}
    curves = {
        first: mediate(small, **roles, intervals=first).curve(points=5) for first in ("percentile", "bca")
    }
    assert not np.allclose(curves["bca"].frame["ci_low"], curves["percentile"].frame["ci_low"])
    assert not curves["bca"].notes or "MED431" not in [note.code for note in curves["bca"].notes]
    delta = mediate(small, **roles, intervals="delta").curve(points=5)
    assert "MED431" in [note.code for note in delta.notes]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("GEN002", lambda d: mediate_binary(d, **ROLES, intervals="bac")),
        ("GEN006", lambda d: mediate_binary(d, **ROLES, intervals="monte_carlo")),
        ("GEN006", lambda d: mediate_binary(d, **ROLES, intervals="delta")),
        ("GEN005", lambda d: mediate_binary(d, **ROLES, intervals=())),
        ("GEN003", lambda d: mediate_binary(d, **{**ROLES, "draws": -5})),
        ("GEN004", lambda d: mediate_binary(d, **ROLES, level=95)),
        ("GEN003", lambda d: mediate_binary(d, **{**ROLES, "seed": -1})),
        ("GEN006", lambda d: mediate_latent(d, model=LATENT, draws=20, intervals="studentised")),
        ("GEN006", lambda d: mediate_latent(d, model=LATENT, draws=20, intervals=("bca", "bayes"))),
        ("GEN006", lambda d: mediate_latent(d, model=LATENT, draws=20, intervals="permutation")),
        ("GEN002", lambda d: mediate_latent(d, model=LATENT, draws=20, intervals="bcaa")),
        ("GEN006", lambda d: mediate(d, x="x", m="m", y="z", missing="fiml", draws=20, intervals="bayes")),
        ("GEN002", lambda d: mediate(d, x="x", m="m", y="z", draws=20, intervals="bcaa")),
        ("GEN001", lambda d: mediate(d, x="x", m="m", y="z", draws=20, intervals=3)),
        ("GEN002", lambda d: mediate(d, x="x", m="m", y="z", draws=20, intervals=(["bca"],))),
        ("GEN006", lambda _: power("m ~ .3*x\ny ~ .3*m", n=50, reps=5, interval="studentised")),
        ("GEN005", lambda _: power("m ~ .3*x\ny ~ .3*m", n=50, reps=5, interval=())),
        ("GEN006", lambda _: closed_power("m ~ .3*x\ny ~ .3*m", n=50, interval="bca")),
        ("GEN001", lambda _: smallest_n("m ~ .3*x\ny ~ .3*m", interval=("bc", "bca"))),
        ("GEN006", lambda _: smallest_n("m ~ .3*x\ny ~ .3*m", interval="aroian")),
    ],
)
def test_a_method_that_an_analysis_does_not_have_is_an_error(two: pd.DataFrame, code: str, call: Any) -> None:
    with pytest.raises(UsageError) as caught:
        call(two)
    assert caught.value.code == code
    for lang in messages.languages():
        assert "?" not in caught.value.message(lang)
        if code in ("GEN001", "GEN002", "GEN005", "GEN006"):  # the allowed names are said
            assert any(name in caught.value.remedy(lang) for name in ("percentile", "delta"))


def test_all_takes_what_the_analysis_has(two: pd.DataFrame) -> None:
    binary = mediate_binary(two, **ROLES, intervals="all").frame
    assert set(binary.query("effect == 'indirect'")["method"]) == set(ways.names("binary"))
    latent = mediate_latent(two, model=LATENT, draws=60, seed=1, intervals="all").effects
    assert set(latent.query("effect == 'indirect'")["method"]) == set(ways.names("latent"))


def test_other_spellings_are_the_same_method(split: pd.DataFrame) -> None:
    for alias, name in ways.ALIASES.items():
        if "scores" in ways.WAYS[name].where:
            assert mediate(split, **ROLES, intervals=alias).primary == name


def test_the_acceleration_of_groups_is_taken_within_them() -> None:
    g = np.random.default_rng(8)
    x = np.concatenate([g.normal(size=30), g.exponential(size=50)])
    m = np.concatenate([0.8 * x[:30], 0.2 * x[30:]]) + g.normal(size=80)
    frame = pd.DataFrame({"x": x, "m": m, "z": 0.5 * m + g.normal(size=80), "g": [0] * 30 + [1] * 50})
    found = mediate_latent(
        frame, model="m ~ x\nz ~ m + x", group="g", draws=200, seed=1, intervals=("bca", "bc")
    )
    assert found.left is not None
    assert np.bincount(found.left.first).tolist() == [30, 50]
    entry = next(k for k, e in enumerate(found.named) if e.kind == "difference_indirect")
    row = found.effects[found.effects["path"] == found.named[entry].path].set_index("method").loc["bca"]
    raw = found.left.values[:, entry]
    within = np.concatenate([part - part.mean() for part in (raw[:30], raw[30:])])
    draws = found.draws[found.named[entry].key].to_numpy()
    limits = {
        name: INTERVALS["bca"](row["est"], draws, left, 0.95)
        for name, left in (("within", within), ("raw", raw))
    }
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(
        [float(limits["within"].low), float(limits["within"].high)]
    )
    assert abs(float(limits["raw"].low) - row["ci_low"]) > 1e-4


def test_monte_carlo_limits_do_not_depend_on_the_eigenvectors_that_lapack_chose(
    split: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On scores and on latent variables; frozen_own: the first limits are our own numbers, which hold for
    every build of numpy."""

    def rows() -> np.ndarray:
        found = [
            mediate(split, **ROLES, intervals="monte_carlo").effects,
            mediate_latent(
                split.assign(z=split.y), model=LATENT, draws=500, seed=1, intervals="monte_carlo"
            ).effects,
        ]
        kept = [e[e.method == "monte_carlo"][["se", "ci_low", "ci_high", "p"]] for e in found]
        return np.vstack([frame.to_numpy(dtype=float) for frame in kept])

    before = rows()
    plain = np.linalg.eigh

    def signs(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = plain(matrix)
        return values, vectors * (1 - 2 * (np.arange(len(values)) % 2))

    monkeypatch.setattr(np.linalg, "eigh", signs)
    np.testing.assert_allclose(rows(), before, rtol=1e-8)
    np.testing.assert_allclose(before[0, 1:3], [-0.38158645007661246, 0.181391526455134], rtol=1e-8)
