"""Questionnaires: a plan (sections, order, skip logic) and one writer a format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.questionnaire._checks import check_xlsform, expected_choices
    from umkm_stats.questionnaire._door import FORMATS, write_questionnaire, writing_into
    from umkm_stats.questionnaire._plan import Plan
    from umkm_stats.questionnaire._planning import make_plan
    from umkm_stats.questionnaire._ratings import ExpertRatings, read_expert_sheets

_DOORS = {
    "FORMATS": "umkm_stats.questionnaire._door",
    "check_xlsform": "umkm_stats.questionnaire._checks",
    "expected_choices": "umkm_stats.questionnaire._checks",
    "write_questionnaire": "umkm_stats.questionnaire._door",
    "writing_into": "umkm_stats.questionnaire._door",
    "Plan": "umkm_stats.questionnaire._plan",
    "make_plan": "umkm_stats.questionnaire._planning",
    "ExpertRatings": "umkm_stats.questionnaire._ratings",
    "read_expert_sheets": "umkm_stats.questionnaire._ratings",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "FORMATS",
    "ExpertRatings",
    "Plan",
    "check_xlsform",
    "expected_choices",
    "make_plan",
    "read_expert_sheets",
    "write_questionnaire",
    "writing_into",
]
