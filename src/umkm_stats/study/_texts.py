"""The author's own paragraphs of the chapter, one file a slot, put in at every rerun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats.errors import Place, UmkmError

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument
    from umkm_stats.study._settings import Settings

ENDINGS = (".txt", ".md")
LIMIT = 200_000
SLOTS = (
    "populasi", "definisi", "skala", "uji-coba", "teknik", "kriteria",
    "objek", "pengumpulan", "responden", "validitas", "reliabilitas", "asumsi", "analisis",
    "hipotesis", "rekapitulasi", "pembahasan",
)  # fmt: skip


def read(given: str | Path | None, study_path: Path | None) -> dict[str, str]:
    """Slot → text. The folder is the one given, else the study file's ``texts`` (beside the study file).

    Raises ``UmkmError`` STU091 when the folder is not there, STU092 for a file that is no text or too long.
    """
    folder = Path(given) if given is not None else _named(study_path)
    if folder is None:
        return {}
    if not folder.is_dir():
        raise UmkmError("STU091", Place(file=folder.name))
    out: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        try:
            if path.stat().st_size > LIMIT:
                raise UmkmError("STU092", Place(file=path.name))
            out[path.stem.strip().casefold().replace("_", "-")] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UmkmError("STU092", Place(file=path.name)) from error
    return out


def unused(texts: dict[str, str], instrument: Instrument, settings: Settings) -> list[str]:
    """Texts that no place of the chapter takes: all of them when no chapter is written."""
    if settings.style != "skripsi":
        return sorted(texts)
    codes = [entry.code.casefold() for entry in instrument.hypotheses]
    parts = [construct.code.casefold() for construct in instrument.constructs]
    known = {*SLOTS, *(f"pembahasan-{code}" for code in codes), *(f"deskripsi-{code}" for code in parts)}
    return sorted(slot for slot in texts if slot not in known)


def _named(study_path: Path | None) -> Path | None:
    from umkm_stats.study._file import read_study_file

    if study_path is None:
        return None
    texts = read_study_file(study_path).texts
    return None if texts is None else study_path.parent / texts
