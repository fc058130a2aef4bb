"""Conditions on conditioned questions: an answer that is no longer shown opens nothing, in every format."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document

from umkm_stats.instrument import Instrument, load_instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._codes import condition_text
from umkm_stats.questionnaire._gforms import entries
from umkm_stats.questionnaire._html import when
from umkm_stats.questionnaire._limesurvey import rows as lime_rows
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._xlsform import sheets
from umkm_stats.responses import read_responses

CHAIN = Path(__file__).parent / "files" / "chain.yaml"
SHARED = Path(__file__).parents[3] / "shared" / "cases" / "forms" / "chain.yaml"
STALE = [
    {"OWN": own, "GATE": gate, "EXPORT": export, "WHERE": where}
    for own, gate, export, where in itertools.product((1, 2), (1, 2), (1, 2), (1, 2))
]


@pytest.fixture(scope="module")
def chain() -> Instrument:
    return load_instrument(CHAIN)


@pytest.fixture(scope="module")
def plan(chain: Instrument) -> Plan:
    return make_plan(chain)


def shown(given: dict[str, int]) -> set[str]:
    """Who is asked what, said by hand: hidden answers count for nothing."""
    asked = {"OWN"}
    if given["OWN"] == 1:
        asked.add("GATE")
    if given["OWN"] == 1 and given["GATE"] == 2:
        return asked
    asked |= {"EXPORT", "PL1", "PL2", "PL3"}
    if given["EXPORT"] == 1:
        asked.add("WHERE")
        if given["WHERE"] == 1:
            asked.add("ASIA")
    return asked


def truth(text: str) -> bool:
    assert re.fullmatch(r"[\s()]*(?:(?:True|False|and|or|not)[\s()]*)+", text), text
    return bool(eval(text))


def xpath(text: str, given: dict[str, int]) -> bool:
    if not text:
        return True
    return truth(
        re.sub(r"selected\(\$\{(\w+)\}, '(\d+)'\)", lambda m: str(given.get(m[1]) == int(m[2])), text)
    )


def test_xlsform_with_hidden_answers_that_still_count(plan: Plan) -> None:
    survey = sheets(plan)[0]
    for given in STALE:
        groups: list[bool] = []
        found: set[str] = set()
        ended = False
        for row in survey:
            if row["type"] == "begin group":
                groups.append(xpath(row.get("relevant", ""), given))
            elif row["type"] == "end group":
                groups.pop()
            elif row.get("name") == "ENDNOTE":
                ended = xpath(row["relevant"], given)
            elif row["type"] in ("note", "calculate", "start", "end", "today"):
                continue
            elif all(groups) and xpath(row.get("relevant", ""), given):
                found.add(row["name"])
        assert found == shown(given), given
        assert ended is ("EXPORT" not in found), given


def test_html_with_hidden_answers_that_are_kept(plan: Plan) -> None:
    for given in STALE:

        def met(clause: dict[str, Any], given: dict[str, int] = given) -> bool:
            return str(given.get(clause["question"])) in clause["values"]

        found = {
            asked.code
            for asked in plan.asked
            if all(
                met(clause) or ("only_if" in clause and not all(map(met, clause["only_if"])))
                for clause in json.loads(when(asked.clauses))
            )
        }
        assert found == shown(given), given


def test_limesurvey_with_hidden_answers(plan: Plan) -> None:
    listed = [row for row in lime_rows(plan) if row.get("language") == "id"]
    for given in STALE:
        found: set[str] = set()
        group = True

        def holds(text: str, given: dict[str, int] = given) -> bool:
            text = re.sub(r'(\w+)\.NAOK == "(\d+)"', lambda m: str(given.get(m[1]) == int(m[2])), text)
            return text == "1" or truth(text.replace("!", " not "))

        for row in listed:
            if row["class"] == "G":
                group = holds(row["relevance"])
            elif row["class"] == "Q" and group and holds(row["relevance"]):
                found |= (
                    {"PL1", "PL2", "PL3"}
                    if row["name"].startswith("G") and row["name"] != "GATE"
                    else {row["name"]}
                )
        assert found == shown(given), given


def follow(plan: Plan, given: dict[str, int]) -> set[str]:
    """Through the pages of the Google form, as its jumps lead."""
    listed = entries(plan, "id")
    at, found = 0, set()
    while at < len(listed):
        go, at_end = "", at
        while at_end < len(listed) and (at_end == at or listed[at_end].kind != "page"):
            entry = listed[at_end]
            if entry.kind not in ("page", "header"):
                found |= {row.split(".")[0] for row in entry.rows} or {entry.code}
                if any(leads for _, leads in entry.answers) and entry.code in given:
                    go = entry.answers[given[entry.code] - 1][1]
            at_end += 1
        if go == "submit":
            return found
        if go in ("", "continue") and at_end < len(listed) and go == "":
            go = listed[at_end].go
            if go == "submit":
                return found
        pages = {entry.code: place for place, entry in enumerate(listed) if entry.kind == "page"}
        at = pages.get(go, at_end)
    return found


def test_google_jumps_keep_the_chain(plan: Plan) -> None:
    for given in STALE:
        found = shown(given)
        answered = {code: value for code, value in given.items() if code in found}
        assert follow(plan, answered) == found, given
    asked = {entry.code: entry for entry in entries(plan, "id")}
    assert asked["WHERE"].required
    assert asked["ASIA"].required


def test_a_question_left_blank_leads_past_the_page_that_hangs_on_it(chain: Instrument) -> None:
    loose = tuple(
        q.model_copy(update={"required": False}) if q.code == "EXPORT" else q for q in chain.questions
    )
    short = chain.model_copy(update={"questions": loose})
    short.__dict__.pop("_by_code", None)
    found = follow(make_plan(short), {"OWN": 2})
    assert found == {"OWN", "EXPORT", "PL1", "PL2", "PL3"}


def test_codebook_and_print_name_every_condition(chain: Instrument, plan: Plan, tmp_path: Path) -> None:
    assert condition_text(plan.asked_of("ASIA")) == "GATE = 1 (OWN = 1); EXPORT = 1; WHERE = 1"
    assert condition_text(plan.asked_of("PL1")) == "GATE = 1 (OWN = 1)"
    text = "\n".join(
        paragraph.text
        for paragraph in Document(
            str(write_questionnaire(chain, format="docx", out=tmp_path, languages=["id"]))
        ).paragraphs
    )
    assert "Hanya jika nomor 3 dijawab: Ya, dan nomor 4 dijawab: Asia." in text


def test_a_gate_that_records_only_ends_nobody(chain: Instrument) -> None:
    survey = sheets(make_plan(chain, screening="all"))[0]
    assert not [row for row in survey if row.get("name") in ("ENDNOTE", "ENDCONSENT")]


def test_the_reader_sets_aside_what_hangs_on_a_hidden_answer(chain: Instrument, tmp_path: Path) -> None:
    rows = [
        {"OWN": 2, "GATE": "", "EXPORT": 2, "WHERE": 1, "ASIA": 40, "PL1": 1, "PL2": 2, "PL3": 3},
        {"OWN": 1, "GATE": 1, "EXPORT": 1, "WHERE": 1, "ASIA": 60, "PL1": 4, "PL2": 5, "PL3": 5},
        {"OWN": 1, "GATE": 1, "EXPORT": 1, "WHERE": 2, "ASIA": "", "PL1": 3, "PL2": 2, "PL3": 4},
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "answers.csv", index=False)
    read = read_responses(tmp_path / "answers.csv", chain)
    aside = read.findings[read.findings["code"] == "RSP212"]
    assert sorted(aside["message"].map(lambda text: "ASIA" in text)) == [False, True]


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared cases are not here")
def test_the_shared_case_asks_the_same() -> None:
    survey = sheets(make_plan(load_instrument(SHARED)))[0]
    relevant = {row.get("name"): row.get("relevant", "") for row in survey}
    assert "selected(${OWN}, '1')" in relevant["ENDNOTE"]
    assert relevant["ASIA"] == "selected(${EXPORT}, '1') and selected(${WHERE}, '1')"
