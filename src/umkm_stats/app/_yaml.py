"""YAML files changed in place: comments and unknown keys stay, only what was asked for is another."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from umkm_stats import guarded
from umkm_stats.app._folder import Folder
from umkm_stats.errors import Place, UmkmError


def load(path: Path) -> Any:
    """The file as a document that remembers its comments; an empty one when it is not there.

    Raises ``UmkmError`` APP021 with the line when it is no YAML.
    """
    from ruamel.yaml.comments import CommentedMap

    if not path.is_file():
        return CommentedMap()
    plain = read(path)
    if plain is None:
        return CommentedMap()
    if not isinstance(plain, dict):
        raise broken(path, 1, "schema")
    return _tool().load(guarded.text_of(guarded.read_bytes(path, limit=guarded.YAML_BYTES)))


def read(path: Path) -> Any:
    """The file's plain values; None when it is empty. Raises as ``load`` does."""
    try:
        return guarded.read_yaml(path).data
    except guarded.Malformed as error:
        raise broken(path, error.line, error.problem) from None
    except guarded.Twice as error:
        raise broken(path, error.line, f"{error.key}: {error.first}, {error.line}") from None


def broken(path: Path, line: int | None, problem: str) -> UmkmError:
    """APP021: the file cannot be read as YAML."""
    return UmkmError("APP021", Place(file=path.name, line=line), {"problem": problem})


def of_text(text: str) -> Any:
    """A document from a text that ``text_of`` wrote."""
    return _tool().load(text)


def text_of(document: Any) -> str:
    """The document as text."""
    out = io.StringIO()
    _tool().dump(document, out)
    return out.getvalue()


def change(folder: Folder, path: Path, edit: Callable[[Any], None]) -> None:
    """Load, edit, write whole; nothing is written when the text stays the same."""
    document = load(path)
    before = text_of(document) if path.is_file() else ""
    edit(document)
    after = text_of(document)
    if after != before:
        folder.write(path, after)


def _tool() -> Any:
    from ruamel.yaml import YAML

    tool = YAML()
    tool.width = 4096
    tool.preserve_quotes = True
    tool.indent(mapping=2, sequence=4, offset=2)
    tool.allow_unicode = True
    return tool
