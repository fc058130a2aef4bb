"""x that changes the arrow from a mediator to y, centred products, and standardised conditional effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate, messages, regress
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.mediation import Mediation

K: dict[str, Any] = {"draws": 40, "seed": 1, "intervals": "percentile"}
SAME = 1e-9


@pytest.fixture(name="data", scope="module")
def _data() -> pd.DataFrame:
    g = np.random.default_rng(3)
    n = 150
    x, c, w = g.normal(size=n), g.normal(2, 1, size=n), g.normal(1, 1, size=n)
    m = 0.5 * x + 0.3 * c + 0.3 * x * w + g.normal(size=n) + 1
    m2 = 0.4 * x + 0.5 * m + g.normal(size=n) - 2
    y = 0.3 * x + 0.4 * m + 0.2 * x * m + 0.3 * m2 - 0.1 * x * m2 + 0.2 * c + g.normal(size=n)
    return pd.DataFrame({"x": x, "c": c, "w": w, "m": m, "m2": m2, "y": y})


def value(found: Mediation, effect: str, path: str, column: str = "est", method: str = "delta") -> float:
    rows = found.effects
    own = rows[(rows["effect"] == effect) & (rows["path"] == path) & (rows["method"] == method)]
    assert len(own) == 1, (effect, path, method, rows[["effect", "path"]].drop_duplicates().to_string())
    return float(own[column].iloc[0])


def least_squares(outcome: Any, *columns: Any) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients, intercept first, and their covariance."""
    design = np.column_stack([np.ones(len(outcome)), *columns])
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ design.T @ np.asarray(outcome)
    rest = np.asarray(outcome) - design @ found
    return found, inverse * (rest @ rest) / (len(outcome) - design.shape[1])


def by_formula(theta: np.ndarray, low: float, high: float, c: float) -> dict[str, float]:
    """VanderWeele (2015), propositions 2.1 and 2.3: m on 1, x, c (β) and y on 1, x, m, x·m, c (θ)."""
    b, t = theta[:3], theta[3:]
    change = high - low
    direct = {v: (t[1] + t[3] * (b[0] + b[1] * v + b[2] * c)) * change for v in (low, high)}
    through = {v: (t[2] * b[1] + t[3] * b[1] * v) * change for v in (low, high)}
    return {
        "natural_direct": direct[low],
        "natural_direct_total": direct[high],
        "natural_indirect": through[high],
        "natural_indirect_pure": through[low],
        "natural_total": direct[low] + through[high],
    }


def test_natural_effects_equal_the_formulas(data: pd.DataFrame) -> None:
    options: dict[str, Any] = {"covariates": "c", "interaction": True, "contrast": (-1, 2)}
    found = mediate(data, x="x", m="m", y="y", **options, **K)
    x, m, c = (data[name].to_numpy() for name in ("x", "m", "c"))
    b, cov_b = least_squares(m, x, c)
    t, cov_t = least_squares(data["y"], x, m, x * m, c)
    theta = np.concatenate([b, t])
    cov = np.zeros((8, 8))
    cov[:3, :3], cov[3:, 3:] = cov_b, cov_t
    wanted = by_formula(theta, -1, 2, c.mean())
    for kind, est in wanted.items():
        path = "x -> m -> y" if "indirect" in kind else "x -> y"
        assert value(found, kind, path) == pytest.approx(est, rel=SAME)
        step = 1e-6
        slope = [
            (by_formula(theta + h, -1, 2, c.mean())[kind] - by_formula(theta - h, -1, 2, c.mean())[kind])
            / (2 * step)
            for h in step * np.eye(8)
        ]
        assert value(found, kind, path, "se") == pytest.approx(np.sqrt(slope @ cov @ slope), rel=1e-6)
    controlled = (t[1] + t[3] * m.mean()) * 3
    assert value(found, "controlled_direct", "x -> y", method="ols") == pytest.approx(controlled, rel=SAME)
    assert found.process == "74"
    centred = mediate(data, x="x", m="m", y="y", center=True, **options, **K)
    for kind in wanted:
        path = "x -> m -> y" if "indirect" in kind else "x -> y"
        for method in ("delta", "percentile"):
            for column in ("est", "se", "ci_low"):
                assert value(centred, kind, path, column, method) == pytest.approx(
                    value(found, kind, path, column, method), rel=1e-7
                )
    for lang in messages.languages():
        text = found.summary(lang)
        assert messages.text("mediation.effect.natural_indirect", lang) in text
        assert "MED" not in text


def test_natural_effects_in_draws_are_those_of_the_rows(data: pd.DataFrame) -> None:
    rows = np.random.default_rng(8).integers(0, len(data), size=(5, len(data)))
    found = mediate(
        data, x="x", m="m", y="y", covariates="c", interaction=True, contrast=(0, 1), rows=rows, seed=1
    )
    c = data["c"].mean()  # the covariates' means stay those of the sample
    for draw, kept in enumerate(rows):
        own = data.iloc[kept]
        b, _ = least_squares(own["m"], own["x"], own["c"])
        t, _ = least_squares(own["y"], own["x"], own["m"], own["x"] * own["m"], own["c"])
        wanted = by_formula(np.concatenate([b, t]), 0, 1, c)
        got = found.draws.iloc[draw]
        assert got["natural_direct: x -> y"] == pytest.approx(wanted["natural_direct"], rel=1e-7)
        assert got["natural_indirect: x -> m -> y"] == pytest.approx(wanted["natural_indirect"], rel=1e-7)


def test_a_chain_and_a_moderator_equal_predictions_put_into_each_other(data: pd.DataFrame) -> None:
    found = mediate(
        data,
        x="x",
        m=["m", "m2"],
        y="y",
        structure="serial",
        covariates="c",
        moderates={("x", "m"): "w", "b": "x"},
        contrast=(0, 1),
        probes={"w": [0, 2]},
        **K,
    )
    x, m, m2, w, c = (data[name].to_numpy() for name in ("x", "m", "m2", "w", "c"))
    first, _ = least_squares(m, x, w, x * w, c)
    second, _ = least_squares(m2, x, m, c)
    third, _ = least_squares(data["y"], x, m, m2, x * m, x * m2, c)

    def outcome(at: float, under: float, moderator: float) -> float:
        one = first @ [1, under, moderator, under * moderator, c.mean()]
        two = second @ [1, under, one, c.mean()]
        return float(third @ [1, at, one, two, at * one, at * two, c.mean()])

    for moderator in (0, 2):
        for kind, high, low in (
            ("natural_direct", (1, 0), (0, 0)),
            ("natural_indirect", (1, 1), (1, 0)),
            ("natural_total", (1, 1), (0, 0)),
            ("natural_direct_total", (1, 1), (0, 1)),
            ("natural_indirect_pure", (0, 1), (0, 0)),
        ):
            path = ("x -> m + m2 -> y" if "indirect" in kind else "x -> y") + f" | w = {moderator}"
            wanted = outcome(*high, moderator) - outcome(*low, moderator)
            assert value(found, kind, path) == pytest.approx(wanted, rel=SAME)


def test_levels_of_draws_and_their_errors_are_those_of_least_squares(data: pd.DataFrame) -> None:
    table = data[["x", "c", "m"]].to_numpy()
    rows = np.random.default_rng(2).integers(0, len(table), size=(3, len(table)))
    source = engine.units(table)
    from umkm_stats.kernels.mediation.effects import Effect

    effect = Effect(((((0, 2.0), (2, 1.0)),),))  # twice the slope of x, plus the level
    plan = engine.Plan(
        (Regression(2, (0, 1)),), (effect,), errors=True, levels=(0,), centre=table.mean(axis=0)
    )
    drawn = engine.bootstrap(source, plan, draws=3, seed=1, rows=rows)
    assert drawn.errors is not None
    x, c = table[:, 0].mean(), table[:, 1].mean()
    for k, kept in enumerate(rows):
        b, cov = least_squares(table[kept, 2], table[kept, 0], table[kept, 1])
        weight = np.array([1.0, x + 2.0, c])
        assert drawn.values[k, 0] == pytest.approx(weight @ b, rel=1e-9)
        assert drawn.errors[k, 0] == pytest.approx(np.sqrt(weight @ cov @ weight), rel=1e-8)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED467", {"contrast": (0, 1)}),
        ("MED033", {"interaction": True, "contrast": (1, 1)}),
        ("MED033", {"interaction": True, "contrast": "high"}),
        ("MED033", {"interaction": True, "contrast": (0, float("nan"))}),
        ("MED026", {"interaction": True, "missing": "fiml"}),
        ("MED026", {"center": True, "missing": "fiml"}),
        ("MED469", {"interaction": True, "x": ["x", "c"]}),
        ("MED469", {"interaction": True, "m": None, "moderator": "w"}),
    ],
)
def test_what_an_interaction_cannot_be(data: pd.DataFrame, code: str, change: Any) -> None:
    with pytest.raises(UsageError, match=code) as caught:
        mediate(data, **{"x": "x", "m": "m", "y": "y", **change}, **K)
    for lang in messages.languages():
        assert "?" not in caught.value.message(lang) + caught.value.remedy(lang)


def test_the_contrast_is_said_and_bayes_is_not_silent(data: pd.DataFrame) -> None:
    options = {**K, "intervals": ("percentile", "bayes", "studentised", "bca")}
    found = mediate(data, x="x", m="m", y="y", interaction=True, **options)
    said = {note.code: note for note in found.notes}
    low, high = data["x"].mean(), data["x"].mean() + data["x"].std()
    assert said["MED468"].params["low"] == pytest.approx(low)
    assert said["MED468"].params["high"] == pytest.approx(high)
    assert "MED470" in said
    own = found.effects[found.effects["effect"].str.startswith("natural")]
    assert set(own["method"]) == {"percentile", "studentised", "bca", "delta"}
    assert np.isfinite(own[["est", "se", "ci_low", "ci_high"]].to_numpy()).all()
    assert [note.code for note in found.typology().notes][-1] == "MED440"
    assert [note.code for note in found.equivalence(0.1).notes][-1] == "MED440"
    two = mediate(data.assign(x=(data["x"] > 0) * 1.0), x="x", m="m", y="y", interaction=True, **K)
    assert next(n for n in two.notes if n.code == "MED468").params["high"] == 1.0


# ------------------------------------------------------------------ centring
def test_centring_moves_the_arrows_and_nothing_else(data: pd.DataFrame) -> None:
    options: dict[str, Any] = {"x": "x", "m": "m", "y": "y", "moderates": {"a": "w", "b": "c"}}
    raw, centred = (mediate(data, **options, center=center, **K) for center in (False, True))
    kinds = ["conditional_indirect", "index", "conditional_index"]
    one, two = (f.effects[f.effects["effect"].isin(kinds)].drop(columns="path") for f in (raw, centred))
    index = one["effect"] == "index"  # of w and v together: the same at any origin
    pd.testing.assert_frame_equal(one[~index], two[~index], rtol=1e-7)
    pd.testing.assert_frame_equal(one[index], two[index], rtol=1e-7)
    a = f"x -> m | w = {data['w'].mean():.6g}"
    by_room = regress(data, y="m", x="x", moderator="w", center=True, intervals=())
    wanted = by_room.coefficients.set_index("term")
    assert value(centred, "a", a, method="ols") == pytest.approx(wanted.loc["x", "est"], rel=SAME)
    got = centred.regression("m").coefficients.set_index("term")
    for term in ("(intercept)", "x", "w", "x:w"):
        for column in ("est", "se", "vif", "tolerance"):
            assert got.loc[term, column] == pytest.approx(wanted.loc[term, column], rel=1e-8, nan_ok=True)
    assert got.loc["x", "vif"] < raw.regression("m").coefficients.set_index("term").loc["x", "vif"]
    rows = centred.coefficients
    first = rows[(rows["outcome"] == "m") & (rows["term"] == "(intercept)")]["est"].item()
    assert first == pytest.approx(wanted.loc["(intercept)", "est"], rel=SAME)
    assert raw.johnson_neyman is not None
    pd.testing.assert_frame_equal(raw.johnson_neyman, centred.johnson_neyman, rtol=1e-7)


# ------------------------------------------------------------------ sizes
def test_conditional_effects_are_standardised(data: pd.DataFrame) -> None:
    found = mediate(data, x="x", m="m", y="y", moderates={"a": "w", "c": "w"}, **K)
    sizes = found.sizes.set_index(["effect", "path", "scale"])["est"]
    sd = data.std(ddof=0)  # the draws' divisor
    rows = found.effects[found.effects["method"].isin(["delta", "ols"])]
    for kind in ("conditional_indirect", "conditional_direct"):
        own = rows[rows["effect"] == kind]
        assert len(own) == 3
        for path, est in zip(own["path"], own["est"], strict=True):
            assert sizes[kind, path, "std_xy"] == pytest.approx(est * sd["x"] / sd["y"], rel=SAME)
            assert sizes[kind, path, "std_y"] == pytest.approx(est / sd["y"], rel=SAME)
    assert "index" not in sizes.index.get_level_values("effect")
    assert "a" not in sizes.index.get_level_values("effect")  # moderated: no one size
    assert sizes["b", "m -> y", "std_xy"] == pytest.approx(
        value(found, "b", "m -> y", method="ols") * sd["m"] / sd["y"], rel=SAME
    )
    crossed = mediate(data, x="x", m="m", y="y", interaction=True, contrast=(0, 1), **K)
    own = crossed.sizes.set_index(["effect", "scale"])["est"]
    assert own["natural_direct", "std_y"] == pytest.approx(
        value(crossed, "natural_direct", "x -> y") / sd["y"], rel=SAME
    )
    assert ("natural_direct", "std_xy") not in own.index
