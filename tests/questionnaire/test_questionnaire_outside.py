"""Checks by programs from npm: types of Apps Script, a run against a mock FormApp, an HTML validator, a real
browser.

The packages are installed once with ``npm install --prefix tests/questionnaire/node --no-package-lock``;
without them these tests are skipped. Java is needed for the validator, Chromium (or Chrome, or
``CHROME_BIN``) for the browser. Screenshots go to the folder named by ``UMKM_STATS_SCREENSHOTS``, else to the
test's temporary folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import Instrument
from umkm_stats.questionnaire import make_plan, write_questionnaire
from umkm_stats.questionnaire._gforms import entries, function_name, headings
from umkm_stats.responses import read_responses

NODE = Path(__file__).parent / "node"
MODULES = NODE / "node_modules"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not MODULES.is_dir(),
        reason="npm packages are missing: npm install --prefix tests/questionnaire/node --no-package-lock",
    ),
]


def node(*arguments: str, timeout: int = 120, cwd: Path = NODE) -> str:
    run = subprocess.run(["node", *arguments], cwd=cwd, capture_output=True, text=True, timeout=timeout)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(
    params=[("rich", "pendek"), ("rich", "panjang"), ("bundled", "inti"), ("bundled", "panjang")],
    ids=lambda c: "-".join(c),
)
def built(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Instrument, str, Path]:
    name, form = request.param
    instrument: Instrument = request.getfixturevalue(name)
    return instrument, form, write_questionnaire(instrument, format="google-forms", out=tmp_path, form=form)


def test_script_passes_the_type_checker(built: tuple[Instrument, str, Path], tmp_path: Path) -> None:
    shutil.copy(built[2], tmp_path / "form.js")
    config = json.loads((NODE / "tsconfig.json").read_text(encoding="utf-8"))
    config["compilerOptions"]["typeRoots"] = [str(MODULES / "@types")]
    (tmp_path / "tsconfig.json").write_text(json.dumps({**config, "files": ["form.js"]}), encoding="utf-8")
    node(str(MODULES / "typescript" / "bin" / "tsc"), "-p", str(tmp_path / "tsconfig.json"))
    broken = (tmp_path / "form.js").read_text(encoding="utf-8").replace("addGridItem()", "addGridIten()")
    (tmp_path / "form.js").write_text(broken, encoding="utf-8")
    with pytest.raises(AssertionError, match="addGridIten"):
        node(str(MODULES / "typescript" / "bin" / "tsc"), "-p", str(tmp_path / "tsconfig.json"))


@pytest.mark.parametrize("lang", ["id", "en"])
def test_script_builds_every_item_and_page_of_the_plan(
    built: tuple[Instrument, str, Path], lang: str
) -> None:
    instrument, form, path = built
    plan = make_plan(instrument, form=form)
    made = json.loads(node(str(NODE / "run_script.js"), str(path), function_name(lang)))["built"]
    listed = entries(plan, lang)
    assert [(item["type"], item["title"]) for item in made["items"]] == [
        (entry.kind if entry.kind != "number" else "text", entry.title) for entry in listed
    ]
    assert sum(item["type"] == "page" for item in made["items"]) == sum(
        entry.kind == "page" for entry in listed
    )
    rows = [row for item in made["items"] for row in item["rows"]]
    singles = [item for item in made["items"] if item["type"] in ("choice", "multiple", "scale", "text")]
    assert len(rows) + len(singles) == sum(len(part.asked) for part in plan.faced())
    assert made["validations"] == sum(entry.kind == "number" for entry in listed)
    assert made["settings"]["CollectEmail"] is False
    assert made["settings"]["title"] == instrument.title[lang]
    assert made["settings"]["destination"][0] == "SPREADSHEET"


def spoken(plan: Any, code: str, value: Any, lang: str) -> str:
    asked = plan.asked_of(code)
    if not asked.answers or (asked.question.anchors is not None):
        return str(value)
    text = {answer.value: answer.text[lang] for answer in asked.answers}
    return ", ".join(text[v] for v in value) if isinstance(value, list) else text[value]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_form_filled_in_page_by_page_is_read_back(
    built: tuple[Instrument, str, Path], lang: str, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    instrument, form, path = built
    plan = make_plan(instrument, form=form)
    heads = list(headings(plan, lang))
    rows = []
    people = simulate(plan, 8, seed=21)
    for given in people:
        answers = {head: spoken(plan, code, given[code], lang) for head, code in heads if code in given}
        (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        filled = json.loads(
            node(str(NODE / "run_script.js"), str(path), function_name(lang), str(tmp_path / "answers.json"))
        )["filled"]
        assert filled["stopped"] is False
        assert filled["given"] == answers
        rows.append(
            {
                "Timestamp": f"2026/11/0{1 + len(rows)} 10:00:00 AM GMT+8",
                **{head: filled["given"].get(head, "") for head, _ in heads},
            }
        )
    pd.DataFrame(rows).to_csv(tmp_path / "answers.csv", index=False)
    read = read_responses(tmp_path / "answers.csv", instrument)
    assert set(read.findings["code"]) <= {"RSP253", "RSP235", "RSP252", "RSP254", "RSP231"}, (
        read.findings.to_string()
    )
    for item in plan.items:
        for i, given in enumerate(people):
            if given[item.code] == item.na_code:
                assert pd.isna(read.items[item.code].iloc[i])
            else:
                assert item.response_scale is not None
                value = item.response_scale.reverse(given[item.code]) if item.reverse else given[item.code]
                assert read.items[item.code].iloc[i] == value


def test_an_answer_that_is_not_accepted_ends_the_filling(
    rich: Instrument, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    plan = make_plan(rich)
    path = write_questionnaire(rich, format="google-forms", out=tmp_path)
    given = simulate(plan, 1)[0]
    for code, value, stops in (("CONSENT", 2, 1), ("OWNER", 3, 2), ("NEWP", 2, 3)):
        answers = {
            head: spoken(plan, c, {**given, code: value}[c], "id")
            for head, c in headings(plan, "id")
            if c in given
        }
        (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        filled = json.loads(
            node(str(NODE / "run_script.js"), str(path), "buatFormulir", str(tmp_path / "answers.json"))
        )["filled"]
        assert (filled["stopped"], len(filled["given"])) == (True, stops)


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_pages_are_valid_html(bundled: Instrument, rich: Instrument, tmp_path: Path) -> None:
    for instrument in (bundled, rich):
        for format in ("html", "google-forms", "codebook", "trace"):
            write_questionnaire(instrument, format=format, out=tmp_path, form="panjang")
    pages = [str(path) for path in tmp_path.glob("*.html")]
    assert len(pages) == 8
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    run = subprocess.run(
        ["java", "-jar", str(jar), "--also-check-css", *pages], capture_output=True, text=True, timeout=300
    )
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


BROWSER = os.environ.get("CHROME_BIN") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome; name one with CHROME_BIN")
@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(("which", "form"), [("rich", "panjang"), ("bundled", "inti")])
def test_page_filled_in_on_a_phone(
    which: str,
    form: str,
    lang: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    simulate: Callable[..., Any],
) -> None:
    instrument: Instrument = request.getfixturevalue(which)
    plan = make_plan(instrument, form=form)
    given = simulate(plan, 1, seed=31)[0]
    if "KONTAK" in {asked.code for asked in plan.asked}:
        given |= {"CKONTAK": 1, "KONTAK": "Siti, 0800 0000"}
    path = write_questionnaire(instrument, format="html", out=tmp_path, form=form)
    (tmp_path / "answers.json").write_text(json.dumps(given), encoding="utf-8")
    shots = Path(os.environ.get("UMKM_STATS_SCREENSHOTS") or tmp_path / "shots") / which
    shots.mkdir(parents=True, exist_ok=True)
    seen = json.loads(
        node(
            str(NODE / "fill_form.mjs"),
            str(path),
            str(tmp_path / "answers.json"),
            lang,
            str(shots),
            str(BROWSER),
            timeout=300,
        )
    )

    assert seen["errors"] == []
    assert {url.split(":", 1)[0] for url in seen["requests"]} == {"file"}
    assert set(seen["requests"]) == {path.as_uri()}
    assert seen["pages"] == [part.section.title[lang] for part in plan.faced()]
    assert max(seen["widths"]) <= 360
    assert seen["blocked"]["visible"]
    assert seen["blocked"]["marked"] == seen["blocked"]["required"]
    assert {"id": "merah", "en": "red"}[lang] in seen["blocked"]["text"]
    assert seen["reload"] == {"same": True, "note": True, "answers": seen["reload"]["answers"]}
    assert seen["reload"]["answers"] > 5
    assert seen["complete"]

    read = read_responses(seen["csv"], instrument)
    assert set(read.findings["code"]) <= {"RSP253"}, read.findings.to_string()
    assert "Siti" not in Path(seen["csv"]).read_text(encoding="utf-8-sig")
    for item in plan.items:
        came = read.items[item.code].iloc[0]
        if given[item.code] == item.na_code:
            assert pd.isna(came)
            assert read.not_applicable[item.code].iloc[0]
        else:
            assert item.response_scale is not None
            assert came == (
                item.response_scale.reverse(given[item.code]) if item.reverse else given[item.code]
            )
    stored = json.loads(Path(seen["json"]).read_text(encoding="utf-8"))["answers"]
    assert len(stored) == 1
    assert "KONTAK" not in stored[0]
    if "BAHASA" in {asked.code for asked in plan.asked}:
        assert stored[0]["BAHASA"] == {"id": "1", "en": "2"}[lang]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome; name one with CHROME_BIN")
@pytest.mark.parametrize(("code", "value", "asked"), [("CONSENT", 2, 1), ("OWNER", 3, 2)])
def test_page_ends_at_an_answer_that_is_not_accepted(
    code: str, value: int, asked: int, rich: Instrument, tmp_path: Path, simulate: Callable[..., Any]
) -> None:
    given = {**simulate(make_plan(rich), 1)[0], code: value}
    path = write_questionnaire(rich, format="html", out=tmp_path)
    (tmp_path / "answers.json").write_text(json.dumps(given), encoding="utf-8")
    seen = json.loads(
        node(
            str(NODE / "fill_form.mjs"),
            str(path),
            str(tmp_path / "answers.json"),
            "id",
            str(tmp_path),
            str(BROWSER),
            timeout=300,
        )
    )
    assert (seen["ended"], seen["complete"], len(seen["pages"])) == (True, False, asked)
    stored = json.loads(Path(seen["json"]).read_text(encoding="utf-8"))["answers"][0]
    assert stored[code] == str(value)
    assert stored["PI1"] == ""
    with pytest.raises(UmkmError) as caught:
        read_responses(seen["csv"], rich)
    assert caught.value.code == "RSP112"  # no row can be used: not eligible, or no consent
