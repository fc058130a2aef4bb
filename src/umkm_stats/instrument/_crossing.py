"""Rules between the parts of an instrument: unique codes, known references, complete translations."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from umkm_stats import messages
from umkm_stats.instrument._error import InstrumentError, Word
from umkm_stats.instrument._instrument import Instrument
from umkm_stats.instrument._questions import Item, Question
from umkm_stats.instrument._spelling import RESERVED_BY_MODELS
from umkm_stats.instrument._tree import Tree, walk

Path = tuple[Any, ...]
_TEXT_KEYS = {
    "text",
    "title",
    "label",
    "about",
    "intro",
    "hint",
    "stem",
    "definition",
    "fence",
    "theme",
    "indicator",
    "note",
    "handled",
    "unit",
    "low",
    "high",
    "closing",
}


class Collector:
    """Gathers faults with their places."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.found: list[InstrumentError] = []

    def add(self, fault: str, path: Path, **params: Any) -> None:
        """One fault at ``path``."""
        self.found.append(InstrumentError(fault, self.tree.place(path), params))

    def refer(self, path: Path, sort: str, received: str | None, known: Collection[str]) -> None:
        """A fault when ``received`` is given and not among ``known``."""
        if received is None or received in known:
            return
        near = difflib.get_close_matches(received, sorted(known), n=1)
        self.add(
            "INS017" if near else "INS016",
            path,
            sort=Word(sort),
            received=received,
            near=near[0] if near else "",
            known=sorted(known),
        )

    def unique(self, path: Path, key: str, codes: Collection[str]) -> None:
        """A fault for every code that stands twice in a list of the file."""
        seen: dict[str, int] = {}
        for index, code in enumerate(codes):
            if code in seen:
                first = self.tree.line((*path, seen[code], key))
                self.add("INS018", (*path, index, key), code=code, first=first)
            seen.setdefault(code, index)


def faults(instrument: Instrument, tree: Tree) -> list[InstrumentError]:
    """Every fault between the parts."""
    out = Collector(tree)
    _codes(instrument, out)
    _names(instrument, out)
    _labels(instrument, out)
    _scales(instrument, out)
    _questions(instrument, out)
    _models(instrument, out)
    _translations(instrument, out)
    _passages(instrument, out)
    return out.found


def _codes(instrument: Instrument, out: Collector) -> None:
    out.unique(("questions",), "code", [question.code for question in instrument.questions])
    out.unique(("sections",), "code", [section.code for section in instrument.sections])
    out.unique(("forms",), "code", [form.code for form in instrument.forms])
    out.unique(("hypotheses",), "code", [entry.code for entry in instrument.hypotheses])
    out.unique(("models",), "key", [entry.key for entry in instrument.models])
    seen: dict[str, Path] = {}
    for i, construct in enumerate(instrument.constructs):
        entries: list[tuple[str, Path]] = [(construct.code, ("constructs", i, "code"))]
        entries += [
            (d.code, ("constructs", i, "dimensions", j, "code")) for j, d in enumerate(construct.dimensions)
        ]
        for code, path in entries:
            if code in seen:
                out.add("INS018", path, code=code, first=out.tree.line(seen[code]))
            seen.setdefault(code, path)
    for i, question in enumerate(instrument.questions):
        if question.code in seen:
            out.add(
                "INS018",
                ("questions", i, "code"),
                code=question.code,
                first=out.tree.line(seen[question.code]),
            )


def _names(instrument: Instrument, out: Collector) -> None:
    """Codes that become names of variables: none equals another but for letter case, none is a word of R."""
    entries: list[tuple[str, Path]] = []
    for i, construct in enumerate(instrument.constructs):
        entries.append((construct.code, ("constructs", i, "code")))
        for j, dimension in enumerate(construct.dimensions):
            entries.append((dimension.code, ("constructs", i, "dimensions", j, "code")))
    entries += [(q.code, ("questions", i, "code")) for i, q in enumerate(instrument.questions)]
    seen: dict[str, tuple[str, Path]] = {}
    for code, path in entries:
        other, where = seen.setdefault(code.casefold(), (code, path))
        if other != code:
            out.add("INS127", path, code=code, other=other, first=out.tree.line(where))
        if code in RESERVED_BY_MODELS:
            out.add("INS129", path, code=code)


def _labels(instrument: Instrument, out: Collector) -> None:
    """Names of variables: no two constructs, and no two dimensions of one construct, bear the same one."""
    groups: list[list[tuple[str, Mapping[str, str], Path]]] = [
        [(c.code, c.label, ("constructs", i)) for i, c in enumerate(instrument.constructs)]
    ]
    groups += [
        [(d.code, d.label, ("constructs", i, "dimensions", j)) for j, d in enumerate(c.dimensions)]
        for i, c in enumerate(instrument.constructs)
    ]
    for group in groups:
        for language in instrument.languages:
            seen: dict[str, tuple[str, Path]] = {}
            for code, label, path in group:
                name = label.get(language, "")
                other, where = seen.setdefault(" ".join(name.split()).casefold(), (code, path))
                if name and other != code:
                    told = {"code": code, "other": other, "name": name, "first": out.tree.line(where)}
                    out.add("INS171", (*path, "label", language), **told)


def _scales(instrument: Instrument, out: Collector) -> None:
    out.refer(("default_scale",), "scale", instrument.default_scale, instrument.response_scales)
    out.refer(("default_form",), "form", instrument.default_form, [form.code for form in instrument.forms])
    for name, scale in instrument.response_scales.items():
        path: Path = ("response_scales", name)
        if len(scale.values) < 2 or list(scale.values) != sorted(set(scale.values)):
            out.add("INS019", (*path, "values"), scale=name)
        if scale.not_applicable is not None and scale.not_applicable.code in scale.values:
            out.add("INS019", (*path, "not_applicable", "code"), scale=name)
        for language in scale.labels:
            if not set(scale.labels[language]) <= set(scale.values):
                out.add("INS019", (*path, "labels", language), scale=name)
        if scale.kind in ("agreement", "frequency"):
            for language in instrument.languages:
                if not set(scale.labels.get(language, {})) >= set(scale.values):
                    out.add("INS019", (*path, "labels", language), scale=name)
        for text, value in scale.synonyms.items():
            if value not in scale.values:
                out.add("INS019", (*path, "synonyms", text), scale=name)


def _questions(instrument: Instrument, out: Collector) -> None:
    sections = [section.code for section in instrument.sections]
    forms = [form.code for form in instrument.forms]
    blocks = [block.code for block in instrument.optional_blocks]
    modes = [mode.code for mode in instrument.screening_modes]
    dimensions = {
        construct.code: [d.code for d in construct.dimensions] for construct in instrument.constructs
    }
    constructs = [*dimensions, *(code for codes in dimensions.values() for code in codes)]
    asked: dict[str, Question] = {}
    for i, question in enumerate(instrument.questions):
        path: Path = ("questions", i)
        out.refer((*path, "section"), "section", question.section, sections)
        out.refer((*path, "optional_block"), "block", question.optional_block, blocks)
        for j, form in enumerate(question.forms):
            out.refer((*path, "forms", j), "form", form, forms)
        if question.kind == "scale":
            if question.scale is None and instrument.default_scale is None:
                out.add("INS010", path, key="scale")
            out.refer((*path, "scale"), "scale", question.scale, instrument.response_scales)
        if question.kind in ("choice", "multiple", "consent"):
            values = [choice.value for choice in question.choices]
            if not values or values != list(range(1, len(values) + 1)):
                out.add("INS019", (*path, "choices"), scale=question.code)
        if (
            question.not_applicable
            and question.response_scale
            and question.response_scale.not_applicable is None
        ):
            out.add(
                "INS019", (*path, "not_applicable"), scale=question.scale or instrument.default_scale or ""
            )
        for mode, values_on in question.passes.items():
            out.refer((*path, "passes", mode), "screening", mode, modes)
            if not set(values_on) <= set(question.values):
                out.add("INS019", (*path, "passes", mode), scale=question.code)
        if question.ask_if is not None:
            _condition(instrument, out, path, question, asked)
            before = asked.get(question.ask_if.question)
            if before is not None and before.values and not set(question.ask_if.values) <= set(before.values):
                out.add("INS019", (*path, "ask_if", "values"), scale=before.code)
        if question.expected is not None and question.expected not in question.values:
            out.add("INS019", (*path, "expected"), scale=question.code)
        out.refer((*path, "beside"), "construct", question.beside, constructs)
        for j, key in enumerate(question.adapted_from if instrument.references else ()):
            out.refer((*path, "adapted_from", j), "reference", key, instrument.references)
        if isinstance(question, Item):
            out.refer((*path, "construct"), "construct", question.construct, dimensions)
            if question.construct in dimensions:
                out.refer(
                    (*path, "dimension"), "dimension", question.dimension, dimensions[question.construct]
                )
        asked[question.code] = question


def _condition(
    instrument: Instrument, out: Collector, path: Path, question: Question, asked: Mapping[str, Question]
) -> None:
    """A condition hangs on a question that was asked before, never on a later one or, round about, on
    itself."""
    assert question.ask_if is not None
    where = (*path, "ask_if", "question")
    all_questions = {entry.code: entry for entry in instrument.questions}
    if question.ask_if.question in asked or question.ask_if.question not in all_questions:
        out.refer(where, "earlier", question.ask_if.question, list(asked))
        return
    chain = [question.code]
    step: Question | None = question
    while step is not None and step.ask_if is not None and step.ask_if.question not in chain:
        chain.append(step.ask_if.question)
        step = all_questions.get(step.ask_if.question)
    if step is not None and step.ask_if is not None and step.ask_if.question == question.code:
        out.add("INS144", where, item=question.code, chain=" → ".join([*chain, question.code]))
    else:
        out.add("INS145", where, item=question.code, other=question.ask_if.question)


def _models(instrument: Instrument, out: Collector) -> None:
    constructs = {construct.code for construct in instrument.constructs}
    dimensions = {d.code for construct in instrument.constructs for d in construct.dimensions}
    codes = {question.code for question in instrument.questions}
    keys = [model.key for model in instrument.models]
    hypotheses = [entry.code for entry in instrument.hypotheses]
    for i, model in enumerate(instrument.models):
        path: Path = ("models", i)
        for part in ("x", "m", "y"):
            for j, code in enumerate(getattr(model, part)):
                out.refer((*path, part, j), "construct", code, constructs | dimensions)
        out.refer((*path, "moderator"), "construct", model.moderator, constructs | dimensions)
        for j, code in enumerate(model.apart):
            out.refer((*path, "apart", j), "dimension", code, dimensions)
        for j, code in enumerate(model.covariates):
            out.refer((*path, "covariates", j), "covariate", code, constructs | dimensions | codes)
        for j, code in enumerate(model.hypotheses):
            out.refer((*path, "hypotheses", j), "hypothesis", code, hypotheses)
        placed = [*model.x, *model.m, *model.y, *([model.moderator] if model.moderator else [])]
        if len(set(placed)) != len(placed) or bool(model.moderator) != (len(model.moderates) == 1):
            out.add("INS022", path, model=model.key)
    for i, hypothesis in enumerate(instrument.hypotheses):
        for j, code in enumerate(hypothesis.constructs):
            out.refer(("hypotheses", i, "constructs", j), "construct", code, constructs | dimensions | codes)
        for j, key in enumerate(hypothesis.models):
            out.refer(("hypotheses", i, "models", j), "model", key, keys)


def is_texts(path: Path, value: Any) -> bool:
    """Whether plain values at ``path`` are a text by language."""
    return bool(
        path
        and path[-1] in _TEXT_KEYS
        and isinstance(value, Mapping)
        and value
        and all(isinstance(v, str) for v in value.values())
    )


def _translations(instrument: Instrument, out: Collector) -> None:
    for path, value in walk(out.tree.data):
        if is_texts(path, value):
            for language in instrument.languages:
                if not str(value.get(language, "")).strip():
                    out.add("INS023", path, language=language)
            for language in value:
                if language not in instrument.languages and language not in messages.languages():
                    out.refer((*path, language), "language", str(language), instrument.languages)


def _passages(instrument: Instrument, out: Collector) -> None:
    sections = instrument.source.sections if instrument.source else ()
    for path, value in walk(out.tree.data):
        if path and isinstance(value, Mapping) and set(value) == {"quote", "section"}:
            if sections:
                out.refer((*path, "section"), "passage_section", str(value["section"]), sections)
            words = len(str(value["quote"]).replace("…", " ").split())
            if words > 12:
                out.add("INS024", (*path, "quote"), words=words)
