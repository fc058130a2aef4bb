"""Variables named on the spot: a structural model made from who is x, m and y, by code or label."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats.errors import Place, UsageError
from umkm_stats.options import one_of

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

Roles = Mapping[str, Sequence[str]]
PARTS = ("x", "m", "y")


def in_file(study_path: Path | None) -> Roles | None:
    """The roles that study.yaml names, or None."""
    from umkm_stats.study._file import read_study_file

    if study_path is None:
        return None
    found = read_study_file(study_path).roles
    return None if found is None else found.model_dump()


def with_roles(instrument: Instrument, roles: Roles) -> tuple[Instrument, str]:
    """The instrument with one model more, and the key of that model.

    Raises ``UsageError`` GEN001, GEN002 for a part that is not x, m or y, STU093 for a name that is no code
    and no label of a construct or dimension (with the nearest one), STU094 when x or y is empty or a variable
    stands in two parts.
    """
    from umkm_stats.instrument._schema import StructuralModel

    given = {str(one_of("roles", part, PARTS)): names for part, names in roles.items()}
    parts = {part: tuple(_code(instrument, name) for name in _several(given.get(part, ()))) for part in PARTS}
    used = [code for codes in parts.values() for code in codes]
    if not parts["x"] or not parts["y"] or len(used) != len(set(used)):
        raise UsageError("STU094", Place(key="roles"), {"names": used})
    for model in instrument.models:
        if (model.x, model.m, model.y) == (parts["x"], parts["m"], parts["y"]) and not model.moderator:
            return instrument, model.key
    keys = {model.key for model in instrument.models}
    key = next(name for number in range(1, len(keys) + 2) if (name := f"M{number}") not in keys)
    arrow = " \N{RIGHTWARDS ARROW} "
    title = {
        language: arrow.join(
            ", ".join(_label(instrument, code, language) for code in parts[part])
            for part in PARTS
            if parts[part]
        )
        for language in instrument.languages
    }
    made = StructuralModel.model_validate({"key": key, "title": title, **parts})
    return instrument.model_copy(update={"models": (*instrument.models, made)}), key


def _several(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else [str(name) for name in names]


def _named(instrument: Instrument) -> dict[str, str]:
    """Every name of a variable in small letters → its code; codes win over labels."""
    out: dict[str, str] = {}
    parts = _parts(instrument)
    for code, label in parts:
        for words in label.values():
            out.setdefault(" ".join(words.split()).casefold(), code)
    out.update({code.casefold(): code for code, _ in parts})
    return out


def _code(instrument: Instrument, name: str) -> str:
    known = _named(instrument)
    wanted = " ".join(name.split()).casefold()
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=1)
    codes = [construct.code for construct in instrument.constructs]
    values = {"name": name, "known": codes, "near": known[near[0]] if near else codes[0]}
    raise UsageError("STU093", Place(key="roles"), values)


def _label(instrument: Instrument, code: str, language: str) -> str:
    return next((str(label.get(language) or code) for own, label in _parts(instrument) if own == code), code)


def _parts(instrument: Instrument) -> list[tuple[str, Mapping[str, str]]]:
    """(code, label by language) of every construct and dimension."""
    out: list[tuple[str, Mapping[str, str]]] = []
    for construct in instrument.constructs:
        out.append((construct.code, construct.label))
        out += [(dimension.code, dimension.label) for dimension in construct.dimensions]
    return out
