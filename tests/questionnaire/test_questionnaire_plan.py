"""What is asked, in what order, of whom; and what a wrong call is told."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from umkm_stats import atomic
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import Instrument, Item
from umkm_stats.questionnaire import FORMATS, _plan, make_plan, write_questionnaire
from umkm_stats.questionnaire._codes import answers_text
from umkm_stats.questionnaire._words import range_words


def changed(instrument: Instrument, code: str, **update: object) -> Instrument:
    """The instrument with one question changed."""
    questions = tuple(q.model_copy(update=update) if q.code == code else q for q in instrument.questions)
    made = instrument.model_copy(update={"questions": questions})
    for name in ("items", "_by_code"):
        made.__dict__.pop(name, None)
    return made


@pytest.mark.parametrize("form", ["inti", "pendek", "panjang"])
@pytest.mark.parametrize("mode", ["online", "paper", "phone", "enumerator"])
def test_every_question_of_the_form_is_planned_once(bundled: Instrument, form: str, mode: str) -> None:
    plan = make_plan(bundled, form=form, mode=mode)  # type: ignore[arg-type]
    expected = Counter(question.code for question in bundled.of_form(form, mode=mode))
    assert Counter(asked.code for asked in plan.asked) == expected
    numbers = [asked.number for asked in plan.asked if asked.filled_by == "respondent"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_attention_checks_are_asked_online_only(bundled: Instrument) -> None:
    online = {a.code for a in make_plan(bundled).asked if a.question.role == "attention"}
    assert online
    for mode in ("paper", "phone", "enumerator"):
        assert not {a.code for a in make_plan(bundled, mode=mode).asked if a.question.role == "attention"}  # type: ignore[arg-type]


def test_screening_gates_everything_after_it(rich: Instrument) -> None:
    plan = make_plan(rich, screening="replicate")
    item = plan.asked_of("PI1")
    assert [(c.question, c.values) for c in item.clauses] == [
        ("CONSENT", (1,)),
        ("OWNER", (1, 2)),
        ("NEWP", (1,)),
    ]
    assert plan.asked_of("OWNER").clauses == plan.asked_of("PI1").clauses[:1]
    population = make_plan(rich, screening="population")
    assert [c.question for c in population.asked_of("PI1").clauses] == ["CONSENT", "OWNER"]
    assert population.asked_of("NEWP").accept is None


def test_own_condition_comes_after_the_screening(rich: Instrument) -> None:
    assert make_plan(rich).asked_of("CITYX").clauses[-1].question == "CITY"


def test_statements_with_and_without_not_applicable_stand_in_two_grids(rich: Instrument) -> None:
    part = next(part for part in make_plan(rich).parts if part.code == "ISI")
    grids = [group for group in part.groups if group.grid]
    assert [[a.code for a in grid.asked] for grid in grids] == [
        ["PI1", "PI3", "OI2"],
        ["PI2", "OI1"],
        ["NP1", "NP2"],
    ]
    assert [any(answer.aside for answer in grid.answers) for grid in grids] == [False, True, False]


def test_shuffle_is_a_permutation_within_sections_and_repeats_with_its_seed(bundled: Instrument) -> None:
    plain = make_plan(bundled)
    one, two, other = (make_plan(bundled, shuffle=True, seed=seed) for seed in (7, 7, 8))
    assert [a.code for a in one.asked] == [a.code for a in two.asked]
    assert [a.code for a in one.asked] != [a.code for a in plain.asked]
    assert [a.code for a in one.asked] != [a.code for a in other.asked]
    for before, after in zip(plain.parts, one.parts, strict=True):
        assert sorted(a.code for a in before.asked) == sorted(a.code for a in after.asked)
        if not before.section.randomise:
            assert [a.code for a in before.asked] == [a.code for a in after.asked]


def test_shuffle_without_a_seed_draws_one_and_keeps_it(bundled: Instrument) -> None:
    plan = make_plan(bundled, shuffle=True)
    assert plan.seed is not None
    again = make_plan(bundled, shuffle=True, seed=plan.seed)
    assert [a.code for a in again.asked] == [a.code for a in plan.asked]
    assert make_plan(bundled).seed is None


def test_optional_block_is_asked_only_when_switched_on(rich: Instrument) -> None:
    assert "SALES" not in {a.code for a in make_plan(rich).asked}
    assert "SALES" in {a.code for a in make_plan(rich, blocks=("uang",)).asked}


def test_sensitive_questions_are_never_required(bundled: Instrument) -> None:
    plan = make_plan(bundled, form="panjang", blocks=("keuangan",))
    sensitive = [a for a in plan.asked if a.question.sensitive]
    assert sensitive
    assert not any(a.required for a in sensitive)


def test_blanks_of_the_consent_sheet_are_filled_or_shown(rich: Instrument) -> None:
    plan = make_plan(rich, filled={"peneliti": "Siti"})
    sheet = plan.consent()
    assert sheet[0]["id"] == "Nama peneliti: Siti. Keikutsertaan bersifat sukarela."
    assert sheet[1]["en"] == "You may withdraw your data until [closing date]."
    assert plan.unfilled() == ("batas",)


def test_what_is_left_to_do_is_said(
    rich: Instrument,
    bundled: Instrument,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [note.code for note in make_plan(rich).notes] == ["QST108"]
    assert make_plan(rich, filled={"peneliti": "Siti", "batas": "1 Maret 2027"}).notes == ()
    assert "QST109" not in [note.code for note in make_plan(bundled, form="inti").notes]
    with monkeypatch.context() as patched:
        patched.setattr(_plan, "PATIENCE", make_plan(bundled, form="inti").minutes - 1)
        assert "QST109" in [note.code for note in make_plan(bundled, form="inti").notes]
    caplog.set_level("INFO", logger="umkm_stats")
    write_questionnaire(rich, format="html", out=tmp_path)
    assert "nama peneliti dan tanggal batas" in caplog.text
    caplog.clear()
    write_questionnaire(rich, format="codebook", out=tmp_path)
    assert caplog.text == ""


def test_what_the_form_itself_knows(bundled: Instrument) -> None:
    known = make_plan(bundled, mode="phone", stage="pilot", languages=["en"]).known
    order = {"URUTAN": "1"} if "URUTAN" in {question.code for question in bundled.questions} else {}
    assert known == {"STAGE": "1", "MODE": "3", "BAHASA": "2", "FORMVER": bundled.version} | order
    assert "BAHASA" not in make_plan(bundled).known


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format_is_written_in_each_language_order(
    bundled: Instrument, tmp_path: Path, format: str
) -> None:
    for languages in (None, ["en"], ["en", "id"]):
        made = write_questionnaire(bundled, format=format, out=tmp_path / str(languages), languages=languages)
        assert made.is_file()
        assert made.parent == tmp_path / str(languages)
        hidden = {path.name for path in made.parent.iterdir() if path.name.startswith(".")}
        assert hidden == {".umkm-written.json"}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_an_instrument_without_forms_consent_or_screening_is_written(tmp_path: Path, format: str) -> None:
    from umkm_stats.instrument import load_instrument

    instrument = load_instrument("msme_colombia")
    made = write_questionnaire(instrument, format=format, out=tmp_path)
    assert made.name.startswith("msme_colombia")


def test_wrong_names_are_usage_errors(rich: Instrument, tmp_path: Path) -> None:
    for wrong in (
        {"format": "pdf"},
        {"format": "xlsx", "languages": ["fr"]},
        {"format": "xlsx", "languages": []},
        {"format": "xlsx", "form": "mini"},
        {"format": "xlsx", "mode": "telegram"},
        {"format": "xlsx", "screening": "all"},
        {"format": "xlsx", "blocks": ("x",)},
        {"format": "xlsx", "stage": "third"},
        {"format": "xlsx", "shuffle": True, "seed": -1},
    ):
        with pytest.raises(UsageError) as caught:
            write_questionnaire(rich, out=tmp_path / "none", **wrong)  # type: ignore[arg-type]
        assert caught.value.code.startswith("GEN")
    assert not (tmp_path / "none").exists()


def test_missing_wording_is_named(rich: Instrument, tmp_path: Path) -> None:
    broken = changed(rich, "PI1", text={"id": "Hanya Indonesia."})
    with pytest.raises(UsageError) as caught:
        write_questionnaire(broken, format="html", out=tmp_path)
    assert (caught.value.code, caught.value.params["item"]) == ("QST101", "PI1")
    assert write_questionnaire(broken, format="html", out=tmp_path, languages=["id"]).is_file()


def test_nothing_left_to_ask(rich: Instrument, tmp_path: Path) -> None:
    only_online = rich.model_copy(
        update={"questions": tuple(q.model_copy(update={"modes": ("online",)}) for q in rich.questions)}
    )
    with pytest.raises(UsageError) as caught:
        write_questionnaire(only_online, format="docx", out=tmp_path)
    assert caught.value.code == "QST102"


@pytest.mark.parametrize(
    ("format", "text"), [("xlsform", "Harga ${PI2} kami."), ("limesurvey", "Harga {PI2} kami.")]
)
def test_reference_marks_are_refused_where_they_would_be_read(
    rich: Instrument, tmp_path: Path, format: str, text: str
) -> None:
    broken = changed(rich, "PI1", text={"id": text, "en": text})
    with pytest.raises(UmkmError) as caught:
        write_questionnaire(broken, format=format, out=tmp_path)
    assert caught.value.code == "QST103"
    assert not any(tmp_path.iterdir())
    assert write_questionnaire(broken, format="html", out=tmp_path).is_file()


def test_a_file_open_elsewhere_is_a_coded_error_and_the_old_file_stays(
    rich: Instrument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write_questionnaire(rich, format="xlsx", out=tmp_path)
    old = target.read_bytes()

    def refuse(source: object, destination: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(atomic.os, "replace", refuse)
    with pytest.raises(UmkmError) as caught:
        write_questionnaire(rich, format="xlsx", out=tmp_path, form="panjang", screening="population")
    assert caught.value.code == "QST104"
    assert target.read_bytes() == old
    assert {path.name for path in tmp_path.iterdir()} == {target.name, ".umkm-written.json"}
    assert "Word" in caught.value.message("id")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="needs a folder this user cannot write to"
)
def test_a_folder_that_refuses_writing_is_a_coded_error(rich: Instrument, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(UmkmError) as caught:
        write_questionnaire(rich, format="xlsx", out=closed / "new")
    assert caught.value.code == "QST104"


def test_out_that_is_a_file(rich: Instrument, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    for out in (blocked, blocked / "below"):
        with pytest.raises(UmkmError) as caught:
            write_questionnaire(rich, format="xlsx", out=out)
        assert caught.value.code == "QST105"
    assert blocked.read_text() == "kept"


def test_print_holds_two_languages(rich: Instrument, tmp_path: Path) -> None:
    third = {"languages": ("id", "en", "ms")}
    widened = rich.model_copy(update=third)
    questions = tuple(q.model_copy(update={"text": {**q.text, "ms": q.text["id"]}}) for q in rich.questions)
    widened = widened.model_copy(
        update={"questions": questions, "title": {**rich.title, "ms": rich.title["id"]}}
    )
    widened.__dict__.pop("items", None)
    with pytest.raises(UsageError) as caught:
        write_questionnaire(widened, format="docx", out=tmp_path)
    assert caught.value.code == "QST106"


def test_items_keep_their_type(rich: Instrument) -> None:
    assert all(isinstance(item, Item) for item in make_plan(rich).items)
    assert [item.code for item in make_plan(rich, form="panjang").items if item.reverse] == ["OI3"]


def test_the_range_of_a_number_is_written_in_the_marks_of_each_language() -> None:
    question = SimpleNamespace(minimum=0.5, maximum=2.5, unit=None)
    asked = SimpleNamespace(question=question, latest=None, whole=False, answers=(), input="number")
    words = range_words(asked, ("id", "en", "ms"))
    assert "0,5" in words["id"]
    assert "2,5" in words["id"]
    assert all("0.5" in words[lang] and "2.5" in words[lang] for lang in ("en", "ms"))
    assert answers_text(asked, "id").replace("s.d.", "").split() == ["0,5", "2,5"]  # type: ignore[arg-type]


def test_a_questionnaire_in_a_language_without_texts_of_its_own_is_written_and_its_notes_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = (Path(__file__).parent / "files" / "rich.yaml").read_text(encoding="utf-8")
    malay = re.sub(r"(?<![\w-])id(?=:|,|\])", "ms", text)
    (tmp_path / "instrument.yaml").write_text(malay, encoding="utf-8")
    caplog.set_level("INFO", logger="umkm_stats")
    for format in FORMATS:
        write_questionnaire(
            tmp_path / "instrument.yaml", format=format, out=tmp_path / "out", languages=["ms"]
        )
    assert "The consent sheet still has blanks" in caplog.text


def test_a_form_of_an_instrument_without_forms_is_refused():
    """It was taken for granted: the whole questionnaire came, under the name of the form."""
    with pytest.raises(UsageError, match=r"GEN001.*none"):
        make_plan("msme_colombia", form="pendek")
