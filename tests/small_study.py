"""A small invented instrument and simulated answers to it, for the tests of study, report and cli."""

from pathlib import Path

INSTRUMENT = """\
schema: umkm-instrument/1
name: kecil
version: "1.0"
languages: [id, en]
title: {id: Instrumen kecil, en: Small instrument}
default_scale: agree5
response_scales:
  agree5:
    values: [1, 2, 3, 4, 5]
    labels:
      id: {1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}
      en: {1: Strongly disagree, 2: Disagree, 3: Neutral, 4: Agree, 5: Strongly agree}
sections:
  - {code: ISI, title: {id: Isi, en: Content}}
constructs:
  - {code: PI, label: {id: Inovasi produk, en: Product innovation}, role: x}
  - {code: OI, label: {id: Open innovation, en: Open innovation}, role: m}
  - {code: NP, label: {id: Kinerja pemasaran nonfinansial, en: Non-financial performance}, role: y}
questions:
QUESTIONS
  - code: CITY
    kind: choice
    section: ISI
    text: {id: Kota, en: City}
    choices:
      - {value: 1, label: {id: Samarinda, en: Samarinda}}
      - {value: 2, label: {id: Balikpapan, en: Balikpapan}}
hypotheses:
  - {code: H1, text: {id: PI berhubungan positif dengan OI., en: PI is positively related to OI.}, test: path, sign: "+", constructs: [PI, OI], effects: [a], models: [M1]}
  - {code: H2, text: {id: OI berhubungan negatif dengan NP., en: OI is negatively related to NP.}, test: path, sign: "-", constructs: [OI, NP], effects: [b], models: [M1]}
  - {code: H3, text: {id: Jalur langsung praktis nol., en: The direct path is practically zero.}, test: equivalence, sign: "0", constructs: [PI, NP], effects: [cp], models: [M1]}
  - {code: H4, text: {id: OI memediasi., en: OI mediates.}, test: indirect, sign: "+", constructs: [PI, OI, NP], effects: [indirect], models: [M1]}
  - {code: H5, text: {id: OI perlu bagi NP., en: OI is necessary for NP.}, test: necessity, sign: "+", constructs: [OI, NP]}
  - {code: H6, text: {id: PI lebih penting daripada OI., en: PI matters more than OI.}, test: comparison, sign: "+", constructs: [PI, OI, NP]}
  - {code: H9, text: {id: PI memediasi., en: PI mediates.}, test: rival, sign: "+", constructs: [OI, PI, NP], effects: [indirect], models: [M2]}
models:
  - {key: M1, title: {id: Utama, en: Main}, x: [PI], m: [OI], y: [NP], hypotheses: [H1, H2, H3, H4]}
  - {key: M2, title: {id: Tandingan, en: Rival}, x: [OI], m: [PI], y: [NP], hypotheses: [H9]}
"""  # noqa: E501
QUESTION = (
    '  - {{code: {code}, section: ISI, construct: {construct}, text: {{id: "Kami {code} satu.", en: '
    '"We {code} one."}}}}'
)
CODES = tuple((f"{construct}{number}", construct) for construct in ("PI", "OI", "NP") for number in (1, 2, 3))


def instrument_text(codes=CODES) -> str:
    return INSTRUMENT.replace(
        "QUESTIONS", "\n".join(QUESTION.format(code=code, construct=construct) for code, construct in codes)
    )


def write_instrument(folder: Path, text: str | None = None) -> Path:
    path = folder / "instrument.yaml"
    path.write_text(text or instrument_text(), encoding="utf-8")
    return path


def write_answers(
    folder: Path, instrument, *, n: int = 140, seed: int = 5, name: str = "answers.csv", mess=None
) -> Path:
    from umkm_stats.planning import simulate_responses

    population = {"model": "M1", "paths": {"OI ~ PI": 0.6, "NP ~ OI": 0.55, "NP ~ PI": 0.05}, "loadings": 0.8}
    made = simulate_responses(instrument, population=population, n=n, seed=seed, lang="id", mess=mess)
    return made.write(folder / name)
