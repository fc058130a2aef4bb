"""Making the plan: sections in order, item order, screening, grids, and what the form itself knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.instrument import Instrument, Item, Question, Section, as_instrument
from umkm_stats.kernels import draws
from umkm_stats.options import one_of, whole
from umkm_stats.questionnaire._plan import (
    MODES,
    ORDERS,
    STAGES,
    Answer,
    Asked,
    Clause,
    Condition,
    Group,
    Mode,
    Order,
    Part,
    Plan,
    Stage,
)


def make_plan(
    instrument: Instrument | str | Path,
    *,
    form: str | None = None,
    languages: Iterable[str] | None = None,
    mode: Mode = "online",
    screening: str | None = None,
    blocks: Iterable[str] = (),
    shuffle: bool = False,
    seed: int | None = None,
    filled: Mapping[str, str] | None = None,
    stage: Stage = "main",
    audit: bool = False,
    order: Order = "instrument",
) -> Plan:
    """The plan of a questionnaire: what is asked, in which order and words, before it takes a format.

    Parameters
    ----------
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    form : str, optional
        Code of a form; None takes the instrument's default.
    languages : Iterable[str], optional
        Languages in order, the first is the base language; None takes all the instrument has.
    mode : Mode, default "online"
        Way of asking: "online", "paper", "phone" or "enumerator"; questions of other modes are left out.
    screening : str, optional
        Screening mode; None takes the first the instrument names.
    blocks : Iterable[str], default ()
        Optional blocks to include.
    shuffle : bool, default False
        Whether items are in random order within sections that allow it.
    seed : int, optional
        Seed of that order; None draws one, which the plan keeps.
    filled : Mapping[str, str], optional
        Texts for the blanks of the consent sheet, by name.
    stage : Stage, default "main"
        "pilot" or "main"; recorded with every answer where the format can.
    audit : bool, default False
        XLSForm only: record the time spent on each question (the consent text must then say so).
    order : Order, default "instrument"
        "instrument", or "outcome_first": sections of statements on outcomes stand before those on what is to
        explain them, so that the order does not cue the hypotheses; recorded with every answer where the
        instrument has the question URUTAN.

    Returns
    -------
    Plan
        The plan.

    Raises
    ------
    UsageError
        GEN001, GEN002: an unknown name; QST101: a language without complete wording; QST102: nothing is left
        to ask.

    Examples
    --------
    >>> from umkm_stats.questionnaire import make_plan
    >>> plan = make_plan("umkm_inovasi", form="pendek", languages=["id"], mode="paper")
    >>> len(plan.items), plan.languages, plan.seed
    (47, ('id',), None)
    """
    one_of("mode", mode, get_args(Mode))
    one_of("stage", stage, get_args(Stage))
    one_of("order", order, get_args(Order))
    instrument = as_instrument(instrument)
    chosen = _languages(instrument, languages)
    modes = tuple(entry.code for entry in instrument.screening_modes)
    if screening is not None:
        one_of("screening", screening, modes)
    screening = screening or (modes[0] if modes else None)
    questions = list(instrument.of_form(form, blocks=tuple(blocks), mode=mode))
    if not questions:
        raise UsageError("QST102", params={"form": form or instrument.name, "mode": mode})
    for question in questions:
        for lang in chosen:
            if lang not in question.text:
                raise UsageError("QST101", params={"language": lang, "item": question.code})
    if seed is not None:
        whole("seed", seed, low=0)
    used = (draws.new_seed() if seed is None else seed) if shuffle else None
    sections = _sections(instrument, questions, order)
    parts = _parts(instrument, sections, questions, screening, used, chosen)
    known = _known(instrument, parts, chosen, mode, stage, order)
    default = form or (instrument.default_form if instrument.forms else None)
    return Plan(
        instrument,
        default,
        chosen,
        mode,
        screening,
        used,
        parts,
        dict(filled or {}),
        known,
        audit,
        form,
        order,
    )


def _known(
    instrument: Instrument,
    parts: Sequence[Part],
    languages: tuple[str, ...],
    mode: Mode,
    stage: Stage,
    order: Order,
) -> Mapping[str, str]:
    """Answers that the form itself knows, by question code: stage, way of asking, version, and a single
    language."""
    values = {
        "STAGE": str(1 + STAGES.index(stage)),
        "MODE": str(1 + MODES.index(mode)),
        "FORMVER": instrument.version,
        "URUTAN": str(1 + ORDERS.index(order)),
        "BAHASA": str(1 + instrument.languages.index(languages[0])) if len(languages) == 1 else "",
    }
    asked = [asked for part in parts for asked in part.asked if asked.filled_by == "system"]
    fits = {a.code: values.get(a.code, "") for a in asked}
    return {
        a.code: fits[a.code]
        for a in asked
        if fits[a.code] and (not a.answers or fits[a.code] in {str(answer.value) for answer in a.answers})
    }


def _languages(instrument: Instrument, languages: Iterable[str] | None) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(languages)) if languages is not None else tuple(instrument.languages)
    if not chosen:
        raise UsageError(
            "GEN001",
            params={
                "name": "languages",
                "received": "()",
                "expected": list(instrument.languages),
                "near": "",
            },
        )
    for lang in chosen:
        one_of("languages", lang, tuple(instrument.languages))
    return chosen


OUTCOMES = ("y", "outcome", "facet")


def _sections(instrument: Instrument, questions: Sequence[Question], order: Order) -> tuple[Section, ...]:
    """The sections in order; ``outcome_first`` moves those whose statements measure outcomes before the other
    sections of statements. A section stays behind those its conditions hang on."""
    if order == "instrument":
        return instrument.sections
    roles = {construct.code: construct.role for construct in instrument.constructs}
    of = {question.code: question.section for question in questions}
    measured: dict[str, set[str]] = {}
    bound: set[str] = set()
    for question in questions:
        if isinstance(question, Item):
            measured.setdefault(question.section, set()).add(roles[question.construct])
        if question.ask_if is not None and of.get(question.ask_if.question) != question.section:
            bound.add(question.section)
    places = [i for i, section in enumerate(instrument.sections) if section.code in measured]
    movable = [instrument.sections[i] for i in places]
    first = [s for s in movable if measured[s.code] & set(OUTCOMES) and s.code not in bound]
    mixed = list(instrument.sections)
    for place, section in zip(places, [*first, *(s for s in movable if s not in first)], strict=True):
        mixed[place] = section
    return tuple(mixed)


def _parts(
    instrument: Instrument,
    sections: Sequence[Section],
    questions: Sequence[Question],
    screening: str | None,
    seed: int | None,
    languages: tuple[str, ...],
) -> tuple[Part, ...]:
    parts: list[Part] = []
    rules: list[Clause] = []
    number = 0
    present = {question.code: question for question in questions}
    places = {section.code: place for place, section in enumerate(instrument.sections)}
    for section in sections:
        position = places[section.code]  # of the file, so that a seed gives one item order whatever the order
        own = [question for question in questions if question.section == section.code]
        if seed is not None and section.randomise:
            own = _shuffled(own, seed, position)
        asked: list[Asked] = []
        for question in _in_grids(own):
            number += question.filled_by == "respondent"
            accept = tuple(question.passes[screening]) if screening in question.passes else None
            chain = _chain(question, present)
            place = number if question.filled_by == "respondent" else 0
            asked.append(Asked(question, place, answers_of(question, languages), tuple(rules), chain, accept))
            if accept is not None:
                rules.append(Clause(question.code, accept, chain))
        if asked:
            parts.append(Part(section, tuple(_groups(section, asked))))
    return tuple(parts)


def _chain(question: Question, present: Mapping[str, Question]) -> tuple[Condition, ...]:
    """The question's condition and those of the questions it hangs on, the outermost first.

    A condition on a question that this form does not ask falls away, and with it what lies behind.
    """
    found: list[Condition] = []
    seen = {question.code}
    own = question.ask_if
    while own is not None and own.question in present and own.question not in seen:
        found.append(Condition(own.question, own.values))
        seen.add(own.question)
        own = present[own.question].ask_if
    return tuple(reversed(found))


def _shuffled(own: list[Question], seed: int, position: int) -> list[Question]:
    """Items and marker items change places among themselves; every other question keeps its place."""
    places = [i for i, question in enumerate(own) if isinstance(question, Item) and question.ask_if is None]
    order = np.argsort(draws.words(seed, position, len(places), purpose=draws.PERMUTATION), kind="stable")
    mixed = list(own)
    for place, source in zip(places, order, strict=True):
        mixed[place] = own[places[int(source)]]
    return mixed


def _in_grids(own: list[Question]) -> list[Question]:
    """Within a run of statements on one scale, those that offer "does not fit" come after those that do not.

    A grid has the same columns in every row, so the two kinds need two grids; the order is the same in
    formats without grids, so that paper and online answers of one study were given in one order.
    """
    made: list[Question] = []
    start = 0
    for stop in range(1, len(own) + 1):
        if stop == len(own) or not _alike(own[start], own[stop]):
            made += sorted(own[start:stop], key=lambda question: question.na_code is not None)
            start = stop
    return made


def _alike(one: Question, two: Question) -> bool:
    """Whether two statements could stand in one grid but for "does not fit"."""
    return (
        one.kind == two.kind == "scale"
        and one.response_scale is two.response_scale
        and one.anchors is None
        and two.anchors is None
        and one.ask_if == two.ask_if
        and not one.passes
        and not two.passes
        and (one.required and not one.sensitive) == (two.required and not two.sensitive)
    )


def answers_of(question: Question, languages: Sequence[str]) -> tuple[Answer, ...]:
    """The answers of a closed question in order, "does not fit" last; empty for numbers and texts."""
    scale = question.response_scale
    if scale is None:
        found = [
            Answer(
                choice.value,
                choice.label,
                alone=choice.exclusive or choice.missing is not None,
                other=choice.other,
            )
            for choice in question.choices
        ]
        return tuple(found)
    labels = question.labels
    found = []
    for value in scale.values:
        words = {lang: labels.get(lang, {}).get(value, str(value)) for lang in languages}
        short = {lang: scale.short[lang][value] for lang in languages if value in scale.short.get(lang, {})}
        found.append(Answer(value, words, short if len(short) == len(languages) else None))
    if question.na_code is not None and scale.not_applicable is not None:
        found.append(
            Answer(question.na_code, scale.not_applicable.label, scale.not_applicable.short, aside=True)
        )
    return tuple(found)


def _groups(section: Section, asked: Sequence[Asked]) -> Iterator[Group]:
    runs: list[list[Asked]] = []
    for entry in asked:
        if runs and _together(runs[-1][-1], entry):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    grids = 0
    for run in runs:
        if run[0].question.kind == "scale" and run[0].question.anchors is None and len(run) > 1:
            grids += 1
            yield Group(f"G{section.code}{grids}", True, tuple(run))
        else:
            for entry in run:
                yield Group(entry.code, False, (entry,))


def _together(one: Asked, two: Asked) -> bool:
    left, right = one.question, two.question
    return _alike(left, right) and left.na_code == right.na_code and one.clauses == two.clauses
