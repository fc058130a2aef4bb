"""Office files without the time of writing, so that equal content gives equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

Change = tuple[re.Pattern[bytes], bytes]


def timeless(data: bytes, changes: Mapping[str, Change] | None = None) -> bytes:
    """The same package with fixed dates inside the zip; ``changes``: member → (pattern, replacement) for its
    content."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry.filename)
            if changes and entry.filename in changes:
                pattern, replacement = changes[entry.filename]
                content = pattern.sub(replacement, content)
            fresh = zipfile.ZipInfo(entry.filename, date_time=(2026, 1, 1, 0, 0, 0))
            packed = entry.filename.endswith(".png")  # already compressed: a second time gains nothing
            fresh.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            target.writestr(fresh, content)
    return out.getvalue()
