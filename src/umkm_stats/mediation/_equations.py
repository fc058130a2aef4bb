"""An equation of a mediation model as a regression of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats.errors import UsageError
from umkm_stats.mediation._spec import Equation as Asked
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._design import Design, Term
from umkm_stats.regression._door import assemble
from umkm_stats.regression._equations import estimate
from umkm_stats.regression._intervals import Request
from umkm_stats.regression._plan import Plan

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation
    from umkm_stats.regression import Regression


def regression_of(result: Mediation, outcome: str, *, total: bool) -> Regression:
    """The equation of ``outcome`` (``total``: the one without mediators) on the same rows, with the errors of
    the analysis. Variables enter first, products second, so that ``blocks`` holds the interaction's ΔR².

    Raises ``UsageError`` MED028 (an analysis without score regressions), MED450 (no such equation).
    """
    columns = result.columns
    if columns is None:
        raise UsageError("MED028", params={})
    roles = ("total",) if total else ("mediator", "outcome")
    known = [entry for entry in result.spec.equations if entry.role in roles]
    found = [entry for entry in known if entry.outcome == outcome]
    if not found:
        names = list(dict.fromkeys(entry.outcome for entry in known)) or ["–"]
        raise UsageError("MED450", params={"name": outcome, "known": names})
    return _built(result, found[0])


def _built(result: Mediation, asked: Asked) -> Regression:
    columns = result.columns
    assert columns is not None
    single = tuple(term[0] for term in asked.terms if len(term) == 1)
    own = Columns(
        values={name: columns.column(name) for name in (asked.outcome, *single)},
        parts={name: (name,) for name in single},
        categories=(),
        weights=columns.weights,
        cluster=columns.cluster,
        positions=columns.positions,
        sample=columns.sample,
        notes=(),
    )
    values = columns.design(asked.terms)
    terms = tuple(Term(term, term, 1 if len(term) == 1 else 2) for term in asked.terms)
    design = Design(terms, values, values, dict(columns.centres))
    plan = Plan((asked.outcome,), single, (), (), (single,))
    equation = estimate(own, asked.outcome, design, result.errors)
    request = Request((), 0, result.seed or 0, result.level)
    return assemble(own, plan, (equation,), request, result.errors, "sd", None)
