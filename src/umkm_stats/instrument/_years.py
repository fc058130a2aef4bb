"""Questions for a year: one rule for the forms that ask and the reader of the answers."""

from __future__ import annotations

import re
from typing import Any

YOUNGEST = 15  # age below which no year of birth is believed, unless the question states its own limit
FIRST_YEAR = 1800  # a number whose smallest answer is this or later is a year
_BIRTH = re.compile(r"lahir|birth|nacimiento")


def latest_year(question: Any) -> int | None:
    """Years from the year of filling in to the latest year a question accepts.

    ``latest`` of the question decides. Without it, a number whose smallest answer is 1800 or later, and whose
    largest is 2000 or later or not given, is a year: at most the year of filling in, a year of birth at most
    15 years before it.

    Parameters
    ----------
    question : Any
        A question of an instrument.

    Returns
    -------
    int or None
        Years, 0 for the year of filling in; None when the question asks for no year.

    Examples
    --------
    >>> from umkm_stats.instrument import latest_year, load_instrument
    >>> latest_year(load_instrument("umkm_inovasi").question("YFOUND"))
    0
    """
    if question.kind != "number":
        return None
    if question.latest is not None:
        return int(question.latest)
    low, high = question.minimum, question.maximum
    if low is None or low < FIRST_YEAR or (high is not None and high < 2000):
        return None
    birth = any(_BIRTH.search(text.casefold()) for text in question.text.values())
    return -YOUNGEST if birth else 0
