"""The bundled instruments hold what they promise: forms, blocks, roles, screening, consent, wording,
sources."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from umkm_stats.instrument import Item, check, load_instrument
from umkm_stats.instrument._check import DATE_LIKE
from umkm_stats.instrument._trace import folded, passages, quoted_in

SECTIONS = {"ABSTRACT", "INTRODUCTION", "METHOD", "RESULTS AND DISCUSSION", "CONCLUSION"}
CONSTRUCTS = {"PI", "OI", "NP", "ACAP", "DC", "KM", "NW", "MO", "LW", "BEF", "WTP", "CH", "TR", "IR", "MK"}
HYPOTHESES = {
    "H1",
    "H2",
    "H3a",
    "H3b",
    "H4",
    "H4a",
    "H4b",
    "H4c",
    "H4d",
    "H5a",
    "H5b",
    "H5c",
    "H5d",
    "H6",
    "H7",
    "H8",
    "H9",
    "H10",
    "H11",
    "H12",
    "H13",
    "H14",
    "H15",
    "H16",
}
MODEL_ITEMS = {
    "PID2": (
        "Kami mengolah motif tradisional dengan gaya yang lebih modern.",
        "We rework traditional motifs in a more modern style.",
    ),
    "PIF1": (
        "Produk baru kami memiliki lebih dari satu kegunaan.",
        "Our new products have more than one use.",
    ),
    "OI1": (
        "Kami mencari ide produk baru dari pihak luar.",
        "We look for new product ideas from outside parties.",
    ),
    "CC2": (
        "Kami meminta pendapat pelanggan setelah mereka membeli.",
        "We ask customers for their opinion after they buy.",
    ),
    "BE1": (
        "Sebagian besar pelanggan menilai mutu produk kami di atas produk sejenis.",
        "Most customers rate the quality of our products above similar products.",
    ),
    "MP1": (
        "Dibandingkan 3 tahun lalu, produk kami terjual ke lebih banyak daerah.",
        "Compared with 3 years ago, our products are sold in more regions.",
    ),
    "CL1": (
        "Sebagian besar pelanggan lama kami membeli lagi.",
        "Most of our past customers buy from us again.",
    ),
}
OPTIONAL = {"TR", "IR", "BEF", "CH"}


def count(instrument, form):
    return Counter(item.construct for item in instrument.items_of_form(form))


def test_the_core_form(inovasi):
    assert count(inovasi, "inti") == {"PI": 12, "OI": 9, "NP": 15, "MK": 3}
    parts = Counter(item.dimension for item in inovasi.items_of_form("inti"))
    assert parts["CC"] == 3
    assert parts["OII"] + parts["OIO"] == 6
    assert {parts[code] for code in ("PID", "PIF", "PIS", "PIN", "BE", "MP", "MR", "CS", "CL")} == {3}


def test_the_longer_forms_contain_the_shorter(inovasi):
    core, short, long = (
        {item.code for item in inovasi.items_of_form(form)} for form in ("inti", "pendek", "panjang")
    )
    assert core < short < long
    assert {inovasi.item(code).construct for code in short - core} == {"ACAP"}
    assert 4 <= len(short - core) <= 8
    assert {"PIN1", "PIN2", "PIN3"} <= core  # intensity is the construct of the abstract's claim
    assert not {item.dimension for item in inovasi.items_of_form("panjang")} & {"DCZ", "DCT", "BEQ", "BEA"}


def test_every_construct_and_hypothesis_has_an_item_in_the_long_form(inovasi):
    assert {construct.code for construct in inovasi.constructs} == CONSTRUCTS
    assert {hypothesis.code for hypothesis in inovasi.hypotheses} == HYPOTHESES
    blocks = [block.code for block in inovasi.optional_blocks]
    asked = inovasi.items_of_form("panjang", blocks=blocks)
    covered = {item.construct for item in asked} | {item.dimension for item in asked}
    assert covered >= CONSTRUCTS
    for hypothesis in inovasi.hypotheses:
        assert set(hypothesis.constructs) <= covered, hypothesis.code
    optional = {item.construct for item in asked} - set(count(inovasi, "panjang"))
    assert optional == OPTIONAL
    tested = {code for hypothesis in inovasi.hypotheses for code in hypothesis.constructs}
    for item in inovasi.items_of_form("panjang"):  # what no hypothesis uses is asked only when switched on
        assert item.role == "marker" or {item.construct, item.dimension} & tested, item.code


def test_absorptive_capacity_and_capabilities_have_their_parts(inovasi):
    scales = inovasi.scales(by="dimension")
    for code in ("ACQ", "ASM", "TRF", "XPL", "DCS", "DCZ", "DCT", "BEQ", "BEA", "BEW", "PIN"):
        assert len(scales[code]) == 3
    assert "CH" not in scales
    assert "MK" not in scales
    assert inovasi.scales(markers=True)["MK"] == ["MK4", "MK5", "MK6"]


def test_scales_follow_the_items_present(inovasi):
    assert inovasi.scales(["PID1", "NP9", "OI8", "CC1"]) == {"PI": ["PID1"], "OI": ["OI8", "CC1"]}
    singles = ["ACQ2", "ASM1", "TRF2", "XPL1"]
    assert inovasi.scales(singles, by="dimension") == {"ACAP": singles}


def test_codes_and_answer_codes(inovasi, colombia):
    for instrument in (inovasi, colombia):
        for question in instrument.questions:
            assert re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", question.code)
            assert list(question.values) == list(range(1, len(question.values) + 1))
            for labels in question.labels.values():
                assert not [label for label in labels.values() if DATE_LIKE.match(label)]
            for choice in question.choices:
                assert set(choice.label) == set(instrument.languages)


def test_agreement_answers(inovasi):
    item = inovasi.item("PID2")
    assert list(item.labels["id"].values()) == [
        "Sangat Tidak Setuju",
        "Tidak Setuju",
        "Netral",
        "Setuju",
        "Sangat Setuju",
    ]
    assert list(item.response_scale.short["id"].values()) == ["STS", "TS", "N", "S", "SS"]
    assert item.na_code == 9
    assert item.na_label["id"] == "Tidak sesuai dengan usaha saya"
    assert inovasi.item("PID1").na_code is None


@pytest.mark.parametrize("points", [4, 5, 6, 7])
def test_other_numbers_of_answers(inovasi, points):
    changed = inovasi.with_points(points)
    assert len(changed.item("PID1").values) == points
    assert (changed.question("AC3").expected, changed.question("AC4").expected) == (2, 1)
    assert len(changed.item("CH1").values) == 5
    assert inovasi.item("PID1").values == (1, 2, 3, 4, 5)
    assert changed.item("PID2").na_code == 9


def test_screening_modes(inovasi):
    filters = {
        mode: {
            question.code
            for question in inovasi.questions
            if mode in question.passes and question.role == "screening"
        }
        for mode in ("replicate", "population")
    }
    assert filters["population"] == {"CDEWASA", "SCCRAFT", "SCROLE", "SCFIRST"}
    assert filters["replicate"] == {
        "CDEWASA",
        "SCCRAFT",
        "SCROLE",
        "SCMAKE",
        "SCDECIDE",
        "SCINNOV",
        "SCOUT",
        "SCFIRST",
    }
    assert dict(inovasi.question("CONSENT").passes) == {"replicate": (1,), "population": (1,)}
    assert "18" in inovasi.question("CDEWASA").text["id"]
    assert 7 not in inovasi.question("SALES").passes["replicate"]  # above Rp50 miliar
    assert {8, 9} <= set(inovasi.question("SALES").passes["replicate"])  # not known and not given go on
    assert inovasi.question("SCINNOV").passes["replicate"] == (3,)


def test_consent_tells_what_the_law_asks(inovasi):
    topics = {part.topic for part in inovasi.consent.parts}
    assert topics >= {
        "legal_basis",
        "purpose",
        "relevance",
        "retention",
        "details",
        "processing_period",
        "rights",
        "withdrawal",
        "storage",
        "ethics",
        "confidentiality",
    }
    said = " ".join(part.text["id"] for part in inovasi.consent.parts)
    for duty in ("kantor pajak", "salinannya", "membatasi", "3 x 24 jam", "foto produk"):
        assert duty in said
    assert "27/2022" in inovasi.consent.law
    named = {
        name
        for part in inovasi.consent.parts
        for text in part.text.values()
        for name in re.findall(r"{(\w+)}", text)
    }
    assert named == set(inovasi.consent.fill_in)
    boxes = [question.code for question in inovasi.questions if question.role == "consent"]
    assert boxes == ["CONSENT", "CBAGI", "CKONTAK", "CFOTO"]
    assert [inovasi.question(code).required for code in boxes] == [True, False, False, False]
    assert inovasi.question("KONTAK").personal


def test_field_assistance_and_sensitive_questions(inovasi):
    codes = {question.code for question in inovasi.questions}
    assert codes >= {
        "STAGE",
        "MODE",
        "ENUM",
        "BAHASA",
        "FORMNO",
        "SENTRA",
        "ASSIST",
        "ASTRAIN",
        "ASFAIR",
        "ASGROUP",
    }
    assert not inovasi.question("OBWOOD").required
    assert all(not question.required for question in inovasi.questions if question.sensitive)
    for question in inovasi.questions:
        if question.role == "objective":
            assert [choice.missing for choice in question.choices][-2:] == ["unknown", "refused"]
            assert question.beside is not None
        if question.role == "financial":
            assert question.optional_block == "keuangan"
            assert not isinstance(question, Item)


def test_attention_checks_are_online_only(inovasi):
    checks = [question for question in inovasi.questions if question.role == "attention"]
    assert checks
    assert all(question.modes == ("online",) and question.expected in question.values for question in checks)
    assert not [q for q in inovasi.of_form("inti", mode="paper") if q.role == "attention"]


def test_reverse_keying_stays_out_of_the_short_forms(inovasi):
    assert inovasi.reversed_items() == []
    for form in ("inti", "pendek"):
        assert not [item for item in inovasi.items_of_form(form) if item.reverse]


def test_model_items_stand_as_given(inovasi):
    for code, (indonesian, english) in MODEL_ITEMS.items():
        assert dict(inovasi.item(code).text) == {"id": indonesian, "en": english}


def test_every_item_is_complete(inovasi):
    for item in inovasi.items:
        assert set(item.text) == {"id", "en"}
        assert all(0 < len(text.split()) <= 12 for text in item.text.values()), item.code
        assert item.indicator is not None
        assert item.adapted_from
        assert set(item.adapted_from) <= set(inovasi.references)
        if item.role == "marker":
            assert item.source is None  # a marker has no passage by nature
            continue
        assert item.source is not None
        assert item.source.quote in str(item.source)
        assert f'"{item.source.quote}"' in item.source


def test_quotations_are_short_and_name_a_section(inovasi):
    found = passages(inovasi)
    assert {item.code for item in inovasi.items if item.role != "marker"} <= set(found)
    assert {hypothesis.code for hypothesis in inovasi.hypotheses} <= set(found)
    for code, passage in found.items():
        assert 0 < passage.words <= 12, code
        assert passage.section in SECTIONS, code


@pytest.mark.shared
def test_every_quotation_stands_in_its_section_of_the_paper(inovasi, paper):
    text = folded(paper)
    heads = [("ABSTRACT", 0)]
    heads += [
        (name, text.index(f"## {name}"))
        for name in ("INTRODUCTION", "METHOD", "RESULTS AND DISCUSSION", "CONCLUSION")
    ]
    heads.append(("REFERENCES", text.index("## REFERENCES")))
    parts = {name: text[start:end] for (name, start), (_, end) in pairwise(heads)}
    lost = {
        code: passage
        for code, passage in passages(inovasi).items()
        if not quoted_in(passage, parts[passage.section])
    }
    assert not lost


def test_every_decision_is_in_the_sources(inovasi):
    text = Path(inovasi.origin).with_name("SOURCES.md").read_text(encoding="utf-8")
    first = load_instrument("umkm_inovasi@1.0.0")
    table = text[text.index("| old code | new code |") :]
    for question in first.questions:
        (row,) = [line for line in table.splitlines() if line.startswith(f"| {question.code} |")]
        assert len(row.rsplit("|", 2)[1].strip()) >= 4, question.code


def test_nobody_is_named_by_a_shared_file(inovasi):
    data = pd.DataFrame(
        {"SENTRA": ["Kampung A"], "YBIRTH": [1987], "YFOUND": [2014], "KONTAK": ["S"], "PID1": [4]}
    )
    shared = inovasi.shareable(data)
    assert list(shared.columns) == ["YBIRTH", "YFOUND", "PID1"]
    assert shared.iloc[0].tolist() == [1980, 2010, 4]


def test_no_construct_by_the_wording_of_another(inovasi):
    outside = next(s for s in inovasi.sections if s.code == "LUAR")
    assert "selain pelanggan" in outside.intro["id"]
    assert {inovasi.item(f"CC{n}").section for n in (1, 2, 3)} == {"LIBAT"}
    for item in inovasi.items:
        if item.construct == "NP":
            assert "produk baru kami" not in item.text["id"].lower(), item.code
    for code in ("BE1", "BE2", "CS1", "CS2", "WTP1", "WTP2", "WTP4"):
        assert inovasi.item(code).text["id"].startswith("Sebagian besar")
    for code in ("MP1", "MP2", "MP4", "PID3", "BE4", "CL1"):
        assert inovasi.item(code).not_applicable
    assert inovasi.question("OBRATING").choices[0].missing == "not_applicable"
    assert inovasi.question("OBAWARD").beside == "BE"


def test_sources_are_written_down(inovasi):
    text = Path(inovasi.origin).with_name("SOURCES.md").read_text(encoding="utf-8")
    for piece in (
        "Aaker (1991)",
        "Braun & Clarke (2006)",
        "Walsh",
        "Hult et al. (2019)",
        "Back-translation",
        "Permissions",
    ):
        assert piece in text
    for key in inovasi.references:
        assert re.sub(r"\d+$", "", key) in text, key


def test_estimated_minutes_stay_below_the_limit(inovasi):
    times = [inovasi.minutes(form) for form in ("inti", "pendek", "panjang")]
    assert times == sorted(times)
    assert times[-1] <= 25


def test_the_bundled_instruments_check_clean(inovasi):
    assert check("umkm_inovasi").findings == ()
    assert {finding.code for finding in check("msme_colombia").findings} == {"INS115"}


def test_contradictions_are_stated_with_both_passages(inovasi):
    assert [entry.code for entry in inovasi.contradictions] == ["K1", "K2", "K3", "K4", "K5", "K6", "K7"]
    assert all(len(entry.sources) >= 2 for entry in inovasi.contradictions)


def test_the_colombian_replication(colombia):
    assert [item.code for item in colombia.items] == [f"INN{number}" for number in range(30, 57)]
    expected = {
        "PRD": (30, 32, 33, 34),
        "PRC": (36, 37),
        "ORG": (39, 40, 41),
        "MKT": (43, 44, 45, 46),
        "CUL": (47, 48, 49, 50, 51, 52),
        "RES": (31, 35, 38, 42, 53, 54, 55, 56),
    }
    assert colombia.scales() == {
        code: [f"INN{number}" for number in expected[code]]
        for code in ("CUL", "PRD", "MKT", "PRC", "ORG", "RES")
    }
    model = colombia.structural("M1")
    assert (model.x, model.m, model.y) == (("CUL",), ("PRD",), ("MKT",))
    assert colombia.question("INF06").choices[0].synonyms == ("Microempresa",)
    assert len({alias for item in colombia.items for alias in item.aliases}) == 27


@pytest.mark.shared
def test_the_colombian_scales_are_those_of_the_dictionary(colombia):
    """Cronbach's α of the dictionary's categories, n = 106, as computed in R for this data set (6
    decimals)."""
    place = (
        Path(__file__).resolve().parents[3]
        / "shared"
        / "data"
        / "msme_colombia"
        / "Innovation Capabilities.csv"
    )
    if not place.is_file():
        pytest.skip("the data set (../shared/data/msme_colombia) is not beside this checkout")
    data = pd.read_csv(place, encoding="utf-8-sig")
    assert [*(item.code for item in colombia.items), "INF06"] == list(data.columns)
    words = {text for choice in colombia.question("INF06").choices for text in choice.synonyms}
    assert set(data.INF06) <= words
    expected = {
        "PRD": 0.755537,
        "PRC": 0.639100,
        "ORG": 0.792743,
        "MKT": 0.808941,
        "CUL": 0.932894,
        "RES": 0.877696,
    }
    for code, items in colombia.scales().items():
        block, k = data[items], len(items)
        alpha = k / (k - 1) * (1 - block.var().sum() / block.sum(axis=1).var())
        assert alpha == pytest.approx(expected[code], abs=5e-7)
