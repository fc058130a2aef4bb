"""Page 5: the choices of the run, the command that does it, its progress."""

from __future__ import annotations

import secrets
import shlex
from typing import Any

from starlette.responses import JSONResponse, Response

from umkm_stats.app import _chapter, _study
from umkm_stats.app._check_page import read, write
from umkm_stats.app._folder import STUDY
from umkm_stats.app._site import Ask
from umkm_stats.errors import UmkmError

DRAWS = 5000
LARGEST = 2**31 - 1


def show(ask: Ask, errors: Any = (), status: int = 200) -> Response:
    """The choices as study.yaml has them, or the run under way."""
    study = _study.plain(ask.folder, STUDY)
    style = study.get("style") or "skripsi"
    language = "id" if style == "skripsi" else study.get("language") or ask.lang
    run = ask.site.runner.state()
    changed = _study.changed(ask.folder)
    return ask.page(
        "run.html",
        status=status,
        step="run",
        errors=errors,
        ready=_study.chosen(ask.folder),
        study=study,
        values={
            "style": ask.value("style") or style,
            "draws": ask.value("draws") or str(study.get("draws") or DRAWS),
            "seed": ask.value("seed") or str(study.get("seed", secrets.randbelow(LARGEST))),
            "language": ask.value("language") or language,
            "decimal": ask.value("decimal") or study.get("decimal") or ("," if language == "id" else "."),
        },
        chapter=_chapter.shown(ask, study),
        rules=_chapter.RULES,
        cutoffs=_chapter.CUTOFFS,
        run=run,
        outdated=bool(changed),
        other_answers=_study.of_other_answers(changed),
        commands=commands(ask),
    )


def save(ask: Ask) -> Response:
    """Write the choices to study.yaml; run when asked to."""
    ask.fresh()
    errors, values = _choices(ask)
    faults, more = _chapter.told(ask)
    if more.get("distributed"):
        faults += _fewer_than_returned(ask, more["distributed"])
    if errors or faults:
        return show(ask, (*errors, *faults), 422)
    try:
        write(ask, values | more)
    except UmkmError as error:
        return show(ask, (error,), 422)
    if ask.value("action") == "run":
        if not _study.chosen(ask.folder):
            return show(ask, (UmkmError("APP014"),), 422)
        try:
            ask.site.runner.start(ask.lang)
        except UmkmError as error:
            return show(ask, (error,), 422)
    return ask.go("/run")


def _fewer_than_returned(ask: Ask, distributed: int) -> list[UmkmError]:
    """SCR102 when fewer questionnaires were handed out than came back."""
    from umkm_stats.screening import return_rate

    try:
        return_rate(read(ask), distributed=distributed)
    except UmkmError as error:
        return [error] if error.code == "SCR102" else []  # answers that cannot be read are said on page 3
    return []


def _choices(ask: Ask) -> tuple[list[UmkmError], dict[str, Any]]:
    errors: list[UmkmError] = []
    numbers: dict[str, int] = {}
    for name, low, high in (("draws", 1, 1_000_000), ("seed", 0, LARGEST)):
        text = ask.value(name).replace(".", "").replace(" ", "")
        if not text.isdigit() or not low <= int(text[:12]) <= high:
            said = ask.t(f"run.{name}")
            errors.append(UmkmError("APP017", params={"name": said, "low": low, "high": high}))
        else:
            numbers[name] = int(text)
    style = "apa" if ask.value("style") == "apa" else "skripsi"
    language = "id" if style == "skripsi" or ask.value("language") != "en" else "en"
    decimal = "." if ask.value("decimal") == "." else ","
    return errors, {**numbers, "style": style, "language": language, "decimal": decimal}


def state(ask: Ask) -> Response:
    """The run's state for a page that asks again and again."""
    return JSONResponse(ask.site.runner.state())


def cancel(ask: Ask) -> Response:
    """End the run; the results before it stay."""
    ask.site.runner.cancel()
    return ask.go("/run")


def commands(ask: Ask) -> dict[str, str]:
    """The command that gives the same numbers, for two shells."""
    words = ["umkm-stats", *ask.site.runner.command()]
    root = str(ask.folder.root)
    return {
        "bash": f"cd {shlex.quote(root)} && {shlex.join(words)}",
        "powershell": f"Set-Location -LiteralPath {_power(root)}; {' '.join(_power(w) for w in words)}",
    }


def _power(word: str) -> str:
    """A word for PowerShell: quoted when it is not plain."""
    if word and all(c.isascii() and (c.isalnum() or c in "-_./") for c in word):
        return word
    return "'" + word.replace("'", "''") + "'"
