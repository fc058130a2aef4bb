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

    Attributes
    ----------
    kind : {"agreement", "frequency", "rating", "semantic_differential", "numeric"}
        What the answers say; a semantic differential labels its two ends through the item's ``anchors``.
    title : Texts or None
        Its name by language.
    values : tuple[Whole, ...]
        Answer codes from low to high.
    labels : Labels
        Words of every value in every language; a rating or numeric scale may leave values without words,
        which then show their number.
    short : Labels
        Abbreviation on paper by language and value.
    synonyms : Annotated[dict[str, Whole], AfterValidator(_frozen)]
        Other texts that mean a value (``KS: 2``), which a reader may use.
    not_applicable : NotApplicable or None
        The answer "does not apply", when the scale offers one.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> scale = load_instrument("umkm_inovasi").response_scales["agree5"]
    >>> scale.values, scale.labels["en"][5]
    ((1, 2, 3, 4, 5), 'Strongly agree')
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
        """Key of the scale in the file.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").item("PID1").response_scale.name
        'agree5'
        """
        return self._name

    @property
    def points(self) -> int:
        """Number of answers, "not applicable" not counted.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").response_scales["agree5"].points
        5
        """
        return len(self.values)

    def reverse(self, value: float) -> float:
        """The score of a reverse-keyed item: lowest + highest - value.

        Parameters
        ----------
        value : float
            Answer code.

        Returns
        -------
        float
            Score.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").response_scales["agree5"].reverse(2)
        4
        """
        return self.values[0] + self.values[-1] - value


class Choice(Frozen):
    """One answer of a closed question.

    Attributes
    ----------
    value : Whole
        Its code in the data.
    label : Texts
        Its words by language.
    missing : {"unknown", "refused", "not_applicable"} or None
        What it says when it is no value: "unknown", "refused" or "not_applicable"; None for a value.
    exclusive : bool
        Whether ticking it rules out all others.
    other : bool
        Whether a free text follows.
    synonyms : tuple[Text, ...]
        Other texts that mean this answer.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> load_instrument("umkm_inovasi").question("SEX").choices[0].label["en"]
    'Male'
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

    Attributes
    ----------
    code : Code
        Its name in files and columns.
    kind : Kind
        How it is answered.
    role : Role
        What it is for: an item, screening, consent, background and so on.
    section : Code
        Code of the section it stands in.
    text : Texts
        Its words by language.
    hint : Texts or None
        A help for the respondent by language.
    forms : tuple[str, ...]
        Forms it belongs to; empty for every form.
    modes : tuple[Mode, ...]
        Ways of asking in which it appears.
    scale : str or None
        Key of its answer scale; None takes the instrument's default for a scale question.
    anchors : Anchors or None
        Words of the two ends of a semantic differential.
    choices : tuple[Choice, ...]
        Answers of a closed question without a scale.
    required : bool
        Whether an answer is asked for before going on.
    optional_block : str or None
        Block that must be switched on for it to appear.
    not_applicable : bool
        Whether it offers the answer "does not apply".
    ask_if : Condition or None
        When it is asked; None for always.
    passes : ByName
        Screening: mode to the answers with which the respondent goes on; a mode that is not named only
        records the answer.
    expected : Whole or None
        Attention check: the value asked for.
    minimum, maximum : float or None
        Smallest and largest number accepted.
    latest : Whole or None
        The latest year accepted, counted from the year of filling in: 0 for that year, -18 for eighteen years
        before it.
    decimals : Whole
        Decimals of a number.
    unit : Texts or None
        Unit of a number by language.
    personal : bool
        Whether it is a direct identifier, kept apart from the answers.
    share : {"as_is", "decade", "withheld"}
        How it stands in a file for others: "as_is", by "decade", or "withheld".
    sensitive : bool
        Whether it is never required.
    aliases : tuple[Text, ...]
        Other column headings under which its answers come back.
    about : Texts or None
        A remark for the researcher by language.
    filled_by : {"respondent", "enumerator", "system"}
        Who gives the answer.
    beside : Code or None
        Construct or dimension whose scores a fact can be compared with.
    indicator : Texts or None
        What is observed, by language.
    theme : Texts or None
        Theme of the paper, by language.
    source : Passage or None
        Passage of the paper it turns into a question.
    adapted_from : tuple[Text, ...]
        Keys of ``references``: the scales whose idea it follows; published sentences are not copied.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> question = load_instrument("umkm_inovasi").question("SEX")
    >>> question.kind, question.role, len(question.choices)
    ('choice', 'control', 3)
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
        """The scale it is answered on; None for other kinds.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").question("PID1").response_scale.points
        5
        """
        return self._resolved

    @property
    def values(self) -> tuple[int, ...]:
        """Answer codes in order, "not applicable" left out; empty for numbers and texts.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").question("PID1").values
        (1, 2, 3, 4, 5)
        """
        if self._resolved is not None:
            return self._resolved.values
        return tuple(choice.value for choice in self.choices)

    @property
    def labels(self) -> Any:
        """``{language: {value: label}}`` of the answers, "not applicable" left out.

        A value without words is its number.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").question("PID1").labels["en"][1]
        'Strongly disagree'
        """
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
        """Code of "not applicable" when this question offers it; None otherwise.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> print(load_instrument("umkm_inovasi").question("PID1").na_code)
        None
        """
        if not self.not_applicable or self._resolved is None or self._resolved.not_applicable is None:
            return None
        return self._resolved.not_applicable.code

    @property
    def na_label(self) -> FrozenDict | None:
        """``{language: words}`` of "not applicable" when this question offers it; None otherwise.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> print(load_instrument("umkm_inovasi").question("PID1").na_label)
        None
        """
        if self.na_code is None or self._resolved is None or self._resolved.not_applicable is None:
            return None
        return FrozenDict(self._resolved.not_applicable.label)

    @property
    def is_item(self) -> bool:
        """Whether it measures a construct.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").question("SEX").is_item
        False
        """
        return False


class Item(Question):
    """A question that measures a construct.

    It has the attributes of ``Question`` and these:

    Attributes
    ----------
    role : Role
        "item", or "marker" for an item of a marker construct.
    construct_code : Code
        Code of the construct; in a file the key is ``construct``.
    dimension : Code or None
        Code of the dimension, for a construct that has some.
    reverse : bool
        Whether a high answer means little of the construct (its keying is negative).

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> item = load_instrument("umkm_inovasi").items[0]
    >>> item.code, item.construct, item.dimension, item.reverse
    ('PID1', 'PI', 'PID', False)
    """

    role: Role = "item"
    construct_code: Code = Field(alias="construct")
    dimension: Code | None = None
    reverse: bool = False

    @property
    def construct(self) -> str:  # type: ignore[override]
        """Code of the construct it measures.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").item("PID1").construct
        'PI'
        """
        return self.construct_code

    @property
    def is_item(self) -> bool:
        """Whether it measures a construct: always True.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").item("PID1").is_item
        True
        """
        return True
