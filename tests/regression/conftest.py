"""Reference numbers of R and SPSS, and a data set of the tests' own."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(name="by_r", scope="session")
def _by_r():
    """R's lm on mtcars (tests/reference/regression_lm.R)."""
    return json.loads((REFERENCE / "regression_lm.json").read_text(encoding="utf-8"))


@pytest.fixture(name="cars", scope="session")
def _cars(by_r):
    return pd.DataFrame(by_r["data"])


@pytest.fixture(name="howell", scope="session")
def _howell():
    """What SPSS printed for the SAT data of 50 states."""
    found = json.loads((REFERENCE / "spss_howell_sat.json").read_text(encoding="utf-8"))
    data = pd.DataFrame(found["data"])
    data["LogPctSAT"] = np.log(data["PctSAT"])
    return data, found["models"]


@pytest.fixture(name="survey", scope="session")
def _survey():
    """150 rows: X1 X2 W on a scale, AGE, GROUP (text), HEAVY (weights), Y."""
    rng = np.random.default_rng(20261128)
    data = pd.DataFrame(rng.normal(3.5, 0.7, size=(150, 3)), columns=["X1", "X2", "W"])
    data["AGE"] = rng.uniform(20, 60, size=150)
    data["GROUP"] = rng.choice(["batik", "kuliner", "tenun"], size=150)
    data["HEAVY"] = rng.uniform(0.5, 2.0, size=150)
    pull = 0.5 * data["X1"] + 0.2 * data["X2"] + 0.3 * data["X1"] * (data["W"] - 3.5)
    data["Y"] = 1 + pull + 0.4 * (data["GROUP"] == "kuliner") + rng.normal(size=150)
    data["Y2"] = 2 - 0.3 * data["X2"] + rng.normal(size=150)
    return data
