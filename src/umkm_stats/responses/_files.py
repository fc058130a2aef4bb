"""What kind of file it is, decided by its bytes, and the limits that keep a hostile file from doing harm.

Nothing is unpacked to disk and no name inside an archive is used as a path. A workbook or archive is refused
before it is opened when it would unpack to more than ``MAX_UNPACKED`` bytes or its parts declare a
document type (XML entities).
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from umkm_stats.errors import Place, UmkmError

Kind = Literal["workbook", "archive", "sav", "dta", "parquet", "text", "html"]

MAX_FILE = 4 * 1024**3
MAX_UNPACKED = 1024**3
MAX_PARTS = 5000
MAX_RATIO = 400
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576  # of a worksheet, as its format has it
MAX_CELLS = 20_000_000  # of a workbook, which is read cell by cell; a CSV has no such limit

FAULTS = (
    *(zipfile.BadZipFile, OSError, EOFError, RuntimeError),
    *(zlib.error, lzma.LZMAError, ValueError),  # a damaged member, a name that is not UTF-8
)
"""What ``zipfile`` raises over a damaged archive."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def place(path: Path, **more: object) -> Place:
    """A place in ``path``: the bare file name, never the folder."""
    return Place(file=path.name, **more)  # type: ignore[arg-type]


def kind_of(path: Path) -> Kind:
    """The kind of ``path``; raises RSP101–RSP108 when it cannot be a table of answers."""
    if not path.exists() or not path.is_file():
        raise UmkmError("RSP101", place(path))
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as fault:
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UmkmError("RSP102", place(path))
    if size > MAX_FILE:
        raise UmkmError("RSP107", place(path), {"limit": MAX_FILE // 1024**2})
    if head.startswith(_OLE):
        with path.open("rb") as stream:
            whole = stream.read(min(size, 64 * 1024**2))
        encrypted = any(name.encode("utf-16-le") in whole for name in ("EncryptedPackage", "EncryptionInfo"))
        raise UmkmError("RSP103" if encrypted else "RSP105", place(path))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if head.startswith(b"<stata_dta>") or (
        path.suffix.lower() == ".dta" and head[:1] in b"\x69\x6c\x6e\x71\x72\x73\x75"
    ):
        return "dta"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(
        (
            b"%PDF",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"GIF8",
            b"Rar!",
            b"7z\xbc\xaf",
            b"\x1f\x8b",
            b"\x7fELF",
            b"MZ",
            b"BZh",
            b"{\\rtf",
        )
    ):
        raise UmkmError("RSP104", place(path))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _utf16_without_mark(head):
        return "text"
    if b"\x00" in head or _mostly_control(head):
        raise UmkmError("RSP104", place(path))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        return "html"
    if start.startswith((b"<?xml", b"<!doctype")):
        raise UmkmError("RSP104", place(path))
    return "text"


def _utf16_without_mark(head: bytes) -> bool:
    sample = head[: len(head) // 2 * 2]
    if len(sample) < 8:
        return False
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    return (odd > 0.8 * half and even < 0.05 * half) or (even > 0.8 * half and odd < 0.05 * half)


def _mostly_control(head: bytes) -> bool:
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 26, 27) for byte in head)
    return control > 0.05 * len(head)


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            check_parts(path, parts)
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise UmkmError("RSP103", place(path))
            if "[Content_Types].xml" in names:
                if not any(name.startswith("xl/") for name in names):
                    raise UmkmError("RSP104", place(path))
                refuse_entities(path, archive)
                return "workbook"
            if "mimetype" in names:
                raise UmkmError("RSP105" if any(n == "content.xml" for n in names) else "RSP104", place(path))
    except FAULTS:
        raise UmkmError("RSP106", place(path), {"why": "zip"}) from None
    return "archive"


def check_parts(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse (RSP107) an archive whose parts are too many, too large or packed too tightly to be a survey."""
    total = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    if (
        len(parts) > MAX_PARTS
        or total > MAX_UNPACKED
        or (total > 50 * 1024**2 and total / packed > MAX_RATIO)
    ):
        raise UmkmError("RSP107", place(path), {"limit": MAX_UNPACKED // 1024**2})


def refuse_entities(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse (RSP108) a workbook part that declares a document type: spreadsheets never need one."""
    for part in archive.infolist():
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(part) as stream:
                head = stream.read(2048)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                raise UmkmError("RSP108", place(path))


def only_table(path: Path) -> tuple[str, bytes]:
    """(bare name, bytes) of the one CSV or text table in an archive; RSP124 when there is none or several."""
    try:
        with zipfile.ZipFile(path) as archive:
            tables = [
                part
                for part in archive.infolist()
                if part.filename.lower().endswith((".csv", ".tsv", ".txt"))
                and not part.filename.startswith("__MACOSX/")
            ]
            if len(tables) != 1:
                raise UmkmError("RSP124", place(path), {"count": len(tables)})
            with archive.open(tables[0]) as stream:
                data = read_limited(path, stream)
    except FAULTS:
        raise UmkmError("RSP106", place(path), {"why": "zip"}) from None
    return Path(tables[0].filename.replace("\\", "/")).name, data


def read_limited(path: Path, stream: object) -> bytes:
    """All bytes of a stream, whatever size its directory claims; RSP107 beyond ``MAX_UNPACKED``."""
    out = io.BytesIO()
    while chunk := stream.read(1 << 20):  # type: ignore[attr-defined]
        out.write(chunk)
        if out.tell() > MAX_UNPACKED:
            raise UmkmError("RSP107", place(path), {"limit": MAX_UNPACKED // 1024**2})
    return out.getvalue()
