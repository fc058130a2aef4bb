"""What ``draft_instrument`` hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import atomic, messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument import Instrument


@dataclass(frozen=True, eq=False)
class Draft:
    """An instrument drafted from a file of answers, with the reason for every guess.

    columns: data frame, one row a column of the file in file order: ``column`` (letter), ``heading``,
    ``role`` (item, background, personal, time, ignored), ``code``, ``construct``, ``scale``, ``reverse``
    (True, False; "suspect" where only wording or correlation says so), ``clue``, ``certainty`` (sure, likely,
    ask). instrument: the loaded ``Instrument``. questions: what must be asked of
    the person who made the form, in the draft's language. yaml: text of the instrument file. language: of the
    headings. notes, sample, seed: as every result (nothing is drawn; ``seed`` is None).
    """

    columns: pd.DataFrame
    instrument: Instrument
    questions: tuple[str, ...]
    yaml: str
    language: str
    lang: str
    file: str
    sample: SampleUsed
    asked: tuple[Note, ...] = ()
    seed: int | None = None
    _labels: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What must be asked, as notes."""
        return self.asked

    def tidy(self) -> pd.DataFrame:
        """A copy of ``columns``."""
        return self.columns.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows of answers, columns, items, constructs, scales, columns to be asked."""
        import pandas as pd

        items = self.columns[self.columns["role"] == "item"]
        return pd.DataFrame(
            [
                {
                    "n": self.sample.used,
                    "columns": len(self.columns),
                    "items": len(items),
                    "constructs": items["construct"].nunique(),
                    "scales": items["scale"].nunique(),
                    "ask": int((self.columns["certainty"] == "ask").sum()),
                }
            ]
        )

    def summary(self, lang: str | None = None) -> str:
        """The table column · guess · clue · certainty, then the questions, then the next command."""
        lang = lang or self.lang

        def say(key: str, **values: object) -> str:
            return messages.text(f"draft.{key}", lang, **values)

        glance = self.glance().iloc[0]
        lines = [
            say(
                "head",
                file=self.file,
                n=int(glance["n"]),
                columns=int(glance["columns"]),
                items=int(glance["items"]),
                constructs=int(glance["constructs"]),
            ),
            "",
        ]
        rows = [(say("column"), say("heading"), say("guess"), say("clue"), say("certainty"))]
        for row in self.columns.itertuples():
            guess = say(f"role.{row.role}")
            if row.role == "item":
                guess = f"{row.code} → {self._labels.get(str(row.construct), row.construct)}"
                if row.reverse is True:
                    guess += f" ({say('reversed')})"
            heading = str(row.heading)
            heading = heading if len(heading) <= 44 else heading[:43] + "…"
            rows.append(
                (str(row.column), heading, guess, say(f"clue.{row.clue}"), say(f"sure.{row.certainty}"))
            )
        widths = [max(len(r[j]) for r in rows) for j in range(5)]
        for i, cells in enumerate(rows):
            lines.append("  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip())
            if i == 0:
                lines.append("  ".join("-" * w for w in widths))
        if self.asked:
            lines += ["", say("questions", count=len(self.asked))]
            lines += [f"{i}. {note.message(lang)}" for i, note in enumerate(self.asked, 1)]
        return "\n".join(lines)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the instrument file and return its path.

        Parameters
        ----------
        path : file to write; a folder receives ``instrument.yaml``.
        overwrite : replace a file that stands there with another content; without it RSP303 is raised and the
            file is left as it is.
        """
        target = Path(path)
        if target.is_dir():
            target = target / "instrument.yaml"
        if (
            target.exists()
            and not overwrite
            and target.read_text(encoding="utf-8", errors="replace") != self.yaml
        ):
            raise UmkmError("RSP303", Place(file=target.name))
        atomic.write_text(target, self.yaml)
        return target

    def to_dict(self) -> dict[str, Any]:
        """Columns, questions and the instrument's text as plain values."""
        return {
            "file": self.file,
            "language": self.language,
            "sample": self.sample.to_dict(),
            "columns": jsonable(self.columns.to_dict("records")),
            "questions": list(self.questions),
            "instrument": self.yaml,
        }

    def __repr__(self) -> str:
        glance = self.glance().iloc[0]
        return f"Draft({self.file!r}: {glance['items']} items, {glance['constructs']} constructs)"
