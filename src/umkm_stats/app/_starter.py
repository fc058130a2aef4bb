"""A file to double-click that opens the page: ``.cmd`` (Windows), ``.command`` (macOS), ``.desktop``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError

NAME = "umkm-stats"


def write_starter(folder: str | Path, *, where: str | Path = ".", system: str | None = None) -> Path:
    """Write the double-click starter of the page for a folder.

    Parameters
    ----------
    folder : str or Path
        The app's folder.
    where : str or Path, default "."
        Folder in which the starter is written.
    system : str, optional
        "win32", "darwin" or "linux"; None is this machine's.

    Returns
    -------
    Path
        The starter.

    Raises
    ------
    UmkmError
        APP003: it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from umkm_stats.app import write_starter
    >>> write_starter("penelitian", where=tempfile.mkdtemp(), system="win32").name
    'umkm-stats.cmd'
    """
    kind = system or sys.platform
    target = Path(os.path.abspath(folder))
    python = sys.executable or "python3"
    if kind == "win32":
        name = f"{NAME}.cmd"
        run = f'"{_percent(python)}" -m umkm_stats app --folder "{_percent(str(target))}"'
        text = "\r\n".join(("@echo off", "chcp 65001 >nul", run, "if errorlevel 1 pause", ""))
    elif kind == "darwin":
        name = f"{NAME}.command"
        text = f"#!/bin/sh\nexec {_shell(python)} -m umkm_stats app --folder {_shell(str(target))}\n"
    else:
        name = f"{NAME}.desktop"
        line = f"{_desktop(python)} -m umkm_stats app --folder {_desktop(str(target))}"
        text = f"[Desktop Entry]\nType=Application\nName=umkm-stats\nTerminal=true\nExec={line}\n"
    path = Path(where) / name
    try:
        atomic.write_bytes(path, text.encode())
        if kind != "win32":
            path.chmod(0o755)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UmkmError(
            "APP003", Place(file=name), {"folder": str(path.parent), "problem": problem}
        ) from None
    return path


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _desktop(text: str) -> str:
    """Quoted as the Desktop Entry Specification asks, field codes doubled."""
    out = text.replace("\\", "\\\\\\\\").replace('"', '\\\\"').replace("`", "\\\\`").replace("$", "\\\\$")
    return '"' + out.replace("%", "%%") + '"'
