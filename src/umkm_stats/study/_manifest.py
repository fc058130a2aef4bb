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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats import guarded
from umkm_stats._version import __version__
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.path import kernel

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
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # the system's own, of no one's making


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


@dataclass(frozen=True, slots=True)
class Input:
    """A file that goes into a study, as it is before it is read."""

    path: Path
    sha256: str
    bytes: int


def taken(paths: Mapping[str, Path]) -> dict[str, Input]:
    """The inputs with their digests; one that is not there is left to its reader, which says so."""
    return {
        role: Input(path, sha256(path), path.stat().st_size) for role, path in paths.items() if path.is_file()
    }


def make(
    inputs: Mapping[str, Input],
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
                "name": entry.path.name,
                "where": where(entry.path, folder),
                "sha256": entry.sha256,
                "bytes": entry.bytes,
            }
            for role, entry in inputs.items()
        },
        "settings": dict(settings),
        "origins": dict(origins),
        "call": dict(call),
        "versions": versions(),
        "kernel": kernel(),
        "platform": {"system": platform.system(), "machine": platform.machine(), "byteorder": sys.byteorder},
        "files": digests(part),
    }


def digests(part: Path) -> dict[str, str]:
    """File → SHA-256 of everything in a part folder."""
    return {
        path.relative_to(part).as_posix(): sha256(path)
        for path in sorted(part.rglob("*"))
        if path.is_file() and not path.name.startswith(".umkm-")
    }


def state(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """File → "missing", "changed" or "foreign", for every file that is not as the manifest has it.

    What the system and open programs leave behind is nobody's news.
    """
    found: dict[str, str] = {}
    for name, digest in manifest["files"].items():
        path = Path(folder) / name
        if not path.is_file():
            found[name] = "missing"
        elif sha256(path) != digest:
            found[name] = "changed"
    for path in sorted(Path(folder).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in manifest["files"] and name != NAME and not passing(path.name):
            found[name] = "foreign"
    return found


def passing(name: str) -> bool:
    """Whether a file is litter of the system, of other programs' locks, or of a run that was killed."""
    return name in LITTER or name.startswith(("~$", ".~lock.", ".umkm-"))


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a study folder, every part of it in its place.

    Raises ``UsageError`` STU030 (no manifest there), ``UmkmError`` STU031 (not readable, or a part is
    missing),
    STU032 (a newer schema).
    """
    path = Path(folder) / NAME
    if not path.is_file():
        raise UsageError("STU030", Place(file=Path(folder).name), {"folder": str(folder)})
    manifest = document(path, "STU031", SCHEMA)
    parts = {name: manifest.get(name) for name in ("inputs", "settings", "call", "versions", "files")}
    wrong = [name for name, part in parts.items() if not isinstance(part, dict)]
    if not wrong:
        inputs = manifest["inputs"].values()
        wrong += ["inputs"] * any(
            not isinstance(entry, dict) or not _texts(entry, "name", "sha256") for entry in inputs
        )
        wrong += ["files"] * any(
            not isinstance(digest, str) or not _inside(name) for name, digest in manifest["files"].items()
        )
        wrong += ["versions"] * any(not isinstance(told, str) for told in manifest["versions"].values())
        wrong += ["kernel"] * (not isinstance(manifest.get("kernel", ""), str))
    if wrong:
        raise UmkmError("STU031", Place(file=NAME, key=wrong[0]))
    return manifest


def results_of(base: Path) -> dict[str, Any]:
    """The results document of a study folder; ``UmkmError`` STU067 when it is missing or damaged."""
    found = document(base / RESULTS, "STU067")
    parts = found.get("parts")
    if not isinstance(parts, dict) or not all(isinstance(part, dict) for part in parts.values()):
        raise UmkmError("STU067", Place(file=RESULTS, key="parts"))
    return found


def document(path: Path, code: str, schema: str | None = None) -> dict[str, Any]:
    """A JSON file of a study folder as a mapping with its schema.

    Raises ``UmkmError`` ``code`` (missing, damaged, not a mapping), STU032 (another schema of ours).
    """
    try:
        found = guarded.read_json(path)
    except guarded.Malformed as error:
        raise UmkmError(code, Place(file=path.name, line=error.line)) from None
    if not isinstance(found, dict) or (schema is not None and not isinstance(found.get("schema"), str)):
        raise UmkmError(code, Place(file=path.name))
    if schema is not None and found["schema"] != schema:
        if found["schema"].partition("/")[0] != schema.partition("/")[0]:
            raise UmkmError(code, Place(file=path.name, key="schema"))
        raise UmkmError(
            "STU032", Place(file=path.name, key="schema"), {"received": found["schema"], "known": schema}
        )
    return found


def _texts(entry: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(entry.get(name), str) for name in names)


def _inside(name: str) -> bool:
    """Whether a name of the manifest stays within its folder."""
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def dump(value: Any) -> str:
    """Sorted JSON without NaN, one line end."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
