"""One way to make a picture: fixed size, colour-blind safe, the same bytes for the same numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol, cast

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture

from umkm_stats.figures._letters import in_memory

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
    "text.hinting": "none",
    "axes.formatter.use_locale": False,
}


class Numbers(Protocol):
    """How a picture writes its numbers.

    The voice of a report is one, ``PlainNumbers`` and ``LocalNumbers`` are others.

    Examples
    --------
    >>> from umkm_stats.figures import LocalNumbers, Numbers
    >>> voice: Numbers = LocalNumbers("id")
    >>> voice.number(0.456)
    '0,46'
    """

    def number(self, value: float, /, *, bounded: bool = ..., decimals: int = ...) -> str:
        """A number as text.

        Parameters
        ----------
        value : float
            The number.
        bounded : bool, optional
            Whether it cannot exceed 1 in size, so that a style may leave out the leading zero.
        decimals : int, optional
            Decimals shown.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import PlainNumbers
        >>> PlainNumbers().number(0.456, decimals=1)
        '0.5'
        """

    def count(self, value: int, /) -> str:
        """A whole number as text.

        Parameters
        ----------
        value : int
            The number.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import PlainNumbers
        >>> PlainNumbers().count(12000)
        '12,000'
        """


class PlainNumbers:
    """Decimal point, comma for thousands: what a picture uses when nobody asks for another writing.

    Examples
    --------
    >>> from umkm_stats.figures import PlainNumbers
    >>> PlainNumbers().number(0.456, decimals=2), PlainNumbers().count(12000)
    ('0.46', '12,000')
    """

    def number(self, value: float, /, *, bounded: bool = False, decimals: int = 2) -> str:
        """A number as text.

        Parameters
        ----------
        value : float
            The number.
        bounded : bool, default False
            Whether it cannot exceed 1 in size; changes nothing here.
        decimals : int, default 2
            Decimals shown.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import PlainNumbers
        >>> PlainNumbers().number(1234.5, decimals=1)
        '1,234.5'
        """
        return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")

    def count(self, value: int, /) -> str:
        """A whole number as text.

        Parameters
        ----------
        value : int
            The number.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import PlainNumbers
        >>> PlainNumbers().count(12000)
        '12,000'
        """
        return f"{value:,d}"


PLAIN = PlainNumbers()


@contextlib.contextmanager
def drawing(
    width_cm: float, height_cm: float, layout: Literal["constrained", "tight"] = "constrained"
) -> Iterator[Picture]:
    """A picture of that size, drawn with the house settings and without any global state of pyplot.

    ``layout``: "tight" measures the words once instead of twice; it knows axes alone, no bars or legends
    beside them.
    """
    with in_memory(), mpl.rc_context(cast(Any, dict(SETTINGS))):
        picture = Picture(figsize=(width_cm * CM, height_cm * CM), layout=layout)
        FigureCanvasAgg(picture)
        yield picture


def saved(picture: Picture) -> dict[str, bytes]:
    """A picture of this room as PNG (300 dpi) and SVG, without date or version inside.

    The same numbers give the same bytes on one machine.

    Parameters
    ----------
    picture : Picture
        A figure that a function of this room returned.

    Returns
    -------
    dict[str, bytes]
        "png" and "svg" to their bytes.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import residual_plot, saved
    >>> words = {"predicted": "predicted", "residual": "residual"}
    >>> files = saved(residual_plot(np.array([-1.0, 0.0, 1.0]), np.array([0.5, -1.0, 0.5]), words))
    >>> sorted(files), files["png"][1:4]
    (['png', 'svg'], b'PNG')
    """
    from umkm_stats.figures._both import both
    from umkm_stats.figures._png import png

    own, dpi = cast(Any, picture.canvas), picture.dpi
    with in_memory(), mpl.rc_context(cast(Any, dict(SETTINGS))):
        try:
            picture.set_dpi(DPI)
            pixels, vector = both(picture)
        finally:
            picture.set_canvas(own)
            picture.set_dpi(dpi)
    return {"png": png(np.asarray(pixels), DPI), "svg": vector}


def ticks(axis: Any, voice: Numbers, decimals: int) -> None:
    """Tick labels with the document's decimal mark."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: voice.number(float(value), decimals=decimals)))


def wrapped(text: str, width: int = 26) -> str:
    """The text on lines of at most ``width`` characters."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text
