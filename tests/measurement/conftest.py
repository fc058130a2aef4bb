"""Data that installed packages carry, reference numbers of other software, and the files beside the
project."""

import json
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def reference(name):
    return json.loads((ROOT / "tests" / "reference" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def holzinger():
    from semopy.examples import holzinger39

    return holzinger39.get_data()


@pytest.fixture(scope="session")
def nine(holzinger):
    return holzinger[[f"x{i}" for i in range(1, 10)]]


@pytest.fixture(scope="session")
def psych():
    return reference("psych_holzinger.json")


@pytest.fixture(scope="session")
def semtools():
    return reference("semtools_holzinger.json")


@pytest.fixture(scope="session")
def semtools_measurement():
    return reference("semtools_measurement.json")


@pytest.fixture(scope="session")
def thirds():
    return {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}


def from_shared(path, **options):
    if not (SHARED / path).is_file():
        pytest.skip("the reference files beside the project are not here")
    return pd.read_csv(SHARED / path, **options)


@pytest.fixture
def shared_folder():
    return SHARED


@pytest.fixture
def shared_csv():
    return from_shared


@pytest.fixture(scope="session")
def bfi():
    """The 25 items of psych::bfi; A1, C4, C5, E1, E2 reversed as 7 − x."""
    data = from_shared("data/psych/bfi.csv")
    for item in ("A1", "C4", "C5", "E1", "E2"):
        data[item] = 7 - data[item]
    return data


@pytest.fixture(scope="session")
def capabilities():
    """The 27 innovation-capability items of the Colombian MSME survey and its scales by dictionary
    category."""
    data = from_shared("data/msme_colombia/Innovation Capabilities.csv", encoding="utf-8-sig")
    numbers = {
        "product": [30, 32, 33, 34],
        "process": [36, 37],
        "organisational": [39, 40, 41],
        "marketing": [43, 44, 45, 46],
        "culture": [47, 48, 49, 50, 51, 52],
        "resources": [31, 35, 38, 42, 53, 54, 55, 56],
    }
    scales = {name: [f"INN{i}" for i in items] for name, items in numbers.items()}
    return data[[f"INN{i}" for i in range(30, 57)]], scales
