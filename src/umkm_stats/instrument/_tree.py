"""A YAML file as plain values that remember their lines; keys given twice are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umkm_stats import guarded
from umkm_stats.errors import Place, UmkmError
from umkm_stats.instrument._error import InstrumentError, Word

Where = guarded.Where


class Tree:
    """Plain values of a file (``.data``) and the line of every key and entry (``.line(path)``, from 1)."""

    def __init__(self, data: Any, lines: Where, file: str) -> None:
        self.data = data
        self.lines = lines
        self.file = file

    def line(self, path: tuple[Any, ...]) -> int:
        """Line of the entry at ``path``, or of the nearest entry above it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def place(self, path: tuple[Any, ...], key: str | None = None) -> Place:
        """Where ``path`` stands; ``key`` defaults to its written form ``questions[3].text.id``."""
        return Place(file=self.file, line=self.line(path), key=key or dotted(path) or None)


def dotted(path: tuple[Any, ...]) -> str:
    """``questions[3].text.id``: entries of a list are counted from 1."""
    said = ""
    for part in path:
        said += f"[{part + 1}]" if isinstance(part, int) and not said.endswith("labels") else f".{part}"
    return said.lstrip(".")


def read_tree(text: str, file: str) -> Tree:
    """Read YAML 1.2 text (``NO`` is text, ``yes`` is text).

    Raises ``UmkmError`` INS003 (not YAML, with the line; an alias), INS004 (a key given twice), INS005
    (empty),
    and GEN010–GEN012 of ``parse_yaml``.
    """
    try:
        read = guarded.parse_yaml(text, file)
    except guarded.Malformed as fault:
        place = Place(file=file, line=fault.line)
        raise InstrumentError("INS003", place, {"problem": fault.problem}) from None
    except guarded.Twice as fault:
        place = Place(file=file, line=fault.line, key=fault.key)
        raise InstrumentError("INS004", place, {"key": fault.key, "first": fault.first}) from None
    except UmkmError as fault:
        if fault.code == "GEN011" and str(fault.params["received"]).startswith("*"):
            raise InstrumentError("INS003", fault.place, {"problem": Word("alias")}) from None
        raise
    if read.data is None:
        raise InstrumentError("INS005", Place(file=file, line=1))
    return Tree(read.data, read.lines, file)


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every entry of plain values with its path, parents first."""
    yield path, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from walk(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from walk(entry, (*path, index))


def read_file(path: Path) -> tuple[str, bytes]:
    """Text and bytes of a file; ``UmkmError`` INS002 when it cannot be read as UTF-8 text, GEN010 when it is
    too
    large."""
    try:
        raw = guarded.read_bytes(path, limit=guarded.YAML_BYTES)
    except guarded.Malformed:
        raise InstrumentError("INS002", Place(file=path.name), {"problem": Word("system")}) from None
    try:
        return guarded.text_of(raw), raw
    except guarded.Malformed as fault:
        place = Place(file=path.name, line=fault.line)
        raise InstrumentError("INS002", place, {"problem": Word("encoding")}) from None
