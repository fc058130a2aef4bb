"""Parquet (needs pyarrow): columns by name."""

from __future__ import annotations

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import MAX_COLUMNS, MAX_UNPACKED, place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, columns_of, with_roles

NAME = "parquet"


def sniff(head: Head) -> Match:
    """The file says so itself."""
    return Match(1.0, (("source.signature", {"name": "Parquet"}),)) if head.opened.kind == "parquet" else NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Rows count from 1. RSP120 without pyarrow; RSP107 when the footer announces more than the limit."""
    path = head.opened.path
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise UmkmError("RSP120", place(path), {"package": "pyarrow"}) from None
    try:
        footer = parquet.ParquetFile(str(path)).metadata
        size = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
        if size > MAX_UNPACKED or footer.num_columns > MAX_COLUMNS:
            raise UmkmError("RSP107", place(path), {"limit": MAX_UNPACKED // 1024**2})
        frame = parquet.read_table(str(path)).to_pandas()
    except UmkmError:
        raise
    except Exception as fault:
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    frame = frame.reset_index(drop=frame.index.name is None)
    columns = columns_of(frame, {}, {})
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    table = RawTable(columns, rows, np.full(len(frame), "", dtype=object), path.name, None, ())
    return with_roles(table, index)
