"""One reader a source: each sees the head of a file, says how sure it is and why, and reads it into a
RawTable."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from umkm_stats.responses.readers import _google, _kobo, _limesurvey, _own, _parquet, _sheet, _spss, _stata

READERS: Mapping[str, ModuleType] = MappingProxyType(
    {reader.NAME: reader for reader in (_own, _google, _kobo, _limesurvey, _spss, _stata, _parquet, _sheet)}
)
__all__ = ["READERS"]
