"""The Google Forms script as data: pages, jumps, titles; running it needs node and stands in the outside
checks."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._gforms import entries, headings


def test_rows_and_titles_bear_the_codes_without_brackets(bundled: Instrument) -> None:
    for form in ("inti", "panjang"):
        plan = make_plan(bundled, form=form)
        for lang in plan.languages:
            found = list(headings(plan, lang))
            faced = [asked.code for part in plan.faced() for asked in part.asked]
            assert [code for _, code in found] == faced
            assert len({head for head, _ in found}) == len(found)
            for entry in entries(plan, lang):
                for row in entry.rows:
                    assert re.match(r"[A-Z][A-Z0-9]{1,7}\. \S", row)
                    assert "[" not in row


def test_an_answer_that_is_not_accepted_ends_the_form_and_stands_last_on_its_page(rich: Instrument) -> None:
    plan = make_plan(rich)
    listed = entries(plan, "id")
    owner = next(entry for entry in listed if entry.code == "OWNER")
    assert [go for _, go in owner.answers] == ["continue", "continue", "submit"]
    for place, entry in enumerate(listed[:-1]):
        if any(go for _, go in entry.answers):
            assert listed[place + 1].kind == "page", entry.code


def test_a_condition_right_after_its_question_is_a_jump(rich: Instrument) -> None:
    listed = entries(make_plan(rich), "id")
    place = next(i for i, entry in enumerate(listed) if entry.code == "CITY")
    city, page, other, after = listed[place : place + 4]
    assert (page.kind, other.code, after.kind) == ("page", "CITYX", "page")
    assert [go for _, go in city.answers] == [after.code, after.code, page.code]


def test_a_condition_that_needs_several_answers_is_said_in_words_and_not_required(rich: Instrument) -> None:
    entry = next(entry for entry in entries(make_plan(rich), "id") if entry.code == "TRAIN")
    assert not entry.required
    assert entry.help == "Hanya jika jawaban HELP: Bank Indonesia atau Dinas, kota."


def test_every_jump_leads_to_a_later_page(bundled: Instrument, rich: Instrument) -> None:
    for instrument in (bundled, rich):
        listed = entries(make_plan(instrument, form="panjang"), "en")
        pages = {entry.code: place for place, entry in enumerate(listed) if entry.kind == "page"}
        for place, entry in enumerate(listed):
            for _, go in entry.answers:
                if go not in ("", "submit", "continue"):
                    assert pages[go] > place


def test_a_conditional_question_at_the_end_of_the_form(rich: Instrument) -> None:
    last = [q for q in rich.questions if q.code in ("CONSENT", "CITY", "CITYX")]
    short = rich.model_copy(update={"questions": tuple(last)})
    for name in ("items", "_by_code"):
        short.__dict__.pop(name, None)
    city = next(entry for entry in entries(make_plan(short), "id") if entry.code == "CITY")
    assert [go for _, go in city.answers] == ["submit", "submit", "p2"]


def test_numbers_are_checked_by_the_form(rich: Instrument) -> None:
    year = next(entry for entry in entries(make_plan(rich), "en") if entry.code == "YEAR")
    assert (year.kind, year.low, year.high, year.whole) == ("number", 1950.0, 2026.0, True)


@pytest.mark.parametrize("languages", [None, ["en"]])
def test_one_function_a_language_and_steps_in_indonesian(
    bundled: Instrument, tmp_path: Path, languages: list[str] | None
) -> None:
    made = write_questionnaire(bundled, format="google-forms", out=tmp_path, languages=languages)
    script = made.read_text(encoding="utf-8")
    names = re.findall(r"^function (\w+)\(\)", script, flags=re.MULTILINE)
    assert names == (["buatFormulir", "createForm"] if languages is None else ["createForm"])
    steps = next(tmp_path.glob("*PETUNJUK.html")).read_text(encoding="utf-8")

    class Count(HTMLParser):
        steps = 0

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.steps += tag == "li"

    count = Count()
    count.feed(steps)
    assert count.steps == 15
    assert "script.google.com" in steps
    assert made.name in steps
    assert 'lang="id"' in steps
