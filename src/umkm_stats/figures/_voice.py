"""How a picture outside a report writes its numbers."""

from __future__ import annotations

from umkm_stats import messages


class LocalNumbers:
    """Numbers of a picture in the marks of a language.

    Examples
    --------
    >>> from umkm_stats.figures import LocalNumbers
    >>> LocalNumbers("id").number(0.456), LocalNumbers("id").count(12000)
    ('0,46', '12.000')
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def number(self, value: float, /, *, bounded: bool = False, decimals: int = 2) -> str:
        """A number as text.

        Parameters
        ----------
        value : float
            The number.
        bounded : bool, default False
            Whether it cannot exceed 1 in size; changes nothing here.
        decimals : int, default 2
            Decimals shown.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import LocalNumbers
        >>> LocalNumbers("id").number(-0.5, decimals=1)
        '−0,5'
        """
        return messages.number(f"{round(value, decimals) + 0.0:,.{decimals}f}", self.lang)  # no −0

    def count(self, value: int, /) -> str:
        """A whole number as text.

        Parameters
        ----------
        value : int
            The number.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.figures import LocalNumbers
        >>> LocalNumbers("en").count(12000)
        '12,000'
        """
        return messages.number(f"{value:,d}", self.lang)
