"""What a table builder needs: the results, the voice, and names readers know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from umkm_stats import ways
from umkm_stats.report._inline import low_first, plain, titled
from umkm_stats.report._spec import Cell, Column, Failure, Form, Table
from umkm_stats.report._voice import Voice
from umkm_stats.results import Note, StudyResults, Unavailable
from umkm_stats.sem import CUTOFFS, CutoffSet

Block = Table | Failure


def route_of(path: str) -> str:
    """A path without moderator values and groups: ``PI -> OI -> NP``."""
    return path.split("|")[0].split("[")[0].split("@")[0].strip()


@dataclass(frozen=True, slots=True)
class Context:
    """Results in a voice. ``labels``: code → words of constructs, dimensions, items and questions in the
    language."""

    results: StudyResults
    voice: Voice
    labels: Mapping[str, str]

    def low(self, words: str) -> str:
        """A label inside a sentence. "Harga" keeps its capital where a variable beside it does ("Kualitas
        Layanan"): one way of writing them in one report."""
        named = {self.label(str(code)) for code in self.results.meta.get("scales") or ()}
        return words if words in named and any(titled(name) for name in named) else low_first(words)

    def text(self, key: str, /, **params: Any) -> str:
        """A catalogue sentence of the report."""
        return self.voice.text(key, **params)

    def label(self, code: str) -> str:
        """Words of a code, plain."""
        return plain(self.labels.get(code, code))

    def path(self, path: str) -> str:
        """``PI -> OI -> NP`` in words; the values of moderators it holds follow in brackets."""
        route = route_of(path)
        words = " \N{RIGHTWARDS ARROW} ".join(self.label(part.strip()) for part in route.split("->"))
        return words + self.at_values(path[len(route) :])

    def at_values(self, held: str) -> str:
        """What a path holds beside its route, `` | ACAP = 3.2``, in words and in brackets; empty without."""
        rest = held.strip(" |@[]")
        if not rest:
            return ""
        pieces = []
        for piece in rest.split(","):
            name, _, value = piece.partition("=")
            try:
                pieces.append(f"{self.label(name.strip())} = {self.voice.number(float(value), decimals=2)}")
            except ValueError:
                pieces.append(self.label(piece.strip()))
        return f" ({'; '.join(pieces)})"

    @property
    def primary(self) -> str:
        """The interval that decides, by the study's options."""
        return ways.primary(self.results.meta["options"]["intervals"])

    def note(self, note: Note) -> str:
        """The sentence of a note, its paths in words."""
        params = {
            key: self.path(value)
            if isinstance(value, str) and "->" in value
            else self._named(value)
            if key in ("construct", "other", "factor")
            else value
            for key, value in note.params.items()
        }
        return replace(note, params=params).message(self.voice.lang)

    def _named(self, code: Any) -> Any:
        """A construct of a note in words."""
        return self.low(self.label(code)) if isinstance(code, str) and code in self.labels else code

    def get(self, name: str) -> Any:
        """A part of the results, or None; an unavailable part is returned as it is."""
        return self.results.get(name)

    @property
    def cutoffs(self) -> CutoffSet:
        """The one set of borders for fit indices that this report uses, chosen by the study
        (``fit_cutoffs``)."""
        return CUTOFFS[self.results.meta["options"].get("fit_cutoffs", "customary")]

    @property
    def source(self) -> str:
        """The source line under tables and figures."""
        if self.voice.style != "skripsi":
            return ""
        key = "source.simulated" if self.results.meta.get("simulated") else "source"
        return self.text(key, year=self.voice.year or self.text("source.year"))

    def column(
        self, key: str, head: str, form: Form = "text", *, bounded: bool = False, wide: bool = False
    ) -> Column:
        """A column whose heading is the catalogue text ``head.<head>``."""
        return Column(key, self.text(f"head.{head}"), form, bounded, wide)

    def made(
        self, key: str, title: str, columns: list[Column], rows: list[tuple[Cell, ...]], **more: Any
    ) -> Table:
        """A table with the source line of the style."""
        return Table(key, title, tuple(columns), tuple(rows), source=self.source, **more)

    def failed(self, key: str, title: str, part: Any) -> Failure | None:
        """The failure that stands in for a table when its part is unavailable; None when the part is
        there."""
        if isinstance(part, Unavailable):
            return Failure(key, title, part.message(self.voice.lang))
        return None


def number(value: Any) -> float | int | None:
    """A plain Python number, or None when there is none."""
    if value is None or isinstance(value, (str, bool)):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (int, float)) else None


def whole(value: Any) -> int | None:
    """A count, or None."""
    found = number(value)
    return None if found is None else round(found)


def stars(p: float | None) -> str:
    """*, **, *** for .05, .01, .001, as figures mark them."""
    if p is None or not math.isfinite(p):
        return ""
    return "***" if p < 0.001 else "**" if p < 0.01 else "*" if p < 0.05 else ""
