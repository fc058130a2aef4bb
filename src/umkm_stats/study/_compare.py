"""Two results documents side by side: every value, the places that differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.results import Note, SampleUsed, jsonable
from umkm_stats.study import _manifest

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = (
    1e-8  # relative to max(1, |before|): the same draws on another machine; on the same machine all are equal
)
SHOWN = 20


@dataclass(frozen=True, eq=False)
class Reproduction:
    """What came out: ``table`` (place, before, now, difference) holds the values that differ.

    same: nothing differs, neither a number nor a file. files: file → "missing", "changed" or "foreign" (a
    foreign one makes no difference). count: values compared. versions: library → (then, now) where they
    differ. skipped:
    parts that a pack cannot compute again. intervals: Monte Carlo limits made from a pack, by effect.
    """

    same: bool
    count: int
    table: pd.DataFrame
    versions: dict[str, tuple[str, str]]
    tolerance: float
    seed: int | None
    sample: SampleUsed | None = None
    skipped: tuple[str, ...] = ()
    intervals: dict[str, tuple[float, float]] | None = None
    notes: tuple[Note, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def tidy(self) -> pd.DataFrame:
        """The differences."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: same, values compared, differences, files that are missing or changed."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "same": self.same,
                    "count": self.count,
                    "differences": len(self.table),
                    "files": sum(state != "foreign" for state in self.files.values()),
                    "tolerance": self.tolerance,
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """Verdict, versions that differ, the first differences."""
        lines = []
        tolerance = f"{self.tolerance:g}"
        if not len(self.table):
            lines.append(messages.text("study.same", lang, count=self.count, tolerance=tolerance))
        else:
            lines.append(
                messages.text("study.different", lang, differences=len(self.table), count=self.count)
            )
        for kind in ("missing", "changed", "foreign"):
            names = [name for name, state in self.files.items() if state == kind]
            if names:
                more = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
                lines.append(
                    messages.text(f"study.files.{kind}", lang, files=", ".join(names[:SHOWN]) + more)
                )
        if self.versions:
            told = "; ".join(f"{name} {then} → {now}" for name, (then, now) in sorted(self.versions.items()))
            lines.append(messages.text("study.versions", lang, versions=told))
        for row in self.table.head(SHOWN).itertuples(index=False):
            lines.append(
                "  "
                + messages.text(
                    "study.difference", lang, place=row.place, before=str(row.before), now=str(row.now)
                )
            )
        if len(self.table) > SHOWN:
            lines.append("  " + messages.text("study.more", lang, count=len(self.table) - SHOWN))
        if self.intervals:
            mark = ";" if lang == "id" else ","
            said = "; ".join(
                f"{name} [{messages.number(f'{low:.3f}', lang)}{mark} {messages.number(f'{high:.3f}', lang)}]"
                for name, (low, high) in self.intervals.items()
            )
            lines.append(messages.text("study.pack.mc", lang, intervals=said))
        if self.skipped:
            lines.append(messages.text("study.pack.skipped", lang, parts=", ".join(self.skipped)))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "same": self.same,
            "count": self.count,
            "differences": jsonable(self.table),
            "files": dict(self.files),
            "versions": {name: list(pair) for name, pair in self.versions.items()},
            "tolerance": self.tolerance,
            "seed": self.seed,
            "skipped": list(self.skipped),
            "intervals": {name: list(limits) for name, limits in (self.intervals or {}).items()},
        }


def compared(
    before: Any,
    now: Any,
    manifest: dict[str, Any],
    tolerance: float,
    *,
    files: Mapping[str, str],
    **more: Any,
) -> Reproduction:
    """The verdict over two results documents and the files of the folder."""
    import pandas as pd

    count, rows = 0, []
    for place, old, new in _walk(before, now, ""):
        count += 1
        if not _agree(old, new, tolerance):
            numbers = (
                isinstance(old, (int, float)) and isinstance(new, (int, float)) and not isinstance(old, bool)
            )
            rows.append(
                {
                    "place": place,
                    "before": old,
                    "now": new,
                    "difference": abs(new - old) if numbers else math.nan,
                }
            )
    current = _manifest.versions()
    versions = {
        name: (then, current.get(name, ""))
        for name, then in manifest["versions"].items()
        if current.get(name) != then
    }
    table = pd.DataFrame(rows, columns=["place", "before", "now", "difference"])
    same = not rows and all(state == "foreign" for state in files.values())
    seed = manifest["settings"].get("seed")
    return Reproduction(same, count, table, versions, tolerance, seed, files=dict(files), **more)


def _agree(old: Any, new: Any, tolerance: float) -> bool:
    if (
        isinstance(old, bool)
        or isinstance(new, bool)
        or not (isinstance(old, (int, float)) and isinstance(new, (int, float)))
    ):
        return bool(old == new)
    return abs(new - old) <= tolerance * max(1.0, abs(old))


def _walk(old: Any, new: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(
                old.get(key, "(absent)"), new.get(key, "(absent)"), f"{place}.{key}" if place else key
            )
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _walk(one, other, f"{place}[{position}]")
    elif isinstance(old, (dict, list)) or isinstance(new, (dict, list)):
        yield (
            place,
            type(old).__name__ if isinstance(old, (dict, list)) else old,
            type(new).__name__ if isinstance(new, (dict, list)) else new,
        )
    else:
        yield place, old, new
