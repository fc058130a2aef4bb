"""The deprecated ``pls_view`` forwards to ``fit_pls`` and keeps its table; a second program beside both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from umkm_stats import fit_pls, load_instrument, mediation, read_responses
from umkm_stats.kernels import draws as streams

SHOP = Path(__file__).resolve().parents[2] / "examples" / "kedai_kopi"
OWN = {"PL": ["PL1", "PL2", "PL3"], "KP": ["KP1", "KP2", "KP3"], "LY": ["LY1", "LY2", "LY3"]}


@pytest.fixture(name="shop", scope="module")
def _shop():
    return read_responses(SHOP / "answers.csv", load_instrument(SHOP))


def second_program(table: np.ndarray) -> dict[str, float]:
    """Mode A composites of 3 × 3 items with the path weighting scheme (Tenenhaus et al. 2005), from scores:
    PL → KP → LY, PL → LY."""
    z = (table - table.mean(axis=0)) / table.std(axis=0, ddof=1)
    blocks = [z[:, :3], z[:, 3:6], z[:, 6:]]

    def scored(w: list[np.ndarray]) -> np.ndarray:
        raw = np.column_stack([block @ own for block, own in zip(blocks, w, strict=True)])
        return (raw - raw.mean(axis=0)) / raw.std(axis=0, ddof=1)

    w = [np.ones(3)] * 3
    for _ in range(120):
        s = scored(w)
        r = np.corrcoef(s.T)
        slope = np.linalg.solve(r[:2, :2], r[:2, 2])
        inner = np.column_stack(
            [
                r[0, 1] * s[:, 1] + r[0, 2] * s[:, 2],
                r[0, 1] * s[:, 0] + r[1, 2] * s[:, 2],
                slope[0] * s[:, 0] + slope[1] * s[:, 1],
            ]
        )
        w = [block.T @ inner[:, k] for k, block in enumerate(blocks)]
    r = np.corrcoef(scored(w).T)
    c, b = np.linalg.solve(r[:2, :2], r[:2, 2])
    return {"a": r[0, 1], "b": b, "direct": c, "indirect": r[0, 1] * b, "total": c + r[0, 1] * b}


def test_the_old_table_is_kept(shop) -> None:
    with pytest.warns(DeprecationWarning, match="fit_pls"):
        view = mediation.pls_view(shop, draws=300, seed=5, intervals=("percentile", "bc", "basic"))
    table = shop.kept_items[[code for codes in OWN.values() for code in codes]].dropna().to_numpy(dtype=float)
    expected = second_program(table)
    found = view.tidy().query("method == 'percentile'").set_index("effect")["est"]
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-8)
    assert list(view.tidy().columns) == ["effect", "path", "method", "est", "se", "ci_low", "ci_high", "p"]
    rows = np.concatenate([streams.row_block(5, block, 256, len(table)) for block in range(2)])[:300]
    every = [second_program(table[row])["indirect"] for row in rows[:40]]
    direct = fit_pls("M1", shop, missing="listwise").bootstrap(draws=300, seed=5)
    np.testing.assert_allclose(direct["ind:PL->KP->LY"].head(40), every, atol=1e-8)
    assert list(view.outer.columns) == ["construct", "item", "loading", "weight"]
    assert view.r2.set_index("construct")["r2"]["KP"] == pytest.approx(expected["a"] ** 2, abs=1e-8)
    assert view.notes[0].code == "PLS190"
    assert view.sample.dropped == {"missing": view.sample.rows_in - view.sample.used}
    assert "komposit" in view.summary("id")


def test_the_old_class_is_still_found() -> None:
    assert mediation.PlsView.__name__ == "PlsView"
