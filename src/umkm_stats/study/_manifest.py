"""``manifest.json``: what went in, with which options and versions, and the SHA-256 of everything written."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from umkm_stats._version import __version__
from umkm_stats.errors import Place, UmkmError, UsageError

SCHEMA = "umkm-manifest/1"
NAME = "manifest.json"
RESULTS = "results.json"
PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "pingouin",
    "semopy",
    "factor_analyzer",
    "openpyxl",
    "python-docx",
    "matplotlib",
    "pydantic",
)
BUNDLED = "bundled:"


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Python, this library and the libraries whose numbers or files it passes on."""
    found = {"python": platform.python_version(), "umkm-stats": __version__}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def bundled_root() -> Path:
    """The folder of the bundled instruments: inside the installed package, else beside the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_instruments"
    return inside if inside.is_dir() else package.parents[1] / "instruments"


def where(path: Path, folder: Path) -> str:
    """How the manifest remembers an input: relative to the folder, or within the bundled instruments."""
    absolute = path.resolve()
    root = bundled_root().resolve()
    if absolute.is_relative_to(root):
        return BUNDLED + absolute.relative_to(root).as_posix()
    try:
        return Path(os.path.relpath(absolute, folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return absolute.as_posix()


def locate(told: str, folder: Path) -> Path:
    """The path of an input as the manifest tells it."""
    if told.startswith(BUNDLED):
        return bundled_root() / told.removeprefix(BUNDLED)
    return folder / told


def make(
    inputs: Mapping[str, Path],
    settings: Mapping[str, Any],
    origins: Mapping[str, str],
    call: Mapping[str, Any],
    part: Path,
    folder: Path,
) -> dict[str, Any]:
    """The manifest of a finished part folder that will become ``folder``."""
    return {
        "schema": SCHEMA,
        "created": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
        "inputs": {
            role: {
                "name": path.name,
                "where": where(path, folder),
                "sha256": sha256(path),
                "bytes": path.stat().st_size,
            }
            for role, path in inputs.items()
        },
        "settings": dict(settings),
        "origins": dict(origins),
        "call": dict(call),
        "versions": versions(),
        "platform": {"system": platform.system(), "machine": platform.machine(), "byteorder": sys.byteorder},
        "files": {
            path.relative_to(part).as_posix(): sha256(path)
            for path in sorted(part.rglob("*"))
            if path.is_file()
        },
    }


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a study folder.

    Raises ``UsageError`` STU030 (no manifest there), ``UmkmError`` STU031 (not readable), STU032 (a newer
    schema).
    """
    path = Path(folder) / NAME
    if not path.is_file():
        raise UsageError("STU030", Place(file=Path(folder).name), {"folder": str(folder)})
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        schema = str(manifest["schema"])
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise UmkmError("STU031", Place(file=NAME)) from error
    if schema != SCHEMA:
        raise UmkmError("STU032", Place(file=NAME, key="schema"), {"received": schema, "known": SCHEMA})
    return dict(manifest)


def dump(value: Any) -> str:
    """Sorted JSON without NaN, one line end."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
