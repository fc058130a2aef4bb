"""Numbers as a paper prints them: an interval of values that round to the digits shown, and its arithmetic.

``bounds("0.48")`` is [0.475, 0.485]; with ``truncated`` also what cutting the digits off would leave,
[0.475, 0.490). All operations give intervals that contain every value the operands allow (Moore 1966).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_SLACK = 1e-12
_FOOTNOTE = re.compile(r"^(.*\d%?)\s*(?:[a-dA-D\u1d43\u1d47\u1d9c\u1d48]|\([a-d]\))$")
_NOT_SIGNIFICANT = re.compile(
    r"^(?:n\.?\s?s\.?|not sig(?:nificant|\.)?|tidak sig(?:nifikan|\.)?)$", re.IGNORECASE
)
STARS = {"***": 0.001, "**": 0.01, "*": 0.05}
"""What asterisks in the place of a p-value say, as AMOS and most tables define them."""
BLANK = frozenset(
    {"", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "n/a", "N/A", "NA", "null", "~"}
)
"""Cells of a table in which nothing is printed."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval [low, high]; low ≤ high."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise ValueError(f"no interval: [{self.low}, {self.high}]")

    @property
    def middle(self) -> float:
        """Centre."""
        return 0.5 * (self.low + self.high)

    def __add__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval | float) -> Interval:
        return self + (-_interval(other))

    def __mul__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        products = [x * y for x in (self.low, self.high) for y in (other.low, other.high)]
        return Interval(min(products), max(products))

    def __truediv__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        if other.low <= 0.0 <= other.high:
            return Interval(-math.inf, math.inf)
        return self * Interval(1.0 / other.high, 1.0 / other.low)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Interval:
        return _interval(other) - self

    def __rtruediv__(self, other: float) -> Interval:
        return _interval(other) / self

    def squared(self) -> Interval:
        """x²."""
        low, high = sorted((self.low * self.low, self.high * self.high))
        return Interval(0.0 if self.low <= 0.0 <= self.high else low, high)

    def root(self) -> Interval:
        """√x; what lies below 0 counts as 0."""
        return Interval(math.sqrt(max(self.low, 0.0)), math.sqrt(max(self.high, 0.0)))

    def absolute(self) -> Interval:
        """|x|."""
        if self.low <= 0.0 <= self.high:
            return Interval(0.0, max(-self.low, self.high))
        low, high = sorted((abs(self.low), abs(self.high)))
        return Interval(low, high)

    def rising(self, function: Callable[[float], float]) -> Interval:
        """Image under a non-decreasing function."""
        return Interval(function(self.low), function(self.high))

    def falling(self, function: Callable[[float], float]) -> Interval:
        """Image under a non-increasing function."""
        return Interval(function(self.high), function(self.low))

    def meets(self, other: Interval) -> bool:
        """Whether a common value exists (up to rounding of the arithmetic itself)."""
        slack = _SLACK * max(
            1.0, *(abs(end) for end in (self.low, self.high, other.low, other.high) if math.isfinite(end))
        )
        return self.low <= other.high + slack and other.low <= self.high + slack

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies inside."""
        return self.meets(Interval(value, value))


def _interval(value: Interval | float) -> Interval:
    return value if isinstance(value, Interval) else Interval(float(value), float(value))


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, central value, digits after the point, and whether it is a bound (``<
    .001``)."""

    text: str
    value: float
    decimals: int
    relation: str = "="

    @property
    def step(self) -> float:
        """One unit of the last digit."""
        return float(10.0**-self.decimals)

    def bounds(self, *, truncated: bool = False) -> Interval:
        """The values that print as these digits; with ``truncated`` also those cut off to them."""
        if self.relation == "<":
            return Interval(-math.inf, self.value)
        if self.relation == ">":
            return Interval(self.value, math.inf)
        half = 0.5 * self.step
        low, high = self.value - half, self.value + half
        if truncated:
            if self.value > 0:
                high = self.value + self.step
            elif self.value < 0:
                low = self.value - self.step
            else:
                low, high = -self.step, self.step
        return Interval(low, high)


def printed(text: str | float | int | Printed, *, p: bool = False) -> Printed | None:
    """Read a printed number; None when it is none.

    Accepts a decimal comma, a leading ``.``, thousands in groups of three, a true minus sign, ``<``/``>``, a
    percent sign, parentheses around the whole, asterisks of significance and the letter of a footnote behind
    the digits (``0.000b``). A float is taken with the digits of its shortest form: give text ("0.50") when
    the printed zeros matter.

    p: the place of a p-value, where asterisks alone are bounds (``***`` below .001, ``**`` below .01, ``*``
    below .05) and ``n.s.`` says above .05.
    """
    if isinstance(text, Printed):
        return text
    whole = str(text).strip()
    raw = (
        whole.replace("\N{MINUS SIGN}", "-")
        .replace("\N{EN DASH}", "-")
        .replace("\N{NO-BREAK SPACE}", "")
        .replace("\N{LESS-THAN OR EQUAL TO}", "<")
        .replace("\N{GREATER-THAN OR EQUAL TO}", ">")
    )
    if p:
        if raw in STARS:
            return Printed(whole, STARS[raw], 3, "<")
        if _NOT_SIGNIFICANT.match(raw):
            return Printed(whole, 0.05, 3, ">")
        raw = re.sub(r"^[pP]\s*(?=[<>=])", "", raw)
    if raw.startswith("(") and raw.endswith(")"):
        raw = raw[1:-1].strip()
    raw = raw.lstrip("= ").rstrip("*†‡ ")
    raw = _FOOTNOTE.sub(r"\1", raw).removesuffix("%").strip()
    relation = "="
    if raw[:1] in "<>" and raw:
        relation, raw = raw[0], raw[1:].lstrip("= ")
    if "," in raw:
        if "." in raw:
            thousands, point = (",", ".") if raw.rfind(".") > raw.rfind(",") else (".", ",")
            raw = raw.replace(thousands, "").replace(point, ".")
        else:
            raw = raw.replace(",", ".") if raw.count(",") == 1 else raw.replace(",", "")
    if not _NUMBER.match(raw):
        return None
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    if not math.isfinite(float(number)):
        return None
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return Printed(whole, float(number), max(decimals, 0), relation)


def as_share(number: Printed) -> Printed:
    """A share that is printed as a percentage (``67.1%``, or ``67.1`` where no share can be) as a share."""
    if "%" not in number.text and abs(number.value) <= 1.5:
        return number
    return Printed(number.text, number.value / 100.0, number.decimals + 2, number.relation)
