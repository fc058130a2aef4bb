"""The try-out of the questionnaire: its own file, its own part of the report, never in the analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import Place, UmkmError
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument
    from umkm_stats.responses import Responses

SHARED = 0.5  # share of the try-out's rows found again in the answers above which the two are not apart
FEW = 5


def place(given: str | Path | None, study_path: Path | None) -> Path | None:
    """The file of the try-out: the one given, else the study file's ``pilot`` (beside the study file).

    Raises ``UmkmError`` STU097 when it is not there.
    """
    path = Path(given) if given is not None else _named(study_path)
    if path is not None and not path.is_file():
        raise UmkmError("STU097", Place(file=path.name))
    return path


def _named(study_path: Path | None) -> Path | None:
    from umkm_stats.study._file import read_study_file

    told = read_study_file(study_path).pilot if study_path is not None else None
    return None if told is None or study_path is None else study_path.parent / told


def read(path: Path, instrument: Instrument, main: Responses, reading: Any) -> Responses:
    """The answers of the try-out, read as the main file is.

    Raises ``UmkmError`` STU098 when most of its rows stand in the answers too, STU099 below five rows, and
    what ``read_responses`` raises.
    """
    from umkm_stats.responses import read_responses

    pilot = read_responses(path, instrument, aliases=reading.aliases, reverse=reading.reverse)
    own = pilot.kept_items
    codes = [code for code in own.columns if code in main.items.columns]
    known = set(map(tuple, main.kept_items[codes].dropna().to_numpy().tolist()))
    again = sum(row in known for row in map(tuple, own[codes].dropna().to_numpy().tolist()))
    if len(codes) >= FEW and again > SHARED * max(len(own), 1):
        raise UmkmError("STU098", Place(file=path.name), {"count": again, "rows": len(own)})
    if len(own) < FEW:
        raise UmkmError("STU099", Place(file=path.name), {"rows": len(own)})
    return pilot


def analysed(pilot: Responses, scales: dict[str, list[str]]) -> Part:
    """Item–total correlations beside the critical r, and α, of the try-out; scales it does not hold are
    left out."""
    from umkm_stats.measurement import item_analysis, reliability
    from umkm_stats.results import SampleUsed

    items = pilot.kept_items
    held = {
        name: codes
        for name, members in scales.items()
        if (codes := [c for c in members if c in items.columns and items[c].notna().any()])
    }
    found = item_analysis(pilot, scales=held)
    several = {name: codes for name, codes in held.items() if len(codes) > 1}
    alpha = reliability(pilot, scales=several)
    table = found.table[["scale", "item", "n", "item_total", "item_total_p", "r_table"]]
    sample = SampleUsed(pilot.sample.rows_in, pilot.sample.used, pilot.sample.dropped)
    return Part("pilot", table, sample, extra={"reliability": alpha.table[["scale", "k", "n", "alpha"]]})
