"""Draws of hostile samples: tiny N, weak and missing loadings, wrong models. Every draw ends, and what is
called converged
is a stationary point with positive definite information by the algebra of the single fit."""

import time

import numpy as np
import pandas as pd
import pytest

import umkm_stats.sem as sem
from umkm_stats.errors import UmkmError
from umkm_stats.kernels.sem.moments import complete_sample, mean_cov
from umkm_stats.kernels.sem.one.problem import problem

SECONDS = 0.5  # processor time a draw: some hundred times a usual one; a hang would take longer


def sample(seed: int) -> tuple[str, pd.DataFrame]:
    rng = np.random.Generator(np.random.Philox(key=seed))
    factors, items, n = (
        int(rng.integers(1, 4)),
        int(rng.integers(2, 5)),
        int(rng.choice([20, 30, 50, 80, 150])),
    )
    items = max(items, 3) if factors == 1 else items
    f = rng.normal(size=(n, factors)) @ (np.eye(factors) + 0.4 * rng.random((factors, factors)))
    data, lines = {}, []
    for j in range(factors):
        loads = rng.uniform(0.1, 0.95, items)
        for i in range(items):
            stray = 0.5 * f[:, (j + 1) % factors] if rng.random() < 0.1 else 0.0
            noise = np.sqrt(1 - loads[i] ** 2) * rng.normal(size=n)
            data[f"v{j}{i}"] = loads[i] * f[:, j] + noise + stray
        lines.append(f"F{j} =~ " + " + ".join(f"v{j}{i}" for i in range(items)))
    return "\n".join(lines), pd.DataFrame(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_no_draw_is_wrong_and_silent(seed):
    model, data = sample(100 + seed)
    try:
        whole = sem.fit(model, data)
    except UmkmError:
        pytest.skip("this sample does not allow a fit, and fit says so")
    begun = time.process_time()
    found = whole.bootstrap(draws=64, seed=seed)
    assert (time.process_time() - begun) / 64 < SECONDS
    ledger = found.ledger
    assert ledger["requested"] == 64 == ledger["converged"] + ledger["failed"]
    assert sum(ledger["reasons"].values()) == ledger["failed"] + ledger["inadmissible"]
    drawn = found.source.sample(0, 0, 64)
    structure = whole.compiled
    for draw in np.flatnonzero(found.converged):
        rows = np.repeat(whole.arrays[0], drawn.counts[0][draw].astype(int), axis=0)
        task = problem(structure, "ml", (complete_sample("ml", len(rows), *mean_cov(rows)),))
        point = task.point(found.batch.params[draw])
        assert point is not None
        information = 2.0 * structure.basis.T @ task.information(point) @ structure.basis
        gradient = structure.basis.T @ task.gradient(point)
        assert np.max(np.abs(gradient) / np.sqrt(np.diagonal(information))) < 2e-6
        scale = np.sqrt(np.diagonal(information))
        assert np.linalg.eigvalsh(information / np.outer(scale, scale))[0] > 0
        assert found.status["chisq"][draw] == pytest.approx(task.n * point.value, abs=1e-6)
