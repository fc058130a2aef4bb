"""Text tables: encoding, delimiter, records. Small files cell by cell, large ones in blocks through
pandas."""

from __future__ import annotations

import csv
import io
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import MAX_COLUMNS, place

LARGE = 4 * 1024**2  # bytes above which the body is read in blocks
HEAD_ROWS = 60
_WORDS = re.compile(r"(?!(?i:true|false|nan|inf|infinity|na|null|none)\Z)[^\W\d_][^\d]*", re.DOTALL)
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
    """The delimiter under which the first records agree best on a width above one; "," when there is one
    column."""
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
            widths = [
                len(record)
                for _, record in zip(range(40), reader, strict=False)
                if any(c.strip() for c in record)
            ]
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(
            Counter(widths).items(), key=lambda entry: (entry[0] > 1, entry[1] * min(entry[0], 8), entry[0])
        )
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
                raise UmkmError("RSP116", place(path, row=len(out) + 1), {"limit": MAX_COLUMNS})
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


Block = list[tuple[NDArray[np.int32], list[str]]]
"""Columns of a part of the body: codes (rows,), −1 empty, and the words they stand for."""


def read_blocks(
    path: Path, form: TextForm, *, width: int, skip: int, sample: list[list[Any]], progress: Any = None
) -> Iterator[Block] | None:
    """The body in blocks of ``width`` coded columns, or None when the records are ragged (then read cell by
    cell).

    ``skip`` counts records before the body; ``sample`` holds its first records. Columns of words are fastest
    through pandas' own inference (given up when any block holds something else), numbers through pyarrow
    where it is installed.
    """
    words = [position for position in range(width) if _is_words(sample, position)]
    if 2 * len(words) > width:
        blocks = _pandas_blocks(path, form, width, skip, progress, words)
        if blocks is not None:
            return blocks
    if form.encoding in ("utf-8", "utf-8-sig") and len(form.delimiter) == 1:
        table = _arrow(path, form, width, skip)
        if table is not None:
            return _arrow_blocks(table)
    return _pandas_blocks(path, form, width, skip, progress, [])


def _is_words(sample: list[list[Any]], position: int) -> bool:
    """Whether the sample holds answers in this column and all of them are words that no parser takes for a
    value."""
    cells = [
        str(row[position]).strip()
        for row in sample
        if position < len(row) and str(row[position] or "").strip()
    ]
    return bool(cells) and all(_WORDS.fullmatch(cell) for cell in cells)


def _arrow(path: Path, form: TextForm, width: int, skip: int) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import csv as pacsv
    except ImportError:
        return None
    names = [str(i) for i in range(width)]
    try:
        return pacsv.read_csv(
            str(path),
            read_options=pacsv.ReadOptions(
                column_names=names, skip_rows_after_names=skip, block_size=4 * 1024**2
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=form.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowException, OSError, ValueError):
        return None


def _arrow_blocks(table: Any) -> Iterator[Block]:
    yield from (
        [_arrow_column(chunk) for chunk in chunks]
        for chunks in zip(*(c.chunks for c in table.columns), strict=True)
    )


def _arrow_column(chunk: Any) -> tuple[NDArray[np.int32], list[str]]:
    return chunk.indices.to_numpy(zero_copy_only=False).astype(
        np.int32, copy=False
    ), chunk.dictionary.to_pylist()


def _coded(series: Any) -> tuple[NDArray[np.int32], list[str]] | None:
    """A column of words as codes; None when pandas took it for something else than words."""
    import pandas as pd

    if isinstance(series.dtype, pd.StringDtype):
        try:
            import pyarrow as pa
        except ImportError:
            codes, distinct = pd.factorize(series)
            return codes.astype(np.int32), [str(word) for word in distinct]
        made = pa.array(series).dictionary_encode(null_encoding="encode")
        made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
        return made.indices.to_numpy().astype(np.int32, copy=False), made.dictionary.to_pylist()
    if series.isna().all():
        return np.full(len(series), -1, dtype=np.int32), []
    return None


def _pandas_blocks(
    path: Path, form: TextForm, width: int, skip: int, progress: Any, words: list[int]
) -> Iterator[Block] | None:
    import pandas as pd

    blocks: list[Block] = []
    size = path.stat().st_size
    plain = set(words)
    try:
        with path.open("rb") as raw, warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.DtypeWarning)  # a block of mixed kinds: given up
            reader = pd.read_csv(
                raw,
                sep=form.delimiter,
                encoding=form.encoding,
                header=None,
                names=list(range(width + 1)),
                index_col=False,
                skiprows=skip,
                dtype={i: "category" for i in range(width + 1) if i not in plain},
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
                engine="c",
                low_memory=True,
                chunksize=max(20_000, 12_000_000 // max(width, 1)),
            )
            for frame in reader:
                if frame[width].notna().any():
                    return None
                block: Block = []
                for i in range(width):
                    if i in plain:
                        coded = _coded(frame[i])
                        if coded is None:
                            return None
                        block.append(coded)
                    else:
                        part = frame[i].cat
                        block.append(
                            (np.array(part.codes, dtype=np.int32), [str(word) for word in part.categories])
                        )
                blocks.append(block)
                if progress is not None:
                    progress(min(raw.tell() / size, 1.0))
    except (
        pd.errors.ParserError,
        pd.errors.DtypeWarning,
        UnicodeDecodeError,
        ValueError,
        OverflowError,
        ImportError,
    ):
        return None
    return iter(blocks)
