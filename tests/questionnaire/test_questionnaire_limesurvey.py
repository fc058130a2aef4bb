"""LimeSurvey's rules, which it breaks off at or drops answers for without a word."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import Plan, make_plan, write_questionnaire
from umkm_stats.questionnaire._limesurvey import expression, headings

CASES = [("rich", "pendek", "online"), ("bundled", "inti", "online"), ("bundled", "panjang", "phone")]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def survey(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Plan, list[dict[str, str]], bytes]:
    name, form, mode = request.param
    instrument: Instrument = request.getfixturevalue(name)
    path = write_questionnaire(
        instrument, format="limesurvey", out=tmp_path_factory.mktemp("form"), form=form, mode=mode
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return make_plan(instrument, form=form, mode=mode), rows, path.read_bytes()


def of(rows: list[dict[str, str]], sort: str, lang: str = "id") -> list[dict[str, str]]:
    return [row for row in rows if row["class"] == sort and row["language"] == lang]


def test_file_begins_with_a_byte_order_mark_and_the_headings(
    survey: tuple[Plan, list[dict[str, str]], bytes],
) -> None:
    _, rows, raw = survey
    assert raw.startswith(
        b"\xef\xbb\xbfclass\ttype/scale\tname\trelevance\ttext\thelp\tlanguage\tvalidation\tmandatory\tother\t"
    )
    assert b"\r" not in raw
    assert None not in rows[0]


def test_order_is_settings_texts_then_each_language_whole(
    survey: tuple[Plan, list[dict[str, str]], bytes],
) -> None:
    _, rows, _ = survey
    sorts = [row["class"] for row in rows]
    assert sorts[: sorts.index("G")] == ["S"] * sorts.count("S") + ["SL"] * sorts.count("SL")
    body = rows[sorts.index("G") :]
    languages = [row["language"] for row in body]
    assert languages == sorted(languages, key=["id", "en"].index)
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    assert (settings["language"], settings["additional_languages"], settings["ipaddr"]) == ("id", "en", "N")


def test_both_languages_are_complete_and_in_step(survey: tuple[Plan, list[dict[str, str]], bytes]) -> None:
    _, rows, _ = survey
    body = [row for row in rows if row["class"] in ("G", "Q", "SQ", "A")]
    first, second = ([row for row in body if row["language"] == lang] for lang in ("id", "en"))
    assert len(first) == len(second) > 20
    same = ("class", "type/scale", "relevance", "mandatory", "other")
    for one, two in zip(first, second, strict=True):
        assert [one[key] for key in same] == [two[key] for key in same]
        if one["class"] != "G":
            assert one["name"] == two["name"]
            assert "" not in (one["text"], two["text"])
        assert bool(one["help"]) == bool(two["help"])


def test_codes_and_group_numbers(survey: tuple[Plan, list[dict[str, str]], bytes]) -> None:
    _, rows, _ = survey
    assert [row["type/scale"] for row in of(rows, "G")] == [str(n) for n in range(1, len(of(rows, "G")) + 1)]
    for row in of(rows, "A"):
        assert re.fullmatch(r"[A-Za-z0-9]{1,5}", row["name"])
    names = [row["name"] for row in of(rows, "Q")]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", name)
    for row in of(rows, "SQ"):
        assert re.fullmatch(r"[A-Za-z0-9]{1,20}", row["name"])
    assert {row["type/scale"] for row in of(rows, "Q")} <= {"F", "L", "M", "N", "S", "*"}


def test_every_question_comes_back_under_its_code(survey: tuple[Plan, list[dict[str, str]], bytes]) -> None:
    plan, rows, _ = survey
    asked = [entry for part in plan.faced(enumerator=plan.spoken) for entry in part.asked]
    built: list[str] = []
    question = ""
    grid = False
    for row in rows:
        if row["language"] != "id" or row["class"] not in ("Q", "SQ"):
            continue
        if row["class"] == "Q":
            question, grid = row["name"], row["type/scale"] in ("F", "M")
            if not grid and row["type/scale"] != "*":
                built.append(question)
        else:
            built.append(f"{question}[{row['name']}]")
    faced = {entry.code for entry in asked}
    assert built == [head for head, code in headings(plan) if code in faced]
    mandatory = {row["name"]: row["mandatory"] for row in of(rows, "Q")}
    for entry in asked:
        if entry.code in mandatory:
            assert (mandatory[entry.code] == "Y") is entry.required


def test_what_the_form_knows_is_a_hidden_equation(bundled: Instrument, tmp_path: Path) -> None:
    path = write_questionnaire(bundled, format="limesurvey", out=tmp_path, stage="pilot")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [
            row
            for row in csv.DictReader(stream, delimiter="\t")
            if row["type/scale"] == "*" and row["language"] == "id"
        ]
    texts = {row["name"]: row["text"] for row in rows}
    assert texts["STAGE"] == "1"
    assert texts["BAHASA"] == '{if(LANG == "id", 1, if(LANG == "en", 2, 0))}'
    assert all(row["hidden"] == "1" for row in rows)


def test_relevance_asks_the_same_questions_as_the_plan(
    rich: Instrument, simulate: Callable[..., Any]
) -> None:
    plan = make_plan(rich)

    def value(text: str, given: dict[str, Any]) -> bool:
        def one(match: re.Match[str]) -> str:
            name, wanted = match[1], match[2]
            if wanted == "Y":
                code, tick = name.rsplit("_", 1)
                return str(int(tick) in (given.get(code) or []))
            return str(str(given.get(name.split("_")[-1])) == wanted)

        plain = re.sub(r'(\w+)\.NAOK == "?(\w+)"?', one, text)
        return bool(eval(plain)) if plain != "1" else True

    for given in simulate(plan, 30, seed=4):
        for changed in ({}, {"CONSENT": 2}, {"OWNER": 3}, {"NEWP": 2}):
            answers = {**given, **changed}
            for asked in plan.asked:
                expected = all(
                    any(
                        v in clause.values
                        for v in (
                            answers.get(clause.question)
                            if isinstance(answers.get(clause.question), list)
                            else [answers.get(clause.question)]
                        )
                    )
                    for clause in asked.clauses
                )
                assert value(expression(plan, asked.clauses), answers) is expected, asked.code


def test_exclusive_answers_and_bounds_are_kept(rich: Instrument, tmp_path: Path) -> None:
    path = write_questionnaire(rich, format="limesurvey", out=tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = {
            row["name"]: row
            for row in csv.DictReader(stream, delimiter="\t")
            if row["class"] == "Q" and row["language"] == "en"
        }
    assert rows["HELP"]["exclude_all_others"] == "3"
    assert (
        rows["YEAR"]["min_num_value_n"],
        rows["YEAR"]["max_num_value_n"],
        rows["YEAR"]["num_value_int_only"],
    ) == ("1950", "2026", "1")
    assert rows["SHARE"]["num_value_int_only"] == "0"


def test_golden_file(rich: Instrument, tmp_path: Path) -> None:
    """Frozen output of our own (``frozen_own``): no program outside LimeSurvey checks this format, so a
    change must be seen.

    After a wanted change: write the form of ``files/rich.yaml`` anew over ``files/rich_limesurvey.txt`` and
    read the difference.
    """
    made = write_questionnaire(rich, format="limesurvey", out=tmp_path).read_bytes()
    assert made == (Path(__file__).parent / "files" / "rich_limesurvey.txt").read_bytes()
