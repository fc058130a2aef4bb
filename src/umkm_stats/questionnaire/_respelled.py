"""A plan with its codes as a format writes them (see ``spellings``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from umkm_stats.instrument import Question, Section, spellings
from umkm_stats.questionnaire._plan import Asked, Clause, Condition, Group, Part, Plan

Q = TypeVar("Q", bound=Question)


def respelled(plan: Plan, format: str) -> Plan:
    """The plan whose question and section codes are legal in ``format``; itself when they all are.

    Raises ``UsageError`` INS128 when two codes of the instrument would be written alike.
    """
    instrument = plan.instrument
    names = spellings([question.code for question in instrument.questions], format)
    sections = spellings([section.code for section in instrument.sections], format)
    if all(code == spelled for code, spelled in (*names.items(), *sections.items())):
        return plan

    def question(old: Q) -> Q:
        return old.model_copy(update={"code": names[old.code], "section": sections[old.section]})

    def section(old: Section) -> Section:
        return old.model_copy(update={"code": sections[old.code]})

    def asked(old: Asked) -> Asked:
        screens = tuple(
            Clause(names[c.question], c.values, tuple(_condition(e, names) for e in c.only_if))
            for c in old.screens
        )
        chain = tuple(_condition(entry, names) for entry in old.chain)
        return replace(old, question=question(old.question), screens=screens, chain=chain)

    def group(old: Group, within: str) -> Group:
        code = names.get(old.code, old.code)
        if old.grid:
            code = f"G{sections[within]}{old.code.removeprefix(f'G{within}')}"
        return Group(code, old.grid, tuple(asked(entry) for entry in old.asked))

    copy = instrument.model_copy(
        update={
            "questions": tuple(question(entry) for entry in instrument.questions),
            "sections": tuple(section(entry) for entry in instrument.sections),
        }
    )
    for kept in ("items", "_by_code"):
        copy.__dict__.pop(kept, None)
    return replace(
        plan,
        instrument=copy,
        parts=tuple(
            Part(section(part.section), tuple(group(entry, part.code) for entry in part.groups))
            for part in plan.parts
        ),
        known={names.get(code, code): value for code, value in plan.known.items()},
    )


def _condition(condition: Condition, names: Mapping[str, str]) -> Condition:
    return replace(condition, question=names[condition.question])
