"""The six pages in Chromium: points 6, 12, 14, 27, 28 and what holds on every page (axe, console, 390 px)."""

from __future__ import annotations

import itertools
import re

import pytest

from .browsing import ENGLISH, INDONESIAN, PAGES, secret_of, window
from .files import form_export
from .running import running

pytestmark = pytest.mark.slow
STUDY = "schema: umkm-study/1\ndraws: 200\ncross_check: false\n"


@pytest.fixture(scope="module")
def finished(chromium, tmp_path_factory):
    """Point 12: a messy form becomes a chapter by clicks alone; the app with its results, the chapter, the
    hosts asked on the way."""
    root = tmp_path_factory.mktemp("browser")
    file = form_export(root / "Survei Toko (Jawaban).xlsx")
    folder = root / "penelitian"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    with running(folder) as app:
        secret = secret_of(app)
        with window(chromium, app, secret) as seen:
            page = seen.page
            page.goto(app.origin)
            page.set_input_files("#answers", file)
            page.wait_for_selector("#preview")
            page.click("#next")
            page.wait_for_url("**/columns")
            for box in page.locator(".asked li.open input[type=checkbox]").all():
                box.check()
            page.click("#next")
            page.wait_for_url("**/check")
            page.click("#next")
            page.wait_for_url("**/model")
            page.click("#next")
            page.wait_for_url("**/run")
            page.click("#run")
            page.wait_for_selector("#progress, #to-results")
            page.click("#to-results")
            page.wait_for_url("**/results")
            with page.expect_download() as coming:
                page.click("#word")
            chapter = root / "bab4.docx"
            coming.value.save_as(chapter)
            assert seen.said == []
            asked = set(seen.asked)
        yield app, secret, chapter, asked


def test_12_a_messy_form_becomes_a_chapter_without_typing(finished):
    import docx

    app, _, chapter, _ = finished
    text = "\n".join(paragraph.text for paragraph in docx.Document(chapter).paragraphs)
    assert len(text) > 3000
    assert "Pengaruh" in text
    assert (app.folder / "hasil" / "manifest.json").exists()


def test_27_nothing_outside_was_asked(finished):
    app, _, _, asked = finished
    assert asked == {f"127.0.0.1:{app.port}"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_is_without_a_fault_of_axe_or_console(chromium, finished, lang, scheme):
    app, secret, *_ = finished
    words = ENGLISH if lang == "en" else INDONESIAN
    with window(
        chromium, app, secret, locale="en-GB" if lang == "en" else "id-ID", color_scheme=scheme
    ) as seen:
        for name in PAGES:
            page = seen.go(name)
            assert page.locator("html").get_attribute("lang") == lang
            assert [h.inner_text() for h in page.locator("h1").all()] == [words[name]]
            assert seen.axe() == [], name
            seen.until("document.activeElement.tagName === 'H1'")
        assert seen.said == []


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_at_390_pixels(chromium, finished, lang):
    app, secret, *_ = finished
    small = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB" if lang == "en" else "id-ID"}
    with window(chromium, app, secret, **small) as seen:
        for number, name in enumerate(PAGES, 1):
            page = seen.go(name)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
            where = f"Step {number} of 6" if lang == "en" else f"Langkah {number} dari 6"
            assert page.get_by_text(where).first.is_visible(), name
            assert seen.axe() == [], name
            low = page.eval_on_selector_all(
                "main button, main select, main a.button, main input[type=text], main input[type=number]",
                "all => all.filter(e => e.tabIndex >= 0 && e.offsetParent && "
                "e.getBoundingClientRect().width > 1 && "
                "e.getBoundingClientRect().height < 44).map(e => e.id || e.outerHTML.slice(0, 80))",
            )
            assert low == [], name


def test_06_an_injected_inline_script_does_not_run(chromium, finished):
    app, secret, *_ = finished
    with window(chromium, app, secret) as seen:
        page = seen.go("file")
        page.evaluate(
            "window.blocked = new Promise(done => document.addEventListener("
            "'securitypolicyviolation', event => done(event.violatedDirective)));"
            "const made = document.createElement('script'); made.textContent = 'window.hit = 1';"
            "document.body.append(made);"
        )
        assert page.evaluate("window.blocked").startswith("script-src")
        assert page.evaluate("window.hit") is None
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit = 2\">')"
        )
        seen.until("[...document.images].every(image => image.complete)")
        assert page.evaluate("window.hit") is None


def test_the_report_is_read_in_its_frame(chromium, finished):
    app, secret, *_ = finished
    with window(chromium, app, secret) as seen:
        page = seen.go("results")
        frame = page.frame_locator("#report")
        assert frame.locator("h1, h2").first.inner_text()
        assert page.locator("#report").get_attribute("sandbox") == ""
        assert seen.said == []


def levels(tree: str) -> list[int]:
    return [int(level) for level in re.findall(r"- heading .*?\[level=(\d)\]", tree)]


@pytest.mark.parametrize("name", PAGES)
def test_14_the_accessibility_tree_of_each_page(chromium, finished, name):
    app, secret, *_ = finished
    with window(chromium, app, secret, locale="en-GB") as seen:
        page = seen.go(name)
        tree = page.locator("body").aria_snapshot()
        assert len(re.findall(r"^- main", tree, re.M)) == 1
        assert len(re.findall(r"^- (?:banner|contentinfo)", tree, re.M)) == 2
        steps = re.search(r"^- navigation .*?(?=^- \w)", tree, re.M | re.S)[0]
        assert len(re.findall(r"- listitem", steps)) == 6
        found = levels(tree)
        assert found[0] == 1
        assert found.count(1) == 1
        assert all(b <= a + 1 for a, b in itertools.pairwise(found)), found
        assert f'heading "{ENGLISH[name]}" [level=1]' in tree
        nameless = re.findall(
            r"^\s*- (?:button|link|textbox|combobox|checkbox|radio|progressbar|spinbutton)(?::|$)", tree, re.M
        )
        assert nameless == [], nameless
        current = page.locator("nav [aria-current=step]")
        assert current.count() == 1
        primary = page.locator("main .primary:visible")
        assert primary.count() == 1, [one.inner_text() for one in primary.all()]


def test_28_both_languages_are_complete(chromium, finished):
    app, secret, *_ = finished
    with window(chromium, app, secret) as seen:
        for name in PAGES:
            page = seen.go(name)
            seen.speak("id")
            own = page.locator("main").inner_text()
            assert re.search(r"\b(?:app|columns|check|run|results)\.[a-z_]+\b", own) is None
            seen.speak("en")
            assert page.url.endswith(f"/{name}")
            other = page.locator("main").inner_text()
            assert INDONESIAN[name] in own
            assert ENGLISH[name] in other
            for word in ("Lanjut", "Simpan", "Yang dapat dilakukan", "Tersimpan", "berkas Anda"):
                assert word not in other, (name, word)
            seen.speak("id")
