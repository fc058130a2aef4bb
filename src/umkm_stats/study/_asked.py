"""Option objects of a study: how the answers are read, what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answer file of a study is read; every field is that argument of ``read_responses``.

    Parameters
    ----------
    aliases : Mapping[str, str] | str | Path | None
        headings of the file for codes of the instrument: a mapping, or the path of a ``map.yaml``.
    sheet : str | None
        sheet of a workbook. source: name of a reader (None: recognised).
    reverse : str
        "score" turns reversed items, "none" leaves them.

    Examples
    --------
    >>> Reading(sheet="Form Responses 1").sheet
    'Form Responses 1'
    """

    aliases: Mapping[str, str] | str | Path | None = None
    sheet: str | None = None
    source: str | None = None
    reverse: str = "score"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the manifest; the path of a map stands among its inputs instead."""
        return {
            "aliases": dict(self.aliases) if isinstance(self.aliases, Mapping) else None,
            "sheet": self.sheet,
            "source": self.source,
            "reverse": self.reverse,
        }


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the thesis chapter needs beyond the analysis; None takes the study file's value.

    Parameters
    ----------
    alpha_cutoff : float | None
        the α that counts as reliable (0.70 when nothing is said).
    distributed : int | None
        questionnaires handed out. texts: folder of the author's own paragraphs, one ``.txt`` or ``.md`` file
        a slot (``objek``, ``populasi``, ``definisi``, ``pembahasan-H1`` …).
    pilot : str | Path | None
        file with the answers of the try-out: it makes a part of Bab III and never enters the analysis.
    tails : str | None
        "two" or "one", fixed before the data are seen; "one" tests each hypothesis on the side of its
        direction (interval 90 %, p of that side). directions: hypothesis → "+" or "-".
    unit : str | None
        word for the respondents ("pelanggan kedai"). sampling: ``{"rule": "slovin", "N": 500, "e": .05}``.

    Examples
    --------
    >>> Chapter(alpha_cutoff=0.6).distributed is None
    True
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

    Parameters
    ----------
    title : str | None
        of the report (None: the study file's, else the instrument's).
    simulated : bool | None
        the answers were made, and every document says so.
    decimal : str | None
        "," or "." (None: follows the language). default_lang: language when nothing names one.
    template : str | Path | None
        a Word template.
    files : bool
        False computes and writes nothing.
    extra : Callable[[Path], None] | None
        called with the part folder before the manifest is written, to add files to it.

    Examples
    --------
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
