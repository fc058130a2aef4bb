"""A small instrument file to break, and the bundled ones."""

from pathlib import Path

import pytest

from umkm_stats.instrument import load_instrument
from umkm_stats.instrument._scaffold import TEMPLATES


@pytest.fixture
def small() -> str:
    return TEMPLATES["en"].read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def inovasi():
    return load_instrument("umkm_inovasi")


@pytest.fixture(scope="session")
def colombia():
    return load_instrument("msme_colombia")


@pytest.fixture(scope="session")
def paper() -> str:
    """The paper's text beside the project; the test says so when it is absent."""
    place = Path(__file__).resolve().parents[3] / "shared" / "paper.md"
    if not place.is_file():
        pytest.skip("the paper (../shared/paper.md) is not beside this checkout")
    return place.read_text(encoding="utf-8")
