"""One walk over a picture for both its files: what is drawn as pixels is written as SVG in the same call.

matplotlib walks once for each file, and most of that time goes into finding out where every letter and line
stands. Here they stand in the SVG where the pixels have them. A picture with an image or a filter inside is
walked twice: they are turned into the pixels of one file, and the other wants the cells.
"""

from __future__ import annotations

import contextlib
import io
from typing import Any

from matplotlib.backends import backend_agg, backend_svg
from matplotlib.figure import Figure as Picture
from matplotlib.transforms import Affine2D, Bbox, TransformedPath

POINTS = 72  # units of matplotlib's SVG files to the inch
PLAIN = {"Date": None, "Creator": None}
_Agg: Any = backend_agg  # matplotlib gives types to a part of its drawing only
_Svg: Any = backend_svg
OWN = (
    "draw_markers",
    "draw_path_collection",
    "draw_quad_mesh",
    "draw_gouraud_triangles",
    "draw_image",
)


class _Apart(Exception):
    """Something in the picture is not the same drawing in both files."""


class _Both(_Agg.RendererAgg):  # type: ignore[misc]
    """Pixels, and beside them SVG while ``vector`` is there; the widths of lines are points in either."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self.vector: Any = None
        self.unit = POINTS / dpi
        self.pixels = {name: getattr(self, name) for name in OWN}
        for name in OWN:  # matplotlib sets these on the object itself, straight to what it has compiled
            setattr(self, name, getattr(self, f"both_{name}"))

    def inside(self, transform: Any) -> Affine2D:
        """The transformation from there to points."""
        return Affine2D(transform.get_matrix()).scale(self.unit)

    def pen(self, gc: Any) -> Any:
        """The same pen, its clipping in points."""
        rectangle, (path, transform) = gc.get_clip_rectangle(), gc.get_clip_path()
        if rectangle is None and path is None:
            return gc
        pen = self.vector.new_gc()
        pen.copy_properties(gc)
        if rectangle is not None:
            pen.set_clip_rectangle(Bbox(rectangle.get_points() * self.unit))
        if path is not None:
            pen.set_clip_path(TransformedPath(path, self.inside(transform)))
        return pen

    def open_group(self, s: str, gid: str | None = None) -> None:
        if self.vector is not None:
            self.vector.open_group(s, gid)

    def close_group(self, s: str) -> None:
        if self.vector is not None:
            self.vector.close_group(s)

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        super().draw_path(gc, path, transform, rgbFace)
        if self.vector is not None:
            self.vector.draw_path(self.pen(gc), path, self.inside(transform), rgbFace)

    def both_draw_markers(
        self, gc: Any, marker_path: Any, marker_trans: Any, path: Any, trans: Any, rgbFace: Any = None
    ) -> None:
        self.pixels["draw_markers"](gc, marker_path, marker_trans, path, trans, rgbFace)
        if self.vector is not None:
            there = self.inside(marker_trans), path, self.inside(trans)
            self.vector.draw_markers(self.pen(gc), marker_path, *there, rgbFace)

    def both_draw_path_collection(
        self,
        gc: Any,
        transform: Any,
        paths: Any,
        each: Any,
        offsets: Any,
        offset_trans: Any,
        *rest: Any,
        **more: Any,
    ) -> None:
        self.pixels["draw_path_collection"](gc, transform, paths, each, offsets, offset_trans, *rest, **more)
        if self.vector is not None:
            there = self.inside(transform), paths, each, offsets, self.inside(offset_trans)
            self.vector.draw_path_collection(self.pen(gc), *there, *rest, **more)

    def both_draw_quad_mesh(
        self,
        gc: Any,
        transform: Any,
        across: int,
        down: int,
        corners: Any,
        offsets: Any,
        offset_trans: Any,
        *rest: Any,
    ) -> None:
        self.pixels["draw_quad_mesh"](gc, transform, across, down, corners, offsets, offset_trans, *rest)
        if self.vector is not None:
            there = self.inside(transform), across, down, corners, offsets, self.inside(offset_trans)
            self.vector.draw_quad_mesh(self.pen(gc), *there, *rest)

    def both_draw_gouraud_triangles(self, gc: Any, triangles: Any, colours: Any, transform: Any) -> None:
        self.pixels["draw_gouraud_triangles"](gc, triangles, colours, transform)
        if self.vector is not None:
            self.vector.draw_gouraud_triangles(self.pen(gc), triangles, colours, self.inside(transform))

    def both_draw_image(self, *given: Any, **more: Any) -> None:
        if self.vector is not None:
            raise _Apart
        self.pixels["draw_image"](*given, **more)

    def start_filter(self) -> None:
        if self.vector is not None:
            raise _Apart
        super().start_filter()

    def stop_filter(self, post_processing: Any) -> None:
        if self.vector is None:  # called on the way out of ``_Apart`` too
            super().stop_filter(post_processing)

    def draw_tex(self, *given: Any, **more: Any) -> None:
        if self.vector is not None:
            raise _Apart
        super().draw_tex(*given, **more)

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        if self.vector is not None:
            self.vector.draw_text(
                self.pen(gc), x * self.unit, y * self.unit, s, prop, angle, ismath=ismath, mtext=mtext
            )


class _Canvas(_Agg.FigureCanvasAgg):  # type: ignore[misc]
    brush: _Both | None = None

    def get_renderer(self) -> _Both:
        if self.brush is None:
            wide, high = self.figure.bbox.size
            self.brush = _Both(wide, high, self.figure.dpi)
        return self.brush


def both(picture: Picture) -> tuple[Any, bytes]:
    """Pixels (height, width, 4) at the picture's resolution, and the SVG file."""
    canvas = _Canvas(picture)
    brush = canvas.get_renderer()
    engine = picture.get_layout_engine()
    if engine is not None:
        engine.execute(picture)
        picture.set_layout_engine("none")
    if not any(axes.images for axes in picture.axes):
        with contextlib.suppress(_Apart):
            return _together(picture, brush)
        canvas.brush = None
        brush = canvas.get_renderer()
    picture.draw(brush)
    stream = io.StringIO()
    _Svg.FigureCanvasSVG(picture).print_svg(stream, metadata=PLAIN)
    return brush.buffer_rgba(), stream.getvalue().encode()


def _together(picture: Picture, brush: _Both) -> tuple[Any, bytes]:
    wide, high = picture.get_size_inches()
    stream = io.StringIO()
    brush.vector = _Svg.RendererSVG(
        wide * POINTS, high * POINTS, stream, image_dpi=POINTS / brush.unit, metadata=PLAIN
    )
    picture.draw(brush)
    brush.vector.finalize()
    return brush.buffer_rgba(), stream.getvalue().encode()
