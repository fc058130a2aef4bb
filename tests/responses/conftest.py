"""A small instrument with every feature a reader meets, and helpers to write files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from umkm_stats.instrument import load_instrument

YAML = """
schema: umkm-instrument/1
name: tiny
version: '1'
title: {id: Kuesioner kecil, en: Small questionnaire}
languages: [id, en]
default_scale: agree
response_scales:
  agree:
    values: [1, 2, 3, 4, 5]
    labels:
      id: {1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}
      en: {1: Strongly disagree, 2: Disagree, 3: Neutral, 4: Agree, 5: Strongly agree}
    short:
      id: {1: STS, 2: TS, 3: N, 4: S, 5: SS}
    not_applicable: {code: 9, label: {id: Tidak sesuai dengan usaha saya, en: Does not fit my business}}
sections:
  - {code: AWAL, title: {id: Awal, en: Start}}
  - {code: ISI, title: {id: Inovasi produk, en: Product innovation}}
  - {code: PROFIL, title: {id: Profil, en: Profile}}
screening_modes:
  - {code: population, title: {id: Populasi, en: Population}}
  - {code: strict, title: {id: Ketat, en: Strict}}
constructs:
  - {code: XA, label: {id: Satu, en: One}, role: x}
  - {code: MB, label: {id: Dua, en: Two}, role: m}
  - {code: YC, label: {id: Tiga, en: Three}, role: y}
questions:
  - code: STAGE
    kind: choice
    role: field
    section: AWAL
    required: false
    text: {id: Tahap, en: Stage}
    choices: [{value: 1, label: {id: Uji coba, en: Pilot}}, {value: 2, label: {id: Utama, en: Main}}]
  - code: CONSENT
    kind: consent
    role: consent
    section: AWAL
    text: {id: Apakah Anda bersedia?, en: Do you agree to take part?}
    passes: {population: [1], strict: [1]}
    choices: [{value: 1, label: {id: Ya, en: 'Yes'}}, {value: 2, label: {id: Tidak, en: 'No'}}]
  - code: OWNER
    kind: choice
    role: screening
    section: AWAL
    text: {id: Apakah Anda pemilik?, en: Are you the owner?}
    passes: {population: [1]}
    choices: [{value: 1, label: {id: Ya, en: 'Yes'}}, {value: 2, label: {id: Tidak, en: 'No'}}]
  - {code: XA1, section: ISI, construct: XA, not_applicable: true, text: {id: Kami membuat desain baru., en: We make new designs.}}
  - {code: XA2, section: ISI, construct: XA, text: {id: Kami memperbarui tampilan produk., en: We renew the look of products.}}
  - {code: XA3, section: ISI, construct: XA, reverse: true, text: {id: Produk kami tetap sama., en: Our products stay the same.}}
  - {code: MB1, section: ISI, construct: MB, text: {id: Kami mencari ide dari luar., en: We look for ideas outside.}}
  - {code: MB2, section: ISI, construct: MB, text: {id: Kami memakai saran pihak luar., en: We use advice from outside.}}
  - {code: MB3, section: ISI, construct: MB, text: {id: Kami belajar dari pihak lain., en: We learn from others.}}
  - {code: YC1, section: ISI, construct: YC, text: {id: Pelanggan membeli lagi., en: Customers buy again.}}
  - {code: YC2, section: ISI, construct: YC, text: {id: Kami cepat menanggapi pasar., en: We respond quickly.}}
  - {code: YC3, section: ISI, construct: YC, text: {id: Produk terjual ke banyak daerah., en: Products are sold in many regions.}}
  - code: EXPORT
    kind: choice
    role: control
    section: PROFIL
    required: false
    text: {id: Apakah pernah ekspor?, en: Ever exported?}
    choices: [{value: 1, label: {id: Pernah, en: 'Yes'}}, {value: 2, label: {id: Belum, en: Not yet}}]
  - code: YEXP
    kind: number
    role: control
    section: PROFIL
    text: {id: Tahun ekspor pertama, en: Year of first export}
    ask_if: {question: EXPORT, values: [1]}
    minimum: 1900
    maximum: 2100
  - {code: AGE, kind: number, role: control, section: PROFIL, required: false, minimum: 15, maximum: 99,
     text: {id: Usia Anda, en: Your age}, unit: {id: tahun, en: years}}
  - code: HELP
    kind: multiple
    role: assistance
    section: PROFIL
    required: false
    text: {id: Siapa yang membantu?, en: Who helps?}
    choices:
      - {value: 1, label: {id: Bank Indonesia, en: Bank Indonesia}}
      - {value: 2, label: {id: 'BUMN, CSR', en: 'State firms, CSR'}}
      - {value: 3, label: {id: Dinas, en: Government office}}
  - {code: NOTE, kind: text, role: field, section: PROFIL, required: false, text: {id: Catatan, en: Notes}}
  - {code: CONTACT, kind: text, role: field, section: PROFIL, required: false, personal: true, text: {id: Kontak, en: Contact}}
models:
  - {key: M1, title: {id: Model, en: Model}, x: [XA], m: [MB], y: [YC]}
"""  # noqa: E501
ITEMS = ["XA1", "XA2", "XA3", "MB1", "MB2", "MB3", "YC1", "YC2", "YC3"]


@pytest.fixture(autouse=True)
def _key(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("UMKM_STATS_KEY_FILE", str(tmp_path_factory.mktemp("keys") / "pseudonyms.key"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("instrument") / "instrument.yaml"
    path.write_text(YAML, encoding="utf-8")
    return load_instrument(path)


@pytest.fixture(scope="session")
def inovasi():
    return load_instrument("umkm_inovasi")


@pytest.fixture(scope="session")
def write():
    """Write rows as csv (or another delimiter, encoding)."""

    def made(path: Path, rows, *, delimiter=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL):
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter, quoting=quoting).writerows(rows)
        return path

    return made


@pytest.fixture(scope="session")
def book():
    """Write sheets {title: rows} as xlsx."""

    def made(path: Path, sheets):
        from openpyxl import Workbook

        workbook = Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        workbook.save(path)
        return path

    return made
