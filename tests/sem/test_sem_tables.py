"""The parameter table equals lavaanify of lavaan 0.6-14 (tests/reference/lavaan_tables.json): rows, free or
fixed,
fixed values, sample moments of exogenous x."""

from __future__ import annotations

import pytest

from sem_data import reference
from umkm_stats.sem.text._defaults import build_table
from umkm_stats.sem.text._language import read_model

TABLES = reference("lavaan_tables.json")["tables"]


def key(lhs: str, op: str, rhs: str) -> tuple[str, ...]:
    return (op, *sorted((lhs, rhs))) if op == "~~" else (op, lhs, rhs)


@pytest.mark.parametrize("number", range(len(TABLES)))
def test_table(number: int) -> None:
    entry = TABLES[number]
    options = {k.replace(".", "_"): v for k, v in dict(entry["options"] or {}).items()}
    model = read_model(entry["model"])
    means = options.pop("meanstructure", False) or any(term.op == "~1" for term in model.terms)
    ours = {key(r.lhs, r.op, r.rhs): r for r in build_table(model, means=means, **options).rows}
    theirs = list(zip(*(entry[name] for name in ("lhs", "op", "rhs", "free", "value", "exo")), strict=True))
    assert set(ours) == {key(*row[:3]) for row in theirs}
    for lhs, op, rhs, free, value, exo in theirs:
        mine = ours[key(lhs, op, rhs)]
        assert bool(mine.free) == bool(free), mine
        assert (mine.origin == "sample") == bool(exo), mine
        if value is not None and not free and not exo:
            assert mine.value == pytest.approx(value)
