"""What the printed questionnaire puts together: statements in one table, conditions in words."""

from __future__ import annotations

from collections.abc import Iterator

from umkm_stats.questionnaire._plan import Asked, Group, Part, Plan
from umkm_stats.questionnaire._words import say


def tables(part: Part) -> Iterator[list[Group]]:
    """Groups that make one table: statements on one scale, with and without "does not fit"."""
    run: list[Group] = []
    for group in part.groups:
        if run and not (run[0].grid and _alike(run[-1], group)):
            yield run
            run = []
        run.append(group)
    yield run


def _alike(one: Group, two: Group) -> bool:
    left, right = one.asked[0], two.asked[0]
    return (
        two.scale is not None
        and one.scale is two.scale
        and right.question.anchors is None
        and left.clauses == right.clauses
        and left.required == right.required
        and right.accept is None
    )


def conditions(plan: Plan, asked: Asked, lang: str) -> Iterator[tuple[int, str]]:
    """(number, answers) of every question it hangs on, the outermost first."""
    for condition in asked.chain:
        source = plan.asked_of(condition.question)
        words = [answer.text[lang] for answer in source.answers if answer.value in condition.values]
        yield source.number, f" {say('or', lang)} ".join(words or map(str, condition.values))
