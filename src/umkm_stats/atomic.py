"""Writing that leaves either the whole new file or the old one.

A file is written beside its target, flushed to disk and moved over it. A folder is filled as ``.NAME.part``
and moved into place at the end. An interruption leaves no half-written file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside ``target``; when the block ends well, move it over ``target``.

    Raises ``OSError`` of the operating system (``PermissionError`` on Windows when the target is open in
    another program); the rooms turn it into a coded error.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f".{target.stem[:40]}.", suffix=target.suffix or ".tmp", dir=target.parent
    )
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        if os.name == "posix":
            umask = os.umask(0)
            os.umask(umask)
            part.chmod(0o666 & ~umask)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_text(target: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write ``text`` atomically with "\\n" line ends; returns ``target``."""
    with replacing(target) as part:
        part.write_text(text, encoding=encoding, newline="\n")
    return Path(target)


def write_bytes(target: Path, data: bytes) -> Path:
    """Write ``data`` atomically; returns ``target``."""
    with replacing(target) as part:
        part.write_bytes(data)
    return Path(target)


@contextlib.contextmanager
def filling(folder: Path, *, keep: tuple[str, ...] = ()) -> Iterator[Path]:
    """Give an empty ``.NAME.part`` folder; when the block ends well it becomes ``folder``.

    An existing ``folder`` is replaced as a whole (its files named in ``keep`` are carried over first); when
    the block fails it is untouched and the part folder is removed.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.parent / f".{folder.name}.part"
    if part.exists():
        shutil.rmtree(part)
    part.mkdir()
    try:
        yield part
        old = folder.parent / f".{folder.name}.old"
        if old.exists():
            shutil.rmtree(old)
        if folder.exists():
            for name in keep:
                if (folder / name).exists() and not (part / name).exists():
                    shutil.copy2(folder / name, part / name)
            os.replace(folder, old)
        try:
            os.replace(part, folder)
        except OSError:
            if old.exists():
                os.replace(old, folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)
