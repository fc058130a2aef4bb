"""Arithmetic on labels: what stands right of ``:=``, on both sides of ``==``, and numbers written as sums.

An expression is a tree evaluated on arrays, real or complex: complex steps give its derivatives to machine
precision (Squire & Trapp 1998, https://doi.org/10.1137/S003614459631241X).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from umkm_stats.sem.text._tokens import Token, fault


def _absolute(value: Any) -> Any:
    return value * np.sign(np.real(value))  # analytic away from zero


def _along(function: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A real function on complex steps: f(x + ih) = f(x) + ih f'(x), exact for steps of 1e-30."""

    def stepped(value: Any) -> Any:
        if not np.iscomplexobj(value):
            return function(value)
        real = np.real(value)
        return function(real) + 1j * np.imag(value) * slope(real)

    return stepped


def _density(value: Any) -> Any:
    return np.exp(-0.5 * value * value) / np.sqrt(2.0 * np.pi)


def _largest(*values: Any) -> Any:
    out = values[0]
    for value in values[1:]:
        out = np.where(np.real(value) > np.real(out), value, out)
    return out


def _smallest(*values: Any) -> Any:
    return -_largest(*(-np.asarray(value) for value in values))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
    "abs": _absolute,
    "tanh": np.tanh,
    "atanh": np.arctanh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "pnorm": _along(ndtr, _density),
    "qnorm": _along(ndtri, lambda value: 1.0 / _density(ndtri(value))),
    "max": _largest,
    "min": _smallest,
}
SEVERAL = ("max", "min")
"""Functions of two or more arguments."""


@dataclass(frozen=True, slots=True)
class Expression:
    """kind: "number", "name", "call", or one of ``+ - * / ^ neg``; ``parts`` are operands; ``text`` as
    written."""

    kind: str
    parts: tuple[Expression, ...]
    value: float
    name: str
    text: str

    def names(self) -> set[str]:
        """Labels it reads."""
        found = {self.name} if self.kind == "name" else set()
        for part in self.parts:
            found |= part.names()
        return found

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The number(s), ``values`` mapping each label to a number or an array."""
        if self.kind == "number":
            return self.value
        if self.kind == "name":
            return values[self.name]
        with np.errstate(all="ignore"):
            args = [part.evaluate(values) for part in self.parts]
            if self.kind == "call":
                return FUNCTIONS[self.name](*args)
            if self.kind == "neg":
                return -args[0]
            if self.kind == "+":
                return args[0] + args[1]
            if self.kind == "-":
                return args[0] - args[1]
            if self.kind == "*":
                return args[0] * args[1]
            if self.kind == "/":
                return np.divide(args[0], args[1])
            return np.power(args[0], args[1])


def written(items: list[Token]) -> str:
    """The tokens as text, names with other characters in backticks."""
    out = []
    for token in items:
        plain = token.kind != "name" or token.text.replace("_", "a").replace(".", "a").isalnum()
        out.append(token.text if plain else f"`{token.text}`")
    return "".join(out)


class _Reader:
    def __init__(self, items: list[Token], line: int) -> None:
        self.items, self.at, self.line = items, 0, line

    def peek(self) -> Token | None:
        return self.items[self.at] if self.at < len(self.items) else None

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            raise fault("SEM103", None, self.line)
        self.at += 1
        return token

    def sum(self) -> Expression:
        left = self.product()
        while (token := self.peek()) is not None and token.text in "+-" and token.kind == "mark":
            self.take()
            left = Expression(token.text, (left, self.product()), 0.0, "", "")
        return left

    def product(self) -> Expression:
        left = self.sign()
        while (token := self.peek()) is not None and token.text in "*/" and token.kind == "mark":
            self.take()
            left = Expression(token.text, (left, self.sign()), 0.0, "", "")
        return left

    def sign(self) -> Expression:
        token = self.peek()
        if token is not None and token.kind == "mark" and token.text in "+-":
            self.take()
            inner = self.sign()
            return inner if token.text == "+" else Expression("neg", (inner,), 0.0, "", "")
        return self.power()

    def power(self) -> Expression:
        base = self.atom()
        token = self.peek()
        if token is not None and token.kind == "mark" and token.text == "^":
            self.take()
            return Expression("^", (base, self.sign()), 0.0, "", "")
        return base

    def atom(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return Expression("number", (), float(token.text), "", token.text)
        after = self.peek()
        opens = after is not None and after.kind == "mark" and after.text == "("
        if token.kind == "name" and opens:
            if token.text not in FUNCTIONS:
                raise fault("SEM104", token, allowed=sorted(FUNCTIONS))
            self.take()
            args = [self.sum()]
            while (mark := self.peek()) is not None and mark.text == "," and token.text in SEVERAL:
                self.take()
                args.append(self.sum())
            self.close(token)
            return Expression("call", tuple(args), 0.0, token.text, "")
        if token.kind == "name":
            return Expression("name", (), 0.0, token.text, token.text)
        if token.kind == "mark" and token.text == "(":
            inner = self.sum()
            self.close(token)
            return inner
        raise fault("SEM103", token)

    def close(self, opened: Token) -> None:
        token = self.peek()
        if token is None or token.text != ")":
            raise fault("SEM103", token or opened)
        self.take()


def read_expression(items: list[Token], line: int) -> Expression:
    """The expression the tokens spell. Raises SEM103 (a token without a place), SEM104 (an unknown
    function)."""
    reader = _Reader(items, line)
    tree = reader.sum()
    rest = reader.peek()
    if rest is not None:
        raise fault("SEM103", rest)
    return Expression(tree.kind, tree.parts, tree.value, tree.name, written(items))


def constant(items: list[Token], line: int) -> float | None:
    """The number that the tokens spell, ``sqrt(.5)`` or ``2/3``; None when they hold a name."""
    if not items:
        return None
    places = range(len(items))
    names = [k for k in places if items[k].kind == "name"]
    if any(k + 1 == len(items) or items[k + 1].text != "(" for k in names):
        return None
    found = float(np.real(read_expression(items, line).evaluate({})))
    return found if np.isfinite(found) else None


def expanded(expression: Expression, named: Mapping[str, Expression]) -> Expression:
    """The expression with every name that ``named`` knows written out."""
    if expression.kind == "name":
        known = named.get(expression.name)
        return expression if known is None else expanded(known, named)
    parts = tuple(expanded(part, named) for part in expression.parts)
    return replace(expression, parts=parts)


def gradient(expression: Expression, values: Mapping[str, float], wanted: list[str]) -> list[float]:
    """First derivatives with respect to the labels ``wanted`` at ``values``, by complex steps."""
    out = []
    for name in wanted:
        moved: dict[str, Any] = {key: complex(value) for key, value in values.items()}
        moved[name] += 1e-30j
        out.append(float(np.imag(expression.evaluate(moved)) / 1e-30))
    return out
