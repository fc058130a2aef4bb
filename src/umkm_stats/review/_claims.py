"""``claims.yaml``: a list of printed numbers with what they are, read with line numbers and digits kept as
text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats import guarded
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.review.printed import BLANK

SCHEMA = "umkm-claims/1"


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry of a claims file.

    Attributes
    ----------
    kind : str
        Kind of claim: a key of ``CHECKS``.
    where : str
        Where the paper prints it.
    fields : Mapping[str, Any]
        Field to what is printed; scalars are text.
    line : int
        Its line in the file, from 1.
    table : str
        Table it belongs to; ``where`` without its row when the file does not say.
    program : str
        Whose table it is, or "".
    fault : UmkmError or None
        Why the entry cannot be used, or None.

    Examples
    --------
    >>> from umkm_stats import review
    >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
    >>> claim.kind, claim.fields["mean"]
    ('mean', '5.19')
    """

    kind: str
    where: str
    fields: Mapping[str, Any]
    line: int
    table: str = ""
    program: str = ""
    fault: UmkmError | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """A whole claims file.

    Attributes
    ----------
    title : str
        Title of the paper.
    source : str
        Where it is published.
    entries : tuple[Claim, ...]
        The claims, in order.
    program : str
        Program of every claim that names none.

    Examples
    --------
    >>> from umkm_stats import review
    >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
    >>> len(review.Claims("A paper", "", (claim,)).entries)
    1
    """

    title: str
    source: str
    entries: tuple[Claim, ...]
    program: str = ""


def read_claims(path: str | Path) -> Claims:
    """Read a ``claims.yaml``.

    An entry that cannot be used does not stop the others: it is kept with its fault.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Claims
        Title, source and claims.

    Raises
    ------
    UsageError
        REV020: no such file.
    UmkmError
        REV021: not YAML, or aliases; REV022: schema missing or newer; REV023: structure; REV024: a key twice;
        GEN010, GEN012: a file too large or deep, or a text that no file can hold. File, line and key are
        given.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats import review
    >>> columns = {"a": "a", "b": "b", "ab": "ab"}
    >>> text = review.scaffold([{"a": ".48", "b": ".50", "ab": ".24"}], kind="mediation", columns=columns)
    >>> _ = Path("claims.yaml").write_text(text, encoding="utf-8")
    >>> [claim.kind for claim in review.read_claims("claims.yaml").entries]
    ['mediation']
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError("REV020", Place(file=path.name))
    try:
        read = guarded.read_yaml(path, texts=True)
    except guarded.Malformed as error:
        raise UmkmError("REV021", Place(file=path.name, line=error.line), {"reason": error.problem}) from None
    except guarded.Twice as error:
        place = Place(file=path.name, line=error.line, key=error.key)
        raise UmkmError("REV024", place, {"name": error.key}) from None
    except UmkmError as error:
        if error.code != "GEN011":
            raise
        raise UmkmError("REV021", error.place, {"reason": error.params["received"]}) from None
    top = read.data
    if not isinstance(top, dict):
        raise UmkmError("REV023", Place(file=path.name, line=1), {"expected": "schema, title, claims"})
    if top.get("schema") != SCHEMA:
        raise UmkmError(
            "REV022",
            Place(file=path.name, key="schema"),
            {"received": str(top.get("schema", "–")), "expected": SCHEMA},
        )
    listed = top.get("claims")
    if not isinstance(listed, list) or not listed:
        raise UmkmError("REV023", Place(file=path.name, key="claims"), {"expected": "claims: [- kind: …]"})
    program = str(top.get("program") or "")
    entries = tuple(
        _entry(entry, read.line(("claims", number)), path.name, program)
        for number, entry in enumerate(listed)
    )
    return Claims(str(top.get("title", path.stem)), str(top.get("source", "")), entries, program)


_OUTSIDE = ("kind", "where", "comment", "table", "program")
_ROW = re.compile(r"[,;:]?\s*(?:row|baris|line)\s*\d+\s*$", re.IGNORECASE)


def _entry(entry: Any, line: int, file: str, program: str) -> Claim:
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        fault = UmkmError("REV023", Place(file=file, line=line, key="kind"), {"expected": "- kind: …"})
        where = str(entry.get("where") or "") if isinstance(entry, dict) else ""
        return Claim("", where, {}, line, fault=fault)
    where = str(entry.get("where") or "")
    table = str(entry.get("table") or _ROW.sub("", where) or f"line {line}")
    fields = {
        key: value
        for key, value in entry.items()
        if key not in _OUTSIDE and value is not None and str(value).strip() not in BLANK
    }
    own = str(entry.get("program") or program)
    return Claim(entry["kind"], where, fields, line, table, own)


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
