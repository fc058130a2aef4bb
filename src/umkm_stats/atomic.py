"""Writing that leaves either the whole new file or the old one.

A file is written beside its target, flushed to disk and moved over it. An interruption leaves no half-written
file. What two processes must not do at once is done under ``locked``.
"""

from __future__ import annotations

import contextlib
import os
import sys
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
def locked(path: Path) -> Iterator[None]:
    """Hold an operating-system lock on ``path`` (made when absent, removed at the end) while the block runs.

    The system frees it when the process ends in whatever way, so a killed run never blocks the next one.
    Raises ``BlockingIOError`` when another process holds it, ``OSError`` when the file cannot be made.
    """
    while True:
        stream = open(path, "a+b")  # noqa: SIM115
        try:
            _take(stream.fileno())
        except BaseException:
            stream.close()
            raise
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), os.stat(path)):
                break
        stream.close()  # its holder removed it in the meantime: begin anew
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps an open file; the next holder removes it
            path.unlink()
        stream.close()
        with contextlib.suppress(OSError):
            if os.name == "nt":
                path.unlink()


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
