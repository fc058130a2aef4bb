"""The offline HTML form as a file: self-contained, closed to the network, complete in both languages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire


class Page(HTMLParser):
    """Questions with their words by language, inputs, and every attribute that could load something."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, dict[str, Any]] = {}
        self.loads: list[tuple[str, str]] = []
        self.policy = ""
        self.open: list[tuple[str, dict[str, str]]] = []
        self.current = ""
        self.scripts: dict[str, str] = {}
        self.sections: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            if name in named:
                self.loads.append((tag, named[name]))
        if tag == "meta" and named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]
        if tag == "section" and named.get("class") == "page":
            self.sections.append(named)
        if tag == "fieldset":
            self.current = named["data-code"]
            self.questions[self.current] = {"attrs": named, "values": [], "said": {}}
        if tag == "input" and self.current and named["type"] in ("radio", "checkbox"):
            self.questions[self.current]["values"].append(named["value"])
        if tag not in ("meta", "link", "input"):
            self.open.append((tag, named))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag == "fieldset":
            self.current = ""

    def handle_data(self, data: str) -> None:
        if not self.open:
            return
        tag, named = self.open[-1]
        if tag == "script":
            self.scripts[named.get("id", "code")] = data
        if self.current and tag == "span" and named.get("class") == "say":
            self.questions[self.current]["said"].setdefault(named["lang"], []).append(data)


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@pytest.mark.parametrize(
    ("which", "form"), [("rich", "panjang"), ("bundled", "inti"), ("bundled", "panjang")]
)
def test_every_question_its_answers_and_both_languages(
    which: str, form: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    instrument: Instrument = request.getfixturevalue(which)
    plan = make_plan(instrument, form=form)
    page = read(write_questionnaire(instrument, format="html", out=tmp_path, form=form))
    faced = [asked for part in plan.faced() for asked in part.asked]
    assert list(page.questions) == [asked.code for asked in faced]
    for asked in faced:
        found = page.questions[asked.code]
        assert found["values"] == [str(answer.value) for answer in asked.answers]
        assert (found["attrs"]["data-required"] == "1") is asked.required
        for lang in plan.languages:
            assert asked.text[lang] in found["said"][lang]
            if asked.question.anchors is None:
                for answer in asked.answers:
                    assert answer.text[lang] in found["said"][lang]


def test_nothing_is_loaded_and_nothing_may_be_sent(bundled: Instrument, tmp_path: Path) -> None:
    path = write_questionnaire(bundled, format="html", out=tmp_path)
    page = read(path)
    assert page.loads == [("link", "data:,")]
    assert page.policy.startswith("default-src 'none'; ")
    assert "connect-src" not in page.policy
    assert "form-action 'none'" in page.policy
    text = path.read_text(encoding="utf-8")
    for word in (
        "http://",
        "https://",
        "fetch(",
        "XMLHttpRequest",
        "sendBeacon",
        "WebSocket",
        "EventSource",
        "eval(",
        "innerHTML",
    ):
        assert word not in text, word


def test_skip_logic_of_the_page(rich: Instrument, tmp_path: Path) -> None:
    page = read(write_questionnaire(rich, format="html", out=tmp_path))
    conditions = {s["aria-labelledby"]: json.loads(s["data-when"]) for s in page.sections}
    assert conditions["h-SETUJU"] == []
    assert conditions["h-ISI"] == [
        {"question": "CONSENT", "values": ["1"]},
        {"question": "OWNER", "values": ["1", "2"]},
        {"question": "NEWP", "values": ["1"]},
    ]
    assert json.loads(page.questions["CITYX"]["attrs"]["data-when"]) == [
        {"question": "CITY", "values": ["3"]}
    ]
    data = json.loads(page.scripts["plan"])
    assert data["screening"][1] == {"question": "OWNER", "accept": ["1", "2"], "consent": False}
    assert data["screening"][0]["consent"] is True


def test_user_text_cannot_break_out_of_the_page(rich: Instrument, tmp_path: Path) -> None:
    nasty = '</script><script>alert(1)</script> & "q" <b>'
    questions = tuple(
        q.model_copy(update={"text": {"id": nasty, "en": nasty}}) if q.code == "PI1" else q
        for q in rich.questions
    )
    made = rich.model_copy(update={"questions": questions, "title": {"id": nasty, "en": nasty}})
    made.__dict__.pop("items", None)
    page = read(write_questionnaire(made, format="html", out=tmp_path))
    assert set(page.scripts) == {"plan", "words", "code"}
    assert nasty in page.questions["PI1"]["said"]["id"]
    assert json.loads(page.scripts["plan"])["title"]["id"] == nasty


def test_drafts_of_a_changed_form_are_not_mixed(rich: Instrument, tmp_path: Path) -> None:
    def key(instrument: Instrument, form: str) -> str:
        page = read(write_questionnaire(instrument, format="html", out=tmp_path, form=form))
        return str(json.loads(page.scripts["plan"])["key"])

    questions = tuple(
        q.model_copy(update={"text": {"id": "Lain.", "en": "Other."}}) if q.code == "PI1" else q
        for q in rich.questions
    )
    other = rich.model_copy(update={"questions": questions})
    other.__dict__.pop("items", None)
    assert len({key(rich, "pendek"), key(rich, "panjang"), key(other, "pendek")}) == 3
    assert key(rich, "pendek") == key(rich, "pendek")


def test_one_language_has_no_switch(rich: Instrument, tmp_path: Path) -> None:
    text = write_questionnaire(rich, format="html", out=tmp_path, languages=["en"]).read_text(
        encoding="utf-8"
    )
    assert "data-speak=" not in text.split("<script")[0]
    assert not re.search(r'class="say" lang="id"', text)


def test_what_the_page_knows_is_stored_with_the_answers(bundled: Instrument, tmp_path: Path) -> None:
    page = read(write_questionnaire(bundled, format="html", out=tmp_path, stage="pilot"))
    columns = {column["code"]: column for column in json.loads(page.scripts["plan"])["columns"]}
    assert columns["STAGE"]["fixed"] == "1"
    assert columns["MODE"]["fixed"] == "1"
    assert columns["BAHASA"]["spoken"] == {"id": "1", "en": "2"}
    assert columns["KONTAK"]["personal"] is True
    assert "STAGE" not in page.questions
