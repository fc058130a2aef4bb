"""A YAML file as plain values that remember their lines; keys given twice are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place
from umkm_stats.instrument._error import InstrumentError, Word

Where = dict[tuple[Any, ...], int]


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

    Raises ``UmkmError`` INS003 (not YAML, with the line), INS004 (a key given twice) or INS005 (empty).
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    try:
        node = reader.compose(text)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = None if mark is None else mark.line + 1
        problem = str(fault.problem or fault.context or "").strip().rstrip(".")
        raise InstrumentError("INS003", Place(file=file, line=line), {"problem": problem}) from None
    except YAMLError as fault:
        raise InstrumentError("INS003", Place(file=file), {"problem": " ".join(str(fault).split())}) from None
    if node is None:
        raise InstrumentError("INS005", Place(file=file, line=1))
    lines: Where = {}
    return Tree(_value(node, (), lines, file, set()), lines, file)


def _value(node: Any, path: tuple[Any, ...], lines: Where, file: str, seen: set[int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    sort = str(getattr(node, "id", ""))
    if sort in ("mapping", "sequence"):
        if id(node) in seen:
            place = Place(file=file, line=lines[path], key=dotted(path) or None)
            raise InstrumentError("INS003", place, {"problem": Word("alias")})
        seen.add(id(node))
    if sort == "mapping":
        found: dict[Any, Any] = {}
        for key_node, entry in node.value:
            key = _scalar(key_node)
            line = key_node.start_mark.line + 1
            if key in found:
                first = lines[(*path, key)]
                raise InstrumentError(
                    "INS004", Place(file=file, line=line, key=str(key)), {"key": str(key), "first": first}
                )
            lines[(*path, key)] = line
            found[key] = _value(entry, (*path, key), lines, file, seen)
        return found
    if sort == "sequence":
        return [_value(entry, (*path, index), lines, file, seen) for index, entry in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    tag = str(node.tag).rsplit(":", 1)[-1]
    text = node.value
    if not isinstance(text, str):
        return str(text)
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        try:
            return int(text.replace("_", ""), 0)
        except ValueError:
            return int(text.replace("_", ""))
    if tag == "float":
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return text
    return text


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
    """Text and bytes of a file; ``UmkmError`` INS002 when it cannot be read as UTF-8 text."""
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig"), raw
    except UnicodeDecodeError:
        raise InstrumentError("INS002", Place(file=path.name), {"problem": Word("encoding")}) from None
    except OSError:
        raise InstrumentError("INS002", Place(file=path.name), {"problem": Word("system")}) from None
