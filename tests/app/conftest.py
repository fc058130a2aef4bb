"""The page as a person meets it: the real command, and the system's Chromium where there is one.

``UMKM_REQUIRE_BROWSER=1`` makes a missing Chromium a failure instead of a skip.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .files import form_export
from .running import App, Client, running

NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = "Chromium was not found: the tests of the local page in a browser are left out (see .ci/run)"


@pytest.fixture
def app(tmp_path: Path):
    """A fresh app in an empty folder."""
    with running(tmp_path / "penelitian") as started:
        yield started


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory):
    """One app for the tests of a file."""
    with running(tmp_path_factory.mktemp("shared") / "penelitian") as started:
        yield started


@pytest.fixture(scope="module")
def client(shared_app: App) -> Client:
    """Its one visitor."""
    return shared_app.client()


@pytest.fixture(scope="session")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A messy Google Forms export."""
    return form_export(tmp_path_factory.mktemp("form") / "Survei Toko (Jawaban).xlsx")


@pytest.fixture(scope="module")
def chromium():
    """The system's Chromium under Playwright, ended with the module: its loop must not outlive it."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        if os.environ.get("UMKM_REQUIRE_BROWSER"):
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()
