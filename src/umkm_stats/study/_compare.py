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
OTHER_KERNEL = (
    1e-6  # in units of the standard error, where another kernel computed: both find the same optimum
)
SHOWN = 20


@dataclass(frozen=True, eq=False)
class Reproduction:
    """What came out when a study was run again.

    Attributes
    ----------
    same : bool
        Whether nothing differs, neither a number nor a file.
    count : int
        Values compared.
    table : pandas.DataFrame
        Values that differ: ``place`` (path in results.json), ``before``, ``now`` and ``difference``.
    versions : dict[str, tuple[str, str]]
        Library to its version then and now, where they differ.
    tolerance : float
        Relative difference that counts as equal.
    seed : int or None
        Seed of the draws.
    skipped : tuple[str, ...]
        Parts that a pack cannot compute again.
    intervals : dict[str, tuple[float, float]] or None
        Monte Carlo limits made from a pack, by effect; None for a study folder.
    files : Mapping[str, str]
        File to "missing", "changed" or "foreign" (one that the study did not write makes no difference).
    kernel : tuple[str, str]
        What computed the study and what computed now; where they differ, numbers beside a standard error
        agree within a millionth of it.
    sample : SampleUsed or None
        Rows received, used and set aside by reason; None when there are no rows.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.

    Examples
    --------
    >>> from umkm_stats import examples, reproduce
    >>> again = reproduce(examples.study().folder)
    >>> again.same, again.count > 1000
    (True, True)
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
    kernel: tuple[str, str] = ("", "")

    def tidy(self) -> pd.DataFrame:
        """The values that differ.

        Returns
        -------
        pandas.DataFrame
            One row a value; empty when nothing differs:

            - ``place``: path of the value in results.json.
            - ``before``: the value then.
            - ``now``: the value now.
            - ``difference``: size of now minus before; NaN when one of them is no number.

        Examples
        --------
        >>> from umkm_stats import examples, reproduce
        >>> again = reproduce(examples.study().folder)
        >>> len(again.tidy())
        0
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """The comparison in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``same``: whether nothing differs.
            - ``count``: values compared.
            - ``differences``: values that differ.
            - ``files``: files that are missing or changed.
            - ``tolerance``: relative difference that counts as equal.

        Examples
        --------
        >>> from umkm_stats import examples, reproduce
        >>> again = reproduce(examples.study().folder)
        >>> again.glance()[["same", "differences", "files"]].values.tolist()
        [[True, 0, 0]]
        """
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
        """Verdict, versions that differ, the first differences.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> from umkm_stats import examples, reproduce
        >>> print(reproduce(examples.study().folder).summary()[:10])
        Reproduced
        """
        lines = []
        tolerance = self.tolerance
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
        if self.kernel[0] != self.kernel[1]:
            then, now = self.kernel
            lines.append(messages.text("study.kernel", lang, then=then, now=now, tolerance=OTHER_KERNEL))
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
        """The comparison as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the comparison to plain values.

        Examples
        --------
        >>> from umkm_stats import examples, reproduce
        >>> reproduce(examples.study().folder).to_dict()["same"]
        True
        """
        return {
            "same": self.same,
            "count": self.count,
            "differences": jsonable(self.table),
            "files": dict(self.files),
            "versions": {name: list(pair) for name, pair in self.versions.items()},
            "tolerance": self.tolerance,
            "kernel": list(self.kernel),
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
    then, current_kernel = more.get("kernel", ("", ""))
    unit = OTHER_KERNEL if then != current_kernel else 0.0
    for place, old, new, scale in _walk(before, now, ""):
        count += 1
        if not _agree(old, new, max(tolerance * _size(old), unit * (scale or _size(old)))):
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


def _size(value: Any) -> float:
    return max(1.0, abs(value)) if isinstance(value, (int, float)) else 1.0


def _agree(old: Any, new: Any, room: float) -> bool:
    if (
        isinstance(old, bool)
        or isinstance(new, bool)
        or not (isinstance(old, (int, float)) and isinstance(new, (int, float)))
    ):
        return bool(old == new)
    if isinstance(old, int) and isinstance(
        new, int
    ):  # counts and seeds: a seed is large, its neighbour another
        return old == new
    return abs(new - old) <= room


def _walk(old: Any, new: Any, place: str, scale: float = 0.0) -> Iterator[tuple[str, Any, Any, float]]:
    """(place, before, now, standard error of the row or 0) of every value."""
    if isinstance(old, dict) and isinstance(new, dict):
        own = old.get("se")
        unit = float(own) if isinstance(own, (int, float)) and own > 0 else 0.0
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(
                old.get(key, "(absent)"),
                new.get(key, "(absent)"),
                f"{place}.{key}" if place else key,
                unit,
            )
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _walk(one, other, f"{place}[{position}]")
    elif isinstance(old, (dict, list)) or isinstance(new, (dict, list)):
        yield (
            place,
            type(old).__name__ if isinstance(old, (dict, list)) else old,
            type(new).__name__ if isinstance(new, (dict, list)) else new,
            0.0,
        )
    else:
        yield place, old, new, scale
