"""The model language: lavaan's ``=~ ~ ~~ ~1 := ==``, modifiers, labels, group vectors.

``read_model`` turns text into a ``Model``: formula terms in the order written, definitions and
constraints.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from umkm_stats.errors import Place, UmkmError
from umkm_stats.sem.text._expression import FUNCTIONS, Expression, constant, read_expression
from umkm_stats.sem.text._tokens import Token, fault, statements


@dataclass(frozen=True, slots=True)
class Modifier:
    """kind: "fix" (values, None = freed by NA), "start", "label", "equal", "lower", "upper"; one entry, or
    one a group."""

    kind: str
    values: tuple[float | str | None, ...]
    line: int


@dataclass(slots=True)
class Term:
    """One ``lhs op rhs`` of the model with the modifiers written before it."""

    lhs: str
    op: str
    rhs: str
    line: int
    modifiers: list[Modifier] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Definition:
    """``name := expression``."""

    name: str
    expression: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Constraint:
    """``left op right`` with op ``==``, ``<`` or ``>``."""

    left: Expression
    op: str
    right: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Model:
    """Everything the text says, in its order."""

    terms: tuple[Term, ...]
    definitions: tuple[Definition, ...]
    constraints: tuple[Constraint, ...]


def _split(items: list[Token], mark: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in items:
        if token.kind == "mark" and token.text == "(":
            depth += 1
        elif token.kind == "mark" and token.text == ")":
            depth -= 1
        if token.kind == "mark" and token.text == mark and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _number(items: list[Token]) -> float | None:
    sign, rest = 1.0, list(items)
    while rest and rest[0].kind == "mark" and rest[0].text in "+-":
        sign = -sign if rest[0].text == "-" else sign
        rest = rest[1:]
    if len(rest) == 1 and rest[0].kind == "number":
        return sign * float(rest[0].text)
    return None


def _entry(items: list[Token]) -> tuple[str, float | str | None]:
    if len(items) == 1 and items[0].kind == "name" and items[0].text == "NA":
        return "fix", None
    if len(items) == 1 and items[0].kind in ("name", "string"):
        return "label", items[0].text
    value = constant(items, items[0].line) if items and items[0].kind != "string" else None
    if value is None:
        raise fault("SEM105", items[0] if items else None)
    return "fix", value


def _modifier(items: list[Token], line: int) -> Modifier:
    if not items:
        raise fault("SEM105", None, line)
    head = items[0]
    call = head.kind == "name" and len(items) > 1 and items[1].text == "(" and head.text not in FUNCTIONS
    if not call:
        kind, value = _entry(items)
        return Modifier(kind, (value,), line)
    if items[-1].text != ")":
        raise fault("SEM105", items[-1])
    inner = _split(items[2:-1], ",")
    if head.text == "c":
        read = [_entry(part) for part in inner]
        kinds = {kind for kind, value in read if value is not None}
        if len(kinds) > 1:
            raise fault("SEM105", head)
        kind = kinds.pop() if kinds else "fix"
        return Modifier(kind, tuple(value for _, value in read), line)
    if head.text not in ("start", "label", "equal", "lower", "upper"):
        raise fault("SEM105", head)
    if len(inner) == 1 and inner[0] and inner[0][0].text == "c" and len(inner[0]) > 1:
        inner = _split(inner[0][2:-1], ",")
    values = tuple(_entry(part)[1] for part in inner)
    wants_text = head.text in ("label", "equal")
    if any(isinstance(value, str) != wants_text and value is not None for value in values):
        raise fault("SEM105", head)
    return Modifier(head.text, values, line)


def _name(items: list[Token], line: int) -> str:
    """A variable name, or a product ``a:b``."""
    names = [token.text for token in items[::2]]
    good = bool(items) and all(token.kind == "name" for token in items[::2])
    if not good or any(token.text != ":" for token in items[1::2]) or len(items) % 2 == 0:
        bad = next((token for token in items if token.kind != "name"), items[1] if len(items) > 1 else None)
        raise fault("SEM103", bad, line)
    return ":".join(names)


def _terms(left: list[Token], op: Token, right: list[Token]) -> list[Term]:
    out: list[Term] = []
    for lhs_tokens in _split(left, "+"):
        lhs = _name(lhs_tokens, op.line)
        for part in _split(right, "+"):
            factors = _split(part, "*")
            last = factors[-1]
            if not last:
                raise fault("SEM103", None, op.line)
            line = last[0].line
            modifiers = [_modifier(factor, line) for factor in factors[:-1]]
            number = _number(last)
            kind, rhs = op.text, ""
            if number is not None:
                if op.text != "~" or number not in (0.0, 1.0):
                    raise fault("SEM103", last[0])
                kind = "~1"
                if number == 0.0:
                    modifiers.append(Modifier("fix", (0.0,), line))
            else:
                rhs = _name(last, line)
            out.append(Term(lhs, kind, rhs, line, modifiers))
    return out


_LEVEL = re.compile(r"^[ \t]*level[ \t]*:[ \t]*\w+[ \t]*$", re.MULTILINE)


@functools.lru_cache(maxsize=64)
def read_model(text: str, *, composites: bool = False) -> Model:
    """The model the text spells. ``composites``: whether ``<~`` is read too.

    Raises ``UmkmError`` SEM101 (character), SEM102 (no operator), SEM103 (token without a place), SEM104
    (function), SEM105 (modifier), SEM106 (``<~`` where it is not read), SEM107 (empty model), SEM108 (a name
    defined twice), SEM120 (levels); each names line and token.
    """
    if level := _LEVEL.search(text):
        line = text[: level.start()].count("\n") + 1
        raise UmkmError("SEM120", Place(line=line), {"line": line})
    terms: dict[tuple[str, str, str], Term] = {}
    definitions: list[Definition] = []
    constraints: list[Constraint] = []
    for statement in statements(text):
        places = [index for index, token in enumerate(statement) if token.kind == "op"]
        op = statement[places[0]]
        if len(places) > 1:
            raise fault("SEM103", statement[places[1]])
        left, right = statement[: places[0]], statement[places[0] + 1 :]
        if not left or not right:
            raise fault("SEM103", op)
        if op.text == ":=":
            name = _name(left, op.line)
            if any(entry.name == name for entry in definitions):
                raise fault("SEM108", left[0])
            definitions.append(Definition(name, read_expression(right, op.line), op.line))
        elif op.text in ("==", "<", ">"):
            constraints.append(
                Constraint(read_expression(left, op.line), op.text, read_expression(right, op.line), op.line)
            )
        elif op.text == "<~" and not composites:
            raise fault("SEM106", op)
        else:
            for term in _terms(left, op, right):
                key = (term.lhs, term.op, term.rhs)
                if term.op == "~~" and (term.rhs, term.op, term.lhs) in terms:
                    key = (term.rhs, term.op, term.lhs)
                if key in terms:
                    terms[key].modifiers.extend(term.modifiers)
                else:
                    terms[key] = term
    if not terms:
        raise fault("SEM107", None)
    return Model(tuple(terms.values()), tuple(definitions), tuple(constraints))
