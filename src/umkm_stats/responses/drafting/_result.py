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

    Attributes
    ----------
    columns : pandas.DataFrame
        One row a column of the file, in file order: ``column`` (its letter), ``heading``, ``role`` (item,
        background, personal, time, ignored), ``code``, ``construct``, ``scale``, ``reverse`` (True, False;
        "suspect" where only wording or correlation says so), ``clue`` and ``certainty`` (sure, likely, ask).
    instrument : Instrument
        The instrument, loaded.
    questions : tuple[str, ...]
        What must be asked of the person who made the form, in the draft's language.
    yaml : str
        Text of the instrument file.
    language : str
        Language of the headings.
    lang : str
        Language of remarks and questions.
    file : str
        Bare name of the file of answers.
    sample : SampleUsed
        Rows of answers.
    asked : tuple[Note, ...]
        What must be asked, as notes.
    seed : int or None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import draft_instrument, simulate_responses
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> draft = draft_instrument(file)
    >>> len(draft.instrument.items), draft.language
    (27, 'en')
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
        """What must be asked, as notes.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> draft = draft_instrument(file)
        >>> [note.code for note in draft.notes]
        ['RSP304', 'RSP313', 'RSP317']
        """
        return self.asked

    def tidy(self) -> pd.DataFrame:
        """A copy of ``columns``.

        Returns
        -------
        pandas.DataFrame
            One row a column of the file, in file order:

            - ``column``: its letter in a spreadsheet.
            - ``heading``: its heading.
            - ``role``: item, background, personal, time or ignored.
            - ``code``: code it has in the draft.
            - ``construct``: construct its item measures.
            - ``scale``: answer scale.
            - ``reverse``: whether it is reverse-keyed; "suspect" where only wording or correlation says so.
            - ``clue``: what the guess rests on.
            - ``certainty``: sure, likely, or ask.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> draft = draft_instrument(file)
        >>> draft.tidy()["role"].value_counts().to_dict()
        {'item': 27, 'time': 1, 'background': 1}
        """
        return self.columns.copy()

    def glance(self) -> pd.DataFrame:
        """The size of the draft.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``n``: Rows used.
            - ``columns``: columns of the file.
            - ``items``: columns that are items.
            - ``constructs``: constructs they measure.
            - ``scales``: answer scales.
            - ``ask``: columns of which something must be asked.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> draft = draft_instrument(file)
        >>> draft.glance()["items"].tolist()
        [27]
        """
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
        """Columns with guess, clue and certainty, then the questions, then the next command.

        Parameters
        ----------
        lang : str, optional
            Language of the words: "en" or "id"; None takes the draft's.

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> draft = draft_instrument(file)
        >>> print(draft.summary("en").splitlines()[0])
        answers.csv: 9 rows of answers, 29 columns, 27 items in 1 variables
        """
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
        """Write the instrument file.

        Parameters
        ----------
        path : str or Path
            File to write; a folder receives ``instrument.yaml``.
        overwrite : bool, default False
            Whether a file that stands there with another content is replaced.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        UmkmError
            RSP303: a file with another content stands there; it is left as it is.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, load_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> saved = draft_instrument(file).save("draft.yaml", overwrite=True)
        >>> len(load_instrument(saved).items)
        27
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
        """Columns, questions and the instrument's text as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the draft to plain values; no answers.

        Examples
        --------
        >>> from umkm_stats import draft_instrument, simulate_responses
        >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
        >>> sorted(draft_instrument(file).to_dict())
        ['columns', 'file', 'instrument', 'language', 'questions', 'sample']
        """
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
