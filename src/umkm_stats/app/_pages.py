"""Which handler answers which address."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from umkm_stats.app import _check_page, _columns_page, _file_page, _model_page, _results_page, _run_page
from umkm_stats.app._site import LANG, Ask
from umkm_stats.app._steps import first_open


def home(ask: Ask) -> Response:
    """To the step at which the work stands."""
    return ask.go(f"/{first_open(ask.site)}")


def language(ask: Ask) -> Response:
    """Another language for the page; kept in a cookie of its own."""
    back = ask.value("back")
    known = {path for path, method, _ in ROUTES if method == "GET"}
    answer = ask.go(back if back in known else "/")
    if ask.value("lang") in ("id", "en"):
        answer.set_cookie(LANG, ask.value("lang"), max_age=31_536_000, httponly=True, samesite="strict")
    return answer


ROUTES: tuple[tuple[str, str, Callable[[Ask], Response]], ...] = (
    ("/", "GET", home),
    ("/lang", "POST", language),
    ("/file", "GET", _file_page.show),
    ("/file", "POST", _file_page.upload),
    ("/file/sheet", "POST", _file_page.sheet),
    ("/file/example", "POST", _file_page.example),
    ("/columns", "GET", _columns_page.show),
    ("/columns", "POST", _columns_page.save),
    ("/check", "GET", _check_page.show),
    ("/check", "POST", _check_page.save),
    ("/model", "GET", _model_page.show),
    ("/model", "POST", _model_page.save),
    ("/run", "GET", _run_page.show),
    ("/run", "POST", _run_page.save),
    ("/run/state", "GET", _run_page.state),
    ("/run/cancel", "POST", _run_page.cancel),
    ("/results", "GET", _results_page.show),
    ("/results/report", "GET", _results_page.report),
    ("/results/word", "GET", _results_page.word),
    ("/results/excel", "GET", _results_page.excel),
    ("/results/zip", "GET", _results_page.whole),
    ("/results/open", "POST", _results_page.open_folder),
)
