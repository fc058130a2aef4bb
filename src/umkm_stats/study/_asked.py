"""Option objects of a study: how the answers are read, what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answer file of a study is read; every field is that argument of ``read_responses``.

    Attributes
    ----------
    aliases : Mapping[str, str] or str or Path or None
        Headings of the file for codes of the instrument: a mapping, or the path of a ``map.yaml``.
    sheet : str or None
        Sheet of a workbook; None takes the one whose heading names most questions.
    source : str or None
        Name of a reader; None recognises it.
    reverse : str
        "score" turns reversed items, "already" leaves them.

    Examples
    --------
    >>> from umkm_stats.study import Reading
    >>> Reading(sheet="Form Responses 1").sheet
    'Form Responses 1'
    """

    aliases: Mapping[str, str] | str | Path | None = None
    sheet: str | None = None
    source: str | None = None
    reverse: str = "score"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the manifest; the path of a map stands among its inputs instead.

        Returns
        -------
        dict[str, Any]
            Keys ``aliases``, ``sheet``, ``source`` and ``reverse``.

        Examples
        --------
        >>> from umkm_stats.study import Reading
        >>> Reading(aliases={"Q1": "PID1"}).to_dict()
        {'aliases': {'Q1': 'PID1'}, 'sheet': None, 'source': None, 'reverse': 'score'}
        """
        return {
            "aliases": dict(self.aliases) if isinstance(self.aliases, Mapping) else None,
            "sheet": self.sheet,
            "source": self.source,
            "reverse": self.reverse,
        }


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the thesis chapter needs beyond the analysis; None takes the study file's value.

    Attributes
    ----------
    alpha_cutoff : float or None
        Reliability from which a scale counts as reliable, between .5 and .95; 0.70 when nothing is said.
    distributed : int or None
        Questionnaires handed out.
    texts : str or Path or None
        Folder of the author's own paragraphs, one ``.txt`` or ``.md`` file a slot (``objek``, ``populasi``,
        ``definisi``, ``pembahasan-H1`` ...).
    pilot : str or Path or None
        File with the answers of the try-out: it makes a part of Bab III and never enters the analysis.
    tails : str or None
        "two" or "one", fixed before the data are seen; "one" tests each hypothesis on the side of its
        direction (interval 90 %, p of that side).
    directions : Mapping[str, str] or None
        Hypothesis to "+" or "-".
    unit : str or None
        Word for the respondents ("pelanggan kedai").
    sampling : Mapping[str, Any] or None
        Rule of the sample size: ``{"rule": "slovin", "N": 500, "e": .05}``.

    Examples
    --------
    >>> from umkm_stats.study import Chapter
    >>> Chapter(alpha_cutoff=0.6, distributed=120).distributed
    120
    """

    alpha_cutoff: float | None = None
    distributed: int | None = None
    texts: str | Path | None = None
    pilot: str | Path | None = None
    tails: str | None = None
    directions: Mapping[str, str] | None = None
    unit: str | None = None
    sampling: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """What a study writes, and what its documents say of themselves.

    Attributes
    ----------
    title : str or None
        Title of the report; None takes the study file's, else the instrument's.
    simulated : bool or None
        Whether the answers were made, and every document says so; None takes the study file's word.
    decimal : str or None
        Decimal mark "," or "."; None follows the language.
    default_lang : str
        Language when nothing names one: "en" or "id".
    template : str or Path or None
        A Word template whose styles are used.
    files : bool
        False computes and writes nothing.
    extra : Callable[[Path], None] or None
        Called with the part folder before the manifest is written, to add files to it.

    Examples
    --------
    >>> from umkm_stats.study import Writing
    >>> Writing(decimal=",", title="Kedai kopi").files
    True
    """

    title: str | None = None
    simulated: bool | None = None
    decimal: str | None = None
    default_lang: str = "en"
    template: str | Path | None = None
    files: bool = True
    extra: Callable[[Path], None] | None = None
