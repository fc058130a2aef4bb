"""What is asked and why: the instrument's schema, its loader, its checks and its trace to the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.instrument._instrument import Instrument
    from umkm_stats.instrument._loading import available_instruments, load_instrument
    from umkm_stats.instrument._schema import (
        Choice,
        Construct,
        Dimension,
        Form,
        Hypothesis,
        Item,
        Question,
        ResponseScale,
        Section,
        StructuralModel,
    )
    from umkm_stats.instrument._values import Passage

_DOORS = {
    "load_instrument": "umkm_stats.instrument._loading",
    "available_instruments": "umkm_stats.instrument._loading",
    "Instrument": "umkm_stats.instrument._instrument",
    "Choice": "umkm_stats.instrument._schema",
    "Construct": "umkm_stats.instrument._schema",
    "Dimension": "umkm_stats.instrument._schema",
    "Form": "umkm_stats.instrument._schema",
    "Hypothesis": "umkm_stats.instrument._schema",
    "Item": "umkm_stats.instrument._schema",
    "Passage": "umkm_stats.instrument._values",
    "Question": "umkm_stats.instrument._schema",
    "ResponseScale": "umkm_stats.instrument._schema",
    "Section": "umkm_stats.instrument._schema",
    "StructuralModel": "umkm_stats.instrument._schema",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Choice",
    "Construct",
    "Dimension",
    "Form",
    "Hypothesis",
    "Instrument",
    "Item",
    "Passage",
    "Question",
    "ResponseScale",
    "Section",
    "StructuralModel",
    "available_instruments",
    "load_instrument",
]
