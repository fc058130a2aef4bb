"""One run of it all: check every step, run, write, reproduce, pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.study._asked import Chapter, Reading, Writing
    from umkm_stats.study._compare import Reproduction
    from umkm_stats.study._demo import run_demo
    from umkm_stats.study._file import StudyFile, read_study_file
    from umkm_stats.study._file_writing import write_study_file
    from umkm_stats.study._pack import pack
    from umkm_stats.study._reproduce import reproduce
    from umkm_stats.study._run import Study, run_study
    from umkm_stats.study._schemas import json_schema

_DOORS = {
    "run_study": "umkm_stats.study._run",
    "run_demo": "umkm_stats.study._demo",
    "reproduce": "umkm_stats.study._reproduce",
    "json_schema": "umkm_stats.study._schemas",
    "pack": "umkm_stats.study._pack",
    "read_study_file": "umkm_stats.study._file",
    "write_study_file": "umkm_stats.study._file_writing",
    "Chapter": "umkm_stats.study._asked",
    "Reading": "umkm_stats.study._asked",
    "Writing": "umkm_stats.study._asked",
    "Study": "umkm_stats.study._run",
    "StudyFile": "umkm_stats.study._file",
    "Reproduction": "umkm_stats.study._compare",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Chapter",
    "Reading",
    "Reproduction",
    "Study",
    "StudyFile",
    "Writing",
    "json_schema",
    "pack",
    "read_study_file",
    "reproduce",
    "run_demo",
    "run_study",
    "write_study_file",
]
