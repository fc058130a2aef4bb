"""Moderated paths in model text: observed moderators on their own scale, products recognised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate, mediate_latent, messages
from umkm_stats.mediation import Paths

K: dict[str, Any] = {"draws": 40, "seed": 1, "intervals": "percentile"}
TEXT = "m ~ x + w + {p}\ny ~ m + x"


@pytest.fixture(name="data", scope="module")
def _data() -> pd.DataFrame:
    g = np.random.default_rng(4)
    n = 150
    x, w = g.normal(1.0, 1.0, size=n), g.normal(3.5, 0.8, size=n)
    m = 0.5 * x + 0.2 * w + 0.3 * x * w + g.normal(size=n)
    y = 0.6 * m + 0.3 * x + g.normal(size=n)
    frame = pd.DataFrame({"x": x, "w": w, "m": m, "y": y, "t": (np.arange(n) % 2) + 1.0})
    centred = (x - x.mean()) * (w - w.mean())
    return frame.assign(
        xw=x * w, cw=centred, dw=centred - centred.mean(), noise=g.normal(size=n), xt=x * frame["t"]
    )


def conditional(found: Any) -> pd.DataFrame:
    table = found.effects.query("effect == 'conditional_indirect' and method == 'percentile'")
    return table[["path", "est", "ci_low", "ci_high"]].reset_index(drop=True)


@pytest.fixture(name="right", scope="module")
def _right(data: pd.DataFrame) -> Any:
    return mediate(data, x="x", m="m", y="y", moderator="w", probes="sd", **K)


@pytest.mark.parametrize(
    ("product", "given"),
    [
        ("xw", {"xw": ("x", "w")}),
        ("xw", None),
        ("x:w", None),
        ("cw", {"cw": ("x", "w")}),
        ("cw", None),
        ("dw", {"dw": ("x", "w")}),
    ],
)
def test_every_spelling_of_a_product_gives_the_effects_of_mediate(
    data: pd.DataFrame, right: Any, product: str, given: Any
) -> None:
    found = mediate_latent(data, model=TEXT.format(p=product), paths=Paths(products=given, x="x", y="y"), **K)
    assert [p["w"] for p in found.probes] == pytest.approx(
        [data["w"].mean() + k * data["w"].std() for k in (-1, 0, 1)]
    )
    ours, theirs = conditional(found), conditional(right)
    assert ours["path"].tolist() == theirs["path"].tolist()
    assert ours["est"].to_numpy() == pytest.approx(theirs["est"].to_numpy(), rel=1e-5)
    if product in ("xw", "x:w"):  # a product centred once is another in each draw
        assert ours[["ci_low", "ci_high"]].to_numpy() == pytest.approx(
            theirs[["ci_low", "ci_high"]].to_numpy(), rel=1e-4
        )
    index = [
        f.effects.query("effect == 'index' and method == 'percentile'")["est"].item() for f in (found, right)
    ]
    assert index[0] == pytest.approx(index[1], rel=1e-5)
    effects = found.effects
    assert not (effects["effect"] == "indirect").any()
    assert not effects["path"].str.startswith(product).any()
    assert "MED448" in [note.code for note in found.notes]
    assert "MED210" not in [note.code for note in found.notes]


def test_both_values_of_a_dichotomy_are_probed(data: pd.DataFrame) -> None:
    found = mediate_latent(data, model="m ~ x + t + x:t\ny ~ m + x", paths=Paths(x="x", y="y"), **K)
    assert [dict(p) for p in found.probes] == [{"t": 1.0}, {"t": 2.0}]
    other = mediate(data, x="x", m="m", y="y", moderator="t", **K)
    assert conditional(found)["est"].to_numpy() == pytest.approx(
        conditional(other)["est"].to_numpy(), rel=1e-5
    )


def test_percentiles_are_probed_when_asked(data: pd.DataFrame) -> None:
    found = mediate_latent(data, model=TEXT.format(p="x:w"), paths=Paths("x", "y", probes="percentiles"), **K)
    wanted = np.quantile(data["w"], [0.16, 0.5, 0.84], method="weibull")
    assert [p["w"] for p in found.probes] == pytest.approx(wanted, rel=1e-12)
    assert "(16th percentile)" in found.summary()
    for probes in ("quartiles", {"q": [1.0]}):
        with pytest.raises(UsageError, match="MED019"):
            mediate_latent(data, model=TEXT.format(p="x:w"), paths=Paths("x", "y", probes=probes), **K)


def test_a_moderated_second_stage_keeps_the_mediator_as_such(data: pd.DataFrame) -> None:
    found = mediate_latent(data, model="m ~ x\ny ~ m + w + w:m + x", paths=Paths(x="x", y="y"), **K)
    other = mediate(data, x="x", m="m", y="y", moderator="w", moderates="b", probes="sd", **K)
    assert conditional(found)["est"].to_numpy() == pytest.approx(
        conditional(other)["est"].to_numpy(), rel=1e-5
    )


def test_indicator_products_of_an_observed_moderator_stand_on_its_scale() -> None:
    g = np.random.default_rng(6)
    n = 300
    eta, w = g.normal(size=n), g.normal(3.5, 0.8, size=n)
    m = 0.4 * eta + 0.3 * eta * (w - 3.5) + g.normal(size=n)
    data = pd.DataFrame({"w": w, "m": m, "y": 0.5 * m + g.normal(size=n)})
    for k in range(3):
        data[f"x{k}"] = eta + 0.5 * g.normal(size=n)
        raw = (data[f"x{k}"] - data[f"x{k}"].mean()) * (w - w.mean())
        data[f"p{k}"] = raw - raw.mean()
    text = "X =~ x0 + x1 + x2\nXW =~ p0 + p1 + p2\nm ~ a*X + w + h*XW\ny ~ b*m + X"
    found = mediate_latent(
        data,
        model=text,
        paths=Paths(products={"XW": ("X", "w")}, x="X", y="y"),
        draws=40,
        seed=1,
        intervals="monte_carlo",
    )
    values = [p["w"] for p in found.probes]
    assert values == pytest.approx([data["w"].mean() + k * data["w"].std() for k in (-1, 0, 1)])
    labels = found.fit.estimates.set_index("label")["est"]
    wanted = [(labels["a"] + labels["h"] * (v - data["w"].mean())) * labels["b"] for v in values]
    rows = found.effects.query("effect == 'conditional_indirect' and method == 'monte_carlo'")
    assert rows["est"].to_numpy() == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize(
    ("code", "model", "products"),
    [
        ("MED446", TEXT.format(p="noise"), {"noise": ("x", "w")}),
        ("MED022", TEXT.format(p="xw"), {"xw": ("x", "v")}),
        ("MED447", TEXT.format(p="x:x"), None),
    ],
)
def test_a_product_that_is_none_is_refused(data: pd.DataFrame, code: str, model: str, products: Any) -> None:
    with pytest.raises(UsageError, match=code) as caught:
        mediate_latent(data, model=model, paths=Paths(products=products, x="x", y="y"), **K)
    for lang in messages.languages():
        assert "?" not in caught.value.message(lang) + caught.value.remedy(lang)


def test_a_covariate_that_is_a_product_stays_a_covariate(data: pd.DataFrame) -> None:
    found = mediate(data, x="x", m="m", y="y", covariates=["w", "xw"], missing="fiml", **K)
    assert (found.effects["effect"] == "indirect").any()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("m ~ x + x:w\ny ~ m + x", "MED472"),  # w has no path of its own
        ("m ~ x + xw\ny ~ m + x", "MED472"),  # the same in a column made by hand
        ("m ~ x + cw\ny ~ m + x", "MED472"),
        ("m ~ w + xw\ny ~ m + w", "MED472"),  # the other factor is the one that is left out
        ("X =~ x + y\nm ~ X + w + X:w\nnoise ~ m", "MED473"),
    ],
)
def test_a_product_without_its_factors_is_refused(data: pd.DataFrame, text: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        mediate_latent(data, model=text, **K)
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_a_predictor_that_is_no_product_stays_one(data: pd.DataFrame) -> None:
    found = mediate_latent(data, model="m ~ x + noise\ny ~ m + x", **K)
    assert "x -> m -> y" in set(found.effects.query("effect == 'indirect'")["path"])
    covariate = mediate_latent(
        data, model="m ~ x + xw\ny ~ m + x", paths=Paths("x", "y", covariates="xw"), **K
    )
    assert covariate.spec.covariates == ("xw",)  # said to be one, so it is


def test_a_latent_product_is_recognised_by_its_indicators() -> None:
    g = np.random.default_rng(6)
    n = 150
    eta, w = g.normal(size=n), g.normal(3.5, 0.8, size=n)
    m = 0.4 * eta + 0.3 * eta * (w - 3.5) + g.normal(size=n)
    data = pd.DataFrame({"w": w, "m": m, "y": 0.5 * m + g.normal(size=n)})
    for k in range(2):
        data[f"x{k}"] = eta + 0.5 * g.normal(size=n)
        data[f"p{k}"] = (data[f"x{k}"] - data[f"x{k}"].mean()) * (w - w.mean())
    text = "X =~ x0 + x1\nXW =~ p0 + p1\nm ~ X + w + XW\ny ~ m + X"
    own = mediate_latent(data, model=text, **K)
    told = mediate_latent(data, model=text, paths=Paths(products={"XW": ("X", "w")}), **K)
    pd.testing.assert_frame_equal(own.effects, told.effects)
    assert set(own.effects["effect"]) >= {"conditional_indirect", "index"}
    assert "MED210" in [note.code for note in own.notes]


@pytest.mark.parametrize("levels", [(1.0, 2.0), (-1.0, 1.0)])
@pytest.mark.parametrize("order", ["x + t + xt", "xt + x + t", "x + xt + t"])
def test_a_dichotomy_in_a_product_is_not_turned_round(
    data: pd.DataFrame, levels: tuple[float, float], order: str
) -> None:
    """With t of 1 and 2, x = xt·(3 − t)/2: x is a product of xt and t as well, and by -1 and 1 exactly so."""
    t = np.where(np.arange(len(data)) % 2, *levels)
    own = data.assign(t=t, xt=data["x"] * t)
    found = mediate_latent(own, model=f"m ~ {order}\ny ~ m + x", **K)
    other = mediate(own, x="x", m="m", y="y", moderator="t", **K)
    assert conditional(found)["path"].tolist() == conditional(other)["path"].tolist()
    assert conditional(found)["est"].to_numpy() == pytest.approx(
        conditional(other)["est"].to_numpy(), rel=1e-5
    )
