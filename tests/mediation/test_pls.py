"""The PLS view beside a second program written here, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umkm_stats import load_instrument, read_responses
from umkm_stats.adapters import seminr_pls
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.mediation import pls_view

SHOP = Path(__file__).resolve().parents[2] / "examples" / "kedai_kopi"
OWN = {"PL": ["PL1", "PL2", "PL3"], "KP": ["KP1", "KP2", "KP3"], "LY": ["LY1", "LY2", "LY3"]}
SECOND = 1e-6  # both programs stop when weights move less than 1e-7 or 1e-12


@pytest.fixture(name="shop", scope="module")
def _shop():
    return read_responses(SHOP / "answers.csv", load_instrument(SHOP))


def second_program(table: np.ndarray) -> dict[str, float]:
    """Mode A composites of 3 × 3 items with the path weighting scheme (Tenenhaus et al. 2005), PL → KP → LY,
    PL → LY."""
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
                r[0, 1] * s[:, 1] + r[0, 2] * s[:, 2],  # successors: correlations
                r[0, 1] * s[:, 0] + r[1, 2] * s[:, 2],  # predecessor: slope, here a correlation
                slope[0] * s[:, 0] + slope[1] * s[:, 1],  # predecessors: slopes
            ]
        )
        w = [block.T @ inner[:, k] for k, block in enumerate(blocks)]
    r = np.corrcoef(scored(w).T)
    c, b = np.linalg.solve(r[:2, :2], r[:2, 2])
    return {"a": r[0, 1], "b": b, "direct": c, "indirect": r[0, 1] * b, "total": c + r[0, 1] * b}


def test_estimates_loadings_and_draws_equal_a_second_program(shop) -> None:
    view = pls_view(shop, draws=300, seed=5, intervals="percentile")
    table = shop.kept_items[[code for codes in OWN.values() for code in codes]].dropna().to_numpy(dtype=float)
    expected = second_program(table)
    found = view.tidy().set_index("effect")["est"]
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=SECOND)
    rows = streams.row_block(5, 0, streams.BLOCK, len(table))
    some = np.array([second_program(table[rows[k]])["indirect"] for k in range(256)])
    rest = streams.row_block(5, 1, streams.BLOCK, len(table))[: 300 - 256]
    every = np.append(some, [second_program(table[row])["indirect"] for row in rest])
    effect = view.tidy().query("effect == 'indirect'").iloc[0]
    assert effect["se"] == pytest.approx(np.std(every, ddof=1), abs=1e-5)
    assert effect["ci_low"] == pytest.approx(np.quantile(every, 0.025), abs=5e-3)
    composite = view.outer.query("construct == 'PL'")
    assert (composite["loading"] > composite["weight"]).all()
    assert view.r2.set_index("construct")["r2"]["KP"] == pytest.approx(expected["a"] ** 2, abs=SECOND)


def test_same_seed_same_numbers_and_the_sample_is_told(shop) -> None:
    seen = []
    one = pls_view(shop, draws=270, seed=9, progress=lambda done, of: seen.append((done, of)))
    two = pls_view(shop, draws=270, seed=9)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy())
    assert seen == [(256, 270), (270, 270)]
    assert one.sample.dropped == {"missing": one.sample.rows_in - one.sample.used}
    assert "seed" in one.glance()
    assert [note.code for note in one.notes] == ["MED214"]
    said = one.summary("id")
    assert all(
        words in said for words in ("komposit", "Seed (nilai awal acak): 9", "270 diminta, 270 digunakan")
    )
    assert len(one.to_dict()["outer"]) == 9
    assert pls_view(shop, draws=2).seed is not None


def test_a_moderated_model_is_refused_and_covariates_are_told() -> None:
    instrument = load_instrument("umkm_inovasi")
    responses = read_responses(Path(instrument.origin).parent / "demo" / "jawaban_simulasi.xlsx", instrument)
    with pytest.raises(UsageError) as caught:
        pls_view(responses, model="M4", draws=10)
    assert caught.value.code == "MED040"
    adjusted = pls_view(responses, model="M1A", draws=10, seed=1)
    assert "MED215" in [note.code for note in adjusted.notes]
    view = pls_view(responses, model="M1", draws=10, seed=1)
    assert "MED215" not in [note.code for note in view.notes]
    np.testing.assert_array_equal(adjusted.tidy()["est"], view.tidy()["est"])


def test_dimensions_are_composites_of_their_own_items() -> None:
    instrument = load_instrument("umkm_inovasi")
    responses = read_responses(Path(instrument.origin).parent / "demo" / "jawaban_simulasi.xlsx", instrument)
    view = pls_view(responses, model="M1D", draws=10, seed=1)
    assert set(view.outer["construct"]) == {"PI", "OI", "BE", "MP", "MR", "CS", "CL"}
    assert set(view.outer.query("construct == 'BE'")["item"]) == set(
        instrument.model_scales("M1D", items=responses.kept_items.columns)["BE"]
    )
    assert (view.tidy().query("method == 'bc'")["effect"] == "indirect").sum() == 5


def test_without_the_extra_the_message_says_how_to_get_it(shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seminr_pls, "installed", lambda: False)
    with pytest.raises(UsageError) as caught:
        pls_view(shop)
    assert caught.value.code == "MED039"
    assert "umkm-stats[pls]" in str(caught.value)


def answers(shop, change):
    frame = change(shop.kept_items)
    return type("Answers", (), {"instrument": shop.instrument, "kept_items": frame})()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda frame: frame.assign(PL1=np.nan), "MED006"),
        (lambda frame: frame.head(8), "MED007"),
        (lambda frame: frame.assign(PL1=3.0), "MED008"),
        (lambda frame: frame.assign(KP1=frame["PL1"], KP2=frame["PL2"], KP3=frame["PL3"]), "MED041"),
    ],
)
def test_answers_that_cannot_be_used(shop, change, code) -> None:
    with pytest.raises(UmkmError) as caught:
        pls_view(answers(shop, change), draws=10, seed=1)
    assert caught.value.code == code
