"""What the thesis chapter asks beyond the analysis: title, tails, limits, how the sample was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError

if TYPE_CHECKING:
    from umkm_stats.app._site import Ask

FIELDS = ("title", "tails", "alpha_cutoff", "unit", "distributed", "rule", "N", "e")
RULES = ("slovin", "krejcie", "hair")
CUTOFFS = ("0.7", "0.6", "0.8")
MOST = 10**9
MARGIN = 0.01  # smallest margin of error of Slovin's rule


def _share(text: str) -> tuple[float | None, bool]:
    """A margin of error as a share ("5", "5 %", "0,05"; None where none is given), and whether it is one."""
    plain = text.replace(",", ".").replace(" ", "")
    bare = plain.rstrip("%")
    if not bare:
        return None, not plain
    if not bare.replace(".", "", 1).isdigit():
        return None, False
    value = float(bare)
    return (value if value < 0.5 and plain == bare else value / 100), True  # 0,05 is written in the formula


def shown(ask: Ask, study: Mapping[str, Any]) -> dict[str, str]:
    """The fields as study.yaml has them, or as the form that was refused has them."""
    sampling = study.get("sampling")
    drawn = sampling if isinstance(sampling, Mapping) else {}
    kept = {name: study.get(name) for name in FIELDS[:5]} | {name: drawn.get(name) for name in FIELDS[5:]}
    if kept["e"] is not None:
        kept["e"] = f"{100 * float(kept['e']):g}".replace(".", "," if ask.lang == "id" else ".")
    return {
        name: ask.value(name) if name in ask.form else "" if value is None else str(value)
        for name, value in kept.items()
    }


def told(ask: Ask) -> tuple[list[UmkmError], dict[str, Any]]:
    """Faults, and the keys of study.yaml that the form sets (None: taken out); nothing without the fields."""
    if "title" not in ask.form:
        return [], {}
    faults: list[UmkmError] = []

    def whole(name: str, low: int) -> int | None:
        text = ask.value(name).replace(".", "").replace(" ", "")
        if not text:
            return None
        if text.isdigit() and low <= int(text[:12]) <= MOST:
            return int(text)
        said = ask.t(f"chapter.{name}")
        faults.append(UmkmError("APP017", params={"name": said, "low": low, "high": MOST}))
        return None

    rule, cutoff, tails = ask.value("rule"), ask.value("alpha_cutoff"), ask.value("tails")
    values: dict[str, Any] = {
        "title": ask.value("title")[:200] or None,
        "unit": ask.value("unit")[:60] or None,
        "tails": tails if tails in ("one", "two") else None,
        "alpha_cutoff": float(cutoff) if cutoff in CUTOFFS else None,
        "distributed": whole("distributed", 1),
        "sampling": None,
    }
    if rule in RULES:
        size = whole("N", 2)
        share, known = _share(ask.value("e"))
        if rule != "hair" and size is None and not faults:
            faults.append(UmkmError("APP017", params={"name": ask.t("chapter.N"), "low": 2, "high": MOST}))
        if rule == "slovin" and (not known or (share is not None and not MARGIN <= share < 0.5)):
            faults.append(UmkmError("APP017", params={"name": ask.t("chapter.e"), "low": 1, "high": 49}))
        drawn = {"rule": rule, "N": size, "e": share if rule == "slovin" else None}
        values["sampling"] = {name: value for name, value in drawn.items() if value is not None}
    return faults, values
