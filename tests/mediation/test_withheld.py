"""No verdict is drawn on a model that does not fit, is improper, or whose draws fail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from umkm_stats import mediate, mediate_latent, messages
from umkm_stats.mediation._withheld import of_analysis, of_effect

TEXT = "X =~ x0 + x1 + x2\nM =~ m0 + m1 + m2\nY =~ y0 + y1 + y2\nM ~ X\nY ~ M + X"


def items(n: int, seed: int, *, cross: float = 0.0) -> pd.DataFrame:
    """Three factors with three items each; ``cross``: a method factor of every first item."""
    g = np.random.default_rng(seed)
    x = g.normal(size=n)
    m = 0.6 * x + 0.8 * g.normal(size=n)
    y = 0.5 * m + 0.8 * g.normal(size=n)
    shared = g.normal(size=n)
    out = {}
    for name, factor in (("x", x), ("m", m), ("y", y)):
        for k in range(3):
            out[f"{name}{k}"] = factor + 0.6 * g.normal(size=n) + (cross * shared if k == 0 else 0.0)
    return pd.DataFrame(out)


def test_nothing_is_withheld_from_a_model_that_fits() -> None:
    found = mediate_latent(items(250, 1), model=TEXT, draws=60, seed=1, intervals="percentile")
    assert found.why_withheld() == ()
    assert found.typology().frame["mediation_type"].item() == "indirect_only"


def test_a_model_that_does_not_fit_gives_no_verdict() -> None:
    found = mediate_latent(items(250, 1, cross=1.5), model=TEXT, draws=60, seed=1, intervals="percentile")
    assert found.fit is not None
    assert found.fit.indices["cfi"] < 0.90
    assert "fit" in of_analysis(found)
    kind = found.typology()
    assert kind.frame["mediation_type"].item() == "withheld"
    assert "MED449" in [note.code for note in kind.notes]
    assert "MED449" in [note.code for note in found.notes]
    assert "ditangguhkan" in found.summary("id")
    effects = found.effects.query("effect == 'indirect' and method == 'percentile'")
    assert np.isfinite(effects[["est", "ci_low", "ci_high"]].to_numpy()).all()  # the numbers stay


def test_an_improper_solution_and_failed_draws_give_no_verdict() -> None:
    found = mediate_latent(items(14, 3), model=TEXT, draws=30, seed=1, intervals="percentile")
    assert found.ledger["converged"] < 0.9 * found.ledger["requested"]
    assert "draws" in of_analysis(found)
    for lang in messages.languages():
        for note in found.why_withheld():
            assert "?" not in note.message(lang)


def test_copied_scales_give_no_verdict() -> None:
    g = np.random.default_rng(3)
    x = g.normal(3.5, 0.6, size=32)
    m = x.copy()
    m[:2] += (1.0, -0.8)
    frame = pd.DataFrame({"x": x, "m": m, "y": 0.3 * x + g.normal(0, 0.5, size=32)})
    found = mediate(frame, x="x", m="m", y="y", draws=300, seed=1, intervals="percentile")
    assert found.ledger["converged"] < 270
    assert of_analysis(found) == ("draws",)
    assert found.typology().frame["mediation_type"].item() == "withheld"
    assert "90%" in found.summary()


@pytest.mark.parametrize(("shift", "withheld"), [(0.0, False), (-5.0, True)])
def test_a_verdict_that_rests_on_inadmissible_draws_is_withheld(shift: float, withheld: bool) -> None:
    found = mediate_latent(items(250, 1), model=TEXT, draws=60, seed=1, intervals="percentile")
    entry = next(e for e in found.named if e.kind == "indirect")
    own = found.effects[(found.effects["effect"] == "indirect") & (found.effects["method"] == "percentile")]
    row = own.iloc[0].to_dict() | {"method": "percentile_admissible"}
    row["ci_low"] += shift
    found.effects.loc[len(found.effects)] = row
    assert ("inadmissible" in of_effect(found, entry)) is withheld
