"""Not more rows than items: what needs the covariances of all items is left out, and the study says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats.results import Note, Unavailable

if TYPE_CHECKING:
    from umkm_stats.study._underway import Underway

SINGULAR = ("MEA011", "SEM306", "PLS191")  # what such a step says


def note(work: Underway) -> Note | None:
    """STU070 with rows, items and what was left out; None when every step found enough rows.

    ``left`` holds factor_count, cfa, validity, method_bias, latent, pls_fit; ``basis`` is "scores" or "pls".
    """
    items = work.responses.kept_items
    present = [code for code in items.columns if items[code].notna().any()]
    rows = int(items[present].notna().all(axis=1).sum())
    if rows > len(present):
        return None
    gone = {name for name, part in work.parts.items() if _singular(part)}
    left: list[str] = [name for name in ("factor_count", "cfa", "method_bias") if name in gone]
    if "cfa_constructs" in gone:
        left.insert(left.index("method_bias") if "method_bias" in left else len(left), "validity")
    if any(name.startswith("mediation_latent_") for name in gone):
        left.append("latent")
    pls = [part for name, part in work.parts.items() if name.startswith("mediation_pls_")]
    if any(_singular(getattr(part, "more", {}).get("fit_test")) for part in pls):
        left.append("pls_fit")
    if not left:
        return None
    told = {"rows": rows, "items": len(present), "left": left, "basis": "pls" if pls else "scores"}
    return Note("STU070", told)


def _singular(part: object) -> bool:
    return isinstance(part, Unavailable) and part.code in SINGULAR
