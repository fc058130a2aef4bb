"""The plan of a questionnaire: which questions, in what order, on which pages, and who is asked what.

Every writer starts from the same plan, so that all formats ask the same questions under the same conditions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from umkm_stats.instrument import Instrument, Item, Question, ResponseScale, Section, latest_year
from umkm_stats.results import Note

Mode = Literal["online", "paper", "phone", "enumerator"]
Input = Literal["one", "many", "number", "text"]
Words = Mapping[str, str]

Stage = Literal["pilot", "main"]
MODES: tuple[Mode, ...] = ("online", "paper", "phone", "enumerator")
PATIENCE = 25  # minutes after which many respondents give up
STAGES: tuple[Stage, ...] = ("pilot", "main")
Order = Literal["instrument", "outcome_first"]
ORDERS: tuple[Order, ...] = ("instrument", "outcome_first")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a closed question.

    ``aside``: the answer "does not fit my business", shown apart from the scale. ``alone``: rules out all
    others.
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
    """Holds when ``question`` was answered with one of ``values``, or was not asked because one of
    ``only_if`` failed (its own condition and those of the questions it hangs on)."""

    question: str
    values: tuple[int, ...]
    only_if: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its place: running number, answers, and the clauses under which it is asked.

    Questions that the respondent does not answer (form number, way of asking) have the number 0.

    Attributes
    ----------
    question : Question
        The question of the instrument.
    number : int
        Its running number.
    answers : tuple of Answer
        The answers it offers.
    screens : tuple of Clause
        The screening answers that let a respondent come this far.
    chain : tuple of Condition
        Its own condition, last, after those of the questions it hangs on: the answer to a question that is no
        longer shown opens nothing.
    accept : tuple of int or None
        The answers with which a screening question lets the respondent go on; None when it does not screen.

    Examples
    --------
    >>> from umkm_stats.questionnaire import make_plan
    >>> asked = make_plan("umkm_inovasi").asked_of("PID1")
    >>> asked.number, len(asked.answers)
    (12, 5)
    """

    question: Question
    number: int
    answers: tuple[Answer, ...]
    screens: tuple[Clause, ...]
    chain: tuple[Condition, ...]
    accept: tuple[int, ...] | None

    @property
    def code(self) -> str:
        """Its code.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").items[0].code
        'PID1'
        """
        return self.question.code

    @property
    def text(self) -> Words:
        """Its wording by language.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("msme_colombia").items[0].text["en"]
        'Our services offer more benefits than those of competitors.'
        """
        return self.question.text

    @property
    def filled_by(self) -> str:
        """Who gives the answer: ``respondent``, ``enumerator`` or ``system``.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("PID1").filled_by
        'respondent'
        """
        return self.question.filled_by

    @property
    def required(self) -> bool:
        """Whether an answer is needed; sensitive questions never require one.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("PID1").required
        True
        """
        return self.question.required and not self.question.sensitive

    @property
    def input(self) -> Input:
        """How it is answered: "one" of the answers, "many", a "number" or a "text".

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("YFOUND").input
        'number'
        """
        kind = self.question.kind
        if self.answers:
            return "many" if kind == "multiple" else "one"
        return "number" if kind in ("number", "scale") else "text"

    @property
    def ask_if(self) -> Condition | None:
        """Its own condition, without those of the questions it hangs on.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("PID1").ask_if is None
        True
        """
        return self.chain[-1] if self.chain else None

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All conditions: the screening answers before it, then its chain.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> len(make_plan("umkm_inovasi").asked_of("PID1").clauses)
        9
        """
        return self.screens + tuple(Clause(entry.question, entry.values) for entry in self.chain)

    @property
    def whole(self) -> bool:
        """Whether it asks for a whole number.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("YFOUND").whole
        True
        """
        return self.input == "number" and self.question.decimals == 0

    @property
    def latest(self) -> int | None:
        """Years from the year of filling in to the latest year it accepts; None when it asks for no year.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("YFOUND").latest
        0
        """
        return latest_year(self.question) if self.input == "number" else None


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

    Attributes
    ----------
    instrument : Instrument
        The instrument it asks.
    form : str or None
        Code of the form; None when the instrument has none.
    languages : tuple[str, ...]
        Languages in order; the first is the base language.
    mode : Mode
        Way of asking: "online", "paper", "phone" or "enumerator".
    screening : str or None
        Screening mode; None when the instrument has none.
    seed : int or None
        Seed of the item order; None for the file's order.
    parts : tuple[Part, ...]
        Sections in order, with their questions.
    filled : Mapping[str, str]
        Texts for the blanks of the consent sheet, by name.
    known : Mapping[str, str]
        Answers the form itself knows, by question: form, mode, stage and so on.
    audit : bool
        Whether the time spent on each question is recorded (XLSForm).
    named_form : str or None
        The form the caller named; None when the default one was taken.
    order : Order
        Order of the sections of statements.

    Examples
    --------
    >>> from umkm_stats.questionnaire import make_plan
    >>> plan = make_plan("umkm_inovasi", form="pendek")
    >>> plan.form, plan.mode, len(plan.parts)
    ('pendek', 'online', 13)
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
    order: Order = "instrument"

    @property
    def asked(self) -> tuple[Asked, ...]:
        """All questions in order, those filled in by others than the respondent too.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> len(make_plan("umkm_inovasi", form="pendek").asked)
        93
        """
        return tuple(asked for part in self.parts for asked in part.asked)

    def faced(self, *, enumerator: bool = False) -> tuple[Part, ...]:
        """The sections as the respondent meets them.

        Parameters
        ----------
        enumerator : bool, default False
            Whether what the enumerator fills in is shown too.

        Returns
        -------
        tuple[Part, ...]
            Sections in order; one without questions is left out.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> plan = make_plan("umkm_inovasi", form="pendek", mode="enumerator")
        >>> len(plan.faced()), len(plan.faced(enumerator=True))
        (12, 13)
        """
        wanted = ("respondent", "enumerator") if enumerator else ("respondent",)
        kept = (
            replace(part, groups=tuple(group for group in part.groups if group.asked[0].filled_by in wanted))
            for part in self.parts
        )
        return tuple(part for part in kept if part.groups)

    @property
    def spoken(self) -> bool:
        """Whether somebody reads the questions aloud.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi", mode="phone").spoken
        True
        """
        return self.mode in ("phone", "enumerator")

    @property
    def screened(self) -> bool:
        """Whether a screening question can end the questionnaire.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").screened, make_plan("msme_colombia").screened
        (True, False)
        """
        return any(asked.accept is not None for asked in self.asked)

    @property
    def gates(self) -> tuple[Asked, ...]:
        """Screening questions that can end the questionnaire, consent left out.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> [asked.code for asked in make_plan("umkm_inovasi").gates]
        ['CDEWASA', 'SCCRAFT', 'SCROLE', 'SCMAKE', 'SCDECIDE', 'SCINNOV', 'SCOUT', 'SCFIRST', 'SALES']
        """
        return tuple(a for a in self.asked if a.accept is not None and a.question.role != "consent")

    @property
    def consents(self) -> tuple[Asked, ...]:
        """Consent questions that can end the questionnaire.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> [asked.code for asked in make_plan("umkm_inovasi").consents]
        ['CONSENT']
        """
        return tuple(a for a in self.asked if a.accept is not None and a.question.role == "consent")

    @property
    def items(self) -> tuple[Item, ...]:
        """Questions that measure a construct, in order.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> len(make_plan("umkm_inovasi", form="pendek").items)
        47
        """
        return tuple(asked.question for asked in self.asked if isinstance(asked.question, Item))

    @property
    def minutes(self) -> int:
        """Estimated minutes to answer: the instrument's estimate, rounded up.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi", form="pendek").minutes
        20
        """
        blocks = {asked.question.optional_block for asked in self.asked} - {None}
        estimate = self.instrument.minutes(
            self.form,
            blocks=sorted(block for block in blocks if block),
            mode=self.mode,
            language=self.languages[0],
        )
        return max(1, math.ceil(estimate))

    @property
    def label(self) -> str:
        """Name for files and form numbers: instrument, form, and who reads it aloud if anybody does.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi", form="pendek", mode="phone").label
        'umkm_inovasi_pendek_phone'
        """
        parts = (self.instrument.name, self.form or "", self.mode if self.spoken else "")
        return "_".join(part for part in parts if part)

    def title(self) -> Words:
        """The title of the questionnaire.

        Returns
        -------
        Words
            Language to words.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("msme_colombia").title()["en"]
        'Innovation Capabilities of Colombian MSMEs (worked replication)'
        """
        return {lang: self.instrument.title[lang] for lang in self.languages}

    def asked_of(self, code: str) -> Asked:
        """The question with this code, as it stands in this questionnaire.

        Parameters
        ----------
        code : str
            Code of a question.

        Returns
        -------
        Asked
            The question with its section, answers and conditions.

        Raises
        ------
        StopIteration
            The questionnaire does not ask it.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").asked_of("PID1").input
        'one'
        """
        return next(asked for asked in self.asked if asked.code == code)

    def stem(self, part: Part) -> Words | None:
        """What stands before the statements of a section.

        Parameters
        ----------
        part : Part
            A section of this plan.

        Returns
        -------
        Words or None
            Language to words: the section's own stem, else the instrument's; None when there is neither.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> plan = make_plan("umkm_inovasi", form="pendek")
        >>> part = next(part for part in plan.parts if part.code == "PRODUK")
        >>> plan.stem(part)["en"][:49]
        'The following statements are about your business '
        """
        return part.section.stem or self.instrument.stem

    @property
    def closing(self) -> Words | None:
        """The words at the end of the questionnaire, by language; None when the instrument has none.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> print(make_plan("msme_colombia").closing)
        None
        """
        sheet = self.instrument.consent
        return None if sheet is None else sheet.closing

    @property
    def consent_section(self) -> str | None:
        """Code of the section that asks for consent first: there the consent sheet is shown.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").consent_section
        'IZIN'
        """
        if self.instrument.consent is None:
            return None
        return next(
            (asked.question.section for asked in self.asked if asked.question.role == "consent"), None
        )

    def consent(self) -> list[Words]:
        """Paragraphs of the consent sheet; what the researcher must fill in stands as ``[…]``.

        Returns
        -------
        list[Words]
            One mapping of language to words a paragraph; empty when the instrument has no consent sheet.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> len(make_plan("umkm_inovasi").consent()) > 0, make_plan("msme_colombia").consent()
        (True, [])
        """
        sheet = self.instrument.consent
        if sheet is None:
            return []
        return [{lang: self._fill(part.text[lang], lang) for lang in self.languages} for part in sheet.parts]

    def unfilled(self) -> tuple[str, ...]:
        """Names in the consent sheet that the researcher still has to fill in.

        Returns
        -------
        tuple[str, ...]
            Names for ``filled``.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> make_plan("umkm_inovasi").unfilled()[:3]
        ('peneliti', 'lembaga', 'kontak')
        """
        sheet = self.instrument.consent
        given = {*self.filled, "menit", "minutes"}
        return tuple(name for name in sheet.fill_in if name not in given) if sheet else ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the researcher should know before handing the questionnaire out.

        Examples
        --------
        >>> from umkm_stats.questionnaire import make_plan
        >>> [note.code for note in make_plan("umkm_inovasi", form="panjang").notes]
        ['QST108']
        """
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
            given = self.filled.get(name) or (
                str(self.minutes) if name in ("menit", "minutes") else f"[{words[lang]}]"
            )
            text = text.replace("{" + name + "}", given)
        return text
