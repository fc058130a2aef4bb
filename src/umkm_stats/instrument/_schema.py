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
    """A part of a construct, measured by its own items; ``avoid``: words that belong elsewhere, by
    language."""

    code: Code
    label: Texts
    definition: Texts | None = None
    theme: Texts | None = None
    avoid: WordsByLanguage = Field(default_factory=FrozenDict)


class Construct(Frozen):
    """What a set of items measures.

    ``kind``: *reflective* items share a cause and may enter a factor model; an *index* is a count or a sum
    and stays out of it. ``fence``: what belongs inside, so that no item strays into another construct;
    ``avoid``: words that would leave it, by language. An index counts its items answered at ``breadth_from``
    or higher (breadth) and at ``depth_from`` or higher (depth).
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

    ``stem``: what stands before its statements in place of the instrument's stem. ``randomise``: item order
    may be shuffled.
    """

    code: Code
    title: Texts
    intro: Texts | None = None
    stem: Texts | None = None
    randomise: bool = False


class Form(Frozen):
    """A length of the questionnaire."""

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
    """A claim to test: what kind of claim, its expected sign, where the paper makes it, and which models test
    it. ``inferred``: it goes beyond the words quoted; the note says how."""

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

    ``structure``: mediators side by side (*parallel*) or one after the other in the order given (*serial*).
    ``moderator`` changes the paths in ``moderates``: *a* (x → m), *b* (m → y) or *direct* (x → y).
    ``apart``: dimensions taken out of their construct to stand alone in this model.
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
