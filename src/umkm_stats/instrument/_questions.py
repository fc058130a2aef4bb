"""What is asked: scales of answers, choices, questions, and items (questions that measure a construct).

Answer codes are whole numbers; a "not applicable" answer has its own code, apart from a missing answer.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, StringConstraints

from umkm_stats.instrument._values import CODE_RULE, Frozen, FrozenDict, Labels, Passage, Text, Texts, freeze

Code = Annotated[str, StringConstraints(pattern=CODE_RULE)]
Mode = Literal["online", "paper", "phone", "enumerator"]
MODES: tuple[Mode, ...] = ("online", "paper", "phone", "enumerator")
Kind = Literal["scale", "choice", "multiple", "number", "text", "consent"]
Role = Literal[
    "item",
    "marker",
    "attention",
    "consent",
    "screening",
    "control",
    "assistance",
    "objective",
    "financial",
    "field",
]


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("whole")
    return value


def _frozen(value: Any) -> Any:
    return freeze(value)


Whole = Annotated[int, BeforeValidator(_no_bool)]
ByName = Annotated[dict[str, tuple[Whole, ...]], AfterValidator(_frozen)]


class NotApplicable(Frozen):
    """The answer "this does not fit my business": its code (never one of the scale's values) and its
    words."""

    code: Whole = 9
    label: Texts
    short: Texts | None = None


class ResponseScale(Frozen):
    """A set of ordered answers shared by many items.

    ``values`` run from low to high; ``labels`` give every value's words in every language; ``short`` the
    abbreviation on paper; ``synonyms`` other texts that mean a value (``KS: 2``), which a reader may use. A
    semantic differential labels its two ends through the item's ``anchors``; a rating or numeric scale may
    leave values without words, which then show their number.
    """

    kind: Literal["agreement", "frequency", "rating", "semantic_differential", "numeric"] = "agreement"
    title: Texts | None = None
    values: tuple[Whole, ...]
    labels: Labels = Field(default_factory=FrozenDict)
    short: Labels = Field(default_factory=FrozenDict)
    synonyms: Annotated[dict[str, Whole], AfterValidator(_frozen)] = Field(default_factory=FrozenDict)
    not_applicable: NotApplicable | None = None
    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """Key of the scale in the file."""
        return self._name

    @property
    def points(self) -> int:
        """Number of answers, "not applicable" not counted."""
        return len(self.values)

    def reverse(self, value: float) -> float:
        """The score of a reverse-keyed item: lowest + highest − value."""
        return self.values[0] + self.values[-1] - value


class Choice(Frozen):
    """One answer of a closed question.

    ``missing``: the answer says that the value is not known, that it is not given, or that there is none.
    ``exclusive``: ticking it rules out all others. ``other``: a free text follows. ``synonyms``: other texts
    that mean this answer.
    """

    value: Whole
    label: Texts
    missing: Literal["unknown", "refused", "not_applicable"] | None = None
    exclusive: bool = False
    other: bool = False
    synonyms: tuple[Text, ...] = ()


class Condition(Frozen):
    """A question is asked only when an earlier one was answered with one of ``values``."""

    question: Code
    values: tuple[Whole, ...] = Field(min_length=1)


class Anchors(Frozen):
    """Words at the two ends of a semantic differential."""

    low: Texts
    high: Texts


class Question(Frozen):
    """Anything asked.

    ``passes`` (screening): screening mode → answers with which the respondent goes on; a mode that is not
    named only records the answer. ``expected`` (attention check): the value asked for. ``aliases``: other
    column headings under which its answers come back. ``latest`` (a number that is a year): the latest year
    accepted, counted from the year of filling in (0: that year, −18: eighteen years before it).
    ``personal``: a direct identifier, kept apart from the answers. ``sensitive``: never required. ``share``:
    how it stands in a file for others, who might recognise a respondent by it together with other answers.
    ``modes``: ways of asking in which it appears. ``filled_by``: who gives the answer. ``beside``: the
    construct or dimension whose scores a fact can be compared with.
    ``source``: passage of the paper it turns into a question. ``theme``: theme of the paper. ``indicator``:
    what is observed. ``adapted_from``: keys of ``references``, the scales whose idea it follows (published
    sentences are not copied).
    """

    code: Code
    kind: Kind = "scale"
    role: Role = "control"
    section: Code
    text: Texts
    hint: Texts | None = None
    forms: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = MODES
    scale: str | None = None
    anchors: Anchors | None = None
    choices: tuple[Choice, ...] = ()
    required: bool = True
    optional_block: str | None = None
    not_applicable: bool = False
    ask_if: Condition | None = None
    passes: ByName = Field(default_factory=FrozenDict)
    expected: Whole | None = None
    minimum: float | None = None
    maximum: float | None = None
    latest: Whole | None = None
    decimals: Whole = 0
    unit: Texts | None = None
    personal: bool = False
    share: Literal["as_is", "decade", "withheld"] = "as_is"
    sensitive: bool = False
    aliases: tuple[Text, ...] = ()
    about: Texts | None = None
    filled_by: Literal["respondent", "enumerator", "system"] = "respondent"
    beside: Code | None = None
    indicator: Texts | None = None
    theme: Texts | None = None
    source: Passage | None = None
    adapted_from: tuple[Text, ...] = ()
    _resolved: ResponseScale | None = PrivateAttr(default=None)

    @property
    def response_scale(self) -> ResponseScale | None:
        """The scale it is answered on; None for other kinds."""
        return self._resolved

    @property
    def values(self) -> tuple[int, ...]:
        """Answer codes in order, "not applicable" left out; empty for numbers and texts."""
        if self._resolved is not None:
            return self._resolved.values
        return tuple(choice.value for choice in self.choices)

    @property
    def labels(self) -> Any:
        """``{language: {value: label}}`` of the answers, "not applicable" left out; a value without words is
        its number."""
        scale = self._resolved
        if scale is None:
            languages = sorted({language for choice in self.choices for language in choice.label})
            return freeze(
                {
                    lang: {c.value: c.label[lang] for c in self.choices if lang in c.label}
                    for lang in languages
                }
            )
        found: dict[str, dict[int, str]] = {}
        for language in self.text:
            words = {value: str(value) for value in scale.values}
            words.update(scale.labels.get(language, {}))
            if self.anchors is not None and language in self.anchors.low and language in self.anchors.high:
                words[scale.values[0]] = self.anchors.low[language]
                words[scale.values[-1]] = self.anchors.high[language]
            found[language] = words
        return freeze(found)

    @property
    def na_code(self) -> int | None:
        """Code of "not applicable" when this question offers it."""
        if not self.not_applicable or self._resolved is None or self._resolved.not_applicable is None:
            return None
        return self._resolved.not_applicable.code

    @property
    def na_label(self) -> FrozenDict | None:
        """``{language: words}`` of "not applicable" when this question offers it."""
        if self.na_code is None or self._resolved is None or self._resolved.not_applicable is None:
            return None
        return FrozenDict(self._resolved.not_applicable.label)

    @property
    def is_item(self) -> bool:
        """Whether it measures a construct."""
        return False


class Item(Question):
    """A question that measures a construct.

    ``reverse``: a high answer means little of the construct (its keying is negative).
    """

    role: Role = "item"
    construct_code: Code = Field(alias="construct")
    dimension: Code | None = None
    reverse: bool = False

    @property
    def construct(self) -> str:  # type: ignore[override]
        """Code of the construct it measures."""
        return self.construct_code

    @property
    def is_item(self) -> bool:
        """Whether it measures a construct."""
        return True
