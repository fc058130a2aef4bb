"""Page 6: the main sentence, the report in a sandbox, downloads, the command that gives the same numbers."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from typing import Any

from starlette.responses import FileResponse, HTMLResponse, Response

from umkm_stats.app import _study
from umkm_stats.app._folder import COLUMNS
from umkm_stats.app._run_page import commands
from umkm_stats.app._site import Ask
from umkm_stats.errors import Place, UmkmError

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
SCRIPT = re.compile(r"<script\b.*?</script>", re.S)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(ask: Ask, errors: Any = ()) -> Response:
    """The results, or that there are none yet."""
    folder = ask.folder
    there = (folder.results / "manifest.json").is_file()
    whole = there and (folder.results / "report.html").is_file()
    run = ask.site.runner.state()
    changed = _study.changed(folder) if there else []
    if there and not whole:
        errors = (*errors, UmkmError("APP016", Place(file="report.html")))
    return ask.page(
        "results.html",
        step="results",
        errors=errors,
        there=there,
        whole=whole,
        main=run.get("main") or [],
        outdated=bool(changed),
        other_answers=_study.of_other_answers(changed),
        data=run.get("data") if there else None,
        now=folder.read_own(COLUMNS).get("n_rows"),
        run=run,
        commands=commands(ask),
        files={
            "word": (folder.results / "report.docx").is_file(),
            "excel": (folder.results / "tables.xlsx").is_file(),
        },
        where=str(folder.results),
    )


def report(ask: Ask) -> Response:
    """The report itself, for the frame only: no script, no request, an origin of its own."""
    path = ask.folder.path("hasil", "report.html")
    if not path.is_file():
        raise UmkmError("APP016", Place(file="report.html"))
    page = SCRIPT.sub("", path.read_text(encoding="utf-8"))  # no script may run there, so none is sent
    return HTMLResponse(page, headers={"content-security-policy": SANDBOX})


def word(ask: Ask) -> Response:
    """The chapter as Word."""
    return _file(ask, "report.docx", WORD)


def excel(ask: Ask) -> Response:
    """The tables as Excel."""
    return _file(ask, "tables.xlsx", EXCEL)


def _file(ask: Ask, name: str, kind: str) -> Response:
    path = ask.folder.path("hasil", name)
    if not path.is_file():
        raise UmkmError("APP016", Place(file=name))
    return FileResponse(path, media_type=kind, filename=name)


def whole(ask: Ask) -> Response:
    """Everything the run wrote, as one zip."""
    root = ask.folder.results
    if not (root / "manifest.json").is_file():
        raise UmkmError("APP016", Place(file="manifest.json"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                archive.write(path, f"hasil/{path.relative_to(root).as_posix()}")
    headers = {"content-disposition": 'attachment; filename="hasil.zip"'}
    return Response(out.getvalue(), media_type="application/zip", headers=headers)


def open_folder(ask: Ask) -> Response:
    """Show the results' folder in the file manager: this folder and no other."""
    at = str(ask.folder.results if ask.folder.results.is_dir() else ask.folder.root)
    try:
        if sys.platform == "win32":
            import os

            os.startfile(at)
        else:
            tool = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(
                [tool, at], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
    except OSError:
        return show(ask, (UmkmError("APP025", params={"folder": at}),))
    return ask.go("/results")
