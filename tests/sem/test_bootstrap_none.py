"""Draws of which none converges are all counted as failed, and nothing breaks on the way."""

import numpy as np
import pandas as pd

import umkm_stats as us
from umkm_stats.kernels import draws as drawing


def test_a_run_without_a_converging_draw_is_told():
    """Rows repeated so that every resample's covariance matrix is singular, or next to it."""
    z = drawing.normal_block(5, 0, 12, 6, purpose=drawing.SIMULATION)
    frame = pd.DataFrame(z + z[:, [0]], columns=[f"x{k}" for k in range(6)])
    fit = us.fit("f =~ x0+x1+x2\ng =~ x3+x4+x5", frame)
    rows = np.vstack([np.resize([k, k + 1, k + 2], 12) for k in range(8)])
    found = fit.bootstrap(rows=rows)
    assert found.ledger["converged"] == 0
    assert found.ledger["failed"] == 8
    assert found.estimates.isna().all().all()
    assert any(note.code == "SEM511" for note in found.notes)
    nearly = rows.copy()
    nearly[:, :7] = np.arange(7)
    told = fit.bootstrap(rows=nearly).ledger
    assert told["converged"] + told["failed"] == 8
