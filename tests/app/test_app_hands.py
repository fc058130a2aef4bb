"""Hands on the page: points 13, 18, 20, 29: keyboard alone, two tabs in a run, no JavaScript, drag, undo."""

from __future__ import annotations

import pytest

from .browsing import secret_of, window
from .files import form_export
from .running import running

pytestmark = pytest.mark.slow
STUDY = "schema: umkm-study/1\ndraws: 900000\ncross_check: false\n"


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """An app in a folder whose runs last, its secret, a form."""
    root = tmp_path_factory.mktemp("hands")
    file = form_export(root / "form.xlsx", n=60)
    folder = root / "penelitian"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    with running(folder) as app:
        yield app, secret_of(app), file


@pytest.fixture
def seen(chromium, visited):
    """A window on page 1 with a file handed in."""
    app, secret, file = visited
    with window(chromium, app, secret) as opened:
        page = opened.go("file")
        page.set_input_files("#answers", file)
        page.wait_for_selector("#preview")
        yield opened


def settle(page):
    for box in page.locator(".asked li.open input[type=checkbox]").all():
        box.check()


def test_13_18_20_keyboard_alone_two_tabs_and_cancel(seen):
    page, keys = seen.page, seen.page.keyboard
    for name in ("columns", "check", "model"):
        seen.tab_to("next")
        keys.press("Enter")
        page.wait_for_url(f"**/{name}")
        seen.until("document.activeElement.tagName === 'H1'")
    seen.tab_to("kind-mediation")
    assert page.locator("#kind-mediation").is_checked()
    seen.tab_to("next")
    keys.press("Enter")
    page.wait_for_url("**/run")
    seen.tab_to("run")
    keys.press("Enter")
    page.wait_for_selector("#progress")
    bar = "document.getElementById('run-bar')"
    seen.until(f"{bar}.max === 900000 && {bar}.value > 1")  # draws, as they are made
    second = seen.another()
    second.goto(f"{seen.app.origin}/run")
    seen.until("document.getElementById('run-bar').value > 1", second)
    page.reload()
    seen.until("document.getElementById('run-bar').value > 1")
    assert page.evaluate("document.getElementById('run-step').getAttribute('role')") == "status"
    assert seen.axe() == []
    seen.tab_to("cancel")
    keys.press("Enter")
    page.wait_for_selector("#run-cancelled")
    second.wait_for_selector("#run-cancelled")
    assert page.locator("#run").is_visible()
    assert not (seen.app.folder / "hasil").exists()
    assert seen.said == []


def test_13_a_column_is_moved_by_keys_by_mouse_and_by_select_and_taken_back(seen):
    seen.go("columns")
    page, keys = seen.page, seen.page.keyboard

    def target(letter):
        return page.locator(f"#to-{letter}").input_value()

    assert target("F") == "X1"
    grip = page.locator("#column-F .grip")
    grip.focus()
    keys.press("Space")
    live = page.locator("#live")
    assert live.inner_text() or live.text_content()
    keys.press("ArrowDown")
    keys.press("Escape")
    assert target("F") == "X1"
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_selector("#undo")
    seen.until("document.getElementById('to-F').value === 'M'")
    page.wait_for_load_state("networkidle")
    page.click("#undo")
    seen.until("document.getElementById('to-F').value === 'X1'")
    page.set_viewport_size({"width": 1280, "height": 3500})
    page.locator("#column-F .grip").hover()
    page.mouse.down()
    page.mouse.move(600, 300, steps=5)
    for _ in range(2):
        page.locator("[data-drop=Y]").hover()
    page.mouse.up()
    seen.until("document.getElementById('to-F').value === 'Y'")
    page.wait_for_load_state("networkidle")
    page.select_option("#to-F", "ignore")
    seen.until("!document.getElementById('rev-F')")
    page.wait_for_load_state("networkidle")
    assert "Produk di toko ini awet." not in (seen.app.folder / "instrument.yaml").read_text(encoding="utf-8")
    assert seen.axe() == []
    assert seen.said == []


def test_a_fault_takes_the_focus_and_is_tied_to_its_field(seen):
    page = seen.go("check")
    page.fill("#row", "99999")
    page.fill("#reason", "uji coba")
    page.click("#exclude")
    page.wait_for_selector("#faults")
    seen.until("document.activeElement.id === 'faults'")
    assert page.locator("#faults").get_attribute("role") == "alert"
    assert "APP023" in page.locator("#faults").inner_text()
    assert seen.axe() == []
    page = seen.go("file")
    page.set_input_files(
        "#answers", {"name": "foto.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}
    )
    page.wait_for_selector("#faults")
    assert "RSP104" in page.locator("#faults").inner_text()
    assert page.locator("#answers").get_attribute("aria-describedby")
    assert seen.axe() == []


def test_29_without_javascript(chromium, visited):
    app, secret, file = visited
    with window(chromium, app, secret, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(f"{app.origin}/file")
        page.set_input_files("#answers", file)
        page.click("#send")
        page.wait_for_selector("#preview")
        page.click("#next")
        page.wait_for_url("**/columns")
        settle(page)
        page.select_option("#to-G", "ignore")
        page.click("#save")
        page.wait_for_selector("#undo")
        assert page.locator("#to-G").input_value() == "ignore"
        page.click("#undo")
        page.wait_for_selector("#rev-G")
        assert page.locator("#to-G").input_value() == "X1"
        settle(page)
        page.click("#next")
        page.wait_for_url("**/check")
        page.fill("#row", "7")
        page.fill("#reason", "diisi peneliti")
        page.click("#exclude")
        page.wait_for_selector("#include-7")
        page.click("#include-7")
        page.wait_for_selector("#include-7", state="detached")
        page.click("#next")
        page.wait_for_url("**/model")
        page.check("#kind-mediation")
        page.click("#next")
        page.wait_for_url("**/run")
        page.click("#run")
        page.wait_for_selector("#cancel")
        page.click("#cancel")
        page.wait_for_selector("#run-cancelled")
        assert seen.said == []
