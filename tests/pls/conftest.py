"""The corporate reputation survey and the reference numbers computed on it by another program."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def corp():
    return pd.read_csv(REFERENCE / "pls_corp_rep_data.csv").replace(-99, np.nan)


@pytest.fixture(scope="session")
def numbers():
    return json.loads((REFERENCE / "pls_corp.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared():
    """Reader of the full reference files beside the project."""
    if not SHARED.is_dir():
        pytest.skip(f"the full reference files are not beside the project ({SHARED})")

    def read(name):
        if name.endswith(".json"):
            return json.loads((SHARED / name).read_text(encoding="utf-8"))
        return pd.read_csv(SHARED / name, header=None if "rows" in name or "permut" in name else 0)

    return read
