"""The parts of an instrument file beside its questions, ``umkm-instrument/1``: frozen pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from umkm_stats.instrument._questions import Code, Whole
from umkm_stats.instrument._values import Frozen, FrozenDict, Passage, Text, Texts, freeze

WordsByLanguage = Annotated[dict[str, tuple[Text, ...]], AfterValidator(freeze)]
ConstructRole = Literal[
    "x",
    "m",
    "y",
    "moderator",
    "antecedent",
    "outcome",
    "resource",
    "capability",
    "facet",
    "marker",
    "index",
    "other",
]


class Dimension(Frozen):
    """A part of a construct, measured by its own items.

    Attributes
    ----------
    code : Code
        Its name in models and columns.
    label : Texts
        Its name by language.
    definition : Texts or None
        What it means, by language.
    theme : Texts or None
        Theme of the paper, by language.
    avoid : WordsByLanguage
        Words that belong elsewhere, by language.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> load_instrument("umkm_inovasi").construct("PI").dimensions[0].label["en"]
    'Design'
    """

    code: Code
    label: Texts
    definition: Texts | None = None
    theme: Texts | None = None
    avoid: WordsByLanguage = Field(default_factory=FrozenDict)


class Construct(Frozen):
    """What a set of items measures.

    Attributes
    ----------
    code : Code
        Its name in models and columns.
    label : Texts
        Its name by language.
    role : ConstructRole
        What it is in the study's claims: predictor, mediator, outcome and so on.
    tier : {"core", "second", "optional", "marker"}
        "core", "second", "optional" or "marker": how much the study rests on it.
    kind : {"reflective", "index"}
        "reflective": its items share a cause and may enter a factor model; "index": a count or a sum, which
        stays out of it.
    definition : Texts or None
        What it means, by language.
    fence : Texts or None
        What belongs inside, so that no item strays into another construct, by language.
    avoid : WordsByLanguage
        Words that would leave it, by language.
    theme : Texts or None
        Theme of the paper, by language.
    theory : tuple[Text, ...]
        Theories it comes from.
    dimensions : tuple[Dimension, ...]
        Its parts.
    breadth_from : Whole or None
        Answer from which an item of an index counts for its breadth.
    depth_from : Whole or None
        Answer from which an item of an index counts for its depth.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> construct = load_instrument("umkm_inovasi").construct("PI")
    >>> construct.label["en"], [dimension.code for dimension in construct.dimensions]
    ('Product innovation', ['PID', 'PIF', 'PIS', 'PIN'])
    """

    code: Code
    label: Texts
    role: ConstructRole = "other"
    tier: Literal["core", "second", "optional", "marker"] = "core"
    kind: Literal["reflective", "index"] = "reflective"
    definition: Texts | None = None
    fence: Texts | None = None
    avoid: WordsByLanguage = Field(default_factory=FrozenDict)
    theme: Texts | None = None
    theory: tuple[Text, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    breadth_from: Whole | None = None
    depth_from: Whole | None = None


class Section(Frozen):
    """A part of the questionnaire with its heading and instruction.

    Attributes
    ----------
    code : Code
        Its name in the file.
    title : Texts
        Heading by language.
    intro : Texts or None
        Instruction by language.
    stem : Texts or None
        What stands before its statements in place of the instrument's stem, by language.
    randomise : bool
        Whether the order of its items may be shuffled.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> section = load_instrument("umkm_inovasi").sections[0]
    >>> section.code, section.title["en"]
    ('LAPANG', 'For the Enumerator')
    """

    code: Code
    title: Texts
    intro: Texts | None = None
    stem: Texts | None = None
    randomise: bool = False


class Form(Frozen):
    """A length of the questionnaire.

    Attributes
    ----------
    code : str
        Name in calls, for instance ``pendek``.
    title : Texts
        Its name by language.
    about : Texts or None
        For whom it is, by language.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> [form.code for form in load_instrument("umkm_inovasi").forms]
    ['inti', 'pendek', 'panjang']
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,19}$")]
    title: Texts
    about: Texts | None = None


class ScreeningMode(Frozen):
    """A way of choosing who is asked on."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,19}$")]
    title: Texts
    about: Texts | None = None


class ConsentPart(Frozen):
    """One paragraph of the consent sheet and the duty it fulfils; ``{name}`` marks what the researcher fills
    in."""

    topic: Literal[
        "intro",
        "legal_basis",
        "purpose",
        "relevance",
        "data",
        "details",
        "confidentiality",
        "processing_period",
        "retention",
        "storage",
        "rights",
        "withdrawal",
        "risk",
        "contact",
        "ethics",
    ]
    text: Texts


class Consent(Frozen):
    """The consent sheet: law, paragraphs in order, and what the researcher must fill in before it is handed
    out."""

    law: Text
    title: Texts
    parts: tuple[ConsentPart, ...]
    fill_in: Annotated[dict[str, Texts], AfterValidator(freeze)] = Field(default_factory=FrozenDict)
    closing: Texts | None = None


class Hypothesis(Frozen):
    """A claim to test.

    Attributes
    ----------
    code : str
        ``H1``, ``H3a`` and so on.
    text : Texts
        The claim by language.
    test : str
        What kind of claim it is: a path, a total or indirect effect, moderation, equivalence and so on.
    sign : {"+", "-", "0"}
        Expected sign: "+", "-", or "0" when none is expected.
    constructs : tuple[Code, ...]
        Codes of the constructs it speaks of.
    effects : tuple[Text, ...]
        Names of the effects that decide on it.
    models : tuple[str, ...]
        Keys of the structural models that test it.
    source : Passage or None
        Passage of the paper that makes it.
    inferred : bool
        Whether it goes beyond the words quoted; ``note`` says how.
    note : Texts or None
        What the reader must know of it, by language.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> claim = load_instrument("umkm_inovasi").hypotheses[0]
    >>> claim.code, claim.test, claim.sign
    ('H1', 'path', '+')
    """

    code: Annotated[str, StringConstraints(pattern=r"^H[0-9]{1,2}[a-z]?$")]
    text: Texts
    test: Literal[
        "path",
        "joint",
        "total",
        "equivalence",
        "indirect",
        "moderation",
        "serial",
        "rival",
        "necessity",
        "comparison",
    ]
    sign: Literal["+", "-", "0"] = "+"
    constructs: tuple[Code, ...]
    effects: tuple[Text, ...] = ()
    models: tuple[str, ...] = ()
    source: Passage | None = None
    inferred: bool = False
    note: Texts | None = None


class StructuralModel(Frozen):
    """Who stands where in a path model: codes of constructs, or of dimensions set apart.

    Attributes
    ----------
    key : str
        Its name in calls, for instance ``M1``.
    title : Texts
        Its name by language.
    structure : {"parallel", "serial"}
        "parallel": mediators side by side; "serial": one after the other in the order given.
    x : tuple[Code, ...]
        Predictors.
    m : tuple[Code, ...]
        Mediators.
    y : tuple[Code, ...]
        Outcomes.
    covariates : tuple[str, ...]
        Codes of constructs or questions held constant.
    moderator : Code or None
        What changes the paths in ``moderates``.
    moderates : tuple[{"a", "b", "direct"}, ...]
        "a" (x to m), "b" (m to y) or "direct" (x to y).
    apart : tuple[Code, ...]
        Dimensions taken out of their construct to stand alone in this model.
    hypotheses : tuple[str, ...]
        Codes of the claims it tests.
    note : Texts or None
        What the reader must know of it, by language.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> model = load_instrument("umkm_inovasi").model("M3")
    >>> model.structure, model.x, model.m, model.y
    ('serial', ('PI',), ('OI', 'ACAP'), ('NP',))
    """

    key: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{1,11}$")]
    title: Texts
    structure: Literal["parallel", "serial"] = "parallel"
    x: tuple[Code, ...] = Field(min_length=1)
    m: tuple[Code, ...] = ()
    y: tuple[Code, ...] = Field(min_length=1)
    covariates: tuple[str, ...] = ()
    moderator: Code | None = None
    moderates: tuple[Literal["a", "b", "direct"], ...] = ()
    apart: tuple[Code, ...] = ()
    hypotheses: tuple[str, ...] = ()
    note: Texts | None = None


class Contradiction(Frozen):
    """Where the source says two things, and how the instrument leaves the choice to the user."""

    code: Annotated[str, StringConstraints(pattern=r"^K[0-9]{1,2}$")]
    text: Texts
    sources: tuple[Passage, ...] = ()
    handled: Texts
    models: tuple[str, ...] = ()


class OptionalBlock(Frozen):
    """Questions that are left out unless the researcher switches them on."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,19}$")]
    title: Texts
    about: Texts | None = None


class Reference(Frozen):
    """The study an instrument comes from."""

    citation: Text
    licence: Text
    doi: str | None = None
    url: str | None = None
    sections: tuple[Text, ...] = ()
