"""Cells on disk: a killed study goes on where it stopped, with the same numbers.

A folder holds ``study.json`` (what was asked) and ``cells/NNNNN.parquet`` (csv where pyarrow is not
installed), one file a finished cell, each written whole or not at all.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "umkm-power/1"


def has_parquet() -> bool:
    """Whether Parquet files can be written."""
    return importlib.util.find_spec("pyarrow") is not None


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with the cells of one request; ``suffix`` ".parquet" or ".csv"."""

    folder: Path
    suffix: str

    def path(self, index: int) -> Path:
        """File of a cell."""
        return self.folder / "cells" / f"{index:05d}{self.suffix}"

    def done(self, index: int) -> bool:
        """Whether a cell is there."""
        return self.path(index).is_file()

    def write(self, index: int, rows: pd.DataFrame) -> None:
        """Keep a finished cell."""
        if self.suffix == ".csv":
            atomic.write_text(self.path(index), rows.to_csv(index=False, lineterminator="\n"))
            return
        with atomic.replacing(self.path(index)) as part:
            rows.to_parquet(part, index=False)

    def read(self, index: int) -> pd.DataFrame:
        """A finished cell. ``UmkmError`` PLN121 when its file is damaged."""
        import pandas as pd

        path = self.path(index)
        try:
            if self.suffix == ".csv":
                text = pd.read_csv(path, dtype=str, keep_default_na=False)
                whole = {"rep", "row", "significant", "used"}
                made = {
                    str(name): column
                    if name == "method"
                    else [int(v) if name in whole else float(v or "nan") for v in column]
                    for name, column in text.items()
                }
                return pd.DataFrame(made)
            return pd.read_parquet(path)
        except (OSError, ValueError) as problem:
            raise UmkmError("PLN121", Place(file=path.name)) from problem


def open_store(folder: str | Path, request: dict[str, Any]) -> Store:
    """The store of ``request`` in ``folder``, new or the one already there.

    Raises ``UmkmError`` PLN120 (the folder belongs to another study), PLN122 (cells in Parquet, pyarrow
    missing).
    """
    where = Path(folder)
    asked = json.dumps({"schema": SCHEMA, **request}, sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    known = where / "study.json"
    if known.is_file():
        if fingerprint(known.read_text(encoding="utf-8")) != fingerprint(asked):
            raise UmkmError("PLN120", Place(file=known.name))
        kinds = (
            {path.suffix for path in (where / "cells").glob("[0-9]*.*")}
            if (where / "cells").is_dir()
            else set()
        )
        if ".parquet" in kinds and not has_parquet():
            raise UmkmError("PLN122", Place(file=where.name))
        suffix = ".csv" if ".csv" in kinds or not has_parquet() else ".parquet"
        return Store(where, suffix)
    if where.exists() and any(where.iterdir()):
        raise UmkmError("PLN120", Place(file=where.name))
    atomic.write_text(known, asked)
    return Store(where, ".parquet" if has_parquet() else ".csv")


def kept_seed(folder: str | Path | None) -> int | None:
    """The seed of the study already in ``folder``, for a call that names none; None when there is none."""
    known = None if folder is None else Path(folder) / "study.json"
    if known is None or not known.is_file():
        return None
    try:
        seed = json.loads(known.read_text(encoding="utf-8")).get("seed")
    except (OSError, ValueError, AttributeError):
        return None
    return seed if isinstance(seed, int) else None


def fingerprint(text: str) -> str:
    """What tells two requests apart."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
