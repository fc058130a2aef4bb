"""``claims.yaml``: a list of printed numbers with what they are, read with line numbers and digits kept as
text."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError

SCHEMA = "umkm-claims/1"
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry: kind, where the paper prints it, its fields (scalars as text), and its line in the file."""

    kind: str
    where: str
    fields: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Claims:
    """A whole file: title, source and the claims in order."""

    title: str
    source: str
    entries: tuple[Claim, ...]


def read_claims(path: str | Path) -> Claims:
    """Read ``claims.yaml``.

    Raises ``UmkmError`` with file, line and key: REV020 (no such file), REV021 (not YAML, aliases, or too
    large), REV022 (schema missing or newer), REV023 (structure), REV024 (a key twice).
    """
    path = Path(path)
    if not path.is_file():
        raise UmkmError("REV020", Place(file=path.name))
    if path.stat().st_size > MAX_BYTES:
        raise UmkmError("REV021", Place(file=path.name), {"reason": f"> {MAX_BYTES // 1_000_000} MB"})
    root = _compose(path)
    top = _plain(root, path.name)
    if not isinstance(top, dict):
        raise UmkmError("REV023", Place(file=path.name, line=1), {"expected": "schema, title, claims"})
    if top.get("schema") != SCHEMA:
        raise UmkmError(
            "REV022",
            Place(file=path.name, key="schema"),
            {"received": str(top.get("schema")), "expected": SCHEMA},
        )
    listed = top.get("claims")
    if not isinstance(listed, list) or not listed:
        raise UmkmError("REV023", Place(file=path.name, key="claims"), {"expected": "claims: [- kind: …]"})
    lines = _claim_lines(root)
    entries = []
    for entry, line in zip(listed, lines, strict=True):
        if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
            raise UmkmError("REV023", Place(file=path.name, line=line, key="kind"), {"expected": "- kind: …"})
        fields = {key: value for key, value in entry.items() if key not in ("kind", "where", "comment")}
        entries.append(Claim(entry["kind"], str(entry.get("where", "")), fields, line))
    return Claims(str(top.get("title", path.stem)), str(top.get("source", "")), tuple(entries))


def _compose(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
        return YAML(pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else mark.line + 1
        raise UmkmError(
            "REV021", Place(file=path.name, line=line), {"reason": str(error.problem or "YAML")}
        ) from None
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise UmkmError("REV021", Place(file=path.name), {"reason": type(error).__name__}) from None


def _plain(node: Any, file: str, depth: int = 0, seen: frozenset[int] = frozenset()) -> Any:
    """Nodes as dicts, lists and text; an alias or deep nesting is refused."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    if node is None:
        return None
    line = node.start_mark.line + 1
    if depth > 12 or id(node) in seen:
        raise UmkmError("REV021", Place(file=file, line=line), {"reason": "nesting"})
    inner = seen | {id(node)}
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(entry, file, depth + 1, inner) for entry in node.value]
    if isinstance(node, MappingNode):
        out: dict[str, Any] = {}
        for key, value in node.value:
            name = str(_plain(key, file, depth + 1, inner))
            if name in out:
                raise UmkmError(
                    "REV024", Place(file=file, line=key.start_mark.line + 1, key=name), {"name": name}
                )
            out[name] = _plain(value, file, depth + 1, inner)
        return out
    raise UmkmError("REV021", Place(file=file, line=line), {"reason": type(node).__name__})


def _claim_lines(root: Any) -> list[int]:
    for key, value in root.value:
        if key.value == "claims":
            return [entry.start_mark.line + 1 for entry in value.value]
    return []


def taken(
    claim: Claim,
    file: str,
    *,
    needed: tuple[str, ...],
    optional: tuple[str, ...],
    numbers: Callable[[Any], bool],
) -> dict[str, Any]:
    """The fields of a claim after checking names and numbers.

    Raises ``UmkmError`` REV025 (a field is missing), REV026 (unknown field, with the nearest one), REV027 (a
    value is no number).
    """
    absent = [name for name in needed if name not in claim.fields]
    if absent:
        raise UmkmError(
            "REV025",
            Place(file=file, line=claim.line, key=absent[0]),
            {"kind": claim.kind, "missing": absent},
        )
    for name, value in claim.fields.items():
        if name not in needed + optional:
            near = difflib.get_close_matches(name, needed + optional, n=1)
            raise UmkmError(
                "REV026",
                Place(file=file, line=claim.line, key=name),
                {"name": name, "kind": claim.kind, "near": near[0] if near else ", ".join(needed + optional)},
            )
        if not isinstance(value, (dict, list)) and not numbers((name, value)):
            raise UmkmError(
                "REV027",
                Place(file=file, line=claim.line, key=name),
                {"name": name, "received": str(value)[:40]},
            )
    return dict(claim.fields)
