"""Statistical files are parsed in a process of their own: a damaged file can bring the native parser down,
not us."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import place

SECONDS = 600
_CHILD = """
import pickle, sys, warnings
warnings.simplefilter("ignore")
import pyreadstat
kind, path = sys.argv[1:]
if kind == "sav":
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
else:
    frame, meta = pyreadstat.read_dta(path)
labels = (dict(meta.column_names_to_labels or {}), dict(meta.variable_value_labels or {}))
found = (frame, *labels, dict(getattr(meta, "missing_ranges", None) or {}))
sys.stdout.buffer.write(pickle.dumps(found, protocol=5))
"""


class Meta(NamedTuple):
    """What a statistical file says beside its values."""

    column_names_to_labels: dict[str, str]
    variable_value_labels: dict[str, dict[Any, str]]
    missing_ranges: dict[str, list[dict[str, Any]]]


def parse(kind: str, path: Path) -> tuple[Any, Meta]:
    """(data frame, labels) of a ``sav`` or ``dta`` file; RSP106 when it cannot be parsed, whatever happens to
    the parser."""
    try:
        run = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD, kind, str(path.resolve())],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    if run.returncode != 0:
        raise UmkmError("RSP106", place(path), {"why": kind})
    frame, labels, values, missing = pickle.loads(run.stdout)  # written by the lines above
    return frame, Meta(labels, values, missing)
