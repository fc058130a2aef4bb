"""Writing ``study.yaml``: what is asked is set, every other line, remark and key stays as it stands."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from umkm_stats import atomic, guarded
from umkm_stats.errors import Place, UmkmError
from umkm_stats.results import jsonable
from umkm_stats.study._expected import problem, unreadable
from umkm_stats.study._file import SCHEMA, StudyFile

KEYS = tuple(name for name in StudyFile.model_fields if name != "schema_")


def write_study_file(path: str | Path, values: Mapping[str, Any]) -> Path:
    r"""Set values of a study file; one that is not there is begun.

    Comments, the order of the lines and keys that this version does not know stay. The file is replaced as a
    whole or not at all, and only when what it would hold is allowed.

    Parameters
    ----------
    path : str or Path
        The file. One that stands there must be a study file (``schema: umkm-study/1``).
    values : Mapping[str, Any]
        Key to value, as the study file has them; None takes a key out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UmkmError
        STU002-STU005: as reading a study file; STU110: another file stands there; STU111: the path is a link
        or a folder; STU112: the system refuses. Nothing is changed then.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.study import write_study_file
    >>> path = Path("begun.yaml")
    >>> _ = path.write_text("schema: umkm-study/1\ndraws: 500  # while we try\n", encoding="utf-8")
    >>> print(write_study_file(path, {"draws": 5000, "seed": 7}).read_text(encoding="utf-8"), end="")
    schema: umkm-study/1
    draws: 5000 # while we try
    seed: 7
    """
    target = Path(path)
    wanted = {str(key): _value(target, str(key), value) for key, value in values.items()}
    for key in wanted:
        if key not in KEYS:
            raise UmkmError("STU005", Place(file=target.name, key=key), {"key": key, "known": sorted(KEYS)})
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise UmkmError("STU111", Place(file=target.name))
    raw = _there(target)
    text, ends = (guarded.text_of(raw), "\r\n" if b"\r\n" in raw else "\n") if raw else ("", "\n")
    made = _with(text.replace("\r\n", "\n"), wanted) if text.strip() else _begun(wanted)
    _allowed(target, made, wanted)
    try:
        return atomic.write_bytes(target, made.replace("\n", ends).encode("utf-8"))
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UmkmError("STU112", Place(file=target.name), {"problem": problem}) from error


def _value(target: Path, key: str, value: Any) -> Any:
    try:
        return jsonable(value)
    except TypeError:
        place = Place(file=target.name, key=key)
        raise UmkmError("STU004", place, {"key": key, "problem": type(value).__name__}) from None


def _there(target: Path) -> bytes:
    """The bytes of the study file that stands there; b"" for none or an empty one."""
    if not target.exists():
        return b""
    try:
        raw = guarded.read_bytes(target, limit=guarded.YAML_BYTES)
        text = guarded.text_of(raw)
        data = guarded.parse_yaml(text, target.name).data
    except guarded.Malformed as error:
        place = Place(file=target.name, line=error.line)
        raise UmkmError("STU002", place, {"problem": error.problem}) from None
    except guarded.Twice as error:
        place = Place(file=target.name, line=error.line, key=error.key)
        raise UmkmError("STU002", place, {"problem": f"{error.key}: {error.first}, {error.line}"}) from None
    if not text.strip():
        return b""
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str) or not schema.startswith("umkm-study/"):
        raise UmkmError("STU110", Place(file=target.name))
    if schema != SCHEMA:
        place = Place(file=target.name, line=1, key="schema")
        raise UmkmError("STU003", place, {"received": schema, "known": SCHEMA})
    return raw


def _begun(wanted: Mapping[str, Any]) -> str:
    given = {key: wanted[key] for key in KEYS if wanted.get(key) is not None}
    return _dumped({"schema": SCHEMA, **given}, sequence=4, offset=2)


def _with(text: str, wanted: Mapping[str, Any]) -> str:
    """The text with the values set where they stand, or at its end."""
    from ruamel.yaml import YAML
    from ruamel.yaml.util import load_yaml_guess_indent

    _, indent, offset = load_yaml_guess_indent(text)
    loader = YAML(typ="rt")
    loader.preserve_quotes = True
    data = loader.load(text)
    for key, value in wanted.items():
        if value is None:
            data.pop(key, None)
        else:
            _set(data, key, value)
    made = _dumped(data, sequence=indent or 4, offset=2 if offset is None else offset)
    left = set(_remarks(made))
    lost = [line for line in _remarks(text) if line not in left]  # stood below an entry that was taken out
    return made + "".join(f"{line}\n" for line in lost)


def _remarks(text: str) -> list[str]:
    """The lines that are nothing but a remark."""
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


def _set(parent: Any, key: Any, value: Any) -> None:
    """Put a value in its place; parts of it that stay the same keep their remarks."""
    old = parent.get(key) if isinstance(parent, dict) else parent[key]
    if old is not None and _same(old, value):
        return
    if isinstance(old, dict) and isinstance(value, dict):
        for name in [name for name in old if name not in value]:
            del old[name]
        for name, entry in value.items():
            _set(old, name, entry)
    elif isinstance(old, list) and isinstance(value, list):
        kept = list(old)
        del old[:]
        for entry in value:
            same = next((e for e in kept if _same(e, entry)), None)
            old.append(entry if same is None else same)
    else:
        parent[key] = value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _dumped(data: Any, *, sequence: int, offset: int) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="rt")
    writer.preserve_quotes = True
    writer.width = 4096
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=max(sequence, offset + 2), offset=offset)
    out = io.StringIO()
    writer.dump(data, out)
    return out.getvalue()


def _allowed(target: Path, made: str, wanted: Mapping[str, Any]) -> None:
    """Refuse what a reader of study files would refuse, before anything is written."""
    try:
        read = guarded.parse_yaml(made, target.name)
    except (guarded.Malformed, guarded.Twice) as error:
        raise UmkmError("STU002", Place(file=target.name), {"problem": unreadable(str(error))}) from None
    known = {key: read.data[key] for key in ("schema", *KEYS) if key in read.data}
    try:
        StudyFile.model_validate(known)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        asked = str(first["loc"][0]) in wanted if first["loc"] else False
        line = None if asked else read.line(tuple(first["loc"]))
        raise UmkmError(
            "STU004", Place(file=target.name, line=line, key=key), {"key": key, "problem": problem(first)}
        ) from error
