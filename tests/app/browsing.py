"""Pages in Chromium: what they say on the console, whom they ask, what axe finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error

from .running import App

LONG = 120_000  # milliseconds until a wait is given up
PAGES = ("file", "columns", "check", "model", "run", "results")
ENGLISH = {
    "file": "Choose your answer file",
    "columns": "Which column measures what?",
    "check": "What we found",
    "model": "What do you want to test?",
    "run": "Compute",
    "results": "Results",
}
INDONESIAN = {
    "file": "Pilih berkas jawaban",
    "columns": "Kolom mana mengukur apa?",
    "check": "Yang kami temukan",
    "model": "Apa yang ingin Anda uji?",
    "run": "Hitung",
    "results": "Hasil",
}


class Window:
    """A browser window on an app. ``said``: errors on its console. ``asked``: hosts that it asked."""

    def __init__(self, context: Any, app: App) -> None:
        self.context = context
        self.app = app
        self.said: list[str] = []
        self.asked: set[str] = set()
        self.page = self.another()

    def another(self) -> Any:
        """A further tab."""
        page = self.context.new_page()
        page.set_default_timeout(LONG)
        page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.add(urlsplit(request.url).netloc))
        return page

    def enter(self, secret: str) -> None:
        """Come in with the cookie that the token was spent for."""
        name = f"umkm_stats_{self.app.port}"
        self.context.add_cookies([{"name": name, "value": secret, "url": self.app.origin}])

    def go(self, name: str) -> Any:
        """One of the six pages, arrived at."""
        self.page.goto(f"{self.app.origin}/{name}")
        self.page.wait_for_selector("h1")
        return self.page

    def axe(self) -> list[str]:
        """What axe has against the page, with the place of each fault."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {[node['target'] for node in v['nodes']][:3]}" for v in found]

    def until(self, expression: str, page: Any = None) -> None:
        """Wait until an expression is true on the page; its policy lets no text be run as a program there."""
        page = page or self.page
        for _ in range(LONG // 50):
            with suppress(Error):  # the page is being exchanged
                if page.evaluate(expression):
                    return
            page.wait_for_timeout(50)
        raise AssertionError(f"never true: {expression}")

    def speak(self, lang: str) -> None:
        """The other language, when the page has it not."""
        if self.page.locator("html").get_attribute("lang") != lang:
            with self.page.expect_navigation():
                self.page.click("form.lang button")

    def tab_to(self, name: str, *, most: int = 400) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(most):
            if self.page.evaluate("document.activeElement.id") == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reached {name}")


@contextmanager
def window(chromium: Any, app: App, secret: str, **more: Any) -> Iterator[Window]:
    """A window of its own, closed at the end."""
    settings = {"locale": "id-ID", "viewport": {"width": 1280, "height": 900}, "accept_downloads": True}
    context = chromium.new_context(**{**settings, **more})
    try:
        made = Window(context, app)
        made.enter(secret)
        yield made
    finally:
        context.close()


def secret_of(app: App) -> str:
    """Spend the token; the cookie's value, good for many windows."""
    client = app.client()
    return str(client.http.cookies[f"umkm_stats_{app.port}"])
