"""One reader a source: each sees the head of a file, says how sure it is and why, and reads it into a
RawTable."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from umkm_stats.responses.readers import (
    _google,
    _kobo,
    _limesurvey,
    _msforms,
    _own,
    _parquet,
    _qualtrics,
    _redcap,
    _sheet,
    _spss,
    _stata,
    _surveymonkey,
)

READERS: Mapping[str, ModuleType] = MappingProxyType(
    {
        reader.NAME: reader
        for reader in (
            _own,
            _google,
            _kobo,
            _limesurvey,
            _qualtrics,
            _surveymonkey,
            _msforms,
            _redcap,
            _spss,
            _stata,
            _parquet,
            _sheet,
        )
    }
)
__all__ = ["READERS"]
