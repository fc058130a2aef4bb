"""What every part of the thesis chapter needs: its sentences, its tables with a pointer, its open places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats.report._inline import low_first
from umkm_stats.report._spec import Block, Cell, Column, Form, Paragraph, Section, Table
from umkm_stats.report.tables._context import Context
from umkm_stats.results import Unavailable

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Parts:
    """Makers of what stands in other reports too: registered tables, tables of a model, groups of blocks
    ("discriminant", "bias", "groups", "regression_KEY").
    """

    made: Callable[[str], list[Block]]
    of_model: Callable[[str, str], list[Block]]
    several: Callable[[str], list[Block]]


@dataclass(frozen=True, slots=True)
class Kit:
    """The results in the thesis voice, with the one route of the chapter.

    route: "regression", "mediation" or "sem". key: the main model. given: what the student said beforehand
    (``distributed``, ``sampling``, ``unit``, ``texts``, ``alpha_cutoff``, ``tails``).
    """

    ctx: Context
    route: str
    key: str
    given: Mapping[str, Any]

    def say(self, key: str, **values: Any) -> str:
        """A sentence of the chapter."""
        return self.ctx.text(f"bab.{key}", **values)

    def tell(self, key: str, **values: Any) -> str:
        """A sentence that begins with a capital even where a variable's name comes first."""
        text = self.say(key, **values)
        return text[:1].upper() + text[1:]

    def inside(self, code: str) -> str:
        """Words of a variable inside a sentence."""
        return low_first(self.ctx.label(code))

    def label(self, code: str) -> str:
        """Words of a variable."""
        return self.ctx.label(code)

    def titled(self, code: str) -> str:
        """Words of a variable inside a title."""
        return title_case(self.ctx.label(code))

    def number(self, value: Any, form: Form = "estimate", decimals: int | None = None) -> str:
        """A number as the chapter prints it."""
        return self.ctx.voice.number(None if value is None else float(value), form, decimals=decimals)

    def p(self, value: Any) -> str:
        """``0,032`` or ``< 0,001``."""
        return self.ctx.voice.number(float(value), "p")

    def percent(self, value: float) -> str:
        """``84,4%``."""
        return self.ctx.voice.percent(value)

    @property
    def model(self) -> Mapping[str, Any]:
        """x, m, y of the main model."""
        found: Mapping[str, Any] = next(m for m in self.ctx.results.meta["models"] if m["key"] == self.key)
        return found

    @property
    def variables(self) -> list[str]:
        """Every variable of the model in the order x, m, moderator, y."""
        model = self.model
        names = [
            *model["x"],
            *model["m"],
            *([model["moderator"]] if model.get("moderator") else []),
            *model["y"],
        ]
        return list(dict.fromkeys(names))

    @property
    def n(self) -> int:
        """Rows of the analysis."""
        return int(self.ctx.results.meta["sample"]["used"])

    @property
    def cutoff(self) -> float:
        """The α that counts as reliable."""
        return float(self.given.get("alpha_cutoff") or 0.70)

    def part(self, name: str) -> Any:
        """A part of the results; None when it is absent or unavailable."""
        found = self.ctx.get(name)
        return None if found is None or isinstance(found, Unavailable) else found

    def column(self, key: str, form: Form = "text", *, bounded: bool = False, wide: bool = False) -> Column:
        """A column whose heading is ``bab.head.<key>``."""
        return Column(key, self.say(f"head.{key}"), form, bounded, wide)

    def table(
        self, key: str, title: str, columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], **more: Any
    ) -> Table:
        """A table with the source line."""
        return Table(key, title, tuple(columns), tuple(rows), source=self.ctx.source, **more)

    def shown(self, table: Table, *after: str, lead: str = "") -> list[Block]:
        """Pointer sentence, table, interpretation."""
        pointer = self.say("pointer", title=lead or table.title, table="{{" + table.key + "}}")
        blocks: list[Block] = [Paragraph(pointer), table]
        said = " ".join(sentence for sentence in after if sentence)
        return [*blocks, Paragraph(said)] if said else blocks

    def open(self, slot: str, **values: Any) -> list[Block]:
        """The author's own paragraph for a slot, or a visible place to write it."""
        texts: Mapping[str, str] = self.given.get("texts") or {}
        written = str(texts.get(slot, "")).strip()
        if written:
            return [Paragraph(piece.strip()) for piece in written.split("\n\n") if piece.strip()]
        return [Paragraph(self.say("open", what=self.say(f"open.{slot.split('-')[0]}", **values)), "note")]


_SMALL = frozenset(
    (
        "dan",
        "di",
        "ke",
        "dari",
        "pada",
        "terhadap",
        "untuk",
        "yang",
        "dengan",
        "atau",
        "of",
        "and",
        "in",
        "on",
    )
)


def title_case(text: str) -> str:
    """Each word with a capital but the small ones, as titles of tables are written."""
    words = text.split(" ")
    return " ".join(
        word if not word or (word in _SMALL and place) else word[0].upper() + word[1:]
        for place, word in enumerate(words)
    )


def heading(key: str, title: str, level: int, blocks: Iterable[Block] = (), chapter: str = "4") -> Section:
    """A section of the chapter, numbered later."""
    return Section(key, title, tuple(blocks), level, chapter)


def joined(kit: Kit, words: Sequence[str]) -> str:
    """``a``, ``a dan b``, ``a, b, dan c``."""
    if len(words) <= 1:
        return "".join(words)
    if len(words) == 2:
        return kit.say("two", a=words[0], b=words[1])
    return kit.say("many", a=", ".join(words[:-1]), b=words[-1])
