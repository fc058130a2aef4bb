"""A language that the library does not speak is refused at every door that takes one, by one coded error."""

import contextlib
import doctest
import inspect
import io
import re

import pytest

from public_names import everything
from umkm_stats import Note, UmkmError, UsageError, columns, messages
from umkm_stats.report._voice import choose_voice
from umkm_stats.results import told

COSTLY = {"FitCutoffs.lines", "Screened.summary", "Simulated.summary", "SmallestN.plot", "Detectable.plot"}
"""Examples that compute for a second; what they call is asked elsewhere in this file."""

CATCHES = {"spoken", "serve", "run_demo", "Result.summary"}
"""Examples that end in a refusal of their own; the last is a protocol, answered for by what fulfils it."""


def doors():
    for public in everything():
        if inspect.isclass(public.item) or public.name in COSTLY | CATCHES:
            continue
        taken = inspect.signature(inspect.unwrap(public.item)).parameters
        if "lang" in taken and "examples.study()" not in public.text:
            yield public


def in_french(public, monkeypatch):
    """The code that the example of a door ends with when every language in it, said or not, is "fr"."""
    plain = inspect.unwrap(public.item)
    taken = inspect.signature(plain).parameters
    if taken["lang"].kind is inspect.Parameter.KEYWORD_ONLY:
        monkeypatch.setattr(plain, "__kwdefaults__", {**(plain.__kwdefaults__ or {}), "lang": "fr"})
    elif taken["lang"].default is not inspect.Parameter.empty:
        optional = [
            name
            for name, one in taken.items()
            if one.kind is not one.KEYWORD_ONLY and one.default is not one.empty
        ]
        given = dict(zip(optional, plain.__defaults__, strict=True)) | {"lang": "fr"}
        monkeypatch.setattr(plain, "__defaults__", tuple(given.values()))
    test = doctest.DocTestParser().get_doctest(public.text, {}, public.name, None, 0)
    names = {"__name__": "__main__"}
    try:
        for step in test.examples:
            with contextlib.redirect_stdout(io.StringIO()):
                said = re.sub(r'"(id|en)"', '"fr"', step.source)
                exec(compile(said, public.name, "single"), names)
    except UsageError as fault:
        return fault.code
    return "answered"


def test_every_door_refuses_a_language_it_does_not_speak(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = {}
    for public in doors():
        with monkeypatch.context() as patched:
            found[f"{public.room}.{public.name}"] = in_french(public, patched)
    assert len(found) > 80
    assert {name: code for name, code in found.items() if code not in ("GEN001", "GEN002")} == {}


@pytest.mark.parametrize("lang", ["fr", "", "EN", None, ["en"]])
def test_the_words_refuse_it_and_name_the_two_languages(lang):
    asked = [
        lambda: messages.text("reason.missing", lang),
        lambda: messages.text_or("no.such.key", "otherwise", lang),
        lambda: messages.message("GEN004", lang),
        lambda: messages.remedy("GEN004", lang),
        lambda: messages.number("0.5", lang),
        lambda: messages.listing(["a", "b"], lang),
        lambda: columns.label("se", lang),
        lambda: columns.about("se", lang),
        lambda: choose_voice(lang=lang),
        lambda: choose_voice(style="skripsi", lang=lang),
    ]
    for ask in asked:
        with pytest.raises(UsageError) as caught:
            ask()
        assert caught.value.code == "GEN001"
        assert caught.value.remedy() == "Use one of: en and id."
        assert caught.value.remedy("id") == "Gunakan salah satu dari: en dan id."


@pytest.mark.parametrize("given", [{"style": "harvard"}, {"decimal": ";"}])
def test_a_report_refuses_a_style_and_a_mark_that_are_none(given):
    with pytest.raises(UsageError) as caught:
        choose_voice(**given)
    assert caught.value.code == "GEN001"


PATH = "x -> m -> y | w = -0.5"


def test_numbers_inside_words_have_the_marks_of_the_language():
    said = Note("MED414", {"path": PATH, "yes": ["percentile"], "no": ["bca"]}).message("id")
    assert "x -> m -> y | w = −0,5" in said
    assert "0.5" not in said
    assert "w = −0.5" in Note("MED414", {"path": PATH, "yes": [], "no": []}).message("en")
    assert messages.settings("v1.5 -> y | w = 0.25, z = 1e-05", "id") == "v1.5 -> y | w = 0,25, z = 1e-05"
    changes = [messages.Figures("x1 ~~ x2 (12.3)"), messages.Figures("F.1 =~ x3 (4.0)")]
    assert "x1 ~~ x2 (12,3) dan F.1 =~ x3 (4,0)" in Note("MEA146", {"changes": changes}).message("id")
    values = {"name": "y", "values": [messages.Figures("0.5"), "1"]}
    assert "(0,5 dan 1)" in UmkmError("REG113", params=values).message("id")
    assert "(0.5 and 1)" in UmkmError("REG113", params=values).message("en")


def test_rows_of_many_notes_of_a_kind_have_the_marks_of_the_language():
    notes = [Note("MED410", {"path": f"{PATH}{k}"}, row=f"{PATH}{k}") for k in range(5)]
    (line,) = told(notes, "id")
    assert "x -> m -> y | w = −0,54" in line
    assert "0.5" not in line


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[3.5, 4.5] = .25", "[3,5; 4,5] = 0,25"),
        ("0.14.5 of v2.1", "0.14.5 of v2.1"),
        ("2·(1 − Φ(1.96)) -> -0.001", "2·(1 − Φ(1,96)) -> −0,001"),
        ("F(2, 117) = 4.58", "F(2; 117) = 4,58"),
    ],
)
def test_an_arithmetic_is_written_in_the_marks_of_the_language(text, wanted):
    assert messages.figures(text, "id") == wanted


def test_what_a_user_wrote_is_told_as_it_stands():
    assert "'0.5x'" in UmkmError("GEN004", params={"name": "level", "received": "'0.5x'"}).message("id")
    assert "m ~ .3*x" in messages.message("GEN001", "id", name="model", received="m ~ .3*x", expected=["y"])
