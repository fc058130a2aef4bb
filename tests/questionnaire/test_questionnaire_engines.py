"""XLSForms in the two engines people meet them in: @getodk/xforms-engine (ODK Web Forms) and enketo-core
(KoboToolbox, ODK Central). Every submission is read back; what a form must refuse is refused with words.

The packages are installed by ``make forms``; without them, or without Chromium, these tests are skipped.
``UMKM_STATS_ENGINE_PEOPLE`` sets the respondents a form in the ODK engine (12), a quarter of them in Enketo.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from umkm_stats.instrument import Instrument, load_instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._xlsform import language_heading
from umkm_stats.responses import read_responses

NODE = Path(__file__).parent / "node"
BROWSER = os.environ.get("CHROME_BIN") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PEOPLE = int(os.environ.get("UMKM_STATS_ENGINE_PEOPLE", "12"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / "enketo-core").is_dir(), reason="npm packages are missing: make forms"
    ),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome; name one with CHROME_BIN"),
]


def xform(instrument: Instrument, folder: Path, **options: Any) -> tuple[Plan, Path]:
    """The form as XForm, converted by pyxform without a warning."""
    from pyxform.xls2xform import convert

    written = write_questionnaire(instrument, format="xlsform", out=folder, **options)
    made = convert(str(written))
    assert made.warnings == []
    target = folder / f"{written.stem}.xml"
    target.write_text(made.xform, encoding="utf-8")
    plan = make_plan(instrument, **{"mode": "online", **options})
    return plan, target


def run(folder: Path, jobs: dict[str, list[dict[str, Any]]]) -> dict[str, list[list[dict[str, Any]]]]:
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    done = subprocess.run(
        ["node", str(NODE / "run_engines.mjs"), str(folder / "jobs.json"), str(BROWSER)],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[list[dict[str, Any]]]] = json.loads(done.stdout)
    return found


def job(form: Path, lang: str, people: list[list[tuple[str, Any]]]) -> dict[str, Any]:
    return {"form": str(form), "language": language_heading(lang), "code": lang, "people": people}


def submitted(xml: str) -> dict[str, str]:
    """Column → value of a submission, groups joined by a slash as KoboToolbox does."""
    found: dict[str, str] = {}

    def walk(node: ET.Element, prefix: str) -> None:
        for child in node:
            name = child.tag.rsplit("}", 1)[-1]
            if name == "meta":
                continue
            path = f"{prefix}/{name}" if prefix else name
            if len(child):
                walk(child, path)
            else:
                found[path] = (child.text or "").strip()

    walk(ET.fromstring(xml), "")
    return found


def answered(plan: Plan, given: dict[str, Any]) -> dict[str, Any]:
    """What a respondent or enumerator enters: not what the form itself knows."""
    own = {asked.code for asked in plan.asked if asked.filled_by == "system"}
    return {code: value for code, value in given.items() if code not in own}


CASES = [
    ("rich", {"form": "panjang"}),
    ("bundled", {"form": "inti"}),
    ("bundled", {"form": "panjang", "screening": "population", "order": "outcome_first"}),
    ("bundled", {"form": "pendek", "mode": "phone"}),
]


@pytest.mark.parametrize(
    ("which", "options"), CASES, ids=lambda v: v if isinstance(v, str) else "-".join(v.values())
)
def test_respondents_come_back_equal(
    which: str,
    options: dict[str, Any],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    simulate: Callable[..., Any],
    record_property: Callable[[str, object], None],
) -> None:
    instrument: Instrument = request.getfixturevalue(which)
    plan, form = xform(instrument, tmp_path, **options)
    people = [answered(plan, person) for person in simulate(plan, PEOPLE, seed=41)]
    steps = [list(person.items()) for person in people]
    few = max(1, PEOPLE // 4)
    found = run(tmp_path, {"odk": [job(form, "id", steps)], "enketo": [job(form, "en", steps[:few])]})
    values = 0
    for engine, lang in (("odk", "id"), ("enketo", "en")):
        (runs,) = found[engine]
        rows = []
        for person, seen in zip(people, runs, strict=False):
            assert seen["faults"] == [], engine
            assert set(seen["asked"]) == set(person), engine
            rows.append({**submitted(seen["xml"]), "_uuid": f"{engine}{len(rows)}"})
        pd.DataFrame(rows).to_csv(tmp_path / f"{engine}.csv", index=False)
        read = read_responses(tmp_path / f"{engine}.csv", instrument)
        for place, person in enumerate(people[: len(rows)]):
            for code, given in person.items():
                asked = plan.asked_of(code)
                came = {path.rsplit("/", 1)[-1]: value for path, value in rows[place].items()}[code]
                if asked.input == "number":
                    assert float(came) == float(given), (engine, code)
                else:
                    listed = " ".join(map(str, given)) if isinstance(given, list) else str(given)
                    assert came == listed, (engine, code)
                values += 1
            for item in plan.items:
                if item.code in person and person[item.code] != item.na_code:
                    assert item.response_scale is not None
                    score = person[item.code]
                    score = item.response_scale.reverse(score) if item.reverse else score
                    assert read.items[item.code].iloc[place] == score, (engine, item.code)
            if "BAHASA" in {asked.code for asked in plan.asked}:
                spoken = 1 + instrument.languages.index(lang)
                assert read.respondents["BAHASA"].iloc[place] == spoken, engine
    record_property("respondents", len(people) + few)
    record_property("values", values)
    said = f"{len(people)} + {few} respondents, {values} values, differences 0"
    sys.stderr.write(f"\n{which} {options}: {said}\n")


def test_what_a_form_refuses_it_says(
    bundled: Instrument, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    plan, form = xform(bundled, tmp_path, form="inti", screening="population")
    person = answered(plan, simulate(plan, 1, seed=5)[0])
    year = dt.date.today().year

    def with_(**changed: Any) -> list[tuple[str, Any]]:
        return [(code, changed.get(code, value)) for code, value in person.items()]

    people = [
        with_(YFOUND=year),
        with_(YFOUND=year + 1),
        with_(YBIRTH=year - 18),
        with_(YBIRTH=year - 17),
        with_(ASTRAIN="3.5"),
        with_(ASTRAIN="2,5"),
        with_(ASTRAIN=201),
        with_(CONSENT=2),
        with_(SCCRAFT=2),
    ]
    found = run(tmp_path, {"odk": [job(form, "id", people)], "enketo": [job(form, "id", people)]})
    refused = [set(), {"YFOUND"}, set(), {"YBIRTH"}, {"ASTRAIN"}, {"ASTRAIN"}, {"ASTRAIN"}, set(), set()]
    for engine in ("odk", "enketo"):
        (runs,) = found[engine]
        for seen, wrong in zip(runs, refused, strict=True):
            assert {fault[0] for fault in seen["faults"]} == wrong, engine
            assert all(fault[1] == "constraint" for fault in seen["faults"])
        ends = [{"ENDCONSENT", "ENDNOTE", "THANKS"} & set(seen["shown"]) for seen in runs]
        if engine == "odk":
            assert ends == [{"THANKS"}] * 7 + [{"ENDCONSENT"}, {"ENDNOTE"}]
    words = {fault[0]: fault[2] for seen in found["odk"][0] for fault in seen["faults"]}
    assert words["YFOUND"] == "Mohon isi tahun dari 1900 sampai tahun ini."
    assert words["YBIRTH"] == "Mohon isi tahun dari 1920 sampai 18 tahun yang lalu."
    assert words["ASTRAIN"] == "Mohon isi dengan bilangan bulat dari 0 s.d. 200."


def test_a_chain_whose_head_is_changed(tmp_path: Path) -> None:
    chain = load_instrument(Path(__file__).parent / "files" / "chain.yaml")
    _, form = xform(chain, tmp_path)
    rest: list[tuple[str, Any]] = [("PL1", 4), ("PL2", 5), ("PL3", 2)]
    people = [
        [("OWN", 1), ("GATE", 1), ("EXPORT", 1), ("WHERE", 1), ("ASIA", 40), *rest],
        [("OWN", 1), ("GATE", 2), ("OWN", 2), ("EXPORT", 1), ("WHERE", 1), ("ASIA", 9), ("EXPORT", 2), *rest],
        [("OWN", 1), ("GATE", 2)],
    ]
    found = run(tmp_path, {"odk": [job(form, "en", people)], "enketo": [job(form, "en", people)]})
    for engine in ("odk", "enketo"):
        (runs,) = found[engine]
        assert [seen["faults"] for seen in runs] == [[], [], []], engine
        second = {path.rsplit("/", 1)[-1]: value for path, value in submitted(runs[1]["xml"]).items()}
        assert {code for code in second if second[code]} >= {"OWN", "EXPORT", "PL1", "PL2", "PL3"}
        assert not [code for code in ("GATE", "WHERE", "ASIA") if second.get(code)], engine
        if engine == "odk":
            assert ["ENDNOTE" in seen["shown"] for seen in runs] == [False, False, True]
