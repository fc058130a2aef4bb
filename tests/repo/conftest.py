"""Paths of the checkout for the tests that look at the project itself."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def sources(root) -> list[Path]:
    return sorted((root / "src" / "umkm_stats").rglob("*.py"))
