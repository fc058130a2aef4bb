"""The plan of a questionnaire: which questions, in what order, on which pages, and who is asked what.

Every writer starts from the same plan, so that all formats ask the same questions under the same conditions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.instrument import Instrument, Item, Question, ResponseScale, Section
from umkm_stats.kernels import draws
from umkm_stats.options import one_of, whole
from umkm_stats.results import Note

Mode = Literal["online", "paper", "phone", "enumerator"]
Input = Literal["one", "many", "number", "text"]
Words = Mapping[str, str]

Stage = Literal["pilot", "main"]
MODES: tuple[Mode, ...] = ("online", "paper", "phone", "enumerator")
PATIENCE = 25  # minutes after which many respondents give up
STAGES: tuple[Stage, ...] = ("pilot", "main")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a closed question.

    ``aside``: the answer "does not fit my business", shown apart from the scale. ``alone``: rules out all others.
    """

    value: int
    text: Words
    short: Words | None = None
    aside: bool = False
    alone: bool = False
    other: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A question's own condition: an earlier question was answered with one of ``values``."""

    question: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Holds when ``question`` was answered with one of ``values``, or was not asked because ``only_if`` failed."""

    question: str
    values: tuple[int, ...]
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its place: running number, answers, and the clauses under which it is asked.

    Questions that the respondent does not answer (form number, way of asking) have the number 0. ``accept``: the answers with which a screening question lets the respondent go on; None when it does not screen.
    """

    question: Question
    number: int
    answers: tuple[Answer, ...]
    screens: tuple[Clause, ...]
    ask_if: Condition | None
    accept: tuple[int, ...] | None

    @property
    def code(self) -> str:
        """Its code."""
        return self.question.code

    @property
    def text(self) -> Words:
        """Its wording by language."""
        return self.question.text

    @property
    def filled_by(self) -> str:
        """Who gives the answer: ``respondent``, ``enumerator`` or ``system``."""
        return self.question.filled_by

    @property
    def required(self) -> bool:
        """Whether an answer is needed; sensitive questions never require one."""
        return self.question.required and not self.question.sensitive

    @property
    def input(self) -> Input:
        """How it is answered: one of the answers, several, a number or a text."""
        kind = self.question.kind
        if self.answers:
            return "many" if kind == "multiple" else "one"
        return "number" if kind in ("number", "scale") else "text"

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All conditions: the screening answers before it, then its own."""
        own = (Clause(self.ask_if.question, self.ask_if.values),) if self.ask_if else ()
        return self.screens + own


@dataclass(frozen=True, slots=True)
class Group:
    """Questions shown together: a grid of statements on one scale, or a single question."""

    code: str
    grid: bool
    asked: tuple[Asked, ...]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The columns of the grid."""
        return self.asked[0].answers

    @property
    def scale(self) -> ResponseScale | None:
        """The response scale of the grid."""
        return self.asked[0].question.response_scale


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the questionnaire."""

    section: Section
    groups: tuple[Group, ...]

    @property
    def code(self) -> str:
        """Its code."""
        return self.section.code

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Its questions in order."""
        return tuple(asked for group in self.groups for asked in group.asked)

    @property
    def first_statements(self) -> Group | None:
        """The group before which the stem of the statements stands."""
        return next((group for group in self.groups if group.scale is not None), None)

    @property
    def common(self) -> tuple[Clause, ...]:
        """Clauses that all of its questions share: the condition of the whole section."""
        first, *rest = self.asked
        return tuple(clause for clause in first.clauses if all(clause in other.clauses for other in rest))


@dataclass(frozen=True, slots=True)
class Plan:
    """A questionnaire before it takes a format.

    ``seed``: seed of the item order, None for the file's order. ``known``: answers the form itself knows.
    ``named_form``: the form the caller named, None when the default one was taken.
    """

    instrument: Instrument
    form: str | None
    languages: tuple[str, ...]
    mode: Mode
    screening: str | None
    seed: int | None
    parts: tuple[Part, ...]
    filled: Mapping[str, str]
    known: Mapping[str, str]
    audit: bool = False
    named_form: str | None = None

    @property
    def asked(self) -> tuple[Asked, ...]:
        """All questions in order, those filled in by others than the respondent too."""
        return tuple(asked for part in self.parts for asked in part.asked)

    def faced(self, *, enumerator: bool = False) -> tuple[Part, ...]:
        """The sections as the respondent meets them; ``enumerator``: with what the enumerator fills in."""
        wanted = ("respondent", "enumerator") if enumerator else ("respondent",)
        kept = (
            replace(part, groups=tuple(group for group in part.groups if group.asked[0].filled_by in wanted)) for part in self.parts
        )
        return tuple(part for part in kept if part.groups)

    @property
    def spoken(self) -> bool:
        """Whether somebody reads the questions aloud."""
        return self.mode in ("phone", "enumerator")

    @property
    def screened(self) -> bool:
        """Whether a screening question can end the questionnaire."""
        return any(asked.accept is not None for asked in self.asked)

    @property
    def items(self) -> tuple[Item, ...]:
        """Questions that measure a construct, in order."""
        return tuple(asked.question for asked in self.asked if isinstance(asked.question, Item))

    @property
    def minutes(self) -> int:
        """Estimated minutes to answer (the instrument's estimate, rounded up)."""
        blocks = {asked.question.optional_block for asked in self.asked} - {None}
        estimate = self.instrument.minutes(
            self.form, blocks=sorted(block for block in blocks if block), mode=self.mode, language=self.languages[0]
        )
        return max(1, math.ceil(estimate))

    @property
    def label(self) -> str:
        """Name of the form for file names and form numbers: instrument and form."""
        return f"{self.instrument.name}_{self.form}" if self.form else self.instrument.name

    def title(self) -> Words:
        """Title by language."""
        return {lang: self.instrument.title[lang] for lang in self.languages}

    def asked_of(self, code: str) -> Asked:
        """The question with this code."""
        return next(asked for asked in self.asked if asked.code == code)

    @property
    def consent_section(self) -> str | None:
        """Code of the section that asks for consent first: there the consent sheet is shown."""
        if self.instrument.consent is None:
            return None
        return next((asked.question.section for asked in self.asked if asked.question.role == "consent"), None)

    def consent(self) -> list[Words]:
        """Paragraphs of the consent sheet by language; what the researcher must fill in stands as ``[…]``."""
        sheet = self.instrument.consent
        if sheet is None:
            return []
        paragraphs = [part.text for part in sheet.parts] + ([sheet.closing] if sheet.closing else [])
        return [{lang: self._fill(text[lang], lang) for lang in self.languages} for text in paragraphs]

    def unfilled(self) -> tuple[str, ...]:
        """Names in the consent sheet that the researcher still has to fill in."""
        sheet = self.instrument.consent
        given = {*self.filled, "menit", "minutes"}
        return tuple(name for name in sheet.fill_in if name not in given) if sheet else ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the researcher should know before handing the questionnaire out."""
        found = []
        if self.unfilled():
            sheet = self.instrument.consent
            words = [sheet.fill_in[name][self.languages[0]] for name in self.unfilled()] if sheet else []
            found.append(Note("QST108", {"blanks": words, "names": list(self.unfilled())}))
        if self.minutes > PATIENCE:
            found.append(Note("QST109", {"minutes": self.minutes, "limit": PATIENCE}))
        return tuple(found)

    def _fill(self, text: str, lang: str) -> str:
        sheet = self.instrument.consent
        for name, words in (sheet.fill_in if sheet else {}).items():
            given = self.filled.get(name) or (str(self.minutes) if name in ("menit", "minutes") else f"[{words[lang]}]")
            text = text.replace("{" + name + "}", given)
        return text


def make_plan(
    instrument: Instrument,
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
) -> Plan:
    """The plan of a questionnaire.

    Parameters
    ----------
    form: code of a form (None: the instrument's default).
    languages: languages in order, the first is the base language (None: all the instrument has).
    mode: way of asking; questions of other modes are left out.
    screening: screening mode (None: the first the instrument names).
    blocks: optional blocks to include.
    shuffle, seed: random item order within sections that allow it; ``seed=None`` draws one, which the plan keeps.
    filled: texts for the blanks of the consent sheet.
    stage: ``pilot`` or ``main``; recorded with every answer where the format can.
    audit: XLSForm only: record the time spent on each question (the consent text must then say so).

    Raises ``UsageError`` GEN001/GEN002 for an unknown name, QST101 for a language without complete wording and
    QST102 when nothing is left to ask.
    """
    one_of("mode", mode, get_args(Mode))
    one_of("stage", stage, get_args(Stage))
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
    parts = _parts(instrument, questions, screening, used, chosen)
    known = _known(instrument, parts, chosen, mode, stage)
    default = form or (instrument.default_form if instrument.forms else None)
    return Plan(instrument, default, chosen, mode, screening, used, parts, dict(filled or {}), known, audit, form)


def _known(
    instrument: Instrument, parts: Sequence[Part], languages: tuple[str, ...], mode: Mode, stage: Stage
) -> Mapping[str, str]:
    """Answers that the form itself knows, by question code: stage, way of asking, version, and a single language."""
    values = {
        "STAGE": str(1 + STAGES.index(stage)), "MODE": str(1 + MODES.index(mode)), "FORMVER": instrument.version,
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
        raise UsageError("GEN001", params={"name": "languages", "received": "()", "expected": list(instrument.languages), "near": ""})
    for lang in chosen:
        one_of("languages", lang, tuple(instrument.languages))
    return chosen


def _parts(
    instrument: Instrument, questions: Sequence[Question], screening: str | None, seed: int | None, languages: tuple[str, ...]
) -> tuple[Part, ...]:
    parts: list[Part] = []
    rules: list[Clause] = []
    number = 0
    present = {question.code for question in questions}
    for position, section in enumerate(instrument.sections):
        own = [question for question in questions if question.section == section.code]
        if seed is not None and section.randomise:
            own = _shuffled(own, seed, position)
        asked: list[Asked] = []
        for question in _in_grids(own):
            number += question.filled_by == "respondent"
            accept = tuple(question.passes[screening]) if screening in question.passes else None
            own_if = question.ask_if
            condition = Condition(own_if.question, own_if.values) if own_if and own_if.question in present else None
            place = number if question.filled_by == "respondent" else 0
            asked.append(Asked(question, place, answers_of(question, languages), tuple(rules), condition, accept))
            if accept is not None:
                rules.append(Clause(question.code, accept, condition))
        if asked:
            parts.append(Part(section, tuple(_groups(section, asked))))
    return tuple(parts)


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

    A grid has the same columns in every row, so the two kinds need two grids; the order is the same in formats
    without grids, so that paper and online answers of one study were given in one order.
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
            Answer(choice.value, choice.label, alone=choice.exclusive or choice.missing is not None, other=choice.other)
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
        found.append(Answer(question.na_code, scale.not_applicable.label, scale.not_applicable.short, aside=True))
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


def single_language(plan: Plan, lang: str) -> Plan:
    """The plan in one of its languages."""
    return replace(plan, languages=(lang,))
