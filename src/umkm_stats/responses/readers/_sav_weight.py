"""Which variable an SPSS file declares as a weight: the header says it, and the usual parsers do not."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = 176


def weight_of(path: Path) -> int | None:
    """Position (from 0) of the weight variable among the columns, or None.

    The file header holds the dictionary index of the weight at byte 76; long strings take several entries of
    the dictionary and only their first is a column.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEADER)
            order = "<" if head[64:68] in (b"\x02\0\0\0", b"\x03\0\0\0") else ">"
            weight = struct.unpack(f"{order}i", head[76:80])[0]
            if weight <= 0:
                return None
            column, entry = -1, 0
            while entry < weight:
                record = stream.read(32)
                kind, width, labelled, missing = struct.unpack(f"{order}4i", record[:16])
                if kind != 2:
                    return None
                entry += 1
                column += width >= 0
                if labelled:
                    size = struct.unpack(f"{order}i", stream.read(4))[0]
                    stream.seek((size + 3) // 4 * 4, 1)
                stream.seek(8 * abs(missing), 1)
            return column
    except (OSError, struct.error):
        return None
