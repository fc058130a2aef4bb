"""Data sets that installed packages carry, with the fixed missing rule of ``reference/make_lavaan_sem.R``."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parent / "reference"


def _packaged(name: str) -> pd.DataFrame:
    found = importlib.util.find_spec("semopy")
    assert found is not None
    assert found.origin is not None
    return pd.read_csv(Path(found.origin).parent / "examples" / name)


def holzinger() -> pd.DataFrame:
    """Holzinger and Swineford 1939, 301 pupils, with the clusters of the reference script."""
    data = _packaged("holzinger_swineford39_data.csv")
    data["block"] = (data["id"] * 7) % 37
    return data


def holzinger_missing() -> pd.DataFrame:
    """The same; cell (i, j) of the nine items is missing when (7 i + 13 j) mod 11 is 0, counted from 1."""
    data = holzinger()
    rows = np.arange(1, len(data) + 1)
    for j in range(1, 10):
        data.loc[(7 * rows + 13 * j) % 11 == 0, f"x{j}"] = np.nan
    return data


def democracy() -> pd.DataFrame:
    """Bollen's industrialisation and political democracy data, 75 countries."""
    from semopy.examples import political_democracy

    return pd.DataFrame(political_democracy.get_data())


def reference(name: str) -> dict[str, Any]:
    """A reference file as written by its producer."""
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))
