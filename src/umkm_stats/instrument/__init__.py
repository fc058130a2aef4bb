"""What is asked and why: the instrument's schema, its loader, its checks and its trace to the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.instrument._check import Checked, Finding, check
    from umkm_stats.instrument._instrument import Instrument
    from umkm_stats.instrument._loading import as_instrument, available_instruments, load_instrument
    from umkm_stats.instrument._questions import Choice, Item, Question, ResponseScale
    from umkm_stats.instrument._scaffold import scaffold
    from umkm_stats.instrument._schema import (
        Construct,
        Dimension,
        Form,
        Hypothesis,
        Section,
        StructuralModel,
    )
    from umkm_stats.instrument._schemas import json_schema
    from umkm_stats.instrument._spelling import loosely, separated, spellings
    from umkm_stats.instrument._trace import Trace, trace
    from umkm_stats.instrument._values import Passage
    from umkm_stats.instrument._years import latest_year

_DOORS = {
    "load_instrument": "umkm_stats.instrument._loading",
    "as_instrument": "umkm_stats.instrument._loading",
    "available_instruments": "umkm_stats.instrument._loading",
    "check": "umkm_stats.instrument._check",
    "latest_year": "umkm_stats.instrument._years",
    "json_schema": "umkm_stats.instrument._schemas",
    "scaffold": "umkm_stats.instrument._scaffold",
    "loosely": "umkm_stats.instrument._spelling",
    "separated": "umkm_stats.instrument._spelling",
    "spellings": "umkm_stats.instrument._spelling",
    "trace": "umkm_stats.instrument._trace",
    "Checked": "umkm_stats.instrument._check",
    "Finding": "umkm_stats.instrument._check",
    "Trace": "umkm_stats.instrument._trace",
    "Instrument": "umkm_stats.instrument._instrument",
    "Choice": "umkm_stats.instrument._questions",
    "Construct": "umkm_stats.instrument._schema",
    "Dimension": "umkm_stats.instrument._schema",
    "Form": "umkm_stats.instrument._schema",
    "Hypothesis": "umkm_stats.instrument._schema",
    "Item": "umkm_stats.instrument._questions",
    "Passage": "umkm_stats.instrument._values",
    "Question": "umkm_stats.instrument._questions",
    "ResponseScale": "umkm_stats.instrument._questions",
    "Section": "umkm_stats.instrument._schema",
    "StructuralModel": "umkm_stats.instrument._schema",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Checked",
    "Choice",
    "Construct",
    "Dimension",
    "Finding",
    "Form",
    "Hypothesis",
    "Instrument",
    "Item",
    "Passage",
    "Question",
    "ResponseScale",
    "Section",
    "StructuralModel",
    "Trace",
    "as_instrument",
    "available_instruments",
    "check",
    "json_schema",
    "latest_year",
    "load_instrument",
    "loosely",
    "scaffold",
    "separated",
    "spellings",
    "trace",
]
