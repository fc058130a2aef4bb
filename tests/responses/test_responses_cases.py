"""The case files kept beside the project, each with its right value; the other tests hold the same kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import load_instrument
from umkm_stats.responses import read_responses

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "cases"
COFFEE = ROOT / "examples" / "kedai_kopi"
pytestmark = pytest.mark.skipif(
    not (CASES / "boxes").is_dir(), reason="the case files are not beside the project"
)
FIRST = [3.0, 3.0, 4.0, 5.0, 1.0, 1.0, 5.0, 5.0, 2.0]
TICKS = ["1;3", "1", "2", "", "1;3"]
BLANK = ["1;3", "1", "2", None, "1;3"]
MIXED = ["1;2", "2", "1", "3", "1;2"]


@pytest.mark.parametrize(
    ("name", "source", "used", "ticks"),
    [
        ("box_1dot.xlsx", "table", 12, TICKS),
        ("box_check.xlsx", "table", 12, BLANK),
        ("box_ya1.xlsx", "table", 12, TICKS),
        ("x_dipilih.xlsx", "table", 12, MIXED),
        ("s6_12ny.sav", "spss", 12, MIXED),
        ("msforms.xlsx", "ms-forms", 12, BLANK),
        ("qualtrics_lab.csv", "qualtrics", 11, BLANK),
        ("redcap_lab.csv", "redcap", 12, TICKS),
        ("redcap_raw.csv", "redcap", 12, TICKS),
        ("surveymonkey.csv", "surveymonkey", 12, BLANK),
        ("odata.json", "kobotoolbox", 12, BLANK),
        ("q1_enumlist.parquet", "parquet", 12, ["1;3"] * 5),
        ("p_strict.xlsx", "google-forms", 12, None),
        ("p_hidden.xlsx", "table", 12, None),
    ],
)
def test_boxes_and_sources(name, source, used, ticks):
    read = read_responses(CASES / "boxes" / name, CASES / "boxes")
    assert (read.source.name, read.sample.used) == (source, used)
    assert read.items.iloc[0].tolist() == FIRST
    if ticks is not None:
        assert read.respondents["USED"].tolist()[:5] == ticks
    assert not {"RSP245", "RSP270", "RSP233"} & set(read.found.codes()) - {"RSP233"}


def test_kobo_api():
    read = read_responses(CASES / "boxes" / "kobo_api.json", CASES / "boxes")
    assert read.items.iloc[0].tolist() == [2.0, 5.0, 5.0, 2.0, 3.0, 5.0, 4.0, 5.0, 1.0]
    assert read.respondents["USED"].tolist()[:5] == ["1;2", "2", None, "3", "1;3"]


def test_percents():
    boxes = CASES / "boxes"
    text = read_responses(boxes / "p_percent.csv", boxes).respondents[["SHARE", "SHARED"]]
    seen = read_responses(boxes / "p_percent.xlsx", boxes).respondents[["SHARE", "SHARED"]]
    assert text.equals(seen)
    assert seen.iloc[2].tolist() == [0.0, 0.5]
    entry = read_responses(boxes / "entry_percent.xlsx", boxes).respondents
    assert entry["SHARED"].tolist() == [85.0] * 6
    hidden = read_responses(boxes / "p_hidden.xlsx", boxes)
    assert hidden.found.codes()["RSP277"] >= 1


@pytest.mark.parametrize(
    ("name", "instrument", "used", "codes"),
    [
        ("antonym.csv", "inst_puas", 80, {"RSP201": 1}),
        ("choice_dates_csv.csv", "inst_dates", 80, {"RSP206": 58}),
        ("choice_spacing.csv", "inst_dates", 80, {}),
        ("kobo_dot_separator.csv", "inst_norev", 80, {}),
        ("pasted_twice.csv", None, 80, {"RSP272": 1, "RSP279": 2}),
        ("qualtrics_codes.csv", None, 58, {"RSP280": 1, "RSP281": 1}),
        ("single_item_outcome.csv", "inst_single", 120, {}),
        ("sav_0_4.sav", None, 120, {"RSP276": 9}),
        ("omzet_rupiah.csv", None, 150, {"RSP233": 1}),
        ("near_constant_item.csv", None, 120, {}),
        ("htmt_high.csv", None, 150, {}),
    ],
)
def test_answers(name, instrument, used, codes):
    responses = CASES / "responses"
    read = read_responses(responses / name, responses / instrument if instrument else COFFEE)
    assert read.sample.used == used
    found = {code: count for code, count in read.found.codes().items() if code not in ("RSP230", "RSP247")}
    assert found == codes
    if name == "antonym.csv":
        assert "Sangat Puas" not in read.findings["remedy"].iloc[0]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("lime_codes.csv", "RSP282"),
        ("lime_codes2.csv", "RSP282"),
        ("long.csv", "RSP275"),
        ("transposed.csv", "RSP274"),
        ("forms_grid_dup.csv", "RSP110"),
    ],
)
def test_refusals(name, code):
    with pytest.raises(UmkmError) as fault:
        read_responses(CASES / "responses" / name, COFFEE)
    assert fault.value.code == code


def test_answers_of_the_chapter():
    coffee = load_instrument(COFFEE)
    long = read_responses(CASES / "chapter" / "longhead.xlsx", coffee)
    assert long.items.shape == (12, 9)
    mobile = read_responses(CASES / "chapter" / "mobile.xlsx", coffee)
    assert not mobile.privacy.identifiers
    assert "Apakah Anda bermain game online/mobile game?" in mobile.respondents
