"""Reading an instrument file: what is accepted, and the code, line, key and remedy of what is not."""

import pickle
import re

import pytest

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import Instrument, available_instruments, load_instrument
from umkm_stats.instrument._loading import parse


def swap(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def test_bundled_names_are_found():
    assert {"umkm_inovasi", "msme_colombia"} <= set(available_instruments())


def test_a_file_a_folder_and_a_name_give_the_same(tmp_path, inovasi):
    from pathlib import Path

    target = tmp_path / "copy" / "instrument.yaml"
    target.parent.mkdir()
    target.write_bytes(Path(inovasi.origin).read_bytes())
    assert load_instrument(target).to_dict() == inovasi.to_dict()
    assert load_instrument(target.parent).digest == inovasi.digest


@pytest.mark.parametrize(
    ("name", "code", "near"), [("umkm_inovsi", "INS006", "umkm_inovasi"), ("zzz", "INS001", "")]
)
def test_unknown_instrument(name, code, near):
    with pytest.raises(UsageError) as caught:
        load_instrument(name)
    assert caught.value.code == code
    assert caught.value.params["near"] == near
    assert "msme_colombia" in caught.value.remedy("id")


def test_unreadable_and_empty_files(tmp_path):
    cases = {
        b"\xff\xfe\x00x": "INS002",
        b"": "INS005",
        b"# only a comment\n": "INS005",
        b"a: [1, 2\nb: 3\n": "INS003",
    }
    for number, (raw, code) in enumerate(cases.items()):
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(raw)
        with pytest.raises(UmkmError) as caught:
            load_instrument(path)
        assert caught.value.code == code
        assert caught.value.place.file == path.name


def test_yaml_fault_names_the_line(small):
    with pytest.raises(UmkmError) as caught:
        parse(swap(small, "default_scale: agree5", "default_scale: [agree5"))
    assert caught.value.code == "INS003"
    assert caught.value.place.line is not None


def test_aliases_are_refused(small):
    text = swap(small, "languages: [id, en]", "languages: &l [id, en]\nforms: *l")
    with pytest.raises(UmkmError) as caught:
        parse(text)
    assert caught.value.code == "INS003"


def test_a_key_given_twice_is_refused(small):
    with pytest.raises(UmkmError) as caught:
        parse(swap(small, "default_scale: agree5\n", "default_scale: agree5\ndefault_scale: agree5\n"))
    first = line_of(small, "default_scale: agree5")
    assert (caught.value.code, caught.value.place.line, caught.value.params["first"]) == (
        "INS004",
        first + 1,
        first,
    )


def test_no_stays_text(small):
    text = swap(small, "id: {1: STS, 2: TS, 3: N, 4: S, 5: SS}", "id: {1: NO, 2: yes, 3: off, 4: S, 5: SS}")
    assert parse(text).response_scales["agree5"].short["id"] == {1: "NO", 2: "yes", 3: "off", 4: "S", 5: "SS"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("schema: umkm-instrument/1", "schema: umkm-study/1", "INS007"),
        ("schema: umkm-instrument/1\n", "", "INS007"),
        ("schema: umkm-instrument/1", "schema: umkm-instrument/2", "INS008"),
    ],
)
def test_schema_line(small, old, new, code):
    with pytest.raises(UmkmError) as caught:
        parse(swap(small, old, new))
    assert caught.value.code == code
    assert caught.value.place.line == 1


def test_a_list_is_no_instrument():
    with pytest.raises(UmkmError) as caught:
        parse("- schema: umkm-instrument/1\n")
    assert caught.value.code == "INS009"


# what is changed in the small file → code, the piece whose line is named, the key, a word of the remedy
FAULTS = [
    (
        "kind: agreement  ",
        "kind: [agreement]",
        "INS013",
        "kind: [agreement]",
        "response_scales.agree5.kind",
        "frequency",
    ),
    ("role: x", "role: 7", "INS013", "role: 7", "constructs[1].role", "moderator"),
    ("role: m\n", "role: moderatr\n", "INS014", "role: moderatr", "constructs[2].role", "moderator"),
    (
        "values: [1, 2, 3, 4, 5] ",
        "values: five",
        "INS009",
        "values: five",
        "response_scales.agree5.values",
        "Change",
    ),
    (
        "values: [1, 2, 3, 4, 5] ",
        "values: [true, 2, 3, 4, 5]",
        "INS009",
        "values: [true",
        "response_scales.agree5.values[1]",
        "Change",
    ),
    ('version: "0.1.0"', "version: 0.1", "INS009", "version: 0.1", "version", "Change"),
    (
        "    id: Kami mencoba bahan baku baru.",
        "    id: ''",
        "INS009",
        "    id: ''",
        "questions[1].text.id",
        "Change",
    ),
    (
        "    construct: MA\n    text:\n      id: Kami bertanya kepada pemasok.\n      en: We ask "
        "suppliers.\n",
        "    construct: MA\n",
        "INS010",
        "- code: MA1",
        "text",
        "Add",
    ),
    ("stem:   ", "flavour:   ", "INS011", "flavour:", "flavour", "stem"),
    ("stem:   ", "stemm:   ", "INS012", "stemm:", "stemm", "stem"),
    (
        "    construct: YA\n",
        "    constrict: YA\n",
        "INS012",
        "constrict: YA",
        "questions[7].constrict",
        "construct",
    ),
    ("code: XA2", "code: xa-2", "INS015", "code: xa-2", "questions[2].code", "capital"),
    ("    section: PROFIL\n", "    section: QQ\n", "INS016", "section: QQ", "questions[10].section", "USAHA"),
    (
        "    section: PROFIL\n",
        "    section: PROFL\n",
        "INS017",
        "section: PROFL",
        "questions[10].section",
        "PROFIL",
    ),
    ("models: [M1]", "models: [M7]", "INS016", "models: [M7]", "hypotheses[1].models[1]", "M1"),
    ("x: [XA]", "x: [XB]", "INS016", "x: [XB]", "models[1].x[1]", "XA"),
    (
        "default_scale: agree5",
        "default_scale: agree7",
        "INS017",
        "default_scale: agree7",
        "default_scale",
        "agree5",
    ),
    (
        "code: XA2",
        "code: XA1",
        "INS018",
        "code: XA1\n    section: USAHA\n    construct: XA\n    text:\n      id: Kami membuat",
        "questions[2].code",
        "Give",
    ),
    (
        "values: [1, 2, 3, 4, 5] ",
        "values: [5, 4, 3, 2, 1]",
        "INS019",
        "values: [5",
        "response_scales.agree5.values",
        "upwards",
    ),
    (
        "5: Sangat Setuju}",
        "6: Sangat Setuju}",
        "INS019",
        "id: {1: Sangat",
        "response_scales.agree5.labels.id",
        "label",
    ),
    ("code: 9 ", "code: 5 ", "INS019", "code: 5 ", "response_scales.agree5.not_applicable.code", "label"),
    ("{value: 2, label", "{value: 3, label", "INS019", "choices:", "questions[10].choices", "numbered"),
    ("m: [MA]", "m: [XA]", "INS022", "key: M1", "models[1]", "role"),
    ("    y: [YA]", "    y: [YA]\n    moderates: [b]", "INS022", "key: M1", "models[1]", "role"),
    (
        "      en: We ask suppliers.\n",
        "",
        "INS023",
        "text:\n      id: Kami bertanya kepada pemasok",
        "questions[4].text",
        "Add",
    ),
    (
        "en: We ask suppliers.",
        "en: We ask suppliers.\n      fr: Nous.",
        "INS016",
        "fr: Nous",
        "questions[4].text.fr",
        "en",
    ),
    (
        "    # source: {quote: at most twelve words of the study, section: RESULTS}",
        "    source: {quote: a b c d e f g h i j k l m, section: RESULTS}",
        "INS024",
        "source: {quote: a",
        "questions[1].source.quote",
        "12",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "piece", "key", "word"), FAULTS)
def test_faults_name_line_key_and_remedy(small, old, new, code, piece, key, word):
    text = swap(small, old.rstrip() if old not in small else old, new)
    with pytest.raises(UmkmError) as caught:
        parse(text, file="mine.yaml")
    every = [caught.value, *caught.value.others]
    fault = next(entry for entry in every if entry.code == code and entry.place.key == key)
    assert fault.place.file == "mine.yaml"
    assert fault.place.line == line_of(text, piece)
    assert word in fault.remedy("en")
    assert fault.message("id") != fault.message("en")


def test_source_section_and_reference_must_be_known(small):
    text = swap(
        small,
        "  licence: CC BY 4.0",
        "  licence: CC BY 4.0\n  sections: [RESULTS]\nreferences: {A2006: 'A (2006). T.'}",
    )
    text = swap(
        text,
        "    # not_applicable: true",
        "    source: {quote: a b, section: RESULT}\n    adapted_from: [A2007]\n    #",
    )
    with pytest.raises(UmkmError) as caught:
        parse(text)
    found = {(entry.code, entry.params["near"]) for entry in (caught.value, *caught.value.others)}
    assert found == {("INS017", "RESULTS"), ("INS017", "A2006")}


def test_all_faults_are_gathered_by_line(small):
    text = swap(swap(swap(small, "role: m\n", "role: mm\n"), "x: [XA]", "x: XA"), "stem:   ", "stemm:   ")
    with pytest.raises(UmkmError) as caught:
        parse(text)
    lines = [entry.place.line for entry in (caught.value, *caught.value.others)]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_conditions_point_backwards(small):
    text = swap(
        small,
        "    text: {id: Di mana usaha ini berada?",
        "    ask_if: {question: XA1, values: [9]}\n    text: {id: Di mana usaha ini berada?",
    )
    with pytest.raises(UmkmError) as caught:
        parse(text)
    assert caught.value.code == "INS019"
    text = swap(
        small,
        "  - code: XA1\n    section: USAHA\n",
        "  - code: XA1\n    section: USAHA\n    ask_if: {question: CITY, values: [1]}\n",
    )
    with pytest.raises(UmkmError) as caught:
        parse(text)
    assert caught.value.code == "INS145"
    assert caught.value.place.line == text[: text.index("ask_if")].count("\n") + 1
    text = swap(
        small,
        "  - code: XA1\n    section: USAHA\n",
        "  - code: XA1\n    section: USAHA\n    ask_if: {question: NOWHERE, values: [1]}\n",
    )
    with pytest.raises(UmkmError) as caught:
        parse(text)
    assert caught.value.code == "INS016"


def test_the_instrument_is_frozen(inovasi):
    item = inovasi.item("PID2")
    for change in (
        lambda: setattr(inovasi, "name", "x"),
        lambda: setattr(item, "code", "X1"),
        lambda: item.text.update(id="x"),
        lambda: item.text.__setitem__("id", "x"),
        lambda: inovasi.response_scales["agree5"].labels["id"].pop(1),
        lambda: inovasi.response_scales.clear(),
    ):
        with pytest.raises((TypeError, ValueError)):
            change()


def test_it_travels(inovasi):
    again = pickle.loads(pickle.dumps(inovasi))
    assert again == inovasi
    assert again.item("PID2").source.quote == inovasi.item("PID2").source.quote
    assert again.item("PID2").labels == inovasi.item("PID2").labels
    assert Instrument.model_validate(inovasi.to_dict()).to_dict() == inovasi.to_dict()


def test_look_ups_explain_a_wrong_name(inovasi):
    for look, near in (
        (inovasi.item, "PID1"),
        (inovasi.question, "PID1"),
        (inovasi.construct, "PI"),
        (inovasi.model, "M1"),
    ):
        with pytest.raises(UsageError) as caught:
            look(near + "X")
        assert caught.value.code == "GEN002"
    with pytest.raises(UsageError):
        inovasi.of_form("intii")
    with pytest.raises(UsageError):
        inovasi.of_form("inti", blocks=["uang"])


@pytest.mark.parametrize("code", ["X", "Y", "X1.1", "x1_1", "Kepuasan.1", "A234567890123456789z"])
def test_codes_stay_as_the_file_has_them(small, code):
    text = re.sub(r"\bXA1\b", code, small)
    assert code in [item.code for item in parse(text).items]


@pytest.mark.parametrize("code", ["1X", "X 1", "X-1", "A2345678901234567890z"])
def test_what_cannot_be_a_code_is_refused(small, code):
    with pytest.raises(UmkmError) as caught:
        parse(re.sub(r"\bXA1\b", f'"{code}"', small))
    assert caught.value.code == "INS015"


def test_codes_that_differ_in_case_are_refused_with_both_places(small):
    text = re.sub(r"\bXA2\b", "xa1", small)
    with pytest.raises(UmkmError) as caught:
        parse(text)
    fault = caught.value
    assert fault.code == "INS127"
    assert fault.place.line == line_of(text, "code: xa1")
    assert fault.params["first"] == line_of(text, "code: XA1")
    assert "XA1" in fault.message("id")


def test_two_variables_of_one_name_are_refused_with_both_places(small):
    text = small.replace("label: {id: Variabel mediasi, en: Mediator}", "label: {id: Mediasi, en: Mediator}")
    text = text.replace("en: Dependent variable", "en: ' mediator '")
    with pytest.raises(UmkmError) as caught:
        parse(text)
    fault = caught.value
    assert fault.code == "INS171"
    assert fault.place.line == line_of(text, "' mediator '")
    assert fault.params["first"] == line_of(text, "code: MA")
    assert "MA" in fault.message("id")


def test_words_of_r_are_no_codes(small):
    with pytest.raises(UmkmError) as caught:
        parse(re.sub(r"\bXA2\b", "NA", small))
    assert caught.value.code == "INS129"
    assert "NA1" in caught.value.remedy("en")
