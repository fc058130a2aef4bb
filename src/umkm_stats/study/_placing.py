"""Files of a part folder put in place one by one: planned, written into a journal, done or undone."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from umkm_stats import guarded
from umkm_stats.errors import Place, UmkmError
from umkm_stats.study import _manifest

JOURNAL = ".umkm-journal.json"
PART = ".umkm-part-"
BACKUP = ".umkm-before"
_LOG = logging.getLogger("umkm_stats")


@dataclass(frozen=True, slots=True)
class Moves:
    """What is to be done: ``new`` files (manifest last), ``gone`` ones, ``kept`` (name, dated name)."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


def written(target: Path) -> dict[str, str] | None:
    """File → digest of the manifest in the folder; None when there is none of ours."""
    try:
        return dict(_manifest.read(target)["files"])
    except UmkmError:
        return None


def put_in_place(part: Path, target: Path, before: Mapping[str, str]) -> list[tuple[str, str]]:
    """Move the files of ``part``, a folder in ``target``, into ``target``.

    before: file → digest as the previous run wrote it. What stands otherwise was changed by the user and gets
    a
    dated name; what is as written and no longer made is removed. Returns (file, dated name) of what was kept.
    """
    made = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
    made = [name for name in made if not name.startswith(".umkm-") and name != _manifest.NAME]
    gone = [name for name in sorted(set(before) - set(made)) if name != _manifest.NAME]
    if (part / _manifest.NAME).is_file():
        made.append(_manifest.NAME)
    journal = {"part": part.name, "before": dict(before), "gone": gone}
    moves = _planned(part, target, made, gone, before)
    if os.name == "nt":
        for name in (*moves.new, *moves.gone):  # open in Word or Excel: said before anything is moved
            if (target / name).is_file():
                with (target / name).open("r+b"):
                    pass
    with (part / JOURNAL).open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(journal, sort_keys=True, indent=1))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part / JOURNAL, target / JOURNAL)
    return _done(part, target, moves)


def finish(target: Path) -> None:
    """Do what a killed run left undone, from its journal; what the user changed since is kept as well.

    Raises ``UmkmError`` STU066 when that is not possible.
    """
    try:
        told = guarded.read_json(target / JOURNAL)
        name, before, gone = str(told["part"]), dict(told["before"]), [str(entry) for entry in told["gone"]]
        if not name.startswith(PART) or "/" in name or "\\" in name:
            raise ValueError(name)
        part = target / name
        made = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
        made = [entry for entry in made if not entry.startswith(".umkm-") and entry != _manifest.NAME]
        made += [_manifest.NAME] * (part / _manifest.NAME).is_file()
        _done(part, target, _planned(part, target, made, gone, before))
    except (OSError, ValueError, KeyError, TypeError, UmkmError) as error:
        raise UmkmError("STU066", Place(file=target.name), {"out": str(target)}) from error
    shutil.rmtree(part, ignore_errors=True)


def _planned(
    part: Path, target: Path, made: Iterable[str], gone: Iterable[str], before: Mapping[str, str]
) -> Moves:
    new = tuple(made)
    kept: dict[str, str] = {}
    for name in new:
        if name == _manifest.NAME:
            continue
        for folder in reversed(Path(name).parents[:-1]):
            at = target / folder
            if os.path.lexists(at) and (at.is_symlink() or not at.is_dir()):
                kept.setdefault(folder.as_posix(), "")
        at = target / name
        if not _within(name, kept) and os.path.lexists(at):
            if _same(at, part / name) or _untouched(at, name, before):
                continue
            kept[name] = ""
    stamp = dt.datetime.now().astimezone().strftime("%Y-%m-%d %H.%M")
    taken: set[str] = set()
    for name in kept:
        kept[name] = _dated(target, name, stamp, taken)
    left = tuple(name for name in gone if not _within(name, kept) and _untouched(target / name, name, before))
    return Moves(new, left, tuple(kept.items()))


def _done(part: Path, target: Path, moves: Moves) -> list[tuple[str, str]]:
    backup = part / BACKUP
    trail: list[tuple[Path, Path]] = []

    def move(source: Path, to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        trail.append((source, to))
        os.replace(source, to)

    try:
        for name, dated in moves.kept:
            move(target / name, target / dated)
        for name in moves.gone:
            move(target / name, backup / name)
        for name in moves.new:
            if os.path.lexists(target / name):
                move(target / name, backup / name)
            move(part / name, target / name)
        (target / JOURNAL).unlink(missing_ok=True)
    except BaseException:
        for source, to in reversed(trail):
            if os.path.lexists(to) and not os.path.lexists(source):
                source.parent.mkdir(parents=True, exist_ok=True)
                os.replace(to, source)
        (target / JOURNAL).unlink(missing_ok=True)
        raise
    for name in moves.gone:
        for folder in Path(name).parents[:-1]:
            with contextlib.suppress(OSError):  # not empty: it holds what the user put there
                (target / folder).rmdir()
    for name, dated in moves.kept:
        _LOG.warning("%s was not as the last run wrote it: kept as %s", name, dated)
    return list(moves.kept)


def _within(name: str, folders: Mapping[str, str]) -> bool:
    return any(name == other or name.startswith(f"{other}/") for other in folders)


def _same(at: Path, other: Path) -> bool:
    return at.is_file() and not at.is_symlink() and _manifest.sha256(at) == _manifest.sha256(other)


def _untouched(at: Path, name: str, before: Mapping[str, str]) -> bool:
    """Whether the file stands as the previous run wrote it."""
    return name in before and at.is_file() and not at.is_symlink() and _manifest.sha256(at) == before[name]


def _dated(target: Path, name: str, stamp: str, taken: set[str]) -> str:
    path, number = Path(name), 1
    while True:
        more = "" if number == 1 else f" ({number})"
        found = path.with_name(f"{path.stem} {stamp}{more}{path.suffix}").as_posix()
        if found not in taken and not os.path.lexists(target / found):
            taken.add(found)
            return found
        number += 1
