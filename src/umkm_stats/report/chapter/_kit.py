"""What every part of the thesis chapter needs: its sentences, its tables with a pointer, its open places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats.report._inline import title_case
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

    def few(self, key: str) -> str:
        """A sentence on what too few rows left out; "" where nothing was."""
        note = next((note for note in self.ctx.results.notes if note.code == "STU070"), None)
        if note is None:
            return ""
        left = joined(self, [self.ctx.text(f"few.left.{name}") for name in note.params["left"]])
        count = self.ctx.voice.count
        return self.say(
            key,
            rows=count(int(note.params["rows"])),
            items=count(int(note.params["items"])),
            left=left,
            basis=self.ctx.text(f"few.basis.{note.params['basis']}"),
        )

    def inside(self, code: str) -> str:
        """Words of a variable inside a sentence."""
        return self.ctx.low(self.ctx.label(code))

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
    def alpha(self) -> float:
        """Significance level of the tests of hypotheses."""
        return float(self.given.get("alpha") or ALPHA)

    @property
    def one_tailed(self) -> bool:
        """Whether the hypotheses are tested on their own side only."""
        return self.given.get("tails") == "one"

    @property
    def level_words(self) -> dict[str, str]:
        """``alpha`` and ``tails`` as sentences and headings say them."""
        tails = self.say("tails.one" if self.one_tailed else "tails.two")
        percent = 100 * self.alpha
        return {
            "alpha": self.ctx.voice.percent(percent, 0 if percent == round(percent) else 1),
            "tails": tails,
        }

    def stated(self, path: str, bases: tuple[str, ...]) -> tuple[str, str] | None:
        """(hypothesis, expected sign) of a path ``X -> Y``, when the study states one."""
        part = self.part("hypotheses")
        if part is None:
            return None
        own = part.table[(part.table["path"] == path) & part.table["basis"].isin(bases)]
        for code in own["code"]:
            for stated in self.ctx.results.meta["hypotheses"]:
                if stated["code"] == code:
                    return str(code), str(stated["sign"])
        return None

    def side(self, p: float, est: float, stated: tuple[str, str] | None) -> float:
        """p of the predicted side where the study tests one side; p itself elsewhere."""
        if not self.one_tailed or stated is None or stated[1] not in "+-":
            return p
        return p / 2 if (est > 0) == (stated[1] == "+") else 1 - p / 2

    def sure(self, low: float, high: float, stated: tuple[str, str] | None = None) -> bool:
        """Whether limits leave out zero; on the predicted side alone where the study tests one side."""
        if self.one_tailed and stated is not None and stated[1] in "+-":
            return low > 0 if stated[1] == "+" else high < 0
        return low > 0 or high < 0

    def equals(self, p: float) -> str:
        """``= 0,032`` or ``< 0,001``."""
        shown = self.p(p)
        return shown if shown.startswith("<") else f"= {shown}"

    def drawn_note(self) -> str:
        """How many draws, which level."""
        draws = int(self.ctx.results.meta["options"]["draws"])
        return self.say("note.bootstrap", draws=self.ctx.voice.count(draws), level=self.level)

    @property
    def level(self) -> str:
        """``95``: level of the intervals in per cent."""
        return self.number(100 * float(self.ctx.results.meta["options"]["level"]), decimals=0)

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
        """A table with the source line (its own one, where ``source`` is given)."""
        source = more.pop("source", self.ctx.source)
        return Table(key, title, tuple(columns), tuple(rows), source=source, **more)

    def shown(self, table: Table, *after: str, lead: str = "") -> list[Block]:
        """Pointer sentence, table, interpretation."""
        pointer = self.say("pointer", title=lead or table.title, table="{{" + table.key + "}}")
        blocks: list[Block] = [Paragraph(pointer), table]
        said = " ".join(sentence for sentence in after if sentence)
        return [*blocks, Paragraph(said)] if said else blocks

    def open(self, slot: str, **values: Any) -> list[Block]:
        """The author's own paragraph for a slot, or a visible place to write it."""
        written = self.written(slot)
        if written:
            return written
        return [Paragraph(self.say("open", what=self.say(f"open.{slot.split('-')[0]}", **values)), "open")]

    def written(self, slot: str) -> list[Block]:
        """The author's own paragraphs for a slot; none when there are none."""
        texts: Mapping[str, str] = self.given.get("texts") or {}
        text = str(texts.get(slot.casefold(), "")).strip()
        pieces = (" ".join(piece.split()) for piece in re.split(r"\n\s*\n", text))
        return [Paragraph(piece.replace("*", "∗")) for piece in pieces if piece]


def heading(key: str, title: str, level: int, blocks: Iterable[Block] = (), chapter: str = "4") -> Section:
    """A section of the chapter, numbered later."""
    return Section(key, title, tuple(blocks), level, chapter)


def unbroken(kit: Kit, low: float | int | None, high: float | int | None) -> str:
    """An interval that no line of a table cuts; empty where there is none."""
    if low is None or high is None:
        return ""
    return kit.ctx.voice.interval(low, high).replace(" ", "\N{NO-BREAK SPACE}")


def joined(kit: Kit, words: Sequence[str]) -> str:
    """``a``, ``a dan b``, ``a, b, dan c``."""
    if len(words) <= 1:
        return "".join(words)
    if len(words) == 2:
        return kit.say("two", a=words[0], b=words[1])
    return kit.say("many", a=", ".join(words[:-1]), b=words[-1])
