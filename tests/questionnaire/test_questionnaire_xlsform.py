"""XLSForm: pyxform converts it, the XForm says what the instrument says, and our own check bites where
pyxform is silent."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from pyxform.xls2xform import convert

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import Plan, check_xlsform, expected_choices, make_plan, write_questionnaire

NS = {
    "x": "http://www.w3.org/2002/xforms",
    "h": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
}
JR = "{http://openrosa.org/javarosa}"
LANGUAGES = {"id": "Bahasa Indonesia (id)", "en": "English (en)"}


def converted(path: Path) -> ET.Element:
    """The XForm of a workbook; a warning of pyxform fails the test."""
    result = convert(str(path), validate=False)
    assert result.warnings == []
    return ET.fromstring(result.xform)


def binds(form: ET.Element) -> dict[str, ET.Element]:
    return {bind.get("nodeset", "").rsplit("/", 1)[-1]: bind for bind in form.iterfind(".//x:bind", NS)}


def itexts(form: ET.Element) -> dict[str, dict[str, str]]:
    return {
        block.get("lang", ""): {
            text.get("id", ""): "".join((value.text or "") for value in text.iterfind("x:value", NS))
            for text in block.iterfind("x:text", NS)
        }
        for block in form.iterfind(".//x:translation", NS)
    }


def controls(form: ET.Element) -> dict[str, ET.Element]:
    tags = ("select1", "select", "input", "group")
    return {
        e.get("ref", "").rsplit("/", 1)[-1]: e
        for tag in tags
        for e in form.iterfind(f".//x:{tag}", NS)
        if e.get("ref")
    }


CASES = [
    ("rich", "pendek", "online"),
    ("rich", "panjang", "enumerator"),
    ("bundled", "inti", "online"),
    ("bundled", "panjang", "phone"),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Plan, ET.Element, Path]:
    name, form, mode = request.param
    instrument: Instrument = request.getfixturevalue(name)
    path = write_questionnaire(
        instrument, format="xlsform", out=tmp_path_factory.mktemp("form"), form=form, mode=mode
    )
    return make_plan(instrument, form=form, mode=mode), converted(path), path


def asked_in(plan: Plan) -> list[Any]:
    return [asked for part in plan.faced(enumerator=plan.spoken) for asked in part.asked]


def test_every_question_has_bind_required_and_both_itexts(case: tuple[Plan, ET.Element, Path]) -> None:
    plan, form, _ = case
    bound, texts = binds(form), itexts(form)
    assert set(texts) == set(LANGUAGES.values())
    for asked in asked_in(plan):
        bind = bound[asked.code]
        assert (bind.get("required") == "true()") is asked.required, asked.code
        kind = "decimal" if asked.input == "number" and not asked.whole else "string"
        assert bind.get("type") == kind
        for lang, name in LANGUAGES.items():
            assert texts[name][f"{bind.get('nodeset')}:label"] == asked.text[lang]
            if asked.required:
                assert texts[name][f"{bind.get('nodeset')}:jr:requiredMsg"]


def test_default_language_title_and_id(case: tuple[Plan, ET.Element, Path]) -> None:
    plan, form, _ = case
    default = [
        block.get("lang")
        for block in form.iterfind(".//x:translation", NS)
        if block.get("default") == "true()"
    ]
    assert default == [LANGUAGES["id"]]
    instance = form.find(".//x:instance/*", NS)
    assert instance is not None
    assert (instance.get("id"), instance.get("version")) == (plan.label, plan.instrument.version)
    title = form.find(".//h:title", NS)
    assert title is not None
    assert title.text == plan.instrument.title["id"]


def test_choices_carry_the_codes_and_words_of_the_instrument(case: tuple[Plan, ET.Element, Path]) -> None:
    plan, form, _ = case
    texts, shown = itexts(form), controls(form)
    instances = {e.get("id"): e for e in form.iterfind(".//x:instance", NS) if e.get("id")}
    for asked in asked_in(plan):
        if not asked.answers:
            continue
        itemset = shown[asked.code].find("x:itemset", NS)
        if itemset is not None:
            name = re.match(r"instance\('([^']+)'\)", itemset.get("nodeset", ""))
            assert name is not None
            rows = [
                (i.findtext("x:name", "", NS), i.findtext("x:itextId", "", NS))
                for i in instances[name[1]].iterfind(".//x:item", NS)
            ]
        else:
            rows = [
                (
                    i.findtext("x:value", "", NS),
                    re.sub(r"jr:itext\('|'\)", "", (i.find("x:label", NS).get("ref") or "")),
                )  # type: ignore[union-attr]
                for i in shown[asked.code].iterfind("x:item", NS)
            ]
        assert [value for value, _ in rows] == [str(answer.value) for answer in asked.answers]
        for (_, key), answer in zip(rows, asked.answers, strict=True):
            for lang, language in LANGUAGES.items():
                assert texts[language][key] == answer.text[lang]


def test_appearance_is_valid_and_one_statement_a_screen_on_the_phone(
    case: tuple[Plan, ET.Element, Path],
) -> None:
    plan, form, _ = case
    looks = {e.get("appearance") for e in form.iterfind(".//*[@appearance]")}
    assert looks <= ({"likert", "field-list", "numbers"} if not plan.spoken else {"field-list", "numbers"})
    if not plan.spoken:
        assert "likert" in looks
    else:  # only the consent sheet, which is read out in one go, stands on one screen
        lists = [e for e in form.iterfind(".//*[@appearance]") if e.get("appearance") == "field-list"]
        assert [e.get("ref", "").rsplit("/", 1)[-1] for e in lists] == [f"{plan.consent_section}_SHEET"]


def _holds(expression: str | None, given: dict[str, Any]) -> bool:
    """Value of a ``relevant`` under answers: the small part of XPath these forms use, by Python."""
    if not expression:
        return True

    def listed(code: str) -> list[str]:
        value = given.get(code)
        return [] if value is None else [str(v) for v in (value if isinstance(value, list) else [value])]

    text = re.sub(r"selected\(\s*\S*/(\w+)\s*,\s*'(\d+)'\)", lambda m: str(m[2] in listed(m[1])), expression)
    text = re.sub(r"\s\S*/(\w+)\s*=\s*(\d+)", lambda m: f" {m[2] in listed(m[1])}", text)
    assert re.fullmatch(r"[\s()]*(?:(?:True|False|and|or|not|false)[\s()]*)+", text), text
    return bool(eval(text.replace("false()", "False")))


def test_relevant_asks_the_same_questions_as_the_plan(
    case: tuple[Plan, ET.Element, Path], simulate: Callable[..., Any]
) -> None:
    plan, form, _ = case
    bound = binds(form)
    parents = {child: parent for parent in form.iter() for child in parent}
    model = {e.tag.rsplit("}", 1)[-1]: e for e in next(form.iterfind(".//x:instance/*", NS)).iter()}
    rng = random.Random(5)
    for base in simulate(plan, 25):
        given = dict(base)
        gates = [asked for asked in plan.asked if asked.accept is not None]
        if gates and rng.random() < 0.6:
            gate = rng.choice(gates)
            given[gate.code] = rng.choice([a.value for a in gate.answers])
        for asked in asked_in(plan):
            expected = all(
                any(
                    str(v)
                    in [
                        str(x)
                        for x in (
                            given.get(c.question)
                            if isinstance(given.get(c.question), list)
                            else [given.get(c.question)]
                        )
                    ]
                    for v in c.values
                )
                for c in asked.clauses
            )
            shown = _holds(bound[asked.code].get("relevant"), given)
            node = parents[model[asked.code]]
            while node.tag.rsplit("}", 1)[-1] in bound:
                shown = shown and _holds(bound[node.tag.rsplit("}", 1)[-1]].get("relevant"), given)
                node = parents[node]
            assert shown is expected, asked.code


def test_metadata_without_trail_or_place_unless_asked(rich: Instrument, tmp_path: Path) -> None:
    form = converted(write_questionnaire(rich, format="xlsform", out=tmp_path))
    bound = binds(form)
    assert {"start", "end", "today"} <= set(bound)
    assert "audit" not in bound
    traced = converted(write_questionnaire(rich, format="xlsform", out=tmp_path, audit=True))
    assert "audit" in binds(traced)
    assert not any("geo" in (bind.get("type") or "") for bind in binds(traced).values())


def test_what_the_form_knows_is_calculated(bundled: Instrument, tmp_path: Path) -> None:
    form = converted(write_questionnaire(bundled, format="xlsform", out=tmp_path, stage="pilot"))
    bound = binds(form)
    assert (bound["STAGE"].get("calculate"), bound["MODE"].get("calculate")) == ("'1'", "'1'")


def test_our_check_is_content_with_what_we_write(case: tuple[Plan, ET.Element, Path]) -> None:
    plan, _, path = case
    assert check_xlsform(path, required=expected_choices(plan)) == ()


# ---------------------------------------------------------------------- mutations
def _column(sheet: Any, head: str) -> int:
    return [cell.value for cell in sheet[1]].index(head) + 1


def _row(sheet: Any, name: str) -> int:
    column = _column(sheet, "name")
    return next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, column).value == name)


def _put(sheet_name: str, row: str | int, head: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet = book[sheet_name]
        r = row if isinstance(row, int) else _row(sheet, row)
        sheet.cell(r, _column(sheet, head)).value = value

    return change


def _rename_head(sheet_name: str, head: str, new: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet = book[sheet_name]
        sheet.cell(1, _column(sheet, head)).value = new

    return change


def _drop_choice(book: Any) -> None:
    sheet = book["choices"]
    lists = [sheet.cell(r, 1).value for r in range(1, sheet.max_row + 1)]
    sheet.delete_rows(lists.index("agree5") + 3)


def _drop_question(book: Any) -> None:
    book["survey"].delete_rows(_row(book["survey"], "PI1"))


SILENT: list[tuple[str, str, Callable[[Any], None]]] = [
    ("misspelt heading", "QST202", _rename_head("survey", "relevant", "relevent")),
    (
        "misspelt translated heading",
        "QST202",
        _rename_head("survey", "required_message::English (en)", "requierd_message::English (en)"),
    ),
    ("misspelt settings heading", "QST202", _rename_head("settings", "style", "stile")),
    ("unknown appearance", "QST215", _put("survey", "PI1", "appearance", "likret")),
    ("appearance of another type", "QST215", _put("survey", "YEAR", "appearance", "likert")),
    ("label missing in one language", "QST211", _put("survey", "PI1", "label::English (en)", None)),
    ("choice label missing in one language", "QST211", _put("choices", 3, "label::English (en)", None)),
    (
        "default language that no column has",
        "QST206",
        _put("settings", 2, "default_language", "Indonesia (id)"),
    ),
    ("dot in a name", "QST213", _put("survey", "WOOD", "name", "WO.OD")),
    ("blank in form_id", "QST207", _put("settings", 2, "form_id", "uji lengkap")),
    ("required in Indonesian", "QST216", _put("survey", "PI1", "required", "ya")),
    (
        "condition on an answer that does not exist",
        "QST218",
        _put("survey", "CITYX", "relevant", "${CITY} = 'lainnya'"),
    ),
    ("double equals sign", "QST218", _put("survey", "CITYX", "relevant", "${CITY} == '3'")),
    ("unbalanced bracket", "QST218", _put("survey", "CITYX", "relevant", "selected(${CITY}, '3'")),
    ("unknown function", "QST218", _put("survey", "CITYX", "relevant", "selekted(${CITY}, '3')")),
    (
        "condition on a later question",
        "QST218",
        _put("survey", "OWNER", "relevant", "selected(${CITY}, '3')"),
    ),
    (
        "constraint without a message",
        "QST217",
        _put("survey", "YEAR", "constraint_message::Bahasa Indonesia (id)", None),
    ),
    (
        "hint language spelt differently",
        "QST205",
        _rename_head("survey", "hint::English (en)", "hint::Inggris (en)"),
    ),
    ("no version", "QST208", _put("settings", 2, "version", None)),
    ("a choice dropped", "QST219", _drop_choice),
    ("a question dropped", "QST219", _drop_question),
]


@pytest.mark.parametrize(
    ("what", "code", "change"), SILENT, ids=[entry[0].replace(" ", "-") for entry in SILENT]
)
def test_faults_pyxform_is_silent_about_are_caught(
    rich: Instrument, tmp_path: Path, what: str, code: str, change: Callable[[Any], None]
) -> None:
    path = write_questionnaire(rich, format="xlsform", out=tmp_path)
    book = openpyxl.load_workbook(path)
    change(book)
    if what == "constraint without a message":
        _put("survey", "YEAR", "constraint_message::English (en)", None)(book)
    book.save(path)
    silent = True
    try:
        result = convert(str(path), validate=False)
        silent = result.warnings == []
    except Exception:
        silent = False
    found = check_xlsform(path, required=expected_choices(make_plan(rich)))
    assert code in [note.code for note in found], found
    for note in found:
        assert note.message("id")
        assert note.message("en") != note.message("id")
    assert silent is (what not in LOUD), "what pyxform notices has changed; correct LOUD"


LOUD = {"misspelt translated heading", "hint language spelt differently"}
"""Mutations of which pyxform says something itself; at least ten of the others must stay, see below."""


def test_at_least_ten_silent_faults_are_covered() -> None:
    assert len([entry for entry in SILENT if entry[0] not in LOUD]) >= 10


NOISY: list[tuple[str, str, Callable[[Any], None]]] = [
    ("sheet missing", "QST201", lambda book: book.remove(book["settings"])),
    (
        "heading twice",
        "QST203",
        lambda book: setattr(book["survey"].cell(1, book["survey"].max_column + 1), "value", "type"),
    ),
    ("language without a code", "QST204", _rename_head("survey", "label::English (en)", "label::English")),
    ("choice twice", "QST209", _put("choices", 3, "name", "1")),
    ("blank in a choice name", "QST210", _put("choices", 3, "name", "se tuju")),
    ("unknown type", "QST212", _put("survey", "PI1", "type", "select_oen agree5")),
    ("name twice", "QST214", _put("survey", "PI3", "name", "PI1")),
]


@pytest.mark.parametrize(
    ("what", "code", "change"), NOISY, ids=[entry[0].replace(" ", "-") for entry in NOISY]
)
def test_other_faults_are_caught_too(
    rich: Instrument, tmp_path: Path, what: str, code: str, change: Callable[[Any], None]
) -> None:
    path = write_questionnaire(rich, format="xlsform", out=tmp_path)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    assert code in [note.code for note in check_xlsform(path)]


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_text("no workbook")
    with pytest.raises(UmkmError) as caught:
        check_xlsform(path)
    assert caught.value.code == "QST107"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_odk_validate_has_nothing_to_say(case: tuple[Plan, ET.Element, Path]) -> None:
    """The validator that pyxform carries (ODK Validate) loads the form and says nothing."""
    assert convert(str(case[2]), validate=True).warnings == []


@pytest.mark.shared
def test_real_forms_are_checked_without_a_fault_of_ours() -> None:
    folder = Path(__file__).parents[3] / "shared" / "data" / "xlsform"
    if not folder.is_dir():
        pytest.skip("the reference files are not beside the project")
    codes = {path.name: {note.code for note in check_xlsform(path)} for path in sorted(folder.glob("*.xlsx"))}
    assert len(codes) >= 8
    assert "QST203" in codes["pyxform_bug_duplicate_columns.xlsx"]
