"""Earlier versions of a bundled instrument: ``name@version``, for answers collected with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from umkm_stats.errors import UsageError

FILE = "instrument.yaml"
_VERSION = re.compile(r"^version:\s*[\"']?([^\"'\s#]+)", re.MULTILINE)


def version_of(path: Path) -> str:
    """The version an instrument file states; empty when it states none."""
    found = _VERSION.search(path.read_text(encoding="utf-8", errors="replace"))
    return found.group(1) if found else ""


def versions(name: str, folders: Iterable[Path]) -> dict[str, Path]:
    """Version → file of a bundled instrument, the present one first."""
    found: dict[str, Path] = {}
    for folder in folders:
        present = folder / name / FILE
        if present.is_file():
            found.setdefault(version_of(present), present)
        for earlier in sorted((folder / name).glob(f"versions/*/{FILE}")):
            found.setdefault(earlier.parent.name, earlier)
    return found


def locate_version(given: str, folders: Iterable[Path]) -> Path | None:
    """The file of ``name@version``; None when it is not written so or no such instrument is bundled.

    Raises ``UsageError`` INS140 with the versions there are.
    """
    name, mark, version = given.partition("@")
    if not mark or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return None
    known = versions(name, folders)
    if known and version not in known:
        raise UsageError("INS140", params={"name": name, "version": version, "known": list(known)})
    return known.get(version)
