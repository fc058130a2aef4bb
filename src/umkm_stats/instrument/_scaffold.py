"""Beginning a new instrument: a commented file that already loads, checks clean and compiles a model."""

from __future__ import annotations

import re
from pathlib import Path

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.instrument._loading import FILE
from umkm_stats.options import one_of

TEMPLATES = {
    "en": Path(__file__).with_name("template.yaml"),
    "id": Path(__file__).with_name("template_id.yaml"),
}
SOURCES = """# Sources of {name}

| what | where |
|---|---|
| Study | author, year, title, journal, licence |
| Scales | one line a construct: authors, year, number of items, permission asked on, answer |

## Steps still owed

- [ ] translation by two translators, apart from each other
- [ ] back-translation by a third who has not seen the original
- [ ] expert judgement of every item (umkm-stats questionnaire --format expert-sheet)
- [ ] cognitive interviews with a few respondents
- [ ] pilot test; pilot rows never enter the main analysis
"""


SOURCES_ID = """# Sumber instrumen {name}

| apa | dari mana |
|---|---|
| Penelitian | penulis, tahun, judul, jurnal, lisensi |
| Skala | satu baris per konstruk: penulis, tahun, jumlah item, tanggal izin diminta, jawabannya |

## Langkah yang masih harus dilakukan

- [ ] terjemahan oleh dua penerjemah yang bekerja terpisah
- [ ] terjemahan balik oleh orang ketiga yang belum melihat naskah asli
- [ ] penilaian ahli untuk setiap item (umkm-stats questionnaire --format expert-sheet)
- [ ] wawancara kognitif dengan beberapa responden
- [ ] uji coba kuesioner; data uji coba tidak masuk ke analisis utama
"""


def scaffold(name: str, folder: str | Path = ".", *, lang: str = "en") -> Path:
    """Write ``folder/name/instrument.yaml`` (and ``SOURCES.md``) to start from.

    Parameters
    ----------
    name : str
        A small letter, then small letters, digits or underscores, at most 40 characters.
    folder : str or Path, default "."
        Folder that receives the new one.
    lang : str, default "en"
        "en" gives a bilingual file with English remarks, "id" an Indonesian one with Indonesian remarks.

    Returns
    -------
    Path
        The instrument file.

    Raises
    ------
    UsageError
        INS025: the name breaks the rule.
    UmkmError
        INS027: the file exists; nothing is overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from umkm_stats.instrument import check, scaffold
    >>> file = scaffold("warung_kopi", tempfile.mkdtemp())
    >>> file.name, check(file).ok
    ('instrument.yaml', True)
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise UsageError("INS025", params={"name": name})
    target = Path(folder) / name / FILE
    one_of("lang", lang, tuple(TEMPLATES))
    if target.exists():
        raise UmkmError("INS027", Place(file=target.name), {"name": name})
    text = TEMPLATES[lang].read_text(encoding="utf-8").replace("name: new_instrument", f"name: {name}", 1)
    atomic.write_text(target, text)
    sources = target.with_name("SOURCES.md")
    if not sources.exists():
        atomic.write_text(sources, (SOURCES_ID if lang == "id" else SOURCES).format(name=name))
    return target
