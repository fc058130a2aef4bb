"""How numbers are written: one decimal mark in a whole document, rounding only here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from umkm_stats import messages
from umkm_stats.options import one_of
from umkm_stats.report._spec import DECIMALS, Cell, Column, Form

MINUS = "\N{MINUS SIGN}"
GAP = "\N{EN DASH}"
_SWAP = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Voice:
    """Language, style (apa or skripsi) and decimal mark of a document."""

    lang: str = "en"
    style: str = "apa"
    decimal: str = "."
    year: str = ""

    @property
    def comma(self) -> bool:
        """Decimal comma, dot for thousands."""
        return self.decimal == ","

    def text(self, key: str, /, **params: Any) -> str:
        """A sentence of the catalogue; a key with the style as suffix wins (``report.x.skripsi``)."""
        prefixed = f"report.{key}"
        try:
            return messages.text(f"{prefixed}.{self.style}", self.lang, **params)
        except KeyError:
            return messages.text(prefixed, self.lang, **params)

    def number(
        self,
        value: float | int | None,
        form: Form = "estimate",
        *,
        bounded: bool = False,
        decimals: int | None = None,
    ) -> str:
        """A number as readers see it: ``0,273``, ``< 0,001``, ``1.573``; an en dash when there is none."""
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return GAP
        places = DECIMALS[form] if decimals is None else decimals
        if form == "p" and value < 0.001:
            said = "< 0.001"
        else:
            exact = Decimal(repr(float(value))).quantize(
                Decimal(1).scaleb(-places), ROUND_HALF_UP
            )  # as spreadsheets round
            said = f"{exact if exact else abs(exact):,.{places}f}"
        if (bounded or form == "p") and not self.comma and self.style == "apa":
            said = said.replace("0.", ".", 1) if said.lstrip("-< ").startswith("0.") else said
        if self.comma:
            said = said.translate(_SWAP)
        return said.replace("-", MINUS)

    def p(self, value: float | None) -> str:
        """``p = 0,165`` or ``p < 0,001``."""
        said = self.number(value, "p")
        return f"p {said}" if said.startswith("<") else f"p = {said}"

    def interval(
        self, low: float | None, high: float | None, *, form: Form = "estimate", bounded: bool = False
    ) -> str:
        """``[0,151; 0,412]`` or ``[.151, .412]``."""
        mark = ";" if self.comma else ","
        return f"[{self.number(low, form, bounded=bounded)}{mark} {self.number(high, form, bounded=bounded)}]"

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """``84,4%`` of a value in per cent."""
        return f"{self.number(value, 'percent', decimals=decimals)}%"

    def count(self, value: int) -> str:
        """A whole number with thousands marks."""
        return self.number(int(value), "integer")

    def plain(self, value: float) -> str:
        """A number with no more digits than it has, as the values of a scale are written: ``2``, ``2,5``."""
        said = f"{value:g}"
        return (said.translate(_SWAP) if self.comma else said).replace("-", MINUS)

    def cell(self, value: Cell, column: Column) -> str:
        """The text of a table cell, the same in every format."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return GAP if column.form != "text" else ""
        if isinstance(value, str):
            return value
        if column.form == "text":
            return str(value)
        return self.number(value, column.form, bounded=column.bounded)


def choose_voice(
    *, style: str = "apa", lang: str = "en", decimal: str | None = None, year: str = ""
) -> Voice:
    """The voice of a report: skripsi is Indonesian with a decimal comma; apa follows the language.

    Raises ``UsageError`` (GEN001, GEN002) for a style, language or mark that is none.
    """
    messages.spoken(lang)
    if decimal is not None:
        one_of("decimal", decimal, (",", "."))
    if one_of("style", style, ("apa", "skripsi")) == "skripsi":
        lang = "id"
    return Voice(lang=lang, style=style, decimal=decimal or ("," if lang == "id" else "."), year=year)
