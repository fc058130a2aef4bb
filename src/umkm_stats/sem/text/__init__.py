"""Model text → terms, expressions and the parameter table."""

from __future__ import annotations

from umkm_stats.sem.text._defaults import build_table
from umkm_stats.sem.text._expression import Expression
from umkm_stats.sem.text._language import Constraint, Definition, Model, Modifier, Term, read_model
from umkm_stats.sem.text._table import ParameterTable, Row, Variables, roles

__all__ = [
    "Constraint",
    "Definition",
    "Expression",
    "Model",
    "Modifier",
    "ParameterTable",
    "Row",
    "Term",
    "Variables",
    "build_table",
    "read_model",
    "roles",
]
