"""Answer files as people hand them in, made from seeds: personal columns, words, ranges, faults."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np

AGREE = ("Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju")
AGES = ("17-20 tahun", "21-25 tahun", "26-30 tahun", "> 30 tahun")
FIRST = ("Budi", "Siti", "Andi", "Dewi", "Rizky", "Putri", "Agus", "Nur")
LAST = ("Santoso", "Rahmawati", "Wijaya", "Lestari", "Pratama", "Hidayah")
SHOP = (
    ("X1", "Kualitas produk", ("Produk di toko ini awet.", "Produk sesuai gambar.", "Bahannya rapi.")),
    ("M", "Kepuasan", ("Saya puas berbelanja.", "Harapan saya terpenuhi.", "Saya senang memilih toko ini.")),
    (
        "Y",
        "Loyalitas",
        ("Saya akan membeli lagi.", "Saya menyarankan toko ini.", "Saya memilih toko ini lagi."),
    ),
)


def latent(n: int, seed: int) -> dict[str, np.ndarray]:
    """Three standardised variables, each leading to the next."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    m = 0.6 * x + 0.8 * rng.standard_normal(n)
    y = 0.5 * m + 0.2 * x + 0.8 * rng.standard_normal(n)
    return {"X1": x, "M": m, "Y": y}


def points(scores: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Answers 1 to 5 that measure a variable with some error."""
    seen = 0.8 * scores + 0.6 * rng.standard_normal(len(scores))
    return [int(v) for v in 1 + np.digitize(seen, (-1.4, -0.6, 0.2, 1.1))]


def google_form(
    n: int = 70, seed: int = 4, *, messy: bool = True, words: tuple[str, ...] = AGREE
) -> list[list]:
    """Rows of a Google Forms export with its heading: time, name, phone, range of age, coded statements."""
    rng = np.random.default_rng(seed + 1000)
    scores = latent(n, seed)
    head = ["Cap waktu", "Nama Lengkap", "Nomor WhatsApp", "Usia", "Jenis Kelamin"]
    columns: list[list] = []
    for code, _, statements in SHOP:
        for number, text in enumerate(statements, 1):
            head.append(f"{code}.{number} {text}")
            columns.append([words[p - 1] for p in points(scores[code], rng)])
    head.append("Saran untuk toko")
    rows: list[list] = []
    for i in range(n):
        name = f"{FIRST[rng.integers(8)]} {LAST[rng.integers(6)]} {i}"
        age, sex = AGES[rng.integers(4)], ("Laki-laki", "Perempuan")[rng.integers(2)]
        who = [f"{1 + i % 28:02d}/03/2026 {8 + i % 12:02d}.{i % 60:02d}.00", name, f"08123{4500000 + i * 37}"]
        note = "terima kasih" if i % 9 == 0 else ""
        rows.append([*who, age, sex, *(c[i] for c in columns), note])
    if messy and n > 20:
        rows[4][7] = f" {rows[4][7].lower()} "
        rows[11][9] = ""
        rows[20][6] = rows[20][6].upper()
        rows.append(list(rows[2]))
    return [head, *rows]


def write_xlsx(path: Path, *sheets: tuple[str, list[list]]) -> Path:
    """A workbook with these sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_csv(path: Path, rows: list[list]) -> Path:
    """A comma-separated file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def form_export(path: Path, **given: object) -> Path:
    """A Google Forms workbook, as it is downloaded."""
    return write_xlsx(path, ("Form Responses 1", google_form(**given)))  # type: ignore[arg-type]


def numbers(path: Path, n: int = 60, seed: int = 9, head: tuple[str, ...] = ()) -> Path:
    """A typed table: codes over numbers 1 to 5, nine items."""
    rng = np.random.default_rng(seed)
    scores = latent(n, seed)
    columns = [points(scores[code], rng) for code, _, _ in SHOP for _ in range(3)]
    names = head or tuple(f"{code}.{k}" for code, _, _ in SHOP for k in (1, 2, 3))
    return write_csv(path, [list(names), *(list(row) for row in zip(*columns, strict=True))])


def sav(path: Path, n: int = 60, seed: int = 5) -> Path:
    """An SPSS file with value labels and a user-missing value."""
    import pandas as pd
    import pyreadstat

    rng = np.random.default_rng(seed)
    scores = latent(n, seed)
    frame = pd.DataFrame(
        {f"{code}_{k}": points(scores[code], rng) for code, _, _ in SHOP for k in (1, 2, 3)}, dtype=float
    )
    frame.loc[3, "Y_1"] = 99.0
    labels = {
        name: {float(k): word for k, word in enumerate(AGREE, 1)} | {99.0: "Tidak tahu"} for name in frame
    }
    missing = {name: [{"lo": 99.0, "hi": 99.0}] for name in frame}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges=missing)
    return path


def bomb(path: Path) -> Path:
    """A workbook of a few kilobytes that would unpack to gigabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(120):
                part.write(b"0" * 1024 * 1024)
    return path


def locked(path: Path) -> Path:
    """A workbook with a password."""
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = form_export(path.with_name("plain.xlsx"), n=5)
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt("rahasia", target)
    return path
