"""Expert sheets that come back: one file an expert, ratings by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.instrument import Instrument, as_instrument
from umkm_stats.options import one_of
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._expert import RATINGS
from umkm_stats.questionnaire._words import say
from umkm_stats.results import Note, jsonable, told

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ExpertRatings:
    """Ratings of experts, as read from their sheets.

    Experts are numbered by their file, 1, 2, ...; names are not read.

    Attributes
    ----------
    table : pandas.DataFrame
        One row an item and expert: ``item`` (code), ``expert`` (number), ``relevance`` and ``clarity`` (1-4),
        ``necessity`` (1-3), NaN where an expert gave none, and ``comment``.
    kind : str
        The rating that ``ratings`` shows: "relevance", "clarity" or "necessity".
    sample : None
        None: experts are no sample.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.
    seed : None
        Seed of the draws; None when nothing is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.questionnaire import ExpertRatings
    >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
    >>> ExpertRatings(table, "relevance").kind
    'relevance'
    """

    table: pd.DataFrame
    kind: str
    notes: tuple[Note, ...] = ()
    sample: None = None
    seed: None = None

    @property
    def ratings(self) -> pd.DataFrame:
        """The ratings of ``kind``: what ``content_validity`` takes.

        One row an item and expert: ``item`` (code), ``expert`` (number) and ``rating`` (NaN where none was
        given).

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> ExpertRatings(table, "relevance").ratings.values.tolist()
        [['q1', 1, 4], ['q1', 2, 3]]
        """
        return self.table[["item", "expert", self.kind]].rename(columns={self.kind: "rating"})

    def of(self, kind: str) -> ExpertRatings:
        """The same sheets, another rating.

        Parameters
        ----------
        kind : str
            "relevance", "clarity" or "necessity".

        Returns
        -------
        ExpertRatings
            The ratings with that kind.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such rating.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> ExpertRatings(table, "relevance").of("clarity").ratings["rating"].tolist()
        [4, 4]
        """
        one_of("kind", kind, tuple(RATINGS))
        return ExpertRatings(self.table, kind, self.notes)

    def tidy(self) -> pd.DataFrame:
        """One row an item, one column an expert.

        Returns
        -------
        pandas.DataFrame
            Ratings of ``kind``, NaN where an expert gave none; the index is the item's code, the columns are
            the numbers of the experts.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> ExpertRatings(table, "relevance").tidy().loc["q1"].tolist()
        [4, 3]
        """
        order = list(dict.fromkeys(self.table["item"]))
        return self.ratings.pivot(index="item", columns="expert", values="rating").reindex(order)

    def glance(self) -> pd.DataFrame:
        """How many ratings there are.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``experts``: experts, one a file.
            - ``items``: items rated.
            - ``ratings``: ratings given.
            - ``missing``: ratings of an item that an expert did not give.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> ratings = ExpertRatings(table, "relevance")
        >>> ratings.glance().iloc[0].tolist()
        [2, 1, 2, 0]
        """
        import pandas as pd

        given = int(self.ratings["rating"].notna().sum())
        return pd.DataFrame(
            [
                {
                    "experts": self.table["expert"].nunique(),
                    "items": self.table["item"].nunique(),
                    "ratings": given,
                    "missing": len(self.table) - given,
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """How many experts rated how many items, and the notes.

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
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> print(ExpertRatings(table, "relevance").summary())
        2 experts rated 1 items; 2 ratings of Relevance (1–4), 0 missing.
        """
        row = self.glance().iloc[0]
        said = say(
            "expert.read",
            messages.spoken(lang),
            kind=say(f"expert.{self.kind}", lang),
            **{name: int(row[name]) for name in ("experts", "items", "ratings", "missing")},
        )
        return "\n".join([said, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """The ratings as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``kind``, ``table`` and ``notes``.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.questionnaire import ExpertRatings
        >>> table = pd.DataFrame({"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4})
        >>> list(ExpertRatings(table, "relevance").to_dict())
        ['kind', 'table', 'notes']
        """
        return {"kind": self.kind, "table": jsonable(self.table), "notes": jsonable(self.notes)}


def read_expert_sheets(
    paths: str | Path | Iterable[str | Path], instrument: Instrument | str | Path, *, kind: str = "relevance"
) -> ExpertRatings:
    """Read the expert sheets that experts have filled in.

    ``write_questionnaire(..., format="expert-sheet")`` writes them. A rating off its scale counts as missing
    and a row that is no item of the instrument is left out, each with a note (QST111, QST112).

    Parameters
    ----------
    paths : str or Path or Iterable[str | Path]
        Files, or a folder whose ``.xlsx`` files are read in the order of their names.
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    kind : str, default "relevance"
        "relevance" (1-4), "clarity" (1-4) or "necessity" (1-3).

    Returns
    -------
    ExpertRatings
        The ratings, one row an item and expert.

    Raises
    ------
    UmkmError
        QST110: a file of another kind; QST113: there is none.
    UsageError
        GEN001, GEN002: no such rating.

    Examples
    --------
    >>> from umkm_stats import write_questionnaire
    >>> from umkm_stats.questionnaire import read_expert_sheets
    >>> sheet = write_questionnaire("msme_colombia", format="expert-sheet", out="experts")
    >>> read_expert_sheets(sheet, "msme_colombia").glance()["items"].tolist()
    [27]
    """
    import pandas as pd

    one_of("kind", kind, tuple(RATINGS))
    known = {item.code for item in as_instrument(instrument).items}
    files = _files_of(paths)
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for expert, path in enumerate(files, start=1):
        for code, values in _sheet_rows(path):
            if code not in known:
                notes.append(Note("QST112", {"item": code, "name": path.name}, row=code))
                continue
            row: dict[str, Any] = {"item": code, "expert": expert}
            for name, allowed in RATINGS.items():
                row[name] = _rating(values.get(name), allowed)
                if row[name] is None:
                    row[name] = float("nan")
                    params = {
                        "value": str(values[name]),
                        "item": code,
                        "column": name,
                        "name": path.name,
                        "expected": list(map(str, allowed)),
                    }
                    notes.append(Note("QST111", params, row=code, column=name))
            row["comment"] = "" if values.get("comment") is None else str(values["comment"])
            rows.append(row)
    table = pd.DataFrame(rows, columns=["item", "expert", *RATINGS, "comment"])
    return ExpertRatings(table, kind, tuple(notes))


def _files_of(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    files = [
        file for path in given for file in (sorted(path.glob("[!~.]*.xlsx")) if path.is_dir() else [path])
    ]
    if not files:
        raise UmkmError("QST113")
    return files


def _sheet_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        sheet = _files.open_workbook(path).worksheets[0]
    except Exception as fault:
        raise UmkmError("QST110", Place(file=path.name), {"name": path.name}) from fault
    names = [cell.value for cell in sheet[1]]
    if names[:1] != ["code"] or not set(RATINGS) <= set(names):
        raise UmkmError("QST110", Place(file=path.name), {"name": path.name})
    found = []
    for cells in sheet.iter_rows(min_row=3, values_only=True):
        values = dict(zip(names, cells, strict=False))
        if values.get("code") is not None:
            found.append(
                (str(values["code"]).strip(), {str(name): value for name, value in values.items() if name})
            )
    return found


def _rating(value: Any, allowed: tuple[int, ...]) -> float | None:
    """The rating as a number, NaN when the cell is empty, None when it is off the scale."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return float("nan")
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return number if number in allowed else None
