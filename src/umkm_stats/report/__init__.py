"""Tables, figures and wording; takes StudyResults and computes no statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.report._checklists import write_checklists
    from umkm_stats.report._door import build_document, write_report
    from umkm_stats.report._exports import EXPORTS, export_answers
    from umkm_stats.report._printed_tables import printed_rows, printed_text
    from umkm_stats.report._review_report import write_review
    from umkm_stats.report._sentences import main_sentences
    from umkm_stats.report._spec import Column, Document, Figure, Section, Spanner, Table
    from umkm_stats.report._xlsx import write_sheet

_DOORS = {
    "write_report": "umkm_stats.report._door",
    "build_document": "umkm_stats.report._door",
    "EXPORTS": "umkm_stats.report._exports",
    "export_answers": "umkm_stats.report._exports",
    "write_checklists": "umkm_stats.report._checklists",
    "main_sentences": "umkm_stats.report._sentences",
    "printed_rows": "umkm_stats.report._printed_tables",
    "printed_text": "umkm_stats.report._printed_tables",
    "write_review": "umkm_stats.report._review_report",
    "write_sheet": "umkm_stats.report._xlsx",
    "Column": "umkm_stats.report._spec",
    "Document": "umkm_stats.report._spec",
    "Figure": "umkm_stats.report._spec",
    "Section": "umkm_stats.report._spec",
    "Spanner": "umkm_stats.report._spec",
    "Table": "umkm_stats.report._spec",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "EXPORTS",
    "Column",
    "Document",
    "Figure",
    "Section",
    "Spanner",
    "Table",
    "build_document",
    "export_answers",
    "main_sentences",
    "printed_rows",
    "printed_text",
    "write_checklists",
    "write_report",
    "write_review",
    "write_sheet",
]
