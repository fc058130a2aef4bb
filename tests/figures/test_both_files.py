"""The two files of a picture: drawn in one walk, with letters from memory, as matplotlib draws each."""

import io
import re
import threading

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patches import Circle
from PIL import Image

from umkm_stats.figures import Arrow, draw_path, residual_plot, saved
from umkm_stats.figures._canvas import DPI, SETTINGS
from umkm_stats.figures._letters import in_memory
from umkm_stats.figures._png import png

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
WORDS = {"predicted": "ramalan", "residual": "galat"}


def residuals():
    x = np.linspace(-1, 1, 40)
    return residual_plot(x, np.sin(9 * x), WORDS)


def model():
    names = {"PI": "Inovasi produk", "OI": "Inovasi terbuka", "NP": "Kinerja pemasaran"}
    arrows = [Arrow("PI", "OI", 0.4, "*"), Arrow("OI", "NP", 0.3, ""), Arrow("PI", "NP", -0.1, "")]
    return draw_path(names, arrows, {"NP": "R² = 0,41"})[0]


def every_kind():
    """Markers, dashes, collections, clipping by a shape, words turned round, hatches, an arrow."""
    with mpl.rc_context(dict(SETTINGS)):
        picture = Figure(figsize=(5, 3), layout="constrained")
        left, right = picture.subplots(1, 2)
        at = np.linspace(0, 6, 60)
        left.plot(at, np.sin(at), "--", marker="o", markevery=5, label="garis", clip_on=True)
        left.fill_between(at, np.sin(at) - 0.2, np.sin(at) + 0.2, alpha=0.3)
        left.set_xlim(1, 5)
        left.set_ylabel("tinggi $x^2$")
        left.text(2, 0, "miring", rotation=30)
        left.legend()
        right.scatter(at, np.cos(at), c=at, s=9 + at)
        (line,) = right.plot(at, np.cos(2 * at), lw=2)
        line.set_clip_path(Circle((3, 0), 1.5, transform=right.transData))
        right.bar([1, 2], [0.5, 0.7], hatch="//", color="none", edgecolor="k")
        right.annotate("puncak", (3, 1), (1, 1.4), arrowprops={"arrowstyle": "->"})
        right.tick_params(axis="x", rotation=45)
    return picture


def meshes():
    """Cells and triangles of colours that run into one another."""
    with mpl.rc_context(dict(SETTINGS)):
        picture = Figure(figsize=(4, 2))
        left, right = picture.subplots(1, 2)
        left.pcolormesh(np.arange(12.0).reshape(3, 4))
        right.tripcolor([0, 1, 0.5], [0, 0, 1], [1, 2, 3], shading="gouraud")
    return picture


def filtered():
    """A shadow made of pixels, and a small image among the words."""
    with mpl.rc_context(dict(SETTINGS)):
        picture = Figure(figsize=(3, 2))
        axes = picture.subplots()
        (line,) = axes.plot([1, 2, 3], lw=3)
        line.set_agg_filter(lambda image, dpi: (image[..., [1, 0, 2, 3]], 0, 0))
        axes.plot([3, 1, 2], marker="o")
        axes.add_artist(AnnotationBbox(OffsetImage(np.eye(5), zoom=4), (1, 2)))
    return picture


def apart(picture):
    """What matplotlib makes of the picture's two files when it walks for each."""
    with mpl.rc_context(dict(SETTINGS)):
        canvas = FigureCanvasAgg(picture)
        picture.set_dpi(DPI)
        if engine := picture.get_layout_engine():
            engine.execute(picture)
            picture.set_layout_engine("none")
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba()).copy()
        stream = io.BytesIO()
        FigureCanvasSVG(picture).print_svg(stream, metadata={"Date": None, "Creator": None})
    return pixels, stream.getvalue().decode()


def parts(svg):
    """The text without names of parts and pixels, and its numbers."""
    bare = re.sub(r'(\bid|href|clip-path)="[^"]*"|url\(#[^)]*\)|#[0-9a-f]{6}', "", svg)
    return NUMBER.sub("0", bare), np.array([float(found) for found in NUMBER.findall(bare)])


@pytest.mark.parametrize("made", [residuals, model, every_kind, meshes, filtered])
def test_both_files_are_the_ones_of_two_walks(made):
    pixels, svg = apart(made())
    files = saved(made())
    read = np.asarray(Image.open(io.BytesIO(files["png"])).convert("RGB"))
    assert np.array_equal(read, pixels[:, :, :3])
    mine, theirs = parts(files["svg"].decode()), parts(svg)
    assert mine[0] == theirs[0]
    assert np.abs(mine[1] - theirs[1]).max() < 0.8  # points: letters are measured at 300 dpi, not at 72


def test_cells_of_an_image_stay_cells_in_the_svg():
    def made():
        picture = Figure(figsize=(3, 2))
        picture.subplots().imshow(np.eye(4), interpolation="none")
        return picture

    pixels, svg = apart(made())
    files = saved(made())
    assert files["svg"].decode() == svg
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(files["png"]))), pixels[:, :, :3])


def test_pixels_of_any_picture_come_back_from_the_png():
    pixels = np.random.default_rng(3).integers(0, 256, (37, 53, 4), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(pixels, 300)))), pixels[:, :, :3])
    assert png(pixels, 300) == png(pixels[:, :, :3], 300)


def test_letters_come_from_memory_while_a_picture_is_made_and_for_nobody_else():
    fonts = font_manager.get_font
    path = font_manager.findfont("DejaVu Sans")
    before = font_manager._get_font
    assert fonts(path).fname == path
    seen = []
    with in_memory():
        assert isinstance(fonts(path).fname, io.BytesIO)
        with in_memory():
            assert isinstance(fonts(path).fname, io.BytesIO)
        other = threading.Thread(target=lambda: seen.append(fonts(path).fname))
        other.start()
        other.join()
        assert isinstance(fonts(path).fname, io.BytesIO)
    assert seen == [path]
    assert fonts(path).fname == path
    assert font_manager._get_font is before


def test_matplotlib_is_as_it_was_after_an_error():
    before = font_manager._get_font
    with pytest.raises(ZeroDivisionError), in_memory():
        1 / 0  # noqa: B018
    assert font_manager._get_font is before


def test_a_pdf_of_the_picture_can_still_be_written():
    picture = residuals()
    first = saved(picture)
    stream = io.BytesIO()
    FigureCanvasPdf(picture).print_pdf(stream)
    assert stream.getvalue().startswith(b"%PDF")
    assert saved(picture) == first


def test_another_maker_of_fonts_is_left_alone(monkeypatch):
    from umkm_stats.figures import _letters

    _letters._maker.cache_clear()
    monkeypatch.setattr(_letters, "_ORIGINAL", lambda *given, **settings: None)
    try:
        with in_memory():
            assert font_manager._get_font is not _letters._either
    finally:
        _letters._maker.cache_clear()
