"""A second opinion on the main latent model, from another program, with a time limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from umkm_stats.results import Unavailable
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    from umkm_stats.study._underway import Underway

SECONDS = 120.0  # 70 times what the largest bundled model takes: stops only a program that never returns
EST, SE = (
    0.05,
    0.02,
)  # standard errors; share of a standard error: where ``CrossCheck`` starts to speak of a difference
TIME = "SEM416"


def opinion(work: Underway) -> None:
    """The part ``cross_check`` of the first model that was fitted.

    The verdict within the stated tolerances is kept, and the name of every number that differs with what
    explains it, but no figure of the other program and no time, so that equal input gives equal bytes; what
    the other program could not do stands there with its reason.
    """
    if not work.settings.models:
        return
    fitted = getattr(work.parts.get(f"mediation_latent_{work.settings.models[0]}"), "fit", None)
    if not work.settings.cross_check or fitted is None:
        return
    work.attempt("cross_check", lambda: _asked(fitted, work.settings.models[0]))


def _asked(fitted: Any, model: str) -> Part | Unavailable:
    import pandas as pd

    found = fitted.cross_check(seconds=SECONDS)
    if isinstance(found.table, Unavailable):
        return found.table
    agrees = bool(found.largest_est <= EST and found.largest_se <= SE)
    row = {
        "model": model,
        "program": found.program,
        "parameters": int(found.table["est_other"].notna().sum()),
        "agrees": agrees,
    }
    apart = found.differences[["number", "explanation"]].reset_index(drop=True)
    extra = {"tolerance_est": EST, "tolerance_se": SE, "differences": apart}
    return Part("cross_check", pd.DataFrame([row]), fitted.sample, extra=extra)
