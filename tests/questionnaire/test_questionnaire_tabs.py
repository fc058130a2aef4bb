"""The offline page in two and three tabs of one browser, closed and opened again, with drafts that cannot be
read and drafts of version 0.1: no finished answer is ever lost or overwritten."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from umkm_stats.instrument import load_instrument
from umkm_stats.questionnaire import write_questionnaire

NODE = Path(__file__).parent / "node"
BROWSER = os.environ.get("CHROME_BIN") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / "playwright-core").is_dir(),
        reason="npm packages are missing: make forms",
    ),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome; name one with CHROME_BIN"),
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("tabs")
    instrument = load_instrument("umkm_inovasi")
    one = write_questionnaire(instrument, format="html", out=folder / "one", screening="replicate")
    other = write_questionnaire(instrument, format="html", out=folder / "other", screening="population")
    done = subprocess.run(
        ["node", str(NODE / "fill_tabs.mjs"), str(one), str(BROWSER), str(other)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_two_tabs_give_two_rows(seen: dict[str, Any]) -> None:
    assert seen["two"] == {"rows": 2, "ids": 2, "names": ["one", "two"], "count": "2"}


def test_a_third_tab_may_take_over_and_nobody_is_lost(seen: dict[str, Any]) -> None:
    assert seen["elsewhere"] == [True, False]  # a new form, and it is said that another is open
    assert seen["taken"] is True
    assert seen["three"] == {"rows": 3, "ids": 3, "names": ["one", "three", "two"]}


def test_a_closed_draft_goes_on_and_a_form_looked_at_again_stays_one_row(seen: dict[str, Any]) -> None:
    assert seen["resumed"] is True
    assert seen["again"] == {"rows": 1, "ended": True}


def test_a_draft_that_cannot_be_read_is_set_aside(seen: dict[str, Any]) -> None:
    assert seen["damaged"] == {"said": True, "kept": [40], "first": True}


def test_drafts_and_finished_forms_of_the_first_version_are_taken_over(seen: dict[str, Any]) -> None:
    assert seen["old"] == {"resumed": True, "rows": ["old-1"], "after": ["old-1", "old-2"]}


def test_a_form_of_another_screening_mode_starts_at_its_beginning(seen: dict[str, Any]) -> None:
    assert seen["other"] == {"ended": False, "first": True}
