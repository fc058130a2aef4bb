"""The site: routes, what a request asks, how a page is rendered and a fault said."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from umkm_stats import messages
from umkm_stats.app import _guard
from umkm_stats.app._folder import Folder
from umkm_stats.app._runner import Runner
from umkm_stats.errors import UmkmError

HERE = Path(__file__).parent
STATIC = {"app.css": "text/css", "app.js": "text/javascript", "icon.svg": "image/svg+xml"}
LANG = "umkm_stats_lang"
FIELDS = 20_000


@dataclass
class Site:
    """One running page: its folder, its keys, its runner."""

    folder: Folder
    port: int
    keys: _guard.Keys
    lang: str | None = None
    limit: int = _guard.UPLOAD
    changing: threading.RLock = field(default_factory=threading.RLock)
    leaving: threading.Event = field(default_factory=threading.Event)
    cache: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from umkm_stats.app import _pages

        self.runner = Runner(self.folder)
        self.pages = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        routes = [
            Route(path, self.endpoint(handler), methods=[method]) for path, method, handler in _pages.ROUTES
        ]
        routes.append(Route("/run/events", self.events, methods=["GET"]))
        routes.append(Route("/static/{name}", self.static, methods=["GET"]))
        app = Starlette(routes=routes, exception_handlers={HTTPException: self.missing})
        self.guarded = _guard.Guard(
            app,
            host=f"127.0.0.1:{self.port}",
            keys=self.keys,
            cookie=f"umkm_stats_{self.port}",
            refuse=self.refusal,
            upload="/file",
            limit=self.limit,
        )

    def endpoint(self, handler: Callable[[Ask], Response]) -> Callable[[Request], Any]:
        """A handler as Starlette calls it: the form is read first, the work is done beside the loop."""

        async def answer(request: Request) -> Response:
            form = FormData()
            if request.method == "POST":
                try:
                    form = await request.form(max_files=1, max_fields=FIELDS, max_part_size=_guard.MB)
                except HTTPException:
                    return self.fault(Ask(self, request, form), UmkmError("APP019"), 400)
            ask = Ask(self, request, form)
            try:
                return await run_in_threadpool(self.handled, handler, ask)
            finally:
                await form.close()

        return answer

    def handled(self, handler: Callable[[Ask], Response], ask: Ask) -> Response:
        """The answer of a handler, or the fault it met."""
        try:
            if ask.request.method == "POST":
                with self.changing:
                    return handler(ask)
            return handler(ask)
        except UmkmError as error:
            return self.fault(ask, error, 409 if error.code == "APP009" else 422)
        except Exception as error:
            where = next(
                (
                    f"{Path(frame.filename).name}:{frame.lineno}"
                    for frame in reversed(traceback.extract_tb(error.__traceback__))
                    if "umkm_stats" in frame.filename
                ),
                "?",
            )
            kind = type(error).__name__
            self.folder.log(f"fault {kind} {where}")
            return self.fault(ask, UmkmError("APP020", params={"kind": kind, "where": where}), 500)

    def fault(self, ask: Ask, error: UmkmError, status: int) -> Response:
        """A page of its own for a fault that belongs to no field."""
        return ask.page("fault.html", status=status, error=error, step="")

    async def missing(self, request: Request, error: Exception) -> Response:
        """No such page, or a way of asking that it does not know."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        code = "APP018" if status == 405 else "APP012"
        return self.fault(Ask(self, request, FormData()), UmkmError(code), status)

    def static(self, request: Request) -> Response:
        """One of our few fixed files."""
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404)
        return FileResponse(HERE / "static" / name, media_type=STATIC[name])

    async def events(self, request: Request) -> Response:
        """The run's progress as it comes."""
        from umkm_stats.app._events import stream

        return stream(self, request)

    def refusal(self, error: UmkmError, scope: dict[str, Any]) -> str:
        """The whole page of a refusal before any page of ours: plain, without style or address."""
        lang = language_of(Request(scope), self.lang)
        return self.pages.get_template("refused.html").render(error=error, lang=lang, t=words(lang))


def words(lang: str) -> Callable[..., str]:
    """``t("file.h1", n=3)``: the page's sentence in the language."""

    def t(key: str, /, **values: Any) -> str:
        return messages.text(f"app.{key}", lang, **values)

    return t


def language_of(request: Request, fixed: str | None) -> str:
    """The language chosen on the page, else ``--lang``, else the browser's, else Indonesian."""
    chosen = request.cookies.get(LANG)
    if chosen in ("id", "en"):
        return chosen
    if fixed:
        return fixed
    for part in request.headers.get("accept-language", "").split(","):
        name = part.split(";")[0].strip().lower()[:2]
        if name in ("id", "en"):
            return name
    return "id"


class Ask:
    """One request: its language, its form, and how it is answered."""

    def __init__(self, site: Site, request: Request, form: FormData) -> None:
        self.site = site
        self.folder = site.folder
        self.request = request
        self.form = form
        self.lang = language_of(request, site.lang)
        self.t = words(self.lang)

    def value(self, name: str, default: str = "") -> str:
        """A field of the form as text."""
        found = self.form.get(name)
        return found.strip() if isinstance(found, str) else default

    def fresh(self) -> None:
        """APP009 when the form was made from files that have changed since, unless it says to overwrite."""
        given = self.value("digest")
        if given != self.folder.digest() and self.value("overwrite") != "yes":
            raise UmkmError("APP009")

    def page(self, template: str, *, status: int = 200, step: str, **values: Any) -> Response:
        """A page with its stepper."""
        from umkm_stats.app import _study
        from umkm_stats.app._steps import steps

        errors = tuple(values.pop("errors", ()))
        try:
            saved, digest, found = self.folder.saved_at(), self.folder.digest(), steps(self.site, self.lang)
        except UmkmError:  # a link stands where a file of ours should: only the page that says so is shown
            if template != "fault.html":
                raise
            saved, digest, found = None, "", []
        if step in ("check", "model", "run"):
            told = {error.code for error in errors}
            errors += tuple(error for error in _study.faults(self.folder) if error.code not in told)
        body = self.site.pages.get_template(template).render(
            t=self.t,
            lang=self.lang,
            step=step,
            steps=found,
            digest=digest,
            saved=f"{saved:%H.%M}" if saved and self.lang == "id" else f"{saved:%H:%M}" if saved else "",
            path=f"/{self.request.url.path.strip('/').partition('/')[0]}",
            form=self.form,
            errors=errors,
            **values,
        )
        return HTMLResponse(body, status_code=status)

    def go(self, path: str) -> Response:
        """To another page of ours after a change."""
        return RedirectResponse(path, status_code=303)
