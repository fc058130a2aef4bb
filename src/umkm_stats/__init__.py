"""umkm_stats: from a paper's claim to a mediation table that a reviewer can rerun.

Questionnaires, answers, measurement, mediation on scores and latent variables, reports. The public names
below and the rooms (``umkm_stats.review``) load on first use; ``import umkm_stats`` loads no heavy library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach
from umkm_stats._version import __version__

if TYPE_CHECKING:
    from umkm_stats.errors import UmkmError, UsageError
    from umkm_stats.instrument import load_instrument
    from umkm_stats.measurement import (
        cfa,
        content_validity,
        efa,
        invariance,
        measure,
        method_bias,
        reliability,
        scores,
        validity,
    )
    from umkm_stats.mediation import mediate, mediate_latent
    from umkm_stats.planning import power, simulate_responses
    from umkm_stats.pls import fit_pls
    from umkm_stats.questionnaire import write_questionnaire
    from umkm_stats.regression import regress
    from umkm_stats.responses import draft_instrument, read_responses
    from umkm_stats.results import Note, SampleUsed, Unavailable
    from umkm_stats.screening import screen
    from umkm_stats.sem import fit, polychoric
    from umkm_stats.study import pack, reproduce, run_study

_DOORS = {
    "load_instrument": "umkm_stats.instrument",
    "write_questionnaire": "umkm_stats.questionnaire",
    "read_responses": "umkm_stats.responses",
    "draft_instrument": "umkm_stats.responses",
    "screen": "umkm_stats.screening",
    "reliability": "umkm_stats.measurement",
    "efa": "umkm_stats.measurement",
    "cfa": "umkm_stats.measurement",
    "validity": "umkm_stats.measurement",
    "invariance": "umkm_stats.measurement",
    "method_bias": "umkm_stats.measurement",
    "scores": "umkm_stats.measurement",
    "content_validity": "umkm_stats.measurement",
    "measure": "umkm_stats.measurement",
    "fit": "umkm_stats.sem",
    "polychoric": "umkm_stats.sem",
    "mediate": "umkm_stats.mediation",
    "mediate_latent": "umkm_stats.mediation",
    "regress": "umkm_stats.regression",
    "fit_pls": "umkm_stats.pls",
    "run_study": "umkm_stats.study",
    "reproduce": "umkm_stats.study",
    "pack": "umkm_stats.study",
    "power": "umkm_stats.planning",
    "simulate_responses": "umkm_stats.planning",
    "UmkmError": "umkm_stats.errors",
    "UsageError": "umkm_stats.errors",
    "Note": "umkm_stats.results",
    "SampleUsed": "umkm_stats.results",
    "Unavailable": "umkm_stats.results",
}

__getattr__, __dir__ = attach(__name__, _DOORS, rooms=True)
__all__ = [
    "Note",
    "SampleUsed",
    "Unavailable",
    "UmkmError",
    "UsageError",
    "__version__",
    "cfa",
    "content_validity",
    "draft_instrument",
    "efa",
    "fit",
    "fit_pls",
    "invariance",
    "load_instrument",
    "measure",
    "mediate",
    "mediate_latent",
    "method_bias",
    "pack",
    "polychoric",
    "power",
    "read_responses",
    "regress",
    "reliability",
    "reproduce",
    "run_study",
    "scores",
    "screen",
    "simulate_responses",
    "validity",
    "write_questionnaire",
]
