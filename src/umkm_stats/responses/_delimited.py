"""Text tables: encoding, delimiter, records. Small files cell by cell, large ones in blocks through pandas."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import MAX_COLUMNS, place

LARGE = 24 * 1024**2  # bytes above which the body is read in blocks
HEAD_ROWS = 60
_DELIMITERS = ",;\t|"

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text table is written: encoding, delimiter, quotation, and whether bytes had to be replaced."""

    encoding: str
    delimiter: str
    replaced: bool = False


def decode(data: bytes) -> tuple[str, str, bool]:
    """(text, encoding, replaced): BOM first, then UTF-8, UTF-16 without mark, Windows-1252."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name), name, False
            except UnicodeDecodeError:
                return data.decode(name, errors="replace"), name, True
    sample = data[:4096]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.8 * half:
        return data.decode("utf-16-le", errors="replace"), "utf-16-le", False
    if sample[0::2].count(0) > 0.8 * half:
        return data.decode("utf-16-be", errors="replace"), "utf-16-be", False
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252", False
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252", True


def delimiter_of(text: str, path: Path | None = None) -> str:
    """The delimiter under which the first records agree best on a width above one; "," when there is one column."""
    first = text.partition("\n")[0]
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    sample = text[:200_000]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            widths = [len(record) for _, record in zip(range(40), reader, strict=False) if any(c.strip() for c in record)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(Counter(widths).items(), key=lambda entry: (entry[0] > 1, entry[1] * min(entry[0], 8), entry[0]))
        score = (width > 1) * (count / len(widths)) * (1 + min(width, 400) / 100)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def records(text: str, delimiter: str, path: Path) -> list[list[str]]:
    """Every record, blank lines included as ``[]``; RSP106 when quotation cannot be followed."""
    first = text.partition("\n")[0]
    skip = first.strip().lower().startswith("sep=") and len(first.strip()) == 5
    text = text.replace("\x00", "")
    out: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(record) > MAX_COLUMNS:
                raise UmkmError("RSP116", place(path), {"limit": MAX_COLUMNS})
            out.append(record)
    except csv.Error:
        raise UmkmError("RSP106", place(path), {"why": "csv"}) from None
    if skip and out:
        out[0] = []
    return out


def repair_quotes(rows: list[list[str]], text: str, delimiter: str) -> list[list[str]]:
    """Records read again without quotation when one unclosed quote swallowed most of the file."""
    lines = text.count("\n") + 1
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if lines > 5 and len(rows) < lines / 4 and longest > max(5000, len(text) / 4):
        plain = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return [[cell.strip('"') for cell in record] for record in plain]
    return rows


def read_blocks(path: Path, form: TextForm, *, width: int, skip: int, progress: Any = None) -> list[Any] | None:
    """Blocks of the body as frames of categories, or None when the records are ragged (then read cell by cell).

    Each block holds ``width`` columns of text categories; NaN is an empty cell. ``skip`` counts records before
    the body.
    """
    import pandas as pd

    blocks: list[Any] = []
    size = path.stat().st_size
    try:
        with path.open("rb") as raw:
            reader = pd.read_csv(
                raw,
                sep=form.delimiter,
                encoding=form.encoding,
                header=None,
                names=list(range(width)),
                index_col=False,
                skiprows=skip,
                dtype="category",
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
                engine="c",
                low_memory=True,
                chunksize=max(20_000, 4_000_000 // max(width, 1)),
            )
            for block in reader:
                blocks.append(block)
                if progress is not None:
                    progress(min(raw.tell() / size, 1.0))
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError, OverflowError):
        return None
    return blocks
