"""Answers that arrive: kept under a fixed name, looked at, drafted when there is no instrument for them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any

from umkm_stats.app import _instrument, _study, _yaml
from umkm_stats.app._folder import ANSWERS, COLUMNS, DATA, DRAFT, ENDINGS, OWN, STUDY, UNDO, Folder
from umkm_stats.errors import UmkmError

KINDS = {
    "workbook": ".xlsx",
    "archive": ".zip",
    "sav": ".sav",
    "dta": ".dta",
    "parquet": ".parquet",
    "html": ".html",
    "text": ".csv",
}
EXAMPLE = "umkm_inovasi"
CHUNK = 1 << 20


def ending_of(path: Path) -> str:
    """The ending that the bytes of a file ask for; RSP101–RSP108 when it can hold no answers."""
    from umkm_stats.responses._files import kind_of
    from umkm_stats.responses.drafting._forms import is_lss

    return ".lss" if is_lss(path) else KINDS[kind_of(path)]


def receive(folder: Folder, stream: IO[bytes], name: str, lang: str) -> int:
    """Take an uploaded file in: checked first, then put in place of the one before it.

    ``name`` is kept as text only. Returns how many rows put aside belonged to the file before and no longer
    are. Raises RSP101–RSP109 when it cannot be used; nothing is changed then.
    """
    own = folder.path(OWN)
    hint = next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
    handle, made = tempfile.mkstemp(prefix="upload-", suffix=hint, dir=own)
    part = Path(made)
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(stream, out, CHUNK)
        return take(folder, part, name, lang)
    except UmkmError as error:  # the file is called what the user calls it, not what it is called here
        if (error.place.file or "").startswith("upload"):
            raise UmkmError(
                error.code, dataclasses.replace(error.place, file=_shown(name)), error.params
            ) from None
        raise
    finally:
        part.unlink(missing_ok=True)


def take(folder: Folder, part: Path, name: str, lang: str) -> int:
    """Put a file of ours in place as the answers, and look at it. ``part`` is moved."""
    before = folder.digest_of(folder.answers)
    from umkm_stats.responses import preview

    ending = ending_of(part)
    named = part.with_name(f"upload{ending}")
    os.replace(part, named)
    try:
        seen = preview(named)
        target = folder.path(DATA, ANSWERS + ending)
        os.replace(named, target)
    finally:
        named.unlink(missing_ok=True)
    for other in ENDINGS:
        if other != ending:
            folder.path(DATA, ANSWERS + other).unlink(missing_ok=True)
    folder.note(
        name=_shown(name),
        taken=dt.datetime.now().isoformat(timespec="minutes"),
        sheet=None,
        columns_seen=None,
        check_seen=None,
        answered=None,
        refused=None,
    )
    look(folder, target, seen, lang)
    if len(seen.sheets) > 1 and _several(folder, target):
        choose_sheet(folder, str(seen.sheet), lang)
    return _other_rows(folder) if before and before != folder.digest_of(target) else 0


def _shown(name: str) -> str:
    """The name of a file as it can be shown."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[-160:]


def _several(folder: Folder, answers: Path) -> bool:
    """Whether more than one sheet answers the instrument (RSP117): the sheet that is shown is then used."""
    from umkm_stats.responses import read_responses

    if not folder.instrument.is_file():
        return False
    try:
        read_responses(answers, folder.instrument)
    except UmkmError as error:
        return error.code == "RSP117"
    return False


def _other_rows(folder: Folder) -> int:
    """Row numbers put aside mean other people in another file: they are taken out of study.yaml."""
    from umkm_stats.study import write_study_file

    excluded = len(_study.plain(folder, STUDY).get("exclude") or [])
    if excluded:
        write_study_file(folder.study, {"exclude": None})
    return excluded


def choose_sheet(folder: Folder, sheet: str, lang: str) -> None:
    """Another sheet of the workbook; RSP109 when it has none of that name."""
    from umkm_stats.responses import preview

    answers = folder.answers
    if answers is None:
        raise UmkmError("APP011")
    seen = preview(answers, sheet=sheet)
    folder.note(sheet=sheet, columns_seen=None, check_seen=None, answered=None, refused=None)
    look(folder, answers, seen, lang)


def look(folder: Folder, answers: Path, seen: Any, lang: str) -> None:
    """Record the columns with the draft's guesses, and write the draft where no instrument fits."""
    from umkm_stats.responses import draft_instrument
    from umkm_stats.study import write_study_file

    sheet = folder.state.get("sheet")
    before = folder.read_own(COLUMNS).get("columns") or []
    record: dict[str, Any] = {
        "answers": folder.digest_of(answers),
        "sheets": list(seen.sheets),
        "sheet": seen.sheet,
        "rows": [list(row) for row in seen.rows],
        "n_rows": seen.n_rows,
        "source": [seen.source.name, [[key, dict(params)] for key, params in seen.source.why]],
        "notes": [[note.code, dict(note.params)] for note in seen.notes],
        "columns": [column.to_dict() for column in seen.columns],
        "guesses": {},
        "questions": [],
    }
    text = ""
    try:
        draft = draft_instrument(answers, lang=lang, sheet=sheet)
    except UmkmError as error:
        record["refused"] = [error.code, _plain(error.params)]
    else:
        text = draft.yaml
        record["questions"] = [[note.code, _plain(note.params)] for note in draft.asked]
        record["guesses"] = {
            str(row["column"]): {
                key: (value if isinstance(value, (str, bool)) else None)
                for key, value in row.items()
                if key != "heading"
            }
            for row in draft.columns.to_dict("records")
        }
    folder.write_own(COLUMNS, record)
    folder.write(folder.own(DRAFT), text)
    if folder.instrument.is_file():
        with contextlib.suppress(UmkmError):
            document = _yaml.load(folder.instrument)
            shifted = _instrument.shifted(document, before, record["columns"])
            if _instrument.placed(document, record["columns"]) and not shifted:
                return
        _set_aside(folder, folder.instrument)
    folder.note(model_key=None, waiting=None, targets=None, numbered=None)
    folder.own(UNDO).unlink(missing_ok=True)  # what could be taken back belonged to the file before
    if _study.plain(folder, STUDY).get("models"):
        write_study_file(folder.study, {"models": None, "route": None})
    if text:
        folder.write(folder.instrument, _instrument.with_roles(text))


def _set_aside(folder: Folder, path: Path) -> None:
    """Keep a file of the user under a numbered name beside it."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists():
        number += 1
    os.replace(path, kept)


def example(folder: Folder, lang: str) -> None:
    """The bundled example: its simulated answers, its instrument, its study file."""
    from umkm_stats.study._manifest import bundled_root

    root = bundled_root() / EXAMPLE
    demo = root / "demo"
    source = next(path for path in sorted(demo.iterdir()) if path.name.startswith(ANSWERS))
    for path in (folder.instrument, folder.study, folder.map):
        if path.is_file():
            _set_aside(folder, path)
    part = folder.own("example")
    shutil.copyfile(source, part)
    folder.write(folder.instrument, (root / "instrument.yaml").read_text(encoding="utf-8"))
    folder.write(folder.study, (demo / "study.yaml").read_text(encoding="utf-8"))
    take(folder, part, source.name, lang)


def _plain(params: Any) -> dict[str, Any]:
    """Parameters of a message as JSON can hold them."""
    return {
        str(key): list(value) if isinstance(value, (list, tuple, set)) else value
        for key, value in dict(params).items()
        if isinstance(value, (str, int, float, bool, list, tuple, set))
    }
