"""Arithmetic on labels: what stands right of ``:=`` and on both sides of ``==``.

An expression is a tree evaluated on arrays, real or complex: complex steps give its derivatives to machine
precision (Squire & Trapp 1998, https://doi.org/10.1137/S003614459631241X).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from umkm_stats.sem.text._tokens import Token, fault


def _absolute(value: Any) -> Any:
    return value * np.sign(np.real(value))  # analytic away from zero


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": _absolute,
    "tanh": np.tanh,
    "atanh": np.arctanh,
    "sin": np.sin,
    "cos": np.cos,
}


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
                return FUNCTIONS[self.name](args[0])
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
            inner = self.sum()
            self.close(token)
            return Expression("call", (inner,), 0.0, token.text, "")
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


def gradient(expression: Expression, values: Mapping[str, float], wanted: list[str]) -> list[float]:
    """First derivatives with respect to the labels ``wanted`` at ``values``, by complex steps."""
    out = []
    for name in wanted:
        moved: dict[str, Any] = {key: complex(value) for key, value in values.items()}
        moved[name] += 1e-30j
        out.append(float(np.imag(expression.evaluate(moved)) / 1e-30))
    return out
