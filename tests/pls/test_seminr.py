"""seminr 0.2.1 (Python) run beside, on the same answers and the same rows."""

from __future__ import annotations

import numpy as np
import pytest

from pls.tables import tables
from umkm_stats import fit_pls
from umkm_stats.kernels import draws as streams

seminr = pytest.importorskip("seminr", reason="seminr is in the test extra")
LIVE = 1e-8  # both stop at 1e-7


@pytest.fixture(scope="module", name="data")
def _data(corp):
    items = [
        name
        for name in corp.columns
        if name.split("_")[0] in ("comp", "like", "cusa", "cusl", "qual", "perf", "csor", "attr")
    ]
    return corp[items].dropna().reset_index(drop=True)


def peer(model, data, consistent=False):
    """seminr's fit of one of our models."""
    make = seminr.reflective if consistent else seminr.composite
    kinds = []
    for entry in model.structure.constructs:
        if entry.mode == "B":
            kinds.append(seminr.composite(entry.name, list(entry.parts), weights=seminr.mode_B))
        else:
            kinds.append(make(entry.name, list(entry.parts)))
    paths = [seminr.paths([p], [y]) for y, several in model.structure.paths.items() for p in several]
    table = (list(data.columns), data.to_numpy(dtype=float).tolist())
    return seminr.estimate_pls(table, seminr.constructs(*kinds), seminr.relationships(*paths))


def compared(model, found):
    own = tables(model)
    for key, value in own["paths"].items():
        x, y = key.split("->")
        assert float(found.path_coef.get(x, y)) == pytest.approx(value, abs=LIVE)
    for (construct, item), value in own["loadings"].items():
        assert float(found.outer_loadings.get(item, construct)) == pytest.approx(value, abs=LIVE)
    for (construct, item), value in own["weights"].items():
        assert float(found.outer_weights.get(item, construct)) == pytest.approx(value, abs=LIVE)
    for construct, value in own["r2"].items():
        assert float(found.r_squared.get("Rsq", construct)) == pytest.approx(value, abs=LIVE)


def test_reflective_model(data, numbers):
    model = fit_pls(numbers["simple"]["model"], data)
    compared(model, peer(model, data))


def test_formative_model(data, numbers):
    model = fit_pls(numbers["extended"]["model"], data)
    compared(model, peer(model, data))


def test_consistent_model(data, numbers):
    model = fit_pls(numbers["simple"]["model"], data, consistent=True)
    compared(model, peer(model, data, consistent=True))


def test_draws_of_the_same_rows(data, numbers):
    model = fit_pls(numbers["simple"]["model"], data)
    drawn = model.bootstrap(draws=30, seed=3, what=("paths", "htmt"))
    rows = streams.row_block(3, 0, 256, len(data))[:30]
    boot = seminr.bootstrap_model(peer(model, data), nboot=30, indices=rows)
    for x, y in (("COMP", "CUSA"), ("LIKE", "CUSL"), ("CUSA", "CUSL")):
        theirs = [float(one.get(x, y)) for one in boot.boot_paths]
        np.testing.assert_allclose(drawn[f"{y}~{x}"], theirs, rtol=0, atol=LIVE)
