"""A smaller result that a fitted PLS model hands out: one main frame, others beside it, notes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.pls._summary import table_lines
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._pls import Pls


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """An answer about a PLS model: one frame, and what it rests on.

    Attributes
    ----------
    name : str
        What was asked.
    frame : pandas.DataFrame
        The answer; its columns stand with the method that gave it.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        Of the draws; None without.
    notes : tuple of Note
        What a reader must know.
    meta : dict of str to object or None
        Plain values that hold for all rows.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls().blindfolding().name
    'blindfolding'
    """

    name: str
    frame: pd.DataFrame
    sample: SampleUsed
    seed: int | None = None
    notes: tuple[Note, ...] = ()
    meta: dict[str, Any] | None = None

    def tidy(self) -> pd.DataFrame:
        """The frame, a copy; its columns stand with the method that gave it.

        Returns
        -------
        pandas.DataFrame
            A copy of ``frame``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> list(examples.pls().blindfolding().tidy())
        ['construct', 'sse', 'sso', 'q2']
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns name, n, seed, then what holds for all rows (``meta``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().blindfolding().glance()["n"].tolist()
        [200]
        """
        import pandas as pd

        row = {"name": self.name, "n": self.sample.used, "seed": self.seed, **(self.meta or {})}
        return pd.DataFrame([row])

    def _others(self) -> dict[str, Any]:
        """Frames beside the main one."""
        known = {entry.name for entry in fields(Part)}
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name not in known}

    def summary(self, lang: str = "en") -> str:
        """Heading, sample, seed, every frame and notes as text.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().blindfolding().summary().splitlines()[0]
        'Predictive relevance (Q², blindfolding)'
        """
        lines = [messages.text(f"pls.part.{self.name}", lang), self.sample.describe(lang)]
        if self.seed is not None:
            lines.append(messages.text("pls.seed", lang, seed=str(self.seed)))
        lines += ["", *table_lines(self.frame, lang)]
        for frame in self._others().values():
            lines += ["", *table_lines(frame, lang)]
        lines += [f"* {line}" for line in told(self.notes, lang)]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Name, rows, meta, sample, seed and notes as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.pls().blindfolding().to_dict())
        ['meta', 'name', 'notes', 'rows', 'sample', 'seed']
        """
        return {
            "name": self.name,
            "rows": jsonable(self.frame),
            **{key: jsonable(frame) for key, frame in self._others().items()},
            "meta": jsonable(self.meta or {}),
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def first_order_only(model: Pls, what: str, *, consistent: bool = True) -> None:
    """``UsageError`` PLS131 for what is not defined with second order, products (or PLSc)."""
    refused = model.compiled.two_stages or model.structure.dimensions or model.compiled.products
    if refused or (model.options.consistent and not consistent):
        raise UsageError("PLS131", params={"what": what})
