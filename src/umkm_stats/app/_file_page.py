"""Page 1: the answer file."""

from __future__ import annotations

import contextlib
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from umkm_stats import messages
from umkm_stats.app import _intake, _study
from umkm_stats.app._folder import COLUMNS
from umkm_stats.app._site import Ask
from umkm_stats.errors import UmkmError


def show(ask: Ask, errors: Any = (), status: int = 200) -> Response:
    """The file as it was understood, or the way to hand one in."""
    answers = ask.folder.answers
    record = ask.folder.read_own(COLUMNS) if answers else {}
    if answers and record.get("answers") != ask.folder.digest_of(answers):  # the copy was edited by hand
        record = _again(ask)
    return ask.page(
        "file.html",
        status=status,
        step="file",
        errors=errors,
        answers=answers,
        name=ask.folder.state.get("name") or (answers.name if answers else ""),
        record=record,
        source=source_of(record, ask.lang),
        limit=ask.site.limit // 1_000_000,
        other_answers=_study.of_other_answers(_study.changed(ask.folder)),
        flash=ask.site.cache.pop("flash", ""),
    )


def _again(ask: Ask) -> dict[str, Any]:
    from umkm_stats.responses import preview

    answers = ask.folder.answers
    with contextlib.suppress(UmkmError):
        if answers is not None:
            seen = preview(answers, sheet=ask.folder.state.get("sheet"))
            _intake.look(ask.folder, answers, seen, ask.lang)
    return ask.folder.read_own(COLUMNS)


def source_of(record: dict[str, Any], lang: str) -> str:
    """What the file was recognised as, in words."""
    if not record:
        return ""
    name, why = record.get("source") or ["", []]
    reasons = "; ".join(messages.text_or(key, key, lang, **params) for key, params in why)
    told = messages.text_or(f"reader.{name}", name, lang)
    return f"{told} ({reasons})" if reasons else told


def upload(ask: Ask) -> Response:
    """Take the file in; what is wrong with it is said on this page, and the one before it stays."""
    try:
        ask.fresh()
        given = ask.form.get("answers")
        if not isinstance(given, UploadFile) or not given.filename:
            raise UmkmError("APP011")
        if ask.site.runner.running():
            raise UmkmError("APP010")
        rows = _intake.receive(ask.folder, given.file, given.filename, ask.lang)
    except UmkmError as error:
        if error.code == "APP009":
            raise
        return show(ask, (error,), 422)
    if rows:
        ask.site.cache["flash"] = ask.t("file.other_rows", count=rows)
    return ask.go("/file")


def sheet(ask: Ask) -> Response:
    """Another sheet of the workbook."""
    ask.fresh()
    try:
        _intake.choose_sheet(ask.folder, ask.value("sheet"), ask.lang)
    except UmkmError as error:
        return show(ask, (error,), 422)
    return ask.go("/file")


def example(ask: Ask) -> Response:
    """The bundled example instead of a file of one's own."""
    ask.fresh()
    if ask.site.runner.running():
        return show(ask, (UmkmError("APP010"),), 422)
    _intake.example(ask.folder, ask.lang)
    return ask.go("/file")
