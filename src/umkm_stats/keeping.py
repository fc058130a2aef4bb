"""Files written into a folder that people work in: all of them or none, and nothing of theirs replaced.

What the program wrote there last is remembered by digest in ``.umkm-written.json``. A file that stands
otherwise is somebody's work and is replaced only when that is asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from umkm_stats import atomic, guarded
from umkm_stats.errors import Place, UmkmError, UsageError

RECORD = ".umkm-written.json"
PART = ".umkm-new-"


@contextlib.contextmanager
def staged(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """An empty folder beside the files of a folder; when the block ends well its files stand among them.

    Parameters
    ----------
    folder : Path
        Folder that receives the files; made when absent.
    overwrite : bool, default False
        Whether files are replaced that are not as the program last wrote them.

    Yields
    ------
    Path
        The folder to write into.

    Raises
    ------
    UsageError
        CLI010: files that are not as the program last wrote them; nothing is written then, nor when the block
        fails.
    OSError
        As the system gives it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import keeping
    >>> with keeping.staged(Path("kept")) as part:
    ...     _ = (part / "codes.txt").write_text("PID1", encoding="utf-8")
    >>> Path("kept", "codes.txt").read_text(encoding="utf-8")
    'PID1'
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
    try:
        yield part
        made = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
        made = [name for name in made if Path(name).name != RECORD]
        if not overwrite:
            _refuse(folder, part, made)
        if os.name == "posix":
            umask = os.umask(0)
            os.umask(umask)
            for name in made:
                (part / name).chmod(0o666 & ~umask)
        digests = {name: _digest(part / name) for name in made}
        _move(folder, part, made)
        atomic.write_text(
            folder / RECORD, json.dumps({**_record(folder), **digests}, sort_keys=True, indent=1)
        )
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_text(target: Path, text: str, *, overwrite: bool = False) -> Path:
    """Write one file among those of its folder, as ``staged`` does.

    Parameters
    ----------
    target : Path
        The file.
    text : str
        Its text, written as UTF-8.
    overwrite : bool, default False
        Whether a file is replaced that is not as the program last wrote it.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        CLI010: a file that is not as the program last wrote it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import keeping
    >>> keeping.write_text(Path("kept_notes", "notes.txt"), "PID1").name
    'notes.txt'
    """
    target = Path(target)
    with staged(target.parent, overwrite=overwrite) as part:
        (part / target.name).write_text(text, encoding="utf-8", newline="\n")
    return target


def _refuse(folder: Path, part: Path, made: list[str]) -> None:
    before = _record(folder)
    theirs = []
    for name in made:
        at = folder / name
        if not os.path.lexists(at):
            continue
        if at.is_symlink() or not at.is_file():
            theirs.append(name)
            continue
        digest = _digest(at)
        if digest not in (before.get(name), _digest(part / name)):
            theirs.append(name)
    if theirs:
        raise UsageError("CLI010", Place(file=theirs[0]), {"files": theirs})


def _move(folder: Path, part: Path, made: list[str]) -> None:
    before = part / ".before"
    trail: list[tuple[Path, Path]] = []

    def move(source: Path, to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        trail.append((source, to))
        os.replace(source, to)

    try:
        for name in made:
            if os.path.lexists(folder / name):
                move(folder / name, before / name)
            move(part / name, folder / name)
    except BaseException:
        for source, to in reversed(trail):
            if os.path.lexists(to) and not os.path.lexists(source):
                os.replace(to, source)
        raise


def _record(folder: Path) -> dict[str, str]:
    try:
        found = guarded.read_json(folder / RECORD)
    except (guarded.Malformed, UmkmError):
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
