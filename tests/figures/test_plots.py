"""``result.plot(kind)``: every number and word of a picture is the result's own; an unknown kind is refused
with the kinds there are."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from umkm_stats import UmkmError, UsageError, cfa, efa, fit, power, reliability, validity
from umkm_stats.figures import Arrow, LocalNumbers, draw_model, saved
from umkm_stats.figures._layout import forward
from umkm_stats.figures._path import overlap
from umkm_stats.figures._spots import owners
from umkm_stats.measurement import _plots as measured
from umkm_stats.sem import _plots as modelled

G = np.random.default_rng(20)
N = 150
X, W = G.normal(size=(2, N))
M = 0.5 * X + 0.3 * W + G.normal(size=N)
Y = 0.6 * M + G.normal(size=N)
DATA = pd.DataFrame(
    {
        f"{n}{k}": v + 0.9 * G.normal(size=N)
        for n, v in zip("XWMY", (X, W, M, Y), strict=True)
        for k in (1, 2, 3)
    }
)
DATA["AGE"] = G.normal(size=N)
SCALES = {name: [f"{name}{k}" for k in (1, 2, 3)] for name in "XMY"}
TEXT = "X =~ X1 + X2 + X3\nM =~ M1 + M2 + M3\nY =~ Y1 + Y2 + Y3\nM ~ X\nY ~ M + X + AGE\nX1 ~~ X2"


@pytest.fixture(name="model", scope="module")
def _model():
    return fit(TEXT, DATA)


@pytest.fixture(name="factors", scope="module")
def _factors():
    return cfa(DATA, scales=SCALES, compare=())


@pytest.fixture(name="valid", scope="module")
def _valid(factors):
    return validity(factors)


@pytest.fixture(name="scales", scope="module")
def _scales():
    return reliability(DATA, scales=SCALES)


@pytest.fixture(name="explored", scope="module")
def _explored():
    return efa(DATA[[item for items in SCALES.values() for item in items]], n_factors=3)


@pytest.fixture(name="curve", scope="module")
def _curve():
    return power("M ~ .4*X\nY ~ .4*M + .1*X", n=[50, 90], reps=12, draws=40, seed=2)


def words(picture):
    return [text.get_text() for text in picture.axes[0].texts]


def names(axes):
    return [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]


def cells(picture):
    """{(row, column): text} of a matrix."""
    return {
        (round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in picture.axes[0].texts
    }


def two(value):
    return LocalNumbers("en").number(float(value))


def test_diagram_of_a_fit_has_every_loading_path_and_covariance(model):
    said = words(model.plot("paths"))
    std = model.standardized()
    shown = std[std["op"].isin(("=~", "~", "~~")) & (std["lhs"] != std["rhs"])]
    for row in shown.itertuples():
        number = LocalNumbers("en").number(row.est, decimals=3)
        limits = [LocalNumbers("en").number(v, decimals=3) for v in (row.ci_low, row.ci_high)]
        assert (f"{number}\n[{limits[0]}, {limits[1]}]" if row.op == "~" else number) in said
    r2 = model.r2().set_index("item")["r2"]
    assert {f"M\nR² = {r2['M']:.3f}", f"Y\nR² = {r2['Y']:.3f}", "X", "AGE"} <= set(said)
    assert len(said) == 4 + 9 + len(shown)  # variables, indicators, arrows
    raw = " ".join(words(model.plot("paths", values="est", lang="id")))
    assert LocalNumbers("id").number(model.estimates.query("op == '~'")["est"].iloc[0], decimals=3) in raw
    assert saved(model.plot())["png"][:4] == b"\x89PNG"


def test_coefficients_and_residuals_of_a_fit(model):
    (axes,) = model.plot("coefficients", values="est", lang="id").axes
    assert axes.get_xlabel() == "Estimasi"
    rows = model.estimates[model.estimates["op"].isin(("=~", "~", "~~"))]
    rows = rows[rows["lhs"] != rows["rhs"]]
    assert names(axes) == [f"{row.lhs} {row.op} {row.rhs}" for row in rows.itertuples()]
    assert_allclose([line.get_xdata()[0] for line in axes.lines[1:]], rows["est"])
    found = cells(model.plot("residuals"))
    matrix = model.residuals("correlation")[""]["cov"]
    p = len(matrix)
    assert found == {(i - 1, j): two(matrix.iloc[i, j]) for i in range(p) for j in range(i)}


def test_groups_and_models_without_arrows_or_answers():
    data = DATA.assign(g=np.where(np.arange(N) < 80, "a", "b"))
    found = fit("X =~ X1 + X2 + X3", data, group="g")
    second = found.standardized().query("group == 'b' and op == '=~'")["est"]
    assert [LocalNumbers("en").number(v, decimals=3) for v in second] == words(found.plot(group="b"))[-3:]
    with pytest.raises(UsageError) as caught:
        found.plot(group="c")
    assert caught.value.params["expected"] == ["a", "b"]
    with pytest.raises(UmkmError) as caught:
        fit("X1 ~~ X1\nX2 ~~ X2\nX1 ~~ 0*X2", DATA).plot()
    assert caught.value.code == "SEM591"


def test_circles_second_order_and_shared_indicators_are_placed():
    assert forward(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a"), ("a", "b")]) == [
        ("a", "b"),
        ("b", "c"),
    ]
    assert owners([("G", "x"), ("G", "y"), ("S", "x")]) == {"G": ["y"], "S": ["x"]}
    higher = fit("X =~ X1 + X2 + X3\nM =~ M1 + M2 + M3\nY =~ Y1 + Y2 + Y3\nH =~ X + M + Y", DATA)
    assert [word.split("\n")[0] for word in words(higher.plot())[:4]] == ["H", "X", "M", "Y"]
    both = fit("M ~ X\nY ~ M", pd.DataFrame({"X": X, "M": M, "Y": Y})).plot()
    assert words(both)[0] == "X"


@pytest.mark.parametrize("size", [3, 5, 8])
def test_nothing_overlaps_in_a_diagram_of_factors(size):
    codes = [f"F{k}" for k in range(size)]
    loadings = [Arrow(code, f"{code}_{k}", "−0.812") for code in codes for k in range(3)]
    curves = [Arrow(one, two, "−0.412") for one, two in itertools.combinations(codes, 2)]
    picture, spots = draw_model({code: code for code in codes}, codes, loadings, [], curves, {})
    boxes = [*spots.nodes.values(), *spots.labels.values()]
    assert not [1 for one, other in itertools.combinations(boxes, 2) if overlap(one, other) > 0.005]
    width, height = picture.get_size_inches() * 2.54
    assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)


@pytest.mark.parametrize("between", [1, 2, 3])
def test_nothing_overlaps_in_a_diagram_of_a_mediation(between):
    codes = ["X", *(f"M{k}" for k in range(between)), "Y"]
    edges = [("X", code) for code in codes[1:]] + [(code, "Y") for code in codes[1:-1]]
    loadings = [Arrow(code, f"{code}{k}", "0.812") for code in codes for k in range(4)]
    arrows = [Arrow(*edge, "−0.412\n[−0.512, −0.312]") for edge in edges]
    picture, spots = draw_model(
        {code: code for code in codes}, codes, loadings, arrows, [], {"Y": "R² = 0.412"}
    )
    boxes = [*spots.nodes.values(), *spots.labels.values()]
    assert not [1 for one, other in itertools.combinations(boxes, 2) if overlap(one, other) > 0.01]
    width, height = picture.get_size_inches() * 2.54
    assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)


@pytest.mark.parametrize("times", [1, 3, 6])
@pytest.mark.parametrize("oval", [True, False])
def test_a_long_name_stays_inside_its_shape(times, oval):
    name = " ".join(["Kualitas Layanan Karyawan"] * times)
    latent = ["X", "Y"] if oval else []
    picture, spots = draw_model(
        {"X": name, "Y": "Loyalitas"}, latent, [], [Arrow("X", "Y", "0.412")], [], {"X": "R² = 0.412"}
    )
    (axes,) = picture.axes
    text = next(t for t in axes.texts if t.get_text().startswith("Kualitas"))
    shown = text.get_window_extent().transformed(axes.transData.inverted())
    box = spots.nodes["X"]
    assert " ".join(text.get_text().split()).startswith(name)
    assert text.get_text().endswith("R² = 0.412")
    assert shown.height <= box.height
    assert shown.width <= box.width
    short = next(t for t in axes.texts if t.get_text() == "Loyalitas")
    assert short.get_fontsize() == 7.8


def test_pictures_of_factors(factors):
    (axes,) = factors.plot().axes
    assert names(axes) == list(factors.table["item"])
    points = np.concatenate([line.get_xdata() for line in axes.lines[:-1]])
    assert_allclose(points, factors.table["loading"])
    (axes,) = factors.plot("correlations", lang="id").axes
    assert_allclose([line.get_xdata()[0] for line in axes.lines[1:]], factors.correlations["r"])
    assert axes.get_xlabel() == "korelasi faktor"
    assert words(factors.plot("paths")) == words(factors.fit.plot("paths"))
    assert cells(factors.plot("residuals")) == cells(factors.fit.plot("residuals"))
    alone = cfa(DATA, scales={"X": SCALES["X"]}, compare=())
    for result, kind in ((alone, "correlations"), (validity(alone), "htmt")):
        with pytest.raises(UmkmError) as caught:
            result.plot(kind)
        assert caught.value.code == "MEA290"


def test_pictures_of_reliability(scales):
    (axes,) = scales.plot().axes
    assert names(axes) == list(SCALES)
    assert_allclose(axes.lines[0].get_xdata(), scales.table["alpha"])
    assert_allclose(axes.lines[1].get_xdata(), scales.table["omega_total"])
    limits = np.array([segment[:, 0] for segment in axes.collections[0].get_segments()])
    assert_allclose(limits, scales.table[["alpha_low", "alpha_high"]])
    left, right = scales.plot("items", lang="id").axes
    assert left.get_xlabel() == "Korelasi item-total terkoreksi"
    assert names(left) == list(scales.items["item"])
    assert_allclose(left.lines[0].get_xdata(), scales.items["item_rest"])
    assert_allclose(right.lines[0].get_xdata(), scales.items["alpha_without"])
    drawn = [segment[0, 0] for part in right.collections for segment in part.get_segments()]
    assert_allclose(drawn, scales.table["alpha"])
    written = [text.get_text() for text in left.texts]
    assert written == [LocalNumbers("id").number(float(v)) for v in scales.items["item_rest"]]


def test_pictures_of_an_exploration(explored):
    (axes,) = explored.plot().axes
    assert_allclose(axes.lines[0].get_ydata(), np.linalg.eigvalsh(explored.correlations)[::-1])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["data", "eigenvalue 1"]
    counted = efa(DATA[SCALES["X"] + SCALES["M"]], runs=20, seed=1)
    (axes,) = counted.plot("scree", lang="id").axes
    assert_allclose(axes.lines[1].get_ydata(), counted.count.table["random_p95"])
    picture = explored.plot("loadings")
    order = explored.loadings.loc[explored.table["item"]]
    assert names(picture.axes[0]) == list(order.index)
    found = cells(picture)
    assert found == {(i, j): two(order.iloc[i, j]) for i in range(9) for j in range(3)}
    own = {(round(p.get_y() + 0.46), round(p.get_x() + 0.46)) for p in picture.axes[0].patches}
    assert own == {(i, list(order.columns).index(name)) for i, name in enumerate(explored.table["factor"])}


def test_pictures_of_validity(valid):
    htmt = valid.matrix("htmt")
    assert cells(valid.plot()) == {(i - 1, j): two(htmt.iloc[i, j]) for i in range(3) for j in range(i)}
    table = valid.matrix("r")
    found = cells(valid.plot("fornell_larcker"))
    assert found == {(i, j): two(table.iloc[i, j]) for i in range(3) for j in range(i + 1)}
    assert found[0, 0] == two(valid.table["sqrt_ave"].iloc[0])
    (axes,) = valid.plot("pairs").axes
    assert_allclose(axes.lines[0].get_xdata(), valid.pairs["r"])
    assert_allclose(axes.lines[1].get_xdata(), valid.pairs["htmt"])
    (axes,) = valid.plot("constructs").axes
    assert_allclose(axes.lines[0].get_xdata(), valid.table["ave"])
    assert_allclose(axes.lines[1].get_xdata(), valid.table["cr_std"])
    picture = valid.plot("cross_loadings")
    cross = valid.cross_loadings.pivot(index="item", columns="factor", values="loading")
    down, across = names(picture.axes[0]), [t.get_text() for t in picture.axes[0].get_xticklabels()]
    assert cells(picture) == {
        (i, j): two(cross.loc[item, factor]) for i, item in enumerate(down) for j, factor in enumerate(across)
    }
    assert len(picture.axes[0].patches) == 9


def test_power_coverage_and_width(curve):
    rows = curve.detail().query("effect == 'indirect'")
    for kind, label in (
        ("power", "Power"),
        ("coverage", "Coverage"),
        ("width", "Mean width of the interval"),
    ):
        axes = curve.plot(kind=kind).axes[0]
        assert axes.get_ylabel() == label
        assert_allclose(axes.lines[0].get_ydata(), rows[kind])
    assert curve.plot(kind="coverage", lang="id").axes[0].lines[-1].get_ydata()[0] == 0.95
    assert curve.plot("indirect", 0.9).axes[0].lines[-1].get_ydata()[0] == 0.9


@pytest.mark.parametrize("name", ["model", "factors", "valid", "scales", "explored", "curve"])
def test_an_unknown_kind_is_refused_with_the_kinds(name, request):
    kinds = {
        "model": modelled.Kind,
        "factors": measured.CfaKind,
        "valid": measured.ValidityKind,
        "scales": measured.ReliabilityKind,
        "explored": measured.EfaKind,
        "curve": None,
    }[name]
    with pytest.raises(UsageError) as caught:
        request.getfixturevalue(name).plot(kind="zzz")
    assert caught.value.code == "GEN001"
    for kind in kinds.__args__ if kinds else ("power", "coverage", "width"):
        assert kind in caught.value.remedy("id")
