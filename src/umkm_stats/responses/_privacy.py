"""Identifiers are found by heading and by content, split off at the door, and replaced by a keyed hash.

The key lies outside the data folder (``UMKM_STATS_KEY_FILE``, else the user's configuration folder). Without
a place to keep it a key for this session only is drawn, and a note says so. Raw identifiers are not kept.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import Place, UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._raw import RawColumn, RawTable

if TYPE_CHECKING:
    import pandas as pd

KEY_VARIABLE = "UMKM_STATS_KEY_FILE"
_SHARE = 0.3
_SAMPLE = 2000

_HEADERS: tuple[tuple[str, str], ...] = (
    ("email", r"\be-?mail\b|\bsurel\b|alamat e-?mail|correo electr"),
    (
        "phone",
        r"\b(no(mor)?\.?\s*)?(hp|wa|telp|telepon|telpon|handphone|hand "
        r"phone|whatsapp|ponsel)\b|\bphone|\bmobile\b|\btel[eé]fono|phonenumber",
    ),
    ("national_id", r"\bnik\b|\bktp\b|\bnpwp\b|\bnib\b|passport|paspor|national id|\bssn\b"),
    (
        "location",
        r"\bgps\b|latitude|longitude|\blintang\b|\bbujur\b|\bkoordinat\b|\bcoordinates?\b|\bgeopoint\b|"
        r"\bgeolocation\b|titik lokasi|_altitude|_precision",
    ),
    (
        "address",
        r"^(alamat|address|domisili lengkap|alamat (rumah|lengkap|usaha|tempat).*|home "
        r"address|street.*|dirección|direccion)$|\balamat (rumah|lengkap|usaha)\b",
    ),
    (
        "name",
        r"^(nama|name|nombre|full name|first name|last name|nama lengkap|nama anda|your name|respondent "
        r"name|respondent's name)$|"
        r"\bnama "
        r"(responden|lengkap|usaha|pemilik|perusahaan|umkm|toko|anda|bapak|ibu|enumerator|surveyor|pewawancara)\b|"
        r"\b(respondent|owner|business|company|firm|enumerator|interviewer) name\b|\bname of (the "
        r")?(respondent|business|owner|firm|company)|"
        r"nombre de la empresa|\busername\b|submitted_by|submitter",
    ),
    (
        "device",
        r"deviceid|device id|\bdevice_id\b|\bimei\b|subscriberid|simserial|simid|\bip "
        r"?addr|\bip-adresse\b|phone_?number|referrer url|\bipaddr\b|devicename",
    ),
    (
        "account",
        r"\binstagram\b|\bfacebook\b|\btiktok\b|\btoko "
        r"online\b.*(link|url)|\bakun\b.*(media|instagram|tiktok|shopee|tokopedia)|\bwebsite\b|\bnomor "
        r"rekening\b|rekening bank|bank account",
    ),
    ("signature", r"tanda tangan|signature|\bfoto\b.*(ktp|diri|responden)|\bphoto\b.*(respondent|id)"),
)
HEADER_RULES = tuple((kind, re.compile(rule)) for kind, rule in _HEADERS)
EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+")
PHONE = re.compile(
    r"(?<![\w.,/:\-])(?:\+?62|0)[\s\-.()]{0,3}8[\d\s\-.()]{7,16}\d(?![\d])|(?<!\w)\+\d{1,3}[\s\-.()]{0,3}\d[\d\s\-.()]{7,14}\d(?!\d)"
)
POINT = re.compile(r"^-?\d{1,2}[.,]\d{3,}[\s,;]+-?\d{1,3}[.,]\d{3,}(\s+-?\d+([.,]\d+)?){0,2}$")
NIK = re.compile(r"^\d{16}$")
_CONTENT = (("email", EMAIL), ("phone", PHONE), ("location", POINT), ("national_id", NIK))


def identifier_in(text: str) -> str | None:
    """The kind of identifier that stands in a text, or None."""
    text = text[:1000]
    for kind, rule in _CONTENT:
        if rule.search(text.strip()):
            return kind
    return None


def header_kind(name: str) -> str | None:
    """The kind of identifier a heading asks for, or None."""
    key = _text.key(name)[:300]
    for kind, rule in HEADER_RULES:
        if rule.search(key):
            return kind
    return None


def content_kind(column: RawColumn) -> str | None:
    """The kind of identifier that at least 30 % of the distinct answers hold, or None."""
    texts = [
        str(v)
        for v in column.values[:_SAMPLE]
        if isinstance(v, str) or (isinstance(v, (int, float)) and abs(v) > 1e9)
    ]
    texts = [t[:-2] if t.endswith(".0") else t for t in texts]
    if not texts:
        return None
    kinds = [identifier_in(t) or ("phone" if re.fullmatch(r"(62|0)?8\d{8,11}", t) else None) for t in texts]
    for kind in ("email", "phone", "location", "national_id"):
        if kinds.count(kind) >= max(1, _SHARE * len(column.values[:_SAMPLE])):
            return kind
    return None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A column that was split off: where it stands, what it holds and how it was recognised ("header",
    "content", "instrument")."""

    column: str
    header: str
    kind: str
    found_by: str
    filled: int


@dataclass(frozen=True, eq=False)
class Privacy:
    """What was done with personal data.

    identifiers: the columns split off. pseudonyms: data frame aligned with the rows read, one keyed hash
    (16 hex digits) a cell, None where empty. key_kept: whether the key outlives this session. key_file: bare
    name of its file.
    """

    identifiers: tuple[Identifier, ...]
    pseudonyms: pd.DataFrame
    key_kept: bool
    key_file: str | None

    def tidy(self) -> pd.DataFrame:
        """One row a column that was split off; no content."""
        import pandas as pd

        names = ["column", "header", "kind", "found_by", "filled"]
        return pd.DataFrame([[getattr(i, n) for n in names] for i in self.identifiers], columns=names)

    def __repr__(self) -> str:
        return f"Privacy({len(self.identifiers)} identifier columns split off)"


def scrubbed(column: RawColumn) -> RawColumn:
    """The column with identifiers inside single answers replaced by ``***``."""
    if not any(isinstance(v, str) and identifier_in(v) for v in column.values):
        return column
    return replace(
        column, values=tuple("***" if isinstance(v, str) and identifier_in(v) else v for v in column.values)
    )


def find(table: RawTable, matched: dict[int, Any]) -> dict[int, tuple[str, str]]:
    """Position → (kind, found by) of the identifier columns. ``matched``: position → question, where
    known."""
    out: dict[int, tuple[str, str]] = {}
    for position, column in enumerate(table.columns):
        question = matched.get(position)
        if question is not None:
            if question.personal:
                out[position] = (header_kind(column.header) or "personal", "instrument")
            elif question.kind == "text" and (kind := content_kind(column)):
                out[position] = (kind, "content")
            continue
        if column.role in ("time", "start", "end", "uuid", "id"):
            continue
        kind = next((k for name in (column.header, *column.keys) if (k := header_kind(name))), None)
        if kind:
            out[position] = (kind, "header")
        elif content := content_kind(column):
            out[position] = (content, "content")
    return out


def split_off(
    table: RawTable, found: dict[int, tuple[str, str]], path: Path, key: bytes | None = None
) -> Privacy:
    """Hash the identifier columns. RSP122 when the key file lies in the folder of the data."""
    import pandas as pd

    index = pd.RangeIndex(table.n)
    if not found:
        return Privacy((), pd.DataFrame(index=index), False, None)
    secret, kept, name = (key, True, None) if key else _key(path)
    columns: dict[str, Any] = {}
    identifiers = []
    for position, (kind, how) in sorted(found.items()):
        column = table.columns[position]
        hashed = np.empty(len(column.values) + 1, dtype=object)
        for i, value in enumerate(column.values):
            text = _text.key(str(value))
            hashed[i] = hmac.new(secret, f"{kind}\x1f{text}".encode(), hashlib.sha256).hexdigest()[:16]
        hashed[-1] = None
        columns[f"{kind}_{column.letter}"] = hashed[column.codes]
        heading = column.header if identifier_in(column.header) is None else ""
        identifiers.append(
            Identifier(column.letter, heading[:120], kind, how, int((column.codes >= 0).sum()))
        )
    return Privacy(tuple(identifiers), pd.DataFrame(columns, index=index, dtype=object), kept, name)


def _key(path: Path) -> tuple[bytes, bool, str | None]:
    chosen = os.environ.get(KEY_VARIABLE)
    base = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME")
    try:
        place = (
            Path(chosen)
            if chosen
            else (Path(base) if base else Path.home() / ".config") / "umkm_stats" / "pseudonyms.key"
        )
        folder = path.resolve().parent
        resolved = place.resolve()
    except (OSError, RuntimeError):
        return secrets.token_bytes(32), False, None
    if resolved.parent == folder or folder in resolved.parents:
        if chosen:
            raise UmkmError("RSP122", Place(file=place.name))
        return secrets.token_bytes(32), False, None
    try:
        if place.exists():
            data = place.read_bytes().strip()
            if len(data) >= 32:
                return data, True, place.name
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_hex(32).encode()
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(fresh + b"\n")
    except OSError:
        return secrets.token_bytes(32), False, None
    return fresh, True, place.name
