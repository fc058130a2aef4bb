"""Data sets that installed packages carry, reference numbers, and the full reference files beside the
project."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(name="small", scope="session")
def _small() -> pd.DataFrame:
    """pingouin's mediation data: 100 rows, X M Y Mbin Ybin W1 W2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        return pingouin.read_dataset("mediation")


@pytest.fixture(name="by_r", scope="session")
def _by_r() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "reference" / "r_regressions_pingouin.json"
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(name="shared", scope="session")
def _shared() -> Callable[[str], pd.DataFrame]:
    """Reads a data set of the full reference folder; skips when it is absent."""

    def read(name: str) -> pd.DataFrame:
        path = SHARED / "data" / name
        if not path.exists():
            pytest.skip("the reference folder beside the project is absent")
        return pd.read_csv(path)

    return read


def frame_with(mean: Any, cov: Any, n: int, names: str) -> pd.DataFrame:
    """Rows whose means and covariances (divisor n − 1) are exactly the given ones."""
    raw = np.random.default_rng(20_260_101).normal(size=(n, len(mean)))
    raw -= raw.mean(axis=0)
    raw = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return pd.DataFrame(raw @ np.linalg.cholesky(np.asarray(cov)).T + mean, columns=names.split())
