"""One review: every claim of a file checked, counted and told."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.options import one_of
from umkm_stats.results import Note, SampleUsed
from umkm_stats.review._claims import Claims, read_claims, taken
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks import CHECKS
from umkm_stats.review.checks._base import readable

if TYPE_CHECKING:
    import pandas as pd

WORDS = ("consistent", "inconsistent", "not checkable")


@dataclass(frozen=True, eq=False)
class Review:
    """All verdicts of a claims file, in its order."""

    title: str
    source: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None
    seed: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Verdict → how often."""
        found: Counter[str] = Counter(verdict.verdict for verdict in self.verdicts)
        return {word: found.get(word, 0) for word in WORDS}

    def tidy(self) -> pd.DataFrame:
        """A row a check: check, where, verdict, claimed, low, high, explanation, working."""
        import pandas as pd

        return pd.concat([verdict.tidy() for verdict in self.verdicts], ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """One row of counts."""
        import pandas as pd

        return pd.DataFrame([{word.replace(" ", "_"): count for word, count in self.counts.items()}])

    def summary(self, lang: str = "en") -> str:
        """Counts, then one line a check, the inconsistent first."""
        counts = self.counts
        lines = [
            messages.text(
                "review.counts",
                lang,
                title=self.title,
                total=len(self.verdicts),
                consistent=counts["consistent"],
                inconsistent=counts["inconsistent"],
                unknown=counts["not checkable"],
            )
        ]
        order = {"inconsistent": 0, "not checkable": 1, "consistent": 2}
        for verdict in sorted(self.verdicts, key=lambda one: order[one.verdict]):
            where = f"{verdict.where}: " if verdict.where else ""
            lines.append(f"- {where}{verdict.summary(lang)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "title": self.title,
            "source": self.source,
            "counts": self.counts,
            "verdicts": [v.to_dict() for v in self.verdicts],
        }


def check_claims(claims: str | Path | Claims) -> Review:
    """Check every claim of a ``claims.yaml`` (or of one already read).

    Raises ``UmkmError`` with file, line and key when the file cannot be used (REV020–REV027) or a check
    refuses its numbers.
    """
    name = "claims.yaml" if isinstance(claims, Claims) else Path(claims).name
    read = claims if isinstance(claims, Claims) else read_claims(claims)
    found: list[Verdict] = []
    for claim in read.entries:
        try:
            check = CHECKS[one_of("kind", claim.kind, tuple(CHECKS))]
            given = taken(claim, name, needed=check.needed, optional=check.optional, numbers=readable)
            verdicts = check.run(given)
        except UmkmError as error:
            if error.place == Place():
                raise type(error)(
                    error.code, Place(file=name, line=claim.line, key=claim.kind), error.params
                ) from None
            raise
        if not verdicts:
            raise UmkmError("REV028", Place(file=name, line=claim.line, key=claim.kind), {"kind": claim.kind})
        found.extend(dataclasses.replace(verdict, where=claim.where) for verdict in verdicts)
    return Review(read.title, read.source, tuple(found))


def scaffold(
    rows: Sequence[dict[str, Any]], *, kind: str, columns: dict[str, str], where: str = "", title: str = ""
) -> str:
    """Text of a ``claims.yaml`` from the rows of a results table.

    Parameters
    ----------
    rows: one dict a table row (from csv, xlsx or docx, cells as printed text). kind: a kind of claim.
    columns: field of the claim → column of the table. where: table name; rows are numbered after it.

    Cells that are empty are left out; text that is no number is quoted as it stands, so that reading it back
    says so.
    """
    check = CHECKS[one_of("kind", kind, tuple(CHECKS))]
    for name in columns:
        one_of("columns", name, check.needed + check.optional)
    lines = ["schema: umkm-claims/1", f"title: {_quoted(title or where or kind)}", "claims:"]
    for position, row in enumerate(rows, start=1):
        cells = {name: str(row.get(column, "")).strip() for name, column in columns.items()}
        cells = {name: value for name, value in cells.items() if value}
        if not cells:
            continue
        lines += [f"  - kind: {kind}", f"    where: {_quoted(f'{where}, row {position}'.lstrip(', '))}"]
        lines += [f"    {name}: {_quoted(value)}" for name, value in cells.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    clean = " ".join(text.split())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
