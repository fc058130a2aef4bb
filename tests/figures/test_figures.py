"""Pictures: same numbers, same bytes; nothing overlaps in path diagrams of two to eight constructs."""

import itertools

import numpy as np
import pytest

from umkm_stats import figures
from umkm_stats.figures import Arrow, draw_path, saved
from umkm_stats.figures._layout import layered
from umkm_stats.figures._path import overlap
from umkm_stats.report._voice import choose_voice

NAMES = {
    "PI": "Inovasi produk",
    "OI": "Open innovation",
    "NP": "Kinerja pemasaran nonfinansial",
    "ACAP": "Kapasitas penyerapan",
    "LW": "Kearifan lokal",
    "BE": "Ekuitas merek",
    "MP": "Penetrasi pasar",
    "WTP": "Kesediaan membayar premium",
}
MODELS = {
    2: [("PI", "NP")],
    3: [("PI", "OI"), ("OI", "NP"), ("PI", "NP")],
    4: [("PI", "OI"), ("OI", "ACAP"), ("ACAP", "NP"), ("PI", "NP"), ("PI", "ACAP"), ("OI", "NP")],
    5: [("PI", "OI"), ("PI", "ACAP"), ("PI", "BE"), ("OI", "NP"), ("ACAP", "NP"), ("BE", "NP"), ("PI", "NP")],
    6: [
        ("LW", "PI"),
        ("PI", "OI"),
        ("OI", "NP"),
        ("OI", "BE"),
        ("OI", "MP"),
        ("PI", "NP"),
        ("PI", "BE"),
        ("PI", "MP"),
    ],
    7: [
        ("LW", "PI"),
        ("PI", "OI"),
        ("OI", "ACAP"),
        ("ACAP", "NP"),
        ("ACAP", "BE"),
        ("ACAP", "MP"),
        ("OI", "NP"),
    ],
    8: [
        ("LW", "PI"),
        ("PI", "OI"),
        ("OI", "ACAP"),
        ("ACAP", "NP"),
        ("ACAP", "BE"),
        ("ACAP", "MP"),
        ("PI", "NP"),
        ("OI", "NP"),
        ("BE", "WTP"),
        ("MP", "WTP"),
    ],
}


@pytest.mark.parametrize("size", sorted(MODELS))
def test_nothing_overlaps_in_path_diagrams(size):
    edges = MODELS[size]
    names = {code: NAMES[code] for code in dict.fromkeys(itertools.chain(*edges))}
    assert len(names) == size
    arrows = [
        Arrow(a, b, "−0,546\n[−0,680; −0,412]", i % 3 == 0, i % 2 == 0) for i, (a, b) in enumerate(edges)
    ]
    picture, placed = draw_path(names, arrows, {b: "R² = 0,412" for _, b in edges})
    boxes = [*placed.nodes.values(), *placed.labels.values()]
    assert len(placed.labels) == len(edges)
    assert not [1 for one, other in itertools.combinations(boxes, 2) if overlap(one, other) > 0.02]
    files = saved(picture)
    assert files["png"][:4] == b"\x89PNG"
    assert files["svg"].lstrip().startswith(b"<?xml")


LONG = (
    "Kualitas Pelayanan Administrasi Kependudukan Berbasis Elektronik",
    "Kesediaan membayar premium",
    "Kepuasan Masyarakat Pengguna Layanan Administrasi Terpadu pada Kantor Kecamatan Hulu Sungai Tengah",
)


def _reach(picture, text, box):
    """How far the lines of a text go towards the rim of its ellipse: 1 on it, more outside."""
    renderer = picture.canvas.get_renderer()
    shown = text.get_window_extent(renderer).transformed(picture.axes[0].transData.inverted())
    lines = text.get_text().split("\n")
    font = text.get_fontproperties()
    widths = [renderer.get_text_width_height_descent(line, font, False)[0] for line in lines]
    rims = np.abs(np.linspace(shown.height / 2, -shown.height / 2, len(lines) + 1)) / (box.height / 2)
    wide = [width / max(widths) * shown.width / box.width for width in widths]
    return max(w**2 + max(rims[k], rims[k + 1]) ** 2 for k, w in enumerate(wide))


@pytest.mark.parametrize("more", ["", "R² = 0,412"])
@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("depth", [2, 5])
def test_a_long_name_stays_inside_its_ellipse(name, more, depth):
    codes = [f"V{k}" for k in range(depth)]
    names = {code: name if k % 2 else "Mutu" for k, code in enumerate(codes)}
    arrows = [Arrow(a, b, "−0,546\n[−0,680; −0,412]") for a, b in itertools.pairwise(codes)]
    picture, placed = draw_path(names, arrows, dict.fromkeys(codes, more))
    assert len({round(box.width, 6) for box in placed.nodes.values()}) == 1
    for code, text in zip(codes, picture.axes[0].texts, strict=False):
        assert text.get_text().split() == f"{names[code]} {more}".split()
        assert _reach(picture, text, placed.nodes[code]) <= 1
        assert text.get_fontsize() >= 5
    boxes = [*placed.nodes.values(), *placed.labels.values()]
    assert not [1 for one, other in itertools.combinations(boxes, 2) if overlap(one, other) > 0.02]
    width, height = picture.get_size_inches() * 2.54
    assert all(b.x0 >= 0 and b.x1 <= width and b.y0 >= 0 and b.y1 <= height for b in placed.nodes.values())


def test_all_ellipses_of_a_picture_have_letters_of_one_size():
    arrows = [Arrow("PI", "OI", "0,4"), Arrow("OI", "NP", "0,3")]
    names = {code: NAMES[code] for code in ("PI", "OI", "NP")}
    picture, _ = draw_path(names, arrows, {"OI": "R² = 0,2", "NP": "R² = 0,3"})
    names = [text for text in picture.axes[0].texts if text.get_zorder() == 4]
    assert len(names) == 3
    assert len({text.get_fontsize() for text in names}) == 1


def test_arrows_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        layered(["A", "B"], [("A", "B"), ("B", "A")])


def test_same_numbers_give_the_same_bytes():
    voice = choose_voice(style="skripsi")
    draws = np.linspace(-0.2, 0.8, 500)
    words = {"estimate": "e", "zero": "z", "count": "c", "effect": "p"}
    first = saved(figures.draws_hist(draws, 0.3, [("Persentil", 0.1, 0.5)], words, voice))
    second = saved(figures.draws_hist(draws, 0.3, [("Persentil", 0.1, 0.5)], words, voice))
    assert first == second
    assert b"matplotlib" not in first["png"][:2000].lower()


@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_chart_draws_without_a_warning(lang):
    voice = choose_voice(lang=lang)
    items = [f"PI{i}" for i in range(4)] + ["OI1", "OI2"]
    groups = ["Inovasi produk"] * 4 + ["Open innovation"] * 2
    shares = np.full((6, 5), 20.0)
    labels = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
    made = [
        figures.likert(items, shares, labels, groups, voice),
        figures.missing_map(np.eye(6, dtype=bool), items, {"rows": "r", "answered": "a", "missing": "m"}),
        figures.heat(["A", "B", "C"], np.array([[1, 0.5, -0.2], [0.5, 1, 0.3], [-0.2, 0.3, 1]]), voice),
        figures.heat(
            ["A", "B", "C"],
            np.array([[1, 0.5, 0.2], [0.5, 1, 0.9], [0.2, 0.9, 1]]),
            voice,
            low=0.0,
            flag=0.85,
        ),
        figures.scree(
            np.linspace(4, 0.2, 9),
            np.linspace(1.6, 0.5, 9),
            {"data": "d", "random": "r", "number": "n", "eigen": "e"},
            voice,
        ),
        figures.loadings(
            items, np.full(6, 0.8), np.full(6, 0.7), np.full(6, 0.9), groups, {"loading": "l"}, voice, 0.7
        ),
        figures.conditional(
            np.array([2.0, 3.0, 4.0]),
            np.array([0.1, 0.2, 0.3]),
            np.zeros(3),
            np.full(3, 0.5),
            {"moderator": "w", "effect": "e"},
            voice,
        ),
        figures.conditional(
            np.linspace(1, 5, 30),
            np.linspace(-0.1, 0.4, 30),
            np.linspace(-0.3, 0.2, 30),
            np.linspace(0.1, 0.6, 30),
            {"moderator": "w", "effect": "e", "region": "r"},
            voice,
            [3.2],
        ),
        figures.sensitivity(
            np.linspace(0, 0.6, 9),
            np.linspace(0, 0.6, 9),
            0.1 - np.outer(np.linspace(0, 0.6, 9), np.linspace(0, 0.6, 9)),
            {"first": "f", "second": "s"},
            voice,
        ),
    ]
    assert all(saved(picture)["png"][:4] == b"\x89PNG" for picture in made)


def test_a_picture_is_a_matplotlib_figure_with_plain_numbers_unless_told_otherwise():
    from matplotlib.figure import Figure

    values = np.array([[1.0, 0.5], [0.5, 1.0]])
    plain = figures.heat(["A", "B"], values, triangle=False)
    comma = figures.heat(["A", "B"], values, choose_voice(lang="id"), triangle=False)
    said = [[text.get_text() for text in picture.axes[0].texts] for picture in (plain, comma)]
    assert isinstance(plain, Figure)
    assert said == [["1.00", "0.50", "0.50", "1.00"], ["1,00", "0,50", "0,50", "1,00"]]
