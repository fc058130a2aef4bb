"""Score models with missing answers kept: the same regressions by full information maximum likelihood."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.mediation._data import Columns, frame_of, numeric
from umkm_stats.mediation._fitted import analyse
from umkm_stats.mediation._probes import probe_values
from umkm_stats.mediation._spec import Spec, Term
from umkm_stats.results import Note, SampleUsed

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._result import Mediation


def product_names(spec: Spec) -> dict[Term, str]:
    """Product → its column's name."""
    return {term: ".by.".join(term) for term in spec.terms if len(term) > 1}


def model_text(spec: Spec) -> str:
    """The regressions as text for ``fit``. Residuals of variables that no arrow connects are free to covary,
    and so are those of mediators with moderators and products that do not predict them: what is known of
    these helps to fill the gaps and leaves the regressions as they are."""
    products = product_names(spec)

    def shown(term: Term) -> str:
        return f"`{products.get(term, term[0])}`"

    lines = []
    for entry in spec.equations:
        if entry.role != "total":
            lines.append(f"`{entry.outcome}` ~ {' + '.join(shown(term) for term in entry.terms)}")
    for group in (spec.m, spec.y):
        for k, left in enumerate(group):
            for right in group[k + 1 :]:
                if (left, right) not in spec.arrows and (right, left) not in spec.arrows:
                    lines.append(f"`{left}` ~~ `{right}`")
    if products:
        given = [(name,) for name in (*spec.x, *spec.moderators, *spec.covariates)]
        outside: list[Term] = [*given, *products]
        lines += [f"{shown(one)} ~~ {shown(two)}" for one, two in itertools.combinations(outside, 2)]
        for entry in spec.equations:
            if entry.role == "mediator":
                rest = [term for term in outside if term not in entry.terms]
                lines += [f"`{entry.outcome}` ~~ {shown(term)}" for term in rest]
    return "\n".join(lines)


def mediate_fiml(data: Any, spec: Spec, *, probes: Any = "percentiles", **options: Any) -> Mediation:
    """The effects of ``spec`` with every row that holds at least one value; moments of x are estimated too.

    One moderator: its products are columns of their own, missing where a factor is. Raises ``UsageError``
    MED026 for what has no such route: several moderators, products of three, natural effects of x·m,
    clusters, strata.
    """
    import pandas as pd

    from umkm_stats.sem import fit

    products = product_names(spec)
    if len(spec.moderators) > 1 or any(len(term) > 2 for term in products):
        raise UsageError("MED026", params={"what": "moderators"})
    if any(term[1] not in spec.moderators for term in products):
        raise UsageError("MED026", params={"what": "interaction"})
    frame = frame_of(data)
    table = pd.DataFrame({name: numeric(frame, name) for name in spec.names})
    if not np.isfinite(table.to_numpy()).any():
        from umkm_stats.errors import UmkmError

        raise UmkmError("MED006", params={"rows": len(table), "empty": list(table.columns)})
    at, notes = {}, []
    for (first, second), name in products.items():
        table[name] = table[first] * table[second]
        at[second] = probed(table, spec, probes)
    if products:
        notes = [Note("MED499", {"products": list(products.values())})]
    found = fit(model_text(spec), table, missing="fiml", fixed_x=False)
    result = analyse(
        found,
        kind="scores",
        x=spec.x,
        y=spec.y,
        covariates=spec.covariates,
        products={name: (term[0], term[1]) for term, name in products.items()} or None,
        probes=at or None,
        notes=notes,
        **options,
    )
    return replace(result, spec=spec)


def probed(table: pd.DataFrame, spec: Spec, probes: Any) -> list[float]:
    """The moderator's values at which effects stand, by the rule of score models from the rows that have
    it."""
    (name,) = spec.moderators
    known = table[name].dropna().to_numpy(dtype=np.float64)
    none = np.arange(len(known))
    own = Columns(((name,),), known[:, None], None, None, SampleUsed(len(known), len(known), {}), none)
    return [values[name] for values in probe_values(own, spec, probes)]
