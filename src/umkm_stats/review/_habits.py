"""The table of conventions for the reader of a program's output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import conventions as table
from umkm_stats.kernels.review import programs

if TYPE_CHECKING:
    import pandas as pd


def conventions(program: str | None = None, *, check: str | None = None, lang: str = "en") -> pd.DataFrame:
    """How programs print their numbers.

    Parameters
    ----------
    program : str, optional
        A program ("SPSS 26", "semopy"); None shows all.
    check : str, optional
        Only the conventions of one check; None shows all.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    pandas.DataFrame
        One row a convention and program:

        - ``key``: name of the convention, as in ``Verdict.readings``.
        - ``program``: program, as its makers write it.
        - ``version``: versions it was seen in.
        - ``number``: the number it is about.
        - ``formula``: how the program computes it.
        - ``textbook``: the formula of the textbooks.
        - ``seen``: how it was seen.
        - ``source``: where it is documented.
        - ``says``: what the printed number is.
        - ``compare``: how to compare it.

    Raises
    ------
    UsageError
        REV030: no such program, or no convention known for it.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.conventions("semopy", check="rmsea")["formula"].item()
    '√(max(χ² − df, 0)/(df·(n − 1)))'
    """
    import pandas as pd

    name, version = table.named(program) if program else ("", "")
    rows = programs.rows_of(name, version, check or "") if name or not program else ()
    if not rows:
        known = [table.title(word) for word in table.ALIASES]
        raise UsageError("REV030", params={"received": repr(program or check), "known": known})

    def said(key: str, part: str) -> str:
        return messages.text_or(f"convention.{key}.{part}", "", lang)

    found = [
        {
            "key": row.key,
            "program": table.title(maker.program),
            "version": maker.version,
            "number": said(row.key, "number"),
            "formula": said(row.key, "formula"),
            "textbook": said(row.key, "textbook"),
            "seen": said(row.key, "seen"),
            "source": messages.text(row.source_for(maker.program), lang),
            "says": said(row.key, "says"),
            "compare": said(row.key, "compare"),
        }
        for row in rows
        for maker in row.makers
        if not name or (maker.program == name and maker.covers(version))
    ]
    return pd.DataFrame(found)
