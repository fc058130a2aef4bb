"""The folder a study writes: claimed before anything is computed, filled apart, put in place file by file.

What the user added stays; what the user changed is kept under a dated name; only files that the previous run
wrote and nobody touched are removed. A killed run leaves either the old folder, or a journal from which the
next command finishes what was begun.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.study import _manifest
from umkm_stats.study._placing import JOURNAL, PART, finish, put_in_place, written


@dataclass
class Claim:
    """A folder that this process alone writes. ``kept``: (file, dated name) of what the user had changed."""

    out: Path
    target: Path
    kept: list[tuple[str, str]] = field(default_factory=list)

    @contextlib.contextmanager
    def filling(self) -> Iterator[Path]:
        """An empty part folder; when the block ends well its files stand in the target, manifest last."""
        there = self.target.is_dir()
        home = self.target if there else self.target.parent
        home.mkdir(parents=True, exist_ok=True)
        prefix = PART if there else _beside(self.target)
        part = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
        if os.name == "posix":
            umask = os.umask(0)
            os.umask(umask)
            part.chmod(0o777 & ~umask)
        try:
            yield part
            if not there and self.target.exists():  # made by someone while the study ran
                inside = self.target / f"{PART}{part.name[-8:]}"
                os.replace(part, inside)
                part, there = inside, True
            if there:
                self.kept += put_in_place(part, self.target, written(self.target) or {})
            else:
                os.replace(part, self.target)
        finally:
            if not (self.target / JOURNAL).is_file():
                shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[Claim]:
    """The right to write ``out``, for this process alone, until the block ends.

    Raises ``UsageError`` STU010 (holds other files), STU061 (a file stands there or on the way), STU062 (its
    manifest is not one of ours), STU063 (a link that leads nowhere); ``UmkmError`` STU011 (no right to
    write), STU013 (the disk), STU032 (written by a newer version), STU060 (another run is writing it).
    """
    out = Path(out)
    try:
        nowhere = out.is_symlink() and not out.exists()
    except OSError as error:  # a name that the disk has no room for
        problem = error.strerror or type(error).__name__
        raise UmkmError("STU013", Place(file=f"{out.name[:40]}…"), {"problem": problem}) from error
    if nowhere:
        raise UsageError("STU063", Place(file=out.name), {"out": str(out), "to": os.readlink(out)})
    target = Path(os.path.realpath(out))
    _passable(out, target)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_alone(out, target))
        if target.is_dir():
            if (target / JOURNAL).is_file():
                finish(target)
            _ours(out, target)
            _clean(target, PART)
        if target.parent.is_dir():
            _clean(target.parent, _beside(target))
        yield Claim(out, target)


def mended(folder: Path) -> None:
    """Finish what a killed run had begun to put in place, before the folder is read.

    Raises ``UmkmError`` STU060 when a run is writing there, STU066 when it cannot be finished.
    """
    target = Path(os.path.realpath(folder))
    if (target / JOURNAL).is_file():
        with _alone(folder, target):
            finish(target)


def _passable(out: Path, target: Path) -> None:
    """Nothing but folders on the way, and the right to write at its end."""
    there = next(path for path in (target, *target.parents) if path.exists())
    if not there.is_dir():
        raise UsageError("STU061", Place(file=there.name), {"out": str(out), "file": str(there)})
    if target.parent == target:
        files = sorted(path.name for path in target.iterdir())[:3]
        raise UsageError("STU010", Place(file=str(out)), {"out": str(out), "files": files})
    try:
        handle, name = tempfile.mkstemp(prefix=".umkm-", dir=there)
        os.close(handle)
        os.unlink(name)
    except PermissionError as error:
        raise UmkmError("STU011", Place(file=target.name), {"out": str(out)}) from error
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UmkmError("STU013", Place(file=target.name), {"problem": problem}) from error


@contextlib.contextmanager
def _alone(out: Path, target: Path) -> Iterator[None]:
    """The lock of a target: beside it, or inside it where its neighbourhood may not be written."""
    with contextlib.ExitStack() as stack:
        there = next(path for path in target.parents if path.exists())
        name = target.relative_to(there).as_posix().replace("/", "_")[:120]
        places = [there / f".{name}.umkm-lock", target / ".umkm-lock"]
        for place in places:
            try:
                stack.enter_context(atomic.locked(place))
                break
            except BlockingIOError as error:
                raise UmkmError("STU060", Place(file=target.name), {"out": str(out)}) from error
            except OSError as error:
                if place == places[-1] or not target.is_dir():
                    raise UmkmError("STU011", Place(file=target.name), {"out": str(out)}) from error
        yield


def _ours(out: Path, target: Path) -> None:
    """The folder is empty, or its manifest is one a study wrote."""
    found = sorted(path.name for path in target.iterdir() if not _manifest.passing(path.name))
    if not found:
        return
    if not (target / _manifest.NAME).exists():
        raise UsageError("STU010", Place(file=target.name), {"out": str(out), "files": found[:3]})
    try:
        _manifest.read(target)
    except UmkmError as error:
        if error.code == "STU032":  # written by a newer version: said as such
            raise
        raise UsageError("STU062", Place(file=_manifest.NAME), {"out": str(out)}) from None


def _beside(target: Path) -> str:
    """How part folders of a target that does not exist yet begin, beside it."""
    return f"{PART}{target.name[:60]}-"


def _clean(home: Path, prefix: str) -> None:
    """Remove part folders of runs that were killed; we hold the lock, so nobody is filling one."""
    for path in home.iterdir():
        end = path.name.removeprefix(prefix)
        ours = path.name.startswith(prefix) and re.fullmatch(r"[a-z0-9_]{8}", end)
        if ours and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
