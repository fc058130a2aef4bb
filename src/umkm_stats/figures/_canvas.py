"""One way to make a picture: fixed size, colour-blind safe, the same bytes for the same numbers."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture

CM = 1 / 2.54
DPI = 300
# Okabe & Ito 2008 (https://jfly.uni-koeln.de/color/): told apart with every common colour vision.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
    "#1b1f24",
)
GREY, PALE = "#6b7280", "#d9dee4"
DIVERGING = ("#8c510a", "#d8b365", "#e3e3e3", "#5ab4ac", "#01665e")  # ColorBrewer BrBG, colour-blind safe

SETTINGS: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": BLACK,
    "axes.linewidth": 0.7,
    "svg.hashsalt": "umkm-stats",
    "svg.fonttype": "path",
    "path.simplify": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
}


class Numbers(Protocol):
    """How a picture writes its numbers; the voice of a report is one, ``PlainNumbers`` another."""

    def number(self, value: float, /, *, bounded: bool = ..., decimals: int = ...) -> str: ...
    def count(self, value: int, /) -> str: ...


class PlainNumbers:
    """Decimal point, comma for thousands: what a picture uses when nobody asks for another writing.

    Examples
    --------
    >>> PlainNumbers().number(0.456, decimals=2), PlainNumbers().count(12000)
    ('0.46', '12,000')
    """

    def number(self, value: float, /, *, bounded: bool = False, decimals: int = 2) -> str:
        """The value with that many decimals; ``bounded`` changes nothing here."""
        return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")

    def count(self, value: int, /) -> str:
        """A whole number."""
        return f"{value:,d}"


PLAIN = PlainNumbers()


@contextlib.contextmanager
def drawing(width_cm: float, height_cm: float) -> Iterator[Picture]:
    """A picture of that size, drawn with the house settings and without any global state of pyplot."""
    with mpl.rc_context(cast(Any, dict(SETTINGS))):
        picture = Picture(figsize=(width_cm * CM, height_cm * CM), layout="constrained")
        FigureCanvasAgg(picture)
        yield picture


def saved(picture: Picture) -> dict[str, bytes]:
    """PNG (300 dpi) and SVG bytes of a picture of this room, without date or version inside.

    Everything is placed once, for both: the files are the same picture, and the search for places, which
    measures every word, is not repeated for the second.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from umkm_stats.figures._png import png

    own, dpi = cast(Any, picture.canvas), picture.dpi
    with mpl.rc_context(cast(Any, dict(SETTINGS))):
        try:
            picture.set_dpi(DPI)
            engine = picture.get_layout_engine()
            if engine is not None:
                engine.execute(picture)
                picture.set_layout_engine("none")
            own.draw()
            pixels = png(np.asarray(own.buffer_rgba())[:, :, :3], DPI)
            stream = io.BytesIO()
            cast(Any, FigureCanvasSVG(picture)).print_svg(stream, metadata={"Date": None, "Creator": None})
        finally:
            picture.set_canvas(own)
            picture.set_dpi(dpi)
    return {"png": pixels, "svg": stream.getvalue()}


def ticks(axis: Any, voice: Numbers, decimals: int) -> None:
    """Tick labels with the document's decimal mark."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: voice.number(float(value), decimals=decimals)))


def wrapped(text: str, width: int = 26) -> str:
    """The text on lines of at most ``width`` characters."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text
