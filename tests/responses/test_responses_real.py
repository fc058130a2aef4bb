"""Real exports that nobody here wrote (not part of the repository; skipped where they are absent)."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from umkm_stats.instrument import load_instrument
from umkm_stats.responses import read_responses

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared reference data are not beside the project"),
]

TWINS = """
schema: umkm-instrument/1
name: twins
version: '1'
title: {en: Twins, de: Zwillinge}
languages: [en, de]
default_scale: agree
response_scales:
  agree:
    values: [1, 2, 3, 4]
    labels:
      en: {1: Disagree completely, 2: Rather disagree, 3: Rather agree, 4: Agree completely}
      de: {1: Stimme gar nicht zu, 2: Stimme eher nicht zu, 3: Stimme eher zu, 4: Stimme vollständig zu}
sections: [{code: MAIN, title: {en: Main, de: Teil}}]
constructs: [{code: DT, label: {en: Traits, de: Merkmale}}]
questions:
"""
KOBO = """
schema: umkm-instrument/1
name: visits
version: '1'
title: {en: Visits}
languages: [en]
default_scale: kind
response_scales:
  kind: {kind: rating, values: [0, 1], labels: {en: {0: a private, 1: A city}}}
sections: [{code: MAIN, title: {en: Main}}]
constructs: [{code: KIND, label: {en: Kind}}]
questions:
  - {code: TYPE, section: MAIN, construct: KIND, text: {en: emptier type}}
  - code: SITE
    kind: choice
    section: MAIN
    required: false
    text: {en: Which site?}
    aliases: ['Atenga kuti?']
    choices:
"""
SITES = {
    1: "Bangwe",
    10: "Soche (Kwamanje)",
    11: "Machinjiri",
    12: "Zingwangwa",
    13: "Chimwankhunda",
    14: "Chilobwe",
    16: "Chilomoni",
    2: "BCA",
    3: "Naizi",
    5: "Blantyre",
    6: "Limbe",
    7: "Mbayani",
    8: "Ndirande",
    9: "Chemusa",
}


def instrument(folder, text):
    path = folder / "instrument.yaml"
    path.write_text(text, encoding="utf-8")
    return load_instrument(path)


def alpha(frame):
    """Cronbach's alpha from its definition."""
    k = frame.shape[1]
    return k / (k - 1) * (1 - frame.var().sum() / frame.sum(axis=1).var())


def test_msme_colombia():
    """n = 106, BOM; alpha by the dictionary's categories as stated in the project's methods, half a unit of
    the sixth digit."""
    definition = load_instrument("msme_colombia")
    answers = read_responses(DATA / "msme_colombia" / "Innovation Capabilities.csv", definition)
    assert answers.items.shape == (106, 27)
    assert answers.kept.all()
    assert answers.source.encoding == "utf-8-sig"
    assert len(answers.findings) == 0
    found = sorted(round(alpha(answers.items[items]), 6) for items in definition.scales().values())
    assert found == pytest.approx(
        sorted([0.755537, 0.639100, 0.792743, 0.808941, 0.932894, 0.877696]), abs=5.01e-7
    )


def test_msme_workbook_with_two_heading_rows_gives_the_same_answers():
    definition = load_instrument("msme_colombia")
    folder = DATA / "msme_colombia"
    csv_answers = read_responses(folder / "Innovation Capabilities.csv", definition)
    book = read_responses(folder / "Diccionario_CEO_CAPABILITIES_noname.xlsx", definition)
    assert book.source.header_rows == (1, 2)
    assert book.items.equals(csv_answers.items)


def test_msme_split_over_two_files_joins_by_row_order():
    definition = load_instrument("msme_colombia")
    folder = DATA / "msme_colombia"
    answers = read_responses(
        [folder / "Innovation Capabilities.csv", folder / "Data CEO Dimensions and Innovation.csv"],
        definition,
        join="row_order",
    )
    assert answers.items.shape == (106, 27)
    assert {"CIUDAD", "LID45", "HON06"} <= set(answers.respondents.columns)
    assert answers.findings["code"].tolist().count("RSP251") == 1


def test_limesurvey_pair_in_two_languages_agrees(tmp_path):
    definition = instrument(
        tmp_path,
        TWINS
        + "".join(
            f"  - {{code: DT{i}, section: MAIN, construct: DT, text: {{en: 'Trait {i}', de: 'Merkmal "
            f"{i}'}}}}\n"
            for i in range(1, 13)
        ),
    )
    read = {}
    for language in ("english", "german"):
        path = DATA / "limesurvey_digital_twins" / f"results_{language}.csv"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            heads = next(csv.reader(stream, delimiter=";"))
        read[language] = read_responses(
            path, definition, aliases={heads[7 + i]: f"DT{i}" for i in range(1, 13)}
        )
        assert read[language].source.name == "limesurvey"
        assert read[language].sample.rows_in == 96
        assert read[language].sample.dropped == {"no_answers": 42}
    one, two = read["english"].items, read["german"].items
    assert one.equals(two)
    assert int(one.notna().sum().sum()) > 600


def test_kobo_pair_values_and_labels_agree(tmp_path):
    extra = {10: ", synonyms: ['Soche( Kwamanje)']"}
    names = {v: SITES.get(v, f"not used {v}") for v in range(1, 17)}
    choices = "".join(
        f"      - {{value: {v}, label: {{en: '{name}'}}{extra.get(v, '')}}}\n" for v, name in names.items()
    )
    definition = instrument(tmp_path, KOBO + choices)
    files = sorted((DATA / "kobo_malawi").glob("Mzedi*.csv"))
    values, labels = (
        read_responses(
            f, definition, aliases=None if "labels" in f.name else {"type": "TYPE", "site": "SITE"}
        )
        for f in files
    )
    for answers in (values, labels):
        assert answers.source.name == "kobotoolbox"
        assert answers.sample.rows_in == 1533
        assert answers.times["seconds"].notna().all()
    assert values.items.equals(labels.items)
    assert values.respondents["SITE"].equals(labels.respondents["SITE"])
    assert values.respondents["SITE"].value_counts().loc[[5, 6]].tolist() == [751, 517]


def test_xlsforms_are_no_answers(tmp_path):
    definition = load_instrument("umkm_inovasi")
    refused = set()
    for path in sorted(p for p in (DATA / "xlsform").glob("*.xls*") if p.stat().st_size < 100_000):
        with pytest.raises(Exception) as caught:  # noqa: PT011 (its code is asserted below)
            read_responses(path, definition)
        assert getattr(caught.value, "code", None) in {"RSP105", "RSP110", "RSP112", "RSP102"}, (
            path.name,
            caught.value,
        )
        refused.add(caught.value.code)
    assert refused >= {"RSP105", "RSP110"}


def test_holzinger_reads_as_numbers_and_gaps(tmp_path):
    path = DATA / "lavaan" / "holzinger_swineford_1939_missing.csv"
    frame = pd.read_csv(path)
    items = "".join(
        f"  - {{code: X{i}, section: MAIN, construct: VV, text: {{en: Test {i}}}}}\n" for i in range(1, 10)
    )
    text = (
        "schema: umkm-instrument/1\nname: tests\nversion: '1'\ntitle: {en: T}\nlanguages: "
        "[en]\ndefault_scale: s\nresponse_scales: {s: {kind: numeric, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, "
        "9, 10]}}\nsections: [{code: MAIN, title: {en: M}}]\nconstructs: [{code: VV, label: {en: "
        "V}}]\nquestions:\n"
    )
    answers = read_responses(
        path, instrument(tmp_path, text + items), aliases={f"x{i}": f"X{i}" for i in range(1, 10)}
    )
    assert len(answers.items) == len(frame)
    assert "RSP204" in set(answers.findings["code"])
