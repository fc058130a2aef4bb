"""Pictures and LaTeX tables of a mediation: they show the numbers of the result."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import UsageError, mediate, mediate_latent
from umkm_stats.figures import saved

G = np.random.default_rng(11)
N = 120
DATA = pd.DataFrame(G.normal(size=(N, 4)), columns=["x", "w", "v", "c"])
DATA["m"] = 0.4 * DATA.x + 0.3 * DATA.w + 0.5 * DATA.x * DATA.w + G.normal(size=N)
DATA["y"] = 0.5 * DATA.m + 0.2 * DATA.x + 0.2 * DATA.c + G.normal(size=N)
OPTIONS = {"draws": 60, "seed": 3, "intervals": ("percentile", "bc")}


@pytest.fixture(name="plain", scope="module")
def _plain():
    return mediate(DATA, x="x", m="m", y="y", covariates="c", **OPTIONS)


@pytest.fixture(name="moderated", scope="module")
def _moderated():
    return mediate(DATA, x="x", m="m", y="y", covariates="c", moderator="w", probes="sd", **OPTIONS)


def limits(result, effect, method="percentile"):
    (row,) = result.effects.query("effect == @effect and method == @method").to_dict("records")
    return row["est"], row["ci_low"], row["ci_high"]


def test_effects_are_the_deciding_rows(plain):
    (axes,) = plain.plot("effects").axes
    names = [" ".join(label.get_text().split()) for label in axes.get_yticklabels()]
    assert names == ["Direct effect c' x → y", "Total effect c x → y", "Indirect effect x → m → y"]
    assert_allclose(axes.lines[3].get_xdata(), limits(plain, "indirect")[0])
    ends = axes.collections[2].get_segments()[0][:, 0]
    assert_allclose(ends, limits(plain, "indirect")[1:])
    (axes,) = plain.plot("effects", path="x -> m -> y", lang="id").axes
    assert axes.get_xlabel() == "Estimasi"
    assert len(axes.get_yticklabels()) == 1


def test_draws_are_those_of_the_result(plain):
    top, bottom = plain.plot("draws").axes
    bars = top.collections[0].get_paths()
    counted = sum(bar.vertices[:, 1].max() for bar in bars)
    values = plain.draws["indirect: x -> m -> y"]
    low, high = bottom.get_xlim()
    assert counted == ((values >= low) & (values <= high)).sum()
    assert next(label.get_text() for label in bottom.get_yticklabels()) == "bootstrap, percentile"
    assert_allclose(bottom.lines[0].get_xdata(), limits(plain, "indirect")[1:])
    top, _ = plain.plot("draws", path="x -> y").axes
    assert top.collections


def test_diagram_has_every_arrow(plain, moderated):
    words = " ".join(text.get_text() for text in plain.plot("paths").axes[0].texts)
    for effect in ("a", "b", "direct"):
        assert f"{limits(plain, effect, 'ols')[0]:.3f}".replace("-", "−") in words
    r2 = plain.equations.set_index("role").loc["outcome", "r2"]
    assert f"R² = {r2:.3f}" in words
    words = [text.get_text() for text in moderated.plot("paths", lang="id").axes[0].texts]
    assert any(word.startswith("x × w") for word in words)
    assert saved(moderated.plot("paths"))["png"][:4] == b"\x89PNG"


def test_lines_have_the_slopes_of_the_arrow(moderated):
    (axes,) = moderated.plot("simple_slopes").axes
    est = moderated.coefficients.query("outcome == 'm'").set_index("term")["est"]
    assert len(axes.lines) == 3
    for line, probe in zip(axes.lines, moderated.probes, strict=True):
        x, y = line.get_data()
        assert_allclose(np.diff(y) / np.diff(x), est["x"] + est["x:w"] * probe["w"])
        assert_allclose(
            y[0],
            est["(intercept)"]
            + est["w"] * probe["w"]
            + est["c"] * DATA.c.mean()
            + x[0] * (est["x"] + est["x:w"] * probe["w"]),
        )
    (axes,) = moderated.plot("simple_slopes", path="x -> m", lang="id").axes
    assert axes.get_legend().get_texts()[0].get_text().startswith("w = −")


def test_band_touches_zero_at_the_borders(moderated):
    (axes,) = moderated.plot("johnson_neyman").axes
    known = moderated.johnson_neyman.query("path == 'x -> m'")["value"]
    drawn = [line.get_xdata()[0] for line in axes.lines[2:]]
    assert_allclose(drawn, known, rtol=1e-8)
    est = moderated.coefficients.query("outcome == 'm'").set_index("term")["est"]
    x, y = axes.lines[0].get_data()
    assert_allclose(y, est["x"] + est["x:w"] * x)
    (axes,) = moderated.plot("johnson_neyman", path="x -> m -> y").axes
    curve = moderated.curve(points=81).frame.query("effect == 'conditional_indirect'")
    assert_allclose(axes.lines[0].get_ydata(), curve["est"])


def test_a_second_moderator_stays_at_its_middle_probe():
    found = mediate(DATA, x="x", m="m", y="y", moderator=["w", "v"], **OPTIONS)
    (axes,) = found.plot("johnson_neyman", moderator="v").axes
    est = found.coefficients.query("outcome == 'm'").set_index("term")["est"]
    middle = np.quantile(DATA.w, 0.5, method="weibull")
    x, y = axes.lines[0].get_data()
    assert_allclose(y, est["x"] + est["x:w"] * middle + est["x:v"] * x, rtol=1e-9)
    assert len(found.plot("simple_slopes").axes[0].lines) == 9


def test_latent_models_have_effects_draws_and_diagram():
    data = pd.DataFrame(
        {f"{name}{k}": DATA[name] + G.normal(size=N) for name in ("x", "m", "y") for k in range(3)}
    )
    text = "X =~ x0 + x1 + x2\nM =~ m0 + m1 + m2\nY =~ y0 + y1 + y2\nM ~ X\nY ~ M + X"
    found = mediate_latent(data, model=text, draws=20, seed=1, intervals="percentile")
    words = " ".join(text.get_text() for text in found.plot("paths").axes[0].texts)
    assert f"{limits(found, 'a', 'wald')[0]:.3f}" in words
    assert found.plot("effects").axes
    assert found.plot("draws").axes
    with pytest.raises(UsageError) as caught:
        found.plot("simple_slopes")
    assert caught.value.code == "MED480"


def test_pictures_that_are_not_there(plain):
    for kind, options, code in (
        ("simple_slopes", {}, "MED480"),
        ("johnson_neyman", {}, "MED480"),
        ("effects", {"path": "x -> z"}, "MED481"),
        ("draws", {"path": "x -> z"}, "MED481"),
        ("heat", {}, "GEN001"),
    ):
        with pytest.raises(UsageError) as caught:
            plain.plot(kind, **options)
        assert caught.value.code == code
        assert caught.value.message("id") != caught.value.message("en")


def test_latex_holds_the_rows(plain):
    text = plain.latex()
    rows = [line for line in text.splitlines() if line.endswith(r"\\")][1:]
    assert len(rows) == len(plain.effects)
    for line, row in zip(rows, plain.effects.to_dict("records"), strict=True):
        cells = [cell.strip() for cell in line.removesuffix(r"\\").split("&")]
        assert cells[2] == f"{row['est']:.3f}".replace("-", "$-$")
        assert "0.000" not in cells[6]
    assert r"x $\rightarrow$ m" in text
    assert "Seed: 3" in text
    assert "60 requested" in text
    one = plain.latex(methods="bc", lang="id")
    assert one.count("bootstrap, terkoreksi bias") == 3
    assert "persentil" not in one
    with pytest.raises(UsageError) as caught:
        plain.latex(methods="bca")
    assert caught.value.code == "GEN002"
    detail = plain.vaf().latex(lang="id")
    assert r"\begin{tabular}" in detail
    assert f"{plain.vaf().frame['vaf'][0]:.3f}".replace(".", ",") in detail


def test_a_curve_of_several_moderators_takes_the_one_that_is_named():
    """The others at their middle probe, or at those the path names; a dichotomy has no range."""
    stream = np.random.default_rng(4)
    x, w, v = stream.normal(size=(3, 80))
    m = x * (0.4 + 0.3 * w) + stream.normal(size=80)
    data = pd.DataFrame({"x": x, "w": w, "v": v, "m": m, "y": m * (0.4 + 0.3 * v) + stream.normal(size=80)})
    data["z"] = (v > 0) * 1.0
    given = {"draws": 60, "seed": 1, "intervals": "percentile"}
    found = mediate(data, x="x", m="m", y="y", moderates={"a": "w", "b": "v"}, **given)
    for name, other in (("w", "v"), ("v", "w")):
        drawn = found.plot("johnson_neyman", path="x -> m -> y", moderator=name).axes[0]
        assert drawn.get_xlabel() == name
        middle = found.probes[len(found.probes) // 2][other]
        assert f"{other}\xa0=\xa0{middle:.6g}".replace("-", "\N{MINUS SIGN}") in drawn.get_ylabel()
    for name in ("q", "z"):
        with pytest.raises(UsageError) as caught:
            found.plot("johnson_neyman", path="x -> m -> y", moderator=name)
        assert caught.value.code == "GEN001"
    two = mediate(data, x="x", m="m", y="y", moderator="z", **given)
    with pytest.raises(UsageError) as caught:
        two.plot("johnson_neyman")
    assert caught.value.code == "MED480"


def test_labels_of_many_conditional_effects_have_room():
    """No label of the effects' picture touches the next one."""
    stream = np.random.default_rng(4)
    x, w, v = stream.normal(3.123456, 1.0, size=(3, 60))
    m = x * w + stream.normal(size=60)
    data = pd.DataFrame({"x": x, "w": w, "v": v, "m": m, "y": m * v + stream.normal(size=60)})
    found = mediate(
        data, x="x", m="m", y="y", moderates={"a": "w", "b": "v"}, draws=60, seed=1, intervals="percentile"
    )
    picture = found.plot("effects", lang="id")
    picture.canvas.draw()
    boxes = [label.get_window_extent() for label in picture.axes[0].get_yticklabels()]
    assert len(boxes) > 9
    assert all(below.y1 <= above.y0 for above, below in itertools.pairwise(boxes))
