"""What an instrument file defines, frozen, and how its parts are looked up."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, PrivateAttr, Tag, model_validator

from umkm_stats.instrument._questions import Item, Question, ResponseScale
from umkm_stats.instrument._schema import (
    Consent,
    Construct,
    Contradiction,
    Form,
    Hypothesis,
    OptionalBlock,
    Reference,
    ScreeningMode,
    Section,
    StructuralModel,
)
from umkm_stats.instrument._values import Frozen, FrozenDict, Text, Texts, freeze
from umkm_stats.options import one_of

SCHEMA = "umkm-instrument/1"


def _sort_of_question(value: Any) -> str:
    if isinstance(value, Mapping):
        return "item" if "construct" in value else "question"
    return "item" if isinstance(value, Item) else "question"


AnyQuestion = Annotated[
    Annotated[Item, Tag("item")] | Annotated[Question, Tag("question")], Discriminator(_sort_of_question)
]


class Definition(Frozen):
    """The parts of an instrument file and the ways to find one of them."""

    schema_: Literal["umkm-instrument/1"] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    version: Text
    title: Texts
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")], ...] = Field(
        min_length=1
    )
    about: Texts | None = None
    source: Reference | None = None
    references: Annotated[dict[str, Text], AfterValidator(freeze)] = Field(default_factory=FrozenDict)
    stem: Texts | None = None
    default_scale: str | None = None
    default_form: str | None = None
    response_scales: Annotated[dict[str, ResponseScale], AfterValidator(freeze)]
    forms: tuple[Form, ...] = ()
    sections: tuple[Section, ...]
    optional_blocks: tuple[OptionalBlock, ...] = ()
    screening_modes: tuple[ScreeningMode, ...] = ()
    consent: Consent | None = None
    constructs: tuple[Construct, ...]
    questions: tuple[AnyQuestion, ...]
    hypotheses: tuple[Hypothesis, ...] = ()
    models: tuple[StructuralModel, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    _origin: str = PrivateAttr(default="")
    _digest: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _connect(self) -> Definition:
        resolve(self)
        return self

    # ------------------------------------------------------------------ looking things up
    @functools.cached_property
    def items(self) -> tuple[Item, ...]:
        """Questions that measure a construct, in the order asked; marker items included.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> [item.code for item in load_instrument("umkm_inovasi").items[:3]]
        ['PID1', 'PID2', 'PID3']
        """
        return tuple(question for question in self.questions if isinstance(question, Item))

    @functools.cached_property
    def _by_code(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions}

    @property
    def origin(self) -> str:
        """File it was read from; empty when it was built in memory.

        Examples
        --------
        >>> from pathlib import Path
        >>> from umkm_stats import load_instrument
        >>> Path(load_instrument("umkm_inovasi").origin).name
        'instrument.yaml'
        """
        return self._origin

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, hexadecimal; empty when it was built in memory.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> len(load_instrument("umkm_inovasi").digest)
        64
        """
        return self._digest

    def question(self, code: str) -> Question:
        """The question with this code.

        Parameters
        ----------
        code : str
            Code of a question.

        Returns
        -------
        Question
            The question.

        Raises
        ------
        UsageError
            GEN001, GEN002: there is none.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").question("SEX").section
        'PROFIL'
        """
        return self._by_code[one_of("question", code, tuple(self._by_code))]

    def item(self, code: str) -> Item:
        """The item with this code.

        Parameters
        ----------
        code : str
            Code of an item.

        Returns
        -------
        Item
            The item.

        Raises
        ------
        UsageError
            GEN001, GEN002: there is none.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").item("PID1").text["en"]
        'We create new designs that differ from our old products.'
        """
        items = {item.code: item for item in self.items}
        return items[one_of("item", code, tuple(items))]

    def construct(self, code: str) -> Construct:  # type: ignore[override]
        """The construct with this code.

        Parameters
        ----------
        code : str
            Code of a construct.

        Returns
        -------
        Construct
            The construct.

        Raises
        ------
        UsageError
            GEN001, GEN002: there is none.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").construct("OI").label["en"]
        'Open innovation'
        """
        constructs = {construct.code: construct for construct in self.constructs}
        return constructs[one_of("construct", code, tuple(constructs))]

    def model(self, key: str) -> StructuralModel:
        """The structural model with this key.

        Parameters
        ----------
        key : str
            Key of a model.

        Returns
        -------
        StructuralModel
            The model.

        Raises
        ------
        UsageError
            GEN001, GEN002: there is none.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").model("M1").m
        ('OI',)
        """
        models = {model.key: model for model in self.models}
        return models[one_of("model", key, tuple(models))]

    def structural(self, key: str = "M1") -> StructuralModel:
        """The roles in a model, which are what ``mediate`` needs.

        Parameters
        ----------
        key : str, default "M1"
            Key of a model.

        Returns
        -------
        StructuralModel
            The model: ``x``, ``m``, ``y``, ``covariates``, ``moderator``, ``moderates`` and ``structure``.

        Raises
        ------
        UsageError
            GEN001, GEN002: there is none.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> roles = load_instrument("umkm_inovasi").structural("M1")
        >>> roles.x, roles.m, roles.y
        (('PI',), ('OI',), ('NP',))
        """
        return self.model(key)

    def of_form(
        self, form: str | None = None, *, blocks: Iterable[str] = (), mode: str | None = None
    ) -> tuple[Question, ...]:
        """Questions of a form, in order.

        Parameters
        ----------
        form : str, optional
            Code of a form; None takes the instrument's default form, and all questions when it has no forms.
        blocks : Iterable[str], default ()
            Optional blocks to include.
        mode : str, optional
            Way of asking: "online", "paper", "phone" or "enumerator"; None keeps the questions of all.

        Returns
        -------
        tuple[Question, ...]
            Questions.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such form or block.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> len(load_instrument("umkm_inovasi").of_form("pendek"))
        96
        """
        codes = tuple(entry.code for entry in self.forms)
        chosen = form or self.default_form
        if chosen is not None and (codes or form is not None):
            one_of("form", chosen, codes)
        switched = set(blocks)
        for block in switched:
            one_of("blocks", block, tuple(entry.code for entry in self.optional_blocks))
        return tuple(
            question
            for question in self.questions
            if (not question.forms or chosen is None or chosen in question.forms)
            and (question.optional_block is None or question.optional_block in switched)
            and (mode is None or mode in question.modes)
        )

    def items_of_form(self, form: str | None = None, *, blocks: Iterable[str] = ()) -> tuple[Item, ...]:
        """Items of a form, marker items included.

        Parameters
        ----------
        form : str, optional
            Code of a form; None takes the instrument's default form, and all items when it has no forms.
        blocks : Iterable[str], default ()
            Optional blocks to include.

        Returns
        -------
        tuple[Item, ...]
            Items, in the order asked.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such form or block.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> len(load_instrument("umkm_inovasi").items_of_form("pendek"))
        47
        """
        return tuple(question for question in self.of_form(form, blocks=blocks) if isinstance(question, Item))

    # ------------------------------------------------------------------ sets of items
    def scales(
        self,
        items: Iterable[str] | None = None,
        *,
        by: Literal["construct", "dimension"] = "construct",
        markers: bool = False,
    ) -> dict[str, list[str]]:
        """Reflective scales with their item codes, in the order asked.

        Index constructs are left out. A construct without a present item has no entry.

        Parameters
        ----------
        items : Iterable[str], optional
            Item codes that are there; None for all.
        by : {"construct", "dimension"}, default "construct"
            "construct", or "dimension": a construct's dimensions each on their own; a construct without
            dimensions, or one whose dimensions have a single item each, stays whole.
        markers : bool, default False
            Whether marker constructs are scales too.

        Returns
        -------
        dict[str, list[str]]
            Code of a construct or dimension to the codes of its items.

        Raises
        ------
        UsageError
            GEN001, GEN002: ``by``.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").scales(["PID1", "PID2", "PIF1", "OI1"])
        {'PI': ['PID1', 'PID2', 'PIF1'], 'OI': ['OI1']}
        >>> load_instrument("umkm_inovasi").scales(["PID1", "PID2", "PIF1", "OI1"], by="dimension")
        {'PID': ['PID1', 'PID2'], 'PIF': ['PIF1'], 'OI': ['OI1']}
        """
        one_of("by", by, ("construct", "dimension"))
        present = None if items is None else set(items)
        found: dict[str, list[str]] = {}
        for construct in self.constructs:
            if construct.kind != "reflective" or (construct.role == "marker" and not markers):
                continue
            own = [
                item
                for item in self.items
                if item.construct == construct.code and (present is None or item.code in present)
            ]
            if not own:
                continue
            parts: dict[str, list[str]] = {}
            for dimension in construct.dimensions:
                members = [item.code for item in own if item.dimension == dimension.code]
                if members:
                    parts[dimension.code] = members
            if by == "dimension" and any(len(members) > 1 for members in parts.values()):
                found.update(parts)
                rest = [item.code for item in own if item.dimension is None]
                if rest:
                    found[construct.code] = rest
            else:
                found[construct.code] = [item.code for item in own]
        return found

    def reversed_items(self, items: Iterable[str] | None = None) -> list[str]:
        """Codes of reverse-keyed items.

        Parameters
        ----------
        items : Iterable[str], optional
            Item codes that are there; None for all.

        Returns
        -------
        list[str]
            Codes, in the order asked.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").reversed_items()
        []
        """
        present = None if items is None else set(items)
        return [
            item.code for item in self.items if item.reverse and (present is None or item.code in present)
        ]


def resolve(instrument: Definition) -> None:
    """Give every scale its name and every scale question its scale."""
    for name, scale in instrument.response_scales.items():
        scale._name = name
    for question in instrument.questions:
        if question.kind == "scale":
            question._resolved = instrument.response_scales.get(
                question.scale or instrument.default_scale or ""
            )
