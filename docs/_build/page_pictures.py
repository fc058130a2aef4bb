"""Pictures of the six pages of ``umkm-stats app``: desktop and 390 pixels, both languages, a real run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STEPS = ("file", "columns", "check", "model", "run", "results")
SIZES = {"": {"width": 1100, "height": 760}, "_390": {"width": 390, "height": 844}}
WAIT = 300_000
# where the folder of these pictures lies is no matter for the reader
HIDE = r"""for (const each of document.querySelectorAll("main p.code, main pre code")) {
  each.textContent = each.textContent.replaceAll(/\S*[\\/]penelitian/g, "~/penelitian");
}"""


def names() -> list[str]:
    """Every picture that is made."""
    return [
        f"app_{number}_{step}_{lang}{size}.png"
        for lang in ("id", "en")
        for size in SIZES
        for number, step in enumerate(STEPS, 1)
    ]


def take(folder: Path, answers: Path, program: str) -> Iterator[Path]:
    """Go through the page with ``answers`` in ``folder``; the pictures, one by one."""
    from playwright.sync_api import sync_playwright

    words = [
        sys.executable,
        "-m",
        "umkm_stats",
        "app",
        "--folder",
        str(folder / "penelitian"),
        "--no-browser",
    ]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            context = browser.new_context(locale="id-ID", viewport=SIZES[""])
            page = context.new_page()
            page.set_default_timeout(WAIT)
            page.goto(address)
            _to_results(page, answers)
            origin = address.partition("/?")[0]
            for lang in ("id", "en"):
                if page.locator("html").get_attribute("lang") != lang:
                    with page.expect_navigation():
                        page.click("form.lang button")
                for size, view in SIZES.items():
                    page.set_viewport_size(view)
                    for number, step in enumerate(STEPS, 1):
                        page.goto(f"{origin}/{step}")
                        page.wait_for_load_state("networkidle")
                        page.evaluate(HIDE)
                        path = folder / f"app_{number}_{step}_{lang}{size}.png"
                        page.screenshot(path=path)
                        yield path
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
        if server.stdout is not None:
            server.stdout.close()


def _to_results(page: Any, answers: Path) -> None:
    """From the file to the results with the guesses as they are; the variables get their names."""
    page.set_input_files("#answers", answers)
    page.wait_for_selector("#preview")
    page.click("#next")
    page.wait_for_url("**/columns")
    for box in page.locator(".asked li.open input[type=checkbox]").all():
        box.check()
    page.click("#next")
    page.wait_for_url("**/check")
    page.click("#next")
    page.wait_for_url("**/model")
    page.check("#kind-mediation")
    for select, part in zip(page.locator("select[name^=part-]").all(), ("x", "m", "y"), strict=True):
        select.select_option(part)
    page.click("#next")
    page.wait_for_url("**/run")
    page.fill("#draws", "1000")
    page.fill("#seed", "2026")
    page.click("#run")
    page.click("#to-results")
    page.wait_for_url("**/results")
