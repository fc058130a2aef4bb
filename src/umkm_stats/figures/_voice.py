"""How a picture outside a report writes its numbers."""

from __future__ import annotations

from umkm_stats import messages


class LocalNumbers:
    """Numbers of a picture in the marks of a language.

    Examples
    --------
    >>> LocalNumbers("id").number(0.456), LocalNumbers("id").count(12000)
    ('0,46', '12.000')
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def number(self, value: float, /, *, bounded: bool = False, decimals: int = 2) -> str:
        """With that many decimals; ``bounded`` changes nothing here."""
        return messages.number(f"{round(value, decimals) + 0.0:,.{decimals}f}", self.lang)  # no −0

    def count(self, value: int, /) -> str:
        """A whole number."""
        return messages.number(f"{value:,d}", self.lang)
