"""One guarded reader for every YAML and JSON file that a user can hand in.

No aliases, no tags of other programs, bounded size and depth, numbers that are numbers, text that can be
written again; every value remembers its line. What is wrong is either ``Malformed`` (no YAML or JSON at
all: each room says so with its own code) or a coded error with file and line.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError

YAML_BYTES = 2_000_000
JSON_BYTES = 500_000_000
DEPTH = 30
LARGEST = 2**63 - 1
Where = dict[tuple[Any, ...], int]
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CORE = frozenset({"null", "bool", "int", "float", "str", "map", "seq", "timestamp", "merge", "value"})


class Malformed(ValueError):
    """The text is not in the format.

    Parameters
    ----------
    problem : str
        What is wrong, in the parser's words.
    line : int, optional
        Line of the file, from 1; None where it is not known.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> try:
    ...     guarded.parse_yaml("a: [1", "study.yaml")
    ... except guarded.Malformed as fault:
    ...     fault.line
    1
    """

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


class Twice(ValueError):
    r"""A key stands twice.

    Parameters
    ----------
    key : str
        The key.
    line : int
        Line of its second place, from 1.
    first : int
        Line of its first place.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> try:
    ...     guarded.parse_yaml("draws: 1\ndraws: 2\n", "study.yaml")
    ... except guarded.Twice as fault:
    ...     fault.key, fault.first, fault.line
    ('draws', 1, 2)
    """

    def __init__(self, key: str, line: int, first: int) -> None:
        super().__init__(key)
        self.key, self.line, self.first = key, line, first


@dataclass(frozen=True, slots=True)
class Document:
    r"""Plain values of a file and the line of every key and entry.

    Attributes
    ----------
    data : Any
        The values; None for an empty text.
    lines : Where
        Path of a key or entry to its line, from 1.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> guarded.parse_yaml("draws: 5000\n", "study.yaml").data
    {'draws': 5000}
    """

    data: Any
    lines: Where

    def line(self, path: tuple[Any, ...]) -> int:
        r"""Line of an entry, or of the nearest entry above it.

        Parameters
        ----------
        path : tuple[Any, ...]
            Keys and positions (from 0) that lead to the entry.

        Returns
        -------
        int
            Line, from 1.

        Examples
        --------
        >>> from umkm_stats import guarded
        >>> guarded.parse_yaml("a: 1\nb:\n  - x\n  - y\n", "study.yaml").line(("b", 1))
        4
        """
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def read_bytes(path: Path, *, limit: int) -> bytes:
    """The bytes of a file.

    Parameters
    ----------
    path : Path
        The file.
    limit : int
        Largest size, in bytes.

    Returns
    -------
    bytes
        Its bytes.

    Raises
    ------
    Malformed
        The system refuses.
    UmkmError
        GEN010: it is larger than ``limit``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import guarded
    >>> _ = Path("small.yaml").write_bytes(b"draws: 5000")
    >>> guarded.read_bytes(Path("small.yaml"), limit=1000)
    b'draws: 5000'
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        raise Malformed(error.strerror or type(error).__name__) from None
    if len(raw) > limit:
        raise UmkmError("GEN010", Place(file=path.name), {"size": limit // 1_000_000, "depth": DEPTH})
    return raw


def text_of(raw: bytes) -> str:
    r"""UTF-8 text, with or without a mark at its beginning.

    Parameters
    ----------
    raw : bytes
        The bytes.

    Returns
    -------
    str
        The text.

    Raises
    ------
    Malformed
        It is no UTF-8.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> guarded.text_of(b"\xef\xbb\xbfdraws")
    'draws'
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("UTF-8", raw[: error.start].count(b"\n") + 1) from None


def read_yaml(path: Path, *, texts: bool = False) -> Document:
    """A YAML file as plain values with lines.

    Parameters
    ----------
    path : Path
        The file.
    texts : bool, default False
        Whether every scalar stays the text it is written as.

    Returns
    -------
    Document
        Values and lines.

    Raises
    ------
    Malformed, Twice, UmkmError
        As ``parse_yaml`` has them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import guarded
    >>> _ = Path("small.yaml").write_text("draws: 5000", encoding="utf-8")
    >>> guarded.read_yaml(Path("small.yaml"), texts=True).data
    {'draws': '5000'}
    """
    return parse_yaml(text_of(read_bytes(path, limit=YAML_BYTES)), path.name, texts=texts)


def parse_yaml(text: str, file: str, *, texts: bool = False) -> Document:
    r"""YAML 1.2 text as plain values with lines; ``NO`` and ``2020-99-99`` are text.

    Parameters
    ----------
    text : str
        The text.
    file : str
        Bare name of the file, for the messages.
    texts : bool, default False
        Whether every scalar stays the text it is written as.

    Returns
    -------
    Document
        Values and lines; ``data`` is None for an empty text.

    Raises
    ------
    Malformed
        It is no YAML.
    Twice
        A key stands twice.
    UmkmError
        GEN010: too large or deep; GEN011: an alias, or a tag of another program; GEN012: a number out of
        range, a character that no document can hold.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> guarded.parse_yaml("answer: NO\n", "study.yaml").data
    {'answer': 'NO'}
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(text) > YAML_BYTES:
        raise UmkmError("GEN010", Place(file=file), {"size": YAML_BYTES // 1_000_000, "depth": DEPTH})
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        said = str(fault.problem or fault.context or "YAML").strip().rstrip(".")
        raise Malformed(said, None if mark is None else mark.line + 1) from None
    except RecursionError:
        raise UmkmError(
            "GEN010", Place(file=file), {"size": YAML_BYTES // 1_000_000, "depth": DEPTH}
        ) from None
    except (
        YAMLError,
        ValueError,
        OverflowError,
        AssertionError,
        LookupError,
        AttributeError,
        TypeError,
    ) as fault:
        said = " ".join(str(fault).split()) or type(fault).__name__
        raise Malformed(said[:200]) from None
    lines: Where = {}
    if node is None:
        return Document(None, lines)
    return Document(_Reader(file, texts, lines).value(node, ()), lines)


class _Reader:
    """Nodes of one file as plain values."""

    def __init__(self, file: str, texts: bool, lines: Where) -> None:
        self.file, self.texts, self.lines = file, texts, lines
        self.seen: set[int] = set()

    def refuse(self, code: str, node: Any, path: tuple[Any, ...], **params: Any) -> UmkmError:
        key = ".".join(str(part) for part in path) or None
        return UmkmError(code, Place(file=self.file, line=node.start_mark.line + 1, key=key), params)

    def value(self, node: Any, path: tuple[Any, ...]) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > DEPTH:
            raise self.refuse("GEN010", node, path[:3], size=YAML_BYTES // 1_000_000, depth=DEPTH)
        if id(node) in self.seen:
            raise self.refuse("GEN011", node, path, received=f"*{node.anchor or ''}")
        self.seen.add(id(node))
        tag = str(node.tag)
        if tag.rsplit(":", 1)[-1] not in _CORE or not tag.startswith("tag:yaml.org,2002:"):
            raise self.refuse("GEN011", node, path, received=tag.replace("tag:yaml.org,2002:", "!!")[:40])
        if node.id == "mapping":
            return self.mapping(node, path)
        if node.id == "sequence":
            return [self.value(entry, (*path, place)) for place, entry in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: Any, path: tuple[Any, ...]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, entry in node.value:
            if key_node.id != "scalar":
                raise self.refuse("GEN012", key_node, path, received="? [ ]")
            key = self.value(key_node, (*path, ""))
            self.lines.pop((*path, ""), None)
            line = key_node.start_mark.line + 1
            if key in found:
                raise Twice(str(key), line, self.lines.get((*path, key), line))
            self.lines[(*path, key)] = line
            found[key] = self.value(entry, (*path, key))
        return found

    def scalar(self, node: Any, path: tuple[Any, ...]) -> Any:
        text = str(node.value)
        if _UNWRITABLE.search(text):
            raise self.refuse("GEN012", node, path, received=ascii(text)[1:41])
        tag = str(node.tag).rsplit(":", 1)[-1]
        if self.texts or tag not in ("null", "bool", "int", "float"):
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        number = _number(text, tag)
        if number is None:
            raise self.refuse("GEN012", node, path, received=text[:40])
        return number


def _number(text: str, tag: str) -> int | float | None:
    plain = text.replace("_", "")
    if len(plain) > 400:
        return None
    try:
        if tag == "int":
            try:
                whole = int(plain, 0)
            except ValueError:
                whole = int(plain)
            return whole if abs(whole) <= LARGEST else None
        real = float(plain)
    except ValueError:
        return None
    return real if math.isfinite(real) else None


def read_json(path: Path) -> Any:
    """A JSON file: finite numbers, text that can be written again.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Any
        Plain values.

    Raises
    ------
    Malformed
        It is no JSON.
    UmkmError
        GEN010: too large or deep; GEN012: NaN, a number out of range, a lone surrogate.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import guarded
    >>> _ = Path("small.json").write_text('{"draws": 5000}', encoding="utf-8")
    >>> guarded.read_json(Path("small.json"))
    {'draws': 5000}
    """
    text = text_of(read_bytes(path, limit=JSON_BYTES))

    def refused(received: str) -> Any:
        raise UmkmError("GEN012", Place(file=path.name), {"received": received[:40]})

    def whole(written: str) -> int:
        number = None if len(written) > 25 else int(written)
        return number if number is not None and abs(number) < 2**64 else refused(written)

    def real(written: str) -> float:
        number = float(written)
        return number if math.isfinite(number) else refused(written)

    try:
        data = json.loads(text, parse_constant=refused, parse_int=whole, parse_float=real)
    except json.JSONDecodeError as error:
        raise Malformed(error.msg, error.lineno) from None
    except RecursionError:
        raise UmkmError(
            "GEN010", Place(file=path.name), {"size": JSON_BYTES // 1_000_000, "depth": DEPTH}
        ) from None
    if "\\u" in text and (lone := _surrogate(data)):
        refused(ascii(lone)[1:-1])
    return data


def _surrogate(data: Any) -> str:
    """The first text that holds half a character, or nothing."""
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and _SURROGATE.search(value):
            return value
    return ""


_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n?)+)", re.MULTILINE)


def explained(schema: dict[str, Any]) -> dict[str, Any]:
    r"""A JSON Schema made from classes with numpydoc docstrings, in the words that editors show.

    A description ends where the sections of the docstring begin; a key gets what the section Attributes says
    of it.

    Parameters
    ----------
    schema : dict[str, Any]
        A JSON Schema with the docstrings as descriptions; it is changed.

    Returns
    -------
    dict[str, Any]
        The same schema.

    Examples
    --------
    >>> from umkm_stats import guarded
    >>> said = "Sizes.\n\nAttributes\n----------\nn : int\n    Rows.\n"
    >>> guarded.explained({"description": said, "properties": {"n": {}}})
    {'description': 'Sizes.', 'properties': {'n': {'description': 'Rows.'}}}
    """
    for part in (schema, *schema.get("$defs", {}).values()):
        head, *sections = _SECTION.split(part.get("description", "") + "\n")
        if not sections:
            continue
        part["description"] = head.strip()
        told = dict(zip(sections[::2], sections[1::2], strict=True)).get("Attributes", "")
        keys = part.get("properties", {})
        for names, said in _ENTRY.findall(told):
            for name in names.split(", "):
                key = next(
                    (k for k in (name, name.rstrip("_"), name.removesuffix("_code")) if k in keys), None
                )
                if key is not None:
                    keys[key].setdefault("description", " ".join(said.split()))
    return schema
