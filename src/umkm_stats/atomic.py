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
    """A temporary path beside a file; when the block ends well, it is moved over the file.

    Parameters
    ----------
    target : Path
        The file to write or replace.

    Yields
    ------
    Path
        The path to write to.

    Raises
    ------
    OSError
        As the system gives it: ``PermissionError`` on Windows when the file is open in another program. The
        rooms turn it into a coded error.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import atomic
    >>> with atomic.replacing(Path("whole.txt")) as part:
    ...     _ = part.write_text("all of it", encoding="utf-8")
    >>> Path("whole.txt").read_text(encoding="utf-8")
    'all of it'
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
    """Write a text as a whole or not at all, with line feeds as line ends.

    Parameters
    ----------
    target : Path
        The file to write or replace.
    text : str
        Its text.
    encoding : str, default "utf-8"
        Its encoding.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        As the system gives it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import atomic
    >>> atomic.write_text(Path("whole.txt"), "all of it").name
    'whole.txt'
    """
    with replacing(target) as part:
        part.write_text(text, encoding=encoding, newline="\n")
    return Path(target)


def write_bytes(target: Path, data: bytes) -> Path:
    """Write bytes as a whole or not at all.

    Parameters
    ----------
    target : Path
        The file to write or replace.
    data : bytes
        Its bytes.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        As the system gives it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import atomic
    >>> atomic.write_bytes(Path("whole.bin"), b"abc").stat().st_size
    3
    """
    with replacing(target) as part:
        part.write_bytes(data)
    return Path(target)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an operating-system lock on a file while the block runs.

    The file is made when absent and removed at the end. The system frees the lock when the process ends in
    whatever way, so a killed run never blocks the next one.

    Parameters
    ----------
    path : Path
        The file of the lock.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    BlockingIOError
        Another process holds it.
    OSError
        The file cannot be made.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import atomic
    >>> with atomic.locked(Path("held.lock")):
    ...     Path("held.lock").exists()
    True
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
