"""Finding, reading and checking an instrument file."""

from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.instrument import _crossing, _faults
from umkm_stats.instrument._definition import SCHEMA
from umkm_stats.instrument._error import InstrumentError, Word
from umkm_stats.instrument._instrument import Instrument
from umkm_stats.instrument._tree import Tree, read_file, read_tree
from umkm_stats.instrument._versions import locate_version

FILE = "instrument.yaml"


def folders() -> tuple[Path, ...]:
    """Where bundled instruments may stand: inside the installed package, then beside a checkout."""
    package = Path(__file__).resolve().parents[1]
    return tuple(
        folder for folder in (package / "_instruments", package.parents[1] / "instruments") if folder.is_dir()
    )


def available_instruments() -> tuple[str, ...]:
    """Names of the bundled instruments, sorted.

    Returns
    -------
    tuple[str, ...]
        Names that ``load_instrument`` takes.

    Examples
    --------
    >>> from umkm_stats.instrument import available_instruments
    >>> available_instruments()
    ('msme_colombia', 'umkm_inovasi')
    """
    return tuple(sorted({entry.parent.name for folder in folders() for entry in folder.glob(f"*/{FILE}")}))


def locate(name_or_path: str | Path) -> Path:
    """The instrument file for a bundled name, a bundled name with its version (``umkm_inovasi@1.0.0``), a
    file or a folder that holds ``instrument.yaml``.

    Raises ``UsageError`` INS001 with the nearest match and the bundled names, INS140 for an unknown version.
    """
    given = Path(name_or_path)
    for candidate in (given, given / FILE):
        if candidate.is_file():
            return candidate
    name = str(name_or_path)
    if given.name == name:
        for folder in folders():
            if (folder / name / FILE).is_file():
                return folder / name / FILE
    earlier = locate_version(name, folders())
    if earlier is not None:
        return earlier
    known = available_instruments()
    near = difflib.get_close_matches(name, known, n=1)
    code = "INS006" if near else "INS001"
    raise UsageError(code, params={"name": name, "known": list(known), "near": near[0] if near else ""})


def load_instrument(name_or_path: str | Path) -> Instrument:
    """Load an instrument by bundled name, name and version, file or folder.

    Parameters
    ----------
    name_or_path : str or Path
        A bundled name ("umkm_inovasi"), a bundled name with its version ("umkm_inovasi@1.0.0"), a file, or a
        folder that holds ``instrument.yaml``.

    Returns
    -------
    Instrument
        The instrument, frozen.

    Raises
    ------
    UsageError
        INS001, INS006: no such instrument; INS140: no such version of it.
    UmkmError
        INS002-INS005: the file cannot be read as YAML; INS007-INS019: the definition is wrong. File, line,
        key and remedy are given, and ``.others`` holds the remaining faults of the same file.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> instrument = load_instrument("umkm_inovasi")
    >>> instrument.item("PID1").text["en"]
    'We create new designs that differ from our old products.'
    >>> instrument.model("M1").x, instrument.model("M1").m, instrument.model("M1").y
    (('PI',), ('OI',), ('NP',))
    """
    path = locate(name_or_path)
    text, raw = read_file(path)
    return _load(str(path), text, hashlib.sha256(raw).hexdigest())


def as_instrument(instrument: Instrument | str | Path) -> Instrument:
    """The instrument itself, or the one that a bundled name, a file or a folder stands for.

    Every door that takes an instrument takes it through here.

    Parameters
    ----------
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.

    Returns
    -------
    Instrument
        The instrument.

    Raises
    ------
    UsageError
        INS126: anything else; and what ``load_instrument`` raises.

    Examples
    --------
    >>> from umkm_stats.instrument import as_instrument
    >>> as_instrument("umkm_inovasi").name
    'umkm_inovasi'
    """
    if isinstance(instrument, Instrument):
        return instrument
    if isinstance(instrument, (str, Path)):
        return load_instrument(instrument)
    raise UsageError("INS126", params={"received": type(instrument).__name__})


@functools.lru_cache(maxsize=16)
def _load(path: str, text: str, digest: str) -> Instrument:
    return parse(text, file=Path(path).name, origin=path, digest=digest)


def parse(text: str, *, file: str = FILE, origin: str = "", digest: str = "") -> Instrument:
    """An instrument from YAML text; the errors are those of ``load_instrument``."""
    tree = read_tree(text, file)
    instrument, faults = build(tree)
    if instrument is None or faults:
        first = faults[0]
        first.others = tuple(faults[1:])
        raise first
    instrument._origin = origin
    instrument._digest = digest
    return instrument


def build(tree: Tree) -> tuple[Instrument | None, list[InstrumentError]]:
    """The instrument, or None, and every fault of schema and cross-references, by line."""
    _check_schema(tree)
    try:
        instrument = Instrument.model_validate(defaults(tree.data))
    except ValidationError as fault:
        return None, _faults.coded(fault, tree)
    faults = _crossing.faults(instrument, tree)
    return instrument, sorted(faults, key=lambda error: error.place.line or 0)


def defaults(data: Mapping[str, Any]) -> dict[str, Any]:
    """The file's values as the schema takes them."""
    return {str(key): value for key, value in data.items()}


def _check_schema(tree: Tree) -> None:
    if not isinstance(tree.data, dict):
        raise InstrumentError(
            "INS009", tree.place(()), {"expected": Word("mapping"), "received": Word("list")}
        )
    given = tree.data.get("schema")
    family, _, number = SCHEMA.partition("/")
    if given == SCHEMA:
        return
    text = str(given)
    head, _, said = text.partition("/")
    if head == family and said.isdigit() and int(said) > int(number):
        raise UmkmError("INS008", tree.place(("schema",)), {"received": text, "known": SCHEMA})
    place = tree.place(("schema",)) if given is not None else Place(file=tree.file, line=1, key="schema")
    raise UmkmError("INS007", place, {"received": text if given is not None else "", "known": SCHEMA})
